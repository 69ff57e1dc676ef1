"""The social table: people, incomes and consumption of the strata of each state."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.society.levers import (
    bureaucracy_directs,
    direction_removed,
    masses_administer,
)

Array = npt.NDArray[np.float64]
Groups = dict[str, Array]

MASSES = ("workers", "peasants")
"""Strata whose consumption makes the living standard."""

TINY = 1e-12


def arranged(x: Inputs, groups: Mapping[str, Array]) -> Array:
    """Stack the strata in the order of the dimension's labels (..., stratum)."""
    return np.stack([groups[name] for name in x.labels["stratum"]], axis=-1)


def column(x: Inputs, values: Array, name: str) -> Array:
    """Return one stratum of an array over strata."""
    return np.asarray(values[..., x.labels["stratum"].index(name)])


def groups(x: Inputs, values: Array) -> Groups:
    """Return an array over strata as its strata by name."""
    return {name: column(x, values, name) for name in x.labels["stratum"]}


def _all_workers(x: Inputs) -> Outputs:
    none = np.zeros_like(x.now.population_mean)
    people = dict.fromkeys(x.labels["stratum"], none) | {"workers": x.now.population_mean}
    return {"strata_population": arranged(x, people)}


@mechanism(
    "Strata of society",
    phase="masses",
    sources=("milanovic_2011",),
    paragraphs=("1.2", "1.6", "1.18"),
    reads=(
        "population_mean",
        "labour",
        "employment",
        "armed_forces_mean",
        "forced_labour",
        "statified_share",
        "land_reformed",
        "bureaucracy_share",
        "bureaucracy_base",
    ),
    writes=("strata_population",),
    parameters=(
        Parameter(
            "owners",
            "owners of enterprises, and of land, per person at work under private property",
            "1",
            Prior(kind="uniform", low=0.01, high=0.05),
            "assumed",
            "employers and rentiers of the censuses before 1945, large and middling",
        ),
        Parameter(
            "own_account",
            "persons on their own account outside farms under private property",
            "1",
            Prior(kind="uniform", low=0.1, high=0.25),
            "assumed",
            "artisans, shopkeepers and professions: a tenth to a quarter of those occupied outside "
            "farms in the censuses before 1945",
        ),
    ),
    off=_all_workers,
)
def social_structure(x: Inputs) -> Outputs:
    """Divide people among the strata by what their earners do.

    Peasants by farm work, officials by the weight of the bureaucracy, owners (of land
    too, where it is not reformed) and own-account workers outside farms by the
    private share of the means of production, workers the rest, soldiers
    among them; families go with earners. Forced labourers stand apart, without families.
    """
    return {"strata_population": arranged(x, _people(x))}


def _earners(x: Inputs) -> Groups:
    """Return earners of each free stratum, soldiers among the workers (thousand)."""
    private = np.clip(1.0 - x.now.statified_share, 0.0, 1.0)
    farm = np.minimum(x.now.employment[..., x.sectors.index("agriculture")], x.now.labour)
    outside = x.now.labour - farm
    officials = np.minimum(x.now.bureaucracy_share * x.now.labour, 0.5 * outside)
    owners = x.p.owners * private * outside
    own_account = np.minimum(x.p.own_account * private, 0.4) * outside
    rest = outside - officials - owners - own_account + x.now.armed_forces_mean
    held = np.minimum(x.now.forced_labour, 0.5 * np.maximum(rest, 0.0))
    land = 1.0 - np.clip(x.now.land_reformed, 0.0, 1.0)
    landed = x.p.owners * private * land * farm
    return {
        "peasants": farm - landed,
        "workers": np.maximum(rest - held, 0.0),
        "petty_bourgeoisie": own_account,
        "bourgeoisie": owners + landed,
        "middle_bureaucracy": officials * x.now.bureaucracy_base,
        "upper_bureaucracy": officials * (1.0 - x.now.bureaucracy_base),
    }


def _people(x: Inputs) -> Groups:
    """Return people of each stratum, families included (thousand)."""
    earners = _earners(x)
    held = np.minimum(x.now.forced_labour, 0.5 * x.now.population_mean)
    free = x.now.population_mean - held
    count = sum(earners.values())
    none = count <= TINY
    people = {name: free * value / np.maximum(count, TINY) for name, value in earners.items()}
    people["workers"] = np.where(none, free, people["workers"])
    return people | {"forced_labour": held}


def _alike(x: Inputs) -> Outputs:
    people = x.now.strata_population
    share = people / np.maximum(people.sum(-1, keepdims=True), TINY)
    zero = np.zeros_like(share[..., 0])
    return {
        "strata_income": share * national_income(x)[..., None],
        "retained_income": zero,
        "privileges": zero,
    }


@mechanism(
    "Incomes of the strata",
    phase="masses",
    sources=("milanovic_2011", "kornai_1992", "sah_stiglitz_1984"),
    paragraphs=("1.2", "1.7", "1.8", "1.9", "3.3"),
    reads=(
        "strata_population",
        "statified_share",
        "planning_coverage",
        "output",
        "value_added_coefficients",
        "military_pay",
        "armed_forces_mean",
        "levy_rate",
        "capital",
        "world_price",
        "transfer_received",
        "transfer_paid",
        "administration",
        "lever_no_bureaucracy",
        "lever_mass_administration",
        "land_reformed",
    ),
    lagged=("profit_rate",),
    writes=("strata_income", "retained_income", "privileges"),
    parameters=(
        Parameter(
            "rent",
            "share of farm product that goes to owners of land under private property",
            "1",
            Prior(kind="uniform", low=0.05, high=0.3),
            "assumed",
            "from countries of owner farming to those of tenancy and estates",
        ),
        Parameter(
            "middle",
            "pay of the middle bureaucracy relative to a worker's",
            "1",
            Prior(kind="uniform", low=1.1, high=2.0),
            "assumed",
            "salaries of officials and technicians stood above wages in all accounts before 1945",
            limits=(0.5, 10.0),
        ),
        Parameter(
            "upper",
            "pay of the upper bureaucracy relative to a worker's",
            "1",
            Prior(kind="lognormal", median=4.0, sigma=0.4),
            "assumed",
            "accounts of the thirties range from two to ten; families are counted with earners",
            limits=(0.5, 100.0),
        ),
        Parameter(
            "kind",
            "privileges in kind of the upper bureaucracy relative to a worker's pay, under a plan",
            "1",
            Prior(kind="uniform", low=0.0, high=3.0),
            "assumed",
            "closed shops, flats, cars: named in all accounts, counted in none",
            limits=(0.0, 50.0),
        ),
        Parameter(
            "upkeep",
            "upkeep of a forced labourer relative to a worker's pay",
            "1",
            Prior(kind="uniform", low=0.2, high=0.6),
            "assumed",
            "bare subsistence; a worker's pay also keeps a family",
        ),
    ),
    off=_alike,
)
def strata_incomes(x: Inputs) -> Outputs:
    """Divide the national income among the strata by where it is earned.

    Peasants have the value added of farms less rent and levy; owners profits and
    rent; all others the wage fund (value added less profits, and soldiers' pay)
    in proportion to pay. The state retains the profits of what it owns and the
    levy. What is retained is shown with the strata in proportion to their own
    incomes, and so are transfers from and to abroad, so that all add up to the
    national income and no share is moved.
    Where no bureaucracy directs the plan, its pay is a worker's and privileges end.
    """
    own, retained, privileges = _incomes(x, groups(x, x.now.strata_population))
    total = national_income(x)
    scale = total / np.maximum(sum(own.values()), TINY)
    return {
        "strata_income": arranged(x, {name: value * scale for name, value in own.items()}),
        "retained_income": retained,
        "privileges": privileges,
    }


def national_income(x: Inputs) -> Array:
    """Return product and the transfers received from abroad less those paid (money/year)."""
    value = (x.now.value_added_coefficients * x.now.output).sum(-1)
    abroad = (x.now.transfer_received - x.now.transfer_paid) / x.now.world_price
    return np.asarray(value + x.now.military_pay * x.now.armed_forces_mean + abroad)


def _incomes(x: Inputs, people: Groups) -> tuple[Groups, Array, Array]:
    """Return own incomes of the strata, what is retained, and privileges (money/year)."""
    value = x.now.value_added_coefficients * x.now.output
    farm = value[..., x.sectors.index("agriculture")]
    rest = value.sum(-1) - farm
    state = np.clip(x.now.statified_share, 0.0, 1.0)
    profit = _profit_share(x, value) * rest
    land = 1.0 - np.clip(x.now.land_reformed, 0.0, 1.0)
    rent = x.p.rent * (1.0 - state) * land * farm * (people["bourgeoisie"] > TINY)
    levy = np.minimum(x.now.levy_rate, 0.9) * (farm - rent)
    levy = levy * (people["peasants"] > TINY)
    fund = rest - profit + x.now.military_pay * x.now.armed_forces_mean
    fund = fund + np.where(people["peasants"] > TINY, 0.0, farm - rent)
    owned = (1.0 - state) * profit
    fund = fund + np.where(people["bourgeoisie"] > TINY, 0.0, owned)
    pay, wage = _pay(x, people, fund)
    directs = x.now.planning_coverage * bureaucracy_directs(x)
    retained = state * profit + levy
    kind = np.minimum(x.p.kind * directs * wage * people["upper_bureaucracy"], 0.5 * retained)
    officials = ("middle_bureaucracy", "upper_bureaucracy")
    above = sum(np.maximum(pay[n] - wage * people[n], 0.0) for n in officials)
    own = pay | {
        "peasants": np.where(people["peasants"] > TINY, farm - rent - levy, 0.0),
        "bourgeoisie": np.where(people["bourgeoisie"] > TINY, owned + rent, 0.0),
        "upper_bureaucracy": pay["upper_bureaucracy"] + kind,
    }
    return own, retained - kind, above + kind


def _profit_share(x: Inputs, value: Array) -> Array:
    """Return profits as a share of value added, at last year's rate on capital."""
    profits = x.lag.profit_rate * x.now.capital.sum(-1)
    share = profits / np.maximum(value.sum(-1), TINY)
    return np.asarray(np.clip(share, 0.0, 0.7))


def _pay(x: Inputs, people: Groups, fund: Array) -> tuple[Groups, Array]:
    """Divide the wage fund by relative pay; return it and a worker's pay per head."""
    covered = x.now.planning_coverage
    kept = 1.0 - covered * direction_removed(x)
    one = np.ones_like(fund)
    relative = {
        "workers": one,
        "petty_bourgeoisie": one,
        "middle_bureaucracy": 1.0 + (x.p.middle - 1.0) * kept,
        "upper_bureaucracy": 1.0 + (x.p.upper - 1.0) * kept,
        "forced_labour": x.p.upkeep * one,
    }
    weights = {name: factor * people[name] for name, factor in relative.items()}
    wage = fund / np.maximum(sum(weights.values()), TINY)
    return {name: wage * weight for name, weight in weights.items()}, wage


def _even(x: Inputs) -> Outputs:
    people = x.now.strata_population
    mean = _household_consumption(x) / np.maximum(people.sum(-1), TINY)
    return {"strata_consumption": np.where(people > TINY, mean[..., None], 0.0)}


@mechanism(
    "Consumption of the strata",
    phase="masses",
    sources=("milanovic_2011",),
    paragraphs=("1.9", "3.3"),
    reads=(
        "strata_population",
        "strata_income",
        "planning_coverage",
        "consumption",
        "base_consumption",
        "base_population",
        "administration",
        "lever_mass_administration",
    ),
    writes=("strata_consumption",),
    parameters=(
        Parameter(
            "evenness",
            "elasticity of consumption to income across strata",
            "1",
            Prior(kind="uniform", low=0.7, high=1.0),
            "assumed",
            "saving and taxes rise with income, so that consumption is spread less than income",
            limits=(0.0, 1.5),
        ),
    ),
    off=_even,
)
def strata_consumption(x: Inputs) -> Outputs:
    """Divide the run's consumption of households by income to a power.

    c_i = u (y_i / mean)^evenness per head, with u such that people times
    consumption add up to the consumption of households. Where the masses
    administer, distribution is equal as far as the plan covers.
    """
    people = x.now.strata_population
    per_head = x.now.strata_income / np.maximum(people, TINY)
    mean = x.now.strata_income.sum(-1) / np.maximum(people.sum(-1), TINY)
    power = x.p.evenness * (1.0 - masses_administer(x) * x.now.planning_coverage)
    relative = np.maximum(per_head / np.maximum(mean, TINY)[..., None], TINY)
    level = np.where(people > TINY, relative ** power[..., None], 0.0)
    spread = np.maximum((people * level).sum(-1), TINY)
    return {"strata_consumption": level * (_household_consumption(x) / spread)[..., None]}


def _household_consumption(x: Inputs) -> Array:
    """Return consumption of households in units of the base year's mean per head."""
    base = x.now.base_consumption.sum(-1) / np.maximum(x.now.base_population, TINY)
    return np.asarray(x.now.consumption.sum(-1) / base)
