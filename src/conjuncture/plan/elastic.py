"""Why a plan cannot be met: the cheapest relaxation of its conditions, in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csc_array, hstack

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault
from conjuncture.plan.conditions.all import SLACKS
from conjuncture.plan.conditions.part import Relief
from conjuncture.plan.conditions.techniques import total_output
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.copies import Parts
from conjuncture.plan.programme.layout import Block, Index, Layout
from conjuncture.plan.programme.model import Model

if TYPE_CHECKING:
    from conjuncture.plan.programme.outcome import Outcome

WEIGHTS = {
    "floor": 1.0,
    "fall": 1.0,
    "terminal": 2.0,
    "claims": 3.0,
    "labour": 10.0,
    "trade": 20.0,
    "rise": 20.0,
    "contraction": 20.0,
    "expansion": 20.0,
    "shortage": 100.0,
    "surplus": 100.0,
}
"""Cost of a relaxation, per unit of money (labour and consumption: per unit of the
base year's consumption). A choice of order, not an estimate: consumption and the
capital left behind are the planner's own conditions and come first, then claims of
the state, then labour, which cannot be decreed; rules and balances come last."""

_FIRST = ("floor", "fall", "terminal", "claims", "labour", *SLACKS)
_ALL = (*WEIGHTS, *SLACKS)
_ROWS = {"claims": "product", "shortage": "product", "surplus": "product"}
_DOWN = ("labour", "trade", "rise", "expansion", "surplus")
"""Slacks that are taken off a row; the others are added to it."""
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Relaxation:
    """One condition that must yield, and by how much.

    Attributes
    ----------
    kind : str
        A key of :data:`WEIGHTS`, or a block of rows of a condition.
    label : str
        Product, sector or kind of labour; empty where there is none.
    year : int
    amount : float
        By how much, in ``unit``.
    unit : str
    share : float
        The amount relative to what was asked for (or, for labour, is there).
    needed : float
        For rules on pace, the yearly share at which the rule would hold.
    """

    kind: str
    label: str
    year: int
    amount: float
    unit: str
    share: float
    needed: float = float("nan")

    def __str__(self) -> str:
        words = SLACKS[self.kind].words if self.kind in SLACKS else _WORDS[self.kind]
        text = words.format(
            label=self.label,
            year=self.year,
            amount=self.amount,
            unit=self.unit,
            share=100 * self.share,
            needed=100 * self.needed,
        )
        return " ".join(text.split())

    @property
    def fault(self) -> Fault:
        """The relaxation as a fault of an infeasible plan."""
        where = " ".join(part for part in (self.kind, self.label, str(self.year)) if part)
        remedy = SLACKS[self.kind].remedy if self.kind in SLACKS else _REMEDIES[self.kind]
        return Fault(str(self), remedy, "plan", where, f"{self.amount:.6g} {self.unit}")

    def apply(self, problem: Problem) -> Problem:
        """Return ``problem`` with this condition relaxed."""
        if self.kind in SLACKS:
            change = -self.amount if not SLACKS[self.kind].down else self.amount
            relief = Relief(self.kind, self.year, self.label, change)
            return problem.replace(reliefs=(*problem.reliefs, relief))
        return _APPLY[self.kind](problem, self)


def relaxations(model: Model, optimise: Callable[[Model], Outcome]) -> tuple[Relaxation, ...]:
    """Find the cheapest relaxation of an infeasible plan.

    First the conditions that a planner sets (floor, band, terminal capital,
    claims, labour) may yield; only if that is not enough, rules and balances.

    Parameters
    ----------
    model : Model
        The infeasible programme.
    optimise : callable
        Solves a model.

    Returns
    -------
    tuple of Relaxation
        The dearest first; empty if even the second programme fails.

    Notes
    -----
    Elastic programming: J. W. Chinneck (2008), Feasibility and Infeasibility
    in Optimization, ch. 6.
    """
    for kinds in (_FIRST, _ALL):
        loose = _loosen(model, kinds)
        outcome = optimise(loose)
        if outcome.status == "optimal":
            return _read(loose, outcome.values, kinds)
    return ()


def _loosen(model: Model, kinds: tuple[str, ...]) -> Model:
    """Append a slack to every row of the kinds, and aim at the cheapest slacks."""
    layout = Layout()
    layout.blocks, layout.size = dict(model.columns.blocks), model.columns.size
    rows, signs, costs, caps = [], [], [], []
    for kind in kinds:
        block = model.rows.blocks.get(_ROWS.get(kind, kind))
        if block is None:
            continue
        layout.add(kind + " slack", block.year, block.label)
        index = block.index.ravel()
        rows.append(index)
        down = SLACKS[kind].down if kind in SLACKS else kind in _DOWN
        weight = SLACKS[kind].weight if kind in SLACKS else WEIGHTS[kind]
        signs.append(np.full(index.size, -1.0 if down else 1.0))
        costs.append(weight * _money(model, kind, index))
        caps.append(_most(model, kind, index))
    row, sign = np.concatenate(rows), np.concatenate(signs)
    shape = (model.rows.size, row.size)
    slack = coo_array((sign, (row, np.arange(row.size))), shape=shape)
    zero = np.zeros(model.columns.size)
    return dataclasses.replace(
        model,
        columns=layout,
        parts=Parts(csc_array(hstack([model.matrix, slack], format="csc"))),
        cost=np.concatenate([zero, -np.concatenate(costs)]),
        lower=np.concatenate([model.lower, np.zeros(row.size)]),
        upper=np.concatenate([model.upper, *caps]),
        column_scale=np.concatenate([model.column_scale, model.row_scale[row]]),
    )


def _money(model: Model, kind: str, index: Index) -> Array:
    """Worth of one scaled unit of slack, relative to base-year consumption."""
    block = model.rows.blocks[_ROWS.get(kind, kind)]
    if block.units != (model.problem.unit,):
        return np.ones(index.size)
    return np.asarray(model.row_scale[index] / model.problem.consumption.sum())


def _most(model: Model, kind: str, index: Index) -> Array:
    """Largest slack: claims fall to zero at most, and floors as well."""
    p = model.problem
    if kind == "claims":
        return np.asarray(np.maximum(p.public + p.military, 0.0).ravel() / model.row_scale[index])
    if kind == "floor":
        return p.consumption_floor
    return np.full(index.size, np.inf)


def _read(model: Model, values: Array, kinds: tuple[str, ...]) -> tuple[Relaxation, ...]:
    found: list[tuple[float, Relaxation]] = []
    for kind in kinds:
        block = model.columns.blocks.get(kind + " slack")
        if block is None:
            continue
        for column, t, label in zip(
            block.index.ravel(), block.year.ravel(), block.label.ravel(), strict=True
        ):
            if values[column] > _NEGLIGIBLE:
                amount = float(values[column] * model.column_scale[column])
                cost = float(-model.cost[column] * values[column])
                relaxation = _relaxation(model, values, kind, int(t), int(label), amount)
                found.append((cost, relaxation))
    return tuple(relaxation for _, relaxation in sorted(found, key=lambda item: -item[0]))


def _relaxation(
    model: Model, values: Array, kind: str, t: int, label: int, amount: float
) -> Relaxation:
    p, block = model.problem, model.rows.blocks[_ROWS.get(kind, kind)]
    name, needed, unit = block.name(label), float("nan"), block.unit(label)
    if kind in SLACKS:
        base = _asked(model, block, t, label)
    elif kind in ("floor", "fall", "rise"):
        unit, base = "of base-year consumption", 1.0
    elif kind == "labour":
        base = float(p.labour_available[t, label])
    elif kind == "claims":
        base = float((p.public + p.military)[t, label])
    elif kind == "trade":
        base = float(p.imports_high[t][np.isfinite(p.imports_high[t])].sum())
    elif kind == "terminal":
        now = (
            values[model.columns["output"][-1, label]]
            * model.column_scale[model.columns["output"][-1, label]]
        )
        base = float(p.capital_output[label] * now)
    else:
        base = float(p.output[label])
    if kind in ("fall", "rise", "contraction", "expansion"):
        needed = _pace(model, values, kind, t, label)
    return Relaxation(
        kind,
        name,
        p.years[0] + t,
        amount,
        unit,
        amount / base if base > 0 else float("inf"),
        needed,
    )


def _asked(model: Model, block: Block, t: int, label: int) -> float:
    """Amount of the limit of a condition's row; 0 where it compares two variables."""
    at = block.index[(block.year == t) & (block.label == label)][0]
    limits = (model.row_lower[at], model.row_upper[at])
    known = [abs(limit) for limit in limits if np.isfinite(limit)]
    return float(max(known) * model.row_scale[at])


def _pace(model: Model, values: Array, kind: str, t: int, label: int) -> float:
    """Yearly share of change, up or down, that the relaxed plan would make."""
    p = model.problem
    amounts = values * model.column_scale
    if kind in ("fall", "rise"):
        path, start = amounts[model.columns["level"]], p.consumption_level
    else:
        path, start = total_output(model, values)[:, label], float(p.output[label])
    before = path[t - 1] if t else start
    return abs(float(path[t] / before) - 1.0) if before > 0 else float("inf")


_WORDS = {
    "floor": "consumption floor {year}: short by {share:.3g} % of base-year consumption",
    "fall": "consumption {year}: must fall by {needed:.3g} % in the year, faster than the band",
    "rise": "consumption {year}: must rise by {needed:.3g} % in the year, faster than the band",
    "terminal": "terminal capital of {label} for {year}: short by {amount:.4g} {unit} "
    "({share:.3g} %)",
    "claims": "public and military claims on {label} {year}: {amount:.4g} {unit} too high "
    "({share:.3g} %)",
    "labour": "labour {label} {year}: short by {amount:.4g} {unit} ({share:.3g} %)",
    "trade": "foreign trade account {year}: short by {amount:.4g} {unit}",
    "contraction": "output of {label} {year}: must fall by {needed:.3g} % in the year, faster "
    "than contraction allows",
    "expansion": "output of {label} {year}: must grow by {needed:.3g} % in the year, faster "
    "than expansion allows",
    "shortage": "product {label} {year}: short by {amount:.4g} {unit}",
    "surplus": "product {label} {year}: {amount:.4g} {unit} without a use",
}
_REMEDIES = {
    "floor": "lower consumption_floor in this year",
    "fall": "widen consumption_band",
    "rise": "widen consumption_band, or lower the floor",
    "terminal": "lower terminal_growth, or give terminal_relief",
    "claims": "lower the claims on this product",
    "labour": "give more labour_available, or ask for less",
    "trade": "give transfers, or lower trade_balance",
    "contraction": "raise contraction, or set disposal",
    "expansion": "raise expansion",
    "shortage": "allow more imports of it, or lower its fixed uses",
    "surplus": "set disposal, or allow more exports of it",
}


def _changed(problem: Problem, name: str, relaxation: Relaxation, change: float) -> Problem:
    """Return the problem with one cell (year, label) of an array changed."""
    array = getattr(problem, name).copy()
    t = relaxation.year - problem.years[0]
    if name == "terminal_relief":
        t -= problem.periods
    labels = problem.labour_kinds if relaxation.kind == "labour" else problem.sectors
    cell = (t, labels.index(relaxation.label)) if relaxation.label else (t,)
    array[cell] += change
    if name in ("public", "military", "consumption_floor"):
        array[cell] = max(array[cell], 0.0)
    return problem.replace(**{name: array})


def _less_claims(problem: Problem, relaxation: Relaxation) -> Problem:
    """Lower public and military claims in proportion."""
    t, i = relaxation.year - problem.years[0], problem.sectors.index(relaxation.label)
    public, military = problem.public[t, i], problem.military[t, i]
    share = relaxation.amount / (public + military)
    problem = _changed(problem, "public", relaxation, -share * public)
    return _changed(problem, "military", relaxation, -share * military)


def _wider(problem: Problem, name: str, needed: float) -> Problem:
    value = getattr(problem.settings, name)
    if value is None or value >= needed:
        return problem
    return problem.replace(settings={name: needed})


def _faster(problem: Problem, relaxation: Relaxation) -> Problem:
    for name in ("expansion", "expansion_without_capital"):
        problem = _wider(problem, name, relaxation.needed)
    return problem


_APPLY: dict[str, Callable[[Problem, Relaxation], Problem]] = {
    "floor": lambda p, r: _changed(p, "consumption_floor", r, -r.amount),
    "fall": lambda p, r: _wider(p, "consumption_band", r.needed),
    "rise": lambda p, r: _wider(p, "consumption_band", r.needed),
    "terminal": lambda p, r: _changed(p, "terminal_relief", r, r.amount),
    "claims": _less_claims,
    "labour": lambda p, r: _changed(p, "labour_available", r, r.amount),
    "trade": lambda p, r: p.replace(
        transfers=p.transfers + r.amount * (np.array(p.years) == r.year)
    ),
    "contraction": lambda p, r: _wider(p, "contraction", r.needed),
    "expansion": _faster,
    "shortage": lambda p, r: _changed(p, "inventories", r, -r.amount),
    "surplus": lambda p, r: _changed(p, "inventories", r, r.amount),
}
