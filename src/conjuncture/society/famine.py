"""Famine: deaths where the food that people can claim falls short."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism

Array = npt.NDArray[np.float64]

LARGEST = 0.1
"""Largest share of a people that a famine takes in a year; none on record took more."""


def _none(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.population)
    return {
        "famine": zero,
        "food_habit": np.asarray(x.now.food_habit),
        "food_towns": zero + 1.0,
        "food_farms": zero + 1.0,
    }


@mechanism(
    "Famine",
    phase="policy",
    sources=("sen_1981", "o_grada_2009"),
    paragraphs=("1.20", "5.3"),
    reads=(
        "population",
        "food_start",
        "food_habit",
        "base_output",
        "base_imports",
        "base_exports",
        "base_population",
        "harvest",
        "planning_coverage",
        "procurement_share",
    ),
    lagged=("output", "imports", "exports", "employment", "harvest", "aid_received", "gdp_world"),
    writes=("famine", "food_habit", "food_towns", "food_farms"),
    parameters=(
        Parameter(
            "elasticity",
            "fall of food in per cent per per cent of farm products at hand per head",
            "1",
            Prior(kind="uniform", low=0.5, high=1.0),
            "assumed",
            "herds, feed and fibres give way before bread does; where people live on bread, "
            "there is little else to give way",
        ),
        Parameter(
            "threshold",
            "food per head relative to the habitual amount below which people die of want",
            "1",
            Prior(kind="uniform", low=0.4, high=0.6),
            "assumed",
            "what a body needs at rest is about half of what it is used to at work",
        ),
        Parameter(
            "spread",
            "standard deviation of the logarithm of food among people of one place",
            "1",
            Prior(kind="uniform", low=0.15, high=0.35),
            "assumed",
            "food is spread less than income; districts and households differ by a fifth or more",
            limits=(0.01, 1.0),
        ),
        Parameter(
            "habituation",
            "share of the gap between habitual and present food that closes in a year",
            "1/year",
            Prior(kind="uniform", low=0.05, high=0.2),
            "assumed",
            "half of a lasting fall is usual after three to fourteen years; its deaths are then in "
            "the life expectancy that product per head brings",
        ),
        Parameter(
            "response",
            "share of people who die in a year per unit of food below the threshold",
            "1/year",
            Prior(kind="lognormal", median=0.06, sigma=0.5),
            "assumed",
            "famines before 1945 took from one to some five per cent where food fell a fifth to "
            "two fifths below what sustains life",
            limits=(0.0, 1.0),
        ),
    ),
    off=_none,
)
def famine(x: Inputs) -> Outputs:
    """Let people die in proportion to how far their entitlement to food falls short.

    Food per head f relative to before the war is farm products at hand in a
    normal harvest, trade counted, to the power of elasticity.
    Where a plan takes fixed deliveries q, a harvest h leaves farms
    f (h - q) / (1 - q) and towns f min(1, h / q), so that a bad one falls on those
    who grow the food; elsewhere both have f h. Aid is added. What people get is
    lognormal around this; those below the threshold die at response x shortfall,
    counted beyond what habitual food brings (Sen 1981: entitlement, not supply).
    Habit follows f slowly: lasting want is a matter of life expectancy.
    """
    farm = x.sectors.index("agriculture")
    coverage, harvest = x.now.planning_coverage, x.now.harvest
    quota = np.clip(x.now.procurement_share / np.maximum(coverage, 1e-9), 0.0, 0.95)
    food = (x.now.food_start * _at_hand(x, farm)) ** x.p.elasticity
    aid = x.lag.aid_received / np.maximum(x.lag.gdp_world, 1e-9)
    left = np.maximum(harvest - quota, 0.0) / (1.0 - quota)
    supplied = np.where(quota > 0, np.minimum(harvest / np.maximum(quota, 1e-9), 1.0), harvest)
    farms = food * (coverage * left + (1.0 - coverage) * harvest) + aid
    towns = food * (coverage * supplied + (1.0 - coverage) * harvest) + aid
    growers = _share_of_farms(x, farm)
    hungry = growers * _shortfall(x, farms) + (1.0 - growers) * _shortfall(x, towns)
    usual_hunger = _shortfall(x, x.now.food_habit)
    rate = x.p.response * np.maximum(hungry - usual_hunger, 0.0)
    return {
        "famine": np.minimum(rate, LARGEST) * x.now.population,
        "food_habit": x.now.food_habit + x.p.habituation * (food - x.now.food_habit),
        "food_towns": towns,
        "food_farms": farms,
    }


def _at_hand(x: Inputs, farm: int) -> Array:
    """Return farm products per head in a normal harvest relative to the base year.

    What is exported beyond the base year's exports, fibres among them, is food forgone.
    """
    grown = x.lag.output[..., farm] / np.maximum(x.lag.harvest, 1e-9)
    sold = x.lag.exports[..., farm] - x.now.base_exports[..., farm]
    now = grown + x.lag.imports[..., farm] - sold
    base = x.now.base_output[..., farm] + x.now.base_imports[..., farm]
    people = x.now.base_population / np.maximum(x.now.population, 1e-9)
    return np.asarray(np.maximum(now / np.maximum(base, 1e-12) * people, 1e-6))


def _shortfall(x: Inputs, food: Array) -> Array:
    """Return the mean of max(threshold - F, 0) for F lognormal with mean ``food``."""
    least, spread = x.p.threshold, x.p.spread
    mean = np.maximum(food, 1e-9)
    reach = (np.log(least / mean) + 0.5 * spread**2) / spread
    return np.asarray(least * ndtr(reach) - mean * ndtr(reach - spread))


def _share_of_farms(x: Inputs, farm: int) -> Array:
    jobs = x.lag.employment
    return np.asarray(jobs[..., farm] / np.maximum(jobs.sum(-1), 1e-12))
