"""Reforms: means and pressure."""

from __future__ import annotations

import numpy as np
from made_world import made_world, put, run

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
