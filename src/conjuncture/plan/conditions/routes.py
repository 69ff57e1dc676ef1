"""Routes: shipments of a product from one territory to another, with carriage and loss.

A route takes one unit of a product where it is sent from, and uses up products for its
carriage; what is not lost on the way arrives as the product of another territory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.part import Column, Part, Reader
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder

Places = npt.NDArray[np.int64]


class Route(Record):
    """Shipments of one product from one territory to another."""

    origin: str = key(..., "", "Label of the product where it is sent from (north:grain).")
    destination: str = key(..., "", "Label of the product as which it arrives (south:grain).")
    base: float = key(0.0, "table's money/year", "Shipments of the base year.", ge=0.0)
    band: float | None = key(
        None,
        "1/year",
        "Shipments stay within this share of the base, widening each year; null: low and high "
        "alone hold.",
        ge=0.0,
    )
    low: Amounts = key((0.0,), "table's money/year", "Least shipments: one number or one a year.")
    high: Amounts | None = key(
        None, "table's money/year", "Largest shipments: one number or one a year; null: no limit."
    )
    uses: dict[str, float] = key(
        {}, "money/money", "Products used for carriage per unit sent (north:transport: 0.05)."
    )
    loss: float = key(0.0, "1", "Share lost on the way.", ge=0.0, lt=1.0)
    lines: dict[str, float] = key(
        {}, "unit of the line", "Capacity taken of each line (condition lines) per unit sent."
    )

    @property
    def label(self) -> str:
        """What the route is called: ``north:grain > south:grain``."""
        return f"{self.origin} > {self.destination}"


@dataclass(frozen=True)
class Shipping:
    """Routes as arrays, with Q routes and T years.

    Attributes
    ----------
    labels : tuple of str
    origin, destination : array of int, Q
        Positions of products.
    low, high : array, T x Q
        Limits (money/year).
    arrives : array, Q
        Share that is not lost.
    route, product, amount : arrays
        Products used for carriage, as triplets.
    """

    labels: tuple[str, ...]
    origin: Places
    destination: Places
    low: Array
    high: Array
    arrives: Array
    route: Places
    product: Places
    amount: Array


def limits(route: Route, years: int, read: Reader) -> tuple[Array, Array]:
    """Return the least and the largest shipments of every year (T; money/year)."""
    low = read.years(route.low, "low")
    high = np.full(years, np.inf) if route.high is None else read.years(route.high, "high")
    if route.band is not None:
        width = route.band * np.arange(1, years + 1)
        low = np.maximum(low, route.base * np.maximum(0.0, 1.0 - width))
        high = np.minimum(high, route.base * (1.0 + width))
    return low, high


def shipping(problem: Problem, routes: tuple[Route, ...]) -> Shipping:
    """Return checked routes as arrays."""
    place = {label: k for k, label in enumerate(problem.sectors)}
    read = Reader(problem, Faults(problem.name), "conditions.routes")
    ends = [limits(route, problem.periods, read) for route in routes]
    used = [(q, place[k], a) for q, r in enumerate(routes) for k, a in r.uses.items()]
    return Shipping(
        labels=tuple(route.label for route in routes),
        origin=np.array([place[route.origin] for route in routes], np.int64),
        destination=np.array([place[route.destination] for route in routes], np.int64),
        low=np.stack([low for low, _ in ends], axis=1),
        high=np.stack([high for _, high in ends], axis=1),
        arrives=np.array([1.0 - route.loss for route in routes]),
        route=np.array([q for q, _, _ in used], np.int64),
        product=np.array([k for _, k, _ in used], np.int64),
        amount=np.array([a for _, _, a in used], np.float64),
    )


def check(problem: Problem, routes: tuple[Route, ...], faults: Faults) -> None:
    """Record unknown labels and lines, routes that stand twice, and limits that contradict."""
    known, lines = set(problem.sectors), [line.name for line in problem.conditions.lines]
    seen: set[str] = set()
    for k, route in enumerate(routes):
        read = Reader(problem, faults, f"conditions.routes.{k}")
        places = {"origin": route.origin, "destination": route.destination}
        for name, label in [*places.items(), *((f"uses.{use}", use) for use in route.uses)]:
            if label not in known:
                read.product(label, name)
        for name in route.lines:
            if name not in lines:
                read.place(name, lines, "line", f"lines.{name}")
        read.positive(route.uses, "uses")
        read.positive(route.lines, "lines")
        if route.label in seen:
            faults.add("stands twice", "give every route once", field=read.where, value=route.label)
        seen.add(route.label)
        if route.origin == route.destination:
            faults.add("leads from a product to itself", "name two territories",
                       field=read.where, value=route.label)  # fmt: skip
        _check_limits(problem, route, read)


def _check_limits(problem: Problem, route: Route, read: Reader) -> None:
    low, high = limits(route, problem.periods, read)
    for name, array in (("low", low), ("high", high)):
        if (array < 0).any():
            read.faults.add("is negative", "give 0 or more, or a route the other way",
                            field=read.field(name), value=array.min())  # fmt: skip
    for t in np.flatnonzero(low > high)[:1]:
        read.faults.add(
            f"lower limit {low[t]:g} does not lie below the upper {high[t]:g} in "
            f"{problem.years[t]}",
            "widen the band, or mend low and high",
            field=read.where,
            value=route.label,
        )


def build(builder: Builder, routes: tuple[Route, ...]) -> None:
    """Add a column for every route and year, and rows where it has limits."""
    a, p = shipping(builder.p, routes), builder.p
    each, every = np.arange(builder.t)[:, None], np.arange(len(routes))
    scale = np.minimum(builder.product[a.origin], builder.product[a.destination])
    column = builder.column("route", each, every, names=a.labels, units=p.unit, scale=scale)
    builder.put(builder.product_row[:, a.origin], column, -1.0)
    builder.put(builder.product_row[:, a.destination], column, a.arrives)
    builder.put(builder.product_row[:, a.product], column[:, a.route], -a.amount)
    for name, limit, some in (
        ("route_high", a.high, np.isfinite(a.high)),
        ("route_low", a.low, a.low > 0),
    ):
        t, q = np.nonzero(some)
        if t.size:
            low, high = (limit[t, q], np.inf) if name == "route_low" else (-np.inf, limit[t, q])
            row = builder.row(name, t, q, scale[q], low, high, names=a.labels)
            builder.put(row, column[t, q], 1.0)


PART = Part(
    name="routes",
    check=check,
    build=build,
    kinds={
        "route maximum": Kind(
            "route_high", "row", 1, "shipments allowed",
            scarce="shipments {label} in {year} stand at their upper limit",
        ),
        "route minimum": Kind(
            "route_low", "row", -1, "shipments that need not be made",
            scarce="shipments {label} in {year} stand at their lower limit",
        ),
    },
    slacks={
        "route_high": Slack(
            20.0,
            down=True,
            words="shipments {label} {year}: {amount:.4g} {unit} above their limit ({share:.3g} %)",
            remedy="raise high or band of this route",
            demand="shipments {label} in {year} of {amount} {unit} at most",
        ),
        "route_low": Slack(
            20.0,
            down=False,
            words="shipments {label} {year}: {amount:.4g} {unit} below what is asked "
            "({share:.3g} %)",
            remedy="lower low of this route, or widen its band",
            demand="shipments {label} in {year} of {amount} {unit} at least",
        ),
    },
    columns={
        "route": Column("shipments between territories", resource="received", use="shipped")
    },
)  # fmt: skip
