"""Elections: persistence, the economic vote, the extremes, shocks."""

from __future__ import annotations

import numpy as np
import pytest
from made_world import LABELS, at, made_world, put, run

WORLD = made_world(members=1, count=2)
VOTE = put(WORLD, "vote", communist=0.2, socialist=0.3, centre=0.3, conservative=0.2)
STILL = {
    "cost_of_ruling": 0.0,
    "economic_vote": 0.0,
    "volatility": 0.0,
    "extremes_drift": 0.0,
    "extremes": 0.0,
    "persistence": 1.0,
    "alignment": 0.0,
}
DUE = {
    "vote": VOTE,
    "home_vote": VOTE,
    "vote_age": 3.0,
    "vote_income": 1000.0,
    "income_1": 1000.0,
    "government": put(WORLD, "government", socialist=1.0),
}


def test_with_nothing_at_work_votes_stay() -> None:
    found = run("elections", WORLD, p=STILL, **DUE)
    np.testing.assert_allclose(found["vote"], VOTE)
    assert (found["vote_age"] == 0).all()


def test_between_elections_nothing_moves() -> None:
    found = run("elections", WORLD, **DUE | {"vote_age": 1.0})
    np.testing.assert_array_equal(found["party_support"], VOTE)
    assert (found["vote_age"] == 2.0).all()
    assert (found["vote_income"] == 1000.0).all()


def test_governing_parties_change_by_the_fitted_law_and_the_others_take_it() -> None:
    income = 1000.0 * np.exp(4 * 0.03)  # three per cent a year since the last election
    p = STILL | {"cost_of_ruling": -0.04, "economic_vote": 1.0}
    found = run("elections", WORLD, p=p, **DUE | {"income_1": income})["vote"]
    np.testing.assert_allclose(at(found, "party", "socialist"), 0.3 - 0.04 + 0.03)
    np.testing.assert_allclose(at(found, "party", "communist"), 0.2 + 0.01 * 0.2 / 0.7)


def test_a_slump_feeds_the_extremes_where_the_sign_is_negative() -> None:
    income = 1000.0 * np.exp(-4 * 0.05)
    p = STILL | {"extremes": -1.0, "extremes_drift": 0.01}
    found = run("elections", WORLD, p=p, **DUE | {"income_1": income})["vote"]
    np.testing.assert_allclose(at(found, "party", "communist"), 0.2 + 0.01 + 0.05)


def test_persistence_returns_votes_to_the_country_s_mean() -> None:
    home = put(WORLD, "home_vote", conservative=1.0)
    found = run("elections", WORLD, p=STILL | {"persistence": 0.6}, **DUE | {"home_vote": home})
    np.testing.assert_allclose(at(found["vote"], "party", "communist"), 0.6 * 0.2)


def test_votes_follow_the_masses() -> None:
    home = put(WORLD, "home_mass", communist=0.1, reformist=0.2, unorganised=0.7)
    mass = put(WORLD, "mass", communist=0.2, reformist=0.1, unorganised=0.7)
    p = STILL | {"alignment": 1.0}
    same = run("elections", WORLD, p=p, **DUE | {"mass": home, "home_mass": home})["vote"]
    np.testing.assert_allclose(same, VOTE)
    found = run("elections", WORLD, p=p, **DUE | {"mass": mass, "home_mass": home})["vote"]
    total = 0.4 + 0.15 + 0.5  # Communists doubled, reformists halved, the others as before
    np.testing.assert_allclose(at(found, "party", "communist"), 0.4 / total)
    np.testing.assert_allclose(at(found, "party", "socialist"), 0.15 / total)
    np.testing.assert_allclose(at(found, "party", "centre"), 0.3 / total)


def test_shocks_have_the_stated_spread() -> None:
    world = made_world(members=4000, count=1)
    vote = put(world, "vote", communist=0.2, socialist=0.3, centre=0.3, conservative=0.2)
    given = DUE | {
        "vote": vote,
        "home_vote": vote,
        "government": put(world, "government", socialist=1.0),
    }
    found = run("elections", world, p=STILL | {"volatility": 0.05}, **given)["vote"]
    spread = at(found, "party", "socialist").std()
    assert spread == pytest.approx(0.05 * np.sqrt(0.3 * 0.7), rel=0.25)
    assert (found >= 0).all()
    assert set(LABELS["party"]) == {
        "communist",
        "revolutionary",
        "socialist",
        "national",
        "agrarian",
        "centre",
        "conservative",
        "fascist",
        "none",
    }
