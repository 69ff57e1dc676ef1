"""Plans from a multi-regional table: where each territory may get its products from.

Three forms, from the tightest to the freest:

- :func:`interregional` on the table as it is: every sector of every territory uses every
  product of every territory in the proportions of the base year (Isard 1951).
- :func:`interregional` on ``join(split(table))``: every user of a territory buys a product
  from the territories in the same shares (Chenery 1953, Moses 1955).
- :func:`pooled`: a territory's users draw on one pool of each product, and routes bring to
  the pool what the plan chooses (Moses 1960; Takayama and Judge 1971), within a band
  around the deliveries of the base year or without limit.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from conjuncture.accounts.regions import DELIVERED, Regional, split
from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Faults
from conjuncture.plan.conditions.routes import Route
from conjuncture.plan.problem import Problem
from conjuncture.plan.regional.joining import Level, joined
from conjuncture.plan.regional.places import SEPARATOR, label

_NOTHING = 1e-12

Make = Callable[[Table], Problem]


# Routes chosen by the plan -----------------------------------------------------------


def pooled(
    regional: Regional,
    years: int,
    *,
    band: float | None = 0.1,
    new_routes: bool = False,
    rates: Mapping[str, Mapping[str, float]] | None = None,
    consumption: Level = "own",
    **settings: Any,
) -> Problem:
    """Build the plan of the years after a multi-regional table, with routes that it chooses.

    Parameters
    ----------
    regional : Regional
        From :func:`conjuncture.accounts.regions.split`.
    years : int
    band : float or None
        Deliveries between territories stay within this share of the base year's, widening
        each year, as trade with abroad does by ``import_band``; None sets no limit.
    new_routes : bool
        Whether products that a territory makes may also be sent where none went in the
        base year, without limit.
    rates : mapping, optional
        Carriage by product carried: the products of the territory of destination used per
        unit sent (``{"grain": {"transport": 0.1}}``), a stated assumption. The table has
        what carriage took among the inputs of the sectors that received the goods; so much
        is taken off them in proportion, so that the base year stays as it was.
    consumption : {"own", "common"}
        As in :func:`conjuncture.plan.regional.joining.joined`.
    **settings
        Any field of :class:`conjuncture.plan.settings.Settings`.

    Returns
    -------
    Problem

    Raises
    ------
    InputError
        As :meth:`Problem.from_table`; if rates name unknown products, or more carriage
        than a territory is recorded to use.

    Notes
    -----
    Negative deliveries of the base year (stocks drawn down on balance) are no shipments;
    they stay in the plan as changes of inventories.
    """
    problems = _territories(regional, lambda table: Problem.from_table(table, years, **settings))
    return _pooled(regional, problems, band, new_routes, rates or {}, consumption)


def pooled_base_year(
    regional: Regional, *, rates: Mapping[str, Mapping[str, float]] | None = None
) -> Problem:
    """Build the table's own year with its own deliveries, to see whether the plan finds it.

    Parameters
    ----------
    regional : Regional
    rates : mapping, optional
        As in :func:`pooled`.
    """
    problems = _territories(regional, Problem.base_year)
    return _pooled(regional, problems, 0.0, False, rates or {}, "own")


def _territories(regional: Regional, make: Make) -> dict[str, Problem]:
    """Build the problems of all territories, with trade with abroad alone."""
    abroad = regional.abroad
    problems = {}
    for k, name in enumerate(regional.regions):
        table = regional.tables[name]
        kept = [c for c, use in enumerate(table.final_uses) if use.name != DELIVERED.name]
        imports = np.where(np.abs(abroad[k]) > 1e-9 * table.output.max(), abroad[k], 0.0)
        outer = dataclasses.replace(
            table,
            final_uses=tuple(table.final_uses[c] for c in kept),
            final=table.final[:, kept],
            imports=imports,
            imported_intermediate=None,
            imported_final=None,
        )
        problems[name] = make(outer)
    return problems


def _pooled(
    regional: Regional,
    problems: dict[str, Problem],
    band: float | None,
    new_routes: bool,
    rates: Mapping[str, Mapping[str, float]],
    consumption: Level,
) -> Problem:
    between = regional.between.to_numpy()
    drawn = np.minimum(between, 0.0)  # product x origin x destination
    for k, name in enumerate(regional.regions):
        p = problems[name]
        change = drawn[:, k, :].sum(axis=1) - drawn[:, :, k].sum(axis=1)
        if change.any():
            problems[name] = p.replace(inventories=p.inventories + change)
    if rates:
        problems = _without_carriage(regional, problems, rates)
    routes = _routes(regional, band, new_routes, rates)
    return joined(problems, routes, consumption=consumption, name=regional.name)


def _routes(
    regional: Regional,
    band: float | None,
    new_routes: bool,
    rates: Mapping[str, Mapping[str, float]],
) -> list[Route]:
    """Return a route for every delivery between territories, and new ones where asked for."""
    between, regions = regional.between.to_numpy(), regional.regions
    least = _NOTHING * float(np.abs(between).max(initial=0.0))
    routes = []
    for i, product in enumerate(regional.products):
        for a, b in np.ndindex(len(regions), len(regions)):
            base = float(between[i, a, b])
            there = base > least
            if a == b or not (there or (new_routes and regional.made[a, i])):
                continue
            uses = {label(regions[b], k): rate for k, rate in rates.get(product, {}).items()}
            routes.append(
                Route(
                    origin=label(regions[a], product),
                    destination=label(regions[b], product),
                    base=base if there else 0.0,
                    band=band if there else None,
                    uses=uses,
                )
            )
    return routes


def _without_carriage(
    regional: Regional, problems: dict[str, Problem], rates: Mapping[str, Mapping[str, float]]
) -> dict[str, Problem]:
    """Take off the inputs of sectors what routes use for carriage themselves.

    Inputs of the territory of destination fall in proportion by the carriage of the
    base year's deliveries to it, so that every balance stays as it was.
    """
    faults = Faults(regional.name)
    known = list(regional.products)
    for product, uses in rates.items():
        if product not in known:
            faults.unknown("product", product, known, field="rates")
        for use, rate in uses.items():
            if use not in known:
                faults.unknown("product", use, known, field=f"rates.{product}.{use}")
            if rate < 0:
                faults.add("is negative", "give 0 or more", field=f"rates.{product}.{use}",
                           value=rate)  # fmt: skip
    faults.raise_if_any()
    arrivals = np.maximum(regional.between.to_numpy(), 0.0).sum(axis=1)  # product x destination
    changed = {}
    for k, name in enumerate(regional.regions):
        p = problems[name]
        carriage = np.zeros(p.size)
        for product, uses in rates.items():
            for use, rate in uses.items():
                carriage[known.index(use)] += rate * arrivals[known.index(product), k]
        recorded = p.coefficients @ p.output
        for i in np.flatnonzero(carriage > recorded * (1.0 + _NOTHING)):
            faults.add(
                f"carriage takes {carriage[i]:g} {p.unit}, the sectors are recorded to use "
                f"{recorded[i]:g}",
                "lower the rates, or leave out goods whose carriage is not in the table",
                field=f"rates.{known[i]}",
                value=name,
            )
        left = np.maximum(0.0, 1.0 - carriage / np.where(recorded > 0, recorded, 1.0))
        changed[name] = p.replace(coefficients=p.coefficients * left[:, None])
    faults.raise_if_any()
    return changed


# Coefficients fixed by origin ----------------------------------------------------------


def interregional(
    table: Table,
    years: int,
    *,
    consumption: Level = "own",
    separator: str | None = None,
    **settings: Any,
) -> Problem:
    """Build the plan of the years after a multi-regional table, every coefficient fixed.

    Sectors use, and territories consume and invest in, products of every origin in the
    proportions of the table; labour, capital and works are those of each territory.

    Parameters
    ----------
    table : Table
        With labels ``REGION:NAME`` or ``REGION.NAME``.
    years : int
    consumption : {"own", "common"}
        As in :func:`conjuncture.plan.regional.joining.joined`.
    separator : str, optional
        As in :func:`conjuncture.accounts.region_labels.labels`.
    **settings
        Any field of :class:`conjuncture.plan.settings.Settings`.

    Raises
    ------
    InputError
        As :func:`conjuncture.accounts.regions.split` and :meth:`Problem.from_table`.
    """

    def make(part: Table) -> Problem:
        return Problem.from_table(part, years, **settings)

    return _interregional(table, separator, make, consumption)


def interregional_base_year(table: Table, *, separator: str | None = None) -> Problem:
    """Build the table's own year, to see whether the plan finds it."""
    return _interregional(table, separator, Problem.base_year, "own")


def _interregional(table: Table, separator: str | None, make: Make, consumption: Level) -> Problem:
    """Take flows from the table as it is and stocks and labour from the territories."""
    regional = split(table, separator)
    whole = make(table)
    parts = joined(_territories(regional, make), consumption=consumption, name=table.name)
    wide = [s.replace(regional.separator, SEPARATOR, 1) for s in table.sectors]
    at = np.array([parts.sectors.index(name) for name in wide])
    uses = _by_region(table, regional)
    changes: dict[str, Any] = {
        key: getattr(parts, key)[..., at]
        for key in ("capital", "capital_output", "depreciation", "works", "damaged",
                    "labour_coefficients")
    }  # fmt: skip
    records = tuple(
        group.model_copy(
            update={"shares": {}, "amounts": _nonzero(wide, uses[group.name]["consumption"])}
        )
        for group in parts.conditions.households
    )
    return dataclasses.replace(
        whole,
        sectors=tuple(wide),
        exceptions={
            kind: tuple(s.replace(regional.separator, SEPARATOR, 1) for s in names)
            for kind, names in whole.exceptions.items()
        },
        composition=_composition(table, whole, wide, uses),
        settings=parts.settings,
        consumption_floor=parts.consumption_floor,
        labour_kinds=parts.labour_kinds,
        labour_units=parts.labour_units,
        labour_available=parts.labour_available,
        transfers=parts.transfers,
        reserves=parts.reserves,
        conditions=parts.conditions.model_copy(update={"households": records}),
        **changes,
    )


def _by_region(table: Table, regional: Regional) -> dict[str, dict[str, Array]]:
    """Return consumption and investment of every region by product of any origin (N)."""
    found = {}
    for name in regional.regions:
        mine = [use.name.startswith(name + regional.separator) for use in table.final_uses]
        found[name] = {
            role: table.final[
                :, [k for k, use in enumerate(table.final_uses) if mine[k] and use.role == role]
            ].sum(axis=1)
            for role in ("consumption", "investment")
        }
    return found


def _nonzero(names: list[str], values: Array) -> dict[str, float]:
    return {name: float(v) for name, v in zip(names, values, strict=True) if v != 0.0}


def _composition(
    table: Table, whole: Problem, names: list[str], uses: dict[str, dict[str, Array]]
) -> Array:
    """Return outlays by sector of destination: each sector builds with its region's goods."""
    if table.capital_composition is not None or table.capital is None:
        return whole.composition
    wide = np.zeros((whole.size, whole.size))
    for j, name in enumerate(names):
        column = uses[name.partition(SEPARATOR)[0]]["investment"]
        total = column.sum()
        wide[:, j] = column / total if total > 0 else np.arange(whole.size) == j
    return wide
