"""Antagonism, ripeness, the policy of planned states, arms and the bomb."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import MASS, one, world

NEUTRAL = {"weight": 0.0, "closure": 0.0}


def test_without_any_effect_all_pairs_are_neutral() -> None:
    assert not one("antagonism", world(), **NEUTRAL)["antagonism"].any()


def test_closure_divides_open_from_closed_whoever_is_which() -> None:
    made = world()
    found = one("antagonism", made, **NEUTRAL | {"closure": 1.0})["antagonism"][0]
    assert found[0, 1] == pytest.approx(np.tanh(0.8))  # open and closed
    assert found[0, 2] == 0  # both open
    assert found[0, 1] == found[1, 0]
    made.given["planning_coverage"][:] = 0.0  # class character does not enter
    again = one("antagonism", made, **NEUTRAL | {"closure": 1.0})["antagonism"][0]
    np.testing.assert_array_equal(found, again)
    opened = made
    opened.given["openness"][:] = 0.9
    assert one("antagonism", opened, **NEUTRAL | {"closure": 1.0})["antagonism"][0, 0, 1] == 0


def test_opposite_signs_give_opposite_antagonisms() -> None:
    made = world()
    for name in ("weight", "closure"):
        up = one("antagonism", made, **NEUTRAL | {name: 1.5})["antagonism"]
        down = one("antagonism", made, **NEUTRAL | {name: -1.5})["antagonism"]
        np.testing.assert_allclose(up, -down)
        assert up.max() > 0


def test_an_embargo_closes_a_pair() -> None:
    made = world()
    made.given["lever_embargo"][:, 0, 2] = 1.0
    found = one("antagonism", made, **NEUTRAL | {"closure": 1.0})["antagonism"][0]
    assert found[0, 2] == found[2, 0] == pytest.approx(np.tanh(1.0))


def test_lands_that_do_not_act_for_themselves_have_no_antagonism() -> None:
    found = one("antagonism", world(), **NEUTRAL | {"closure": 2.0})["antagonism"]
    assert not found[:, [6, 7, 8, 9]].any()


def test_the_principal_antagonism_is_the_weightiest_pair() -> None:
    made = world()
    made.parameters["antagonism"] = {
        k: np.full((3, 1), v) for k, v in (NEUTRAL | {"closure": 1.0}).items()
    }
    found = one("principal_pair", made)
    assert (found["principal_first"] == 0).all()
    assert (found["principal_second"] == 1).all()  # the two largest, one open and one closed
    assert (found["rival"][:, 0] == 1).all()
    assert (found["rival"][:, 1] == 0).all()
    assert found["principal_antagonism"][0] == pytest.approx(np.tanh(0.8))
    assert (found["rival"][:, 6] == -1).all()


def test_each_of_the_three_conditions_is_needed() -> None:
    made = world()
    made.parameters["antagonism"] = {
        k: np.full((3, 1), v) for k, v in (NEUTRAL | {"closure": 1.0}).items()
    }
    made.last["crisis"][:], made.last["market_breadth"][:] = 1.0, 0.05
    made.given["openness"][:, 1] = 0.0
    made.last["gdp_per_head"][:] = made.stocks["peak_product_per_head"]
    made.last["revolutionary_situation"][:] = 0.0
    made.stocks["radicalisation"][:] = 0.0
    made.stocks["mass"][:] = np.eye(len(MASS))[0]
    ripe = one("ripening", made)["ripeness"][0, 0]
    assert ripe > 0.9
    for name, value in (("crisis", 0.0), ("revolutionary_situation", 1.0)):
        kept = made.last[name].copy()
        made.last[name][:] = value
        assert one("ripening", made)["ripeness"][0, 0] == pytest.approx(0.0)
        made.last[name][:] = kept
    made.last["gdp_world"][:, 1] = 0.0  # the rival's forces are nothing
    assert one("ripening", made)["ripeness"][0, 0] == pytest.approx(0.0)


def test_a_closed_economy_outgrows_its_frame_by_being_alone_in_it() -> None:
    made = world()
    made.given["openness"][:] = 0.0
    np.testing.assert_allclose(one("ripening", made)["outgrown_frame"], 1.0)


def test_a_fall_as_deep_as_depressions_are_counts_for_a_half() -> None:
    made = world()
    made.last["crisis"][:], made.last["market_breadth"][:] = 0.12, 0.0
    made.last["gdp_per_head"][:] = made.stocks["peak_product_per_head"]
    found = one("ripening", made, depth=0.12)["regrouped_crisis"]
    np.testing.assert_allclose(found, np.cbrt(0.5))


def test_a_wider_market_lets_a_state_keep_within_its_frame() -> None:
    made = world()
    narrow = one("ripening", made)
    made.last["market_breadth"][:] = 1.0
    made.given["openness"][:] = 1.0
    wide = one("ripening", made)
    assert (wide["outgrown_frame"] < narrow["outgrown_frame"]).all()
    assert not wide["regrouped_crisis"].any()
    np.testing.assert_allclose(wide["outgrown_frame"].sum(axis=-1), 1.0)  # shares of the world


def test_only_planned_states_are_cautious_and_the_drives_are_told_apart() -> None:
    made = world()
    found = one("foreign_policy", made, revolution=2.0, rival=0.0, reconstruction=0.0)
    assert (found["caution"][:, 1] > 0).all()
    assert found["caution"][0, 1] == found["fear_of_revolution"][0, 1]
    made.given["planning_coverage"] = np.where(made.stocks["statified_share"] > 0.5, 1.0, 0.0)
    found = one("foreign_policy", made, revolution=2.0, rival=1.0, reconstruction=1.0)
    assert not found["caution"][:, 0].any()
    made.last["revolutionary_situation"][:] = 0.0
    quiet = one("foreign_policy", made, revolution=2.0, rival=0.0, reconstruction=0.0)
    assert not quiet["caution"].any()


def test_richardson_states_at_rest_stay_there_and_rivals_rise() -> None:
    made = world()
    rest = np.exp(-3.0)
    made.stocks["arms_target"][:] = rest
    calm = {"normal": -3.0, "spread": 0.0, "antagonism": 0.0}
    np.testing.assert_allclose(one("arms", made, **calm)["arms_target"], rest)
    made.stocks["recent"][:, 0, 2] = made.stocks["recent"][:, 2, 0] = 1.0
    found = one("arms", made, **calm | {"reaction": 1.0})
    share = one("power", made)["power_share"]
    expected = rest * np.exp(10 * share[:, 2] * rest)
    np.testing.assert_allclose(found["arms_target"][:, 0], expected)
    np.testing.assert_allclose(found["arms_target"][:, 3], rest)


def test_fatigue_brings_a_wartime_share_back() -> None:
    made = world()
    made.stocks["arms_target"][:] = 0.4
    found = one("arms", made, adjustment=1.0, normal=-3.0, reaction=0.0, spread=0.0, antagonism=0.0)
    np.testing.assert_allclose(found["arms_target"], np.exp(-3.0))
    assert (found["military_share"][:, [6, 7]] == 0).all()  # held lands keep no arms of their own


def test_the_lever_of_an_arms_race_raises_spending_and_forces() -> None:
    made = world()
    before = one("arms", made), one("armed_forces", made)
    made.given["lever_arms_race"][:, 0] = 0.5
    after = one("arms", made), one("armed_forces", made)
    for name, one_before, one_after in (
        ("arms_target", before[0], after[0]),
        ("armed_forces_target", before[1], after[1]),
    ):
        ratio = one_after[name] / np.maximum(one_before[name], 1e-9)
        np.testing.assert_allclose(ratio[:, 0], np.exp(0.5))
        np.testing.assert_allclose(ratio[:, 1:6], 1.0)


def test_the_bomb_comes_to_the_powerful_and_is_kept() -> None:
    made = world(60)
    made.stocks["nuclear"][:] = 0.0
    found = one("nuclear_weapons", made, base=-2.0)["nuclear"]
    assert found[:, 0].mean() > found[:, 11].mean()
    assert not found[:, 6].any()
    made.stocks["nuclear"][:] = 1.0
    assert one("nuclear_weapons", made, base=-30.0)["nuclear"].all()
    made.stocks["nuclear"][:] = 0.0
    made.given["lever_bomb"][:, 4] = 1.0
    assert one("nuclear_weapons", made, base=-30.0)["nuclear"].sum() == 60
