"""Economies that start from a country file and a table of their own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.library import load_table, load_variants
from conjuncture.accounts.table import Table
from conjuncture.core.errors import Faults, InputError
from conjuncture.core.priors import quantiles
from conjuncture.core.state import HORIZON
from conjuncture.data.country import Country
from conjuncture.data.sectors import SECTORS
from conjuncture.run.starts.base import Start, Values

Array = npt.NDArray[np.float64]

AGRICULTURE = SECTORS.index("agriculture")

FIGURES: Mapping[str, str] = {
    "armed_forces_start": "armed_forces",
    "armed_forces_peace": "armed_forces_peace",
    "arms_peace_ratio": "arms_peace_ratio",
    "military_pay": "military_pay",
    "participation": "participation",
    "population_growth": "population_growth",
    "prewar_growth": "prewar_growth",
    "prewar_productivity_growth": "prewar_productivity_growth",
    "harvest_sd": "harvest_sd",
    "wealth_lost_share": "wealth_lost_share",
    "restorable_share": "restorable_share_of_loss",
    "fixed_assets_index_start": "fixed_assets_index",
    "gdp_index_start": "gdp_index",
    "material_product_index_start": "material_product_index",
    "industry_index_start": "industry_index",
    "employment_index_start": "employment_index",
    "steel_start": "steel",
    "energy_start": "energy",
}
"""State constants and the figures of the country file that they take."""

ANY_SHARE, ANY_AMOUNT, ANY_RATE, ANY_INDEX = (0.0, 1.0), (1e-6, 1e9), (-0.2, 0.2), (1.0, 1e4)
DRAWN: Mapping[str, tuple[float, float]] = {
    "armed_forces": ANY_AMOUNT,
    "armed_forces_peace": ANY_AMOUNT,
    "arms_peace_ratio": ANY_SHARE,
    "arms_rate": (0.0, 3.0),
    "capital_output_scale": (0.1, 10.0),
    "employment_index": ANY_INDEX,
    "energy": ANY_AMOUNT,
    "fixed_assets_index": ANY_INDEX,
    "gdp_index": ANY_INDEX,
    "harvest_sd": (0.0, 1.0),
    "industry_index": ANY_INDEX,
    "material_product_index": ANY_INDEX,
    "military_pay": (0.0, 1.0),
    "participation": (0.3, 1.0),
    "population": ANY_AMOUNT,
    "population_growth": ANY_RATE,
    "prewar_growth": ANY_RATE,
    "prewar_productivity_growth": ANY_RATE,
    "restorable_share_of_loss": ANY_SHARE,
    "statified_share": ANY_SHARE,
    "steel": ANY_AMOUNT,
    "wealth_lost_share": ANY_SHARE,
    "working_age_population": ANY_AMOUNT,
}
"""Figures that a run draws from their priors and that can be set, within these limits;
the others of a country file are taken as they are (by sector) or stand for the reader."""


def draw_figures(
    country: Country, seed: int, members: range, settings: Mapping[str, float]
) -> Values:
    """Draw the figures of a country file (1 + members), setting those that are set."""
    drawn: Values = {}
    faults = Faults(f"countries/{country.id}.yaml")
    for name in DRAWN:
        if name not in country.figures:
            faults.add("figure that a run needs is missing", "add it", field=f"figures.{name}")
    faults.raise_if_any()
    for name, figure in ((name, country.figures[name]) for name in DRAWN):
        full = f"{country.id}.{name}"
        if full in settings:
            drawn[name] = np.full(1 + len(members), settings[full])
        elif figure.prior is not None:
            drawn[name] = figure.prior.quantile(quantiles(seed, full, members))
        else:
            drawn[name] = np.full(1 + len(members), figure.value)
    return drawn


def draw_variants(name: str, seed: int, members: range) -> npt.NDArray[np.int_]:
    """Draw which variant of a table each member starts from, all alike likely.

    The reference member starts from the default variant, the first.
    """
    drawn = quantiles(seed, f"table.{name}", members) * len(load_variants(name))
    drawn[0] = 0.0
    return np.asarray(drawn.astype(int))


def own_economy(start: Start, country: Country) -> Values:
    """Build the economy of one country file, arrays (1 + members, ...).

    Raises
    ------
    InputError
        If its table has other sectors than the run, or no labour or capital.
    """
    faults = Faults(f"tables/{country.table}")
    if load_table(country.table).sectors != SECTORS:
        faults.add(
            "has other sectors than the economies of a run",
            "aggregate the table to them",
            field=country.id,
            value=", ".join(SECTORS),
        )
    faults.raise_if_any()
    return _territory(country, start.seed, start.members, start.settings)


def _territory(
    country: Country, seed: int, members: range, settings: Mapping[str, float]
) -> Values:
    figures = draw_figures(country, seed, members, settings)
    variant = draw_variants(country.table, seed, members)
    tables = [_of_table(table, country) for table in load_variants(country.table).values()]
    state = {name: np.stack([t[name] for t in tables])[variant] for name in tables[0]}
    state |= {name: figures[figure] for name, figure in FIGURES.items()}
    return state | _derived(state, figures)


def _of_table(table: Table, country: Country) -> Values:
    """Take what the state needs from one table."""
    if table.labour is None or table.capital is None:
        faults = Faults(table.file or table.name)
        faults.add(
            "has no labour or no capital",
            "give both: a run needs them",
            field="labour, capital",
        )
        raise InputError(faults)
    utilisation = np.array([country.value(f"capacity_utilisation_{s}") for s in table.sectors])
    military = {item.name: table.final[:, k] for k, item in enumerate(table.final_uses)}
    productivity = country.by_sector("labour_productivity_index", table.sectors)
    investment = table.final_by_role("investment")
    coefficients, identity = table.input_coefficients, np.eye(table.size)
    return {
        "input_coefficients": coefficients,
        # Rationing needs every row of it, year after year, so it is kept whole.
        "total_requirements": np.linalg.solve(identity - coefficients, identity),
        "labour_coefficients": table.labour.used[0] / table.output,
        "value_added_coefficients": table.value_added / table.output,
        "base_output": table.output,
        "base_consumption": table.final_by_role("consumption"),
        "base_public": table.final_by_role("public"),
        "base_supplies": military["military_supplies"],
        "base_arms": military["arms"],
        "base_exports": table.final_by_role("exports"),
        "base_imports": table.imports,
        "base_investment": investment.sum(),
        "investment_composition": investment / investment.sum(),
        "capital": table.capital.stock,
        "capital_output_ratio": table.capital.stock * utilisation / table.output,
        "depreciation": table.capital.depreciation,
        "efficiency": utilisation,
        "base_efficiency": utilisation,
        "inventories": np.zeros(table.size),
        "output_index_start": np.array([country.value(f"output_index_{s}") for s in table.sectors]),
        "productivity": np.ones(table.size),
        # A sector without an index of productivity is taken to stand on its trend.
        "productivity_trend": np.array(
            [100.0 / productivity[s].value if s in productivity else 1.0 for s in table.sectors]
        ),
    }


def _derived(state: Values, figures: Values) -> Values:
    """Compute the stocks and constants that follow from tables and figures."""
    scale = figures["capital_output_scale"][:, None]
    value = (state["value_added_coefficients"] * state["base_output"]).sum(axis=1)
    n = state["base_output"].shape[1]
    count = len(value)
    return empty_plan((count,), n) | {
        "base_gdp": value + figures["military_pay"] * figures["armed_forces"],
        "capital": scale * state["capital"],
        "capital_output_ratio": scale * state["capital_output_ratio"],
        "statified_share": figures["statified_share"],
        "population": figures["population"],
        "base_population": figures["population"] / (1.0 + 0.5 * figures["population_growth"]),
        "working_age_share": figures["working_age_population"] / figures["population"],
        "armed_forces": figures["armed_forces"],
        "arms_rate": figures["arms_rate"],
        "arms_works": state["base_arms"].sum(axis=1),
        "labour_coefficients": _labour(state, figures),
        "fixed_assets_index": figures["fixed_assets_index"],
    }


def empty_plan(shape: tuple[int, ...], sectors: int) -> Values:
    """Return the stocks of an economy that has drawn no plan and earned no reserves yet."""
    kept = ("output", "building", "restoration", "exports", "imports")
    found = {f"plan_{name}": np.zeros((*shape, HORIZON, sectors)) for name in kept}
    zeros = ("reserves", "converting_works", "peak_income")
    return (
        found
        | {name: np.zeros(shape) for name in zeros}
        | {
            "plan_age": np.full(shape, float(HORIZON)),
            "plan_consumption": np.zeros((*shape, HORIZON)),
        }
    )


def _labour(state: Values, figures: Values) -> Array:
    """Return labour per unit of output; farms hold what is left of the labour force.

    The participation of a member sets the labour that its base year used, so
    that every member starts with all its labour at work.
    """
    used = state["labour_coefficients"] * state["base_output"]
    force = figures["participation"] * figures["working_age_population"]
    spare = force - figures["armed_forces"] - used.sum(axis=1)
    used[:, AGRICULTURE] += spare
    return used / state["base_output"]
