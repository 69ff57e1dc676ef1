"""Territories: the consumption of each at a level of its own, beside a common level.

The common level is what every territory has at least, up to a stated relation; the aim
of balanced consumption counts it alone and so raises the least well supplied first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.part import Amounts, Column, Part, Reader, key, once, reader
from conjuncture.plan.kinds import Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.builder import Builder
    from conjuncture.plan.problem import Problem

SEPARATOR = ":"
"""Between territory and product in the labels of a plan over several territories."""
_OVER = 1e-9


class Territory(Record):
    """Consumption of a territory, and its trade with abroad."""

    name: str = key(
        ..., "", "What the territory is called; its products are NAME:PRODUCT.", min_length=1
    )
    consumption: dict[str, float] | None = key(
        None,
        "table's money/year",
        "Its bundle by product of any territory; null: the plan's bundle of its own products.",
    )
    relative: Amounts = key(
        (1.0,), "common level = 1", "Least level of its consumption: one number or one a year."
    )
    most: Amounts | None = key(
        None, "common level = 1", "Largest level: one number or one a year; null: no limit."
    )
    floor: Amounts = key(
        (0.0,), "its bundle = 1", "Least level in itself: one number or one a year."
    )
    balance: Amounts | None = key(
        None,
        "table's money/year",
        "Least exports less imports of its products in trade with abroad: one number or one a "
        "year; null: only the plan's account as a whole holds.",
    )
    weight: float = key(
        1.0, "1", "Weight of its discounted consumption in the aim territories.", ge=0.0
    )


def bundle(problem: Problem, territory: Territory) -> Array:
    """Return what one unit of a territory's level takes (N; money/year)."""
    if territory.consumption is None:
        return np.where(_own(problem, territory.name), problem.consumption, 0.0)
    found = np.zeros(problem.size)
    place = {label: k for k, label in enumerate(problem.sectors)}
    for label, amount in territory.consumption.items():
        if label in place:  # unknown ones are faults of the check
            found[place[label]] = amount
    return found


def bundles(problem: Problem, territories: tuple[Territory, ...]) -> Array:
    """Return the bundles of all territories (R x N; money/year)."""
    return np.stack([bundle(problem, territory) for territory in territories])


def _own(problem: Problem, name: str) -> Array:
    return np.array([label.startswith(name + SEPARATOR) for label in problem.sectors])


def check(problem: Problem, territories: tuple[Territory, ...], faults: Faults) -> None:
    """Record unknown labels, empty bundles, bundles above the plan's, and faulty levels."""
    once([territory.name for territory in territories], faults, "conditions.territories")
    known = set(problem.sectors)
    for k, territory in enumerate(territories):
        read = Reader(problem, faults, f"conditions.territories.{k}")
        for label in territory.consumption or {}:
            if label not in known:
                read.product(label, f"consumption.{label}")
        if not _own(problem, territory.name).any():
            heads = [s.partition(SEPARATOR)[0] for s in problem.sectors if SEPARATOR in s]
            faults.unknown("territory", territory.name, dict.fromkeys(heads),
                           field=read.field("name"))  # fmt: skip
        elif bundle(problem, territory).sum() <= 0:
            faults.add("has no consumption", "give a bundle with a positive sum",
                       field=read.field("consumption"), value=territory.name)  # fmt: skip
        _check_levels(territory, read)
    _check_sum(problem, territories, faults)


def _check_levels(territory: Territory, read: Reader) -> None:
    for name in ("relative", "most", "floor"):
        given = getattr(territory, name)
        if given is not None and (read.years(given, name) < 0).any():
            read.faults.add("is negative", "give 0 or more", field=read.field(name))
    if territory.balance is not None:
        read.years(territory.balance, "balance")
    if territory.most is not None:
        least, most = read.years(territory.relative, "relative"), read.years(territory.most, "most")
        if (least > most).any():
            read.faults.add("lies below relative", "give most of relative or more",
                            field=read.field("most"))  # fmt: skip


def _check_sum(problem: Problem, territories: tuple[Territory, ...], faults: Faults) -> None:
    total = bundles(problem, territories).sum(axis=0)
    allowed = _OVER * np.abs(problem.consumption).sum()
    for i in np.flatnonzero(total > problem.consumption + allowed)[:5]:
        faults.add(
            f"territories consume {total[i]:g} of it, the plan's bundle holds "
            f"{problem.consumption[i]:g}",
            "mend the bundles of the territories or the consumption of the plan",
            field="conditions.territories",
            value=problem.sectors[i],
        )


def prepare(builder: Builder, territories: tuple[Territory, ...]) -> None:
    """Leave to the common level what no territory consumes at a level of its own."""
    left = builder.bundle - bundles(builder.p, territories).sum(axis=0)
    small = _OVER * np.abs(builder.p.consumption).sum()
    builder.bundle = np.where(np.abs(left) <= small, 0.0, left)


def build(builder: Builder, territories: tuple[Territory, ...]) -> None:
    """Add a level for every territory and year, its relation to the common one and its floor."""
    p, put = builder.p, builder.put
    names = tuple(territory.name for territory in territories)
    each, every = np.arange(builder.t)[:, None], np.arange(len(territories))
    level = builder.column("territory", each, every, names=names, units="own bundle")
    r, i = np.nonzero(taken := bundles(p, territories))
    put(builder.product_row[:, i], level[:, r], -taken[r, i])

    def figures(name: str) -> Array:
        return np.stack(
            [reader(p, "territories", k).years(getattr(one, name), name)
             for k, one in enumerate(territories)], axis=1,
        )  # fmt: skip

    unit = "own bundle"
    row = builder.row("territory_level", each, every, 1.0, 0.0, np.inf, names=names, units=unit)
    put(row, level, 1.0)
    put(row, builder.s[:, None], -figures("relative"))
    row = builder.row(
        "territory_floor", each, every, 1.0, figures("floor"), np.inf, names=names, units=unit
    )
    put(row, level, 1.0)
    _most(builder, territories, names)
    _balance(builder, territories, names)


def _most(builder: Builder, territories: tuple[Territory, ...], names: tuple[str, ...]) -> None:
    """Hold the levels of territories that have a largest one to it."""
    some = [k for k, territory in enumerate(territories) if territory.most is not None]
    if not some:
        return
    most = np.stack(
        [reader(builder.p, "territories", k).years(territories[k].most or (), "most")
         for k in some], axis=1,
    )  # fmt: skip
    row = builder.row("territory_most", np.arange(builder.t)[:, None], some, 1.0, -np.inf, 0.0,
                      names=names, units="own bundle")  # fmt: skip
    builder.put(row, builder.columns["territory"][:, some], 1.0)
    builder.put(row, builder.s[:, None], -most)


def _balance(builder: Builder, territories: tuple[Territory, ...], names: tuple[str, ...]) -> None:
    """Hold the trade of territories with abroad to what each must earn of itself."""
    some = [k for k, territory in enumerate(territories) if territory.balance is not None]
    if not some:
        return
    p = builder.p
    least = np.stack(
        [reader(p, "territories", k).years(territories[k].balance or (), "balance")
         for k in some], axis=1,
    )  # fmt: skip
    row = builder.row("territory_trade", np.arange(builder.t)[:, None], some, builder.money,
                      least, np.inf, names=names)  # fmt: skip
    for column, k in enumerate(some):
        own = _own(p, territories[k].name)
        for block, of, sign in (
            (builder.e, builder.exported, 1.0),
            (builder.m, builder.imported, -1.0),
        ):
            builder.put(row[:, [column]], block[:, own[of]], sign)


PART = Part(
    name="territories",
    check=check,
    build=build,
    prepare=prepare,
    kinds={
        "territory level": Kind(
            "territory_level", "row", -1, "level let off below the common one",
            limits=False, compared="territory",
            scarce="consumption of {label} in {year} stands at its least relation to the "
            "common level",
        ),
        "territory floor": Kind(
            "territory_floor", "row", -1, "level that the floor lets off",
            scarce="consumption of {label} in {year} stands at its floor",
        ),
        "territory most": Kind(
            "territory_most", "row", 1, "level allowed above the common one",
            compared="territory",
            scarce="consumption of {label} in {year} stands at its largest relation to the "
            "common level",
        ),
        "territory trade": Kind(
            "territory_trade", "row", -1, "foreign currency that the territory need not earn",
            scarce="foreign currency of {label} in {year} is scarce",
        ),
    },
    slacks={
        "territory_level": Slack(
            1.0,
            down=False,
            words="consumption of {label} {year}: {amount:.3g} of its bundle below its relation "
            "to the common level",
            remedy="lower relative of this territory",
            demand="consumption of {label} in {year} in its least relation to the common level",
        ),
        "territory_floor": Slack(
            1.0,
            down=False,
            words="consumption floor of {label} {year}: short by {amount:.3g} of its bundle "
            "({share:.3g} %)",
            remedy="lower the floor of this territory in this year",
            demand="consumption of {label} in {year} of at least {amount} of its bundle",
        ),
        "territory_most": Slack(
            20.0,
            down=True,
            words="consumption of {label} {year}: {amount:.3g} of its bundle above its largest "
            "relation to the common level",
            remedy="raise most of this territory",
            demand="consumption of {label} in {year} in its largest relation to the common level",
        ),
        "territory_trade": Slack(
            20.0,
            down=False,
            words="foreign trade of {label} {year}: short by {amount:.4g} {unit}",
            remedy="lower the balance of this territory",
            demand="foreign trade of {label} in {year} that earns {amount} {unit}",
        ),
    },
    columns={
        "territory": Column(
            "consumption of territories, relative to their bundles", use="regional consumption"
        )
    },
)  # fmt: skip
