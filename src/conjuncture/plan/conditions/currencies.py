"""Currencies with accounts of their own, and conversions between them.

The plan's own trade account (rows ``trade``) is the currency without a name. Every other
has its own account: reserves, what must be earned, aid, and what trade with partners,
credits and conversions bring to it and take from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.part import Column, Part, Reader, once, reader
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder
    from conjuncture.plan.programme.layout import Index

MAIN = "main account"
"""What the plan's own trade account is called in labels."""


class Currency(Record):
    """A currency with an account for every year."""

    name: str = key(..., "", "What the currency is called.", min_length=1)
    unit: str = key(
        "", "", "Unit of its account (million USD); empty: the table's money in this currency."
    )
    rate: float = key(
        1.0,
        "currency per table's money",
        "What a unit of the table's money, at base-year prices, costs in this currency where the "
        "foreign price is 1.",
        gt=0.0,
    )
    opening: float = key(0.0, "currency", "Reserves at the start.", ge=0.0)
    closing: float | None = key(
        None, "currency", "Least reserves at the end; null: those at the start.", ge=0.0
    )
    earned: Amounts = key(
        (0.0,),
        "currency/year",
        "What must be earned each year beside payments for trade and credits: reparations, "
        "interest on old debts.",
    )
    aid: Amounts = key((0.0,), "currency/year", "Aid received each year.")
    balance_share: float = key(
        0.0,
        "1",
        "Share of the plan's trade balance (by default the base year's) that this account has to "
        "earn in place of the main account.",
        ge=0.0,
        le=1.0,
    )


class Conversion(Record):
    """Leave to buy one currency with another; what is not named is not convertible."""

    sold: str = key(..., "", "Currency that is sold; empty: the plan's main account.")
    bought: str = key(..., "", "Currency that is bought; empty: the plan's main account.")
    rate: float = key(
        1.0, "bought per unit sold", "Units of the currency bought for one unit sold.", gt=0.0
    )
    limit: Amounts | None = key(
        None, "currency sold/year", "Most that may be sold each year; null: any amount."
    )

    @property
    def name(self) -> str:
        """The two currencies in words."""
        return f"{self.sold or MAIN} to {self.bought or MAIN}"


# What other conditions need to know --------------------------------------------------


def names(problem: Problem) -> tuple[str, ...]:
    """Return the names of a problem's currencies, the main account first as an empty name."""
    return ("", *(currency.name for currency in problem.conditions.currencies))


def unit_of(problem: Problem, name: str) -> str:
    """Return the unit of a currency's account."""
    for currency in problem.conditions.currencies:
        if currency.name == name:
            return currency.unit or f"{problem.unit} ({name})"
    return problem.unit


def rate_of(problem: Problem, name: str) -> float:
    """Return units of a currency for a unit of the table's money."""
    rates = {currency.name: currency.rate for currency in problem.conditions.currencies}
    return rates.get(name, 1.0)


def account(builder: Builder, name: str) -> Index:
    """Return the rows (T) of a currency's account; of the main account where it has no name."""
    if not name:
        return builder.trade_row
    block = builder.rows.blocks["currency"]
    found: Index = block.index[:, block.names.index(name)]
    return found


def known(read: Reader, name: str, field: str) -> None:
    """Record a currency that does not exist."""
    if name not in names(read.p):
        read.place(name, names(read.p)[1:], "currency", field)


# Currencies --------------------------------------------------------------------------


def check(problem: Problem, currencies: tuple[Currency, ...], faults: Faults) -> None:
    """Record doubled names, negative amounts, and shares of the balance above 1."""
    once([currency.name for currency in currencies], faults, "conditions.currencies")
    for k, currency in enumerate(currencies):
        read = Reader(problem, faults, f"conditions.currencies.{k}")
        for name in ("earned", "aid"):
            not_negative(read, read.years(getattr(currency, name), name), name)
    if (total := sum(currency.balance_share for currency in currencies)) > 1.0 + 1e-9:
        faults.add(
            "shares of the trade balance add to more than 1",
            "give shares that add to 1 or less",
            field="conditions.currencies.balance_share",
            value=f"{total:g}",
        )


def not_negative(read: Reader, values: Array, name: str) -> None:
    """Record figures of years below zero."""
    if (values < 0).any():
        read.faults.add(
            "is negative", "give 0 or more", field=read.field(name), value=f"{values.min():g}"
        )


def prepare(builder: Builder, currencies: tuple[Currency, ...]) -> None:
    """Take the share of the trade balance that other accounts earn from the main account."""
    left = 1.0 - sum(currency.balance_share for currency in currencies)
    builder.own_balance = np.full(builder.t, max(left, 0.0))


def build(builder: Builder, currencies: tuple[Currency, ...]) -> None:
    """Add the account of every currency: what is held, received and to be earned."""
    p, year = builder.p, np.arange(builder.t)
    labels = tuple(currency.name for currency in currencies)
    units = tuple(unit_of(p, name) for name in labels)
    scale = builder.money * np.array([currency.rate for currency in currencies])
    opening = np.array([currency.opening for currency in currencies])
    closing = [c.opening if c.closing is None else c.closing for c in currencies]
    each, every = year[:, None], np.arange(len(labels))
    least = np.where(each == builder.t - 1, closing, 0.0)
    held = builder.column(
        "currency held", each, every, names=labels, units=units, scale=scale, low=least
    )
    received = np.stack([fixed(p, k) for k in range(len(labels))], axis=1)
    received = received + np.where(each == 0, opening, 0.0)
    row = builder.row("currency", each, every, scale, received, received, names=labels, units=units)
    builder.put(row, held, 1.0)
    builder.put(row[1:], held[:-1], -1.0)


def fixed(problem: Problem, number: int) -> Array:
    """Return aid less what must be earned by a currency, by number (T; currency/year)."""
    currency, read = problem.conditions.currencies[number], reader(problem, "currencies", number)
    balance = currency.balance_share * currency.rate * problem.trade_balance
    aid, earned = (read.years(getattr(currency, name), name) for name in ("aid", "earned"))
    return np.asarray(aid - earned - balance)


# Conversions -------------------------------------------------------------------------


def check_conversions(
    problem: Problem, conversions: tuple[Conversion, ...], faults: Faults
) -> None:
    """Record unknown currencies, negative limits, and circles that make money."""
    found = [conversion.name for conversion in conversions]
    once(found, faults, "conditions.conversions")
    for k, conversion in enumerate(conversions):
        read = Reader(problem, faults, f"conditions.conversions.{k}")
        known(read, conversion.sold, "sold")
        known(read, conversion.bought, "bought")
        if conversion.sold == conversion.bought:
            read.faults.add(
                "sells a currency for itself",
                "name two currencies",
                field=read.field("bought"),
                value=conversion.bought or MAIN,
            )
        if conversion.limit is not None:
            not_negative(read, read.years(conversion.limit, "limit"), "limit")
    _no_circles(problem, conversions, faults)


def _no_circles(problem: Problem, conversions: tuple[Conversion, ...], faults: Faults) -> None:
    """Record unlimited conversions that bring back more than is put in."""
    labels = names(problem)
    best = np.eye(len(labels))
    for conversion in conversions:
        if conversion.limit is None and {conversion.sold, conversion.bought} <= set(labels):
            at = labels.index(conversion.sold), labels.index(conversion.bought)
            best[at] = max(best[at], conversion.rate)
    for k in range(len(labels)):  # best product of rates on any way (Floyd and Warshall)
        best = np.maximum(best, best[:, [k]] * best[[k], :])
    if best.diagonal().max() > 1.0 + 1e-9:
        gain = labels[int(best.diagonal().argmax())] or MAIN
        faults.add(
            f"converting {gain} in a circle brings back more than is put in, without limit",
            "give a limit, or rates whose product along every circle is 1 or less",
            field="conditions.conversions",
        )


def build_conversions(builder: Builder, conversions: tuple[Conversion, ...]) -> None:
    """Add a column for every conversion and year (units of the currency sold)."""
    p = builder.p
    labels = tuple(conversion.name for conversion in conversions)
    limits = [
        np.full(builder.t, np.inf)
        if conversion.limit is None
        else reader(p, "conversions", k).years(conversion.limit, "limit")
        for k, conversion in enumerate(conversions)
    ]
    column = builder.column(
        "converted",
        np.arange(builder.t)[:, None],
        np.arange(len(labels)),
        names=labels,
        units=tuple(unit_of(p, conversion.sold) for conversion in conversions),
        scale=builder.money * np.array([rate_of(p, c.sold) for c in conversions]),
        high=np.stack(limits, axis=1),
    )
    for k, conversion in enumerate(conversions):
        builder.put(account(builder, conversion.sold), column[:, k], 1.0)
        builder.put(account(builder, conversion.bought), column[:, k], -conversion.rate)


PART = Part(
    name="currencies",
    check=check,
    build=build,
    prepare=prepare,
    kinds={
        "currency": Kind(
            "currency", "row", 1, "the currency received",
            scarce="{label} in {year} is scarce",
        ),
        "currency reserves": Kind(
            "currency held", "lower", -1, "reserves of the currency that need not be held",
            scarce="reserves of {label} in {year} stand at the least allowed",
        ),
    },
    slacks={
        "currency": Slack(
            5.0,  # for a tenth of base-year output, to which its rows are scaled
            down=True,
            words="account in {label} {year}: short by {amount:.4g} {unit}",
            remedy="give aid, credit or a conversion, or lower what must be earned",
            demand="the account in {label} of {year}",
        ),
    },
    columns={"currency held": Column("reserves of currencies at the end of the year")},
)  # fmt: skip

CONVERSIONS = Part(
    name="conversions",
    check=check_conversions,
    build=build_conversions,
    kinds={
        "conversion": Kind(
            "converted", "upper", 1, "conversion allowed",
            scarce="conversion of {label} in {year} stands at its limit",
        ),
    },
    columns={"converted": Column("currency sold for another")},
)  # fmt: skip
