"""Births, deaths and ages, and the labour that they leave outside the armed forces."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.core.state import HORIZON
from conjuncture.society import ages

Array = npt.NDArray[np.float64]


def _constant_rates(x: Inputs) -> Outputs:
    return {"life_expectancy": x.now.life_expectancy_start, "fertility": x.now.fertility_start}


@mechanism(
    "Births and deaths by income",
    phase="policy",
    sources=("notestein_1945", "preston_1975"),
    paragraphs=("1.12",),
    reads=("life_expectancy_start", "fertility_start", "base_income_per_head"),
    lagged=("gdp_per_head",),
    writes=("life_expectancy", "fertility"),
    parameters=(
        Parameter(
            "income_effect",
            "years of life gained per unit of the logarithm of product per head",
            "years",
            Prior(kind="uniform", low=4.0, high=14.0),
            "assumed",
            "up to the slope across countries; less where knowledge rather than income differs",
            limits=(0.0, 30.0),
        ),
        Parameter(
            "medicine",
            "years of life that medical knowledge adds in a year at any income",
            "years/year",
            Prior(kind="uniform", low=0.0, high=0.4),
            "assumed",
            "the curve of life expectancy on income had moved up before 1945; its pace is open",
            limits=(-1.0, 1.0),
        ),
        Parameter(
            "transition",
            "fall of births above the floor in per cent per per cent of product per head",
            "1",
            Prior(kind="uniform", low=0.2, high=1.2),
            "assumed",
            "births fall as incomes rise in every transition seen before 1945; the pace varies",
            limits=(0.0, 5.0),
        ),
        Parameter(
            "floor",
            "births of a woman over her life to which rich populations tend",
            "1",
            Prior(kind="uniform", low=1.9, high=2.5),
            "assumed",
            "about replacement: the births of western Europe in the thirties and somewhat above",
            limits=(0.5, 6.0),
        ),
    ),
    off=_constant_rates,
)
def vital_rates(x: Inputs) -> Outputs:
    """Let lives lengthen and births fall as product per head rises.

    e = e0 + income_effect ln(y / y0) + medicine t (Preston 1975); lifetime births
    f = floor + (f0 - floor) (y / y0)^-transition where f0 is above the floor, the
    demographic transition (Notestein 1945). Poverty does not raise births.
    """
    ratio = np.maximum(x.lag.gdp_per_head, 1.0) / x.now.base_income_per_head
    years = x.year - x.start
    life = x.now.life_expectancy_start + x.p.income_effect * np.log(ratio) + x.p.medicine * years
    above = np.maximum(x.now.fertility_start - x.p.floor, 0.0)
    falling = np.minimum(ratio**-x.p.transition, 1.0)
    return {
        "life_expectancy": np.clip(life, 25.0, 75.0),
        "fertility": x.now.fertility_start - above * (1.0 - falling),
    }


def _even_growth(x: Inputs) -> Outputs:
    cohorts = x.now.cohorts * (1.0 + x.now.population_growth)[..., None]
    people = cohorts.sum(axis=-1)
    zero = np.zeros_like(people)
    return {
        "cohorts": cohorts,
        "population": people,
        "population_mean": 0.5 * (people + x.now.population),
        "births": np.maximum(people - x.now.population, 0.0),
        "deaths": zero,
        "excess_deaths": zero,
    }


@mechanism(
    "Population by age",
    phase="policy",
    sources=("leslie_1945", "easterlin_1968", "o_grada_2009"),
    paragraphs=("5.3", "1.4"),
    reads=(
        "cohorts",
        "population",
        "population_growth",
        "life_expectancy",
        "fertility",
        "released",
        "famine",
        "forced_labour_deaths",
    ),
    lagged=("war_losses_people", "people_lost_share", "seceded_share"),
    writes=("cohorts", "population", "population_mean", "births", "deaths", "excess_deaths"),
    parameters=(
        Parameter(
            "boom",
            "rise of births per man of 15 to 49 released from the forces",
            "1",
            Prior(kind="uniform", low=0.0, high=1.5),
            "assumed",
            "births put off come after demobilisation, as after 1918; the size is open",
            limits=(0.0, 5.0),
        ),
        Parameter(
            "famine_births",
            "births lost per death by famine",
            "1",
            Prior(kind="uniform", low=0.0, high=1.0),
            "assumed",
            "births fall in every famine on record; the loss is at most of the order of the deaths",
            limits=(0.0, 5.0),
        ),
        Parameter(
            "arms_age",
            "share of the dead of a war taken from ages 15 to 49 alone",
            "1",
            Prior(kind="uniform", low=0.3, high=0.7),
            "assumed",
            "as for the dead of the war before the start",
        ),
    ),
    off=_even_growth,
)
def population_change(x: Inputs) -> Outputs:
    """Carry every age over the year: Leslie's matrix, then what war and want take.

    n'(a) = 4/5 s(a) n(a) + 1/5 s(a-1) n(a-1); births come from women of 15 to 49,
    more when men return, fewer in a famine. Famine takes the ages that die most
    in any year, war and a change of property in part those of 15 to 49. No age is taken beyond nine
    tenths. Parts that broke away last year take their people with them.
    Population is the sum of the ages, and excess deaths are those taken.
    """
    alive = ages.survival(x.now.life_expectancy)
    stayed = 1.0 - np.clip(x.lag.seceded_share, 0.0, 0.99)
    opening = x.now.cohorts * stayed[..., None]
    cohorts = ages.grown(opening, alive)
    men = (1.0 - ages.WOMEN) * opening[..., ages.FERTILE].sum(-1)
    returned = x.now.released / np.maximum(men, 1e-9)
    children = ages.births(opening, x.now.fertility)
    children = children * np.maximum(1.0 + x.p.boom * returned, 0.0)
    children = np.maximum(children - x.p.famine_births * x.now.famine, 0.1 * children)
    cohorts[..., 0] += children * np.sqrt(alive[..., 0])
    usual = opening.sum(-1) + children - cohorts.sum(-1)
    taken = _taken(x, cohorts, alive)
    cohorts = cohorts - taken
    people = cohorts.sum(axis=-1)
    return {
        "cohorts": cohorts,
        "population": people,
        "population_mean": 0.5 * (people + x.now.population * stayed),
        "births": children,
        "deaths": usual + taken.sum(-1),
        "excess_deaths": taken.sum(-1),
    }


def _taken(x: Inputs, cohorts: Array, alive: Array) -> Array:
    """Return who dies beyond the usual, by age."""
    frail = (1.0 - alive) * cohorts
    bearing = np.zeros_like(cohorts)
    bearing[..., ages.FERTILE] = cohorts[..., ages.FERTILE]
    able = np.zeros_like(cohorts)
    able[..., ages.WORKING] = cohorts[..., ages.WORKING]
    war = (x.lag.war_losses_people + x.lag.people_lost_share) * x.now.population
    of_arms = x.p.arms_age * war
    taken = (
        x.now.famine[..., None] * _shares(frail)
        + of_arms[..., None] * _shares(bearing)
        + (war - of_arms)[..., None] * _shares(cohorts)
        + x.now.forced_labour_deaths[..., None] * _shares(able)
    )
    return np.asarray(np.minimum(taken, 0.9 * cohorts))


def _shares(weights: Array) -> Array:
    return np.asarray(weights / np.maximum(weights.sum(-1, keepdims=True), 1e-12))


@mechanism(
    "Population and labour",
    phase="policy",
    sources=("leslie_1945", "kornai_1992", "swianiewicz_1965"),
    reads=(
        "cohorts",
        "life_expectancy",
        "fertility",
        "activity_rate",
        "statified_share",
        "statified_start",
        "armed_forces_ahead",
        "forced_labour",
        "forced_labour_start",
    ),
    writes=("labour_ahead", "labour"),
    parameters=(
        Parameter(
            "mobilised",
            "rise of participation as all means of production pass to the state",
            "1",
            Prior(kind="uniform", low=0.0, high=0.15),
            "assumed",
            "planned economies draw reserves of labour in, women's above all (Kornai 1992); what a "
            "regime had drawn in by 1945 is in its participation at the start",
            limits=(-0.5, 0.5),
        ),
        Parameter(
            "forced_efficiency",
            "work of a forced labourer relative to a free one",
            "1",
            Prior(kind="uniform", low=0.3, high=0.9),
            "assumed",
            "all accounts put it below free labour; by how much is disputed",
            limits=(0.0, 1.5),
        ),
    ),
)
def labour_supply(x: Inputs) -> Outputs:
    """Count the labour of the years ahead: working ages at work, less the army.

    Civil labour = activity x persons of 15 to 59 - armed forces - what forced
    labour falls short of free labour since the start, whose productivity holds
    the shortfall of its day. Ages ahead are carried forward at this year's rates.
    """
    working = _working_ahead(x)
    regime = 1.0 + x.p.mobilised * (x.now.statified_share - x.now.statified_start)
    able = (x.now.activity_rate * regime)[..., None] * 0.5 * (working[..., 1:] + working[..., :-1])
    short = (1.0 - x.p.forced_efficiency) * (x.now.forced_labour - x.now.forced_labour_start)
    ahead = able - x.now.armed_forces_ahead - short[..., None]
    ahead = np.maximum(ahead, 0.05 * able)
    return {"labour_ahead": ahead, "labour": ahead[..., 0]}


def _working_ahead(x: Inputs) -> Array:
    """Return persons of 15 to 59 on the bounds of the years ahead."""
    alive = ages.survival(x.now.life_expectancy)
    cohorts = x.now.cohorts
    found = [cohorts[..., ages.WORKING].sum(-1)]
    for _ in range(HORIZON):
        children = ages.births(cohorts, x.now.fertility)
        cohorts = ages.grown(cohorts, alive)
        cohorts[..., 0] += children * np.sqrt(alive[..., 0])
        found.append(cohorts[..., ages.WORKING].sum(-1))
    return np.stack(found, axis=-1)
