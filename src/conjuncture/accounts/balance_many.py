"""Biproportional fitting of many matrices at once, for ensembles of economies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

PASSES = 500
"""Passes over rows and columns at most."""


def ras_many(
    seed: Array, row_totals: Array, column_totals: Array, tolerance: float = 1e-10
) -> Array:
    """Fit non-negative matrices to row and column totals, all of them together.

    The same scaling as :func:`conjuncture.accounts.balance.ras`, ended on the rows, so that
    these are met exactly and columns to the tolerance. A matrix that has converged
    is left alone, so that none depends on the others' passes.

    Parameters
    ----------
    seed : array (..., rows, columns)
        Non-negative first estimates.
    row_totals : array (..., rows)
        Non-negative, in any unit.
    column_totals : array (..., columns)
        Their sums equal those of the rows.
    tolerance : float
        Largest difference of a column from its total, relative to the matrix's sum.

    Returns
    -------
    array (..., rows, columns)

    References
    ----------
    Stone and Brown (1962), A Computable Model of Economic Growth.
    """
    fitted = np.array(seed, dtype=np.float64)
    whole = np.maximum(row_totals.sum(-1), 1e-300)[..., None]
    open_ = np.ones(fitted.shape[:-2], dtype=bool)
    for _ in range(PASSES):
        now = fitted[open_]
        rows = now.sum(-1, keepdims=True)
        now = now * (row_totals[open_][..., None] / np.where(rows > 0, rows, 1.0))
        columns = now.sum(-2)
        off = np.abs(columns - column_totals[open_]) / whole[open_]
        fitted[open_] = now
        still = np.zeros_like(open_)
        still[open_] = (off > tolerance).any(-1)
        going = still[open_]
        scale = column_totals[open_] / np.where(columns > 0, columns, 1.0)
        open_ = still
        if not open_.any():
            break
        fitted[open_] = now[going] * scale[going][..., None, :]
    rows = fitted.sum(-1, keepdims=True)
    return np.asarray(fitted * (row_totals[..., None] / np.where(rows > 0, rows, 1.0)))
