"""Stocks of products: what is carried from year to year, within limits, with losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions import capital
from conjuncture.plan.conditions.part import Column, Part, Reader, reader
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.dense import uses
from conjuncture.plan.programme.kinds import Kind, Slack
from conjuncture.plan.programme.layout import Index

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder


class Stock(Record):
    """A product that can be stored."""

    product: str = key(..., "", "The product stored.")
    opening: float = key(..., "table's money", "Stock at the start of the first year.", ge=0.0)
    loss: float = key(
        0.0, "1/year", "Share of a year's opening stock that is lost in storage.", ge=0.0, le=1.0
    )
    least: Amounts = key(
        (0.0,), "table's money", "Least stock at the end of the year, one figure or one each year."
    )
    most: Amounts | None = key(
        None, "table's money", "Largest stock at the end of the year, likewise; null: no limit."
    )
    least_share: float = key(
        0.0,
        "years",
        "Least stock at the end of the year by the year's uses of the product.",
        ge=0.0,
    )
    most_share: float | None = key(
        None, "years", "Largest stock at the end of the year by the year's uses; null: no limit.",
        ge=0.0,
    )  # fmt: skip
    terminal: float | None = key(
        None, "table's money", "Least stock at the end of the plan; null: the opening stock.",
        ge=0.0,
    )  # fmt: skip

    @property
    def left(self) -> float:
        """Least stock at the end of the plan."""
        return self.opening if self.terminal is None else self.terminal


Stocks = tuple[Stock, ...]


def check(problem: Problem, stocks: Stocks, faults: Faults) -> None:
    """Record unknown products, limits that contradict each other, and products named twice."""
    for k, stock in enumerate(stocks):
        read = Reader(problem, faults, f"conditions.stocks.{k}")
        read.product(stock.product, "product")
        least = read.years(stock.least, "least")
        most = np.full(problem.periods, np.inf)
        if stock.most is not None:
            most = read.years(stock.most, "most")
        for name, values in (("least", least), ("most", most)):
            if (values < 0).any():
                faults.add("is negative", "give 0 or more", field=read.field(name))
        if (least > most).any():
            faults.add("exceeds most", "give no more than most", field=read.field("least"))
        if stock.most_share is not None and stock.least_share > stock.most_share:
            faults.add("exceeds most_share", "give no more than most_share",
                       field=read.field("least_share"), value=stock.least_share)  # fmt: skip
        if stock.left > most[-1]:
            faults.add("the stock at the end exceeds most", "give terminal, or a larger most",
                       field=read.field("terminal"), value=stock.left)  # fmt: skip
    named = [("", stock.product) for stock in stocks]
    capital.twice(named, faults, "conditions.stocks", "product")


def build(builder: Builder, stocks: Stocks) -> None:
    """Add stocks and their changes, limits, and what is left at the end."""
    p, t, names = builder.p, builder.t, tuple(stock.product for stock in stocks)
    of = np.array([p.sectors.index(name) for name in names], dtype=np.int64)
    each, every, scale = np.arange(t)[:, None], np.arange(of.size), builder.product[of]
    shared = _uses(builder, of)  # before the changes of stock enter the balances
    change = builder.column(
        "stock change", each, every, names=names, units=p.unit, scale=scale, low=-np.inf
    )
    held = builder.column("stock", each, every, names=names, units=p.unit, scale=scale)
    builder.put(builder.product_row[:, of], change, -1.0)
    kept = 1.0 - np.array([stock.loss for stock in stocks])
    start = np.zeros((t, of.size))
    start[0] = kept * np.array([stock.opening for stock in stocks])
    row = builder.row("stock", each, every, scale, start, start, names=names)
    builder.put(row, held, 1.0)
    builder.put(row, change, -1.0)
    builder.put(row[1:], held[:-1], -kept)
    _limits(builder, stocks, held, scale)
    _shares(builder, stocks, held, of, shared)


def _limits(builder: Builder, stocks: Stocks, held: Index, scale: Array) -> None:
    """Least and largest amounts, and the stock left at the end."""
    p, names = builder.p, tuple(stock.product for stock in stocks)
    read = [reader(p, "stocks", k) for k in range(len(stocks))]
    low = np.stack([r.years(s.least, "least") for r, s in zip(read, stocks, strict=True)], axis=1)
    none = np.full(p.periods, np.inf)
    high = np.stack(
        [none if s.most is None else r.years(s.most, "most")
         for r, s in zip(read, stocks, strict=True)],
        axis=1,
    )  # fmt: skip
    for name, asked in (("least", low > 0), ("most", np.isfinite(high))):
        year, s = np.nonzero(asked)
        if year.size:
            limits = (low[year, s], np.inf) if name == "least" else (-np.inf, high[year, s])
            row = builder.row(f"stock {name}", year, s, scale[s], *limits, names=names)
            builder.put(row, held[year, s], 1.0)
    left, last = np.array([stock.left for stock in stocks]), builder.t - 1
    of = np.flatnonzero(left > 0)
    if of.size:
        end = builder.row(
            "stock end", np.full(of.size, last), of, scale[of], left[of], np.inf, names=names
        )
        builder.put(end, held[-1, of], 1.0)


def _uses(builder: Builder, of: Index) -> list[tuple[Index, Index, Array]]:
    """Return, by product, year, column and amount of every use that enters its balance.

    Uses are what the plan and its conditions take: intermediate uses, consumption,
    investment, exports and those of conditions, with no addition to stock.
    """
    p = builder.p
    rows, columns, values = (
        np.concatenate(part)
        for part in (builder.entries.rows, builder.entries.columns, builder.entries.values)
    )
    year_of, product_of = np.full((2, builder.rows.size), -1)
    block = builder.rows.blocks["product"]
    year_of[block.index], product_of[block.index] = block.year, block.label
    is_output = np.zeros(builder.columns.size, dtype=bool)
    is_output[builder.x] = True  # its entries are net of its own use
    found = []
    for i in of:
        at = (product_of[rows] == i) & (values < 0) & ~is_output[columns]
        year, column, amount = year_of[rows[at]], columns[at], -values[at]
        per = uses(p, i) * builder.active
        users = np.flatnonzero(per)
        each = np.repeat(np.arange(builder.t), users.size)
        found.append(
            (
                np.concatenate([year, each]),
                np.concatenate([column, builder.x[:, users].ravel()]),
                np.concatenate([amount, np.tile(per[users], builder.t)]),
            )
        )
    return found


def _shares(
    builder: Builder, stocks: Stocks, held: Index, of: Index,
    shared: list[tuple[Index, Index, Array]],
) -> None:  # fmt: skip
    """Least and largest stock relative to the uses of the year."""
    p, names = builder.p, tuple(stock.product for stock in stocks)
    claims = p.public + p.military + p.investment_claims
    for name, share in (
        ("stock share min", [stock.least_share for stock in stocks]),
        ("stock share max", [np.inf if s.most_share is None else s.most_share for s in stocks]),
    ):
        least = name.endswith("min")
        some = [s for s, value in enumerate(share) if (value > 0 if least else np.isfinite(value))]
        if not some:
            continue
        fixed = claims[:, of[some]] * np.array(share)[some]
        limits = (fixed, np.inf) if least else (-np.inf, fixed)
        row = builder.row(
            name, np.arange(builder.t)[:, None], some, builder.product[of[some]], *limits,
            names=names,
        )  # fmt: skip
        builder.put(row, held[:, some], 1.0)
        for k, s in enumerate(some):
            year, column, amount = shared[s]
            builder.put(row[year, k], column, -share[s] * amount)


PART = Part(
    name="stocks",
    check=check,
    build=build,
    kinds={
        "stock": Kind(
            "stock", "row", 1, "product in stock at the year's end", limits=False,
            scarce="what is in stock of {label} at the end of {year} is scarce",
        ),
        "least stock": Kind(
            "stock least", "row", -1, "stock that need not be held",
            scarce="the stock of {label} at the end of {year} stands at its least",
        ),
        "largest stock": Kind(
            "stock most", "row", 1, "stock that may be held",
            scarce="the stock of {label} at the end of {year} stands at its largest",
        ),
        "least stock by uses": Kind(
            "stock share min", "row", -1, "stock that need not be held", compared="stock",
            scarce="the stock of {label} at the end of {year} is the least that its uses ask for",
        ),
        "largest stock by uses": Kind(
            "stock share max", "row", 1, "stock that may be held", compared="stock",
            scarce="the stock of {label} at the end of {year} is the largest that its uses allow",
        ),
        "stock left": Kind(
            "stock end", "row", -1, "stock that need not be left",
            scarce="a stock of {label} must be left at the end of {year}",
        ),
    },
    slacks={
        "stock end": Slack(
            2.0, False,
            words="stock of {label} left {year}: short by {amount:.4g} {unit} ({share:.3g} %)",
            remedy="lower the stock's terminal",
            demand="a stock of {label} of {amount} {unit} left at the end of {year}",
        ),
        "stock least": Slack(
            2.0, False,
            words="least stock of {label} {year}: short by {amount:.4g} {unit} ({share:.3g} %)",
            remedy="lower the stock's least",
            demand="a stock of {label} at the end of {year} of at least {amount} {unit}",
        ),
        "stock share min": Slack(
            2.0, False,
            words="least stock of {label} by its uses {year}: short by {amount:.4g} {unit}",
            remedy="lower the stock's least_share",
            demand="a stock of {label} at the end of {year} of least_share of its uses",
        ),
        "stock most": Slack(
            20.0, True,
            words="largest stock of {label} {year}: {amount:.4g} {unit} too low ({share:.3g} %)",
            remedy="raise the stock's most",
            demand="a stock of {label} at the end of {year} of {amount} {unit} at most",
        ),
        "stock share max": Slack(
            20.0, True,
            words="largest stock of {label} by its uses {year}: {amount:.4g} {unit} too low",
            remedy="raise the stock's most_share",
            demand="a stock of {label} at the end of {year} within most_share of its uses",
        ),
    },
    columns={
        "stock change": Column("additions to stocks", resource="from stock", use="to stock"),
        "stock": Column("stocks of products at the end of the year"),
    },
)  # fmt: skip
