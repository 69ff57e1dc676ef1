"""Prices of credits, reserves and least amounts are what the aim gains when they are moved."""

from __future__ import annotations

from typing import Any

import pytest
from plan_economies import small_table

from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.trade import accounts
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve

YEAR, YEARS = 1947, 4
PARTNER = {
    "name": "sterling", "currency": "pound", "export_share": 0.3, "import_share": 0.3,
}  # fmt: skip
POUND = {"name": "pound", "unit": "million pounds", "rate": 0.5, "opening": 1.0, "closing": 0.2}
LOAN = {"name": "loan", "currency": "pound", "interest": 0.05, "term": 2, "limit": 0.4}
FUEL = {"name": "fuel", "unit": "t", "per_output": {"industry": 1.0}}


def solved(**conditions: Any) -> Solution:
    return solve(Problem.from_table(small_table(), YEARS, conditions=conditions)).require_optimal()


def price(plan: Solution, kind: str, year: int) -> float:
    frame = plan.shadow_prices()
    found = frame[(frame["kind"] == kind) & (frame["year"] == year)]["value"]
    return float(found.iloc[0])


def trade(**loan: Any) -> dict[str, Any]:
    return {"currencies": [POUND], "credits": [{**LOAN, **loan}], "partners": [PARTNER]}


STEP = 1e-4


def test_credit_that_may_be_drawn_in_a_year() -> None:
    plan, at = solved(**trade()), YEAR
    limit = [0.4 + STEP * (year == at) for year in range(1946, 1950)]
    gain = (solved(**trade(limit=limit)).aim - plan.aim) / STEP
    assert gain == pytest.approx(price(plan, "credit limit", at), rel=1e-3, abs=1e-6)


def test_credit_that_may_be_drawn_in_all() -> None:
    plan = solved(**trade(limit=None, total=0.6))
    gain = (solved(**trade(limit=None, total=0.6 + STEP)).aim - plan.aim) / STEP
    frame = plan.shadow_prices()
    total = frame[frame["kind"] == "credit total"]["value"].sum()
    assert gain == pytest.approx(total, rel=1e-3, abs=1e-6)
    assert gain > 1e-3


def test_reserves_of_a_currency_that_need_not_be_held() -> None:
    plan = solved(**trade())
    less = trade() | {"currencies": [{**POUND, "closing": 0.2 - STEP}]}
    gain = (solved(**less).aim - plan.aim) / STEP
    assert gain == pytest.approx(price(plan, "currency reserves", 1949), rel=1e-3)
    assert gain > 1e-3


def test_an_amount_that_need_not_be_reached() -> None:
    floor = 296.0
    plan = solved(ceilings=[{**FUEL, "least": floor}])
    least = [floor - STEP * (year == YEAR) for year in range(1946, 1950)]
    gain = (solved(ceilings=[{**FUEL, "least": least}]).aim - plan.aim) / STEP
    assert gain == pytest.approx(price(plan, "least amount", YEAR), rel=1e-3, abs=1e-6)
    assert gain > 1e-3


def test_what_is_owed_is_repaid_in_equal_parts_with_interest() -> None:
    """A loan of two years at 5 %: half is repaid in each, with interest on what was owed."""
    plan = solved(**trade(limit=[0.0, 0.0, 0.4, 0.4]))
    drawn = plan.amounts("drawn").set_index("year")["amount"]
    owed = plan.amounts("debt").set_index("year")["amount"]
    account = accounts(plan)
    paid = account[account["currency"] == "pound"].set_index("year")["repaid"]
    before = 0.0
    for year in range(1946, 1950):
        due = sum(drawn[y] / 2 for y in (year - 1, year - 2) if y >= 1946)
        assert owed[year] == pytest.approx(before + drawn[year] - due, abs=1e-9)
        assert paid[year] == pytest.approx(due + 0.05 * before, abs=1e-9)
        before = owed[year]
    assert drawn.sum() > 0
