"""An interior point method for plans that follows their order in time.

The method in symbols, and what it was measured to do, is in ``docs/design/solver.md``.
"""

from __future__ import annotations

import time

import numpy as np
from scipy.linalg import LinAlgError
from scipy.sparse import csr_array

from conjuncture import __version__
from conjuncture.accounts.table import Array
from conjuncture.plan.programme.model import Model
from conjuncture.plan.programme.outcome import Outcome, certify
from conjuncture.plan.solvers.solving import Solving
from conjuncture.plan.solvers.structured.iterate import Iterate, Programme
from conjuncture.plan.solvers.structured.kernels import Threads, threads_for
from conjuncture.plan.solvers.structured.staircase import Staircase

NAME = f"Conjuncture {__version__} structured interior point"

_TARGET = 1e-10
"""Residuals and relative gap at which the method stops."""
_PRODUCT = 1e-15
"""Mean product of slack and price at which it stops: what lies at a limit then shows it."""
_ACCEPTED = 1e-8
"""The largest of these with which a plan is accepted where no further step helps."""
_ITERATIONS = 100
_TRIES = 3
"""So many steps that do not improve an acceptable point end the search."""
_SHORT = 1e-3
_PATIENCE = 10
"""So many steps in a row shorter than this mean that no plan is in sight."""
_SHARED = 100
"""Plans of fewer sectors are solved on one thread, since handing work over costs more."""
_STALLED = 25
"""So many steps that do not halve the worst residual mean the same."""
_COLUMNS = {"level", "building", "capital", "damaged", "restoration"}
_COLUMNS |= {"output", "outlay", "exports", "imports", "reserves"}
_ROWS = {"product", "outlay", "accumulation", "capacity", "labour", "trade", "floor", "rise"}
_ROWS |= {"fall", "contraction", "expansion", "terminal", "decay", "restorable"}


def unsuitable(model: Model) -> str:
    """Return why the method does not fit a model; empty if it does."""
    if set(model.columns.blocks) - _COLUMNS:
        return "the programme has columns beside those of a plan"
    if set(model.rows.blocks) - _ROWS or model.parts.shape[0] != model.rows.size:
        return "the programme has rows beside those of a plan"
    if model.problem.composition.shape[1] > 1:
        return "outlays are composed by sector"
    if model.columns["damaged"].size and model.problem.settings.restoration_lag > 2:
        return "restoration takes more than two years"
    return ""


def interior(model: Model, solving: Solving | None = None, threads: int | None = None) -> Outcome:
    """Solve a plan by the structured interior point method.

    Parameters
    ----------
    model : Model
    solving : Solving, optional
        Whom to tell of the progress, and who may stop it.
    threads : int, optional
        Threads for the work of the years; by default as many as there are processors,
        four at most, and one for small plans. The result is the same to the bit.

    Returns
    -------
    Outcome
        Status ``optimal`` only with all residuals and the relative gap at 1e-8 at
        most (1e-10 is aimed at); else ``failed``, whatever the reason, which
        ``method`` states. Prices follow from the interior of the optimal face and
        there is no basis: where a plan is degenerate they are those of its centre.

    Notes
    -----
    S. Mehrotra (1992), On the implementation of a primal-dual interior point
    method, SIAM Journal on Optimization 2.
    """
    started = time.perf_counter()
    reason = unsuitable(model)
    if reason:
        return _ended(model, "failed", reason, started, 0)
    programme = _programme(model)
    with Threads(threads_for(threads, model.problem.size, _SHARED)) as shared:
        system = Staircase(model, programme.columns, programme.rows, shared)
        point = Iterate(programme, system)
        reason, count = _run(point, solving or Solving(model))
    if reason:
        status = "stopped" if reason == "stopped" else "failed"
        return _ended(model, status, reason, started, count)
    values, prices = _result(model, programme, point)
    outcome = Outcome(
        status="optimal",
        method=NAME,
        seconds=time.perf_counter() - started,
        iterations=count,
        values=values,
        row_duals=prices,
        column_duals=model.cost - model.parts.worths(prices),
    )
    worst = certify(model, outcome).worst
    if not worst <= 10.0 * _ACCEPTED:
        return _ended(model, "failed", f"the certificate shows {worst:.1e}", started, count)
    return outcome


def _run(point: Iterate, solving: Solving) -> tuple[str, int]:
    """Step until the target; return why that failed (empty if not) and the steps."""
    short, worse, reason, steps = 0, 0, "no convergence", 0
    best, kept = point.worst, (point.w.copy(), point.prices.copy())
    mark, marked = best, 0
    while steps < _ITERATIONS:
        if solving.stopped():
            return "stopped", steps
        steps += 1
        try:
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                length = point.advance()
        except LinAlgError:
            reason = "the Newton system is singular"
            break
        solving.report(steps, point.primal, point.dual, point.gap)
        if not np.isfinite(point.worst):
            reason = "the steps grow without limit"
            break
        if point.worst < max(best, _TARGET):
            best, kept = point.worst, (point.w.copy(), point.prices.copy())
        elif best <= _ACCEPTED:
            worse += 1
        if (best <= _TARGET and (worse or point.product <= _PRODUCT)) or worse == _TRIES:
            break
        short = short + 1 if length < _SHORT else 0
        if best < 0.5 * mark:
            mark, marked = best, steps
        if short == _PATIENCE or steps - marked == _STALLED:
            reason = "no plan in sight"
            break
    point.w, point.prices = kept
    return ("" if best <= _ACCEPTED else reason), steps


def _ended(model: Model, status: str, reason: str, started: float, count: int) -> Outcome:
    seconds = time.perf_counter() - started
    return Outcome.without_plan(model, status, f"{NAME} ({reason})", seconds, count)


def _programme(model: Model) -> Programme:
    """Take out fixed columns, and the stocks that follow from works begun before."""
    a = csr_array(model.matrix)
    free = model.lower < model.upper
    known = np.where(free, 0.0, model.lower)
    used = np.isfinite(model.row_lower) | np.isfinite(model.row_upper)
    settled: list[tuple[int, int]] = []
    for row in model.rows["accumulation"].ravel().tolist():
        part = slice(a.indptr[row], a.indptr[row + 1])
        columns, data = a.indices[part], a.data[part]
        unknown = np.flatnonzero(free[columns])
        if unknown.size != 1:
            continue
        column = int(columns[unknown[0]])
        amount = (model.row_lower[row] - data @ known[columns]) / data[unknown[0]]
        if model.lower[column] < amount < model.upper[column]:
            known[column], free[column], used[row] = amount, False, False
            settled.append((row, column))
    columns, rows = np.flatnonzero(free), np.flatnonzero(used)
    moved = (a @ known)[rows]
    low, high = model.row_lower[rows] - moved, model.row_upper[rows] - moved
    equal = model.row_lower[rows] == model.row_upper[rows]
    loose = np.flatnonzero(~equal)
    return Programme(
        columns=columns,
        rows=rows,
        known=known,
        settled=settled,
        f=-model.cost[columns],
        b=np.where(equal, low, 0.0),
        loose=loose,
        low=np.concatenate([model.lower[columns], low[loose]]),
        high=np.concatenate([model.upper[columns], high[loose]]),
    )


def _result(model: Model, programme: Programme, point: Iterate) -> tuple[Array, Array]:
    """Return amounts and prices of the whole model."""
    values = programme.known.copy()
    values[programme.columns] = point.w[: point.n]
    prices = np.zeros(model.rows.size)
    prices[programme.rows] = -point.prices
    a = model.matrix
    for row, column in reversed(programme.settled):  # the column's own price is zero
        part = slice(a.indptr[column], a.indptr[column + 1])
        rows, data = a.indices[part], a.data[part]
        own = float(data[rows == row][0])
        prices[row] = 0.0
        prices[row] = (model.cost[column] - data @ prices[rows]) / own
    return values, prices
