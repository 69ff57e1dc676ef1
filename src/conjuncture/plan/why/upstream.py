"""What one more unit of an activity would need, carried back to what is scarce in itself.

Dual feasibility and complementary slackness say of every column of a programme that its
weight in the aim equals the prices of the rows that it enters and of its own limits. A
row for products, outlays or capital is no scarcity in itself: it is supplied by an
activity, whose own equation takes its place. Products are carried back through all
inputs of their year at once, outlays through the composition of investment, capital
through the building that was to be begun for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.why.chains import Link
from conjuncture.plan.why.decompose import (
    Rows,
    Term,
    limit_term,
    reduced_prices,
    row_prices,
    row_term,
)
from conjuncture.plan.why.roots import Root, roots_of

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_NOTHING = 1e-12
_SUPPLIERS = {"investment": ("outlay", 1.0), "capital": ("building", -1.0)}
"""By kind of row: the activity that supplies it, and the sign with which that enters it."""


class Upstream:
    """Carries activities of a plan back to what is scarce in them.

    Parameters
    ----------
    solution : Solution
        An optimal plan, at the prices of its aim.
    """

    def __init__(self, solution: Solution) -> None:
        self.solution, model = solution, solution.model
        self.rows = Rows.of(solution)
        self.prices, self.reduced = row_prices(solution), reduced_prices(solution)
        self.by_row = csr_array(model.matrix)
        self.block = np.empty(model.columns.size, dtype=object)
        for name, block in model.columns:
            self.block[block.index.ravel()] = name
        self.terms: list[Root] = []
        self.demand: dict[int, Array] = {}

    def carried(
        self, parts: Mapping[int, float], own: int, *, less: bool = False
    ) -> tuple[Root, ...]:
        """Return what more of some activities needs, carried back to what is scarce.

        Parameters
        ----------
        parts : mapping of int to float
            By position of an activity, how much more of it.
        own : int
            Position of the row whose price is to be explained, a target in which they count.
        less : bool
            Whether to ask for less instead; then nothing is carried back, and what the
            activities bring stands at its price.

        Returns
        -------
        tuple of Root
            The dearest first. Shares add to 1, values to the price of the row times what
            the activities count in it. A chain begins at the activities themselves, whose
            link has an empty ``product``.

        Notes
        -----
        An input may need the activity itself (coal needs steel, steel coal). That part of
        its price is the explained row again; it is taken out and the rest scaled, which is
        the sum of the series of such rounds.
        """
        self.terms, self.demand, per = [], {}, 0.0
        for column, amount in parts.items():
            self._column(column, own, -amount if less else amount, not less)
            per += amount * next((a for row, a in self.entries(column) if row == own), 0.0)
        for t, demand in self.demand.items():
            for root in roots_of(self.solution, t, demand, 1.0):
                chain = _from_activity(self.solution, root, demand)
                self.terms.append(Root(root.term, 0.0, root.sector, chain))
        explained = row_term(self.solution, self.rows, own, 1.0, float(self.prices[own]))
        known = (explained.kind, explained.label, explained.year)
        rest = [
            root
            for root in _merged(self.terms)
            if (root.term.kind, root.term.label, root.term.year) != known
        ]
        total = sum(root.term.value for root in rest)
        if abs(total) < _NOTHING:
            return ()
        whole = abs(per * float(self.prices[own]))
        return tuple(_scaled(root, whole / total, total) for root in rest)

    def entries(self, column: int) -> Iterator[tuple[int, float]]:
        """Yield the rows of a column and what one unit (amount) adds to each."""
        model = self.solution.model
        part = model.matrix[:, [column]].tocoo()
        for r, value in zip(part.row, part.data, strict=True):
            yield int(r), float(value * model.row_scale[r] / model.column_scale[column])

    def supplier(self, row: int) -> tuple[int, float] | None:
        """Return the activity that supplies a row, and what a unit of it adds; or None."""
        name, sign = _SUPPLIERS.get(self.rows.kind[row], ("", 0.0))
        for column in self.by_row[[row]].tocoo().col if name else ():
            if self.block[int(column)] == name:
                amount = next(a for r, a in self.entries(int(column)) if r == row)
                if amount * sign > 0:
                    return int(column), amount
        return None

    def _column(self, column: int, own: int, sign: float, carry: bool) -> None:
        """Take a column apart, ``sign`` times; rows that others supply are carried on."""
        work: deque[tuple[int, float, int]] = deque([(column, sign, own)])
        while work:
            at, times, skip = work.popleft()
            self._own(at, times)
            for row, per in self.entries(at):
                if row == skip:
                    continue
                amount, kind = times * per, self.rows.kind[row]
                if carry and kind == "product" and amount < 0:
                    t = int(self.rows.year[row])
                    wanted = self.demand.setdefault(t, np.zeros(self.solution.problem.size))
                    wanted[self.rows.label[row]] -= amount
                    continue
                found = self.supplier(row) if carry else None
                if found is not None and amount * found[1] < 0:
                    work.append((found[0], -amount / found[1], row))
                    continue
                term = row_term(self.solution, self.rows, row, amount, self.prices[row])
                self.terms.append(Root(term, 0.0, "", ()))

    def _own(self, column: int, times: float) -> None:
        """Keep what an activity's own limits and its own weight in the aim are worth."""
        model, p, name = self.solution.model, self.solution.problem, self.block[column]
        block = model.columns.blocks[name]
        where = block.index == column
        label, year = block.name(int(block.label[where][0])), int(block.year[where][0])
        reduced = float(self.reduced[column])
        own = limit_term(self.solution, name, label, p.years[0] + year, times, reduced)
        if own is not None:
            self.terms.append(Root(own, 0.0, "", ()))
        if model.cost[column]:
            cost = -float(model.cost[column] * model.aim_scale / model.column_scale[column])
            unit = block.unit(int(block.label[where][0]))
            kind = f"{name} in the aim"
            aim = Term(kind, label, p.years[0] + year, times, unit, cost, times * cost)
            self.terms.append(Root(aim, 0.0, "", ()))


def _from_activity(solution: Solution, root: Root, demand: Array) -> tuple[Link, ...]:
    """Return the way to a root with its first step, from the activity to one of its inputs."""
    first = root.chain[0].product if root.chain else root.sector
    needed = float(demand[solution.problem.sectors.index(first)])
    return (Link("", first, needed), *root.chain) if needed else root.chain


def _merged(terms: list[Root]) -> list[Root]:
    """Add up the terms of one scarcity; the way is that of its largest part."""
    found: dict[tuple[str, str, int], list[Root]] = {}
    for root in terms:
        found.setdefault((root.term.kind, root.term.label, root.term.year), []).append(root)
    merged = []
    for parts in found.values():
        first, main = parts[0].term, max(parts, key=lambda part: abs(part.term.value))
        use, value = sum(x.term.use for x in parts), sum(x.term.value for x in parts)
        term = Term(first.kind, first.label, first.year, use, first.use_unit, first.price, value)
        if abs(value) > _NOTHING:
            merged.append(Root(term, 0.0, main.sector, main.chain))
    return sorted(merged, key=lambda root: -abs(root.term.value))


def _scaled(root: Root, factor: float, total: float) -> Root:
    t = root.term
    term = Term(t.kind, t.label, t.year, factor * t.use, t.use_unit, t.price, factor * t.value)
    return Root(term, t.value / total, root.sector, root.chain)
