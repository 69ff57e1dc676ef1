"""Demobilisation: the armed forces and the arms that they draw, ahead of time."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.core.state import HORIZON


@mechanism(
    "Demobilisation",
    phase="policy",
    sources=("nerlove_1958", "harrison_1998", "goldsmith_1946"),
    reads=("armed_forces", "armed_forces_start", "armed_forces_peace", "arms_peace_ratio"),
    writes=("armed_forces", "armed_forces_ahead", "armed_forces_mean", "arms_ahead"),
    parameters=(
        Parameter(
            "pace",
            "share of the forces above their peace strength that is released in a year",
            "1/year",
            Prior(kind="uniform", low=0.4, high=0.9),
            "assumed",
            "no figure to the end of 1945 tells the pace of the coming demobilisation; "
            "the range runs from half a decade to little more than a year",
        ),
    ),
)
def demobilisation(x: Inputs) -> Outputs:
    """Release the forces above their peace strength by partial adjustment.

    F' = F_peace + (1 - pace) (F - F_peace). Deliveries of arms fall from the
    war's to the peace's level in step with the forces. The path is announced
    for the years ahead, since plans are drawn on it.
    """
    years = np.arange(HORIZON + 1)
    peace, pace = x.now.armed_forces_peace, x.p.pace
    excess = (x.now.armed_forces - peace)[..., None] * (1.0 - pace[..., None]) ** years
    bounds = peace[..., None] + excess
    mean = 0.5 * (bounds[..., 1:] + bounds[..., :-1])
    at_war = np.maximum(x.now.armed_forces_start - peace, 1e-9)[..., None]
    mobilised = np.clip((mean - peace[..., None]) / at_war, 0.0, None)
    floor = x.now.arms_peace_ratio[..., None]
    return {
        "armed_forces": bounds[..., 1],
        "armed_forces_ahead": mean,
        "armed_forces_mean": mean[..., 0],
        "arms_ahead": floor + (1.0 - floor) * mobilised,
    }
