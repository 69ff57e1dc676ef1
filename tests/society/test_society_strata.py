"""Social tables that add up, the living standard, inequality, parts."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from social_inputs import SECTORS, inputs

from conjuncture.core.registry import REGISTRY, Inputs
from conjuncture.core.state import labels
from conjuncture.society.identities import society_identities
from conjuncture.society.living import gini, inequality, living_standard
from conjuncture.society.regional import regional_recovery
from conjuncture.society.strata import (
    national_income,
    social_structure,
    strata_consumption,
    strata_incomes,
)

STRATA = labels()["stratum"]
P = {
    "owners": 0.03,
    "own_account": 0.15,
    "rent": 0.2,
    "middle": 1.5,
    "upper": 5.0,
    "kind": 1.0,
    "upkeep": 0.4,
    "evenness": 0.9,
}
ECONOMY = {
    "population_mean": 1000.0,
    "labour": 480.0,
    "employment": np.array([200.0, 120.0, 150.0]),
    "armed_forces_mean": 20.0,
    "forced_labour": 10.0,
    "statified_share": 0.4,
    "planning_coverage": 0.4,
    "bureaucracy_share": 0.05,
    "bureaucracy_base": 0.9,
    "output": np.array([100.0, 160.0, 120.0]),
    "value_added_coefficients": np.array([0.7, 0.5, 0.6]),
    "military_pay": 0.3,
    "levy_rate": 0.1,
    "world_price": 2.0,
    "transfer_received": 6.0,
    "transfer_paid": 2.0,
    "capital": np.array([150.0, 200.0, 250.0]),
    "consumption": np.array([40.0, 50.0, 60.0]),
    "base_consumption": np.array([40.0, 40.0, 60.0]),
    "base_population": 980.0,
    "administration": 1.0,
    "lever_no_bureaucracy": 0.0,
    "lever_mass_administration": 0.0,
    "land_reformed": 0.0,
}


def table(profit_rate: float = 0.1, **changed: object) -> tuple[Inputs, dict[str, np.ndarray]]:
    """Run the three mechanisms of the social table one after another."""
    x = inputs(ECONOMY | changed, P, {"profit_rate": profit_rate})
    found: dict[str, np.ndarray] = {}
    for step in (social_structure, strata_incomes, strata_consumption):
        found |= step(x)
        x.now.__dict__.update(found)
    return x, found


def of(found: dict[str, np.ndarray], name: str, what: str = "strata_income") -> float:
    return float(found[what][0, 0, STRATA.index(name)])


shares = st.floats(0, 1)


@given(
    shares,
    shares,
    shares,
    shares,
    st.floats(0, 0.3),
    st.floats(0, 600),
    st.floats(0, 0.5),
    st.lists(st.floats(0, 300), min_size=6, max_size=6),
)
def test_people_incomes_and_consumption_add_up(
    statified: float,
    direct: float,
    masses: float,
    land: float,
    officials: float,
    held: float,
    profit_rate: float,
    flows: list[float],
) -> None:
    jobs = np.minimum(np.array(flows[:3]), 160.0)
    x, found = table(
        profit_rate,
        statified_share=statified,
        planning_coverage=statified,
        lever_no_bureaucracy=direct,
        lever_mass_administration=masses,
        land_reformed=land,
        bureaucracy_share=officials,
        forced_labour=held,
        employment=jobs,
        output=np.array(flows[3:]),
    )
    assert found["strata_population"].sum() == pytest.approx(1000.0, rel=1e-9)
    income = national_income(x).item()
    assert found["strata_income"].sum() == pytest.approx(income, rel=1e-9)
    spent = (found["strata_population"] * found["strata_consumption"]).sum() * 140.0 / 980.0
    assert spent == pytest.approx(150.0, rel=1e-9)
    for values in found.values():
        assert np.isfinite(values).all()
        assert (values >= -1e-12).all()
    x.now.__dict__.update(national_income=np.array([[income]]), population=np.array([[1000.0]]))
    x.now.cohorts = np.full((1, 1, 16), 1000.0 / 16)
    assert society_identities(x)["society_residual"].item() < 1e-9


def test_an_income_that_is_lost_is_found() -> None:
    x, _ = table()
    x.now.__dict__.update(
        national_income=national_income(x) * 1.01, population=np.array([[1000.0]])
    )
    x.now.cohorts = np.full((1, 1, 16), 1000.0 / 16)
    assert society_identities(x)["society_residual"].item() == pytest.approx(0.01 / 1.01)


def test_the_table_follows_its_sources_of_income() -> None:
    _, found = table()
    value = np.array([70.0, 80.0, 72.0])
    profit = 0.1 * 600 / value.sum() * (value[1] + value[2])
    rent = 0.2 * 0.6 * 70
    levy = 0.1 * (70 - rent)
    kept = 0.4 * profit + levy
    own_of_owners, own_of_peasants = 0.6 * profit + rent, 70 - rent - levy
    total = value.sum() + 0.3 * 20
    kind = of(found, "upper_bureaucracy", "strata_population")
    assert found["retained_income"].item() < kept
    abroad = (6.0 - 2.0) / 2.0
    scale = (total + abroad) / (total - found["retained_income"].item())
    assert of(found, "bourgeoisie") == pytest.approx(own_of_owners * scale)
    assert of(found, "peasants") == pytest.approx(own_of_peasants * scale)
    assert kind > 0
    each = found["strata_income"][0, 0] / found["strata_population"][0, 0]
    by = dict(zip(STRATA, each, strict=True))
    assert by["middle_bureaucracy"] == pytest.approx(1.5 * by["workers"])
    assert by["upper_bureaucracy"] == pytest.approx((5.0 + 0.4) * by["workers"])
    assert by["forced_labour"] == pytest.approx(0.4 * by["workers"])


def test_statification_moves_owners_profits_to_the_state() -> None:
    before, after = table(statified_share=0.0)[1], table(statified_share=1.0)[1]
    assert of(before, "bourgeoisie") > 0
    assert of(after, "bourgeoisie") == 0.0
    assert of(after, "bourgeoisie", "strata_population") == 0.0
    assert after["retained_income"].item() > before["retained_income"].item()


def test_levies_take_from_peasants_and_land_reform_gives_to_them() -> None:
    base = of(table(statified_share=0.0, levy_rate=0.0)[1], "peasants")
    levied = of(table(statified_share=0.0, levy_rate=0.3)[1], "peasants")
    reform = of(table(statified_share=0.0, levy_rate=0.0, land_reformed=1.0)[1], "peasants")
    assert levied < base < reform


@pytest.mark.parametrize("lever", ["lever_no_bureaucracy", "lever_mass_administration"])
def test_without_its_direction_privileges_are_shared_out(lever: str) -> None:
    plan = {"statified_share": 1.0, "planning_coverage": 1.0}
    base, other = table(**plan)[1], table(**plan, **{lever: 1.0})[1]
    assert base["privileges"].item() > 0
    assert other["privileges"].item() == pytest.approx(0.0, abs=1e-9)
    assert of(other, "workers") > of(base, "workers")
    if lever == "lever_mass_administration":
        level = other["strata_consumption"][other["strata_population"] > 0]
        np.testing.assert_allclose(level, level[0])


def test_switched_off_all_are_alike() -> None:
    x = inputs(ECONOMY, P, {"profit_rate": 0.1})
    for name in ("social_structure", "strata_incomes", "strata_consumption"):
        off = REGISTRY.mechanisms[name].off
        assert off is not None
        x.now.__dict__.update(off(x))
    assert x.now.strata_income.sum() == pytest.approx(national_income(x).item())
    assert inequality(x)["inequality"].item() == pytest.approx(0.0, abs=1e-12)


def test_gini_is_that_of_every_pair_and_of_known_cases() -> None:
    assert gini(np.array([1.0, 1.0]), np.array([0.0, 1.0])) == pytest.approx(0.5)
    people, each = np.array([3, 5, 2]), np.array([1.0, 4.0, 9.0])
    all_of_them = np.repeat(each, people)
    pairs = np.abs(all_of_them[:, None] - all_of_them[None, :]).sum()
    expected = pairs / (2 * len(all_of_them) ** 2 * all_of_them.mean())
    assert gini(people.astype(float), each) == pytest.approx(expected)
    assert gini(people * 7.0, each * 3.0) == pytest.approx(expected)


def test_the_living_standard_is_chained_to_before_the_war() -> None:
    now = {
        "strata_population": np.array([50.0, 30.0, 5, 5, 5, 4, 1]),
        "strata_consumption": np.array([0.8, 1.0, 1.2, 3, 1.5, 2, 0.3]),
        "living_standard_start": 0.7,
        "masses_share_start": 0.0,
    }
    first = living_standard(inputs(now))
    mean = (now["strata_population"] * now["strata_consumption"]).sum() / 100.0
    assert first["living_standard"].item() == pytest.approx(0.7 * mean)
    doubled = now | {
        "strata_consumption": 2 * np.asarray(now["strata_consumption"]),
        "masses_share_start": first["masses_share_start"].item(),
    }
    second = living_standard(inputs(doubled))
    assert second["living_standard"].item() == pytest.approx(2 * first["living_standard"].item())
    assert second["masses_share_start"].item() == first["masses_share_start"].item()


def parts(seed: int, p: dict[str, float], war: float = 0.0) -> tuple[Inputs, dict[str, np.ndarray]]:
    """Two territories with parts, one without, one part outside the run."""
    rng = np.random.default_rng(seed)
    parent = np.array([0, 0, 0, 2, 2, -1])

    def shared() -> np.ndarray:
        raw = rng.uniform(0.1, 1.0, 6)
        return np.array([v / raw[parent == q].sum() for v, q in zip(raw, parent, strict=True)])

    now = {
        "part_holder": parent.astype(float),
        "part_parent": parent.astype(float),
        "part_capital_share": shared(),
        "part_damage_share": shared(),
        "part_population_share": shared(),
        "population": rng.uniform(10, 100, 3),
        "capital": rng.uniform(10, 100, (3, 3)),
        "damaged_capital": rng.uniform(0, 20, (3, 3)),
        "depreciation": rng.uniform(0, 0.1, (3, 3)),
        "building": rng.uniform(0, 10, (3, 3)),
        "restoration": rng.uniform(0, 5, (3, 3)),
    }
    x = Inputs(
        year=1946,
        start=1945,
        now=SimpleNamespace(**{k: v[None] for k, v in now.items()}),
        lag=SimpleNamespace(capital_damage=np.array([0.0, 0.0, war])[None, :, None] * np.ones(3)),
        p=SimpleNamespace(**{k: np.array([[v]]) for k, v in p.items()}),
        draw=SimpleNamespace(),
        sectors=SECTORS,
    )
    return x, {k: v[0] for k, v in regional_recovery(x).items()}


@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 0.05))
def test_parts_add_up_to_their_territory(seed: int, by_people: float, migration: float) -> None:
    x, found = parts(seed, {"by_people": by_people, "migration": migration})
    whole = {
        "part_people": x.now.population[0],
        "part_capital": x.now.capital[0].sum(-1),
        "part_damage": x.now.damaged_capital[0].sum(-1),
        "part_building": x.now.building[0].sum(-1),
        "part_restoration": x.now.restoration[0].sum(-1),
    }
    for name, total in whole.items():
        assert found[name][:3].sum() == pytest.approx(total[0], rel=1e-9)
        assert found[name][3:5].sum() == pytest.approx(total[2], rel=1e-9)
        assert found[name][5] == 0.0
    for name in ("part_capital_share", "part_damage_share", "part_population_share"):
        assert found[name][:3].sum() == pytest.approx(1.0, rel=1e-12)
        assert found[name][3:5].sum() == pytest.approx(1.0, rel=1e-12)
        assert (found[name] >= 0).all()


def test_the_damaged_part_regains_capital_fastest() -> None:
    x, found = parts(3, {"by_people": 0.0, "migration": 0.0})
    damage = x.now.part_damage_share[0, :3] / x.now.part_capital_share[0, :3]
    gain = found["part_capital_share"][:3] / x.now.part_capital_share[0, :3]
    assert damage.argmax() == gain.argmax()
    assert damage.argmin() == gain.argmin()
    before = x.now.part_population_share[0, :5]
    np.testing.assert_allclose(found["part_population_share"][:5], before)
    moved = parts(3, {"by_people": 0.5, "migration": 0.02})[1]["part_population_share"]
    toward = np.sign(x.now.part_capital_share - x.now.part_population_share)[0, :5]
    assert (np.sign(moved - x.now.part_population_share[0])[:5] == toward).all()
    off = REGISTRY.mechanisms["regional_recovery"].off
    assert off is not None
    np.testing.assert_allclose(off(x)["part_capital_share"][0, :5], x.now.part_capital_share[0, :5])


def test_a_part_that_broke_away_drops_out_and_the_rest_add_up() -> None:
    x, _ = parts(5, {"by_people": 0.3, "migration": 0.01})
    x.now.part_holder[0, 1] = -1.0
    found = {k: v[0] for k, v in regional_recovery(x).items()}
    for name in ("part_people", "part_capital", "part_building", "part_capital_share"):
        assert found[name][1] == 0.0
    assert found["part_people"][:3].sum() == pytest.approx(x.now.population[0, 0])
    assert found["part_capital_share"][:3].sum() == pytest.approx(1.0)


def test_a_war_adds_damage_by_what_stands_in_a_part() -> None:
    p = {"by_people": 0.0, "migration": 0.0}
    x, quiet = parts(7, p)
    _, struck = parts(7, p, war=0.1)
    np.testing.assert_allclose(struck["part_damage_share"][:3], quiet["part_damage_share"][:3])
    left = (x.now.damaged_capital - x.now.restoration)[0, 2].sum()
    new = 0.1 * x.now.capital[0, 2].sum()
    old, capital = x.now.part_damage_share[0, 3:5], x.now.part_capital_share[0, 3:5]
    expected = (max(left, 0.0) * old + new * capital) / (max(left, 0.0) + new)
    np.testing.assert_allclose(struck["part_damage_share"][3:5], expected)
