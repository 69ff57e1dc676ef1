"""Which techniques a plan chooses, and what each costs at the plan's prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions import by_products
from conjuncture.plan.conditions.technique import BASE, inputs_of, outputs_of, sectors_of
from conjuncture.plan.conditions.techniques import total_output
from conjuncture.plan.programme.dense import inputs as own_inputs
from conjuncture.plan.why.decompose import aim_term, decompose, row_prices

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution
    from conjuncture.plan.why.decompose import Term

_CAPITAL = ("capacity", "terminal capital", "asset capacity", "asset terminal capital",
            "technique capacity", "technique terminal capital")  # fmt: skip


def techniques(solution: Solution) -> pd.DataFrame:
    """Return the choice of techniques, year by year, with the cost of each at shadow prices.

    Returns
    -------
    DataFrame
        One row for every year, sector with techniques, and technique, the table's own
        (``base technique``) first; columns ``year, sector, technique``, ``amount``
        (money/year) and ``share`` (of the product made by all of them); then, per unit
        of the product in money of the aim: ``worth`` of the product and ``joint`` of
        what comes with it; cost of ``inputs``, ``labour`` and ``capital`` (capacity, and
        capital to be left); ``rules`` (pace, limits of amount and share, and the
        technique's own weight in the aim); and ``loss``: cost less worth. A technique in
        use loses nothing; an unused one would lose so much per unit. A negative loss is
        what one not at hand yet would gain.

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.

    Notes
    -----
    Choice of techniques by shadow prices: L. V. Kantorovich (1965 [1959]), The Best Use
    of Economic Resources, ch. 1; T. C. Koopmans (1951), Analysis of production as an
    efficient combination of activities, in Activity Analysis of Production and Allocation.
    """
    solution.require_optimal()
    p, named = solution.problem, solution.problem.conditions.techniques
    of, made = sectors_of(p), total_output(solution.model, solution.outcome.values)
    inputs, outputs = inputs_of(p), outputs_of(p)
    joint = by_products.matrix(p, p.conditions.by_products)
    amounts = _amounts(solution)
    lines: list[dict[str, object]] = []
    for t, year in enumerate(p.years):
        for j in dict.fromkeys(of.tolist()):
            sector = p.sectors[j]
            place: dict[str, object] = {"year": year, "sector": sector}
            if p.output[j] > 0:
                x = float(solution.output[t, j])
                cost = _cost(solution, "output", sector, t, j, own_inputs(p, j), joint[:, j])
                lines.append({**place, "technique": BASE, **_amount(x, made[t, j]), **cost})
            for q in np.flatnonzero(of == j).tolist():
                name, y = named[q].name, float(amounts[t, q])
                cost = _cost(solution, "technique", name, t, j, inputs[:, q], outputs[:, q])
                lines.append({**place, "technique": name, **_amount(y, made[t, j]), **cost})
    names = ["year", "sector", "technique", "amount", "share", "worth", "joint", "inputs",
             "labour", "capital", "rules", "loss"]  # fmt: skip
    return pd.DataFrame(lines, columns=names)


def _amounts(solution: Solution) -> Array:
    block, model = solution.model.columns.blocks.get("technique"), solution.model
    if block is None:
        return np.zeros((solution.problem.periods, 0))
    return np.asarray(solution.outcome.values[block.index] * model.column_scale[block.index])


def _amount(amount: float, total: float) -> dict[str, float]:
    return {"amount": amount, "share": amount / total if total > 0 else 0.0}


def _cost(
    solution: Solution, activity: str, label: str, t: int, j: int, inputs: Array, outputs: Array
) -> dict[str, float]:
    """Return worth and cost of one unit of an activity at shadow prices."""
    rows, year = solution.model.rows["product"][t], solution.problem.years[t]
    prices = -row_prices(solution)[rows]
    found = {
        "worth": float(prices[j]),
        "joint": float(outputs @ prices),
        "inputs": float(inputs @ prices),
    }
    terms = [x for x in decompose(solution, activity, label, year) if x.kind != "product"]
    idle = [x for x in terms if x.kind == f"{activity} minimum"]
    early = [x for x in terms if x.kind == "technique availability"]
    rest = [x for x in terms if x not in (*idle, *early)]
    found["labour"] = _sum([x for x in rest if x.kind == "labour"])
    found["capital"] = _sum([x for x in rest if x.kind in _CAPITAL])
    found["rules"] = _sum([x for x in rest if x.kind not in ("labour", *_CAPITAL)])
    column = int(solution.model.columns[activity][t][_place(solution, activity, label)])
    counted = aim_term(solution, activity, label, year, 1.0, column)
    found["rules"] += counted.value if counted is not None else 0.0
    cost = found["inputs"] + found["labour"] + found["capital"] + found["rules"]
    return {**found, "loss": cost - found["worth"] - found["joint"]}


def _place(solution: Solution, activity: str, label: str) -> int:
    return solution.model.columns.blocks[activity].names.index(label)


def _sum(terms: list[Term]) -> float:
    return float(sum(term.value for term in terms))
