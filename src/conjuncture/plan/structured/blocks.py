"""Parts of the staircase of a plan: the stages of its years and the sums that fill them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.layout import Index, Layout


@dataclass(frozen=True)
class Sums:
    """Sums of weighted products of coefficients, each for one cell of a matrix."""

    row: Index
    column: Index
    into: csr_array
    shape: tuple[int, int]

    def values(self, weights: Array) -> Array:
        """Return the cells that may differ from zero."""
        return np.asarray(self.into @ weights)

    def matrix(self, weights: Array) -> csr_array:
        """Return the matrix."""
        cells = (self.values(weights), (self.row, self.column))
        return csr_array(coo_array(cells, shape=self.shape))


@dataclass(frozen=True)
class Stage:
    """A year: its kept columns and constant arrays.

    The first ``inner`` columns meet no later year; the first ``wide`` stand in the
    dense rows ``rows`` with coefficients ``dense``. ``own`` sums its sparse rows,
    ``link`` those that join the next year (rows) to this one (columns); where each
    position is joined to one at most, ``joined`` holds the two runs of positions.
    """

    columns: slice
    inner: int
    wide: int
    rows: Index
    dense: Array
    trade: tuple[int, Array] | None
    own: Sums
    link: Sums
    joined: tuple[Index | slice, Index | slice] | None


def labels(layout: Layout, index: Index) -> tuple[npt.NDArray[np.str_], Index, Index]:
    """Return block name, year and label of positions."""
    kind = np.empty(layout.size, dtype="U16")
    year, label = np.zeros(layout.size, np.int64), np.full(layout.size, -1)
    for name, block in layout:
        kind[block.index], year[block.index] = name, block.year
        label[block.index] = block.label
    return kind[index], year[index], label[index]


def pairs(a: csr_array) -> tuple[Index, Index, Index, Array]:
    """Return row, two columns and product of every ordered pair of coefficients of a row."""
    count = np.diff(a.indptr).astype(np.int64)
    row = np.repeat(np.arange(a.shape[0]), count**2)
    begin = np.repeat(np.cumsum(count**2) - count**2, count**2)
    place = np.arange(row.size) - begin
    first = a.indptr[row] + place // count[row]
    second = a.indptr[row] + place % count[row]
    return row, a.indices[first], a.indices[second], a.data[first] * a.data[second]


def matching(link: Sums, inner: int) -> tuple[Index | slice, Index | slice] | None:
    """Return the positions that a link joins, if each is joined to one at most."""
    row, column = link.row, link.column - inner
    if np.unique(column).size < column.size or (np.diff(row) <= 0).any():
        return None
    if (np.diff(column) <= 0).any():
        return None
    return _run(row), _run(column)


def _run(index: Index) -> Index | slice:
    """Return a slice if the positions are consecutive."""
    if index.size and index[-1] - index[0] == index.size - 1:
        return slice(int(index[0]), int(index[-1]) + 1)
    return index


def square(index: Index | slice) -> Any:
    """Return the key of a square part of a matrix, a view if the positions are a run."""
    return (index, index) if isinstance(index, slice) else np.ix_(index, index)
