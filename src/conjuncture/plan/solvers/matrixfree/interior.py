"""An interior point method for large sparse plans; its formulas: docs/design/first-order.md."""

from __future__ import annotations

import time

import numpy as np
from scipy.linalg import LinAlgError

from conjuncture import __version__
from conjuncture.accounts.table import Array
from conjuncture.plan.programme.model import Model
from conjuncture.plan.programme.outcome import Outcome, certify, refutes
from conjuncture.plan.solvers.matrixfree.leontief import Leontief
from conjuncture.plan.solvers.matrixfree.system import ThinSystem
from conjuncture.plan.solvers.solving import Solving
from conjuncture.plan.solvers.structured.interior import unsuitable as unfit
from conjuncture.plan.solvers.structured.iterate import Iterate, Programme
from conjuncture.plan.solvers.structured.kernels import Threads, threads_for

NAME = f"Conjuncture {__version__} matrix-free interior point"

_DISTANCE = 0.1
"""Distance of the first point from a limit (base-year amounts)."""
_OPENING_GAP = 4.0
"""Sum of all products of slack and price at the first point, relative to the aim."""
_LAST_GAP = 0.1
"""The same for the last point, relative to the tolerance as well: nearer to the limits the
Newton system loses more accuracy than the plan gains."""
_REFINEMENTS = 4
_ITERATIONS = 150
_SHORT, _PATIENCE = 1e-3, 10
"""So many steps in a row shorter than this mean that no plan is in sight."""
_STALLED = 15
"""So many steps that do not halve the worst residual mean the same."""
_SHARED = 20_000
"""Plans of fewer products are solved on one thread, since handing work over costs more."""
_STATE = ("w", "sl", "su", "zl", "zu", "prices")


def unsuitable(model: Model) -> str:
    """Return why the method does not fit a model; empty if it does."""
    reason = unfit(model)
    if reason.startswith("restoration takes"):
        reason = ""  # restorations of any length stay within a sector
    return reason


class Point(Iterate):
    """A point inside all limits that starts where the base year goes on."""

    def __init__(
        self, model: Model, programme: Programme, system: ThinSystem, tolerance: float
    ) -> None:
        self.p, self.system = programme, system  # type: ignore[assignment]
        self.n = programme.columns.size
        self.has_low, self.has_high = np.isfinite(programme.low), np.isfinite(programme.high)
        self.count = max(1, int(self.has_low.sum() + self.has_high.sum()))
        y = self._moved(base_year(model)[programme.columns], slice(0, self.n))
        amounts = system.amounts(y)[programme.loose]
        self.w = np.concatenate([y, self._moved(amounts, slice(self.n, None))])
        self.sl = np.where(self.has_low, self.w - programme.low, 1.0)
        self.su = np.where(self.has_high, programme.high - self.w, 1.0)
        aim = float(model.cost.sum())
        product = _OPENING_GAP * max(aim, 1.0) / self.count
        self.least = _LAST_GAP * tolerance * max(aim, 1.0) / self.count
        self.zl = np.where(self.has_low, product / self.sl, 0.0)
        self.zu = np.where(self.has_high, product / self.su, 0.0)
        self.prices = np.zeros(programme.rows.size)
        self.prices[programme.loose] = (self.zl - self.zu)[self.n :]
        self.measure()

    def _moved(self, x: Array, part: slice) -> Array:
        """Move amounts inside their limits, to the middle of two."""
        low, high = self.p.low[part], self.p.high[part]
        both = self.has_low[part] & self.has_high[part]
        middle = np.where(both, low, 0.0) + 0.5 * np.where(both, high - low, 0.0)
        return np.where(both, middle, np.clip(x, low + _DISTANCE, high - _DISTANCE))

    def _eliminate(self, columns: Array, rows: Array) -> None:
        """Factor the preconditioner, which has no links to leave out."""
        self.system.factor(columns, rows)

    def _solve(self, xi: Array, r: Array, refinements: int) -> tuple[Array, Array]:
        """Solve the Newton system as exactly as this step needs it."""
        system, scale = self.system, self.product * self.count
        y, prices = system.solve(xi, r)
        before = np.inf
        for _ in range(min(refinements, _REFINEMENTS)):
            left = xi - self.theta[: self.n] * y + system.worths(prices)
            right = r - system.amounts(y) - self.slack * prices
            price_error = np.abs(left).max(initial=0.0)
            amount_error = np.abs(right).max(initial=0.0)
            allowed = 0.01 * max(self.primal, 0.1 * min(scale, 1.0))
            error = max(price_error / (0.01 * self.product), amount_error / allowed)
            if error <= 1.0 or error > 0.5 * before:
                break
            before = error
            more, more_prices = system.solve(left, right)
            y, prices = y + more, prices + more_prices
        return y, prices


def base_year(model: Model) -> Array:
    """Return the columns of a plan in which the base year goes on (scaled amounts)."""
    p, columns = model.problem, model.columns
    y = np.ones(columns.size)
    of = columns.blocks["building"].label
    if of.size:
        stock = model.column_scale[columns["building"]]
        built = p.works.mean(axis=0) if p.works.size else p.depreciation * p.capital
        y[columns["building"]] = built[of] / stock
        y[columns["capital"]] = (p.capital[of[0]] / stock[0])[None, :]
        y[columns["outlay"]] = built[of[0]].sum() / model.column_scale[columns["outlay"]]
    y[columns["reserves"]] = p.reserves / model.column_scale[columns["reserves"]]
    return np.clip(y, model.lower, model.upper)


def matrix_free(model: Model, solving: Solving, threads: int | None = None) -> Outcome:
    """Solve a plan by the matrix-free interior point method.

    Parameters
    ----------
    model : Model
    solving : Solving
        Tolerance, progress, stop and checkpoint.
    threads : int, optional
        Threads for products with the matrix; by default as many as there are processors,
        four at most, and one for small plans. The result is the same to the bit.

    Returns
    -------
    Outcome
        Status ``optimal`` only with all residuals and the relative gap at the
        tolerance at most; ``infeasible`` only with prices that refute every plan;
        ``stopped``; else ``failed``, for the reason that ``method`` states.
    """
    started = time.perf_counter()
    reason = unsuitable(model)
    if reason:
        return _ended(model, "failed", reason, started, 0)
    with Threads(threads_for(threads, model.problem.size, _SHARED)) as shared:
        leontief = Leontief(model, shared)
        if not leontief.fits:
            return _ended(model, "failed", "coefficients change over the years", started, 0)
        programme = _programme(model)
        system = ThinSystem(model, programme.columns, programme.rows, leontief)
        point = Point(model, programme, system, solving.tolerance)
        steps = _resumed(point, solving)
        status, reason, steps = _run(model, point, solving, steps)
    if status != "optimal":
        return _ended(model, status, reason, started, steps)
    values = programme.known.copy()
    values[programme.columns] = point.w[: point.n]
    prices = _row_prices(model, point)
    outcome = Outcome(
        status="optimal",
        method=f"{NAME}, tolerance {solving.tolerance:.0e}",
        seconds=time.perf_counter() - started,
        iterations=steps,
        values=values,
        row_duals=prices,
        column_duals=model.cost - model.parts.worths(prices),
        tolerance=solving.tolerance,
    )
    worst = certify(model, outcome).worst
    if not worst <= 2.0 * solving.tolerance:
        return _ended(model, "failed", f"the certificate shows {worst:.1e}", started, steps)
    return outcome


def _row_prices(model: Model, point: Iterate) -> Array:
    prices = np.zeros(model.rows.size)
    prices[point.p.rows] = -point.prices
    return prices


def _resumed(point: Point, solving: Solving) -> int:
    """Take the state from a checkpoint, if there is one; return the steps made."""
    state = solving.load("matrix_free")
    if state is None:
        return 0
    for name in _STATE:
        setattr(point, name, state[name])
    point.measure()
    return int(state["steps"])


def _run(model: Model, point: Point, solving: Solving, steps: int) -> tuple[str, str, int]:
    """Step until the tolerance; return status, reason and steps."""
    short, mark, marked = 0, point.worst, steps
    while point.worst > solving.tolerance:
        if solving.stopped():
            _save(point, solving, steps)
            return "stopped", f"stopped at a gap of {point.gap:.1e}", steps
        length, reason = _step(point)
        if reason or steps >= _ITERATIONS:
            return "failed", reason or "no convergence", steps
        steps += 1
        solving.report(steps, point.primal, point.dual, point.gap)
        if solving.due():
            _save(point, solving, steps)
        if point.primal > solving.tolerance and refutes(model, _row_prices(model, point)):
            return "infeasible", "its prices refute every plan", steps
        short = short + 1 if length < _SHORT else 0
        if point.worst < 0.5 * mark:
            mark, marked = point.worst, steps
        if short == _PATIENCE or steps - marked == _STALLED:
            return "failed", "no plan in sight", steps
    _save(point, solving, steps)
    return "optimal", "", steps


def _step(point: Point) -> tuple[float, str]:
    """Take a step; return its length, and why it failed (empty if it did not)."""
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            length = point.advance()
    except (LinAlgError, np.linalg.LinAlgError):
        return 0.0, "the Newton system is singular"
    return length, "" if np.isfinite(point.worst) else "the steps grow without limit"


def _save(point: Point, solving: Solving, steps: int) -> None:
    state = {name: getattr(point, name) for name in _STATE}
    solving.save("matrix_free", {**state, "steps": np.asarray(steps)})


def _ended(model: Model, status: str, reason: str, started: float, count: int) -> Outcome:
    seconds = time.perf_counter() - started
    return Outcome.without_plan(model, status, f"{NAME} ({reason})", seconds, count)


def _programme(model: Model) -> Programme:
    """Take out fixed columns and rows without limits."""
    free = model.lower < model.upper
    known = np.where(free, 0.0, model.lower)
    used = np.isfinite(model.row_lower) | np.isfinite(model.row_upper)
    columns, rows = np.flatnonzero(free), np.flatnonzero(used)
    moved = model.parts.amounts(known)[rows]
    low, high = model.row_lower[rows] - moved, model.row_upper[rows] - moved
    equal = model.row_lower[rows] == model.row_upper[rows]
    loose = np.flatnonzero(~equal)
    return Programme(
        columns=columns,
        rows=rows,
        known=known,
        settled=[],
        f=-model.cost[columns],
        b=np.where(equal, low, 0.0),
        loose=loose,
        low=np.concatenate([model.lower[columns], low[loose]]),
        high=np.concatenate([model.upper[columns], high[loose]]),
    )
