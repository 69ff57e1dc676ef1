"""What the commands on plans show of plans over several territories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conjuncture.cli.output import print_rows

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_MATRIX = 12
"""Up to this many territories the matrix of deliveries fits a page."""
_SHOWN = ("consumption_level", "output", "consumption", "investment", "exports", "imports",
          "received", "shipped", "carriage")  # fmt: skip
_ROUTES = 8


def shipments_figures(solution: Solution, folder: Path) -> list[Path]:
    """Write the heat map of deliveries in the last year, where the plan has territories."""
    from conjuncture.plan.reading.plots import write_figure
    from conjuncture.plan.regional.places import is_regional
    from conjuncture.plan.regional.plots import shipments_figure

    if not is_regional(solution.problem):
        return []
    last = solution.problem.years[-1]
    return [write_figure(shipments_figure(solution, last), folder / "shipments.png")]


def show_territories(solution: Solution) -> None:
    """Print accounts of territories, who supplies whom, and prices along routes.

    Of the last year; routes are those whose limits and lines cost most.
    """
    from conjuncture.plan.regional.places import is_regional
    from conjuncture.plan.regional.reading import by_territory, price_gaps, trade_matrix

    p = solution.problem
    if not is_regional(p):
        return
    last = p.years[-1]
    frame = by_territory(solution).loc[last]
    shown = [name for name in _SHOWN if name in frame]
    rows: list[dict[str, object]] = [
        {"territory": name, **{key.replace("_", " "): float(row[key]) for key in shown}}
        for name, row in frame.iterrows()
    ]
    print_rows(rows, title=f"By territory, {last} ({p.unit})")
    matrix = trade_matrix(solution, last)
    if len(matrix) <= _MATRIX:
        rows = [
            {"from": name, **{str(key): float(value) for key, value in row.items()}}
            for name, row in matrix.iterrows()
        ]
        print_rows(rows, title=f"Deliveries from territory to territory, {last} ({p.unit})")
    gaps = price_gaps(solution)
    gaps = gaps[(gaps["year"] == last) & (gaps["sent"] > 0)]
    gaps = gaps.iloc[(-gaps["rent"].abs()).argsort(kind="stable")][:_ROUTES]
    if len(gaps):
        rows = [
            {key: row[key] for key in ("route", "sent", "gap", "carriage", "rent")}
            for row in gaps.to_dict("records")
        ]
        print_rows(rows, title=f"Price differences along routes, {last}, the largest rents first")
