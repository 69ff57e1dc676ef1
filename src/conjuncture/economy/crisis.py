"""Markets and crises: what is open to whom, profits, and falls of product."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.economy.growth import within_reach

Array = npt.NDArray[np.float64]


def _all_open(x: Inputs) -> Outputs:
    return {"market_breadth": np.ones_like(x.now.openness)}


@mechanism(
    "Breadth of the world market",
    phase="policy",
    sources=("hirschman_1945",),
    paragraphs=("2.4", "2.6", "6.11"),
    reads=("openness", "holder", "status", "war", "lever_embargo", "lever_blockade"),
    lagged=("gdp_world",),
    writes=("market_breadth",),
    parameters=(
        Parameter(
            "preference",
            "closure of a dependency to others than its holder",
            "1",
            Prior(kind="uniform", low=0.2, high=0.8),
            "assumed",
            "imperial preferences, quotas and currency areas of the 1930s, neither absent nor full",
        ),
    ),
    off=_all_open,
)
def market_breadth(x: Inputs) -> Outputs:
    """Measure the share of the rest of the world's product that is open to each territory.

    A partner is open as far as its own openness goes, less what blockade, embargo or war
    cuts off, and less the preference of its holder where it is held by another.
    """
    held = np.rint(x.now.status) >= 2.0
    power = np.where(held, x.now.holder, np.arange(held.shape[-1]))
    same = power[:, :, None] == power[:, None, :]
    closed = x.p.preference[..., None] * held[:, None, :] * ~same
    embargo = np.maximum(x.now.lever_embargo, np.swapaxes(x.now.lever_embargo, -1, -2))
    free = 1.0 - np.clip(x.now.lever_blockade, 0.0, 1.0)
    open_to = (
        x.now.openness[:, None, :]
        * (1.0 - closed)
        * np.clip((1.0 - embargo) * (1.0 - x.now.war), 0.0, 1.0)
        * free[:, None, :]
        * free[:, :, None]
    )
    return {"market_breadth": within_reach(open_to, x.lag.gdp_world)}


def _no_crisis(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.peak_product)
    return {"crisis": zero, "peak_product": x.now.peak_product, "slump_years": zero}


@mechanism(
    "Crisis",
    phase="accounts",
    sources=("mitchell_1927",),
    paragraphs=("2.4", "6.11"),
    reads=("consumption", "investment", "population", "peak_product", "slump_years"),
    writes=("crisis", "peak_product", "slump_years"),
    off=_no_crisis,
)
def crisis(x: Inputs) -> Outputs:
    """Measure how far, and for how long, the civil product per head lies below its peak.

    depth = 1 - product / highest product so far, of consumption and investment per head, so
    that the end of a war's orders is none; the slump lasts while the depth is 5 per cent
    or more. Nothing is decided here: depth and length are outcomes of sales and investment.
    """
    civil = x.now.consumption.sum(-1) + x.now.investment
    level = civil / np.maximum(x.now.population, 1e-9)
    peak = np.maximum(x.now.peak_product, level)
    depth = 1.0 - level / np.maximum(peak, 1e-300)
    years = np.where(depth >= 0.05, x.now.slump_years + 1.0, 0.0)
    return {"crisis": np.clip(depth, 0.0, 1.0), "peak_product": peak, "slump_years": years}


@mechanism(
    "Distribution at full use",
    phase="start",
    sources=("kalecki_1954",),
    reads=("value_added_coefficients", "base_output", "capital"),
    writes=("profit_norm", "profit_rate"),
    parameters=(
        Parameter(
            "share",
            "share of profits in value added at full use of capacity",
            "1",
            Prior(kind="uniform", low=0.25, high=0.45),
            "assumed",
            "the span that accounts of market economies usually show",
        ),
    ),
)
def distribution(x: Inputs) -> Outputs:
    """Set the share of profits at full use, and with it the rate of profit of the base year."""
    value = (x.now.value_added_coefficients * x.now.base_output).sum(-1)
    norm = x.p.share * np.ones_like(value)
    return {
        "profit_norm": norm,
        "profit_rate": norm * value / np.maximum(x.now.capital.sum(-1), 1e-12),
    }


def _plain_profit(x: Inputs) -> Outputs:
    home = x.now.profit_norm * x.now.value_added.sum(-1)
    rate = home / np.maximum(x.now.capital.sum(-1), 1e-12)
    return {"profit_rate": rate, "tribute_rate": np.zeros_like(rate)}


@mechanism(
    "Rate of profit",
    phase="accounts",
    sources=("kalecki_1954", "bhaduri_marglin_1990"),
    paragraphs=("2.3",),
    reads=(
        "profit_norm",
        "value_added",
        "capital",
        "capacity_use",
        "colonial_transfer",
        "world_price",
    ),
    writes=("profit_rate", "tribute_rate"),
    parameters=(
        Parameter(
            "cyclical",
            "elasticity of the share of profits with respect to the use of capacity",
            "1",
            Prior(kind="uniform", low=0.0, high=1.0),
            "assumed",
            "overhead labour is paid at low use too; the literature agrees on the sign",
            limits=(0.0, 5.0),
        ),
    ),
    off=_plain_profit,
)
def profit_rate(x: Inputs) -> Outputs:
    """Relate profits at home, and what dependent territories pay, to the capital in use.

    r = norm x use^cyclical x value added / capital; beside it the tribute received (or paid)
    over capital, which no income at home pays for.
    """
    use = np.clip(x.now.capacity_use, 0.0, 1.0)
    stock = np.maximum(x.now.capital.sum(-1), 1e-12)
    home = x.now.profit_norm * use**x.p.cyclical * x.now.value_added.sum(-1)
    abroad = x.now.colonial_transfer / x.now.world_price
    return {"profit_rate": home / stock, "tribute_rate": abroad / stock}
