"""Limits of single quantities that the conditions of a plan imply."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.model import Model

_PASSES = 60
_MARGIN = 1e-6


def implied(model: Model) -> tuple[Array, Array]:
    """Return lower and upper limits of all columns that no feasible plan can pass.

    Each row bounds each of its columns by the least that the others contribute
    (Brearley, Mitra and Williams 1975, Mathematical Programming 8: 54-83); passes
    over all rows go on until every column is bounded or nothing changes. A margin
    keeps the limits from binding.

    Returns
    -------
    lower, upper : array, columns
        Scaled, as in the model; infinite where nothing bounds a column.
    """
    part = model.matrix.tocoo()
    rows, columns = part.coords
    lower, upper = model.lower.copy(), model.upper.copy()
    for _ in range(_PASSES):
        before = np.isfinite(lower).sum() + np.isfinite(upper).sum()
        for sign, limit in ((1.0, model.row_upper), (-1.0, -model.row_lower)):
            _tighten(sign * part.data, rows, columns, limit, lower, upper)
        if np.isfinite(lower).sum() + np.isfinite(upper).sum() == before:
            break
    low = np.maximum(model.lower, lower - _MARGIN * (1.0 + np.abs(lower)))
    high = np.minimum(model.upper, upper + _MARGIN * (1.0 + np.abs(upper)))
    return low, high


def _tighten(
    values: Array,
    rows: npt.NDArray[np.intp],
    columns: npt.NDArray[np.intp],
    limit: Array,
    lower: Array,
    upper: Array,
) -> None:
    """Tighten limits in place from rows ``values . y <= limit``."""
    least = values * np.where(values > 0, lower[columns], upper[columns])
    free = ~np.isfinite(least)
    size = limit.size
    known = np.bincount(rows, np.where(free, 0.0, least), minlength=size)
    unknown = np.bincount(rows, free, minlength=size)
    alone = (unknown[rows] == 0) | ((unknown[rows] == 1) & free)
    others = known[rows] - np.where(free, 0.0, least)
    usable = alone & np.isfinite(limit[rows])
    with np.errstate(invalid="ignore"):
        bound = (limit[rows] - others) / values
    up, down = usable & (values > 0), usable & (values < 0)
    np.minimum.at(upper, columns[up], bound[up])
    np.maximum.at(lower, columns[down], bound[down])
