"""Solving variants of a plan from one fixed basis, so that none depends on a neighbour."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from conjuncture.plan import solve as solving
from conjuncture.plan.programme.layout import Layout
from conjuncture.plan.programme.model import Model
from conjuncture.plan.programme.outcome import Outcome

Statuses = npt.NDArray[np.int8]

_LIMIT = 300
"""Steps from the basis after which a variant is solved afresh: by then a start from
elsewhere is no gain, and steps of variants without a plan grow long."""
_LOWER, _BASIC, _UPPER, _ZERO = (
    int(getattr(highspy.HighsBasisStatus, name)) for name in ("kLower", "kBasic", "kUpper", "kZero")
)
_NEW_BASIC_COLUMNS, _NEW_OTHER_ROWS = {"damaged"}, {"decay"}
"""Blocks that a variant with damage adds: its stocks follow from their rows."""


@dataclass(frozen=True)
class Reference:
    """The basis of a plan, from which its variants start.

    Attributes
    ----------
    columns, rows : Layout
    column_status, row_status : array of int
        Status of the basis, as HiGHS numbers them.
    """

    columns: Layout
    rows: Layout
    column_status: Statuses
    row_status: Statuses

    @classmethod
    def of(cls, model: Model) -> Reference | None:
        """Solve a plan by the dual simplex; return its basis, None if it has no plan."""
        outcome = solving.optimise(model, "simplex")
        basis = outcome.basis
        if outcome.status != "optimal" or basis is None:
            return None
        column, row = (
            np.array([int(status) for status in part], dtype=np.int8)
            for part in (basis.col_status, basis.row_status)
        )
        return cls(model.columns, model.rows, column, row)

    def basis(self, model: Model) -> highspy.HighsBasis:
        """Return the basis for a variant; rows and columns are met by block, year and label."""
        column = _carried(self.columns, self.column_status, model.columns)
        row = _carried(self.rows, self.row_status, model.rows)
        for name, block in model.columns:
            new = block.index[column[block.index] < 0]
            other = np.where(np.isfinite(model.lower[new]), _LOWER, _UPPER)
            other = np.where(np.isfinite(model.lower[new] + model.upper[new]), _LOWER, other)
            free = ~np.isfinite(model.lower[new]) & ~np.isfinite(model.upper[new])
            other = np.where(free, _ZERO, other)
            moving = model.lower[new] < model.upper[new]
            basic = moving if name in _NEW_BASIC_COLUMNS else np.zeros(new.size, dtype=bool)
            column[new] = np.where(basic, _BASIC, other)
        for name, block in model.rows:
            new = block.index[row[block.index] < 0]
            row[new] = _LOWER if name in _NEW_OTHER_ROWS else _BASIC
        basis = highspy.HighsBasis()
        basis.col_status = [highspy.HighsBasisStatus(int(status)) for status in column]
        basis.row_status = [highspy.HighsBasisStatus(int(status)) for status in row]
        basis.valid = True
        return basis


def _carried(old: Layout, status: Statuses, new: Layout) -> npt.NDArray[np.int64]:
    """Return the statuses for a layout; -1 where the old one has no such position."""
    result = np.full(new.size, -1)
    for name, block in new:
        known = old.blocks.get(name)
        if known is None:
            continue
        if known.index.shape == block.index.shape and np.array_equal(known.label, block.label):
            result[block.index] = status[known.index]
            continue
        pairs = zip(known.year.ravel(), known.label.ravel(), known.index.ravel(), strict=True)
        places = {(int(year), int(label)): int(index) for year, label, index in pairs}
        for year, label, index in zip(
            block.year.ravel(), block.label.ravel(), block.index.ravel(), strict=True
        ):
            if (int(year), int(label)) in places:
                result[index] = status[places[int(year), int(label)]]
    return result


def optimise(model: Model, reference: Reference | None) -> Outcome:
    """Solve a variant: from the reference, else afresh as ``solve`` chooses.

    From the reference the dual simplex runs without presolve and with Devex prices,
    since the exact ones of steepest edges cost more at the start than the steps. A
    variant that needs more than 300 steps, or has no optimum there, is solved
    afresh, as is every variant without a reference.
    """
    if reference is None:
        return solving.optimise(model, "auto")
    started = time.perf_counter()
    solver = solving._load(model, "simplex")
    solver.setOptionValue("presolve", "off")
    solver.setOptionValue("simplex_dual_edge_weight_strategy", solving._DEVEX)
    solver.setOptionValue("simplex_iteration_limit", _LIMIT)
    note = "no basis for its form"
    if solver.setBasis(reference.basis(model)) == highspy.HighsStatus.kOk:
        if solving._run(solver) == "optimal":
            solution, info = solver.getSolution(), solver.getInfo()
            return Outcome(
                status="optimal",
                method=f"HiGHS {solver.version()} dual simplex from the reference",
                seconds=time.perf_counter() - started,
                iterations=int(info.simplex_iteration_count),
                values=np.array(solution.col_value, dtype=np.float64),
                row_duals=np.array(solution.row_dual, dtype=np.float64),
                column_duals=np.array(solution.col_dual, dtype=np.float64),
            )
        note = f"no optimum in {_LIMIT} steps from the reference"
    outcome = solving.optimise(model, "simplex")
    method = f"{outcome.method}, afresh ({note})"
    seconds = time.perf_counter() - started
    return dataclasses.replace(outcome, method=method, seconds=seconds, basis=None)
