"""Shocks that no plan foresees."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism


def _average(x: Inputs) -> Outputs:
    return {"harvest": np.ones_like(x.now.harvest_sd)}


@mechanism(
    "Harvest",
    phase="shocks",
    sources=("wheatcroft_davies_1994",),
    reads=("harvest_sd",),
    writes=("harvest",),
    draws=("weather",),
    off=_average,
)
def harvest(x: Inputs) -> Outputs:
    """Draw the harvest around its trend: lognormal with mean one.

    The spread is that of the pre-war grain harvests around their trend.
    """
    sd = x.now.harvest_sd
    return {"harvest": np.exp(sd * x.draw.weather - 0.5 * sd**2)}
