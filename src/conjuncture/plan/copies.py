"""Sparse input coefficients in the arrays of a plan: one block, copied for every year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, diags_array, eye_array, issparse

from conjuncture.accounts.table import Array

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem


def net(problem: Problem) -> csc_array:
    """Return I - A of the sectors that produce, sparse (N x N)."""
    active = (problem.output > 0).astype(np.float64)
    return csc_array(eye_array(problem.size) - problem.coefficients @ diags_array(active))


def inputs(problem: Problem, sector: int) -> Array:
    """Return the coefficients of a sector (N), dense whatever they are kept as."""
    return _dense(problem.coefficients[:, [sector]])


def uses(problem: Problem, product: int) -> Array:
    """Return what each sector uses of a product per unit of its output (N), dense."""
    return _dense(problem.coefficients[[product]])


def _dense(part: Any) -> Array:
    """Return one row or column of coefficients as an array of its own."""
    return np.array(part.toarray() if issparse(part) else part, dtype=np.float64).ravel()


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
