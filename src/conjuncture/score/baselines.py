"""Simple forecasts from the same source's figures of up to 1945, for skill.

For numbers: `persistence` (the last figure stays), `trend` (it goes on growing as from
1913 to 1938), `walk` (the trend with the spread of a random walk: a normal distribution
whose variance grows with the years). For events: `base_rate` (as often as before 1945),
`own_rate` (as often as to the same pair, drawn to the base rate), `persistence` (the
state of 1945 stays).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.data.catalog import LAST_STARTING_YEAR
from conjuncture.data.record_model import Past, RecordFile
from conjuncture.score.cells import Cells
from conjuncture.score.proper import crps_normal

Array = npt.NDArray[np.float64]

SURE = 0.995
"""Largest probability of a baseline that knows no doubt, so that its log score is finite."""


def series_baselines(item: RecordFile, cells: Cells, *, growth: bool) -> dict[str, Array]:
    """Return the score of each baseline in each cell, NaN where the source has no past.

    Parameters
    ----------
    item : RecordFile
        A series.
    cells : Cells
        Levels (logarithms, if it is no share), or their yearly steps.
    growth : bool
        Whether the cells are steps.

    Notes
    -----
    Growth and spread that a territory lacks are the medians of those that have them; where
    none has a spread there is no walk.
    """
    known = _filled(item)
    pasts = [known.get(place) for place in cells.places.tolist()]
    last = _column(pasts, "last") if item.share else np.log(_column(pasts, "last"))
    rate, sd = _column(pasts, "growth"), _column(pasts, "sd")
    ahead = cells.years - _column(pasts, "year")
    if growth:
        last, ahead = np.where(np.isfinite(last), 0.0, np.nan), np.ones_like(ahead)
    trend = last + rate * ahead
    return {
        "persistence": np.abs(cells.observed - last),
        "trend": np.abs(cells.observed - trend),
        "walk": np.where(
            np.isfinite(trend + sd), crps_normal(trend, sd * np.sqrt(ahead), cells.observed), np.nan
        ),
    }


def _filled(item: RecordFile) -> dict[str, Past]:
    """Return the past of each territory with growth and spread."""
    rates = [past.growth for past in item.past.values() if past.growth is not None]
    spreads = [past.sd for past in item.past.values() if past.sd is not None]
    rate = float(np.median(rates)) if rates else 0.0
    spread = float(np.median(spreads)) if spreads else np.nan
    return {
        code: past.model_copy(
            update={
                "growth": rate if past.growth is None else past.growth,
                "sd": spread if past.sd is None else past.sd,
            }
        )
        for code, past in item.past.items()
    }


def _column(pasts: list[Past | None], name: str) -> Array:
    return np.array([np.nan if past is None else getattr(past, name) for past in pasts])


def event_baselines(item: RecordFile, cells: Cells) -> dict[str, Array]:
    """Return the probability that each baseline gives in each cell."""
    found = {}
    lasting = item.form != "pair_years"
    if lasting:
        kept = np.isin(cells.places, np.array(item.at_start, dtype=str))
        found["persistence"] = np.where(kept, SURE, 1 - SURE)
    if item.rate is None:
        return found
    rate = np.full(len(cells), item.rate.value)
    if lasting:
        # An event that lasts has happened unless every year passed it by.
        rate = 1 - (1 - rate) ** (cells.years - LAST_STARTING_YEAR)
    found["base_rate"] = rate
    if item.rate.strength is not None:
        found["own_rate"] = _own_rate(item, cells, item.rate.value, item.rate.strength)
    return found


def _own_rate(item: RecordFile, cells: Cells, rate: float, strength: float) -> Array:
    """Return the mean of a beta distribution of rates after a pair's own past."""
    own = {}
    for pair in set(cells.places.tolist()):
        years = min(item.past_years.get(code, 0) for code in pair.split("-"))
        own[pair] = (item.past_events.get(pair, 0) + strength * rate) / (years + strength)
    return np.array([own[pair] for pair in cells.places.tolist()])
