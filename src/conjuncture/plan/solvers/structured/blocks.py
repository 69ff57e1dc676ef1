"""Parts of the staircase of a plan: the stages of its years and the sums that fill them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.layout import Index, Layout


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

    def of(self, matrix: csr_array) -> Array:
        """Return these cells of a matrix."""
        return np.asarray(matrix[self.row, self.column]).ravel()

    def matrix(self, weights: Array) -> csr_array:
        """Return the matrix."""
        cells = (self.values(weights), (self.row, self.column))
        return csr_array(coo_array(cells, shape=self.shape))


@dataclass(frozen=True)
class Stage:
    """A year: its kept columns and constant arrays.

    The first ``wide`` columns stand in the dense rows ``rows`` with coefficients
    ``dense``, each with its largest, squared, in ``peak_square`` and row ``peak``.
    ``own`` sums its sparse rows, ``link`` those that join the next year (rows) to
    this one (columns).
    """

    columns: slice
    wide: int
    rows: Index
    dense: Array
    peak: Index
    peak_square: Array
    trade: tuple[int, Array] | None
    own: Sums
    link: Sums


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


def square(index: Index | slice) -> Any:
    """Return the key of a square part of a matrix, a view if the positions are a run."""
    return (index, index) if isinstance(index, slice) else np.ix_(index, index)
