"""Fixed capital: building, restoration and wear."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism


def _as_building(x: Inputs) -> Outputs:
    one = np.ones_like(x.now.restorable_share)
    return {"restoration_cost": one, "restoration_limit": one}


@mechanism(
    "Cost and pace of restoration",
    phase="start",
    sources=("janossy_1966",),
    paragraphs=("5.3",),
    reads=("restorable_share",),
    writes=("restoration_cost", "restoration_limit"),
    parameters=(
        Parameter(
            "cost",
            "cost of restoring a unit of damaged capital relative to building it anew",
            "1",
            Prior(kind="uniform", low=0.3, high=0.8),
            "assumed",
            "restoration is cheaper than building, or it would not be done; sites, foundations "
            "and part of the equipment stand",
            limits=(0.01, 1.0),
        ),
        Parameter(
            "limit",
            "share of the damage that can be restored in a year",
            "1/year",
            Prior(kind="uniform", low=0.25, high=0.6),
            "assumed",
            "draining, clearing and site labour take time; two to four years for most of it",
        ),
    ),
    off=_as_building,
)
def investment_technology(x: Inputs) -> Outputs:
    """Set the cost and the pace of restoration, alike for all property regimes."""
    one = np.ones_like(x.now.restorable_share)
    return {"restoration_cost": x.p.cost * one, "restoration_limit": x.p.limit * one}


@mechanism(
    "Accumulation of capital",
    phase="investment",
    sources=("leontief_1953",),
    reads=(
        "capital",
        "damaged_capital",
        "building",
        "restoration",
        "depreciation",
        "fixed_assets_index",
    ),
    writes=("capital", "damaged_capital", "fixed_assets_index"),
)
def accumulation(x: Inputs) -> Outputs:
    """Carry capital over the year: wear, what was built, what was restored.

    K' = (1 - depreciation) K + building + restoration; D' = D - restoration.
    What is built in a year is in use from the next.
    """
    capital = (1.0 - x.now.depreciation) * x.now.capital + x.now.building + x.now.restoration
    growth = capital.sum(axis=-1) / x.now.capital.sum(axis=-1)
    return {
        "capital": capital,
        "damaged_capital": np.maximum(x.now.damaged_capital - x.now.restoration, 0.0),
        "fixed_assets_index": x.now.fixed_assets_index * growth,
    }
