"""Technique and the return of labour productivity to its trend."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.core.state import HORIZON

Array = npt.NDArray[np.float64]

COLONY = 3
"""Status of a territory under foreign rule, as the world's list of statuses has it."""


def _no_effect(x: Inputs) -> Outputs:
    return {"technique_growth": _expected(x)}


def _expected(x: Inputs) -> Array:
    own = x.p.trend * x.now.prewar_productivity_growth
    return np.asarray(own + (1.0 - x.p.trend) * x.now.diffusion)


@mechanism(
    "Technique",
    phase="policy",
    sources=("nelson_phelps_1966", "easterly_1993", "maddison_2023"),
    paragraphs=("1.7", "1.9", "1.10", "2.3", "2.5"),
    reads=("prewar_productivity_growth", "planning_coverage", "diffusion", "status"),
    lagged=("waste",),
    writes=("technique_growth",),
    parameters=(
        Parameter(
            "trend",
            "weight of an economy's own pre-war growth against the growth that the common law "
            "expects",
            "1",
            Prior(kind="triangular", low=0.0, mode=0.3, high=1.0),
            "assumed",
            "the literature finds that growth rates of countries persist little from one decade "
            "to the next, while their causes do",
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
        Parameter(
            "waste_effect",
            "what a unit of last year's waste adds to (or takes from) the growth of productivity",
            "1/year",
            Prior(kind="normal", mean=0.0, sd=0.05),
            "assumed",
            "theories dispute whether what the direction of the economy costs is needed for its "
            "development or stifles it; at a waste of a tenth of output the standard deviation is "
            "half a percentage point a year",
            contested=True,
            limits=(-0.5, 0.5),
        ),
        Parameter(
            "domination",
            "what foreign rule adds to (or takes from) the growth of a colony's productivity",
            "1/year",
            Prior(kind="normal", mean=0.0, sd=0.005),
            "assumed",
            "schools dispute whether colonial rule brought development or kept it down",
            contested=True,
            limits=(-0.05, 0.05),
        ),
    ),
    off=_no_effect,
)
def technique(x: Inputs) -> Outputs:
    """Let productivity's trend grow with technique, planning, waste and foreign rule.

    growth = w own + (1 - w) diffusion + planning_effect x coverage + waste_effect x waste
    + domination x colony, with w the parameter `trend` and own the growth before the war.
    """
    effects = (
        x.p.planning_effect * x.now.planning_coverage
        + x.p.waste_effect * x.lag.waste
        + x.p.domination * (np.rint(x.now.status) == COLONY)
    )
    return {"technique_growth": _expected(x) + effects}


def _trend_only(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.p.speed)
    return _paths(x, zero, np.zeros_like(x.now.technique_growth), zero)


@mechanism(
    "Return to the trend",
    phase="policy",
    sources=("janossy_1966", "blanchard_kremer_1997", "mankiw_romer_weil_1992"),
    reads=("productivity", "productivity_trend", "efficiency", "technique_growth"),
    lagged=("disorganisation", "cadres_lost"),
    writes=(
        "productivity",
        "productivity_trend",
        "productivity_ahead",
        "efficiency",
        "efficiency_ahead",
    ),
    parameters=(
        Parameter(
            "speed",
            "share of the gap to the trend that closes in a year",
            "1/year",
            Prior(kind="uniform", low=0.1, high=0.4),
            "assumed",
            "the trend is set by the qualification of labour; half of the gap closes in "
            "between one and a half and six and a half years",
        ),
        Parameter(
            "qualification",
            "elasticity of the trend of productivity with respect to qualified labour",
            "1",
            Prior(kind="uniform", low=0.2, high=0.5),
            "assumed",
            "the literature gives human capital about a third of income",
        ),
    ),
    off=_trend_only,
)
def recovery(x: Inputs) -> Outputs:
    """Close the gaps that war and upheaval opened between what is and what skills allow.

    d ln q = growth + speed (ln q* - ln q) for the productivity of labour;
    d e = speed (1 - e) for the share of capacity that supply, draught power
    and organisation allow to be used. What the war took comes back in
    proportion to what is missing. Where the base year stood above the trend of
    the sector, nothing is taken back. The trend is taken to have stood still
    during the war, at the level of 1940: skills gained in it are not counted.
    Cadres lost last year lower both q and q* by (1 - lost)^qualification; links of supply
    broken last year keep their share of capacity idle, the less the further ahead.
    """
    broken, lost = x.lag.disorganisation, x.lag.cadres_lost
    left = x.p.qualification * np.log(np.maximum(1.0 - lost, 1e-6))
    return _paths(x, x.p.speed, broken, left)


def _paths(x: Inputs, speed: Array, broken: Array, lost: Array) -> Outputs:
    growth = np.log1p(x.now.technique_growth)[..., None]
    q = np.log(x.now.productivity) + lost[..., None]
    trend = np.log(x.now.productivity_trend) + lost[..., None]
    closed = trend + growth
    usable = x.now.efficiency
    ahead = np.empty((*q.shape[:-1], HORIZON, q.shape[-1]))
    usable_ahead = np.empty_like(ahead)
    idle = broken
    for h in range(HORIZON):
        q = q + growth + speed[..., None] * np.maximum(trend - q, 0.0)
        trend = trend + growth
        usable = usable + speed[..., None] * (1.0 - usable)
        ahead[..., h, :] = q
        usable_ahead[..., h, :] = usable * (1.0 - idle)[..., None]
        idle = idle * (1.0 - speed)
        if h == 0:
            closing = usable
    return {
        "productivity": np.exp(ahead[..., 0, :]),
        "productivity_trend": np.exp(closed),
        "productivity_ahead": np.exp(ahead),
        "efficiency": closing,
        "efficiency_ahead": usable_ahead,
    }
