"""Additional consumption by product whose worth falls, segment by segment, until it is satiated.

The worth is concave and piecewise linear, so that a linear programme fills the segments in
their order.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.figures import yearly
from conjuncture.plan.conditions.households import bundles
from conjuncture.plan.conditions.part import Column, Part, Reader, once, reader
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder
    from conjuncture.plan.programme.layout import Index


class Segment(Record):
    """A stretch of consumption over which a unit has one weight."""

    to: float = key(..., "base = 1", "Where the segment ends; the first begins at 0.", gt=0.0)
    weight: float = key(..., "1", "Weight of a unit of money in the aim wants.", ge=0.0)


class Want(Record):
    """Additional consumption of a product on top of the consumption level."""

    product: str = key(..., "", "Product that is wanted.")
    segments: tuple[Segment, ...] = key(
        ...,
        "",
        "Segments in their order: ends rise, weights do not; the last end is satiation.",
        min_length=1,
    )
    base: float | None = key(
        None,
        "table's money/year",
        "What the ends of segments are relative to; none: base-year consumption of the product.",
        gt=0.0,
    )
    path: Amounts = key(
        (1.0,), "1", "Base of each year relative to this: one figure or one for each year."
    )
    counted: Literal["additional", "all"] = key(
        "additional",
        "",
        "What fills the segments: 'additional' consumption alone, or 'all' consumption of the "
        "product, that of the level and of groups included.",
    )


def check(problem: Problem, wants: tuple[Want, ...], faults: Faults) -> None:
    """Record unknown or doubled products, missing bases, and segments that are not concave."""
    once([want.product for want in wants], faults, "conditions.wants", "product")
    for number, want in enumerate(wants):
        read = Reader(problem, faults, f"conditions.wants.{number}")
        at = read.product(want.product, "product")
        if at >= 0 and want.base is None and problem.consumption[at] <= 0:
            read.faults.add(
                "the product was not consumed in the base year",
                "give base",
                field=read.field("base"),
                value=want.product,
            )
        yearly(read, want.path, "path")
        for k, (first, second) in enumerate(pairwise(want.segments), 1):
            if second.to <= first.to:
                read.faults.add(
                    "does not end after the segment before it",
                    f"give more than {first.to:g}",
                    field=read.field(f"segments.{k}.to"),
                    value=second.to,
                )
            if second.weight > first.weight:
                read.faults.add(
                    "weighs more than the segment before it, which would be left out",
                    f"give {first.weight:g} or less",
                    field=read.field(f"segments.{k}.weight"),
                    value=second.weight,
                )


def base(problem: Problem, want: Want) -> float:
    """Return what the ends of a want's segments are relative to (money/year)."""
    if want.base is not None:
        return want.base
    return float(problem.consumption[problem.sectors.index(want.product)])


def build(builder: Builder, wants: tuple[Want, ...]) -> None:
    """Add additional consumption, its segments, and the row that fills them."""
    p = builder.p
    each, product = np.arange(builder.t)[:, None], [p.sectors.index(w.product) for w in wants]
    money = np.array([base(p, want) for want in wants])
    path = np.stack(
        [reader(p, "wants", k).years(want.path, "path") for k, want in enumerate(wants)], axis=1
    )
    last = np.array([want.segments[-1].to for want in wants])
    at = np.array(product)
    want_column = builder.column(
        "want", each, at, names=p.sectors, units=p.unit, scale=money, high=last * money * path
    )
    builder.put(builder.product_row[:, at], want_column, -1.0)
    of, width, weight, names = _segments(wants)
    met = builder.column(
        "want met", each, np.arange(of.size), names=names, units=p.unit, scale=money[of],
        high=width * (money * path)[:, of],
    )  # fmt: skip
    builder.wanted.append((met, weight))
    row = builder.row("want", each, at, money, -np.inf, 0.0)
    builder.put(row[:, of], met, 1.0)
    builder.put(row, want_column, -1.0)
    for k, want in enumerate(wants):
        if want.counted == "all":
            _other(builder, row[:, k], product[k])
        else:  # nothing may be consumed that no segment counts
            builder.row_limits.append((row[:, k], money[k], 0.0, 0.0))


def _segments(wants: tuple[Want, ...]) -> tuple[Index, Array, Array, tuple[str, ...]]:
    """Return of every segment its want, its width (base = 1), its weight and its name."""
    of, width, weight, names = [], [], [], []
    for k, want in enumerate(wants):
        begin = 0.0
        for segment in want.segments:
            of.append(k)
            width.append(segment.to - begin)
            weight.append(segment.weight)
            names.append(f"{want.product} to {segment.to:g}")
            begin = segment.to
    return np.array(of), np.array(width), np.array(weight), tuple(names)


def _other(builder: Builder, row: Index, product: int) -> None:
    """Count the consumption of the level and of groups as well."""
    builder.put(row, builder.s, -builder.bundle[product])
    groups = builder.p.conditions.households
    if groups:
        level = builder.columns.blocks["household"].index
        builder.put(row[:, None], level, -bundles(builder.p, groups)[:, product])


PART = Part(
    name="wants",
    check=check,
    build=build,
    kinds={
        "want": Kind(
            "want", "row", 1, "consumption counted as wanted", limits=False,
            scarce="consumption of {label} in {year} counts as wanted",
        ),
        "satiation": Kind(
            "want met", "upper", 1, "consumption at this weight",
            scarce="what is wanted of {label} in {year} is met",
            corner="what is wanted of {label} is met",
        ),
        "additional consumption": Kind(
            "want", "upper", 1, "additional consumption allowed",
            scarce="additional consumption of {label} in {year} is satiated",
        ),
    },
    columns={
        "want": Column("additional consumption", use="additional consumption"),
        "want met": Column("consumption counted as wanted, by segment"),
    },
)  # fmt: skip
