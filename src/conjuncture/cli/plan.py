"""Commands on plans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from conjuncture.cli.output import Json, console, print_faults, print_json, print_rows

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

app = typer.Typer(help="Plans over several years on any table.", no_args_is_help=True)


@app.command("solve")
def solve(
    table: str = typer.Argument(help="Name of a shipped table, or path of a table of your own."),
    years: int = typer.Option(5, help="Length of the plan in years."),
    setting: list[str] = typer.Option(
        [], "--set", metavar="NAME=VALUE", help="Change a setting (see: plan settings)."
    ),
    variant: str | None = typer.Option(None, help="Variant of a table kept in several."),
    out: Path | None = typer.Option(None, help="Write the whole solution as NetCDF (.nc)."),
    as_json: Json = False,
) -> None:
    """Solve a plan and show balances, bottlenecks, shadow prices and corners."""
    from conjuncture.accounts.checks import checked
    from conjuncture.accounts.library import open_table
    from conjuncture.cli.settings import parse_settings
    from conjuncture.core.errors import Fault, InputError
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.solve import solve as solve_problem

    if out is not None and out.suffix != ".nc":
        raise InputError(
            Fault("plans are written as NetCDF", "give a name ending in .nc", str(out))
        )
    accounts = checked(open_table(table, variant))
    problem = Problem.from_table(accounts, years, **parse_settings(setting))
    with console(error=True).status(f"solving {years} years of {accounts.size} sectors"):
        solution = solve_problem(problem)
    if solution.status != "optimal":
        _refuse(solution, as_json)
    if out is not None:
        _write(solution, out)
    note = "reconstruction" if accounts.reconstruction else ""
    if as_json:
        print_json({**solution.summary(), "table_kind": note or "observed"})
    else:
        _show(solution, note)
        if out is not None:
            console().print(f"written: {out}")


@app.command("settings")
def settings(as_json: Json = False) -> None:
    """List the settings of a plan with unit, default and mark."""
    from conjuncture.plan.settings import reference

    rows = [dict(row) for row in reference()]
    print_json(rows) if as_json else print_rows(rows, title="Settings of a plan")


def _refuse(solution: Solution, as_json: bool) -> None:
    from conjuncture.core.errors import InfeasibleError

    try:
        solution.require_optimal()
    except InfeasibleError as error:
        if as_json:
            faults = [fault.as_dict() for fault in error.faults]
            print_json({"status": solution.status, "remedy": solution.remedy, "faults": faults})
        else:
            console(error=True).print(f"the plan is {solution.status}")
            print_faults(error.faults, as_json=False)
        raise typer.Exit(1) from None


def _write(solution: Solution, path: Path) -> None:
    from conjuncture.core.files import write_atomically

    data = solution.to_dataset()
    write_atomically(path, lambda p: data.to_netcdf(p, engine="h5netcdf"))


def _show(solution: Solution, note: str) -> None:
    from rich.markup import escape

    problem = solution.problem
    out = console()
    kind = f" ({note})" if note else ""
    first, last = problem.years[0], problem.years[-1]
    out.print(f"[bold]{escape(problem.name)}{kind}[/bold], {first}-{last}: {solution.status}")
    print_rows(_by_year(solution), title=f"By year ({problem.unit})")
    _show_bottlenecks(solution)
    corners = solution.corners()
    if corners:
        out.print(f"[bold]Rules against implausible corners that bind ({len(corners)})[/bold]")
        for text in corners[:8]:
            out.print(f"  - {escape(text)}")
        if len(corners) > 8:
            out.print(f"  and {len(corners) - 8} more (--json lists all)")
    c = solution.certificate
    out.print(
        f"{solution.method}, {solution.seconds:.3f} s; primal residual {c.primal_residual:.1e}, "
        f"dual residual {c.dual_residual:.1e}, gap {c.gap:.1e}; balances close to "
        f"{_closure(solution):.1e} of output"
    )
    out.print("shadow prices: positive = scarce; value of one more unit in discounted consumption")


def _by_year(solution: Solution) -> list[dict[str, Any]]:
    p = solution.problem
    totals = solution.balances().groupby(level="year").sum().to_dict("index")
    shown = ("output", "consumption", "investment", "exports", "imports")
    return [
        {
            "year": year,
            "consumption level": float(solution.consumption_level[k]),
            **{name: float(totals[year][name]) for name in shown},
            "reserves": float(solution.reserves[k]),
        }
        for k, year in enumerate(p.years)
    ]


def _show_bottlenecks(solution: Solution) -> None:
    frame = solution.bottlenecks(12)
    rows = [
        {
            "kind": row["kind"],
            "label": row["label"],
            "year": row["year"],
            "amount": row["amount"],
            "shadow price": row["value"],
            "worth in all": row["worth"],
        }
        for row in frame.to_dict("records")
    ]
    print_rows(rows, title="Bottlenecks, the most valuable first")
    for kind, unit, sense in frame[["kind", "unit", "sense"]].drop_duplicates().to_numpy():
        console().print(f"  {kind}: {unit}, for {sense}")


def _closure(solution: Solution) -> float:
    residual = solution.balances()["residual"].abs().max()
    return float(residual / solution.output.sum(axis=1).min())
