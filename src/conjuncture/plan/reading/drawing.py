"""How figures of plans are drawn: colours, axes, stacks, Sankey diagrams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve

from conjuncture.accounts.table import Array
from conjuncture.plan.why.words import number

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

# Okabe and Ito's palette, readable by the colour-blind; the last is for the rest.
COLOURS = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000",
)  # fmt: skip
REST = "#BBBBBB"
_WIDTH, _GAP = 0.05, 0.015
_LINE, _EDGE = 0.05, 0.7


def titled(label: str, titles: Mapping[str, str] | None) -> str:
    """Return a label with its title, where there is one that adds to it."""
    title = (titles or {}).get(label, "")
    same = not title or title.lower() == label.lower()
    if same:
        return label
    begins = title.lower().startswith(f"{label.lower()},") or title.lower().startswith(
        f"{label.lower()} "
    )
    return shorten(title if begins else f"{label} {title}", 34, placeholder=" ...")


def stacked(axis: Any, years: Array, parts: Sequence[tuple[str, Array]], rest: int) -> None:
    """Draw bars of parts on top of each other; those after ``rest`` in grey."""
    base = np.zeros(years.size)
    for k, (name, values) in enumerate(parts):
        colour = COLOURS[k] if k < min(rest, len(COLOURS)) else REST
        axis.bar(years, values, 0.7, bottom=base, color=colour, label=name)
        base = base + values


def finish(axis: Any, solution: Solution, title: str, unit: str) -> None:
    """Set title, unit and grid of an axis over years."""
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


def legend(axis: Any) -> None:
    """Put the legend beside the axis."""
    axis.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def sankey(axis: Any, sources: Mapping[str, float], uses: Mapping[str, float], unit: str) -> None:
    """Draw two stacks joined by a bar in the middle."""
    total = max(sum(sources.values()), sum(uses.values()))
    for flows, outer, sign in ((sources, 0.0, 1.0), (uses, 1.0, -1.0)):
        ordered = sorted(flows.items(), key=lambda item: -item[1])
        height = sum(flows.values()) / total + _GAP * (len(ordered) - 1)
        y, inner = height / 2, sum(flows.values()) / total / 2
        centres = []
        for k, (_, value) in enumerate(ordered):
            size = value / total
            colour = COLOURS[k] if k < len(COLOURS) else REST
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
