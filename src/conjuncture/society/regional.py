"""Recovery by part: a territory's people, capital and damage in its republics and lands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism

Array = npt.NDArray[np.float64]


def _in_proportion(x: Inputs) -> Outputs:
    capital, damage, people = _opening(x)
    return _result(x, (capital, damage, people), (capital, damage, people), capital)


@mechanism(
    "Recovery by part",
    phase="accounts",
    sources=("janossy_1966", "harris_todaro_1970"),
    paragraphs=("5.3",),
    reads=(
        "part_holder",
        "part_parent",
        "part_capital_share",
        "part_damage_share",
        "part_population_share",
        "population",
        "capital",
        "damaged_capital",
        "depreciation",
        "building",
        "restoration",
    ),
    lagged=("capital_damage",),
    writes=(
        "part_capital_share",
        "part_damage_share",
        "part_population_share",
        "part_people",
        "part_capital",
        "part_damage",
        "part_building",
        "part_restoration",
    ),
    parameters=(
        Parameter(
            "by_people",
            "weight of people, against capital, in where new capital is built",
            "1",
            Prior(kind="uniform", low=0.0, high=0.6),
            "assumed",
            "building follows what stands; policy turns some of it to where people are",
        ),
        Parameter(
            "migration",
            "share of the gap between a part's shares of people and capital that closes in a year",
            "1/year",
            Prior(kind="uniform", low=0.0, high=0.02),
            "assumed",
            "people follow work slowly; a fiftieth of the gap a year is fast",
        ),
    ),
    off=_in_proportion,
)
def regional_recovery(x: Inputs) -> Outputs:
    """Divide a territory's restoration by damage, its building by capital and people.

    Within each territory that has parts, restoration of part i is its share of
    the damage, building its share w_i = (1 - by_people) k_i + by_people n_i; shares of capital
    follow K_i' = (1 - wear) K_i + building + restoration. People move towards capital.
    What last year's losses left damaged is added to the damage by capital.
    Amounts are those of the year (stocks as at its opening), and those of the
    parts add up to the territory's. A part that broke away drops out.
    """
    opening = _opening(x)
    share, damage, inhabited = opening
    weights = (1.0 - x.p.by_people) * share + x.p.by_people * inhabited
    kept = _of_parent(x, ((1.0 - x.now.depreciation) * x.now.capital).sum(-1))
    built = _of_parent(x, x.now.building.sum(-1))
    restored = _of_parent(x, x.now.restoration.sum(-1))
    capital = _shared(x, share * kept + weights * built + damage * restored, share)
    people = _shared(x, inhabited + x.p.migration * (share - inhabited), inhabited)
    standing = _of_parent(x, (x.now.damaged_capital - x.now.restoration).sum(-1))
    struck = (x.lag.capital_damage * x.now.capital).sum(-1)
    ruins = damage * np.maximum(standing, 0.0) + share * _of_parent(x, struck)
    return _result(x, opening, (capital, _shared(x, ruins, damage), people), weights)


def _opening(x: Inputs) -> tuple[Array, Array, Array]:
    """Return shares of capital, damage and people of the parts that have not broken away."""
    within = (x.now.part_holder >= 0).astype(float)
    stocks = (x.now.part_capital_share, x.now.part_damage_share, x.now.part_population_share)
    capital, damage, people = (_shared(x, within * stock, within * stock) for stock in stocks)
    return capital, damage, people


def _result(
    x: Inputs,
    opening: tuple[Array, Array, Array],
    closing: tuple[Array, Array, Array],
    weights: Array,
) -> Outputs:
    capital, damage, people = opening
    return {
        "part_capital_share": closing[0],
        "part_damage_share": closing[1],
        "part_population_share": closing[2],
        "part_people": people * _of_parent(x, x.now.population),
        "part_capital": capital * _of_parent(x, x.now.capital.sum(-1)),
        "part_damage": damage * _of_parent(x, x.now.damaged_capital.sum(-1)),
        "part_building": weights * _of_parent(x, x.now.building.sum(-1)),
        "part_restoration": damage * _of_parent(x, x.now.restoration.sum(-1)),
    }


def _of_parent(x: Inputs, values: Array) -> Array:
    """Return the parent's value at each part, zero where it is no territory of the run."""
    index = x.now.part_parent.astype(int)
    found = np.take_along_axis(values, np.maximum(index, 0), axis=-1)
    return np.asarray(np.where(index >= 0, found, 0.0))


def _shared(x: Inputs, amounts: Array, before: Array) -> Array:
    """Return amounts as shares of their parent's total; unchanged where there is none."""
    index = x.now.part_parent
    same = index[..., :, None] == index[..., None, :]
    total = (same * amounts[..., None, :]).sum(-1)
    return np.asarray(np.where(total > 0, amounts / np.maximum(total, 1e-300), before))
