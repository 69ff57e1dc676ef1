"""The documented form of a table as an Excel workbook (needs openpyxl, an optional extra)."""

from __future__ import annotations

import dataclasses
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from conjuncture.accounts.formats.form import read_table, write_table
from conjuncture.accounts.formats.header import FLOWS_NAME, HEADER_NAME
from conjuncture.accounts.formats.layout import lines, sheet_columns, written_header
from conjuncture.accounts.formats.sheet import LEADING, sheet_text
from conjuncture.accounts.table import Table
from conjuncture.core.errors import Fault, Faults, InputError
from conjuncture.core.files import parse_yaml, write_atomically

HEADER_SHEET = "table"
FLOWS_SHEET = "flows"


def need_openpyxl() -> ModuleType:
    """Return openpyxl.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        return import_module("openpyxl")
    except ImportError:
        raise InputError(
            Fault(
                "openpyxl is not installed, which reads and writes workbooks",
                "install it: pip install openpyxl; or use the form of two text files",
                field="openpyxl",
            )
        ) from None


def write_workbook(table: Table, path: Path) -> Path:
    """Write a table as a workbook of two sheets.

    ``table`` has the keys of the header in its first column and their values in the
    second, lists and nested keys as YAML; ``flows`` is the sheet of flows.

    Raises
    ------
    InputError
        If openpyxl is missing, or as :func:`conjuncture.accounts.formats.form.write_table`.
    """
    book = need_openpyxl().Workbook()
    header, flows = book.active, book.create_sheet(FLOWS_SHEET)
    header.title = HEADER_SHEET
    for key, value in written_header(table).items():
        plain = isinstance(value, (str, int, float)) and not isinstance(value, bool)
        header.append([key, value if plain else _yaml(value)])
    header.column_dimensions["A"].width, header.column_dimensions["B"].width = 20, 80
    flows.append([*LEADING, *sheet_columns(table)])
    for block, label, title, cells in lines(table):
        flows.append([block, label, title, *(float(cell) if cell else None for cell in cells)])
    flows.freeze_panes = "D2"
    return write_atomically(Path(path), book.save)


def _yaml(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6)
    return text.strip().removesuffix("...").strip()


def read_workbook(path: Path) -> Table:
    """Read a table from a workbook; see :func:`write_workbook` for its form.

    Raises
    ------
    InputError
        If openpyxl is missing, a sheet is missing, or with every fault of the form;
        lines are those of the sheet ``flows``.
    """
    openpyxl, path = need_openpyxl(), Path(path)
    if not path.exists():
        raise InputError(Fault("no such file", "give the path of a workbook", str(path)))
    try:
        book = openpyxl.load_workbook(path, data_only=True, read_only=False)
    except Exception as error:  # a damaged archive fails in many ways
        raise InputError(Fault(f"is no workbook: {error}", "save it as .xlsx", str(path))) from None
    faults = Faults(str(path))
    for name in (HEADER_SHEET, FLOWS_SHEET):
        if name not in book.sheetnames:
            faults.unknown("sheet", name, book.sheetnames, field="workbook")
    faults.raise_if_any()
    header: dict[str, Any] = {}
    for number, row in enumerate(book[HEADER_SHEET].iter_rows(max_col=2, values_only=True), 1):
        key, value = (*row, None)[:2]
        if key is None:
            continue
        if str(key) in header:
            where = f"table: line {number}"
            faults.add("key is given twice", "give it once", field=where, value=key)
        text = isinstance(value, str) and value[:1] in ("[", "{")
        header[str(key)] = parse_yaml(value, f"{path}: {key}") if text else value
    faults.raise_if_any()
    rows = [[_cell(v) for v in row] for row in book[FLOWS_SHEET].iter_rows(values_only=True)]
    return _through_text(header, rows, path)


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _through_text(header: dict[str, Any], rows: list[list[str]], path: Path) -> Table:
    """Read by the one reader of the form, and name the workbook in its messages."""
    width = max((len(row) for row in rows), default=0)
    first = (rows[0] if rows else []) + [""] * (width - len(rows[0]) if rows else 0)
    body = [(r[0], r[1], r[2], r[3:]) for r in rows[1:] if len(r) >= len(LEADING)]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        text = sheet_text(first[len(LEADING) :], body)
        if tuple(first[: len(LEADING)]) != LEADING:
            text = ",".join(first) + text[text.index("\n") :]
        (place / FLOWS_NAME).write_text(text, encoding="utf-8")
        (place / HEADER_NAME).write_text(
            yaml.safe_dump(header, sort_keys=False, allow_unicode=True), encoding="utf-8"
        )
        try:
            table = read_table(place)
        except InputError as error:
            raise InputError(_renamed(fault, path) for fault in error.faults) from None
    return dataclasses.replace(table, file=str(path))


def _renamed(fault: Fault, path: Path) -> Fault:
    sheet = FLOWS_SHEET if str(fault.file).endswith(FLOWS_NAME) else HEADER_SHEET
    return Fault(fault.problem, fault.remedy, f"{path} [{sheet}]", fault.field, fault.value,
                 fault.nearest)  # fmt: skip


def read_any(path: Path) -> Table:
    """Read a table in the documented form: text files, or a workbook where it ends in .xlsx.

    Raises
    ------
    InputError
        As :func:`conjuncture.accounts.formats.form.read_table` or :func:`read_workbook`.
    """
    return read_workbook(path) if Path(path).suffix == ".xlsx" else read_table(path)


def write_any(table: Table, path: Path) -> Path:
    """Write a table to a folder, or to a workbook where the path ends in .xlsx.

    Raises
    ------
    InputError
        As :func:`conjuncture.accounts.formats.form.write_table` or :func:`write_workbook`.
    """
    if Path(path).suffix == ".xlsx":
        return write_workbook(table, path)
    return write_table(table, Path(path))
