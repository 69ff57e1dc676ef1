"""The command that runs a scenario, judges it and writes its report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows

if TYPE_CHECKING:
    import xarray as xr

    from conjuncture.run.ensemble import Order
    from conjuncture.theory.verdict import Verdict


PARALLEL = 5000
"""Member-years from which the batches of a run are spread over the processors."""


def run(
    scenario: str = typer.Argument(help="Name of a scenario (see: scenarios)."),
    members: int | None = typer.Option(None, help="Members of the ensemble."),
    seed: int | None = typer.Option(None, help="Seed of all draws."),
    until: int | None = typer.Option(None, help="Last year, within the scenario's window."),
    setting: list[str] = typer.Option(
        [],
        "--set",
        metavar="NAME=VALUE",
        help="Set a parameter (mechanism.parameter) or figure (SUN.figure) to a number.",
    ),
    out: Path | None = typer.Option(
        None, help="The history (.nc); figure and page get the same stem. Default: runs/."
    ),
    as_json: Json = False,
) -> None:
    """Run a scenario: history, comparison, verdicts, figure and page."""
    from conjuncture.cli.settings import parse_numbers
    from conjuncture.core.errors import Fault, InputError
    from conjuncture.core.files import check_writable
    from conjuncture.run.ensemble import order_run
    from conjuncture.run.scenario import load_scenario

    path = out or Path("runs") / f"{scenario}.nc"
    if path.suffix != ".nc":
        raise InputError(
            Fault("histories are written as NetCDF", "give a name ending in .nc", str(path))
        )
    check_writable(path)
    order = order_run(
        load_scenario(scenario),
        members=members,
        seed=seed,
        until=until,
        settings=parse_numbers(setting),
    )
    began = time.perf_counter()
    try:
        history, verdicts = _compute(order, path, quiet=as_json)
    except KeyboardInterrupt:
        console(error=True).print(
            f"interrupted; finished batches are kept in {path.with_suffix('.parts')}, "
            "and the same command resumes"
        )
        raise typer.Exit(130) from None
    written = _write(order, history, verdicts, path)
    seconds = time.perf_counter() - began
    if as_json:
        print_json(_as_json(order, history, verdicts, written, seconds))
    else:
        _show(order, history, verdicts, written, seconds)


def _compute(order: Order, path: Path, *, quiet: bool) -> tuple[xr.Dataset, list[Verdict]]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from conjuncture.run.batch import finish
    from conjuncture.run.ensemble import run as run_order
    from conjuncture.run.history import write_history
    from conjuncture.theory.judge import extra_arms, judge, run_extra

    parts = path.with_suffix(".parts")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(error=True), disable=quiet, transient=True) as bar:
        judged = order.scenario.judged
        arms = len(order.arms()) + (len(extra_arms(order)) if judged else 0)
        work = arms * order.members * (order.until - order.scenario.start)
        task = bar.add_task("starting", total=work)

        def tick(name: str, count: int) -> None:
            bar.update(task, advance=count, description=name)

        # Small runs end sooner than worker processes start.
        workers = (os.cpu_count() or 1) if work > PARALLEL else 1
        history = run_order(order, parts=parts, workers=workers, progress=tick)
        verdicts = (
            judge(order, history, run_extra(order, parts=parts, workers=workers, progress=tick))
            if judged
            else []
        )
        write_history(history, path)
    finish(parts)
    return history, verdicts


def _write(
    order: Order, history: xr.Dataset, verdicts: list[Verdict], path: Path
) -> dict[str, str]:
    from conjuncture.core.files import write_atomically
    from conjuncture.report.page import WORLD, pictures, write_page

    written = {"history": str(path)}
    drawn = pictures(order, history)
    for name, picture in drawn.items():
        alone = len(order.scenario.reported) == 1 and name != WORLD
        target = path if alone else path.with_name(f"{path.stem}-{name}.png")
        label = "figure of the world" if name == WORLD else f"figure {name}"
        written[label] = str(write_atomically(target.with_suffix(".png"), _writer(picture)))
    written["page"] = str(write_page(order, history, verdicts, drawn, path.with_suffix(".html")))
    return written


def _writer(content: bytes) -> Callable[[Path], int]:
    return lambda place: place.write_bytes(content)


def _as_json(
    order: Order,
    history: xr.Dataset,
    verdicts: list[Verdict],
    written: dict[str, str],
    seconds: float,
) -> dict[str, Any]:
    from conjuncture.report.compare_runs import as_json, differences, places
    from conjuncture.report.summary import summary
    from conjuncture.run.ensemble import manifest

    pair = _pair(order)
    return {
        "manifest": manifest(order),
        "summary": {code: summary(history, code) for code in order.scenario.reported},
        "differences": as_json(differences(history, *pair, order.scenario.reported))
        if pair
        else [],
        "places": as_json(places(history, *pair)) if pair else [],
        "verdicts": [item.as_dict() for item in verdicts],
        "written": written,
        "seconds": seconds,
    }


def _pair(order: Order) -> tuple[str, str] | None:
    """Return the names of a run and of the one that it compares itself with."""
    base = order.scenario.base
    return None if base is None else (order.scenario.id, base.id)


def _show_differences(order: Order, history: xr.Dataset) -> None:
    from conjuncture.report.compare_runs import difference_rows, differences, place_rows, places
    from conjuncture.report.page import number

    pair = _pair(order)
    if pair is None:
        return
    found = differences(history, *pair, order.scenario.reported)
    title = f"{pair[0]} (here) against {pair[1]} (base): means of {order.members} paired members"
    print_rows(difference_rows(found, number), title=title)
    ends = place_rows(places(history, *pair))
    if ends:
        print_rows(ends, title=f"Territories that end otherwise than in {pair[1]}")


def _shares(found: Verdict) -> str:
    """Write the shares of members in which a claim holds, by run."""
    m = found.mechanical
    parts = [f"theory {100 * m.share:.0f}\u00a0%", f"null {100 * m.null_share:.0f}\u00a0%"]
    if m.control_share is not None:
        parts.append(f"control {100 * m.control_share:.0f}\u00a0%")
    return ", ".join(parts)


def _show_world(order: Order, history: xr.Dataset) -> None:
    from conjuncture.report.world import heads, world_rows

    among = f"of {order.members} members"
    print_rows(world_rows(history), title=f"{order.scenario.title}: mean (5 %..95 % {among})")
    print_rows(
        heads(history, order.scenario.reported),
        title=f"Product per head, 2011 international dollars: median (5 %..95 % {among})",
    )


def _show(
    order: Order,
    history: xr.Dataset,
    verdicts: list[Verdict],
    written: dict[str, str],
    seconds: float,
) -> None:
    from conjuncture.report.page import number
    from conjuncture.report.summary import summary

    worldwide = len(order.scenario.territories) > 1
    if worldwide:
        _show_world(order, history)
    for code in () if worldwide else order.scenario.reported:
        rows: dict[tuple[str, str], dict[str, object]] = {}
        for item in summary(history, code):
            key = (str(item["variable"]), str(item["scenario"]))
            row = rows.setdefault(
                key, {"variable": item["title"], "unit": item["unit"], "run": key[1]}
            )
            row[str(item["year"])] = (
                f"{number(item['median'])} ({number(item['low'])}..{number(item['high'])})"
            )
        title = f"{order.scenario.title}: median (5 %..95 % of {order.members} members)"
        print_rows(list(rows.values()), title=title)
    _show_differences(order, history)
    if verdicts:
        print_rows(
            [
                {
                    "claim": f"{v.claim.id} {v.claim.title}",
                    "true in": _shares(v),
                    "the mechanisms": f"{v.mechanical.kind}: {v.mechanical.reason}",
                    "the record": f"{v.record}: {v.record_reason}",
                }
                for v in verdicts
            ],
            title="Verdicts",
        )
    out = console()
    if not order.scenario.judged:
        out.print("claims are judged in scenarios of one economy: conjuncture run ussr_1945")
    out.print(
        "the table of 1945 is a reconstruction; sources: conjuncture sources of "
        + written["history"]
    )
    for kind, name in written.items():
        out.print(f"{kind}: {name}")
    out.print(f"{seconds:.1f} s")
