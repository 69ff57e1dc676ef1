"""Working time: overtime beyond the labour available, and hours shorter or longer than before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.figures import yearly
from conjuncture.plan.conditions.part import Column, Part, Reader, once, reader
from conjuncture.plan.conditions.workers import arrived, hours
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder
    from conjuncture.plan.programme.layout import Index


class WorkingTime(Record):
    """Working time of one kind of labour."""

    kind: str = key(..., "", "Kind of labour.")
    hours: Amounts = key(
        (1.0,), "base year = 1", "Hours of a worker, one figure or one for each year."
    )
    recovered: float = key(
        0.0,
        "1",
        "Share of the labour lost by shorter hours that more output per hour makes up for.",
        ge=0.0,
        le=1.0,
    )
    most: Amounts = key(
        (0.0,),
        "1",
        "Most overtime of a year as a share of the labour that there is, one figure or one each.",
    )
    productivity: float = key(
        1.0, "1", "Labour that a unit of overtime gives, relative to other hours.", gt=0.0, le=1.0
    )
    cost: float = key(
        0.0,
        "table's money per unit of labour",
        "What a unit of overtime takes off the aim consumption, or wants where no level aims at "
        "consumption: the worth of the free time lost.",
        ge=0.0,
    )
    total: float | None = key(
        None, "unit of the kind of labour", "Most overtime of all years together.", ge=0.0
    )


def check(problem: Problem, records: tuple[WorkingTime, ...], faults: Faults) -> None:
    """Record unknown or doubled kinds of labour and figures out of range."""
    once([record.kind for record in records], faults, "conditions.overtime", "kind")
    for number, record in enumerate(records):
        read = Reader(problem, faults, f"conditions.overtime.{number}")
        read.labour(record.kind, "kind")
        yearly(read, record.hours, "hours", low=0.1, high=2.0)
        yearly(read, record.most, "most", high=2.0)


def build(builder: Builder, records: tuple[WorkingTime, ...]) -> None:
    """Add the labour that shorter hours set free, and overtime with its limits."""
    p = builder.p
    kinds = np.array([p.labour_kinds.index(record.kind) for record in records])
    read = [reader(p, "overtime", number) for number in range(len(records))]
    changed = [k for k, record in enumerate(records) if any(h != 1.0 for h in record.hours)]
    if changed:
        _shorter(builder, kinds[changed])
    used = [k for k, record in enumerate(records) if any(record.most)]
    if used:
        most = np.stack([read[k].years(records[k].most, "most") for k in used], axis=1)
        _overtime(builder, [records[k] for k in used], kinds[used], most * hours(p)[:, kinds[used]])


def _shorter(builder: Builder, kinds: Index) -> None:
    """Take off the labour available what hours unlike those of the base year take off."""
    p, each = builder.p, np.arange(builder.t)[:, None]
    less = (1.0 - hours(p)[:, kinds]) * p.labour_available[:, kinds]
    named = {"names": p.labour_kinds, "units": p.labour_units}
    column = builder.column(
        "shorter hours", each, kinds, scale=builder.labour[kinds], low=np.minimum(less, 0.0),
        high=less, **named,
    )  # fmt: skip
    row = builder.row("shorter hours", each, kinds, builder.labour[kinds], less, np.inf, **named)
    builder.put(row, column, 1.0)
    builder.put(builder.labour_row[:, kinds], column, 1.0)


def _overtime(builder: Builder, records: list[WorkingTime], kinds: Index, share: Array) -> None:
    """Add overtime, its limit in a year and in all, and its cost in the aim."""
    p, each = builder.p, np.arange(builder.t)[:, None]
    scale = builder.labour[kinds]
    names, units = p.labour_kinds, p.labour_units
    column = builder.column("overtime", each, kinds, names=names, units=units, scale=scale)
    gives = np.array([record.productivity for record in records])
    builder.put(builder.labour_row[:, kinds], column, -gives)
    row = builder.row(
        "overtime", each, kinds, scale, -np.inf, share * p.labour_available[:, kinds],
        names=names, units=units,
    )  # fmt: skip
    builder.put(row, column, 1.0)
    for k, record in enumerate(records):
        for year, moved, amount in arrived(builder, record.kind):
            builder.put(row[year, k], moved, -share[year, k] * amount)
    capped = [k for k, record in enumerate(records) if record.total is not None]
    if capped:
        most = np.array([records[k].total for k in capped], dtype=np.float64)
        row = builder.row(
            "overtime total", builder.t - 1, kinds[capped], scale[capped], -np.inf, most,
            names=names, units=units,
        )  # fmt: skip
        builder.put(row, column[:, capped], 1.0)
    builder.borne.append((column, np.array([record.cost for record in records])))


PART = Part(
    name="overtime",
    check=check,
    build=build,
    kinds={
        "overtime": Kind(
            "overtime", "row", 1, "overtime allowed in the year", compared="overtime",
            scarce="overtime ({label}) in {year} is as much as allowed",
            corner="overtime ({label}) is as much as allowed",
        ),
        "overtime in all": Kind(
            "overtime total", "row", 1, "overtime allowed over the plan",
            scarce="overtime ({label}) of all years to {year} is as much as allowed",
            corner="overtime ({label}) of all years is as much as allowed",
        ),
        "shorter hours": Kind(
            "shorter hours", "row", -1, "labour that shorter hours need not set free",
            scarce="shorter hours ({label}) in {year} set labour free",
        ),
    },
    slacks={
        "overtime": Slack(
            5.0,
            down=True,
            words="overtime ({label}) {year}: {amount:.4g} {unit} more needed than allowed",
            remedy="raise most",
            demand="overtime ({label}) in {year} within its limit",
        ),
        "overtime total": Slack(
            5.0,
            down=True,
            words="overtime ({label}) of all years: {amount:.4g} {unit} more needed than allowed",
            remedy="raise total",
            demand="overtime ({label}) of all years of {amount} {unit} at most",
        ),
        "shorter hours": Slack(
            2.0,
            down=False,
            words="shorter hours ({label}) {year}: {amount:.4g} {unit} of labour too much set free",
            remedy="shorten hours by less in this year",
            demand="hours ({label}) in {year} that set {amount} {unit} of labour free",
        ),
    },
    columns={
        "overtime": Column("overtime"),
        "shorter hours": Column("labour set free by shorter hours"),
    },
)  # fmt: skip
