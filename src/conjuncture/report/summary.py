"""Summaries of a history as plain tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from conjuncture.core.state import variable
from conjuncture.data.catalog import figures
from conjuncture.theory.evidence import recorded_series

QUANTILES = (0.05, 0.5, 0.95)
"""Lower bound, median and upper bound of the bands that are shown."""

SHOWN = (
    "gdp_index",
    "civil_product_index",
    "material_product_index",
    "industry_index",
    "consumption_per_head",
    "investment_share",
    "fixed_assets_index",
    "armed_forces",
    "labour_use",
)
"""Variables of the summary of a run, in order."""


@dataclass(frozen=True)
class Band:
    """Quantiles of a variable over the members of one run, by year.

    Attributes
    ----------
    variable, scenario, territory : str
    years : tuple of int
        Years of a flow; for a stock, the years at whose end it stands.
    low, median, high : tuple of float
    """

    variable: str
    scenario: str
    territory: str
    years: tuple[int, ...]
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]


def band(
    history: xr.Dataset, name: str, scenario: str, territory: str, sector: str | None = None
) -> Band:
    """Return the band of a variable.

    Parameters
    ----------
    history : xarray.Dataset
    name : str
        A variable of the history.
    scenario, territory : str
    sector : str, optional
        For variables by sector.
    """
    series = history[name].sel(scenario=scenario, territory=territory)
    if sector is not None:
        series = series.sel(sector=sector)
    time = "bound" if variable(name).kind == "stock" else "year"
    values = series.transpose("member", time).to_numpy()
    low, median, high = np.quantile(values, QUANTILES, axis=0)
    return Band(
        name,
        scenario,
        territory,
        tuple(int(y) for y in series[time].to_numpy()),
        tuple(low.tolist()),
        tuple(median.tolist()),
        tuple(high.tolist()),
    )


def summary(
    history: xr.Dataset, territory: str, years: Sequence[int] | None = None
) -> list[dict[str, object]]:
    """Return medians and bands of the main variables by run and year.

    Parameters
    ----------
    history : xarray.Dataset
    territory : str
    years : sequence of int, optional
        First, fifth and last year of the window without it.
    """
    window = [int(y) for y in history["year"].to_numpy()]
    chosen = list(years or sorted({window[0], window[min(4, len(window) - 1)], window[-1]}))
    rows: list[dict[str, object]] = []
    for name in SHOWN:
        for scenario in history["scenario"].to_numpy().tolist():
            found = band(history, name, scenario, territory)
            for year in chosen:
                k = found.years.index(year)
                rows.append(
                    {
                        "variable": name,
                        "title": variable(name).title,
                        "unit": variable(name).unit,
                        "scenario": scenario,
                        "year": year,
                        "low": found.low[k],
                        "median": found.median[k],
                        "high": found.high[k],
                    }
                )
    return rows


def recorded(name: str, territory: str, sector: str | None = None) -> dict[str, dict[int, float]]:
    """Return the recorded series of a variable, by series id, for showing beside a run."""
    return {item.id: figures(item.id, "judge") for item in recorded_series(name, territory, sector)}
