"""The sheets of the Bureau of Economic Analysis: codes along two sides, figures between."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from conjuncture.accounts.formats.workbook import need_openpyxl
from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, Faults, InputError
from conjuncture.core.files import read_text

NOTHING = {"", "...", "....", ".....", "---", "--"}
"""Cells that stand for no flow."""

_HEADING = 15
"""Lines among which the line of column codes is looked for."""

_REACH = 2
"""How many column codes must also be row codes for a line to be that of the codes."""

Grid = list[list[str]]


@dataclass(frozen=True)
class Matrix:
    """A sheet: figures by the codes of its rows and columns.

    Attributes
    ----------
    file : str
        Name for messages.
    rows, columns : tuple of str
        Codes.
    titles : dict of str to str
        Titles of codes, where the sheet has them.
    values : array, rows x columns
        In the unit of the sheet.
    heading : str
        What stands above the codes: title, unit, year.
    """

    file: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    titles: dict[str, str]
    values: Array
    heading: str

    def block(self, rows: Sequence[str], columns: Sequence[str]) -> Array:
        """Return the figures of some rows and columns, by code."""
        at = [self.rows.index(code) for code in rows]
        along = [self.columns.index(code) for code in columns]
        return np.asarray(self.values[np.ix_(at, along)])


def sheet_names(path: Path) -> list[str]:
    """Return the sheets of a workbook; none for a CSV file.

    Raises
    ------
    InputError
        If openpyxl is missing or the file is no workbook.
    """
    if path.suffix.lower() == ".csv":
        return []
    openpyxl = need_openpyxl()
    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except Exception as error:  # a damaged archive fails in many ways
        raise InputError(
            Fault(f"is no workbook: {error}", "give the file as published (.xlsx)", str(path))
        ) from None
    names = [str(name) for name in book.sheetnames]
    book.close()
    return names


def read_grid(path: Path, sheet: str) -> Grid:
    """Return the cells of a sheet, or of a CSV file, as text."""
    if path.suffix.lower() == ".csv":
        text = read_text(path).removeprefix("\ufeff")
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    book = need_openpyxl().load_workbook(path, read_only=True, data_only=True)
    rows = [[_text(cell) for cell in row] for row in book[sheet].iter_rows(values_only=True)]
    book.close()
    return rows


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def read_matrix(path: Path, sheet: str) -> Matrix:
    """Read a make or use sheet: the line of codes is found, whatever stands above it.

    Parameters
    ----------
    path : Path
        Workbook or CSV; codes of rows stand in the first column.
    sheet : str
        Name of the sheet; not used for a CSV.

    Raises
    ------
    InputError
        If no line of codes is found, if a code stands twice, or with every cell that is
        no number.
    """
    grid = read_grid(path, sheet)
    name = f"{path} [{sheet}]" if path.suffix.lower() != ".csv" else str(path)
    width = max((len(row) for row in grid), default=0)
    grid = [row + [""] * (width - len(row)) for row in grid]
    at = _line_of_codes(grid, name)
    words = _line_of_titles(grid, at)
    body = [
        (k + 1, row)
        for k, row in enumerate(grid)
        if k > at and k != words and row[0] and any(row[1:])
    ]
    first = 2 if any(not _is_number(row[1]) for _, row in body) else 1
    places = [k for k in range(first, width) if grid[at][k] and not grid[at][k].startswith("NA")]
    columns = tuple(grid[at][k] for k in places)
    faults = Faults(name)
    body = [(line, row) for line, row in body if any(row[k] for k in places)]
    rows = tuple(row[0] for _, row in body)
    for kind, codes in (("row", rows), ("column", columns)):
        for code in sorted(Counter(codes) - Counter(set(codes))):
            faults.add(f"code of a {kind} stands twice", "keep one", field=kind, value=code)
    values = np.zeros((len(rows), len(columns)))
    for i, (line, row) in enumerate(body):
        for j, k in enumerate(places):
            if row[k] in NOTHING:
                continue
            try:
                values[i, j] = float(row[k])
            except ValueError:
                values[i, j] = np.nan
            if not np.isfinite(values[i, j]):
                faults.add(
                    "cell is not a finite number",
                    "write a plain number, or ... where nothing flows",
                    field=f"line {line}: {row[0]}, column {columns[j]}",
                    value=row[k],
                )
    faults.raise_if_any()
    heading = " ".join(" ".join(row[:2]) for row in grid[:at]).strip()
    titles = {row[0]: row[1] for _, row in body if first == 2 and row[1]}
    if words is not None:
        beside = grid[words]
        titles |= {c: beside[k] for c, k in zip(columns, places, strict=True) if beside[k]}
    return Matrix(name, rows, columns, titles, values, heading)


def _is_number(text: str) -> bool:
    if text in NOTHING:
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def _line_of_codes(grid: Grid, name: str) -> int:
    """Find the line that shares most codes with the first column."""
    codes = {row[0] for row in grid if row and row[0]}
    shared = [len(codes & set(row[1:])) for row in grid[:_HEADING]]
    if not shared or max(shared) < _REACH:
        raise InputError(
            Fault(
                "no line of column codes that are also codes of rows",
                "give a make or use table as published, with codes in the first column and in "
                "one line above the figures",
                name,
                f"lines 1 to {min(len(grid), _HEADING)}",
            )
        )
    return shared.index(max(shared))


def _line_of_titles(grid: Grid, at: int) -> int | None:
    """Find the line beside that of the codes that holds titles, if there is one."""
    codes = {cell for cell in grid[at] if cell}
    for k in (at - 1, at + 1):
        if 0 <= k < len(grid):
            words = [c for c in grid[k] if c and not _is_number(c) and c not in codes]
            if 2 * len(words) > len(codes):
                return k
    return None
