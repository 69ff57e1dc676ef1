"""Territories: levels of their own, floors, trade balances, and the aim that counts them."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from independent import Independent, data_of_problem
from regional_economies import both_ways, north, two

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.conflict import conflict
from conjuncture.plan.reading.explain import explain
from conjuncture.plan.regional.joining import joined
from conjuncture.plan.regional.reading import by_territory
from conjuncture.plan.solve import solve

LEVELS = [
    {"name": "north", "relative": [1.0, 1.02, 1.0], "most": 1.1, "balance": 6.0},
    {"name": "south", "relative": 0.95, "floor": [0.0, 0.97, 0.0]},
]


def problem(territories=tuple(LEVELS), aims=None) -> Problem:
    return two(conditions={"territories": territories}, aims=aims)


def independent(p: Problem) -> Independent:
    data = data_of_problem(p)
    total = data["consumption"].sum()
    other, years = Independent({**data, "consumption": 1e-300 + 0 * data["consumption"]}), p.years
    level = {
        name: other.model.add_variables(0, coords={"year": list(years)}, dims=["year"], name=name)
        for name in ("north", "south")
    }
    mine = {
        name: xr.DataArray(
            np.where([label.startswith(name) for label in p.sectors], p.consumption, 0.0),
            coords={"product": list(p.sectors)},
        )
        for name in level
    }
    other.enlarge("product", sum(mine[name] * level[name] for name in level))

    def yearly(*values: float) -> xr.DataArray:
        return xr.DataArray(list(values), coords={"year": list(years)})

    add = other.model.add_constraints
    add(level["north"] - yearly(1.0, 1.02, 1.0) * other.s >= 0, name="least north")
    add(level["south"] - 0.95 * other.s >= 0, name="least south")
    add(level["north"] - 1.1 * other.s <= 0, name="most north")
    add(level["south"] >= yearly(0.0, 0.97, 0.0), name="floor south")
    own = [label for label in p.sectors if label.startswith("north")]
    trade = other.e.sel(product=own).sum("product") - other.m.sel(product=own).sum("product")
    add(trade >= 6.0, name="trade north")
    weights = yearly(*(0.95**t * total for t in range(len(years))))
    other.model.add_objective((other.s * weights).sum(), overwrite=True, sense="max")
    other.level, other.mine = level, mine
    return other


def test_agrees_with_levels_written_out_by_hand() -> None:
    plan = solve(problem()).require_optimal()
    other = independent(plan.problem)
    assert plan.aim == pytest.approx(other.solve(), rel=1e-8)
    frame = by_territory(plan)["consumption_level"].unstack()
    common = plan.consumption_level
    assert (frame["north"].to_numpy() >= common * [1.0, 1.02, 1.0] - 1e-9).all()
    assert (frame["north"].to_numpy() <= 1.1 * common + 1e-9).all()
    assert (frame["south"].to_numpy() >= 0.95 * common - 1e-9).all()
    assert frame["south"][1947] >= 0.97 - 1e-9
    trade = by_territory(plan)["exports"] - by_territory(plan)["imports"]
    assert (trade.unstack()["north"] >= 6.0 - 1e-9).all()
    assert plan.balances()["residual"].abs().max() < 1e-9


def test_weights_count_every_territory_at_its_own_level() -> None:
    weighted = [{**LEVELS[0], "weight": 2.0}, LEVELS[1]]
    plan = solve(problem(weighted, aims=[{"territories": 1.0}])).require_optimal()
    other = independent(plan.problem)
    years = plan.problem.years
    worth = xr.DataArray([0.95**t for t in range(3)], coords={"year": list(years)})
    aim = sum(
        (worth * other.level[name]).sum() * (share * float(other.mine[name].sum()))
        for name, share in (("north", 2.0), ("south", 1.0))
    )
    other.model.add_objective(aim, overwrite=True, sense="max")
    assert plan.aim == pytest.approx(other.solve(), rel=1e-8)
    assert plan.model.aim_unit == "million crowns of discounted consumption of territories"


def test_the_worst_supplied_comes_first_and_then_the_rest() -> None:
    first = solve(two(both_ways(loss=0.2))).require_optimal()
    levels = [{"consumption": 1.0}, {"territories": 1.0}]
    plan = solve(two(both_ways(loss=0.2), aims=levels)).require_optimal()
    assert plan.earlier[0].value == pytest.approx(first.aim, rel=1e-8)
    worth = np.array([0.95**t for t in range(3)])
    least = by_territory(plan)["consumption_level"].unstack().min(axis=1).to_numpy()
    assert (least @ worth) * plan.problem.consumption.sum() >= first.aim * (1 - 1e-7)
    assert plan.aim >= first.aim - 1e-6


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("territory level", {"name": "north", "relative": [1.0, 1.02 - 1e-5, 1.0]}),
        ("territory floor", {"name": "south", "floor": [0.0, 0.97 - 1e-5, 0.0]}),
        ("territory trade", {"name": "north", "balance": [6.0, 6.0 - 1e-4, 6.0]}),
    ],
)
def test_price_is_what_letting_off_is_worth(kind: str, change: dict) -> None:
    tight = [LEVELS[0], {**LEVELS[1], "floor": [0.0, 1.2, 0.0]}] if "floor" in kind else LEVELS
    if "floor" in kind:
        change = {**change, "floor": [0.0, 1.2 - 1e-5, 0.0]}
    plan = solve(problem(tight)).require_optimal()
    prices = plan.shadow_prices()
    row = prices[(prices["kind"] == kind) & (prices["label"] == change["name"])
                 & (prices["year"] == 1947)].iloc[0]  # fmt: skip
    eased = [{**one, **change} if one["name"] == change["name"] else one for one in tight]
    gain = solve(problem(eased)).require_optimal().aim - plan.aim
    step = 1e-4 if "trade" in kind else 1e-5
    if kind == "territory level":  # one unit of level let off: relative falls by step of s
        step *= plan.consumption_level[1]
    assert gain / step == pytest.approx(row["value"], rel=1e-3, abs=1e-4)
    assert row["value"] >= 0


def test_too_high_a_floor_names_the_territory_and_yields() -> None:
    plan = solve(problem([LEVELS[0], {"name": "south", "floor": 1.6}]))
    assert plan.status == "infeasible"
    assert "consumption floor of south" in plan.remedy
    assert "consumption of south in" in conflict(plan).text
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_a_trade_balance_out_of_reach_is_named() -> None:
    plan = solve(problem([{**LEVELS[0], "balance": 1000.0}, LEVELS[1]]))
    assert plan.status == "infeasible"
    assert "foreign trade of north 1946: short by" in plan.remedy
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_the_bundle_is_explained_through_the_levels_of_territories() -> None:
    plan = solve(problem()).require_optimal()
    found = explain(plan, None, 1947)
    assert sum(term.value for term in found.level_terms) == pytest.approx(found.level_weight)
    assert "consumption of south in 1947" in found.text or "consumption of north" in found.text
    assert "costs 0 " not in found.text


def test_what_no_territory_consumes_stays_with_the_common_level() -> None:
    part = {"name": "north", "consumption": {"north:farming": 20.0, "south:industry": 5.0}}
    p = two(consumption="common", conditions={"territories": [part]})
    plan = solve(p).require_optimal()
    left = p.consumption.copy()
    left[p.sectors.index("north:farming")] -= 20.0
    left[p.sectors.index("south:industry")] -= 5.0
    np.testing.assert_allclose(plan.model.bundle, left)
    own = plan.balances()["regional consumption"].loc[1946]
    level = plan.amounts("territory")["amount"].iloc[0]
    assert own["south:industry"] == pytest.approx(5.0 * level)
    assert plan.balances()["residual"].abs().max() < 1e-9


def test_every_fault_is_reported_at_once() -> None:
    bad = [
        {"name": "nort"},
        {"name": "north", "consumption": {"north:farmin": 1.0}},
        {"name": "north", "relative": -1.0, "floor": [1.0, 2.0]},
        {"name": "south", "relative": 1.2, "most": 1.1},
        {"name": "south", "consumption": {"south:farming": 1e6}},
        {"name": "south", "balance": [1.0, 2.0]},
    ]
    with pytest.raises(InputError) as error:
        two(consumption="common", conditions={"territories": bad})
    text = str(error.value)
    for part in ("did you mean north", "did you mean north:farming", "relative: is negative",
                 "has 2 figures for 3 years", "lies below relative", "stands twice",
                 "territories consume 1.00"):  # fmt: skip
        assert part in text, part
    assert "has no consumption" in text
    with pytest.raises(InputError, match="no territory has a level of its own"):
        joined({"one": north(2)}, consumption="common", aims=[{"territories": 1.0}])
