"""Credits in the plan's main account or in a currency: drawn, owed, repaid with interest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions import currencies
from conjuncture.plan.conditions.part import Column, Part, Reader, once, reader
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder


class Credit(Record):
    """A credit: revolving, or repaid in equal parts after years of grace."""

    name: str = key(..., "", "What the credit is called.", min_length=1)
    currency: str = key("", "", "Currency of the credit; empty: the plan's main account.")
    limit: Amounts | None = key(
        None, "currency/year", "Most that may be drawn each year; null: no yearly limit."
    )
    total: float | None = key(
        None, "currency", "Most that may be drawn in all; null: no such limit.", ge=0.0
    )
    interest: float = key(
        0.0, "1/year", "Interest on what was owed at the end of the year before.", ge=0.0, le=10.0
    )
    term: int | None = key(
        None,
        "years",
        "Years after which what was drawn is repaid in full; null: revolving, repaid at will, "
        "interest that is not paid being added to the debt.",
        ge=1,
    )
    grace: int = key(
        0, "years", "Years after drawing without repayment; interest is paid in them.", ge=0
    )
    debt: float = key(
        0.0,
        "currency",
        "Owed at the start; with a term, as if drawn in the year before the first.",
        ge=0.0,
    )
    ceiling: float | None = key(
        None, "currency", "Most that may be owed at the end of a year; null: no ceiling.", ge=0.0
    )
    closing: float | None = key(
        None, "currency", "Most that may be owed at the end of the plan; null: the ceiling.", ge=0.0
    )


def check(problem: Problem, credits: tuple[Credit, ...], faults: Faults) -> None:
    """Record unknown currencies, credits without any limit, and terms that cannot be kept."""
    once([credit.name for credit in credits], faults, "conditions.credits")
    for k, credit in enumerate(credits):
        read = Reader(problem, faults, f"conditions.credits.{k}")
        currencies.known(read, credit.currency, "currency")
        if credit.limit is not None:
            currencies.not_negative(read, read.years(credit.limit, "limit"), "limit")
        if credit.limit is None and credit.total is None and credit.ceiling is None:
            faults.add(
                "nothing limits the credit",
                "give limit, total or ceiling",
                field=read.field(""),
                value=credit.name,
            )
        _check_terms(read, credit)


def _check_terms(read: Reader, credit: Credit) -> None:
    if credit.term is None:
        if credit.grace:
            read.faults.add(
                "a revolving credit has no years of grace",
                "give a term, or leave grace out",
                field=read.field("grace"),
                value=credit.grace,
            )
        return
    if credit.grace >= credit.term:
        read.faults.add(
            "leaves no year for repayment",
            f"give fewer years of grace than the term of {credit.term}",
            field=read.field("grace"),
            value=credit.grace,
        )
        return
    owed = credit.debt - np.cumsum(instalments(credit, read.p.periods) * credit.debt)
    for name, value in (("ceiling", owed.max()), ("closing", owed[-1])):
        limit = getattr(credit, name)
        if limit is not None and value > limit * (1 + 1e-12):
            read.faults.add(
                f"lies below the {value:g} that are still owed of the debt at the start",
                "give more, or a shorter term",
                field=read.field(name),
                value=limit,
            )


def instalments(credit: Credit, periods: int) -> Array:
    """Return the share of an old debt, or of the year before, due in each year (T)."""
    if credit.term is None:
        return np.zeros(periods)
    after = np.arange(1, periods + 1)
    due = (after > credit.grace) & (after <= credit.term)
    return np.where(due, 1.0 / (credit.term - credit.grace), 0.0)


def build(builder: Builder, credits: tuple[Credit, ...]) -> None:
    """Add what is drawn, repaid and owed in every year."""
    p, t, count = builder.p, builder.t, len(credits)
    labels = tuple(credit.name for credit in credits)
    units = tuple(currencies.unit_of(p, credit.currency) for credit in credits)
    scale = builder.money * np.array([currencies.rate_of(p, c.currency) for c in credits])
    each, every = np.arange(t)[:, None], np.arange(count)
    limit, most = np.full((t, count), np.inf), np.full((t, count), np.inf)
    for k, credit in enumerate(credits):
        if credit.limit is not None:
            limit[:, k] = reader(p, "credits", k).years(credit.limit, "limit")
        if credit.ceiling is not None:
            most[:, k] = credit.ceiling
        if credit.closing is not None:
            most[-1, k] = min(most[-1, k], credit.closing)
    shared: dict[str, Any] = {"names": labels, "units": units, "scale": scale}
    drawn = builder.column("drawn", each, every, **shared, high=limit)
    repaid = builder.column("repaid", each, every, **shared)
    debt = builder.column("debt", each, every, **shared, high=most)
    owed = np.array([(1.0 + credit.interest) * credit.debt for credit in credits])
    first = np.where(each == 0, owed, 0.0)
    row = builder.row("debt", each, every, scale, first, first, names=labels, units=units)
    builder.put(row, debt, 1.0)
    builder.put(row[1:], debt[:-1], -np.array([1.0 + credit.interest for credit in credits]))
    builder.put(row, drawn, -1.0)
    builder.put(row, repaid, 1.0)
    for k, credit in enumerate(credits):
        rows = currencies.account(builder, credit.currency)
        builder.put(rows, drawn[:, k], -1.0)
        builder.put(rows, repaid[:, k], 1.0)
    _service(builder, credits)
    _totals(builder, credits)


def _service(builder: Builder, credits: tuple[Credit, ...]) -> None:
    """Repay interest and instalments of every credit with a term, as they fall due."""
    p, t, columns = builder.p, builder.t, builder.columns
    of = np.array([k for k, credit in enumerate(credits) if credit.term is not None], dtype=int)
    if not of.size:
        return
    block = columns.blocks["repaid"]
    scale = builder.money * np.array([currencies.rate_of(p, credits[k].currency) for k in of])
    due = np.stack([instalments(credits[k], t) * credits[k].debt for k in of], axis=1)
    due[0] += [credits[k].interest * credits[k].debt for k in of]
    row = builder.row(
        "service", np.arange(t)[:, None], of, scale, due, due,
        names=block.names, units=block.units,
    )  # fmt: skip
    for j, k in enumerate(of):
        credit, parts = credits[k], instalments(credits[k], t)
        builder.put(row[:, j], columns["repaid"][:, k], 1.0)
        builder.put(row[1:, j], columns["debt"][:-1, k], -credit.interest)
        for year in range(t):  # what was drawn in this year falls due in later ones
            later = parts[: t - year - 1]
            builder.put(row[year + 1 :, j], columns["drawn"][year, k], -later)


def _totals(builder: Builder, credits: tuple[Credit, ...]) -> None:
    of = np.array([k for k, credit in enumerate(credits) if credit.total is not None], dtype=int)
    if not of.size:
        return
    block = builder.columns.blocks["drawn"]
    scale = builder.money * np.array(
        [currencies.rate_of(builder.p, credits[k].currency) for k in of]
    )
    total = np.array([credits[k].total for k in of], dtype=np.float64)
    row = builder.row(
        "credit total", builder.t - 1, of, scale, -np.inf, total,
        names=block.names, units=block.units,
    )  # fmt: skip
    builder.put(row[None], builder.columns["drawn"][:, of], 1.0)


PART = Part(
    name="credits",
    check=check,
    build=build,
    kinds={
        "credit limit": Kind(
            "drawn", "upper", 1, "credit that may be drawn in the year",
            scarce="what may be drawn of {label} in {year} is drawn",
        ),
        "credit total": Kind(
            "credit total", "row", 1, "credit that may be drawn in all",
            scarce="what may be drawn of {label} in all is drawn",
        ),
        "credit ceiling": Kind(
            "debt", "upper", 1, "debt allowed at the end of the year",
            scarce="what is owed of {label} in {year} stands at its ceiling",
        ),
        "credit debt": Kind(
            "debt", "row", -1, "debt let off", limits=False,
            scarce="what is owed of {label} in {year} has to be repaid",
        ),
        "credit service": Kind(
            "service", "row", -1, "repayment let off in the year, while the debt stays",
            limits=False, scarce="repayment of {label} falls due in {year}",
        ),
    },
    slacks={
        "credit total": Slack(
            20.0,
            down=True,
            words="credit {label}: {amount:.4g} {unit} too small in all",
            remedy="raise the total of this credit",
            demand="credit of {amount} {unit} at most in all from {label}",
        ),
    },
    columns={
        "drawn": Column("credit drawn"),
        "repaid": Column("credit repaid, with interest"),
        "debt": Column("credit owed at the end of the year"),
    },
)  # fmt: skip
