"""Labour that becomes another kind: an independent formulation, prices, stocks, faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from independent_labour import Extended
from plan_economies import small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import check_conflict, conflict
from conjuncture.plan.why.explain import explain
from conjuncture.plan.why.sensitivity import sensitivity

SCHOOL = {
    "name": "schooling",
    "source": "persons",
    "target": "engineers",
    "years": 2,
    "products": {"services": 0.2, "industry": 0.1},
    "trainers": {"engineers": 0.05},
    "limit": 0.4,
    "retirement": 0.1,
    "under_way": [0.3],
}
BACK = {"name": "back", "source": "engineers", "target": "persons", "share": 0.01, "yields": 1.5}


def base(engineers: float = 0.8, **settings: Any) -> Problem:
    """Two kinds of labour; there are more persons by and by, and fewer engineers."""
    rules = {"labour_kinds": ("persons", "engineers"), **settings}
    problem = Problem.from_table(small_table(), 5, **rules)
    path = np.linspace([1.0, 1.0], [1.05, engineers], 5)
    return problem.replace(labour_available=problem.labour_available * path)


def problem(*moves: dict[str, Any], **settings: Any) -> Problem:
    return base(**settings).replace(conditions={"moves": moves})


@pytest.mark.slow
@pytest.mark.parametrize(
    "moves",
    [
        [SCHOOL],
        [{**SCHOOL, "years": 0, "under_way": (), "share": 0.001, "limit": (0.5, 0.4, 0, 1, 1)}],
        [{**SCHOOL, "years": 1, "under_way": (), "yields": 0.5}],
        [{**SCHOOL, "years": 4, "under_way": [0.5, 0.2, 0.1], "retirement": 0.0}],
        [{**SCHOOL, "years": 9, "under_way": [0.5] * 8}],
        [{**SCHOOL, "least": (0.1, 0.2, 0.2, 0.3, 0.3)}],
    ],
    ids=["school", "at once", "one year", "four years", "beyond the plan", "least"],
)
def test_agrees_with_an_independent_formulation(moves: list[dict[str, Any]]) -> None:
    plan = solve(problem(*moves)).require_optimal()
    assert plan.amounts("move")["amount"].max() > 0.01 or moves[0]["years"] > 3
    assert plan.aim == pytest.approx(Extended(base(), {"moves": moves}).solve(), rel=1e-9)
    assert plan.balances()["residual"].abs().max() < 1e-9


@pytest.mark.slow
def test_moves_both_ways_agree_with_an_independent_formulation() -> None:
    given = {"moves": [SCHOOL, BACK]}
    plan = solve(base(0.9).replace(conditions=given)).require_optimal()
    begun = plan.amounts("move").groupby("label")["amount"].max()
    assert (begun > 0.05).all()
    assert plan.aim == pytest.approx(Extended(base(0.9), given).solve(), rel=1e-9)
    assert plan.balances()["residual"].abs().max() < 1e-9


def test_moved_labour_stays_moved_and_retires() -> None:
    plan = solve(problem(SCHOOL)).require_optimal()
    begun = [0.3, *plan.amounts("move")["amount"]]
    stock, found = 0.0, plan.amounts("moved")["amount"]
    assert max(begun[1:]) == pytest.approx(0.4)
    for t in range(5):
        stock = 0.9 * stock + (begun[t - 1] if t else 0.0)
        assert found[t] == pytest.approx(stock, abs=1e-9)
    taken = plan.balances()["training"].to_numpy().reshape(5, 3)
    own = np.array(begun[1:])
    pupils = own + np.append(0.0, own[:-1])
    np.testing.assert_allclose(taken, np.outer(pupils / 2, [0.0, 0.1, 0.2]), atol=1e-9)
    before = plan.balances()["training under way"].to_numpy().reshape(5, 3)
    np.testing.assert_allclose(before[0], [0.0, 0.015, 0.03], atol=1e-12)
    assert not before[1:].any()


def test_no_more_labour_works_than_the_moves_leave() -> None:
    plan = solve(problem(SCHOOL, BACK)).require_optimal()
    p = plan.problem
    used = np.einsum("tkn,tn->tk", p.labour_coefficients, plan.output)
    begun = plan.amounts("move")["amount"].to_numpy().reshape(5, 2)
    moved = plan.amounts("moved")["amount"].to_numpy().reshape(5, 2)
    left = p.labour_available - begun.cumsum(axis=0) + moved[:, ::-1]
    pupils = begun[:, 0] + np.append(0.3, begun[:-1, 0])
    left[:, 1] -= 0.05 * pupils
    assert (used <= left + 1e-9).all()


def test_the_price_of_a_place_is_what_one_more_is_worth() -> None:
    plan = solve(problem(SCHOOL)).require_optimal()
    prices = plan.shadow_prices().query("kind == 'training place'")
    price = prices[prices["year"] == 1946]["value"].iloc[0]
    assert price > 1
    assert "per thousand persons" in prices["unit"].iloc[0]
    step = 1e-4
    more = solve(problem({**SCHOOL, "limit": (0.4 + step, 0.4, 0.4, 0.4, 0.4)}))
    assert (more.require_optimal().aim - plan.aim) / step == pytest.approx(price, rel=1e-4)
    assert sensitivity(plan, "training place", "schooling", 1946).more == pytest.approx(price)
    assert "all places of schooling are taken in 1946" in " ".join(plan.corners())
    assert "training place" in set(plan.bottlenecks()["kind"])


def test_the_price_of_the_share_is_what_a_larger_one_is_worth() -> None:
    move = {**SCHOOL, "limit": (), "share": 0.001}
    plan = solve(problem(move)).require_optimal()
    prices = plan.shadow_prices().query("kind == 'share that moves' and year == 1946")
    step = 1e-6
    more = solve(problem({**move, "share": (0.001 + step, *[0.001] * 4)})).require_optimal()
    there = plan.problem.labour_available[0, 0]
    assert (more.aim - plan.aim) / step == pytest.approx(prices["value"].iloc[0] * there, rel=1e-3)


def test_a_least_number_keeps_schools_open_at_a_price() -> None:
    plan = solve(problem({**SCHOOL, "least": 0.2})).require_optimal()
    assert plan.amounts("move")["amount"].min() == pytest.approx(0.2)
    prices = plan.shadow_prices().query("kind == 'least training' and year == 1950")["value"]
    step = 1e-4
    eased = {**SCHOOL, "least": (0.2, 0.2, 0.2, 0.2, 0.2 - step)}
    gain = solve(problem(eased)).require_optimal().aim - plan.aim
    assert gain / step == pytest.approx(prices.iloc[0], rel=1e-4)
    assert prices.iloc[0] > 0
    over = solve(problem({**SCHOOL, "least": 0.5}))
    assert over.status == "infeasible"
    assert "least number that begins schooling 1946: 0.1 thousand persons too many" in over.remedy
    assert "schooling in 1950 of 0.5 thousand persons at least" in conflict(over).text


def test_too_few_places_are_named_and_yield() -> None:
    short = {**SCHOOL, "years": 0, "under_way": (), "limit": 0.01}
    plan = solve(problem(short, consumption_floor=1.08))
    assert plan.status == "infeasible"
    assert "places of schooling 1948: 0.4089 thousand persons too few" in plan.remedy
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"
    found = conflict(plan)
    assert "places of schooling in 1948 of 0.01 thousand persons at most" in found.text
    assert not check_conflict(plan.problem, found.demands)


def test_the_explanation_names_the_moves() -> None:
    plan = solve(problem(SCHOOL)).require_optimal()
    found = explain(plan, "industry", 1948)
    assert sum(root.share for root in found.roots) == pytest.approx(1.0)
    assert "Labour that has moved in 1948: schooling" in found.text


def test_a_plan_without_moves_is_untouched() -> None:
    plain, named = base(), base().replace(conditions={"moves": []})
    assert solve(plain).aim == solve(named).aim
    assert "move" not in solve(named).model.columns.blocks


def test_every_fault_is_found_at_once() -> None:
    faulty = {
        "name": "schooling",
        "source": "person",
        "target": "engineers",
        "years": 2,
        "products": {"servces": 1.0, "industry": -1.0},
        "trainers": {"engineer": 0.1, "persons": -0.1},
        "limit": (1, 2),
        "share": 1.5,
        "least": -1.0,
        "under_way": [1.0, -2.0],
    }
    same = {"name": "schooling", "source": "persons", "target": "persons", "limit": -1}
    with pytest.raises(InputError) as error:
        problem(faulty, same)
    text = str(error.value)
    for part in (
        "stands twice",
        "did you mean persons",
        "did you mean services",
        "did you mean engineers",
        "products.industry: is negative",
        "trainers.persons: is negative",
        "has 2 figures for 5 years",
        "share: lies outside its limits",
        "least: lies outside its limits",
        "has 2 figures for training of 2 years",
        "under_way.1: is negative",
        "leads back to the kind that it leaves",
        "moves.1.limit: lies outside its limits",
    ):
        assert part in text
    assert len(error.value.faults) == 13
    units = base().replace(labour_units=("thousand persons", "million hours"))
    with pytest.raises(InputError, match="different units"):
        units.replace(conditions={"moves": [SCHOOL]})
    assert units.replace(conditions={"moves": [{**SCHOOL, "yields": 2.0}]})
    with pytest.raises(InputError, match="did you mean limit"):
        problem({**SCHOOL, "limits": 1.0})
    with pytest.raises(InputError, match="retirement"):
        problem({**SCHOOL, "retirement": 2.0})
