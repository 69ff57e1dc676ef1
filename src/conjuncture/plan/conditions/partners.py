"""Foreign trade by partner: limits, foreign prices, and the currency in which it is paid.

A partner takes a share of the plan's limits of trade from trade with no partner named,
or has limits of its own; its trade is paid in its currency at its foreign prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

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
    from conjuncture.plan.programme.layout import Index

Flow = Literal["exports", "imports"]
FLOWS: tuple[Flow, Flow] = ("exports", "imports")
_EMPTY = 1e-12


class Partner(Record):
    """A partner in foreign trade."""

    name: str = key(..., "", "What the partner is called.", min_length=1)
    currency: str = key(
        "", "", "Currency in which trade with it is paid; empty: the plan's main account."
    )
    export_share: float = key(
        0.0, "1", "Share of the plan's limits of exports that is its own, for every product.",
        ge=0.0, le=1.0,
    )  # fmt: skip
    export_shares: dict[str, float] = key({}, "1", "The same by product, in place of export_share.")
    import_share: float = key(
        0.0, "1", "Share of the plan's limits of imports that is its own, for every product.",
        ge=0.0, le=1.0,
    )  # fmt: skip
    import_shares: dict[str, float] = key({}, "1", "The same by product, in place of import_share.")
    exports_low: dict[str, Amounts] = key(
        {}, "table's money/year", "Least exports by product, in place of the share's; else 0."
    )
    exports_high: dict[str, Amounts] = key(
        {}, "table's money/year", "Most exports by product, in place of the share's; else no limit."
    )
    imports_low: dict[str, Amounts] = key(
        {}, "table's money/year", "Least imports by product, in place of the share's; else 0."
    )
    imports_high: dict[str, Amounts] = key(
        {}, "table's money/year", "Most imports by product, in place of the share's; else no limit."
    )
    exports_least: Amounts | None = key(
        None, "currency/year", "Least exports of all products together, at foreign prices."
    )
    exports_most: Amounts | None = key(
        None, "currency/year", "Most exports of all products together, at foreign prices."
    )
    imports_least: Amounts | None = key(
        None, "currency/year", "Least imports of all products together, at foreign prices."
    )
    imports_most: Amounts | None = key(
        None, "currency/year", "Most imports of all products together, at foreign prices."
    )
    export_prices: dict[str, float] = key(
        {}, "base price = 1", "Foreign price of exports relative to the table's price; else 1."
    )
    import_prices: dict[str, float] = key(
        {}, "base price = 1", "Foreign price of imports relative to the table's price; else 1."
    )
    export_price_path: Amounts = key(
        (1.0,), "1", "Factor on all its export prices: one, or one for each year."
    )
    import_price_path: Amounts = key(
        (1.0,), "1", "Factor on all its import prices: one, or one for each year."
    )


@dataclass(frozen=True)
class Terms:
    """What a partner's records say of one flow.

    Attributes
    ----------
    share : array, N
        Share of the plan's limits.
    low, high : array, T x N
        Limits (table's money/year).
    price : array, T x N
        Units of the partner's currency for a unit of the table's money.
    least, most : array, T
        Limits of all products together (currency/year).
    """

    share: Array
    low: Array
    high: Array
    price: Array
    least: Array
    most: Array


def terms(read: Reader, partner: Partner, flow: Flow) -> Terms:
    """Read a partner's terms for exports or imports, recording faults."""
    p, one = read.p, flow[:-1]
    share = np.full(p.size, getattr(partner, f"{one}_share"))
    for label, value in getattr(partner, f"{one}_shares").items():
        if (at := read.product(label, f"{one}_shares.{label}")) >= 0:
            share[at] = value
    some, limits = share > 0, {}
    for side in ("low", "high"):
        plan = getattr(p, f"{flow}_{side}")
        limits[side] = np.where(some, plan, 0.0) * np.where(some, share, 1.0)
    own = {side: getattr(partner, f"{flow}_{side}") for side in limits}
    for label in own["low"]:  # a least amount alone leaves the most open
        if label in p.sectors and not some[at := p.sectors.index(label)]:
            limits["high"][:, at] = np.inf
    for side, given in own.items():
        for label, values in given.items():
            field = f"{flow}_{side}.{label}"
            found = read.years(values, field)
            if (at := read.product(label, field)) >= 0:
                limits[side][:, at] = found
    prices = read.vector(getattr(partner, f"{one}_prices"), f"{one}_prices")
    named = [label in getattr(partner, f"{one}_prices") for label in p.sectors]
    path = read.years(getattr(partner, f"{one}_price_path"), f"{one}_price_path")
    price = np.outer(path, np.where(named, prices, 1.0))
    totals = []
    for side, none in (("least", -np.inf), ("most", np.inf)):
        values = getattr(partner, f"{flow}_{side}")
        empty = values is None
        totals.append(np.full(p.periods, none) if empty else read.years(values, f"{flow}_{side}"))
    rate = currencies.rate_of(p, partner.currency)
    return Terms(share, limits["low"], limits["high"], rate * price, totals[0], totals[1])


def check(problem: Problem, partners: tuple[Partner, ...], faults: Faults) -> None:
    """Record unknown products and currencies, limits that cross, shares above 1 in all."""
    once([partner.name for partner in partners], faults, "conditions.partners")
    for k, partner in enumerate(partners):
        read = Reader(problem, faults, f"conditions.partners.{k}")
        currencies.known(read, partner.currency, "currency")
        for flow in FLOWS:
            _check_flow(read, partner, flow)
    for flow in FLOWS:
        shares = np.zeros(problem.size)
        for k, partner in enumerate(partners):
            quiet = reader(problem, "partners", k)
            shares = shares + terms(quiet, partner, flow).share
        for i in np.flatnonzero(shares > 1.0 + 1e-9):
            faults.add(
                f"shares of {flow} of {problem.sectors[i]} add to more than 1",
                "give shares that add to 1 or less",
                field=f"conditions.partners.{flow[:-1]}_shares.{problem.sectors[i]}",
                value=f"{shares[i]:g}",
            )


def _check_flow(read: Reader, partner: Partner, flow: Flow) -> None:
    before, one = len(read.faults), flow[:-1]
    found = terms(read, partner, flow)
    read.positive(getattr(partner, f"{one}_shares"), f"{one}_shares")
    read.positive(getattr(partner, f"{one}_prices"), f"{one}_prices")
    for name in (f"{one}_price_path", f"{flow}_least", f"{flow}_most"):
        values = getattr(partner, name)
        if values and min(values) < 0:
            currencies.not_negative(read, np.array(values), name)
    for side in ("low", "high"):
        for label, values in getattr(partner, f"{flow}_{side}").items():
            currencies.not_negative(read, np.array(values), f"{flow}_{side}.{label}")
    if len(read.faults) > before:
        return
    for t, i in np.argwhere(found.low > found.high):
        read.faults.add(
            f"least {flow} of {found.low[t, i]:g} exceed the most of {found.high[t, i]:g} "
            f"in {read.p.years[t]}",
            "give a least amount that is not above the most",
            field=read.field(f"{flow}_low.{read.p.sectors[i]}"),
        )
    for t in np.flatnonzero(found.least > found.most):
        read.faults.add(
            f"least {flow} of {found.least[t]:g} exceed the most of {found.most[t]:g} "
            f"in {read.p.years[t]}",
            "give a least amount that is not above the most",
            field=read.field(f"{flow}_least"),
        )


def pairs(problem: Problem, flow: Flow) -> Index:
    """Return partner and product (pairs x 2) of every column of a flow, in their order."""
    found = []
    for k, partner in enumerate(problem.conditions.partners):
        known = terms(reader(problem, "partners", k), partner, flow)
        some = ((known.low != 0) | (known.high != 0)).any(axis=0)
        found += [(k, int(i)) for i in np.flatnonzero(some)]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def prepare(builder: Builder, partners: tuple[Partner, ...]) -> None:
    """Take the partners' shares from the limits of trade with no partner named."""
    for k, partner in enumerate(partners):
        read = reader(builder.p, "partners", k)
        builder.own_exports = builder.own_exports - terms(read, partner, "exports").share
        builder.own_imports = builder.own_imports - terms(read, partner, "imports").share
    for name in ("own_exports", "own_imports"):
        left = getattr(builder, name)
        setattr(builder, name, np.where(left > _EMPTY, left, 0.0))


def build(builder: Builder, partners: tuple[Partner, ...]) -> None:
    """Add exports and imports by partner and product, their limits, and what they cost."""
    for flow in FLOWS:
        found = [
            terms(reader(builder.p, "partners", k), partner, flow)
            for k, partner in enumerate(partners)
        ]
        of = pairs(builder.p, flow)
        if of.size:
            _flow(builder, partners, flow, found, of)


def _flow(
    builder: Builder, partners: tuple[Partner, ...], flow: Flow, found: list[Terms], of: Index
) -> None:
    """Add one flow for the pairs of partner and product that trade."""
    p, (partner, product) = builder.p, of.T
    labels = tuple(f"{partners[k].name}: {p.sectors[i]}" for k, i in of)
    low, high, price = (
        np.stack([getattr(found[k], name)[:, i] for k, i in of], axis=1)
        for name in ("low", "high", "price")
    )
    each, scale = np.arange(builder.t)[:, None], builder.product[product]
    column = builder.column(
        f"partner {flow}", each, np.arange(len(of)), names=labels, units=p.unit, scale=scale,
        low=np.minimum(low, 0.0),
    )  # fmt: skip
    sign = 1.0 if flow == "imports" else -1.0
    builder.put(builder.product_row[:, product], column, sign)
    for k in np.unique(partner):
        mine = partner == k
        rows = currencies.account(builder, partners[k].currency)
        builder.put(rows[:, None], column[:, mine], sign * price[:, mine])
    names = labels + tuple(other.name for other in partners)
    units = (p.unit,) * len(of)
    units += tuple(currencies.unit_of(p, other.currency) for other in partners)
    rates = builder.money * np.array([currencies.rate_of(p, o.currency) for o in partners])
    for quota in (True, False):
        single = np.isfinite(high) if quota else low > 0
        year, pair = np.nonzero(single)
        total = np.stack([t.most if quota else t.least for t in found], axis=1)
        when, whose = np.nonzero(np.isfinite(total))
        limit = np.concatenate([(high if quota else low)[year, pair], total[when, whose]])
        if not limit.size:
            continue
        row = builder.row(
            f"{flow[:-1]} {'quota' if quota else 'duty'}",
            np.concatenate([year, when]),
            np.concatenate([pair, len(of) + whose]),
            np.concatenate([scale[pair], rates[whose]]),
            -np.inf if quota else limit,
            limit if quota else np.inf,
            names=names,
            units=units,
        )
        builder.put(row[: year.size], column[year, pair], 1.0)
        for r, t, k in zip(row[year.size :], when, whose, strict=True):
            mine = partner == k
            builder.put(r, column[t, mine], price[t, mine])


def _words(flow: str, bound: str) -> Slack:
    quota = bound == "most"
    return Slack(
        40.0,
        down=quota,
        words=f"{flow}, {{label}} {{year}}: the {bound} allowed is {{amount:.4g}} {{unit}} "
        f"({{share:.3g}} %) too {'small' if quota else 'large'}",
        remedy=f"{'raise' if quota else 'lower'} the {bound} of these {flow}",
        demand=f"{flow}, {{label}}, in {{year}} of {{amount}} {{unit}} at {bound}",
    )


PART = Part(
    name="partners",
    check=check,
    build=build,
    prepare=prepare,
    kinds={
        "export quota": Kind(
            "export quota", "row", 1, "exports to the partner allowed",
            scarce="exports to {label} in {year} stand at the most allowed",
            corner="exports to {label} at the most allowed",
        ),
        "export duty": Kind(
            "export duty", "row", -1, "exports to the partner that need not be made",
            scarce="exports to {label} in {year} stand at the least allowed",
            corner="exports to {label} at the least allowed",
        ),
        "import quota": Kind(
            "import quota", "row", 1, "imports from the partner allowed",
            scarce="imports from {label} in {year} stand at the most allowed",
            corner="imports from {label} at the most allowed",
        ),
        "import duty": Kind(
            "import duty", "row", -1, "imports from the partner that need not be made",
            scarce="imports from {label} in {year} stand at the least allowed",
            corner="imports from {label} at the least allowed",
        ),
    },
    slacks={
        "export quota": _words("exports", "most"),
        "export duty": _words("exports", "least"),
        "import quota": _words("imports", "most"),
        "import duty": _words("imports", "least"),
    },
    columns={
        "partner exports": Column("exports by partner", use="exports by partner"),
        "partner imports": Column("imports by partner", resource="imports by partner"),
    },
)  # fmt: skip
