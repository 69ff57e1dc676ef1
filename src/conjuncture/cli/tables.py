"""Commands on tables."""

from __future__ import annotations

from pathlib import Path

import typer

from conjuncture.cli.output import Json, console, print_faults, print_json, print_rows

app = typer.Typer(help="National accounts: the shipped tables and your own.")


@app.callback(invoke_without_command=True)
def list_tables(context: typer.Context, as_json: Json = False) -> None:
    """List the shipped tables (also: tables show, tables check)."""
    if context.invoked_subcommand is not None:
        return
    from conjuncture.accounts.library import load_table, table_names, table_variants

    rows = []
    for name in table_names():
        table = load_table(name)
        rows.append(
            {
                "name": name,
                "title": table.title,
                "year": table.year,
                "sectors": table.size,
                "unit": table.unit,
                "kind": "reconstruction" if table.reconstruction else "observed",
                "labour": table.labour is not None,
                "capital": table.capital is not None,
                "variants": ", ".join(table_variants(name)),
                "source": table.origin,
            }
        )
    print_json(rows) if as_json else print_rows(rows, title="Tables")


@app.command("show")
def show(
    name: str = typer.Argument(help="Name of a shipped table, or path of a table of your own."),
    variant: str | None = typer.Option(None, help="Variant of a table kept in several."),
    as_json: Json = False,
) -> None:
    """Show the accounts of a table by sector."""
    from conjuncture.accounts.library import open_table

    table = open_table(name, variant)
    labour = table.labour
    rows = []
    for i, sector in enumerate(table.sectors):
        row: dict[str, object] = {
            "sector": sector,
            "title": table.titles[i],
            "output": float(table.output[i]),
            "value added": float(table.value_added[i]),
            "imports": float(table.imports[i]),
            "final uses": float(table.final[i].sum()),
        }
        if labour is not None:
            row[labour.kinds[0]] = float(labour.used[0, i])
        if table.capital is not None:
            row["capital"] = float(table.capital.stock[i])
        rows.append(row)
    total = float(table.value_added.sum())
    about = {
        "name": table.name,
        "title": table.title,
        "variant": table.variant,
        "year": table.year,
        "unit": table.unit,
        "prices": table.prices,
        "reconstruction": table.reconstruction,
        "gross output": float(table.output.sum()),
        "value added": total,
        "labour": dict(zip(labour.kinds, labour.units, strict=True)) if labour else {},
        "labour outside the sectors": dict(labour.outside) if labour else {},
        "source": table.origin,
    }
    if as_json:
        print_json({**about, "sectors": rows})
        return
    print_rows(rows, title=table.title)
    kind = "reconstruction, " if table.reconstruction else ""
    console().print(
        f"{kind}{table.unit}, {table.prices}; value added {total:,.1f}; "
        f"origin: conjuncture sources of {table.name}"
    )


@app.command("check")
def check(
    file: Path = typer.Argument(
        help="Folder, table.yaml or CSV of a table in the documented form."
    ),
    as_json: Json = False,
) -> None:
    """Check a table of your own against every identity and list all faults."""
    from conjuncture.accounts.checks import check as check_table
    from conjuncture.accounts.form import read_table

    table = read_table(file)
    faults = check_table(table)
    if faults:
        print_faults(faults, as_json=as_json)
        raise typer.Exit(1)
    done = {"table": table.name, "sectors": table.size, "faults": []}
    if as_json:
        print_json(done)
    else:
        console().print(f"{table.name}: {table.size} sectors, every identity holds")
