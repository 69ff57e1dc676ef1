"""The planned economy: a plan drawn from the state every few years, carried out by year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import Fault, InfeasibleError
from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.core.state import HORIZON
from conjuncture.plan.problem import Problem
from conjuncture.plan.settings import Settings
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve

Array = npt.NDArray[np.float64]

KEPT = ("output", "building", "restoration", "exports", "imports")
"""Arrays of a plan that are kept until the next one is drawn."""

NOTHING = 1e-9
"""Consumption relative to the base year below which there is nothing to plan from."""

FAILED = 2.0
"""Mark of a plan that was not possible even without floor and terminal condition."""

PARAMETERS = (
    Parameter(
        "interval",
        "years after which a new plan is drawn from the state then reached",
        "years",
        Prior(kind="fixed", value=5.0),
        "assumed",
        "the five-year plan; 1 draws a new plan every year from what was in fact reached",
        limits=(1.0, float(HORIZON)),
    ),
    Parameter(
        "discount",
        "weight of a year's consumption relative to that of the year before",
        "1",
        Prior(kind="uniform", low=0.9, high=1.0),
        "assumed",
        "planners' impatience is not observed; the range runs from a tenth a year to none",
        limits=(0.5, 1.0),
    ),
    Parameter(
        "floor",
        "least consumption level in the plan relative to that of the year before the plan",
        "1",
        Prior(kind="uniform", low=0.8, high=1.0),
        "assumed",
        "a plan may press consumption down, but not without limit",
    ),
    Parameter(
        "band",
        "largest change of the consumption level in a year of the plan",
        "1/year",
        Prior(kind="uniform", low=0.2, high=0.5),
        "assumed",
        "against plans that put all consumption into one year; a band of a tenth would leave "
        "labour idle, since output would have no other outlet",
        limits=(0.0, 10.0),
    ),
    Parameter(
        "growth_target",
        "growth that capital must sustain after the plan, relative to the pre-war growth",
        "1",
        Prior(kind="uniform", low=0.5, high=1.5),
        "assumed",
        "planners aim at the growth that they know, give or take half of it",
        limits=(-5.0, 5.0),
    ),
)


@mechanism(
    "Five-year plan",
    phase="plan",
    sources=("leontief_1953", "kantorovich_1939"),
    paragraphs=("1.10",),
    reads=(
        "planning_coverage",
        "plan_age",
        "plan_output",
        "plan_building",
        "plan_restoration",
        "plan_consumption",
        "plan_exports",
        "plan_imports",
        "input_coefficients",
        "labour_coefficients",
        "base_output",
        "base_consumption",
        "base_public",
        "base_supplies",
        "base_arms",
        "base_exports",
        "base_imports",
        "investment_composition",
        "capital",
        "damaged_capital",
        "capital_output_ratio",
        "depreciation",
        "restoration_cost",
        "restoration_limit",
        "armed_forces_start",
        "armed_forces_ahead",
        "arms_ahead",
        "blocked_ahead",
        "labour_ahead",
        "productivity_ahead",
        "efficiency_ahead",
        "prewar_growth",
        "reserves",
        "population",
        "base_population",
        "plan_emphasis",
    ),
    lagged=("consumption", "output", "building", "restoration", "exports", "imports"),
    writes=(
        "plan_age",
        "plan_output",
        "plan_building",
        "plan_restoration",
        "plan_consumption",
        "plan_exports",
        "plan_imports",
        "directed_output",
        "directed_consumption",
        "directed_building",
        "directed_restoration",
        "directed_exports",
        "directed_imports",
        "plan_drawn",
        "plan_relaxed",
    ),
    parameters=PARAMETERS,
)
def five_year_plan(x: Inputs) -> Outputs:
    """Draw a plan when the last one has run out, and direct the year by it.

    The plan is the linear programme of the planner: the largest
    discounted balanced consumption over ten years under material balances,
    capacities and their building, labour, restoration, trade, a consumption
    floor and a terminal condition, on the paths of labour, arms and
    productivity announced for these years. Its first years are carried out, so
    that the end of the horizon does not bend them. Harvests are expected at
    their mean.
    """
    plans = {name: getattr(x.now, f"plan_{name}").copy() for name in (*KEPT, "consumption")}
    due = (x.now.plan_age >= x.p.interval - 1e-9) & (x.now.planning_coverage > 0)
    age = np.where(due, 0.0, x.now.plan_age)
    relaxed = np.zeros_like(age)
    reference: dict[int, Solution] = {}
    for m, t in np.argwhere(due).tolist():
        # The reference member leads every batch: all others start from its basis, so that
        # no plan depends on which members were solved before it.
        solution, gave_way = _draw(x, m, t, reference.get(t))
        if solution is None:
            _repeat(x, plans, m, t)
            relaxed[m, t] = FAILED
            continue
        if m == 0 and not gave_way:
            reference[t] = solution
        relaxed[m, t] = gave_way
        plans["consumption"][m, t] = _level(x, m, t) * solution.consumption_level
        for name in KEPT:
            # Solvers leave amounts a hair below nothing.
            plans[name][m, t] = np.maximum(getattr(solution, name), 0.0)
    year = np.minimum(age, HORIZON - 1).astype(int)[..., None]
    directed = {
        name: np.take_along_axis(plans[name], year[..., None], axis=2)[:, :, 0] for name in KEPT
    }
    level = np.take_along_axis(plans["consumption"], year, axis=2)
    return {
        "plan_age": age + 1.0,
        **{f"plan_{name}": value for name, value in plans.items()},
        **{f"directed_{name}": value for name, value in directed.items()},
        "directed_consumption": level * x.now.base_consumption,
        "plan_drawn": due.astype(np.float64),
        "plan_relaxed": relaxed,
    }


def _repeat(x: Inputs, plans: dict[str, Array], m: int, t: int) -> None:
    """Order what was done last year, where no plan is possible."""
    plans["consumption"][m, t] = _level(x, m, t)
    for name in KEPT:
        plans[name][m, t] = np.maximum(getattr(x.lag, name)[m, t], 0.0)


def _draw(x: Inputs, m: int, t: int, start: Solution | None) -> tuple[Solution | None, bool]:
    """Solve the plan of one member and territory; give way once if it is infeasible.

    A state that comes to a pass where no plan is possible has none that year; a
    start from which none is possible is refused.
    """
    # The plan counts consumption in units of last year's, however far it is from the base.
    level, floor = _level(x, m, t), float(x.p.floor[m, 0])
    if level <= NOTHING and x.year > x.start + 1:
        return None, True
    growth = float(x.p.growth_target[m, 0] * x.now.prewar_growth[m, t] * x.now.plan_emphasis[m, t])
    for relaxed in (False, True):
        rules = Settings(
            discount=float(x.p.discount[m, 0]),
            consumption_floor=(0.0 if relaxed else floor,),
            consumption_band=None if relaxed else float(x.p.band[m, 0]),
            terminal_growth=None if relaxed else growth,
            gestation=1,
            restoration_cost=float(x.now.restoration_cost[m, t]),
            restorable_share=float(x.now.restoration_limit[m, t]),
            contraction=None,
            disposal=True,
        )
        problem = _problem(x, m, t, level, rules)
        solution = solve(problem, explain=False, start=None if relaxed else start)
        if solution.status == "optimal":
            return solution, relaxed
    if x.year > x.start + 1:
        return None, True
    raise InfeasibleError(
        Fault(
            f"no plan is possible even without floor and terminal condition ({solution.status})",
            "narrow the priors or settings that leave too little labour or capital",
            "five_year_plan",
            f"member {m}, territory {t}, year {x.year}",
        )
    )


def _level(x: Inputs, m: int, t: int) -> float:
    """Return last year's consumption relative to the base year's."""
    return float(x.lag.consumption[m, t].sum() / x.now.base_consumption[m, t].sum())


def _problem(x: Inputs, m: int, t: int, level: float, rules: Settings) -> Problem:
    now, at = x.now, (m, t)
    capacity = np.maximum(now.capital[at] / now.capital_output_ratio[at], 1e-12)
    availability = now.efficiency_ahead[at].copy()
    machinery = x.sectors.index("machinery")
    blocked = now.blocked_ahead[at] / capacity[machinery]
    availability[:, machinery] = np.clip(availability[:, machinery] - blocked, 0.0, 1.0)
    soldiers = now.armed_forces_ahead[at] / now.armed_forces_start[at]
    military = (
        soldiers[:, None] * now.base_supplies[at] + now.arms_ahead[at][:, None] * now.base_arms[at]
    )
    labour = now.labour_coefficients[at] / now.productivity_ahead[at]
    return Problem.from_arrays(
        name=f"plan of {x.year}",
        sectors=x.sectors,
        years=range(x.year, x.year + HORIZON),
        settings=rules,
        output=now.base_output[at],
        coefficients=now.input_coefficients[at],
        consumption=level * now.base_consumption[at],
        consumption_level=1.0,
        public=now.base_public[at] * (now.population[at] / now.base_population[at]),
        military=military,
        composition=now.investment_composition[at],
        capital=now.capital[at],
        capital_output=now.capital_output_ratio[at],
        depreciation=now.depreciation[at],
        damaged=now.damaged_capital[at],
        availability=availability,
        labour_kinds=("civil",),
        labour_units=("thousand persons",),
        labour_coefficients=labour[:, None, :],
        labour_available=now.labour_ahead[at][:, None],
        exports=np.maximum(now.base_exports[at], x.lag.exports[at]),
        imports=np.maximum(now.base_imports[at], x.lag.imports[at]),
        reserves=max(float(now.reserves[at]), 0.0),
    )
