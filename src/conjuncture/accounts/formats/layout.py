"""How a table is laid out in its documented form: the header's keys and the sheet's lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from conjuncture.accounts.formats.header import TableHeader, header_data
from conjuncture.accounts.formats.sheet import number_text
from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Faults, InputError
from conjuncture.core.files import validate


def written_header(table: Table) -> dict[str, Any]:
    """Return the header of a table that can be written in the documented form.

    Raises
    ------
    InputError
        If it cannot: a figure that is not finite, a label with blanks around
        it, an unknown kind of exception.
    """
    header = header_data(table)
    faults = Faults(table.file or table.name)
    _check_writable(table, faults)
    try:
        validate(header, TableHeader, table.file or table.name)
    except InputError as error:
        faults.extend(error.faults)
    faults.raise_if_any()
    return header


def sheet_columns(table: Table) -> list[str]:
    """Return the labels of a sheet's columns after the first three."""
    return [*table.sectors, *(use.name for use in table.final_uses)]


def _check_writable(table: Table, faults: Faults) -> None:
    labels = [*table.sectors, *(use.name for use in table.final_uses), *table.primary_inputs]
    labels += table.titles
    for label in labels:
        if label != " ".join(label.split()):
            faults.add(
                "label or title has blanks around it or a line break in it",
                "use single spaces within words only",
                field="labels",
                value=repr(label),
            )
    for block, label, _, cells in lines(table):
        if any(cell in {"nan", "inf", "-inf"} for cell in cells):
            faults.add("row holds a figure that is not finite", "mend it", field=f"{block} {label}")


def lines(table: Table) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield the lines of a table's sheet: block, label, title, cells."""
    nothing = [""] * len(table.final_uses)

    def cells(values: Array) -> list[str]:
        return [number_text(value) for value in values]

    for i, label in enumerate(table.sectors):
        row = np.concatenate([table.intermediate[i], table.final[i]])
        yield "use", label, table.titles[i], cells(row)
    if table.imported_intermediate is not None:
        final = table.imported_final
        for i, label in enumerate(table.sectors):
            rest = np.zeros(len(table.final_uses)) if final is None else final[i]
            row = np.concatenate([table.imported_intermediate[i], rest])
            yield "imported", label, table.titles[i], cells(row)
    yield "imports", "imports", "", cells(table.imports) + nothing
    for k, label in enumerate(table.primary_inputs):
        yield "primary", label, "", cells(table.primary[k]) + nothing
    yield "output", "output", "", cells(table.output) + nothing
    if table.labour is not None:
        for k, label in enumerate(table.labour.kinds):
            yield "labour", label, table.labour.units[k], cells(table.labour.used[k]) + nothing
    if table.capital is not None:
        yield "capital", "capital", table.unit, cells(table.capital.stock) + nothing
        yield "depreciation", "depreciation", "1/year", cells(table.capital.depreciation) + nothing
    if table.capital_composition is not None:
        for i, label in enumerate(table.sectors):
            row = table.capital_composition[i]
            yield "capital_composition", label, table.titles[i], cells(row) + nothing
    if table.satellites is not None:
        kept = table.satellites
        for k, label in enumerate(kept.kinds):
            row = np.concatenate([kept.used[k], kept.final[k]])
            yield "satellite", label, kept.units[k], cells(row)
