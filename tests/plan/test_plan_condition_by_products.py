"""By-products, and plans from supply and use: agreement, base year, prices, faults."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from independent import Independent, data_of_problem
from independent_production import add_by_products
from plan_economies import random_economy, small_table

from conjuncture.accounts.supply_use import SupplyUse
from conjuncture.accounts.table import Capital, FinalUse, Labour
from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.settings import Settings
from conjuncture.plan.solve import solve
from conjuncture.plan.supply import base_year, from_supply_use
from conjuncture.plan.why.explain import explain

STRAW = {"sector": "farming", "products": {"industry": 0.04, "services": 0.02}}
SCRAP = {"sector": "industry", "products": {"farming": 0.03}}


def problem(*which: dict[str, Any], **rules: Any) -> Problem:
    chosen = which or (STRAW, SCRAP)
    return Problem.from_table(
        small_table(), 4, contraction=None, conditions={"by_products": list(chosen)}, **rules
    )


def accounts(seed: int = 3, **changes: Any) -> SupplyUse:
    """Three industries, four commodities; ``slag`` is nobody's main product."""
    draw = np.random.default_rng(seed)
    make = np.diag([100.0, 200.0, 150.0]) @ np.eye(3, 4)
    make[0, 1], make[1, 0], make[1, 3], make[2, 3], make[2, 1] = 10.0, 5.0, 8.0, 4.0, 20.0
    use = draw.uniform(2.0, 18.0, (4, 3))
    use[3] = [2.0, 3.0, 1.0]
    imports = np.array([10.0, 25.0, 0.0, 0.0])
    net = make.sum(axis=0) + imports - use.sum(axis=1)
    shares = np.array([0.6, 0.15, 0.15, 0.1])
    final = net[:, None] * shares
    parts: dict[str, Any] = {
        "name": "sut", "title": "supply and use", "territory": "XXX", "year": 1945,
        "currency": "XXX", "unit": "million crowns", "prices": "current", "origin": "user",
        "industries": ("farming", "industry", "services"),
        "titles": ("Farming", "Industry", "Services"),
        "commodities": ("farming", "industry", "services", "slag"), "make": make, "use": use,
        "final_uses": (FinalUse("households", "consumption"), FinalUse("state", "public"),
                       FinalUse("investment", "investment"), FinalUse("abroad", "exports")),
        "final": final, "imports": imports, "primary_inputs": ("value added",),
        "value_added_rows": ("value added",),
        "primary": (make.sum(axis=1) - use.sum(axis=0))[None],
    }  # fmt: skip
    return SupplyUse(**{**parts, **changes})


LABOUR = Labour(("persons",), ("thousand persons",), np.array([[50.0, 80.0, 60.0]]))
CAPITAL = Capital(np.array([150.0, 300.0, 0.0]), "in_use", np.array([0.05, 0.08, 0.0]), "u", "u")


# By-products -----------------------------------------------------------------------


def test_agrees_with_an_independent_formulation() -> None:
    plan = solve(problem()).require_optimal()
    other = Independent(data_of_problem(plan.problem))
    add_by_products(other, plan.problem)
    assert plan.aim == pytest.approx(other.solve(), rel=1e-8)
    balances = plan.balances()
    assert balances["residual"].abs().max() < 1e-9
    brought = balances["by products"].to_numpy().reshape(4, 3)
    np.testing.assert_allclose(brought[:, 1], 0.04 * plan.output[:, 0])
    np.testing.assert_allclose(brought[:, 0], 0.03 * plan.output[:, 1])


def test_more_of_what_comes_for_nothing_is_worth_its_price() -> None:
    plan = solve(problem()).require_optimal()
    prices = plan.shadow_prices().query("kind == 'product'").set_index(["label", "year"])["value"]
    step = 1e-6
    more = {**STRAW, "products": {"industry": 0.04 + step, "services": 0.02}}
    gain = solve(problem(more, SCRAP)).require_optimal().aim - plan.aim
    worth = sum(plan.output[t, 0] * prices["industry", 1946 + t] for t in range(4))
    assert gain / step == pytest.approx(worth, rel=1e-3)


def test_the_structured_solver_sees_by_products() -> None:
    arrays = random_economy(11, 12, 4)
    arrays["labour_available"] = 0.9 * arrays["labour_available"]
    joint = [{"sector": "s2", "products": {f"s{i}": 0.1 for i in range(12) if i != 2}}]
    p = Problem.from_arrays(
        **arrays,
        settings=Settings.of(disposal=True, contraction=None, consumption_band=None),
        conditions={"by_products": joint},
    )
    assert solve(p, method="structured").aim == pytest.approx(solve(p).aim, rel=1e-6)
    assert solve(p).aim != pytest.approx(solve(p.replace(conditions={"by_products": ()})).aim)


def test_prices_are_carried_back_with_the_worth_of_by_products() -> None:
    plan = solve(problem()).require_optimal()
    for product in plan.problem.sectors:
        e = explain(plan, product, 1947)
        for parts in (e.direct, [root.term for root in e.roots]):
            assert sum(term.value for term in parts) == pytest.approx(e.price, rel=1e-8, abs=1e-9)


FAULTS = {
    "sector": ({"sector": "industri"}, "did you mean industry"),
    "product": ({"products": {"farmin": 0.1}}, "did you mean farming"),
    "negative": ({"products": {"farming": -0.1}}, "is negative"),
    "own": ({"products": {"industry": 0.1}}, "is the sector's own product"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_bad_input_is_refused(name: str) -> None:
    change, message = FAULTS[name]
    with pytest.raises(InputError, match=message):
        problem({**SCRAP, **change})


def test_sectors_named_twice_or_closed_are_refused() -> None:
    with pytest.raises(InputError, match="stands twice"):
        problem(SCRAP, SCRAP)
    arrays = random_economy(2, 4, 2)
    arrays["output"][3] = 0.0
    with pytest.raises(InputError, match="stays closed"):
        Problem.from_arrays(
            **arrays, conditions={"by_products": [{"sector": "s3", "products": {"s0": 0.1}}]}
        )


# Supply and use --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_the_base_year_of_supply_and_use_is_found_again(seed: int) -> None:
    a = accounts(seed)
    for capital in (None, CAPITAL):
        plan = solve(base_year(a, labour=LABOUR, capital=capital)).require_optimal()
        assert plan.consumption_level[0] == pytest.approx(1.0, abs=1e-8)
        np.testing.assert_allclose(plan.output[0, :3], np.diag(a.make), rtol=1e-7)
        mix = a.make / np.diag(a.make)[:, None]
        np.testing.assert_allclose(plan.output[0, :3] @ mix, a.make.sum(axis=0), rtol=1e-7)
        assert plan.output[0, 3] == 0.0


def test_a_plan_from_supply_and_use() -> None:
    a = accounts()
    rules = {"contraction": None, "disposal": True, "labour_growth": 0.02}
    p = from_supply_use(a, 3, labour=LABOUR, capital=CAPITAL, **rules)
    plan = solve(p).require_optimal()
    other = Independent(data_of_problem(p))
    add_by_products(other, p)
    assert plan.aim == pytest.approx(other.solve(), rel=1e-8)
    assert plan.balances()["residual"].abs().max() < 1e-9
    assert p.labour_coefficients[0, 0, 1] == pytest.approx(80.0 / 200.0)
    for product in p.sectors:  # slag is nobody's main product: its price stands for itself
        e = explain(plan, product, 1947)
        total = sum(root.term.value for root in e.roots)
        assert total == pytest.approx(e.price, rel=1e-8, abs=1e-9)


def test_other_conditions_go_with_it_and_rounding_is_kept_in_the_open() -> None:
    a = accounts()
    a = dataclasses.replace(
        a, final=a.final + np.array([[0.4], [0.0], [0.0], [0.0]]) * np.eye(1, 4)
    )
    claim = {"claims": [{"name": "army", "products": {"industry": 1.0}}]}
    p = from_supply_use(a, 2, rounding=0.5, conditions=claim, contraction=None, disposal=True)
    assert p.inventories[0, 0] == pytest.approx(-0.4)
    plan = solve(p).require_optimal()
    assert plan.balances()["claims"].sum() == pytest.approx(2.0)
    with pytest.raises(InputError, match="out of balance"):
        from_supply_use(a, 2)


def test_faults_of_supply_and_use_are_named() -> None:
    a = accounts()
    with pytest.raises(InputError, match="unknown commodity of the industry"):
        from_supply_use(dataclasses.replace(a, industries=("farming", "industri", "services")), 2)
    with pytest.raises(InputError, match="follows from the make table"):
        from_supply_use(a, 2, conditions={"by_products": [SCRAP]})
    with pytest.raises(InputError, match="has 2 figures for 3 industries"):
        from_supply_use(a, 2, labour=Labour(("p",), ("t",), np.ones((1, 2))))
    make = a.make.copy()
    make[2, 0], make[2, 2], make[1, 2] = make[2, 2], 0.0, 100.0
    used = a.use.copy()
    moved = dataclasses.replace(a, make=make, use=used)
    final = make.sum(axis=0) + a.imports - used.sum(axis=1)
    value_added = (make.sum(axis=1) - used.sum(axis=0))[None]
    shares = [0.6, 0.15, 0.15, 0.1]
    moved = dataclasses.replace(moved, final=final[:, None] * shares, primary=value_added)
    with pytest.raises(InputError, match="makes none of the product of its own label"):
        from_supply_use(moved, 2)
