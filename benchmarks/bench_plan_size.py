"""How the time of plans grows with sectors and years: our structured method and HiGHS.

Run ``OPENBLAS_NUM_THREADS=1 python benchmarks/bench_plan_size.py`` for small sizes (under a
minute), ``--full`` for the sizes that the project aims at, or give sizes: ``200x5 100x20``.
Economies are drawn with a seed by the generator of the tests (four fifths of all input
coefficients are positive, two kinds of labour, gestation of two years, every rule of the
default settings). Seconds are CPU seconds of the process, arrays given, and the peers run in
the same process after ours: the simplex and IPX of HiGHS, and HiPO where ``highspy-extras``
is installed, both with crossover (without it IPX ended short of its own tolerance). A peer
that reaches ``--limit`` shows ``> limit``.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import math
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import highspy
import numpy as np

from conjuncture.plan import solve as solve_module
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import Model, build
from conjuncture.plan.programme.outcome import certify
from conjuncture.plan.solvers.structured.interior import interior

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "plan"))
economies = importlib.import_module("plan_economies")

SMALL = ["50x5", "100x5", "200x5", "50x10", "50x20"]
FULL = ["100x5", "200x5", "400x5", "100x20", "200x20", "400x10", "400x20", "1000x5", "1000x20"]
PEERS = ["simplex", "ipx"]


@dataclass
class Row:
    """Figures of one size."""

    sectors: int
    years: int
    model_rows: int
    nonzeros: int
    seconds: float
    clock: float
    iterations: int
    worst: float
    peers: dict[str, float | None]
    difference: float


def drawn(seed: int, sectors: int, years: int) -> Model:
    return build(Problem.from_arrays(**economies.random_economy(seed, sectors, years)))


def peer(model: Model, name: str, limit: float) -> tuple[float | None, float]:
    """CPU seconds of a method of HiGHS, None beyond the limit, and its aim."""
    started = time.process_time()
    solver = solve_module._load(model, "simplex" if name == "simplex" else "ipm")
    solver.setOptionValue("time_limit", limit)
    if name != "simplex":
        solver.setOptionValue("solver", name)
    solver.run()
    seconds = time.process_time() - started
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kTimeLimit:
        return None, math.nan
    assert status == highspy.HighsModelStatus.kOptimal, (name, status)
    return seconds, float(solver.getObjectiveValue())


def measure(model: Model, sectors: int, years: int, peers: list[str], limit: float) -> Row:
    started, begun = time.process_time(), time.perf_counter()
    outcome = interior(model)
    seconds, clock = time.process_time() - started, time.perf_counter() - begun
    assert outcome.status == "optimal", outcome.method
    aim, times, difference = float(model.cost @ outcome.values), {}, 0.0
    for name in peers:
        times[name], other = peer(model, name, limit)
        if times[name] is not None:
            difference = max(difference, abs(aim / other - 1.0))
    return Row(
        sectors,
        years,
        model.rows.size,
        model.nonzeros,
        seconds,
        clock,
        outcome.iterations,
        certify(model, outcome).worst,
        times,
        difference,
    )


def table(rows: list[Row], peers: list[str], limit: float) -> str:
    """Return the figures as a table in Markdown."""
    head = ["sectors x years", "rows", "coefficients", "structured (s)", "by the clock (s)"]
    head += ["steps", "certificate"]
    head += [part for name in peers for part in (f"{name} (s)", "ratio")] + ["same aim"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = [f"{row.sectors} x {row.years}", f"{row.model_rows:,}", f"{row.nonzeros:,}"]
        cells += [f"{row.seconds:.2f}", f"{row.clock:.2f}"]
        cells += [str(row.iterations), f"{row.worst:.0e}"]
        for name in peers:
            taken = row.peers[name]
            over = taken is None
            cells.append(f"> {limit:.0f}" if over else f"{taken:.2f}")
            cells.append(("> " if over else "") + f"{(taken or limit) / row.seconds:.1f}")
        cells.append(f"{row.difference:.0e}" if row.difference else "-")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Slope of log time on log size."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def growth(rows: list[Row]) -> list[str]:
    """Return exponents by sectors at equal years, and by years at equal sectors."""
    lines = []
    for fixed, varied in (("years", "sectors"), ("sectors", "years")):
        for value in sorted({getattr(row, fixed) for row in rows}):
            group = sorted(
                (r for r in rows if getattr(r, fixed) == value), key=lambda r: r.nonzeros
            )
            sizes = [getattr(row, varied) for row in group]
            if len(sizes) > 1:
                total = exponent(sizes, [row.seconds for row in group])
                step = exponent(sizes, [row.seconds / row.iterations for row in group])
                lines.append(
                    f"{value} {fixed}, {min(sizes)} to {max(sizes)} {varied}: time grows with "
                    f"{varied} to the power {total:.2f}, a step to the power {step:.2f}"
                )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", help="sectors x years, as 200x5")
    parser.add_argument("--full", action="store_true", help="the sizes aimed at")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each peer")
    parser.add_argument("--no-peers", action="store_true", help="ours alone")
    arguments = parser.parse_args()
    peers = list(PEERS)
    if importlib.util.find_spec("highspy_extras"):
        peers.append("hipo")
    peers = [] if arguments.no_peers else peers
    rows = []
    interior(drawn(0, 20, 3))  # load the libraries
    for size in arguments.sizes or (FULL if arguments.full else SMALL):
        sectors, years = map(int, size.split("x"))
        model = drawn(arguments.seed, sectors, years)
        rows.append(measure(model, sectors, years, peers, arguments.limit))
        print(f"measured {size}", file=sys.stderr)
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "not set")
    print(f"HiGHS {highspy.Highs().version()}, OPENBLAS_NUM_THREADS {threads}\n")
    print(table(rows, peers, arguments.limit))
    print()
    print("\n".join(growth(rows)))


if __name__ == "__main__":
    main()
