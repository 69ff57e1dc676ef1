"""The accounts of a year: product, indices on 1940, and the check that all adds up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import Inputs, Outputs, mechanism

Array = npt.NDArray[np.float64]

INDUSTRY = (
    "fuels_mining",
    "electricity",
    "metals",
    "chemicals",
    "machinery",
    "consumer_goods",
    "other_industry",
)
"""Sectors of industry in the classification of the scenario."""

MATERIAL = (*INDUSTRY, "agriculture", "construction", "transport", "trade")
"""Sectors of the material product system: all but services."""


@mechanism(
    "National accounts",
    phase="accounts",
    sources=("sna_2008", "narkhoz_1965"),
    reads=(
        "input_coefficients",
        "value_added_coefficients",
        "investment_composition",
        "base_output",
        "base_consumption",
        "output",
        "claims_met",
        "consumption",
        "investment",
        "exports",
        "imports",
        "unsold",
        "employment",
        "capacity",
        "labour",
        "armed_forces_mean",
        "military_pay",
        "base_gdp",
        "population",
        "population_growth",
        "gdp_index_start",
        "material_product_index_start",
        "industry_index_start",
        "output_index_start",
        "labour_coefficients",
        "employment_index_start",
        "steel_start",
        "energy_start",
        "base_population",
        "reserves",
        "world_price",
        "transfer_received",
        "transfer_paid",
    ),
    writes=(
        "value_added",
        "gdp",
        "gdp_world",
        "national_income",
        "gdp_per_head",
        "trade_balance",
        "reserves",
        "gdp_index",
        "civil_product_index",
        "material_product_index",
        "industry_index",
        "output_index",
        "employment_index",
        "steel",
        "energy",
        "consumption_per_head",
        "investment_share",
        "capacity_use",
        "labour_use",
        "accounts_residual",
    ),
)
def national_accounts(x: Inputs) -> Outputs:
    """Close the accounts of the year at base-year prices.

    GDP = value added of the sectors + services of the armed forces (number x
    base-year product per person). Indices chain the base year's official or
    independent level of 1940 = 100 to the volumes of the run; the index of civil
    product leaves the armed forces' services out. Steel follows the
    output of metals, energy the output of fuels and electricity together.
    Product in world money is at the level of the base year's comparison. Reserves
    take up exports less imports and transfers received less paid.
    """
    value_added = x.now.value_added_coefficients * x.now.output
    base_value = x.now.value_added_coefficients * x.now.base_output
    gdp = value_added.sum(-1) + x.now.military_pay * x.now.armed_forces_mean
    growth = x.now.output / np.maximum(x.now.base_output, 1e-12)
    energy = ("fuels_mining", "electricity")
    people = x.now.population * (1.0 + 0.5 * x.now.population_growth) / x.now.base_population
    wanted = x.now.base_consumption.sum(-1)
    surplus = (x.now.exports - x.now.imports).sum(-1)
    return {
        "value_added": value_added,
        "gdp": gdp,
        "gdp_world": x.now.world_price * gdp,
        "national_income": gdp
        + (x.now.transfer_received - x.now.transfer_paid) / x.now.world_price,
        "gdp_per_head": 1000.0 * x.now.world_price * gdp / (people * x.now.base_population),
        "trade_balance": x.now.world_price * surplus,
        "reserves": x.now.reserves
        + surplus
        + (x.now.transfer_received - x.now.transfer_paid) / x.now.world_price,
        "gdp_index": x.now.gdp_index_start * gdp / x.now.base_gdp,
        "civil_product_index": 100.0 * value_added.sum(-1) / base_value.sum(-1),
        "material_product_index": x.now.material_product_index_start
        * _ratio(x, value_added, base_value, MATERIAL),
        "industry_index": x.now.industry_index_start * _ratio(x, value_added, base_value, INDUSTRY),
        "output_index": x.now.output_index_start * growth,
        "employment_index": x.now.employment_index_start * _hired(x),
        "steel": x.now.steel_start * _ratio(x, x.now.output, x.now.base_output, ("metals",)),
        "energy": x.now.energy_start * _ratio(x, x.now.output, x.now.base_output, energy),
        "consumption_per_head": x.now.consumption.sum(-1) / wanted / people,
        "investment_share": x.now.investment / gdp,
        "capacity_use": x.now.output.sum(-1) / x.now.capacity.sum(-1),
        "labour_use": x.now.employment.sum(-1) / x.now.labour,
        "accounts_residual": _residual(x),
    }


def _ratio(x: Inputs, now: Array, base: Array, sectors: tuple[str, ...]) -> Array:
    columns = [k for k, name in enumerate(x.sectors) if name in sectors]
    total = base[..., columns].sum(-1)
    return np.asarray(now[..., columns].sum(-1) / np.where(total > 0, total, np.nan))


def _hired(x: Inputs) -> Array:
    """Employment outside agriculture relative to the base year (workers and employees)."""
    outside = [k for k, name in enumerate(x.sectors) if name != "agriculture"]
    base = (x.now.labour_coefficients * x.now.base_output)[..., outside].sum(-1)
    return np.asarray(x.now.employment[..., outside].sum(-1) / base)


def _residual(x: Inputs) -> Array:
    """Largest gap of a product balance relative to output, at least a millionth of the base's.

    Below that the gap is the rounding of stocks that are larger than the output.
    """
    used = (x.now.input_coefficients @ x.now.output[..., None])[..., 0]
    used = used + x.now.claims_met + x.now.consumption + x.now.exports + x.now.unsold
    used = used + x.now.investment_composition * x.now.investment[..., None]
    gap = np.abs(x.now.output + x.now.imports - used).max(-1)
    least = 1e-6 * x.now.base_output.sum(-1)
    return np.asarray(gap / np.maximum(x.now.output.sum(-1), least))
