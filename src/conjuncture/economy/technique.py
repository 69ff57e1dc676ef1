"""Technique and the return of labour productivity to its trend."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.core.state import HORIZON

Array = npt.NDArray[np.float64]


def _no_effect(x: Inputs) -> Outputs:
    return {"technique_growth": x.p.trend * x.now.prewar_productivity_growth}


@mechanism(
    "Technique",
    phase="policy",
    sources=("solow_1956", "maddison_2023"),
    reads=("prewar_productivity_growth", "planning_coverage"),
    writes=("technique_growth",),
    parameters=(
        Parameter(
            "trend",
            "growth of labour productivity on its trend relative to that before the war",
            "1",
            Prior(kind="triangular", low=0.25, mode=0.75, high=1.25),
            "assumed",
            "part of the pre-war growth of product per head came from capital, which is counted "
            "by itself here; the range runs from a quarter of it to somewhat more than all",
            limits=(-2.0, 5.0),
        ),
        Parameter(
            "planning_effect",
            "what full direction by plan adds to (or takes from) the growth of productivity",
            "1/year",
            Prior(kind="normal", mean=0.0, sd=0.01),
            "assumed",
            "theories dispute the sign, so the engine's prior is symmetric about zero; one "
            "percentage point a year is a large effect over decades",
            contested=True,
            limits=(-0.1, 0.1),
        ),
    ),
    off=_no_effect,
)
def technique(x: Inputs) -> Outputs:
    """Let productivity's trend grow with technique, and with planning if a theory says so.

    growth = trend x pre-war growth + coverage of the plan x planning_effect.
    """
    base = x.p.trend * x.now.prewar_productivity_growth
    return {"technique_growth": base + x.now.planning_coverage * x.p.planning_effect}


def _trend_only(x: Inputs) -> Outputs:
    return _paths(x, np.zeros_like(x.p.catch_up))


@mechanism(
    "Return to the trend",
    phase="policy",
    sources=("janossy_1966",),
    reads=("productivity", "productivity_trend", "efficiency", "technique_growth"),
    writes=(
        "productivity",
        "productivity_trend",
        "productivity_ahead",
        "efficiency",
        "efficiency_ahead",
    ),
    parameters=(
        Parameter(
            "catch_up",
            "share of the gap to the trend that closes in a year",
            "1/year",
            Prior(kind="uniform", low=0.1, high=0.4),
            "assumed",
            "the trend is set by the qualification of labour; half of the gap closes in "
            "between one and a half and six and a half years",
        ),
    ),
    off=_trend_only,
)
def trend_recovery(x: Inputs) -> Outputs:
    """Close the gaps that the war opened between what is and what skills allow.

    d ln q = growth + catch_up (ln q* - ln q) for the productivity of labour;
    d e = catch_up (1 - e) for the share of capacity that supply, draught power
    and organisation allow to be used. What the war took comes back in
    proportion to what is missing. Where the base year stood above the trend of
    the sector, nothing is taken back. The trend is taken to have stood still
    during the war, at the level of 1940: skills gained in it are not counted.
    """
    return _paths(x, x.p.catch_up)


def _paths(x: Inputs, catch_up: Array) -> Outputs:
    growth = np.log1p(x.now.technique_growth)[..., None]
    q, trend = np.log(x.now.productivity), np.log(x.now.productivity_trend)
    usable = x.now.efficiency
    ahead = np.empty((*q.shape[:-1], HORIZON, q.shape[-1]))
    usable_ahead = np.empty_like(ahead)
    for h in range(HORIZON):
        q = q + growth + catch_up[..., None] * np.maximum(trend - q, 0.0)
        trend = trend + growth
        usable = usable + catch_up[..., None] * (1.0 - usable)
        ahead[..., h, :], usable_ahead[..., h, :] = q, usable
    return {
        "productivity": np.exp(ahead[..., 0, :]),
        "productivity_trend": x.now.productivity_trend * np.exp(growth),
        "productivity_ahead": np.exp(ahead),
        "efficiency": usable_ahead[..., 0, :],
        "efficiency_ahead": usable_ahead,
    }
