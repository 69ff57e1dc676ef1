"""Labour of one kind becomes another: training, and migration between territories or branches.

Who begins to move leaves the old kind for good and is, after the years of training, labour of
the new kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.figures import yearly
from conjuncture.plan.conditions.part import Column, Part, Reader, once, reader
from conjuncture.plan.conditions.workers import arrived, hours
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind, Slack
from conjuncture.plan.programme.layout import Index

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder


class Move(Record):
    """A way from one kind of labour to another."""

    name: str = key(..., "", "What the move is called.", min_length=1)
    source: str = key(..., "", "Kind of labour that is left.")
    target: str = key(..., "", "Kind of labour that is reached.")
    years: int = key(
        0,
        "years",
        "Years of training, in which the trainees belong to neither kind; 0: at once.",
        ge=0,
        le=50,
    )
    yields: float | None = key(
        None,
        "target per source",
        "Labour of the target for one unit of the source; none: 1, where both have one unit.",
        gt=0.0,
    )
    products: dict[str, float] = key(
        {},
        "table's money per unit of labour",
        "Products that one unit of labour takes in all, spread evenly over its years of training.",
    )
    trainers: dict[str, float] = key(
        {},
        "labour per unit of labour",
        "Labour, by kind, that teaches one unit of labour in each year of its training.",
    )
    limit: Amounts = key(
        (),
        "unit of the source",
        "Places: most that may begin in a year, one figure or one each; none: no limit.",
    )
    share: Amounts = key(
        (),
        "1/year",
        "Most that may begin in a year, as a share of the source that earlier moves left; none: "
        "no limit.",
    )
    least: Amounts = key(
        (),
        "unit of the source",
        "Fewest that begin in a year, one figure or one each; none: no least number. It keeps "
        "training up near the end of a plan, when it no longer pays within it.",
    )
    retirement: float = key(
        0.0,
        "1/year",
        "Share of the moved labour that stops working in a year; it does not go back.",
        ge=0.0,
        le=1.0,
    )
    under_way: tuple[float, ...] = key(
        (),
        "unit of the source",
        "Trainees who began before the first year, the oldest first and the last a year before; "
        "labour available does not hold them.",
    )

    @property
    def lasts(self) -> int:
        """Years over which a move takes products and trainers."""
        return max(self.years, 1)

    @property
    def factor(self) -> float:
        """Labour of the target for one unit of the source."""
        return 1.0 if self.yields is None else self.yields


def check(problem: Problem, moves: tuple[Move, ...], faults: Faults) -> None:
    """Record unknown kinds and products, moves to the same kind, and figures out of range."""
    once([move.name for move in moves], faults, "conditions.moves")
    for number, move in enumerate(moves):
        read = Reader(problem, faults, f"conditions.moves.{number}")
        _check_kinds(read, move)
        read.vector(move.products, "products")
        read.positive(move.products, "products")
        for kind in move.trainers:
            read.labour(kind, f"trainers.{kind}")
        read.positive(move.trainers, "trainers")
        if move.limit:
            yearly(read, move.limit, "limit")
        if move.share:
            yearly(read, move.share, "share", high=1.0)
        if move.least:
            yearly(read, move.least, "least")
        _check_under_way(read, move)


def _check_kinds(read: Reader, move: Move) -> None:
    places = read.labour(move.source, "source"), read.labour(move.target, "target")
    if move.source == move.target:
        read.faults.add(
            "leads back to the kind that it leaves",
            "give two kinds of labour",
            field=read.field("target"),
            value=move.target,
        )
    units = [read.p.labour_units[at] for at in places if at >= 0]
    if len(set(units)) > 1 and move.yields is None:
        read.faults.add(
            f"the kinds have different units ({', '.join(units)})",
            "give yields: labour of the target for one unit of the source",
            field=read.field("yields"),
        )


def _check_under_way(read: Reader, move: Move) -> None:
    most = max(move.years - 1, 0)
    if len(move.under_way) > most:
        read.faults.add(
            f"has {len(move.under_way)} figures for training of {move.years} years",
            f"give {most} figures at most: who began earlier is labour of the target by now",
            field=read.field("under_way"),
        )
    for number, value in enumerate(move.under_way):
        if value < 0:
            read.faults.add(
                "is negative", "give 0 or more", field=read.field(f"under_way.{number}"),
                value=value,
            )  # fmt: skip


def build(builder: Builder, moves: tuple[Move, ...]) -> None:
    """Add who begins, the stock of who has moved, and the limits of both."""
    p, kinds = builder.p, builder.p.labour_kinds
    source = np.array([kinds.index(move.source) for move in moves])
    target = np.array([kinds.index(move.target) for move in moves])
    each, every = np.arange(builder.t)[:, None], np.arange(len(moves))
    names = tuple(move.name for move in moves)
    units = tuple(p.labour_units[at] for at in source)
    scale = builder.labour[source]
    begun = builder.column("move", each, every, names=names, units=units, scale=scale)
    units = tuple(p.labour_units[at] for at in target)
    scale = builder.labour[target]
    stock = builder.column("moved", each, every, names=names, units=units, scale=scale)
    row = builder.row("moved", each, every, scale, 0.0, 0.0, names=names, units=units)
    kept = np.array([1.0 - move.retirement for move in moves])
    builder.put(row, stock, 1.0)
    builder.put(row[1:], stock[:-1], -kept)
    works = hours(p)
    for at, kind in enumerate(kinds):  # who is away works no hours of the old kind
        for year, column, amount in arrived(builder, kind):
            builder.put(builder.labour_row[year, at], column, -amount * works[year, at])
    before = _under_way(builder, moves)
    for at, move in enumerate(moves):
        years = np.arange(builder.t)
        _training(builder, at, move, row, years, begun[:, at])
        _training(builder, at, move, row, *before[at])
    _limits(builder, moves, begun, source)


def _under_way(builder: Builder, moves: tuple[Move, ...]) -> list[tuple[Index, Index]]:
    """Add fixed columns for trainees who began before the plan; their years are negative."""
    p = builder.p
    found = [(at, h, value) for at, move in enumerate(moves) for h, value in
             enumerate(move.under_way, -len(move.under_way))]  # fmt: skip
    label, year = (np.array([cell[i] for cell in found], dtype=np.int64) for i in (0, 1))
    amount = np.array([value for _, _, value in found])
    if not found:
        return [(year, year)] * len(moves)
    source = [p.labour_kinds.index(move.source) for move in moves]
    columns = builder.column(
        "under way", year, label, names=tuple(move.name for move in moves),
        units=tuple(p.labour_units[k] for k in source),
        scale=builder.labour[np.array(source)[label]], low=amount, high=amount,
    )  # fmt: skip
    return [(year[label == at], columns[label == at]) for at in range(len(moves))]


def _training(
    builder: Builder, at: int, move: Move, row: Index, year: Index, column: Index
) -> None:
    """Put what those who begin in given years take, and when they reach the target."""
    cost = reader(builder.p, "moves", at).vector(move.products, "products")
    some = np.flatnonzero(cost)
    for later in range(move.lasts):
        during = (year + later >= 0) & (year + later < builder.t)
        when, who = year[during] + later, column[during]
        products = builder.product_row[when[:, None], some]
        builder.put(products, who[:, None], -cost[some] / move.lasts)
        for kind, amount in move.trainers.items():
            k = builder.p.labour_kinds.index(kind)
            builder.put(builder.labour_row[when, k], who, amount)
    done = year + move.years < builder.t
    builder.put(row[year[done] + move.years, at], column[done], -move.factor)


def _limits(builder: Builder, moves: tuple[Move, ...], begun: Index, source: Index) -> None:
    """Add the limits of a year by number and by share, and the least numbers."""
    p, each = builder.p, np.arange(builder.t)[:, None]
    block = builder.columns.blocks["move"]

    def limit(name: str, of: list[int], low: Any, high: Any) -> Index:
        scale = builder.labour[source[of]]
        named: dict[str, Any] = {"names": block.names, "units": block.units}
        row = builder.row(name, each, np.array(of), scale, low, high, **named)
        builder.put(row, begun[:, of], 1.0)
        return row

    of = [at for at, move in enumerate(moves) if move.limit]
    if of:
        limit("places", of, -np.inf, _figures(builder, moves, of, "limit"))
    of = [at for at, move in enumerate(moves) if move.least]
    if of:
        limit("move least", of, _figures(builder, moves, of, "least"), np.inf)
    of = [at for at, move in enumerate(moves) if move.share]
    if of:
        share = _figures(builder, moves, of, "share")
        row = limit("move share", of, -np.inf, share * p.labour_available[:, source[of]])
        for k, at in enumerate(of):
            for year, column, amount in arrived(builder, moves[at].source, lag=1):
                builder.put(row[year, k], column, -share[year, k] * amount)


def _figures(builder: Builder, moves: tuple[Move, ...], of: list[int], name: str) -> Array:
    """Return a yearly figure of some moves (T x moves)."""
    given = [reader(builder.p, "moves", at).years(getattr(moves[at], name), name) for at in of]
    return np.stack(given, axis=1)


PART = Part(
    name="moves",
    check=check,
    build=build,
    kinds={
        "training place": Kind(
            "places", "row", 1, "place for labour to move",
            scarce="all places of {label} in {year} are taken",
            corner="all places of {label} are taken",
        ),
        "share that moves": Kind(
            "move share", "row", 1, "labour that may move", compared="move",
            scarce="no larger share of its labour may begin {label} in {year}",
            corner="{label} takes as large a share of its labour as allowed",
        ),
        "least training": Kind(
            "move least", "row", -1, "labour that need not begin to move",
            scarce="{label} takes no fewer than it must in {year}",
            corner="{label} takes no more than it must",
        ),
        "labour moved": Kind(
            "moved", "row", 1, "labour that has moved", limits=False,
            scarce="labour that {label} brings is in use in {year}",
        ),
    },
    slacks={
        "places": Slack(
            5.0,
            down=True,
            words="places of {label} {year}: {amount:.4g} {unit} too few",
            remedy="raise the limit of this move",
            demand="places of {label} in {year} of {amount} {unit} at most",
        ),
        "move least": Slack(
            2.0,
            down=False,
            words="least number that begins {label} {year}: {amount:.4g} {unit} too many",
            remedy="lower least of this move in this year",
            demand="{label} in {year} of {amount} {unit} at least",
        ),
        "move share": Slack(
            5.0,
            down=True,
            words="share of labour that begins {label} {year}: {amount:.4g} {unit} too small",
            remedy="raise the share of this move",
            demand="the share of labour that may begin {label} in {year}",
        ),
    },
    columns={
        "move": Column("labour that begins to move", use="training"),
        "moved": Column("labour that has moved"),
        "under way": Column("labour in training at the start", use="training under way"),
    },
)  # fmt: skip
