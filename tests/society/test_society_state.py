"""Repression, forced labour, culture and the bureaucracy: signs, limits, switches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from social_inputs import inputs

from conjuncture.core.registry import REGISTRY
from conjuncture.society.bureaucracy import (
    bureaucracy,
    bureaucracy_need,
    bureaucracy_ranks,
    bureaucratic_waste,
)
from conjuncture.society.culture import LONGEST, schooling
from conjuncture.society.demobilisation import demobilisation
from conjuncture.society.repression import forced_labour, forced_labour_start, repression

CALM = {
    "repression_start": 0.5,
    "radicalisation": 0.0,
    "administration": 1.0,
    "lever_mass_administration": 0.0,
}
P = {"response": 2.0, "masses": -1.0, "pace": 0.5}
NO_THREAT = {"repression": 0.5, "threat_hazard": np.zeros(4)}


def held(**changed: object) -> float:
    lag = {name: changed.pop(name) for name in ("threat_hazard",) if name in changed}
    return repression(inputs(CALM | changed, P, NO_THREAT | lag))["repression"].item()


def test_repression_answers_threats_and_stays_without_them() -> None:
    assert held() == pytest.approx(0.5)
    hazard = 1 - 0.9 * 0.8
    target = 1 / (1 + np.exp(-2 * hazard))
    found = held(threat_hazard=np.array([0.1, 0.2, 0.0, 0.0]))
    assert found == pytest.approx(0.5 + 0.5 * (target - 0.5))
    assert held(radicalisation=0.5) > held(radicalisation=0.2) > 0.5
    assert held(radicalisation=1.0, threat_hazard=np.ones(4)) < 1.0


def test_the_sign_of_administration_by_the_masses_is_the_parameters() -> None:
    after = held(administration=2.0)
    assert after == pytest.approx(held(lever_mass_administration=1.0))
    assert after < 0.5
    contested = {
        f"{name}.{p.name}"
        for name, item in REGISTRY.mechanisms.items()
        for p in item.parameters
        if p.contested
    }
    assert {
        "repression.masses",
        "bureaucracy.isolation_effect",
        "bureaucracy.backwardness_effect",
        "bureaucratic_waste.effect",
        "bureaucratic_waste.masses",
        "schooling.effort",
    } <= contested


CAMPS = {"arrests": 0.01, "release": 0.2, "mortality": 0.05}


def test_camps_that_start_in_the_long_run_stay_there() -> None:
    now = {
        "cohorts": np.full(16, 100.0),
        "population": 1600.0,
        "working_age_share": 900.0 / 1600.0,
        "repression_start": 0.6,
        "statified_share": 1.0,
        "administration": 1.0,
    }
    begun = {k: v.item() for k, v in forced_labour_start(inputs(now, CAMPS)).items()}
    assert begun["forced_labour"] == pytest.approx(0.01 * 0.6 * 900 / 0.25)
    now |= begun | {"repression": 0.6, "planning_coverage": 1.0}
    later = forced_labour(inputs(now))
    assert later["forced_labour"].item() == pytest.approx(begun["forced_labour"])
    assert later["forced_labour_deaths"].item() == pytest.approx(0.05 * begun["forced_labour"])
    freed = forced_labour(inputs(now | {"repression": 0.0}))
    assert freed["forced_labour"].item() == pytest.approx(0.75 * begun["forced_labour"])
    for change in ({"planning_coverage": 0.0}, {"administration": 0.0}):
        market = forced_labour(inputs(now | {"forced_labour": 0.0} | change))
        assert market["forced_labour"].item() == 0.0
    off = REGISTRY.mechanisms["forced_labour_start"].off
    assert off is not None
    assert not off(inputs(now))["forced_labour"].any()


SCHOOL = {
    "culture": 4.0,
    "culture_start": 4.0,
    "cohorts": np.full(16, 10.0),
    "base_income_per_head": 2000.0,
    "planning_coverage": 0.0,
}


def taught(effort: float = 0.0, income: float = 2000.0, **changed: object) -> tuple[float, float]:
    p = {"lead": 2.0, "income": 0.5, "effort": effort}
    found = schooling(inputs(SCHOOL | changed, p, {"gdp_per_head": income}))
    return found["culture"].item(), found["schooling_entrants"].item()


def test_the_young_renew_the_schooling_of_adults() -> None:
    stock, young = taught()
    assert young == pytest.approx(6.0)
    assert stock == pytest.approx(4.0 + (10 / 5) / 130 * 2.0)
    assert taught(income=8000.0)[1] == pytest.approx(12.0)
    assert taught(effort=1.5)[1] == pytest.approx(6.0)
    assert taught(effort=1.5, planning_coverage=1.0)[1] == pytest.approx(7.5)
    assert taught(effort=-1.5, planning_coverage=1.0)[1] == pytest.approx(4.5)
    assert taught(income=1e9)[1] == LONGEST
    assert taught(culture=6.0)[0] == pytest.approx(6.0)  # where all have as much, it stands


def need(farm: float, output: tuple[float, ...], coverage: float = 0.0) -> float:
    lag = {"employment": np.array([farm, 1 - farm, 0.0]), "output": np.array(output)}
    p = {"base": 0.04, "planning": 1.0}
    now = {"planning_coverage": coverage}
    return bureaucracy_need(inputs(now, p, lag))["bureaucracy_need"].item()


def test_need_rises_with_towns_variety_and_plan() -> None:
    assert need(0.0, (1, 1, 1)) == pytest.approx(0.04)
    assert need(0.5, (1, 1, 1)) == pytest.approx(0.02)
    assert need(0.0, (1, 0, 0)) == pytest.approx(0.02)
    assert need(0.0, (1, 1, 1), 1.0) == pytest.approx(0.08)


def weight(
    territories: int = 2, p: tuple[float, float] = (0.6, 0.8), **changed: object
) -> dict[str, np.ndarray]:
    two = np.ones(territories)
    now = {
        "bureaucracy_need": 0.05 * two,
        "isolation": np.array([0.9, 1.0]),
        "planning_coverage": np.array([1.0, 0.0]),
        "culture": np.array([4.0, 8.0]),
        "culture_frontier": 8.0 * two,
        "income_frontier": 8000.0 * two,
        "administration": np.array([1.0, 0.0]),
        "lever_no_bureaucracy": 0.0 * two,
        "lever_mass_administration": 0.0 * two,
    } | changed
    lag = {"gdp_per_head": np.array([2000.0, 8000.0])}
    effects = {"isolation_effect": p[0], "backwardness_effect": p[1]}
    found = bureaucracy(inputs(now, effects, lag, territories=2))
    return {name: value[0] for name, value in found.items()}


def test_overhang_is_of_isolation_and_backwardness_under_a_plan() -> None:
    found = weight()
    np.testing.assert_allclose(found["backwardness"], [(0.5 + 0.75) / 2, 0.0])
    np.testing.assert_allclose(found["bureaucracy_overhang"], [0.6 * 0.9 + 0.8 * 0.625, 0.0])
    np.testing.assert_allclose(found["bureaucracy_share"], [0.05 * 2.04, 0.05])
    less = weight(p=(-0.2, -0.2))["bureaucracy_overhang"]
    assert less[0] < 0


def test_extension_to_an_advanced_country_ends_isolation() -> None:
    alone = weight(p=(0.6, 0.0))["bureaucracy_overhang"]
    wide = weight(p=(0.6, 0.0), isolation=np.array([0.0, 1.0]))["bureaucracy_overhang"]
    np.testing.assert_allclose(alone, [0.54, 0.0])
    np.testing.assert_allclose(wide, 0.0)


@pytest.mark.parametrize(
    "lever",
    [
        {"lever_no_bureaucracy": np.array([1.0, 0.0])},
        {"lever_mass_administration": np.array([1.0, 0.0])},
        {"administration": np.array([2.0, 0.0])},
        {"administration": np.array([0.0, 0.0])},
    ],
)
def test_without_its_direction_there_is_no_overhang(lever: dict[str, np.ndarray]) -> None:
    found = weight(**lever)
    assert found["bureaucracy_overhang"][0] == 0.0
    assert found["bureaucracy_share"][0] == pytest.approx(0.05)


def waste(
    effect: float, masses: float, overhang: float, lever: float = 0.0, coverage: float = 1.0
) -> float:
    now = {
        "bureaucracy_overhang": overhang,
        "planning_coverage": coverage,
        "administration": 1.0,
        "lever_mass_administration": lever,
    }
    found = bureaucratic_waste(inputs(now, {"effect": effect, "masses": masses}))
    return float(found["waste"].item())


@given(st.floats(-0.2, 0.2), st.floats(-0.1, 0.1), st.floats(-0.5, 2.0))
def test_the_engine_prefers_no_sign_of_waste(effect: float, masses: float, above: float) -> None:
    for lever in (0.0, 1.0):
        one = waste(effect, masses, above, lever)
        assert one == pytest.approx(-waste(-effect, -masses, above, lever))
    assert waste(effect, masses, 0.0) == 0.0
    assert waste(effect, masses, 0.0, 1.0) == pytest.approx(masses)
    assert waste(effect, masses, 0.0, 1.0, coverage=0.0) == 0.0
    for name in ("bureaucratic_waste", "bureaucracy", "repression"):
        for parameter in REGISTRY.mechanisms[name].parameters:
            if parameter.contested:
                ends = parameter.prior.quantile(np.array([0.1, 0.9]))
                assert ends.sum() == pytest.approx(0.0, abs=1e-12)


def test_middle_ranks_broaden_with_size_and_culture() -> None:
    def base(size: float, culture: float) -> float:
        now = {"bureaucracy_share": size, "culture": culture}
        found = bureaucracy_ranks(inputs(now, {"upper": 0.1, "span": 0.5}))
        return float(found["bureaucracy_base"].item())

    assert base(0.05, 8.0) == pytest.approx(0.9)
    assert base(0.2, 8.0) == pytest.approx(0.95)
    assert base(0.05, 2.0) == pytest.approx(0.8)
    assert 0.0 < base(0.0, 0.0) < 1.0


ARMY = {
    "armed_forces": 12000.0,
    "armed_forces_target": 2000.0,
    "arms_rate": 0.6,
    "arms_target": 0.05,
    "arms_peace_ratio": 0.2,
    "armed_forces_start": 100.0,
    "military_pay": 0.2,
    "base_arms": np.array([0.0, 20.0, 0.0]),
    "base_supplies": np.array([5.0, 0.0, 5.0]),
    "base_gdp": 100.0,
}
LAST = {"gdp": 100.0}


def test_demobilisation_closes_the_stated_share_of_the_gap() -> None:
    found = demobilisation(inputs(ARMY, {"pace": 0.6}, LAST))
    assert found["armed_forces"].item() == pytest.approx(2000 + 0.4 * 10000)
    assert found["armed_forces_mean"].item() == pytest.approx((12000 + 6000) / 2)
    assert found["released"].item() == pytest.approx(6000)
    ahead = found["arms_ahead"][0, 0]
    assert (np.diff(ahead) < 0).all()
    assert ahead[-1] > 0.1
    assert ahead[0] == pytest.approx((0.6 + 0.1 + 0.4 * 0.5) / 2)  # never above the end of 1945


def test_an_army_at_its_target_stays_and_one_below_it_grows() -> None:
    at_peace = {"armed_forces": 2000.0, "arms_rate": 0.1}
    found = demobilisation(inputs(ARMY | at_peace, {"pace": 0.6}, LAST))
    assert found["armed_forces"].item() == pytest.approx(2000)
    assert found["arms_ahead"][0, 0] == pytest.approx(0.1)
    race = demobilisation(inputs(ARMY | {"armed_forces_target": 20000.0}, {"pace": 0.5}, LAST))
    assert race["armed_forces"].item() == pytest.approx(16000)
    assert race["released"].item() == 0.0


def test_arms_follow_the_military_share_aimed_at_and_product() -> None:
    grown = demobilisation(inputs(ARMY, {"pace": 1.0}, {"gdp": 300.0}))
    assert grown["arms_rate"].item() == pytest.approx(0.05 / 0.5 * 3)
    none = {"base_arms": np.zeros(3), "base_supplies": np.zeros(3), "military_pay": 0.0}
    unknown = ARMY | none
    found = demobilisation(inputs(unknown, {"pace": 1.0}, LAST))
    assert found["arms_rate"].item() == pytest.approx(0.2)
