"""Aims: each by itself, weighted together, and in lexicographic order."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from plan_economies import small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.aims import Aim
from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.frontier import frontier
from conjuncture.plan.reading.plots import frontier_figure
from conjuncture.plan.solve import solve


def problem(**settings) -> Problem:
    return Problem.from_table(small_table(), 4, **settings)


def test_consumption_is_the_aim_of_a_plan_that_names_none() -> None:
    plain = solve(problem()).require_optimal()
    named = solve(problem().replace(aims=[{"consumption": 1.0}])).require_optimal()
    assert named.aim == plain.aim
    assert plain.earlier == ()


def test_a_level_is_held_while_the_next_is_sought() -> None:
    first = solve(problem()).require_optimal()
    levels = [{"consumption": 1.0, "slack": 0.02}, {"least_labour": 1.0}]
    plan = solve(problem().replace(aims=levels)).require_optimal()
    assert plan.earlier[0].value == pytest.approx(first.aim)
    kept = first.problem.consumption.sum() * sum(
        0.95**t * level for t, level in enumerate(plan.consumption_level)
    )
    assert kept == pytest.approx(0.98 * first.aim, rel=1e-6)  # what may be given up is
    labour = sum(
        0.95**t * float(plan.output[t] @ plan.problem.labour_coefficients[t].sum(axis=0))
        for t in range(4)
    )
    assert plan.aim == pytest.approx(labour)
    other = sum(
        0.95**t * float(first.output[t] @ first.problem.labour_coefficients[t].sum(axis=0))
        for t in range(4)
    )
    assert labour < other


def test_without_slack_nothing_is_given_up() -> None:
    first = solve(problem()).require_optimal()
    levels = [{"consumption": 1.0}, {"terminal_capital": 1.0}]
    plan = solve(problem().replace(aims=levels)).require_optimal()
    kept = first.problem.consumption.sum() * sum(
        0.95**t * level for t, level in enumerate(plan.consumption_level)
    )
    assert kept == pytest.approx(first.aim, rel=1e-7)
    assert plan.capital[4].sum() >= first.capital[4].sum() - 1e-6


def test_prices_are_in_the_unit_of_the_aim() -> None:
    plan = solve(problem(consumption_floor=0.9).replace(aims=[{"least_labour": 1.0}]))
    prices = plan.require_optimal().shadow_prices()
    assert "thousand persons of discounted labour saved per million crowns" in set(prices["unit"])
    row = prices[(prices["kind"] == "consumption floor") & (prices["year"] == 1947)].iloc[0]
    step = 1e-4
    floor = (0.9, 0.9 - step, 0.9, 0.9)
    eased = problem(consumption_floor=floor).replace(aims=[{"least_labour": 1.0}])
    saved = plan.aim - solve(eased).require_optimal().aim
    assert saved / step == pytest.approx(row["value"], rel=1e-4)


def test_weights_add_aims_up() -> None:
    both = [{"consumption": 1.0, "terminal_capital": 0.3}]
    plan = solve(problem(terminal_growth=None).replace(aims=both)).require_optimal()
    alone = solve(problem(terminal_growth=None)).require_optimal()
    assert plan.capital[4].sum() > alone.capital[4].sum()
    assert plan.model.aim_unit == "million crowns of the weighted aim"


def test_an_aim_without_weight_or_labour_is_refused() -> None:
    with pytest.raises(InputError, match="aims at nothing"):
        problem().replace(aims=[{}])
    with pytest.raises(InputError, match="did you mean consumption"):
        problem().replace(aims=[{"consumptoin": 1.0}])
    with pytest.raises(InputError, match="no labour to save"):
        problem(labour_kinds=()).replace(aims=[{"least_labour": 1.0}])


def test_the_frontier_is_traced_between_both_ends() -> None:
    start = problem(consumption_floor=0.8)
    found = frontier(start, {"consumption": 1.0}, {"least_labour": 1.0}, points=5)
    x, y = found.points["first"].to_numpy(), found.points["second"].to_numpy()
    assert x[0] == pytest.approx(solve(start).aim)
    assert y[-1] == pytest.approx(solve(start.replace(aims=[{"least_labour": 1.0}])).aim, rel=1e-6)
    assert (np.diff(x) < 0).all()
    assert (np.diff(y) < 0).all()
    slopes = np.diff(y) / np.diff(x)  # labour saved per unit of consumption falls: convex
    assert (np.diff(slopes) < 1e-9).all()
    inner = found.points["exchange"].to_numpy()[1:-1]
    assert (inner <= slopes[:-1] + 1e-6).all()
    assert (inner >= slopes[1:] - 1e-6).all()
    assert found.least == (False, True)
    assert len(frontier_figure(found).axes) == 1


def test_a_frontier_of_two_points_is_refused() -> None:
    with pytest.raises(InputError, match="too few"):
        frontier(problem(), {"consumption": 1.0}, {"least_labour": 1.0}, points=2)
    with pytest.raises(InputError, match="did you mean"):
        frontier(problem(), {"consumption": 1.0}, {"least_labor": 1.0})


def test_the_page_on_aims_runs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "aims.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL):
        exec(compile(block, "docs/aims.md", "exec"), names)
    for name, info in Aim.model_fields.items():
        assert f"`{name}`" in page or name == "title", info
