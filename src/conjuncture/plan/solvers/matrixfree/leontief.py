"""Products with the input coefficients of all years at once, rows shared out to threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.model import Model
from conjuncture.plan.solvers.structured.kernels import Threads

_ROWS = 4_096
"""Rows handled together, whatever the number of threads: each sum is of one row, so that
the bits do not depend on that number."""


class Leontief:
    """Products with I - A for all years at once: A is stored once, not for every year.

    It is stored scaled by rows, and as the problem holds it by columns, so that either
    product gathers its sums row by row.

    Parameters
    ----------
    model : Model
    threads : Threads, optional
        By default one.

    Attributes
    ----------
    rest : csc_array
        The matrix of the programme without these blocks.
    fits : bool
        Whether the coefficients are the same in all years.
    parts : list of slice
        Rows handled together.
    """

    def __init__(self, model: Model, threads: Threads | None = None) -> None:
        p, t, n = model.problem, model.problem.periods, model.problem.size
        self.threads = threads or Threads(1)
        self.t, self.n = t, n
        self.parts = [slice(i, min(i + _ROWS, n)) for i in range(0, n, _ROWS)]
        scale = np.where(p.output > 0, model.column_scale[model.columns["output"][0]], 0.0)
        self.scale, self.product = (
            scale[:, None],
            model.row_scale[model.rows["product"][0]][:, None],
        )
        by_column = csc_array(p.coefficients)
        self.a_t = self._cut(by_column.indptr, by_column.indices, by_column.data)
        a = csr_array(by_column)
        a.data *= scale[a.indices]
        a.data /= np.repeat(self.product.ravel(), np.diff(a.indptr))
        self.a = self._cut(a.indptr, a.indices, a.data)
        self.rest = _rest(model.parts.rest, t * n)
        draw = np.random.default_rng(0).uniform(0.5, 1.5, t * n)
        full = np.zeros(model.columns.size)
        full[: t * n] = draw
        found = (model.parts.amounts(full) - self.rest @ full)[: t * n]
        active = np.tile(p.output > 0, t)
        mine = np.where(active, draw, 0.0) - self.inputs(draw)
        differs = np.where(active, np.abs(found - mine), 0.0).max(initial=0.0)
        self.fits = bool(differs <= 1e-9 * max(1.0, float(np.abs(mine).max(initial=0.0))))

    def _cut(self, pointer: Any, indices: Any, data: Any) -> list[csr_array]:
        """Return the rows in parts that share the numbers of the whole."""
        cut = []
        for part in self.parts:
            own = pointer[part.start : part.stop + 1]
            inside = slice(own[0], own[-1])
            numbers = (data[inside], indices[inside], own - own[0])
            cut.append(csr_array(numbers, shape=(part.stop - part.start, self.n)))
        return cut

    def each(self, work: Callable[[int, slice], Any]) -> None:
        """Do work for every part of the rows, on all threads."""
        self.threads.map(lambda k: work(k, self.parts[k]), range(len(self.parts)))

    def inputs(self, x: Array) -> Array:
        """Return the inputs A x of every year (T N)."""
        wide = np.ascontiguousarray(x.reshape(self.t, self.n).T)
        return np.ascontiguousarray((wide - self.forward(wide)).T).ravel()

    def forward(self, x: Array) -> Array:
        """(I - A) x, products x years."""
        result = np.empty_like(x)

        def part(k: int, rows: slice) -> None:
            result[rows] = x[rows] - self.a[k] @ x

        self.each(part)
        return result

    def back(self, p: Array) -> Array:
        """(I - A)' p, sectors x years."""
        result, priced = np.empty_like(p), self.priced(p)

        def part(k: int, rows: slice) -> None:
            result[rows] = p[rows] - self.worths(k, rows, priced)

        self.each(part)
        return result

    def priced(self, p: Array) -> Array:
        """Return prices of products for one unit of money."""
        return np.asarray(p / self.product)

    def worths(self, k: int, rows: slice, priced: Array) -> Array:
        """Return the worth of the inputs A' p of a part of the sectors, at such prices."""
        return np.asarray(self.scale[rows] * (self.a_t[k] @ priced))


def _rest(matrix: csc_array, size: int) -> csc_array:
    """Take out the block of the first ``size`` rows and columns."""
    end = int(matrix.indptr[size])
    keep = np.ones(matrix.nnz, dtype=bool)
    keep[:end] = matrix.indices[:end] >= size
    if keep.all():
        return matrix
    pointer = np.concatenate([[0], np.cumsum(keep, dtype=np.int64)])[matrix.indptr]
    parts = (matrix.data[keep], matrix.indices[keep], pointer)
    return csc_array(parts, shape=matrix.shape)
