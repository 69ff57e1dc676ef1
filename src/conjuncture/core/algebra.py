"""Small algebra of all rooms: chances, and products whose bits depend on no other member."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Array = npt.NDArray[np.float64]


def by_row(rows: Array, matrix: Array) -> Array:
    """Return ``rows @ matrix``, each row by itself.

    A product of two large matrices is summed in an order that depends on their sizes, so that
    a member's last bits would depend on its batch.

    Parameters
    ----------
    rows : array (..., k)
    matrix : array (k, n)

    Returns
    -------
    array (..., n)
    """
    return np.asarray((rows[..., None, :] @ matrix)[..., 0, :])


def logistic(index: Array) -> Array:
    """Return 1 / (1 + exp(-index))."""
    return np.asarray(expit(index))


def yearly(ln_rate: Array) -> Array:
    """Return the probability in a year at a rate: 1 - exp(-exp(ln rate))."""
    return np.asarray(-np.expm1(-np.exp(np.minimum(ln_rate, 20.0))))
