"""Stocks of products: agreement, losses, limits, prices, and what yields."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from independent import Independent, data_of_problem
from independent_production import add_all
from plan_economies import small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.explain import explain
from conjuncture.plan.why.sensitivity import sensitivity

GRAIN = {"product": "farming", "opening": 20.0, "loss": 0.05, "least_share": 0.08,
         "most": 40.0, "terminal": 15.0}  # fmt: skip
PARTS = {"product": "industry", "opening": 12.0, "least": [3.0, 4.0, 0.0, 2.0],
         "most_share": 0.1}  # fmt: skip
TWO = (GRAIN, PARTS)


def problem(*which: dict[str, Any], more: Any = None, **rules: Any) -> Problem:
    chosen = {"stocks": list(which or TWO), **(more or {})}
    return Problem.from_table(small_table(), 4, conditions=chosen, labour_growth=0.02, **rules)


CLAIM = {"claims": [{"name": "army", "products": {"farming": 3.0}, "path": [1.0, 1.0, 2.0, 1.0]}]}


@pytest.mark.slow
@pytest.mark.parametrize("more", [None, CLAIM])
def test_agrees_with_an_independent_formulation(more: Any) -> None:
    plan = solve(problem(more=more)).require_optimal()
    other = add_all(Independent(data_of_problem(plan.problem)), plan.problem)
    assert plan.aim == pytest.approx(other.solve(), rel=1e-8)
    assert plan.balances()["residual"].abs().max() < 1e-9


def test_balances_show_what_comes_from_stock_and_goes_to_it() -> None:
    plan = solve(problem()).require_optimal()
    balances = plan.balances()
    stock = plan.amounts("stock").pivot(index="year", columns="label", values="amount")
    for product, opening, kept in (("farming", 20.0, 0.95), ("industry", 12.0, 1.0)):
        path = np.array([opening, *stock[product]])
        rows = balances.xs(product, level="product")
        added = (rows["to stock"] - rows["from stock"]).to_numpy()
        np.testing.assert_allclose(path[1:], kept * path[:-1] + added, atol=1e-9)
        assert (np.minimum(rows["to stock"], rows["from stock"]) == 0).all()
    uses = ["intermediate", "consumption", "public", "military", "investment", "exports"]
    used = balances[uses].sum(axis=1).xs("farming", level="product").to_numpy()
    assert (stock["farming"].to_numpy() >= 0.08 * used - 1e-9).all()
    used = balances[uses].sum(axis=1).xs("industry", level="product").to_numpy()
    assert (stock["industry"].to_numpy() <= 0.1 * used + 1e-9).all()
    assert stock["farming"].iloc[-1] >= 15.0 - 1e-9
    assert stock["industry"].iloc[-1] >= 12.0 - 1e-9  # the opening stock


def test_a_shortage_that_is_foreseen_is_stored_for() -> None:
    """Half the farms fail in 1948: a plan with a store eats evenly."""
    bad = np.ones((4, 3))
    bad[2, 0] = 0.8
    store = {"product": "farming", "opening": 0.0}
    without = Problem.from_table(small_table(), 4, labour_growth=0.02).replace(availability=bad)
    plan = solve(without.replace(conditions={"stocks": [store]})).require_optimal()
    assert plan.aim > solve(without).require_optimal().aim
    stock = plan.amounts("stock").set_index("year")["amount"]
    assert stock[1947] > 1.0
    assert stock[1948] == pytest.approx(0.0, abs=1e-9)
    e = explain(plan, "farming", 1948)
    assert sum(root.share for root in e.roots) == pytest.approx(1.0, rel=1e-8)


def test_prices_are_what_a_little_more_is_worth() -> None:
    plan = solve(problem()).require_optimal()
    prices = plan.shadow_prices().set_index(["kind", "label", "year"])["value"].sort_index()
    step = 1e-4
    more = solve(problem({**GRAIN, "opening": 20.0 + step}, PARTS)).require_optimal()
    assert (more.aim - plan.aim) / step == pytest.approx(
        0.95 * prices["stock", "farming", 1946], rel=1e-4
    )
    less = solve(problem({**GRAIN, "terminal": 15.0 - step}, PARTS)).require_optimal()
    value = prices["stock left", "farming", 1949]
    assert (less.aim - plan.aim) / step == pytest.approx(value, rel=1e-4)
    assert value > 0
    assert sensitivity(plan, "stock left", "farming", 1949).price == pytest.approx(value)
    for kind in ("least stock", "largest stock", "least stock by uses", "largest stock by uses"):
        assert (prices[kind] >= -1e-9).all()


def test_a_product_from_stock_alone_is_followed_to_its_stock() -> None:
    """Coal is neither made nor imported: it comes from what is in store."""
    arrays = {
        "sectors": ("bread", "coal"), "years": (1950, 1951, 1952), "output": [120.0, 0.0],
        "coefficients": [[0.0, 0.0], [0.2, 0.0]], "consumption": [100.0, 0.0],
        "labour_kinds": ("hands",), "labour_units": ("persons",),
        "labour_coefficients": [0.5, 0.0], "labour_available": [100.0],
    }  # fmt: skip
    store = {"product": "coal", "opening": 58.0, "terminal": 0.0, "loss": 0.1}
    p = Problem.from_arrays(**arrays, conditions={"stocks": [store]})
    rules = {"expansion_without_capital": None, "contraction": None, "consumption_band": None}
    p = p.replace(settings=rules)
    plan = solve(p).require_optimal()
    e = explain(plan, "bread", 1951)
    assert {root.term.kind for root in e.roots} == {"stock"}
    assert sum(root.share for root in e.roots) == pytest.approx(1.0, rel=1e-8)
    assert "what is in stock of coal at the end of 1951 is scarce" in e.text
    drawn = plan.balances()["from stock"].groupby("year").sum()
    assert drawn[1950] + drawn[1951] / 0.9 == pytest.approx(58.0 * 0.9)


@pytest.mark.parametrize(
    ("change", "words", "demand"),
    [
        (
            {"terminal": 900.0, "most": None},
            "stock of farming left 1949",
            "left at the end of 1949",
        ),
        ({"least": [900.0, 0, 0, 0], "most": None}, "least stock of farming 1946", "at least"),
        ({"least_share": 3.0, "most": None}, "by its uses", "least_share of its uses"),
    ],
)
def test_a_stock_out_of_reach_is_named_and_yields(
    change: dict[str, Any], words: str, demand: str
) -> None:
    plan = solve(problem({**GRAIN, **change}))
    assert plan.status == "infeasible"
    assert words in plan.remedy
    assert demand in conflict(plan).text
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_too_small_a_store_yields_where_nothing_else_can() -> None:
    full = {**GRAIN, "opening": 400.0, "most": 1.0, "terminal": 0.0, "least_share": 0.0}
    plan = solve(problem(full))
    assert plan.status == "infeasible"
    assert "largest stock of farming" in plan.remedy
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"
    narrow = {**full, "most": None, "most_share": 0.0}
    plan = solve(problem(narrow))
    assert "largest stock of farming by its uses" in plan.remedy
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


FAULTS = {
    "product": ({"product": "farmin"}, "did you mean farming"),
    "opening": ({"opening": -1.0}, "greater than or equal to 0"),
    "loss": ({"loss": 1.5}, "less than or equal to 1"),
    "least": ({"least": 50.0}, "exceeds most"),
    "negative": ({"least": -1.0}, "is negative"),
    "shares": ({"least_share": 0.5, "most_share": 0.1}, "exceeds most_share"),
    "end": ({"terminal": 41.0}, "the stock at the end exceeds most"),
    "years": ({"most": [1.0, 2.0]}, "has 2 figures for 4 years"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_bad_input_is_refused(name: str) -> None:
    change, message = FAULTS[name]
    with pytest.raises(InputError, match=message):
        problem({**GRAIN, **change})


def test_a_product_named_twice_is_refused() -> None:
    with pytest.raises(InputError, match="product stands twice"):
        problem(GRAIN, GRAIN)
