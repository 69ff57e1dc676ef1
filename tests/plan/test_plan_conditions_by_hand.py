"""Conditions in an economy of two sectors, against figures that can be worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csc_array

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.compare import compare
from conjuncture.plan.reading.plots import balance_figure, flow_figure, investment_figure
from conjuncture.plan.reading.targets import table, why_missed
from conjuncture.plan.reading.techniques import techniques
from conjuncture.plan.settings import Settings
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve
from conjuncture.plan.why.explain import explain

A = np.array([[0.1, 0.2], [0.3, 0.1]])
RULES = {
    "consumption_band": None, "contraction": None, "expansion": None, "terminal_growth": None,
    "gestation": 1, "disposal": True, "consumption_floor": 0.0, "discount": 0.95,
}  # fmt: skip
MACHINES = {
    "name": "machines", "capital_output": {"a": 1.0}, "opening": {"a": 80.0}, "depreciation": 0.1,
    "composition": {"b": 1.0},
}  # fmt: skip


def economy(settings: dict[str, Any] | None = None, **changes: Any) -> Problem:
    parts: dict[str, Any] = {
        "sectors": ("a", "b"), "years": [2001, 2002, 2003], "output": [100.0, 80.0],
        "coefficients": A, "consumption": [60.0, 30.0], "labour_kinds": ("l",),
        "labour_units": ("persons",), "labour_coefficients": [[1.0, 0.5]],
        "labour_available": [150.0], "composition": [0.2, 0.8], "capital": [200.0, 160.0],
        "capital_output": [2.0, 2.0], "depreciation": [0.05, 0.05],
        "exports_low": 0.0, "exports_high": 10.0, "imports_low": 0.0, "imports_high": 15.0,
        "trade_balance": 0.0,
    }  # fmt: skip
    rules = Settings.of(**{**RULES, **(settings or {})})
    return Problem.from_arrays(settings=rules, **{**parts, **changes})


def plan(**changes: Any) -> Solution:
    return solve(economy(**changes)).require_optimal()


def target(what: str, amount: float, **more: Any) -> dict[str, Any]:
    return {"name": what, "what": what, "amount": amount, "years": 2002, **more}


# Targets ------------------------------------------------------------------------------


def test_a_target_of_consumption_counts_groups_and_additional_consumption() -> None:
    groups = [{"name": "all", "share": 0.5}, {"name": "rest", "share": 0.5, "floor": 1.05}]
    wants = [{"product": "b", "segments": [{"to": 0.1, "weight": 3.0}]}]
    found = plan(
        conditions={
            "households": groups, "wants": wants,
            "targets": [target("consumption", 1.2, of="b", relative=True)],
        },
        aims=[{"targets": 1}, {"consumption": 1, "wants": 1}],
    )  # fmt: skip
    line = table(found).iloc[0]
    balance = found.balances().loc[(2002, "b")]
    delivered = balance["consumption of groups"] + balance["additional consumption"]
    assert balance["consumption"] == 0.0
    assert line["asked"] == pytest.approx(1.2 * 30.0)
    assert line["reached"] == pytest.approx(delivered)
    assert line["reached"] > 0


def test_a_missed_target_of_consumption_of_groups_is_explained_in_full() -> None:
    found = plan(
        conditions={
            "households": [{"name": "all", "share": 1.0}],
            "targets": [target("consumption", 3.0, relative=True)],
        }
    )
    why = why_missed(found, "consumption")
    assert why.missed < 0
    assert sum(root.share for root in why.roots) == pytest.approx(1.0)


def test_targets_of_capital_count_kinds_and_techniques() -> None:
    machine = {
        "name": "loom", "sector": "b", "factors": {"a": 0.5}, "capital_output": 2.0,
        "opening_capital": 40.0,
    }  # fmt: skip
    asked = [
        target("capital", 1.2, of=["a", "b"], relative=True),
        target("building", 60.0, of=["a", "b"]),
    ]
    found = plan(conditions={"assets": [MACHINES], "techniques": [machine], "targets": asked})
    lines = table(found).set_index("target")
    amounts = {
        name: found.amounts(name).query("year == 2002")["amount"].sum()
        for name in ("asset stock", "technique stock", "asset build", "technique build")
    }
    assert lines.loc["capital", "asked"] == pytest.approx(1.2 * (200 + 160 + 80 + 40))
    stock = found.capital[1].sum() + amounts["asset stock"] + amounts["technique stock"]
    assert lines.loc["capital", "reached"] == pytest.approx(stock)
    built = found.building[1].sum() + amounts["asset build"] + amounts["technique build"]
    assert lines.loc["building", "reached"] == pytest.approx(built)
    assert amounts["asset build"] > 0


def test_capital_may_be_asked_for_where_kinds_have_taken_its_place() -> None:
    found = plan(
        capital=[0.0, 160.0], capital_output=[0.0, 2.0],
        conditions={
            "assets": [MACHINES], "targets": [target("capital", 1.5, of="a", relative=True)]
        },
    )  # fmt: skip
    assert table(found).iloc[0]["asked"] == pytest.approx(120.0)
    assert table(found).iloc[0]["met"]


def test_a_partner_with_a_least_amount_alone_can_be_a_target() -> None:
    partner = {"name": "P", "exports_low": {"a": 1.0}}
    found = plan(
        exports_high=0.0,
        conditions={"partners": [partner], "targets": [target("exports", 5.0, of="a")]},
    )
    assert table(found).iloc[0]["reached"] == pytest.approx(5.0)


def test_labels_may_hold_a_colon() -> None:
    partners = [{"name": "P: b", "import_share": 0.5}, {"name": "P", "import_share": 0.5}]
    conditions = {
        "partners": partners,
        "targets": [target("imports", 12.0, of="b: a")],
        "ceilings": [{"name": "e", "per_output": {"a": 1.0}, "per_import": {"b: a": 2.0}}],
    }
    found = plan(sectors=("a", "b: a"), conditions=conditions)
    reached = table(found).iloc[0]["reached"]
    balance = found.balances().loc[(2002, "b: a")]
    assert reached == pytest.approx(balance["imports"] + balance["imports by partner"])
    counted = found.amounts("satellite").set_index("year").loc[2002, "amount"]
    assert counted == pytest.approx(found.output[1, 0] + 2.0 * reached)


# Ceilings -----------------------------------------------------------------------------


def test_a_satellite_counts_groups_and_techniques_by_amounts_of_their_own() -> None:
    clean = {"name": "clean", "sector": "a", "factors": {"b": 1.2}, "least": 20.0}
    groups = [
        {"name": "h", "share": 0.2, "floor": 1.1, "relative": 0.5},
        {"name": "g", "share": 0.3, "relative": 0.9},
    ]
    counted = {
        "name": "e", "unit": "t", "per_output": {"a": 2.0, "b": 1.0}, "per_level": 18.0,
        "per_technique": {"clean": 0.5},
    }  # fmt: skip
    found = plan(conditions={"techniques": [clean], "households": groups, "ceilings": [counted]})
    level = found.amounts("household").pivot(index="year", columns="label", values="amount")
    by = found.amounts("technique").set_index("year")["amount"].to_numpy()
    mean = 0.5 * found.consumption_level + 0.2 * level["h"] + 0.3 * level["g"]
    hand = found.output @ [2.0, 1.0] + 0.5 * by + 18.0 * mean.to_numpy()
    assert found.amounts("satellite")["amount"].to_numpy() == pytest.approx(hand)
    assert (by >= 20.0 - 1e-7).all()


def test_a_group_that_consumes_as_all_do_changes_no_satellite() -> None:
    counted = {"name": "e", "per_output": {"a": 1.0}, "per_level": 30.0, "ceiling": 120.0}
    plain = plan(conditions={"ceilings": [counted]})
    grouped = plan(conditions={"ceilings": [counted], "households": [{"name": "h", "share": 0.4}]})
    assert grouped.aim == pytest.approx(plain.aim)


def test_unknown_techniques_of_a_satellite_are_named() -> None:
    counted = {"name": "e", "per_output": {"a": 1.0}, "per_technique": {"clan": 1.0}}
    clean = {"name": "clean", "sector": "a"}
    with pytest.raises(InputError, match="clean"):
        economy(conditions={"techniques": [clean], "ceilings": [counted]})


# Input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "conditions",
    [
        {"targets": [{"name": "t", "what": "output", "amount": []}]},
        {"partners": [{"name": "P", "exports_least": []}]},
        {"ceilings": [{"name": "e", "per_output": {"a": 1.0}, "ceiling": []}]},
        {"ceilings": [{"name": "e", "per_output": {"a": 1.0}, "least": []}]},
    ],
)
def test_empty_lists_are_faults_and_no_silent_zero(conditions: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="has 0 figures"):
        economy(conditions=conditions)


def test_sparse_coefficients_give_the_same_plan_with_techniques_and_stocks() -> None:
    conditions = {
        "techniques": [{"name": "q", "sector": "a", "factors": {"b": 0.5}, "most": 30.0}],
        "stocks": [{"product": "b", "opening": 10.0, "least_share": 0.1}],
    }
    dense = plan(conditions=conditions)
    sparse = plan(conditions=conditions, coefficients=csc_array(A))
    assert sparse.aim == pytest.approx(dense.aim)
    assert techniques(sparse)["loss"].to_numpy() == pytest.approx(
        techniques(dense)["loss"].to_numpy(), abs=1e-7
    )


def test_the_fall_of_employment_yields_to_what_kinds_of_capital_allow() -> None:
    half = {**MACHINES, "opening": {"a": 50.0}, "damaged": {"a": 50.0}}
    found = solve(
        economy(
            capital=[0.0, 160.0], capital_output=[0.0, 2.0],
            conditions={"assets": [half], "mobility": [{"kind": "l", "fall": 0.1, "sectors": "a"}]},
        )
    )  # fmt: skip
    assert found.status == "optimal"
    assert found.output[0, 0] == pytest.approx(50.0)


def test_trade_with_partners_counts_where_a_product_takes_more_than_half() -> None:
    own = {"imports_low": [6.0, 5.0], "imports_high": [6.0, 5.0]}
    partner = {"name": "P", "imports_low": {"b": 4.0}, "imports_high": {"b": 4.0}}
    alone = plan(**own).corners()
    assert "a takes more than half of imports in 2001-2003" in alone
    beside = plan(**own, conditions={"partners": [partner]}).corners()
    assert "a takes more than half of imports in 2001-2003" not in beside
    assert "b takes more than half of imports in 2001-2003" in beside


# Reading ------------------------------------------------------------------------------


def test_comparisons_count_techniques_partners_and_by_products() -> None:
    conditions = {
        "techniques": [{"name": "q", "sector": "a", "factors": {"b": 0.5}, "most": 30.0}],
        "partners": [{"name": "P", "exports_high": {"b": 8.0}, "imports_high": {"a": 9.0}}],
        "by_products": [{"sector": "a", "products": {"b": 0.05}}],
        "assets": [MACHINES],
    }
    before, after = plan(), plan(conditions=conditions)
    found = compare(before, after)
    balances = after.balances()
    made = found.by_year["output"].to_numpy() + before.output.sum(axis=1)
    by = after.amounts("technique")["amount"].to_numpy()
    assert by.max() > 1.0
    assert made == pytest.approx(after.output.sum(axis=1) + by)
    bought = balances["imports by partner"].groupby("year").sum() + after.imports.sum(axis=1)
    assert found.by_year["imports"].to_numpy() == pytest.approx(
        bought.to_numpy() - before.imports.sum(axis=1), abs=1e-6
    )
    invested = balances["investment in kinds of capital"] + balances["investment"]
    assert found.by_year["investment"].to_numpy() == pytest.approx(
        (invested.groupby("year").sum() - before.balances()["investment"].groupby("year").sum()),
        abs=1e-6,
    )
    beside = found.differences.query("what == 'by_products'")
    assert set(beside["label"]) == {"b"}
    assert (beside["first"] == 0).all()
    assert compare(after, before).by_year["output"].to_numpy() == pytest.approx(
        -found.by_year["output"].to_numpy()
    )


def test_comparisons_name_the_unit_of_the_aim() -> None:
    thrift = [{"consumption": 1, "slack": 0.02}, {"least_labour": 1}]
    found = compare(plan(aims=thrift), plan(aims=thrift, labour_coefficients=[[0.9, 0.5]]))
    assert "persons of discounted labour" in found.text.splitlines()[0]
    other = compare(plan(), plan(aims=thrift))
    assert "aim at different things" in other.text


def test_figures_show_what_conditions_bring() -> None:
    found = plan(
        conditions={
            "by_products": [{"sector": "a", "products": {"b": 0.05}}], "assets": [MACHINES]
        }
    )  # fmt: skip
    (axis,) = balance_figure(found, "b").axes
    tops = {}
    for bars in axis.containers:
        side = "left" if bars.patches[0].get_x() + 0.19 < 2001 else "right"
        tops[side] = tops.get(side, 0.0) + np.array([bar.get_height() for bar in bars])
        if bars.get_label() == "by products":
            assert side == "left"
    assert tops["left"] == pytest.approx(tops["right"])
    assert flow_figure(found, "b", 2002).axes
    (axis,) = investment_figure(found).axes
    assert "investment in kinds of capital" in [bars.get_label() for bars in axis.containers]


def test_a_price_is_explained_in_full_with_conditions_at_work() -> None:
    conditions = {
        "techniques": [{"name": "q", "sector": "a", "factors": {"b": 0.5}, "most": 30.0}],
        "partners": [{"name": "P", "exports_high": {"b": 8.0}, "imports_high": {"a": 9.0}}],
        "by_products": [{"sector": "a", "products": {"b": 0.05}}],
        "ceilings": [{"name": "e", "per_output": {"a": 1.0}, "ceiling": 110.0}],
    }
    found = plan(conditions=conditions)
    for product in ("a", "b", None):
        why = explain(found, product, 2002)
        assert sum(root.share for root in why.roots) == pytest.approx(1.0)
        assert why.price > 0


def test_an_explanation_names_limits_and_units_of_the_aim() -> None:
    groups = [{"name": "h", "share": 0.3, "floor": 0.5, "relative": 0.0, "weight": 5.0}]
    favoured = explain(plan(conditions={"households": groups}), "a", 2002).text
    assert "consumption at the common level in 2002 cannot be less than nothing" in favoured
    assert " of  in " not in favoured
    thrift = plan(
        conditions={"households": [{"name": "h", "share": 0.3, "floor": 0.5}]},
        aims=[{"least_labour": 1}],
    )
    text = explain(thrift, "a", 2002).text
    assert "persons of discounted labour saved at these prices" in text
    assert "not tied" not in text
