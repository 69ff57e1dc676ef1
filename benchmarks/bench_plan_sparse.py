"""How the time of plans with many sparse products grows: our large-scale methods and peers.

Run ``OPENBLAS_NUM_THREADS=1 python benchmarks/bench_plan_sparse.py`` for small sizes, or
give sizes as products x inputs, over five years: ``4000x80 100000x50 1000000x50``.
Economies are drawn with a seed by the generator of the tests (lognormal coefficients,
column sums of 0.3 to 0.7, capital-output ratios of 1 to 4, every rule of the default
settings). Each method runs in a process of its own, so that its peak of memory (the arrays
included) can be read; seconds are CPU seconds of all threads with the arrays given, and
``clock`` is the time that passed. ``--progress`` writes each step to the standard error,
``--steps`` stops our methods after so many, which shows what memory a size takes.
HiGHS runs PDLP, IPX, and HiPO where ``highspy-extras`` is installed; OR-Tools runs PDLP
where it is installed.
Every answer is measured by the same certificate: a peer's own status is not taken for it.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import math
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import build
from conjuncture.plan.programme.outcome import Outcome, certify
from conjuncture.plan.solvers.firstorder.pdhg import first_order
from conjuncture.plan.solvers.matrixfree.interior import matrix_free
from conjuncture.plan.solvers.solving import Progress, Solving

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "plan"))

SMALL = ["400x40", "1000x50"]
OURS = ["matrix_free", "first_order"]
PEERS = ["pdlp", "ipx"]


def peak() -> float:
    """Return the peak of this process's memory (GB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def drawn(seed: int, size: str, years: int) -> Any:

    economies = importlib.import_module("plan_economies")
    products, inputs = size.split("x")
    parts = economies.sparse_economy(seed, int(products), years, float(inputs))
    started = time.process_time()
    model = build(Problem.from_arrays(**parts))
    return model, time.process_time() - started


def ours(model: Any, method: str, arguments: argparse.Namespace) -> dict[str, Any]:

    end, steps = time.process_time() + arguments.limit, [0]
    started = time.process_time()

    def tell(progress: Progress) -> None:
        steps[0] = progress.iteration
        if arguments.progress:
            print(
                f"{progress.iteration}: gap {progress.gap:.1e}, primal"
                f" {progress.primal_residual:.0e}, dual {progress.dual_residual:.0e};"
                f" {time.process_time() - started:.0f} CPU s, {progress.seconds:.0f} s,"
                f" {peak():.2f} GB",
                file=sys.stderr,
                flush=True,
            )

    def stop() -> bool:
        return time.process_time() > end or steps[0] >= arguments.steps

    solving = Solving(model, arguments.tolerance, progress=tell, should_stop=stop)
    outcome = (matrix_free if method == "matrix_free" else first_order)(model, solving)
    return {"status": outcome.status, "values": outcome.values, "prices": outcome.row_duals,
            "iterations": outcome.iterations}  # fmt: skip


def highs(model: Any, method: str, tolerance: float, limit: float) -> dict[str, Any]:
    # not at the top: HiGHS and OR-Tools cannot be loaded into one process
    solve_module = importlib.import_module("conjuncture.plan.solve")

    solver = solve_module._load(model, "ipm")
    for name, value in (
        ("solver", method),
        ("time_limit", limit),
        ("run_crossover", "off"),
        ("kkt_tolerance", tolerance),
        ("primal_feasibility_tolerance", tolerance),
        ("dual_feasibility_tolerance", tolerance),
        ("ipm_optimality_tolerance", max(tolerance, 1e-8)),
        ("pdlp_optimality_tolerance", tolerance),
    ):
        solver.setOptionValue(name, value)
    solver.run()
    solution, info = solver.getSolution(), solver.getInfo()
    prices = np.array(solution.row_dual)
    count = int(max(info.pdlp_iteration_count, info.ipm_iteration_count))
    status = str(solver.getModelStatus()).rsplit(".k", maxsplit=1)[-1]
    return {"status": status, "values": np.array(solution.col_value), "prices": prices,
            "iterations": count}  # fmt: skip


def ortools(model: Any, tolerance: float, limit: float) -> dict[str, Any]:
    pdlp = importlib.import_module("ortools.pdlp.python.pdlp")
    messages = importlib.import_module("ortools.pdlp.solvers_pb2")
    programme = pdlp.QuadraticProgram()
    programme.objective_vector = -model.cost
    programme.constraint_matrix = importlib.import_module("scipy.sparse").csc_matrix(model.matrix)
    programme.constraint_lower_bounds, programme.constraint_upper_bounds = (
        model.row_lower,
        model.row_upper,
    )
    programme.variable_lower_bounds, programme.variable_upper_bounds = model.lower, model.upper
    options = messages.PrimalDualHybridGradientParams()
    criteria = options.termination_criteria
    criteria.simple_optimality_criteria.eps_optimal_relative = tolerance
    criteria.simple_optimality_criteria.eps_optimal_absolute = tolerance
    criteria.time_sec_limit = limit
    found = pdlp.primal_dual_hybrid_gradient(programme, options)
    return {"status": str(found.solve_log.termination_reason), "values": found.primal_solution,
            "prices": -np.asarray(found.dual_solution),
            "iterations": int(found.solve_log.iteration_count)}  # fmt: skip


def measured(arguments: argparse.Namespace) -> dict[str, Any]:
    """Solve one case by one method in this process."""
    model, build_seconds = drawn(arguments.seed, arguments.sizes[0], arguments.years)
    tolerance, limit, method = arguments.tolerance, arguments.limit, arguments.one
    started, clock = time.process_time(), time.perf_counter()
    if method in OURS:
        found = ours(model, method, arguments)
    elif method == "ortools":
        found = ortools(model, tolerance, limit)
    else:
        found = highs(model, method, tolerance, limit)
    seconds, clock = time.process_time() - started, time.perf_counter() - clock
    row = {"method": method, "status": found["status"], "seconds": seconds, "clock": clock,
           "iterations": found["iterations"], "build": build_seconds,
           "coefficients": model.nonzeros}  # fmt: skip
    if len(found["values"]) and np.isfinite(found["values"]).all():
        # without a proven optimum HiGHS's PDLP leaves the prices those of a minimum
        c = min(
            (
                certify(model, Outcome("", "", 0.0, 0, found["values"], sign * prices, prices))
                for prices in [np.asarray(found["prices"])]
                for sign in (1.0, -1.0)
            ),
            key=lambda certificate: certificate.worst,
        )
        row |= {"primal": c.primal_residual, "dual": c.dual_residual, "gap": c.gap,
                "aim": float(model.cost @ found["values"])}  # fmt: skip
    row["gigabytes"] = peak()
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", help="products x inputs, as 4000x80")
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds for each method")
    parser.add_argument("--methods", nargs="*", help="some of: " + ", ".join(OURS + PEERS))
    parser.add_argument("--progress", action="store_true", help="write each of our steps")
    parser.add_argument("--steps", type=int, default=1_000_000, help="our steps at most")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measured(arguments)))
        return
    methods = arguments.methods or OURS + PEERS
    if not arguments.methods:
        methods += ["hipo"] if importlib.util.find_spec("highspy_extras") else []
        methods += ["ortools"] if importlib.util.find_spec("ortools") else []
    head = ["products x inputs", "coefficients", "method", "status", "seconds", "clock", "ratio"]
    head += ["iterations", "primal", "dual", "gap", "memory (GB)"]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    times: dict[str, list[tuple[int, float]]] = {}
    for size in arguments.sizes or SMALL:
        first = math.nan
        for method in methods:
            command = [sys.executable, __file__, size, "--one", method]
            for name in ("years", "seed", "tolerance", "limit", "steps"):
                command += [f"--{name}", str(getattr(arguments, name))]
            command += ["--progress"] if arguments.progress else []
            shown = None if arguments.progress else subprocess.PIPE
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=shown, text=True, check=False
            )
            if done.returncode:
                print(f"{method} at {size}: {(done.stderr or '').strip()[-300:]}", file=sys.stderr)
                continue
            row = json.loads(done.stdout.splitlines()[-1])
            first = row["seconds"] if math.isnan(first) else first
            cells = [size, f"{row['coefficients']:,}", method, row["status"]]
            cells += [f"{row[k]:.1f}" for k in ("seconds", "clock")]
            cells += [f"{row['seconds'] / first:.1f}"]
            cells += [str(row["iterations"])]
            cells += [f"{row[k]:.0e}" if k in row else "-" for k in ("primal", "dual", "gap")]
            print("| " + " | ".join([*cells, f"{row['gigabytes']:.2f}"]) + " |", flush=True)
            if row["status"] == "optimal":
                times.setdefault(method, []).append((row["coefficients"], row["seconds"]))
    for method, pairs in times.items():
        if len(pairs) > 1:
            slope = np.polyfit(*np.log(np.array(pairs, dtype=float)).T, 1)[0]
            print(f"\n{method}: time grows with coefficients to the power {slope:.2f}")


if __name__ == "__main__":
    main()
