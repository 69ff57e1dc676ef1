"""Coalitions: against all of them enumerated by hand, limits, patrons, upheavals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from made_world import LABELS, at, made_world, put, run

from conjuncture.politics.government import PLACES, SMALL

WORLD = made_world(members=1, count=3)
QUIET = {
    "administration": 0.0,
    "competition": 1.0,
    "troops": -1.0,
    "divergence": 0.0,
    "communist_line": 0.0,
    "revolution": 0.0,
    "upheaval": 0.0,
    "coup": 0.0,
    "ending": 0.0,
}
AT = {"majority": 2.0, "distance": 1.5, "patron": 0.7, "renewal": 1.0}


def by_hand(votes: dict[str, float], p: dict[str, float], wanted: float) -> dict[str, float]:
    """Enumerate every coalition of families and average Gamson's shares."""
    names = list(PLACES)
    cabinets, weights = [], []
    for n in range(1, len(names) + 1):
        for members in combinations(names, n):
            size = sum(votes.get(m, 0.0) for m in members)
            winning = size > 0.5 and all(size - votes.get(m, 0.0) <= 0.5 for m in members)
            places = [PLACES[m] for m in members]
            index = p["majority"] * winning - p["distance"] * (max(places) - min(places))
            index += sum(
                np.log(max(votes.get(m, 0.0), 1e-12) / (max(votes.get(m, 0.0), 1e-12) + SMALL))
                for m in members
            )
            index += p["patron"] * wanted * ("communist" in members)
            weights.append(np.exp(index))
            cabinets.append({m: votes.get(m, 0.0) / max(size, 1e-12) for m in members})
    total = sum(weights)
    return {
        name: sum(w * c.get(name, 0.0) for w, c in zip(weights, cabinets, strict=True)) / total
        for name in names
    }


VOTES = {
    "communist": 0.26,
    "socialist": 0.24,
    "centre": 0.25,
    "conservative": 0.2,
    "fascist": 0.05,
}


@pytest.mark.parametrize("wanted", [-1.0, 0.0])
def test_the_cabinet_is_the_mean_over_all_coalitions(wanted: float) -> None:
    given = QUIET | {"party_support": put(WORLD, "party_support", **VOTES)}
    if wanted:
        given |= {"troops": [1.0, 1.0, 1.0]}  # the troops of a bourgeois power
    found = run("government", WORLD, p=AT, **given)["government"][0, 0]
    hand = by_hand(VOTES, AT, wanted)
    for name, value in zip(LABELS["party"], found, strict=True):
        assert value == pytest.approx(hand.get(name, 0.0), abs=1e-10), name


def test_one_party_with_all_votes_governs_alone() -> None:
    given = QUIET | {"party_support": put(WORLD, "party_support", agrarian=1.0)}
    found = run("government", WORLD, seed=0, p={"renewal": 1.0}, **given)["government"]
    np.testing.assert_allclose(at(found, "party", "agrarian"), 1.0)


def test_a_planned_state_s_troops_bring_communists_in_and_a_break_drives_them_out() -> None:
    votes = put(WORLD, "party_support", **VOTES)
    given = QUIET | {"party_support": votes, "administration": [1.0, 0.0, 0.0]}
    free = run("government", WORLD, p=AT, **given)["government"]
    army = run("government", WORLD, p=AT, **given | {"troops": [-1.0, -1.0, 0.0]})["government"]
    apart = run("government", WORLD, p=AT, **given | {"divergence": 1.0, "communist_line": 1.0})[
        "government"
    ]
    own = run("government", WORLD, p=AT, **given | {"divergence": 1.0, "communist_line": -1.0})[
        "government"
    ]
    share = [at(g, "party", "communist")[0, 2] for g in (apart, free, army, own)]
    assert share[0] < share[1] < share[2]
    assert share[3] == pytest.approx(share[1])  # who follows his own bourgeoisie stays


def test_without_competition_rulers_stay() -> None:
    found = run("government", WORLD, **QUIET | {"competition": 0.0})["government"]
    np.testing.assert_allclose(found, WORLD["government"])


@pytest.mark.parametrize(
    ("event", "families"),
    [
        ({"revolution": 1.0}, {"communist", "revolutionary"}),
        ({"ending": 2.0}, {"communist", "revolutionary"}),
        ({"coup": 1.0}, {"fascist", "conservative", "none"}),
        ({"ending": 3.0}, {"fascist", "conservative", "none"}),
        ({"upheaval": 1.0}, {"communist", "revolutionary", "socialist", "national"}),
    ],
)
def test_victors_take_the_cabinet(event: dict[str, float], families: set[str]) -> None:
    found = run("government", WORLD, **QUIET | event)["government"]
    theirs = sum(at(found, "party", name) for name in families)
    np.testing.assert_allclose(theirs, 1.0)
