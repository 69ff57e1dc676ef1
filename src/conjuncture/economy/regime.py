"""What a property regime answers: who directs production, what is open to whom."""

from __future__ import annotations

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism


@mechanism(
    "Property regime",
    phase="policy",
    sources=("kornai_1992",),
    paragraphs=("1.3", "1.4"),
    reads=("statified_share",),
    writes=("planning_coverage", "openness"),
    parameters=(
        Parameter(
            "monopoly",
            "closure of foreign trade that full state property brings with it",
            "1",
            Prior(kind="uniform", low=0.5, high=1.0),
            "assumed",
            "the monopoly of foreign trade is a rule of law, not a measured share; the range "
            "runs from half to complete closure to private trade",
        ),
    ),
)
def property_regime(x: Inputs) -> Outputs:
    """Direct by plan what the state owns, and close private trade to that extent.

    The plan covers the statified share of the means of production; markets
    direct the rest. Openness falls with that share.
    """
    coverage = x.now.statified_share
    return {"planning_coverage": coverage, "openness": 1.0 - x.p.monopoly * coverage}
