"""Plans on large real tables: 402 products of the United States, 1,435 sectors of the world.

Run ``OPENBLAS_NUM_THREADS=1 python benchmarks/bench_plan_real.py --data FOLDER usa 5``, or
``usa 20``, ``world 5``. The folder holds ``bea_us_2012_2023_useeior`` (BEA detail make and use
tables of 2017, as packaged by useeior), ``wiod_2013_release`` (world table of 2011 as parquet) and
``wiod_2016_niot_sea`` (socio-economic accounts of five countries). Nothing of them is shipped.

Neither table has capital or labour by sector. They are given by donors, so that the plan is
one of a real structure and not of a real economy: capital and persons by unit of output are
those of the United States in 2014 (socio-economic accounts) of the industry that the first digits
of a BEA code name; and in the world table those of the United States, Germany, the United
Kingdom, France and Canada in 2011 for themselves, and their plain mean for all others. Labour of
the world is of 41 kinds, for it does not leave its country, and what is to be had is what the
donors' ratios use in the base year. 5 % of capital wears out in a year (assumed); investment beyond
it is split by the stock. Outlays have one composition, that of the table's investment. What rows
miss by rounding, and the few negative cells, are counted with inventories. Products of the United
States come by the industry-technology model; exports and imports may change by a tenth each year.

Seconds are CPU seconds of the process and by the clock, arrays given; peers as in
``bench_plan_size.py``.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from bench_plan_size import PEERS, peer
from conjuncture.accounts.table import Array
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import build
from conjuncture.plan.programme.outcome import certify
from conjuncture.plan.solvers.structured.interior import interior

WEAR = 0.05
DONORS = ("USA", "DEU", "GBR", "FRA", "CAN")
BEA_TO_ISIC = {
    "111": "A01", "112": "A01", "113": "A02", "114": "A03", "115": "A01", "21": "B", "22": "D35",
    "23": "F", "321": "C16", "327": "C23", "331": "C24", "332": "C25", "333": "C28", "334": "C26",
    "335": "C27", "3361": "C29", "3362": "C29", "3363": "C29", "3364": "C30", "3365": "C30",
    "3366": "C30", "3369": "C30", "337": "C31_C32", "339": "C31_C32", "311": "C10-C12",
    "312": "C10-C12", "313": "C13-C15", "314": "C13-C15", "315": "C13-C15", "316": "C13-C15",
    "322": "C17", "323": "C18", "324": "C19", "3254": "C21", "325": "C20", "326": "C22",
    "42": "G46", "44": "G47", "45": "G47", "4B": "G47", "481": "H51", "483": "H50", "48": "H49",
    "491": "H53", "492": "H53", "493": "H52", "511": "J58", "512": "J59_J60", "515": "J59_J60",
    "517": "J61", "518": "J62_J63", "519": "J62_J63", "524": "K65", "523": "K66", "52": "K64",
    "53": "L68", "5411": "M69_M70", "5412": "M69_M70", "5413": "M71", "5417": "M72",
    "5418": "M73", "54": "M74_M75", "55": "M69_M70", "56": "N", "61": "P85", "62": "Q", "71": "R_S",
    "72": "I", "81": "R_S", "S": "O84", "G": "O84",
}  # fmt: skip
"""Donor industry of a BEA code: the longest of these that it begins with."""
WIOD_TO_ISIC = [
    "A01 A02 A03", "B", "C10-C12", "C13-C15", "C13-C15", "C16", "C17 C18", "C19", "C20 C21", "C22",
    "C23", "C24 C25", "C28", "C26 C27", "C29 C30", "C31_C32", "D35 E36", "F", "G45", "G46", "G47",
    "I", "H49", "H50", "H51", "H52", "H53 J61", "K64 K65 K66", "L68", "J62_J63 M69_M70 M71 N",
    "O84", "P85", "Q", "R_S", "R_S",
]  # fmt: skip
"""Donor industries of the 35 of the world table, in its order."""


def ratios(data: Path, country: str, year: int) -> pd.DataFrame:
    """Capital, persons (thousands) and output of a country's industries (million of its money)."""
    sea = pd.read_csv(data / "wiod_2016_niot_sea" / "sea_5countries_2000_2014.csv")
    own = sea[(sea["country"] == country) & (sea["year"] == year)].set_index("code")
    return own[["K", "EMP", "GO"]].astype(float)


def joined(own: pd.DataFrame, codes: str) -> tuple[float, float]:
    part = own.reindex(codes.split()).fillna(0.0).sum()
    return (part["K"] / part["GO"], part["EMP"] / part["GO"]) if part["GO"] else (0.0, 0.0)


def plan(
    parts: dict[str, Any], years: int, first: int, investment: Array, ratio: Array, labour: Array
) -> Problem:
    """Add capital and works by donor ratios, and the labour that the base year uses."""
    x, total = parts["output"], float(investment.sum())
    capital = ratio * x
    begun = WEAR * capital
    begun = begun + capital * ((total - begun.sum()) / capital.sum())
    claims = parts["exports"] - parts["imports"] + parts["consumption"] + parts["public"]
    rest = x - parts["coefficients"] @ x - claims - investment
    return Problem.from_arrays(
        **parts, sectors=[f"s{k}" for k in range(x.size)],
        years=range(first, first + years), inventories=rest, composition=investment / total,
        capital=(1 - WEAR) * capital + begun, capital_output=ratio, depreciation=WEAR,
        works=begun[None], labour_kinds=[f"l{k}" for k in range(len(labour))],
        labour_units=["persons"] * len(labour), labour_coefficients=labour,
        labour_available=labour @ x,
        exceptions={"inventories": tuple(f"s{k}" for k in range(x.size))},
    )  # fmt: skip


def usa(data: Path, years: int) -> Problem:
    folder = data / "bea_us_2012_2023_useeior"
    use = pd.read_parquet(folder / "detail_2017_use.parquet").set_index("code").fillna(0.0)
    make = pd.read_parquet(folder / "detail_2017_make.parquet").set_index("code").fillna(0.0)
    products, industries = list(use.index[:402]), list(make.index[:402])
    U = np.maximum(use.loc[products, industries].to_numpy(float), 0.0)
    V = np.maximum(make.loc[industries, products].to_numpy(float), 0.0)
    x, q = V.sum(axis=1), V.sum(axis=0)
    A = (U / np.where(x > 0, x, 1.0)) @ (V / np.where(q > 0, q, 1.0))
    final = use.loc[products]
    of = lambda *names: final[list(names)].to_numpy(float).sum(axis=1)  # noqa: E731
    kinds = [name for name in final if name.startswith("F") and name[3:4] in "ENSR"]
    investment = np.maximum(of(*kinds), 0.0)
    own = ratios(data, "USA", 2014)
    found = []
    for code in products:
        key = max((k for k in BEA_TO_ISIC if code.startswith(k)), key=len, default="")
        found.append(joined(own, BEA_TO_ISIC.get(key, "R_S")))
    ratio, persons = np.array(found).T * (q > 0)
    parts = {
        "name": "usa 2017, 402 products", "unit": "million USD", "output": q, "coefficients": A,
        "consumption": np.maximum(of("F01000"), 0.0), "exports": np.maximum(of("F04000"), 0.0),
        "imports": np.maximum(-of("F05000"), 0.0),
        "public": np.maximum(of("F06C00", "F07C00", "F10C00"), 0.0),
    }  # fmt: skip
    return plan(parts, years, 2018, investment, ratio, persons[None])


def world(data: Path, years: int) -> Problem:
    folder = data / "wiod_2013_release"
    cells = pd.read_parquet(folder / "wiot_2011.parquet")
    M = np.zeros((1435, 1641))
    M[cells["row"], cells["col"]] = cells["musd"]
    Z, F, x = M[:, :1435], M[:, 1435:1640].reshape(1435, 41, 5).sum(axis=1), M[:, 1640]
    countries = pd.read_csv(folder / "countries.csv")["country"].tolist()
    each = {c: np.array([joined(ratios(data, c, 2011), k) for k in WIOD_TO_ISIC]) for c in DONORS}
    mean = np.mean(list(each.values()), axis=0)
    both = np.concatenate([each.get(c, mean) for c in countries])
    ratio, persons = both.T * (x > 0)
    labour = np.kron(np.eye(41), np.ones(35)) * persons
    parts = {
        "name": "world 2011, 1,435 sectors", "unit": "million USD", "output": x,
        "coefficients": Z / np.where(x > 0, x, 1.0),
        "consumption": np.maximum(F[:, 0] + F[:, 1], 0.0),
        "public": np.maximum(F[:, 2], 0.0),
        "exports": np.zeros(1435), "imports": np.zeros(1435),
    }  # fmt: skip
    return plan(parts, years, 2012, np.maximum(F[:, 3], 0.0), ratio, labour)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", choices=["usa", "world"])
    parser.add_argument("years", type=int)
    parser.add_argument("--data", type=Path, required=True, help="folder of the tables")
    parser.add_argument("--peers", nargs="*", default=None, help="simplex, ipx, hipo; default all")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds by the clock, each")
    given = parser.parse_args()
    problem = {"usa": usa, "world": world}[given.table](given.data, given.years)
    model = build(problem)
    print(f"{problem.name}, {given.years} years: {model.rows.size:,} rows, "
          f"{model.nonzeros:,} coefficients")  # fmt: skip
    clock, cpu = time.perf_counter(), time.process_time()
    outcome = interior(model)
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    print(f"structured: {cpu:.2f} s of CPU, {clock:.2f} by the clock, {outcome.iterations} steps, "
          f"{outcome.status}", flush=True)  # fmt: skip
    if outcome.status != "optimal":
        print(outcome.method)
    else:
        aim = float(model.cost @ outcome.values)
        level = outcome.values[model.columns["level"]]
        print(f"certificate {certify(model, outcome).worst:.1e}; consumption {level.round(4)}")
    peers = PEERS + (["hipo"] if importlib.util.find_spec("highspy_extras") else [])
    for name in peers if given.peers is None else given.peers:
        spent = time.process_time()
        seconds, other = peer(model, name, given.limit)
        spent = time.process_time() - spent
        if seconds is None:  # the limit goes by the clock
            print(f"{name}: not solved in {spent:.1f} s of CPU, ratio > {spent / cpu:.1f}")
        else:
            gap = abs(aim / other - 1.0)
            print(f"{name}: {seconds:.2f} s, ratio {seconds / cpu:.1f}, aims equal to {gap:.0e}")


if __name__ == "__main__":
    main()
