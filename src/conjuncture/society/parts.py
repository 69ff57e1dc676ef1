"""Recovery by part: a territory's people, capital and damage in its republics and lands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism

Array = npt.NDArray[np.float64]


def _in_proportion(x: Inputs) -> Outputs:
    capital = x.now.part_capital_share
    return _result(x, capital, x.now.part_damage_share, x.now.part_population_share, capital)


@mechanism(
    "Recovery by part",
    phase="accounts",
    sources=("janossy_1966", "harris_todaro_1970"),
    paragraphs=("5.3",),
    reads=(
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
    writes=(
        "part_capital_share",
        "part_damage_share",
        "part_population_share",
        "part_population",
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
    Amounts are those of the year (stocks as at its opening), and those of the
    parts add up to the territory's.
    """
    weights = (1.0 - x.p.by_people) * x.now.part_capital_share
    weights = weights + x.p.by_people * x.now.part_population_share
    kept = _of_parent(x, ((1.0 - x.now.depreciation) * x.now.capital).sum(-1))
    built = _of_parent(x, x.now.building.sum(-1))
    restored = _of_parent(x, x.now.restoration.sum(-1))
    capital = x.now.part_capital_share * kept + weights * built
    capital = capital + x.now.part_damage_share * restored
    shares = _shared(x, capital, x.now.part_capital_share)
    move = x.p.migration * (x.now.part_capital_share - x.now.part_population_share)
    people = _shared(x, x.now.part_population_share + move, x.now.part_population_share)
    return _result(x, shares, x.now.part_damage_share, people, weights)


def _result(x: Inputs, capital: Array, damage: Array, people: Array, weights: Array) -> Outputs:
    return {
        "part_capital_share": capital,
        "part_damage_share": damage,
        "part_population_share": people,
        "part_population": x.now.part_population_share * _of_parent(x, x.now.population),
        "part_capital": x.now.part_capital_share * _of_parent(x, x.now.capital.sum(-1)),
        "part_damage": x.now.part_damage_share * _of_parent(x, x.now.damaged_capital.sum(-1)),
        "part_building": weights * _of_parent(x, x.now.building.sum(-1)),
        "part_restoration": x.now.part_damage_share * _of_parent(x, x.now.restoration.sum(-1)),
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
