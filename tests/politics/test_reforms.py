"""Reforms and land reform: means, pressure, armies, levers."""

from __future__ import annotations

import numpy as np
import pytest
from made_world import made_world, mechanism, put, run

WORLD = made_world()
BOURGEOIS = {"administration": 0.0, "crisis": 0.0, "prewar_income": 1000.0, "income_1": 1000.0}


def test_a_ruined_bourgeoisie_grants_less_and_one_in_crisis_nothing() -> None:
    at = {"ceiling": 0.1, "means": 3.0}
    given = BOURGEOIS | {"radicalisation": 1.0}
    whole = run("reforms", WORLD, p=at, **given)["reforms"]
    np.testing.assert_allclose(whole, 0.1)
    ruined = run("reforms", WORLD, p=at, **given | {"income_1": 500.0})["reforms"]
    np.testing.assert_allclose(ruined, 0.1 * 2 / (1 + 2**3))  # logistic(3 ln(1/2)) = 1/(1+8)
    rich = run("reforms", WORLD, p=at, **given | {"income_1": 9000.0})["reforms"]
    np.testing.assert_allclose(rich, whole)
    assert not run("reforms", WORLD, p=at, **given | {"crisis": 1.0})["reforms"].any()


def test_pressure_comes_from_the_street_or_from_the_cabinet() -> None:
    none = BOURGEOIS | {"radicalisation": 0.0}
    right = put(WORLD, "government", conservative=1.0)
    left = put(WORLD, "government", socialist=0.6, conservative=0.4)
    assert not run("reforms", WORLD, **none, government=right)["reforms"].any()
    by_cabinet = run("reforms", WORLD, p={"ceiling": 0.1}, **none, government=left)["reforms"]
    np.testing.assert_allclose(by_cabinet, 0.06)
    planned = none | {"administration": 1.0}
    assert not run("reforms", WORLD, **planned, government=left)["reforms"].any()


@pytest.mark.parametrize("effect", [-2.0, 0.0, 2.0])
def test_an_army_speeds_land_reform_or_slows_it(effect: float) -> None:
    own, other = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.0] * 7
    given = {
        "p": {"army": effect},
        "seed": 0,
        "administration": [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "land_reformed": 0.0,
        "radicalisation": 0.3,
        "government": put(WORLD, "government", conservative=1.0),
    }
    alone = run("land_reform", WORLD, **given, troops=own)["land_reformed"]
    army = run("land_reform", WORLD, **given, troops=other)["land_reformed"]
    assert (np.sign(army - alone)[:, 1:] == np.sign(effect)).all()
    assert (army[:, 0] == 1.0).all()  # a planned state has it done


def test_the_lever_divides_all_land_and_the_switch_none() -> None:
    done = run("land_reform", WORLD, lever_land_reform=1.0)["land_reformed"]
    assert (done == 1.0).all()
    off = mechanism("land_reform").off
    assert off is not None
    from made_world import inputs

    kept = off(inputs("land_reform", WORLD))["land_reformed"]
    np.testing.assert_array_equal(kept, WORLD["land_reformed"])
