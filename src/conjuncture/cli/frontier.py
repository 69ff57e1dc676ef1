"""The command that traces the frontier between two aims of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows
from conjuncture.cli.plan import Setting, Source, Variant, Years, open_source


def frontier(
    source: Source,
    first: str = typer.Option("consumption", help="The first aim (see: plan aims)."),
    second: str = typer.Option(..., help="The second aim."),
    points: int = typer.Option(7, min=3, help="Number of plans."),
    years: Years = None,
    setting: Setting = [],  # noqa: B006
    variant: Variant = None,
    out: Path | None = typer.Option(None, help="Write the points as CSV (.csv)."),
    figure: Path | None = typer.Option(
        None, help="Write a figure (.png, .svg or .pdf) to this file."
    ),
    as_json: Json = False,
) -> None:
    """Trace how much of one aim can be had for how much of another."""
    from conjuncture.core.files import write_atomically
    from conjuncture.plan.reading.frontier import frontier as trace
    from conjuncture.plan.reading.plots import frontier_figure, write_figure

    _check_targets(out, figure)
    _, problem = open_source(source, years, setting, variant)
    with console(error=True).status("solving") as status:
        found = trace(
            problem,
            _level(first),
            _level(second),
            points=points,
            progress=lambda done, total: status.update(f"solved {done} of {total} plans"),
        )
    if out is not None:
        write_atomically(out, lambda path: found.points.to_csv(path, index=False))
    if figure is not None:
        write_figure(frontier_figure(found), figure)
    if as_json:
        print_json(found.as_dict())
        return
    rows = [
        {found.names[0]: row["first"], found.names[1]: row["second"], "exchange": row["exchange"]}
        for row in found.points.to_dict("records")
    ]
    for row in rows[:1]:
        row["exchange"] = ""
    print_rows(rows, title=f"Frontier of {problem.name}, {problem.years[0]}-{problem.years[-1]}")
    for name, unit, least in zip(found.names, found.units, found.least, strict=True):
        console().print(f"  {name}: {unit}, {'less' if least else 'more'} is better", markup=False)
    one, other = found.names
    text = f"  exchange: by how much {other} improves for one unit of {one} given up"
    console().print(text, markup=False)
    for path in (out, figure):
        if path is not None:
            console().print(f"written: {path}", markup=False)


def _level(text: str) -> dict[str, Any]:
    """Read ``NAME`` or ``NAME=WEIGHT`` joined by commas; a weight may be a mapping."""
    from conjuncture.core.files import parse_yaml

    level: dict[str, Any] = {}
    for part in text.split(","):
        name, _, weight = part.partition("=")
        level[name.strip()] = parse_yaml(weight, f"aim {name.strip()}") if weight else 1.0
    return level


def _check_targets(out: Path | None, figure: Path | None) -> None:
    from conjuncture.core.errors import Faults, InputError
    from conjuncture.core.files import check_writable

    faults = Faults()
    if out is not None and out.suffix != ".csv":
        faults.add("points are written as CSV", "give a name ending in .csv", field="--out",
                   value=out)  # fmt: skip
    if figure is not None and figure.suffix not in (".png", ".svg", ".pdf"):
        faults.add("is no kind of figure", "give a name ending in .png, .svg or .pdf",
                   field="--figure", value=figure)  # fmt: skip
    for path in (out, figure):
        if path is not None:
            try:
                check_writable(path)
            except InputError as error:
                faults.extend(error.faults)
    faults.raise_if_any()
