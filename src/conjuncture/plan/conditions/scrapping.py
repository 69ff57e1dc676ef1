"""Scrapping of capital, what it yields, and the maintenance of what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions import capital
from conjuncture.plan.conditions.assets import label, pairs_of, wear_of
from conjuncture.plan.conditions.part import Column, Part, Reader
from conjuncture.plan.keys import Labels, key
from conjuncture.plan.programme.kinds import Kind
from conjuncture.plan.programme.layout import Index

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder
    from conjuncture.plan.programme.model import Model


class Scrapping(Record):
    """Capital that may be scrapped and must be maintained."""

    kind: str = key("", "", "Kind of capital (of assets); empty: the plan's own capital.")
    sectors: Labels = key((), "", "Sectors whose capital it is; none: all that have it.")
    most: float = key(
        1.0, "1/year", "Largest share of the stock at the start of a year that may be scrapped in "
        "it.", ge=0.0, le=1.0,
    )  # fmt: skip
    yields: dict[str, float] = key(
        {}, "1", "Products recovered per unit of money of stock scrapped, by product."
    )
    maintenance: dict[str, float] = key(
        {}, "1/year", "Products needed in a year per unit of money of stock kept, by product."
    )


Records = tuple[Scrapping, ...]


@dataclass(frozen=True)
class Place:
    """A stock that may be scrapped.

    Attributes
    ----------
    record : Scrapping
    name : str
        Label of the stock.
    stock, growth, room : array of int, T
        Its columns, and the rows of its accumulation to the next year and of its use.
    wear : float
        Share that wears out in a year.
    per_stock : array, T
        What a unit of it enters the row of its use with.
    scale : float
        Usual size (money).
    """

    record: Scrapping
    name: str
    stock: Index
    growth: Index
    room: Index
    wear: float
    per_stock: Array
    scale: float


def sectors_of(problem: Problem, record: Scrapping) -> list[str]:
    """Return the sectors whose capital a record means."""
    return list(record.sectors) or _having(problem, record.kind)


def _having(problem: Problem, kind: str) -> list[str]:
    if kind:
        return [sector for asset, sector in pairs_of(problem) if asset.name == kind]
    known = (problem.capital_output > 0) & (problem.output > 0)
    return [problem.sectors[j] for j in np.flatnonzero(known)]


def check(problem: Problem, records: Records, faults: Faults) -> None:
    """Record unknown kinds, sectors and products, and stocks that stand twice."""
    kinds = [asset.name for asset in problem.conditions.assets]
    pairs: list[tuple[str, str]] = []
    for k, record in enumerate(records):
        read = Reader(problem, faults, f"conditions.scrapping.{k}")
        if record.kind and read.place(record.kind, kinds, "kind of capital", "kind") < 0:
            continue
        known = _having(problem, record.kind)
        read.places(record.sectors, known, "sector with this capital", "sectors")
        if not known:
            faults.add("no sector has this capital", "name a kind of assets, or give capital",
                       field=read.field("kind"))  # fmt: skip
        for name in ("yields", "maintenance"):
            read.vector(getattr(record, name), name)
            read.positive(getattr(record, name), name)
        if not record.yields and not record.maintenance:
            faults.add("yields nothing and saves nothing", "give yields or maintenance",
                       field=read.field("yields"))  # fmt: skip
        pairs += [(record.kind, sector) for sector in sectors_of(problem, record)]
    capital.twice(pairs, faults, "conditions.scrapping", "capital")


def _places(builder: Builder, records: Records) -> list[Place]:
    """Find columns and rows of every stock that may be scrapped."""
    p, found = builder.p, []
    kinds = [label(asset.name, sector) for asset, sector in pairs_of(p)]
    assets = {asset.name: asset for asset in p.conditions.assets}
    for record in records:
        for sector in sectors_of(p, record):
            j = p.sectors.index(sector)
            if record.kind:
                asset = assets[record.kind]
                at, name = kinds.index(label(record.kind, sector)), label(record.kind, sector)
                ratio, wear = asset.capital_output[sector], wear_of(asset, sector)
                stock, growth = builder.columns["asset stock"], builder.rows["asset growth"]
                room, limits = builder.rows["asset room"], p.availability[:, j]
            else:
                at, name = int(builder.position[j]), sector
                ratio, wear = float(p.capital_output[j]), float(p.depreciation[j])
                stock, growth, room = builder.k, builder.accumulation_row, builder.capacity_row
                limits = p.availability[:, j] / ratio
            found.append(
                Place(record, name, stock[: builder.t, at], growth[: builder.t, at], room[:, at],
                      wear, limits, ratio * float(builder.product[j]))
            )  # fmt: skip
    return found


def build(builder: Builder, records: Records) -> None:
    """Add what is scrapped and what is kept; the scrapped serves no more in its year."""
    p, places = builder.p, _places(builder, records)
    names, each = tuple(place.name for place in places), np.arange(builder.t)[:, None]
    every, scale = np.arange(len(places)), np.array([place.scale for place in places])
    scrapped, kept = (
        builder.column(name, each, every, names=names, units=p.unit, scale=scale)
        for name in ("scrapping", "kept")
    )
    row = builder.row("kept", each, every, scale, 0.0, 0.0, names=names)
    stock = np.stack([place.stock for place in places], axis=1)
    builder.put(row, kept, 1.0)
    builder.put(row, scrapped, 1.0)
    builder.put(row, stock, -1.0)
    for s, place in enumerate(places):
        builder.put(place.growth, scrapped[:, s], 1.0 - place.wear)
        builder.put(place.room, scrapped[:, s], place.per_stock)
        for sign, given, column in (
            (1.0, place.record.yields, scrapped), (-1.0, place.record.maintenance, kept),
        ):  # fmt: skip
            for product, amount in given.items():
                at = builder.product_row[:, p.sectors.index(product)]
                builder.put(at, column[:, s], sign * amount)
    most = np.array([place.record.most for place in places])
    of = np.flatnonzero(most < 1)
    if of.size:
        row = builder.row("scrap share", each, of, scale[of], -np.inf, 0.0, names=names)
        builder.put(row, scrapped[:, of], 1.0)
        builder.put(row, stock[:, of], -most[of])


def scrapped_by_sector(model: Model, values: Array) -> Array:
    """Return what is scrapped of the plan's own capital (T x N; money)."""
    p = model.problem
    found = np.zeros((p.periods, p.size))
    block = model.columns.blocks.get("scrapping")
    if block is None:
        return found
    for s, name in enumerate(block.names):
        if name in p.sectors:
            at = block.index[:, s]
            found[:, p.sectors.index(name)] = values[at] * model.column_scale[at]
    return found


PART = Part(
    name="scrapping",
    check=check,
    build=build,
    kinds={
        "kept capital": Kind(
            "kept", "row", -1, "capital that need not be maintained", limits=False,
            scarce="the capital of {label} kept in {year} must be maintained",
        ),
        "scrapping share": Kind(
            "scrap share", "row", 1, "scrapping allowed", compared="scrapping",
            scarce="no more of the capital of {label} may be scrapped in {year}",
        ),
    },
    columns={
        "scrapping": Column("capital scrapped at the start of the year", resource="scrap"),
        "kept": Column("capital kept in the year", use="maintenance"),
    },
)  # fmt: skip
