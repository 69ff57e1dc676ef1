"""The documented form of a table on disk: a header ``table.yaml`` and a sheet ``flows.csv``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from conjuncture.accounts.formats.header import (
    FLOWS_NAME,
    HEADER_NAME,
    PLAIN_KEYS,
    CapitalHeader,
    LabourHeader,
    TableHeader,
    check_origin,
    marked_origin,
)
from conjuncture.accounts.formats.layout import lines, sheet_columns, written_header
from conjuncture.accounts.formats.sheet import (
    Row,
    Sheet,
    match_labels,
    must_be_empty,
    numbers,
    read_sheet,
    sheet_text,
)
from conjuncture.accounts.table import Array, Capital, FinalUse, Labour, Satellites, Table
from conjuncture.core.errors import Fault, Faults, InputError, nearest
from conjuncture.core.files import read_yaml, write_text

# Reading ----------------------------------------------------------------------


def read_table(path: Path) -> Table:
    """Read a table in the documented form.

    Parameters
    ----------
    path : Path
        The folder of ``table.yaml`` and ``flows.csv``, or either file. A header
        ``x.yaml`` goes with ``x.csv`` beside it, else with ``flows.csv``; a
        sheet ``x.csv`` with ``x.yaml``, else with ``table.yaml``.

    Returns
    -------
    Table
        With the labels exactly as they stand. Its identities are not yet
        checked: see :func:`conjuncture.accounts.checks.checked`.

    Raises
    ------
    InputError
        With every fault of both files: keys, labels and cells.
    """
    header_path, flows_path = _locate(Path(path))
    header_faults, faults = Faults(str(header_path)), Faults(str(flows_path))
    header = _read_header(header_path, header_faults)
    sheet = read_sheet(flows_path, faults)
    parts = None if sheet is None else _read_parts(sheet, header, faults)
    if header is not None and parts is not None:
        _check_names(header, parts, header_faults)
    header_faults.extend(faults)
    header_faults.raise_if_any()
    assert header is not None  # a header that could not be read has left a fault
    assert parts is not None
    return _assemble(header, parts, str(header_path))


def _locate(path: Path) -> tuple[Path, Path]:
    """Find the header and the sheet that a path stands for."""
    if path.is_dir():
        return path / HEADER_NAME, path / FLOWS_NAME
    if path.suffix == ".csv":
        own = path.with_suffix(".yaml")
        return (own if own.exists() else path.with_name(HEADER_NAME)), path
    if path.suffix == ".yaml":
        own = path.with_suffix(".csv")
        return path, (own if own.exists() else path.with_name(FLOWS_NAME))
    siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    raise InputError(
        Fault(
            "is neither a folder nor a .yaml header nor a .csv sheet",
            f"give a folder with {HEADER_NAME} and {FLOWS_NAME}, or one of these files",
            str(path),
            nearest=nearest(path.name, siblings),
        )
    )


def _read_header(path: Path, faults: Faults) -> TableHeader | None:
    try:
        header = read_yaml(path, TableHeader)
    except InputError as error:
        faults.extend(error.faults)
        return None
    check_origin(header.origin, "origin", faults)
    for kind in header.satellites:
        check_origin(kind.origin, f"satellites.{kind.name}.origin", faults)
    if header.capital is not None:
        check_origin(header.capital.origin, "capital.origin", faults)
        check_origin(header.capital.depreciation_origin, "capital.depreciation_origin", faults)
    return header


@dataclass(frozen=True)
class _Parts:
    """The figures of a sheet, with the labels they stand under."""

    sectors: tuple[str, ...]
    titles: tuple[str, ...]
    primary_inputs: tuple[str, ...]
    use: Array
    imported: Array | None
    imports: Array
    primary: Array
    output: Array
    labour: Array | None
    capital: Array | None
    depreciation: Array | None
    composition: Array | None
    satellites: Array | None


def _read_parts(sheet: Sheet, header: TableHeader | None, faults: Faults) -> _Parts:
    uses = sheet.block("use")
    final = len(sheet.columns) - len(uses) if header is None else len(header.final_uses)
    sectors = sheet.columns[: max(0, len(sheet.columns) - final)]
    finals = sheet.columns[len(sectors) :]
    if header is not None:
        _match_final_uses(finals, [use.name for use in header.final_uses], faults)
    if not uses:
        faults.add("has no block 'use'", "add one use row for each sector", field="block use")
    one = {name: _one(sheet, name, sectors, faults) for name in ("imports", "output")}
    primary = sheet.block("primary")
    if not primary:
        faults.add("has no primary row", "add the row of value added", field="block primary")
    for position, row in enumerate(primary):
        if row.label in [other.label for other in primary[:position]]:
            faults.add(
                "label stands twice in its block",
                "give it once",
                field=f"line {row.line}: primary {row.label}",
                value=row.label,
            )
    labour = _labour(sheet, header, sectors, faults)
    composition = sheet.block("capital_composition")
    if composition:
        match_labels(composition, sectors, "capital_composition", "the sector columns", faults)
    capital, depreciation = _capital(sheet, header, sectors, faults)
    return _Parts(
        sectors=sectors,
        titles=tuple(row.title for row in uses),
        primary_inputs=tuple(row.label for row in primary),
        use=_matrix(uses, "use", sheet, sectors, faults),
        imported=_matrix(sheet.block("imported"), "imported", sheet, sectors, faults)
        if sheet.block("imported")
        else None,
        imports=one["imports"],
        primary=_rows(primary, sheet, sectors, faults),
        output=one["output"],
        labour=labour,
        capital=capital,
        depreciation=depreciation,
        composition=_rows(composition, sheet, sectors, faults) if composition else None,
        satellites=_satellites(sheet, header, faults),
    )


def _match_final_uses(found: Sequence[str], wanted: Sequence[str], faults: Faults) -> None:
    for position, (name, other) in enumerate(zip(found, wanted, strict=False)):
        if name != other:
            faults.add(
                f"final-use column is labelled {name!r} where the header has {other!r}",
                "give the columns after the sectors the names and the order of final_uses",
                field=f"line 1, final-use column {position + 1}",
                value=name,
                nearest=nearest(name, wanted),
            )
    if len(found) < len(wanted):
        faults.add(
            f"has {len(found)} columns where the header has {len(wanted)} final uses alone",
            "add a column for each sector and each final use",
            field="line 1",
            value=len(found),
        )


def _matrix(
    rows: Sequence[Row], block: str, sheet: Sheet, sectors: Sequence[str], faults: Faults
) -> Array:
    if rows:
        match_labels(rows, sectors, block, "the sector columns", faults)
    return np.array([numbers(row, sheet.columns, faults) for row in rows])


def _rows(rows: Sequence[Row], sheet: Sheet, sectors: Sequence[str], faults: Faults) -> Array:
    for row in rows:
        must_be_empty(row, sheet.columns[len(sectors) :], faults, len(sectors))
    return np.array([numbers(row, sectors, faults) for row in rows]).reshape(
        len(rows), len(sectors)
    )


def _one(sheet: Sheet, block: str, sectors: Sequence[str], faults: Faults) -> Array:
    """Read a block of exactly one row, labelled as the block."""
    rows = sheet.block(block)
    match_labels(rows, [block], block, "the blocks of one row", faults)
    values = _rows(rows, sheet, sectors, faults)
    return np.asarray(values[0]) if len(values) else np.full(len(sectors), np.nan)


def _labour(
    sheet: Sheet, header: TableHeader | None, sectors: Sequence[str], faults: Faults
) -> Array | None:
    rows = sheet.block("labour")
    if header is not None:
        kinds = [] if header.labour is None else [kind.name for kind in header.labour.kinds]
        match_labels(rows, kinds, "labour", "labour.kinds of the header", faults)
    return _rows(rows, sheet, sectors, faults) if rows else None


def _satellites(sheet: Sheet, header: TableHeader | None, faults: Faults) -> Array | None:
    rows = sheet.block("satellite")
    if header is not None:
        kinds = [kind.name for kind in header.satellites]
        match_labels(rows, kinds, "satellite", "satellites of the header", faults)
    return np.array([numbers(row, sheet.columns, faults) for row in rows]) if rows else None


def _capital(
    sheet: Sheet, header: TableHeader | None, sectors: Sequence[str], faults: Faults
) -> tuple[Array | None, Array | None]:
    """Read stock and depreciation, which a sheet and its header have both or not at all."""
    blocks = ("capital", "depreciation")
    if header is not None and header.capital is None:
        for row in [*sheet.block(blocks[0]), *sheet.block(blocks[1])]:
            faults.add(
                "the header has no key 'capital' for this row",
                "add capital with timing, origin and depreciation_origin to the header",
                field=f"line {row.line}: {row.block} {row.label}",
                value=row.label,
            )
    wanted = header is not None and header.capital is not None
    if wanted or any(sheet.block(block) for block in blocks):
        stock, rates = (_one(sheet, block, sectors, faults) for block in blocks)
        return stock, rates
    return None, None


def _check_names(header: TableHeader, parts: _Parts, faults: Faults) -> None:
    """Names in the header that must stand in the sheet."""
    for name in header.value_added_rows:
        if name not in parts.primary_inputs:
            faults.unknown("primary row", name, parts.primary_inputs, field="value_added_rows")
    for name in header.units:
        if name not in parts.sectors:
            faults.unknown("sector", name, parts.sectors, field="units")
    for kind, names in header.exceptions.declared().items():
        for name in names:
            if name not in parts.sectors:
                faults.unknown("sector", name, parts.sectors, field=f"exceptions.{kind}")


def _assemble(header: TableHeader, parts: _Parts, file: str) -> Table:
    n = len(parts.sectors)
    return Table(
        **header.model_dump(include=set(PLAIN_KEYS)),
        sectors=parts.sectors,
        titles=parts.titles,
        intermediate=parts.use[:, :n],
        final_uses=tuple(FinalUse(use.name, use.role) for use in header.final_uses),
        final=parts.use[:, n:],
        imports=parts.imports,
        primary_inputs=parts.primary_inputs,
        primary=parts.primary,
        output=parts.output,
        origin=marked_origin(header.origin),
        imported_intermediate=None if parts.imported is None else parts.imported[:, :n],
        imported_final=None if parts.imported is None else parts.imported[:, n:],
        labour=_as_labour(header.labour, parts),
        capital=_as_capital(header.capital, parts),
        capital_composition=parts.composition,
        satellites=_as_satellites(header, parts),
        row_units=tuple(header.units.get(sector, header.unit) for sector in parts.sectors)
        if header.units
        else (),
        exceptions=header.exceptions.declared(),
        file=file,
    )


def _as_labour(header: LabourHeader | None, parts: _Parts) -> Labour | None:
    if header is None or parts.labour is None:
        return None
    names = tuple(kind.name for kind in header.kinds)
    units = tuple(kind.unit for kind in header.kinds)
    return Labour(names, units, parts.labour, dict(header.outside))


def _as_capital(header: CapitalHeader | None, parts: _Parts) -> Capital | None:
    if header is None or parts.capital is None or parts.depreciation is None:
        return None
    return Capital(
        parts.capital,
        header.timing,
        parts.depreciation,
        marked_origin(header.origin),
        marked_origin(header.depreciation_origin),
    )


def _as_satellites(header: TableHeader, parts: _Parts) -> Satellites | None:
    if parts.satellites is None:
        return None
    kinds, n = header.satellites, len(parts.sectors)
    return Satellites(
        tuple(kind.name for kind in kinds),
        tuple(kind.unit for kind in kinds),
        tuple(marked_origin(kind.origin) for kind in kinds),
        parts.satellites[:, :n],
        parts.satellites[:, n:],
    )


# Writing ----------------------------------------------------------------------


def write_table(table: Table, folder: Path) -> Path:
    """Write a table in the documented form.

    Parameters
    ----------
    table : Table
        Any table; what :func:`read_table` reads from the folder equals it.
    folder : Path
        Receives ``table.yaml`` and ``flows.csv``; it is made where it is missing.

    Returns
    -------
    Path
        The header file.

    Raises
    ------
    InputError
        If the table cannot be written in the form: a figure that is not
        finite, a label with blanks around it, an unknown kind of exception.
    """
    header = written_header(table)
    write_text(Path(folder) / FLOWS_NAME, sheet_text(sheet_columns(table), lines(table)))
    text = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=96)
    return write_text(Path(folder) / HEADER_NAME, text)
