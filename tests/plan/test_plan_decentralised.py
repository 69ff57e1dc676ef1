"""Planning in rounds: bounds that hold in every round, and the central optimum at the end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from plan_economies import random_economy, small_table

from conjuncture.accounts.library import load_table
from conjuncture.core.errors import ConjunctureError, InfeasibleError, InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import build
from conjuncture.plan.rounds.councils import participatory
from conjuncture.plan.rounds.decentralised import kornai_liptak
from conjuncture.plan.rounds.implied import implied
from conjuncture.plan.rounds.levels import Negotiation
from conjuncture.plan.settings import Settings
from conjuncture.plan.solve import solve

Scheme = Callable[..., Negotiation]
SCHEMES = [kornai_liptak, participatory]


def check(problem: Problem, scheme: Scheme, tolerance: float = 1e-6) -> Negotiation:
    """Compare with the central plan, which neither scheme has seen."""
    best = solve(problem).require_optimal().aim
    found = scheme(problem, tolerance=tolerance)
    assert found.converged
    assert found.aim == pytest.approx(best, rel=2 * tolerance)
    assert found.violation < 1e-7
    lower, upper = found.rounds["lower"].dropna(), found.rounds["upper"]
    assert (lower <= best * (1 + 1e-8)).all()
    assert (upper >= best * (1 - 1e-8)).all()
    assert lower.is_monotonic_increasing
    assert upper.is_monotonic_decreasing
    assert found.gap <= tolerance
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("years", [1, 2, 3, 5])
def test_the_ussr_of_1945_converges_to_the_central_plan(scheme: Scheme, years: int) -> None:
    found = check(Problem.from_table(load_table("ussr_1945"), years), scheme)
    assert len(found.rounds) <= 60


@pytest.mark.parametrize(("scheme", "years"), [(kornai_liptak, 3), (participatory, 1)])
def test_the_united_states_of_1947_converge_too(scheme: Scheme, years: int) -> None:
    check(Problem.from_table(load_table("usa_1947"), years), scheme)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("seed", range(4))
def test_random_economies_with_damage_and_reserves(scheme: Scheme, seed: int) -> None:
    rules = Settings.of(opening_reserves=3.0, gestation=1 + seed % 3, consumption_band=0.2)
    problem = Problem.from_arrays(**random_economy(seed, 6, 3), settings=rules)
    problem = problem.replace(
        damaged=0.05 * problem.capital, capital=0.97 * problem.capital,
        settings={"contraction": 0.4, "restorable_share": 0.5, "disposal": seed == 3},
    )  # fmt: skip
    check(problem, scheme)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_composition_for_each_sector_of_destination(scheme: Scheme) -> None:
    economy = random_economy(9, 5, 3)
    other = np.random.default_rng(9).dirichlet(np.ones(5), size=5).T
    goods = 0.8 * economy["composition"][:, None] + 0.2 * other
    rules = Settings.of(contraction=0.4)
    check(Problem.from_arrays(**{**economy, "composition": goods}, settings=rules), scheme)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_rounds_cut_short_still_bound_the_optimum(scheme: Scheme) -> None:
    problem = Problem.from_table(load_table("ussr_1945"), 5)
    best = solve(problem).require_optimal().aim
    found = scheme(problem, rounds=6)
    assert not found.converged
    assert found.rounds["upper"].iloc[-1] >= best * (1 - 1e-9)
    assert len(found.rounds) == 6
    assert found.rounds.loc[1, "gap"] != 0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_plan_reads_like_any_other(scheme: Scheme) -> None:
    problem = Problem.from_table(small_table(), 3)
    found = scheme(problem)
    assert found.amounts("output").shape == (3, 3)
    assert found.amounts("level") == pytest.approx(
        solve(problem).require_optimal().consumption_level, abs=0.02
    )
    assert found.summary()["converged"]
    with pytest.raises(InputError, match="output"):
        found.amounts("outputs")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_plan_that_does_not_exist_is_refused_or_never_closed(scheme: Scheme) -> None:
    problem = Problem.from_table(load_table("ussr_1945"), 3, consumption_floor=2.0)
    assert solve(problem, explain=False).status == "infeasible"
    with pytest.raises(InfeasibleError):
        scheme(problem, rounds=40)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_unusable_arguments_are_all_named(scheme: Scheme) -> None:
    problem = Problem.from_table(small_table(), 1)
    with pytest.raises(InputError) as raised:
        scheme(problem, rounds=0, tolerance=0.0)
    assert {fault.field for fault in raised.value.faults} == {"rounds", "tolerance"}


def test_what_a_scheme_cannot_divide_is_refused() -> None:
    bare = small_table(capital=None, exceptions={})
    with pytest.raises(InputError, match="no sector has known capital"):
        kornai_liptak(Problem.from_table(bare, 2))
    idle = small_table(labour=None)
    problem = Problem.from_table(idle, 2, import_band=None, export_band=None)
    with pytest.raises(ConjunctureError):
        participatory(problem)


def test_implied_limits_never_cut_a_plan() -> None:
    for seed in range(5):
        model = build(Problem.from_arrays(**random_economy(seed, 5, 3)))
        low, high = implied(model)
        assert np.isfinite(high).all()
        plan = solve(model.problem).require_optimal().outcome.values
        assert (plan >= low - 1e-9).all()
        assert (plan <= high + 1e-9).all()
        # the dearest output that the whole problem allows, year by year, lies below the limit
        assert (high[model.columns["output"]] >= plan[model.columns["output"]] - 1e-9).all()
