"""Repeated planning: what is carried out is a plan, and hindsight is never worse."""

from __future__ import annotations

import numpy as np
import pytest
from plan_economies import random_economy, small_table

from conjuncture.accounts.library import load_table
from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.rounds.news import Shocks, apply, draw
from conjuncture.plan.rounds.rolling import horizon_effects, roll
from conjuncture.plan.settings import Settings
from conjuncture.plan.solve import solve


def ussr(years: int = 8, **settings: float) -> Problem:
    return Problem.from_table(load_table("ussr_1945"), years, **settings)


def test_a_window_over_all_years_without_news_is_the_plan_itself() -> None:
    problem = ussr()
    path = roll(problem, window=8, step=1)
    assert abs(path.loss) < 1e-9
    assert path.aim == pytest.approx(solve(problem).require_optimal().aim, rel=1e-9)
    assert path.violation < 1e-9
    assert path.plans["first"].tolist() == list(range(1946, 1954))


@pytest.mark.parametrize("gestation", [1, 2, 3])
@pytest.mark.parametrize("step", [1, 2])
def test_what_is_carried_out_meets_every_condition_of_the_whole(gestation: int, step: int) -> None:
    path = roll(ussr(gestation=gestation), window=4, step=step, shocks=Shocks(seed=3))
    assert not path.given_up
    assert path.violation < 1e-8
    assert path.loss > -1e-9


def test_damage_reserves_and_two_kinds_of_labour_pass_from_window_to_window() -> None:
    rules = Settings.of(opening_reserves=5.0, export_band=0.3, gestation=2)
    problem = Problem.from_arrays(**random_economy(4, 6, 7), settings=rules)
    problem = problem.replace(
        damaged=0.1 * problem.capital, capital=0.95 * problem.capital, reserves=5.0,
        settings={"restorable_share": 0.4, "damage_decay": 0.05, "contraction": 0.3},
    )  # fmt: skip
    path = roll(problem, window=5)
    assert path.violation < 1e-8
    assert path.restoration.sum() > 0
    assert -1e-9 < path.loss < 0.2


def test_a_longer_window_loses_less() -> None:
    frame = horizon_effects(ussr(10), (2, 6, 10))
    assert frame["loss"].iloc[0] > 1e-3
    assert frame["loss"].is_monotonic_decreasing
    assert abs(frame["loss"].iloc[-1]) < 1e-9
    assert (frame["given_up"] == 0).all()


def test_news_cost_something_and_come_from_the_seed() -> None:
    first, again, other = (roll(ussr(5), window=5, shocks=Shocks(seed=s)) for s in (1, 1, 2))
    assert first.loss > 1e-6
    assert first.aim == again.aim
    assert first.aim != other.aim
    assert first.frame()["consumption_level"].tolist() == first.consumption_level.tolist()


def test_news_follow_the_stated_process() -> None:
    problem = Problem.from_table(small_table(), 400)
    news = draw(problem, Shocks(productivity=0.1, demand=0.0, imports=0.0, persistence=0.6))
    path = news.productivity
    assert not news.demand.any()
    assert path.std() == pytest.approx(0.1 / np.sqrt(1 - 0.36), rel=0.1)
    assert (path[1:] * path[:-1]).mean() / path.var() == pytest.approx(0.6, abs=0.06)
    believed = news.expected(10)
    assert (believed.productivity[:10] == path[:10]).all()
    assert believed.productivity[12] == pytest.approx(path[9] * 0.6**3)
    changed = apply(problem, news)
    ratio = problem.labour_coefficients[:, 0] / changed.labour_coefficients[:, 0]
    assert ratio == pytest.approx(np.exp(path))


def test_what_no_plan_meets_is_given_up_by_name() -> None:
    problem = ussr(6).replace(consumption_floor=[0.0] * 5 + [1.1])
    assert solve(problem).status == "optimal"
    path = roll(problem, window=2)
    assert any("consumption floor 1951" in text for text in path.given_up)
    assert path.violation > 1e-6


def test_what_does_not_fit_is_refused_at_once() -> None:
    with pytest.raises(InputError, match="window") as raised:
        roll(ussr(3), window=4, step=0)
    assert {fault.field for fault in raised.value.faults} == {"window", "step"}
    damaged = ussr(3).replace(damaged=0.1 * ussr(3).capital, settings={"restoration_lag": 2})
    with pytest.raises(InputError, match="restoration_lag"):
        roll(damaged, window=2)
    with pytest.raises(ValueError, match="persistence"):
        Shocks(persistence=2.0)
