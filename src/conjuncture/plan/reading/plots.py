"""Figures of a plan, each with one call: prices, investment, the balance of a product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve
from scipy.sparse import issparse

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, InputError, lookup
from conjuncture.core.files import write_atomically
from conjuncture.plan.reading.words import number

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

# Okabe and Ito's palette, readable by the colour-blind; the last is for the rest.
COLOURS = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000",
)  # fmt: skip
_REST = "#BBBBBB"
_RESOURCES = ("output", "imports")
_USES = (
    "intermediate", "consumption", "public", "military", "inventories", "investment",
    "exports", "unused",
)  # fmt: skip
_PRICED = ("product", "capacity")
_WIDTH, _GAP = 0.05, 0.015
_LINE, _EDGE = 0.05, 0.7


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
        Which; by default the ``count`` that vary the most over the years.
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
        labels = [str(name) for name in spread.index[: min(count, len(COLOURS))]]
    figure = Figure(figsize=(9.0, 5.0), layout="constrained")
    axis = figure.subplots()
    for k, label in enumerate(labels):
        series = wide[lookup("label", label, names)]
        colour, style = COLOURS[k % len(COLOURS)], "-" if k < len(COLOURS) else "--"
        axis.plot(
            series.index, series, color=colour, ls=style, marker="o", ms=4, lw=1.8,
            label=_titled(label, titles),
        )  # fmt: skip
    units = chosen["unit"].unique()
    _finish(axis, solution, f"Shadow prices: {kind}", str(units[0]) if len(units) == 1 else "")
    _legend(axis)
    return figure


def investment_figure(
    solution: Solution, *, count: int = 7, titles: Mapping[str, str] | None = None
) -> Figure:
    """Draw outlays on building and restoration by sector of destination, stacked.

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
    order = np.argsort(-outlays.sum(axis=0), kind="stable")[: min(count, len(COLOURS))]
    parts = [(_titled(p.sectors[j], titles), outlays[:, j]) for j in order if outlays[:, j].any()]
    others = outlays.sum(axis=1) - sum((values for _, values in parts), np.zeros(p.periods))
    if others.max(initial=0.0) > 0:
        parts.append((f"other sectors ({p.size - len(parts)})", others))
    figure = Figure(figsize=(9.0, 5.0), layout="constrained")
    axis = figure.subplots()
    _stack(axis, np.array(p.years), parts, rest=len(order))
    _finish(axis, solution, "Outlays on capital by sector of destination", f"{p.unit}/year")
    _legend(axis)
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
    colours = iter((*COLOURS, _REST))
    for side, names in ((-0.21, _RESOURCES), (0.21, _USES)):
        low, high = np.zeros((2, years.size))
        for name in names:
            values, colour = frame[name], next(colours, _REST)
            if not np.abs(values).max() > 0:
                continue
            base = np.where(values >= 0, high, low)
            axis.bar(years + side, values, 0.38, bottom=base, color=colour, label=name)
            high, low = high + np.maximum(values, 0.0), low + np.minimum(values, 0.0)
    title = f"Resources (left) and uses (right): {_titled(product, titles)}"
    _finish(axis, solution, title, f"{solution.problem.unit}/year")
    axis.axhline(0.0, color="0.3", lw=0.8)
    _legend(axis)
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
    taken: Any = p.coefficients[[i]]  # sparse or dense
    used = np.asarray(taken.toarray() if issparse(taken) else taken)[0] * solution.output[t]
    top = [j for j in np.argsort(-used, kind="stable")[:count] if used[j] > 0]
    uses = {_titled(p.sectors[j], titles): float(used[j]) for j in top}
    uses["other sectors"] = float(used.sum() - sum(uses.values()))
    uses |= {name: float(balance[name][t]) for name in _USES if name != "intermediate"}
    sources = {name: float(balance[name][t]) for name in _RESOURCES}
    for name, value in list(uses.items()):  # what is negative on one side enters on the other
        if value < 0:
            sources[f"{name} (reduced)"] = -value
    least = 1e-6 * sum(sources.values())
    left, right = (
        {name: value for name, value in side.items() if value > least} for side in (sources, uses)
    )
    figure = Figure(figsize=(9.0, 5.5), layout="constrained")
    axis = figure.subplots()
    _sankey(axis, left, right, f"{p.unit}/year")
    axis.set_title(f"{_titled(product, titles)}, {year}: {p.name}", fontsize=11, loc="left")
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


def _titled(label: str, titles: Mapping[str, str] | None) -> str:
    title = (titles or {}).get(label, "")
    same = not title or title.lower() == label.lower()
    return label if same else shorten(f"{label} {title}", 34, placeholder=" ...")


def _balance(solution: Solution, product: str) -> dict[str, Array]:
    """Return the parts of a product's balance over the years."""
    p = solution.require_optimal().problem
    lookup("product", product, dict.fromkeys(p.sectors), p.name)
    frame = solution.balances().xs(product, level="product")
    return {str(name): frame[name].to_numpy() for name in frame.columns}


def _stack(axis: Any, years: Array, parts: Sequence[tuple[str, Array]], rest: int) -> None:
    base = np.zeros(years.size)
    for k, (name, values) in enumerate(parts):
        colour = COLOURS[k] if k < min(rest, len(COLOURS)) else _REST
        axis.bar(years, values, 0.7, bottom=base, color=colour, label=name)
        base = base + values


def _finish(axis: Any, solution: Solution, title: str, unit: str) -> None:
    axis.set_title(f"{title} ({solution.problem.name})", fontsize=11, loc="left")
    axis.set_ylabel("\nper ".join(unit.split(" per ")), fontsize=9)
    axis.set_xticks(solution.problem.years)
    axis.tick_params(labelsize=9)
    axis.yaxis.set_major_formatter(
        lambda value, _: f"{value:,.6g}" if value < 1e6 else f"{value:,.0f}"
    )
    axis.grid(alpha=0.3, lw=0.5, axis="y")
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def _legend(axis: Any) -> None:
    axis.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _sankey(axis: Any, sources: Mapping[str, float], uses: Mapping[str, float], unit: str) -> None:
    """Draw two stacks joined by a bar in the middle."""
    total = max(sum(sources.values()), sum(uses.values()))
    for flows, outer, sign in ((sources, 0.0, 1.0), (uses, 1.0, -1.0)):
        ordered = sorted(flows.items(), key=lambda item: -item[1])
        height = sum(flows.values()) / total + _GAP * (len(ordered) - 1)
        y, inner = height / 2, sum(flows.values()) / total / 2
        centres = []
        for k, (_, value) in enumerate(ordered):
            size = value / total
            colour = COLOURS[k] if k < len(COLOURS) else _REST
            edge = outer + sign * _WIDTH
            middle = 0.5 - sign * _WIDTH / 2
            axis.add_patch(_band(edge, y, middle, inner, size, colour))
            axis.fill([outer, edge, edge, outer], [y, y, y - size, y - size], color=colour)
            centres.append(y - size / 2)
            y, inner = y - size - _GAP, inner - size
        align = "right" if sign > 0 else "left"
        for (name, value), at in zip(ordered, _apart(centres), strict=True):
            text, x = f"{name}  {number(value)}", outer - sign * 0.015
            axis.text(x, at, text, ha=align, va="center", fontsize=8)
    half = _WIDTH / 2
    axis.fill(
        [0.5 - half, 0.5 + half, 0.5 + half, 0.5 - half], [0.5, 0.5, -0.5, -0.5], color="0.25"
    )
    axis.text(0.5, 0.52, f"{number(total)} {unit}", ha="center", va="bottom", fontsize=9)
    axis.set_xlim(-0.35, 1.45)
    axis.set_ylim(-0.72, 0.72)
    axis.axis("off")


def _apart(centres: Sequence[float]) -> list[float]:
    """Move labels, given from top to bottom, until none covers another."""
    placed: list[float] = []
    for centre in centres:
        placed.append(min(centre, placed[-1] - _LINE) if placed else centre)
    for k in range(len(placed) - 1, -1, -1):  # what was pushed below the figure moves up
        least = -_EDGE if k == len(placed) - 1 else placed[k + 1] + _LINE
        placed[k] = max(placed[k], least)
    return placed


def _band(x0: float, y0: float, x1: float, y1: float, size: float, colour: str) -> PathPatch:
    """Return a band of constant height from (x0, y0) to (x1, y1), its upper corners."""
    half = (x0 + x1) / 2
    points = [
        (x0, y0), (half, y0), (half, y1), (x1, y1),
        (x1, y1 - size), (half, y1 - size), (half, y0 - size), (x0, y0 - size), (x0, y0),
    ]  # fmt: skip
    c = Curve
    codes = [
        c.MOVETO, c.CURVE4, c.CURVE4, c.CURVE4, c.LINETO, c.CURVE4, c.CURVE4, c.CURVE4, c.CLOSEPOLY,
    ]  # fmt: skip
    return PathPatch(Curve(points, codes), facecolor=colour, alpha=0.45, lw=0)
