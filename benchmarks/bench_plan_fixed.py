"""One year with fixed techniques: the largest level by two Leontief solves.

Run ``OPENBLAS_NUM_THREADS=1 python benchmarks/bench_plan_fixed.py [SIZE ...]`` (1,000, 5,000
and 50,000 products by default). Each product has 50 inputs drawn with a seed, column sums 0.3 to
0.7, two kinds of labour, claims of a fifth of the bundle. Up to 2,000 products the dual simplex of
HiGHS solves the same as a linear programme. Seconds are CPU seconds.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack

from conjuncture.plan.fixed import largest_level


def main() -> None:
    for size in [int(given) for given in sys.argv[1:]] or [1000, 5000, 50_000]:
        draw = np.random.default_rng(1)
        values = draw.random((size, 50))
        values *= draw.uniform(0.3, 0.7, (size, 1)) / values.sum(axis=1, keepdims=True)
        rows = draw.integers(0, size, (size, 50))
        columns = np.repeat(np.arange(size), 50)
        A = csr_array((values.ravel(), (rows.ravel(), columns)), shape=(size, size))
        c, labour = draw.random(size), draw.random((2, size))
        available = 2.5 * labour.sum(axis=1)
        started = time.process_time()
        found = largest_level(A, c, claims=0.2 * c, labour=labour, available=available)
        taken = time.process_time() - started
        print(f"{size:,} products: {taken:.3f} s, level {found.level:.4f}, {found.residual:.0e}")
        if size <= 2000:
            started = time.process_time()
            other = linprog(
                np.append(np.zeros(size), -1.0),
                A_ub=np.hstack([labour, np.zeros((2, 1))]), b_ub=available,
                A_eq=hstack([eye_array(size) - A, csr_array(-c[:, None])]), b_eq=0.2 * c,
                method="highs-ds",
            )  # fmt: skip
            peer = time.process_time() - started
            print(f"    dual simplex: {peer:.2f} s, ratio {peer / taken:.0f}, "
                  f"levels equal to {abs(other.x[-1] / found.level - 1):.0e}")  # fmt: skip


if __name__ == "__main__":
    main()
