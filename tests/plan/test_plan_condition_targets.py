"""Targets: an independent formulation, what is reached, and why a target is missed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from condition_files import problem_of_page
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from independent import Independent, data_of_problem, on
from independent_trade import CONDITIONS, independent
from plan_economies import random_economy, small_table
from test_plan_explain import chain_problem

from conjuncture.core.errors import InputError
from conjuncture.plan.aims import BALANCED
from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.compare import raise_target
from conjuncture.plan.reading.targets import table, why_missed
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve
from conjuncture.plan.why.decompose import row_prices
from conjuncture.plan.why.levels import at_level

YEARS = 4
GRAIN = {
    "name": "grain", "what": "output", "of": "farming", "amount": 1.3, "relative": True,
    "years": [1948, 1949],
}  # fmt: skip
STEEL = {
    "name": "steel", "what": "output", "of": ["industry"], "amount": [420.0, 440.0],
    "years": [1947, 1949], "priority": 2,
}  # fmt: skip
LIVING = {
    "name": "living", "what": "consumption_level", "amount": 1.3, "priority": 2, "weight": 3.0,
}  # fmt: skip


def problem(*records: dict[str, Any], **changes: Any) -> Problem:
    records = records or (GRAIN, STEEL, LIVING)
    return Problem.from_table(small_table(), YEARS, conditions={"targets": records}, **changes)


def plan_of(*records: dict[str, Any], **changes: Any) -> Solution:
    return solve(problem(*records, **changes)).require_optimal()


# Against an independent formulation --------------------------------------------------


def levels_by_hand(
    other: Independent, levels: list[tuple[Any, str, float]], tolerance: float = 1e-9
) -> list[float]:
    """Solve level by level: an expression, whether it is to be least or most, and its slack."""
    values = []
    for k, (expression, sense, slack) in enumerate(levels):
        other.model.add_objective(expression, overwrite=True, sense=sense)
        value = other.solve()
        room = slack * abs(value) + tolerance * max(1.0, abs(value))
        kept = (expression <= value + room) if sense == "min" else (expression >= value - room)
        other.model.add_constraints(kept, name=f"level {k}")
        values.append(value)
    return values


def misses_by_hand(other: Independent, p: Problem) -> tuple[Any, Any]:
    """Add the three targets above, and return the weighted misses of both priorities."""
    add = other.model.add_variables
    first, second = 0.0, 0.0
    grain = 1.3 * float(p.output[0])
    for year in (1948, 1949):
        short = add(lower=0, name=f"grain {year}")
        made = on(other.x, year, sector="farming")
        other.model.add_constraints(made + grain * short >= grain, name=f"grain {year}")
        first = first + 1.0 * short
    for year, steel in ((1947, 420.0), (1949, 440.0)):
        short = add(lower=0, name=f"steel {year}")
        made = on(other.x, year, sector="industry")
        other.model.add_constraints(made + steel * short >= steel, name=f"steel {year}")
        second = second + 1.0 * short
    short = add(lower=0, name="living")
    other.model.add_constraints(on(other.s, 1949) + 1.3 * short >= 1.3, name="living")
    return first, second + 3.0 * short


def test_agrees_with_an_independent_formulation_level_by_level() -> None:
    plan = plan_of()
    other = Independent(data_of_problem(plan.problem))
    consumption = other.model.objective.expression
    first, second = misses_by_hand(other, plan.problem)
    by_hand = levels_by_hand(
        other, [(first, "min", 0), (second, "min", 0), (consumption, "max", 0)]
    )
    values = [*(level.value for level in plan.earlier), plan.aim]
    assert values == pytest.approx(by_hand, rel=1e-6)
    assert min(values) > 0  # all levels are put to the test
    frame = table(plan)
    for priority, value in ((1, by_hand[0]), (2, by_hand[1])):
        mine = frame[frame["priority"] == priority]
        assert (mine["share"] * mine["weight"]).sum() == pytest.approx(value, rel=1e-6)


def test_everything_at_once_agrees_with_an_independent_formulation() -> None:
    """Claims, partners, currencies, credits, a budget of emissions, targets, and four levels."""
    per = {"farming": 0.05, "industry": 0.4, "services": 0.02}
    asked: dict[str, Any] = {
        **CONDITIONS,
        "claims": [{"name": "army", "products": {"industry": 4.0}, "labour": {"persons": 2.0}}],
        "ceilings": [{"name": "co2", "unit": "kt", "per_output": per, "total": 500.0}],
        "targets": [GRAIN, STEEL, LIVING],
    }
    aims = [
        {"targets": 1}, {"targets": 2}, {"consumption": 1, "slack": 0.01},
        {"least_emissions": {"co2": 1}},
    ]  # fmt: skip
    plan = solve(Problem.from_table(small_table(), YEARS, conditions=asked, aims=aims))
    plan.require_optimal()
    other = independent(plan.problem)
    consumption = other.model.objective.expression
    other.enlarge(
        "product", xr.DataArray([0, 4.0, 0], coords={"product": other.sectors}) * one(other)
    )
    other.enlarge("labour 0", 2.0 * one(other))
    weights = xr.DataArray(list(per.values()), coords={"sector": other.sectors}, dims="sector")
    emitted = (other.x * weights).sum("sector")
    other.model.add_constraints(emitted.sum() <= 500.0, name="budget")
    rates = xr.DataArray(0.95 ** np.arange(YEARS), coords={"year": other.years}, dims="year")
    first, second = misses_by_hand(other, plan.problem)
    by_hand = levels_by_hand(
        other,
        [
            (first, "min", 0), (second, "min", 0), (consumption, "max", 0.01),
            ((emitted * rates).sum(), "min", 0),
        ],
    )  # fmt: skip
    values = [*(level.value for level in plan.earlier), plan.aim]
    assert values == pytest.approx(by_hand, rel=1e-6)
    assert plan.balances()["residual"].abs().max() < 1e-9
    assert plan.certificate.worst < 1e-7


def one(other: Independent) -> Any:
    """Return a variable of each year that is fixed at 1, so that amounts become expressions."""
    name = f"one {len(other.model.variables)}"
    axes = {"coords": {"year": other.years}, "dims": ["year"]}
    return other.model.add_variables(lower=1, upper=1, name=name, **axes)


# Levels ------------------------------------------------------------------------------


def test_targets_come_first_by_priority_unless_aims_are_named() -> None:
    p = problem()
    assert [aim.name for aim in p.aims] == [
        "targets of priority 1", "targets of priority 2", "consumption",
    ]  # fmt: skip
    assert Problem.from_table(small_table(), YEARS).replace(conditions=p.conditions).aims == p.aims
    assert p.replace(conditions={"targets": [GRAIN]}).aims == p.aims[::2]
    assert p.replace(conditions={"targets": []}).aims == BALANCED
    own = p.replace(aims=[{"consumption": 1.0}])
    assert own.aims == BALANCED
    assert own.replace(settings={"discount": 0.9}).aims == BALANCED
    assert own.replace(aims=None).aims == p.aims


def test_misses_and_consumption_can_be_weighed_in_one_level() -> None:
    both = plan_of(aims=[{"consumption": 1.0, "targets": 1}])
    missed = table(both).query("priority == 1")["share"].sum()
    level = 0.95 ** np.arange(YEARS) @ both.consumption_level
    whole = float(both.problem.consumption.sum())
    assert both.aim == pytest.approx(whole * (level - missed))
    assert both.model.aim_unit == "million crowns of the weighted aim"
    assert missed >= table(plan_of())["share"].iloc[:2].sum() - 1e-9


def test_a_target_that_can_be_met_changes_nothing_else() -> None:
    free = solve(Problem.from_table(small_table(), YEARS)).require_optimal()
    easy = {"name": "easy", "what": "output", "of": "farming", "amount": 0.5, "relative": True}
    plan = plan_of(easy)
    assert plan.aim == pytest.approx(free.aim, rel=1e-8)
    assert table(plan)["met"].all()
    assert why_missed(plan, "easy").text.endswith("the target is met.")


@pytest.mark.parametrize(
    ("keys", "reached"),
    [
        ({"what": "consumption", "of": "farming", "amount": 66.0},
         lambda s: 60 * s.consumption_level[3]),
        ({"what": "exports", "of": "industry", "amount": 18.0}, lambda s: s.exports[3, 1]),
        ({"what": "imports", "amount": 1.1, "relative": True}, lambda s: s.imports[3].sum()),
        ({"what": "capital", "of": "farming", "amount": 300.0}, lambda s: s.capital[3, 0]),
        ({"what": "building", "amount": 30.0, "years": 1946}, lambda s: s.building[0].sum()),
        ({"what": "restoration", "of": "industry", "amount": 0.5, "relative": True, "years": 1946},
         lambda s: s.restoration[0, 1]),
    ],
    ids=lambda value: value.get("what") if isinstance(value, dict) else "",
)  # fmt: skip
def test_every_sort_of_target_reads_what_the_plan_does(keys: dict[str, Any], reached: Any) -> None:
    p = Problem.from_table(small_table(), YEARS)
    if keys.get("relative") and keys["what"] == "imports":
        base = float(small_table().imports.sum())
        resolved = problem({"name": "x", **keys}).conditions.targets[0]
        assert resolved.base == pytest.approx(base)
        keys = {**keys, "base": base}
    p = p.replace(damaged=0.05 * p.capital, conditions={"targets": [{"name": "x", **keys}]})
    plan = solve(p).require_optimal()
    (row,) = table(plan).to_dict("records")
    assert row["reached"] == pytest.approx(reached(plan), abs=1e-7)
    assert row["met"] == (row["reached"] >= row["asked"] * (1 - 1e-6))
    short = plan.amounts("shortfall")["amount"].iloc[0]
    assert row["share"] == pytest.approx(max(0.0, 1 - row["reached"] / row["asked"]), abs=1e-6)
    assert plan.earlier[0].value == pytest.approx(short, abs=1e-7)


def test_trade_targets_count_all_partners() -> None:
    asked = {"name": "sell", "what": "exports", "of": "industry", "amount": 30.0}
    halves = [{"name": name, "export_share": 0.5} for name in ("east", "west")]
    plan = plan_of(asked)
    split = solve(plan.problem.replace(conditions={"partners": halves})).require_optimal()
    assert table(split)["reached"].iloc[0] == pytest.approx(table(plan)["reached"].iloc[0])
    found = why_missed(split, "sell")
    assert {way.label for way in found.ways if way.amount > 0} == {
        "east: industry", "west: industry",
    }  # fmt: skip
    assert "exports to east: industry in 1949 stand at the most allowed" in found.text
    assert "It is made up of 3 activities, of which the largest:" in found.text


# Why ---------------------------------------------------------------------------------


def test_the_planted_bottleneck_is_named_with_its_worth_in_the_target() -> None:
    record = {"name": "five", "what": "output", "of": "machines", "amount": 40.0, "years": 1947}
    p = chain_problem().replace(settings={"disposal": True}, conditions={"targets": [record]})
    plan = solve(p).require_optimal()
    found = why_missed(plan, "five", titles={"coal": "Coal mining"})
    assert found.reached == pytest.approx(5.0 / (0.5 * 0.4))
    assert found.missed == pytest.approx(-15.0)
    assert found.worth == pytest.approx(1 / 40.0)
    (way,) = found.ways
    (root,) = way.roots
    assert (root.term.kind, root.term.label, root.sector) == ("capacity", "coal", "coal")
    assert root.share == pytest.approx(1.0)
    assert root.term.use == pytest.approx(0.4 * 0.5)
    assert [(x.product, x.needs, x.amount) for x in root.chain] == [
        ("", "steel", 0.4), ("steel", "coal", 0.5),
    ]  # fmt: skip
    text = found.text
    assert "five, 1947: output of machines, at least 40 million crowns asked, 25 reached" in text
    assert "short by 15 million crowns (37.5 %)" in text
    assert "the capacity of coal (Coal mining) in 1947 is fully used" in text
    assert "one more at hand would be worth 5 million crowns of the target" in text
    assert "a unit of it needs 0.4 of steel, steel needs 0.5 of coal (Coal mining) per unit" in text
    assert "had to be begun by 1946, before the plan" in text
    more = solve(p.replace(capital=[0, 0, 0, 6.0])).require_optimal()
    assert table(more)["reached"].iloc[0] == pytest.approx(found.reached + 5.0)


def test_prices_are_those_of_the_level_that_asked_for_the_target() -> None:
    """The last level's prices count consumption; those of the target's level count the miss."""
    plan = plan_of()
    found = why_missed(plan, "grain", 1949)
    asked = 1.3 * float(plan.problem.output[0])
    assert found.level == "targets of priority 1"
    assert found.worth == pytest.approx(1 / asked)
    step = 1e-3
    root = next(r for r in found.ways[0].roots if r.term.kind == "labour")
    t = root.term.year - 1946
    labour = plan.problem.labour_available.copy()
    labour[t, 0] += step
    eased = solve(plan.problem.replace(labour_available=labour)).require_optimal()
    fewer = plan.earlier[0].value - eased.earlier[0].value
    assert fewer / step == pytest.approx(root.term.price, rel=1e-4)
    last = row_prices(plan)[plan.model.rows["labour"][t, 0]]
    assert last != pytest.approx(root.term.price, rel=0.5)
    # second priority, first held: the same, and 3 is the weight of this one
    other = why_missed(plan, "living")
    assert (other.level, other.worth) == ("targets of priority 2", pytest.approx(3 / 1.3))
    view = at_level(plan, 1)
    assert view.aim == plan.earlier[1].value
    assert at_level(plan, 2) is plan


def test_a_target_that_comes_first_is_named_with_what_it_costs() -> None:
    plan = plan_of()
    found = why_missed(plan, "living")
    rival = found.rivals[0]
    assert (rival.name, rival.priority) == ("grain", 1)
    assert "The target grain of 1948 (priority 1) comes first" in found.text
    assert "giving up one unit of it" in found.text
    # one unit less of what is reached of it: its level may miss by so much more
    asked, step = 1.3 * float(plan.problem.output[0]), 1e-4
    levels = [{"targets": 1, "slack": step / asked / plan.earlier[0].value}, {"targets": 2}]
    given_up = solve(plan.problem.replace(aims=levels)).require_optimal()
    better = plan.earlier[1].value - given_up.aim
    assert better / step == pytest.approx(rival.gain * found.worth, rel=1e-3)


def test_a_target_that_is_met_can_be_what_another_lacks() -> None:
    p = Problem.from_table(small_table(), YEARS, disposal=True)
    steel = {"name": "steel", "what": "output", "of": "industry", "amount": 330.0}
    tools = {"name": "tools", "what": "consumption_level", "amount": 1.5, "priority": 2}
    plan = solve(p.replace(conditions={"targets": [steel, tools]})).require_optimal()
    found = why_missed(plan, "tools")
    (rival,) = found.rivals
    assert table(plan)["met"].tolist() == [True, False]
    step = 1e-3
    eased = plan.problem.replace(conditions={"targets": [{**steel, "amount": 330 - step}, tools]})
    more = table(solve(eased).require_optimal())["reached"].iloc[1] - found.reached
    assert more / step == pytest.approx(rival.gain, rel=1e-4)


@pytest.mark.parametrize("name", ["grain", "steel", "living", "few", "same", "stock"])
def test_shares_add_up_whatever_the_target(name: str) -> None:
    records = [
        GRAIN, STEEL, LIVING,
        {"name": "few", "what": "exports", "amount": 3.0, "sense": "at_most", "priority": 3},
        {"name": "stock", "what": "capital", "of": "industry", "amount": 1.2, "relative": True,
         "priority": 4},
        {"name": "same", "what": "building", "of": "farming", "amount": 20.0, "years": 1946,
         "sense": "exactly", "priority": 5},
    ]  # fmt: skip
    plan = plan_of(*records)
    found = why_missed(plan, name)
    assert found.missed
    assert all(way.roots for way in found.ways[:3])
    for roots in (found.roots, *(way.roots for way in found.ways[:3])):
        assert sum(root.share for root in roots) == pytest.approx(1.0, rel=1e-6)
        value = sum(root.term.value for root in roots)
        assert value == pytest.approx(found.worth, rel=1e-6)
        for root in roots:
            assert root.term.value == pytest.approx(root.term.use * root.term.price, rel=1e-6)
    verb = "short by" if found.missed < 0 else "exceeded by"
    assert verb in found.text
    assert found.as_dict()["text"] == found.text


def test_capital_is_carried_back_to_what_building_needs() -> None:
    stock = {"name": "stock", "what": "capital", "of": "industry", "amount": 1.3, "relative": True}
    plan = plan_of(stock)
    found = why_missed(plan, "stock")
    kinds = {(root.term.kind, root.term.year) for root in found.ways[0].roots}
    assert not {kind for kind, _ in kinds} & {"capital", "investment"}
    assert {year for kind, year in kinds if kind == "labour"} <= {1947, 1948}
    first = why_missed(plan_of({**stock, "years": 1946}), "stock")
    assert "capital of industry at the start of 1946 is given" in first.text


def test_what_cannot_be_used_is_said() -> None:
    found = why_missed(plan_of(), "grain")
    assert "no use is left for more farming in 1948 (the setting disposal" in found.text
    free = why_missed(plan_of(disposal=True), "grain")
    assert "no use is left" not in free.text


def test_a_target_given_up_by_a_slack_or_by_no_level_says_so() -> None:
    levels = [{"title": "bread", "targets": 1, "slack": 1.0}, {"consumption": 1.0}]
    loose = plan_of(GRAIN, aims=levels)
    assert loose.earlier[0].value < table(loose)["share"].sum() - 1e-3
    text = why_missed(loose, "grain").text
    assert "When it was the aim (bread)" in text
    without = plan_of(aims=[{"targets": 1}])
    found = why_missed(without, "living")
    assert found.level == ""
    assert "No level of the aim asks for targets of priority 2" in found.text
    before = plan_of(aims=[{"consumption": 1.0}, {"targets": 1}])
    held = why_missed(before, "grain")
    assert held.held == ("consumption",)
    assert "The aim that comes first (consumption) is held at its optimum" in held.text


ECONOMIES = st.tuples(st.integers(0, 10**6), st.integers(2, 5), st.integers(2, 4))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(economy=ECONOMIES, growth=st.floats(1.0, 1.6), at=st.integers(0, 4))
def test_misses_and_reasons_add_up_in_any_economy(
    economy: tuple[int, int, int], growth: float, at: int
) -> None:
    seed, sectors, years = economy
    p = Problem.from_arrays(**random_economy(seed, sectors, years))
    of = p.sectors[at % sectors]
    records = [
        {"name": "a", "what": "output", "of": of, "amount": growth, "relative": True},
        {"name": "b", "what": "output", "amount": growth, "relative": True, "priority": 2},
    ]
    plan = solve(p.replace(conditions={"targets": records})).require_optimal()
    frame = table(plan).set_index("target")
    for k, name in enumerate(("a", "b")):
        assert frame.loc[name, "share"] == pytest.approx(plan.earlier[k].value, abs=2e-6)
        found = why_missed(plan, name)
        for roots in (found.roots, *(way.roots for way in found.ways[:3])):
            if found.missed:
                assert sum(root.share for root in roots) == pytest.approx(1.0, rel=1e-5)


# Input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"of": "farmin"}, "did you mean farming"),
        ({"years": 1990}, "lies outside the plan"),
        ({"years": [1948, 1948]}, "a year twice"),
        ({"amount": [1.0, 2.0, 3.0]}, "3 figures for 2 years"),
        ({"amount": -1.0}, "is negative"),
        ({"amount": 0.0}, "asks for nothing"),
        ({"what": "consumption_level"}, "of all products"),
        ({"what": "restoration"}, "base year's amount is not known"),
        ({"what": "restoration", "relative": False}, "the plan has no restoration"),
        ({"what": "capital", "of": "services", "relative": False}, "the plan has no capital"),
        ({"what": "building"}, "base year's amount is not known"),
        ({"what": "outputs"}, "what"),
        ({"sense": "about"}, "sense"),
        ({"weight": 0.0}, "weight"),
        ({"priority": 0}, "priority"),
    ],
)
def test_bad_input_is_named(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        problem({**GRAIN, **keys})


def test_unknown_names_and_priorities_are_refused() -> None:
    with pytest.raises(InputError, match="stands twice"):
        problem(GRAIN, GRAIN)
    with pytest.raises(InputError, match="no targets of priority 3"):
        problem(aims=[{"targets": 3}])
    with pytest.raises(InputError, match="name targets"):
        Problem.from_table(small_table(), 2, aims=[{"targets": 1}])
    plan = plan_of()
    with pytest.raises(InputError, match="did you mean grain"):
        why_missed(plan, "grian")
    with pytest.raises(InputError, match="1948, 1949"):
        why_missed(plan, "grain", 1946)


def test_zero_may_be_asked_for_at_most() -> None:
    none = {"name": "none", "what": "exports", "of": "farming", "amount": 0.0, "sense": "at_most"}
    plan = plan_of(none)
    (row,) = table(plan).to_dict("records")
    assert row["missed"] > 0
    assert row["share"] == pytest.approx(row["missed"] / float(plan.problem.output[0]))


def test_the_problem_file_of_the_page_is_solved(tmp_path: Path) -> None:
    plan = solve(problem_of_page("targets", tmp_path)).require_optimal()
    frame = table(plan)
    assert len(frame) == 4
    assert not frame["met"].all()


def test_what_changes_when_a_target_rises() -> None:
    easy = {**STEEL, "amount": [300.0, 310.0], "priority": 1}
    plan = plan_of(easy)
    found = raise_target(plan, "steel", 8.0)
    again = plan_of({**easy, "amount": [308.0, 318.0]})
    assert found.aim[1] == pytest.approx(again.aim)
    assert found.aim[1] <= found.aim[0] + 1e-9
    assert "with the target steel raised by 8" in str(found)
    with pytest.raises(InputError, match="did you mean steel"):
        raise_target(plan, "stel", 8.0)
