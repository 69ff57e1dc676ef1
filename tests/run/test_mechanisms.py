"""Each mechanism by itself: its sign, its limits, its switch, its published form."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from conjuncture.core.registry import Inputs
from conjuncture.core.state import HORIZON
from conjuncture.economy.capital import accumulation, investment_technology
from conjuncture.economy.conversion import conversion
from conjuncture.economy.production import ration
from conjuncture.economy.regime import property_regime
from conjuncture.economy.shocks import harvest
from conjuncture.run.scenario import mechanisms
from conjuncture.world.war import war_damage

SECTORS = ("agriculture", "machinery", "services")


def inputs(
    now: dict[str, object],
    p: dict[str, float] | None = None,
    draw: dict[str, float] | None = None,
    year: int = 1946,
) -> Inputs:
    """Build the inputs of one member and one territory."""

    def wrap(values: dict[str, object]) -> SimpleNamespace:
        return SimpleNamespace(
            **{k: np.asarray(v, float).reshape(1, 1, *np.shape(v)) for k, v in values.items()}
        )

    return Inputs(
        year=year,
        start=1945,
        now=wrap(now),
        lag=SimpleNamespace(),
        p=SimpleNamespace(**{k: np.array([[v]]) for k, v in (p or {}).items()}),
        draw=SimpleNamespace(**{k: np.array([[v]]) for k, v in (draw or {}).items()}),
        sectors=SECTORS,
    )


def test_conversion_blocks_what_arms_release_and_gives_it_back() -> None:
    falling = np.r_[0.5, np.full(HORIZON - 1, 0.1)]
    works = {
        "base_arms": np.array([0.0, 10.0, 0.0]),
        "arms_works": 10.0,
        "converting_works": 0.0,
        "arms_ahead": falling,
    }
    found = conversion(inputs(works, {"time": 1.0}))
    blocked = found["blocked_ahead"][0, 0]
    assert blocked[0] == pytest.approx(5.0 * (1 - np.exp(-1)))  # mean of 5 exp(-t) over a year
    quick = conversion(inputs(works, {"time": 0.05}))["blocked_ahead"][0, 0]
    assert quick[0] == pytest.approx(5.0 * 0.05, rel=1e-6)
    assert blocked[-1] < 0.01
    assert blocked.max() < 9.0  # never more than the arms works that were released
    switched = mechanisms()["conversion"].off
    assert switched is not None
    assert not switched(inputs(works, {"time": 1.0}))["blocked_ahead"].any()


def test_full_state_property_plans_everything_and_private_property_nothing() -> None:
    for share, open_to in ((1.0, 0.2), (0.0, 1.0)):
        now = {"statified_share": share, "lever_open_trade": 0.0}
        found = property_regime(inputs(now, {"monopoly": 0.8, "threshold": 0.7}))
        assert found["planning_coverage"].item() == share
        assert found["openness"].item() == pytest.approx(open_to)


def test_a_state_plans_from_a_threshold_of_ownership_on() -> None:
    for share, covered in ((0.69, 0.0), (0.71, 0.71)):
        now = {"statified_share": share, "lever_open_trade": 0.0}
        found = property_regime(inputs(now, {"monopoly": 0.8, "threshold": 0.7}))
        assert found["planning_coverage"].item() == covered


def test_a_policy_opens_trade_against_the_monopoly() -> None:
    now = {"statified_share": 1.0, "lever_open_trade": 1.0}
    found = property_regime(inputs(now, {"monopoly": 0.8, "threshold": 0.7}))
    assert found["openness"].item() == 1.0
    assert found["planning_coverage"].item() == 1.0


def test_harvests_have_mean_one_and_no_spread_without_risk() -> None:
    p = {"crop_share": 0.5}
    z = np.random.default_rng(0).standard_normal(20000)
    drawn = [harvest(inputs({"harvest_sd": 0.14}, p, {"weather": v}))["harvest"].item() for v in z]
    assert np.mean(drawn) == pytest.approx(1.0, abs=0.005)
    assert np.std(np.log(drawn)) == pytest.approx(0.07, rel=0.03)
    assert harvest(inputs({"harvest_sd": 0.0}, p, {"weather": 2.0}))["harvest"].item() == 1.0


def test_damage_is_the_stated_share_of_the_prewar_stock() -> None:
    now = {
        "capital": np.array([86.0, 0.0, 8.6]),
        "wealth_lost_share": 0.25,
        "restorable_share": 0.4,
        "fixed_assets_index_start": 86.0,
    }
    np.testing.assert_allclose(war_damage(inputs(now))["damaged_capital"][0, 0], [10.0, 0.0, 1.0])


def test_restoration_without_its_law_is_like_building() -> None:
    off = mechanisms()["investment_technology"].off
    assert off is not None
    x = inputs({"restorable_share": 0.4}, {"cost": 0.5, "limit": 0.3})
    assert investment_technology(x)["restoration_cost"].item() == 0.5
    assert off(x)["restoration_cost"].item() == 1.0


def test_capital_is_carried_over_the_year() -> None:
    now = {
        "capital": np.array([10.0, 10.0, 10.0]),
        "damaged_capital": np.array([2.0, 0.0, 0.0]),
        "building": np.array([1.0, 0.0, 0.0]),
        "restoration": np.array([0.5, 0.0, 0.0]),
        "depreciation": np.array([0.05, 0.1, 0.0]),
        "fixed_assets_index": 86.0,
    }
    found = accumulation(inputs(now))
    np.testing.assert_allclose(found["capital"][0, 0], [11.0, 9.0, 10.0])
    np.testing.assert_allclose(found["damaged_capital"][0, 0], [1.5, 0.0, 0.0])
    assert found["fixed_assets_index"].item() == pytest.approx(86.0)


amounts = hnp.arrays(np.float64, 4, elements=st.floats(0.0, 10.0))


@given(
    a=hnp.arrays(np.float64, (4, 4), elements=st.floats(0.0, 0.24)),
    final=amounts,
    capacity=hnp.arrays(np.float64, 4, elements=st.floats(0.05, 20.0)),
)
def test_rationing_keeps_every_output_within_its_capacity(
    a: np.ndarray, final: np.ndarray, capacity: np.ndarray
) -> None:
    needs = np.linalg.solve(np.eye(4) - a, np.eye(4))
    share = ration(needs[None], final[None], capacity[None])[0]
    assert (share >= 0).all()
    assert (share <= 1).all()
    assert (needs @ (share * final) <= capacity * (1 + 1e-6)).all()
    if (needs @ final <= capacity).all():
        np.testing.assert_allclose(share, 1.0)


def test_rationing_cuts_most_what_contains_most_of_the_scarce_product() -> None:
    a = np.array([[0.0, 0.4, 0.1], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    needs = np.linalg.solve(np.eye(3) - a, np.eye(3))
    final = np.array([1.0, 1.0, 1.0])
    share = ration(needs[None], final[None], np.array([[1.2, 5.0, 5.0]]))[0]
    assert share[0] < share[1] < share[2] < 1
    assert (needs @ (share * final))[0] == pytest.approx(1.2)
