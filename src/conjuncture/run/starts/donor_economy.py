"""Economies without a table of their own: donors' proportions fitted to a state's totals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.balance_many import ras_many
from conjuncture.accounts.donors import COMPOSITIONS, donor
from conjuncture.data.sectors import SECTORS
from conjuncture.data.states import state
from conjuncture.run.starts.base import Start, Values
from conjuncture.run.starts.own_table import empty_plan

Array = npt.NDArray[np.float64]

RICH, POOR = ("usa_1947", "USA"), ("china_1987", "CHN")
"""The donors, and the states whose product per head at the end of 1945 places them."""

GROUPS = {
    "agriculture": ("agriculture",),
    "industry": (
        "fuels_mining",
        "electricity",
        "metals",
        "chemicals",
        "machinery",
        "consumer_goods",
        "other_industry",
        "construction",
    ),
    "services": ("transport", "trade", "services"),
}
"""The three groups of the state files, in the sectors of a run."""

LEAST_CONSUMPTION = 0.35
"""Least share of consumption in final use where military spending would leave less."""

MOST_EXPORTED = 0.6
"""Largest share of a sector's output that is exported at the start."""


def donor_economies(start: Start) -> Values:
    """Build the economies of all territories of a start, arrays (count, territories, ...).

    Technique is that of the United States in 1947 and of China in 1987, weighted
    by where product per head lies between the two in logarithms. Value added of
    the sectors comes from the state's three shares of product, divided within
    groups as by the donors. The table of uses is fitted to these outputs and to
    the totals of final uses by RAS (Stone and Brown 1962); what a state makes
    beyond its own uses is exported as far as its openness goes, and what it
    lacks is imported. The money is the million international dollars of 2011.
    """
    product = start.figure("product")
    mix = _Mix(_weight(start, product))
    force = start.assumed("participation") * start.assumed("working_age_share")
    force = force * start.figure("population")
    soldiers = np.minimum(start.figure("armed_forces", 0.0), 0.5 * force)
    share = np.minimum(start.figure("military_share", soldiers / force), 0.8)
    pay = start.assumed("military_pay_share") * share * product
    value = _value_added(start, mix, product - pay)
    output = value / mix.value_added
    uses = _final_uses(start, mix, value.sum(-1), share * product - pay)
    exports, imports = _trade(start, mix, output, uses, product)
    uses[..., 0] += (value.sum(-1) - (exports - imports).sum(-1)) - uses.sum(-1)
    fitted = _fit(mix, output, value, uses, output - exports + imports)
    n = len(SECTORS)
    coefficients = fitted[..., :n] / output[..., None, :]
    labour = _labour(start, mix, value, force - soldiers)
    pay_per_head = np.where(soldiers > 0, pay / np.maximum(soldiers, 1e-9), product / force)
    final = np.moveaxis(fitted[..., n:], -1, 0)
    return {
        "world_price": np.ones_like(product),
        "input_coefficients": coefficients,
        "total_requirements": np.linalg.solve(np.eye(n) - coefficients, np.eye(n)),
        "labour_coefficients": labour / output,
        "value_added_coefficients": 1.0 - coefficients.sum(-2),
        "base_output": output,
        "base_consumption": final[0],
        "base_public": final[1],
        "base_investment": final[2].sum(-1),
        "investment_composition": final[2] / final[2].sum(-1, keepdims=True),
        "base_supplies": final[3],
        "base_arms": final[4],
        "base_exports": exports,
        "base_imports": imports,
        "military_pay": pay_per_head,
        "arms_works": final[4].sum(-1),
        "inventories": np.zeros_like(output),
        "productivity": np.ones_like(output),
        **_capital(start, mix, output),
        **_people(start, soldiers),
        **_indices(start, output),
        **empty_plan(product.shape, n),
        "base_gdp": product,
    }


class _Mix:
    """Proportions between the two donors at a weight (count, territories)."""

    def __init__(self, weight: Array) -> None:
        rich, poor = donor(RICH[0]), donor(POOR[0])
        self._pair, self._weight = (rich, poor), weight
        self.coefficients = self._blend(rich.coefficients, poor.coefficients)
        self.value_added = 1.0 - self.coefficients.sum(-2)
        self.compositions = {
            use: self._blend(rich.composition(use), poor.composition(use)) for use in COMPOSITIONS
        }

    def of(self, name: str) -> Array:
        """Return a list or a number of the donors, blended."""
        rich, poor = (np.asarray(getattr(item, name)) for item in self._pair)
        return self._blend(rich, poor)

    def _blend(self, rich: Array, poor: Array) -> Array:
        weight = self._weight.reshape(*self._weight.shape, *([1] * rich.ndim))
        return np.asarray(weight * rich + (1.0 - weight) * poor)


def _weight(start: Start, product: Array) -> Array:
    """Return how far product per head lies from the poor to the rich donor, 0 to 1."""
    head = np.log(product / start.figure("population"))
    low, high = (
        np.log((state(code).value("product") or 1.0) / (state(code).value("population") or 1.0))
        for code in (POOR[1], RICH[1])
    )
    return np.asarray(np.clip((head - low) / (high - low), 0.0, 1.0))


def _columns(group: str) -> list[int]:
    return [SECTORS.index(name) for name in GROUPS[group]]


def _value_added(start: Start, mix: _Mix, total: Array) -> Array:
    """Return value added by sector (count, territories, sectors)."""
    shares = {name: start.figure(f"{name}_share_of_product") for name in GROUPS}
    whole = sum(shares.values())
    within, found = mix.of("value_added"), np.zeros((*total.shape, len(SECTORS)))
    for name, share in shares.items():
        own = within[..., _columns(name)]
        own = own / own.sum(-1, keepdims=True)
        found[..., _columns(name)] = (share / whole * total)[..., None] * own
    return found


def _final_uses(start: Start, mix: _Mix, total: Array, military: Array) -> Array:
    """Return totals of consumption, public, investment, supplies and arms (…, 5)."""
    arms = start.assumed("arms_share") * military
    public = mix.of("public_share") * total
    invested = mix.of("investment_share") * start.assumed("investment_scale") * total
    others = np.stack([public, invested, military - arms, arms], axis=-1)
    room = (1.0 - LEAST_CONSUMPTION) * total
    others = others * np.minimum(1.0, room / others.sum(-1))[..., None]
    return np.concatenate([(total - others.sum(-1))[..., None], others], axis=-1)


UNTRADED = frozenset({"electricity", "construction", "trade", "services"})
"""Products taken to be used where they are made."""

USES = ("consumption", "public", "investment", "supplies", "arms")


def _seed(mix: _Mix, output: Array, uses: Array) -> Array:
    """Return the table of uses before fitting (…, products, sectors and uses)."""
    final = np.stack([mix.compositions[name] for name in USES], axis=-1) * uses[..., None, :]
    return np.concatenate([mix.coefficients * output[..., None, :], final], axis=-1)


def _trade(
    start: Start, mix: _Mix, output: Array, uses: Array, product: Array
) -> tuple[Array, Array]:
    """Return exports and imports by product; the world's exports of each equal its imports."""
    gap = (output - _seed(mix, output, uses).sum(-1)) * _traded()
    total = 0.5 * start.figure("openness") * product
    both_ways = 0.2 * mix.compositions["exports"] * _traded() * total[..., None]
    sold, bought = np.maximum(gap, 0.0) + both_ways, np.maximum(-gap, 0.0) + both_ways
    imports = total[..., None] * bought / bought.sum(-1, keepdims=True)
    exports = ras_many(sold, total, imports.sum(-2))
    return np.minimum(exports, MOST_EXPORTED * output), imports


def _traded() -> Array:
    """Return 1 for products that cross borders and 0 for those made where they are used."""
    return np.array([float(name not in UNTRADED) for name in SECTORS])


def _fit(mix: _Mix, output: Array, value: Array, uses: Array, rows: Array) -> Array:
    columns = np.concatenate([output - value, uses], axis=-1)
    return ras_many(_seed(mix, output, uses), rows, columns)


def _labour(start: Start, mix: _Mix, value: Array, civil: Array) -> Array:
    """Return civil labour by sector from the state's shares of labour (thousand persons)."""
    shares = {name: start.figure(f"{name}_share_of_labour") for name in GROUPS}
    whole = sum(shares.values())
    weights, found = mix.of("labour") * value, np.zeros_like(value)
    for name, share in shares.items():
        own = weights[..., _columns(name)]
        own = own / own.sum(-1, keepdims=True)
        found[..., _columns(name)] = (share / whole * civil)[..., None] * own
    return found


def _richest_intensity() -> float:
    """Return capital over product of the rich donor's state, dwellings counted (years).

    The state files count dwellings and the donors' sectors do not; so a state's
    ratio is taken relative to that of the state whose capital the donor describes.
    """
    rich = state(RICH[1])
    return (rich.value("capital") or 1.0) / (rich.value("product") or 1.0)


def _wear(intensity: Array) -> Array:
    """Return wear relative to the donor's rate.

    A stock that is large for what it can make is one of structures that last; its
    wear per unit of output is the donor's.
    """
    return np.asarray(np.minimum(1.0, 1.0 / np.maximum(intensity, 1e-12)))


def _capital(start: Start, mix: _Mix, output: Array) -> Values:
    """Return capital by sector, its ratio to output at full use, and its usable share."""
    intensity = start.figure("capital") / start.figure("product") / _richest_intensity()
    capital = intensity[..., None] * mix.of("capital_output") * output
    lost = np.minimum(start.figure("capital_lost_share", 0.0), 0.95)  # as society takes it
    usable = np.clip(1.0 / start.figure("prewar_level", 1.0) / (1.0 - lost), 0.3, 1.0)
    efficiency = usable[..., None] * np.ones_like(output)
    return {
        "capital": capital,
        "capital_output_ratio": capital * efficiency / output,
        "depreciation": mix.of("depreciation") * _wear(intensity * usable)[..., None],
        "efficiency": efficiency,
        "base_efficiency": efficiency,
        "wealth_lost_share": lost,
        "restorable_share": start.assumed("restorable_share") + 0.0 * lost,
        "fixed_assets_index": 100.0 * (1.0 - lost),
        "fixed_assets_index_start": 100.0 * (1.0 - lost),
        "statified_share": start.figure("statified_share"),
    }


def _people(start: Start, soldiers: Array) -> Values:
    people = start.figure("population")
    growth = start.figure("population_growth", 0.01)
    head = start.figure("prewar_growth", 0.01)
    one = np.ones_like(people)
    return {
        "population": people,
        "base_population": people / (1.0 + 0.5 * growth),
        "population_growth": growth,
        "prewar_growth": (1.0 + head) * (1.0 + growth) - 1.0,
        "prewar_productivity_growth": head,
        "working_age_share": start.assumed("working_age_share") * one,
        "participation": start.assumed("participation") * one,
        "armed_forces": soldiers,
        "armed_forces_start": np.maximum(soldiers, 1e-3 * people),
        "armed_forces_peace": start.assumed("peace_forces") * people,
        "arms_peace_ratio": start.assumed("peace_arms") * one,
        "arms_rate": start.assumed("arms_rate") * one,
        "harvest_sd": start.assumed("harvest_sd") * one,
    }


def _indices(start: Start, output: Array) -> Values:
    """Return the levels of the base year against the best year before it."""
    level = 100.0 / start.figure("prewar_level", 1.0)
    trend = np.maximum(start.figure("prewar_level", 1.0), 1.0)
    return {
        "gdp_index_start": level,
        "material_product_index_start": level,
        "industry_index_start": level,
        "employment_index_start": 100.0 * np.ones_like(level),
        "output_index_start": level[..., None] * np.ones_like(output),
        "productivity_trend": trend[..., None] * np.ones_like(output),
        "steel_start": start.figure("steel", 0.0),
        "energy_start": start.figure("energy", 0.0),
    }


def donor_cards() -> tuple[str, ...]:
    """Return the origin cards of the donors, sorted."""
    chosen = (donor(RICH[0]), donor(POOR[0]))
    return tuple(sorted({card for item in chosen for card in (item.source, *item.also)}))
