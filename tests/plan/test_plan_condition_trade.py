"""Partners, currencies, credits and conversions: an independent formulation, accounts, prices."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from condition_files import problem_of_page
from independent_trade import CONDITIONS, DOLLAR, YEARS, independent
from plan_economies import small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.trade import accounts, equalisation, trade, trade_text, worths
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.explain import explain


def problem(**conditions: Any) -> Problem:
    return Problem.from_table(small_table(), YEARS, conditions={**CONDITIONS, **conditions})


def changed(part: str, number: int, **keys: Any) -> Problem:
    """Return the problem with some keys of one record changed."""
    records = list(CONDITIONS[part])
    records[number] = {**records[number], **keys}
    return problem(**{part: records})


def test_agrees_with_an_independent_formulation() -> None:
    plan = solve(problem()).require_optimal()
    assert plan.aim == pytest.approx(independent(plan.problem).solve(), rel=1e-9)
    assert plan.balances()["residual"].abs().max() < 1e-9
    found = plan.to_dataset()
    assert found["amount_partner_imports"].sum() > 0


def test_every_account_closes_to_the_last_unit() -> None:
    frame = accounts(solve(problem()).require_optimal())
    assert set(frame["currency"]) == {"", "dollar", "clearing"}
    assert frame["residual"].abs().max() < 1e-12
    last = frame[frame["year"] == 1949].set_index("currency")
    assert last.loc["dollar", "closing"] >= 1.0 - 1e-9
    assert last.loc["clearing", "debt"] <= 0.5 + 1e-9
    dollar = frame[frame["currency"] == "dollar"].set_index("year")
    assert dollar.loc[1947, "earned"] == pytest.approx(1.0 + 0.25 * 0.5 * 3.0)
    # interest on 0.6, then half of it and interest, as agreed
    drawn = dollar["drawn"]
    assert dollar.loc[1946, "repaid"] == pytest.approx(0.018)
    assert dollar.loc[1947, "repaid"] == pytest.approx(0.3 + 0.03 * (0.6 + drawn[1946]))


@pytest.mark.parametrize(
    ("kind", "label", "year", "more"),
    [
        ("currency", "dollar", 1947, ("currencies", 0, {"aid": [0.5, 1e-3, 0.0, 0.0]})),
        ("conversion", "main account to dollar", 1948,
         ("conversions", 1, {"limit": [1.0, 1.0, 1.001, 1.0]})),
        ("export quota", "east: industry", 1946,
         ("partners", 1, {"exports_high": {"industry": [3.001, 3.0, 3.0, 4.0]}})),
        ("export duty", "east: industry", 1949,
         ("partners", 1, {"exports_low": {"industry": [1.0, 1.0, 1.0, 0.999]}})),
        ("import quota", "east: farming", 1948,
         ("partners", 1, {"imports_high": {"farming": [2.0, 2.0, 2.001, 2.0]}})),
        ("credit ceiling", "swing", 1949, ("credits", 1, {"closing": 0.501})),
    ],
)  # fmt: skip
def test_prices_are_what_one_more_unit_adds(kind: str, label: str, year: int, more: Any) -> None:
    plan = solve(problem()).require_optimal()
    prices = plan.shadow_prices().set_index(["kind", "label", "year"])["value"]
    part, number, keys = more
    eased = solve(changed(part, number, **keys)).require_optimal()
    assert (eased.aim - plan.aim) / 1e-3 == pytest.approx(prices[kind, label, year], abs=1e-5)


def test_what_pays_and_what_is_forced_is_told_apart() -> None:
    plan = solve(problem()).require_optimal()
    frame = trade(plan)
    prices = plan.shadow_prices()
    quotas = prices[prices["kind"] == "export quota"].set_index(["label", "year"])["value"]
    duties = prices[prices["kind"] == "export duty"].set_index(["label", "year"])["value"]
    east = frame[(frame["partner"] == "east") & (frame["flow"] == "exports")]
    for row in east.to_dict("records"):
        at = ("east: industry", row["year"])
        assert row["gain"] <= quotas[at] - duties[at] + 1e-9  # the total may limit as well
    assert set(frame.loc[frame["gain"] > 1e-6, "reading"]) == {"pays"}
    assert set(frame.loc[frame["gain"] < -1e-6, "reading"]) <= {"forced", "none"}
    forced = frame[frame["reading"] == "forced"]
    assert len(forced)
    totals = equalisation(plan)
    assert totals["equalisation"].sum() == pytest.approx(frame["equalisation"].sum())
    assert (totals["gained"] - totals["lost"] - totals["equalisation"]).abs().max() < 1e-9
    text = trade_text(plan)
    assert "dollar: one unit is worth" in text
    assert "a limit asks for it" in text


def test_worth_is_the_dual_of_the_account_and_the_rate_is_against_the_bundle() -> None:
    plan = solve(problem()).require_optimal()
    frame = worths(plan).set_index(["currency", "year"])
    prices = plan.shadow_prices().set_index(["kind", "label", "year"])["value"]
    assert frame.loc[("dollar", 1948), "worth"] == prices["currency", "dollar", 1948]
    p = plan.problem
    bundle = sum(
        c * prices["product", s, 1948] for s, c in zip(p.sectors, p.consumption, strict=True)
    ) / float(p.consumption.sum())
    rate = frame.loc[("dollar", 1948), "exchange_rate"]
    assert rate == pytest.approx(prices["currency", "dollar", 1948] / bundle)


def test_without_limits_trade_goes_as_far_as_it_pays_and_nothing_is_forced() -> None:
    free = {
        "partners": [{
            "name": "world",
            "exports_low": dict.fromkeys(("farming", "industry", "services"), 0.0),
            "imports_low": dict.fromkeys(("farming", "industry", "services"), 0.0),
        }],
    }  # fmt: skip
    p = Problem.from_table(small_table(), YEARS, contraction=0.3)
    closed = solve(p).require_optimal()
    off = {f"{f}_{s}": 0.0 for f in ("exports", "imports") for s in ("low", "high")}
    opened = solve(p.replace(**off, conditions=free)).require_optimal()
    assert opened.aim > closed.aim
    assert "forced" in set(trade(closed)["reading"])
    assert set(trade(opened)["reading"]) <= {"marginal", "none"}
    assert trade(opened)["equalisation"].abs().max() < 1e-6


def test_aid_in_kind_is_an_import_at_no_price() -> None:
    gift = {"name": "ally", "imports_high": {"industry": 2.0}, "import_prices": {"industry": 0.0}}
    plan = solve(Problem.from_table(small_table(), YEARS, conditions={"partners": [gift]}))
    plan.require_optimal()
    taken = plan.amounts("partner imports")
    worth = plan.shadow_prices().query("kind == 'product' and label == 'industry'")["value"]
    assert taken["amount"].to_numpy()[worth.to_numpy() > 1e-9] == pytest.approx(2.0)
    assert accounts(plan)["residual"].abs().max() < 1e-9


def test_explanations_follow_imports_to_the_partner() -> None:
    table = small_table()
    p = Problem.from_table(table, 3)
    world = {"name": "world", "import_share": 1.0, "currency": "dollar"}
    dollar = {"name": "dollar", "aid": 300.0, "rate": 2.0}
    output = p.output * [1.0, 0.0, 1.0]  # industry makes nothing
    p = p.replace(
        output=output, capital=p.capital * (output > 0),
        capital_output=p.capital_output * (output > 0), works=p.works * (output > 0),
        imports_low=0.0, imports_high=np.inf, exports_low=0.0,
        settings={"contraction": None, "consumption_band": None},
        conditions={"currencies": [dollar], "partners": [world]},
    )  # fmt: skip
    plan = solve(p).require_optimal()
    found = explain(plan, "industry", 1947)
    kinds = {root.term.kind for root in found.roots}
    assert "currency" in kinds
    assert sum(root.share for root in found.roots) == pytest.approx(1.0, rel=1e-8)
    assert "dollar in 1947 is scarce" in found.text
    for product in p.sectors:
        e = explain(plan, product, 1948)
        assert sum(root.term.value for root in e.roots) == pytest.approx(e.price, rel=1e-8)


def test_reparations_that_cannot_be_paid_are_named_and_yield() -> None:
    plan = solve(changed("currencies", 0, earned=40.0))
    assert plan.status == "infeasible"
    assert "account in dollar" in plan.remedy
    found = conflict(plan)
    assert "the account in dollar of" in found.text
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_deliveries_that_cannot_be_made_are_named_and_yield() -> None:
    plan = solve(changed("partners", 1, exports_low={"industry": 300.0},
                         exports_high={"industry": 400.0}, exports_most=None))  # fmt: skip
    assert plan.status == "infeasible"
    assert "exports, east: industry 1946: the least allowed is" in plan.remedy
    assert "exports, east: industry, in 19" in conflict(plan).text
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


@pytest.mark.parametrize(
    ("part", "record", "message"),
    [
        ("currencies", {"name": "dollar", "aid": [1.0, 2.0]}, "2 figures for 4 years"),
        ("currencies", {"name": "dollar", "earned": -1.0}, "is negative"),
        ("currencies", {"name": "dollar", "balance_share": 0.8}, "more than 1"),
        ("currencies", {"name": "clearing"}, "stands twice"),
        ("conversions", {"sold": "dolar", "bought": ""}, "did you mean dollar"),
        ("conversions", {"sold": "dollar", "bought": "dollar"}, "for itself"),
        ("credits", {"name": "x"}, "nothing limits the credit"),
        ("credits", {"name": "x", "limit": 1.0, "grace": 2}, "no years of grace"),
        ("credits", {"name": "x", "limit": 1.0, "term": 2, "grace": 2}, "no year for repayment"),
        ("credits", {"name": "x", "debt": 8.0, "term": 9, "ceiling": 2.0}, "still owed"),
        ("credits", {"name": "x", "limit": 1.0, "currency": "clering"}, "did you mean clearing"),
        ("partners", {"name": "x", "export_share": 0.8}, "add to more than 1"),
        ("partners", {"name": "x", "export_shares": {"farmin": 0.1}}, "did you mean farming"),
        ("partners", {"name": "x", "import_prices": {"farming": -1.0}}, "is negative"),
        ("partners", {"name": "x", "currency": "dolar"}, "did you mean dollar"),
        ("partners", {"name": "x", "imports_high": {"farming": -2.0}}, "is negative"),
        ("partners", {"name": "x", "imports_low": {"farming": 2.0},
                      "imports_high": {"farming": 1.0}}, "exceed the most"),
        ("partners", {"name": "x", "imports_least": 2.0, "imports_most": 1.0}, "exceed the most"),
        ("partners", {"name": "x", "export_price_path": [1.0, 2.0]}, "2 figures for 4 years"),
    ],
)  # fmt: skip
def test_bad_input_is_named(part: str, record: dict[str, Any], message: str) -> None:
    kept = [] if part == "currencies" and "balance_share" not in record else CONDITIONS[part]
    if record == {"name": "clearing"}:
        kept = CONDITIONS[part]
    conditions = {**CONDITIONS, part: [*kept, record]}
    if part == "currencies" and not kept:
        conditions = {part: [record]}
    with pytest.raises(InputError, match=message):
        Problem.from_table(small_table(), YEARS, conditions=conditions)


def test_a_circle_of_conversions_that_makes_money_is_refused() -> None:
    circle = [
        {"sold": "dollar", "bought": "", "rate": 2.1},
        {"sold": "", "bought": "dollar", "rate": 0.5},
    ]
    with pytest.raises(InputError, match="in a circle"):
        problem(conversions=circle)
    circle[0]["rate"] = 2.0
    assert solve(problem(conversions=circle)).status == "optimal"


def test_faults_of_all_parts_come_together() -> None:
    bad = {
        "currencies": [{**DOLLAR, "earned": -1.0}, {"name": "clearing"}],
        "credits": [{"name": "x"}],
        "partners": [{"name": "west", "currency": "dolar", "export_shares": {"frming": 0.1}}],
    }
    with pytest.raises(InputError) as error:
        Problem.from_table(small_table(), YEARS, conditions=bad)
    assert len(error.value.faults) == 4


def test_without_these_conditions_nothing_changes() -> None:
    plain = solve(Problem.from_table(small_table(), YEARS)).require_optimal()
    empty: Any = dict.fromkeys(("currencies", "conversions", "credits", "partners"), ())
    same = solve(Problem.from_table(small_table(), YEARS, conditions=empty)).require_optimal()
    for name in ("matrix", "cost", "lower", "upper", "row_lower", "row_upper"):
        a, b = getattr(plain.model, name), getattr(same.model, name)
        assert (abs(a - b).sum() if name == "matrix" else not np.array_equal(a, b)) == 0
    assert dataclasses.asdict(plain.certificate) == dataclasses.asdict(same.certificate)
    assert set(trade(plain)["partner"]) == {""}
    assert accounts(plain)["residual"].abs().max() < 1e-9


def test_the_problem_file_of_the_page_is_solved(tmp_path: Path) -> None:
    plan = solve(problem_of_page("trade", tmp_path)).require_optimal()
    frame = accounts(plan)
    assert frame["residual"].abs().max() < 1e-9
    assert frame[frame["currency"] == "dollar"]["exports"].min() > 0
    assert (trade(plan).query("partner == 'east'")["amount"] >= 0).all()
