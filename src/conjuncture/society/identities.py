"""The check that people and incomes add up."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism


@mechanism(
    "Identities of society",
    phase="accounts",
    sources=("sna_2008", "milanovic_2011"),
    reads=(
        "national_income",
        "consumption",
        "base_consumption",
        "base_population",
        "population",
        "cohorts",
        "population_mean",
        "strata_population",
        "strata_income",
        "strata_consumption",
    ),
    writes=("society_residual",),
)
def society_identities(x: Inputs) -> Outputs:
    """Find the largest relative gap of the identities of people and incomes.

    Ages sum to the population at the opening, strata to the mean population, strata's
    incomes to the domestic product, strata's consumption to that of households.
    """
    base = x.now.base_consumption.sum(-1) / np.maximum(x.now.base_population, 1e-12)
    spent = base * (x.now.strata_population * x.now.strata_consumption).sum(-1)
    pairs = (
        (x.now.cohorts.sum(-1), x.now.population),
        (x.now.strata_population.sum(-1), x.now.population_mean),
        (x.now.strata_income.sum(-1), x.now.national_income),
        (spent, x.now.consumption.sum(-1)),
    )
    gaps = [np.abs(parts - whole) / np.maximum(np.abs(whole), 1e-9) for parts, whole in pairs]
    return {"society_residual": np.max(np.stack(gaps), axis=0)}
