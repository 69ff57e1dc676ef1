"""A figure of shipments between territories."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from conjuncture.plan.regional.reading import trade_matrix

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_WRITTEN = 12


def shipments_figure(solution: Solution, year: int, product: str | None = None) -> Figure:
    """Draw deliveries between territories as a heat map, origins by destinations.

    Parameters
    ----------
    solution : Solution
        An optimal plan over territories.
    year : int
    product : str, optional
        One product; by default all together.

    Raises
    ------
    InputError
        As :func:`conjuncture.plan.regional.reading.trade_matrix`.
    """
    wide = trade_matrix(solution, year, product)
    names, flows = list(wide.index), wide.to_numpy()
    shown = np.where(np.eye(len(names), dtype=bool), np.nan, flows)
    side = 3.5 + 0.45 * len(names)
    figure = Figure(figsize=(side + 1.5, side), layout="constrained")
    axis = figure.subplots()
    image = axis.imshow(shown, cmap="viridis_r", vmin=0.0)
    axis.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize=9)
    axis.set_yticks(range(len(names)), names, fontsize=9)
    axis.set_xlabel("to")
    axis.set_ylabel("from")
    if len(names) <= _WRITTEN:
        for (r, c), value in np.ndenumerate(flows):
            if r != c:
                dark = value > 0.5 * flows.max()
                axis.text(c, r, f"{value:,.4g}", ha="center", va="center", fontsize=8,
                          color="white" if dark else "black")  # fmt: skip
    unit = f"{solution.problem.unit}/year"
    figure.colorbar(image, ax=axis, label=unit, shrink=0.8)
    what = product or "all products"
    name = shorten(solution.problem.name, 40, placeholder=" ...")
    axis.set_title(f"Deliveries of {what}, {year}\n({name})", fontsize=10, loc="left")
    return figure
