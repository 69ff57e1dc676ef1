"""The price of anything in a plan, taken apart into the prices of what it needs.

At an optimum every activity is worth what it uses: its weight in the aim equals the
prices of the rows that it enters plus the price of its own limits (dual feasibility
and complementary slackness; Dantzig 1963, ch. 6; Koopmans 1951). For the output of a
sector this reads: price of the product = prices of its inputs + rent of its capacity
+ labour + rules of pace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InputError
from conjuncture.plan.conditions.all import COLUMNS, KINDS
from conjuncture.plan.programme.layout import Block, Index

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

ROW_KINDS: Mapping[str, str] = {
    kind.block: name for name, kind in KINDS.items() if kind.part == "row"
}
"""From a block of rows to the kind of its price."""

ACTIVITIES: Mapping[str, str] = {
    "output": "output of the sector",
    "imports": "imports of the product",
    "exports": "exports of the product",
    "building": "capital begun in the sector",
    "capital": "capital in use in the sector",
    "restoration": "restoration begun in the sector",
    "outlay": "outlay on investment goods",
    "level": "one unit of the consumption bundle's level",
}
"""The activities of every plan whose price can be taken apart, and what one unit of each is."""


@dataclass(frozen=True)
class Term:
    """One part of a price.

    Attributes
    ----------
    kind : str
        A key of :data:`conjuncture.plan.prices.KINDS`, or ``BLOCK maximum`` or
        ``BLOCK minimum`` for a limit of an activity that no kind names.
    label : str
        Product, sector or kind of labour; empty where there is none.
    year : int
    use : float
        Amount of it that one unit takes; negative where it is yielded.
    use_unit : str
        Unit of the amount.
    price : float
        Worth of one unit of it (money of discounted consumption).
    value : float
        ``use`` times ``price``.
    """

    kind: str
    label: str
    year: int
    use: float
    use_unit: str
    price: float
    value: float

    def as_dict(self) -> dict[str, object]:
        """Return the term as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Rows:
    """Kind, label and year of every row of a programme, for reading its entries."""

    kind: Sequence[str]
    label: Index
    year: Index

    @classmethod
    def of(cls, solution: Solution) -> Rows:
        """Read the layout of a solution's programme."""
        layout = solution.model.rows
        kind = np.empty(layout.size, dtype=object)
        label, year = np.full((2, layout.size), -1)
        for name, block in layout:
            index = block.index.ravel()
            kind[index] = ROW_KINDS[name]
            label[index], year[index] = block.label.ravel(), block.year.ravel()
        return cls(kind.tolist(), label, year)


def row_prices(solution: Solution) -> Array:
    """Return the dual of every row in money of the aim per unit of the row's amount."""
    model = solution.model
    return np.asarray(solution.outcome.row_duals * model.aim_scale / model.row_scale)


def reduced_prices(solution: Solution) -> Array:
    """Return the price of every activity's own limits (money of the aim per unit)."""
    model = solution.model
    reduced = model.cost - model.matrix.T @ solution.outcome.row_duals
    return np.asarray(reduced * model.aim_scale / model.column_scale)


def column_of(solution: Solution, activity: str, label: str, year: int) -> int:
    """Return the position of an activity.

    Raises
    ------
    InputError
        If there is no such activity, label or year; all faults at once.
    """
    p = solution.problem
    faults = Faults(p.name)
    blocks = solution.model.columns.blocks
    names: tuple[str, ...] = p.sectors
    if activity in ACTIVITIES or (activity in COLUMNS and activity in blocks):
        names = blocks[activity].names or p.sectors
    else:
        known = [*ACTIVITIES, *(name for name in COLUMNS if name in blocks)]
        faults.unknown("activity", activity, known, field="activity")
    if label and label not in names:
        what = "product" if names == p.sectors else f"label of {activity}"
        faults.unknown(what, label, names, field="label")
    if year not in p.years:
        faults.add(
            f"the plan does not cover {year}",
            f"give a year of {p.years[0]}-{p.years[-1]}",
            field="year",
            value=year,
        )
    faults.raise_if_any()
    block = blocks[activity]
    at = names.index(label) if label else -1
    found = block.index[(block.year == p.years.index(year)) & (block.label == at)]
    if not found.size and (block.label == -1).all():
        found = block.index[block.year == p.years.index(year)]
    if not found.size:
        known = [names[i] for i in np.unique(block.label) if i >= 0]
        faults.unknown(f"label of {activity}", label, known, field="label")
        raise InputError(faults)
    return int(found.ravel()[0])


def decompose(solution: Solution, activity: str, label: str, year: int) -> tuple[Term, ...]:
    """Take one unit of an activity apart into what it uses and yields, at prices.

    Parameters
    ----------
    solution : Solution
        An optimal plan.
    activity : str
        A key of :data:`ACTIVITIES`, or a block of activities of one of the plan's
        conditions (``technique``, ``stock change`` ...).
    label : str
        Product, sector or name; empty for ``level`` and where outlays are not by sector.
    year : int

    Returns
    -------
    tuple of Term
        The dearest first. The values add to the weight of the activity in the
        aim: where the aim is consumption, 0 for all but ``level``, whose weight is the
        discounted value of the bundle. What the activity yields (its product) has a negative use.

    Raises
    ------
    InputError
        If the plan is not optimal or there is no such activity.
    """
    solution.require_optimal()
    column = column_of(solution, activity, label, year)
    model, rows = solution.model, Rows.of(solution)
    entries = model.matrix[:, [column]].tocoo()
    at = entries.row
    amounts = entries.data * model.row_scale[at] / model.column_scale[column]
    prices = row_prices(solution)
    terms = [
        row_term(solution, rows, int(r), a, prices[r]) for r, a in zip(at, amounts, strict=True)
    ]
    own = limit_term(solution, activity, label, year, 1.0, reduced_prices(solution)[column])
    if own is not None:
        terms.append(own)
    return tuple(sorted(terms, key=lambda term: -abs(term.value)))


def row_term(solution: Solution, rows: Rows, row: int, amount: float, dual: float) -> Term:
    """Return the term of a row that one unit enters with ``amount``."""
    p, kind = solution.problem, rows.kind[row]
    sign, label = KINDS[kind].sign, int(rows.label[row])
    block = solution.model.rows.blocks[KINDS[kind].block]
    return Term(
        kind=kind,
        label=block.name(label),
        year=p.years[0] + int(rows.year[row]),
        use=sign * float(amount),
        use_unit=block.unit(label),
        price=sign * float(dual) + 0.0,
        value=float(amount * dual) + 0.0,
    )


def limit_term(
    solution: Solution, activity: str, label: str, year: int, use: float, reduced: float
) -> Term | None:
    """Return the term of an activity's own limit; None where the limit costs nothing."""
    if reduced == 0.0:
        return None
    part = "upper" if reduced > 0 else "lower"
    block, kind = activity, f"{activity} {'maximum' if reduced > 0 else 'minimum'}"
    for name, known in KINDS.items():
        if known.block == block and known.part == part:
            kind = name
    sign = 1.0 if reduced > 0 else -1.0
    unit = solution.model.columns.blocks[activity].unit(-1)
    return Term(kind, label, year, sign * use, unit, sign * reduced, use * reduced)


def aim_term(
    solution: Solution, activity: str, label: str, year: int, use: float, column: int
) -> Term | None:
    """Return the term of an activity's own weight in the aim; None where it has none.

    An aim such as least labour counts activities themselves: what one unit costs it is
    part of the activity's price.
    """
    model = solution.model
    if not model.cost[column]:
        return None
    cost = -float(model.cost[column] * model.aim_scale / model.column_scale[column])
    unit = model.columns.blocks[activity].unit(-1)
    return Term(f"{activity} {AIMED}", label, year, use, unit, cost, use * cost)


AIMED = "in the aim"
"""What the weight of an activity in the aim is called, after the activity."""


def block_of(solution: Solution, name: str) -> Block:
    """Return a block of columns."""
    return solution.model.columns.blocks[name]


def importers(solution: Solution, t: int) -> dict[int, tuple[str, int]]:
    """Return, by product, the block and the column that import most of it in a year."""
    model = solution.model
    place = {int(row): i for i, row in enumerate(model.rows["product"][t])}
    most: dict[int, float] = {}
    found: dict[int, tuple[str, int]] = {}
    for name in ("imports", "partner imports"):
        block = model.columns.blocks.get(name)
        if block is None:
            continue
        for column in block.index[block.year == t].tolist():
            rows = model.matrix[:, [column]].tocoo().row
            i = next(place[int(row)] for row in rows if int(row) in place)
            amount = float(solution.outcome.values[column] * model.column_scale[column])
            if amount > most.get(i, -np.inf):
                most[i], found[i] = amount, (name, column)
    return found
