"""Scores of a history against the record, by variable, group of territories and period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from conjuncture.core.errors import Faults
from conjuncture.data.record_model import RecordFile
from conjuncture.score.baselines import event_baselines, series_baselines
from conjuncture.score.cells import Cells, check_history, event_cells, growth_cells, series_cells
from conjuncture.score.errors import jackknife, place_error
from conjuncture.score.judged import judged
from conjuncture.score.proper import (
    Parts,
    brier,
    brier_ensemble,
    brier_parts,
    crps,
    crps_without,
    log_parts,
    log_score,
    share_for_log,
)

Array = npt.NDArray[np.float64]
Measure = Literal["level", "growth", "brier", "log"]

ALL = "all"
PERIODS: Mapping[str, tuple[int, int]] = {
    ALL: (1946, 1991),
    "1946-50": (1946, 1950),
    "1951-60": (1951, 1960),
    "1961-73": (1961, 1973),
    "1974-91": (1974, 1991),
}
BASELINES = ("persistence", "trend", "walk", "base_rate", "own_rate")
LEAST_MEMBERS = 3
"""Members below which no error over members can be given."""


@dataclass(frozen=True)
class Skill:
    """A score against that of a baseline on the same cells.

    Attributes
    ----------
    cells : int
        Cells for which the baseline has a forecast.
    baseline : float
        Its mean score there.
    skill : float
        1 - score / baseline: 1 is perfect, 0 no better, below 0 worse.
    error : float
        Standard error, over members and places together; over members alone where
        there is one place.
    """

    cells: int
    baseline: float
    skill: float
    error: float


@dataclass(frozen=True)
class Score:
    """The mean score of one variable of one source in a group and a period.

    Attributes
    ----------
    variable, file, source : str
        What was scored, and by which file of the record.
    measure : str
        ``level`` and ``growth`` (fair CRPS, in log points where the variable is no
        share), ``brier`` (fair) or ``log`` (nats).
    group, period : str
    cells, places : int
    score : float
    error_members : float
        Monte Carlo error: of the finite number of members.
    error_places : float
        Sampling error over territories or pairs.
    bias : float
        Mean of the ensemble's mean less the record; for events, forecast less frequency.
    coverage : float, optional
        Share of the record within the members' 5 and 95 per cent.
    parts : Parts, optional
        Reliability, resolution and uncertainty, for events.
    skills : mapping of str to Skill
        By baseline.
    """

    variable: str
    file: str
    source: str
    measure: Measure
    group: str
    period: str
    cells: int
    places: int
    score: float
    error_members: float
    error_places: float
    bias: float
    coverage: float | None = None
    parts: Parts | None = None
    skills: Mapping[str, Skill] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Scored:
    """Scores of every cell: of the ensemble, without each member, and of the baselines."""

    item: RecordFile
    measure: Measure
    cells: Cells
    score: Array
    without: Array
    baselines: Mapping[str, Array]


def score_history(
    history: xr.Dataset,
    record: Sequence[RecordFile] | None = None,
    baselines: Sequence[str] = BASELINES,
) -> list[Score]:
    """Score an ensemble by variable, group of territories and period.

    Parameters
    ----------
    history : xarray.Dataset
        One run: dimensions ``member`` (at least 3), ``year`` or ``bound``, ``territory``.
    record : sequence of RecordFile, optional
        What to judge by; :func:`conjuncture.score.judged.judged` by default.
    baselines : sequence of str
        Which of :data:`BASELINES` to compare with.

    Returns
    -------
    list of Score
        Only of variables that the history has.

    Raises
    ------
    InputError
        If the history is no single run, has too few members, or a baseline is unknown.
    """
    check_history(history)
    check_asked(history.sizes["member"], baselines)
    found: list[Score] = []
    for scored in score_cells(history, record):
        kept = {k: v for k, v in scored.baselines.items() if k in baselines}
        found += _by_group(scored, kept)
    return found


def check_asked(members: int, baselines: Sequence[str] = BASELINES) -> None:
    """Refuse too few members and unknown baselines, all at once.

    Raises
    ------
    InputError
    """
    faults = Faults("score")
    if members < LEAST_MEMBERS:
        faults.add(
            "are too few for an error of the score",
            f"run at least {LEAST_MEMBERS}",
            field="members",
            value=members,
        )
    for name in baselines:
        if name not in BASELINES:
            faults.unknown("baseline", name, BASELINES, field="baselines")
    faults.raise_if_any()


def score_cells(
    history: xr.Dataset, record: Sequence[RecordFile] | None = None
) -> Iterator[Scored]:
    """Score every cell of every file of the record that the history can answer."""
    for item in judged() if record is None else record:
        if item.form == "series":
            level = series_cells(history, item)
            if level is None:
                continue
            yield _numbers(item, "level", level)
            # Votes of two years in a row are too few to be a pace.
            steps = None if ":" in item.variable else growth_cells(level)
            if steps is not None:
                yield _numbers(item, "growth", steps)
        elif item.form != "votes":
            cells = event_cells(history, item)
            if cells is not None:
                yield from _events(item, cells)


def _numbers(item: RecordFile, measure: Measure, cells: Cells) -> Scored:
    return Scored(
        item,
        measure,
        cells,
        crps(cells.values, cells.observed),
        crps_without(cells.values, cells.observed),
        series_baselines(item, cells, growth=measure == "growth"),
    )


def _events(item: RecordFile, cells: Cells) -> Iterator[Scored]:
    count, total = len(cells.values), cells.values.sum(axis=0)
    share = total / count
    others = (total - cells.values) / (count - 1)
    given = event_baselines(item, cells)
    yield Scored(
        item,
        "brier",
        cells,
        brier_ensemble(share, count, cells.observed),
        brier_ensemble(others, count - 1, cells.observed),
        {name: brier(p, cells.observed) for name, p in given.items()},
    )
    yield Scored(
        item,
        "log",
        cells,
        log_score(share_for_log(share, count), cells.observed),
        log_score(share_for_log(others, count - 1), cells.observed),
        {name: log_score(p, cells.observed) for name, p in given.items()},
    )


def _by_group(scored: Scored, baselines: Mapping[str, Array]) -> list[Score]:
    groups = [ALL, *sorted(set(scored.cells.groups.tolist()) - {""})]
    found = []
    for group in groups:
        for period, (first, last) in PERIODS.items():
            cells = scored.cells
            chosen = (cells.years >= first) & (cells.years <= last)
            if group != ALL:
                chosen &= cells.groups == group
            if chosen.any():
                found.append(_score(scored, baselines, chosen, group, period))
    return found


def _score(
    scored: Scored,
    baselines: Mapping[str, Array],
    chosen: npt.NDArray[np.bool_],
    group: str,
    period: str,
) -> Score:
    cells, score = scored.cells.take(chosen), scored.score[chosen]
    without = scored.without[:, chosen]
    places = np.unique(cells.places, return_inverse=True)[1].ravel()
    return Score(
        variable=scored.item.variable,
        file=scored.item.id,
        source=scored.item.source,
        measure=scored.measure,
        group=group,
        period=period,
        cells=len(cells),
        places=int(places.max()) + 1,
        score=float(score.mean()),
        error_members=float(jackknife(without.mean(axis=1))),
        error_places=place_error(lambda mean: mean, (score,), places),
        bias=float((cells.values.mean(axis=0) - cells.observed).mean()),
        coverage=_coverage(cells) if scored.item.form == "series" else None,
        parts=_parts(scored.measure, cells),
        skills={
            name: _skill(score, without, values[chosen], places)
            for name, values in baselines.items()
            if np.isfinite(values[chosen]).any()
        },
    )


def _coverage(cells: Cells) -> float:
    low, high = np.quantile(cells.values, [0.05, 0.95], axis=0)
    return float(((low <= cells.observed) & (cells.observed <= high)).mean())


def _parts(measure: Measure, cells: Cells) -> Parts | None:
    share = cells.values.mean(axis=0)
    if measure == "brier":
        return brier_parts(share, cells.observed)
    if measure == "log":
        return log_parts(share_for_log(share, len(cells.values)), cells.observed)
    return None


def _skill(score: Array, without: Array, given: Array, places: npt.NDArray[np.intp]) -> Skill:
    known = np.isfinite(given)
    base = float(given[known].mean())
    if base == 0:
        return Skill(int(known.sum()), base, float("nan"), float("nan"))
    by_members = jackknife(without[:, known].mean(axis=1)) / base
    by_places = place_error(
        lambda ours, theirs: 1 - ours / np.where(theirs > 0, theirs, np.nan),
        (score[known], given[known]),
        places[known],
    )
    return Skill(
        int(known.sum()),
        base,
        1 - float(score[known].mean()) / base,
        float(np.hypot(by_members, np.nan_to_num(by_places))),
    )
