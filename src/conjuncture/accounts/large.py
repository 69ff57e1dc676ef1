"""Leontief solves on large tables, with the method chosen by size and a certified error.

Sparse coefficients are never factorised: (I - A) x = f is solved by BiCGSTAB (van
der Vorst 1992) or by the power series x = f + A f + A^2 f + ..., each with products
alone. Dense coefficients with many demands are factorised once in single precision
and the answers refined in double (Langou et al. 2006): half the memory and time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.linalg import lu_factor, lu_solve
from scipy.sparse import issparse
from scipy.sparse.linalg import LinearOperator, bicgstab

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, Faults, InputError

Method = Literal["auto", "series", "bicgstab", "lu32"]
METHODS: tuple[Method, ...] = ("auto", "series", "bicgstab", "lu32")

FEW = 8
"""Demands up to which dense coefficients are solved by products and not factorised."""

_MAX_ITERATIONS = 2000
_SLOW = 60
_MAX_REFINEMENTS = 12


@dataclass(frozen=True)
class Solved:
    """Gross outputs and what is known of their error.

    Attributes
    ----------
    output : array, products (or products x demands)
        Gross output (unit of the demand).
    method : str
        ``series``, ``bicgstab`` or ``lu32``, and why it was chosen.
    iterations : int
        Products, iterations or refinements, over all demands.
    residual : float
        Largest gap f - x + A x, as a share of the largest entry of the demand.
    error_bound : float
        Upper bound of the error of any output, as a share of the largest output:
        the residual times a bound of the norm of (I - A)^-1, up to rounding.
    certificate : str
        What the bound rests on.
    """

    output: Array
    method: str
    iterations: int
    residual: float
    error_bound: float
    certificate: str


def solve_large(
    A: Any,
    demand: npt.ArrayLike,
    *,
    method: Method = "auto",
    tolerance: float = 1e-10,
) -> Solved:
    """Solve (I - A) x = f for a large A, sparse or dense.

    Parameters
    ----------
    A : array or scipy sparse array, products x sectors
        Input coefficients (unit per unit); not copied where it is sparse.
    demand : array, products (or products x demands)
        Final demand; any number of columns.
    method : str
        ``auto`` takes ``bicgstab`` for sparse coefficients and for few demands,
        ``lu32`` for many demands on dense ones.
    tolerance : float
        Residual at which a solve stops, as a share of the largest demand.

    Returns
    -------
    Solved

    Raises
    ------
    InputError
        If shapes do not fit, figures are not finite, the method does not suit the
        matrix or reach the tolerance, or the coefficients are not productive.
    """
    f = np.asarray(demand, float)
    columns = f.reshape(len(f), -1) if f.ndim else f.reshape(0, 0)
    _check(A, columns, method, f.ndim)
    chosen, why = _choice(A, columns.shape[1]) if method == "auto" else (method, "asked for")
    bound, certificate = _inverse_bound(A)
    scale = np.abs(columns).max(axis=0)
    scale[scale == 0] = 1.0
    x, iterations, gaps = _run(chosen, A, columns, tolerance * scale)
    residual = float((gaps / scale).max(initial=0.0))
    if method == "auto" and not residual <= tolerance:
        x, iterations, gaps = _run("series", A, columns, tolerance * scale)
        residual = float((gaps / scale).max(initial=0.0))
        chosen, why = "series", f"{chosen} did not reach the tolerance"
    if not residual <= tolerance * 1.0000001:
        raise InputError(
            Fault(
                f"{chosen} stopped at a residual of {residual:.3g} after {iterations} steps",
                "raise the tolerance, or try another method: bicgstab, series, lu32",
                field="tolerance",
                value=f"{tolerance:.3g}",
            )
        )
    largest = np.abs(x).max(axis=0, initial=0.0)
    error = float((bound * gaps / np.where(largest > 0, largest, 1.0)).max(initial=0.0))
    return Solved(x.reshape(f.shape), f"{chosen}: {why}", iterations, residual, error, certificate)


def _run(chosen: str, A: Any, f: Array, allowed: Array) -> tuple[Array, int, Array]:
    """Return outputs, steps, and the largest gap of each demand."""
    solver = {"series": _series, "bicgstab": _bicgstab, "lu32": _lu32}[chosen]
    x, steps = solver(A, f, allowed)
    return x, steps, np.asarray(np.abs(f - x + A @ x).max(axis=0, initial=0.0))


def _check(A: Any, columns: Array, method: str, dimensions: int) -> None:
    faults = Faults("solve_large")
    if method not in METHODS:
        faults.unknown("method", method, METHODS, field="method")
    shape = np.shape(A)
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] != len(columns) or dimensions > 2:
        faults.add(
            f"coefficients of shape {shape} do not fit a demand for {len(columns)} products",
            "give square coefficients and one row of demand for each product",
            field="A, demand",
        )
    if method == "lu32" and issparse(A):
        faults.add("a sparse matrix is not factorised", "use bicgstab or series", field="method",
                   value=method)  # fmt: skip
    entries = A.data if issparse(A) else np.asarray(A)
    # Sums are finite only where all entries are, and need no copy of the matrix.
    if not (np.isfinite(np.sum(entries)) and np.isfinite(columns).all()):
        faults.add("holds figures that are not finite", "give numbers", field="A, demand")
    faults.raise_if_any()


def _choice(A: Any, demands: int) -> tuple[Method, str]:
    n = A.shape[0]
    if issparse(A):
        return "bicgstab", f"{n} products, {A.nnz / max(n, 1):.3g} coefficients in each column"
    if demands <= FEW:
        return "bicgstab", f"{demands} demands on {n} dense products are less than a factorisation"
    return "lu32", f"{demands} demands on {n} dense products share a factorisation"


# Certificate ----------------------------------------------------------------------


def _inverse_bound(A: Any) -> tuple[float, str]:
    """Bound the largest row sum of |(I - A)^-1|, or refuse A as not productive.

    For z > 0 with (I - |A|) z = d > 0, |(I - A)^-1| d <= z, so that its row sums
    are at most max z / min d: an M-matrix and its Collatz-Wielandt vector (Berman
    and Plemmons 1994, Nonnegative Matrices in the Mathematical Sciences, chapter 6).
    A rough z is enough, so a few steps of the series for z = 1 + |A| z are taken;
    near to what is not productive these would be many, and z is solved for.
    """
    size = _magnitude(A)
    z = np.ones(A.shape[0])
    for steps in range(1, _MAX_ITERATIONS + 1):
        if steps == _SLOW:
            z = _rough(size, z)
        after = 1.0 + size(z)
        # d = z - |A| z = 1 + z - after
        least = float((1.0 + z - after).min(initial=1.0))
        if least > 0.1:
            bound = float(z.max(initial=1.0)) / least
            return bound, f"(I - A)^-1 has row sums of {bound:.4g} at most ({steps} products)"
        if not np.isfinite(after).all() or after.max() > 1e12:
            break
        z = after
    raise InputError(
        Fault(
            "coefficients are not productive, or too near to it: some products use up themselves",
            "lower the coefficients of the products named by solve() on a smaller table",
            field="A",
        )
    )


def _rough(size: Callable[[Array], Array], z: Array) -> Array:
    """Solve (I - |A|) z = 1 roughly; keep the first estimate where nothing positive results."""
    operator = LinearOperator((len(z), len(z)), matvec=lambda v: v - size(v), dtype=np.float64)
    found, _ = bicgstab(operator, np.ones(len(z)), rtol=0.0, atol=0.1, maxiter=_MAX_ITERATIONS)
    return np.asarray(found if np.isfinite(found).all() and (found > 0).all() else z)


def _magnitude(A: Any) -> Callable[[Array], Array]:
    """Return the product with |A|, copying only where A has negative entries."""
    entries = A.data if issparse(A) else A
    positive = np.min(entries, initial=0.0) >= 0
    size = A if positive else abs(A)
    return lambda z: np.asarray(size @ z)


# Methods --------------------------------------------------------------------------


def _series(A: Any, f: Array, allowed: Array) -> tuple[Array, int]:
    """Add up rounds of inputs until the last round is small: all demands at once."""
    x, term, count = f.copy(), f, 0
    while count < _MAX_ITERATIONS:
        term = np.asarray(A @ term)
        count += 1
        x += term
        # What is left out is A times the last term: the residual of x.
        if (np.abs(term).max(axis=0, initial=0.0) <= 0.5 * allowed).all():
            break
    return x, count


def _bicgstab(A: Any, f: Array, allowed: Array) -> tuple[Array, int]:
    n, count = A.shape[0], 0

    def product(v: Array) -> Array:
        nonlocal count
        count += 1
        flat = np.ravel(v)
        return np.asarray(flat - A @ flat)

    operator = LinearOperator((n, n), matvec=product, dtype=np.float64)
    x = np.empty_like(f)
    for k in range(f.shape[1]):
        x[:, k], _ = bicgstab(
            operator, f[:, k], rtol=0.0, atol=0.5 * float(allowed[k]), maxiter=_MAX_ITERATIONS
        )
    return x, count


def _lu32(A: Any, f: Array, allowed: Array) -> tuple[Array, int]:
    """Factorise I - A in single precision; refine with residuals in double."""
    dense = np.asarray(A)
    # The transpose of a row-major array is the column-major one that LAPACK overwrites.
    factors = np.ascontiguousarray(dense, dtype=np.float32)
    if factors is dense:
        factors = factors.copy()
    np.negative(factors, out=factors)
    factors[np.diag_indices(len(factors))] += 1.0
    lu = lu_factor(factors.T, overwrite_a=True, check_finite=False)
    x, count = np.zeros_like(f), 0
    for count in range(1, _MAX_REFINEMENTS + 1):  # noqa: B007 - the count is a result
        gap = f - x + dense @ x
        worst = np.abs(gap).max(axis=0, initial=0.0)
        if (worst <= allowed).all():
            break
        # Single precision has a narrow range: the residual is scaled to order 1.
        unit = np.where(worst > 0, worst, 1.0)
        step = lu_solve(lu, (gap / unit).astype(np.float32), trans=1, check_finite=False)
        x += step.astype(np.float64) * unit
    return x, count
