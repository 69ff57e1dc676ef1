"""How many there are of a kind of labour, and how long they work: shared by conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions.part import reader
from conjuncture.plan.programme.layout import Index

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder


def hours(problem: Problem) -> Array:
    """Return what one unit of labour gives in a year, by kind (T x K; base year = 1).

    Shorter hours give less, save for what more output per hour recovers
    (:mod:`conjuncture.plan.conditions.overtime`).
    """
    found = np.ones((problem.periods, len(problem.labour_kinds)))
    for number, record in enumerate(problem.conditions.overtime):
        path = reader(problem, "overtime", number).years(record.hours, "hours")
        at = problem.labour_kinds.index(record.kind)
        found[:, at] = 1.0 - (1.0 - path) * (1.0 - record.recovered)
    return found


def arrived(builder: Builder, kind: str, lag: int = 0) -> Iterator[tuple[Index, Index, float]]:
    """Yield years, columns and amounts of the labour that moves bring to a kind or take from it.

    Parameters
    ----------
    builder : Builder
    kind : str
        Kind of labour.
    lag : int
        1 for what there is by the moves of earlier years alone.
    """
    blocks = builder.columns.blocks
    for at, move in enumerate(builder.p.conditions.moves):
        if move.source == kind:
            year, begun = np.tril_indices(builder.t, -lag)
            yield year, blocks["move"].index[begun, at], -1.0
        if move.target == kind:
            year = np.arange(lag, builder.t)
            yield year, blocks["moved"].index[year - lag, at], 1.0
