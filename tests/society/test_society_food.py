"""Procurement and famine: who bears a bad harvest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from social_inputs import inputs

from conjuncture.core.registry import REGISTRY
from conjuncture.society.famine import LARGEST, famine
from conjuncture.society.procurement import procurement

P = {"elasticity": 0.5, "habituation": 0.1, "threshold": 0.6, "spread": 0.2, "response": 0.05}


def food(
    coverage: float,
    harvest: float,
    quota: float = 0.4,
    aid: float = 0.0,
    start: float = 0.81,
    imports: float = 0.0,
    exports: float = 0.0,
    habit: float = 1.0,
) -> dict[str, float]:
    now = {
        "population": 1000.0,
        "base_population": 1000.0,
        "food_start": start,
        "food_habit": habit,
        "base_output": np.array([100.0, 50.0, 50.0]),
        "base_imports": np.zeros(3),
        "base_exports": np.zeros(3),
        "harvest": harvest,
        "planning_coverage": coverage,
        "procurement_share": quota * coverage,
    }
    lag = {
        "output": np.array([100.0, 60.0, 60.0]),
        "imports": np.array([imports, 0.0, 0.0]),
        "exports": np.array([exports, 0.0, 0.0]),
        "employment": np.array([60.0, 20.0, 20.0]),
        "harvest": 1.0,
        "aid_received": aid,
        "gdp_world": 100.0,
    }
    return {name: value.item() for name, value in famine(inputs(now, P, lag)).items()}


def short(mean: float) -> float:
    """Return the mean shortfall from 0.6 by quadrature over the distribution of food."""

    def weighed(z: float) -> float:
        food = mean * np.exp(0.2 * z - 0.02)
        return float(max(0.6 - food, 0.0) * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi))

    edge = (np.log(0.6 / mean) + 0.02) / 0.2
    return float(quad(weighed, -12.0, edge)[0])


def test_fixed_deliveries_leave_a_bad_harvest_to_the_farms() -> None:
    planned = food(1.0, 0.7)
    assert planned["food_farms"] == pytest.approx(0.9 * (0.7 - 0.4) / 0.6)
    assert planned["food_towns"] == pytest.approx(0.9)
    dead = 0.6 * short(0.45) + 0.4 * short(0.9) - short(1.0)
    assert planned["famine"] == pytest.approx(1000 * 0.05 * dead, rel=1e-6)
    market = food(0.0, 0.7)
    assert market["food_farms"] == market["food_towns"] == pytest.approx(0.63)
    assert market["famine"] < planned["famine"]


@given(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0.05, 0.9), st.floats(0, 1.5))
def test_farms_and_towns_eat_no_more_than_was_grown(
    coverage: float, quota: float, harvest: float
) -> None:
    found = food(coverage, harvest, quota)
    # Under a full plan the towns' claim is the quota and the farms' the rest.
    if coverage == 1.0:
        eaten = quota * found["food_towns"] + (1 - quota) * found["food_farms"]
        assert eaten <= 0.9 * harvest + 1e-9
    assert 0.0 <= found["famine"] <= LARGEST * 1000.0


def test_no_one_dies_in_a_normal_year_and_aid_saves_lives() -> None:
    assert food(1.0, 1.0, start=1.0)["famine"] == 0.0
    assert food(0.0, 1.2)["famine"] == 0.0
    worse = [food(1.0, h)["famine"] for h in (0.9, 0.8, 0.6, 0.4)]
    assert (np.diff(worse) > 0).all()
    assert food(1.0, 0.6, aid=10.0)["famine"] < food(1.0, 0.6)["famine"]
    assert food(1.0, 0.0, start=0.0)["famine"] <= LARGEST * 1000
    off = REGISTRY.mechanisms["famine"].off
    assert off is not None
    assert not off(inputs({"population": 5.0, "food_habit": 1.0}))["famine"].any()


def levies(coverage: float, masses: float, administration: float = 1.0) -> tuple[float, float]:
    now = {
        "planning_coverage": coverage,
        "administration": administration,
        "lever_mass_administration": masses,
    }
    found = procurement(inputs(now, {"quota": 0.4, "price": 0.25}))
    return found["procurement_share"].item(), found["levy_rate"].item()


def test_scissors_take_from_farms_under_a_plan_alone() -> None:
    assert levies(0.0, 0.0) == (0.0, 0.0)
    assert levies(1.0, 0.0) == pytest.approx((0.4, 0.3))
    assert levies(0.5, 0.0, administration=0.0) == (0.0, 0.0)
    assert levies(1.0, 1.0) == pytest.approx((0.4, 0.0))
    off = REGISTRY.mechanisms["procurement"].off
    assert off is not None
    assert not off(inputs({"planning_coverage": 1.0}))["levy_rate"].any()


def test_imports_feed_and_herds_give_way_before_bread() -> None:
    fed = food(0.0, 1.0, imports=44.0)
    assert fed["food_towns"] == pytest.approx(np.sqrt(0.81 * 1.44))
    sold = food(0.0, 1.0, exports=19.0)
    assert sold["food_towns"] == pytest.approx(0.81)
    less = food(0.0, 1.0, start=0.25)
    assert less["food_towns"] == pytest.approx(0.5)


def test_what_is_usual_is_no_famine() -> None:
    assert food(0.0, 1.0)["food_habit"] == pytest.approx(1.0 + 0.1 * (0.9 - 1.0))
    poor = {"start": 0.25, "habit": 0.5}
    assert food(0.0, 1.0, **poor)["famine"] == pytest.approx(0.0, abs=1e-9)
    assert food(0.0, 1.0, start=0.25)["famine"] > 0
    assert food(0.0, 0.8, **poor)["famine"] > 0
