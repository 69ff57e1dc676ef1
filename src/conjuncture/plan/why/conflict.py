"""The smallest set of demands on an infeasible plan that contradict each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array, csc_array, hstack

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions.all import SLACKS
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.copies import Parts
from conjuncture.plan.programme.layout import Block, Layout
from conjuncture.plan.programme.model import Model, build
from conjuncture.plan.solve import optimise
from conjuncture.plan.why.words import number

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_ROWS = {
    "expansion": "expansion",
    "contraction": "contraction",
    "rise": "rise",
    "fall": "fall",
    "restorable": "restorable",
    "trade": "trade",
    "claims": "product",
    "terminal": "terminal",
    "labour": "labour",
    "floor": "floor",
}
_COLUMNS = {
    "export maximum": ("exports", "upper"),
    "export minimum": ("exports", "lower"),
    "import minimum": ("imports", "lower"),
    "import maximum": ("imports", "upper"),
}
_ORDER = (
    "expansion",
    "restorable",
    "export maximum",
    "import minimum",
    "contraction",
    "export minimum",
    "rise",
    "fall",
    "trade",
    "import maximum",
    "claims",
    "terminal",
    "labour",
    "floor",
)
"""The order in which conditions are tried for leaving out: rules first, so that what
stays is, where there is a choice, what the planner asks for and what there is."""

_WORDS = {
    "floor": "consumption in {year} of at least {amount} of the base year",
    "labour": "labour ({label}) in {year} of {amount} {unit} at most",
    "terminal": "capital of {label} left for {year}, to sustain the last year's output",
    "claims": "public and military claims on {label} in {year} of {amount} {unit}",
    "trade": "the foreign trade account of {year}",
    "rise": "consumption of {year} that rises no faster than consumption_band",
    "fall": "consumption of {year} that falls no faster than consumption_band",
    "contraction": "output of {label} in {year} that falls no faster than contraction",
    "expansion": "output of {label} in {year} that grows no faster than expansion",
    "restorable": "restoration of {label} in {year} within restorable_share",
    "import maximum": "imports of {label} in {year} of {amount} {unit} at most",
    "import minimum": "imports of {label} in {year} of {amount} {unit} at least",
    "export maximum": "exports of {label} in {year} of {amount} {unit} at most",
    "export minimum": "exports of {label} in {year} of {amount} {unit} at least",
}
KINDS = tuple(_WORDS)
"""The kinds of demands. Balances of products, accumulation and capacity are the
economy itself and are never left out."""

_SUPPORT = 1e-9
_PAIR = 2
_SHORT = 1e-8


@dataclass(frozen=True)
class Demand:
    """One condition of a contradiction.

    Attributes
    ----------
    kind : str
        One of :data:`KINDS`.
    label : str
        Product, sector or kind of labour; empty where there is none.
    year : int
    amount : float
        The limit, in ``unit``; 0 for rules that compare two years.
    unit : str
    """

    kind: str
    label: str
    year: int
    amount: float
    unit: str

    def __str__(self) -> str:
        words = SLACKS[self.kind].demand if self.kind in SLACKS else _WORDS[self.kind]
        return words.format(
            label=self.label, year=self.year, amount=number(self.amount), unit=self.unit
        )


@dataclass(frozen=True)
class Conflict:
    """Demands that cannot be met together, though any of them can be left out.

    Attributes
    ----------
    demands : tuple of Demand
        Without any one of them the others can be met. Empty if the plan is feasible,
        or if the economy itself (balances, accumulation, capacity) admits no plan.
    feasible : bool
        Whether the plan is feasible after all.
    """

    demands: tuple[Demand, ...]
    feasible: bool = False

    @property
    def text(self) -> str:
        """The contradiction in words."""
        if self.feasible:
            return "The plan is feasible: nothing contradicts."
        if not self.demands:
            return "The balances, stocks and capacities admit no plan, whatever is asked."
        lines = ["These cannot hold together; without any one of them the others can:"]
        return "\n".join([*lines, *(f"  - {demand}" for demand in self.demands)])

    def __str__(self) -> str:
        return self.text

    def as_dict(self) -> dict[str, object]:
        """Return the conflict as plain data."""
        demands = [{**asdict(demand), "text": str(demand)} for demand in self.demands]
        return {"feasible": self.feasible, "demands": demands, "text": self.text}


@dataclass(frozen=True)
class _Limit:
    """One side of one row or column that stands for a demand."""

    kind: str
    side: str
    position: int
    label: int
    year: int

    @property
    def is_row(self) -> bool:
        return self.side.startswith("row")


def conflict(problem: Problem | Solution) -> Conflict:
    """Find an irreducible set of contradicting demands.

    A programme with a slack on every demand gives prices that prove the
    contradiction; demands without a price are not needed for the proof. Of the rest,
    each is left out in turn and stays out if the others still contradict, and each
    such proof discards more.

    Parameters
    ----------
    problem : Problem or Solution
        A problem, or its infeasible solution.

    Returns
    -------
    Conflict
        Irreducible; where there are several such sets, the smaller of two found.

    Notes
    -----
    Elastic, sensitivity and deletion filters: J. W. Chinneck (2008), Feasibility and
    Infeasibility in Optimization, ch. 6.
    """
    model = build(problem) if isinstance(problem, Problem) else problem.model
    limits = _limits(model)
    core = _contradiction(model, limits, limits)
    if core is None:
        return Conflict((), feasible=True)
    if _contradiction(model, limits, ()) is not None:
        return Conflict(())
    best = _reduce(model, limits, core)
    if len(best) > _PAIR:
        best = min(best, _reduce(model, limits, core[::-1]), key=len)
    return Conflict(tuple(_demand(model, limit) for limit in _sorted(best)))


def check_conflict(problem: Problem, demands: Sequence[Demand]) -> bool:
    """Whether the economy can meet a set of demands when all others are left out.

    Parameters
    ----------
    problem : Problem
    demands : sequence of Demand
        Members of a :class:`Conflict` of this problem.
    """
    model = build(problem)
    limits = _limits(model)
    wanted = set(demands)
    kept = [limit for limit in limits if _demand(model, limit) in wanted]
    return _contradiction(model, limits, kept) is None


# Limits ----------------------------------------------------------------------------


def _limits(model: Model) -> list[_Limit]:
    """List every limit that stands for a demand."""
    found: list[_Limit] = []
    claims = model.problem.public + model.problem.military
    for kind in (*SLACKS, *_ORDER):
        if kind in _COLUMNS:
            name, side = _COLUMNS[kind]
            block, values = model.columns.blocks[name], getattr(model, side)
            found += [x for x in _of(kind, side, block) if _binding(kind, values[x.position])]
            continue
        block_ = model.rows.blocks.get(_ROWS.get(kind, kind))
        if block_ is None:
            continue
        for limit in _of(kind, "row", block_):
            if kind != "claims" or claims[limit.year, limit.label] > 0:
                found.append(limit)
    return found


def _of(kind: str, side: str, block: Block) -> list[_Limit]:
    flat = (block.index.ravel(), block.label.ravel(), block.year.ravel())
    return [_Limit(kind, side, int(i), int(j), int(t)) for i, j, t in zip(*flat, strict=True)]


def _binding(kind: str, value: float) -> bool:
    """Whether a limit of trade asks for anything."""
    return bool(np.isfinite(value) and (kind.endswith("maximum") or value > 0))


def _without(model: Model, limits: Sequence[_Limit], kept: Sequence[_Limit]) -> Model:
    """Return the programme without aim and without the limits that are not kept."""
    stay = set(kept)
    parts = {
        name: getattr(model, name).copy() for name in ("lower", "upper", "row_lower", "row_upper")
    }
    p = model.problem
    claims = p.public + p.military
    for limit in limits:
        if limit in stay:
            continue
        at = limit.position
        if limit.kind == "claims":
            less = claims[limit.year, limit.label] / model.row_scale[at]
            parts["row_lower"][at] -= less
            parts["row_upper"][at] -= less
        elif limit.is_row:
            parts["row_lower"][at], parts["row_upper"][at] = -np.inf, np.inf
        elif limit.side == "upper":
            parts["upper"][at] = np.inf
        else:
            parts["lower"][at] = 0.0
    return dataclasses.replace(model, cost=np.zeros_like(model.cost), **parts)


def _contradiction(
    model: Model, limits: Sequence[_Limit], kept: Sequence[_Limit]
) -> list[_Limit] | None:
    """Return the kept limits that prove a contradiction; None if they can all be met."""
    bare = _without(model, limits, kept)
    slacks = [(limit, sign) for limit in kept for sign in _signs(model, limit)]
    count = len(slacks)
    matrix = bare.matrix
    if count:
        matrix = hstack([matrix, *_columns(model, slacks)], format="csc")
    elastic = dataclasses.replace(
        bare,
        parts=Parts(csc_array(matrix)),
        cost=np.concatenate([bare.cost, np.full(count, -1.0)]),
        lower=np.concatenate([bare.lower, np.zeros(count)]),
        upper=np.concatenate([bare.upper, np.full(count, np.inf)]),
        columns=_wider(bare.columns, count),
    )
    outcome = optimise(elastic, "simplex")
    if outcome.status != "optimal":  # only without slacks: the economy admits no plan
        return list(kept)
    if elastic.cost @ outcome.values > -_SHORT:
        return None
    reduced = elastic.cost - elastic.matrix.T @ outcome.row_duals
    return [limit for limit in kept if _priced(limit, outcome.row_duals, reduced)]


def _wider(layout: Layout, count: int) -> Layout:
    wider = Layout()
    wider.blocks, wider.size = dict(layout.blocks), layout.size + count
    return wider


def _priced(limit: _Limit, prices: Array, reduced: Array) -> bool:
    value = prices[limit.position] if limit.is_row else reduced[limit.position]
    if limit.side == "upper":
        return bool(value > _SUPPORT)
    return bool(value < -_SUPPORT) if limit.side == "lower" else bool(abs(value) > _SUPPORT)


def _signs(model: Model, limit: _Limit) -> tuple[float, ...]:
    """Directions in which a limit may yield."""
    if not limit.is_row:
        return (1.0,) if limit.side == "upper" else (-1.0,)
    if limit.kind == "claims":
        return (1.0,)
    low = np.isfinite(model.row_lower[limit.position])
    high = np.isfinite(model.row_upper[limit.position])
    return (*((1.0,) if low else ()), *((-1.0,) if high else ()))


def _columns(model: Model, slacks: Sequence[tuple[_Limit, float]]) -> list[Any]:
    """Return a column for every slack: a unit of the row, or more of the activity."""
    signs = np.array([sign for _, sign in slacks])
    at = np.array([limit.position for limit, _ in slacks])
    is_row = np.array([limit.is_row for limit, _ in slacks])
    own = coo_array(
        (signs[is_row], (at[is_row], np.flatnonzero(is_row))),
        shape=(model.rows.size, len(slacks)),
    ).tocsc()
    where = np.flatnonzero(~is_row)
    pick = coo_array(
        (signs[where], (at[where], where)), shape=(model.columns.size, len(slacks))
    ).tocsc()
    return [own + model.matrix @ pick]


def _reduce(model: Model, limits: Sequence[_Limit], core: Sequence[_Limit]) -> list[_Limit]:
    """Leave out every limit without which the others still contradict.

    Runs of limits are tried at once and halved where one of them is needed, which
    takes far fewer programmes than one limit at a time.
    """
    kept = list(core)
    runs = [list(core)]
    while runs:
        run = [limit for limit in runs.pop() if limit in set(kept)]
        if not run:
            continue
        out = set(run)
        less = _contradiction(model, limits, [other for other in kept if other not in out])
        if less is not None:
            kept = less
        elif len(run) > 1:
            half = (len(run) + 1) // 2
            runs += [run[half:], run[:half]]
    return kept


def _sorted(limits: Sequence[_Limit]) -> list[_Limit]:
    """Order demands as a reader asks: what is wanted first, then what there is, then rules."""
    rank = {kind: k for k, kind in enumerate((*_WORDS, *SLACKS))}
    return sorted(limits, key=lambda x: (rank[x.kind], x.year, x.label))


def _demand(model: Model, limit: _Limit) -> Demand:
    p, t, at = model.problem, limit.year, limit.position
    source = model.rows if limit.is_row else model.columns
    name = _COLUMNS[limit.kind][0] if limit.kind in _COLUMNS else _ROWS.get(limit.kind, limit.kind)
    block = source.blocks[name]
    amount, unit = 0.0, f"{p.unit}/year"
    if limit.kind == "claims":
        amount = float((p.public + p.military)[t, limit.label])
    elif limit.kind == "labour":
        amount, unit = float(p.labour_available[t, limit.label]), p.labour_units[limit.label]
    elif limit.kind == "floor":
        amount, unit = float(p.consumption_floor[t]), "of base-year consumption"
    elif not limit.is_row:
        amount = float(getattr(model, limit.side)[at] * model.column_scale[at])
    if limit.kind in SLACKS:
        unit = block.unit(limit.label)
        sides = (model.row_lower[at], model.row_upper[at])
        amount = next((float(s * model.row_scale[at]) for s in sides if np.isfinite(s)), 0.0)
    return Demand(limit.kind, block.name(limit.label), p.years[0] + t, amount, unit)
