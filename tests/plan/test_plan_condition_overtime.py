"""Working time: an independent formulation, prices, the cost in the aim, faults."""

from __future__ import annotations

from typing import Any

import pytest
from independent_labour import Extended
from plan_economies import small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.explain import explain
from conjuncture.plan.why.sensitivity import sensitivity

EXTRA = {"kind": "persons", "most": 0.04, "productivity": 0.9, "cost": 0.2, "total": 8.0}
WEEK = {"kind": "persons", "hours": (1.0, 0.98, 0.97, 0.95), "recovered": 0.25}


def base(**settings: Any) -> Problem:
    return Problem.from_table(small_table(), 4, **settings)


def problem(record: dict[str, Any], **settings: Any) -> Problem:
    return base(**settings).replace(conditions={"overtime": [record]})


@pytest.mark.slow
@pytest.mark.parametrize(
    "record",
    [EXTRA, WEEK, {**EXTRA, **WEEK}, {**EXTRA, "hours": 1.03, "most": (0.1, 0, 0, 0.02)}],
    ids=["overtime", "week", "both", "longer"],
)
def test_agrees_with_an_independent_formulation(record: dict[str, Any]) -> None:
    plan = solve(problem(record)).require_optimal()
    assert plan.aim == pytest.approx(Extended(base(), {"overtime": [record]}).solve(), rel=1e-9)


def test_the_aim_is_consumption_less_the_cost_of_overtime() -> None:
    plan = solve(problem(EXTRA)).require_optimal()
    extra = plan.amounts("overtime")["amount"]
    assert extra.sum() == pytest.approx(8.0)
    discount = [0.95**t for t in range(4)]
    consumed = plan.problem.consumption.sum() * (plan.consumption_level @ discount)
    assert plan.aim == pytest.approx(consumed - 0.2 * (extra @ discount))


def test_overtime_dearer_than_what_it_brings_is_not_worked() -> None:
    labour = solve(base()).require_optimal().shadow_prices().query("kind == 'labour'")["value"]
    dear = float((labour / [0.95**t for t in range(4)]).max()) * 1.01
    plan = solve(problem({**EXTRA, "productivity": 1.0, "cost": dear})).require_optimal()
    assert plan.amounts("overtime")["amount"].max() == pytest.approx(0.0, abs=1e-9)
    cheap = solve(problem({**EXTRA, "productivity": 1.0, "cost": 0.0})).require_optimal()
    assert cheap.amounts("overtime")["amount"].max() > 1.0


def test_the_cost_counts_once_whatever_level_bears_it() -> None:
    wants = [{"product": "services", "segments": [{"to": 0.05, "weight": 1.2}]}]
    given = base().replace(conditions={"overtime": [EXTRA], "wants": wants})
    both = solve(given.replace(aims=[{"consumption": 2.0, "wants": 1.0}])).require_optimal()
    discount = [0.95**t for t in range(4)]
    cost = 0.2 * (both.amounts("overtime")["amount"] @ discount)
    level = both.problem.consumption.sum() * (both.consumption_level @ discount)
    met = 1.2 * (both.amounts("want met")["amount"] @ discount)
    assert both.aim == pytest.approx(2 * (level - cost) + met)
    alone = solve(given.replace(aims=[{"wants": 1.0}])).require_optimal()
    met = 1.2 * (alone.amounts("want met")["amount"] @ discount)
    cost = 0.2 * (alone.amounts("overtime")["amount"] @ discount)
    assert alone.aim == pytest.approx(met - cost)
    levels = [{"consumption": 1.0, "slack": 0.01}, {"wants": 1.0}]
    order = solve(given.replace(aims=levels)).require_optimal()
    assert order.aim == pytest.approx(1.2 * (order.amounts("want met")["amount"] @ discount))
    cost = 0.2 * (order.amounts("overtime")["amount"] @ discount)
    level = order.problem.consumption.sum() * (order.consumption_level @ discount)
    assert level - cost == pytest.approx(0.99 * order.earlier[0].value)


def test_prices_are_what_more_is_worth() -> None:
    loose = {**EXTRA, "most": 0.01, "cost": 0.1, "total": None}
    plan = solve(problem(loose)).require_optimal()
    price = plan.shadow_prices().query("kind == 'overtime' and year == 1948")["value"].iloc[0]
    assert price > 0.1
    step = 1e-5
    more = solve(problem({**loose, "most": (0.01, 0.01, 0.01 + step, 0.01)})).require_optimal()
    there = plan.problem.labour_available[2, 0]
    assert (more.aim - plan.aim) / (step * there) == pytest.approx(price, rel=1e-4)

    plan = solve(problem(EXTRA)).require_optimal()
    price = plan.shadow_prices().query("kind == 'overtime in all'")["value"].iloc[0]
    more = solve(problem({**EXTRA, "total": 8.01})).require_optimal()
    assert (more.aim - plan.aim) / 0.01 == pytest.approx(price, rel=1e-4)
    assert sensitivity(plan, "overtime in all", "persons", 1949).more == pytest.approx(price)


def test_the_price_of_shorter_hours_is_that_of_labour() -> None:
    plan = solve(problem(WEEK)).require_optimal()
    prices = plan.shadow_prices().set_index(["kind", "year"])["value"]
    assert prices["shorter hours", 1947] > 0
    assert prices["shorter hours", 1947] == pytest.approx(prices["labour", 1947])
    taken = plan.amounts("shorter hours").set_index("year")["amount"]
    there = plan.problem.labour_available[1, 0]
    assert taken[1947] == pytest.approx(0.02 * 0.75 * there)


def test_too_short_a_week_is_named_and_yields() -> None:
    plan = solve(problem({**WEEK, "hours": 0.8, "most": 0.01}, consumption_floor=0.95))
    assert plan.status == "infeasible"
    assert "shorter hours (persons) 1946" in plan.remedy
    assert "hours (persons) in" in conflict(plan).text
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_the_explanation_speaks_of_working_time() -> None:
    plan = solve(problem({**EXTRA, **WEEK})).require_optimal()
    found = explain(plan, "services", 1947)
    assert sum(root.share for root in found.roots) == pytest.approx(1.0)
    assert "Overtime in 1947: persons" in found.text
    assert "Labour set free by shorter hours in 1947: persons" in found.text


def test_every_fault_is_found_at_once() -> None:
    faulty = {"kind": "person", "hours": (1.0, 0.0), "most": -0.1}
    with pytest.raises(InputError) as error:
        base().replace(conditions={"overtime": [faulty, EXTRA, EXTRA]})
    text = str(error.value)
    for part in (
        "did you mean persons",
        "has 2 figures for 4 years",
        "hours: lies outside its limits",
        "most: lies outside its limits",
        "give every kind once",
    ):
        assert part in text
    assert len(error.value.faults) == 5
    for name, value in (("productivity", 1.1), ("cost", -1.0), ("recovered", 2.0)):
        with pytest.raises(InputError, match=name):
            problem({**EXTRA, name: value})
