"""Sensitivity against changing the problem itself and solving afresh."""

from __future__ import annotations

import numpy as np
import pytest
from plan_economies import small_table

from conjuncture.accounts.library import load_table
from conjuncture.core.errors import InputError
from conjuncture.plan.conditions.all import KINDS
from conjuncture.plan.problem import Problem
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve
from conjuncture.plan.why.sensitivity import Sensitivity, sensitivities, sensitivity

ARRAYS = {
    "labour": ("labour_available", 1),
    "import maximum": ("imports_high", 1),
    "import minimum": ("imports_low", -1),
    "export maximum": ("exports_high", 1),
    "export minimum": ("exports_low", -1),
    "product": ("inventories", -1),
    "consumption floor": ("consumption_floor", -1),
    "trade account": ("transfers", 1),
}


def changed(solution: Solution, found: Sensitivity, step: float) -> float:
    """Change of the aim with ``step`` more of a condition; NaN if no plan is left."""
    p = solution.problem
    name, sign = ARRAYS[found.kind]
    array = np.array(getattr(p, name))
    t = p.years.index(found.year)
    names = p.labour_kinds if found.kind == "labour" else p.sectors
    array[(t, names.index(found.label)) if found.label else (t,)] += sign * step
    try:
        problem = p.replace(**{name: array})
    except InputError:  # one limit would pass the other
        return float("nan")
    return solve(problem, explain=False).aim - solution.aim


@pytest.fixture(scope="module")
def war() -> Solution:
    problem = Problem.from_table(
        small_table(), 3, consumption_floor=(0.0, 0.0, 1.06), discount=0.7, expansion=0.2
    )
    return solve(problem).require_optimal()


@pytest.mark.parametrize("kind", ARRAYS)
def test_derivatives_and_ranges_are_those_of_the_changed_problem(war: Solution, kind: str) -> None:
    label = {"labour": "persons", "consumption floor": "", "trade account": ""}.get(
        kind, "industry"
    )
    tiny = 1e-7 * war.aim
    for year in war.problem.years:
        found = sensitivity(war, kind, label, year)
        assert found.more <= found.price + 1e-7 <= found.less + 2e-7
        for side, worth, reach in ((1, found.more, found.up), (-1, found.less, found.down)):
            if not np.isfinite(worth):
                assert np.isnan(changed(war, found, side * 1e-4))
                continue
            limit = 20.0 if kind != "consumption floor" else 0.5
            inside = 0.999 * min(reach, limit)
            if kind == "consumption floor" and side > 0:  # a floor does not fall below 0
                limit = inside = min(inside, war.problem.consumption_floor[year - 1946])
            assert changed(war, found, side * inside) == pytest.approx(
                side * worth * inside, abs=tiny
            )
            if reach < limit:
                beyond = 1.05 * reach + 0.05 * limit
                real = changed(war, found, side * beyond)
                assert np.isnan(real) or real < side * worth * beyond


def test_a_kink_has_two_prices() -> None:
    """In the base year labour and capacity are both used up to the last unit."""
    base = solve(Problem.base_year(small_table())).require_optimal()
    found = sensitivity(base, "labour", "persons", 1945)
    assert found.degenerate
    assert found.more == pytest.approx(0.0, abs=1e-9)
    assert found.less > 0.1
    assert changed(base, found, 1.0) == pytest.approx(0.0, abs=1e-6)
    down = min(1.0, 0.9 * found.down)
    assert changed(base, found, -down) == pytest.approx(-found.less * down, rel=1e-6)
    assert "one less costs" in str(found)


def test_every_kind_of_condition_has_a_sensitivity(war: Solution) -> None:
    prices = war.shadow_prices()
    for kind in KINDS:
        rows = prices[prices["kind"] == kind]
        if len(rows):
            row = rows.loc[rows["value"].idxmax()]
            found = sensitivity(war, kind, row["label"], int(row["year"]))
            assert found.price == pytest.approx(row["value"], rel=1e-7, abs=1e-9)
            assert found.up >= 0
            assert found.down >= 0


def test_the_dearest_bottlenecks_in_a_frame() -> None:
    solution = solve(Problem.from_table(load_table("ussr_1945"), 3)).require_optimal()
    frame = sensitivities(solution, 4)
    assert list(frame["kind"]) == list(solution.bottlenecks(4)["kind"])
    assert (frame["up"] + frame["down"] > 0).all()


def test_unknown_conditions_are_refused(war: Solution) -> None:
    with pytest.raises(InputError, match="labour"):
        sensitivity(war, "labor", "persons", 1946)
    with pytest.raises(InputError) as caught:
        sensitivity(war, "labour", "person", 1990)
    assert len(caught.value.faults) == 2
    assert caught.value.faults[0].nearest[0] == "persons"
