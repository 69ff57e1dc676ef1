"""What markets ask for: investment by profitability, consumption by income."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.economy.capacity import labour_per_unit, usable_capacity

Array = npt.NDArray[np.float64]

LEAST_SAVED = 0.05
"""Share of income at full use that firms can spend on capital, however much is consumed."""

PARAMETERS = (
    Parameter(
        "bottleneck",
        "largest addition in a year to the capital of a sector that falls short, relative to it",
        "1/year",
        Prior(kind="uniform", low=0.1, high=0.4),
        "assumed",
        "works take years to build; no branch multiplies itself within one",
        limits=(0.0, 10.0),
    ),
    Parameter(
        "profit_share",
        "share of profits in value added",
        "1",
        Prior(kind="uniform", low=0.25, high=0.45),
        "assumed",
        "no distribution account of the territory under private property exists for 1945; the "
        "range spans what national accounts of market economies usually show",
    ),
    Parameter(
        "spirits",
        "growth of capital that firms expect to need, relative to the pre-war growth of product",
        "1",
        Prior(kind="uniform", low=0.5, high=1.5),
        "assumed",
        "firms expect the growth that they know, give or take half of it, as planners do",
        limits=(-5.0, 5.0),
    ),
    Parameter(
        "profit_response",
        "rise of the accumulation rate per unit of a sector's profit rate above the base year's",
        "1",
        Prior(kind="uniform", low=0.0, high=0.5),
        "assumed",
        "the literature agrees on the sign, not on the size",
        limits=(0.0, 5.0),
    ),
    Parameter(
        "use_response",
        "rise of the accumulation rate per unit of orders above (or below) full use of capacity",
        "1/year",
        Prior(kind="uniform", low=0.05, high=0.5),
        "assumed",
        "the flexible accelerator: a twentieth to a half of the gap is closed in a year",
        limits=(0.0, 5.0),
    ),
    Parameter(
        "marginal_saving",
        "share of private income beyond the base year's that is saved",
        "1",
        Prior(kind="uniform", low=0.15, high=0.45),
        "assumed",
        "the base year's private saving is a fifth of income at a war's level of consumption; the "
        "literature puts the marginal share above the average one as income recovers",
    ),
    Parameter(
        "habit",
        "weight of the highest income so far in what households spend",
        "1",
        Prior(kind="uniform", low=0.3, high=0.7),
        "assumed",
        "the literature finds that consumption falls less than income; it bounds a slump",
    ),
    Parameter(
        "saving_led",
        "share of the gap to full use of capacity and labour that prices and policy close",
        "1",
        Prior(kind="uniform", low=0.5, high=1.0),
        "assumed",
        "schools dispute whether spending or saving leads; over decades output stays nearer to "
        "capacity than spending rules alone let it, so the prior leaves out the lower half: 1 puts "
        "all that is saved at full use into investment",
    ),
)


@mechanism(
    "Market orders",
    phase="plan",
    sources=(
        "bhaduri_marglin_1990",
        "duesenberry_1949",
        "kalecki_1954",
        "leontief_1953",
        "solow_1956",
    ),
    reads=(
        "input_coefficients",
        "value_added_coefficients",
        "base_output",
        "base_consumption",
        "base_public",
        "base_supplies",
        "base_arms",
        "export_offers",
        "import_wishes",
        "investment_composition",
        "capital_output_ratio",
        "depreciation",
        "prewar_growth",
        "capital",
        "damaged_capital",
        "restoration_cost",
        "restoration_limit",
        "inventories",
        "peak_income",
        "claims",
        "confidence",
        "labour",
        "labour_coefficients",
        "productivity_ahead",
        "efficiency_ahead",
        "base_efficiency",
    ),
    lagged=("output", "capacity", "demanded_output", "unsold_offers", "tribute_rate"),
    writes=(
        "peak_income",
        "demanded_output",
        "demanded_consumption",
        "demanded_building",
        "demanded_restoration",
    ),
    parameters=PARAMETERS,
)
def market_orders(x: Inputs) -> Outputs:
    """Find what private buyers and firms ask for, and the output that meets it.

    Households spend what they spent in the base year and a share of the income
    after the state's claims beyond that year's, looking back in part to the
    highest income they had. Firms let capital grow with expected growth,
    profitability, tribute counted, and orders,
    g = depreciation e + spirits + a (r - r0) + b (u - 1), with e the usable share,
    and restore what is damaged first, since that is cheaper. The year's confidence
    moves what both spend; outlays on capital stay within saving at full use. To the
    extent that saving leads, income is that of full use, and what it saves is invested
    where capacity is short. Sales abroad are expected to find buyers as last year's
    did. The Leontief equation turns final demand into output asked for.
    """
    full = _full_income(x)
    level, peak = _consumption_level(x, full)
    mood = np.exp(x.now.confidence)[..., None]
    consumption = mood * x.now.base_consumption * level[..., None]
    wanted = _financed(mood * _accumulation(x), full - consumption.sum(-1), full)
    spare = x.p.saving_led * np.maximum(full - consumption.sum(-1) - wanted.sum(-1), 0.0)
    sold = (1.0 - x.lag.unsold_offers)[..., None] * x.now.export_offers
    outlay = wanted.sum(-1) + spare
    final = consumption + x.now.claims + x.now.investment_composition * outlay[..., None]
    net = final + sold - x.now.import_wishes - x.now.inventories
    identity = np.eye(net.shape[-1])
    output = np.linalg.solve(identity - x.now.input_coefficients, net[..., None])[..., 0]
    wanted = wanted + _spread(x, spare, wanted, output)
    limit = x.now.restoration_limit[..., None] * x.now.damaged_capital
    cost = x.now.restoration_cost[..., None]
    restoration = np.minimum(limit, wanted / cost)
    return {
        "peak_income": peak,
        "demanded_output": np.maximum(output, 0.0),
        "demanded_consumption": consumption,
        "demanded_building": wanted - cost * restoration,
        "demanded_restoration": restoration,
    }


def _pressure(x: Inputs) -> Array:
    """Return last year's orders relative to capacity: what a price would tell."""
    return np.asarray(np.minimum(x.lag.demanded_output / np.maximum(x.lag.capacity, 1e-12), 2.0))


def _full_income(x: Inputs) -> Array:
    """Return income after the state's claims at full use of capacity and labour."""
    capacity = usable_capacity(x)
    needed = (labour_per_unit(x) * capacity).sum(-1)
    staffed = np.minimum(1.0, x.now.labour / needed)
    value = (x.now.value_added_coefficients * capacity).sum(-1) * staffed
    return np.asarray(value - x.now.claims.sum(-1))


def _consumption_level(x: Inputs, full: Array) -> tuple[Array, Array]:
    """Return consumption relative to the base year, and the highest income so far."""
    base_claims = x.now.base_public + x.now.base_supplies + x.now.base_arms
    earned = (x.now.value_added_coefficients * x.now.base_output).sum(-1)
    base_income = earned - base_claims.sum(-1)
    income = (x.now.value_added_coefficients * x.lag.output).sum(-1) - x.now.claims.sum(-1)
    peak = np.maximum(x.now.peak_income, income)
    led = (1.0 - x.p.habit) * income + x.p.habit * peak
    felt = (1.0 - x.p.saving_led) * led + x.p.saving_led * full
    more = (1.0 - x.p.marginal_saving) * (felt - base_income)
    return np.maximum(1.0 + more / x.now.base_consumption.sum(-1), 0.0), peak


def _accumulation(x: Inputs) -> Array:
    """Return the outlay on capital by sector that firms decide on."""
    share = x.p.profit_share[..., None] * x.now.value_added_coefficients
    before = share / x.now.capital_output_ratio * x.now.base_efficiency
    profit = share * x.lag.output / x.now.capital - before
    profit = profit + x.lag.tribute_rate[..., None]
    rate = (
        x.now.depreciation * x.now.efficiency_ahead[..., 0, :]
        + (x.p.spirits * x.now.prewar_growth)[..., None]
        + x.p.profit_response[..., None] * profit
        + x.p.use_response[..., None] * (_pressure(x) - 1.0)
    )
    return np.asarray(np.maximum(rate, 0.0) * x.now.capital)


def _financed(wanted: Array, saved: Array, full: Array) -> Array:
    """Cut outlays on capital to what is left of income at full use after consumption.

    Firms cannot order more than saving at full use can pay; a small part of income is
    always left to them.
    """
    room = np.maximum(saved, LEAST_SAVED * np.maximum(full, 0.0))
    asked = wanted.sum(-1)
    return np.asarray(wanted * np.minimum(1.0, room / np.maximum(asked, 1e-12))[..., None])


def _spread(x: Inputs, spare: Array, wanted: Array, output: Array) -> Array:
    """Spread saving left over by firms' own plans: first where capacity falls short."""
    short = np.maximum(output - usable_capacity(x), 0.0) * x.now.capital_output_ratio
    short = np.minimum(short, x.p.bottleneck[..., None] * x.now.capital)
    total = short.sum(-1)
    first = np.minimum(spare, total)
    to_short = short / np.maximum(total, 1e-12)[..., None]
    to_all = wanted / np.maximum(wanted.sum(-1), 1e-12)[..., None]
    return np.asarray(first[..., None] * to_short + (spare - first)[..., None] * to_all)
