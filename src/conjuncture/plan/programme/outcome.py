"""What a solver returns, and the certificate that it is an optimum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.model import Model


@dataclass(frozen=True)
class Outcome:
    """Values and duals of the scaled programme.

    Attributes
    ----------
    status : str
        ``optimal``, ``infeasible``, ``unbounded``, ``stopped`` or ``failed``.
    method : str
        Solver, version and method.
    seconds : float
        Time of passing the arrays and solving.
    iterations : int
    values, column_duals : array, columns
    row_duals : array, rows
        Change of the scaled aim by one more unit on the right of a row; NaN
        like all values unless optimal.
    basis : object
        The solver's own basis, from which a plan of the same shape may start.
    tolerance : float
        Residuals and relative gap within which an iterative method calls a plan
        optimal; 0 for a method that ends at a vertex or at its own, finer one.
    """

    status: str
    method: str
    seconds: float
    iterations: int
    values: Array
    row_duals: Array
    column_duals: Array
    basis: Any = None
    tolerance: float = 0.0

    @classmethod
    def without_plan(
        cls, model: Model, status: str, method: str, seconds: float, iterations: int
    ) -> Outcome:
        """Return the outcome of a search that found no plan: all values are NaN."""
        columns, rows = np.full(model.columns.size, np.nan), np.full(model.rows.size, np.nan)
        return cls(status, method, seconds, iterations, columns, rows, columns.copy())


@dataclass(frozen=True)
class Certificate:
    """How far a plan is from a proven optimum, in the scaled programme.

    Attributes
    ----------
    primal_residual : float
        Largest violation of a limit, relative to base-year amounts.
    dual_residual : float
        Largest price of the wrong sign.
    gap : float
        Relative difference of the aim and its bound from the prices.
    """

    primal_residual: float
    dual_residual: float
    gap: float

    @property
    def worst(self) -> float:
        """The largest of the three."""
        return max(self.primal_residual, self.dual_residual, self.gap)


def certify(model: Model, outcome: Outcome) -> Certificate:
    """Compute the certificate from values and row prices alone.

    Reduced costs are computed afresh as ``cost - matrix' @ prices``; by weak
    duality the bound holds whatever the solver did (Dantzig 1963, Linear
    Programming and Extensions, ch. 6).
    """
    y, prices = outcome.values, outcome.row_duals
    activity = model.parts.amounts(y)
    reduced = model.cost - model.parts.worths(prices)
    primal = max(
        _violation(activity, model.row_lower, model.row_upper),
        _violation(y, model.lower, model.upper),
    )
    bound, wrong = 0.0, 0.0
    for price, low, high in (
        (prices, model.row_lower, model.row_upper),
        (reduced, model.lower, model.upper),
    ):
        limit = np.where(price > 0, high, low)
        finite = np.isfinite(limit)
        wrong = max(wrong, float(np.abs(price[~finite]).max(initial=0.0)))
        bound += float(price[finite] @ limit[finite])
    aim = float(model.cost @ y)
    return Certificate(primal, wrong, abs(bound - aim) / max(1.0, abs(aim)))


_AMPLE = 1000.0
"""No amount of a plan is thought to exceed so many times the base year."""


def refutes(model: Model, prices: Array) -> bool:
    """Whether row prices show that no plan exists (Farkas 1902).

    At prices that make every plan worth at most a negative sum, while any plan is
    worth nothing (the aim left out), there is none. Where a price without a limit to
    it has the wrong sign, amounts up to 1,000 times the base year are allowed for.
    """
    reduced = -model.parts.worths(prices)
    bound = 0.0
    for price, low, high in (
        (prices, model.row_lower, model.row_upper),
        (reduced, model.lower, model.upper),
    ):
        limit = np.where(price > 0, high, low)
        limit = np.where(np.isfinite(limit), limit, np.copysign(_AMPLE, price))
        bound += float(price @ limit)
    return bound < -1e-9 * float(np.abs(prices).sum())


def _violation(values: Array, low: Array, high: Array) -> float:
    return float(np.maximum(low - values, values - high).max(initial=0.0))
