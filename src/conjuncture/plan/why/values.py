"""Labour values, and shadow prices laid beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from conjuncture.accounts.leontief import solve
from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, Faults, InputError
from conjuncture.plan.problem import Problem

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution


def labour_values(problem: Problem, year: int, *, wear: bool = False) -> pd.DataFrame:
    """Return the labour that one unit of each product embodies, directly and indirectly.

    v = l + v A, solved as (I - A)' v = l'. Imported inputs count as if they were made
    by the domestic sector of the same label.

    Parameters
    ----------
    problem : Problem
    year : int
        Year of the labour coefficients.
    wear : bool
        Whether to add the labour embodied in the capital that wears out:
        A + b (delta kappa)' in place of A, with b the composition of outlays.

    Returns
    -------
    DataFrame
        Columns ``product, kind, value, unit``; the unit is labour per money
        (``thousand persons per million USD``). Products without a sector, whose
        labour is not known, have no row.

    Raises
    ------
    InputError
        If the plan has no labour, does not cover the year, or the coefficients
        are not productive.

    Notes
    -----
    L. L. Pasinetti (1977), Lectures on the Theory of Production, ch. 5; with wear,
    A. Brody (1970), Proportions, Prices and Planning.
    """
    faults = Faults(problem.name)
    if not problem.labour_kinds:
        faults.add("has no labour, so no labour values", "give labour", field="labour_kinds")
    if year not in problem.years:
        span = f"{problem.years[0]}-{problem.years[-1]}"
        faults.add("lies outside the plan", f"give a year of {span}", field="year", value=year)
    if len(faults):
        raise InputError(faults)
    made = problem.output > 0
    per_unit = problem.labour_coefficients[problem.years.index(year)] * made
    embodied = solve(_inputs(problem, wear).T, per_unit.T, problem.sectors)
    names = np.array(problem.sectors)[made]
    frames = [
        pd.DataFrame(
            {
                "product": names,
                "kind": kind,
                "value": embodied[made, k],
                "unit": f"{problem.labour_units[k]} per {problem.unit}",
            }
        )
        for k, kind in enumerate(problem.labour_kinds)
    ]
    return pd.concat(frames, ignore_index=True)


def _inputs(problem: Problem, wear: bool) -> Array:
    """Return inputs per unit of output, with replacement of worn-out capital if asked."""
    A: Any = problem.coefficients * (problem.output > 0)
    if not wear:
        return A if issparse(A) else np.asarray(A)
    if issparse(problem.coefficients):
        remedy = "ask without wear, or give the coefficients as a dense array"
        fault = Fault("wear would fill sparse coefficients", remedy, problem.name, "wear")
        raise InputError(fault)
    replaced = problem.depreciation * problem.capital_output * (problem.output > 0)
    return np.asarray(A + problem.composition * replaced)


def prices_and_values(solution: Solution, year: int, *, wear: bool = False) -> pd.DataFrame:
    """Return shadow prices of products beside their labour values.

    Returns
    -------
    DataFrame
        Rows product; columns ``price`` (money of discounted consumption per unit),
        and for every kind of labour ``value KIND`` (labour per money) and
        ``ratio KIND``: price by value, relative to the same ratio of the year's
        consumption bundle. A ratio above 1 marks a product that is dearer than its
        labour, by scarce capacity, imports or rules.

    Raises
    ------
    InputError
        As :func:`labour_values`, or if the plan is not optimal.
    """
    solution.require_optimal()
    problem = solution.problem
    found = solution.shadow_prices()
    chosen = found[(found["kind"] == "product") & (found["year"] == year)]
    values = labour_values(problem, year, wear=wear)
    frame = pd.DataFrame({"price": chosen.set_index("label")["value"]}).rename_axis("product")
    bundle = pd.Series(problem.consumption, index=list(problem.sectors))
    for kind in problem.labour_kinds:
        value = values[values["kind"] == kind].set_index("product")["value"]
        frame[f"value {kind}"] = value.reindex(frame.index)
        known = frame[f"value {kind}"].notna()
        weights = bundle[frame.index].where(known, 0.0)
        embodied = float((weights * frame[f"value {kind}"].fillna(0.0)).sum())
        mean = float((weights * frame["price"]).sum()) / embodied if embodied > 0 else np.nan
        positive = frame[f"value {kind}"] > 0
        ratio = frame["price"] / frame[f"value {kind}"].where(positive) / mean
        frame[f"ratio {kind}"] = ratio
    return frame
