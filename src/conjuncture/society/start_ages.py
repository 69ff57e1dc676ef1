"""The people of the base year by age: a stable population that a war has thinned."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.society import ages

REFERENCE_INCOME = 5000.0
"""International dollars of 2011 per head at which the level of life expectancy is stated."""


@mechanism(
    "Ages at the start",
    phase="start",
    sources=("lotka_1939", "preston_1975", "siler_1979", "leslie_1945"),
    paragraphs=("5.3",),
    reads=(
        "population",
        "population_growth",
        "base_income_per_head",
        "war_deaths_share",
        "working_age_share",
        "working_age_known",
        "participation",
    ),
    writes=("cohorts", "life_expectancy_start", "fertility_start", "activity_rate"),
    parameters=(
        Parameter(
            "level",
            "life expectancy at a product per head of 5000 international dollars of 2011",
            "years",
            Prior(kind="uniform", low=48.0, high=60.0),
            "assumed",
            "no life table is shipped; the range lies between what poor and rich countries of the "
            "thirties had",
            limits=(25.0, 75.0),
        ),
        Parameter(
            "slope",
            "years of life per unit of the logarithm of product per head",
            "years",
            Prior(kind="uniform", low=8.0, high=14.0),
            "assumed",
            "a tenfold product went with twenty to thirty years more of life across countries",
            limits=(0.0, 30.0),
        ),
        Parameter(
            "arms_age",
            "share of the war's dead taken from ages 15 to 49 alone; the rest is taken from all",
            "1",
            Prior(kind="uniform", low=0.3, high=0.7),
            "assumed",
            "soldiers were of these ages, civilians of all; no source seen divides all losses",
        ),
        Parameter(
            "unborn",
            "children not born, or lost in their first years, per dead of the war",
            "1",
            Prior(kind="uniform", low=0.1, high=0.5),
            "assumed",
            "births fell where men were away; no count to the end of 1945 was seen",
            limits=(0.0, 2.0),
        ),
    ),
)
def start_ages(x: Inputs) -> Outputs:
    """Reconstruct the ages of the base year from growth, income and the war's dead.

    Before the war the population is stable: n(a) follows from life expectancy,
    e = level + slope ln(y / 5000), and from its growth. The dead are taken from
    it, a share from ages 15 to 49, and the young children not born. Where the
    number of working age is recorded, the ages are scaled to it. Lifetime
    births are those that the pre-war growth needs.
    """
    expected = x.p.level + x.p.slope * np.log(x.now.base_income_per_head / REFERENCE_INCOME)
    expected = np.clip(expected, 28.0, 70.0)
    shares, children = ages.stable(expected, np.clip(x.now.population_growth, -0.03, 0.04))
    dead = np.clip(x.now.war_deaths_share, 0.0, 0.5)[..., None]
    arms = np.zeros_like(shares)
    arms[..., ages.FERTILE] = shares[..., ages.FERTILE]
    arms /= arms.sum(-1, keepdims=True)
    by_age = x.p.arms_age[..., None] * arms + (1.0 - x.p.arms_age[..., None]) * shares
    left = np.maximum(shares - dead * by_age, 0.1 * shares)
    unborn = (x.p.unborn * dead[..., 0])[..., None]
    left[..., :1] = np.maximum(left[..., :1] - unborn, 0.3 * left[..., :1])
    left /= left.sum(-1, keepdims=True)
    working = left[..., ages.WORKING].sum(-1)
    wanted = np.where(x.now.working_age_known > 0.5, x.now.working_age_share, working)
    scale = np.repeat(((1.0 - wanted) / (1.0 - working))[..., None], ages.COUNT, axis=-1)
    scale[..., ages.WORKING] = (wanted / working)[..., None]
    force = x.now.participation * x.now.working_age_share
    return {
        "cohorts": x.now.population[..., None] * left * scale,
        "life_expectancy_start": expected,
        "fertility_start": children,
        "activity_rate": force / wanted,
    }
