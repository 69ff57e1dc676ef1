"""Figures of a plan, each with one call: prices, investment, the balance of a product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, InputError, lookup
from conjuncture.core.files import write_atomically
from conjuncture.plan.conditions.all import COLUMNS, PARTS
from conjuncture.plan.programme.dense import uses as taken_by
from conjuncture.plan.reading.drawing import (
    COLOURS,
    REST,
    finish,
    legend,
    sankey,
    stacked,
    titled,
)

if TYPE_CHECKING:
    from conjuncture.plan.reading.frontier import Frontier
    from conjuncture.plan.solution import Solution

_RESOURCES = frozenset(
    {"output", "imports"}
    | {column.resource for column in COLUMNS.values()}
    | {part.name.replace("_", " ") for part in PARTS if part.joint is not None}
)
_OUTLAYS = ("investment in kinds of capital", "investment in techniques")
_PRICED = ("product", "capacity")


def price_figure(
    solution: Solution,
    kind: str = "product",
    labels: Sequence[str] | None = None,
    *,
    count: int = 8,
    titles: Mapping[str, str] | None = None,
) -> Figure:
    """Draw shadow prices over the years.

    Parameters
    ----------
    solution : Solution
        An optimal plan.
    kind : str
        Kind of price with a label: ``product``, ``capacity``, ``labour`` ...
    labels : sequence of str, optional
        Which; by default the ``count`` that vary the most over the years, without
        those that are zero throughout where others are not.
    count : int
        How many, at most as many as there are colours.
    titles : mapping of str to str, optional
        Titles of labels.

    Raises
    ------
    InputError
        If kind or label is unknown, with the nearest names.
    """
    solution.require_optimal()
    prices = solution.shadow_prices()
    known = {str(name): name for name in prices["kind"].unique()}
    chosen = prices[prices["kind"] == lookup("kind", kind, known)]
    wide = chosen.pivot(index="year", columns="label", values="value")
    names = {str(name): name for name in wide.columns}
    if labels is None:
        spread = (wide.max() - wide.min()).sort_values(ascending=False, kind="stable")
        used = [
            name for name in spread.index if wide[name].abs().max() > 1e-9 * wide.abs().max().max()
        ]
        labels = [str(name) for name in (used or spread.index)[: min(count, len(COLOURS))]]
    figure = Figure(figsize=(9.0, 5.0), layout="constrained")
    axis = figure.subplots()
    for k, label in enumerate(labels):
        series = wide[lookup("label", label, names)]
        colour, style = COLOURS[k % len(COLOURS)], "-" if k < len(COLOURS) else "--"
        axis.plot(
            series.index, series, color=colour, ls=style, marker="o", ms=4, lw=1.8,
            label=titled(label, titles),
        )  # fmt: skip
    units = chosen["unit"].unique()
    finish(axis, solution, f"Shadow prices: {kind}", str(units[0]) if len(units) == 1 else "")
    legend(axis)
    return figure


def investment_figure(
    solution: Solution, *, count: int = 7, titles: Mapping[str, str] | None = None
) -> Figure:
    """Draw outlays on building and restoration by sector of destination, stacked.

    Outlays on kinds of capital and on capital of techniques stand beside them.

    Parameters
    ----------
    solution : Solution
        An optimal plan.
    count : int
        Sectors shown apart, the largest; the others are joined.
    titles : mapping of str to str, optional
        Titles of labels.
    """
    solution.require_optimal()
    p, outlays = solution.problem, solution.outlays
    balances = solution.balances()
    beside = [
        (name, balances[name].groupby(level="year").sum().to_numpy())
        for name in _OUTLAYS
        if name in balances
    ]
    count = min(count, len(COLOURS) - len(beside))
    order = np.argsort(-outlays.sum(axis=0), kind="stable")[:count]
    parts = [(titled(p.sectors[j], titles), outlays[:, j]) for j in order if outlays[:, j].any()]
    others = outlays.sum(axis=1) - sum((values for _, values in parts), np.zeros(p.periods))
    apart = len(parts)
    parts += beside
    rest = len(parts)
    if others.max(initial=0.0) > 0:
        parts.append((f"other sectors ({p.size - apart})", others))
    figure = Figure(figsize=(9.0, 5.0), layout="constrained")
    axis = figure.subplots()
    stacked(axis, np.array(p.years), parts, rest=rest)
    finish(axis, solution, "Outlays on capital by sector of destination", f"{p.unit}/year")
    legend(axis)
    return figure


def balance_figure(
    solution: Solution, product: str, *, titles: Mapping[str, str] | None = None
) -> Figure:
    """Draw resources and uses of a product in every year, side by side.

    Resources stand on the left of each year, uses on the right; both are equal.

    Raises
    ------
    InputError
        If the product is unknown, with the nearest names.
    """
    frame = _balance(solution, product)
    years = np.array(solution.problem.years, dtype=np.float64)
    figure = Figure(figsize=(9.0, 5.0), layout="constrained")
    axis = figure.subplots()
    colours = iter((*COLOURS, REST))
    resources = [name for name in frame if name in _RESOURCES]
    uses = [name for name in frame if name not in _RESOURCES]
    for side, names in ((-0.21, resources), (0.21, uses)):
        low, high = np.zeros((2, years.size))
        for name in names:
            values, colour = frame[name], next(colours, REST)
            if not np.abs(values).max() > 0:
                continue
            base = np.where(values >= 0, high, low)
            axis.bar(years + side, values, 0.38, bottom=base, color=colour, label=name)
            high, low = high + np.maximum(values, 0.0), low + np.minimum(values, 0.0)
    title = f"Resources (left) and uses (right): {titled(product, titles)}"
    finish(axis, solution, title, f"{solution.problem.unit}/year")
    axis.axhline(0.0, color="0.3", lw=0.8)
    legend(axis)
    return figure


def flow_figure(
    solution: Solution,
    product: str,
    year: int,
    *,
    count: int = 6,
    titles: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the balance of a product in one year as a Sankey diagram.

    Resources flow in from the left; uses leave to the right, the largest using
    sectors apart. A reduction of inventories counts as a resource.

    Parameters
    ----------
    solution : Solution
        An optimal plan.
    product : str
    year : int
    count : int
        Using sectors shown apart.
    titles : mapping of str to str, optional
        Titles of labels.

    Raises
    ------
    InputError
        If product or year is unknown.
    """
    balance, p = _balance(solution, product), solution.problem
    if year not in p.years:
        span = f"give a year of {p.years[0]}-{p.years[-1]}"
        raise InputError(Fault("lies outside the plan", span, p.name, "year", str(year)))
    t, i = p.years.index(year), p.sectors.index(product)
    used = taken_by(p, i) * solution.output[t]
    top = [j for j in np.argsort(-used, kind="stable")[:count] if used[j] > 0]
    uses = {titled(p.sectors[j], titles): float(used[j]) for j in top}
    uses["other sectors"] = float(used.sum() - sum(uses.values()))
    sides = {name: float(values[t]) for name, values in balance.items() if name != "intermediate"}
    uses |= {name: value for name, value in sides.items() if name not in _RESOURCES}
    sources = {name: value for name, value in sides.items() if name in _RESOURCES}
    for name, value in list(uses.items()):  # what is negative on one side enters on the other
        if value < 0:
            sources[f"{name} (reduced)"] = -value
    least = 1e-6 * sum(sources.values())
    left, right = (
        {name: value for name, value in side.items() if value > least} for side in (sources, uses)
    )
    figure = Figure(figsize=(9.0, 5.5), layout="constrained")
    axis = figure.subplots()
    sankey(axis, left, right, f"{p.unit}/year")
    axis.set_title(f"{titled(product, titles)}, {year}: {p.name}", fontsize=11, loc="left")
    return figure


def frontier_figure(found: Frontier) -> Figure:
    """Draw the frontier between two aims, each plan a point."""
    figure = Figure(figsize=(8.0, 5.0), layout="constrained")
    axis = figure.subplots()
    x, y = found.points["first"], found.points["second"]
    axis.plot(x, y, color=COLOURS[0], marker="o", ms=5, lw=1.8)
    for k, text in ((0, f"best {found.names[0]}"), (len(x) - 1, f"best {found.names[1]}")):
        # the line runs inward from both ends: the words stand above or below, clear of it
        side, up = "right" if x[k] >= x.mean() else "left", y[k] >= y.mean()
        axis.annotate(
            text, (x[k], y[k]), xytext=(0, 8 if up else -8), textcoords="offset points",
            fontsize=8, ha=side, va="bottom" if up else "top",
        )  # fmt: skip
    for name, set_label, k in (("x", axis.set_xlabel, 0), ("y", axis.set_ylabel, 1)):
        better = "less" if found.least[k] else "more"
        set_label(f"{found.names[k]} ({found.units[k]}; {better} is better)", fontsize=9)
        getattr(axis, f"{name}axis").set_major_formatter(lambda value, _: f"{value:,.6g}")
    axis.margins(0.12)
    axis.grid(alpha=0.3, lw=0.5)
    axis.tick_params(labelsize=9)
    name = found.plans[0].problem.name
    axis.set_title(
        f"Frontier between {' and '.join(found.names)} ({name})", fontsize=11, loc="left"
    )
    return figure


def write_figures(
    solution: Solution, folder: Path, *, titles: Mapping[str, str] | None = None
) -> list[Path]:
    """Write prices, investment and the balance of the dearest bottleneck's product as PNG.

    Returns
    -------
    list of Path
    """
    p = solution.require_optimal().problem
    found, prices = solution.bottlenecks(), solution.shadow_prices()
    scarce = [label for label in found["label"] if label in p.sectors]
    product = scarce[0] if scarce else p.sectors[int(np.argmax(p.output))]
    priced = [kind for kind in _PRICED if (prices["kind"] == kind).any()]
    figures = {
        **{f"prices_{kind}": price_figure(solution, kind, titles=titles) for kind in priced},
        "investment": investment_figure(solution, titles=titles),
        "balance": balance_figure(solution, product, titles=titles),
        "flow": flow_figure(solution, product, p.years[0], titles=titles),
    }  # fmt: skip
    written = []
    for name, figure in figures.items():
        written.append(write_figure(figure, folder / f"{name}.png"))
    return written


def write_figure(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG, SVG or PDF, by the ending of the name."""
    kind = path.suffix.lstrip(".")
    return write_atomically(path, lambda p: figure.savefig(p, format=kind, dpi=130))


# Parts -----------------------------------------------------------------------------


def _balance(solution: Solution, product: str) -> dict[str, Array]:
    """Return the parts of a product's balance over the years."""
    p = solution.require_optimal().problem
    lookup("product", product, dict.fromkeys(p.sectors), p.name)
    frame = solution.balances().xs(product, level="product")
    parts = {str(name): frame[name].to_numpy() for name in frame.columns}
    del parts["residual"]
    return parts
