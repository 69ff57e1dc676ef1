"""Figures of a run: ensemble bands against the record."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from conjuncture.core.state import variable
from conjuncture.report.summary import band, recorded

# Okabe and Ito's palette, readable by the colour-blind.
RUN_COLOURS = ("#0072B2", "#D55E00", "#009E73")
RECORD_COLOURS = ("#000000", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D")


@dataclass(frozen=True)
class Panel:
    """One chart: a variable, a sector where it has sectors, a title."""

    variable: str
    title: str
    sector: str | None = None


PANELS = (
    Panel("gdp_index", "Gross domestic product"),
    Panel("material_product_index", "Material product"),
    Panel("industry_index", "Industrial output"),
    Panel("output_index", "Agricultural output", "agriculture"),
    Panel("fixed_assets_index", "Fixed assets"),
    Panel("consumption_per_head", "Household consumption per head"),
)


COARSE = Panel("capacity_use", "Output relative to capacity")


def run_figure(history: xr.Dataset, territory: str, start: int) -> Figure:
    """Draw the main variables of a run and its comparisons beside the record.

    Bands hold 90 % of the members, lines are medians, markers are recorded
    figures; each source has a marker of its own and none is joined to another.
    """
    figure = Figure(figsize=(11.0, 9.5), layout="constrained")
    axes = figure.subplots(3, 2).ravel()
    for axis, panel in zip(axes, PANELS, strict=True):
        # A history without detail has no outputs by sector on an index: show use of capacity.
        known = panel if panel.variable in history else COARSE
        _draw(axis, history, known, territory, start)
    title = f"{territory}, end of {start} on: bands hold 90 % of the members"
    figure.suptitle(f"{title}; the table of {start} is a reconstruction", fontsize=11)
    return figure


def _draw(axis: Any, history: xr.Dataset, panel: Panel, territory: str, start: int) -> None:
    titles = dict(
        zip(
            history["scenario"].to_numpy().tolist(),
            history["scenario_title"].to_numpy().tolist(),
            strict=True,
        )
    )
    last = int(history["year"].to_numpy()[-1])
    for colour, scenario in zip(RUN_COLOURS, titles, strict=False):
        found = band(history, panel.variable, scenario, territory, panel.sector)
        axis.fill_between(found.years, found.low, found.high, color=colour, alpha=0.2, lw=0)
        axis.plot(found.years, found.median, color=colour, lw=1.8, label=f"run: {scenario}")
    _draw_record(axis, recorded(panel.variable, territory, panel.sector), start, last)
    axis.set_title(panel.title, fontsize=10, loc="left")
    axis.set_ylabel(variable(panel.variable).unit, fontsize=8)
    axis.tick_params(labelsize=8)
    axis.grid(alpha=0.3, lw=0.5)
    if "1940" in variable(panel.variable).unit:
        axis.axhline(100.0, color="0.4", lw=0.8, ls=":")
    axis.set_xlim(start - 5.5, last + 0.5)
    axis.legend(fontsize=7, frameon=False, loc="upper left")


def _draw_record(
    axis: Any, series: Mapping[str, Mapping[int, float]], start: int, last: int
) -> None:
    styles = zip(RECORD_COLOURS, MARKERS, strict=True)
    for (colour, marker), (name, values) in zip(styles, series.items(), strict=False):
        inside = {y: v for y, v in values.items() if start - 6 <= y <= last}
        axis.plot(
            list(inside),
            list(inside.values()),
            color=colour,
            marker=marker,
            ms=3.5,
            lw=0,
            label=f"record: {name}",
        )


def png(figure: Figure) -> bytes:
    """Return a figure as the bytes of a PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130)
    return buffer.getvalue()
