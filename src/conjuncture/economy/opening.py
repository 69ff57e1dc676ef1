"""What is under way at the start in property, credit, moods and plans: nothing yet."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.economy.growth import within_reach


@mechanism(
    "Positions at the start",
    phase="start",
    sources=("conjuncture",),
    reads=(
        "statified_share",
        "holder",
        "status",
        "base_consumption",
        "base_investment",
        "base_gdp",
        "base_population",
        "world_price",
        "population",
        "capital",
    ),
    writes=(
        "property_goal",
        "property_holder",
        "property_status",
        "broken_links",
        "debt",
        "mood",
        "peak_product",
        "slump_years",
        "reporting_bias",
        "disorganisation",
        "cadres_lost",
        "capital_loss",
        "capital_damage",
        "people_lost_share",
        "crisis",
        "plan_fulfilment",
        "gdp_world",
        "gdp_per_head",
        "market_breadth",
        "aid_received",
        "openness",
    ),
)
def opening_positions(x: Inputs) -> Outputs:
    """Open with property as it stands, and no debts, broken links, losses under way or mood.

    The state files give no debts between states and no earlier peak by the accounts of the
    table, so that falls of product are counted from the base year on. The flows of the base
    year that the first year looks back to are given with them; the world's product is taken to
    be open as far as it is private.
    """
    zero = np.zeros_like(x.now.statified_share)
    product = x.now.base_gdp * x.now.world_price
    private = 1.0 - x.now.statified_share
    open_to = np.broadcast_to(private[:, None, :], (*zero.shape, zero.shape[-1]))
    civil = x.now.base_consumption.sum(-1) + x.now.base_investment
    return {
        "property_goal": x.now.statified_share,
        "property_holder": x.now.holder,
        "property_status": x.now.status,
        "broken_links": zero,
        "debt": np.zeros((*zero.shape, zero.shape[-1])),
        "mood": zero,
        "peak_product": civil / x.now.population,
        "slump_years": zero,
        "reporting_bias": zero,
        "disorganisation": zero,
        "cadres_lost": zero,
        "capital_loss": np.zeros_like(x.now.capital),
        "capital_damage": np.zeros_like(x.now.capital),
        "people_lost_share": zero,
        "crisis": zero,
        "plan_fulfilment": np.ones_like(zero),
        "gdp_world": product,
        "gdp_per_head": 1000.0 * product / x.now.base_population,
        "market_breadth": within_reach(open_to, product),
        "aid_received": zero,
        "openness": private,
    }
