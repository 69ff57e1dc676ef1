"""Scrapping and maintenance: agreement, prices, and what pays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from independent import Independent, data_of_problem
from independent_production import add_all
from plan_economies import small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve
from conjuncture.plan.why.explain import explain

OUTPUT = small_table().output
TRUCKS = {
    "name": "trucks", "capital_output": {"services": 0.3, "farming": 0.2},
    "opening": {"services": 0.8 * float(OUTPUT[2]), "farming": 0.3 * float(OUTPUT[0])},
    "depreciation": 0.1, "composition": {"industry": 1.0},
}  # fmt: skip
OLD = {"sectors": "farming", "most": 0.04, "yields": {"industry": 0.1},
       "maintenance": {"services": 0.01}}  # fmt: skip
PARK = {"kind": "trucks", "yields": {"industry": 0.3}, "maintenance": {"services": 0.05}}


def problem(*which: dict[str, Any], assets: Any = (TRUCKS,), **rules: Any) -> Problem:
    chosen = {"assets": list(assets), "scrapping": list(which or (OLD, PARK))}
    base = Problem.from_table(small_table(), 4, **rules)
    return base.replace(capital=1.4 * base.capital, conditions=chosen)


@pytest.mark.slow
def test_agrees_with_an_independent_formulation() -> None:
    plan = solve(problem()).require_optimal()
    p = plan.problem
    rules = p.settings.model_dump() | {"expansion_without_capital": None}
    other = add_all(Independent({**data_of_problem(p), "rules": rules}), p)
    assert plan.aim == pytest.approx(other.solve(), rel=1e-8)
    balances = plan.balances()
    assert balances["residual"].abs().max() < 1e-9
    assert balances["scrap"].sum() > 0
    kept = plan.amounts("kept")
    mine = kept[kept["label"].str.startswith("trucks")]["amount"].sum()
    own = kept[kept["label"] == "farming"]["amount"].sum()
    assert balances["maintenance"].sum() == pytest.approx(0.05 * mine + 0.01 * own)


def test_idle_capital_is_scrapped_when_that_pays_and_else_kept() -> None:
    paying = solve(problem(PARK)).require_optimal()
    first = paying.amounts("scrapping").query("year == 1946").set_index("label")["amount"]
    assert first["trucks: services"] > 0.05 * TRUCKS["opening"]["services"]
    free = {"kind": "trucks", "yields": {"industry": 0.0}, "maintenance": {"services": 0.0}}
    plain = solve(problem().replace(conditions={"scrapping": ()})).require_optimal()
    assert solve(problem(free)).aim == pytest.approx(plain.aim, rel=1e-9)  # nothing is gained
    scrap = solve(problem({**PARK, "maintenance": {}})).require_optimal()
    assert scrap.aim > plain.aim
    assert paying.aim < scrap.aim


def test_the_stock_falls_by_what_is_scrapped_and_worn() -> None:
    plan = solve(problem()).require_optimal()
    frame = plan.investment()
    p, scrapped = plan.problem, frame["scrapped"].to_numpy().reshape(4, 3)
    assert scrapped[:, 0].max() > 0
    wear = frame["wear"].to_numpy().reshape(4, 3)
    np.testing.assert_allclose(wear, (plan.capital[:4] - scrapped) * p.depreciation)
    built = np.vstack([p.works, plan.building])[:4]
    left = plan.capital[:4] - scrapped - wear + built
    np.testing.assert_allclose(plan.capital[1:5, :2], left[:, :2], rtol=1e-8)
    assert (scrapped[:, 0] <= 0.04 * plan.capital[:4, 0] * (1 + 1e-8)).all()


def test_the_price_of_the_share_is_what_more_scrapping_adds() -> None:
    record = {"kind": "trucks", "sectors": "services", "most": 0.02, "yields": {"industry": 0.4}}
    plan = solve(problem(record)).require_optimal()
    rows = plan.shadow_prices().query("kind == 'scrapping share'").set_index("year")["value"]
    stock = plan.amounts("asset stock").query("label == 'trucks: services'")
    held = stock.set_index("year")["amount"]
    step = 1e-7
    gain = solve(problem({**record, "most": 0.02 + step})).require_optimal().aim - plan.aim
    expected = sum(rows[year] * held[year] for year in plan.problem.years)
    assert gain / step == pytest.approx(expected, rel=1e-3)
    assert expected > 0


def test_prices_are_carried_back() -> None:
    plan = solve(problem()).require_optimal()
    for product in plan.problem.sectors:
        e = explain(plan, product, 1947)
        total = sum(root.term.value for root in e.roots)
        assert total == pytest.approx(e.price, rel=1e-8, abs=1e-9)


FAULTS = {
    "kind": ({"kind": "truks"}, "did you mean trucks"),
    "sector": ({"sectors": "industry"}, "unknown sector with this capital"),
    "product": ({"yields": {"industri": 0.1}}, "did you mean industry"),
    "negative": ({"maintenance": {"industry": -0.1}}, "is negative"),
    "nothing": ({"yields": {}, "maintenance": {}}, "yields nothing and saves nothing"),
    "share": ({"most": 1.5}, "less than or equal to 1"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_bad_input_is_refused(name: str) -> None:
    change, message = FAULTS[name]
    with pytest.raises(InputError, match=message):
        problem({**PARK, **change})


def test_capital_named_twice_or_by_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="capital stands twice"):
        problem(PARK, {**PARK, "sectors": "services"})
    bare = Problem.from_table(small_table(), 3).replace(capital=0.0, capital_output=0.0, works=0.0)
    with pytest.raises(InputError, match="no sector has this capital"):
        bare.replace(conditions={"scrapping": [{"yields": {"industry": 0.1}}]})
