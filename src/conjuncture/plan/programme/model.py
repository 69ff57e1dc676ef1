"""A plan as a linear programme in sparse arrays, scaled to the base year."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csc_array, csr_array, vstack

from conjuncture.accounts.table import Array
from conjuncture.plan import aims
from conjuncture.plan.aims import Goal
from conjuncture.plan.conditions import all as conditions
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme import rules
from conjuncture.plan.programme.builder import Builder
from conjuncture.plan.programme.copies import Parts
from conjuncture.plan.programme.layout import Layout

_HELD = 1e-9
"""By so much of a scaled unit an aim that is held may be missed, so that rounding does not
make its own optimum infeasible."""


@dataclass(frozen=True)
class Model:
    """A plan as a linear programme: maximise ``cost @ y``, rows and columns within limits.

    The programme is scaled to the base year: a column stands for its amount
    divided by ``column_scale``, a row for its amount divided by ``row_scale``,
    the aim for its amount divided by ``aim_scale``.

    Attributes
    ----------
    problem : Problem
    rows, columns : Layout
        Names of the blocks: columns ``output, level, outlay, building, capital,
        exports, imports, reserves, damaged, restoration``; rows ``product, outlay,
        accumulation, capacity, labour, trade, floor, rise, fall, contraction,
        expansion, terminal, decay, restorable``; and those of the problem's conditions.
    parts : Parts
        The matrix, with sparse input coefficients kept once for all years.
    cost, lower, upper : array, columns
    row_lower, row_upper : array, rows
    row_scale, column_scale : array
    goals : tuple of Goal
        The levels of the aim in their order.
    bundle : array, N
        What one unit of the consumption level takes (money/year).
    level : int
        The level that ``cost`` stands for; those before it are held by rows ``aim``.
    """

    problem: Problem
    rows: Layout
    columns: Layout
    parts: Parts
    cost: Array
    lower: Array
    upper: Array
    row_lower: Array
    row_upper: Array
    row_scale: Array
    column_scale: Array
    goals: tuple[Goal, ...]
    bundle: Array
    level: int = 0

    @property
    def aim_scale(self) -> float:
        """Amount of the level's aim for one scaled unit."""
        return self.goals[self.level].scale

    @property
    def aim_unit(self) -> str:
        """Unit of the level's aim."""
        return self.goals[self.level].unit

    @cached_property
    def nonzeros(self) -> int:
        """Number of coefficients."""
        return self.parts.nnz

    @property
    def matrix(self) -> csc_array:
        """The whole matrix by columns: for large plans much memory, from the first use on."""
        return self.parts.matrix


def build(problem: Problem) -> Model:
    """Build the sparse arrays of a plan, scaled to the base year.

    The formulation is that of ``docs/plan.md``.
    """
    b = Builder(problem)
    conditions.prepare(b)
    b.add_columns()
    b.balances()
    b.capital()
    b.damage()
    b.labour_and_trade()
    rules.consumption(b)
    rules.paces(b)
    conditions.build(b)
    scale, lower, upper = b.column_limits()
    row_scale, row_lower, row_upper = b.limits_of_rows()
    goals = aims.goals(b, scale)
    return Model(
        problem=problem,
        rows=b.rows,
        columns=b.columns,
        parts=b.entries.parts(row_scale, scale),
        cost=goals[0].cost,
        lower=lower / scale,
        upper=upper / scale,
        row_lower=row_lower / row_scale,
        row_upper=row_upper / row_scale,
        row_scale=row_scale,
        column_scale=scale,
        goals=goals,
        bundle=b.bundle,
    )


def next_level(model: Model, values: Array, tolerance: float = 0.0) -> Model:
    """Return the programme of the next level of the aim, with the one solved held.

    Parameters
    ----------
    model : Model
        Of a level that is not the last.
    values : array, columns
        Its optimum.
    tolerance : float
        Relative gap within which it is one.

    Notes
    -----
    Lexicographic (preemptive) goal programming: Charnes and Cooper (1961), Management
    Models and Industrial Applications of Linear Programming, vol. 1, ch. 6.
    """
    reached, held = model.goals[model.level], model.level + 1
    value = float(reached.cost @ values)
    least = value - reached.slack * abs(value) - max(_HELD, tolerance) * max(1.0, abs(value))
    base = model.rows.size - model.level
    rows = Layout()
    rows.blocks, rows.size = dict(model.rows.blocks), base
    names = tuple(goal.name for goal in model.goals)
    units = tuple(goal.unit for goal in model.goals)
    last = model.problem.periods - 1
    rows.add("aim", np.full(held, last), np.arange(held), names, units)
    matrix = vstack([csr_array(model.matrix), csr_array(reached.cost[None])], format="csc")
    return dataclasses.replace(
        model,
        rows=rows,
        parts=Parts(csc_array(matrix)),
        cost=model.goals[held].cost,
        row_lower=np.append(model.row_lower, least),
        row_upper=np.append(model.row_upper, np.inf),
        row_scale=np.append(model.row_scale, reached.scale),
        level=held,
    )
