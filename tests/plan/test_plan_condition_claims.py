"""Claims of institutions: an independent formulation, prices, and what yields."""

from __future__ import annotations

import numpy as np
import pytest
from independent import Independent, data_of_problem
from plan_economies import small_table

from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.sensitivity import sensitivity

CLAIM = {
    "name": "administration",
    "products": {"industry": 5.0, "services": 2.0},
    "labour": {"persons": 3.0},
    "path": (1.0, 1.1, 1.2, 1.3),
}


def problem(**changes) -> Problem:
    claims = [{**CLAIM, **changes}]
    return Problem.from_table(small_table(), 4, conditions={"claims": claims})


def test_agrees_with_claims_taken_off_by_hand() -> None:
    plan = solve(problem()).require_optimal()
    path = np.array(CLAIM["path"])
    data = data_of_problem(plan.problem)
    data["claims"] = data["claims"] + np.outer(path, [0.0, 5.0, 2.0])
    data["labour_available"] = data["labour_available"] - 3.0 * path[:, None]
    assert plan.aim == pytest.approx(Independent(data).solve(), rel=1e-9)
    claimed = plan.balances()["claims"].to_numpy().reshape(4, 3)
    np.testing.assert_allclose(claimed, np.outer(path, [0.0, 5.0, 2.0]), atol=1e-9)
    assert plan.balances()["residual"].abs().max() < 1e-9


def test_price_is_the_gain_of_a_smaller_claim() -> None:
    plan = solve(problem()).require_optimal()
    prices = plan.shadow_prices()
    price = prices[(prices["kind"] == "claim") & (prices["year"] == 1946)]["value"].iloc[0]
    less = solve(problem(path=(0.999, 1.1, 1.2, 1.3))).require_optimal()
    assert (less.aim - plan.aim) / 0.001 == pytest.approx(price, rel=1e-4)
    assert price > 0
    found = sensitivity(plan, "claim", "administration", 1946)
    assert found.more == pytest.approx(price, rel=1e-6)


def test_too_large_a_claim_is_named_and_yields() -> None:
    plan = solve(problem(products={"industry": 300.0}, path=1.0))
    assert plan.status == "infeasible"
    assert "claim of administration 1946" in plan.remedy
    found = conflict(plan)
    assert "the claim of administration in" in found.text
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"
