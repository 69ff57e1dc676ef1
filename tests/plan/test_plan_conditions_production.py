"""Techniques, by-products, kinds of capital, scrapping and stocks at once, beside claims."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent import Independent, data_of_problem
from independent_production import add_all
from plan_economies import random_economy, small_table
from test_plan_condition_assets import HOUSES, MACHINES
from test_plan_condition_stocks import GRAIN, PARTS
from test_plan_condition_techniques import FRUGAL, MODERN

from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.techniques import techniques
from conjuncture.plan.settings import Settings
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve
from conjuncture.plan.why.decompose import decompose
from conjuncture.plan.why.explain import explain

ALL: dict[str, Any] = {
    "claims": [{"name": "army", "products": {"industry": 2.0}, "labour": {"persons": 1.0}}],
    "techniques": [FRUGAL, MODERN, {"name": "thrift", "sector": "services", "capacity": 0.5,
                                    "labour_factors": {"persons": 1.05}}],
    "by_products": [{"sector": "farming", "products": {"industry": 0.02}}],
    "assets": [MACHINES, HOUSES],
    "scrapping": [
        {"kind": "machines", "sectors": "services", "maintenance": {"industry": 0.02},
         "yields": {"industry": 0.2}},
        {"sectors": "farming", "most": 0.1, "yields": {"industry": 0.05}},
    ],
    "stocks": [GRAIN, PARTS],
}  # fmt: skip


def problem(aims: Any = None, **rules: Any) -> Problem:
    given = {"labour_growth": 0.02, "restoration_lag": 2, "contraction": None, "disposal": True}
    table = small_table()
    base = Problem.from_table(table, 4, conditions=ALL, aims=aims, **{**given, **rules})
    return base.replace(damaged=0.02 * base.capital)


@pytest.fixture(scope="module")
def plan() -> Solution:
    return solve(problem()).require_optimal()


def test_all_at_once_agree_with_an_independent_formulation(plan: Solution) -> None:
    p = plan.problem
    rules = p.settings.model_dump() | {"expansion_without_capital": None}
    other = add_all(Independent({**data_of_problem(p), "rules": rules}), p)
    assert plan.aim == pytest.approx(other.solve(), rel=1e-8)
    assert plan.certificate.worst < 1e-7
    balances = plan.balances()
    assert balances["residual"].abs().max() < 1e-9
    for column in ("techniques", "inputs of techniques", "by products", "scrap", "maintenance",
                   "investment in kinds of capital", "claims"):  # fmt: skip
        assert balances[column].sum() > 0, column
    assert balances["from stock"].sum() + balances["to stock"].sum() > 0


def test_every_price_is_carried_back_in_full(plan: Solution) -> None:
    read = techniques(plan)
    assert len(read.query("share > 0.01")["technique"].unique()) > 3
    for year in plan.problem.years:
        for product in (*plan.problem.sectors, None):
            e = explain(plan, product, year)
            total = sum(root.term.value for root in e.roots)
            assert total == pytest.approx(e.price, rel=1e-8, abs=1e-9)
            assert e.text


@pytest.mark.parametrize(
    ("activity", "label"),
    [("technique", "frugal"), ("technique build", "modern"), ("asset build", "houses: services"),
     ("asset stock", "machines: industry"), ("scrapping", "farming"), ("stock", "farming"),
     ("stock change", "industry")],
)  # fmt: skip
def test_activities_of_conditions_break_even(plan: Solution, activity: str, label: str) -> None:
    terms = decompose(plan, activity, label, 1947)
    assert sum(term.value for term in terms) == pytest.approx(0.0, abs=1e-8)
    assert all(term.use_unit for term in terms)


def test_least_labour_and_capital_left_count_everything() -> None:
    aims = [{"terminal_capital": 1.0}]
    plan = solve(problem(aims=aims, consumption_floor=0.9)).require_optimal()
    p, paid = plan.problem, 0.0
    for block, gestation in (("technique", {"modern": 2}),
                             ("asset", {"machines: industry": 1, "machines: services": 1,
                                        "houses: services": 3})):  # fmt: skip
        stock = plan.amounts(f"{block} stock").query("year == 1950")["amount"].sum()
        begun = plan.amounts(f"{block} build")
        for label, g in gestation.items():
            of = begun[begun["label"] == label].set_index("year")["amount"]
            paid += sum(of[year] * (1950 - year) / g for year in of.index if year + g > 1950)
        paid += stock
    own = plan.capital[4].sum() + 0.5 * plan.building[3].sum()
    assert plan.aim == pytest.approx(own + paid, rel=1e-8)
    aims = [{"consumption": 1.0, "slack": 0.03}, {"least_labour": 1.0}]
    plan = solve(problem(aims=aims)).require_optimal()
    y = plan.amounts("technique").pivot(index="year", columns="label", values="amount")
    labour = p.labour_coefficients[:, 0]
    used = (labour * plan.output).sum(axis=1) + 0.9 * labour[:, 1] * y["frugal"].to_numpy()
    used += 0.2 * y["modern"].to_numpy() + 1.05 * labour[:, 2] * y["thrift"].to_numpy()
    assert plan.aim == pytest.approx(float(used @ 0.95 ** np.arange(4)), rel=1e-8)


def test_a_plan_with_everything_is_written_and_relaxed() -> None:
    data = solve(problem()).require_optimal().to_dataset()
    for block in ("technique", "asset_stock", "scrapping", "stock_change"):
        assert data[f"amount_{block}"].attrs["unit"] == "million crowns"
    hungry = solve(problem(consumption_floor=1.6))
    assert hungry.status == "infeasible"
    assert solve(hungry.problem.relaxed(hungry.relaxations)).status == "optimal"


def number(low: float, high: float) -> st.SearchStrategy[float]:
    """Draw a number with three digits after the point."""
    return st.integers(round(1000 * low), round(1000 * high)).map(lambda n: n / 1000)


@st.composite
def conditions(draw: st.DrawFn, sectors: int = 4) -> dict[str, Any]:
    """Draw conditions of production for a random economy."""
    share, label = number(0.0, 1.2), st.sampled_from([f"s{i}" for i in range(sectors)])
    techniques = [
        {
            "name": f"q{k}", "sector": draw(label), "factors": {draw(label): draw(share)},
            "labour_factors": {"hands": draw(share)}, "outputs": {"s0": draw(number(0, 0.1))},
            "capital_output": draw(st.sampled_from([None, 0.3, 2.0])),
            "most_share": draw(st.sampled_from([None, 0.5])),
        }
        for k in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    for q in techniques:
        if q["sector"] == "s0":
            q["outputs"] = {}
    return {
        "techniques": techniques,
        "by_products": [{"sector": "s1", "products": {"s2": draw(number(0, 0.2))}}],
        "assets": [
            {"name": "k", "capital_output": {"s3": 1.0}, "opening": {"s3": 1e3 * draw(share)},
             "depreciation": 0.1, "gestation": draw(st.integers(1, 3)), "composition": {"s0": 1.0}}
        ],
        "scrapping": [{"kind": "k", "yields": {"s0": draw(number(0, 0.3))},
                       "maintenance": {"s1": draw(number(0, 0.02))}}],
        "stocks": [{"product": draw(label), "opening": draw(number(0, 30)), "terminal": 0.0,
                    "loss": draw(number(0, 0.5)), "most_share": 0.4}],
    }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 200), chosen=conditions())
def test_what_holds_for_every_plan_with_conditions(seed: int, chosen: dict[str, Any]) -> None:
    rules = Settings.of(
        disposal=True, contraction=None, consumption_band=None, terminal_growth=None,
        import_band=None, export_band=None,
    )  # fmt: skip
    arrays = random_economy(seed, 4, 3) | {"public": 0.0, "military": 0.0}
    p = Problem.from_arrays(**arrays, settings=rules, conditions=chosen)
    plan = solve(p)
    if plan.status != "optimal":
        return
    assert plan.certificate.worst < 1e-6
    assert plan.balances()["residual"].abs().max() < 1e-7 * p.output.max()
    read = techniques(plan)
    scale = max(1.0, float(read["worth"].abs().max()))
    assert read["loss"].min() > -1e-6 * scale
    used = read[read["amount"] > 1e-6 * p.output.max()]
    assert used["loss"].abs().max() < 1e-6 * scale
    for product in p.sectors:
        e = explain(plan, product, 1951)
        total = sum(root.term.value for root in e.roots)
        assert total == pytest.approx(e.price, rel=1e-6, abs=1e-7 * scale)


def test_other_conditions_count_techniques() -> None:
    """Targets of output, employment by sector and satellites include what techniques do."""
    better = {"name": "better", "sector": "industry", "factors": {"industry": 0.9},
              "labour_factors": {"persons": 0.8}, "most_share": 0.5}  # fmt: skip
    more = {
        "techniques": [better],
        "mobility": [{"kind": "persons", "rise": 0.5, "fall": 0.5}],
        "ceilings": [{"name": "co2", "unit": "kt", "per_output": {"industry": 2.0}}],
    }
    p = Problem.from_table(small_table(), 3, labour_growth=0.02, conditions=more)
    plan = solve(p).require_optimal()
    y = plan.amounts("technique")["amount"].to_numpy()
    assert (y > 1.0).all()
    own, per = plan.output[:, 1], p.labour_coefficients[:, 0, 1]
    employed = plan.amounts("employed").query("label == 'persons in industry'")["amount"]
    np.testing.assert_allclose(employed, per * (own + 0.8 * y), rtol=1e-8)
    emitted = plan.amounts("satellite")["amount"].to_numpy()
    np.testing.assert_allclose(emitted, 2.0 * (own + y), rtol=1e-8)
    goal = float(own[2] + y[2])
    target = {
        "name": "steel",
        "what": "output",
        "of": ["industry"],
        "amount": goal,
        "years": [1948],
    }
    aimed = p.replace(conditions={"targets": [target]}, aims=[{"targets": 1}, {"consumption": 1.0}])
    hit = solve(aimed).require_optimal()
    reached = hit.output[2, 1] + hit.amounts("technique")["amount"].to_numpy()[2]
    assert reached == pytest.approx(goal, rel=1e-6)
