"""Coups, free competition, the weight of fascism, isolation, memory."""

from __future__ import annotations

import numpy as np
import pytest
from made_world import made_world, put, run

WORLD = made_world(members=1, count=3)


def test_the_coup_s_probability_is_the_fitted_one() -> None:
    p = {"base": -2.0, "poverty": 0.5, "recent": 1.0, "competition": -0.6}
    eta = -2.0 + 0.5 * np.log(3000 / 1500) + np.exp(-(3 + 1) / 5) - 0.3
    exact = 1 - np.exp(-np.exp(eta))
    given = {
        "administration": 0.0,
        "status": 0.0,
        "income_1": 1500.0,
        "removal_age": 3.0,
        "competition": 1.0,
    }
    for u, happens in ((exact - 1e-9, 1.0), (exact + 1e-9, 0.0)):
        found = run("coup", WORLD, p=p, draw={"coup": u}, **given)["coup"]
        assert (found == happens).all()


@pytest.mark.parametrize("at", [{"administration": 1.0}, {"status": 3.0}])
def test_planned_states_and_colonies_have_no_coups(at: dict[str, float]) -> None:
    given = {"administration": 0.0, "status": 0.0} | at
    assert not run("coup", WORLD, draw={"coup": 0.0}, **given)["coup"].any()


QUIET = {
    "competition": 0.8,
    "government": put(WORLD, "government", centre=1.0),
    "administration": 0.0,
    "coup": 0.0,
    "upheaval": 0.0,
    "revolution": 0.0,
    "ending": 0.0,
    "status": 0.0,
    "holder": [0.0, 1.0, 2.0],
    "troops": -1.0,
    "independence": 0.0,
}


@pytest.mark.parametrize(
    ("event", "left"),
    [
        ({}, 0.8),
        ({"coup": 1.0}, 0.0),
        ({"upheaval": 1.0}, 1.0),
        ({"revolution": 1.0}, 0.0),
        ({"revolution": -1.0}, 0.8),
        ({"independence": 1.0, "status": 3.0}, 1.0),
        ({"administration": 1.0}, 0.0),
        ({"administration": 1.0, "ending": 1.0}, 1.0),
    ],
)
def test_what_opens_and_closes_competition(event: dict[str, float], left: float) -> None:
    found = run("competition", WORLD, draw={"opening": 0.99}, **QUIET | event)["competition"]
    np.testing.assert_allclose(found, left)


def test_fascists_in_cabinet_wear_competition_down_and_dictatorships_open() -> None:
    fascists = {"government": put(WORLD, "government", fascist=1.0)}
    worn = run("competition", WORLD, p={"closing": 1.0}, draw={"opening": 0.99}, **QUIET | fascists)
    np.testing.assert_allclose(worn["competition"], 0.8 * np.exp(-1))
    opened = run("competition", WORLD, draw={"opening": 0.0}, **QUIET | {"competition": 0.0})
    assert (opened["competition"] == 1.0).all()


@pytest.mark.parametrize("sign", [-1.0, 0.0, 1.0])
def test_a_competitive_occupier_opens_the_country_or_keeps_it_closed(sign: float) -> None:
    p = {"opening": 0.1, "patron": sign}
    given = QUIET | {"competition": [1.0, 0.0, 0.0], "status": 2.0, "troops": [-1.0, 0.0, 1.0]}
    exact = 1 - np.exp(-0.1 * np.exp(sign))
    for u, opened in ((exact - 1e-9, 1.0), (exact + 1e-9, 0.0)):
        found = run("competition", WORLD, p=p, draw={"opening": u}, **given)["competition"]
        assert found[0, 1] == opened  # the troops of the first, which has competition
    colony = run("competition", WORLD, draw={"opening": 0.0}, **given | {"status": 3.0})
    assert not colony["competition"][0, 1:].any()


def test_fascism_weighs_in_the_state_and_in_the_streets() -> None:
    found = run(
        "fascism",
        WORLD,
        government=put(WORLD, "government", fascist=0.5, none=0.5),
        mass=put(WORLD, "mass", fascist=0.2, unorganised=0.8),
    )
    np.testing.assert_allclose(found["fascism"], 1 - 0.5 * 0.8)


def test_isolation_falls_most_when_an_advanced_country_leaves_capital() -> None:
    power, income = [0.2, 0.4, 0.4], [1000.0, 4000.0, 1000.0]
    given = {"power_share": power, "income_1": income}
    found = {}
    for name, rule in {"alone": [1, 0, 0], "rich": [1, 1, 0], "poor": [1, 0, 1]}.items():
        value = run("isolation", WORLD, p={"advance": 1.0}, **given, administration=rule)
        found[name] = value["isolation"][0, 0]
    assert found["alone"] == 1.0
    assert found["rich"] == pytest.approx(0.2)  # weights 0.4*4 and 0.4*1
    assert found["poor"] == pytest.approx(0.8)


def test_memory_counts_years_and_carries_incomes() -> None:
    given = {
        "income_1": 3.0,
        "income_2": 2.0,
        "income_3": 1.0,
        "gdp_per_head": 4.0,
        "defeat_age": 5.0,
        "removal_age": 6.0,
        "tenure": 7.0,
        "defeated": [1.0, 0.0, 0.0],
        "coup": [0.0, 1.0, 0.0],
        "upheaval": 0.0,
        "revolution": [0.0, 0.0, -1.0],
        "ending": 0.0,
    }
    found = run("political_memory", WORLD, **given)
    for k in (1, 2, 3, 4):
        assert (found[f"income_{k}"] == 5.0 - k).all()
    np.testing.assert_array_equal(found["defeat_age"][0], [0, 6, 6])
    np.testing.assert_array_equal(
        found["removal_age"][0], [7, 0, 7]
    )  # a beaten rising removes none
    np.testing.assert_array_equal(found["tenure"][0], [8, 0, 8])
    new = run("political_memory", WORLD, **given | {"revolution": 1.0})
    assert (new["defeat_age"] == 100.0).all()  # the new rulers did not lose the war
