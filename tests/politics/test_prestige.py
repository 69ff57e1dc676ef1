"""Prestige from victory and annexation; the new International's growth and splits."""

from __future__ import annotations

import numpy as np
import pytest
from made_world import made_world, run

WORLD = made_world(members=1, count=3)
WON = np.zeros((1, 3, 3))
WON[0, 0, 1] = 1.0
PEACE = {
    "prestige": 0.2,
    "victory": 0.0 * WON,
    "holder": [0.0, 1.0, 2.0],
    "occupier_choice": 0.0,
    "defeated": 0.0,
    "population": [100.0, 50.0, 10.0],
}
AT = {"fade": 0.1, "victory": 0.5, "annexation": 1.0}


def test_victory_raises_the_winner_and_nobody_else() -> None:
    won = run("prestige", WORLD, p=AT, **PEACE | {"victory": WON, "defeated": [0.0, 1.0, 0.0]})
    np.testing.assert_allclose(won["prestige"][0], [0.18 + 0.8 * 0.5, 0.18, 0.18])
    peace = run("prestige", WORLD, p=AT, **PEACE)
    np.testing.assert_allclose(peace["prestige"], 0.18)


@pytest.mark.parametrize("sign", [-1.0, 0.0, 1.0])
def test_annexation_counts_by_the_people_gained_and_by_its_sign(sign: float) -> None:
    given = PEACE | {"holder": [0.0, 0.0, 2.0], "occupier_choice": [0.0, 1.0, 0.0]}
    found = run("prestige", WORLD, p=AT | {"annexation": sign}, **given)["prestige"][0]
    np.testing.assert_allclose(found, [np.clip(0.18 + 0.5 * sign, 0, 1), 0.18, 0.18])


@pytest.mark.parametrize("growth", [-1.0, 0.0, 1.0])
def test_a_section_grows_or_withers_logistically(growth: float) -> None:
    at = {"growth": growth, "splits": 0.1, "loss": 0.4}
    given = {"organisation": 0.2, "radicalisation": 1.0, "repression": 0.0}
    found = run("organisation", WORLD, p=at, draw={"split": 0.5}, **given)["organisation"]
    odds = 0.25 * np.exp(growth)  # the logistic law moves the log odds by the growth
    np.testing.assert_allclose(found, odds / (1 + odds))
    calm = run("organisation", WORLD, p=at, draw={"split": 0.5}, **given | {"radicalisation": 0.0})
    np.testing.assert_allclose(calm["organisation"], 0.2)


def test_a_split_costs_its_share() -> None:
    at = {"growth": 0.0, "splits": 0.1, "loss": 0.4}
    for u, left in ((0.05, 0.6), (0.5, 1.0)):
        found = run("organisation", WORLD, p=at, draw={"split": u}, organisation=0.5)
        np.testing.assert_allclose(found["organisation"], 0.5 * left)
