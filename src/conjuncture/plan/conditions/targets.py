"""Targets (control figures): amounts that a plan is to reach, with weights and priorities.

A target never makes a plan infeasible: it may be missed, and the aim ``targets`` makes
the weighted misses of one priority as small as they can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions import counted
from conjuncture.plan.conditions.part import Column, Part, Reader, once
from conjuncture.plan.keys import Amounts, Labels, Years, key
from conjuncture.plan.programme.kinds import Kind

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder
    from conjuncture.plan.programme.layout import Index

What = Literal[
    "output",
    "consumption_level",
    "consumption",
    "exports",
    "imports",
    "capital",
    "building",
    "restoration",
]
Sense = Literal["at_least", "at_most", "exactly"]
LEVEL = "base-year consumption"


class Target(Record):
    """A control figure."""

    name: str = key(..., "", "What the target is called.", min_length=1)
    what: What = key(
        ...,
        "",
        "Of what: output; consumption_level; consumption (deliveries of products to households: "
        "at the common level, to groups, and additional); exports and imports (with all "
        "partners); capital (in use at the start of the year); building and restoration (begun "
        "in the year), of all kinds and techniques.",
    )
    of: Labels = key((), "", "Products or sectors, added up; none: all. Not for consumption_level.")
    years: Years | None = key(
        None, "calendar year", "Years in which it is to be reached; null: the last of the plan."
    )
    amount: Amounts = key(
        ...,
        "table's money, /year for flows; base year = 1",
        "How much: one figure, or one for each of its years.",
    )
    relative: bool = key(
        False, "", "Whether the amount is relative to the base year (1 = as much)."
    )
    base: float | None = key(
        None,
        "table's money",
        "Amount of the base year that a relative one refers to; null: the plan's, or the table's.",
        gt=0.0,
    )
    sense: Sense = key("at_least", "", "Whether to reach it, not to exceed it, or both.")
    weight: float = key(
        1.0, "1", "Weight of a miss, relative to others of the same priority.", gt=0.0
    )
    priority: int = key(1, "", "Targets of priority 1 come before those of 2, and so on.", ge=1)


def resolve(table: Table, targets: tuple[Target, ...], faults: Faults) -> tuple[Target, ...]:
    """Fill in trade of the base year, to which relative targets of trade refer."""
    return tuple(_resolved(table, target) for target in targets)


def _resolved(table: Table, target: Target) -> Target:
    flows = {"exports": table.final_by_role("exports"), "imports": table.imports}
    if not target.relative or target.base is not None or target.what not in flows:
        return target
    known = [label for label in target.of if label in table.sectors] or table.sectors
    base = float(flows[target.what][[table.sectors.index(label) for label in known]].sum())
    return target.model_copy(update={"base": base}) if base > 0 else target


# What is asked -----------------------------------------------------------------------


def places(read: Reader, target: Target) -> list[int]:
    """Return the positions of a target's products or sectors."""
    return read.places(target.of, read.p.sectors, "product", "of") or list(range(read.p.size))


def base_of(problem: Problem, target: Target, of: list[int]) -> float | None:
    """Return the base year's amount; None where it is not known."""
    if target.base is not None:
        return target.base
    if target.what == "consumption_level":
        return 1.0
    values = counted.base(problem, target.what)
    return None if values is None else float(values[of].sum())


def asked(problem: Problem, target: Target, of: list[int]) -> dict[int, float]:
    """Return the amount asked for by position of the year (money, or consumption level)."""
    years = [problem.years[-1]] if target.years is None else target.years
    amounts = target.amount * (len(years) if len(target.amount) == 1 else 1)
    unit = (base_of(problem, target, of) or 1.0) if target.relative else 1.0
    pairs = zip(years, amounts, strict=True)
    return {problem.years.index(year): unit * amount for year, amount in pairs}


def measure(problem: Problem, target: Target, of: list[int], amount: float) -> float:
    """Return the amount of a whole miss: the target, or base-year output where that is 0."""
    if amount > 0:
        return amount
    output = float(problem.output[of].sum()) or float(problem.output.sum())
    return 1.0 if target.what == "consumption_level" else output


def unit_of(problem: Problem, target: Target) -> str:
    """Return the unit of a target's amount."""
    return LEVEL if target.what == "consumption_level" else problem.unit


def check(problem: Problem, targets: tuple[Target, ...], faults: Faults) -> None:
    """Record unknown labels and years, amounts that ask for nothing, and what is not there."""
    once([target.name for target in targets], faults, "conditions.targets")
    for k, target in enumerate(targets):
        read, before = Reader(problem, faults, f"conditions.targets.{k}"), len(faults)
        of = places(read, target)
        _check_years(read, target)
        _check_amount(read, target, of)
        if len(faults) == before and not _present(problem, target, of):
            faults.add(
                f"the plan has no {target.what} of it",
                "name other products, or leave the target out",
                field=read.field("of"),
                value=", ".join(target.of),
            )


def _check_years(read: Reader, target: Target) -> None:
    years = target.years or ()
    for year in years:
        read.year(year, "years")
    if len(set(years)) < len(years):
        read.faults.add("names a year twice", "give every year once", field=read.field("years"))
    count = max(len(years), 1)
    if len(target.amount) not in (1, count):
        read.faults.add(
            f"has {len(target.amount)} figures for {count} years of the target",
            "give one figure, or one for each of its years",
            field=read.field("amount"),
        )
    if target.what == "consumption_level" and target.of:
        read.faults.add(
            "the consumption level is of all products",
            "leave of out, or ask for consumption",
            field=read.field("of"),
            value=", ".join(target.of),
        )


def _check_amount(read: Reader, target: Target, of: list[int]) -> None:
    least = min(target.amount, default=np.inf)
    if least < 0 or (least == 0 and target.sense != "at_most"):
        read.faults.add(
            "asks for nothing" if least == 0 else "is negative",
            "give a positive amount; 0 only where sense is at_most",
            field=read.field("amount"),
            value=f"{least:g}",
        )
    if target.relative and not base_of(read.p, target, of):
        read.faults.add(
            "the base year's amount is not known or is 0",
            "give base, or an amount that is not relative",
            field=read.field("relative"),
        )


def _present(problem: Problem, target: Target, of: list[int]) -> bool:
    """Whether the plan has activities of a target."""
    if target.what == "consumption_level":
        return True
    return bool(counted.present(problem, target.what)[of].any())


# Blocks ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cell:
    """A target in a year: what is asked (its unit), the amount of a whole miss, its places."""

    label: int
    year: int
    amount: float
    whole: float
    of: list[int]


def build(builder: Builder, targets: tuple[Target, ...]) -> None:
    """Add a row for every target and year, and the shortfall and excess that it may have."""
    p, cells = builder.p, []
    for k, target in enumerate(targets):
        of = places(Reader(p, Faults(p.name), ""), target)
        for t, amount in asked(p, target, of).items():
            cells.append(_Cell(k, t, amount, measure(p, target, of, amount), of))
    for block in ("target", "target most"):
        _rows(builder, block, [c for c in cells if _block(targets[c.label]) == block])
    for block, none, sign in (("shortfall", "at_most", 1.0), ("excess", "at_least", -1.0)):
        _misses(builder, block, sign, [c for c in cells if targets[c.label].sense != none])


def _block(target: Target) -> str:
    """Return the block of rows in which a target stands."""
    return "target most" if target.sense == "at_most" else "target"


def _rows(builder: Builder, block: str, cells: list[_Cell]) -> None:
    if not cells:
        return
    p, targets = builder.p, builder.p.conditions.targets
    amount = np.array([cell.amount for cell in cells])
    both = np.array([targets[cell.label].sense == "exactly" for cell in cells])
    row = builder.row(
        block,
        np.array([cell.year for cell in cells]),
        np.array([cell.label for cell in cells]),
        np.array([cell.whole for cell in cells]),
        amount if block == "target" else -np.inf,
        amount if block == "target most" else np.where(both, amount, np.inf),
        names=tuple(target.name for target in targets),
        units=tuple(unit_of(p, target) for target in targets),
    )
    for r, cell in zip(row, cells, strict=True):
        for columns, per in activities(builder, targets[cell.label], cell.year, cell.of):
            builder.put(r, columns, per)


def _misses(builder: Builder, block: str, sign: float, cells: list[_Cell]) -> None:
    if not cells:
        return
    targets = builder.p.conditions.targets
    column = builder.column(
        block,
        np.array([cell.year for cell in cells]),
        np.array([cell.label for cell in cells]),
        names=tuple(target.name for target in targets),
        units="of the target",
    )
    for c, cell in zip(column, cells, strict=True):
        rows = builder.rows.blocks[_block(targets[cell.label])]
        mine = (rows.label == cell.label) & (rows.year == cell.year)
        builder.put(rows.index[mine], c, sign * cell.whole)


def activities(builder: Builder, target: Target, t: int, of: list[int]) -> list[tuple[Index, Any]]:
    """Return the columns of a target in a year, and what a unit of each adds to it."""
    some = np.zeros(builder.n, dtype=bool)
    some[of] = True
    return list(counted.activities(builder, target.what, t, some))


def misses(builder: Builder, priority: int) -> list[tuple[Index, Array]]:
    """Return the columns of misses of a priority, and the weight of each."""
    found = []
    targets = builder.p.conditions.targets
    for block in ("shortfall", "excess"):
        known = builder.columns.blocks.get(block)
        if known is not None:
            mine = np.array([targets[k].priority == priority for k in known.label], dtype=bool)
            weight = np.array([targets[k].weight for k in known.label[mine]])
            found.append((known.index[mine], weight))
    return found


PART = Part(
    name="targets",
    check=check,
    build=build,
    resolve=resolve,
    kinds={
        "target": Kind(
            "target", "row", -1, "the target that is let off",
            scarce="the target {label} of {year} asks for more than is easily had",
        ),
        "target maximum": Kind(
            "target most", "row", 1, "the amount that the target allows",
            scarce="the target {label} of {year} allows no more",
        ),
    },
    columns={
        "shortfall": Column("shortfall of targets, relative to the target"),
        "excess": Column("excess over targets, relative to the target"),
    },
)  # fmt: skip
