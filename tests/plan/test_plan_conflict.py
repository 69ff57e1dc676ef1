"""Contradicting demands: none can be spared, and planted ones are found."""

from __future__ import annotations

import numpy as np
import pytest
from plan_economies import random_economy, small_table

from conjuncture.accounts.library import load_table
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import KINDS, check_conflict, conflict


def _military() -> Problem:
    problem = Problem.from_table(load_table("ussr_1945"), 3)
    return problem.replace(military=problem.military * [[1.0], [5.0], [1.0]])


def _crash() -> Problem:
    problem = Problem.from_table(small_table(), 3, contraction=0.02)
    return problem.replace(labour_available=problem.labour_available * [[1.0], [0.7], [1.0]])


PLANS = {
    "floor": lambda: Problem.from_table(small_table(), 3, consumption_floor=1.4),
    "military": _military,
    "crash": _crash,
    "table": lambda: Problem.from_table(load_table("usa_2014"), 3, consumption_floor=1.15),
    "random": lambda: Problem.from_arrays(**random_economy(2, 6, 3)).replace(
        consumption_floor=np.array([0.0, 0.0, 1.9]), settings={"consumption_band": None}
    ),
    "end": lambda: Problem.from_table(small_table(), 3, terminal_growth=0.4),
}


@pytest.mark.parametrize("name", PLANS)
def test_no_member_can_be_spared(name: str) -> None:
    problem = PLANS[name]()
    assert solve(problem, explain=False).status == "infeasible"
    found = conflict(problem)
    assert found.demands
    assert {demand.kind for demand in found.demands} <= set(KINDS)
    assert not check_conflict(problem, found.demands)
    for spared in found.demands:
        assert check_conflict(problem, [other for other in found.demands if other != spared])


def test_a_planted_contradiction_is_named() -> None:
    problem = Problem.from_table(small_table(), 3, consumption_band=None, contraction=None)
    labour = np.array(problem.labour_available)
    labour[1] *= 0.5
    problem = problem.replace(labour_available=labour, consumption_floor=[0.0, 0.9, 0.0])
    found = conflict(solve(problem))
    assert {(d.kind, d.year) for d in found.demands} >= {("floor", 1947), ("labour", 1947)}
    assert "consumption in 1947 of at least 0.9 of the base year" in found.text
    assert f"labour (persons) in 1947 of {labour[1, 0]:.4g} thousand persons at most" in found.text
    eased = problem.replace(consumption_floor=[0.0, 0.0, 0.0])
    assert solve(eased).status == "optimal"


def test_a_feasible_plan_has_none() -> None:
    found = conflict(Problem.from_table(small_table(), 2))
    assert found.feasible
    assert not found.demands
    assert "feasible" in found.text


def test_an_economy_without_any_plan_says_so() -> None:
    """Investment outside the plan, beyond all capacity, and no trade: nothing to leave out."""
    closed = {**random_economy(2, 6, 2), "exports": 0.0, "imports": 0.0}
    found = conflict(Problem.from_arrays(**closed, investment_claims=np.full(6, 1e6)))
    assert not found.feasible
    assert not found.demands
    assert "admit no plan" in found.text
