"""What commands print: tables for people, JSON for programs, errors for both."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from conjuncture.core.errors import Fault

WIDTH = 150
"""Columns of output that does not go to a terminal."""

SHORT = 18
"""Longest text of a column that is never folded."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def console(*, error: bool = False) -> Console:
    """Return a console on standard output, or on standard error."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    # A pipe or a file has no width of its own; eighty columns would fold every number.
    width = None if stream.isatty() else WIDTH
    return Console(stderr=error, highlight=False, width=width)


def print_json(data: Any) -> None:
    """Print plain data as JSON with the keys in their order."""
    print(json.dumps(data, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


def print_rows(rows: Sequence[Mapping[str, object]], *, title: str = "") -> None:
    """Print rows as a table with the keys of the first row as headings."""
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", header_style="bold")
    for heading in rows[0] if rows else ():
        numeric = all(isinstance(row[heading], (int, float)) for row in rows)
        longest = max(len(cell(row[heading])) for row in rows)
        table.add_column(
            str(heading),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=numeric or longest <= SHORT,
        )
    for row in rows:
        table.add_row(*(cell(value) for value in row.values()))
    console().print(table)


def cell(value: object) -> str:
    """Write a value for a table: numbers with four significant figures."""
    from rich.markup import escape

    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return escape(str(value))


def print_faults(faults: Iterable[Fault], *, as_json: bool) -> None:
    """Print faults: to standard output as JSON, or to standard error as text."""
    found = list(faults)
    if as_json:
        print_json({"faults": [fault.as_dict() for fault in found]})
        return
    from rich.markup import escape

    out = console(error=True)
    out.print(f"[bold red]{len(found)} fault{'s' if len(found) != 1 else ''}[/bold red]")
    for fault in found:
        out.print(f"  - {escape(str(fault))}")
