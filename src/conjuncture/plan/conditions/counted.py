"""What a target counts: the activities of the plan and of its conditions, and the base year's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions import assets, households, partners
from conjuncture.plan.conditions.technique import sectors_of
from conjuncture.plan.programme.layout import Index

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder

Pieces = Iterator[tuple[Index, Any]]
Chosen = npt.NDArray[np.bool_]


def base(problem: Problem, what: str) -> Array | None:
    """Return the base year's amounts, or those at the start (N); None where not known."""
    p = problem
    if what == "capital":
        return p.capital + _of_conditions(p, "opening")
    if what == "restoration":
        return p.damaged + _of_conditions(p, "damaged")
    return {"output": p.output, "consumption": p.consumption}.get(what)


def _of_conditions(problem: Problem, name: str) -> Array:
    """Return capital of kinds and techniques by sector (N), in use or damaged at the start."""
    found = np.zeros(problem.size)
    for asset, sector in assets.pairs_of(problem):
        found[problem.sectors.index(sector)] += getattr(asset, name).get(sector, 0.0)
    if name == "opening":
        for technique in problem.conditions.techniques:
            found[problem.sectors.index(technique.sector)] += technique.opening_capital
    return found


def present(problem: Problem, what: str) -> Chosen:
    """Return whether the plan has activities of a target, by product or sector (N)."""
    p = problem
    if what in partners.FLOWS:
        flow: partners.Flow = "exports" if what == "exports" else "imports"
        low, high = (getattr(p, f"{what}_{side}") for side in ("low", "high"))
        traded: Chosen = ((low != 0) | (high != 0)).any(axis=0)
        traded[partners.pairs(p, flow)[:, 1]] = True
        return traded
    named = {technique.sector for technique in p.conditions.techniques}
    if what == "output":
        return np.asarray((p.output > 0) | np.isin(p.sectors, list(named)))
    if what == "consumption":
        wanted = [want.product for want in p.conditions.wants]
        return np.asarray((p.consumption > 0) | np.isin(p.sectors, wanted))
    own = (p.output > 0) & (p.capital_output > 0)
    if what == "restoration":
        return np.asarray((own & (p.damaged > 0)) | (_of_conditions(p, "damaged") > 0))
    kinds = {sector for _, sector in assets.pairs_of(p)}
    kinds |= {technique.sector for technique in p.conditions.techniques if technique.own_capital}
    return np.asarray(own | np.isin(p.sectors, list(kinds)))


def activities(builder: Builder, what: str, t: int, some: Chosen) -> Pieces:
    """Yield the columns that count in a year, and what a unit of each adds.

    Parameters
    ----------
    builder : Builder
    what : str
        As in :class:`conjuncture.plan.conditions.targets.Target`.
    t : int
        Position of the year.
    some : array of bool, N
        Products or sectors that count.
    """
    if what == "consumption_level":
        yield builder.s[t : t + 1], 1.0
    elif what == "consumption":
        yield from _consumption(builder, t, some)
    elif what == "output":
        yield builder.x[t, some], 1.0
        yield from _of(builder, "technique", t, some[sectors_of(builder.p)])
    elif what in partners.FLOWS:
        flow: partners.Flow = "exports" if what == "exports" else "imports"
        traded = builder.exported if flow == "exports" else builder.imported
        yield (builder.e if flow == "exports" else builder.m)[t, some[traded]], 1.0
        yield from _of(builder, f"partner {flow}", t, some[partners.pairs(builder.p, flow)[:, 1]])
    else:
        yield from _capital(builder, what, t, some)


def _of(builder: Builder, block: str, t: int, mine: Chosen) -> Pieces:
    """Yield the columns of a condition's block that count, where a plan has it."""
    if block in builder.columns.blocks:
        yield builder.columns[block][t, mine], 1.0


def _consumption(builder: Builder, t: int, some: Chosen) -> Pieces:
    """Deliveries at the common level, to groups of households, and additional ones."""
    p = builder.p
    if (common := float(builder.bundle[some].sum())) != 0.0:
        yield builder.s[t : t + 1], common
    if p.conditions.households:
        theirs = households.bundles(p, p.conditions.households)[:, some].sum(axis=1)
        yield builder.columns["household"][t, theirs != 0], theirs[theirs != 0]
    wanted = np.array([p.sectors.index(want.product) for want in p.conditions.wants], dtype=int)
    yield from _of(builder, "want", t, some[wanted])


def _capital(builder: Builder, what: str, t: int, some: Chosen) -> Pieces:
    """Capital in use, begun or restored: the plan's own, of every kind, of techniques."""
    p = builder.p
    mine = np.array([some[p.sectors.index(sector)] for _, sector in assets.pairs_of(p)], dtype=bool)
    if what == "restoration":
        yield builder.r[t, some[builder.damaged]], 1.0
        block = builder.columns.blocks.get("asset restoring")
        if block is not None:
            yield block.index[t, mine[block.label[t]]], 1.0
        return
    own = builder.k if what == "capital" else builder.u
    yield own[t, some[builder.with_capital]], 1.0
    name = "stock" if what == "capital" else "build"
    yield from _of(builder, f"asset {name}", t, mine)
    with_own = [q.own_capital for q in p.conditions.techniques]
    yield from _of(builder, f"technique {name}", t, some[sectors_of(p)[with_own]])
