"""What scores and outcomes lose or gain when a mechanism is switched off.

The run with the switch meets the same draws, member by member, so that the difference
has an error of its own, far below that of either run.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.special import stdtrit

from conjuncture.core.errors import ConjunctureError
from conjuncture.data.record_model import RecordFile
from conjuncture.run.batch import Progress
from conjuncture.run.ensemble import Arm, Order, run_arms
from conjuncture.run.scenario import mechanisms
from conjuncture.score.cells import Cells
from conjuncture.score.errors import jackknife
from conjuncture.score.outcomes import outcomes
from conjuncture.score.scores import Scored, score_cells

Array = npt.NDArray[np.float64]

LEVEL = 0.05
"""Chance that a switch without any effect is said to change something, over all measures."""

PLAIN = frozenset({"member", "year", "bound", "territory"})
"""Dimensions of the variables whose means are compared beside the main measures."""

MEASURES = frozenset({"level", "growth", "brier"})
"""Scores that are compared; the log score says the same of events, with more noise."""


@dataclass(frozen=True)
class Change:
    """A difference: the run with the mechanism off, less the run with it.

    Attributes
    ----------
    name : str
        The score or the outcome.
    kind : str
        ``score`` (more is worse: the mechanism helped) or ``outcome``.
    base : float
        In the run with the mechanism.
    change, error : float
        Difference and its Monte Carlo error.
    """

    name: str
    kind: str
    base: float
    change: float
    error: float

    def beyond(self, threshold: float) -> bool:
        """Return whether it lies beyond so many errors."""
        return bool(abs(self.change) > max(threshold * self.error, 1e-12 * abs(self.base)))


@dataclass(frozen=True)
class Ablation:
    """A mechanism, what its switch changes, and the verdict.

    Attributes
    ----------
    mechanism, label : str
    changes : tuple of Change
    bits : bool
        Whether any figure of the history differs at all.
    threshold : float
        Errors beyond which a difference counts: Student's quantile for the members at
        :data:`LEVEL`, shared between the measures.
    elsewhere : tuple of str
        Other variables whose mean over years and territories changes so.
    failure : str
        Why the run does not go without the mechanism; empty where it does.
    """

    mechanism: str
    label: str
    changes: tuple[Change, ...]
    bits: bool
    threshold: float
    elsewhere: tuple[str, ...] = ()
    failure: str = ""

    @property
    def found(self) -> tuple[Change, ...]:
        """The changes beyond Monte Carlo error, the surest first."""
        beyond = [c for c in self.changes if c.beyond(self.threshold)]
        return tuple(sorted(beyond, key=_sureness, reverse=True))

    @property
    def verdict(self) -> str:
        """What the switch changes, in words."""
        if self.failure:
            return f"the run does not go without it: {self.failure}"
        if not self.bits:
            return "changes no figure"
        if not self.found:
            return "changes nothing beyond Monte Carlo error" + (
                f" but {', '.join(self.elsewhere[:3])}" if self.elsewhere else ""
            )
        return "changes " + "; ".join(c.name for c in self.found[:3])

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "mechanism": self.mechanism,
            "label": self.label,
            "verdict": self.verdict,
            "elsewhere": list(self.elsewhere),
            "failure": self.failure,
            "changes": [vars(change) for change in self.changes],
        }


def _sureness(change: Change) -> float:
    return abs(change.change) / change.error if change.error > 0 else np.inf


def ablate(
    order: Order,
    *,
    only: Sequence[str] | None = None,
    record: Sequence[RecordFile] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Ablation]:
    """Switch off every mechanism of an order's theory that has a switch, one at a time.

    Parameters
    ----------
    order : Order
        Its members (at least 3) are those of every run.
    only : sequence of str, optional
        Some of the mechanisms.
    record : sequence of RecordFile, optional
        What to judge by; :func:`conjuncture.score.judged.judged` by default.
    workers : int
        Processes; the result does not depend on it.
    progress : callable, optional

    Returns
    -------
    list of Ablation
        In the order of the theory's mechanisms.

    Raises
    ------
    InputError
        If a name of ``only`` is no mechanism of the theory with a switch.
    """
    spec = order.spec()
    switchable = [n for n in spec.theory.mechanisms if mechanisms()[n].off is not None]
    chosen = switchable if only is None else list(only)
    for name in chosen:
        replace(spec, off=spec.off | {name}).check()
    titles = {name: mechanisms()[name].label for name in chosen}
    arms = [Arm("with", "with", spec)]
    arms += [Arm(f"off:{n}", t, replace(spec, off=spec.off | {n})) for n, t in titles.items()]
    base, *others = all_measured(arms, order, record, workers, progress)
    with_it = whole(base)
    return [
        compare(with_it, other, name, titles[name])
        if isinstance(other, Measured)
        else Ablation(name, titles[name], (), True, float("nan"), failure=str(other))
        for name, other in zip(titles, others, strict=True)
    ]


def whole(found: Measured | ConjunctureError) -> Measured:
    """Return a measured run; the run that others are compared with must go."""
    if isinstance(found, ConjunctureError):
        raise found
    return found


def all_measured(
    arms: Sequence[Arm],
    order: Order,
    record: Sequence[RecordFile] | None,
    workers: int,
    progress: Progress | None,
) -> Iterator[Measured | ConjunctureError]:
    """Measure runs one by one, or in processes of their own; none keeps its history.

    A run that comes to a state that its mechanisms refuse gives the refusal.
    """
    if workers <= 1:
        yield from (measured(arm, order, record, progress) for arm in arms)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(arms)), context) as pool:
        futures = [pool.submit(measured, arm, order, record) for arm in arms]
        for arm, future in zip(arms, futures, strict=True):
            yield future.result()
            if progress is not None:
                progress(arm.name, order.members * len(arm.spec.years))


def compare_histories(
    base: xr.Dataset,
    other: xr.Dataset,
    name: str,
    label: str = "",
    record: Sequence[RecordFile] | None = None,
) -> Ablation:
    """Compare two runs on the same draws, the second with a mechanism off."""
    return compare(Measured.of(base, record), Measured.of(other, record), name, label or name)


@dataclass(frozen=True)
class Measured:
    """What is kept of a run: its scores, its outcomes, and a trace of every variable.

    Attributes
    ----------
    members : int
    scores : dict
        By file of the record and measure.
    outcomes : dict of arrays (members,)
    means : dict of arrays (members,)
        Mean over years and territories of each variable of territories.
    bits : dict of str
        Checksum of each variable.
    """

    members: int
    scores: dict[tuple[str, str], Scored]
    outcomes: dict[str, Array]
    means: dict[str, Array]
    bits: dict[str, str]

    @classmethod
    def of(cls, history: xr.Dataset, record: Sequence[RecordFile] | None) -> Measured:
        """Measure a history."""
        numbers = {
            str(key): values
            for key, values in history.data_vars.items()
            if values.dtype.kind == "f" and key != "parameter_value"
        }
        plain = {
            key: values
            for key, values in numbers.items()
            if {"member", "territory"} <= set(values.dims) <= PLAIN
        }
        return cls(
            history.sizes["member"],
            {
                (s.item.id, s.measure): s if s.item.form == "series" else _condensed(s)
                for s in score_cells(history, record)
                if s.measure in MEASURES
            },
            outcomes(history),
            {
                key: values.mean([d for d in values.dims if d != "member"]).to_numpy()
                for key, values in plain.items()
            },
            {key: _checksum(values.to_numpy()) for key, values in numbers.items()},
        )


def _condensed(scored: Scored) -> Scored:
    """Return a score as one cell: two runs from one start are asked about the same events."""
    cells = scored.cells
    one = Cells(
        cells.values.mean(axis=1, keepdims=True),
        cells.observed.mean(keepdims=True),
        np.zeros(1, dtype=int),
        np.array(["all"]),
        np.array([""]),
    )
    score, without = scored.score.mean(keepdims=True), scored.without.mean(axis=1, keepdims=True)
    return Scored(scored.item, scored.measure, one, score, without, {})


def _checksum(values: Array) -> str:
    return hashlib.sha256(np.ascontiguousarray(values + 0.0).tobytes()).hexdigest()


def measured(
    arm: Arm,
    order: Order,
    record: Sequence[RecordFile] | None = None,
    progress: Progress | None = None,
) -> Measured | ConjunctureError:
    """Run an arm over all members of an order and measure it, or return why it does not go."""
    try:
        (history,) = run_arms([arm], order, progress=progress)
    except ConjunctureError as error:
        return error
    return Measured.of(history, record)


def compare(base: Measured, other: Measured, name: str, label: str) -> Ablation:
    """Compare two measured runs."""
    names = file_names([scored.item for scored in base.scores.values()])
    changes = [
        _of_score(f"{names[mine.item.id]} ({mine.measure})", mine, other.scores[key])
        for key, mine in base.scores.items()
        if key in other.scores
    ]
    changes += [
        _of_outcome(key, values, other.outcomes[key])
        for key, values in base.outcomes.items()
        if key in other.outcomes
    ]
    shared = base.bits.keys() & other.bits.keys()
    return Ablation(
        name,
        label,
        tuple(changes),
        any(base.bits[key] != other.bits[key] for key in shared),
        _threshold(base.members, len(changes)),
        _elsewhere(base, other),
    )


def file_names(files: Sequence[RecordFile]) -> dict[str, str]:
    """Return the variable of each file, or its id where another has the variable too."""
    variables = {item.id: item.variable for item in files}
    often = Counter(variables.values())
    return {name: v if often[v] == 1 else name for name, v in variables.items()}


def _threshold(members: int, measures: int) -> float:
    return float(stdtrit(members - 1, 1 - LEVEL / 2 / max(measures, 1)))


def _elsewhere(base: Measured, other: Measured) -> tuple[str, ...]:
    """Return the variables whose mean over years and territories changes beyond error."""
    shared = [key for key in base.means if key in other.means]
    threshold = _threshold(base.members, len(shared))
    found = []
    for key in shared:
        change = _of_outcome(key, base.means[key], other.means[key])
        if change.beyond(threshold):
            found.append((_sureness(change), key))
    return tuple(key for _, key in sorted(found, reverse=True))


def _of_score(name: str, base: Scored, other: Scored) -> Change:
    """Compare mean scores on the cells that both runs have."""
    mine, theirs = _shared(base, other)
    change = other.score[theirs].mean() - base.score[mine].mean()
    without = other.without[:, theirs].mean(axis=1) - base.without[:, mine].mean(axis=1)
    return Change(
        name, "score", float(base.score[mine].mean()), float(change), float(jackknife(without))
    )


def _shared(base: Scored, other: Scored) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    same = (
        len(base.cells) == len(other.cells)
        and bool((base.cells.places == other.cells.places).all())
        and bool((base.cells.years == other.cells.years).all())
    )
    if same:
        everything = np.arange(len(base.cells))
        return everything, everything
    _, mine, theirs = np.intersect1d(_names(base), _names(other), return_indices=True)
    return mine, theirs


def _names(scored: Scored) -> npt.NDArray[np.str_]:
    years = scored.cells.years.astype(str)
    return np.char.add(np.char.add(scored.cells.places, "@"), years)


def _of_outcome(name: str, base: Array, other: Array) -> Change:
    difference = other - base
    error = difference.std(ddof=1) / np.sqrt(len(difference)) if len(difference) > 1 else np.nan
    return Change(
        name, "outcome", float(base.mean()), float(difference.mean()), float(np.nan_to_num(error))
    )
