"""People by age: the stable population, Leslie's matrix, war and want, and labour."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from social_inputs import inputs

from conjuncture.core.registry import REGISTRY
from conjuncture.core.state import HORIZON
from conjuncture.society import ages
from conjuncture.society.population import labour_supply, population_change, vital_rates
from conjuncture.society.start_ages import start_ages

RATES = {"life_expectancy": 45.0, "fertility": 4.0}
QUIET = {"released": 0.0, "famine": 0.0, "forced_labour_deaths": 0.0}
P = {"boom": 0.8, "famine_births": 0.5, "arms_age": 0.5}
PEACE = {"war_losses_people": 0.0, "people_lost_share": 0.0, "seceded_share": 0.0}


def leslie(life: float, children: float) -> np.ndarray:
    """Return the yearly matrix written out entry by entry."""
    alive = ages.survival(np.array(life))
    matrix = np.zeros((ages.COUNT, ages.COUNT))
    for age in range(ages.COUNT):
        last = age == ages.COUNT - 1
        matrix[age, age] = alive[age] * (1.0 if last else 0.8)
        if age:
            matrix[age, age - 1] += alive[age - 1] * 0.2
    for k, share in enumerate(ages.SCHEDULE):
        matrix[0, 3 + k] += np.sqrt(alive[0]) * children / 5 * 0.5 * share
    return matrix


@given(st.floats(28, 72), st.floats(-0.02, 0.035))
def test_the_stable_population_is_the_dominant_vector_of_leslies_matrix(
    life: float, growth: float
) -> None:
    shares, children = ages.stable(np.array(life), np.array(growth))
    matrix = leslie(life, float(children))
    np.testing.assert_allclose(matrix @ shares, (1 + growth) * shares, rtol=1e-9, atol=1e-15)
    values = np.linalg.eigvals(matrix)
    assert np.abs(values).max() == pytest.approx(1 + growth, rel=1e-6)


@pytest.mark.parametrize("level", [0.05, 0.3, 1.0, 2.0])
def test_life_expectancy_is_the_integral_of_survival(level: float) -> None:
    def force(x: float) -> float:
        young = level * (ages.CHILD * np.exp(-ages.DECAY * x) + ages.ALL_AGES)
        return float(young + ages.SENESCENT * np.exp(ages.RISE * x))

    def alive(x: float) -> float:
        return float(np.exp(-quad(force, 0.0, x)[0]))

    exact = quad(alive, 0.0, 110.0, limit=200)[0]
    assert float(ages.expectancy(np.array(level))) == pytest.approx(exact, abs=1.5)


def test_a_life_expectancy_picks_its_own_table() -> None:
    for life in (30.0, 45.0, 60.0, 72.0):
        rate = -np.log(ages.survival(np.array(life)))
        below = np.exp(-5 * np.r_[0.0, np.cumsum(rate[:-1])])
        lived = below * -np.expm1(-5 * rate) / rate
        lived[-1] = below[-1] / rate[-1]
        assert lived.sum() == pytest.approx(life, abs=0.05)
    lost = 1 - ages.survival(np.array([35.0, 65.0]))[:, 0] ** 5
    assert 0.3 < lost[0] < 0.4
    assert 0.05 < lost[1] < 0.12


def start(**changed: float) -> dict[str, np.ndarray]:
    figures = {
        "population": 1000.0,
        "population_growth": 0.012,
        "base_income_per_head": 3000.0,
        "war_deaths_share": 0.0,
        "working_age_share": 0.6,
        "working_age_known": 0.0,
        "participation": 0.8,
    } | changed
    p = {"level": 55.0, "slope": 11.0, "arms_age": 0.5, "unborn": 0.3}
    return {name: value[0, 0] for name, value in start_ages(inputs(figures, p)).items()}


def test_ages_at_the_start_add_up_and_meet_the_record_where_there_is_one() -> None:
    assert start()["cohorts"].sum() == pytest.approx(1000.0, rel=1e-12)
    known = start(working_age_known=1.0, working_age_share=0.55)
    assert known["cohorts"].sum() == pytest.approx(1000.0, rel=1e-12)
    assert known["cohorts"][3:12].sum() == pytest.approx(550.0, rel=1e-12)
    for found in (start(), known):
        share = 0.55 if found is known else 0.6
        force = found["activity_rate"] * found["cohorts"][3:12].sum()
        assert force == pytest.approx(0.8 * share * 1000.0)


def test_the_war_thins_those_of_fighting_age_and_the_very_young() -> None:
    before, after = start(), start(war_deaths_share=0.12)
    ratio = after["cohorts"] / before["cohorts"]
    assert ratio[0] < ratio[1]  # children not born
    assert (ratio[3:10] < ratio[10:].min()).all()
    assert after["cohorts"].sum() == pytest.approx(1000.0, rel=1e-12)
    assert after["fertility_start"] == before["fertility_start"]


def test_richer_peoples_start_with_longer_lives_and_fewer_births() -> None:
    poor, rich = start(base_income_per_head=1000.0), start(base_income_per_head=9000.0)
    assert rich["life_expectancy_start"] > poor["life_expectancy_start"] + 15
    assert rich["fertility_start"] < poor["fertility_start"]


BEFORE = {"life_expectancy_start": 45.0, "fertility_start": 5.0, "base_income_per_head": 2000.0}
V = {"income_effect": 10.0, "medicine": 0.2, "transition": 0.5, "floor": 2.2}


def test_lives_lengthen_and_births_fall_with_product() -> None:
    same = vital_rates(inputs(BEFORE, V, {"gdp_per_head": 2000.0}))
    assert same["life_expectancy"].item() == pytest.approx(45.2)
    assert same["fertility"].item() == pytest.approx(5.0)
    four = vital_rates(inputs(BEFORE, V, {"gdp_per_head": 8000.0}))
    assert four["life_expectancy"].item() == pytest.approx(45.2 + 10 * np.log(4))
    assert four["fertility"].item() == pytest.approx(2.2 + 2.8 / 2)
    low = vital_rates(inputs(BEFORE, V, {"gdp_per_head": 500.0}))
    assert low["fertility"].item() == pytest.approx(5.0)
    assert low["life_expectancy"].item() < same["life_expectancy"].item()
    rich = vital_rates(inputs(BEFORE | {"fertility_start": 1.9}, V, {"gdp_per_head": 8000.0}))
    assert rich["fertility"].item() == pytest.approx(1.9)


def people(seed: int = 0, **changed: object) -> dict[str, object]:
    cohorts = np.random.default_rng(seed).uniform(20, 80, ages.COUNT)
    base = {"cohorts": cohorts, "population": cohorts.sum(), "population_growth": 0.01}
    return base | RATES | QUIET | changed


def test_a_quiet_year_is_one_step_of_leslies_matrix() -> None:
    now = people()
    found = population_change(inputs(now, P, PEACE))
    expected = leslie(45.0, 4.0) @ np.asarray(now["cohorts"])
    np.testing.assert_allclose(found["cohorts"][0, 0], expected, rtol=1e-12)
    assert found["excess_deaths"].item() == 0.0


@given(
    st.integers(0, 1000),
    st.floats(0, 0.2),
    st.floats(0, 30),
    st.floats(0, 20),
    st.floats(0, 300),
)
def test_people_change_by_births_less_deaths_and_never_turn_negative(
    seed: int, war: float, hunger: float, camps: float, home: float
) -> None:
    now = people(seed, famine=hunger, forced_labour_deaths=camps, released=home)
    found = population_change(inputs(now, P, PEACE | {"war_losses_people": war}))
    opening, closing = float(now["population"]), found["population"].item()
    assert closing == pytest.approx(found["cohorts"].sum(), rel=1e-12)
    change = found["births"].item() - found["deaths"].item()
    assert closing - opening == pytest.approx(change, abs=1e-9 * opening)
    assert (found["cohorts"] >= 0).all()
    taken = found["excess_deaths"].item()
    assert taken <= hunger + camps + war * opening + 1e-9
    assert found["population_mean"].item() == pytest.approx((opening + closing) / 2)


def test_famine_takes_the_frail_and_war_takes_those_of_fighting_age() -> None:
    quiet = population_change(inputs(people(), P, PEACE))
    hungry = population_change(inputs(people(famine=20.0), P | {"famine_births": 0.0}, PEACE))
    lost = 1 - hungry["cohorts"][0, 0] / quiet["cohorts"][0, 0]
    assert lost[0] > 3 * lost[5]
    assert lost[-1] > 3 * lost[5]
    assert hungry["excess_deaths"].item() == pytest.approx(20.0)
    war = population_change(inputs(people(), P, PEACE | {"war_losses_people": 0.02}))
    lost = 1 - war["cohorts"][0, 0] / quiet["cohorts"][0, 0]
    assert lost[3:10].min() > 1.5 * lost[10:].max()


def test_births_follow_men_home_and_fall_in_a_famine() -> None:
    quiet = population_change(inputs(people(), P, PEACE))["births"].item()
    men = 0.5 * np.asarray(people()["cohorts"])[3:10].sum()
    home = population_change(inputs(people(released=0.1 * men), P, PEACE))["births"].item()
    assert home == pytest.approx(1.08 * quiet)
    hungry = population_change(inputs(people(famine=4.0), P, PEACE))["births"].item()
    assert hungry == pytest.approx(quiet - 2.0)


def test_switched_off_people_grow_as_before_the_war() -> None:
    for name in ("population_change", "vital_rates"):
        assert REGISTRY.mechanisms[name].off is not None
    off = REGISTRY.mechanisms["population_change"].off
    assert off is not None
    now = people(famine=50.0)
    found = off(inputs(now, P, PEACE))
    np.testing.assert_allclose(found["cohorts"][0, 0], 1.01 * np.asarray(now["cohorts"]))
    assert found["population"].item() == pytest.approx(1.01 * float(now["population"]))


LABOUR = {
    "activity_rate": 0.8,
    "statified_share": 0.9,
    "statified_start": 0.9,
    "forced_labour": 10.0,
    "forced_labour_start": 10.0,
    "armed_forces_ahead": np.linspace(12, 3, HORIZON),
}
Q = {"mobilised": 0.1, "forced_efficiency": 0.6}


def labour(**changed: object) -> np.ndarray:
    return labour_supply(inputs(people(**(LABOUR | changed)), Q))["labour_ahead"][0, 0]


def test_every_soldier_released_is_civil_labour() -> None:
    forces = np.asarray(LABOUR["armed_forces_ahead"])
    none = labour(armed_forces_ahead=np.zeros(HORIZON))
    np.testing.assert_allclose(labour() + forces, none)
    matrix, cohorts = leslie(45.0, 4.0), np.asarray(people()["cohorts"])
    for year in range(HORIZON):
        closing = matrix @ cohorts
        mean = 0.5 * (cohorts[3:12].sum() + closing[3:12].sum())
        assert none[year] == pytest.approx(0.8 * mean)
        cohorts = closing


def test_forced_labour_counts_for_less_and_a_regime_draws_reserves_in() -> None:
    assert labour(forced_labour=0.0)[0] == pytest.approx(labour()[0] + 0.4 * 10.0)
    more, base = labour(statified_share=1.0), labour()
    forces = np.asarray(LABOUR["armed_forces_ahead"])
    np.testing.assert_allclose(more + forces, 1.01 * (base + forces))


def test_parts_that_break_away_take_their_people() -> None:
    whole = population_change(inputs(people(), P, PEACE))
    less = population_change(inputs(people(), P, PEACE | {"seceded_share": 0.25}))
    for name in ("cohorts", "population", "births", "deaths"):
        np.testing.assert_allclose(less[name], 0.75 * whole[name])
