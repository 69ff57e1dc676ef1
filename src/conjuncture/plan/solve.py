"""Solving a plan with HiGHS or our own method, deterministically; HiGHS on one thread."""

from __future__ import annotations

import time
from typing import Any, Literal

import highspy
import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InputError
from conjuncture.plan.elastic import relaxations
from conjuncture.plan.model import Model, build, next_level
from conjuncture.plan.outcome import Outcome
from conjuncture.plan.problem import Problem
from conjuncture.plan.solution import Level, Solution
from conjuncture.plan.structured.interior import interior, unsuitable

Method = Literal["auto", "simplex", "ipm", "structured"]
METHODS: tuple[Method, ...] = ("auto", "simplex", "ipm", "structured")

SIMPLEX_NONZEROS = 400_000
"""Up to this many coefficients ``auto`` takes the dual simplex, above it the interior
point with crossover. Below, the simplex was the faster of the two in every plan measured
(``benchmarks/bench_plan.py`` prints both)."""

STRUCTURED_NONZEROS = 50_000
"""Above this many coefficients ``auto`` takes the structured interior point, which then was
the faster in every plan measured (``benchmarks/bench_plan_size.py``)."""

_TOLERANCE = 1e-9
_SMALLEST = 1e-12
_SMALL = 5_000
_DEVEX = 1


def solve(
    problem: Problem,
    *,
    method: Method = "auto",
    explain: bool = True,
    start: Solution | None = None,
) -> Solution:
    """Find the best plan: level by level of the aim, by default balanced consumption.

    Parameters
    ----------
    problem : Problem
    method : str
        ``simplex`` (dual simplex), ``ipm`` (interior point with crossover to a
        vertex), both of HiGHS; ``structured`` (our own interior point, which
        follows the years; where it does not fit or fails, HiGHS solves), or
        ``auto``, which chooses by size; the solution states which.
    explain : bool
        Whether to look for the cheapest relaxation of an infeasible plan (one or
        two more programmes to solve).
    start : Solution, optional
        A plan of the same sectors, years and rules from whose basis the simplex
        method starts: the optimum is the same, found in a fraction of the time. A
        plan of another shape (other sectors damaged, say) is solved afresh.
        Where several plans are optimal, which one is found may depend on it; so
        give the same one to all members of an ensemble.

    Returns
    -------
    Solution
        Of status ``optimal``, ``infeasible`` (with relaxations), ``unbounded``
        or ``failed``; each with a remedy. Nothing is raised for these.

    Raises
    ------
    InputError
        If the method is unknown.

    Notes
    -----
    Q. Huangfu and J. A. J. Hall (2018), Parallelizing the dual revised simplex
    method, Mathematical Programming Computation 10, for the solver HiGHS.
    """
    if method not in METHODS:
        faults = Faults("plan")
        faults.unknown("method", method, METHODS, field="method")
        raise InputError(faults)
    started = time.perf_counter()
    model = build(problem)
    built = time.perf_counter() - started
    outcome = optimise(model, method, _basis(start, model))
    earlier: list[Level] = []
    while outcome.status == "optimal" and model.level + 1 < len(model.goals):
        earlier.append(Level.of(model, outcome))
        model = next_level(model, outcome.values)
        outcome = optimise(model, method)
    found = relaxations(model, optimise) if outcome.status == "infeasible" and explain else ()
    return Solution.of(model, outcome, found, built, earlier)


def _basis(start: Solution | None, model: Model) -> Any:
    """Return the basis of a plan of the same shape; None where it cannot serve."""
    if start is None or start.status != "optimal":
        return None
    other = start.model
    same = (other.rows.size, other.columns.size) == (model.rows.size, model.columns.size)
    return start.outcome.basis if same else None


def optimise(model: Model, method: Method = "auto", basis: Any = None) -> Outcome:
    """Solve the scaled programme, from a basis if one is given; return its raw outcome."""
    started = time.perf_counter()
    note = ""
    if method == "structured" or (method == "auto" and _structured(model, basis)):
        outcome = interior(model)
        if outcome.status == "optimal":
            return outcome
        note, method = f", after {outcome.method}", "auto"
    chosen: Literal["simplex", "ipm"] = "ipm" if method == "ipm" else "simplex"
    if method == "auto":
        chosen = "simplex" if model.nonzeros <= SIMPLEX_NONZEROS else "ipm"
    solver = _load(model, chosen)
    if basis is not None and chosen == "simplex":
        solver.setBasis(basis)
    status = _run(solver)
    other: Literal["simplex", "ipm"] = "ipm" if chosen == "simplex" else "simplex"
    if status == "failed":  # the other method, presolved, before giving up
        solver = _load(model, other)
        solver.setOptionValue("presolve", "on")
        status, chosen = _run(solver), other
    seconds = time.perf_counter() - started
    solution, info = solver.getSolution(), solver.getInfo()
    usable = status == "optimal"
    return Outcome(
        status=status,
        method=f"HiGHS {solver.version()} {_NAMES[chosen]}{note}",
        seconds=seconds,
        iterations=int(info.simplex_iteration_count + max(info.ipm_iteration_count, 0)),
        values=_array(solution.col_value, model.columns.size, usable),
        row_duals=_array(solution.row_dual, model.rows.size, usable),
        column_duals=_array(solution.col_dual, model.columns.size, usable),
        basis=solver.getBasis() if usable else None,
    )


def _structured(model: Model, basis: Any) -> bool:
    """Whether ``auto`` takes our own method: large plans that it fits, without a basis."""
    return basis is None and model.nonzeros > STRUCTURED_NONZEROS and not unsuitable(model)


_NAMES = {"simplex": "dual simplex", "ipm": "interior point with crossover"}


def _array(values: object, size: int, usable: bool) -> Array:
    return np.array(values, dtype=np.float64) if usable else np.full(size, np.nan)


def _load(model: Model, method: Method) -> highspy.Highs:
    """Pass the arrays and the options to a new solver."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "solver": method,
        "primal_feasibility_tolerance": _TOLERANCE,
        "dual_feasibility_tolerance": _TOLERANCE,
        "small_matrix_value": _SMALLEST,
    }
    if model.nonzeros < _SMALL:  # presolving costs more than it saves
        options |= {"presolve": "off", "simplex_dual_edge_weight_strategy": _DEVEX}
    for name, value in options.items():
        solver.setOptionValue(name, value)
    m = model.matrix
    solver.passModel(
        model.columns.size,
        model.rows.size,
        model.nonzeros,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        model.cost,
        model.lower,
        model.upper,
        model.row_lower,
        model.row_upper,
        m.indptr.astype(np.int32),
        m.indices.astype(np.int32),
        m.data,
        np.zeros(model.columns.size, dtype=np.int32),  # all continuous
    )
    return solver


def _run(solver: highspy.Highs) -> str:
    """Run the solver; where it cannot tell infeasible from unbounded, ask without presolve."""
    if solver.run() == highspy.HighsStatus.kError:
        # another user of the library in this process chose another number of threads
        highspy.Highs.resetGlobalScheduler(True)
        solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kUnboundedOrInfeasible:
        solver.setOptionValue("presolve", "off")
        solver.run()
    return _STATUS.get(solver.getModelStatus(), "failed")


_STATUS = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
}
