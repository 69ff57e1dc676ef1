"""People and society at the end of the base year."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from conjuncture.core.algebra import by_row
from conjuncture.core.registry import REGISTRY, Inputs
from conjuncture.data.sectors import SECTORS
from conjuncture.data.states import states
from conjuncture.run.starts.base import Array, Start, Values
from conjuncture.society.strata import social_structure, strata_consumption, strata_incomes

FARM = SECTORS.index("agriculture")

THOUSAND = 1000.0
"""Persons per thousand; a million of money over a thousand persons is a thousand a head."""


USUAL_SHARE, USUAL_BASE, USUAL_PROFITS = 0.05, 0.9, 0.33
"""Bureaucracy outside farms, its middle ranks, and profits in value added: the middles of
the priors, where a base year needs them before any mechanism has run."""

_TAKEN = (
    "statified_share",
    "value_added_coefficients",
    "military_pay",
    "capital",
    "world_price",
    "base_consumption",
    "base_population",
)
_NEUTRAL = (
    "forced_labour",
    "levy_rate",
    "transfer_received",
    "transfer_paid",
    "administration",
    "land_reformed",
    "lever_no_bureaucracy",
    "lever_mass_administration",
)


def build(start: Start) -> Values:
    """Build constants, stocks and the flows of the base year, arrays (count, territories, ...).

    Product per head before the war is that of the base year times ``prewar_level``.
    Repression is what is missing to full democracy. Farm products per head follow
    the official index of farm output where a country file has one, else they have
    fallen with product per head, but less. Consumption of the masses has fallen with
    product per head and with the share of consumption in it.

    Raises
    ------
    InputError
        If files lack what society starts with, all gaps at once.
    """
    given = start.economy
    level = start.figure("prewar_level")
    head = THOUSAND * given["world_price"] * given["base_gdp"] / given["base_population"]
    schooling, leader = start.figure("schooling"), _leader()
    one = np.ones_like(head)
    constants = {
        "base_income_per_head": head * np.maximum(level, 1e-3),
        "war_deaths_share": _dead(start),
        "working_age_known": _with_country_file(start) * one,
        "statified_start": given["statified_share"],
        "food_start": _food(start, level),
        "repression_start": np.clip(1.0 - start.figure("democracy"), 0.0, 1.0),
        "culture_start": schooling,
        "culture_frontier": leader["schooling"] * one,
        "income_frontier": leader["product_per_head"] * leader["prewar_level"] * one,
        "living_standard_start": _living_standard(start, level),
    }
    stocks = {
        "culture": schooling,
        "masses_share_start": 0.0 * one,
        "food_habit": one,
        **_parts(start),
    }
    return constants | stocks | _base_year(start, constants, head)


def _leader() -> dict[str, float]:
    """Return the figures of the state with the largest product, the measure of the others."""
    whole = [item for item in states().values() if item.parent is None]
    first = max(whole, key=lambda item: (item.value("product") or 0.0, item.id))
    names = ("schooling", "product_per_head", "prewar_level")
    return {name: first.value(name) or 1.0 for name in names}


def _with_country_file(start: Start) -> Array:
    known = [start.country(code) is not None for code in start.territories]
    return np.array(known, dtype=float)[None, :]


def _dead(start: Start) -> Array:
    """Return the war's dead as a share of the people whom the war met."""
    dead = start.figure("war_deaths", 0.0)
    return np.asarray(dead / (start.figure("population") + dead))


def _food(start: Start, level: Array) -> Array:
    """Return farm products at hand per head relative to before the war."""
    fallen = np.minimum(1.0, np.maximum(level, 1e-3) ** -start.assumed("farm_fall"))
    left = 1.0 - _dead(start)
    indexed = start.economy["output_index_start"][..., FARM] / 100.0 / left
    own = _with_country_file(start) > 0.5
    return np.asarray(np.where(own, np.clip(indexed, 0.2, 1.2), fallen))


def _living_standard(start: Start, level: Array) -> Array:
    """Return consumption per head of the base year relative to before the war."""
    given = start.economy
    share = given["base_consumption"].sum(-1) / given["base_gdp"]
    usual = start.assumed("prewar_consumption_share")
    return np.asarray(np.minimum(share / usual, 1.0) / np.maximum(level, 1e-3))


def _parts(start: Start) -> Values:
    """Return the shares of the parts in what their territory has; none without parts."""
    capital, people = start.part_figure("capital"), start.part_figure("population")
    lost = np.clip(start.part_figure("capital_lost_share", 0.0), 0.0, 0.95)
    damage = capital * lost / (1.0 - lost)
    parents = np.array([str(states()[code].parent) for code in start.parts])
    same = (parents[:, None] == parents[None, :]).astype(float)

    def shares(amounts: Array) -> Array:
        total = by_row(amounts, same)
        even = capital / np.maximum(by_row(capital, same), 1e-300)
        return np.asarray(np.where(total > 0, amounts / np.maximum(total, 1e-300), even))

    return {
        "part_capital_share": shares(capital),
        "part_damage_share": shares(damage),
        "part_population_share": shares(people),
    }


def _base_year(start: Start, constants: Values, head: Array) -> Values:
    """Return the flows of the base year that the first year may look back to.

    Those that another room gave are left to it.
    """
    given, one = start.economy, np.ones_like(head)
    jobs = given["labour_coefficients"] * given["base_output"]
    flows = {
        "employment": jobs,
        "harvest": one,
        "profit_rate": USUAL_PROFITS * _value(given) / given["capital"].sum(-1),
        "gdp": given["base_gdp"],
        "gdp_world": given["world_price"] * given["base_gdp"],
        "gdp_per_head": head,
        "repression": constants["repression_start"],
        "living_standard": constants["living_standard_start"],
        "bureaucracy_share": USUAL_SHARE * (1.0 - jobs[..., FARM] / jobs.sum(-1)),
        "bureaucracy_base": USUAL_BASE * one,
    }
    none = ("bureaucracy_overhang", "waste", "famine", "excess_deaths", "forced_labour_deaths")
    flows |= dict.fromkeys(none, 0.0 * one)
    flows |= _social_table(start, flows)
    return {name: value for name, value in flows.items() if name not in given}


def _value(given: Values) -> Array:
    return np.asarray((given["value_added_coefficients"] * given["base_output"]).sum(-1))


def _social_table(start: Start, flows: Values) -> Values:
    """Return the strata of the base year at the medians of the priors, for all members."""
    given, zero = start.economy, 0.0 * flows["gdp"]
    now = SimpleNamespace(
        **{name: given[name] for name in _TAKEN},
        population_mean=given["base_population"],
        labour=flows["employment"].sum(-1),
        employment=flows["employment"],
        armed_forces_mean=given["armed_forces"],
        planning_coverage=given["statified_share"],
        bureaucracy_share=flows["bureaucracy_share"],
        bureaucracy_base=flows["bureaucracy_base"],
        output=given["base_output"],
        consumption=given["base_consumption"],
        **dict.fromkeys(_NEUTRAL, zero),
    )
    found: Values = {}
    for step in (social_structure, strata_incomes, strata_consumption):
        medians = {
            item.name: np.array([[item.prior.centre]])
            for item in REGISTRY.get(step.__name__).parameters
        }
        inputs = Inputs(
            year=start.year,
            start=start.year,
            now=now,
            lag=SimpleNamespace(profit_rate=flows["profit_rate"]),
            p=SimpleNamespace(**medians),
            draw=SimpleNamespace(),
            sectors=SECTORS,
        )
        found |= step(inputs)
        now.__dict__.update(found)
    return found
