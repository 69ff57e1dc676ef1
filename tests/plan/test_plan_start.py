"""Starting from another plan's basis changes the time, not the optimum."""

from __future__ import annotations

import numpy as np
import pytest

from conjuncture.accounts.library import load_table
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve


def test_a_start_gives_the_same_optimum_with_fewer_steps() -> None:
    table = load_table("usa_1947")
    first = solve(Problem.from_table(table, 4))
    problem = Problem.from_table(table, 4, discount=0.93, labour_growth=0.01)
    cold, warm = solve(problem), solve(problem, start=first)
    assert warm.aim == pytest.approx(cold.aim, rel=1e-9)
    assert warm.certificate.worst < 1e-8
    assert warm.iterations < cold.iterations


def test_the_same_start_gives_the_same_bits() -> None:
    table = load_table("usa_1947")
    first = solve(Problem.from_table(table, 3))
    problem = Problem.from_table(table, 3, discount=0.9)
    one, two = solve(problem, start=first), solve(problem, start=first)
    np.testing.assert_array_equal(one.output, two.output)


def test_a_start_of_another_shape_is_passed_over() -> None:
    table = load_table("usa_1947")
    first = solve(Problem.from_table(table, 2))
    problem = Problem.from_table(table, 3)
    assert solve(problem, start=first).aim == pytest.approx(solve(problem).aim, rel=1e-12)
