"""What an infeasible plan answers: the conditions to relax, by name and amount."""

from __future__ import annotations

import numpy as np
import pytest
from plan_economies import small_table

from conjuncture.core.errors import InfeasibleError
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve


def _problem(**settings) -> Problem:
    return Problem.from_table(small_table(), 4, **settings)


def _falls(problem: Problem) -> dict[str, Problem]:
    spent = problem.capital * [1.0, 0.5, 1.0]
    return {
        "floor": problem.replace(consumption_floor=[0.0, 0.0, 1.6, 0.0]),
        "labour": problem.replace(labour_available=0.7 * problem.labour_available),
        "claims": problem.replace(
            military=problem.military + np.array([0.0, 150.0, 0.0]),
            settings={"consumption_band": None},
        ),
        "terminal": problem.replace(settings={"terminal_growth": 0.3}),
        "trade": problem.replace(trade_balance=problem.trade_balance + 60.0),
        "shock": problem.replace(capital=spent),
    }


@pytest.mark.parametrize("name", ["floor", "labour", "claims", "terminal", "trade", "shock"])
def test_the_relaxation_named_makes_the_plan_feasible(name: str) -> None:
    problem = _falls(_problem())[name]
    solution = solve(problem)
    assert solution.status == "infeasible"
    assert solution.relaxations
    assert np.isnan(solution.aim)
    for relaxation in solution.relaxations:
        assert relaxation.amount > 0
        assert str(relaxation.year) in str(relaxation)
    mended = problem.relaxed(solution.relaxations)
    assert solve(mended).status == "optimal"


def test_an_impossible_floor_is_named_with_year_and_amount() -> None:
    floor = 1.6
    problem = _problem(consumption_floor=(0.0, 0.0, floor, 0.0))
    solution = solve(problem)
    assert solution.status == "infeasible"
    (relaxation,) = solution.relaxations
    assert (relaxation.kind, relaxation.year) == ("floor", 1948)
    assert str(relaxation).startswith("consumption floor 1948: short by ")
    assert str(relaxation) in solution.remedy
    best = solve(problem.relaxed(solution.relaxations)).require_optimal()
    assert best.consumption_level[2] == pytest.approx(floor - relaxation.amount, abs=1e-6)
    # nothing less would do
    higher = [0.0, 0.0, floor - 0.99 * relaxation.amount, 0.0]
    less = problem.replace(consumption_floor=higher)
    assert solve(less).status == "infeasible"


def test_require_optimal_raises_with_the_faults() -> None:
    with pytest.raises(InfeasibleError, match=r"consumption floor 1947: short by .* %") as caught:
        solve(_problem(consumption_floor=(0.0, 2.0, 0.0, 0.0))).require_optimal()
    (fault,) = caught.value.faults
    assert fault.field == "floor 1947"
    assert fault.remedy == "lower consumption_floor in this year"


def test_explaining_can_be_left_out() -> None:
    solution = solve(_problem(consumption_floor=3.0), explain=False)
    assert (solution.status, solution.relaxations) == ("infeasible", ())
    with pytest.raises(InfeasibleError, match="the plan is infeasible"):
        solution.require_optimal()


def test_unlimited_consumption_is_unbounded() -> None:
    import dataclasses

    table = dataclasses.replace(small_table(), labour=None, capital=None)
    solution = solve(
        Problem.from_table(
            table, 2, consumption_band=None, expansion_without_capital=None, contraction=None
        )
    )
    assert solution.status == "unbounded"
    assert "nothing limits consumption" in solution.remedy
    with pytest.raises(InfeasibleError, match="unbounded"):
        solution.require_optimal()
