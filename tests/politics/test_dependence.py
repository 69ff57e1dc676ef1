"""The two masters of the Communist parties, the line, and strikes."""

from __future__ import annotations

import numpy as np
import pytest
from made_world import made_world, put, run

WORLD = made_world(members=1, count=3)
BASE = {
    "administration": [1.0, 0.0, 0.0],
    "power_share": [0.3, 0.6, 0.1],
    "prestige": [0.9, 0.0, 0.0],
    "statified_share": [1.0, 0.2, 0.2],
    "crisis": 0.0,
    "income_1": [2000.0, 9000.0, 3000.0],
    "troops": -1.0,
    "cabinet_years": 0.0,
    "government": put(WORLD, "government", conservative=1.0),
}
AT = {"prestige": 1.0, "army": 2.0, "bourgeoisie": 0.0, "office": 0.0}


def test_no_effect_leaves_both_dependences_at_one_half() -> None:
    found = run("two_dependences", WORLD, p=dict.fromkeys(AT, 0.0), **BASE)
    assert (found["soviet_dependence"] == 0.5).all()
    assert (found["national_dependence"] == 0.5).all()


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_strong_bourgeoisie_and_years_in_cabinet_bind_or_repel(sign: float) -> None:
    strong = run("two_dependences", WORLD, p=AT | {"bourgeoisie": sign}, **BASE)
    national = strong["national_dependence"][0]
    assert np.sign(national[1] - national[2]) == sign  # the richer bourgeoisie is the stronger
    assert national[0] == pytest.approx(0.5)  # none where all is the state's
    government = put(WORLD, "government", communist=0.5, socialist=0.5)
    held = run(
        "two_dependences",
        WORLD,
        p=AT | {"office": sign},
        **BASE | {"government": government, "cabinet_years": 3.0},
    )
    assert np.sign(held["national_dependence"][0, 1] - 0.5) == sign
    np.testing.assert_allclose(held["cabinet_years"], 3.5)


def test_prestige_and_an_army_bind_to_the_soviet_state() -> None:
    far = run("two_dependences", WORLD, p=AT, **BASE)["soviet_dependence"][0]
    np.testing.assert_allclose(far, 1 / (1 + np.exp(-0.9)))
    near = run("two_dependences", WORLD, p=AT, **BASE | {"troops": [-1.0, -1.0, 0.0]})
    assert near["soviet_dependence"][0, 2] == pytest.approx(1 / (1 + np.exp(-2.9)))
    other = run("two_dependences", WORLD, p=AT, **BASE | {"troops": [-1.0, -1.0, 1.0]})
    assert other["soviet_dependence"][0, 2] == pytest.approx(far[2])  # a bourgeois army binds not


def test_the_line_is_the_softmax_of_the_two() -> None:
    given = {"soviet_dependence": [0.8, 0.5, 0.2], "national_dependence": [0.4, 0.5, 0.9]}
    found = run("communist_line", WORLD, p={"sharpness": 4.0}, **given)["communist_line"][0]
    weights = np.exp(4.0 * np.array([[0.8, 0.4], [0.5, 0.5], [0.2, 0.9]]))
    share = weights[:, 0] / weights.sum(axis=1)
    np.testing.assert_allclose(found, share - (1 - share))


def test_the_masters_pull_apart_with_the_antagonism_of_the_bloc() -> None:
    antagonism = np.zeros((1, 3, 3))
    antagonism[0, 0, 1] = antagonism[0, 1, 0] = 0.7
    given = {
        "administration": [1.0, 0.0, 0.0],
        "power_share": [0.3, 0.6, 0.1],
        "antagonism": antagonism,
    }
    free = run("communist_line", WORLD, bloc=[0.0, 1.0, -1.0], **given)["divergence"][0]
    np.testing.assert_allclose(free, [0.0, 0.7, 0.0])
    follower = run("communist_line", WORLD, bloc=[0.0, 1.0, 1.0], **given)["divergence"][0]
    np.testing.assert_allclose(follower, [0.0, 0.7, 0.7])


STRIKES = {
    "radicalisation": 1.0,
    "repression": 0.0,
    "mass": put(WORLD, "mass", communist=0.4, reformist=0.4, unorganised=0.2),
    "divergence": 0.0,
    "communist_line": 0.0,
}


@pytest.mark.parametrize("effect", [-1.0, 0.0, 1.0])
def test_collaboration_breaks_strikes_or_leads_them(effect: float) -> None:
    at = {"propensity": 0.02, "line": effect}
    found = run("strikes", WORLD, p=at, **STRIKES)
    np.testing.assert_allclose(found["strikes"], 0.02 * 0.8 * np.exp(-0.5 * effect))
    assert (found["strikes_broken"] > 0).all() == (effect > 0)
    apart = run("strikes", WORLD, p=at, **STRIKES | {"divergence": 1.0, "communist_line": 1.0})
    np.testing.assert_allclose(apart["strikes"], 0.02 * 0.8 * np.exp(0.5 * effect))


def test_repression_and_calm_end_strikes() -> None:
    assert not run("strikes", WORLD, **STRIKES | {"repression": 1.0})["strikes"].any()
    assert not run("strikes", WORLD, **STRIKES | {"radicalisation": 0.0})["strikes"].any()
