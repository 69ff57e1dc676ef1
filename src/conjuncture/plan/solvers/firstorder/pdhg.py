"""Restarted, reflected Halpern primal-dual hybrid gradients; see docs/design/first-order.md."""

from __future__ import annotations

import dataclasses
import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array, diags_array

from conjuncture import __version__
from conjuncture.accounts.table import Array
from conjuncture.plan.programme.model import Model
from conjuncture.plan.programme.outcome import Outcome, certify, refutes
from conjuncture.plan.solvers.firstorder.backend import Backend, backend
from conjuncture.plan.solvers.matrixfree.interior import base_year
from conjuncture.plan.solvers.solving import Solving

NAME = f"Conjuncture {__version__} first-order method (PDHG)"

ITERATIONS = 200_000
_RUIZ = 10
_CHECK, _MEASURE = 20, 100
"""Steps between looks at the fixed-point error, and at residuals and gap."""
_SUFFICIENT, _NECESSARY, _LONG = 0.2, 0.8, 0.36
"""Restart rules of Lu and Yang (2024)."""
_PROPORTIONAL, _INTEGRAL = 0.99, 0.01
"""Gains of the controller of the primal weight, from the same."""


@dataclass
class Scaled:
    """A programme scaled by rows and columns: the least ``cost @ x``."""

    matrix: csr_array
    rows: Array
    columns: Array


def scaled(model: Model) -> Scaled:
    """Scale rows and columns after Ruiz (2001), then after Pock and Chambolle (2011)."""
    k = csr_array(model.matrix, copy=True)
    rows, columns = np.ones(k.shape[0]), np.ones(k.shape[1])
    for step in range(_RUIZ + 1):
        size = abs(k)
        if step < _RUIZ:
            by_row = np.asarray(size.max(axis=1).toarray()).ravel()
            by_column = np.asarray(size.max(axis=0).toarray()).ravel()
        else:
            by_row, by_column = np.asarray(size.sum(axis=1)), np.asarray(size.sum(axis=0))
        r = 1.0 / np.sqrt(np.where(by_row > 0, by_row, 1.0))
        c = 1.0 / np.sqrt(np.where(by_column > 0, by_column, 1.0))
        k = csr_array(diags_array(r) @ k @ diags_array(c))
        rows, columns = rows * r, columns * c
    return Scaled(k, rows, columns)


class Gradients:
    """The iteration and its state.

    Attributes
    ----------
    x, y : array
        Columns, and prices of the rows, both scaled.
    xa, ya : array
        The anchor: where the iteration was last restarted.
    weight : float
        Primal weight.
    """

    state = ("x", "y", "xa", "ya")

    def __init__(self, model: Model, device: Backend) -> None:
        xp, form = device.xp, scaled(model)
        self.device, self.xp = device, xp
        self.k, self.kt = device.matrix(form.matrix), device.matrix(form.matrix.T)
        self.rows, self.columns = device.array(form.rows), device.array(form.columns)
        self.cost = -device.array(model.cost) * self.columns
        self.low, self.high = (device.array(a) / self.columns for a in (model.lower, model.upper))
        self.row_low = device.array(model.row_lower) * self.rows
        self.row_high = device.array(model.row_upper) * self.rows
        self.step = 0.998 / self._norm()
        self.x = device.array(base_year(model)) / self.columns
        self.y = xp.zeros(self.rows.size)
        limits = xp.stack([self.row_low, self.row_high])
        limits = xp.abs(xp.where(xp.isfinite(limits), limits, 0.0)).max(axis=0)
        size = float(xp.linalg.norm(limits))
        self.weight = float(xp.linalg.norm(self.cost)) / size if size > 0 else 1.0
        self.xa, self.ya = self.x.copy(), self.y.copy()
        self.inner, self.total, self.drift = 0, 0, 0.0
        self.first = self.last = math.inf

    def _norm(self) -> float:
        """Largest singular value of the scaled matrix, by power iteration."""
        v = self.device.array(np.random.default_rng(0).standard_normal(self.columns.size))
        size = 1.0
        for _ in range(60):
            v = self.kt @ (self.k @ v)
            size = float(self.xp.linalg.norm(v))
            v = v / size
        return 1.01 * math.sqrt(size)

    def advance(self) -> tuple[Any, Any]:
        """Take one step; return the point before reflection, where residuals are read."""
        xp = self.xp
        tau, sigma = self.step / self.weight, self.step * self.weight
        x = xp.clip(self.x - tau * (self.cost + self.kt @ self.y), self.low, self.high)
        v = self.y + sigma * (self.k @ (2.0 * x - self.x))
        y = v - sigma * xp.clip(v / sigma, self.row_low, self.row_high)
        self.total += 1
        if self._restarts(x, y):
            self._restart(x, y)
        else:
            share = (self.inner + 1.0) / (self.inner + 2.0)
            self.x = share * (2.0 * x - self.x) + (1.0 - share) * self.xa
            self.y = share * (2.0 * y - self.y) + (1.0 - share) * self.ya
            self.inner += 1
        return x, y

    def _restarts(self, x: Any, y: Any) -> bool:
        """Whether the fixed-point error has fallen enough, or no longer falls."""
        if self.inner > 1 and self.inner % _CHECK:
            return False
        dx, dy = self.x - x, self.y - y
        error = self.weight * float(dx @ dx) + float(dy @ dy) / self.weight
        error = math.sqrt(max(0.0, error - 2.0 * self.step * float(dy @ (self.k @ dx))))
        if self.inner == 0:
            self.first = self.last = error
            return False
        last, self.last = self.last, error
        return (
            error <= _SUFFICIENT * self.first
            or (error <= _NECESSARY * self.first and error > last)
            or (self.inner > 50 and self.inner >= _LONG * self.total)
        )

    def _restart(self, x: Any, y: Any) -> None:
        """Begin anew from here, with a primal weight that balances both movements."""
        far = float(self.xp.linalg.norm(x - self.xa))
        near = float(self.xp.linalg.norm(y - self.ya))
        if far > 1e-16 and near > 1e-16:
            error = math.log(self.weight * far / near)
            self.drift += error
            self.weight *= math.exp(-(_PROPORTIONAL * error + _INTEGRAL * self.drift))
        self.x, self.y = x, y
        self.xa, self.ya = x.copy(), y.copy()
        self.inner = 0

    def measure(self, x: Any, y: Any) -> tuple[float, float, float]:
        """Primal residual, dual residual and gap, unscaled.

        The dual residual is the larger of two: the largest price without a limit to
        it, and the sum of all such prices, each times its amount (at least 1),
        relative to the aim: what they could be worth. Prices shrink as products
        become many, so that the first alone would say little.
        """
        xp = self.xp
        amounts, worth = (self.k @ x) / self.rows, (self.cost + self.kt @ y) / self.columns
        low, high = self.row_low / self.rows, self.row_high / self.rows
        primal = float(xp.maximum(xp.maximum(low - amounts, amounts - high), 0.0).max())
        aim, bound, wrong, most_wrong = -float(self.cost @ x), 0.0, 0.0, 0.0
        amount = xp.maximum(xp.abs(x * self.columns), 1.0)
        for price, least, most, size in (
            (y * self.rows, low, high, 1.0),
            (-worth, self.low * self.columns, self.high * self.columns, amount),
        ):
            limit = xp.where(price > 0, most, least)
            finite = xp.isfinite(limit)
            bound += float(xp.where(finite, price * xp.where(finite, limit, 0.0), 0.0).sum())
            stray = xp.where(finite, 0.0, xp.abs(price))
            wrong += float((stray * size).sum())
            most_wrong = max(most_wrong, float(stray.max()))
        scale = max(1.0, abs(aim))
        return primal, max(wrong / scale, most_wrong), abs(bound - aim) / scale

    def load(self, state: dict[str, Array]) -> None:
        """Take a saved state."""
        for name in self.state:
            setattr(self, name, self.device.array(state[name]))
        self.weight, self.drift, self.first, self.last = state["numbers"].tolist()
        self.inner, self.total = (int(n) for n in state["counts"])

    def saved(self) -> dict[str, Array]:
        """Return the whole state."""
        state = {name: self.device.host(getattr(self, name)) for name in self.state}
        numbers = np.array([self.weight, self.drift, self.first, self.last])
        return {**state, "numbers": numbers, "counts": np.array([self.inner, self.total])}


def first_order(model: Model, solving: Solving, device: Backend | None = None) -> Outcome:
    """Solve a plan by restarted Halpern PDHG.

    Parameters
    ----------
    model : Model
    solving : Solving
        Tolerance, progress, stop and checkpoint.
    device : Backend, optional
        NumPy by default.

    Returns
    -------
    Outcome
        ``optimal`` only with primal residual, dual residual and gap at the tolerance
        at most; ``infeasible`` only with prices that refute every plan; ``stopped``,
        or ``failed`` after too many steps.

    Notes
    -----
    H. Lu and J. Yang (2024), Restarted Halpern PDHG for linear programming,
    arXiv:2407.16144; D. Applegate et al. (2021), Practical large-scale linear
    programming using primal-dual hybrid gradient, NeurIPS 34.
    """
    started = time.perf_counter()
    point = Gradients(model, device or backend("cpu"))
    state = solving.load("first_order")
    if state is not None:
        point.load(state)
    status, x, y = _run(model, point, solving)
    usable = status == "optimal"
    nothing = np.full(model.columns.size, np.nan), np.full(model.rows.size, np.nan)
    values = point.device.host(x * point.columns) if usable else nothing[0]
    prices = point.device.host(y * point.rows) if usable else nothing[1]
    where = "" if point.device.name == "cpu" else f" on the {point.device.name}"
    outcome = Outcome(
        status=status,
        method=f"{NAME}{where}, tolerance {solving.tolerance:.0e}",
        seconds=time.perf_counter() - started,
        iterations=point.total,
        values=values,
        row_duals=prices,
        column_duals=model.cost - model.matrix.T @ prices,
        tolerance=solving.tolerance,
    )
    if usable and not certify(model, outcome).worst <= 2.0 * solving.tolerance:
        return dataclasses.replace(outcome, status="failed")
    return outcome


def _run(model: Model, point: Gradients, solving: Solving) -> tuple[str, Any, Any]:
    """Step until the tolerance; return status and point."""
    status, x, y = "failed", point.x, point.y
    while point.total < ITERATIONS:
        if point.total % _MEASURE == 0 and solving.stopped():
            status = "stopped"
            break
        x, y = point.advance()
        if point.total % _MEASURE:
            continue
        primal, dual, gap = point.measure(x, y)
        solving.report(point.total, primal, dual, gap)
        if solving.due():
            solving.save("first_order", point.saved())
        if max(primal, dual, gap) <= solving.tolerance:
            status = "optimal"
            break
        if primal > solving.tolerance and _refuted(model, point, y):
            status = "infeasible"
            break
    solving.save("first_order", point.saved())
    return status, x, y


def _refuted(model: Model, point: Gradients, y: Any) -> bool:
    """Whether the prices, or the way they have gone, refute every plan.

    D. Applegate et al. (2024), Infeasibility detection with primal-dual hybrid
    gradient for large-scale linear programming, SIAM Journal on Optimization 34.
    """
    host = point.device.host
    return any(refutes(model, host(v * point.rows)) for v in (y, y - point.ya))
