"""Lines: one capacity for several routes, such as a railway that carries every product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.part import Part, Reader, once, reader
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder


class Line(Record):
    """A capacity that routes share; each route says how much of it one unit takes."""

    name: str = key(..., "", "What the line is called; routes name it under lines.", min_length=1)
    capacity: Amounts = key(
        ..., "unit of the line/year", "What it carries: one number or one a year."
    )
    unit: str = key("units carried", "", "What its capacity is counted in (million tonne km).")


def check(problem: Problem, lines: tuple[Line, ...], faults: Faults) -> None:
    """Record doubled names, negative capacities, and lines that no route uses."""
    once([line.name for line in lines], faults, "conditions.lines")
    used = {name for route in problem.conditions.routes for name in route.lines}
    for k, line in enumerate(lines):
        read = Reader(problem, faults, f"conditions.lines.{k}")
        if (read.years(line.capacity, "capacity") < 0).any():
            faults.add("is negative", "give 0 or more", field=read.field("capacity"))
        if line.name not in used:
            faults.add("no route uses this line", "name it under lines of a route, or leave it out",
                       field=read.field("name"), value=line.name)  # fmt: skip


def build(builder: Builder, lines: tuple[Line, ...]) -> None:
    """Add a row for every line and year: what its routes take of it lies within it."""
    p, routes = builder.p, builder.p.conditions.routes
    names = tuple(line.name for line in lines)
    place = {name: k for k, name in enumerate(names)}
    capacity = np.stack(
        [reader(p, "lines", k).years(line.capacity, "capacity") for k, line in enumerate(lines)],
        axis=1,
    )
    most = capacity.max(axis=0)
    row = builder.row(
        "line", np.arange(builder.t)[:, None], np.arange(len(lines)), np.where(most > 0, most, 1.0),
        -np.inf, capacity, names=names, units=tuple(line.unit for line in lines),
    )  # fmt: skip
    taken = [(q, place[k], a) for q, route in enumerate(routes) for k, a in route.lines.items()]
    q, k = (np.array([item[n] for item in taken], np.int64) for n in (0, 1))
    builder.put(row[:, k], builder.columns["route"][:, q], np.array([a for _, _, a in taken]))


PART = Part(
    name="lines",
    check=check,
    build=build,
    kinds={
        "line": Kind(
            "line", "row", 1, "capacity of the line",
            scarce="the line {label} in {year} is fully used",
        ),
    },
    slacks={
        "line": Slack(
            20.0,
            down=True,
            words="line {label} {year}: short by {amount:.4g} {unit} ({share:.3g} %)",
            remedy="give more capacity of this line, or ship less",
            demand="the line {label} in {year} with a capacity of {amount} {unit}",
        ),
    },
)  # fmt: skip
