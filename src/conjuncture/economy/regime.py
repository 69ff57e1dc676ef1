"""What a property regime answers: who directs production, what is open to whom."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism


@mechanism(
    "Property regime",
    phase="policy",
    sources=("kornai_1992",),
    paragraphs=("1.3", "1.4"),
    reads=("statified_share", "administration", "lever_open_trade"),
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
        Parameter(
            "threshold",
            "statified share from which the state directs production by plan",
            "1",
            Prior(kind="uniform", low=0.6, high=0.85),
            "assumed",
            "states that own part of industry do not plan the whole; a plan needs most of it",
            limits=(0.0, 1.0),
        ),
    ),
)
def property_regime(x: Inputs) -> Outputs:
    """Direct by plan what the state owns, and close private trade to that extent.

    Where a state that the bourgeoisie does not administer owns most of the means
    of production, a plan covers that share; markets direct the rest. Openness
    falls with what the plan covers, unless a policy opens trade.
    """
    owned = x.now.statified_share
    plans = (x.now.administration > 0.5) & (owned >= np.maximum(x.p.threshold, 1e-9))
    coverage = np.where(plans, owned, 0.0)
    closed = x.p.monopoly * coverage * (1.0 - x.now.lever_open_trade)
    return {"planning_coverage": coverage, "openness": 1.0 - closed}
