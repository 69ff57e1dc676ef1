"""Memory: what years before politics looks back to."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import Array

LONG_AGO = 100.0
"""Years beyond which an event is forgotten."""


@mechanism(
    "What politics looks back to",
    phase="accounts",
    sources=("goemans_archigos_2009",),
    reads=(
        "income_1",
        "income_2",
        "income_3",
        "defeat_age",
        "removal_age",
        "tenure",
        "troops",
        "gdp_per_head",
        "defeated",
        "upheaval",
        "coup",
        "revolution",
        "ending",
    ),
    writes=(
        "income_1",
        "income_2",
        "income_3",
        "income_4",
        "defeat_age",
        "removal_age",
        "tenure",
        "troops_before",
    ),
)
def political_memory(x: Inputs) -> Outputs:
    """Carry incomes, troops and the years since defeats and removals forward.

    Years since an event are 0 at the close of its year and rise by one a year,
    up to a century. A removal is a coup, or an uprising that won; those whom a
    revolution brought to power do not answer for the old rulers' lost war.
    """
    now = x.now
    removed = (now.coup > 0) | (now.revolution > 0) | (now.upheaval > 0)
    fallen = removed | (now.ending > 0)
    defeat_age = _age(now.defeat_age, now.defeated > 0)
    return {
        "income_1": now.gdp_per_head,
        "income_2": now.income_1,
        "income_3": now.income_2,
        "income_4": now.income_3,
        "defeat_age": np.where(now.revolution > 0, LONG_AGO, defeat_age),
        "removal_age": _age(now.removal_age, removed),
        "tenure": _age(now.tenure, fallen),
        "troops_before": now.troops + 0.0,
    }


def _age(age: Array, event: Array) -> Array:
    return np.where(event, 0.0, np.minimum(age + 1.0, LONG_AGO))
