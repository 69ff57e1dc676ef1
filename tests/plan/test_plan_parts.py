"""Sparse coefficients kept once for all years, and what threads may not change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from plan_economies import sparse_economy
from scipy.sparse import coo_array, csc_array

from conjuncture.plan.aims import Aim
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.copies import Parts
from conjuncture.plan.programme.model import build, next_level
from conjuncture.plan.programme.outcome import Outcome, certify
from conjuncture.plan.solve import solve
from conjuncture.plan.solvers.matrixfree import leontief, local
from conjuncture.plan.solvers.matrixfree.interior import matrix_free
from conjuncture.plan.solvers.matrixfree.leontief import Leontief
from conjuncture.plan.solvers.solving import Solving, fingerprint
from conjuncture.plan.solvers.structured.kernels import Threads


def economy(sectors: int = 60, years: int = 4, **changes: Any) -> Problem:
    """A sparse economy, of which one sector does not produce."""
    parts = sparse_economy(3, sectors, years, 8)
    idle = np.where(np.arange(sectors) == 7, 0.0, parts["output"])
    capital = np.where(idle > 0, parts["capital"], 0.0)
    works = np.where(idle > 0, parts["works"], 0.0)
    return Problem.from_arrays(
        **{**parts, "output": idle, "capital": capital, "works": works, **changes}
    )


def test_products_need_no_whole_matrix() -> None:
    model = build(economy())
    draw = np.random.default_rng(0)
    y, p = draw.normal(size=model.columns.size), draw.normal(size=model.rows.size)
    amounts, worths, count = model.parts.amounts(y), model.parts.worths(p), model.nonzeros
    outcome = Outcome("optimal", "", 0.0, 0, y, p, y)
    sparingly = certify(model, outcome)
    assert "matrix" not in vars(model.parts)
    dense = economy().coefficients.toarray()
    whole = build(economy(coefficients=dense)).matrix  # built from triplets, cell by cell
    np.testing.assert_allclose(amounts, whole @ y, atol=1e-11)
    np.testing.assert_allclose(worths, whole.T @ p, atol=1e-11)
    assert abs(model.matrix - whole).max() <= 1e-12
    assert count == model.matrix.nnz == whole.nnz
    again = certify(model, outcome)
    assert sparingly.primal_residual == pytest.approx(again.primal_residual, rel=1e-12)


def test_a_programme_of_one_matrix_is_its_own_rest() -> None:
    matrix = csc_array(np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]]))
    parts = Parts(matrix)
    assert parts.shape == (2, 3)
    assert parts.nnz == 3
    np.testing.assert_array_equal(parts.amounts(np.ones(3)), [3.0, 3.0])
    np.testing.assert_array_equal(parts.worths(np.ones(2)), [1.0, 3.0, 2.0])


def test_a_held_level_is_a_row_of_the_whole_matrix() -> None:
    model = build(economy(aims=(Aim(consumption=1.0), Aim(least_labour=1.0))))
    y = np.random.default_rng(2).uniform(size=model.columns.size)
    after = next_level(model, y)
    assert after.parts.shape == (model.rows.size + 1, model.columns.size)
    np.testing.assert_allclose(after.parts.amounts(y)[:-1], model.parts.amounts(y), atol=1e-11)
    assert after.parts.amounts(y)[-1] == pytest.approx(float(model.cost @ y))


def test_the_fingerprint_sees_coefficients_kept_once() -> None:
    problem = economy()
    other = problem.coefficients.copy()
    other.data = other.data.copy()
    other.data[5] *= 1.0 + 1e-12
    models = [build(problem), build(economy()), build(problem.replace(coefficients=other))]
    same, again, changed = (fingerprint(model) for model in models)
    assert same == again != changed
    assert all("matrix" not in vars(model.parts) for model in models)


def test_products_with_all_years_are_those_of_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leontief, "_ROWS", 7)
    problem = economy()
    a = problem.coefficients.toarray()
    model = build(problem)
    with Threads(2) as shared:
        joined = Leontief(model, shared)
        assert joined.fits
        x = np.random.default_rng(1).normal(size=(problem.size, problem.periods))
        column = np.where(problem.output > 0, model.column_scale[model.columns["output"][0]], 0.0)
        scaled = a * column / model.row_scale[model.rows["product"][0]][:, None]
        np.testing.assert_allclose(joined.forward(x), x - scaled @ x, atol=1e-12)
        np.testing.assert_allclose(joined.back(x), x - scaled.T @ x, atol=1e-12)
        np.testing.assert_allclose(joined.inputs(x.T.ravel()), (scaled @ x).T.ravel(), atol=1e-12)


def test_the_number_of_threads_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leontief, "_ROWS", 16)
    monkeypatch.setattr(local, "_CHUNK", 16)
    model = build(Problem.from_arrays(**sparse_economy(3, 100, 3, 8)))
    one, three = (matrix_free(model, Solving(model, 1e-6), threads=k) for k in (1, 3))
    assert one.status == three.status == "optimal"
    assert one.iterations == three.iterations
    np.testing.assert_array_equal(one.values, three.values)
    np.testing.assert_array_equal(one.row_duals, three.row_duals)
    assert "matrix" not in vars(model.parts)
    exact = solve(model.problem, method="simplex")
    assert float(model.cost @ one.values) * model.aim_scale == pytest.approx(exact.aim, rel=1e-5)


def test_a_sector_without_coefficients_is_factored_too() -> None:
    sector, slot = np.array([0, 0, 1]), np.array([0, 1, 0])
    inner = coo_array((np.array([2.0]), (np.array([1]), np.array([0]))), shape=(3, 3))
    system = local.Local(sector, slot, np.array([0, -1, -1]), inner, 2, 1)
    system.factor(np.array([3.0, -1.0, 5.0]))
    whole = np.array([[3.0, 2.0, 0.0], [2.0, -1.0, 0.0], [0.0, 0.0, 5.0]])
    right = np.array([1.0, -2.0, 4.0])
    np.testing.assert_allclose(system.solve(right), np.linalg.solve(whole, right), rtol=1e-12)


def test_a_product_that_nobody_makes_or_imports_is_told() -> None:
    problem = economy()  # product 7 is asked for
    assert solve(problem, method="matrix_free").status == "infeasible"
    assert solve(problem, method="simplex").status == "infeasible"
