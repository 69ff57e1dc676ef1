"""Consent, land reform, the occupier's choice, property, unification, holders, parts."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import CODES, MASS, PARTS, World, inputs, one, room, world

from conjuncture.world.consent import foreign_power, occupier
from conjuncture.world.occupation import ANNEX, EVACUATE, KEEP, MAKE_BUFFER, chosen
from conjuncture.world.pairs import ANNEXED, BUFFER, OCCUPIED, SOVEREIGN
from conjuncture.world.parts import of_parts
from conjuncture.world.territories import settled

CALM = {"strategy": 0.0, "dissent": 0.0, "resolve": 0.0, "inertia": 0.0, "barrier": 0.0}


def test_who_rules_from_outside() -> None:
    made = world(1)
    now = (made.stocks[k] for k in ("holder", "status", "troops"))
    holder, status, troops = now
    alien = foreign_power(holder, status, troops)[0]
    assert alien[[0, 5, 6, 7, 9, 11]].tolist() == [-1, 1, 0, 2, 1, 0]
    ruled = occupier(holder, status, troops)[0]
    assert ruled[[0, 5, 6, 7, 9, 11]].tolist() == [-1, 1, 0, -1, -1, 0]


def test_alien_rule_costs_consent_and_welcome_and_bread_bring_it() -> None:
    made = world(1)
    made.last["living_standard"][:] = 1.0
    made.last["repression"][:] = 0.0
    law = {"base": 1.0, "alien": 2.0, "living": 0.0, "affinity": 0.0}
    found = one("consent", made, **law)["consent"][0]
    own = 1 / (1 + np.exp(-1.0))
    assert found[0] == pytest.approx(own)
    assert found[6] == pytest.approx(1 / (1 + np.exp(1.0)))
    assert found[6] < found[5] == pytest.approx(0.5)  # troops alone weigh half
    made.stocks["mass"][:] = np.eye(len(MASS))[MASS.index("communist")]
    welcome = one("consent", made, **law | {"affinity": 3.0})["consent"][0]
    assert welcome[5] > found[5]  # a planned power
    assert welcome[6] - found[6] < welcome[5] - found[5]  # a capitalist one
    made.last["living_standard"][:] = 0.5
    assert (one("consent", made, **law | {"living": 1.0})["consent"][0] < found).all()


def test_land_is_reformed_once_and_the_army_of_a_planned_state_acts_by_its_sign() -> None:
    made = world(300)
    law = {"base": -1.0, "radicalisation": 0.0}
    made.parameters["imposed_regime"] = {"base": np.full((300, 1), -40.0)}
    rate = {
        sign: one("land_reform", made, **law | {"presence": 2.0 * sign})["land_reform"].mean(axis=0)
        for sign in (-1, 0, 1)
    }
    assert rate[-1][5] < rate[0][5] < rate[1][5]
    assert rate[-1][2] == rate[1][2]
    made.stocks["land_reformed"][:] = 1.0
    assert not one("land_reform", made, **law)["land_reform"].any()
    made.stocks["land_reformed"][:] = 0.0
    made.given["lever_land_reform"][:, 3] = 1.0
    assert one("land_reform", made, base=-40.0)["land_reform"].sum(axis=0)[3] == 300


def test_a_logit_choice_has_the_logit_s_shares() -> None:
    utilities = np.broadcast_to(np.array([1.0, 0.0, -1e6, 2.0]), (1, 20000, 4))
    taken = chosen(utilities, np.random.default_rng(1).random((1, 20000)))
    odds = np.exp([1.0, 0.0, 2.0])
    for option, share in zip((0, 1, 3), odds / odds.sum(), strict=True):
        assert (taken == option).mean() == pytest.approx(share, abs=0.015)
    assert not (taken == 2).any()


def test_only_lands_with_an_occupier_are_chosen_for() -> None:
    found = one("occupiers_choice", world(50), **CALM)["occupier_choice"]
    assert (found[:, [0, 1, 2, 3, 4, 7, 8, 9]] == KEEP).all()
    assert not (found[:, 5] == MAKE_BUFFER).any()  # it is one
    assert not (found[:, 11] == ANNEX).any()  # sovereign: troops alone
    assert set(np.unique(found[:, 6])) == {KEEP, ANNEX, MAKE_BUFFER, EVACUATE}


@pytest.mark.parametrize(
    ("change", "less", "more"),
    [
        ({"inertia": 4.0}, EVACUATE, KEEP),
        ({"barrier": 6.0}, ANNEX, KEEP),
        ({"barrier": -6.0}, EVACUATE, ANNEX),
        ({"strategy": 6.0}, EVACUATE, ANNEX),
        ({"dissent": 8.0}, ANNEX, EVACUATE),
        ({"resolve": 8.0}, ANNEX, EVACUATE),
    ],
)
def test_each_weight_of_the_choice(change: dict[str, float], less: int, more: int) -> None:
    made = world(400)
    made.parameters["antagonism"] = {
        "weight": np.zeros((400, 1)), "closure": np.ones((400, 1)),
        }  # fmt: skip
    made.given["contiguous"][:, 6, 0] = 1.0
    before = one("occupiers_choice", made, **CALM)["occupier_choice"][:, 6]
    after = one("occupiers_choice", made, **CALM | change)["occupier_choice"][:, 6]
    assert (after == less).mean() < (before == less).mean()
    assert (after == more).mean() > (before == more).mean()


def test_caution_gives_up_more() -> None:
    made = world(400)
    made.given["planning_coverage"][:] = 1.0
    made.parameters["antagonism"] = {"closure": np.ones((400, 1))}
    drives = {"rival": np.zeros((400, 1)), "reconstruction": np.zeros((400, 1))}
    share = {}
    for fear in (-20.0, 0.0, 20.0):
        made.parameters["foreign_policy"] = drives | {"revolution": np.full((400, 1), fear)}
        found = one("occupiers_choice", made, **CALM)["occupier_choice"][:, [5, 6, 10]]
        share[fear] = (found == EVACUATE).mean()
    assert share[-20.0] < share[0.0] < share[20.0]


def test_property_is_changed_only_by_its_contested_signs_and_only_where_ruled() -> None:
    made = world(400)
    share = {}
    for name, land in (("annexed", 9), ("held", 5)):
        made.stocks["statified_share"][:, land] = 0.1
        for sign in (-1, 0, 1):
            effect = {"annexed": 0.0, "held": 0.0, name: 6.0 * sign}
            found = one("imposed_regime", made, base=-2.0, resolve=0.0, **effect)
            imposed = found["regime_imposed"]
            share[sign] = (imposed[:, land] == 2).mean()
            assert (imposed[:, [0, 1, 2, 7, 8, 11]] == 0).all()
            taken = imposed[:, land] == 2
            assert (found["regime_model"][taken, land] == 0.95).all()
        assert share[-1] < share[0] < share[1]
        assert share[1] > 0.8


def test_like_forms_impose_nothing() -> None:
    made = world(100)
    made.stocks["statified_share"][:] = 0.5
    found = one("imposed_regime", made, base=10.0, annexed=10.0, held=10.0, resolve=0.0)
    assert not (found["regime_imposed"] == 2).any()


def test_halves_unite_only_when_both_are_free_and_the_smaller_joins() -> None:
    made = world(50)
    assert not one("unification", made, pull=40.0)["unification"].any()
    made.stocks["status"][:, 6], made.stocks["holder"][:, 6] = SOVEREIGN, 6
    made.stocks["troops"][:, [6, 11]] = -1
    found = one("unification", made, pull=40.0, unlike=0.0)["unification"]
    assert (found[:, 11] == 1).all()
    assert found.sum() == 50
    made.stocks["statified_share"][:, 11] = 1.0
    assert not one("unification", made, pull=0.0, unlike=100.0)["unification"].any()


def combined(made: World, **flows: np.ndarray) -> dict[str, np.ndarray]:
    """Run the mechanism that brings all decisions together."""
    item = room()["territories"]
    nothing = np.zeros_like(made.stocks["status"])
    quiet = {
        "occupier_choice": nothing,
        "troops_posted": nothing - 1,
        "unification": nothing,
        "independence": nothing,
        "conquered_by": nothing - 1,
    }
    return dict(item.function(inputs(made, item, quiet | flows)))


def only(made: World, place: int, value: float, otherwise: float = 0.0) -> np.ndarray:
    """Return an array with one value at one territory."""
    found = np.full_like(made.stocks["status"], otherwise)
    found[:, place] = value
    return found


def told(found: dict[str, np.ndarray], place: int) -> tuple[float, float, float]:
    """Return holder, status and troops of a territory."""
    return tuple(float(found[k][0, place]) for k in ("holder", "status", "troops"))  # type: ignore[return-value]


def test_each_decision_has_its_consequence() -> None:
    made = world()
    for choice, expected in (
        (KEEP, (0, OCCUPIED, 0)),
        (ANNEX, (0, ANNEXED, 0)),
        (MAKE_BUFFER, (6, BUFFER, 0)),
        (EVACUATE, (6, SOVEREIGN, -1)),
    ):
        assert told(combined(made, occupier_choice=only(made, 6, choice)), 6) == expected
    assert told(combined(made, independence=only(made, 7, 1)), 7) == (7, SOVEREIGN, -1)
    assert told(combined(made, troops_posted=only(made, 3, 0, -1)), 3) == (3, SOVEREIGN, 0)
    assert told(combined(made, unification=only(made, 11, 1)), 11)[:2] == (0, ANNEXED)  # 6 is held


def test_what_a_conquered_state_held_passes_to_the_victor() -> None:
    made = world()
    found = combined(made, conquered_by=only(made, 2, 0, -1))
    assert told(found, 2) == (0, OCCUPIED, 0)
    assert told(found, 7)[0] == 0  # its colonies
    assert told(found, 5) == (5, BUFFER, 1)
    found = combined(made, conquered_by=only(made, 1, 0, -1))
    assert told(found, 5) == (5, SOVEREIGN, -1)  # its buffer is free of its troops
    assert told(found, 9)[:2] == (0, ANNEXED)


def test_revolution_frees_a_held_land_and_a_decree_annexes() -> None:
    made = world()
    made.given["revolution"][:, 8] = 1.0
    made.given["lever_decree_annex"][:, 3, 4] = 1.0
    found = combined(made)
    assert told(found, 8) == (8, SOVEREIGN, -1)
    assert told(found, 3) == (4, ANNEXED, 4)


def test_two_decrees_against_each_other_leave_both_their_own() -> None:
    holder = np.array([[1.0, 0.0, 2.0]])
    found = settled(holder, np.array([[4.0, 4.0, 0.0]]), np.array([[1.0, 0.0, -1.0]]))
    assert found["holder"].tolist() == [[0, 1, 2]]
    assert found["status"].tolist() == [[0, 0, 0]]


def test_parts_break_away_only_from_a_shaken_state() -> None:
    made = world(300)
    certain = {"annexed": 1.0, "core": 0.0, "returned": 0.0}
    found = one("part_holders", made, **certain)
    np.testing.assert_array_equal(found["part_holder"], made.stocks["part_holder"])
    made.last["ending"][:, 0] = 1.0
    made.stocks["part_holder"][:, 2] = 0.0  # BBB_1, held by AAA
    found = one("part_holders", made, **certain)
    assert (found["part_holder"][:, 0] == 0).all()  # core
    assert (found["part_holder"][:, 1] == -1).all()  # annexed
    np.testing.assert_allclose(found["seceded_share"][:, 0], 50 / 150)
    made.given["part_core"][:, 1] = 1.0  # two core parts: the larger is the state itself
    torn = one("part_holders", made, annexed=1.0, core=1.0, returned=0.0)
    assert (torn["part_holder"][:, 0] == 0).all()
    assert (torn["part_holder"][:, 1] == -1).all()
    back = one("part_holders", made, annexed=0.0, core=0.0, returned=1.0)["part_holder"]
    assert (back[:, 2] == 1).all()
    made.last["ending"][:] = 1.0
    free = one("part_holders", made, annexed=1.0, core=1.0, returned=0.0)["part_holder"]
    assert (free[:, 0] == 0).all()  # the largest part is the state itself


def test_the_most_populous_part_is_what_the_others_leave() -> None:
    made = world(50)
    made.last["ending"][:, 0] = 1.0
    found = one("part_holders", made, annexed=1.0, core=1.0, returned=0.0)
    assert (found["part_holder"][:, 0] == 0).all()  # 100 of 150 people
    assert (found["part_holder"][:, 1] == -1).all()
    np.testing.assert_allclose(found["seceded_share"][:, 0], 50 / 150)


def test_draws_of_parts_are_uniform_and_keep_the_median() -> None:
    u = np.random.default_rng(0).random((20000, 1)) * np.ones(len(PARTS))
    drawn = of_parts(u, PARTS)
    for k in range(len(PARTS)):
        assert drawn[:, k].mean() == pytest.approx(0.5, abs=0.01)
        assert (drawn[:, k] < 0.2).mean() == pytest.approx(0.2, abs=0.015)
    both = (drawn[:, 0] - drawn[:, 0].mean()) * (drawn[:, 1] - drawn[:, 1].mean())
    assert abs(both.mean()) < 0.03 / 12  # the variance of a uniform number
    np.testing.assert_allclose(of_parts(np.full((1, len(PARTS)), 0.5), PARTS), 0.5)
    assert len(CODES) == 12
