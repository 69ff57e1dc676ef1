"""Outcomes of a run of many territories: what the world has come to, year by year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.figure import Figure

from conjuncture.report.figures import RUN_COLOURS
from conjuncture.report.summary import QUANTILES

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """One number of the world in each year.

    Attributes
    ----------
    name, title, unit : str
    of : callable
        Takes the History of one run and returns (member, year).
    """

    name: str
    title: str
    unit: str
    of: Callable[[xr.Dataset], xr.DataArray]


def _closing(history: xr.Dataset, name: str) -> xr.DataArray:
    """Return a stock at the end of each year, on the years."""
    stock: xr.DataArray = history[name].isel(bound=slice(1, None)).rename(bound="year")
    closing: xr.DataArray = stock.assign_coords(year=history["year"])
    return closing


def _so_far(events: xr.DataArray) -> xr.DataArray:
    return (events > 0.5).sum("territory").cumsum("year")


def _held(history: xr.Dataset) -> xr.DataArray:
    own = xr.DataArray(np.arange(history.sizes["territory"]), dims="territory")
    foreign: xr.DataArray = _closing(history, "holder").round() != own
    return foreign.sum("territory")


def _principal(history: xr.Dataset) -> xr.DataArray:
    codes = history["territory"].to_numpy().tolist()
    pair = {codes.index(code) for code in ("SUN", "USA") if code in codes}
    if len(pair) < 2:
        return history["principal_antagonism"] * np.nan
    first, second = (history[f"principal_{k}"].round() for k in ("first", "second"))
    low, high = sorted(pair)
    found: xr.DataArray = (first == low) & (second == high) | (first == high) & (second == low)
    return found * 1.0


OUTCOMES = (
    Outcome("product", "Product of the world", "million international dollars of 2011",
            lambda h: h["gdp_world"].sum("territory")),
    Outcome("planned", "States with a planned economy", "territories",
            lambda h: (h["planning_coverage"] > 0).sum("territory")),
    Outcome("dependent", "Territories held by another", "territories", _held),
    Outcome("freed", "Independences so far", "territories",
            lambda h: _so_far(h["independence"])),
    Outcome("revolutions", "Social revolutions so far", "events",
            lambda h: _so_far(h["revolution"])),
    Outcome("endings", "Planned regimes that ended so far", "events",
            lambda h: _so_far(h["ending"])),
    Outcome("coups", "Coups in the year", "events", lambda h: (h["coup"] > 0.5).sum("territory")),
    Outcome("disputes", "Pairs in a militarised dispute begun in the year", "pairs",
            lambda h: h["dispute"].sum(("territory", "partner")) / 2.0),
    Outcome("at_war", "States at war", "territories",
            lambda h: (h["at_war"] > 0.5).sum("territory")),
    Outcome("crisis", "Fall of product below its peak, mean of the territories", "1",
            lambda h: h["crisis"].mean("territory")),
    Outcome("equilibrium_excluded", "One power's weight excludes an equilibrium",
            "share of members", lambda h: h["equilibrium_excluded"]),
    Outcome("principal", "The principal antagonism is of the USA and the USSR",
            "share of members", _principal),
)  # fmt: skip
"""What is told of a world, in order."""


def outcome(history: xr.Dataset, item: Outcome) -> Array:
    """Return an outcome of one run (member, year)."""
    return np.asarray(item.of(history).transpose("member", "year").to_numpy(), dtype=np.float64)


def decades(history: xr.Dataset) -> list[int]:
    """Return the first year, every tenth and the last."""
    years = [int(y) for y in history["year"].to_numpy()]
    return sorted({years[0], *(y for y in years if y % 10 == 0), years[-1]})


def world_rows(history: xr.Dataset, years: Sequence[int] | None = None) -> list[dict[str, object]]:
    """Return the outcomes of all runs of a history: mean, and 5 and 95 per cent of members.

    Parameters
    ----------
    history : xarray.Dataset
        With a leading ``scenario`` dimension and more than one territory.
    years : sequence of int, optional
        Decades without it.
    """
    at = list(years or decades(history))
    known = [int(y) for y in history["year"].to_numpy()]
    rows: list[dict[str, object]] = []
    for item in OUTCOMES:
        for scenario in history["scenario"].to_numpy().tolist():
            values = outcome(history.sel(scenario=scenario), item)[:, [known.index(y) for y in at]]
            row: dict[str, object] = {"outcome": item.title, "unit": item.unit, "run": scenario}
            for k, year in enumerate(at):
                row[str(year)] = _cell(values[:, k])
            rows.append(row)
    return rows


def heads(history: xr.Dataset, codes: Sequence[str]) -> list[dict[str, object]]:
    """Return product per head of territories: median, and 5 and 95 per cent of members."""
    at, rows = decades(history), list[dict[str, object]]()
    for code in codes:
        for scenario in history["scenario"].to_numpy().tolist():
            series = history["gdp_per_head"].sel(scenario=scenario, territory=code)
            row: dict[str, object] = {"territory": code, "run": scenario}
            for year in at:
                low, median, high = np.quantile(series.sel(year=year).to_numpy(), QUANTILES)
                row[str(year)] = f"{median:,.0f} ({low:,.0f}..{high:,.0f})"
            rows.append(row)
    return rows


def _cell(values: Array) -> str:
    if not np.isfinite(values).all():
        return "no such pair"
    low, _, high = np.quantile(values, QUANTILES)
    mean = values.mean()
    if high > 1e6:
        return f"{mean / 1e6:.2f} ({low / 1e6:.2f}..{high / 1e6:.2f}) million"
    return f"{mean:.3g} ({low:.3g}..{high:.3g})"


def world_figure(history: xr.Dataset, codes: Sequence[str], start: int) -> Figure:
    """Draw product per head of some territories and the outcomes of the world."""
    shown = [item for item in OUTCOMES if item.name not in {"freed", "equilibrium_excluded"}]
    figure = Figure(figsize=(11.0, 12.5), layout="constrained")
    axes = figure.subplots(4, 3).ravel()
    years = history["year"].to_numpy()
    first = history.isel(scenario=0)
    for axis, code in zip(axes[:2], ("gdp_per_head", "power_share"), strict=True):
        for name in codes:
            axis.plot(years, first[code].sel(territory=name).median("member"), lw=1.4, label=name)
        axis.legend(fontsize=6, frameon=False, ncols=2)
        axis.set_title(str(first[code].attrs["title"]), fontsize=8.5, loc="left")
        axis.set_ylabel(str(first[code].attrs["unit"]), fontsize=7)
    for axis, item in zip(axes[2:], shown, strict=True):
        for colour, scenario in zip(
            RUN_COLOURS, history["scenario"].to_numpy().tolist(), strict=False
        ):
            values = outcome(history.sel(scenario=scenario), item)
            low, _, high = np.nanquantile(values, QUANTILES, axis=0)
            axis.fill_between(years, low, high, color=colour, alpha=0.2, lw=0)
            axis.plot(years, values.mean(axis=0), color=colour, lw=1.6, label=scenario)
        axis.set_title(item.title, fontsize=8.5, loc="left")
        axis.set_ylabel(item.unit, fontsize=7)
    for axis in axes:
        axis.tick_params(labelsize=7)
        axis.grid(alpha=0.3, lw=0.5)
        axis.set_xlim(start, int(years[-1]))
    axes[2].legend(fontsize=6, frameon=False)
    figure.suptitle(
        f"The world from the end of {start}: lines are means (medians in the first two panels), "
        "bands hold 90 % of the members",
        fontsize=10,
    )
    return figure
