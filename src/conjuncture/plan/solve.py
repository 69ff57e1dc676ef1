"""Solving a plan with HiGHS or our own methods, deterministically; HiGHS on one thread."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import highspy
import numpy as np
from scipy.sparse import issparse

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.plan.elastic import relaxations
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import Model, build, next_level
from conjuncture.plan.programme.outcome import Outcome
from conjuncture.plan.solution import Level, Solution
from conjuncture.plan.solvers.firstorder.backend import backend as named_backend
from conjuncture.plan.solvers.firstorder.pdhg import first_order
from conjuncture.plan.solvers.matrixfree import interior as thin
from conjuncture.plan.solvers.solving import Progress, Solving
from conjuncture.plan.solvers.structured.interior import interior, unsuitable

Method = Literal["auto", "simplex", "ipm", "structured", "matrix_free", "first_order"]
METHODS: tuple[Method, ...] = (
    "auto",
    "simplex",
    "ipm",
    "structured",
    "matrix_free",
    "first_order",
)

SIMPLEX_NONZEROS = 400_000
"""Up to this many coefficients ``auto`` takes the dual simplex, above it the interior
point with crossover. Below, the simplex was the faster of the two in every plan measured
(``benchmarks/bench_plan.py`` prints both)."""

STRUCTURED_NONZEROS = 50_000
"""Above this many coefficients ``auto`` takes the structured interior point, which then was
the faster in every plan measured (``benchmarks/bench_plan_size.py``)."""

THIN_SIZE, THIN_SHARE = 300, 0.15
"""From this many sectors on, with at most this share of input coefficients not zero,
``auto`` takes the matrix-free interior point (``benchmarks/bench_plan_sparse.py``)."""

LIBRARY_NONZEROS = 5_000_000
"""Above this many coefficients HiGHS is not asked: the first-order method solves what our
interior points do not, and an infeasible plan is not searched for its cheapest relaxation."""

TOLERANCES = {"matrix_free": (1e-7, 1e-6), "first_order": (1e-9, 1e-4)}
"""Least tolerance and default of the iterative methods."""

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
    tolerance: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    checkpoint: Path | None = None,
    backend: str = "cpu",
) -> Solution:
    """Find the best plan: level by level of the aim, by default balanced consumption.

    Parameters
    ----------
    problem : Problem
    method : str
        ``simplex`` (dual simplex), ``ipm`` (interior point with crossover to a
        vertex), both of HiGHS; ``structured`` (our own interior point, which
        follows the years; where it does not fit or fails, HiGHS solves);
        ``matrix_free`` (our interior point for many products with few inputs each);
        ``first_order`` (primal-dual gradients, which fit any plan), or ``auto``,
        which chooses by size; the solution states which.
    explain : bool
        Whether to look for the cheapest relaxation of an infeasible plan (one or
        two more programmes to solve).
    start : Solution, optional
        A plan of the same sectors, years and rules from whose basis the simplex
        method starts: the optimum is the same, found in a fraction of the time. A
        plan of another shape (other sectors damaged, say) is solved afresh.
        Where several plans are optimal, which one is found may depend on it; so
        give the same one to all members of an ensemble.
    tolerance : float, optional
        For ``matrix_free`` (1e-6) and ``first_order`` (1e-4): primal and dual
        residual and relative gap within which a plan is called optimal.
    progress : callable, optional
        Called by our own methods with the iteration, residuals, gap and seconds.
    should_stop : callable, optional
        Asked by our own methods before each step; if it says yes the solution has
        status ``stopped``.
    checkpoint : Path, optional
        File in which ``matrix_free`` and ``first_order`` keep their state; a later
        solve of the same problem by the same method goes on from it.
    backend : str
        ``cpu``, or ``gpu`` for the first-order method on a GPU (extra ``gpu``).

    Returns
    -------
    Solution
        Of status ``optimal``, ``infeasible`` (with relaxations), ``unbounded``,
        ``stopped`` or ``failed``; each with a remedy. Nothing is raised for these.

    Raises
    ------
    InputError
        If the method, tolerance or backend cannot be used, or the checkpoint is
        that of another problem.

    Notes
    -----
    Q. Huangfu and J. A. J. Hall (2018), Parallelizing the dual revised simplex
    method, Mathematical Programming Computation 10, for the solver HiGHS.
    """
    _check_options(method, tolerance, backend)
    started = time.perf_counter()
    model = build(problem)
    built = time.perf_counter() - started
    solving = Solving(model, progress=progress, should_stop=should_stop, checkpoint=checkpoint)
    outcome = optimise(model, method, _basis(start, model), solving, tolerance, backend)
    earlier: list[Level] = []
    while outcome.status == "optimal" and model.level + 1 < len(model.goals):
        earlier.append(Level.of(model, outcome))
        model = next_level(model, outcome.values, outcome.tolerance)
        solving = Solving(model, progress=progress, should_stop=should_stop)
        outcome = optimise(model, method, None, solving, tolerance, backend)
    known = outcome.status != "infeasible" or not explain or model.nonzeros > LIBRARY_NONZEROS
    found = () if known else relaxations(model, optimise)
    return Solution.of(model, outcome, found, built, earlier)


def _check_options(method: str, tolerance: float | None, backend: str) -> None:
    """Refuse unknown or unusable options, all at once."""
    faults = Faults("plan")
    if method not in METHODS:
        faults.unknown("method", method, METHODS, field="method")
    least = TOLERANCES.get(method, TOLERANCES["matrix_free"])[0]
    if tolerance is not None and not least <= tolerance <= 0.1:
        faults.add(
            f"is not between {least:.0e} and 0.1",
            "give such a tolerance, or use method='simplex' for a vertex",
            field="tolerance",
            value=tolerance,
        )
    if backend != "cpu" and method != "first_order":
        faults.add(
            "serves the first-order method alone",
            "give method='first_order' as well, or leave backend out",
            field="backend",
            value=backend,
        )
    faults.raise_if_any()
    named_backend(backend)


def _basis(start: Solution | None, model: Model) -> Any:
    """Return the basis of a plan of the same shape; None where it cannot serve."""
    if start is None or start.status != "optimal":
        return None
    other = start.model
    same = (other.rows.size, other.columns.size) == (model.rows.size, model.columns.size)
    return start.outcome.basis if same else None


def optimise(
    model: Model,
    method: Method = "auto",
    basis: Any = None,
    solving: Solving | None = None,
    tolerance: float | None = None,
    backend: str = "cpu",
) -> Outcome:
    """Solve the scaled programme, from a basis if one is given; return its raw outcome."""
    started = time.perf_counter()
    note = ""
    solving = solving or Solving(model)
    own = _own(model, basis) if method == "auto" else method
    if own in ("structured", "matrix_free"):
        if own == "matrix_free":
            solving.tolerance = tolerance or TOLERANCES[own][1]
            outcome = thin.matrix_free(model, solving)
        else:
            outcome = interior(model, solving)
        if outcome.status != "failed":
            return outcome
        note = f", after {outcome.method}"
        method = "auto"
        if model.nonzeros > LIBRARY_NONZEROS:
            own = "first_order"
    if own == "first_order":
        solving.tolerance = tolerance or TOLERANCES[own][1]
        outcome = first_order(model, solving, named_backend(backend))
        return dataclasses.replace(outcome, method=outcome.method + note)
    chosen: Literal["simplex", "ipm"] = "ipm" if method == "ipm" else "simplex"
    if method == "auto":
        chosen = "simplex" if model.nonzeros <= SIMPLEX_NONZEROS else "ipm"
    solver = _load(model, chosen)
    if basis is not None and chosen == "simplex":
        solver.setBasis(basis)
    status = _run(solver, solving)
    other: Literal["simplex", "ipm"] = "ipm" if chosen == "simplex" else "simplex"
    if status == "failed":  # the other method, presolved, before giving up
        solver = _load(model, other)
        solver.setOptionValue("presolve", "on")
        status, chosen = _run(solver, solving), other
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


def _own(model: Model, basis: Any) -> str:
    """Return which of our own methods ``auto`` takes; empty for those of HiGHS."""
    if basis is not None or model.nonzeros <= STRUCTURED_NONZEROS:
        return ""
    size: int = model.problem.size
    a: Any = model.problem.coefficients
    inputs = a.nnz if issparse(a) else int(np.count_nonzero(a))
    if size >= THIN_SIZE and inputs <= THIN_SHARE * size**2 and not thin.unsuitable(model):
        return "matrix_free"
    if model.nonzeros > LIBRARY_NONZEROS and issparse(a):
        return "first_order"
    return "" if unsuitable(model) else "structured"


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


def _run(solver: highspy.Highs, solving: Solving | None = None) -> str:
    """Run the solver; where it cannot tell infeasible from unbounded, ask without presolve."""
    if solving is not None and solving.should_stop is not None:
        # the library asks between its steps; without that, Ctrl-C would wait for its end
        def ask(event: Any) -> None:
            if solving.stopped():
                event.interrupt()

        solver.cbSimplexInterrupt.subscribe(ask)
        solver.cbIpmInterrupt.subscribe(ask)
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
    highspy.HighsModelStatus.kInterrupt: "stopped",
}
