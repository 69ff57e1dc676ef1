"""What the schemes of planning in rounds share: programmes that grow, and their record."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csc_array, csr_array

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.layout import Index
from conjuncture.plan.programme.model import Model

TOLERANCE = 1e-6
"""Relative gap at which the rounds end unless another is asked for."""

DUAL, PRIMAL = 1, 4
"""Simplex methods of HiGHS: after new rows the dual goes on from where it stood, after new
columns or costs the primal does."""

_FEASIBLE = 1e-9
_SMALLEST = 1e-12


class Programme:
    """A linear programme, maximised, that grows and is solved again from where it stood."""

    def __init__(
        self,
        matrix: csc_array,
        cost: Array,
        limits: tuple[Array, Array],
        rows: tuple[Array, Array],
        *,
        strategy: int = DUAL,
    ) -> None:
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (
            ("output_flag", False),
            ("threads", 1),
            ("parallel", "off"),
            ("solver", "simplex"),
            ("primal_feasibility_tolerance", _FEASIBLE),
            ("dual_feasibility_tolerance", _FEASIBLE),
            ("small_matrix_value", _SMALLEST),
            ("simplex_strategy", strategy),
        ):
            self._solver.setOptionValue(name, value)
        self._solver.passModel(
            matrix.shape[1],
            matrix.shape[0],
            int(matrix.nnz),
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMaximize),
            0.0,
            cost,
            *limits,
            *rows,
            matrix.indptr.astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
            np.zeros(matrix.shape[1], dtype=np.int32),
        )

    def costs(self, columns: Index, values: Array) -> None:
        """Change costs."""
        self._solver.changeColsCost(columns.size, columns.astype(np.int32), values)

    def row_limits(self, rows: Index, low: Array, high: Array) -> None:
        """Change the limits of rows."""
        for row, least, most in zip(rows, low, high, strict=True):
            self._solver.changeRowBounds(int(row), float(least), float(most))

    def add_columns(self, cost: Array, matrix: csc_array) -> None:
        """Add columns of 0 or more."""
        n = cost.size
        self._solver.addCols(
            n,
            cost,
            np.zeros(n),
            np.full(n, np.inf),
            int(matrix.nnz),
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
        )

    def add_rows(self, low: Array, high: Array, matrix: csr_array) -> None:
        """Add rows."""
        self._solver.addRows(
            low.size,
            low,
            high,
            int(matrix.nnz),
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
        )

    def run(self) -> bool:
        """Solve; return whether an optimum was found."""
        if self._solver.run() == highspy.HighsStatus.kError:
            highspy.Highs.resetGlobalScheduler(True)
            self._solver.run()
        known = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
        if self._solver.getModelStatus() not in known:  # once more, from the start
            self._solver.clearSolver()
            self._solver.run()
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    @property
    def values(self) -> Array:
        """Values of the columns."""
        return np.array(self._solver.getSolution().col_value)

    @property
    def duals(self) -> Array:
        """Change of the maximum by one more unit on the right of each row."""
        return np.array(self._solver.getSolution().row_dual)

    @property
    def aim(self) -> float:
        """The maximum."""
        return float(self._solver.getInfo().objective_function_value)


@dataclass(frozen=True)
class Negotiation:
    """A plan found in rounds, with the bounds on the central optimum at every round.

    Attributes
    ----------
    problem : Problem
    scheme : str
        Who tells whom what.
    converged : bool
        Whether the gap fell below the tolerance.
    rounds : DataFrame
        Rows by ``round``: ``lower`` (aim of the best plan found that meets every condition),
        ``upper`` (least bound proven), both money of discounted consumption, and ``gap``
        (their difference by the upper, 1). NaN while no plan is found.
    values : array, columns of ``model``
        The best plan (scaled), NaN where none was found.
    model : Model
    """

    problem: Problem
    scheme: str
    converged: bool
    rounds: pd.DataFrame
    values: Array
    model: Model

    @property
    def gap(self) -> float:
        """Relative gap after the last round (1)."""
        return float(self.rounds["gap"].iloc[-1])

    @property
    def aim(self) -> float:
        """Discounted consumption of the best plan (money)."""
        return float(self.rounds["lower"].iloc[-1])

    @property
    def violation(self) -> float:
        """Largest violation of a condition by the plan (relative to base-year amounts)."""
        m = self.model
        return max(
            excess(m.matrix @ self.values, m.row_lower, m.row_upper),
            excess(self.values, m.lower, m.upper),
        )

    def amounts(self, block: str) -> Array:
        """Return the plan's amounts of a block of columns, as ``Model.columns`` names it.

        Raises
        ------
        InputError
            If there is no such block.
        """
        if block not in self.model.columns.blocks:
            faults = Faults(self.problem.name)
            faults.unknown("block", block, self.model.columns.blocks, field="block")
            raise InputError(faults)
        return np.asarray((self.values * self.model.column_scale)[self.model.columns[block]])

    def summary(self) -> dict[str, object]:
        """Return the outcome in a few figures, as plain data."""
        return {
            "name": self.problem.name,
            "scheme": self.scheme,
            "converged": self.converged,
            "rounds": len(self.rounds),
            "aim": self.aim,
            "gap": self.gap,
            "violation": self.violation,
            "consumption_level": self.amounts("level").tolist(),
        }


class Ledger:
    """Keeps the best bounds and the best plan of all rounds."""

    def __init__(self, model: Model, tolerance: float, rounds: int) -> None:
        self.model, self.tolerance = model, tolerance
        self.lower, self.upper = -np.inf, np.inf
        self.plan = np.full(model.columns.size, np.nan)
        self.rows: list[tuple[float, float]] = []
        faults = Faults(model.problem.name)
        if isinstance(rounds, bool) or not isinstance(rounds, int) or rounds < 1:
            faults.add("is no number of rounds", "give 1 or more", field="rounds", value=rounds)
        if not tolerance > 0.0:
            faults.add(
                "is no tolerance", "give a number above 0", field="tolerance", value=tolerance
            )
        faults.raise_if_any()

    def found(self, aim: float, values: Array) -> None:
        """Record a plan that meets every condition."""
        if aim > self.lower:
            self.lower, self.plan = aim, values

    @property
    def gap(self) -> float:
        """Relative gap; infinite while a bound is missing."""
        if not np.isfinite(self.lower) or not np.isfinite(self.upper):
            return np.inf
        return max(self.upper - self.lower, 0.0) / max(abs(self.upper), 1e-12)

    def close(self) -> bool:
        """End a round; return whether the gap is below the tolerance."""
        self.rows.append((self.lower, self.upper))
        return self.gap <= self.tolerance

    def result(self, scheme: str) -> Negotiation:
        """Return the record of all rounds."""
        scale = self.model.aim_scale
        frame = pd.DataFrame(self.rows, columns=["lower", "upper"])
        frame = frame.where(np.isfinite(frame)) * scale
        frame["gap"] = np.maximum(frame["upper"] - frame["lower"], 0.0) / frame["upper"].abs()
        frame.index = pd.RangeIndex(1, len(frame) + 1, name="round")
        return Negotiation(
            problem=self.model.problem,
            scheme=scheme,
            converged=self.gap <= self.tolerance,
            rounds=frame,
            values=self.plan,
            model=self.model,
        )


def columns_of(model: Model, *names: str) -> Index:
    """Return the positions of blocks of columns."""
    return np.concatenate([model.columns[name].ravel() for name in names])


def rows_of(model: Model, *names: str) -> Index:
    """Return the positions of blocks of rows, passing over those that the plan lacks."""
    found = [model.rows[name].ravel() for name in names if name in model.rows.blocks]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def excess(values: Array, low: Array, high: Array) -> float:
    """Return the largest violation of limits."""
    return float(np.maximum(low - values, values - high).max(initial=0.0))


def labels_of(model: Model, side: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return year and label of every row or column."""
    layout = model.rows if side == "rows" else model.columns
    year, label = np.full((2, layout.size), -1)
    for _, block in layout:
        year[block.index], label[block.index] = block.year, block.label
    return year, label
