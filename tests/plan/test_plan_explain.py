"""Explanations: prices that add up, chains to planted bottlenecks, labour values."""

from __future__ import annotations

import numpy as np
import pytest
from plan_economies import random_economy, small_table

from conjuncture.accounts.library import load_table
from conjuncture.core.errors import InfeasibleError, InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.settings import Settings
from conjuncture.plan.solve import solve
from conjuncture.plan.why.decompose import ACTIVITIES, decompose
from conjuncture.plan.why.explain import explain
from conjuncture.plan.why.values import labour_values, prices_and_values

FREE = Settings.of(
    gestation=1, terminal_growth=None, contraction=None, consumption_band=None,
    export_band=0.0, import_band=0.0, expansion_without_capital=None,
)  # fmt: skip


def chain_problem(**changes: object) -> Problem:
    """Bread needs machines, machines need steel, steel needs coal; coal's capacity is short."""
    A = np.zeros((4, 4))
    A[1, 0], A[2, 1], A[3, 2] = 0.3, 0.4, 0.5
    parts = {
        "sectors": ("bread", "machines", "steel", "coal"),
        "years": (1947,),
        "output": [100.0, 30.0, 12.0, 6.0],
        "coefficients": A,
        "consumption": [100.0, 0.0, 0.0, 0.0],
        "labour_kinds": ("hands",),
        "labour_units": ("thousand persons",),
        "labour_coefficients": [0.5, 1.0, 1.0, 2.0],
        "labour_available": [1000.0],
        "capital": [0.0, 0.0, 0.0, 5.0],
        "capital_output": [0.0, 0.0, 0.0, 1.0],
        "composition": [0.0, 1.0, 0.0, 0.0],
        "settings": FREE,
        "unit": "million crowns",
        **changes,
    }
    return Problem.from_arrays(**parts)  # type: ignore[arg-type]


PLANS = {
    "usa_2014": lambda: Problem.from_table(load_table("usa_2014"), 3),
    "ussr_1945": lambda: Problem.from_table(load_table("ussr_1945"), 5),
    "small": lambda: Problem.from_table(small_table(), 4, expansion=0.05, disposal=True),
    "random": lambda: Problem.from_arrays(**random_economy(3, 8, 4)),
}


@pytest.mark.parametrize("name", PLANS)
def test_every_price_is_the_sum_of_its_parts(name: str) -> None:
    solution = solve(PLANS[name]()).require_optimal()
    p = solution.problem
    prices = solution.shadow_prices().query("kind == 'product'").set_index(["label", "year"])
    for product in p.sectors[:: max(1, p.size // 12)]:
        for year in p.years:
            e = explain(solution, product, year)
            assert e.price == pytest.approx(prices["value"][product, year], abs=1e-9)
            for parts in (e.direct, e.imported, [root.term for root in e.roots]):
                if parts:
                    total = sum(term.value for term in parts)
                    assert total == pytest.approx(e.price, rel=1e-8, abs=1e-8)
            for term in (*e.direct, *(root.term for root in e.roots)):
                assert term.value == pytest.approx(term.use * term.price, rel=1e-8, abs=1e-10)


def test_the_bundle_is_explained_like_a_product() -> None:
    solution = solve(PLANS["usa_2014"]()).require_optimal()
    e = explain(solution, None, 2016)
    assert sum(root.term.value for root in e.roots) == pytest.approx(e.price, rel=1e-8)
    assert sum(term.value for term in e.level_terms) == pytest.approx(e.level_weight, rel=1e-8)
    assert sum(abs(root.share) for root in e.roots) >= 1 - 1e-8


def test_a_producing_sector_earns_exactly_its_cost() -> None:
    """Prices read from the frame alone, in the accountant's form p = pA + wl + rent + pace."""
    solution = solve(PLANS["small"]()).require_optimal()
    p, year, t = solution.problem, 1947, 1
    frame = solution.shadow_prices().set_index(["kind", "label", "year"])["value"].sort_index()

    def price(kind: str, label: str, at: int) -> float:
        return float(frame.get((kind, label, at), 0.0))

    q = np.array([price("product", s, year) for s in p.sectors])
    for j, sector in enumerate(p.sectors):
        cost = q @ p.coefficients[:, j] + price("capacity", sector, year)
        for k, kind in enumerate(p.labour_kinds):
            cost += p.labour_coefficients[t, k, j] * price("labour", kind, year)
        fall = 1 - p.settings.contraction
        cost -= price("contraction", sector, year) - fall * price("contraction", sector, year + 1)
        rise = 1.05
        cost += price("expansion", sector, year) - rise * price("expansion", sector, year + 1)
        assert solution.output[t, j] > 0
        assert q[j] == pytest.approx(cost, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_activities_in_use_break_even(activity: str) -> None:
    problem = Problem.from_table(small_table(), 4)
    problem = problem.replace(damaged=0.05 * problem.capital, settings={"restorable_share": 0.5})
    solution = solve(problem).require_optimal()
    label = "" if activity in ("level", "outlay") else "farming"
    terms = decompose(solution, activity, label, 1947)
    weight = problem.settings.discount * problem.consumption.sum() if activity == "level" else 0.0
    assert sum(term.value for term in terms) == pytest.approx(weight, rel=1e-8, abs=1e-8)
    assert all(term.use_unit for term in terms)


def test_the_chain_leads_to_the_planted_bottleneck() -> None:
    solution = solve(chain_problem()).require_optimal()
    e = explain(solution, "bread", 1947, titles={"coal": "Coal mining"})
    (root,) = e.roots
    assert (root.term.kind, root.term.label, root.sector) == ("capacity", "coal", "coal")
    assert [(x.product, x.needs, x.amount) for x in root.chain] == [
        ("bread", "machines", 0.3), ("machines", "steel", 0.4), ("steel", "coal", 0.5),
    ]  # fmt: skip
    assert root.term.use == pytest.approx(0.3 * 0.4 * 0.5)
    assert root.share == pytest.approx(1.0)
    assert e.price == pytest.approx(1.0)  # the bundle is bread alone
    assert e.outputs == pytest.approx({"bread": 1.0, "machines": 0.3, "steel": 0.12, "coal": 0.06})
    assert e.labour["hands"] == pytest.approx(0.5 + 0.3 + 0.12 + 0.12)
    assert e.labour_values["hands"] == pytest.approx(1.04)
    text = e.text
    assert "the capacity of coal (Coal mining) in 1947 is fully used" in text
    assert "machines needs 0.4 of steel per unit, steel needs 0.5 of coal" in text
    assert "had to be begun by 1946, before the plan" in text


def test_more_capacity_moves_the_bottleneck_to_labour() -> None:
    problem = chain_problem(capital=[0, 0, 0, 500.0], labour_available=[52.0])
    e = explain(solve(problem).require_optimal(), "bread", 1947)
    assert [root.term.kind for root in e.roots] == ["labour"]
    assert "labour (hands) in 1947 is fully used" in e.text


def test_one_more_unit_at_hand_is_worth_the_price() -> None:
    problem = Problem.from_table(small_table(), 3)
    solution = solve(problem).require_optimal()
    for i, product in enumerate(problem.sectors):
        less = np.array(problem.inventories)
        less[1, i] -= 1e-3
        richer = solve(problem.replace(inventories=less)).require_optimal()
        gained = (richer.aim - solution.aim) / 1e-3
        assert gained == pytest.approx(explain(solution, product, 1947).price, rel=1e-4, abs=1e-5)


def test_prices_are_labour_values_where_labour_alone_is_scarce() -> None:
    """The simple labour theory of value as a limiting case (Samuelson 1951, non-substitution)."""
    problem = Problem.from_arrays(**{**random_economy(5, 7, 1), "settings": FREE, "capital": 0.0,
        "capital_output": 0.0, "exports": 0.0, "imports": 0.0, "works": np.zeros((0, 7)),
        "labour_kinds": ("hands",), "labour_units": ("hours",),
        "labour_coefficients": np.linspace(0.5, 2.0, 7), "labour_available": [100.0],
        "public": 0.0, "military": 0.0})  # fmt: skip
    found = prices_and_values(solve(problem).require_optimal(), 1950)
    assert found["ratio hands"].to_numpy() == pytest.approx(np.ones(7), rel=1e-9)


def test_labour_values_by_hand_and_with_wear() -> None:
    problem = chain_problem(
        sectors=("a", "b"), output=[10.0, 10.0], coefficients=[[0.0, 0.5], [0.2, 0.0]],
        consumption=[1.0, 1.0], labour_coefficients=[1.0, 2.0], capital=[20.0, 0.0],
        capital_output=[2.0, 0.0], depreciation=[0.05, 0.0], composition=[0.0, 1.0],
    )  # fmt: skip
    plain = labour_values(problem, 1947).set_index("product")
    assert plain["value"]["a"] == pytest.approx(1.4 / 0.9)
    assert plain["value"]["b"] == pytest.approx(2.0 + 0.5 * 1.4 / 0.9)
    assert plain["unit"].iloc[0] == "thousand persons per million crowns"
    worn = labour_values(problem, 1947, wear=True).set_index("product")["value"]
    assert worn["a"] == pytest.approx(1.0 + 0.3 * worn["b"])  # 0.2 inputs + 0.05 x 2 wear
    assert worn["b"] == pytest.approx(2.0 + 0.5 * worn["a"])


def test_what_does_not_exist_is_refused_with_the_nearest() -> None:
    solution = solve(chain_problem()).require_optimal()
    with pytest.raises(InputError) as caught:
        explain(solution, "stell", 1950)
    assert [fault.field for fault in caught.value.faults] == ["product", "year"]
    assert caught.value.faults[0].nearest == ("steel",)
    with pytest.raises(InputError, match="did you mean output"):
        decompose(solution, "outptu", "steel", 1947)
    with pytest.raises(InputError, match="lies outside"):
        labour_values(solution.problem, 1950)
    hungry = solve(chain_problem(labour_available=[1.0]).replace(consumption_floor=[9.0]))
    with pytest.raises(InfeasibleError):
        explain(hungry, "bread", 1947)


def test_a_product_that_is_cheaper_abroad_is_followed_to_imports() -> None:
    problem = chain_problem(
        imports_low=np.zeros(4), imports_high=[0.0, 0.0, 0.0, np.inf], exports_low=np.zeros(4),
        exports_high=np.array([np.inf, 0.0, 0.0, 0.0]), labour_coefficients=[0.5, 1.0, 1.0, 400.0],
        capital=0.0, capital_output=0.0,
    )  # fmt: skip
    solution = solve(problem).require_optimal()
    assert solution.output[0, 3] == pytest.approx(0.0, abs=1e-9)
    e = explain(solution, "bread", 1947)
    assert {root.term.kind for root in e.roots} == {"labour", "trade account"}
    assert sum(root.share for root in e.roots) == pytest.approx(1.0)
    assert "foreign currency in 1947 is scarce" in e.text
    assert "coal" not in e.outputs
