"""Techniques: an independent formulation, prices, choice, pace, aims, faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from independent import Independent, data_of_problem
from independent_production import add_techniques
from plan_economies import random_economy, small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.techniques import techniques
from conjuncture.plan.settings import Settings
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.explain import explain
from conjuncture.plan.why.sensitivity import sensitivity

FRUGAL = {
    "name": "frugal", "sector": "industry", "factors": {"industry": 0.8, "farming": 0.9},
    "differences": {"services": 0.01}, "labour_factors": {"persons": 0.9}, "capacity": 1.05,
    "available_from": 1947, "most_share": 0.6, "outputs": {"farming": 0.03},
}  # fmt: skip
MODERN = {
    "name": "modern", "sector": "farming", "inputs": {"industry": 0.3, "farming": 0.05},
    "labour": {"persons": 0.2}, "capital_output": 2.5, "opening_capital": 30.0,
    "depreciation": 0.05, "composition": {"industry": 0.9, "services": 0.1},
    "least": [2.0, 2.0, 5.0, 5.0], "most": 90.0,
}  # fmt: skip


def problem(*which: dict[str, Any], aims: Any = None, **rules: Any) -> Problem:
    chosen = which or (FRUGAL, MODERN)
    return Problem.from_table(
        small_table(), 4, labour_kinds=("persons", "engineers"), labour_growth=0.01,
        conditions={"techniques": list(chosen)}, aims=aims, **rules,
    )  # fmt: skip


def enlarged(p: Problem) -> Independent:
    other = Independent(data_of_problem(p))
    add_techniques(other, p)
    return other


# Agreement -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("which", [(FRUGAL,), (MODERN,), (FRUGAL, MODERN)])
def test_agrees_with_an_independent_formulation(which: tuple[dict[str, Any], ...]) -> None:
    plan = solve(problem(*which)).require_optimal()
    assert plan.aim == pytest.approx(enlarged(plan.problem).solve(), rel=1e-8)
    assert plan.aim > solve(Problem.from_table(small_table(), 4, labour_growth=0.01)).aim
    assert plan.balances()["residual"].abs().max() < 1e-9
    assert plan.certificate.worst < 1e-7


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "factor", "labour", "capital", "share"),
    [(1, 0.6, 0.7, None, 0.4), (7, 1.05, 0.3, 3.0, 0.4)],
)
def test_agrees_on_random_economies(
    seed: int, factor: float, labour: float, capital: float | None, share: float | None
) -> None:
    technique = {
        "name": "q", "sector": "s1", "factors": {f"s{i}": factor for i in range(4)},
        "labour_factors": {"hands": labour}, "capital_output": capital, "most_share": share,
        "outputs": {"s2": 0.05},
    }  # fmt: skip
    arrays = random_economy(seed, 4, 3)
    rules = Settings.of(disposal=True)
    p = Problem.from_arrays(**arrays, settings=rules, conditions={"techniques": [technique]})
    plan = solve(p).require_optimal()
    assert plan.aim == pytest.approx(enlarged(p).solve(), rel=1e-7)
    assert plan.balances()["residual"].abs().max() < 1e-9 * p.output.max()


def test_a_copy_of_the_base_technique_changes_nothing_but_adds_up() -> None:
    copy = {"name": "copy", "sector": "industry"}
    plain = solve(problem(copy).replace(conditions={"techniques": ()})).require_optimal()
    plan = solve(problem(copy, aims=[{"consumption": 1.0}])).require_optimal()
    assert plan.aim == pytest.approx(plain.aim, rel=1e-9)
    read = techniques(plan)
    assert read["loss"].abs().max() < 1e-8  # both are as good
    forced = solve(problem({**copy, "least": 20.0})).require_optimal()
    assert forced.aim == pytest.approx(plain.aim, rel=1e-9)


def test_all_output_may_switch_within_the_rule_of_pace() -> None:
    better = {"name": "better", "sector": "industry", "factors": {"industry": 0.97},
              "labour_factors": {"persons": 0.9}}  # fmt: skip
    plan = solve(problem(better, contraction=0.1)).require_optimal()
    read = techniques(plan).set_index(["technique", "year"])
    assert read["share"]["better"].min() == pytest.approx(1.0)
    assert not [text for text in plan.corners() if "all but closed" in text]
    total = np.array(plan.summary()["output"])
    assert (total > plan.output.sum(axis=1) + 100.0).all()
    lost = read["loss"]["base technique"]
    assert (lost > 1e-4).all()
    assert read["loss"]["better"].abs().max() < 1e-9


def test_the_loss_of_an_unused_technique_is_what_its_use_costs() -> None:
    worse = {"name": "worse", "sector": "farming", "differences": {"services": 0.1}}
    plan = solve(problem(worse)).require_optimal()
    read = techniques(plan)
    row = read[(read["technique"] == "worse") & (read["year"] == 1947)].iloc[0]
    assert row["amount"] == pytest.approx(0.0, abs=1e-9)
    assert row["loss"] > 0
    step = 1e-3
    forced = solve(problem({**worse, "least": [0.0, step, 0.0, 0.0]})).require_optimal()
    assert (plan.aim - forced.aim) / step == pytest.approx(row["loss"], rel=1e-4)
    parts = row["inputs"] + row["labour"] + row["capital"] + row["rules"]
    assert parts - row["worth"] - row["joint"] == pytest.approx(row["loss"], rel=1e-9)


def coal_abroad(**changes: Any) -> Problem:
    """Bread needs coal, which comes from abroad alone, for bread."""
    parts = {
        "sectors": ("bread", "coal"), "years": range(1950, 1954), "output": [125.0, 0.0],
        "coefficients": [[0.0, 0.0], [0.2, 0.0]], "consumption": [100.0, 0.0],
        "composition": [1.0, 0.0], "capital": [250.0, 0.0], "capital_output": [1.8, 0.0],
        "labour_kinds": ("hands",), "labour_units": ("persons",),
        "labour_coefficients": [0.5, 0.0], "labour_available": [100.0],
        "exports": [25.0, 0.0], "imports": [0.0, 25.0],
        "settings": Settings.of(gestation=1, export_band=0.0, terminal_growth=None),
    }  # fmt: skip
    return Problem.from_arrays(**{**parts, **changes})


def test_a_product_that_no_sector_makes_can_be_made_by_a_technique() -> None:
    mine = {"name": "mine", "sector": "coal", "inputs": {}, "labour": {"hands": 0.4},
            "capital_output": 0.5, "depreciation": 0.1}  # fmt: skip
    before = solve(coal_abroad()).require_optimal()
    plan = solve(coal_abroad(conditions={"techniques": [mine]})).require_optimal()
    assert plan.aim > 1.01 * before.aim
    assert plan.aim == pytest.approx(enlarged(plan.problem).solve(), rel=1e-8)
    made = plan.amounts("technique").set_index("year")["amount"]
    assert made[1950] == pytest.approx(0.0, abs=1e-9)  # nothing is built yet
    assert made[1953] > 1.0
    e = explain(plan, "coal", 1953)
    assert e.outputs == {"coal": 1.0}
    assert sum(root.share for root in e.roots) == pytest.approx(1.0)
    read = techniques(plan)
    assert set(read["technique"]) == {"mine"}  # the table has no technique of its own


# Prices ----------------------------------------------------------------------------


def test_prices_are_what_a_little_more_is_worth() -> None:
    plan = solve(problem()).require_optimal()
    prices = plan.shadow_prices().set_index(["kind", "label", "year"])["value"].sort_index()
    tight = solve(problem(FRUGAL, {**MODERN, "most": 6.0})).require_optimal()
    price = tight.shadow_prices().set_index(["kind", "label", "year"])["value"].sort_index()
    value = price["technique at most", "modern", 1948]
    looser = [6.0, 6.0, 6.0 + 1e-3, 6.0]
    gain = solve(problem(FRUGAL, {**MODERN, "most": looser})).require_optimal().aim - tight.aim
    assert gain / 1e-3 == pytest.approx(value, rel=1e-4)
    assert value > 0
    more = solve(problem(FRUGAL, {**MODERN, "opening_capital": 30.001})).require_optimal()
    assert (more.aim - plan.aim) / 1e-3 == pytest.approx(
        prices["opening technique capital", "modern", 1946], rel=1e-4
    )
    found = sensitivity(tight, "technique at most", "modern", 1948)
    assert found.less >= value - 1e-9 >= found.more - 2e-9


def test_price_of_the_least_output_is_the_gain_of_letting_it_off() -> None:
    worse = {"name": "worse", "sector": "farming", "differences": {"services": 0.1}, "least": 10.0}
    plan = solve(problem(worse)).require_optimal()
    prices = plan.shadow_prices()
    row = prices[(prices["kind"] == "technique at least") & (prices["year"] == 1948)].iloc[0]
    less = solve(problem({**worse, "least": [10.0, 10.0, 9.999, 10.0]})).require_optimal()
    assert (less.aim - plan.aim) / 1e-3 == pytest.approx(row["value"], rel=1e-4)
    assert row["value"] > 0


@pytest.mark.parametrize("aims", [None, [{"consumption": 1.0, "least_labour": 0.5}]])
def test_a_price_is_carried_back_by_way_of_the_technique_at_work(aims: Any) -> None:
    better = {"name": "better", "sector": "industry", "factors": {"industry": 0.5},
              "outputs": {"services": 0.05}}  # fmt: skip
    plan = solve(problem(better, MODERN, aims=aims)).require_optimal()
    for product in plan.problem.sectors:
        for year in plan.problem.years:
            e = explain(plan, product, year)
            for parts in (e.direct, [root.term for root in e.roots]):
                total = sum(term.value for term in parts)
                assert total == pytest.approx(e.price, rel=1e-8, abs=1e-9)
    e = explain(plan, "industry", 1947)
    own = [term.use for term in e.direct if (term.kind, term.label) == ("product", "industry")]
    assert own == [pytest.approx(plan.problem.coefficients[1, 1] * 0.5)]
    assert e.text


def test_labour_of_an_explanation_is_that_of_the_technique() -> None:
    better = {"name": "better", "sector": "industry", "factors": {"industry": 0.5},
              "labour_factors": {"persons": 0.5}}  # fmt: skip
    plan = solve(problem(better)).require_optimal()
    p, t = plan.problem, 1
    A, labour = p.coefficients.copy(), p.labour_coefficients[t, 0].copy()
    A[1, 1], labour[1] = 0.5 * A[1, 1], 0.5 * labour[1]
    demand = np.array([0.0, 1.0, 0.0])
    expected = labour @ np.linalg.solve(np.eye(3) - A, demand)
    assert explain(plan, "industry", 1947).labour["persons"] == pytest.approx(expected)


# Aims ------------------------------------------------------------------------------


def test_least_labour_counts_labour_of_techniques() -> None:
    saving = {"name": "saving", "sector": "industry", "differences": {"farming": 0.02},
              "labour_factors": {"persons": 0.4, "engineers": 0.4}}  # fmt: skip
    aims = [{"consumption": 1.0, "slack": 0.05}, {"least_labour": 1.0}]
    plan = solve(problem(saving, aims=aims)).require_optimal()
    labour = plan.problem.labour_coefficients.sum(axis=1)
    y = plan.amounts("technique")["amount"].to_numpy()
    used = (labour * plan.output).sum(axis=1) + 0.4 * labour[:, 1] * y
    assert y.max() > 0
    assert plan.aim == pytest.approx(float(used @ 0.95 ** np.arange(4)), rel=1e-8)


def test_terminal_capital_counts_capital_and_paid_works_of_techniques() -> None:
    aims = [{"terminal_capital": 1.0}]
    plan = solve(problem(MODERN, aims=aims, consumption_floor=0.9)).require_optimal()
    stock = plan.amounts("technique stock").set_index("year")["amount"]
    begun = plan.amounts("technique build").set_index("year")["amount"]
    own = plan.capital[4].sum() + 0.5 * plan.building[3].sum()
    assert plan.aim == pytest.approx(own + stock[1950] + 0.5 * begun[1949], rel=1e-8)


# Where it cannot be met ------------------------------------------------------------


def test_a_least_output_out_of_reach_is_named_and_yields() -> None:
    plan = solve(problem(FRUGAL, {**MODERN, "least": 80.0}))
    assert plan.status == "infeasible"
    assert "least output by technique modern 1946" in plan.remedy
    assert "output by technique modern in" in conflict(plan).text
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_capital_of_a_technique_that_cannot_be_left_yields() -> None:
    doomed = {**MODERN, "least": [0, 0, 0, 11.0], "most": 11.0, "depreciation": 1.0}
    plan = solve(problem(doomed, gestation=4))
    assert plan.status == "infeasible"
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


FAULTS = {
    "sector": ({"sector": "industri"}, "did you mean industry"),
    "inputs": ({"inputs": {"farmin": 0.1}}, "did you mean farming"),
    "negative input": ({"inputs": {"farming": -0.1}}, "is negative"),
    "both": ({"inputs": {"farming": 0.1}, "factors": {"farming": 1.0}}, "inputs or changes"),
    "difference": ({"differences": {"farming": -0.9}}, "leaves a negative input"),
    "main product": ({"outputs": {"industry": 1.0}}, "names the product itself"),
    "kind": ({"labour": {"person": 1.0}}, "did you mean persons"),
    "labour twice": ({"labour": {"persons": 1.0}, "labour_factors": {"persons": 1.0}}, "once"),
    "no capital": ({"opening_capital": 5.0}, "stands without capital_output"),
    "wear": ({"sector": "services", "capital_output": 1.0}, "no capital to take it from"),
    "composition": ({"capital_output": 1.0, "composition": {"industry": 0.5}}, "add up to 1"),
    "year": ({"available_from": 1960}, "lies outside the plan"),
    "least": ({"least": 5.0, "most": 4.0}, "exceeds most"),
    "years": ({"most": [1.0, 2.0]}, "has 2 figures for 4 years"),
    "negative": ({"most": -1.0}, "is negative"),
    "name": ({"name": "base technique"}, "is the name of the table's own"),
    "ratio": ({"capital_output": 0.0}, "greater than 0"),
    "share": ({"most_share": 1.5}, "less than or equal to 1"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_bad_input_is_refused(name: str) -> None:
    change, message = FAULTS[name]
    with pytest.raises(InputError, match=message):
        problem({"name": "q", "sector": "industry", **change})


def test_all_faults_are_listed_at_once() -> None:
    q = {"name": "q", "sector": "industri", "labour": {"person": 1.0}, "available_from": 1960}
    with pytest.raises(InputError) as error:
        problem(q, {**FRUGAL, "name": "q"})
    assert len(error.value.faults) == 4


def test_a_sector_that_makes_nothing_needs_full_figures() -> None:
    arrays = random_economy(2, 4, 2)
    arrays["output"][3] = 0.0
    q = {"name": "q", "sector": "s3"}
    with pytest.raises(InputError) as error:
        Problem.from_arrays(**arrays, conditions={"techniques": [q]})
    assert "give all inputs" in str(error.value)
    assert "give labour of every kind" in str(error.value)


def test_a_plan_without_a_composition_needs_one_for_the_technique() -> None:
    arrays = random_economy(2, 4, 2)
    arrays |= {"capital": 0.0, "capital_output": 0.0, "composition": None, "works": 0.0}
    q = {"name": "q", "sector": "s1", "capital_output": 1.0, "depreciation": 0.1}
    with pytest.raises(InputError, match="no composition of investment"):
        Problem.from_arrays(**arrays, conditions={"techniques": [q]})
