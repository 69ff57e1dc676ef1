"""Ceilings on what production and consumption take from or give to nature.

A satellite (energy, emissions) is counted by its amounts per unit of output, of the
consumption level and of imports; its ceilings hold for a year or for the whole plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions import households, partners
from conjuncture.plan.conditions.part import Column, Part, Reader, once, reader
from conjuncture.plan.conditions.technique import sectors_of
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder
    from conjuncture.plan.programme.layout import Index

_TABLE = "null: that of the table's satellite of this name"


class Ceiling(Record):
    """A satellite that a plan counts, and its limits."""

    name: str = key(..., "", "What is counted, as the table's satellite is called.", min_length=1)
    unit: str = key("", "", "Its unit; empty: the table's.")
    per_output: dict[str, float] | None = key(
        None,
        "unit per table's money",
        f"Amount per unit of output in the base year, by sector; {_TABLE}.",
    )
    per_level: float | None = key(
        None,
        "unit/year",
        "Amount of households themselves at the base year's consumption level (fuel burnt at "
        f"home); {_TABLE}, or 0.",
    )
    per_technique: dict[str, float] = key(
        {},
        "unit per table's money",
        "Amount per unit of output by a technique, by its name; a technique not named: its "
        "sector's.",
    )
    per_import: dict[str, float] = key(
        {},
        "unit per table's money",
        "Amount per unit of imports, by product: what is embodied in them, if it is to count.",
    )
    other: Amounts | None = key(
        None,
        "unit/year",
        f"Amount of all other final users, fixed: one figure or one for each year; {_TABLE}, or 0.",
    )
    efficiency_growth: float = key(
        0.0,
        "1/year",
        "Growth of output, consumption and imports per unit of the satellite (assumed).",
        gt=-1.0,
        le=1.0,
    )
    ceiling: Amounts | None = key(
        None, "unit/year", "Most in a year: one figure or one for each year; null: none."
    )
    least: Amounts | None = key(
        None, "unit/year", "Least in a year: one figure or one for each year; null: none."
    )
    total: float | None = key(None, "unit", "Most over the whole plan; null: no such budget.")
    relative: bool = key(
        False,
        "",
        "Whether ceiling, least and total are in amounts of the base year (1 = as much) "
        "rather than in the unit.",
    )


def resolve(table: Table, ceilings: tuple[Ceiling, ...], faults: Faults) -> tuple[Ceiling, ...]:
    """Fill in from a table's satellites what the records leave open.

    The amounts of final users are divided by role: those of consumption move with the
    consumption level, all others are fixed.
    """
    found = []
    for k, ceiling in enumerate(ceilings):
        satellites = table.satellites
        if satellites is None or ceiling.name not in satellites.kinds:
            if satellites is not None and ceiling.per_output is None:
                where = f"conditions.ceilings.{k}.name"
                faults.unknown("satellite", ceiling.name, satellites.kinds, field=where)
            found.append(ceiling)
            continue
        row = satellites.kinds.index(ceiling.name)
        output = np.where(table.output > 0, table.output, 1.0)
        per = np.where(table.output > 0, satellites.used[row] / output, 0.0)
        home = np.array([use.role == "consumption" for use in table.final_uses], dtype=bool)
        own = satellites.final[row]
        taken: dict[str, Any] = {
            "unit": ceiling.unit or satellites.units[row],
            "per_output": dict(zip(table.sectors, per.tolist(), strict=True)),
            "per_level": float(own[home].sum()),
            "other": (float(own[~home].sum()),),
        }
        given = {name for name in taken if getattr(ceiling, name) is not None} - {"unit"}
        if "per_output" in given:  # amounts of one's own are not mixed with the table's
            given = set(taken) - {"unit"}
        update = {name: value for name, value in taken.items() if name not in given}
        found.append(ceiling.model_copy(update=update))
    return tuple(found)


# What is counted ---------------------------------------------------------------------


def per_output(read: Reader, ceiling: Ceiling) -> Array:
    """Return amounts per unit of output in the base year (N; unit per money)."""
    return read.vector(ceiling.per_output or {}, "per_output")


def other(read: Reader, ceiling: Ceiling) -> Array:
    """Return the fixed amounts of other final users (T; unit/year)."""
    return read.years((0.0,) if ceiling.other is None else ceiling.other, "other")


def base(problem: Problem, number: int) -> float:
    """Return the amount of the base year that the records imply (unit/year)."""
    ceiling, read = problem.conditions.ceilings[number], reader(problem, "ceilings", number)
    made = float(per_output(read, ceiling) @ problem.output)
    return made + (ceiling.per_level or 0.0) + float(other(read, ceiling)[0])


def scale(problem: Problem, number: int) -> float:
    """Return the amount to which the rows of a satellite are scaled (unit)."""
    return abs(base(problem, number)) or 1.0


def check(problem: Problem, ceilings: tuple[Ceiling, ...], faults: Faults) -> None:
    """Record unknown labels, amounts that nothing tells, and limits that cross."""
    once([ceiling.name for ceiling in ceilings], faults, "conditions.ceilings")
    for k, ceiling in enumerate(ceilings):
        read = Reader(problem, faults, f"conditions.ceilings.{k}")
        if ceiling.per_output is None:
            faults.add(
                "amounts per unit of output are not known",
                "give per_output, or build the problem from a table with a satellite of this name",
                field=read.field("per_output"),
                value=ceiling.name,
            )
        per_output(read, ceiling)
        read.vector(ceiling.per_import, "per_import")
        known = [technique.name for technique in problem.conditions.techniques]
        for label in ceiling.per_technique:
            read.place(label, known, "technique", f"per_technique.{label}")
        other(read, ceiling)
        for name in ("ceiling", "least"):
            given = getattr(ceiling, name)
            read.years((0.0,) if given is None else given, name)
        _check_limits(read, ceiling)


def _check_limits(read: Reader, ceiling: Ceiling) -> None:
    if ceiling.relative and ceiling.per_import:
        read.faults.add(
            "the amount embodied in the base year's imports is not known",
            "give ceilings in the unit, or leave per_import out",
            field=read.field("relative"),
        )
    most, least = ceiling.ceiling, ceiling.least
    if most is not None and least is not None:
        most, least = ((v * read.p.periods if len(v) == 1 else v) for v in (most, least))
        if len(most) == len(least) and any(a > b for a, b in zip(least, most, strict=True)):
            read.faults.add(
                "least amount lies above the ceiling",
                "give a least amount that is not above the ceiling",
                field=read.field("least"),
                value=", ".join(f"{value:g}" for value in least),
            )


def build(builder: Builder, ceilings: tuple[Ceiling, ...]) -> None:
    """Count every satellite by year, and limit it."""
    p, t = builder.p, builder.t
    each, every = np.arange(t)[:, None], np.arange(len(ceilings))
    labels, units = tuple(c.name for c in ceilings), tuple(c.unit for c in ceilings)
    scales = np.array([scale(p, k) for k in range(len(ceilings))])
    amount = builder.column(
        "satellite", each, every, names=labels, units=units, scale=scales, low=-np.inf
    )
    fixed = np.stack([other(reader(p, "ceilings", k), c) for k, c in enumerate(ceilings)], axis=1)
    row = builder.row("satellite", each, every, scales, fixed, fixed, names=labels, units=units)
    builder.put(row, amount, 1.0)
    for k, ceiling in enumerate(ceilings):
        read = reader(p, "ceilings", k)
        less = (1.0 + ceiling.efficiency_growth) ** -np.arange(1.0, t + 1)
        per = per_output(read, ceiling)
        of = np.flatnonzero(per)
        builder.put(row[:, [k]], builder.x[:, of], -np.outer(less, per[of]))
        _households(builder, row[:, k], less * (ceiling.per_level or 0.0))
        for q, j in enumerate(sectors_of(p)):
            taken = ceiling.per_technique.get(p.conditions.techniques[q].name, per[j])
            builder.put(row[:, k], builder.columns["technique"][:, q], -less * taken)
        _imports(builder, row[:, k], less, read.vector(ceiling.per_import, "per_import"))
    for name, block in (("ceiling", "ceiling"), ("least", "least amount")):
        _yearly(builder, ceilings, name, block)
    _total(builder, ceilings)


def _households(builder: Builder, row: Index, amount: Array) -> None:
    """Count what households take themselves, those in groups by their share of consumption."""
    p = builder.p
    if not amount.any():
        return
    whole = float(p.consumption.sum())
    builder.put(row, builder.s, -amount * (float(builder.bundle.sum()) / whole))
    if p.conditions.households:
        share = households.bundles(p, p.conditions.households).sum(axis=1) / whole
        builder.put(row[:, None], builder.columns["household"], -np.outer(amount, share))


def _imports(builder: Builder, row: Any, less: Array, per: Array) -> None:
    """Count what is embodied in imports, of partners and of those with none named."""
    if not per.any():
        return
    builder.put(row[:, None], builder.m, -np.outer(less, per[builder.imported]))
    block = builder.columns.blocks.get("partner imports")
    if block is not None:
        product = partners.pairs(builder.p, "imports")[:, 1]
        builder.put(row[:, None], block.index, -np.outer(less, per[product]))


def _unit(builder: Builder, number: int) -> float:
    """Return what 1 in a limit stands for (unit)."""
    relative = builder.p.conditions.ceilings[number].relative
    return base(builder.p, number) if relative else 1.0


def _yearly(builder: Builder, ceilings: tuple[Ceiling, ...], name: str, block: str) -> None:
    of = [k for k, ceiling in enumerate(ceilings) if getattr(ceiling, name) is not None]
    if not of:
        return
    p, known = builder.p, builder.columns.blocks["satellite"]
    limit = np.stack(
        [
            _unit(builder, k) * reader(p, "ceilings", k).years(getattr(ceilings[k], name), name)
            for k in of
        ],
        axis=1,
    )
    most = name == "ceiling"
    row = builder.row(
        block,
        np.arange(builder.t)[:, None],
        np.array(of),
        np.array([scale(p, k) for k in of]),
        -np.inf if most else limit,
        limit if most else np.inf,
        names=known.names,
        units=known.units,
    )
    builder.put(row, known.index[:, of], 1.0)


def _total(builder: Builder, ceilings: tuple[Ceiling, ...]) -> None:
    limits = {k: _unit(builder, k) * c.total for k, c in enumerate(ceilings) if c.total is not None}
    if not limits:
        return
    known, of = builder.columns.blocks["satellite"], list(limits)
    row = builder.row(
        "budget",
        builder.t - 1,
        np.array(of),
        np.array([scale(builder.p, k) for k in of]),
        -np.inf,
        np.array(list(limits.values())),
        names=known.names,
        units=known.units,
    )
    builder.put(row[None], known.index[:, of], 1.0)


PART = Part(
    name="ceilings",
    check=check,
    build=build,
    resolve=resolve,
    kinds={
        "ceiling": Kind(
            "ceiling", "row", 1, "the amount allowed in the year",
            scarce="{label} in {year} stands at its ceiling",
        ),
        "budget": Kind(
            "budget", "row", 1, "the amount allowed over the whole plan",
            scarce="the budget of {label} over the whole plan is used up",
        ),
        "least amount": Kind(
            "least amount", "row", -1, "the amount that need not be reached",
            scarce="{label} in {year} stands at the least allowed",
        ),
        "satellite": Kind(
            "satellite", "row", -1, "the amount that is let off", limits=False,
            scarce="{label} in {year} is limited",
        ),
    },
    slacks={
        "ceiling": Slack(
            5.0,
            down=True,
            words="ceiling on {label} {year}: {amount:.4g} {unit} too low ({share:.3g} %)",
            remedy="raise this ceiling",
            demand="{label} in {year} of {amount} {unit} at most",
        ),
        "budget": Slack(
            5.0,
            down=True,
            words="budget of {label} over the plan: {amount:.4g} {unit} too low ({share:.3g} %)",
            remedy="raise the total of this ceiling",
            demand="{label} over the whole plan of {amount} {unit} at most",
        ),
        "least amount": Slack(
            5.0,
            down=False,
            words="least {label} {year}: {amount:.4g} {unit} too high ({share:.3g} %)",
            remedy="lower the least amount",
            demand="{label} in {year} of {amount} {unit} at least",
        ),
    },
    columns={"satellite": Column("amounts of satellites in the year")},
)  # fmt: skip
