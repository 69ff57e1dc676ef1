"""The command that splits a multi-regional table."""

from __future__ import annotations

from pathlib import Path

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows


def split(
    name: str = typer.Argument(help="Path of a multi-regional table."),
    out: Path | None = typer.Option(
        None, help="Folder for a table of each region and deliveries.csv; else nothing is written."
    ),
    as_json: Json = False,
) -> None:
    """Split a table into its regions, and show what they deliver to one another."""
    from conjuncture.accounts.formats.readers import declare_exceptions
    from conjuncture.accounts.formats.workbook import write_any
    from conjuncture.accounts.library import open_table
    from conjuncture.accounts.regions import split as split_table
    from conjuncture.core.errors import InputError
    from conjuncture.core.files import write_text

    table = open_table(name)
    parts = split_table(table)
    faults = list(parts.faults())
    if faults:
        raise InputError(faults)
    between = parts.between
    rows: list[dict[str, object]] = [
        {
            "region": region,
            "output": float(parts.tables[region].output.sum()),
            "delivered to other regions": float(between.sel(origin=region).sum()),
            "received from other regions": float(between.sel(destination=region).sum()),
            "imports from outside": float(parts.abroad[k].sum()),
        }
        for k, region in enumerate(parts.regions)
    ]
    written = []
    if out is not None:
        for region, part in parts.tables.items():
            written.append(write_any(declare_exceptions(part), out / region))
        frame = parts.deliveries.to_series().rename(table.unit)
        text = frame[frame != 0].to_csv(lineterminator="\n")
        written.append(write_text(out / "deliveries.csv", text))
    if as_json:
        about = {"table": table.name, "unit": table.unit, "products": list(parts.products)}
        print_json({**about, "regions": rows, "written": list(map(str, written))})
        return
    print_rows(rows, title=f"{table.title}: {len(parts.products)} products, {table.unit}")
    for path in written:
        console().print(f"written: {path}", markup=False)
