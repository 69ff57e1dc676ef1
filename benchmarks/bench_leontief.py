"""Output for one final demand: a solve here beside the explicit inverse of pymrio.

Usage: python benchmarks/bench_leontief.py [--full]

The first table: both sides get the same coefficients and the same demand, in one process and in
turn. It shows the median times, their ratio, and the largest relative difference
of the two outputs.

The second: one large solve a row, each in a process of its own, so that its peak
memory is its own too: dense coefficients with 49 demands, beside the peer, and
sparse ones with 50 inputs for each product, which the peer cannot hold. With
--full 9,800 dense sectors and a million products, else smaller ones. Peak memory
is of the whole process, with the coefficients themselves.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pymrio
from scipy.sparse import csr_array

from conjuncture.accounts.large import solve_large
from conjuncture.accounts.leontief import final_demand, solve
from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import Array

SIZE = 2000
SEED = 1947
DEMANDS = 49
INPUTS = 50
LARGE = {
    "small": [("dense", 1000), ("dense", 2000), ("sparse", 10_000), ("sparse", 100_000)],
    "full": [("dense", 4900), ("dense", 9800), ("sparse", 100_000), ("sparse", 1_000_000)],
}
PEER_TO = {"small": 2000, "full": 4900}
"""Sectors up to which the peer's inverse is computed too."""


def main() -> None:
    reader = argparse.ArgumentParser(description="Leontief solves beside pymrio's inverse.")
    reader.add_argument("--full", action="store_true", help="the largest sizes")
    reader.add_argument("--one", nargs=3, metavar=("KIND", "SIZE", "PEER"), help="one large row")
    given = reader.parse_args()
    if given.one:
        print(json.dumps(large_case(given.one[0], int(given.one[1]), given.one[2] == "peer")))
        return
    small_cases()
    large_cases("full" if given.full else "small")


def large_cases(kind: str) -> None:
    print(f"\n{'large solve':34} {'time':>9} {'peak':>8} {'residual':>9} {'bound':>9}  method")
    for shape, size in LARGE[kind]:
        rows = [one_row(shape, size, "ours")]
        if shape == "dense" and size <= PEER_TO[kind]:
            rows.append(one_row(shape, size, "peer"))
        for row in rows:
            print(
                f"{row['case']:34} {row['time']:8.2f}s {row['peak']:6.2f}GB "
                f"{row['residual']:9.1e} {row['bound']:9.1e}  {row['method']}"
            )
        if len(rows) == 2:
            print(f"{'':34} {rows[1]['time'] / rows[0]['time']:8.1f}x the time of ours")


def one_row(shape: str, size: int, who: str) -> dict[str, Any]:
    """Run one large solve in a process of its own."""
    command = [sys.executable, __file__, "--one", shape, str(size), who]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def large_case(shape: str, size: int, peer: bool) -> dict[str, Any]:
    rng = np.random.default_rng(SEED)
    if shape == "dense":
        A = rng.random((size, size))
        A *= 0.6 / (size / 2)
        demand = rng.random((size, DEMANDS))
    else:
        cells = rng.random(size * INPUTS)
        cells *= 0.6 / (INPUTS / 2)
        places = rng.integers(0, size, size * INPUTS, dtype=np.int32)
        starts = np.arange(0, size * INPUTS + 1, INPUTS, dtype=np.int32)
        A = csr_array((cells, places, starts), shape=(size, size))
        demand = rng.random(size)
    start = time.perf_counter()
    if peer:
        x = pymrio.calc_L(A) @ demand
        method, residual, bound = "pymrio: inverse", np.abs(demand - x + A @ x).max(), np.nan
    else:
        found = solve_large(A, demand)
        method, residual, bound = found.method, found.residual, found.error_bound
    span = time.perf_counter() - start
    peak = peak_memory()
    case = f"{shape}, {size:,} products" + (f", {DEMANDS} demands" if shape == "dense" else "")
    return {
        "case": case, "time": span, "peak": peak, "residual": float(residual),
        "bound": float(bound), "method": method,
    }  # fmt: skip


def peak_memory() -> float:
    """Return the largest memory that this process has held (GB)."""
    status = Path("/proc/self/status")
    if status.exists():  # what a child is charged with elsewhere includes its parent's memory
        (line,) = [x for x in status.read_text().splitlines() if x.startswith("VmHWM")]
        return float(line.split()[1]) / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def small_cases() -> None:
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
