"""What conditions of a plan do in a year, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from conjuncture.plan.conditions.households import bundles
from conjuncture.plan.why.decompose import row_prices
from conjuncture.plan.why.words import aim_unit, number

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_SHOWN = 5
_NOTHING = 1e-9
_ROUNDING = 1e-7


def notes(solution: Solution, year: int) -> tuple[str, ...]:
    """Say how much of what conditions allow is done in a year, and what groups' bundles cost.

    Parameters
    ----------
    solution : Solution
        An optimal plan.
    year : int

    Returns
    -------
    tuple of str
        One sentence for each block of activities that conditions add, and one for each group
        of households; none for a plan without conditions.
    """
    return (*_amounts(solution, year), *_groups(solution, year))


def _amounts(solution: Solution, year: int) -> Iterator[str]:
    frame = solution.activities()
    frame = frame[(frame["year"] == year) & (frame["block"] != "household")]
    for what, rows in frame.groupby("what", sort=False):
        done = rows[rows["amount"].abs() > max(_NOTHING, _ROUNDING * rows["amount"].abs().max())]
        done = done.reindex(done["amount"].abs().sort_values(ascending=False, kind="stable").index)
        parts = [
            f"{row['label']} {number(row['amount'])} {row['unit']}".strip()
            for row in done.head(_SHOWN).to_dict("records")
        ]
        if len(done) > _SHOWN:
            parts.append(f"and {len(done) - _SHOWN} more")
        title = f"{str(what)[:1].upper()}{str(what)[1:]} in {year}"
        yield f"{title}: {'; '.join(parts) if parts else 'none'}."


def _groups(solution: Solution, year: int) -> Iterator[str]:
    p, model = solution.problem, solution.model
    groups = p.conditions.households
    if not groups:
        return
    t = p.years.index(year)
    price = -row_prices(solution)[model.rows["product"][t]]
    at = model.columns["household"][t]
    level = solution.outcome.values[at] * model.column_scale[at]
    unit = aim_unit(p.unit, model.aim_unit)
    counts = model.cost[at] * model.aim_scale / model.column_scale[at]
    for k, (group, own) in enumerate(zip(groups, bundles(p, groups), strict=True)):
        tied = np.broadcast_to(group.relative, p.periods)[t] * solution.consumption_level[t]
        above = level[k] - tied
        stands = "at the level tied to the common one"
        if abs(above) > _NOTHING * max(1.0, level[k]):
            stands = f"{number(above)} above the level tied to the common one"
        if not np.broadcast_to(group.relative, p.periods)[t]:
            stands = "not tied to the common level"
        yield (
            f"Consumption of {group.name} in {year} is {number(float(level[k]))} of its base "
            f"year, {stands}. Its whole bundle costs {number(float(price @ own))} {unit} at "
            f"these prices; what is above counts {number(float(counts[k]))} in the aim."
        )
