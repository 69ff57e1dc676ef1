"""The commands and how errors leave the program.

Exit codes: 0 done (whatever the verdicts), 1 refused or faults found, 2 usage,
130 interrupted.
"""

from __future__ import annotations

import sys

import typer

import conjuncture
from conjuncture.cli import (
    backtest,
    conditions,
    describe,
    ensemble,
    fit,
    frontier,
    plan,
    regions,
    run,
    score,
    sources,
    states,
    sweep,
    tables,
)

app = typer.Typer(
    name="conjuncture",
    help="Executable political economy: accounts, plans, histories, theories that can be tested.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(tables.app, name="tables")
tables.app.command("split")(regions.split)
app.add_typer(plan.app, name="plan")
plan.app.command("backtest")(backtest.backtest)
plan.app.command("frontier")(frontier.frontier)
plan.app.command("sweep")(sweep.sweep)
plan.app.command("conditions")(conditions.conditions)
plan.app.command("aims")(conditions.aims)
plan.app.command("ensemble")(ensemble.ensemble)
app.add_typer(sources.app, name="sources")
app.add_typer(states.app, name="states")
app.add_typer(describe.mechanisms_app, name="mechanisms")
app.add_typer(describe.claims_app, name="claims")
app.add_typer(describe.series_app, name="series")
app.command("scenarios")(describe.scenarios)
app.command("variables")(describe.variables)
app.command("run")(run.run)
app.command("score")(score.score)
app.command("fit")(fit.fit)


def _version(show: bool) -> None:
    if show:
        print(f"conjuncture {conjuncture.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and leave."
    ),
) -> None:
    """Compute accounts, plans and histories, and test theories on them."""


def main() -> None:
    """Run the command line and turn errors into messages and exit codes."""
    try:
        app()
    except Exception as error:
        from conjuncture.core.errors import ConjunctureError

        if not isinstance(error, ConjunctureError):
            raise
        from conjuncture.cli.output import print_faults

        print_faults(error.faults, as_json="--json" in sys.argv)
        sys.exit(1)
