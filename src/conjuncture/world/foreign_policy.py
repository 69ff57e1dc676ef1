"""Foreign policy of the planned states: what makes them cautious."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import TINY, at
from conjuncture.world.parameters import contested


def _indifferent(x: Inputs) -> Outputs:
    none = np.zeros_like(x.now.power_share)
    return {"fear_of_revolution": none, "fear_of_rival": none, "caution": none}


@mechanism(
    "Foreign policy of the planned state",
    phase="diplomacy",
    sources=("pablo_1945",),
    paragraphs=("1.21", "5.1", "5.5", "5.7", "6.10", "6.12"),
    reads=("planning_coverage", "power_share", "rival", "peak_product_per_head"),
    lagged=("revolutionary_situation", "gdp_per_head"),
    writes=("fear_of_revolution", "fear_of_rival", "caution"),
    parameters=(
        contested(
            "revolution",
            "caution for revolutionary situations abroad",
            "logit",
            2.0,
            "the essay holds that fear of revolution drives the policy; others, that revolution "
            "abroad is what the state seeks, or does not mind",
        ),
        contested(
            "rival",
            "caution for the logarithm of the rival's superiority",
            "logit",
            1.0,
            "weakness may make cautious, or aggressive before it grows worse",
        ),
        contested(
            "reconstruction",
            "caution for the product lost",
            "logit",
            2.0,
            "rebuilding needs peace; a devastated state may also seek to recover abroad",
        ),
    ),
    off=_indifferent,
)
def foreign_policy(x: Inputs) -> Outputs:
    """Find how much a planned state leans to ceding rather than to conflict.

    caution = coverage (revolution R + rival ln(s_rival / s) + reconstruction
    (1 - y / peak)); R: revolutionary situations in other lands, weighted by
    their power. Only the planned part of an economy counts. Which of the drives
    is the larger is an outcome.
    """
    planned = np.clip(x.now.planning_coverage, 0.0, 1.0)
    situation = x.now.power_share * x.lag.revolutionary_situation
    abroad = situation.sum(axis=-1, keepdims=True) - situation
    superior = np.log(
        np.maximum(at(x.now.power_share, x.now.rival), TINY) / np.maximum(x.now.power_share, TINY)
    )
    superior = np.where(x.now.rival >= 0, np.clip(superior, 0.0, 3.0), 0.0)
    lost = 1.0 - np.clip(x.lag.gdp_per_head / np.maximum(x.now.peak_product_per_head, TINY), 0, 1)
    revolution = planned * x.p.revolution * abroad
    rival = planned * x.p.rival * superior
    return {
        "fear_of_revolution": revolution,
        "fear_of_rival": rival,
        "caution": revolution + rival + planned * x.p.reconstruction * lost,
    }
