"""Procurement: what a planned state takes from farms, and at what price."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.society.levers import masses_administer, under_plan


def _none(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.planning_coverage)
    return {"procurement_share": zero, "levy_rate": zero}


@mechanism(
    "Procurement",
    phase="policy",
    sources=("sah_stiglitz_1984", "kornai_1992"),
    paragraphs=("1.2", "3.3"),
    reads=("planning_coverage", "administration", "lever_mass_administration"),
    writes=("procurement_share", "levy_rate"),
    parameters=(
        Parameter(
            "quota",
            "share of a normal crop that farms under the plan deliver",
            "1",
            Prior(kind="uniform", low=0.25, high=0.45),
            "assumed",
            "deliveries of a planned state must feed its towns and army, a quarter to almost a "
            "half of what farms make; no account of 1945 is shipped",
        ),
        Parameter(
            "price",
            "price paid for deliveries relative to the price of the table",
            "1",
            Prior(kind="uniform", low=0.2, high=0.8),
            "assumed",
            "the scissors: delivery prices were kept below those of the market; by how much of the "
            "table's prices is open",
            limits=(0.0, 1.5),
        ),
    ),
    off=_none,
)
def procurement(x: Inputs) -> Outputs:
    """Fix deliveries as a share of a normal crop, and the levy in their price.

    The share is quota x coverage of a planned state's plan; the levy on farm income
    is that share times (1 - price), the price scissors of Sah and Stiglitz
    (1984). Under an administration by the masses the table's price is paid.
    """
    share = x.p.quota * x.now.planning_coverage * under_plan(x)
    kept = 1.0 - masses_administer(x)
    return {"procurement_share": share, "levy_rate": share * (1.0 - x.p.price) * kept}
