"""The command that carries doubt about a table's coefficients to the plan."""

from __future__ import annotations

from pathlib import Path

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows


def ensemble(
    name: str = typer.Argument(help="Name of a shipped table, or path of a table of your own."),
    years: int = typer.Option(5, min=1, help="Length of the plan in years."),
    variation: float = typer.Option(
        0.1,
        min=0.0,
        max=10.0,
        help="Coefficient of variation of every intermediate flow (assumed).",
    ),
    members: int = typer.Option(20, min=1, help="How many tables are drawn."),
    seed: int = typer.Option(1, min=0, help="Seed of the draws."),
    setting: list[str] = typer.Option(
        [], "--set", metavar="NAME=VALUE", help="Change a setting (see: plan settings)."
    ),
    variant: str | None = typer.Option(None, help="Variant of a table kept in several."),
    out: Path | None = typer.Option(None, help="Write all members as NetCDF (.nc)."),
    as_json: Json = False,
) -> None:
    """Plan on many tables drawn around one, and show the spread of the plans."""
    from conjuncture.accounts.library import open_table
    from conjuncture.accounts.uncertainty import ensemble as draw
    from conjuncture.cli.settings import parse_settings
    from conjuncture.core.errors import Fault, InputError
    from conjuncture.core.files import check_writable, write_atomically
    from conjuncture.plan.many.ensemble import plan_ensemble, scarcities, spread

    if out is not None and out.suffix != ".nc":
        raise InputError(
            Fault("members are written as NetCDF", "give a name ending in .nc", str(out))
        )
    if out is not None:
        check_writable(out)
    table = open_table(name, variant)
    tables = draw(table, variation, members=members, seed=seed)
    data = plan_ensemble(tables, years, **parse_settings(setting))
    data.attrs |= {"variation": variation, "seed": seed}
    if out is not None:
        write_atomically(out, lambda p: data.to_netcdf(p, engine="h5netcdf"))
    found = spread(data)
    rows = [
        {"year": int(year), **{f"{q:.0%}": float(value) for q, value in
                               zip(found["quantile"].to_numpy(), values, strict=True)}}
        for year, values in zip(found["year"].to_numpy(),
                                found["consumption_level"].transpose("year", "quantile").to_numpy(),
                                strict=True)
    ]  # fmt: skip
    scarce = scarcities(data).head(15).to_dict("records")
    solved = int(found.attrs["solved"])
    if as_json:
        print_json({"table": table.name, "years": years, "variation": variation, "seed": seed,
                    "members": members, "solved": solved, "consumption_level": rows,
                    "scarce": scarce})  # fmt: skip
        return
    print_rows(rows, title=f"{table.name}: consumption (base year = 1), quantiles of {solved} "
                           f"plans of {members}")  # fmt: skip
    print_rows(
        [{str(k): v for k, v in row.items()} for row in scarce],
        title="What limits the plans: share of the plans, and its share in the worth of all limits",
    )
    if out is not None:
        console().print(f"written: {out}")
