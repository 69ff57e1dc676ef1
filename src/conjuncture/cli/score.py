"""The command that scores a run against the record of after its start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows

if TYPE_CHECKING:
    import xarray as xr

    from conjuncture.run.ensemble import Order
    from conjuncture.score.ablation import Ablation
    from conjuncture.score.scores import Score
    from conjuncture.score.wide import Wide


def score(
    scenario: str = typer.Argument(help="Name of a scenario (see: scenarios)."),
    members: int | None = typer.Option(None, help="Members of the ensemble (at least 3)."),
    until: int | None = typer.Option(None, help="Last year, within the scenario's window."),
    seed: int | None = typer.Option(None, help="Seed of all draws."),
    history: Path | None = typer.Option(
        None, help="Score a history (.nc) that `conjuncture run` wrote, in place of running."
    ),
    groups: bool = typer.Option(False, "--groups", help="Show groups of territories too."),
    ablation: bool = typer.Option(
        False, "--ablation", help="Switch off every mechanism in turn, on the same draws."
    ),
    wide: float | None = typer.Option(
        None, help="Run with every assumed prior so many times as wide beside, and compare."
    ),
    as_json: Json = False,
) -> None:
    """Score an ensemble against the record, beside simple baselines."""
    from conjuncture.run.ensemble import order_run
    from conjuncture.run.scenario import load_scenario
    from conjuncture.score.scores import check_asked, score_history
    from conjuncture.score.wide import compare_wide

    order = order_run(load_scenario(scenario), members=members, seed=seed, until=until)
    if history is None or ablation or wide is not None:
        check_asked(order.members)
    run = _read(history, scenario) if history is not None else _run(order, quiet=as_json)
    scores = score_history(run)
    switched = _ablate(order, quiet=as_json) if ablation else []
    wider = None if wide is None else compare_wide(order, wide)
    if as_json:
        print_json(_as_json(order, run, scores, switched, wider))
        return
    _show(run, scores, groups=groups)
    _show_runs(switched, wider)


def _read(path: Path, scenario: str) -> xr.Dataset:
    from conjuncture.core.errors import Faults
    from conjuncture.run.history import read_history

    found = read_history(path)
    if "scenario" not in found.sizes:
        return found
    names = [str(name) for name in found["scenario"].to_numpy()]
    if scenario not in names:
        faults = Faults(str(path))
        faults.unknown("scenario", scenario, names, field="scenario")
        faults.raise_if_any()
    return found.sel(scenario=scenario, drop=True)


def _run(order: Order, *, quiet: bool) -> xr.Dataset:
    from rich.progress import Progress

    from conjuncture.run.ensemble import run_arms

    with Progress(console=console(error=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("running", total=order.members * (order.until - order.scenario.start))
        (run,) = run_arms(
            order.arms()[:1], order, progress=lambda _, n: bar.update(task, advance=n)
        )
    return run


def _ablate(order: Order, *, quiet: bool) -> list[Ablation]:
    from rich.progress import Progress

    from conjuncture.run.scenario import mechanisms
    from conjuncture.score.ablation import ablate

    theory = order.spec().theory
    arms = 1 + sum(mechanisms()[name].off is not None for name in theory.mechanisms)
    with Progress(console=console(error=True), disable=quiet, transient=True) as bar:
        work = arms * order.members * (order.until - order.scenario.start)
        task = bar.add_task("switching off", total=work)
        return ablate(order, progress=lambda name, n: bar.update(task, advance=n, description=name))


def _as_json(
    order: Order,
    run: xr.Dataset,
    scores: list[Score],
    switched: list[Ablation],
    wider: Wide | None,
) -> dict[str, Any]:
    from dataclasses import asdict

    found: dict[str, Any] = {
        "scenario": order.scenario.id,
        "members": run.sizes["member"],
        "until": int(run["year"].to_numpy()[-1]),
        "scores": [item.as_dict() for item in scores],
    }
    if switched:
        found["ablation"] = [item.as_dict() for item in switched]
    if wider is not None:
        found["wide"] = asdict(wider)
    return found


def _show(run: xr.Dataset, scores: list[Score], *, groups: bool) -> None:
    from conjuncture.score.tables import event_rows, series_rows

    size = f"{run.sizes['member']} members, to {int(run['year'].to_numpy()[-1])}"
    chosen = [item for item in scores if groups or item.group == "all"]
    series = series_rows(chosen, groups=groups)
    events = event_rows(chosen, groups=groups)
    if not scores:
        console().print("the record has no variable of this history")
    if series:
        print_rows(series, title=f"Figures ({size}): CRPS, and skill against each baseline")
    if events:
        print_rows(events, title=f"Events ({size}): scores, and skill against each baseline")


def _show_runs(switched: list[Ablation], wider: Wide | None) -> None:
    from conjuncture.score.tables import ablation_rows, wide_rows

    if switched:
        print_rows(
            ablation_rows(switched),
            title="Each mechanism switched off: changes beyond Monte Carlo error",
        )
    if wider is not None:
        print_rows(wide_rows(wider), title="Outcomes with wider assumed priors: mean (5 % .. 95 %)")
