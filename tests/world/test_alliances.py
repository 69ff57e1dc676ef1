"""Alliances, blocs, bridgeheads, independence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from worlds import World, one, world

from conjuncture.world.alliances import common

NO_TIES = {
    "base": -40.0, "common_threat": 0.0, "distance": 0.0, "weight": 0.0, "recent": 0.0,
    "end": -40.0, "end_recent": 0.0, "balancing": 0.0, "presence": 0.0,
}  # fmt: skip


def test_a_common_threat_is_the_power_that_both_have_against_them() -> None:
    enmity = np.zeros((1, 4, 4))
    for i, j in ((0, 3), (1, 3)):
        enmity[0, i, j] = enmity[0, j, i] = 1.0
    found = common(enmity, np.array([[0.1, 0.1, 0.1, 0.7]]))
    assert found[0, 0, 1] == pytest.approx(7.0)
    assert found[0, 0, 2] == 0.0


def test_treaties_stay_without_reason_to_change() -> None:
    made = world()
    found = one("alliance_formation", made, **NO_TIES)["alliance"]
    np.testing.assert_array_equal(found, made.stocks["alliance"])
    ended = one("alliance_formation", made, **NO_TIES | {"end": 40.0})["alliance"]
    assert not ended.any()


def test_states_with_a_common_enemy_ally_and_enemies_do_not() -> None:
    made = world(300)
    made.stocks["alliance"][:] = 0.0
    for i, j in ((2, 0), (3, 0)):
        made.stocks["recent"][:, i, j] = made.stocks["recent"][:, j, i] = 1.0
    base = {"base": -3.0}
    threat = one("alliance_formation", made, **NO_TIES | base | {"common_threat": 2.0})["alliance"]
    assert threat[:, 2, 3].mean() > 0.5 > threat[:, 4, 5].mean()
    hostile = NO_TIES | base | {"recent": -3.0}
    assert one("alliance_formation", made, **hostile)["alliance"][:, 2, 0].mean() < 0.05
    plain = one("alliance_formation", made, **NO_TIES | base)["alliance"]
    assert plain[:, 4, 5].mean() == pytest.approx(expit(-3.0), abs=0.04)


def test_presence_of_troops_makes_treaties() -> None:
    made = world(200)
    made.stocks["alliance"][:] = 0.0
    found = one("alliance_formation", made, **NO_TIES | {"base": -3.0, "presence": 6.0})["alliance"]
    assert found[:, 5, 1].mean() > 0.85  # BBB has troops in FFF
    assert not found[:, 6].any()  # occupied lands have no treaties


def test_balancing_follows_antagonism() -> None:
    made = world(200)
    made.stocks["alliance"][:] = 0.0
    made.parameters["antagonism"] = {
        "weight": np.zeros((200, 1)), "closure": np.full((200, 1), 2.0),
        }  # fmt: skip
    found = one("alliance_formation", made, **NO_TIES | {"base": -3.0, "balancing": 2.0})[
        "alliance"
    ]
    assert found[:, 2, 3].mean() > 0.1  # open states, against the closed one
    assert found[:, 2, 1].mean() < 0.05


def prepared(members: int = 3) -> World:
    """Make a world in which the open stand against the closed."""
    made = world(members)
    made.stocks["alliance"][:] = 0.0
    made.parameters["antagonism"] = {
        "weight": np.zeros((members, 1)), "closure": np.ones((members, 1)),
        }  # fmt: skip
    return made


def test_blocs_follow_troops_then_treaties_and_held_lands_their_holder() -> None:
    made = prepared()
    made.stocks["alliance"][:, 3, 0] = made.stocks["alliance"][:, 0, 3] = 1.0
    bloc = one("blocs", made)["bloc"][0]
    assert bloc[0] == 0
    assert bloc[1] == 1
    assert bloc[5] == 1  # troops of BBB
    assert bloc[3] == 0  # a treaty with AAA, against the same rival
    assert bloc[6] == 0  # occupied by AAA
    assert bloc[7] == bloc[2]


def test_a_treaty_with_the_rival_of_ones_own_side_makes_no_bloc() -> None:
    made = prepared()
    made.stocks["alliance"][:, 3, 1] = made.stocks["alliance"][:, 1, 3] = 1.0
    assert one("blocs", made)["bloc"][0, 3] == 3  # a great power for itself


def test_bridgeheads_lie_near_the_rival_and_encircle_it() -> None:
    made = prepared()
    before = one("bridgeheads", made)
    made.stocks["alliance"][:, 4, 0] = made.stocks["alliance"][:, 0, 4] = 1.0
    after = one("bridgeheads", made)
    d = made.given["distance"][0, 4, 1]
    reach = 1900.0
    assert after["bridgehead"][0, 4, 0] == pytest.approx(np.exp(-d / reach))
    assert after["encirclement"][0, 1] > before["encirclement"][0, 1]
    assert (after["encirclement"] <= 1.0).all()
    assert not after["bridgehead"][0, 0].any() or after["bridgehead"][0, 0, 0] == 0


def test_troops_are_posted_only_in_free_allies() -> None:
    made = prepared(200)
    made.given["distance"][:, 11, 1] = made.given["distance"][:, 1, 11] = 100.0
    made.stocks["alliance"][:, 11, 0] = made.stocks["alliance"][:, 0, 11] = 1.0
    made.stocks["troops"][:, 11] = -1.0
    found = one("bridgeheads", made, posting=1.0)["troops_posted"]
    assert (found[:, 11] == 0).mean() > 0.2
    assert (np.delete(found, 11, axis=1) == -1).all()
    assert (one("bridgeheads", made, posting=0.0)["troops_posted"] == -1).all()


COLONIES = [7, 8]


def test_colonies_are_freed_at_the_rate_given_and_no_other_land() -> None:
    made = world(500)
    law = {"base": np.log(0.3), "diffusion": 0.0, "mobilisation": 0.0, "metropole_war": 0.0}
    found = one("independence", made, **law)
    assert found["independence"][:, COLONIES].mean() == pytest.approx(1 - np.exp(-0.3), abs=0.04)
    assert not np.delete(found["independence"], COLONIES, axis=1).any()
    freed = found["independence"] > 0
    assert (found["years_free"][freed] == 0).all()
    assert (found["years_free"][~freed] == 100).all()
    assert not found["independence_violent"][~freed].any()


@pytest.mark.parametrize(
    "effect", ["metropole_war", "metropole_defeat", "diffusion", "mobilisation"]
)
def test_each_weakness_of_the_metropole_and_each_movement_speeds_it(effect: str) -> None:
    made = world(400)
    none = {"base": np.log(0.1), "diffusion": 0.0, "mobilisation": 0.0, "metropole_war": 0.0}
    law = none | {"metropole_defeat": 0.0}
    made.stocks["war"][:, 2, 3] = made.stocks["war"][:, 3, 2] = 1.0
    made.stocks["years_since_defeat"][:, 2] = 1.0
    made.stocks["years_free"][:, 11] = 2.0
    slow = one("independence", made, **law)["independence"][:, COLONIES].mean()
    quick = one("independence", made, **law | {effect: 1.5})["independence"][:, COLONIES].mean()
    assert quick > slow + 0.05


def test_the_lever_frees_a_colony() -> None:
    made = world()
    made.given["lever_independence"][:, [0, 7]] = 1.0
    found = one("independence", made, base=-40.0)["independence"]
    assert found.sum() == made.members
    assert (found[:, 7] == 1).all()
