"""Mobility of labour between sectors: an independent formulation, prices, properties, faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent_labour import Extended
from plan_economies import random_economy, small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.explain import explain
from conjuncture.plan.why.sensitivity import sensitivity

SLOW = {"kind": "persons", "rise": 0.03, "fall": 0.02, "allowance": 0.2}
ALL = {"kind": "persons", "between": (0.01, 0.01, 0.02, 0.02)}


def base(**rules: Any) -> Problem:
    return Problem.from_table(small_table(), 4, **rules)


def problem(record: dict[str, Any], **rules: Any) -> Problem:
    return base(**rules).replace(conditions={"mobility": [record]})


@pytest.mark.slow
@pytest.mark.parametrize(
    "record",
    [SLOW, ALL, {**SLOW, **ALL}, {**SLOW, "base": {"industry": 63.0}}, {**SLOW, "rise": ()}],
    ids=["pace", "between", "both", "base", "fall"],
)
def test_agrees_with_an_independent_formulation(record: dict[str, Any]) -> None:
    plan = solve(problem(record)).require_optimal()
    spec = {key: value for key, value in record.items() if value != ()}
    assert plan.aim == pytest.approx(Extended(base(), {"mobility": [spec]}).solve(), rel=1e-9)
    assert plan.aim < solve(base()).require_optimal().aim


@given(
    seed=st.integers(0, 10_000), rise=st.floats(0.0, 0.1), fall=st.floats(0.0, 0.1),
    between=st.floats(0.0, 0.05),
)  # fmt: skip
@settings(max_examples=12, deadline=None)
def test_employment_keeps_its_pace(seed: int, rise: float, fall: float, between: float) -> None:
    record = {"kind": "hands", "rise": rise, "fall": fall, "between": between}
    economy = random_economy(seed, 4, 3)
    plan = solve(Problem.from_arrays(**economy, conditions={"mobility": [record]}))
    plan.require_optimal()
    p = plan.problem
    now = p.labour_coefficients[:, 0] * plan.output
    path = np.vstack([p.labour_coefficients[0, 0] * p.output, now])
    tolerance = 1e-6 * path[0]
    room = p.capital / p.capital_output * p.labour_coefficients[0, 0]  # what capital allows
    least = (1 - fall) * path[:-1]
    least[0] = np.minimum(least[0], room)
    assert (path[1:] <= (1 + rise) * path[:-1] + tolerance).all()
    assert (path[1:] >= least - tolerance).all()
    leaves = np.maximum(path[:-1] - path[1:], 0.0).sum(axis=1)
    assert (leaves <= between * p.labour_available[:, 0] + tolerance.sum()).all()


def test_employment_is_labour_in_sectors() -> None:
    plan = solve(problem({**SLOW, "sectors": ["industry"]})).require_optimal()
    found = plan.amounts("employed")
    assert set(found["label"]) == {"persons in industry"}
    used = plan.problem.labour_coefficients[:, 0, 1] * plan.output[:, 1]
    np.testing.assert_allclose(found["amount"], used)


def test_damage_lets_employment_fall() -> None:
    tight = {"kind": "persons", "fall": 0.0}
    rules = {"contraction": None, "consumption_band": None, "disposal": True}
    availability = np.ones((4, 3))
    availability[1:, 0] = 0.9
    whole = problem(tight, **rules)
    assert solve(whole.replace(availability=availability)).status == "optimal"
    plan = solve(whole.replace(availability=availability)).require_optimal()
    used = plan.amounts("employed").pivot(index="year", columns="label", values="amount")
    now = used["persons in farming"]
    assert now[1947] < now[1946] * 0.95
    assert now[1949] >= now[1948] - 1e-9


@pytest.mark.parametrize(
    ("kind", "label"),
    [("labour rise", "persons in services"), ("labour fall", "persons in industry"),
     ("labour between", "persons")],
)  # fmt: skip
def test_prices_are_what_a_looser_limit_is_worth(kind: str, label: str) -> None:
    record = ALL if kind == "labour between" else {**SLOW, "rise": 0.01, "allowance": 0.0}
    plan = solve(problem(record)).require_optimal()
    prices = plan.shadow_prices()
    mine = prices[(prices["kind"] == kind) & (prices["value"] > 1e-6)]
    assert label in set(mine["label"])
    row = mine[mine["label"] == label].iloc[0]
    found = sensitivity(plan, kind, label, int(row["year"]))
    assert min(found.more, found.less) - 1e-9 <= row["value"] <= max(found.more, found.less) + 1e-9
    assert found.more > 0 or found.less > 0
    assert kind in set(plan.bottlenecks()["kind"])
    assert "(mobility)" in " ".join(plan.corners())


def test_the_price_of_all_moves_is_found_again_by_solving() -> None:
    plan = solve(problem(ALL)).require_optimal()
    price = plan.shadow_prices().query("kind == 'labour between' and year == 1948")["value"].iloc[0]
    step = 1e-5
    aims = [
        solve(problem({**ALL, "between": (0.01, 0.01, 0.02 + change, 0.02)})).require_optimal().aim
        for change in (step, -step)
    ]
    there = plan.problem.labour_available[2, 0]
    assert price > 0.1
    more, less = (aims[0] - plan.aim) / (step * there), (plan.aim - aims[1]) / (step * there)
    assert more - 1e-4 <= price <= less + 1e-4


def test_limits_that_cannot_be_kept_are_named_and_yield() -> None:
    stiff = {"kind": "persons", "rise": 0.0, "fall": 0.0, "between": 0.0}
    plan = solve(problem(stiff, consumption_floor=1.01, terminal_growth=0.03))
    assert plan.status == "infeasible"
    assert plan.relaxations
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"
    jump = problem({**stiff, "between": (), "base": {"industry": 200.0}})
    plan = solve(jump)
    assert "employment of persons in industry 1946: must fall by" in plan.remedy
    assert solve(jump.relaxed(plan.relaxations)).status == "optimal"
    assert "employment of persons in industry in 1946" in conflict(plan).text


def test_the_explanation_names_the_limits() -> None:
    plan = solve(problem({**SLOW, **ALL})).require_optimal()
    found = explain(plan, "industry", 1947)
    assert sum(root.share for root in found.roots) == pytest.approx(1.0)
    assert "Labour employed, by kind and sector in 1947" in found.text


def test_every_fault_is_found_at_once() -> None:
    faulty = {
        "kind": "person",
        "sectors": ["industri"],
        "base": {"farmin": 1.0},
        "rise": (0.1, 0.2),
        "fall": 1.5,
        "between": -0.1,
    }
    with pytest.raises(InputError) as error:
        base().replace(conditions={"mobility": [faulty, {"kind": "persons"}, SLOW]})
    text = str(error.value)
    for part in (
        "did you mean persons",
        "did you mean industry",
        "did you mean farming",
        "has 2 figures for 4 years",
        "fall: lies outside its limits",
        "between: lies outside its limits",
        "limits nothing",
        "give every kind once",
    ):
        assert part in text
    assert len(error.value.faults) == 8
    with pytest.raises(InputError, match=r"base\.industry: is negative"):
        problem({**SLOW, "base": {"industry": -1.0}})
