"""Tables that a plan's conditions give rise to: targets, accounts and worths of currencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conjuncture.plan.reading.targets import table
from conjuncture.plan.reading.trade import accounts, trade, worths
from conjuncture.plan.regional.places import is_regional
from conjuncture.plan.regional.reading import between, by_territory, price_gaps, shipments

if TYPE_CHECKING:
    import pandas as pd

    from conjuncture.plan.solution import Solution


def condition_tables(solution: Solution) -> dict[str, pd.DataFrame]:
    """Return the tables of the conditions that a plan has; none where it has none.

    Returns
    -------
    dict of str to DataFrame
        ``targets`` (:func:`conjuncture.plan.reading.targets.table`), and where there are
        partners, currencies or credits ``currency_accounts``, ``currency_worths`` and
        ``trade`` (:mod:`conjuncture.plan.reading.trade`). For a plan over territories
        ``territories`` and ``deliveries``, with routes also ``shipments`` and
        ``route_prices`` (:mod:`conjuncture.plan.regional.reading`).
    """
    conditions, found = solution.problem.conditions, {}
    if conditions.targets:
        found["targets"] = table(solution)
    if any((conditions.partners, conditions.currencies, conditions.credits)):
        found["currency_accounts"] = accounts(solution)
        found["currency_worths"] = worths(solution)
        found["trade"] = trade(solution)
    if is_regional(solution.problem):
        unit = f"{solution.problem.unit}/year"
        found["territories"] = by_territory(solution).reset_index().assign(unit=unit)
        found["deliveries"] = between(solution)
        if conditions.routes:
            found["shipments"] = shipments(solution)
            found["route_prices"] = price_gaps(solution)
    return found
