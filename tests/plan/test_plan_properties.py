"""Properties that hold for every productive economy."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_economies import random_economy

from conjuncture.plan.problem import Problem
from conjuncture.plan.settings import Settings
from conjuncture.plan.solve import solve

ECONOMIES = st.tuples(
    st.integers(0, 10**6), st.integers(2, 6), st.integers(1, 5), st.integers(1, 3)
)
few = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def _problem(economy: tuple[int, int, int, int], **changes: object) -> Problem:
    seed, sectors, years, gestation = economy
    rules = Settings.of(gestation=gestation)
    return Problem.from_arrays(
        **{**random_economy(seed, sectors, years), "settings": rules, **changes}
    )


@few
@given(ECONOMIES)
def test_feasible_certified_and_no_worse_than_standing_still(economy) -> None:
    problem = _problem(economy)
    solution = solve(problem).require_optimal()
    assert solution.certificate.worst < 1e-7
    weights = problem.settings.discount ** np.arange(problem.periods)
    assert solution.aim >= problem.consumption.sum() * weights.sum() * (1 - 1e-9)
    assert (solution.output >= -1e-9).all()
    assert (solution.reserves >= -1e-6).all()
    residual = solution.balances()["residual"].abs().max()
    assert residual < 1e-9 * problem.output.max()


@few
@given(
    ECONOMIES,
    st.floats(1.0, 2.0),
    st.sampled_from(["labour_available", "capital", "transfers", "imports_high"]),
)
def test_more_of_anything_never_lowers_the_aim(economy, factor, name) -> None:
    problem = _problem(economy)
    more = (
        factor * getattr(problem, name)
        if name != "transfers"
        else factor - np.ones(problem.periods)
    )
    before, after = solve(problem), solve(problem.replace(**{name: more}))
    assert after.require_optimal().aim >= before.aim * (1 - 1e-8)


@few
@given(ECONOMIES, st.floats(1e-4, 1e4))
def test_the_unit_of_money_does_not_matter(economy, factor) -> None:
    problem = _problem(economy)
    money = (
        "output",
        "consumption",
        "public",
        "military",
        "capital",
        "works",
        "exports_low",
        "exports_high",
        "imports_low",
        "imports_high",
        "trade_balance",
    )
    changes = {name: factor * getattr(problem, name) for name in money}
    changes["labour_coefficients"] = problem.labour_coefficients / factor
    one, other = solve(problem), solve(problem.replace(**changes))
    np.testing.assert_allclose(other.require_optimal().aim, factor * one.aim, rtol=1e-7)


@few
@given(ECONOMIES, st.floats(0.0, 0.9))
def test_disposal_and_a_lower_floor_never_hurt(economy, floor) -> None:
    problem = _problem(economy)
    held = solve(problem.replace(consumption_floor=[floor] * problem.periods))
    free = solve(problem.replace(settings={"disposal": True}))
    plain = solve(problem)
    assert free.require_optimal().aim >= plain.aim * (1 - 1e-8)
    assert held.require_optimal().aim <= plain.aim * (1 + 1e-8)
    assert free.shadow_prices()["value"].min() > -1e-7
