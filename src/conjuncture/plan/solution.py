"""The solution of a plan: amounts, balances, investment, and what limits it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, InfeasibleError, lookup
from conjuncture.plan import prices, report
from conjuncture.plan.conditions.scrapping import scrapped_by_sector
from conjuncture.plan.elastic import Relaxation
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import Model
from conjuncture.plan.programme.outcome import Certificate, Outcome, certify

PRICE_TOLERANCE = 1e-6
"""Shadow prices of a plan solved to a worse tolerance carry a note."""

REMEDIES = {
    "optimal": "",
    "infeasible": "no plan meets every condition; relax the conditions named",
    "unbounded": "nothing limits consumption: give labour, capital or consumption_band, and "
    "limits of imports",
    "stopped": "the solve was stopped before it ended; with a checkpoint it goes on from there",
    "failed": "the solver gave up: check the data for entries of very different size, or try "
    "method='ipm'",
}


@dataclass(frozen=True)
class Level:
    """A level of the aim as it was reached.

    Attributes
    ----------
    name : str
    value : float
        In ``unit``.
    unit, method : str
    certificate : Certificate
        Of the programme in which it was the aim.
    model : Model
    outcome : Outcome
        That programme, and its optimum with its prices.
    """

    name: str
    value: float
    unit: str
    method: str
    certificate: Certificate
    model: Model = field(repr=False)
    outcome: Outcome = field(repr=False)

    @classmethod
    def of(cls, model: Model, outcome: Outcome) -> Level:
        """Read the level that a model aims at."""
        goal = model.goals[model.level]
        value = goal.amount(outcome.values)
        proof = certify(model, outcome)
        return cls(goal.name, value, goal.amount_unit, outcome.method, proof, model, outcome)


@dataclass(frozen=True)
class Solution:
    """A plan: amounts in the table's money, years first, NaN unless optimal.

    Attributes
    ----------
    problem : Problem
    status : str
        ``optimal``, ``infeasible``, ``unbounded``, ``stopped`` or ``failed``; optimal
        within ``tolerance``.
    remedy : str
        What to do if it is not optimal.
    relaxations : tuple of Relaxation
        For an infeasible plan, the cheapest conditions to give up.
    aim : float
        Value of the aim, of its last level (by default money of discounted
        consumption); what is to be least is positive.
    output : array, T x N
        Gross output, by the table's own techniques where a plan has others (money/year).
    consumption_level : array, T
        Consumption relative to the bundle.
    building, restoration : array, T x N
        New capital begun, and damaged capital whose restoration is begun (money).
    exports, imports : array, T x N
        Trade (money/year).
    reserves : array, T
        Foreign reserves at the end of the year (money).
    capital : array, (T + g) x N
        Stock in use at the start of each year and of the g years after (money).
    damaged : array, T x N
        Damaged stock at the start of the year (money).
    method : str
        Solver and method.
    seconds, build_seconds : float
        Solver time and time to build the arrays.
    iterations : int
    earlier : tuple of Level
        The levels of the aim before the last, as they were reached.
    """

    problem: Problem
    status: str
    remedy: str
    relaxations: tuple[Relaxation, ...]
    aim: float
    output: Array
    consumption_level: Array
    building: Array
    restoration: Array
    exports: Array
    imports: Array
    reserves: Array
    capital: Array
    damaged: Array
    method: str
    seconds: float
    build_seconds: float
    iterations: int
    model: Model = field(repr=False)
    outcome: Outcome = field(repr=False)
    earlier: tuple[Level, ...] = ()

    @classmethod
    def of(
        cls,
        model: Model,
        outcome: Outcome,
        relaxations: Sequence[Relaxation] = (),
        build_seconds: float = 0.0,
        earlier: Sequence[Level] = (),
    ) -> Solution:
        """Read a solution from the outcome of a model."""
        p = model.problem
        amounts = outcome.values * model.column_scale
        wide = {
            name: _wide(model, amounts, name, p.size)
            for name in ("building", "restoration", "exports", "imports", "capital", "damaged")
        }
        remedy = REMEDIES[outcome.status]
        if relaxations:
            remedy += ": " + "; ".join(str(item) for item in relaxations[:5])
            if len(relaxations) > 5:
                remedy += f"; and {len(relaxations) - 5} more"
        return cls(
            problem=p,
            status=outcome.status,
            remedy=remedy,
            relaxations=tuple(relaxations),
            aim=model.goals[model.level].amount(outcome.values),
            output=_fixed(amounts[model.columns["output"]]),
            consumption_level=_fixed(amounts[model.columns["level"]]),
            reserves=_fixed(amounts[model.columns["reserves"]]),
            method=outcome.method,
            seconds=outcome.seconds,
            build_seconds=build_seconds,
            iterations=outcome.iterations,
            model=model,
            outcome=outcome,
            earlier=tuple(earlier),
            **wide,
        )

    def require_optimal(self) -> Solution:
        """Return the solution if it is optimal.

        Raises
        ------
        InfeasibleError
            If it is not, with the relaxations or the remedy as faults.
        """
        if self.status == "optimal":
            return self
        if self.relaxations:
            raise InfeasibleError(item.fault for item in self.relaxations)
        fault = Fault(f"the plan is {self.status}", self.remedy, self.problem.name, "status")
        raise InfeasibleError(fault)

    @property
    def tolerance(self) -> float:
        """Residuals and gap within which an iterative method calls the plan optimal.

        0 for a method that ends at a vertex or at its own, finer tolerance.
        """
        return self.outcome.tolerance

    @property
    def price_note(self) -> str:
        """Why shadow prices should not be published; empty where they may be."""
        if self.status != "optimal" or self.tolerance <= PRICE_TOLERANCE:
            return ""
        return (
            f"the plan is solved to {self.tolerance:.0e}: amounts and aim are close, but single "
            f"shadow prices may be far off; solve to {PRICE_TOLERANCE:.0e} before reading them"
        )

    # Amounts -------------------------------------------------------------------

    @cached_property
    def outlays(self) -> Array:
        """Outlays on building and restoration by sector of destination (T x N; money/year)."""
        p, rules = self.problem, self.problem.settings
        g, lag = rules.gestation, rules.restoration_lag
        total = np.zeros((p.periods, p.size))
        known = (p.capital_output > 0) & (p.output > 0)
        for h in range(g - 1):
            total[: h + 1] += np.where(known, p.works[h], 0.0) / g
        for h in range(min(g, p.periods)):
            total[h:] += self.building[: p.periods - h] / g
        for h in range(min(lag, p.periods)):
            total[h:] += rules.restoration_cost / lag * self.restoration[: p.periods - h]
        return total

    def _investment_goods(self) -> Array:
        """Products that outlays on capital take (T x N; money/year)."""
        composition = self.problem.composition
        if composition.shape[1] == 1:
            return np.asarray(self.outlays.sum(axis=1)[:, None] * composition[:, 0])
        return np.asarray(self.outlays @ composition.T)

    def balances(self) -> pd.DataFrame:
        """Return resources and uses of every product in every year (money/year).

        Returns
        -------
        DataFrame
            Rows (year, product); columns ``output, imports`` (resources),
            ``intermediate, consumption, public, military, inventories,
            investment, exports, unused`` (uses) and ``residual``: resources less
            uses, which differs from zero by rounding alone. ``unused`` is zero
            unless the setting ``disposal`` allows it. Conditions add columns of
            their own, resources before ``intermediate`` and uses after ``exports``.
        """
        p = self.problem
        parts = {
            "output": self.output,
            "imports": self.imports,
            "intermediate": (p.coefficients @ self.output.T).T,
            "consumption": self.consumption_level[:, None] * self.model.bundle,
            "public": p.public,
            "military": p.military,
            "inventories": p.inventories,
            "investment": p.investment_claims + self._investment_goods(),
            "exports": self.exports,
        }
        uses = sum(parts[name] for name in list(parts)[2:])
        brought, taken = report.conditions(self)
        left = parts["output"] + parts["imports"] - uses
        left = left + sum(brought.values()) - sum(taken.values())
        parts = {"output": parts.pop("output"), "imports": parts.pop("imports"), **brought, **parts}
        parts |= taken
        parts["unused"] = np.maximum(left, 0.0) if p.settings.disposal else np.zeros_like(left)
        parts["residual"] = left - parts["unused"]
        index = pd.MultiIndex.from_product([p.years, p.sectors], names=["year", "product"])
        return pd.DataFrame({name: part.ravel() for name, part in parts.items()}, index=index)

    def amounts(self, block: str) -> pd.DataFrame:
        """Return the amounts of a block of activities: a condition's, or one of the plan.

        Parameters
        ----------
        block : str
            ``output, exports, claim`` ...: a block of columns of the programme.

        Returns
        -------
        DataFrame
            Columns ``year, label, amount, unit``; years after the horizon are stocks.

        Raises
        ------
        InputError
            If the plan has no such block, with the nearest names.
        """
        found = lookup("block", block, self.model.columns.blocks, self.problem.name)
        index, label = found.index.ravel(), found.label.ravel().tolist()
        return pd.DataFrame(
            {
                "year": found.year.ravel() + self.problem.years[0],
                "label": [found.name(at) for at in label],
                "amount": self.outcome.values[index] * self.model.column_scale[index] + 0.0,
                "unit": [found.unit(at) for at in label],
            }
        )

    def activities(self) -> pd.DataFrame:
        """Return amounts of all that conditions add; see :func:`plan.report.activities`."""
        return report.activities(self)

    def investment(self) -> pd.DataFrame:
        """Return building by sector of destination.

        Returns
        -------
        DataFrame
            Rows (year, sector); columns ``capital`` in use and ``damaged`` at the
            start of the year, ``wear`` in the year, ``building`` and
            ``restoration`` begun, and ``outlay`` in the year (all money); ``scrapped``
            at the start of the year where the plan may scrap.
        """
        p = self.problem
        stock = self.capital[: p.periods]
        scrapped = scrapped_by_sector(self.model, self.outcome.values)
        parts = {
            "capital": stock,
            "damaged": self.damaged,
            "wear": (stock - scrapped) * p.depreciation,
            "building": self.building,
            "restoration": self.restoration,
            "outlay": self.outlays,
        }
        if p.conditions.scrapping:
            parts["scrapped"] = scrapped
        index = pd.MultiIndex.from_product([p.years, p.sectors], names=["year", "sector"])
        return pd.DataFrame({name: part.ravel() for name, part in parts.items()}, index=index)

    # What limits the plan ------------------------------------------------------

    @cached_property
    def certificate(self) -> Certificate:
        """Residuals and gap that show how near the plan is to a proven optimum."""
        return certify(self.model, self.outcome)

    def shadow_prices(self) -> pd.DataFrame:
        """Return every shadow price; see :func:`conjuncture.plan.prices.shadow_prices`."""
        return prices.shadow_prices(self.model, self.outcome)

    def bottlenecks(self, count: int | None = None) -> pd.DataFrame:
        """Return what limits the plan, the most valuable first.

        See :func:`conjuncture.plan.prices.bottlenecks`.
        """
        return prices.bottlenecks(self.model, self.outcome, count)

    def corners(self) -> list[str]:
        """Return, in words, every rule against implausible corners that binds."""
        return prices.corners(self.model, self.outcome)

    # Output --------------------------------------------------------------------

    def to_dataset(self) -> xr.Dataset:
        """Return the plan as a dataset; every variable has a ``unit`` and a ``long_name``."""
        return report.dataset(self)

    def summary(self) -> dict[str, object]:
        """Return the plan in a few figures, as plain data."""
        return report.summary(self)


def _wide(model: Model, amounts: Array, name: str, size: int) -> Array:
    """Return a block as years x all sectors, zero for sectors that it leaves out."""
    block = model.columns.blocks[name]
    values = amounts[block.index]
    if values.shape[1] == size:
        return _fixed(values)
    wide = np.zeros((values.shape[0], size))
    if values.size:
        wide[:, block.label[0]] = values
    return _fixed(wide)


def _fixed(values: Array) -> Array:
    values.setflags(write=False)
    return values
