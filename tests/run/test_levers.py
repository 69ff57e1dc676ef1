"""Every lever is read, and moves what it should, in the direction in which it should."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from conjuncture.core.state import levers
from conjuncture.run.scenario import load_scenario, load_theory, mechanisms
from conjuncture.run.shocks import Shock
from conjuncture.run.simulate import Spec, Trajectory, simulate

Array = npt.NDArray[np.float64]

CODES = tuple(sorted(("USA", "SUN", "GBR", "FRA", "DEU_W", "DEU_E", "POL", "CHN", "IND")))
MEMBERS, UNTIL = range(4), 1949


@dataclass(frozen=True)
class Effect:
    """A variable that must change: up (+1) or down (-1), in every member or on average."""

    variable: str
    territory: str
    sign: int
    everywhere: bool = True


@dataclass(frozen=True)
class Case:
    """A lever, where it acts, and what it must do by the last year of the run."""

    territory: str
    effects: tuple[Effect, ...]
    partner: str = ""
    value: float = 1.0
    until: int | None = UNTIL


CASES = {
    "lever_war": Case(
        "USA",
        (
            Effect("excess_deaths", "SUN", +1),
            Effect("at_war", "USA", +1, everywhere=False),
            Effect("military_share", "USA", +1),
        ),
        partner="SUN",
    ),
    "lever_embargo": Case(
        "USA",
        (
            Effect("trade", "USA", -1),
            Effect("trade", "GBR", -1),
            Effect("market_breadth", "GBR", -1),
            Effect("consumption_per_head", "GBR", -1, everywhere=False),
        ),
        partner="GBR",
    ),
    "lever_blockade": Case(
        "GBR",
        (
            Effect("trade", "GBR", -1),
            Effect("imports", "GBR", -1),
            Effect("consumption_per_head", "GBR", -1, everywhere=False),
        ),
    ),
    "lever_aid": Case(
        "USA",
        (
            Effect("aid_received", "FRA", +1),
            Effect("imports", "FRA", +1, everywhere=False),
            Effect("capital", "FRA", +1, everywhere=False),
        ),
        partner="FRA",
        value=20000.0,
    ),
    "lever_reparations": Case(
        "DEU_W",
        (
            Effect("reparations_received", "SUN", +1),
            Effect("plant_received", "SUN", +1),
            Effect("capital", "DEU_W", -1),
            Effect("capital", "SUN", +1),
            Effect("gdp_world", "DEU_W", -1, everywhere=False),
        ),
        partner="SUN",
        value=10000.0,
    ),
    "lever_revolution": Case(
        "FRA",
        (
            Effect("revolution", "FRA", +1, everywhere=False),
            Effect("administration", "FRA", +1, everywhere=False),
            Effect("statified_share", "FRA", +1, everywhere=False),
        ),
        until=None,
    ),
    "lever_restoration": Case(
        "SUN",
        (
            Effect("administration", "SUN", -1),
            Effect("statified_share", "SUN", -1),
            Effect("planning_coverage", "SUN", -1),
            Effect("openness", "SUN", +1),
        ),
        until=None,
    ),
    "lever_mass_administration": Case(
        "SUN", (Effect("administration", "SUN", +1), Effect("privileges", "SUN", -1))
    ),
    "lever_no_bureaucracy": Case(
        "SUN",
        (
            Effect("bureaucracy_overhang", "SUN", -1),
            Effect("bureaucracy_share", "SUN", -1),
            Effect("privileges", "SUN", -1),
            Effect("waste", "SUN", -1, everywhere=False),
        ),
    ),
    "lever_land_reform": Case(
        "IND",
        (
            Effect("land_reformed", "IND", +1),
            Effect("consent", "IND", +1, everywhere=False),
            Effect("inequality", "IND", -1),
        ),
        until=None,
    ),
    "lever_open_trade": Case(
        "SUN", (Effect("openness", "SUN", +1), Effect("trade", "SUN", +1, everywhere=False))
    ),
    "lever_arms_race": Case(
        "USA",
        (
            Effect("military_share", "USA", +1),
            Effect("armed_forces", "USA", +1),
            Effect("consumption_per_head", "USA", -1, everywhere=False),
        ),
        value=0.5,
    ),
    "lever_bomb": Case("GBR", (Effect("nuclear", "GBR", +1, everywhere=False),), until=None),
    "lever_independence": Case(
        "IND",
        (
            Effect("independence", "IND", +1),
            Effect("status", "IND", -1),
            Effect("colonial_transfer", "IND", +1),
            Effect("colonial_transfer", "GBR", -1),
        ),
        until=None,
    ),
    "lever_decree_annex": Case("POL", (Effect("status", "POL", +1),), partner="SUN", until=None),
}


@cache
def run(lever: str = "") -> Trajectory:
    """Run the small world, alone or with a lever set from 1946 on."""
    scenario, shocks = load_scenario("1945"), ()
    if lever:
        case = CASES[lever]
        shocks = (
            Shock(
                lever=lever,
                year=1946,
                until=case.until,
                territory=(case.territory,),
                partner=(case.partner,) if case.partner else (),
                value=case.value,
                reason="a test",
            ),
        )
    base = Spec(
        start=scenario.start,
        until=UNTIL,
        territories=CODES,
        theory=load_theory(scenario.theory),
        seed=7,
    )
    return simulate(replace(base, shocks=shocks), MEMBERS)


def total(found: Trajectory, effect: Effect) -> Array:
    """Return a variable of a territory by member, added up over years and all else."""
    group = found.flows if effect.variable in found.flows else found.stocks
    values = group[effect.variable][:, :, CODES.index(effect.territory)]
    return np.asarray(values, dtype=float).reshape(len(MEMBERS), -1).sum(axis=1)


def test_every_lever_has_a_case() -> None:
    assert set(CASES) == set(levers())


@pytest.mark.parametrize("lever", sorted(levers()))
def test_a_mechanism_of_the_theory_reads_it(lever: str) -> None:
    names = load_theory("agnostic").mechanisms
    assert [name for name in names if lever in mechanisms()[name].reads]


@pytest.mark.parametrize("lever", sorted(levers()))
def test_it_has_the_effect_that_it_should(lever: str) -> None:
    alone, moved = run(), run(lever)
    for effect in CASES[lever].effects:
        change = effect.sign * (total(moved, effect) - total(alone, effect))
        assert change.mean() > 0.0, (lever, effect, change)
        if effect.everywhere:
            assert (change > 0.0).all(), (lever, effect, change)


@pytest.mark.parametrize("lever", sorted(levers()))
def test_nothing_moves_before_it_acts(lever: str) -> None:
    """Stocks of the start are the same with and without it, and so are all draws."""
    alone, moved = run(), run(lever)
    for name, values in alone.stocks.items():
        np.testing.assert_array_equal(values[:, 0], moved.stocks[name][:, 0], err_msg=name)
    for name, drawn in alone.parameters.items():
        np.testing.assert_array_equal(drawn, moved.parameters[name], err_msg=name)


def test_who_is_named_first_makes_no_difference_to_war_and_embargo() -> None:
    for lever in ("lever_war", "lever_embargo"):
        case = CASES[lever]
        shock = Shock(lever=lever, year=1946, until=UNTIL, territory=(case.partner,),
                      partner=(case.territory,), reason="a test")  # fmt: skip
        scenario = load_scenario("1945")
        turned = simulate(
            Spec(1945, UNTIL, CODES, load_theory(scenario.theory), 7, shocks=(shock,)), MEMBERS
        )
        np.testing.assert_array_equal(turned.flows["gdp_world"], run(lever).flows["gdp_world"])


def test_an_annexed_land_is_the_annexing_power_s_and_a_free_one_its_own() -> None:
    annexed = run("lever_decree_annex").stocks["holder"][:, -1, CODES.index("POL")]
    assert (annexed == CODES.index("SUN")).mean() > 0.5
    free = run("lever_independence").stocks["holder"][:, 2, CODES.index("IND")]
    assert (free == CODES.index("IND")).all()


def test_a_revolution_wins_in_its_year() -> None:
    won = run("lever_revolution").flows["revolution"][:, 0, CODES.index("FRA")]
    np.testing.assert_array_equal(won, 1.0)
