"""Groups of households: an independent formulation, the aim, prices, distribution, faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent_labour import Extended
from plan_economies import small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.export import sheets
from conjuncture.plan.reading.households import REST, distribution
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.explain import explain
from conjuncture.plan.why.sensitivity import sensitivity

WORKERS = {
    "name": "workers",
    "share": 0.4,
    "shares": {"services": 0.5},
    "size": (50, 51, 52, 53),
    "floor": (1.05, 1.06, 1.07, 1.2),
    "band": 0.2,
}
FARMERS = {
    "name": "farmers",
    "share": 0.2,
    "amounts": {"farming": 20.0},
    "relative": 0.8,
    "weight": 0.6,
    "band": 0.08,
}
HALVES = [
    {"name": "some", "share": 0.5, "shares": {"farming": 0.9}},
    {"name": "others", "share": 0.5, "shares": {"farming": 0.1}},
]


def base(**rules: Any) -> Problem:
    return Problem.from_table(small_table(), 4, **rules)


def problem(*groups: dict[str, Any], **rules: Any) -> Problem:
    return base(**rules).replace(conditions={"households": groups})


def levels(plan: Solution, name: str) -> np.ndarray:
    frame = plan.amounts("household")
    return frame[frame["label"] == name]["amount"].to_numpy()


def test_agrees_with_an_independent_formulation() -> None:
    groups = [WORKERS, FARMERS]
    plan = solve(problem(*groups)).require_optimal()
    assert plan.aim == pytest.approx(Extended(base(), {"households": groups}).solve(), rel=1e-9)
    assert plan.balances()["residual"].abs().max() < 1e-9
    assert (levels(plan, "farmers") > 0.8 * plan.consumption_level + 1e-3).any()


@pytest.mark.slow
@pytest.mark.parametrize(
    "groups",
    [
        HALVES,
        [{**FARMERS, "relative": 0.0, "weight": 1.3}],
        [{**WORKERS, "relative": (1, 1, 0, 2)}],
    ],
    ids=["all", "not tied", "by year"],
)
def test_variants_agree_with_an_independent_formulation(groups: list[dict[str, Any]]) -> None:
    plan = solve(problem(*groups)).require_optimal()
    assert plan.aim == pytest.approx(Extended(base(), {"households": groups}).solve(), rel=1e-9)


@given(share=st.floats(0.01, 0.99), farming=st.floats(0.0, 1.0), count=st.integers(1, 3))
@settings(max_examples=10, deadline=None)
def test_naming_groups_changes_nothing(share: float, farming: float, count: int) -> None:
    plain = solve(base()).require_optimal()
    groups = [
        {"name": f"group {k}", "share": share / count, "shares": {"farming": farming / count}}
        for k in range(count)
    ]
    named = solve(problem(*groups)).require_optimal()
    assert named.aim == pytest.approx(plain.aim, rel=1e-8)


def test_the_aim_counts_all_consumption_once() -> None:
    plan = solve(problem(WORKERS, {**FARMERS, "weight": 1.0})).require_optimal()
    money = distribution(plan)
    above = levels(plan, "workers") - plan.consumption_level
    own = money.query("group == 'workers'")["base"].iloc[0]
    discount = np.array([0.95**t for t in range(4)])
    total = money.groupby("year")["money"].sum().to_numpy() @ discount
    assert plan.aim == pytest.approx(total - own * (above @ discount))
    balances = plan.balances()
    used = balances["consumption"] + balances["consumption of groups"]
    by_year = used.groupby(level="year").sum()
    np.testing.assert_allclose(by_year, money.groupby("year")["money"].sum())


def test_with_no_one_left_the_common_level_is_the_least() -> None:
    plan = solve(problem(*HALVES, consumption_band=None)).require_optimal()
    both = np.stack([levels(plan, "some"), levels(plan, "others")])
    np.testing.assert_allclose(plan.consumption_level, both.min(axis=0), rtol=1e-9)
    assert not plan.model.bundle.any()
    assert REST not in set(distribution(plan)["group"])
    plain = solve(base(consumption_band=None)).require_optimal()
    assert plan.aim == pytest.approx(plain.aim, rel=1e-9)


def test_distribution_by_group_and_head() -> None:
    plan = solve(problem(WORKERS, FARMERS)).require_optimal()
    found = distribution(plan)
    assert found["group"].tolist()[:3] == ["workers", "farmers", REST]
    first = found.iloc[0]
    own = 0.4 * (60 + 80) + 0.5 * 95
    assert first["base"] == pytest.approx(own)
    assert first["money"] == pytest.approx(own * levels(plan, "workers")[0])
    assert first["per_head"] == pytest.approx(first["money"] / 50)
    assert found.query("group == 'farmers'")["per_head"].isna().all()
    assert found[found["year"] == 1946]["base"].sum() == pytest.approx(235.0)
    np.testing.assert_allclose(found.groupby("year")["share"].sum(), 1.0)
    assert distribution(solve(base())).empty
    assert len(sheets(plan)["households"]) == 12
    assert set(sheets(plan)["conditions"]["block"]) == {"household"}


def test_prices_are_what_is_let_off() -> None:
    plan = solve(problem(WORKERS, FARMERS)).require_optimal()
    prices = plan.shadow_prices().set_index(["kind", "label", "year"])["value"]
    price = prices["household floor", "workers", 1949]
    assert price > 1.0
    step = 1e-5
    eased = {**WORKERS, "floor": (1.05, 1.06, 1.07, 1.2 - step)}
    more = solve(problem(eased, FARMERS)).require_optimal()
    assert (more.aim - plan.aim) / step == pytest.approx(price, rel=1e-4)
    assert sensitivity(plan, "household floor", "workers", 1949).more == pytest.approx(price)
    tie = solve(problem(FARMERS)).require_optimal()
    prices = tie.shadow_prices().query("kind == 'household tie'")["value"]
    assert prices.max() > 1.0


@pytest.mark.parametrize("kind", ["household rise", "household fall"])
def test_prices_of_the_band_are_what_a_wider_one_is_worth(kind: str) -> None:
    group = {**FARMERS, "band": 0.02, "weight": 0.6 if kind == "household fall" else 1.5}
    plan = solve(problem(group)).require_optimal()
    prices = plan.shadow_prices()
    mine = prices[(prices["kind"] == kind) & (prices["value"] > 1e-6)]
    assert len(mine)
    row = mine.iloc[0]
    found = sensitivity(plan, kind, "farmers", int(row["year"]))
    assert min(found.more, found.less) - 1e-9 <= row["value"] <= max(found.more, found.less) + 1e-9
    assert "(band)" in " ".join(plan.corners())


def test_too_high_a_floor_names_the_group_and_yields() -> None:
    plan = solve(problem({**WORKERS, "floor": 1.6, "relative": 0.0, "band": None}, FARMERS))
    assert plan.status == "infeasible"
    assert "consumption floor of workers 1946: short by" in plan.remedy
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"
    assert "consumption of workers in" in conflict(plan).text
    tight = {**WORKERS, "relative": 3.0, "floor": 0.0, "band": None}
    plan = solve(problem(tight, consumption_floor=0.9))
    assert plan.status == "infeasible"
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_the_explanation_speaks_of_every_group() -> None:
    plan = solve(problem(WORKERS, FARMERS)).require_optimal()
    found = explain(plan, "farming", 1947)
    assert sum(root.share for root in found.roots) == pytest.approx(1.0)
    for name in ("workers", "farmers"):
        assert f"Consumption of {name} in 1947 is" in found.text
    costs = -plan.outcome.row_duals[plan.model.rows["product"][1]] * plan.model.aim_scale
    costs = costs / plan.model.row_scale[plan.model.rows["product"][1]]
    worth = float(costs @ [0.4 * 60, 0.4 * 80, 0.5 * 95])
    assert f"costs {worth:.4g} million crowns" in found.text
    assert found.as_dict()["notes"]


def test_every_fault_is_found_at_once() -> None:
    faulty = {
        "name": "workers",
        "shares": {"farmin": 0.5, "industry": -0.1},
        "amounts": {"industry": 4.0, "service": 1.0},
        "size": (0.0, 1.0),
        "floor": -0.5,
        "relative": (1, 2),
    }
    with pytest.raises(InputError) as error:
        problem(WORKERS, faulty)
    text = str(error.value)
    for part in (
        "stands twice",
        "did you mean farming",
        "did you mean services",
        "shares.industry: is negative",
        "has a share and an amount",
        "size: has 2 figures for 4 years",
        "size: is not above 0",
        "floor: lies outside its limits",
        "relative: has 2 figures",
    ):
        assert part in text
    assert len(error.value.faults) == 9


def test_groups_take_no_more_than_there_is() -> None:
    with pytest.raises(InputError) as error:
        problem(WORKERS, {**FARMERS, "share": 0.7}, {"name": "empty"})
    text = str(error.value)
    assert "groups ask for 88 of 80 million crowns" in text
    assert "(value: industry)" in text
    assert "the group consumes nothing (value: empty)" in text
    with pytest.raises(InputError, match="none is tied to the common level"):
        problem(*[{**group, "relative": (1, 0, 1, 1)} for group in HALVES])
    with pytest.raises(InputError, match="weight"):
        problem({**WORKERS, "weight": -1.0})
