"""Capital that conditions bring beside the plan's own: building, wear, works in progress.

Kinds of capital and techniques with capital of their own share these blocks: every
stock is built like the plan's own capital (``docs/plan.md``), with its own lag,
wear and composition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.plan.conditions.part import Reader
from conjuncture.plan.programme.kinds import Kind
from conjuncture.plan.programme.layout import Index

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder

_EXACT = 1e-6


@dataclass(frozen=True)
class Stocks:
    """Stocks of capital (S) and what they are built of.

    Attributes
    ----------
    names : tuple of str
        Label of each stock.
    opening, wear, scale : array, S
        In use at the start (money), share that wears out (1/year), usual size (money).
    gestation : array of int, S
        Years from the start of a building to its use.
    works : array, (largest gestation - 1) x S
        Works begun before the first year, oldest first; row h is in use from the start
        of year h + 2 (money of finished capital).
    group : array of int, S
        Outlays to which each belongs.
    groups : tuple of str
        Labels of the outlays.
    composition : array, N x groups
        Products per unit of outlay.
    """

    names: tuple[str, ...]
    opening: Array
    wear: Array
    scale: Array
    gestation: Index
    works: Array
    group: Index
    groups: tuple[str, ...]
    composition: Array

    @property
    def longest(self) -> int:
        """The largest gestation (years)."""
        return int(self.gestation.max())


@dataclass(frozen=True)
class Blocks:
    """Columns and rows of stocks: capital (T + longest), building (T), growth, outlay."""

    stock: Index
    building: Index
    growth: Index
    outlay: Index


def add(builder: Builder, prefix: str, stocks: Stocks) -> Blocks:
    """Add outlays, building, stocks and their accumulation.

    Parameters
    ----------
    builder : Builder
    prefix : str
        First word of the names of the blocks.
    stocks : Stocks

    Returns
    -------
    Blocks
        ``growth`` holds the rows of the years 2 to T + longest.
    """
    t, longest, unit = builder.t, stocks.longest, builder.p.unit
    each, every = np.arange(t)[:, None], np.arange(len(stocks.names))
    outlay = builder.column(
        f"{prefix} outlay", each, np.arange(len(stocks.groups)), names=stocks.groups, units=unit,
        scale=builder.money,
    )  # fmt: skip
    after = np.arange(t + longest)[:, None]
    building, stock = (
        builder.column(
            f"{prefix} {name}", years, every, names=stocks.names, units=unit, scale=stocks.scale
        )
        for name, years in (("build", each), ("stock", after))
    )
    builder.column_bounds.append((stock[0], stocks.scale, stocks.opening, stocks.opening))
    i, group = np.nonzero(stocks.composition)
    builder.put(builder.product_row[:, i], outlay[:, group], -stocks.composition[i, group])
    paid = _outlays(builder, prefix, stocks, outlay, building)
    growth = _growth(builder, prefix, stocks, stock, building)
    builder.other_capital.append((stock, building, stocks.gestation))
    return Blocks(stock, building, growth, paid)


def _outlays(
    builder: Builder, prefix: str, stocks: Stocks, outlay: Index, building: Index
) -> Index:
    """Spread every building evenly over its gestation."""
    t, begun = builder.t, np.zeros((builder.t, len(stocks.groups)))
    for h, works in enumerate(stocks.works):
        np.add.at(begun[: h + 1].T, stocks.group, (works / stocks.gestation)[:, None])
    row = builder.row(
        f"{prefix} outlay", np.arange(t)[:, None], np.arange(len(stocks.groups)), builder.money,
        begun, begun, names=stocks.groups,
    )  # fmt: skip
    builder.put(row, outlay, 1.0)
    for h in range(min(stocks.longest, t)):
        of = np.flatnonzero(stocks.gestation > h)
        builder.put(
            row[h:][:, stocks.group[of]], building[: t - h][:, of], -1.0 / stocks.gestation[of]
        )
    return row


def _growth(builder: Builder, prefix: str, stocks: Stocks, stock: Index, building: Index) -> Index:
    """Stocks wear, and buildings come into use after their gestation."""
    t, longest = builder.t, stocks.longest
    every = np.arange(len(stocks.names))
    ready = np.zeros((t + longest - 1, every.size))
    ready[: longest - 1] = stocks.works
    row = builder.row(
        f"{prefix} growth", np.arange(1, t + longest)[:, None], every, stocks.scale, ready, ready,
        names=stocks.names,
    )  # fmt: skip
    builder.put(row, stock[1:], 1.0)
    builder.put(row, stock[:-1], stocks.wear - 1.0)
    at = np.arange(t)[:, None] + stocks.gestation - 1
    builder.put(row[at, every], building, -1.0)
    return row


def ends(stocks: Stocks, t: int) -> tuple[Index, Index]:
    """Return years after the horizon and stocks of the conditions on what is left."""
    pairs = [(t + h, s) for s, g in enumerate(stocks.gestation) for h in range(int(g))]
    year, of = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    return year, of


def kinds(prefix: str, of: str) -> dict[str, Kind]:
    """Return the shadow prices of such blocks, given what the capital is called."""
    return {
        f"{prefix} capacity": Kind(
            f"{prefix} room", "row", 1, "capital that can be used in the year",
            compared=f"{prefix} stock",
            scarce=f"the capital of {of} {{label}} in {{year}} is fully used",
        ),
        f"{prefix} terminal capital": Kind(
            f"{prefix} end", "row", -1, "capital that need not be left",
            compared=f"{prefix} stock",
            scarce=f"output at the end of the plan must be sustained by the capital of {of} "
            "{label} left for {year}",
        ),
        f"{prefix} investment": Kind(
            f"{prefix} outlay", "row", -1, "investment goods at hand", limits=False,
            scarce=f"investment goods for {of} {{label}} in {{year}} are scarce",
        ),
        f"{prefix} capital": Kind(
            f"{prefix} growth", "row", 1, "capital in use at the year's start", limits=False,
            scarce=f"capital of {of} {{label}} at the start of {{year}} is scarce",
        ),
        f"opening {prefix} capital": Kind(
            f"{prefix} stock", "start", 1, "capital in use at the start", limits=False,
            scarce=f"capital of {of} {{label}} at the start of {{year}} is scarce",
        ),
    }  # fmt: skip


def check_composition(read: Reader, composition: Mapping[str, float]) -> None:
    """Record unknown products, negative shares, and shares that do not add up to 1."""
    read.vector(composition, "composition")
    read.positive(composition, "composition")
    total = sum(composition.values())
    if composition and abs(total - 1.0) > _EXACT:
        read.faults.add(
            "does not add up to 1", "divide the amounts by their sum",
            field=read.field("composition"), value=f"{total:.6g}",
        )  # fmt: skip


def composition_of(problem: Problem, given: Mapping[str, float], sector: int) -> Array:
    """Return products per unit of outlay (N): as given, or else as the sector's own."""
    if not given:
        columns = problem.composition
        return np.asarray(columns[:, sector if columns.shape[1] > 1 else 0])
    found = np.zeros(problem.size)
    for label, value in given.items():
        found[problem.sectors.index(label)] = value
    return found


def need_composition(problem: Problem, read: Reader, sector: int) -> None:
    """Record a composition that is left to a sector which has none."""
    if composition_of(problem, {}, sector).sum() <= 0:
        read.faults.add(
            "is not given, and the plan has no composition of investment to take its place",
            "give products per unit of outlay", field=read.field("composition"),
        )  # fmt: skip


def twice(pairs: list[tuple[str, str]], faults: Faults, where: str, what: str) -> None:
    """Record pairs that stand twice."""
    for pair in sorted({pair for pair in pairs if pairs.count(pair) > 1}):
        faults.add(
            f"{what} stands twice", "give it once", field=where,
            value=" in ".join(part for part in pair if part),
        )  # fmt: skip
