"""Many variants of one plan: a sweep from one basis beside plans solved one by one.

Run ``OPENBLAS_NUM_THREADS=1 python benchmarks/bench_plan_sweep.py`` (200 sectors, 5 years, 1,000
variants, 2 workers; some minutes). The economy is drawn with a seed by the generator of the
tests; each variant has other labour (0.97 to 1.05 of the base), import limits (0.98 to 1.05 for
each product) and, every second one, war losses: up to 3 % of the capital of about a tenth of the
sectors, half of it to be restored. A sample is solved cold by the peers: the dual simplex of HiGHS,
its interior point with crossover, and our structured method; their seconds for all variants
are the mean of the sample times the number. Aims are compared on the sample.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from conjuncture.plan.many.sweep import sweep
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "plan"))
economies = importlib.import_module("plan_economies")


def drawn(problem: Problem, count: int, seed: int) -> dict[str, dict[str, Any]]:
    """Return variants with other labour, import limits and war losses."""
    draw, found = np.random.default_rng(seed), {}
    for k in range(count):
        room = draw.uniform(0.98, 1.05, problem.size)
        changes: dict[str, Any] = {
            "labour_available": problem.labour_available * draw.uniform(0.97, 1.05),
            "imports_high": np.maximum(problem.imports_low, problem.imports_high * room),
        }
        lost = draw.uniform(0.0, 0.03, problem.size) * (draw.random(problem.size) < 0.1)
        if k % 2:
            changes["capital"] = problem.capital * (1.0 - lost)
            changes["damaged"] = 0.5 * lost * problem.capital
        found[f"v{k}"] = changes
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sectors", type=int, default=200)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--variants", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    parts = economies.random_economy(given.seed, given.sectors, given.years)
    problem = Problem.from_arrays(**parts)
    variants = drawn(problem, given.variants, given.seed)
    wall, before = time.perf_counter(), os.times()
    data = sweep(problem, variants, workers=given.workers, explain=False)
    wall, after = time.perf_counter() - wall, os.times()
    # fields 0 to 3: user and system time of this process, then of its children
    spent = sum(after[:4]) - sum(before[:4])
    print(f"{given.variants} variants, {given.sectors} x {given.years}, {given.workers} workers")
    print(f"sweep: {wall:.1f} s by the clock, {spent:.1f} s of CPU, "
          f"{spent / given.variants:.3f} s each")  # fmt: skip
    print("status:", dict(Counter(data["status"].to_numpy().tolist())))
    print("method:", dict(Counter(data["method"].to_numpy().tolist())))
    print(f"largest certificate: {float(data['certificate'].max()):.1e}")
    chosen = np.linspace(0, given.variants - 1, given.sample).astype(int)
    for method in ("simplex", "ipm", "structured"):
        started, worst = time.process_time(), 0.0
        for k in chosen:
            changes = variants[f"v{k}"]
            plan = solve(problem.replace(**changes), method=method, explain=False)
            assert plan.status == data["status"][k].item(), (k, plan.status)
            if plan.status == "optimal":
                worst = max(worst, abs(plan.aim / float(data["aim"][k]) - 1.0))
        each = (time.process_time() - started) / len(chosen)
        total = each * given.variants
        print(f"cold {method}: {each:.2f} s each, {total:.0f} s for all, {total / spent:.1f} times")
        print(f"    the sweep; aims equal to {worst:.0e}")


if __name__ == "__main__":
    main()
