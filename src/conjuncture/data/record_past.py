"""What a source says of a territory up to 1945: the last figure and its growth."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from conjuncture.data.catalog import LAST_STARTING_YEAR
from conjuncture.data.record_model import Past

WINDOW = (1913, 1938)
"""Years over which growth before the war is measured."""

SHORTEST = 10
"""Fewest years of a growth, and fewest yearly steps of its spread."""


def past(values: Mapping[int, float], *, share: bool = False) -> Past | None:
    """Return the past of a series; None where it has no positive figure up to 1945.

    Parameters
    ----------
    values : mapping of int to float
        Figures by year.
    share : bool
        Whether growth is of the figures themselves and not of their logarithms.
    """
    known = {y: v for y, v in sorted(values.items()) if y <= LAST_STARTING_YEAR and v > 0}
    if not known:
        return None
    last = max(known)
    inside = {y: v for y, v in known.items() if WINDOW[0] <= y <= WINDOW[1]}
    if not inside or max(inside) - min(inside) < SHORTEST:
        return Past(year=last, last=_rounded(known[last], 5))
    first, end = min(inside), max(inside)
    scaled = {y: v if share else math.log(v) for y, v in inside.items()}
    steps = [scaled[y + 1] - scaled[y] for y in scaled if y + 1 in scaled]
    return Past(
        year=last,
        last=_rounded(known[last], 5),
        growth=_rounded((scaled[end] - scaled[first]) / (end - first), 4),
        sd=_rounded(float(np.std(steps, ddof=1)), 4) if len(steps) >= SHORTEST else None,
        window=(first, end),
    )


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
