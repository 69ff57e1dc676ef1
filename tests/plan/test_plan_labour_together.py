"""Moves, working time, mobility, groups and wants in one plan, as solved, read and shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from independent_labour import Extended
from plan_economies import small_table
from typer.testing import CliRunner

from conjuncture.cli.app import app
from conjuncture.plan.conditions.all import PARTS
from conjuncture.plan.problem import Problem
from conjuncture.plan.problem_file import read_problem
from conjuncture.plan.reading.compare import compare
from conjuncture.plan.reading.export import write_plan
from conjuncture.plan.reading.plots import balance_figure, flow_figure
from conjuncture.plan.solve import solve
from conjuncture.plan.why.explain import explain

GIVEN: dict[str, list[dict[str, Any]]] = {
    "moves": [
        {
            "name": "schooling", "source": "persons", "target": "engineers", "years": 2,
            "products": {"services": 0.2}, "trainers": {"engineers": 0.05}, "limit": 0.4,
            "share": 0.01, "retirement": 0.02, "under_way": [0.3],
        },
        {"name": "leaving", "source": "engineers", "target": "persons", "share": 0.02},
    ],
    "overtime": [
        {
            "kind": "persons", "hours": [1, 0.99, 0.98, 0.97, 0.96], "recovered": 0.2,
            "most": 0.03, "productivity": 0.9, "cost": 0.05, "total": 4.0,
        },
        {"kind": "engineers", "most": [0.0, 0.02, 0.02, 0.01, 0.0], "cost": 1.0},
    ],
    "mobility": [
        {"kind": "persons", "rise": 0.05, "fall": 0.03, "allowance": 0.5, "between": 0.02}
    ],
    "households": [
        {"name": "workers", "share": 0.5, "shares": {"services": 0.4}, "floor": 1.0, "size": 50},
        {
            "name": "farmers", "share": 0.2, "relative": 0.8, "weight": 0.7, "band": 0.05,
            "amounts": {"farming": 5.0},
        },
    ],
    "wants": [
        {
            "product": "industry",
            "segments": [{"to": 0.05, "weight": 1.1}, {"to": 0.3, "weight": 0.6}],
        },
        {
            "product": "farming",
            "counted": "all",
            "segments": [{"to": 1.0, "weight": 0.9}, {"to": 1.2, "weight": 0.5}],
        },
    ],
}  # fmt: skip
AIMS = [{"consumption": 1.0, "wants": 1.0}]


def base(engineers: float = 0.9) -> Problem:
    problem = Problem.from_table(small_table(), 5, labour_kinds=("persons", "engineers"))
    path = np.linspace([1.0, 1.0], [1.1, engineers], 5)
    return problem.replace(labour_available=problem.labour_available * path)


@pytest.fixture(scope="module")
def plan() -> Any:
    return solve(base().replace(conditions=GIVEN, aims=AIMS)).require_optimal()


def test_all_five_agree_with_an_independent_formulation(plan: Any) -> None:
    assert plan.aim == pytest.approx(Extended(base(), GIVEN, 1.0).solve(), rel=1e-9)
    assert plan.certificate.worst < 1e-9
    assert plan.balances()["residual"].abs().max() < 1e-9
    for block in ("move", "overtime", "shorter hours", "leaving", "household", "want"):
        assert plan.amounts(block)["amount"].max() > 1e-3, block
    assert (plan.amounts("move").groupby("label")["amount"].max() > 1e-3).all()


@pytest.mark.parametrize("yields", [1.0, 1.5])
def test_too_few_engineers_are_named_whatever_the_first_method_says(yields: float) -> None:
    moves = [GIVEN["moves"][0], {**GIVEN["moves"][1], "yields": yields}]
    plan = solve(base(0.7).replace(conditions={**GIVEN, "moves": moves}, aims=AIMS))
    assert plan.status == "infeasible"
    assert "places of schooling 1948" in plan.remedy
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_every_part_of_the_price_is_named(plan: Any) -> None:
    for product in plan.problem.sectors:
        for year in plan.problem.years:
            found = explain(plan, product, year)
            parts = sum(root.term.value for root in found.roots)
            assert parts == pytest.approx(found.price, abs=1e-8)
            assert sum(term.value for term in found.level_terms) == pytest.approx(
                found.level_weight, abs=1e-6
            )
    text = explain(plan, "industry", 1947).text
    for words in ("Labour that begins to move", "Overtime", "shorter hours", "workers", "farmers"):
        assert words in text


def test_what_conditions_do_is_written_with_the_plan(plan: Any, tmp_path: Path) -> None:
    import xarray as xr

    path = write_plan(plan, tmp_path / "plan.nc")
    with xr.open_dataset(path) as data:
        assert {"amount_move", "amount_under_way", "amount_want_met"} <= set(data.data_vars)
        assert all(data[name].attrs["unit"] for name in data.data_vars)
    json.dumps(plan.summary()["conditions"])


def test_figures_and_comparisons_count_what_conditions_take(plan: Any) -> None:
    (axis,) = balance_figure(plan, "services").axes
    heights: dict[float, float] = {}
    for bar in axis.patches:
        heights[round(bar.get_x(), 3)] = heights.get(round(bar.get_x(), 3), 0.0) + bar.get_height()
    sides = [heights[x] for x in sorted(heights)]
    assert sides[::2] == pytest.approx(sides[1::2])
    (axis,) = flow_figure(plan, "industry", 1946).axes
    assert "consumption of groups" in " ".join(text.get_text() for text in axis.texts)
    plain = solve(base()).require_optimal()
    found = compare(plain, plan).by_year["consumption"].to_numpy()
    totals = plan.balances().groupby(level="year").sum()
    whole = totals[["consumption", "consumption of groups", "additional consumption"]].sum(axis=1)
    before = plain.balances()["consumption"].groupby(level="year").sum()
    np.testing.assert_allclose(found, whole - before, atol=1e-6)


def test_a_plan_without_conditions_is_as_before() -> None:
    plain = base()
    empty = plain.replace(conditions={part.name: () for part in PARTS})
    first, second = solve(plain).model, solve(empty).model
    assert first.rows.size == second.rows.size
    np.testing.assert_array_equal(first.matrix.toarray(), second.matrix.toarray())
    np.testing.assert_array_equal(first.cost, second.cost)
    weights = plain.consumption.sum() * 0.95 ** np.arange(5) / first.aim_scale
    np.testing.assert_array_equal(first.cost[first.columns["level"]], weights)


FILE = {
    "table": "usa_1947",
    "years": 3,
    "aims": AIMS,
    "conditions": {
        "overtime": [{"kind": "persons_engaged", "most": 0.02, "cost": 1.0}],
        "households": [{"name": "farmers", "share": 0.1, "floor": 1.0, "size": 5_000_000}],
        "wants": [{"product": "311FT", "segments": [{"to": 0.1, "weight": 1.2}]}],
    },
}


def test_the_command_line_shows_groups_and_conditions(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump(FILE), encoding="utf-8")
    shown = CliRunner().invoke(app, ["plan", "solve", str(path)])
    assert shown.exit_code == 0, shown.output
    for words in ("Consumption by group", "farmers", "all others", "Overtime", "311FT to 0.1"):
        assert words in shown.output
    found = json.loads(CliRunner().invoke(app, ["plan", "solve", str(path), "--json"]).output)
    groups = found["households"]
    assert [row["group"] for row in groups[:2]] == ["farmers", "all others"]
    assert groups[1]["per_head"] is None
    assert {row["block"] for row in found["conditions"]} >= {"overtime", "household", "want"}
    plan = solve(read_problem(path)).require_optimal()
    assert found["aim"] == pytest.approx(plan.aim)
    text = CliRunner().invoke(app, ["plan", "explain", str(path), "--year", "1949"]).output
    assert "Consumption of farmers in 1949 is" in text
    totals = plan.balances().groupby(level="year").sum()
    whole = totals[["consumption", "consumption of groups", "additional consumption"]].sum(axis=1)
    assert f"{whole.iloc[0]:,.0f}" in shown.output


def test_conditions_and_aims_are_listed() -> None:
    rows = json.loads(CliRunner().invoke(app, ["plan", "conditions", "--json"]).output)
    assert {row["condition"] for row in rows} == {part.name for part in PARTS}
    assert all(row["description"] for row in rows)
    mine = json.loads(CliRunner().invoke(app, ["plan", "conditions", "wants", "--json"]).output)
    assert mine == [row for row in rows if row["condition"] == "wants"]
    assert "segments.weight" in {row["key"] for row in mine}
    shown = CliRunner().invoke(app, ["plan", "conditions", "moves"]).output
    assert "retirement" in shown
    assert "fall" not in {line.split("│")[1].strip() for line in shown.splitlines() if "│" in line}
    aims = json.loads(CliRunner().invoke(app, ["plan", "aims", "--json"]).output)
    assert {"consumption", "wants", "slack"} <= {row["aim"] for row in aims}
    refused = CliRunner().invoke(app, ["plan", "conditions", "move"])
    assert "did you mean moves" in str(refused.exception)
