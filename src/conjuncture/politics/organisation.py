"""The new International: growth, splits, failure."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import assumed, contested


def _as_before(x: Inputs) -> Outputs:
    return {"organisation": x.now.organisation + 0.0}


@mechanism(
    "Organisation of the new International",
    phase="masses",
    sources=("mccarthy_zald_1977",),
    paragraphs=("0.1", "0.2", "6.18", "6.20"),
    reads=("organisation", "radicalisation"),
    lagged=("repression",),
    writes=("organisation",),
    parameters=(
        contested(
            "growth",
            "Logistic growth of a section in a radical country",
            "1/year",
            "whether a new International grows or withers in a crisis is the point at issue",
            0.5,
        ),
        assumed(
            "splits",
            "Probability of a split in a year",
            "1/year",
            triangular(0.02, 0.1, 0.3),
            "small organisations split every few years to once in a generation",
            (0.0, 1.0),
        ),
        assumed(
            "loss",
            "Share of a section's strength that a split costs",
            "1",
            triangular(0.1, 0.4, 0.8),
            "a split costs a part of the strength, as the two halves fight each other",
            (0.0, 1.0),
        ),
    ),
    uniforms=("split",),
    off=_as_before,
)
def organisation(x: Inputs) -> Outputs:
    """Let a section grow or wither with radicalisation, and split by chance.

    o' = o exp(g) / (1 - o + o exp(g)), g = growth * radicalisation * (1 - repression):
    logistic growth of either sign, exact over the year. A split, with its own
    probability, leaves the share 1 - loss.
    """
    ground = x.now.radicalisation * (1.0 - np.clip(x.lag.repression, 0.0, 1.0))
    grown = np.exp(x.p.growth * ground)
    o = x.now.organisation
    risen = o * grown / (1.0 - o + o * grown)
    split = np.asarray(x.uniform.split < x.p.splits, dtype=float)
    return {"organisation": risen * (1.0 - x.p.loss * split)}
