"""The sheet of a table: one wide CSV that a person can edit in a spreadsheet."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, nearest
from conjuncture.core.files import read_text

LEADING = ("block", "label", "title")
"""The first columns of a sheet; sectors and final uses follow."""

BLOCKS: dict[str, str] = {
    "use": "uses of each product, domestic and imported together",
    "imported": "the imported part of the uses (optional)",
    "imports": "imports of each product, laid along the sector columns",
    "primary": "rows below the intermediate uses: value added, taxes ...",
    "output": "gross output of each sector",
    "labour": "labour used, one row for each kind (optional)",
    "capital": "net stock of fixed capital (optional)",
    "depreciation": "share of the stock consumed in a year (with capital)",
    "capital_composition": "share of each product in the investment of a sector (optional)",
    "satellite": "energy, emissions ..., one row for each kind (optional)",
}
"""Every block that a sheet may have, and what its rows hold."""

PLAIN_NUMBER = "write a plain number with a point as decimal mark, and 0 where nothing flows"


Line = tuple[int, list[str]]
"""The number of a line in its file, and its cells."""


@dataclass(frozen=True)
class Row:
    """One line of a sheet.

    Attributes
    ----------
    line : int
        Line number in the file, counted from 1.
    block, label, title : str
        Its first three cells.
    cells : tuple of str
        The rest, as text.
    """

    line: int
    block: str
    label: str
    title: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """The text of a flows file, split into cells but not yet read as numbers.

    Attributes
    ----------
    file : str
        Name for messages.
    columns : tuple of str
        Labels of the columns after the first three.
    rows : tuple of Row
        Lines that are not empty.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def block(self, name: str) -> list[Row]:
        """Return the rows of a block, in order."""
        return [row for row in self.rows if row.block == name]


def read_sheet(path: Path, faults: Faults) -> Sheet | None:
    """Split a flows file into rows, recording what is wrong with its layout.

    Parameters
    ----------
    path : Path
        A comma-separated file in UTF-8, with or without a byte order mark.
    faults : Faults
        Collector of this file.

    Returns
    -------
    Sheet or None
        None where the header line cannot be understood.

    Raises
    ------
    InputError
        If the file cannot be read at all.
    """
    text = read_text(path).removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""))
    lines: list[Line] = []
    try:
        lines.extend((reader.line_num, cells) for cells in reader if any(map(str.strip, cells)))
    except csv.Error as error:
        faults.add(
            f"is not comma-separated text: {error}",
            "save the sheet as comma-separated values",
            field=f"line {reader.line_num}",
        )
        return None
    return split_lines(lines, str(path), faults)


def split_lines(lines: Sequence[Line], file: str, faults: Faults) -> Sheet | None:
    """Make a sheet of numbered lines of cells; None where the header line is wrong."""
    if not lines:
        faults.add("is empty", f"begin it with the line {','.join(LEADING)},...")
    if not lines or not _leads(lines[0][1], faults):
        return None
    columns = tuple(cell.strip() for cell in lines[0][1][len(LEADING) :])
    _check_columns(columns, faults)
    rows = [_row(number, cells, len(columns), faults) for number, cells in lines[1:]]
    return Sheet(file, columns, tuple(row for row in rows if row is not None))


def _leads(cells: Sequence[str], faults: Faults) -> bool:
    """Tell whether the header line begins as it must, recording the fault if not."""
    if tuple(cell.strip() for cell in cells[: len(LEADING)]) == LEADING:
        return True
    remedy = f"begin the header line with {','.join(LEADING)}"
    if len(cells) == 1 and (";" in cells[0] or "\t" in cells[0]):
        remedy = "save the sheet as comma-separated values with a point as decimal mark"
    shown = ",".join(cells[: len(LEADING)])[:60]
    faults.add("the header line is not understood", remedy, field="line 1", value=shown)
    return False


def _check_columns(columns: Sequence[str], faults: Faults) -> None:
    for position, name in enumerate(columns):
        where = f"line 1, column {position + len(LEADING) + 1}"
        if not name:
            faults.add("column has no label", "label it or delete it", field=where)
        elif name in columns[:position]:
            faults.add("column label stands twice", "give it once", field=where, value=name)


def _row(line: int, cells: Sequence[str], width: int, faults: Faults) -> Row | None:
    block, label, title = ([cell.strip() for cell in cells] + ["", "", ""])[: len(LEADING)]
    if block not in BLOCKS:
        faults.unknown("block", block, BLOCKS, field=f"line {line}, column block")
        return None
    row = Row(line, block, label, title, tuple(cell.strip() for cell in cells[len(LEADING) :]))
    if len(row.cells) != width:
        faults.add(
            f"has {len(row.cells)} cells after the title where the header line has {width}",
            "give one cell for each column",
            field=f"line {line}: {block} {label}",
            value=len(row.cells),
        )
        return None
    return row


def where(row: Row, column: str) -> str:
    """Name a cell for a message."""
    return f"line {row.line}: {row.block} {row.label}, column {column}"


def numbers(row: Row, columns: Sequence[str], faults: Faults, start: int = 0) -> Array:
    """Read a run of cells as numbers; what cannot be read is recorded and left NaN.

    Parameters
    ----------
    row : Row
        The line.
    columns : sequence of str
        Labels of the cells to read.
    faults : Faults
        Collector.
    start : int
        Position of the first of them among the row's cells.
    """
    values = np.full(len(columns), np.nan)
    for k, column in enumerate(columns):
        text = row.cells[start + k]
        problem = _not_a_number(text)
        if problem:
            faults.add(problem, PLAIN_NUMBER, field=where(row, column), value=text or "(empty)")
        else:
            values[k] = float(text)
    return values


def _not_a_number(text: str) -> str | None:
    """Say why a cell is no finite number, or None where it is one."""
    if not text:
        return "cell is empty"
    try:
        value = float(text) if "_" not in text else None
    except ValueError:
        value = None
    if value is None:
        return "cell is not a number"
    return None if math.isfinite(value) else "cell is not a finite number"


def must_be_empty(row: Row, columns: Sequence[str], faults: Faults, start: int) -> None:
    """Record figures that stand where this block has none."""
    for k, column in enumerate(columns):
        if row.cells[start + k]:
            faults.add(
                f"a {row.block} row has no figure under a final use",
                "leave the cell empty",
                field=where(row, column),
                value=row.cells[start + k],
            )


def match_labels(
    rows: Sequence[Row], labels: Sequence[str], block: str, like: str, faults: Faults
) -> bool:
    """Compare row labels with the labels that they must equal, in the same order.

    Parameters
    ----------
    rows : sequence of Row
        The rows of one block.
    labels : sequence of str
        What their labels must be.
    block, like : str
        The block, and where the labels come from, for messages.
    faults : Faults
        Collector: misspelt, doubled, missing and swapped labels, each by line.

    Returns
    -------
    bool
        True where they are equal.
    """
    found = [row.label for row in rows]
    if found == list(labels):
        return True
    before = len(faults)
    for position, row in enumerate(rows):
        if row.label not in labels:
            faults.add(
                f"label is not among {like}",
                "spell it exactly as there",
                field=f"line {row.line}: {block} {row.label}",
                value=row.label,
                nearest=nearest(row.label, labels),
            )
        elif row.label in found[:position]:
            faults.add(
                "label stands twice in its block",
                "give it once",
                field=f"line {row.line}: {block} {row.label}",
                value=row.label,
            )
    for label in labels:
        if label not in found:
            faults.add(
                f"no {block} row for {label!r} of {like}",
                "add the row",
                field=f"block {block}",
                value=label,
                nearest=nearest(label, found),
            )
    if len(faults) == before:
        _swapped(rows, labels, block, like, faults)
    return False


def _swapped(
    rows: Sequence[Row], labels: Sequence[str], block: str, like: str, faults: Faults
) -> None:
    for row, label in zip(rows, labels, strict=True):
        if row.label != label:
            faults.add(
                f"label stands where {like} have {label!r}: the order differs",
                f"put the rows in the order of {like}, each with its own figures",
                field=f"line {row.line}: {block} {row.label}",
                value=row.label,
                nearest=(label,),
            )


def sheet_text(columns: Iterable[str], rows: Iterable[tuple[str, str, str, Sequence[str]]]) -> str:
    """Return the text of a flows file.

    Parameters
    ----------
    columns : iterable of str
        Labels of the columns after the first three.
    rows : iterable of (block, label, title, cells)
        The lines in order.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*LEADING, *columns])
    for block, label, title, cells in rows:
        writer.writerow([block, label, title, *cells])
    return out.getvalue()


def number_text(value: float) -> str:
    """Write a number so that reading it gives the same number again."""
    whole = float(value).is_integer() and abs(value) < 2.0**53
    return str(int(value)) if whole else repr(float(value))
