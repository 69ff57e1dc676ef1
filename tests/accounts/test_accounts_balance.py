"""RAS and GRAS: their margins, their invariants, and the optimum that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from conjuncture.accounts.balance import gras, ras
from conjuncture.core.errors import InputError


def positive(seed: int, m: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a seed and the margins of another matrix of the same shape."""
    rng = np.random.default_rng(seed)
    target = rng.random((m, n)) + 0.01
    return rng.random((m, n)) + 0.01, target.sum(axis=1), target.sum(axis=0)


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_ras_meets_its_margins_and_stays_biproportional(seed: int, m: int, n: int) -> None:
    matrix, u, v = positive(seed, m, n)
    fit = ras(matrix, u, v)
    assert fit.converged
    np.testing.assert_allclose(fit.matrix.sum(axis=1), u, rtol=1e-8)
    np.testing.assert_allclose(fit.matrix.sum(axis=0), v, rtol=1e-8)
    scaled = fit.row_multipliers[:, None] * matrix * fit.column_multipliers
    np.testing.assert_allclose(fit.matrix, scaled)
    if m > 1 and n > 1:  # cross ratios are what biproportional scaling keeps
        ratio = [x[0, 0] * x[1, 1] / (x[0, 1] * x[1, 0]) for x in (matrix, fit.matrix)]
        assert ratio[1] == pytest.approx(ratio[0], rel=1e-9)


@given(st.integers(0, 10_000), st.floats(0.01, 100))
@settings(max_examples=30, deadline=None)
def test_ras_does_not_depend_on_the_scale_of_the_seed(seed: int, scale: float) -> None:
    matrix, u, v = positive(seed, 4, 3)
    np.testing.assert_allclose(
        ras(matrix, u, v).matrix, ras(scale * matrix, u, v).matrix, rtol=1e-7
    )


def test_ras_leaves_a_matrix_with_these_margins_alone() -> None:
    matrix, _, _ = positive(3, 4, 5)
    fit = ras(matrix, matrix.sum(axis=1), matrix.sum(axis=0))
    assert fit.iterations == 1
    np.testing.assert_allclose(fit.matrix, matrix)


def test_ras_keeps_zeros_and_empty_lines() -> None:
    matrix = np.array([[1, 0, 2], [0, 0, 0], [3, 4, 0.0]])
    fit = ras(matrix, [6, 0, 7], [5, 4, 4])
    assert (fit.matrix[matrix == 0] == 0).all()
    np.testing.assert_allclose(fit.matrix.sum(axis=1), [6, 0, 7], atol=1e-8)


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_gras_on_a_nonnegative_seed_is_ras(seed: int, m: int, n: int) -> None:
    matrix, u, v = positive(seed, m, n)
    np.testing.assert_allclose(gras(matrix, u, v).matrix, ras(matrix, u, v).matrix, rtol=1e-7)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_gras_keeps_signs_and_meets_margins_of_both_signs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(0.3, 1, (4, 5))
    matrix[0] = np.abs(matrix[0])
    target = matrix * rng.uniform(0.5, 2, matrix.shape)
    fit = gras(matrix, target.sum(axis=1), target.sum(axis=0))
    np.testing.assert_allclose(fit.matrix.sum(axis=1), target.sum(axis=1), atol=1e-8)
    np.testing.assert_allclose(fit.matrix.sum(axis=0), target.sum(axis=0), atol=1e-8)
    assert (np.sign(fit.matrix) == np.sign(matrix)).all()


def test_gras_is_the_optimum_that_it_stands_for() -> None:
    """An independent optimiser finds the same minimum of the information loss."""
    seed = np.array([[7, 3, -2.0], [-1, 5, 4.0], [2, 0.5, 6.0]])
    u, v = np.array([9, 10, 8.0]), np.array([10, 9, 8.0])
    size = np.abs(seed)

    def loss(z: np.ndarray) -> float:
        ratio = z.reshape(3, 3)
        return float((size * (ratio * (np.log(ratio) - 1) + 1)).sum())

    def slope(z: np.ndarray) -> np.ndarray:
        return (size * np.log(z.reshape(3, 3))).ravel()

    constraints = [
        {"type": "eq", "fun": lambda z: (seed * z.reshape(3, 3)).sum(axis=1) - u},
        {"type": "eq", "fun": lambda z: ((seed * z.reshape(3, 3)).sum(axis=0) - v)[:2]},
    ]
    best = minimize(
        loss,
        np.ones(9),
        jac=slope,
        bounds=[(1e-6, None)] * 9,
        constraints=constraints,
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert best.success
    np.testing.assert_allclose(gras(seed, u, v).matrix, seed * best.x.reshape(3, 3), atol=1e-5)


def test_gras_handles_lines_without_a_positive_entry() -> None:
    seed = np.array([[2, 3, 1.0], [-1, -2, -1.0]])
    fit = gras(seed, [9, -6], [1, 1, 1])
    np.testing.assert_allclose(fit.matrix.sum(axis=0), 1, atol=1e-8)
    assert (fit.matrix[1] < 0).all()


def test_gras_keeps_precision_where_a_total_is_negative() -> None:
    """The textbook root cancels here; its conjugate does not."""
    seed = np.array([[1e-8, -1.0], [1.0, 2.0]])
    fit = gras(seed, [-1e4, 2e4], [5e3, 5e3])
    np.testing.assert_allclose(fit.matrix.sum(axis=1), [-1e4, 2e4], rtol=1e-8)


# What is refused --------------------------------------------------------------

LABELS = {"rows": ["a", "b"], "columns": ["x", "y"]}


@pytest.mark.parametrize(
    ("seed", "u", "v", "field", "problem"),
    [
        ([[1, -1], [1, 1]], [1, 1], [1, 1], "seed[a, y]", "negative"),
        ([[1, np.nan], [1, 1]], [1, 1], [1, 1], "seed[a, y]", "not finite"),
        ([[1, 1], [1, 1]], [1, np.inf], [1, 1], "row_totals[b]", "not finite"),
        ([[1, 1], [1, 1]], [1, 1], [1, 2], "row_totals, column_totals", "different sums"),
        ([[1, 1], [0, 0]], [1, 1], [1, 1], "row_totals[b]", "no positive entry"),
        ([[1, 0], [1, 0]], [1, 1], [1, 1], "column_totals[y]", "no positive entry"),
        ([[1, 1], [1, 1]], [-1, 3], [1, 1], "row_totals[a]", "negative"),
    ],
)
def test_what_ras_cannot_fit_is_named(
    seed: list[list[float]], u: list[float], v: list[float], field: str, problem: str
) -> None:
    with pytest.raises(InputError) as caught:
        ras(seed, u, v, **LABELS)
    found = {fault.field: fault for fault in caught.value.faults}
    assert problem in found[field].problem
    assert found[field].remedy


def test_gras_refuses_a_total_that_the_signs_forbid() -> None:
    with pytest.raises(InputError, match="no negative entry"):
        gras([[1, 1], [1, 1]], [-1, 3], [1, 1], **LABELS)


def test_shapes_must_fit() -> None:
    with pytest.raises(InputError, match="do not fit together"):
        ras([[1, 1], [1, 1]], [1, 1, 1], [1, 1])


def test_zeros_that_forbid_the_totals_end_in_no_convergence() -> None:
    """The first row can reach the first column alone, whose total is smaller."""
    seed = [[1, 0], [1, 1]]
    with pytest.raises(InputError, match="no convergence") as caught:
        ras(seed, [3, 1], [2, 2], max_iterations=500, **LABELS)
    assert {fault.field for fault in caught.value.faults} <= {
        "row_totals[a]",
        "row_totals[b]",
        "column_totals[x]",
        "column_totals[y]",
    }
    fit = ras(seed, [3, 1], [2, 2], max_iterations=500, must_converge=False)
    assert not fit.converged
    assert fit.residual > 1e-3


def test_margins_that_differ_by_rounding_are_taken_where_that_is_agreed() -> None:
    seed = np.array([[20.0, 60], [30, 120]])
    rows, columns = [90, 170], [60, 201]
    for fit in (ras, gras):
        with pytest.raises(InputError, match="different sums"):
            fit(seed, rows, columns)
        with pytest.raises(InputError, match="different sums"):
            fit(seed, rows, columns, agreement=0.001)
        found = fit(seed, rows, columns, agreement=0.01).matrix
        np.testing.assert_allclose(found.sum(axis=1), rows)
        np.testing.assert_allclose(found.sum(axis=0), np.array(columns) * 260 / 261)
    with pytest.raises(InputError, match="different sums"):  # sums of both signs that cancel
        gras([[1.0, -1], [-1, 1]], [1, -1], [1, -1.0001], agreement=0.01)
