"""Wants that are satiated: an independent formulation, order of segments, prices, faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from independent_labour import Extended
from plan_economies import small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve
from conjuncture.plan.why.explain import explain
from conjuncture.plan.why.sensitivity import sensitivity

INDUSTRY = {
    "product": "industry",
    "segments": [{"to": 0.05, "weight": 1.3}, {"to": 0.15, "weight": 1.0}, {"to": 2, "weight": 0}],
}
SERVICES = {
    "product": "services",
    "segments": [{"to": 1.1, "weight": 1.4}, {"to": 1.3, "weight": 0.5}],
    "counted": "all",
    "path": (1.0, 1.02, 1.04, 1.06),
}
BOTH = [{"consumption": 1.0, "wants": 1.0}]


def base(**rules: Any) -> Problem:
    return Problem.from_table(small_table(), 4, **rules)


def problem(*wants: dict[str, Any], aims: Any = BOTH, **rules: Any) -> Problem:
    return base(**rules).replace(conditions={"wants": wants}, aims=aims)


def alone(first: float = 1.0) -> list[dict[str, Any]]:
    """Wants that stand for all consumption of three products."""
    parts = [{"to": 0.8, "weight": first}, {"to": 1.2, "weight": 0.7}, {"to": 1.5, "weight": 0.3}]
    return [{"product": name, "segments": parts} for name in ("farming", "industry", "services")]


def test_agrees_with_an_independent_formulation() -> None:
    wants = [INDUSTRY, SERVICES]
    plan = solve(problem(*wants)).require_optimal()
    assert plan.aim == pytest.approx(Extended(base(), {"wants": wants}, 1.0).solve(), rel=1e-9)
    assert plan.balances()["residual"].abs().max() < 1e-9
    assert plan.amounts("want")["amount"].max() > 1.0


@pytest.mark.slow
@pytest.mark.parametrize("weight", [0.2, 5.0])
def test_weights_of_the_aim_agree(weight: float) -> None:
    wants = [{**INDUSTRY, "base": 50.0}, SERVICES]
    plan = solve(problem(*wants, aims=[{"consumption": 1.0, "wants": weight}])).require_optimal()
    assert plan.aim == pytest.approx(Extended(base(), {"wants": wants}, weight).solve(), rel=1e-9)


def test_segments_are_filled_in_their_order() -> None:
    plan = solve(problem(INDUSTRY, aims=[{"consumption": 1, "wants": 3}])).require_optimal()
    met = plan.amounts("want met").pivot(index="year", columns="label", values="amount")
    assert list(met.columns) == ["industry to 0.05", "industry to 0.15", "industry to 2"]
    first, second = met["industry to 0.05"], met["industry to 0.15"]
    assert (first <= 4.0 + 1e-9).all()
    assert (second <= 8.0 + 1e-9).all()
    assert (first[second > 1e-9] >= 4.0 - 1e-9).all()
    assert second.max() > 1.0
    total = plan.amounts("want").set_index("year")["amount"]
    np.testing.assert_allclose(total, met.sum(axis=1), atol=1e-9)
    shown = plan.balances()["additional consumption"].to_numpy().reshape(4, 3)
    np.testing.assert_allclose(shown[:, 1], total, atol=1e-9)
    assert "what is wanted of industry to 0.05 is met" in " ".join(plan.corners())


def test_a_plan_may_aim_at_wants_alone() -> None:
    rules = {"consumption_band": None, "contraction": 0.2}
    plan = solve(problem(*alone(), aims=[{"wants": 1.0}], **rules)).require_optimal()
    assert plan.model.aim_unit == "million crowns of discounted weighted consumption"
    weights = np.tile([1.0, 0.7, 0.3], 3)
    met = plan.amounts("want met")["amount"].to_numpy().reshape(4, 9)
    discount = np.array([0.95**t for t in range(4)])
    assert plan.aim == pytest.approx(discount @ met @ weights)
    assert (met[:, ::3] <= 0.8 * np.array([60.0, 80.0, 95.0]) + 1e-9).all()
    levels = [{"wants": 1.0, "slack": 0.0}, {"least_labour": 1.0}]
    after = solve(plan.problem.replace(aims=levels)).require_optimal()
    assert after.earlier[0].value == pytest.approx(plan.aim)


def test_satiated_wants_ask_for_no_more() -> None:
    little = [{"product": "services", "segments": [{"to": 0.3, "weight": 1.0}]}]
    rules = {"consumption_band": None, "contraction": None, "disposal": True}
    plan = solve(problem(*little, aims=[{"wants": 1.0}], **rules)).require_optimal()
    np.testing.assert_allclose(plan.amounts("want")["amount"], 0.3 * 95.0)
    prices = plan.shadow_prices()
    assert prices.query("kind == 'labour'")["value"].abs().max() < 1e-9
    satiation = prices.query("kind == 'satiation'")["value"]
    extra = prices.query("kind == 'additional consumption'")["value"]
    np.testing.assert_allclose(satiation.to_numpy() + extra.to_numpy(), 0.95 ** np.arange(4))


def test_prices_are_what_a_wider_segment_is_worth() -> None:
    plan = solve(problem(INDUSTRY)).require_optimal()
    prices = plan.shadow_prices().query("kind == 'satiation' and value > 0.01")
    row = prices.iloc[0]
    found = sensitivity(plan, "satiation", row["label"], int(row["year"]))
    assert found.more - 1e-9 <= row["value"] <= found.less + 1e-9
    segments = [{"to": 0.05 + 1e-6, "weight": 1.3}, *INDUSTRY["segments"][1:]]
    more = solve(problem({**INDUSTRY, "segments": segments})).require_optimal()
    gains = prices[prices["label"] == "industry to 0.05"]["value"].sum()
    seconds = plan.shadow_prices().query("kind == 'satiation'")
    gains -= seconds[seconds["label"] == "industry to 0.15"]["value"].sum()  # it is narrower
    assert (more.aim - plan.aim) / (1e-6 * 80.0) == pytest.approx(gains, rel=1e-3)


def test_all_consumption_fills_segments_where_it_is_counted() -> None:
    plan = solve(problem(SERVICES)).require_optimal()
    met = plan.amounts("want met").groupby("year")["amount"].sum().to_numpy()
    more = plan.amounts("want")["amount"].to_numpy()
    common = 95.0 * plan.consumption_level
    full = 1.3 * 95.0 * np.array(SERVICES["path"])
    np.testing.assert_allclose(met, np.minimum(common + more, full), rtol=1e-9)


def test_groups_fill_segments_too() -> None:
    groups = [{"name": "all", "share": 1.0}]
    one = problem(SERVICES).replace(conditions={"households": groups})
    assert solve(one).require_optimal().aim == pytest.approx(
        solve(problem(SERVICES)).require_optimal().aim, rel=1e-9
    )


def test_the_explanation_speaks_of_wants() -> None:
    plan = solve(problem(INDUSTRY, SERVICES)).require_optimal()
    found = explain(plan, "industry", 1947)
    assert sum(root.share for root in found.roots) == pytest.approx(1.0)
    assert "Additional consumption in 1947:" in found.text
    assert "consumption of services in 1947 counts as wanted" in found.text


def test_every_fault_is_found_at_once() -> None:
    convex = [{"to": 0.5, "weight": 0.5}, {"to": 0.5, "weight": 0.6}, {"to": 0.4, "weight": 0.1}]
    wants = [
        {"product": "industri", "segments": convex},
        {"product": "services", "segments": [{"to": 1, "weight": 1}], "path": (1, -1)},
        SERVICES,
    ]
    with pytest.raises(InputError) as error:
        problem(*wants)
    text = str(error.value)
    for part in (
        "did you mean industry",
        "segments.1.to: does not end after the segment before it (value: 0.5)",
        "segments.2.to: does not end after",
        "segments.1.weight: weighs more than the segment before it",
        "path: has 2 figures for 4 years",
        "path: lies outside its limits",
        "give every product once",
    ):
        assert part in text
    assert len(error.value.faults) == 7


def test_a_want_needs_a_base_and_an_aim_needs_wants() -> None:
    with pytest.raises(InputError, match="the plan has no wants"):
        base().replace(aims=[{"wants": 1.0}])
    none = base().replace(consumption=[60.0, 0.0, 95.0])
    with pytest.raises(InputError, match="was not consumed in the base year"):
        none.replace(conditions={"wants": [INDUSTRY]})
    assert none.replace(conditions={"wants": [{**INDUSTRY, "base": 10.0}]})
    with pytest.raises(InputError, match="segments"):
        problem({"product": "industry", "segments": []})
    with pytest.raises(InputError, match="did you mean weight"):
        problem({"product": "industry", "segments": [{"to": 1, "wieght": 1}]})
