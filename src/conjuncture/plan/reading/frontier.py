"""The frontier between two aims: how much of one can be had for how much of the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from conjuncture.core.errors import Faults
from conjuncture.plan import aims as aims_of
from conjuncture.plan.aims import Aim
from conjuncture.plan.problem import Problem
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import Method, solve

_SAME = 1e-9


@dataclass(frozen=True)
class Frontier:
    """Plans that cannot do better in one aim without doing worse in the other.

    Attributes
    ----------
    points : DataFrame
        One row for each plan, from the best of the first aim to the best of the second:
        columns ``first`` and ``second`` (amounts, in their units) and ``exchange``: by how
        much the second improves for one unit of the first given up, at this point (units of
        the second per unit of the first; NaN at the first point, where nothing is given up).
    names : tuple of str
        Both aims.
    units : tuple of str
        Units of their amounts.
    least : tuple of bool
        Whether as little as can be is wanted.
    plans : tuple of Solution
        The plans, in the order of the rows.
    """

    points: pd.DataFrame
    names: tuple[str, str]
    units: tuple[str, str]
    least: tuple[bool, bool]
    plans: tuple[Solution, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the frontier as plain data; what is not a number becomes None."""
        rows = self.points.astype(object).where(self.points.notna(), None).to_dict("records")
        return {"names": list(self.names), "units": list(self.units), "points": rows}


def frontier(
    problem: Problem,
    first: Aim | Mapping[str, Any],
    second: Aim | Mapping[str, Any],
    *,
    points: int = 7,
    method: Method = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> Frontier:
    """Trace the frontier between two aims by giving up the first in equal steps.

    Each point is a plan of two levels: the first aim is held at its optimum less what is
    given up, and the second is then made as good as can be. The ends are the two
    lexicographic orders, so that every point is efficient.

    Parameters
    ----------
    problem : Problem
        Its own aims are set aside.
    first, second : Aim or mapping
        Two levels, as in ``Problem.aims``; their ``slack`` is set aside.
    points : int
        Number of plans, 3 at least.
    method : str
        As in :func:`conjuncture.plan.solve.solve`.
    progress : callable, optional
        Called with the number of plans solved, and of plans in all.

    Returns
    -------
    Frontier

    Raises
    ------
    InputError
        If the aims or the number of points are unusable.
    InfeasibleError
        If no plan meets the conditions.

    Notes
    -----
    The constraint method: Y. Haimes, L. Lasdon and D. Wismer (1971), On a bicriterion
    formulation of the problems of integrated system identification and system
    optimization, IEEE Transactions on Systems, Man, and Cybernetics 1: 296-297.
    """
    faults = Faults(problem.name)
    if isinstance(points, bool) or not isinstance(points, int) or points < 3:
        faults.add("is too few", "give 3 points or more", field="points", value=points)
    faults.raise_if_any()
    one, other = (aim.model_copy(update={"slack": 0.0}) for aim in aims_of.of([first, second]))

    def plan(levels: list[Aim]) -> Solution:
        return solve(problem.replace(aims=levels), method=method).require_optimal()

    best, worst = plan([one, other]), plan([other, one])
    top = best.earlier[0].value
    ends = (top, worst.aim)
    plans = [best]
    for k, given in enumerate(np.linspace(0.0, abs(ends[1] - ends[0]), points)[1:-1]):
        share = min(1.0, given / abs(top)) if top else 0.0
        plans.append(plan([one.model_copy(update={"slack": float(share)}), other]))
        if progress is not None:
            progress(k + 3, points)
    rows = [_point(each) for each in plans]
    rows.append((worst.aim, worst.earlier[0].value, _steepest(rows, worst, ends)))
    frame = pd.DataFrame(rows, columns=["first", "second", "exchange"])
    frame.loc[0, "exchange"] = np.nan
    goals = best.model.goals
    return Frontier(
        points=frame,
        names=(goals[0].name, goals[1].name),
        units=(goals[0].amount_unit, goals[1].amount_unit),
        least=(goals[0].least, goals[1].least),
        plans=(*plans, worst),
    )


def _point(plan: Solution) -> tuple[float, float, float]:
    """Return both amounts of a plan, and what a unit of the first is worth in the second."""
    model = plan.model
    first, second = model.goals
    held = int(model.rows["aim"].ravel()[0])
    price = -float(plan.outcome.row_duals[held]) * second.scale / first.scale
    return first.amount(plan.outcome.values), plan.aim, price + 0.0


def _steepest(
    rows: list[tuple[float, float, float]], worst: Solution, ends: tuple[float, float]
) -> float:
    """Return the exchange at the last point: over the step that leads to it."""
    step = abs(rows[-1][0] - worst.aim)
    if step <= _SAME * max(1.0, abs(ends[0])):
        return 0.0
    return abs(rows[-1][1] - worst.earlier[0].value) / step
