"""Errors of mean scores by the jackknife: over members, and over territories or pairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def jackknife(without: Array) -> Array:
    """Return the standard error from estimates with one unit left out in turn.

    Parameters
    ----------
    without : array (units, ...)

    Returns
    -------
    array (...)
        sqrt((n - 1) / n * sum of squared deviations) (Efron 1982); NaN for one unit.
    """
    count = len(without)
    if count < 2:
        return np.full(without.shape[1:], np.nan)
    return np.asarray(np.sqrt((count - 1) * without.var(axis=0)))


def mean_without_places(values: Array, places: npt.NDArray[np.intp]) -> Array:
    """Return the mean over cells without those of each place in turn.

    Parameters
    ----------
    values : array (cells,)
    places : array of int (cells,)
        Territory or pair of each cell: what happens there in different years is
        not independent, and a place leaves as a whole.

    Returns
    -------
    array (places,)
        NaN where nothing is left.
    """
    _, at = np.unique(places, return_inverse=True)
    sums, counts = np.bincount(at, weights=values), np.bincount(at)
    left = values.size - counts
    return np.asarray(
        np.divide(
            values.sum() - sums, left, out=np.full(len(sums), np.nan), where=left > 0, dtype=float
        )
    )


def place_error(
    statistic: Callable[..., Array], cells: tuple[Array, ...], places: npt.NDArray[np.intp]
) -> float:
    """Return the error over places of a function of means, such as a skill."""
    found = statistic(*(mean_without_places(values, places) for values in cells))
    return float(jackknife(found))
