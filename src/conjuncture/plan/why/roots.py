"""Scarcities in which a price ends, carried back through the activities at work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.why.chains import Link, strongest_chain
from conjuncture.plan.why.decompose import (
    Rows,
    Term,
    aim_term,
    limit_term,
    reduced_prices,
    row_prices,
    row_term,
)
from conjuncture.plan.why.operated import Operated, operated

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_NOTHING = 1e-12
_LONGEST = 12


@dataclass(frozen=True)
class Root:
    """A scarcity in which a price ends, with the way to it.

    Attributes
    ----------
    term : Term
        What is scarce, how much of it one more unit takes in all (directly and
        through all inputs), at what price.
    share : float
        Its value relative to the price of the product; 0 where that has no price.
    sector : str
        The sector where most of it is used.
    chain : tuple of Link
        The strongest way from the product to that sector; empty if it is the
        product's own sector.
    """

    term: Term
    share: float
    sector: str
    chain: tuple[Link, ...]


def roots_of(
    solution: Solution, t: int, demand: Array, price: float, chosen: Operated | None = None
) -> tuple[Root, ...]:
    """Carry the price of a demand (N; money) back; shares are relative to ``price``."""
    p = solution.problem
    chosen = chosen or operated(solution, t)
    need = chosen.needed(demand, p.sectors)
    found: dict[tuple[str, str, int], list[tuple[Term, int]]] = {}
    for term, j in _sources(solution, t, need, chosen):
        found.setdefault((term.kind, term.label, term.year), []).append((term, j))
    graph = csr_array(chosen.inputs)
    roots = []
    for parts in found.values():
        whole, at = _joined(parts)
        if abs(whole.value) > _NOTHING:
            roots.append((whole, at))
    roots.sort(key=lambda item: -abs(item[0].value))
    return tuple(
        Root(
            term=term,
            share=term.value / price if price else 0.0,
            sector=p.sectors[at],
            chain=strongest_chain(p.sectors, graph, demand, at) if k < _LONGEST else (),
        )
        for k, (term, at) in enumerate(roots)
    )


def _joined(parts: list[tuple[Term, int]]) -> tuple[Term, int]:
    """Add the parts of one scarcity over sectors; also where the largest part arises."""
    first = parts[0][0]
    use, value = sum(term.use for term, _ in parts), sum(term.value for term, _ in parts)
    at = max(parts, key=lambda part: abs(part[0].value))[1]
    term = Term(first.kind, first.label, first.year, use, first.use_unit, first.price, value)
    return term, at


def _sources(solution: Solution, t: int, need: Array, chosen: Operated) -> list[tuple[Term, int]]:
    """List what the activity that brings each needed product uses up itself."""
    model, rows = solution.model, Rows.of(solution)
    prices, reduced = row_prices(solution), reduced_prices(solution)
    year, found = solution.problem.years[t], []
    for j in map(int, np.flatnonzero(np.abs(need) > _NOTHING)):
        column, amount = int(chosen.column[j]), float(need[j] * chosen.unit[j])
        if column < 0:  # nothing brings more of it: its price is what its users would give
            row = int(model.rows["product"][t, j])
            found.append((row_term(solution, rows, row, -need[j], prices[row]), j))
            continue
        entries = model.matrix[:, [column]].tocoo()
        for r, data in zip(entries.row, entries.data, strict=True):
            if rows.kind[r] != "product" or rows.year[r] != t:
                used = data * model.row_scale[r] / model.column_scale[column] * amount
                found.append((row_term(solution, rows, int(r), used, prices[r]), j))
        activity, label = chosen.activity[j], chosen.label[j]
        own = limit_term(solution, activity, label, year, amount, reduced[column])
        counted = aim_term(solution, activity, label, year, amount, column)
        found += [(term, j) for term in (own, counted) if term is not None]
    return found
