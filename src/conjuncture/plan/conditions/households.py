"""Groups of households, each with its bundle and a level of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.figures import yearly
from conjuncture.plan.conditions.part import Column, Part, Reader, once, reader
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder
    from conjuncture.plan.programme.layout import Index

LEVEL = "base-year consumption"
"""Unit of a group's level."""

_ROUNDING = 1e-9
"""Share of a product's consumption by which groups may ask for more than there was."""


class Household(Record):
    """A group of households."""

    name: str = key(..., "", "What the group is called.", min_length=1)
    share: float = key(
        0.0, "1", "Share of the base-year consumption of every product that is the group's.",
        ge=0.0, le=1.0,
    )  # fmt: skip
    shares: dict[str, float] = key({}, "1", "Share by product, where it is another one than share.")
    amounts: dict[str, float] = key(
        {}, "table's money/year", "Base-year consumption of the group by product, in place of a "
        "share.",
    )  # fmt: skip
    size: Amounts = key(
        (),
        "persons",
        "Persons in the group, one figure or one for each year; for amounts per head.",
    )
    floor: Amounts = key(
        (0.0,), "base year = 1", "Least level of the group, one figure or one for each year."
    )
    relative: Amounts = key(
        (1.0,),
        "common level = 1",
        "Level of the group below which it may not fall, relative to the common level, one figure "
        "or one for each year; 0: not tied to it.",
    )
    weight: float = key(
        0.0,
        "1",
        "Weight in the aim consumption of what the group consumes above the level tied to the "
        "common one.",
        ge=0.0,
    )
    band: float | None = key(
        None,
        "1/year",
        "Largest change of the group's level from year to year, up or down; none: no limit.",
        ge=0.0,
        le=10.0,
    )


def check(problem: Problem, groups: tuple[Household, ...], faults: Faults) -> None:
    """Record unknown products, groups that consume nothing, and more than there was."""
    once([group.name for group in groups], faults, "conditions.households")
    before = len(faults)
    for number, group in enumerate(groups):
        read = Reader(problem, faults, f"conditions.households.{number}")
        for name in ("shares", "amounts"):
            given = getattr(group, name)
            read.vector(given, name)
            read.positive(given, name)
        for label in sorted(set(group.shares) & set(group.amounts)):
            read.faults.add(
                "has a share and an amount", "give one of them",
                field=read.field(f"amounts.{label}"), value=group.amounts[label],
            )  # fmt: skip
        if group.size and (read.years(group.size, "size") <= 0).any():
            read.faults.add("is not above 0", "give a number of persons", field=read.field("size"))
        yearly(read, group.floor, "floor", high=10.0)
        yearly(read, group.relative, "relative", high=10.0)
    if len(faults) == before:
        _check_bundles(problem, groups, faults)


def _check_bundles(problem: Problem, groups: tuple[Household, ...], faults: Faults) -> None:
    theirs = bundles(problem, groups)
    for number, group in enumerate(groups):
        if theirs[number].sum() <= 0:
            faults.add(
                "the group consumes nothing",
                "give share, shares or amounts",
                field=f"conditions.households.{number}",
                value=group.name,
            )
    total, there = theirs.sum(axis=0), problem.consumption
    over = np.abs(total) > (1.0 + _ROUNDING) * np.abs(there)
    for at in np.flatnonzero(over | (total * there < 0)):
        faults.add(
            f"groups ask for {total[at]:.6g} of {there[at]:.6g} {problem.unit}",
            "lower their shares or amounts of this product",
            field="conditions.households",
            value=problem.sectors[at],
        )
    tied = tied_levels(problem, groups)
    if not rest(problem, groups).any() and (tied.sum(axis=1) == 0).any():
        faults.add(
            "all consumption is the groups', and none is tied to the common level",
            "give one of them relative above 0, or leave a part of the bundle over",
            field="conditions.households",
        )


def bundles(problem: Problem, groups: tuple[Household, ...]) -> Array:
    """Return the base-year bundle of every group (H x N; money/year)."""
    found = np.zeros((len(groups), problem.size))
    for number, group in enumerate(groups):
        found[number] = group.share * problem.consumption
        for label, share in group.shares.items():
            at = problem.sectors.index(label)
            found[number, at] = share * problem.consumption[at]
        for label, amount in group.amounts.items():
            found[number, problem.sectors.index(label)] = amount
    return found


def rest(problem: Problem, groups: tuple[Household, ...]) -> Array:
    """Return the bundle that the groups leave to the common level (N; money/year)."""
    left = problem.consumption - bundles(problem, groups).sum(axis=0)
    near = np.abs(left) <= 2 * _ROUNDING * np.abs(problem.consumption)
    return np.where(near, 0.0, left)


def tied_levels(problem: Problem, groups: tuple[Household, ...]) -> Array:
    """Return the levels relative to the common one below which groups may not fall (T x H)."""
    found = [
        reader(problem, "households", number).years(group.relative, "relative")
        for number, group in enumerate(groups)
    ]
    return np.stack(found, axis=1)


def prepare(builder: Builder, groups: tuple[Household, ...]) -> None:
    """Leave to the common level what is not the groups', and count all consumption once."""
    p = builder.p
    builder.bundle = rest(p, groups)
    money = bundles(p, groups).sum(axis=1)
    weight = np.array([group.weight for group in groups])
    tied = tied_levels(p, groups) @ (money * (1.0 - weight))
    builder.worth = float(builder.bundle.sum()) + tied


def build(builder: Builder, groups: tuple[Household, ...]) -> None:
    """Add the level of every group, its floor, its tie to the common level and its band."""
    p = builder.p
    each, every = np.arange(builder.t)[:, None], np.arange(len(groups))
    named: dict[str, Any] = {"names": tuple(g.name for g in groups), "units": LEVEL}
    theirs = bundles(p, groups)
    scale = _scale(builder, theirs)
    level = builder.column("household", each, every, scale=scale, **named)
    some = np.flatnonzero(theirs.any(axis=0))
    rows = builder.product_row[:, some]
    builder.put(rows[:, :, None], level[:, None, :], -theirs[:, some].T)
    weight = np.array([group.weight for group in groups])
    builder.consumed.append((level, weight * theirs.sum(axis=1)))
    least = np.stack(
        [reader(p, "households", k).years(g.floor, "floor") for k, g in enumerate(groups)], axis=1
    )
    row = builder.row("household floor", each, every, scale, least, np.inf, **named)
    builder.put(row, level, 1.0)
    tied = tied_levels(p, groups)
    bound = np.flatnonzero((tied > 0).any(axis=0))
    if bound.size:
        row = builder.row("household tie", each, bound, scale[bound], 0.0, np.inf, **named)
        builder.put(row, level[:, bound], 1.0)
        builder.put(row, builder.s[:, None], -tied[:, bound])
    _bands(builder, groups, level, scale)


def _scale(builder: Builder, theirs: Array) -> Array:
    """Return the level of each group that takes as much money as one unit of the common level.

    So a group's floor and tie yield, where a plan is infeasible, by the money that this frees.
    """
    return np.asarray(builder.p.consumption.sum() / theirs.sum(axis=1))


def _bands(builder: Builder, groups: tuple[Household, ...], level: Index, scale: Array) -> None:
    of = [k for k, group in enumerate(groups) if group.band is not None]
    if not of:
        return
    band = np.array([groups[k].band for k in of], dtype=np.float64)
    each = np.arange(builder.t)[:, None]
    named: dict[str, Any] = {"names": tuple(g.name for g in groups), "units": LEVEL}
    start = np.where(each == 0, builder.p.consumption_level, 0.0)
    for name, share in (("rise", 1.0 + band), ("fall", np.maximum(0.0, 1.0 - band))):
        limit = start * share
        low, high = (-np.inf, limit) if name == "rise" else (limit, np.inf)
        row = builder.row(f"household {name}", each, np.array(of), scale[of], low, high, **named)
        builder.put(row, level[:, of], 1.0)
        builder.put(row[1:], level[:-1, of], -share)


PART = Part(
    name="households",
    check=check,
    build=build,
    prepare=prepare,
    kinds={
        "household floor": Kind(
            "household floor", "row", -1, "consumption that the floor of the group lets off",
            scarce="consumption of {label} in {year} stands at its floor",
            corner="consumption of {label} stands at its floor",
        ),
        "household tie": Kind(
            "household tie", "row", -1, "consumption that the tie to the common level lets off",
            compared="household",
            scarce="consumption of {label} in {year} may not fall behind the common level",
        ),
        "household rise": Kind(
            "household rise", "row", 1, "rise of the group's consumption allowed",
            compared="household",
            scarce="consumption of {label} in {year} may not rise faster (band)",
            corner="consumption of {label} rises as fast as allowed (band)",
        ),
        "household fall": Kind(
            "household fall", "row", -1, "fall of the group's consumption allowed",
            compared="household",
            scarce="consumption of {label} in {year} may not fall faster (band)",
            corner="consumption of {label} falls as fast as allowed (band)",
        ),
    },
    slacks={
        "household floor": Slack(
            1.0,
            down=False,
            words="consumption floor of {label} {year}: short by {amount:.4g} of its base-year "
            "consumption ({share:.3g} %)",
            remedy="lower the floor of this group in this year",
            demand="consumption of {label} in {year} of at least {amount} of its base year",
        ),
        "household tie": Slack(
            1.0,
            down=False,
            words="consumption of {label} {year}: must fall {amount:.4g} of its base-year "
            "consumption behind the common level",
            remedy="lower relative of this group",
            demand="consumption of {label} in {year} that keeps up with the common level",
        ),
        "household rise": Slack(
            20.0,
            down=True,
            words="consumption of {label} {year}: must rise by {amount:.4g} of its base-year "
            "consumption more than its band",
            remedy="widen the band of this group, or lower its floor",
            demand="consumption of {label} in {year} that rises no faster than its band",
        ),
        "household fall": Slack(
            1.0,
            down=False,
            words="consumption of {label} {year}: must fall by {amount:.4g} of its base-year "
            "consumption more than its band",
            remedy="widen the band of this group",
            demand="consumption of {label} in {year} that falls no faster than its band",
        ),
    },
    columns={
        "household": Column("consumption of groups of households", use="consumption of groups"),
    },
)  # fmt: skip
