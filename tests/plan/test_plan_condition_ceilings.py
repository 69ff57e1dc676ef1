"""Ceilings on satellites: an independent formulation, amounts from a table, prices, least aims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from condition_files import problem_of_page
from independent import Independent, data_of_problem, on
from plan_economies import small_table

from conjuncture.accounts.table import Satellites, Table
from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.problem_file import ProblemFile, build_problem
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.explain import explain

YEARS = 4
PER = {"farming": 0.05, "industry": 0.4, "services": 0.02}
CO2 = {
    "name": "co2", "unit": "kt", "per_output": PER, "per_level": 12.0, "other": 3.0,
    "per_import": {"industry": 0.2}, "efficiency_growth": 0.01,
}  # fmt: skip


def problem(*records: dict[str, Any], **settings: Any) -> Problem:
    return Problem.from_table(
        small_table(), YEARS, conditions={"ceilings": records or (CO2,)}, **settings
    )


def table() -> Table:
    """Return the small economy with energy and emissions, by sector and by final user."""
    output = small_table().output
    used = np.stack([0.3 * output, [PER[s] * x for s, x in zip(PER, output, strict=True)]])
    final = np.array([[40.0, 5.0, 2.0, 0.0, 0.0, 0.0], [12.0, 2.0, 1.0, 0.0, 0.0, 0.0]])
    return small_table(
        satellites=Satellites(("energy", "co2"), ("PJ", "kt"), ("user", "user"), used, final)
    )


def counted(other: Independent, years: int = YEARS) -> list[Any]:
    """Return emissions of each year as expressions in the variables of the other formulation."""
    per = xr.DataArray(list(PER.values()), coords={"sector": other.sectors}, dims="sector")
    found = []
    for t, year in enumerate(other.years[:years]):
        less = 1.01 ** -(t + 1)
        made = (per * on(other.x, year)).sum("sector")
        home = 12.0 * on(other.s, year)
        brought = 0.2 * on(other.m, year, product="industry")
        found.append(less * (made + home + brought))  # and 3 kt of other users
    return found


def test_agrees_with_an_independent_formulation() -> None:
    free = solve(problem()).require_optimal()
    emitted = free.amounts("satellite")["amount"].to_numpy()
    ceiling = (0.97 * emitted).tolist()
    limits = {"ceiling": ceiling, "total": 0.955 * emitted.sum(), "least": [0.0, 0, 0, 0]}
    plan = solve(problem({**CO2, **limits})).require_optimal()
    other = Independent(data_of_problem(plan.problem))
    amounts = counted(other)
    for k, amount in enumerate(amounts):
        other.model.add_constraints(amount <= ceiling[k] - 3.0, name=f"ceiling {k}")
    other.model.add_constraints(sum(amounts) <= limits["total"] - 3.0 * YEARS, name="budget")
    assert plan.aim == pytest.approx(other.solve(), rel=1e-9)
    assert plan.aim < free.aim
    by_hand = [float(amount.solution) + 3.0 for amount in amounts]
    assert plan.amounts("satellite")["amount"].sum() == pytest.approx(sum(by_hand), rel=1e-9)


def test_prices_are_what_one_more_unit_allowed_adds() -> None:
    emitted = solve(problem()).require_optimal().amounts("satellite")["amount"].to_numpy()
    limits = {"ceiling": (0.96 * emitted).tolist(), "total": 0.95 * emitted.sum()}
    plan = solve(problem({**CO2, **limits})).require_optimal()
    prices = plan.shadow_prices().set_index(["kind", "label", "year"])["value"]
    step = 1e-3
    wider = {**limits, "total": limits["total"] + step}
    gain = (solve(problem({**CO2, **wider})).require_optimal().aim - plan.aim) / step
    assert gain == pytest.approx(prices["budget", "co2", 1949], rel=1e-4)
    assert gain > 0
    for k, year in enumerate(plan.problem.years):
        more = list(limits["ceiling"])
        more[k] += step
        changed = solve(problem({**CO2, **limits, "ceiling": more})).require_optimal()
        value = prices["ceiling", "co2", year]
        assert (changed.aim - plan.aim) / step == pytest.approx(value, abs=1e-4)
        both = value + prices["budget", "co2", 1949]
        assert prices["satellite", "co2", year] == pytest.approx(both, abs=1e-9)
    for product in plan.problem.sectors:
        found = explain(plan, product, 1947)
        assert sum(r.term.value for r in found.roots) == pytest.approx(found.price, rel=1e-8)
    assert "co2 in 1947 is limited" in explain(plan, "industry", 1947).text


def test_amounts_are_taken_from_the_table() -> None:
    asked: Any = {"ceilings": [{"name": "co2", "ceiling": 0.95, "relative": True}]}
    p = Problem.from_table(table(), YEARS, conditions=asked)
    (record,) = p.conditions.ceilings
    assert record.unit == "kt"
    assert record.per_output == pytest.approx(PER)
    assert (record.per_level, record.other) == (12.0, (3.0,))
    plan = solve(p).require_optimal()
    base = sum(PER[s] * x for s, x in zip(p.sectors, p.output, strict=True)) + 15.0
    amounts = plan.amounts("satellite")
    assert set(amounts["unit"]) == {"kt"}
    assert amounts["amount"].max() == pytest.approx(0.95 * base)
    # a problem file says the same
    file = ProblemFile(table="small", years=YEARS, conditions=asked)
    assert build_problem(file, table()).conditions == p.conditions
    # amounts of one's own stand as they are given
    own = {"name": "co2", "per_output": {"industry": 1.0}}
    mine = Problem.from_table(table(), YEARS, conditions={"ceilings": [own]})
    assert mine.conditions.ceilings[0].per_level is None
    assert mine.conditions.ceilings[0].per_output == {"industry": 1.0}


def test_least_emissions_come_after_consumption_or_before() -> None:
    both = [{**CO2, "per_import": {}}, {**CO2, "name": "energy", "unit": "PJ"}]
    first = solve(problem(*both)).require_optimal()
    rates = np.array([0.95**t for t in range(YEARS)])

    def emitted(plan: Any, name: str = "co2") -> float:
        amounts = plan.amounts("satellite")
        return float(rates @ amounts[amounts["label"] == name]["amount"])

    levels = [{"consumption": 1.0, "slack": 0.02}, {"least_emissions": {"co2": 1.0}}]
    plan = solve(first.problem.replace(aims=levels)).require_optimal()
    assert plan.aim == pytest.approx(emitted(plan))
    assert emitted(plan) < emitted(first)
    assert plan.model.aim_unit == "kt of discounted co2 saved"
    assert plan.earlier[0].value == pytest.approx(first.aim)
    weighted = [{"least_emissions": {"co2": 1.0, "energy": 0.5}}]
    least = solve(first.problem.replace(aims=weighted, consumption_floor=0.9)).require_optimal()
    assert least.aim == pytest.approx(emitted(least) + 0.5 * emitted(least, "energy"))
    mixed = [{"consumption": 1.0, "least_emissions": {"co2": 0.4}}]
    some = solve(first.problem.replace(aims=mixed)).require_optimal()
    worth = first.problem.consumption.sum() * float(rates @ some.consumption_level)
    assert some.aim == pytest.approx(worth - 0.4 * emitted(some))


def test_imports_of_partners_count_as_well() -> None:
    partner = {"partners": [{"name": "all", "import_share": 1.0, "export_share": 1.0}]}
    limits = {
        "total": 0.97 * solve(problem()).require_optimal().amounts("satellite")["amount"].sum()
    }
    alone = solve(problem({**CO2, **limits})).require_optimal()
    named = solve(alone.problem.replace(conditions=partner)).require_optimal()
    assert named.aim == pytest.approx(alone.aim, rel=1e-9)


def test_a_least_amount_holds() -> None:
    least = {**CO2, "name": "jobs", "unit": "posts", "least": [0.0, 0.0, 0.0, 160.0]}
    plain = solve(problem({**CO2})).require_optimal().amounts("satellite")["amount"].iloc[-1]
    asked = {**least, "least": [0.0, 0.0, 0.0, 1.01 * plain]}
    plan = solve(problem(asked)).require_optimal()
    assert plan.amounts("satellite")["amount"].iloc[-1] >= 1.01 * plain - 1e-6
    prices = plan.shadow_prices().query("kind == 'least amount' and year == 1949")
    assert prices["value"].iloc[0] > 0


def test_too_low_a_ceiling_is_named_and_yields() -> None:
    plan = solve(problem({**CO2, "ceiling": [200.0, 20.0, 200.0, 200.0]}, consumption_floor=0.8))
    assert plan.status == "infeasible"
    text = f"{plan.remedy} {conflict(plan).text}"
    assert "co2 in 1947 of 20 kt at most" in text
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"
    budget = solve(problem({**CO2, "total": 100.0}, consumption_floor=0.9))
    assert budget.status == "infeasible"
    assert "co2 over the whole plan of 100 kt at most" in conflict(budget).text
    assert solve(budget.problem.relaxed(budget.relaxations)).status == "optimal"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"per_output": {"industri": 1.0}}, "did you mean industry"),
        ({"per_import": {"farmin": 1.0}}, "did you mean farming"),
        ({"ceiling": [1.0, 2.0]}, "2 figures for 4 years"),
        ({"other": [1.0, 2.0]}, "2 figures for 4 years"),
        ({"ceiling": 1.0, "least": 2.0}, "above the ceiling"),
        ({"per_output": None}, "amounts per unit of output are not known"),
        ({"relative": True}, "embodied in the base year's imports"),
        ({"efficiency_growth": -1.0}, "efficiency_growth"),
    ],
)
def test_bad_input_is_named(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        problem({**CO2, **keys})


def test_unknown_satellites_are_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean energy"):
        Problem.from_table(table(), 2, conditions={"ceilings": [{"name": "enrgy"}]})
    with pytest.raises(InputError, match="did you mean co2"):
        problem().replace(aims=[{"least_emissions": {"co22": 1.0}}])
    with pytest.raises(InputError, match="aims at nothing"):
        problem().replace(aims=[{"least_emissions": {"co2": 0.0}}])
    with pytest.raises(InputError, match="least_emissions"):
        problem().replace(aims=[{"least_emissions": {"co2": -1.0}}])
    with pytest.raises(InputError, match="stands twice"):
        problem(CO2, CO2)


def test_the_problem_file_of_the_page_is_solved(tmp_path: Path) -> None:
    plan = solve(problem_of_page("ceilings", tmp_path)).require_optimal()
    amounts = plan.amounts("satellite")
    assert len(plan.earlier) == 1
    assert (amounts["amount"] > 0).all()
