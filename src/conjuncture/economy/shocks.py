"""Shocks that no plan foresees."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism


def _average(x: Inputs) -> Outputs:
    return {"harvest": np.ones_like(x.now.harvest_sd)}


@mechanism(
    "Harvest",
    phase="shocks",
    sources=("wheatcroft_davies_1994",),
    reads=("harvest_sd",),
    writes=("harvest",),
    parameters=(
        Parameter(
            "crop_share",
            "spread of all farm output relative to that of the grain harvest",
            "1",
            Prior(kind="uniform", low=0.4, high=0.8),
            "assumed",
            "livestock and other crops vary less than grain, and not all with it",
            limits=(0.0, 2.0),
        ),
    ),
    draws=("weather",),
    off=_average,
)
def harvest(x: Inputs) -> Outputs:
    """Draw the harvest around its trend: lognormal with mean one.

    The spread is a part of that of the pre-war grain harvests around their trend.
    """
    sd = x.p.crop_share * x.now.harvest_sd
    return {"harvest": np.exp(sd * x.draw.weather - 0.5 * sd**2)}
