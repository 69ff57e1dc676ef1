"""Fits recover the parameters from which a world was made."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import simulated_economy as economy
import simulated_states as states

from conjuncture.fit import arms, colonies, disputes, elections, growth, regimes, trade, wars
from conjuncture.fit.estimate import Estimate

Frames = dict[str, pd.DataFrame]


def check(found: Iterable[Estimate], true: Mapping[str, float], within: float = 4.0) -> None:
    """Each true value lies within some standard errors, and the errors say something."""
    seen = {}
    for part in found:
        for name in part.names:
            if name in true:
                seen[name] = part[name]
    assert set(seen) == set(true)
    for name, (value, error) in seen.items():
        assert abs(value - true[name]) < within * error, (name, value, error, true[name])
        assert error < 0.4 * abs(true[name]) + 0.3, (name, error)


OF_STATES: list[tuple[str, Callable[[Frames], tuple[Estimate, ...]]]] = [
    ("dispute_hazard", disputes.dispute_hazard),
    ("escalation", disputes.escalation),
    ("alliance_formation", disputes.alliance_formation),
    ("war_joining", wars.war_joining),
    ("war_outcome", wars.war_outcome),
    ("war_duration", wars.war_duration),
    ("war_losses", wars.war_losses),
    ("arms", arms.arms),
    ("armed_forces", arms.armed_forces),
]


@pytest.mark.parametrize(("name", "fit"), OF_STATES, ids=[name for name, _ in OF_STATES])
def test_states(name: str, fit: Callable[[Frames], tuple[Estimate, ...]], world: Any) -> None:
    found = fit(world.tables)
    true = dict(states.TRUE[name])
    if name == "dispute_hazard":
        memory, error = found[1]["memory"]
        assert abs(memory - states.MEMORY) < 3 * error < states.MEMORY
    check(found, true)


def test_growth(tables: Frames) -> None:
    check(growth.growth(tables), economy.GROWTH)


def test_gravity(tables: Frames) -> None:
    check(trade.trade_gravity(tables), economy.GRAVITY)


def test_openness(tables: Frames) -> None:
    check(trade.trade_openness(tables), economy.OPENNESS)


def test_votes(tables: Frames) -> None:
    check(elections.elections(tables), economy.VOTES)


def test_persistence_of_shares(tables: Frames) -> None:
    votes = elections._votes(tables | economy.around_means(0.5))
    check((elections._persistence(votes),), {"persistence": 0.5})


def test_volatility_of_shares(tables: Frames) -> None:
    votes = elections._votes(tables | economy.two_elections(0.15))
    scaled, country = elections._volatility(votes)
    assert len(scaled) == len(country) == 5 * states.SIZE
    assert scaled.std() == pytest.approx(0.15, rel=0.2)


def test_independence(tables: Frames) -> None:
    true = economy.COLONIES | {"violent": math.log(0.6 / 0.4)}
    members = pd.concat([tables["system_states"], tables["colonial_members"]], ignore_index=True)
    check(colonies.independence(tables | {"system_states": members}), true)


def test_removals_of_autocrats(tables: Frames, world: Any) -> None:
    true = {"foreign": -4.5, "elite": -3.0, "popular": -3.8, "defeat": 0.8, "tenure": -0.3}

    def hazards(k: int, year: int, tenure: int, _: float) -> tuple[float, float, float]:
        lost = world.lost[year - 1818 : year - 1815, k].any()
        common = true["defeat"] * lost + true["tenure"] * math.log((tenure + 1) / 5)
        foreign, elite, popular = (
            math.exp(true[way] + common) for way in ("foreign", "elite", "popular")
        )
        return foreign, elite, popular

    found = regimes.regime_end(tables | states.rulers(hazards, change=0.3))
    check(found, true | {"change": math.log(0.3 / 0.7)})


def test_coups(tables: Frames) -> None:
    true = {"base": -3.0, "poverty": 0.8, "recent": 1.5}
    level = {(r.iso, r.year): r.product_per_head for r in tables["product_per_head"].itertuples()}

    def hazards(k: int, year: int, _: int, since: float) -> tuple[float, float, float]:
        poverty = math.log(3000 / level.get((economy.ISOS[k], year - 1), 3000.0))
        eta = true["base"] + true["poverty"] * poverty + true["recent"] * math.exp(-since / 5)
        return 0.005, math.exp(eta), 0.005

    check(regimes.coup(tables | states.rulers(hazards, 0.3)), true)


def test_revolutions(tables: Frames, world: Any) -> None:
    true = {"base": -4.0, "defeat": 1.0, "slump": 6.0}
    product = tables["product_per_head"].copy()
    product["product_per_head"] *= np.exp(np.random.default_rng(1).normal(0, 0.12, len(product)))
    level = {(r.iso, r.year): r.product_per_head for r in product.itertuples()}

    def hazards(k: int, year: int, _: int, __: float) -> tuple[float, float, float]:
        lost = world.lost[year - 1818 : year - 1815, k].any()
        now, then = (level.get((economy.ISOS[k], y)) for y in (year, year - 3))
        slump = min(max(1 - now / then, 0.0), 0.3) if now and then else 0.06
        return 0.005, 0.01, math.exp(true["base"] + true["defeat"] * lost + true["slump"] * slump)

    check(
        regimes.revolution(tables | states.rulers(hazards, 0.3) | {"product_per_head": product}),
        true,
    )


def test_unknown_ways_of_removal_are_split_as_the_known_ones(tables: Frames) -> None:
    known = states.rulers(lambda *_: (0.005, 0.06, 0.02), 0.3)
    leaders = known["archigos_v41"].copy()
    hidden = (leaders.exit == "Irregular") & (np.arange(len(leaders)) % 2 == 0)
    leaders.loc[hidden, "exitcode"] = "Unknown"
    full = regimes.regime_end(tables | known)[0]
    partly = regimes.regime_end(tables | known | {"archigos_v41": leaders})[0]
    together = [sum(math.exp(e[way][0]) for way in ("elite", "popular")) for e in (full, partly)]
    assert together[0] == pytest.approx(together[1], rel=1e-6)
    assert partly["elite"][0] - partly["popular"][0] == pytest.approx(math.log(3), abs=0.4)
    assert partly["foreign"][0] == pytest.approx(full["foreign"][0], abs=1e-6)


def test_civil_wars(tables: Frames) -> None:
    check(regimes.revolution_outcome(tables), {"victory": math.log(0.3 / 0.7), "end": -math.log(2)})


# Depressions and the return after a war: paths made by hand --------------------------------


def path(values: Mapping[int, float], iso: str = "AAA") -> pd.DataFrame:
    return pd.DataFrame(
        {"iso": iso, "year": list(values), "product_per_head": list(values.values())}
    )


def test_a_depression_is_counted_from_its_fall_to_its_return() -> None:
    """Steady growth but for one fall of 20 per cent in 1880-82, regained in 1885."""
    level = {year: 1000 * 1.01 ** (year - 1870) for year in range(1870, 1914)}
    peak = level[1879]
    level |= {1880: 0.9 * peak, 1881: 0.8 * peak, 1882: 0.85 * peak, 1883: 0.9 * peak,
              1884: 0.97 * peak}  # fmt: skip
    at_risk, spells = growth._spells(np.log(np.array(list(level.values()))))
    ((lost, wait, ended),) = spells
    assert lost == pytest.approx(0.2)
    assert (wait, ended) == (4, True)
    assert at_risk == 43 - 5


def test_an_unfinished_depression_is_cut_and_not_ended() -> None:
    at_risk, spells = growth._spells(np.log(np.array([1.0, 1.1, 0.9, 0.95, 1.0])))
    assert spells == [(pytest.approx(1 - 0.9 / 1.1), 2, False)]
    assert at_risk == 2


def test_the_speed_of_return_is_found() -> None:
    parts = []
    for k, gap in enumerate((0.15, 0.3, 0.22)):
        rate = 0.01 + 0.002 * k
        level = {y: math.exp(7 + rate * (y - 1890)) for y in range(1890, 1914)}
        for y in range(1920, 1930):
            level[y] = math.exp(7 + rate * (y - 1890) - gap * 0.8 ** (y - 1920))
        parts.append(path(level, f"A{k}"))
    whole = path({y: math.exp(7 + 0.01 * (y - 1890)) for y in range(1890, 1930)}, "OUT")
    speed, spread = growth.recovery({"product_per_head": pd.concat([*parts, whole])})
    assert speed["speed"][0] == pytest.approx(0.2, abs=1e-6)
    assert spread["spread"][0] == pytest.approx(0.0, abs=1e-6)
    assert speed.observations == 27


def test_straight_lines_between_benchmarks_are_left_out(tables: Frames) -> None:
    product = tables["product_per_head"]
    ruled = path({y: 1000 * 1.02 ** (y - 1880) for y in range(1880, 1914)}, "RUL")
    with_line = pd.concat([product, ruled], ignore_index=True)
    without = growth.growth(tables)[0]
    again = growth.growth({"product_per_head": with_line})[0]
    assert again.values == pytest.approx(without.values, rel=1e-9)


def test_capital_lost_for_people_lost(tables: Frames) -> None:
    ratios = np.log([0.06 / 0.03, 0.09 / 0.03, 0.3 / 0.1, 0.2 / 0.05])
    (found,) = wars.war_capital(tables)
    assert found["ratio"][0] == pytest.approx(ratios.mean())
    assert found["spread"][0] == pytest.approx(ratios.std(ddof=1))
