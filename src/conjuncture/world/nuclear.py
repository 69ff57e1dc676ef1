"""Nuclear weapons: who acquires them."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import yearly
from conjuncture.core.priors import half_normal, normal, uniform
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import TINY, is_state
from conjuncture.world.parameters import assumed


def _no_more(x: Inputs) -> Outputs:
    return {"nuclear": np.maximum(x.now.nuclear, x.now.lever_bomb > 0.0).astype(float)}


@mechanism(
    "Nuclear weapons",
    phase="diplomacy",
    sources=("jo_gartzke_2007", "smyth_1945"),
    reads=("nuclear", "power_share", "threat", "status", "lever_bomb"),
    writes=("nuclear",),
    parameters=(
        assumed(
            "base",
            "logarithm of the yearly rate at 5 per cent of the world's capabilities",
            "ln 1/year",
            normal(-3.2, 0.8),
            "the one programme known in 1945 took some four years in a state of a third of "
            "the world's capabilities; carried to 5 per cent in proportion to them",
        ),
        assumed(
            "power",
            "elasticity of the rate with respect to capabilities",
            "1",
            uniform(1.0, 2.0),
            "in proportion to the means of a state or more, since a programme has a least size",
        ),
        assumed(
            "threat",
            "effect of the antagonism with the rival on the logarithm of the rate",
            "ln",
            half_normal(1.0),
            "demand for the weapon follows from a threat; the size is open",
        ),
    ),
    uniforms=("bomb",),
    off=_no_more,
)
def nuclear_weapons(x: Inputs) -> Outputs:
    """Draw who acquires nuclear weapons: opportunity by power, demand by threat.

    rate = exp(base + power ln(s / 0.05) + threat A_rival); what is acquired is
    kept. A lever gives the bomb to a state in its year.
    """
    size = np.log(np.maximum(x.now.power_share, TINY) / 0.05)
    chance = yearly(x.p.base + x.p.power * size + x.p.threat * np.maximum(x.now.threat, 0.0))
    gained = (x.uniform.bomb < chance) & is_state(x.now.status)
    found = (x.now.nuclear > 0.0) | gained | (x.now.lever_bomb > 0.0)
    return {"nuclear": found.astype(float)}
