"""Reforms: what a bourgeoisie can and does grant."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import half_normal, triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import TINY, alike, assumed, planned, share

WORKERS = ("communist", "socialist", "revolutionary")


def _nothing(x: Inputs) -> Outputs:
    return {"reforms": 0.0 * x.now.radicalisation}


@mechanism(
    "Reforms granted",
    phase="policy",
    sources=("lindert_2004",),
    paragraphs=("6.17",),
    reads=("radicalisation", "government", "administration", "income_1", "prewar_income"),
    lagged=("crisis",),
    writes=("reforms",),
    parameters=(
        assumed(
            "ceiling",
            "Share of product that reforms take where means and pressure are full",
            "share of product",
            triangular(0.02, 0.1, 0.25),
            "from the early social insurances to a broad system of transfers",
            (0.0, 1.0),
        ),
        assumed(
            "means",
            "Response of the means to product per head against the best pre-war year",
            "1",
            half_normal(3.0),
            "a bourgeoisie that is poorer than before the war can grant less; how much less is "
            "left wide",
        ),
    ),
    off=_nothing,
)
def reforms(x: Inputs) -> Outputs:
    """Find the share of product that goes to reforms: means times pressure.

    reforms = ceiling * 2 logistic(means * min(0, ln(y/y_prewar))) * (1 - crisis) * pressure:
    a ruined bourgeoisie or one in crisis can grant little, whatever the
    pressure. Pressure is that of radical masses or of workers' parties in
    cabinet, whichever acts. Planned states grant none: there the plan sets the
    living standard.
    """
    gap = np.log(np.maximum(x.now.income_1, TINY) / np.maximum(x.now.prewar_income, TINY))
    means = 2.0 * logistic(x.p.means * np.minimum(gap, 0.0))
    calm = 1.0 - np.clip(x.lag.crisis, 0.0, 1.0)
    pressure = alike(x.now.radicalisation, share(x, x.now.government, "party", *WORKERS))
    bourgeois = 1.0 - planned(x.now.administration)
    return {"reforms": x.p.ceiling * means * calm * pressure * bourgeois}
