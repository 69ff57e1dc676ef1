"""Building, gestation, restoration and the condition at the end."""

from __future__ import annotations

import numpy as np
import pytest
from plan_economies import small_table

from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve


def _damaged(**settings) -> Problem:
    problem = Problem.from_table(small_table(), 5, labour_growth=0.05, **settings)
    return problem.replace(
        capital=problem.capital * [1.0, 0.85, 1.0], damaged=problem.capital * [0.0, 0.12, 0.0]
    )


def test_restoration_comes_before_building_when_cheaper() -> None:
    solution = solve(_damaged(restoration_cost=0.4, works_in_progress="none")).require_optimal()
    assert solution.restoration[:, 1].sum() == pytest.approx(solution.problem.damaged[1])
    left = solution.problem.damaged[1] - solution.restoration[:, 1].cumsum()
    assert (solution.building[:-1, 1][left[1:] > 1e-6] == 0).all()  # nothing new before that
    assert (left > 1e-6).any()
    dear = solve(
        _damaged(restoration_cost=1.0, restoration_lag=5, works_in_progress="none")
    ).require_optimal()
    assert dear.restoration.sum() < 0.1 * solution.restoration.sum()
    assert dear.building[:, 1].sum() > solution.building[:, 1].sum()


@pytest.mark.parametrize(("share", "decay"), [(None, 0.0), (0.25, 0.0), (0.5, 0.2)])
def test_restoration_never_exceeds_the_damage(share, decay) -> None:
    solution = solve(_damaged(restorable_share=share, damage_decay=decay)).require_optimal()
    p, left = solution.problem, solution.problem.damaged.copy()
    for t in range(p.periods):
        np.testing.assert_allclose(solution.damaged[t], left, atol=1e-7)
        assert (solution.restoration[t] <= (share or 1.0) * left + 1e-7).all()
        left = (1 - decay) * (left - solution.restoration[t])
    assert solution.restoration.sum() <= p.damaged.sum() + 1e-7


@pytest.mark.parametrize("gestation", [1, 2, 3])
def test_capacity_begun_in_a_year_is_in_use_after_the_lag(gestation: int) -> None:
    problem = Problem.from_table(
        small_table(),
        5,
        gestation=gestation,
        works_in_progress="none",
        labour_growth=0.05,
        consumption_band=0.2,
        contraction=0.5,
        terminal_growth=0.02,
    )
    solution = solve(problem).require_optimal()
    stock = problem.capital * (problem.capital_output > 0)
    for t in range(1, problem.periods + gestation):
        stock = (1 - problem.depreciation) * stock
        if t >= gestation:
            stock = stock + solution.building[t - gestation]
        np.testing.assert_allclose(solution.capital[t], stock, rtol=1e-9, atol=1e-9)
    assert solution.building.sum() > 0
    outlay = solution.investment()["outlay"].groupby("year").sum().to_numpy()
    expected = [
        sum(solution.building[s].sum() for s in range(max(0, t - gestation + 1), t + 1)) / gestation
        for t in range(problem.periods)
    ]
    np.testing.assert_allclose(outlay, expected, rtol=1e-9)


def test_works_in_progress_are_paid_for_and_finished() -> None:
    problem = Problem.from_table(small_table(), 3, gestation=3)
    assert problem.works.shape == (2, 3)
    solution = solve(problem).require_optimal()
    first = (1 - problem.depreciation) * problem.capital + problem.works[0]
    np.testing.assert_allclose(solution.capital[1][:2], first[:2], rtol=1e-9)
    paid = (problem.works.sum(axis=0) + solution.building[0]) / 3
    np.testing.assert_allclose(solution.outlays[0], paid, rtol=1e-9, atol=1e-9)


def test_capital_at_the_end_sustains_growth() -> None:
    growth = 0.02
    problem = Problem.from_table(small_table(), 4, terminal_growth=growth, gestation=2)
    solution = solve(problem).require_optimal()
    for tau in (1, 2):
        need = (1 + growth) ** tau * problem.capital_output * solution.output[-1]
        assert (solution.capital[3 + tau] >= need - 1e-6).all()
    loose = solve(problem.replace(settings={"terminal_growth": None})).require_optimal()
    assert loose.aim > solution.aim


def test_blocked_capacity_is_not_used_and_may_fall_at_once() -> None:
    problem = Problem.from_table(small_table(), 3, import_band=None, contraction=0.05)
    blocked = np.ones((3, 3))
    blocked[1, 0] = 0.5
    solution = solve(problem.replace(availability=blocked)).require_optimal()
    limit = 0.5 * solution.capital[1, 0] / problem.capital_output[0]
    assert solution.output[1, 0] <= limit * (1 + 1e-9)


def test_year_end_stock_is_taken_as_it_stands() -> None:
    import dataclasses

    table = small_table()
    capital = dataclasses.replace(table.capital, timing="year_end")
    at_end = Problem.from_table(small_table(capital=capital), 2)
    in_use = Problem.from_table(table, 2)
    np.testing.assert_allclose(at_end.capital, table.capital.stock)
    assert (in_use.capital[:2] > table.capital.stock[:2]).all()
    # stepping back from the year's end and forward again is the identity
    used = at_end.capital_output * table.output
    built = at_end.works[0]
    np.testing.assert_allclose((1 - at_end.depreciation) * used + built, at_end.capital)
