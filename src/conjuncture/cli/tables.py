"""Commands on tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import typer

from conjuncture.cli.output import Json, console, print_faults, print_json, print_rows

if TYPE_CHECKING:
    from conjuncture.accounts.table import Role, Table

app = typer.Typer(help="National accounts: the shipped tables and your own.")


@app.callback(invoke_without_command=True)
def list_tables(context: typer.Context, as_json: Json = False) -> None:
    """List the shipped tables (also: tables show, check, analyse, aggregate, import)."""
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
    labour, kept = table.labour, table.satellites
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
        "satellites": dict(zip(kept.kinds, kept.units, strict=True)) if kept else {},
        "units": dict(zip(table.sectors, table.units, strict=True)) if table.mixed_units else {},
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
    name: str = typer.Argument(
        help="Folder, table.yaml or CSV of a table in the documented form, or a shipped one's name."
    ),
    as_json: Json = False,
) -> None:
    """Check a table of your own against every identity; list all faults, or what is odd."""
    from conjuncture.accounts.checks import check as check_table
    from conjuncture.accounts.checks import skipped
    from conjuncture.accounts.library import open_table
    from conjuncture.accounts.plausibility import implausible

    table = open_table(name)
    faults = check_table(table)
    if faults:
        print_faults(faults, as_json=as_json)
        raise typer.Exit(1)
    left_out, hints = skipped(table), implausible(table)
    done = {"table": table.name, "sectors": table.size, "skipped": left_out, "faults": [],
            "hints": [hint.as_dict() for hint in hints]}  # fmt: skip
    if as_json:
        print_json(done)
        return
    console().print(f"{table.name}: {table.size} sectors, every identity holds")
    for text in left_out:
        console().print(f"  skipped: {text}", markup=False)
    for hint in hints:
        console().print(f"  hard to believe: {hint}", markup=False)


@app.command("aggregate")
def aggregate(
    name: str = typer.Argument(help="Name of a shipped table, or path of a table of your own."),
    concordance: Path = typer.Argument(help="Concordance, .yaml or .csv: see the page on tables."),
    out: Path = typer.Argument(help="Folder of the new table, or a workbook (.xlsx)."),
    variant: str | None = typer.Option(None, help="Variant of a table kept in several."),
    rename: str | None = typer.Option(None, help="Name of the new table."),
    as_json: Json = False,
) -> None:
    """Carry a table into another classification: add sectors up, or divide them."""
    from conjuncture.accounts.aggregation import aggregate as carry
    from conjuncture.accounts.concordance import read_concordance
    from conjuncture.accounts.library import open_table

    table = open_table(name, variant)
    new = carry(table, read_concordance(concordance), name=rename)
    _write(new, out, as_json, {"from sectors": table.size})


@app.command("import")
def import_table(
    source: Path = typer.Argument(help="Folder or file as published, or a workbook (.xlsx)."),
    out: Path = typer.Argument(help="Folder of the new table, or a workbook (.xlsx)."),
    form: str = typer.Option(
        ...,
        "--format",
        help="wiod, exiobase1, exiobase2, exiobase3, icio, eora, gloria, figaro, pymrio, bea, "
        "supply-use, own.",
    ),
    region: str | None = typer.Option(
        None, help="Make the national table of this region; without it a sector for each."
    ),
    year: int | None = typer.Option(None, help="Year of the flows."),
    unit: str | None = typer.Option(None, help="Unit, where the source has none: million USD."),
    origin: str | None = typer.Option(None, help="Where the figures come from, in words."),
    rename: str | None = typer.Option(None, help="Name of the new table."),
    role: list[str] = typer.Option(
        [], metavar="CATEGORY=ROLE", help="Role of a final use that is not known by its name."
    ),
    satellite: list[str] = typer.Option(
        [],
        metavar="EXTENSION[=ROW]",
        help="Extension of a world table to take along as satellites.",
    ),
    model: str = typer.Option(
        "D", help="For bea and supply-use: A, B, C, D or almon; see the page on tables."
    ),
    commodities: Path | None = typer.Option(
        None, help="For bea and supply-use: concordance of the commodities, applied first."
    ),
    rounding: float | None = typer.Option(
        None, help="For bea and supply-use: largest residual put down to rounding (money)."
    ),
    declare: bool = typer.Option(
        False, help="Declare sectors without output and negative flows as exceptions."
    ),
    as_json: Json = False,
) -> None:
    """Read a published table, or a workbook, and write it in the documented form."""
    import dataclasses

    from conjuncture.accounts.formats.readers import declare_exceptions, from_pymrio
    from conjuncture.accounts.formats.workbook import read_any
    from conjuncture.accounts.formats.world_files import PARSERS, parse
    from conjuncture.core.errors import Fault, InputError, lookup

    roles = _roles(role)
    lookup("format", form, dict.fromkeys((*PARSERS, "figaro", "bea", "supply-use", "own")))
    about: dict[str, object] = {"format": form}
    if form == "own":
        table = read_any(source)
        table = dataclasses.replace(table, name=rename or table.name)
    elif form in ("bea", "supply-use"):
        from conjuncture.cli.supply_use import symmetric

        made = symmetric(source, form, year, model, commodities, rounding, roles)
        words = made.table.origin if origin is None else f"user: {origin}"
        table = dataclasses.replace(made.table, name=rename or made.table.name, origin=words)
        about |= {"model": model, "negative flows": len(made.negatives),
                  "uses too small": len(made.unmet)}  # fmt: skip
    elif year is None:
        raise InputError(
            Fault("year of the flows is not known", "give --year", str(source), "year", None)
        )
    else:
        parsed = parse(source, form, year)
        words = origin or f"{form}, {source.name}, as published"
        table = from_pymrio(
            parsed,
            region,
            year=year,
            name=rename,
            unit=unit,
            origin=f"user: {words}",
            roles=roles,
            satellites=_extensions(satellite),
        )
    if declare:
        table = declare_exceptions(table)
    _write(table, out, as_json, about)


def _extensions(options: list[str]) -> dict[str, list[str] | None]:
    """Read EXTENSION or EXTENSION=ROW; an extension without rows is taken whole."""
    found: dict[str, list[str] | None] = {}
    for option in options:
        name, sign, row = option.partition("=")
        rows = found.setdefault(name, [] if sign else None)
        if sign and rows is not None:
            rows.append(row)
    return found


def _roles(pairs: list[str]) -> dict[str, Role]:
    """Read CATEGORY=ROLE; the role itself is checked where it is used."""
    from conjuncture.core.errors import Faults

    faults, roles = Faults("--role"), {}
    for pair in pairs:
        category, sign, role = pair.rpartition("=")
        if not sign or not category:
            faults.add("is not CATEGORY=ROLE", "write c37=consumption", field="role", value=pair)
        roles[category] = role
    faults.raise_if_any()
    return cast("dict[str, Role]", roles)


@app.command("analyse")
def analyse(
    name: str = typer.Argument(help="Name of a shipped table, or path of a table of your own."),
    variant: str | None = typer.Option(None, help="Variant of a table kept in several."),
    domestic: bool = typer.Option(False, help="Count domestic products alone."),
    of: str | None = typer.Option(
        None, help="Multipliers of this: output, value_added, capital, a kind of labour ..."
    ),
    as_json: Json = False,
) -> None:
    """Show multipliers, linkages, upstreamness and what is lost without each sector."""
    from conjuncture.accounts.library import open_table
    from conjuncture.accounts.structure.linkage import summary
    from conjuncture.accounts.structure.multipliers import multipliers

    table = open_table(name, variant)
    if of is None:
        frame = summary(table, domestic=domestic)
    else:
        frame = multipliers(table, of, domestic=domestic)
    frame = frame.astype(object).where(frame.notna(), None)
    rows = [
        {"sector": sector, **{str(key): value for key, value in values.items()}}
        for sector, values in zip(frame.index, frame.to_dict("records"), strict=True)
    ]
    if as_json:
        print_json({"table": table.name, "of": of, "domestic": domestic, "sectors": rows})
    else:
        print_rows(rows, title=f"{table.title}{', domestic products' if domestic else ''}")


def _write(table: Table, out: Path, as_json: bool, about: dict[str, object]) -> None:
    """Write a table, and say what its checks find."""
    from conjuncture.accounts.checks import check as check_table
    from conjuncture.accounts.formats.workbook import write_any

    path = write_any(table, out)
    faults = check_table(table)
    if as_json:
        found = [fault.as_dict() for fault in faults]
        print_json({"table": table.name, "sectors": table.size, **about, "written": str(path),
                    "faults": found})  # fmt: skip
        return
    console().print(f"{table.name}: {table.size} sectors; written: {path}")
    if about.get("model"):
        console().print(
            f"model {about['model']}: {about['negative flows']} negative flows, "
            f"{about['uses too small']} uses too small for product technology"
        )
    if faults:
        print_faults(faults, as_json=False)
        console(error=True).print("the table is written; mend or declare what is listed")
