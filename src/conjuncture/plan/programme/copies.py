"""Sparse input coefficients in the arrays of a plan: one block that stands in every year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, diags_array, eye_array

from conjuncture.accounts.table import Array

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem


def net(problem: Problem) -> csc_array:
    """Return I - A of the sectors that produce, sparse (N x N)."""
    active = (problem.output > 0).astype(np.float64)
    return csc_array(eye_array(problem.size) - problem.coefficients @ diags_array(active))


def placed(
    block: csc_array,
    first_rows: npt.NDArray[np.int64],
    first_columns: npt.NDArray[np.int64],
    row_scale: Array,
    column_scale: Array,
) -> csc_array:
    """Return a matrix of copies of a block, scaled, without triplets: one pass by columns."""
    places = list(zip(first_rows.tolist(), first_columns.tolist(), strict=True))
    size, rows = block.shape[1], block.shape[0]
    each = np.repeat(np.arange(size, dtype=np.int32), np.diff(block.indptr))
    counts = np.zeros(column_scale.size, dtype=np.int64)
    indices = np.empty(len(places) * block.nnz, dtype=np.int32)
    data = np.empty(indices.size)
    for k, (row, column) in enumerate(places):
        part = slice(k * block.nnz, (k + 1) * block.nnz)
        counts[column : column + size] = np.diff(block.indptr)
        indices[part] = block.indices + np.int32(row)
        scale = column_scale[column : column + size]
        data[part] = block.data * scale[each] / row_scale[row : row + rows][block.indices]
    pointer = np.concatenate([[0], np.cumsum(counts)])
    if indices.size < np.iinfo(np.int32).max:
        pointer = pointer.astype(np.int32)
    return csc_array((data, indices, pointer), shape=(row_scale.size, column_scale.size))


@dataclass(frozen=True)
class Repeated:
    """The block I - A of a problem at several places of its scaled matrix.

    Attributes
    ----------
    problem : Problem
        With sparse coefficients.
    rows, columns : array of int
        First row and first column of each place.
    """

    problem: Problem
    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]

    @property
    def size(self) -> int:
        """Number of coefficients in one place."""
        a: Any = self.problem.coefficients
        own = int(np.count_nonzero(a.diagonal()[self._active]))
        return int(np.diff(a.indptr)[self._active].sum()) + self.problem.size - own

    def amounts(self, x: Array) -> Array:
        """(I - A) x of the sectors that produce."""
        return np.asarray(x - self.problem.coefficients @ np.where(self._active, x, 0.0))

    def worths(self, p: Array) -> Array:
        """(I - A)' p of the sectors that produce."""
        used: Any = self.problem.coefficients.T @ p
        return np.asarray(p - np.where(self._active, used, 0.0))

    @property
    def _active(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.problem.output > 0)


@dataclass(frozen=True)
class Parts:
    """The scaled matrix of a programme: coefficients, and blocks kept once for many places.

    Attributes
    ----------
    rest : sparse array by columns
        Scaled; the whole matrix where no block is repeated.
    repeated : tuple of Repeated
        Not scaled.
    row_scale, column_scale : array
        By which those are scaled; empty where there are none.
    """

    rest: csc_array
    repeated: tuple[Repeated, ...] = ()
    row_scale: Array = field(default_factory=lambda: np.empty(0))
    column_scale: Array = field(default_factory=lambda: np.empty(0))

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
        return int(self.rest.shape[0]), int(self.rest.shape[1])

    @cached_property
    def nnz(self) -> int:
        """Number of coefficients of the whole matrix, cells with several parts counted for each."""
        return int(self.rest.nnz) + sum(block.size * block.rows.size for block in self.repeated)

    @cached_property
    def matrix(self) -> csc_array:
        """The whole matrix, put together when it is first asked for."""
        matrix = self.rest
        for part in self.repeated:
            block = net(part.problem)
            matrix = matrix + placed(
                block, part.rows, part.columns, self.row_scale, self.column_scale
            )
        return csc_array(matrix)

    def arrays(self) -> Iterator[npt.NDArray[Any]]:
        """Yield the arrays that the matrix follows from."""
        yield from (self.rest.indptr, self.rest.indices, self.rest.data)
        for part in self.repeated:
            a: Any = part.problem.coefficients
            yield from (a.indptr, a.indices, a.data, part.problem.output, part.rows, part.columns)

    def amounts(self, y: Array) -> Array:
        """Return the amounts of the rows, ``matrix @ y``, without the whole matrix."""
        result = np.asarray(self.rest @ y)
        for rows, columns, part in self._places():
            result[rows] += (
                part.amounts(y[columns] * self.column_scale[columns]) / (self.row_scale[rows])
            )
        return result

    def worths(self, prices: Array) -> Array:
        """Return the worth of the columns, ``matrix.T @ prices``, without the whole matrix."""
        result = np.asarray(self.rest.T @ prices)
        for rows, columns, part in self._places():
            result[columns] += self.column_scale[columns] * (
                part.worths(prices[rows] / self.row_scale[rows])
            )
        return result

    def _places(self) -> Iterator[tuple[slice, slice, Repeated]]:
        for part in self.repeated:
            size = part.problem.size
            for row, column in zip(part.rows.tolist(), part.columns.tolist(), strict=True):
                yield slice(row, row + size), slice(column, column + size), part
