"""Time to build and solve plans, against the same programme written with linopy.

Run ``python benchmarks/bench_plan.py``; ``--small`` leaves out the largest size. Every row
is the median of three runs in one process on one thread; both sides use HiGHS, and their
optima are compared. ``ipm`` is the interior point with crossover in place of the method that
was chosen. The linopy model is the independent formulation of the tests.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from conjuncture.accounts.library import load_table
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import build
from conjuncture.plan.solve import solve

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "plan"))
economies = importlib.import_module("plan_economies")
peer = importlib.import_module("independent")

REPEATS = 3


def timed(action: Callable[[], object]) -> tuple[float, object]:
    started = time.perf_counter()
    result = action()
    return time.perf_counter() - started, result


def ours(make: Callable[[], Problem]) -> tuple[float, float, float, float]:
    """Seconds to make the problem and build the arrays, to solve, in all, and the aim."""
    built, solved, total, aim = [], [], [], 0.0
    for _ in range(REPEATS):
        begun = time.perf_counter()
        build(make())
        built.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        solution = solve(make()).require_optimal()
        total.append(time.perf_counter() - begun)
        solved.append(solution.seconds)
        aim = solution.aim
    return *(statistics.median(part) for part in (built, solved, total)), aim


def theirs(problem: Problem) -> tuple[float, float, float]:
    """Seconds to build with linopy, to solve, and the aim."""
    built, model = timed(lambda: peer.Independent(peer.data_of_problem(problem)))
    solved, aim = timed(model.solve)
    return built, solved, aim


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="leave out the largest size")
    arguments = parser.parse_args()
    table = load_table("usa_2014")
    cases: dict[str, Callable[[], Problem]] = {"usa_2014 x 5": lambda: Problem.from_table(table, 5)}
    sizes = [(12, 5), (56, 5), (100, 5), (200, 5)]
    for n, t in sizes[: 3 if arguments.small else None]:
        drawn = economies.random_economy(1, n, t)
        cases[f"random {n} x {t}"] = lambda drawn=drawn: Problem.from_arrays(**drawn)
    print(
        "plan               rows  nonzeros |  build  solver   total     ipm |"
        "  linopy: build   solve |  ratio  same optimum"
    )
    for name, make in cases.items():
        model = build(make())
        built, solved, total, aim = ours(make)
        interior = solve(make(), method="ipm").seconds
        peer_built, peer_solved, peer_aim = theirs(make())
        ratio = (peer_built + peer_solved) / total
        print(
            f"{name:<16} {model.rows.size:>6} {model.nonzeros:>9} | {built:6.4f} {solved:7.4f} "
            f"{total:7.4f} {interior:7.4f} | {peer_built:14.2f} {peer_solved:7.2f} | {ratio:5.0f}x "
            f" {abs(aim / peer_aim - 1):.1e}"
        )
        if name.startswith("usa_2014"):
            assert solved < 1.0, f"56 sectors x 5 years took {solved:.2f} s of solver time"


if __name__ == "__main__":
    main()
