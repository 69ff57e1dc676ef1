"""Kinds of capital: an independent formulation, division of the plan's own, gestation, damage."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from independent import Independent, data_of_problem
from independent_production import add_all
from plan_economies import random_economy, small_table

from conjuncture.accounts.table import Satellites
from conjuncture.core.errors import InputError
from conjuncture.plan.capital_kinds import CapitalKind, shares_of_table, split_capital
from conjuncture.plan.problem import Problem
from conjuncture.plan.settings import Settings
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.explain import explain

OUTPUT = small_table().output
MACHINES = {
    "name": "machines", "capital_output": {"industry": 0.6, "services": 0.4},
    "opening": {"industry": 0.62 * float(OUTPUT[1]), "services": 0.41 * float(OUTPUT[2])},
    "depreciation": {"industry": 0.1, "services": 0.12}, "gestation": 1,
    "composition": {"industry": 1.0}, "damaged": {"industry": 5.0},
}  # fmt: skip
HOUSES = {
    "name": "houses", "capital_output": {"services": 1.5},
    "opening": {"services": 1.5 * float(OUTPUT[2])}, "depreciation": 0.02, "gestation": 3,
    "works": {"services": [3.0, 4.0]},
}  # fmt: skip


def problem(*which: dict[str, Any], aims: Any = None, more: Any = None, **rules: Any) -> Problem:
    chosen = {"assets": list(which or (MACHINES, HOUSES)), **(more or {})}
    given = {"labour_growth": 0.02, "restoration_lag": 2, "damage_decay": 0.1, **rules}
    return Problem.from_table(small_table(), 4, conditions=chosen, aims=aims, **given)


def independent(p: Problem) -> float:
    rules = p.settings.model_dump() | {"expansion_without_capital": None}
    other = Independent({**data_of_problem(p), "rules": rules})
    return add_all(other, p).solve()


@pytest.mark.slow
def test_agrees_with_an_independent_formulation() -> None:
    plan = solve(problem()).require_optimal()
    assert plan.aim == pytest.approx(independent(plan.problem), rel=1e-8)
    assert plan.balances()["residual"].abs().max() < 1e-9
    assert plan.certificate.worst < 1e-7
    paid = plan.balances()["investment in kinds of capital"]
    assert paid.groupby("year").sum()[1946] > 3.0 / 3 + 4.0 / 3  # works go on and more
    assert plan.amounts("asset restoring")["amount"].max() > 0


@pytest.mark.slow
def test_agrees_where_techniques_take_the_capacity_of_kinds() -> None:
    copy = {"name": "lean", "sector": "industry", "capacity": 0.8, "factors": {"industry": 1.05}}
    plan = solve(problem(more={"techniques": [copy]})).require_optimal()
    assert plan.amounts("technique")["amount"].max() > 1.0
    assert plan.aim == pytest.approx(independent(plan.problem), rel=1e-8)


def test_every_kind_limits_output() -> None:
    plan = solve(problem()).require_optimal()
    stock = plan.amounts("asset stock").pivot(index="year", columns="label", values="amount")
    for kind in (MACHINES, HOUSES):
        for sector, ratio in kind["capital_output"].items():
            j = plan.problem.sectors.index(sector)
            room = stock[f"{kind['name']}: {sector}"].loc[1946:1949].to_numpy() / ratio
            assert (plan.output[:, j] <= room * (1 + 1e-8)).all()


SAME = {"buildings": CapitalKind(0.6), "machines": CapitalKind({"farming": 0.4, "industry": 0.4})}


@pytest.mark.parametrize("kinds", [SAME, {"buildings": CapitalKind(0.6)}])
def test_kinds_that_are_alike_give_the_plan_of_one_capital(kinds: Any) -> None:
    whole = Problem.from_table(small_table(), 4, labour_growth=0.02)
    whole = whole.replace(damaged=0.02 * whole.capital, settings={"contraction": 0.02})
    plain = solve(whole).require_optimal()
    plan = solve(split_capital(whole, kinds)).require_optimal()
    assert plan.aim == pytest.approx(plain.aim, rel=1e-8)
    left = split_capital(whole, kinds).capital
    assert left.sum() == pytest.approx(0.0 if len(kinds) == 2 else 0.4 * whole.capital.sum())
    goal = [{"terminal_capital": 1.0}]
    floor = {"consumption_floor": np.full(4, 0.9), "aims": goal}
    one = solve(whole.replace(**floor)).require_optimal()
    two = solve(split_capital(whole.replace(**floor), kinds)).require_optimal()
    assert two.aim == pytest.approx(one.aim, rel=1e-8)  # stocks and paid works count alike


def test_a_sector_with_a_gestation_of_its_own() -> None:
    """A kind in place of a sector's capital is how one sector builds longer than others."""
    whole = Problem.from_table(small_table(), 5, labour_growth=0.05, gestation=1)
    slow = split_capital(whole, {"works": CapitalKind({"industry": 1.0}, gestation=3)})
    assert slow.capital_output[1] == 0.0
    assert slow.conditions.assets[0].works["industry"] == pytest.approx(
        (whole.depreciation[1] * whole.capital[1],) * 2
    )
    last = solve(slow).require_optimal()
    idle = [slow.conditions.assets[0].model_copy(update={"works": {}})]
    assert solve(slow.replace(conditions={"assets": idle})).require_optimal().aim < last.aim
    grown = last.amounts("asset stock").set_index("year")["amount"]
    assert grown[1949] == pytest.approx(
        (1 - whole.depreciation[1]) * grown[1948]
        + last.amounts("asset build").set_index("year")["amount"][1946]
    )


def test_shares_from_satellites_of_a_table() -> None:
    used = np.array([[30.0, 60.0, 0.0], [10.0, 90.0, 0.0], [1.0, 2.0, 3.0]])
    satellites = Satellites(
        ("plant", "houses", "co2"), ("million", "million", "kt"), ("u", "u", "u"), used,
        np.zeros((3, 6)),
    )  # fmt: skip
    table = dataclasses.replace(small_table(), satellites=satellites)
    shares = shares_of_table(table, {"machines": "plant", "buildings": "houses"})
    assert shares["machines"] == {"farming": 0.75, "industry": 0.4}
    kinds = {name: CapitalKind(share) for name, share in shares.items()}
    p = split_capital(Problem.from_table(table, 3), kinds)
    assert p.capital.sum() == 0.0
    assert p.conditions.assets[0].opening["farming"] == pytest.approx(
        0.75 * Problem.from_table(table, 3).capital[0]
    )
    with pytest.raises(InputError, match="did you mean plant"):
        shares_of_table(table, {"machines": "plnt"})
    with pytest.raises(InputError, match="different units"):
        shares_of_table(table, {"machines": "plant", "air": "co2"})
    bad = dataclasses.replace(satellites, used=-used)
    with pytest.raises(InputError, match="is negative"):
        shares_of_table(dataclasses.replace(table, satellites=bad), {"machines": "plant"})


def test_shares_that_do_not_fit_are_refused() -> None:
    whole = Problem.from_table(small_table(), 3)
    for kinds, message in (
        ({"a": CapitalKind({"services": 0.5})}, "unknown sector with capital"),
        ({"a": CapitalKind(0.7), "b": CapitalKind(0.5)}, "shares exceed 1"),
        ({"a": CapitalKind({"farming": -0.5})}, "is negative"),
    ):
        with pytest.raises(InputError, match=message):
            split_capital(whole, kinds)


def test_opening_stock_and_damage_have_the_prices_that_perturbing_shows() -> None:
    short = {**MACHINES, "opening": {**MACHINES["opening"], "industry": 0.55 * float(OUTPUT[1])}}
    plan = solve(problem(short, contraction=None)).require_optimal()
    prices = plan.shadow_prices().set_index(["kind", "label", "year"])["value"].sort_index()
    price = prices["opening asset capital", "machines: industry", 1946]
    step = 1e-4
    opening = {**short["opening"], "industry": short["opening"]["industry"] + step}
    more = solve(problem({**short, "opening": opening}, contraction=None)).require_optimal()
    assert (more.aim - plan.aim) / step == pytest.approx(price, rel=1e-4)
    assert price > 0
    mended = {**short, "damaged": {"industry": 5.0 + step}}
    more = solve(problem(mended, contraction=None)).require_optimal()
    price = prices["opening asset damage", "machines: industry", 1946]
    assert (more.aim - plan.aim) / step == pytest.approx(price, rel=1e-4, abs=1e-9)
    found = plan.bottlenecks().query("kind == 'asset capacity' and year == 1946")
    row = found.set_index("label").loc["machines: industry"]
    assert row["amount"] == pytest.approx(short["opening"]["industry"])
    assert row["worth"] == pytest.approx(row["amount"] * row["value"])


def test_a_price_is_carried_back_to_the_kind_that_is_short() -> None:
    short = {**MACHINES, "opening": {**MACHINES["opening"], "industry": 0.55 * float(OUTPUT[1])}}
    plan = solve(problem(short, contraction=None)).require_optimal()
    e = explain(plan, "industry", 1946)
    assert "asset capacity" in {root.term.kind for root in e.roots}
    assert sum(root.share for root in e.roots) == pytest.approx(1.0, rel=1e-8)
    assert "the capital of kind machines: industry in 1946 is fully used" in e.text


def test_output_falls_in_the_first_year_to_what_every_kind_allows() -> None:
    short = {**MACHINES, "opening": {**MACHINES["opening"], "services": 0.37 * float(OUTPUT[2])}}
    plan = solve(problem(short, contraction=0.05)).require_optimal()
    assert 0.9 * OUTPUT[2] < plan.output[0, 2] <= 0.93 * OUTPUT[2]


def test_capital_that_cannot_be_left_yields() -> None:
    late = {**HOUSES, "gestation": 5, "depreciation": 0.05, "works": {},
            "opening": {"services": 1.95 * float(OUTPUT[2])}}  # fmt: skip
    plan = solve(problem(MACHINES, late, contraction=0.0, terminal_growth=0.1))
    assert plan.status == "infeasible"
    assert "terminal capital of houses: services" in plan.remedy
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_what_is_left_contradicts_what_is_eaten() -> None:
    """Ovens wear by a tenth and take longer to build than the plan lasts."""
    ovens = {"name": "ovens", "capital_output": {"bread": 1.0}, "opening": {"bread": 100.0},
             "depreciation": 0.1, "gestation": 5, "composition": {"bread": 1.0}}  # fmt: skip
    p = Problem.from_arrays(
        sectors=("bread",), years=(1950, 1951), output=[100.0], coefficients=[[0.0]],
        consumption=[100.0], consumption_floor=[0.85, 0.85], conditions={"assets": [ovens]},
        settings=Settings.of(consumption_band=None, contraction=None),
    )  # fmt: skip
    plan = solve(p)
    found = conflict(plan)
    assert {demand.kind for demand in found.demands} == {"asset end", "floor"}
    assert "capital of ovens: bread left for" in found.text
    assert solve(p.relaxed(plan.relaxations)).status == "optimal"


@pytest.mark.slow
def test_composition_by_sector_where_the_plan_has_it() -> None:
    table = dataclasses.replace(
        small_table(),
        capital_composition=np.array([[0.1, 0.0, 0.0], [0.9, 0.8, 1.0], [0.0, 0.2, 0.0]]),
    )
    chosen = {"assets": [{**MACHINES, "composition": {}, "damaged": {}}]}
    p = Problem.from_table(table, 3, conditions=chosen)
    plan = solve(p).require_optimal()
    assert set(plan.amounts("asset outlay")["label"]) == {
        "machines: industry",
        "machines: services",
    }
    assert plan.aim == pytest.approx(independent(p), rel=1e-8)


FAULTS = {
    "sector": ({"capital_output": {"industri": 1.0}, "opening": {}}, "did you mean industry"),
    "ratio": ({"capital_output": {"services": 0.0}}, "is not above 0"),
    "none": ({"capital_output": {}, "opening": {}}, "at least 1 item"),
    "opening": ({"opening": {"farming": 1.0}}, "unknown sector of this kind"),
    "negative": ({"opening": {"services": -1.0}}, "is negative"),
    "wear": ({"depreciation": 1.5}, "is not a share"),
    "wear by sector": ({"depreciation": {}}, "has no wear"),
    "works": ({"works": {"services": [1.0, 2.0, 3.0]}}, "has 3 figures where works of 2 years"),
    "no works": ({"gestation": 1, "works": {"services": 1.0}}, "works of 0 years"),
    "negative works": ({"works": {"services": -1.0}}, "is negative"),
    "composition": ({"composition": {"industry": 0.5}}, "add up to 1"),
    "product": ({"composition": {"industri": 1.0}}, "did you mean industry"),
    "damage": ({"damaged": {"services": -1.0}}, "is negative"),
    "gestation": ({"gestation": 0}, "greater than or equal to 1"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_bad_input_is_refused(name: str) -> None:
    change, message = FAULTS[name]
    with pytest.raises(InputError, match=message):
        problem({**HOUSES, "works": {}, **change})


def test_names_twice_and_closed_sectors_are_refused() -> None:
    with pytest.raises(InputError, match="stands twice"):
        problem(HOUSES, HOUSES)
    arrays = random_economy(2, 4, 2)
    arrays["output"][3] = 0.0
    kind = {"name": "k", "capital_output": {"s3": 1.0}, "opening": {}, "depreciation": 0.1}
    with pytest.raises(InputError, match="stays closed"):
        Problem.from_arrays(**arrays, conditions={"assets": [kind]}, settings=Settings())
