"""Satisfaction: what a power draws from other lands."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import TINY


def _none(x: Inputs) -> Outputs:
    return {"satisfaction": np.zeros_like(x.now.colonial_transfer)}


@mechanism(
    "Satisfaction by gains",
    phase="diplomacy",
    sources=("pablo_1945", "organski_1958"),
    paragraphs=("6.1", "6.10"),
    reads=("colonial_transfer", "reparations_received"),
    lagged=("gdp_world",),
    writes=("satisfaction",),
    off=_none,
)
def satisfaction(x: Inputs) -> Outputs:
    """Measure what a power draws from other lands, relative to its product.

    (tribute + reparations received) / product, from 0 to 1. Whether the satisfied
    quarrel less, compensated for what they cede to a stronger one, or more, as
    appetite grows, is left open where it acts: in the hazard of disputes.
    """
    gains = np.maximum(x.now.colonial_transfer, 0.0) + np.maximum(x.now.reparations_received, 0.0)
    return {"satisfaction": np.clip(gains / np.maximum(x.lag.gdp_world, TINY), 0.0, 1.0)}
