"""Isolation: how much of the world a planned state stands against."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import half_normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import TINY, assumed, planned


def _alone(x: Inputs) -> Outputs:
    return {"isolation": np.ones_like(x.now.administration)}


@mechanism(
    "Isolation",
    phase="policy",
    sources=("singer_bremer_stuckey_1972", "gerschenkron_1962"),
    paragraphs=("1.8", "1.11", "1.12", "1.14"),
    reads=("administration", "income_1"),
    lagged=("power_share",),
    writes=("isolation",),
    parameters=(
        assumed(
            "advance",
            "Weight of an advanced country beyond its power (elasticity to product per head)",
            "1",
            half_normal(0.7),
            "an advanced country gives a broader base than its power alone; how much is not known",
        ),
    ),
    off=_alone,
)
def isolation(x: Inputs) -> Outputs:
    """Find the share of the rest of the world that is under capital.

    isolation_t = sum_{s != t} w_s (1 - planned_s) / sum_{s != t} w_s, with
    w = power * (product per head / its mean) ** advance. It is 1 where every
    other state is capitalist and falls as advanced countries leave capital.
    """
    income = np.maximum(x.now.income_1, TINY)
    level = income / income.mean(axis=-1, keepdims=True)
    weight = np.maximum(x.lag.power_share, TINY) * level**x.p.advance
    capital = weight * (1.0 - planned(x.now.administration))
    others = weight.sum(axis=-1, keepdims=True) - weight
    rest = capital.sum(axis=-1, keepdims=True) - capital
    return {"isolation": np.clip(rest / np.maximum(others, TINY), 0.0, 1.0)}
