"""The world market: offers and wishes of all economies meet, product by product."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.economy.capacity import requirements, usable_capacity, works_capacity

Array = npt.NDArray[np.float64]

PASSES = 4
"""Times that what is left of offers and wishes meets again."""

MOST_EXPORTED = 0.6
"""Largest share of a sector's capacity that is offered abroad."""

FIRM = 0.9
"""Share of what resources allow after the state's claims that exports may bind beforehand."""


@mechanism(
    "Offers and wishes of foreign trade",
    phase="plan",
    sources=("armington_1969", "kornai_1992"),
    paragraphs=("2.4",),
    reads=(
        "planning_coverage",
        "openness",
        "lever_open_trade",
        "directed_exports",
        "directed_imports",
        "base_output",
        "base_exports",
        "base_imports",
        "capital",
        "capital_output_ratio",
        "efficiency_ahead",
        "reserves",
        "world_price",
        "transfer_received",
        "transfer_paid",
    ),
    lagged=("output", "capacity", "demanded_output", "exports"),
    writes=("export_offers", "import_wishes"),
    parameters=(
        Parameter(
            "growth",
            "growth of offers and wishes of a fully open economy beyond its product",
            "1/year",
            Prior(kind="uniform", low=0.0, high=0.04),
            "assumed",
            "trade outgrew product before 1914 and fell behind it between the wars",
            limits=(-0.2, 0.2),
        ),
        Parameter(
            "drawing",
            "share of foreign reserves that may be spent on imports in a year",
            "1/year",
            Prior(kind="uniform", low=0.1, high=0.4),
            "assumed",
            "reserves last from three to ten years",
        ),
        Parameter(
            "credit",
            "credit that the world grants an economy, in years of its export earnings",
            "years",
            Prior(kind="uniform", low=0.5, high=2.0),
            "assumed",
            "debts between the wars were of the order of a year of exports",
            limits=(0.0, 20.0),
        ),
    ),
)
def trade_offers(x: Inputs) -> Outputs:
    """Find what each economy offers abroad and what it wants from there.

    Market shares of the base year grow with openness; scarce goods are wanted,
    others offered. What the plan covers follows the plan's own choice of exports
    and imports: the monopoly of foreign trade. Wishes are limited by foreign
    means: last year's earnings, transfers, part of the reserves and of a line of
    credit.
    """
    share = (x.now.planning_coverage * (1.0 - x.now.lever_open_trade))[..., None]
    private = 1.0 - share
    grown = (1.0 + x.now.openness * x.p.growth) ** (x.year - x.start)
    scarce = np.clip(x.lag.demanded_output / np.maximum(x.lag.capacity, 1e-12), 0.25, 2.0)
    capacity = usable_capacity(x)
    rate = x.now.base_exports / np.maximum(x.now.base_output, 1e-12)
    activity = x.lag.output.sum(-1) / x.now.base_output.sum(-1)
    sold = grown[..., None] * rate * capacity / scarce
    bought = (grown * activity)[..., None] * x.now.base_imports * scarce
    offers = share * x.now.directed_exports + private * sold
    wishes = share * x.now.directed_imports + private * bought
    limit = np.minimum(1.0, _means(x) / np.maximum(wishes.sum(-1), 1e-12))
    return {
        "export_offers": np.minimum(offers, MOST_EXPORTED * capacity),
        "import_wishes": wishes * limit[..., None],
    }


def _means(x: Inputs) -> Array:
    """Return what an economy can pay abroad this year (its own money)."""
    earned = x.lag.exports.sum(-1)
    net = (x.now.transfer_received - x.now.transfer_paid) / x.now.world_price
    fund = x.now.reserves + x.p.credit * earned
    return np.asarray(np.maximum(earned + net + x.p.drawing * np.maximum(fund, 0.0), 0.0))


@mechanism(
    "World market",
    phase="production",
    sources=("tinbergen_1962", "armington_1969"),
    paragraphs=("2.4", "2.6"),
    reads=(
        "export_offers",
        "import_wishes",
        "world_price",
        "market_access",
        "capital",
        "capital_output_ratio",
        "efficiency_ahead",
        "labour",
        "labour_coefficients",
        "productivity_ahead",
        "total_requirements",
        "claims",
        "harvest",
        "blocked_capacity",
    ),
    writes=("exports", "imports", "trade", "unsold_offers"),
)
def world_market(x: Inputs) -> Outputs:
    """Let offers meet wishes, so that every export is another's import.

    Buyers spread each product's wish over sellers in proportion to access and
    offer (gravity); sellers who are asked for more than they offer cut all
    buyers alike; what is left meets again, a few times. Offers are first cut to
    what capacity, labour and harvest allow beside the state's claims, since
    what is sold is delivered. Imports that nobody delivers do not arrive.
    """
    price = x.now.world_price[..., None]
    offered = _deliverable(x) * price
    wanted = x.now.import_wishes * price
    access = x.now.market_access
    seller, buyer = np.swapaxes(access, -1, -2), access
    left, open_ = offered.copy(), wanted.copy()
    trade = np.zeros(access.shape)
    for _ in range(PASSES):
        supply = seller @ left
        ask = np.where(supply > 0, open_ / np.maximum(supply, 1e-300), 0.0)
        load = buyer @ ask
        given = left * np.minimum(1.0, 1.0 / np.maximum(load, 1e-300))
        trade = trade + access * (given @ np.swapaxes(ask, -1, -2))
        left = left - given * load
        open_ = open_ - ask * (seller @ given)
    exports, imports = offered - left, wanted - open_
    total = x.now.export_offers.sum(-1) * x.now.world_price
    unsold = 1.0 - exports.sum(-1) / np.maximum(total, 1e-12)
    return {
        "exports": np.maximum(exports, 0.0) / price,
        "imports": np.maximum(imports, 0.0) / price,
        "trade": trade,
        "unsold_offers": np.where(total > 0, np.clip(unsold, 0.0, 1.0), 0.0),
    }


def _deliverable(x: Inputs) -> Array:
    """Cut offers to what resources allow after the state's claims."""
    capacity = works_capacity(x)
    if "agriculture" in x.sectors:
        k = x.sectors.index("agriculture")
        capacity[..., k] = capacity[..., k] * np.minimum(x.now.harvest, 1.0)
    limit = np.concatenate([capacity, x.now.labour[..., None]], axis=-1)
    needs = requirements(x)
    free = FIRM * np.maximum(limit - (needs @ x.now.claims[..., None])[..., 0], 0.0)
    asked = (needs @ x.now.export_offers[..., None])[..., 0]
    share = np.minimum(1.0, free / np.maximum(asked, 1e-300)).min(-1)
    return np.asarray(x.now.export_offers * share[..., None])


@mechanism(
    "Gravity of trade",
    phase="policy",
    sources=("tinbergen_1962",),
    paragraphs=("2.4", "5.6"),
    reads=("distance", "contiguous", "holder", "war", "lever_embargo", "lever_blockade"),
    writes=("market_access",),
    parameters=(
        Parameter(
            "distance",
            "elasticity of trade with respect to distance",
            "1",
            Prior(kind="uniform", low=-1.2, high=-0.2),
            "assumed",
            "the range of estimates of gravity equations",
            limits=(-3.0, 0.5),
        ),
        Parameter(
            "contiguous",
            "logarithm of trade across a common border by land, relative to none",
            "1",
            Prior(kind="normal", mean=0.0, sd=0.5),
            "assumed",
            "studies find from little to a doubling",
            limits=(-5.0, 5.0),
        ),
        Parameter(
            "empire",
            "logarithm of trade within an empire, relative to outside it",
            "1",
            Prior(kind="normal", mean=1.0, sd=0.7),
            "assumed",
            "preferences and currencies of empires held most of their trade within",
            limits=(-5.0, 8.0),
        ),
    ),
)
def trade_gravity(x: Inputs) -> Outputs:
    """Say how near each buyer is to each seller: distance, border, empire, embargo, war.

    Access = exp(distance ln(km / 3000) + contiguous + empire); an embargo of either
    side or a war closes the pair, a blockade closes all pairs of a territory.
    Nobody trades with itself. Sizes enter by what is offered and wanted.
    """
    one = x.now.holder[..., :, None] == x.now.holder[..., None, :]
    near = x.p.distance[..., None] * np.log(x.now.distance / 3000.0)
    near = near + x.p.contiguous[..., None] * x.now.contiguous + x.p.empire[..., None] * one
    embargo = np.maximum(x.now.lever_embargo, np.swapaxes(x.now.lever_embargo, -1, -2))
    free = 1.0 - x.now.lever_blockade
    open_ = (1.0 - embargo) * (1.0 - x.now.war) * free[..., None] * free[..., None, :]
    access = np.exp(near) * open_
    return {"market_access": access * (1.0 - np.eye(access.shape[-1]))}
