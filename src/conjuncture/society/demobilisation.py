"""Demobilisation: the armed forces and the arms that they draw, ahead of time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.core.state import HORIZON

Array = npt.NDArray[np.float64]

MOST_ARMS = 100.0
"""Most deliveries relative to the base year: no build-up on record went further."""


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
        "armed_forces_start",
        "base_arms",
        "base_supplies",
        "military_pay",
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
    deliveries relative to the base year tend to (b* / b0) (Y / Y0), b0 the share of
    arms, supplies and pay in the base year. The paths are announced for the years
    ahead, since plans are drawn on them.
    """
    wanted = _arms_wanted(x)
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


def _arms_wanted(x: Inputs) -> Array:
    """Return deliveries of arms relative to the base year that the military share asks for."""
    goods = (x.now.base_arms + x.now.base_supplies).sum(-1)
    base = goods + x.now.military_pay * x.now.armed_forces_start
    wanted = x.now.arms_target * x.lag.gdp / np.maximum(base, 1e-12)
    armed = base > 1e-6 * x.now.base_gdp
    return np.asarray(np.where(armed, np.minimum(wanted, MOST_ARMS), x.now.arms_peace_ratio))


def _path(now: Array, target: Array, pace: Array) -> Array:
    """Return a stock on the bounds of the years ahead, from now on."""
    left = (1.0 - pace[..., None]) ** np.arange(HORIZON + 1)
    return np.asarray(target[..., None] + (now - target)[..., None] * left)
