"""Putting regional tables and their deliveries together again: Chenery and Moses.

See :mod:`conjuncture.accounts.regions` for the model and its sources.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.regions import DELIVERED, Regional
from conjuncture.accounts.table import Array, Capital, FinalUse, Labour, Satellites, Table
from conjuncture.core.errors import Faults

Mask = npt.NDArray[np.bool_]


def trade_shares(regional: Regional) -> Array:
    """Return c[i, r, r']: the share of what region r' uses of product i that r delivers.

    Shares add up to 1 over the origins. Where nothing is used on balance, a region is
    taken to supply itself if it makes the product, else the first region that does.
    """
    D = regional.deliveries.to_numpy()
    total = D.sum(axis=1, keepdims=True)
    nothing = np.abs(total) <= 1e-12 * float(np.abs(D).max(initial=0.0))
    shares = D / np.where(nothing, 1.0, total)
    for i, k in zip(*np.nonzero(nothing[:, 0, :]), strict=True):
        origin = k if regional.made[k, i] else int(np.argmax(regional.made[:, i]))
        shares[i, :, k] = np.arange(len(regional.regions)) == origin
    return np.asarray(shares)


def join(regional: Regional) -> Table:
    """Put the tables of the regions together into one multi-regional table.

    Every user of a region buys a product from the regions in the same shares. Outputs,
    primary inputs, deliveries between regions by product, and the uses of each sector by
    product are those of ``regional``; where the multi-regional table that was split had
    other sources for one sector than for another, cells differ from it. Imports from
    outside all regions are taken to be the same share of every use of a row.

    Returns
    -------
    Table
        Sectors and final uses are labelled ``REGION:NAME``, or with the separator of the
        table that was split; regions follow one another.

    Raises
    ------
    InputError
        If the tables do not share products, primary inputs, unit and prices, or with
        every identity that tables and deliveries break.
    """
    _check(regional)
    parts = [regional.tables[name] for name in regional.regions]
    keep = regional.made.ravel()  # region-major, as the rows below
    shares = trade_shares(regional)
    sign, first = regional.separator, parts[0]
    label = [f"{r}{sign}{p}" for r in regional.regions for p in regional.products]
    sectors = tuple(name for name, there in zip(label, keep, strict=True) if there)
    uses = [
        (k, c, FinalUse(f"{regional.regions[k]}{sign}{use.name}", use.role))
        for k, part in enumerate(parts)
        for c, use in enumerate(part.final_uses)
        if use.name != DELIVERED.name
    ]
    n = len(regional.products)

    def stacked(k: int, block: Array) -> Array:
        """Divide the uses of region k by product among the regions that deliver."""
        return np.vstack([shares[:, r, k, None] * block for r in range(len(parts))])

    intermediate = np.hstack([stacked(k, part.intermediate) for k, part in enumerate(parts)])
    final = np.hstack(
        [stacked(k, parts[k].final[:, [c]]) for k, c, _ in uses] or [np.zeros((len(label), 0))]
    )
    output = np.concatenate([part.output for part in parts])
    abroad = np.where(np.abs(regional.abroad) > 1e-9 * output.max(), regional.abroad, 0.0).ravel()
    supply = output + abroad
    foreign = (abroad / np.where(supply != 0, supply, 1.0))[keep, None]
    composition = [part.capital_composition for part in parts]
    wide = np.hstack([stacked(k, b) for k, b in enumerate(composition) if b is not None] or [
        np.zeros((len(label), 0))
    ])  # fmt: skip
    declared = _exceptions(regional)
    return dataclasses.replace(
        first,
        name=regional.name,
        title=f"{len(parts)} regions, {n} products",
        territory=regional.territory,
        sectors=sectors,
        titles=tuple(np.concatenate([part.titles for part in parts])[keep].tolist()),
        intermediate=intermediate[np.ix_(keep, keep)],
        final_uses=tuple(use for _, _, use in uses),
        final=final[keep],
        imports=abroad[keep],
        primary=np.hstack([part.primary for part in parts])[:, keep],
        output=output[keep],
        imported_intermediate=foreign * intermediate[np.ix_(keep, keep)],
        imported_final=foreign * final[keep],
        labour=_labour(regional, parts, keep),
        capital=_capital(parts, keep),
        capital_composition=wide[np.ix_(keep, keep)] if wide.size else None,
        satellites=_satellites(parts, uses, keep),
        row_units=(),
        exceptions=declared,
    )


def _check(regional: Regional) -> None:
    faults = Faults(regional.name)
    first = regional.tables[regional.regions[0]]
    for name, table in regional.tables.items():
        for what in ("sectors", "primary_inputs", "value_added_rows", "unit", "prices", "year"):
            mine, other = getattr(table, what), getattr(first, what)
            if mine != other:
                faults.add(f"differs from that of {regional.regions[0]}",
                           "give all regions the same", field=f"{name}: {what}",
                           value=str(mine)[:80])  # fmt: skip
        for what in ("labour", "capital", "capital_composition", "satellites"):
            if (getattr(table, what) is None) != (getattr(first, what) is None):
                faults.add("is there in some regions only", "give it to all or none",
                           field=f"{name}: {what}")  # fmt: skip
    faults.raise_if_any()
    faults.extend(regional.faults())
    faults.raise_if_any()


def _labour(regional: Regional, parts: list[Table], keep: Mask) -> Labour | None:
    first = parts[0].labour
    if first is None:
        return None
    used = np.hstack([part.labour.used for part in parts if part.labour is not None])[:, keep]
    return dataclasses.replace(first, used=used, outside=dict(regional.outside))


def _capital(parts: list[Table], keep: Mask) -> Capital | None:
    first = parts[0].capital
    if first is None:
        return None
    held = [part.capital for part in parts if part.capital is not None]
    return dataclasses.replace(
        first,
        stock=np.concatenate([capital.stock for capital in held])[keep],
        depreciation=np.concatenate([capital.depreciation for capital in held])[keep],
    )


def _satellites(
    parts: list[Table], uses: list[tuple[int, int, FinalUse]], keep: Mask
) -> Satellites | None:
    first = parts[0].satellites
    if first is None:
        return None
    kept = [part.satellites for part in parts if part.satellites is not None]
    return dataclasses.replace(
        first,
        used=np.hstack([one.used for one in kept])[:, keep],
        final=np.column_stack([kept[k].final[:, c] for k, c, _ in uses]),
    )


def _exceptions(regional: Regional) -> dict[str, tuple[str, ...]]:
    """Carry what the regions declare to their sectors, and products to every region's row."""
    found: dict[str, dict[str, None]] = {}
    for k, region in enumerate(regional.regions):
        for kind, names in regional.tables[region].exceptions.items():
            for name in names:
                if name not in regional.products:
                    continue
                i = regional.products.index(name)
                everywhere = kind not in ("capital", "labour", "no_output")
                for r in range(len(regional.regions)) if everywhere else (k,):
                    if regional.made[r, i]:
                        label = f"{regional.regions[r]}{regional.separator}{name}"
                        found.setdefault(kind, {})[label] = None
    return {kind: tuple(names) for kind, names in found.items()}
