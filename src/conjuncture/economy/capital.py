"""Fixed capital: building, restoration and wear."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

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
        "efficiency_ahead",
        "fixed_assets_index",
    ),
    lagged=("capital_loss", "capital_damage"),
    writes=("capital", "damaged_capital", "fixed_assets_index"),
)
def accumulation(x: Inputs) -> Outputs:
    """Carry capital over the year: wear, losses, what was built, what was restored.

    K' = (1 - depreciation u) (1 - loss) K + building + restoration, with u the share that
    can be used, since what stands idle for want of supply wears less;
    D' = (1 - loss) (D - restoration) + damage K, with the losses that war, a change of
    property and dismantling left behind last year. What is built in a year is in
    use from the next.
    """
    left = (1.0 - x.lag.capital_loss) * x.now.capital
    worn = x.now.depreciation * x.now.efficiency_ahead[..., 0, :]
    capital = (1.0 - worn) * left + x.now.building + x.now.restoration
    growth = capital.sum(axis=-1) / x.now.capital.sum(axis=-1)
    return {
        "capital": capital,
        "damaged_capital": _damaged(x),
        "fixed_assets_index": x.now.fixed_assets_index * growth,
    }


def _damaged(x: Inputs) -> npt.NDArray[np.float64]:
    """Return what can still be restored: less what was restored, with new damage."""
    stand = np.clip(1.0 - x.lag.capital_loss, 0.0, 1.0)
    old = stand * np.maximum(x.now.damaged_capital - x.now.restoration, 0.0)
    return np.asarray(old + x.lag.capital_damage * x.now.capital)
