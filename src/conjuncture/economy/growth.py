"""The common law of growth: diffusion from the frontier, moods and their shocks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism

Array = npt.NDArray[np.float64]

LARGE = 0.02
"""Least share of the run's product that an economy of the frontier makes."""


def frontier(level: Array, product: Array) -> Array:
    """Return the highest product per head among the large economies (members, 1).

    Parameters
    ----------
    level : array (members, territories)
        Product per head.
    product : array (members, territories)
        Product, which tells the large from the small.
    """
    large = product >= LARGE * product.sum(-1, keepdims=True)
    return np.asarray(np.where(large, level, -np.inf).max(-1, keepdims=True))


def _full(x: Inputs) -> Outputs:
    return {"absorption": np.ones_like(x.lag.gdp_per_head)}


@mechanism(
    "Capacity to absorb technique",
    phase="policy",
    sources=("nelson_phelps_1966", "gerschenkron_1962", "coe_helpman_1995"),
    paragraphs=("1.9", "1.12"),
    reads=("culture", "openness", "lever_embargo", "war"),
    lagged=("gdp_per_head", "gdp_world"),
    writes=("absorption",),
    parameters=(
        Parameter(
            "schooling",
            "elasticity of diffusion with respect to years of schooling relative to the frontier's",
            "1",
            Prior(kind="uniform", low=0.0, high=1.0),
            "assumed",
            "the literature has diffusion proportional to schooling; 0 lets it not matter",
        ),
        Parameter(
            "closure",
            "share of the diffusion of technique that goes by open exchange with others",
            "1",
            Prior(kind="uniform", low=0.0, high=0.8),
            "assumed",
            "books, spies and own research cross closed borders; trade and capital carry the rest",
        ),
    ),
    off=_full,
)
def absorption(x: Inputs) -> Outputs:
    """Slow the diffusion of technique where schooling, openness or partners are missing.

    absorption = (schooling / schooling at the frontier)^schooling, no more than 1, times
    1 - closure (1 - access). Access = openness times the share of the rest of the world's
    product that neither embargo nor war cuts off.
    """
    top = frontier(x.lag.gdp_per_head, x.lag.gdp_world)
    leaders = x.lag.gdp_per_head >= top
    years = np.maximum(x.now.culture, 0.1)
    best = np.where(leaders, years, -np.inf).max(-1, keepdims=True)
    able = np.minimum(years / best, 1.0) ** x.p.schooling
    cut = np.maximum(x.now.lever_embargo, np.swapaxes(x.now.lever_embargo, -1, -2))
    reached = within_reach(np.clip((1.0 - cut) * (1.0 - x.now.war), 0.0, 1.0), x.lag.gdp_world)
    return {"absorption": able * (1.0 - x.p.closure * (1.0 - x.now.openness * reached))}


def within_reach(open_to: Array, product: Array) -> Array:
    """Return the share of the rest of the world's product that is open to each territory.

    Parameters
    ----------
    open_to : array (members, territories, partners)
        Openness of each partner to each territory, 0 to 1.
    product : array (members, territories)

    Returns
    -------
    array (members, territories)
        1 where there is no rest of the world.
    """
    weight = product[:, None, :] * (1.0 - np.eye(product.shape[-1]))
    total = weight.sum(-1)
    return np.where(total > 0.0, (weight * open_to).sum(-1) / np.maximum(total, 1e-12), 1.0)


def _own_path(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.mood)
    own = x.now.prewar_productivity_growth
    return {"diffusion": own + zero, "mood": zero, "confidence": zero}


@mechanism(
    "Growth: the common law and its shocks",
    phase="policy",
    sources=("nelson_phelps_1966", "barro_1991"),
    reads=("mood", "absorption", "prewar_productivity_growth"),
    lagged=("gdp_per_head", "gdp_world"),
    writes=("mood", "diffusion", "confidence"),
    draws=("country",),
    common_draws=("world",),
    parameters=(
        Parameter(
            "trend",
            "growth of product per head at the frontier",
            "1/year",
            Prior(kind="normal", mean=0.013, sd=0.004),
            "assumed",
            "one to two per cent a year was the rule of leading economies before the war",
            limits=(-0.05, 0.1),
        ),
        Parameter(
            "catch_up",
            "growth of product per head that a year adds per unit of the gap in logarithms",
            "1/year",
            Prior(kind="uniform", low=0.0, high=0.02),
            "assumed",
            "from no convergence to half of the gap in 35 years",
            limits=(-0.1, 0.2),
        ),
        Parameter(
            "common_sd",
            "standard deviation of the year's shock that all economies share",
            "log points",
            Prior(kind="uniform", low=0.005, high=0.03),
            "assumed",
            "years of world crisis move all by a few per cent",
            limits=(0.0, 0.5),
        ),
        Parameter(
            "persistence",
            "share of an economy's own shock that is left after a year",
            "1",
            Prior(kind="uniform", low=0.0, high=0.6),
            "assumed",
            "from none to two years' half-life and a little more",
            limits=(-1.0, 0.99),
        ),
        Parameter(
            "country_sd",
            "standard deviation of the year's shock to one economy",
            "log points",
            Prior(kind="uniform", low=0.01, high=0.06),
            "assumed",
            "wider in small and poor economies than in large ones; one figure for all",
            limits=(0.0, 0.5),
        ),
    ),
    off=_own_path,
)
def growth(x: Inputs) -> Outputs:
    """Give the growth that the common law expects, and the moods that move around it.

    diffusion = trend + catch_up x absorption x ln(frontier / product per head), no gap above
    the frontier; mood' = persistence mood + country_sd z; confidence = mood' + common_sd W. The
    frontier is the highest product per head among economies that make a fiftieth of the
    run's product. Confidence is in points of product; how far orders follow it is the
    markets' affair, and no slump is drawn by itself.
    """
    top = frontier(x.lag.gdp_per_head, x.lag.gdp_world)
    gap = np.maximum(np.log(top / np.maximum(x.lag.gdp_per_head, 1e-9)), 0.0)
    mood = x.p.persistence * x.now.mood + x.p.country_sd * x.draw.country
    return {
        "diffusion": x.p.trend + x.p.catch_up * x.now.absorption * gap,
        "mood": mood,
        "confidence": mood + x.p.common_sd * x.draw.world,
    }
