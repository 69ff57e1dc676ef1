"""Every kind of shadow price against perturbing and solving the independent model again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from independent import Independent, data_of_problem
from plan_economies import small_table

from conjuncture.accounts.library import load_table
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.kinds import PLAN_KINDS
from conjuncture.plan.solve import solve

KINDS = [kind for kind in PLAN_KINDS if kind != "aim"]


def _war() -> Problem:
    problem = Problem.from_table(
        small_table(),
        4,
        restorable_share=0.4,
        expansion=0.12,
        opening_reserves=4.0,
        consumption_floor=(0.0, 0.0, 0.0, 0.95),
        terminal_growth=0.01,
        productivity_growth=0.02,
        restoration_lag=1,
        gestation=2,
        contraction=0.05,
    )
    return problem.replace(
        capital=problem.capital * [0.97, 0.9, 1.0], damaged=problem.capital * [0.03, 0.1, 0.0]
    )


PROBLEMS = {
    "war": _war,
    "patient": lambda: _war().replace(settings={"discount": 1.4, "consumption_band": 0.04}),
    "impatient": lambda: _war().replace(
        settings={"discount": 0.3, "consumption_band": 0.03, "terminal_growth": 0.04},
        consumption_floor=np.zeros(4),
    ),
    "floor": lambda: _war().replace(settings={"discount": 0.2}, consumption_floor=[0, 0, 0, 1.05]),
    "slow": lambda: _war().replace(
        settings={"expansion": 0.01, "expansion_without_capital": 0.01},
        capital=1.2 * _war().capital,
    ),
    "usa_2014": lambda: Problem.from_table(load_table("usa_2014"), 5),
}


def _chosen(prices, kind: str):
    """The dearest and the cheapest of a kind."""
    rows = prices[prices["kind"] == kind].sort_values("value")
    return rows.iloc[sorted({0, len(rows) - 1})].itertuples() if len(rows) else ()


@pytest.mark.parametrize("name", PROBLEMS)
def test_prices_lie_between_left_and_right_derivatives(name: str) -> None:
    problem = PROBLEMS[name]()
    solution = solve(problem).require_optimal()
    other = Independent(data_of_problem(problem))
    base = other.solve()
    prices = solution.shadow_prices()
    scale = problem.output.mean()
    for kind in KINDS:
        for row in _chosen(prices, kind):
            unit = {"labour": problem.labour_available.mean()}
            level = kind.startswith("consumption")
            step = 1e-4 * (1.0 if level else unit.get(kind, scale))
            where, label = kind, row.label
            if kind == "labour":
                where = f"labour {problem.labour_kinds.index(label)}"
            elif kind == "investment" and not label:
                label = problem.sectors[1]
            right = (other.perturbed(where, row.year, label, step) - base) / step
            left = (base - other.perturbed(where, row.year, label, -step)) / step
            noise = 1e-9 * abs(base) / step + 1e-6 * abs(row.value)
            assert right - noise <= row.value <= left + noise, (kind, row.year, row.label)


def test_every_kind_is_positive_in_one_of_them() -> None:
    prices = [solve(make()).require_optimal().shadow_prices() for make in PROBLEMS.values()]
    highest = pd.concat(prices).groupby("kind")["value"].max()
    assert set(highest[highest > 1e-6].index) == set(KINDS)


def test_units_and_senses_are_spelled_out() -> None:
    prices = solve(_war()).shadow_prices()
    assert (prices["unit"].str.len() > 0).all()
    assert prices["sense"].str.startswith("one more unit of ").all()
    labour = prices[prices["kind"] == "labour"]
    assert set(labour["unit"]) == {"million crowns of discounted consumption per thousand persons"}
    floor = prices[prices["kind"] == "consumption floor"]
    assert floor["unit"].iloc[0].endswith("per base-year consumption")


def test_scarcity_is_positive() -> None:
    prices = solve(Problem.from_table(small_table(), 4, disposal=True)).shadow_prices()
    assert prices["value"].min() > -1e-9


def test_bottlenecks_are_ranked_and_bind() -> None:
    solution = solve(_war())
    found = solution.bottlenecks()
    assert found["worth"].is_monotonic_decreasing
    assert (found["value"] > 0).all()
    assert len(solution.bottlenecks(3)) == 3
    tight = found[found["kind"] == "capacity"].iloc[0]
    p, t = solution.problem, solution.problem.years.index(tight["year"])
    j = p.sectors.index(tight["label"])
    assert solution.output[t, j] == pytest.approx(solution.capital[t, j] / p.capital_output[j])
    assert tight["amount"] == pytest.approx(solution.output[t, j])


def test_a_plan_without_solution_has_no_prices() -> None:
    solution = solve(Problem.from_table(small_table(), 2, consumption_floor=5.0))
    assert solution.shadow_prices().empty
    assert solution.bottlenecks().empty
    assert solution.corners() == []
