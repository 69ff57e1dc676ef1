"""Large solves agree with the plain one, and their error is within its bound."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array, csr_array, random_array

from conjuncture.accounts.large import METHODS, Method, solve_large
from conjuncture.accounts.leontief import final_demand
from conjuncture.accounts.library import load_table
from conjuncture.core.errors import InputError


def productive(n: int, seed: int, radius: float = 0.6) -> np.ndarray:
    rng = np.random.default_rng(seed)
    A = rng.random((n, n)) * (rng.random((n, n)) < 0.5)
    # a matrix in which no sector needs itself, in however many steps, has no radius to scale by
    top = float(np.abs(np.linalg.eigvals(A)).max())
    return radius * A / (top if top > 1e-3 else max(A.sum(axis=0).max(), 1.0))


@given(
    st.integers(1, 40), st.integers(0, 10_000), st.sampled_from(METHODS), st.floats(0.1, 0.97),
    st.integers(1, 12), st.booleans(),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_every_method_agrees_within_its_bound(
    n: int, seed: int, method: Method, radius: float, demands: int, sparse: bool
) -> None:
    A = productive(n, seed, radius)
    f = np.random.default_rng(seed).random((n, demands)) * 1e5
    if sparse and method == "lu32":
        method = "series"
    found = solve_large(csr_array(A) if sparse else A, f, method=method)
    exact = np.linalg.solve(np.eye(n) - A, f)
    error = (np.abs(found.output - exact).max(axis=0) / np.abs(exact).max(axis=0)).max()
    assert found.residual <= 1.01e-10
    assert error <= 2 * found.error_bound + 1e-13
    assert found.error_bound < 1e-4


def test_a_real_table_gives_its_output() -> None:
    table = load_table("usa_1947")
    A = table.input_coefficients
    for matrix in (A, csc_array(A)):
        found = solve_large(matrix, final_demand(table))
        np.testing.assert_allclose(found.output, table.output, rtol=1e-6, atol=1)
        assert found.method.startswith("bicgstab: ")
        assert "row sums" in found.certificate


def test_the_method_is_chosen_by_shape_and_said() -> None:
    A = productive(60, 1)
    many = solve_large(A, np.ones((60, 49)))
    assert many.method == "lu32: 49 demands on 60 dense products share a factorisation"
    assert "less than a factorisation" in solve_large(A, np.ones((60, 2))).method
    assert "coefficients in each column" in solve_large(csr_array(A), np.ones(60)).method
    assert solve_large(A, np.ones(60), method="series").method == "series: asked for"


def test_a_sparse_solve_needs_a_few_vectors_of_memory() -> None:
    n = 50_000
    A = random_array((n, n), density=10 / n, rng=np.random.default_rng(1), format="csr")
    A = A * (0.6 / A.sum(axis=0).max())
    tracemalloc.start()
    found = solve_large(A, np.ones(n))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * 8 * n
    assert found.error_bound < 1e-9


def test_signs_are_allowed_where_the_bound_holds() -> None:
    A = productive(30, 3, 0.5) * np.random.default_rng(1).choice([-1, 1], (30, 30))
    found = solve_large(A, np.ones(30))
    np.testing.assert_allclose(found.output, np.linalg.solve(np.eye(30) - A, np.ones(30)))


@pytest.mark.parametrize("radius", [0.99, 0.9999])
def test_economies_near_the_limit_are_certified_too(radius: float) -> None:
    """Chains of suppliers with hardly any surplus need thousands of rounds of the series."""
    A = productive(60, 4, radius)
    f = np.random.default_rng(2).random(60)
    for matrix in (A, csr_array(A)):
        found = solve_large(matrix, f)
        exact = np.linalg.solve(np.eye(60) - A, f)
        error = np.abs(found.output - exact).max() / np.abs(exact).max()
        assert error <= found.error_bound + 1e-9
        assert found.error_bound < 1e-4


def test_the_input_is_not_changed() -> None:
    for dtype in (np.float64, np.float32):
        A = productive(20, 5).astype(dtype)
        before = A.copy()
        solve_large(A, np.ones((20, 20)), tolerance=1e-6)
        np.testing.assert_array_equal(A, before)


@given(st.integers(1, 30), st.integers(0, 1000), st.floats(1.001, 3))
@settings(max_examples=30, deadline=None)
def test_unproductive_coefficients_are_never_solved(n: int, seed: int, radius: float) -> None:
    A = productive(n, seed, radius)
    if np.abs(np.linalg.eigvals(A)).max() > 1:
        with pytest.raises(InputError, match="not productive"):
            solve_large(A, np.ones(n))


def test_what_does_not_fit_is_refused() -> None:
    A = productive(4, 1)
    with pytest.raises(InputError, match="unknown method 'lu'"):
        solve_large(A, np.ones(4), method="lu")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="do not fit a demand for 3 products"):
        solve_large(A, np.ones(3))
    with pytest.raises(InputError, match="not factorised"):
        solve_large(csr_array(A), np.ones(4), method="lu32")
    with pytest.raises(InputError, match="not finite"):
        solve_large(A, [1, np.nan, 1, 1])
    with pytest.raises(InputError, match="stopped at a residual"):
        solve_large(A, np.ones(4), tolerance=1e-30)
