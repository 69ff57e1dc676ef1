"""National and multi-regional tables from the world tables: WIOD, EXIOBASE, ICIO, Eora ...

What pymrio parses (see ``world_files``), or any object with ``Z`` and ``Y`` labelled
by region and sector, becomes a Table.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from conjuncture.accounts.table import ROLES, Array, FinalUse, Role, Satellites, Table
from conjuncture.core.errors import Faults

KNOWN_ROLES: dict[str, Role] = {
    # EXIOBASE, in the words of its classification
    "Final consumption expenditure by households": "consumption",
    "Final consumption expenditure by non-profit organisations serving households (NPISH)": (
        "consumption"
    ),
    "Final consumption expenditure by government": "public",
    "Gross fixed capital formation": "investment",
    "Changes in inventories": "inventories",
    "Changes in valuables": "inventories",
    "Export": "exports",
    "Exports: Total (fob)": "exports",
    # WIOD 2016
    "CONS_h": "consumption",
    "CONS_np": "consumption",
    "CONS_g": "public",
    "GFCF": "investment",
    "INVEN": "inventories",
    # WIOD 2013, in words
    "Changes in inventories and valuables": "inventories",
    # Eora and GLORIA
    "Household final consumption P.3h": "consumption",
    "Non-profit institutions serving households P.3n": "consumption",
    "Government final consumption P.3g": "public",
    "Gross fixed capital formation P.51": "investment",
    "Changes in inventories P.52": "inventories",
    "Acquisitions less disposals of valuables P.53": "inventories",
    # OECD ICIO
    "HFCE": "consumption",
    "NPISH": "consumption",
    "GGFC": "public",
    "INVNT": "inventories",
    "DPABR": "consumption",
    # OECD ICIO, releases of 2016 and 2018
    "NPS": "consumption",
    "INV": "inventories",
    "DIRP": "consumption",
    "P33": "consumption",
    "DISC": "inventories",
    # ESA 2010, as in FIGARO
    "P3_S14": "consumption",
    "P3_S15": "consumption",
    "P3_S13": "public",
    "P51G": "investment",
    "P5M": "inventories",
}
"""Roles of final uses by the names that the formats give them."""

VALUE_ADDED = "value_added"
"""Primary row of a table whose source has no more: what output leaves of its inputs."""

EXPORTS = FinalUse("exports", "exports")
"""Final-use column of a national table: what all other regions buy."""


def from_pymrio(
    io_system: Any,
    region: str | None = None,
    *,
    year: int = 0,
    name: str | None = None,
    unit: str | None = None,
    prices: str = "basic prices, current",
    origin: str = "user: a world table",
    roles: Mapping[str, Role] | None = None,
    satellites: Mapping[str, Sequence[Any] | None] | None = None,
) -> Table:
    """Make a table of what pymrio parsed.

    Parameters
    ----------
    io_system : pymrio.IOSystem, or any object with ``Z`` and ``Y``
        Flows between regions.
    region : str, optional
        Make the national table of this region: other regions' products are
        imports, laid on the like home product; what they buy is ``exports``.
        Without it, the table has a sector for each region and sector.
    year : int
        Year of the flows.
    name, unit, prices, origin : str, optional
        As in :class:`conjuncture.accounts.table.Table`; the unit is that of
        ``io_system.unit`` where it has one.
    roles : mapping of str to str, optional
        Role of each category of final use that :data:`KNOWN_ROLES` does not know.
    satellites : mapping of str to sequence, optional
        For each extension the rows to take along, or None for all.

    Returns
    -------
    Table
        Value added is what output leaves of all inputs: taxes less subsidies on
        products and margins are in it where the source lays them elsewhere.

    Raises
    ------
    InputError
        If there is no such region, extension or row, if a category has no role, or
        if the unit is not known.
    """
    Z, Y = io_system.Z, io_system.Y
    faults = Faults(name or "world table")
    regions = list(dict.fromkeys(map(str, Z.index.get_level_values(0))))
    if region is not None and region not in regions:
        faults.unknown("region", region, regions, field="region")
    money = unit if unit is not None else _unit(io_system, faults)
    known = KNOWN_ROLES | dict(roles or {})
    categories = list(dict.fromkeys(map(str, Y.columns.get_level_values(1))))
    for category in categories:
        if category not in known:
            faults.add(
                "final use has no role",
                f"give one under roles: {', '.join(ROLES)}",
                field="roles",
                value=category,
            )
        elif known[category] not in ROLES:
            faults.unknown("role", known[category], ROLES, field=f"roles.{category}")
    chosen = _stressors(io_system, satellites or {}, faults)
    faults.raise_if_any()
    shared = {
        "year": year, "currency": money.split()[-1], "unit": money, "prices": prices,
        "origin": origin, "primary_inputs": (VALUE_ADDED,), "value_added_rows": (VALUE_ADDED,),
    }  # fmt: skip
    if region is None:
        return _world(Z, Y, known, chosen, shared | {"name": name or "world"})
    return _national(Z, Y, region, known, chosen, shared | {"name": name or region})


def _unit(io_system: Any, faults: Faults) -> str:
    table = getattr(io_system, "unit", None)
    found = [] if table is None else sorted({str(u) for u in np.asarray(table).ravel()})
    if len(found) != 1:
        faults.add("unit of the flows is not known", "give unit, such as 'million USD'",
                   field="unit", value=", ".join(found))  # fmt: skip
        return "?"
    return found[0]


_Chosen = list[tuple[str, str, pd.Series, pd.Series | None]]


def _stressors(
    io_system: Any, wanted: Mapping[str, Sequence[Any] | None], faults: Faults
) -> _Chosen:
    """Return name, unit, amounts by sector and by final use of each satellite row."""
    chosen: _Chosen = []
    for name, rows in wanted.items():
        extension = getattr(io_system, name, None)
        F = getattr(extension, "F", None)
        if F is None:
            known = list(io_system.get_extensions()) if hasattr(io_system, "get_extensions") else []
            faults.unknown("extension", name, known, field="satellites")
            continue
        labels = {_label(key): k for k, key in enumerate(F.index.tolist())}
        for row in list(labels) if rows is None else [_label(row) for row in rows]:
            if row not in labels:
                faults.unknown("row", row, labels, field=f"satellites.{name}")
                continue
            k, own = labels[row], getattr(extension, "F_Y", None)
            units = getattr(extension, "unit", None)
            unit = "unit of the source" if units is None else str(np.asarray(units)[k].ravel()[-1])
            chosen.append((row, unit, F.iloc[k], None if own is None else own.iloc[k]))
    return chosen


def _label(key: Any) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    return " ".join(" ".join(str(part) for part in parts).split())


def _world(
    Z: pd.DataFrame, Y: pd.DataFrame, roles: Mapping[str, Role], chosen: _Chosen, shared: Any
) -> Table:
    labels = tuple(".".join(map(str, key)) for key in Z.index.tolist())
    flows = Z.reindex(columns=Z.index).to_numpy(float)
    final = Y.reindex(index=Z.index).to_numpy(float)
    output = flows.sum(axis=1) + final.sum(axis=1)
    return Table(
        **shared,
        title="World table by region and sector",
        territory="WLD",
        sectors=labels,
        titles=tuple(_label(key) for key in Z.index.tolist()),
        intermediate=flows,
        final_uses=tuple(
            FinalUse(".".join(map(str, key)), roles[str(key[1])]) for key in Y.columns.tolist()
        ),
        final=final,
        imports=np.zeros(len(labels)),
        primary=(output - flows.sum(axis=0))[None, :],
        output=output,
        imported_intermediate=np.zeros_like(flows),
        imported_final=np.zeros_like(final),
        satellites=_satellites(chosen, Z.index, Y.columns, 0),
    )


def _national(
    Z: pd.DataFrame,
    Y: pd.DataFrame,
    region: str,
    roles: Mapping[str, Role],
    chosen: _Chosen,
    shared: Any,
) -> Table:
    home = Z.index[Z.index.get_level_values(0) == region]
    sectors = tuple(str(s) for s in home.get_level_values(1))
    uses = Y.columns[Y.columns.get_level_values(0) == region]
    domestic = Z.loc[home, home].to_numpy(float)
    own = Y.loc[home, uses].to_numpy(float)
    output = Z.loc[home].to_numpy(float).sum(axis=1) + Y.loc[home].to_numpy(float).sum(axis=1)
    exports = output - domestic.sum(axis=1) - own.sum(axis=1)
    imported = _by_product(Z[home], region, sectors)
    bought = np.column_stack([_by_product(Y[uses], region, sectors), np.zeros(len(sectors))])
    foreign = [k for k, c in enumerate(uses.get_level_values(1)) if roles[str(c)] == "exports"]
    names = [str(c) for c in uses.get_level_values(1)]
    filled = (own != 0).any(axis=0) | (bought[:, :-1] != 0).any(axis=0)
    keep = [k for k in range(len(names)) if k not in foreign or filled[k]]
    final = np.column_stack([own, exports]) + bought
    columns = [*keep, len(names)]
    flows = domestic + imported
    return Table(
        **shared,
        title=f"{region}, from a world table",
        territory=region,
        sectors=sectors,
        titles=sectors,
        intermediate=flows,
        final_uses=(*(FinalUse(names[k], roles[names[k]]) for k in keep), EXPORTS),
        final=final[:, columns],
        imports=imported.sum(axis=1) + bought.sum(axis=1),
        primary=(output - flows.sum(axis=0))[None, :],
        output=output,
        imported_intermediate=imported,
        imported_final=bought[:, columns],
        satellites=_satellites(chosen, home, uses[keep], 1),
    )


def _by_product(uses: pd.DataFrame, region: str, sectors: tuple[str, ...]) -> Array:
    """Sum what comes from other regions by product."""
    abroad = uses[uses.index.get_level_values(0) != region]
    total = abroad.groupby(level=1, sort=False).sum().reindex(list(sectors), fill_value=0.0)
    return np.asarray(total.to_numpy(float))


def _satellites(chosen: _Chosen, sectors: Any, uses: Any, after: int) -> Satellites | None:
    """Lay satellite rows along sectors and final uses; ``after`` columns have none."""
    if not chosen:
        return None
    final = []
    for _, _, _, own in chosen:
        row = np.zeros(len(uses)) if own is None else own.reindex(uses).fillna(0.0).to_numpy(float)
        final.append(np.append(row, np.zeros(after)))
    return Satellites(
        tuple(name for name, _, _, _ in chosen),
        tuple(unit for _, unit, _, _ in chosen),
        ("user: an extension of the world table",) * len(chosen),
        np.array([row.reindex(sectors).to_numpy(float) for _, _, row, _ in chosen]),
        np.array(final),
    )


def declare_exceptions(table: Table) -> Table:
    """Declare by name what published tables are known to hold: see ``docs/tables.md``.

    Sectors without output, and products with negative uses or imports or with an
    imported part outside the use, are named under the table's exceptions, so that
    the checks let them pass; nothing is changed.
    """
    kept = [k for k, use in enumerate(table.final_uses) if use.role != "inventories"]
    found = {
        "no_output": table.output == 0,
        "negative_intermediate": (table.intermediate < 0).any(axis=1),
        "negative_final": (table.final[:, kept] < 0).any(axis=1),
        "negative_imports": table.imports < 0,
    }
    if table.imported_intermediate is not None and table.imported_final is not None:
        part = np.hstack([table.imported_intermediate, table.imported_final[:, kept]])
        uses = np.hstack([table.intermediate, table.final[:, kept]])
        found["imported_above_use"] = ((part < 0) | (part > uses)).any(axis=1)
    declared = {kind: tuple(names) for kind, names in table.exceptions.items()}
    for kind, marked in found.items():
        names = tuple(s for s, bad in zip(table.sectors, marked, strict=True) if bad)
        if names:
            declared[kind] = tuple(dict.fromkeys((*declared.get(kind, ()), *names)))
    return dataclasses.replace(table, exceptions=declared)
