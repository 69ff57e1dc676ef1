"""Who consumes what: consumption by group of households, in money and per head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions.households import bundles
from conjuncture.plan.conditions.part import reader

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

REST = "all others"
"""Name of those who are in no group and consume at the common level."""
CONSUMED = ("consumption", "consumption of groups", "additional consumption")
"""Columns of balances that are consumption of households."""


def consumed(balances: pd.DataFrame) -> pd.Series:
    """Return all consumption of households: the common level, groups, and wants."""
    return balances[[name for name in CONSUMED if name in balances]].sum(axis=1)


def distribution(solution: Solution) -> pd.DataFrame:
    """Return consumption by group of households and year.

    Parameters
    ----------
    solution : Solution
        An optimal plan.

    Returns
    -------
    DataFrame
        Columns ``year, group``; ``level`` (1 = the group's bundle of the base year); ``money``
        (money/year at the table's prices); ``base`` (the same in the base year); ``share`` of
        all consumption of the year, additional consumption (wants) left aside; ``size``
        (persons) and ``per_head`` (money per person and year), not a number where the size is
        not given; ``unit``. Those in no group come last, as ``all others``. Empty for a plan
        without groups.

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.
    """
    columns = ["year", "group", "level", "money", "base", "share", "size", "per_head", "unit"]
    p = solution.require_optimal().problem
    groups = p.conditions.households
    if not groups:
        return pd.DataFrame(columns=columns)
    names = [group.name for group in groups]
    amounts = solution.amounts("household").pivot(index="year", columns="label", values="amount")
    level = np.column_stack([amounts[names].to_numpy(), solution.consumption_level])
    base = np.append(bundles(p, groups).sum(axis=1), solution.model.bundle.sum())
    if not solution.model.bundle.any():
        level, base = level[:, :-1], base[:-1]
    else:
        names.append(REST)
    money = level * base
    size = _sizes(solution, level.shape)
    years, _ = np.meshgrid(p.years, names, indexing="ij")
    return pd.DataFrame(
        {
            "year": years.ravel(),
            "group": names * p.periods,
            "level": level.ravel(),
            "money": money.ravel(),
            "base": np.tile(base, p.periods),
            "share": (money / money.sum(axis=1, keepdims=True)).ravel(),
            "size": size.ravel(),
            "per_head": (money / size).ravel(),
            "unit": p.unit,
        }
    )[columns]


def _sizes(solution: Solution, shape: tuple[int, ...]) -> Array:
    """Return the size of every group (T x groups); not a number where it is not given."""
    p, found = solution.problem, np.full(shape, np.nan)
    for number, group in enumerate(p.conditions.households):
        if group.size:
            found[:, number] = reader(p, "households", number).years(group.size, "size")
    return found
