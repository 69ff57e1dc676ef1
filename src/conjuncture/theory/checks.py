"""Checks of claims: the same functions for a simulated and for a recorded history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from conjuncture.theory.claims import GrowsFaster, Reaches

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Path:
    """A measure over years, for one or many members.

    Attributes
    ----------
    start : int
        The base year.
    base : array (members,)
        Value in the base year; NaN where it is not known.
    years : array (years,)
        Years after the base year, in order.
    values : array (members, years)
        Values; NaN where there is none.
    past : float
        Yearly growth in the past window of the claim (1/year); NaN if unknown.
    """

    start: int
    base: Array
    years: npt.NDArray[np.int_]
    values: Array
    past: float = float("nan")


def growth(first: Array | float, last: Array | float, years: int) -> Array:
    """Return the compound yearly growth between two levels (1/year)."""
    return np.asarray((np.asarray(last) / np.asarray(first)) ** (1.0 / years) - 1.0)


def holds(check: Reaches | GrowsFaster, path: Path, horizon: int) -> Array:
    """Say for each member whether a claim holds: 1, 0, or NaN where data lack.

    Parameters
    ----------
    check : Reaches or GrowsFaster
    path : Path
    horizon : int
        Years after the base year.
    """
    if isinstance(check, Reaches):
        return _reaches(check, path, horizon)
    return _grows_faster(path, horizon)


def _reaches(check: Reaches, path: Path, horizon: int) -> Array:
    inside = path.values[:, path.years <= path.start + horizon]
    seen = np.isfinite(inside)
    passed = (np.where(seen, inside, -np.inf) > check.level).any(axis=1)
    # Without a figure above the level, a gap in the last year leaves the question open.
    known = passed | (seen[:, -1] if inside.shape[1] else np.zeros(len(path.base), bool))
    return np.where(known, passed.astype(np.float64), np.nan)


def _grows_faster(path: Path, horizon: int) -> Array:
    rate = growth_to(path, horizon)
    known = np.isfinite(rate) & np.isfinite(path.past)
    return np.where(known, (rate > path.past).astype(np.float64), np.nan)


def growth_to(path: Path, horizon: int) -> Array:
    """Return the yearly growth of each member from the base year to the horizon."""
    at = np.flatnonzero(path.years == path.start + horizon)
    if not at.size:
        return np.full(len(path.base), np.nan)
    return growth(path.base, path.values[:, at[0]], horizon)


def first_year_above(path: Path, level: float) -> Array:
    """Return the first year in which each member passes a level; NaN if it never does."""
    above = np.where(np.isfinite(path.values), path.values, -np.inf) > level
    first = path.years[above.argmax(axis=1)].astype(np.float64)
    return np.where(above.any(axis=1), first, np.nan)
