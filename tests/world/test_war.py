"""Disputes, concessions, escalation, joining, the course and the losses of wars."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from worlds import CODES, World, one, world

from conjuncture.world.pairs import of_pair, parity, weight
from conjuncture.world.ripeness import ripe_pairs
from conjuncture.world.war_course import balance

N = len(CODES)


def at_war(made: World, *pairs: tuple[int, int]) -> World:
    """Put pairs at war."""
    for i, j in pairs:
        made.stocks["war"][:, i, j] = made.stocks["war"][:, j, i] = 1.0
    return made


def test_the_draw_of_a_pair_is_uniform_symmetric_and_keeps_the_median() -> None:
    u = np.random.default_rng(0).random((200, 40, 40))
    drawn = of_pair(u)
    np.testing.assert_array_equal(drawn, np.swapaxes(drawn, -1, -2))
    off = drawn[:, *np.triu_indices(40, 1)]
    for q in (0.01, 0.25, 0.5, 0.9):
        assert (off < q).mean() == pytest.approx(q, abs=0.004)
    assert of_pair(np.full((1, 2, 2), 0.5)) == pytest.approx(0.5)


def test_covariates_of_pairs() -> None:
    power = np.array([[0.4, 0.1]])
    assert weight(power)[0, 0, 1] == pytest.approx(np.log(0.5 / 0.05))
    assert parity(power)[0, 0, 1] == pytest.approx(np.log(0.25))


def test_the_hazard_of_disputes_is_the_logit_of_its_covariates() -> None:
    made = world()
    made.parameters["antagonism"] = {k: np.zeros((3, 1)) for k in ("weight", "closure")}
    values = {
        "base": -4.0, "contiguous": 1.0, "distance": -0.5, "parity": 0.3, "weight": 0.6,
        "allied": -0.4, "recent": 2.0, "antagonism": 1.0,
    }  # fmt: skip
    made.stocks["recent"][:, 0, 1] = made.stocks["recent"][:, 1, 0] = 0.5
    risk = one("dispute_hazard", made, **values)["dispute_risk"][0]
    s = one("power", made)["power_share"][0]
    i, j = 0, 1
    eta = (
        -4.0
        + made.given["contiguous"][0, i, j]
        - 0.5 * np.log(made.given["distance"][0, i, j] / 3000)
        + 0.3 * np.log(min(s[i], s[j]) / max(s[i], s[j]))
        + 0.6 * np.log((s[i] + s[j]) / 0.05)
        - 0.4 * made.stocks["alliance"][0, i, j]
        + 2.0 * 0.5
    )
    assert risk[i, j] == pytest.approx(expit(eta))
    assert not risk[[6, 7, 8, 9]].any()  # held lands have no disputes of their own


def test_antagonism_raises_the_hazard_and_caution_lowers_it() -> None:
    made = world()
    made.parameters["antagonism"] = {
        "weight": np.zeros((3, 1)), "closure": np.ones((3, 1)),
        }  # fmt: skip
    risk = one("dispute_hazard", made, antagonism=0.0)["dispute_risk"][0]
    felt = one("dispute_hazard", made, antagonism=2.0)["dispute_risk"][0]
    calm, hot = risk[0, 1], felt[0, 1]
    assert hot > calm
    assert felt[0, 2] < risk[0, 2]  # less antagonistic than the average pair
    made.parameters["foreign_policy"] = {
        "revolution": np.full((3, 1), 3.0), "rival": np.zeros((3, 1)),
        "reconstruction": np.zeros((3, 1)),
    }  # fmt: skip
    rule = {"antagonism": 2.0, "restraint": 0.5}
    assert one("dispute_hazard", made, **rule)["dispute_risk"][0, 0, 1] < hot


def test_a_lever_makes_a_war_of_any_two_states_and_memory_follows() -> None:
    made = world()
    made.given["lever_war"][:, 0, 3] = 1.0
    found = one("dispute_hazard", made, base=-40.0)
    assert found["dispute"].sum() == 2 * made.members
    assert (found["recent"][:, 0, 3] == 1).all()
    made.parameters["dispute_hazard"] = {"base": np.full((3, 1), -40.0)}
    made.parameters["escalation"] = {"base": np.full((3, 1), -40.0)}
    onset = one("escalation", made)["war_onset"]
    assert onset.sum() == 2 * made.members
    assert (onset[:, 3, 0] == 1).all()


def test_the_weak_and_the_cautious_cede_and_who_is_in_crisis_does_not() -> None:
    made = world(200)
    made.parameters["dispute_hazard"] = {"base": np.full((200, 1), 40.0)}
    found = one("concessions", made, base=-1.0, strength=2.0, stake=0.0)["concession"]
    assert found[:, 11, 0].mean() > 0.9
    assert found[:, 0, 11].mean() < 0.2
    equal = one("concessions", made, base=-1.0, strength=0.0, stake=0.0)["concession"]
    assert equal[:, 11, 0].mean() == pytest.approx(expit(-1.0), abs=0.1)
    made.last["crisis"][:, 11], made.last["market_breadth"][:, 11] = 1.0, 0.0
    made.last["gdp_per_head"][:, 11] = made.stocks["peak_product_per_head"][:, 11]
    pressed = one("concessions", made, base=-1.0, strength=2.0, stake=8.0)["concession"]
    assert pressed[:, 11, 0].mean() < found[:, 11, 0].mean()


def test_who_is_encircled_holds_out() -> None:
    made = world(200)
    made.parameters["antagonism"] = {"closure": np.ones((200, 1))}
    made.parameters["dispute_hazard"] = {"base": np.full((200, 1), 40.0)}
    rest = {"base": 0.0, "strength": 0.0, "stake": 0.0}
    ring = one("bridgeheads", made)["encirclement"]
    i, j = int(ring[0].argmax()), 11
    assert ring[0, i] > ring[0, j] + 0.1
    even = one("concessions", made, **rest, surroundings=0.0)["concession"]
    held = one("concessions", made, **rest, surroundings=10.0)["concession"]
    assert held[:, i, j].mean() < even[:, i, j].mean()
    assert held[:, j, i].mean() > even[:, j, i].mean()


def test_concessions_to_the_rival_are_told_apart() -> None:
    made = world(50)
    made.parameters["antagonism"] = {"closure": np.ones((50, 1))}
    made.parameters["dispute_hazard"] = {"base": np.full((50, 1), 40.0)}
    found = one("concessions", made, base=40.0)
    assert (found["rival_dispute"][:, 0] == 1).all()
    np.testing.assert_array_equal(found["rival_concession"], found["rival_dispute"])
    assert not found["rival_dispute"][:, 6].any()
    assert not one("concessions", made, base=-40.0)["rival_concession"].any()


def test_a_dispute_in_which_one_cedes_is_no_war() -> None:
    made = world(20)
    made.parameters["dispute_hazard"] = {"base": np.full((20, 1), 40.0)}
    made.parameters["concessions"] = {"base": np.full((20, 1), 40.0)}
    found = one("escalation", made, base=40.0, originators=1.0)
    assert not found["war_onset"].any()
    assert found["war_hazard"].max() < 1e-9
    made.parameters["concessions"] = {"base": np.full((20, 1), -40.0)}
    found = one("escalation", made, base=40.0, originators=1.0)
    states = [0, 1, 2, 3, 4, 5, 10, 11]
    assert found["war_onset"][:, states][:, :, states].sum() == 20 * 8 * 7


@pytest.mark.parametrize(("name", "pair"), [("deterrence", (0, 3)), ("ripeness", (0, 1))])
def test_contested_terms_turn_with_their_sign(name: str, pair: tuple[int, int]) -> None:
    made = world()
    at = (0, *pair)
    less, none, more = (
        one("escalation", made, **{"ripeness": 0.0, "deterrence": 0.0} | {name: value})
        for value in (-2.0, 0.0, 2.0)
    )
    values = [found["war_hazard"][at] for found in (less, none, more)]
    assert values == sorted(values, reverse=name == "ripeness")  # unripe: a positive effect calms
    elsewhere = (0, 3, 4)  # neither has the bomb
    if name == "deterrence":
        assert less["war_hazard"][elsewhere] == more["war_hazard"][elsewhere]


def test_ripeness_of_a_pair_is_the_riper_role_and_needs_all_three() -> None:
    full, none = np.array([[1.0, 1.0]]), np.array([[0.0, 0.0]])
    assert ripe_pairs(full, full, full)[0, 0, 1] == 1
    for three in ((none, full, full), (full, none, full), (full, full, none)):
        assert ripe_pairs(*three)[0, 0, 1] == 0
    role = ripe_pairs(np.array([[0.7, 0.0]]), np.array([[0.0, 0.5]]), full)
    assert role[0, 0, 1] == role[0, 1, 0] == 0.5


def test_allies_join_their_side_and_enemies_the_other() -> None:
    made = world(100)
    made.given["lever_war"][:, 0, 1] = 1.0
    made.parameters["dispute_hazard"] = {"base": np.full((100, 1), -40.0)}
    made.stocks["alliance"][:] = 0.0
    made.stocks["alliance"][:, 2, 0] = made.stocks["alliance"][:, 0, 2] = 1.0
    made.stocks["recent"][:, 3, 0] = made.stocks["recent"][:, 0, 3] = 1.0
    effects = {"base": -6.0, "allied": 6.0, "hostile": 6.0, "near": 0.0, "weight": 0.0}
    joined = one("war_joining", made, **effects)["war_joined"]
    np.testing.assert_array_equal(joined, np.swapaxes(joined, -1, -2))
    assert joined[:, 2, 1].mean() > 0.3  # its ally's enemy
    assert joined[:, 3, 0].mean() > 0.3  # its own old enemy
    assert not joined[:, 2, 0].any()
    assert not joined[:, 3, 1].any()
    assert not joined[:, :, 6].any()
    assert not one("war_joining", made, **effects | {"base": -60.0})["war_joined"].any()


def test_the_balance_counts_all_that_fight_the_same_enemy() -> None:
    war = np.zeros((1, 3, 3))
    war[0, 0, 1] = war[0, 1, 0] = war[0, 2, 1] = war[0, 1, 2] = 1.0
    ratio = balance(war, np.array([[0.2, 0.3, 0.1]]))
    assert ratio[0, 0, 1] == pytest.approx(np.log((0.2 + 0.1) / 0.3))
    assert ratio[0, 1, 0] == -ratio[0, 0, 1]


def test_wars_end_at_the_rate_given_and_quicker_where_unequal() -> None:
    made = at_war(world(400), (0, 2), (0, 11))
    ended = one("war_duration", made, end=np.log(0.5), imbalance=0.0)["war_ended"]
    assert ended[:, 0, 2].mean() == pytest.approx(1 - np.exp(-0.5), abs=0.06)
    assert not ended[:, 1, 3].any()
    quick = one("war_duration", made, end=np.log(0.5), imbalance=0.5)["war_ended"]
    assert quick[:, 0, 11].mean() > ended[:, 0, 11].mean()


def decided(made: World, **parameters: float) -> dict[str, np.ndarray]:
    """Decide all wars."""
    made.parameters["war_duration"] = {"end": np.full((made.members, 1), 10.0)}
    return one("war_outcome", made, **parameters)


def test_the_stronger_wins_the_more_often_and_exactly_one_of_two_wins() -> None:
    made = at_war(world(400), (0, 11))
    found = decided(made, draw=-40.0, strength=0.0)["victory"]
    assert (found[:, 0, 11] + found[:, 11, 0] == 1).all()
    assert found[:, 0, 11].mean() == pytest.approx(0.5, abs=0.07)
    strong = decided(made, draw=-40.0, strength=1.0)["victory"]
    assert strong[:, 0, 11].mean() > 0.85
    assert not decided(made, draw=40.0)["victory"].any()


def test_a_conquered_state_has_a_victor_and_fights_no_more() -> None:
    made = at_war(world(50), (0, 2), (2, 3))
    found = decided(made, draw=-40.0, strength=50.0, conquest=1e6)
    assert (found["defeated"][:, 2] == 1).all()
    assert np.isin(found["conquered_by"][:, 2], (0, 3)).all()
    assert (found["years_since_defeat"][:, 2] == 0).all()
    assert (decided(made, conquest=0.0)["conquered_by"] == -1).all()
    made.parameters["war_outcome"] = {
        "draw": np.full((50, 1), -40.0), "strength": np.full((50, 1), 50.0),
        "conquest": np.full((50, 1), 1e6),
    }  # fmt: skip
    made.parameters["dispute_hazard"] = {"base": np.full((50, 1), -40.0)}
    after = one("war_state", made)
    assert not after["war"][:, 2].any()
    assert (after["at_war"][:, 2] == 1).all()  # it still fought in the year


def test_the_weak_and_the_far_conquer_less() -> None:
    made = at_war(world(300), (0, 11), (1, 4))
    rule = {"draw": -40.0, "conquest": 1.0}
    strong = decided(made, **rule, strength=50.0)["conquered_by"]
    weak = decided(made, **rule, strength=-50.0)["conquered_by"]
    assert (strong[:, 11] == 0).mean() > (weak[:, 0] == 11).mean() + 0.2
    made.given["distance"][:, 0, 11] = made.given["distance"][:, 11, 0] = 20000.0
    far = decided(made, **rule, strength=50.0)["conquered_by"]
    assert (far[:, 11] == 0).mean() < (strong[:, 11] == 0).mean()


def test_losses_follow_the_law_and_the_bomb_multiplies_them() -> None:
    made = at_war(world(), (2, 3))
    made.parameters["dispute_hazard"] = {"base": np.full((3, 1), -40.0)}
    law = {"deaths": np.log(2.0), "weakness": 0.5, "spread": 0.0, "nuclear": 10.0}
    lost = one("war_losses", made, **law)["war_losses_people"]
    s = one("power", made)["power_share"]
    np.testing.assert_allclose(lost[:, 2], 0.002 * np.sqrt(s[:, 3] / s[:, 2]))
    assert np.count_nonzero(lost[0]) == 2
    made.stocks["nuclear"][:, 3] = 1.0
    bombed = one("war_losses", made, **law)["war_losses_people"]
    np.testing.assert_allclose(bombed[:, 2], 10 * lost[:, 2])
    np.testing.assert_allclose(bombed[:, 3], lost[:, 3])


def test_no_territory_loses_all_and_capital_goes_with_people() -> None:
    made = at_war(world(), (2, 3))
    lost = one("war_losses", made, deaths=9.0)["war_losses_people"]
    assert lost.max() == 0.05
    made.parameters["war_losses"] = {"deaths": np.full((3, 1), 1.0), "spread": np.zeros((3, 1))}
    people = one("war_losses", made, deaths=1.0, spread=0.0)["war_losses_people"]
    capital = one("war_capital", made, ratio=np.log(2.0), spread=0.0)["war_losses_capital"]
    np.testing.assert_allclose(capital, 2 * people)
