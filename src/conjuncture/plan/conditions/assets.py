"""Kinds of capital: buildings, machines, vehicles, beside or in place of the plan's one.

Every kind that a sector has limits its output (kinds are complements). Each has its
own wear, gestation and composition, works in progress, damage, and a condition on
what is left at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions import capital
from conjuncture.plan.conditions.part import Column, Part, Reader, once
from conjuncture.plan.conditions.technique import sectors_of
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind, Slack
from conjuncture.plan.programme.layout import Index

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder


class Asset(Record):
    """A kind of capital, and the sectors that need it."""

    name: str = key(..., "", "What the kind is called.", min_length=1)
    capital_output: dict[str, float] = key(
        ..., "years", "Stock needed per unit of yearly output, by sector that needs it.",
        min_length=1,
    )  # fmt: skip
    opening: dict[str, float] = key(
        ..., "table's money", "Stock in use at the start, by sector; 0 where not named."
    )
    depreciation: float | dict[str, float] = key(
        ..., "1/year", "Share that wears out, one for all sectors or by sector."
    )
    gestation: int | None = key(
        None, "years", "Years from the start of a building to its use; null: the plan's.", ge=1
    )
    composition: dict[str, float] = key(
        {}, "1", "Products per unit of outlay; none: the plan's composition of investment."
    )
    works: dict[str, Amounts] = key(
        {}, "table's money", "Works begun before the plan, by sector, oldest first: one figure for "
        "every year, or one for each of the gestation less one.",
    )  # fmt: skip
    damaged: dict[str, float] = key(
        {}, "table's money", "Damaged stock at the start that can be restored, by sector."
    )


Assets = tuple[Asset, ...]


def gestation_of(problem: Problem, asset: Asset) -> int:
    """Return the years from the start of a building to its use."""
    return problem.settings.gestation if asset.gestation is None else asset.gestation


def wear_of(asset: Asset, sector: str) -> float:
    """Return the share that wears out in a year."""
    wear = asset.depreciation
    return wear[sector] if isinstance(wear, Mapping) else wear


def pairs_of(problem: Problem) -> list[tuple[Asset, str]]:
    """Return every kind with every sector that needs it."""
    return [(a, sector) for a in problem.conditions.assets for sector in a.capital_output]


# Checks --------------------------------------------------------------------------


def check(problem: Problem, assets: Assets, faults: Faults) -> None:
    """Record unknown sectors and products, and impossible figures."""
    once([asset.name for asset in assets], faults, "conditions.assets")
    for k, asset in enumerate(assets):
        read = Reader(problem, faults, f"conditions.assets.{k}")
        for sector, ratio in asset.capital_output.items():
            _check_sector(read, asset, sector, ratio)
        for name in ("opening", "works", "damaged"):
            for sector in getattr(asset, name):
                if sector not in asset.capital_output:
                    faults.unknown("sector of this kind", sector, asset.capital_output,
                                   field=read.field(f"{name}.{sector}"))  # fmt: skip
        read.positive(asset.opening, "opening")
        read.positive(asset.damaged, "damaged")
        _check_works(read, asset, gestation_of(problem, asset))
        capital.check_composition(read, asset.composition)
        _check_wear(read, asset)


def _check_sector(read: Reader, asset: Asset, sector: str, ratio: float) -> None:
    field = f"capital_output.{sector}"
    at = read.place(sector, read.p.sectors, "sector", field)
    if not ratio > 0:
        read.faults.add("is not above 0", "leave out sectors that do not need the kind",
                        field=read.field(field), value=ratio)  # fmt: skip
    if at < 0:
        return
    if read.p.output[at] <= 0:
        read.faults.add("the sector makes nothing in the base year and stays closed",
                        "leave it out", field=read.field(field))  # fmt: skip
    if not asset.composition:
        capital.need_composition(read.p, read, at)


def _check_works(read: Reader, asset: Asset, gestation: int) -> None:
    for sector, works in asset.works.items():
        place = read.field(f"works.{sector}")
        if len(works) not in (1, gestation - 1) or gestation == 1:
            read.faults.add(
                f"has {len(works)} figures where works of {gestation - 1} years can be under way",
                "give one figure, or one for each of these years", field=place,
            )  # fmt: skip
        if min(works, default=0.0) < 0:
            read.faults.add("is negative", "give 0 or more", field=place)


def _check_wear(read: Reader, asset: Asset) -> None:
    given = asset.depreciation
    by_sector = given if isinstance(given, Mapping) else {"": given}
    for sector, wear in by_sector.items():
        place = read.field(f"depreciation.{sector}".rstrip("."))
        if sector and sector not in asset.capital_output:
            read.faults.unknown("sector of this kind", sector, asset.capital_output, field=place)
        if not 0 <= wear <= 1:
            read.faults.add("is not a share", "give a number from 0 to 1", field=place, value=wear)
    if isinstance(given, Mapping):
        for sector in asset.capital_output:
            if sector not in given:
                read.faults.add("has no wear", "give one for every sector of the kind, or one for "
                                "all", field=read.field(f"depreciation.{sector}"))  # fmt: skip


# Blocks --------------------------------------------------------------------------


def prepare(builder: Builder, assets: Assets) -> None:
    """Count kinds among what limits output, and what they allow in the first year."""
    p = builder.p
    for asset in assets:
        for sector, ratio in asset.capital_output.items():
            j = p.sectors.index(sector)
            builder.limited[j] = True
            room = asset.opening.get(sector, 0.0) / ratio * p.availability[0, j]
            builder.room[j] = min(builder.room[j], room)


def build(builder: Builder, assets: Assets) -> None:
    """Add stocks of every kind and sector, the output they allow, and what is left."""
    p, t = builder.p, builder.t
    stocks, ratio, of = _stocks(builder, assets)
    blocks = capital.add(builder, "asset", stocks)
    every = np.arange(of.size)
    row = builder.row(
        "asset room", np.arange(t)[:, None], every, stocks.scale, -np.inf, 0.0, names=stocks.names
    )
    builder.put(row, builder.x[:, of], ratio)
    builder.put(row, blocks.stock[:t], -p.availability[:, of])
    sharing = _sharing(builder, of)
    for s, q, taken in sharing:
        builder.put(row[:, s], builder.columns["technique"][:, q], ratio[s] * taken)
    _ends(builder, stocks, blocks, ratio, of, sharing)
    _damage(builder, stocks, blocks)


def _stocks(builder: Builder, assets: Assets) -> tuple[capital.Stocks, Array, Index]:
    """Return all stocks, their capital-output ratios and the positions of their sectors."""
    p, pairs = builder.p, pairs_of(builder.p)
    of = np.array([p.sectors.index(sector) for _, sector in pairs], dtype=np.int64)
    ratio = np.array([asset.capital_output[sector] for asset, sector in pairs])
    gestation = np.array([gestation_of(p, asset) for asset, _ in pairs], dtype=np.int64)
    works = np.zeros((int(gestation.max()) - 1, of.size))
    for s, (asset, sector) in enumerate(pairs):
        works[: gestation[s] - 1, s] = asset.works.get(sector, (0.0,))
    groups: dict[str, Array] = {}
    group = []
    for asset, sector in pairs:
        alone = not asset.composition and p.composition.shape[1] > 1
        name = label(asset.name, sector) if alone else asset.name
        at = p.sectors.index(sector)
        groups.setdefault(name, capital.composition_of(p, asset.composition, at))
        group.append(list(groups).index(name))
    stocks = capital.Stocks(
        names=tuple(label(asset.name, sector) for asset, sector in pairs),
        opening=np.array([asset.opening.get(sector, 0.0) for asset, sector in pairs]),
        wear=np.array([wear_of(asset, sector) for asset, sector in pairs]),
        scale=ratio * builder.product[of],
        gestation=gestation,
        works=works,
        group=np.array(group, dtype=np.int64),
        groups=tuple(groups),
        composition=np.stack(list(groups.values()), axis=1),
    )
    return stocks, ratio, of


def label(kind: str, sector: str) -> str:
    """Return what the stock of a kind in a sector is called."""
    return f"{kind}: {sector}"


def _sharing(builder: Builder, of: Index) -> list[tuple[int, int, float]]:
    """Return, for each stock, the techniques that take capacity of its sector."""
    named, sectors = builder.p.conditions.techniques, sectors_of(builder.p)
    return [
        (s, q, technique.taken)
        for s, sector in enumerate(of.tolist())
        for q, technique in enumerate(named)
        if sectors[q] == sector and technique.taken > 0
    ]


def _ends(
    builder: Builder, stocks: capital.Stocks, blocks: capital.Blocks, ratio: Array, of: Index,
    sharing: list[tuple[int, int, float]],
) -> None:  # fmt: skip
    """Let what is left of every kind sustain the last year's output."""
    rate, t = builder.rules.terminal_growth, builder.t
    if rate is None:
        return
    year, s = capital.ends(stocks, t)
    row = builder.row("asset end", year, s, stocks.scale[s], 0.0, np.inf, names=stocks.names)
    need = -((1.0 + rate) ** (year - t + 1)) * ratio[s]
    builder.put(row, blocks.stock[year, s], 1.0)
    builder.put(row, builder.x[-1, of[s]], need)
    for stock, q, taken in sharing:
        at = s == stock
        builder.put(row[at], builder.columns["technique"][-1, q], need[at] * taken)


def _damage(builder: Builder, stocks: capital.Stocks, blocks: capital.Blocks) -> None:
    """Damaged stock can be restored, by the plan's own rules of restoration."""
    p, rules, t = builder.p, builder.rules, builder.t
    damaged = np.array([asset.damaged.get(sector, 0.0) for asset, sector in pairs_of(p)])
    of = np.flatnonzero(damaged > 0)
    if not of.size:
        return
    each, scale, lag = np.arange(t)[:, None], stocks.scale[of], rules.restoration_lag
    d, r = (
        builder.column(name, each, of, names=stocks.names, units=p.unit, scale=scale)
        for name in ("asset damaged", "asset restoring")
    )
    builder.column_bounds.append((d[0], scale, damaged[of], damaged[of]))
    for h in range(min(lag, t)):
        paid = -rules.restoration_cost / lag
        builder.put(blocks.outlay[h:][:, stocks.group[of]], r[: t - h], paid)
    done = min(t, t + stocks.longest - lag)
    if done > 0:
        builder.put(blocks.growth[lag - 1 : lag - 1 + done][:, of], r[:done], -1.0)
    left = 1.0 - rules.damage_decay
    row = builder.row("asset decay", each[1:], of, scale, 0.0, 0.0, names=stocks.names)
    builder.put(row, d[1:], 1.0)
    builder.put(row, d[:-1], -left)
    builder.put(row, r[:-1], left)
    share = 1.0 if rules.restorable_share is None else rules.restorable_share
    row = builder.row("asset mending", each, of, scale, -np.inf, 0.0, names=stocks.names)
    builder.put(row, r, 1.0)
    builder.put(row, d, -share)


PART = Part(
    name="assets",
    check=check,
    build=build,
    prepare=prepare,
    kinds={
        **capital.kinds("asset", "kind"),
        "asset restorable share": Kind(
            "asset mending", "row", 1, "restoration allowed", compared="asset restoring",
            scarce="no more of the damaged {label} may be restored in {year}",
        ),
        "asset damaged capital": Kind(
            "asset decay", "row", 1, "damaged capital to restore", limits=False,
            scarce="damaged {label} to restore in {year} is scarce",
        ),
        "opening asset damage": Kind(
            "asset damaged", "start", 1, "damaged capital to restore", limits=False,
            scarce="damaged {label} to restore in {year} is scarce",
        ),
    },
    slacks={
        "asset end": Slack(
            2.0, False,
            words="terminal capital of {label} for {year}: short by {amount:.4g} {unit}",
            remedy="lower terminal_growth",
            demand="capital of {label} left for {year}, to sustain the last year's output",
        ),
    },
    columns={
        "asset outlay": Column("outlays on kinds of capital", use="investment in kinds of capital"),
        "asset build": Column("new capital begun, by kind and sector"),
        "asset stock": Column("capital in use at the start of the year, by kind and sector"),
        "asset damaged": Column("damaged capital, by kind and sector"),
        "asset restoring": Column("restoration begun, by kind and sector"),
    },
)  # fmt: skip
