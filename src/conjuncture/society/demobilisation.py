"""Demobilisation: the armed forces and the arms that they draw, ahead of time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.core.state import HORIZON

Array = npt.NDArray[np.float64]


@mechanism(
    "Demobilisation",
    phase="policy",
    sources=("nerlove_1958", "harrison_1998", "goldsmith_1946"),
    reads=(
        "armed_forces",
        "armed_forces_target",
        "arms_rate",
        "arms_target",
        "arms_peace_ratio",
        "spending_share_start",
        "base_gdp",
    ),
    lagged=("gdp",),
    writes=(
        "armed_forces",
        "arms_rate",
        "armed_forces_ahead",
        "armed_forces_mean",
        "arms_ahead",
        "released",
    ),
    parameters=(
        Parameter(
            "pace",
            "share of the gap between the forces and their target that closes in a year",
            "1/year",
            Prior(kind="uniform", low=0.4, high=0.9),
            "assumed",
            "no figure to the end of 1945 tells the pace of the coming demobilisation; "
            "the range runs from half a decade to little more than a year",
        ),
    ),
)
def demobilisation(x: Inputs) -> Outputs:
    """Move the forces to the strength that policy wants, by partial adjustment.

    F' = F* + (1 - pace) (F - F*), and deliveries of arms alike, from their rate
    at the end of the war. The targets are last year's decisions: of forces in
    persons; of arms by the military share of product b* aimed at, so that
    deliveries relative to the base year tend to (b* / b0) (Y / Y0). The paths are
    announced for the years ahead, since plans are drawn on them.
    """
    known = x.now.spending_share_start > 1e-6
    relative = x.now.arms_target / np.where(known, x.now.spending_share_start, 1.0)
    wanted = relative * x.lag.gdp / x.now.base_gdp
    wanted = np.where(known, wanted, x.now.arms_peace_ratio)
    forces = _path(x.now.armed_forces, x.now.armed_forces_target, x.p.pace)
    arms = _path(x.now.arms_rate, wanted, x.p.pace)
    mean = 0.5 * (forces[..., 1:] + forces[..., :-1])
    return {
        "armed_forces": forces[..., 1],
        "arms_rate": arms[..., 1],
        "armed_forces_ahead": mean,
        "armed_forces_mean": mean[..., 0],
        "arms_ahead": 0.5 * (arms[..., 1:] + arms[..., :-1]),
        "released": np.maximum(forces[..., 0] - forces[..., 1], 0.0),
    }


def _path(now: Array, target: Array, pace: Array) -> Array:
    """Return a stock on the bounds of the years ahead, from now on."""
    left = (1.0 - pace[..., None]) ** np.arange(HORIZON + 1)
    return np.asarray(target[..., None] + (now - target)[..., None] * left)
