"""Output for one final demand: a solve here beside the explicit inverse of pymrio.

Usage: python benchmarks/bench_leontief.py

Both sides get the same coefficients and the same demand, in one process and in
turn. The table shows the median times, their ratio, and the largest relative
difference of the two outputs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pymrio

from conjuncture.accounts.leontief import final_demand, solve
from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import Array

SIZE = 2000
SEED = 1947


def main() -> None:
    table = load_table("usa_2014")
    cases = {
        f"usa_2014, {table.size} sectors": (table.input_coefficients, final_demand(table), 101),
        f"random, {SIZE} sectors, full": (*random_case(1.0), 3),
        f"random, {SIZE} sectors, 20 per column": (*random_case(20 / SIZE), 3),
        f"random, {SIZE} sectors, 2 per column": (*random_case(2 / SIZE), 3),
    }
    print(f"{'case':38} {'solve':>10} {'inverse':>10} {'ratio':>7} {'difference':>11}")
    for name, (A, demand, times) in cases.items():
        labels = pd.Index([f"s{k}" for k in range(len(A))])
        frame = pd.DataFrame(A, index=labels, columns=labels)
        f = pd.DataFrame({"demand": demand}, index=labels)
        sectors = tuple(labels)
        ours, mine = timed(lambda A=A, d=demand, s=sectors: solve(A, d, s), times)
        theirs, peers = timed(
            lambda A=frame, f=f: pymrio.calc_x_from_L(pymrio.calc_L(A), f).to_numpy()[:, 0], times
        )
        gap = float(np.abs(mine / peers - 1).max())
        print(
            f"{name:38} {1e3 * ours:8.2f}ms {1e3 * theirs:8.2f}ms {theirs / ours:6.1f}x {gap:11.1e}"
        )


def random_case(filled: float) -> tuple[Array, Array]:
    """Return productive coefficients with column sums of one half at most, and a demand."""
    rng = np.random.default_rng(SEED)
    A = rng.random((SIZE, SIZE)) * (rng.random((SIZE, SIZE)) < filled)
    return 0.5 * A / np.maximum(A.sum(axis=0), 1e-9), rng.random(SIZE)


def timed(work: Callable[[], Array], times: int) -> tuple[float, Array]:
    """Return the median time of some runs after one that warms up, and the result."""
    result = work()
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spans.append(time.perf_counter() - start)
    return statistics.median(spans), result


if __name__ == "__main__":
    main()
