"""Commands on plans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from conjuncture.cli.conditions import groups_of
from conjuncture.cli.output import Json, console, print_faults, print_json, print_rows
from conjuncture.cli.plan_shown import show

if TYPE_CHECKING:
    from conjuncture.accounts.table import Table
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.regional.file import Opened
    from conjuncture.plan.solution import Solution

app = typer.Typer(help="Plans over several years on any table.", no_args_is_help=True)


_CONFLICT_NONZEROS = 100_000
"""Up to this size the contradiction of a plan is looked for unasked; it takes many programmes."""

Source = Annotated[
    str,
    typer.Argument(help="A problem file (.yaml), the name of a shipped table, or a table's path."),
]
Setting = Annotated[
    list[str],
    typer.Option("--set", metavar="NAME=VALUE", help="Change a setting (see: plan settings)."),
]
Years = Annotated[
    int | None, typer.Option(help="Length of the plan in years; default: the file's, or 5.")
]
Variant = Annotated[str | None, typer.Option(help="Variant of a table kept in several.")]


@app.command("solve")
def solve(
    source: Source,
    years: Years = None,
    setting: Setting = [],  # noqa: B006
    variant: Variant = None,
    out: Path | None = typer.Option(
        None, help="Write the plan: NetCDF (.nc), Excel (.xlsx), or a folder of CSV files."
    ),
    figures: Path | None = typer.Option(None, help="Write figures of the plan to this folder."),
    method: str = typer.Option("auto", help="How to solve; auto chooses by size."),
    tolerance: float | None = typer.Option(None, help="Residuals and gap of iterative methods."),
    checkpoint: Path | None = typer.Option(
        None, help="File for the state of a long solve: a stopped one goes on from it."
    ),
    backend: str = typer.Option("cpu", help="cpu, or gpu for the first-order method."),
    as_json: Json = False,
) -> None:
    """Solve a plan and show balances, bottlenecks, shadow prices and corners."""
    from conjuncture.cli.plan_territories import shipments_figures
    from conjuncture.core.files import check_writable
    from conjuncture.plan.reading.export import check_target, write_plan

    if out is not None:
        check_target(out)
    if figures is not None:
        check_writable(figures, folder=True)
    if checkpoint is not None:
        check_writable(checkpoint)
    accounts, problem = open_source(source, years, setting, variant)
    solution = _solved(
        problem,
        as_json,
        method=method,
        tolerance=tolerance,
        checkpoint=checkpoint,
        backend=backend,
    )
    written = [write_plan(solution, out)] if out is not None else []
    if figures is not None:
        from conjuncture.plan.reading.plots import write_figures

        written += write_figures(solution, figures, titles=_titles(accounts))
        written += shipments_figures(solution, figures)
    note = "reconstruction" if accounts.reconstruction else ""
    if as_json:
        from conjuncture.cli.targets import targets_as_json

        names = {"written": [str(path) for path in written]} if written else {}
        more = {"households": groups_of(solution), **targets_as_json(solution)}
        print_json({**solution.summary(), **more, "table_kind": note or "observed", **names})
        return
    show(solution, note)
    for path in written:
        console().print(f"written: {path}")


@app.command("explain")
def explain(
    source: Source,
    year: int | None = typer.Option(
        None, help="Year of the plan; for a target by default that of its largest miss."
    ),
    product: str | None = typer.Option(
        None, help="Label of the product; without it, the whole consumption bundle."
    ),
    target: str | None = typer.Option(None, help="Name of a target: say why it is missed."),
    by: float | None = typer.Option(
        None, help="With --target: say instead what changes when it rises by so much."
    ),
    ranges: int = typer.Option(3, min=0, help="For how many scarcities to show the range."),
    years: Years = None,
    setting: Setting = [],  # noqa: B006
    variant: Variant = None,
    as_json: Json = False,
) -> None:
    """Say why there is not more of a product in a year, or why a target is missed."""
    from conjuncture.cli.targets import explain_target, show_raised
    from conjuncture.core.errors import Fault, InputError
    from conjuncture.plan.conditions.all import KINDS
    from conjuncture.plan.why.explain import explain as explain_plan
    from conjuncture.plan.why.sensitivity import sensitivity

    if year is None and target is None:
        raise InputError(Fault("a product is explained in a year", "give --year", field="year"))
    accounts, problem = open_source(source, years, setting, variant)
    solution = _solved(problem, as_json)
    if target is not None and by is not None:
        show_raised(solution, target, by, as_json)
        return
    if target is not None or year is None:
        explain_target(solution, target or "", year, _titles(accounts), as_json)
        return
    found = explain_plan(solution, product, year, titles=_titles(accounts))
    chosen = [r.term for r in found.roots if r.term.kind in KINDS and r.share > 0.01][:ranges]
    measured = []
    with console(error=True).status("measuring over which range the prices hold"):
        for term in chosen:
            try:
                measured.append(sensitivity(solution, term.kind, term.label, term.year))
            except InputError:  # a limit without width has no range of its own
                continue
    if as_json:
        print_json({**found.as_dict(), "ranges": [item.as_dict() for item in measured]})
        return
    console().print(found.text, markup=False)
    if measured:
        console().print("What one more unit is worth, and over which range:")
        for item in measured:
            console().print(f"  - {item}", markup=False)


@app.command("compare")
def compare(
    first: str = typer.Argument(help="A problem file, a table, or a plan written as .nc."),
    second: str = typer.Argument(help="The other one."),
    as_json: Json = False,
) -> None:
    """Lay two plans side by side, the biggest differences first."""
    from conjuncture.plan.reading.compare import compare as compare_plans
    from conjuncture.plan.reading.compare import read_plan

    def plan(source: str) -> Any:
        if source.endswith(".nc"):
            return read_plan(Path(source))
        return _solved(open_source(source, None, [], None)[1], as_json)

    found = compare_plans(plan(first), plan(second), (first, second))
    if as_json:
        print_json(found.as_dict())
        return
    console().print(found.text, markup=False)
    rows = found.by_year.reset_index().to_dict("records")
    print_rows(_plain_rows(rows), title=f"Differences by year ({found.unit}): second less first")


@app.command("schema")
def schema(
    out: Path | None = typer.Option(None, help="Write the schema to this file."),
    territories: bool = typer.Option(False, help="That of plans over several territories."),
    as_json: Json = False,
) -> None:
    """Print the JSON Schema of problem files."""
    from conjuncture.core.files import write_text
    from conjuncture.plan import problem_file
    from conjuncture.plan.regional import records

    form = records if territories else problem_file
    if out is not None:
        write_text(out, form.schema_text())
    if as_json or out is None:  # the schema is JSON for people too
        print_json(form.schema())
    else:
        console().print(f"written: {out}")


@app.command("settings")
def settings(as_json: Json = False) -> None:
    """List the settings of a plan with unit, default and mark."""
    from conjuncture.plan.settings import reference

    rows = [dict(row) for row in reference()]
    print_json(rows) if as_json else print_rows(rows, title="Settings of a plan")


def open_source(
    source: str, years: int | None, setting: list[str], variant: str | None
) -> tuple[Table | Opened, Problem]:
    """Open a problem file or a table; options overrule the file."""
    from conjuncture.accounts.checks import checked
    from conjuncture.accounts.library import open_table
    from conjuncture.cli.settings import parse_settings
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.problem_file import looks_like_problem, open_problem
    from conjuncture.plan.regional.file import is_regional_file, open_regional

    options = parse_settings(setting)
    path = Path(source)
    if is_regional_file(path):
        opened = open_regional(path, years=years, settings=options)
        return opened, opened.problem
    if looks_like_problem(path):
        return open_problem(path, years=years, variant=variant, settings=options)
    accounts = checked(open_table(source, variant))
    return accounts, Problem.from_table(accounts, 5 if years is None else years, **options)


def _solved(problem: Problem, as_json: bool, **options: Any) -> Solution:
    """Solve, and leave with the contradiction and the cheapest relaxation if there is no plan.

    A line shows how far a long solve has come; Ctrl-C stops it after the step and keeps
    its state in the checkpoint, if there is one.
    """
    from conjuncture.cli.interrupt import asked_to_stop
    from conjuncture.plan.solve import solve as solve_problem

    text = f"solving {problem.periods} years of {problem.size} sectors"
    with console(error=True).status(text) as line, asked_to_stop() as should_stop:

        def show(p: Any) -> None:
            line.update(
                f"{text}: step {p.iteration}, gap {p.gap:.1e}, residuals {p.primal_residual:.1e} "
                f"and {p.dual_residual:.1e}, {p.seconds:.0f} s"
            )

        solution = solve_problem(problem, progress=show, should_stop=should_stop, **options)
    if solution.status != "optimal":
        _refuse(solution, as_json)
    return solution


def _titles(accounts: Table | Opened) -> dict[str, str]:
    return dict(zip(accounts.sectors, accounts.titles, strict=True))


def _plain_rows(rows: list[dict[Any, Any]]) -> list[dict[str, object]]:
    return [{str(key): value for key, value in row.items()} for row in rows]


def _refuse(solution: Solution, as_json: bool) -> None:
    from conjuncture.core.errors import InfeasibleError
    from conjuncture.plan.why.conflict import Conflict, conflict

    found = Conflict(())
    if solution.status == "infeasible" and solution.model.nonzeros <= _CONFLICT_NONZEROS:
        with console(error=True).status("looking for the demands that contradict"):
            found = conflict(solution)
    try:
        solution.require_optimal()
    except InfeasibleError as error:
        if as_json:
            faults = [fault.as_dict() for fault in error.faults]
            result = {"status": solution.status, "remedy": solution.remedy, "faults": faults}
            print_json({**result, "conflict": found.as_dict()})
        else:
            out = console(error=True)
            out.print(f"the plan is {solution.status}")
            if found.demands:
                out.print(found.text, markup=False)
                out.print("The cheapest way out:")
            print_faults(error.faults, as_json=False)
        raise typer.Exit(130 if solution.status == "stopped" else 1) from None
