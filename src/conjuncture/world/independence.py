"""Independence of colonies."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic, yearly
from conjuncture.core.priors import half_normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import COLONY, Array, Mask, at
from conjuncture.world.parameters import assumed, fitted

WINDOW = 5.0
"""Years for which a defeat or an independence elsewhere counts."""


def _by_lever(x: Inputs) -> Outputs:
    freed = (x.now.status == COLONY) & (x.now.lever_independence > 0.0)
    return _result(x, freed, np.zeros_like(x.now.status))


def _result(x: Inputs, freed: Mask, violent: Array) -> Outputs:
    return {
        "independence": freed.astype(float),
        "independence_violent": violent * freed,
        "years_free": np.where(freed, 0.0, np.minimum(x.now.years_free + 1.0, 100.0)),
    }


@mechanism(
    "Independence of colonies",
    phase="hazards",
    sources=("strang_1990",),
    paragraphs=("2.3", "2.4"),
    reads=(
        "status",
        "holder",
        "war",
        "at_war",
        "years_since_defeat",
        "years_free",
        "radicalisation",
        "lever_independence",
    ),
    writes=("independence", "independence_violent", "years_free"),
    parameters=(
        fitted("base", "logarithm of the yearly rate", "ln 1/year", -5.0, 1.0),
        fitted("metropole_war", "effect of a war of the metropole", "ln", 0.5, 0.7),
        fitted("metropole_defeat", "effect of its defeat within five years", "ln", 0.5, 0.7),
        fitted("diffusion", "effect of ln(1 + colonies freed within five years)", "ln", 0.5, 0.4),
        fitted("violent", "share of independences won by violence", "logit", -0.5, 1.0),
        assumed(
            "mobilisation",
            "effect of the radicalisation of the colony's masses",
            "ln",
            half_normal(3.0),
            "movements precede independence (Strang); radicalisation runs from 0 to 1",
        ),
    ),
    uniforms=("freedom", "violence"),
    off=_by_lever,
)
def independence(x: Inputs) -> Outputs:
    """Draw which colonies become independent, as an event history.

    rate = exp(base + metropole_war [metropole at war] + metropole_defeat [it lost a
    war within five years] + diffusion ln(1 + colonies freed within five years) +
    mobilisation r), r the radicalisation of the colony.
    """
    war = np.maximum((x.now.war > 0.0).any(axis=-1).astype(float), x.now.at_war)
    recent = (x.now.years_free < WINDOW).sum(axis=-1, keepdims=True)
    lost = (at(x.now.years_since_defeat, x.now.holder, 100.0) < WINDOW).astype(float)
    rate = (
        x.p.base
        + x.p.metropole_war * at(war, x.now.holder)
        + x.p.metropole_defeat * lost
        + x.p.diffusion * np.log1p(recent)
        + x.p.mobilisation * x.now.radicalisation
    )
    freed = (x.uniform.freedom < yearly(rate)) | (x.now.lever_independence > 0.0)
    freed &= x.now.status == COLONY
    violent = (x.uniform.violence < logistic(x.p.violent)).astype(float)
    return _result(x, freed, violent)
