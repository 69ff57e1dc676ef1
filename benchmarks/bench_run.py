"""The run of 1945: members per second, by member count and with its judging arms.

Usage: python benchmarks/bench_run.py [members]

The peer is the same run with every plan solved cold, which is what a user who
calls an LP library year by year would do. Where a plan has several optima the two may
take different ones: the largest difference between the histories is printed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from unittest import mock

import numpy as np
import xarray as xr

from conjuncture.economy import planned
from conjuncture.plan.problem import Problem
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve
from conjuncture.run.ensemble import Order, order_run, run
from conjuncture.run.scenario import load_scenario
from conjuncture.theory.judge import judge, run_extra


def timed(work: Callable[[], xr.Dataset]) -> tuple[float, xr.Dataset]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def cold(problem: Problem, *, explain: bool = True, start: Solution | None = None) -> Solution:
    return solve(problem, explain=explain)


def run_cold(order: Order) -> xr.Dataset:
    with mock.patch.object(planned, "solve", cold):
        return run(order)


def main() -> None:
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    scenario = load_scenario("ussr_1945")
    run(order_run(scenario, members=1))  # load tables and libraries first
    print("| members | seconds, history | per member | cold plans / warm |")
    print("|---|---|---|---|")
    for count in sorted({members // 4, members // 2, members}):
        order = order_run(scenario, members=count)
        warm, history = timed(lambda order=order: run(order))
        slow, other = timed(lambda order=order: run_cold(order))
        gap = np.abs(history["gdp_index"] - other["gdp_index"]).max()
        print(f"| {count} | {warm:.1f} | {warm / count:.4f} | {slow / warm:.1f} |")
        print(
            f"  largest difference of the GDP index between warm and cold plans: {float(gap):.2e}"
        )
    order = order_run(scenario, members=members)
    began = time.perf_counter()
    verdicts = judge(order, run(order), run_extra(order))
    print(f"history, {len(verdicts)} verdicts and their arms: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
