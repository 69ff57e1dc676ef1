"""Supply and use in a form of our own: a header and two sheets that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import Field

from conjuncture.accounts.formats.header import AccountsHeader, check_origin, marked_origin
from conjuncture.accounts.formats.sheet import Row, match_labels, numbers
from conjuncture.accounts.supply_use import SupplyUse
from conjuncture.accounts.table import FinalUse
from conjuncture.core.errors import Faults
from conjuncture.core.files import read_text, read_yaml

HEADER_NAME, SUPPLY_NAME, USE_NAME = "supply_use.yaml", "supply.csv", "use.csv"
IMPORTS = "imports"
"""Last column of the supply sheet."""

LEADING = ("label", "title")
"""First columns of both sheets."""


class SupplyUseHeader(AccountsHeader):
    """The header of supply and use; see ``docs/tables.md``.

    Attributes
    ----------
    primary_inputs : tuple of str
        Rows of the use sheet after the commodities.
    value_added_rows : tuple of str
        Which of them make up value added.
    noncomparable : tuple of str
        Commodities whose imports have no counterpart at home.
    """

    primary_inputs: tuple[str, ...] = Field(min_length=1)
    value_added_rows: tuple[str, ...] = Field(min_length=1)
    noncomparable: tuple[str, ...] = ()


def read_supply_use(folder: Path) -> SupplyUse:
    """Read supply and use from a folder.

    Parameters
    ----------
    folder : Path
        With ``supply_use.yaml``; ``supply.csv``, commodities by industries and a last
        column ``imports``; ``use.csv``, commodities and then primary inputs by industries
        and then final uses. Both sheets begin with ``label,title``.

    Raises
    ------
    InputError
        With every fault of the three files.
    """
    folder = Path(folder)
    header = read_yaml(folder / HEADER_NAME, SupplyUseHeader)
    faults = Faults(str(folder / HEADER_NAME))
    check_origin(header.origin, "origin", faults)
    for name in header.value_added_rows:
        if name not in header.primary_inputs:
            faults.unknown("primary input", name, header.primary_inputs, field="value_added_rows")
    supply, use = Faults(str(folder / SUPPLY_NAME)), Faults(str(folder / USE_NAME))
    columns, rows = _sheet(folder / SUPPLY_NAME, supply)
    along, below = _sheet(folder / USE_NAME, use)
    if not supply and columns[-1:] != [IMPORTS]:
        supply.add("the last column is not imports", "add it, with 0 where nothing is imported",
                   field="line 1", value=columns[-1] if columns else "")  # fmt: skip
    industries, finals = columns[:-1], [item.name for item in header.final_uses]
    if not supply and not use:
        _match_columns(along, [*industries, *finals], use)
    commodities = [row.label for row in rows]
    if not supply and not use:
        wanted = [*commodities, *header.primary_inputs]
        match_labels(below, wanted, "use", "the supply sheet and the primary inputs", use)
    for name in header.noncomparable:
        if name not in commodities:
            faults.unknown("commodity", name, commodities, field="noncomparable")
    faults.extend([*supply, *use])
    faults.raise_if_any()
    made = np.array([numbers(row, columns, supply) for row in rows]).reshape(len(rows), -1)
    n, inner = len(commodities), np.zeros((len(below), len(along)))
    for i, row in enumerate(below):
        width = len(along) if i < n else len(industries)
        inner[i, :width] = numbers(row, along[:width], use)
        for name, cell in zip(finals, row.cells[width:], strict=False):
            if cell not in ("", "0"):
                where = f"line {row.line}: {row.label}, column {name}"
                use.add("a primary input has no figure under a final use", "leave the cell empty",
                        field=where, value=cell)  # fmt: skip
    faults.extend([*supply, *use])
    faults.raise_if_any()
    m = len(industries)
    return SupplyUse(
        **header.model_dump(
            include={"name", "title", "territory", "year", "currency", "unit", "prices"}
        ),
        origin=marked_origin(header.origin),
        industries=tuple(industries),
        titles=tuple(industries),
        commodities=tuple(commodities),
        make=made[:, :m].T,
        use=inner[:n, :m],
        final_uses=tuple(FinalUse(item.name, item.role) for item in header.final_uses),
        final=inner[:n, m:],
        imports=made[:, m],
        primary_inputs=header.primary_inputs,
        value_added_rows=header.value_added_rows,
        primary=inner[n:, :m],
        noncomparable=header.noncomparable,
    )


def _sheet(path: Path, faults: Faults) -> tuple[list[str], list[Row]]:
    """Split a sheet into the labels of its columns and its rows."""
    text = read_text(path).removeprefix("\ufeff")
    lines = [
        (k, [cell.strip() for cell in cells])
        for k, cells in enumerate(csv.reader(io.StringIO(text, newline="")), 1)
        if any(cell.strip() for cell in cells)
    ]
    if not lines:
        faults.add("is empty", "begin it with the line label,title,...")
        return [], []
    heading = lines[0][1]
    if tuple(heading[:2]) != LEADING:
        remedy = "begin the header line with label,title"
        if len(heading) == 1 and (";" in heading[0] or "\t" in heading[0]):
            remedy = "save the sheet as comma-separated values with a point as decimal mark"
        faults.add("the header line is not understood", remedy, field="line 1",
                   value=",".join(heading[:3])[:60])  # fmt: skip
        return [], []
    columns = heading[2:]
    rows: list[Row] = []
    for k, name in enumerate(columns):
        if not name:
            faults.add("column has no label", "label it or delete it", field=f"column {k + 3}")
        elif name in columns[:k]:
            faults.add("column label stands twice", "give it once", field="line 1", value=name)
    for line, cells in lines[1:]:
        if len(cells) != len(heading):
            faults.add(
                f"has {len(cells)} cells where the header line has {len(heading)}",
                "give one cell for each column",
                field=f"line {line}: {cells[0]}",
            )
            continue
        row = Row(line, "use", cells[0], cells[1], tuple(cells[2:]))
        if row.label in [other.label for other in rows]:
            faults.add("label stands twice", "give it once", field=f"line {line}", value=cells[0])
        rows.append(row)
    return columns, rows


def _match_columns(found: Sequence[str], wanted: Sequence[str], faults: Faults) -> None:
    for name in found:
        if name not in wanted:
            faults.unknown("column", name, wanted, field="line 1")
    for name in wanted:
        if name not in found:
            faults.add("column is missing", "add it: industries as in the supply sheet, then final "
                       "uses as in the header", field="line 1", value=name)  # fmt: skip
    if not faults and list(found) != list(wanted):
        a, b = next((a, b) for a, b in zip(found, wanted, strict=True) if a != b)
        remedy = "put industries in the order of the supply sheet, then final uses in that of the "
        faults.add(f"column stands where {b} belongs", f"{remedy}header", field="line 1", value=a)
