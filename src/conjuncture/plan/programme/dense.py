"""Rows and columns of a problem's input coefficients, dense whatever they are kept as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse

from conjuncture.accounts.table import Array

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem


def inputs(problem: Problem, sector: int) -> Array:
    """Return the coefficients of a sector (N)."""
    return _dense(problem.coefficients[:, [sector]])


def uses(problem: Problem, product: int) -> Array:
    """Return what each sector uses of a product per unit of its output (N)."""
    return _dense(problem.coefficients[[product]])


def _dense(part: Any) -> Array:
    """Return one row or column of coefficients as an array of its own."""
    return np.array(part.toarray() if issparse(part) else part, dtype=np.float64).ravel()
