"""Products of matrices whose bits do not depend on how many members are computed together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

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
