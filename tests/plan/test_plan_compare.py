"""Comparisons and what-ifs against direct differences of two solutions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from plan_economies import small_table

from conjuncture.accounts.library import load_table
from conjuncture.core.errors import InfeasibleError, InputError
from conjuncture.plan.changes import Change
from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.compare import compare, read_plan, what_if
from conjuncture.plan.reading.export import write_plan
from conjuncture.plan.solve import solve


def test_differences_are_those_of_the_solutions() -> None:
    a = solve(Problem.from_table(small_table(), 3))
    b = solve(Problem.from_table(small_table(), 3, military_growth=0.1, labour_growth=0.02))
    found = compare(a, b, ("peace", "arms"))
    output = found.differences.query("what == 'output'").set_index(["year", "label"])["difference"]
    p = a.problem
    for (year, label), value in output.items():
        t, j = p.years.index(year), p.sectors.index(label)
        assert value == pytest.approx(b.output[t, j] - a.output[t, j])
    assert found.differences["difference"].abs().is_monotonic_decreasing
    change = b.consumption_level - a.consumption_level
    assert found.by_year["consumption level"].to_numpy() == pytest.approx(change, abs=1e-7)
    military = found.by_year["military"].to_numpy()
    assert military == pytest.approx((b.problem.military - a.problem.military).sum(axis=1))
    assert found.settings["military_growth"] == (0.0, 0.1)
    assert found.text.startswith("arms against peace, 1946-1948: the aim changes by")
    biggest = found.differences.iloc[0]
    assert str(biggest["label"]) in found.text.splitlines()[4]


def test_a_plan_does_not_differ_from_itself() -> None:
    a = solve(Problem.from_table(small_table(), 2))
    found = compare(a, a)
    assert found.differences.empty
    assert found.prices.empty
    assert "No amount differs" in found.text


def test_a_higher_target_costs_its_shadow_price() -> None:
    solution = solve(Problem.from_table(load_table("ussr_1945"), 5)).require_optimal()
    change = Change(what="military", of="metals", years=1947, add=0.01)
    found = what_if(solution, change)
    prices = solution.shadow_prices().set_index(["kind", "label", "year"])["value"]
    cost = prices["product", "metals", 1947] * 0.01
    assert found.aim[1] - found.aim[0] == pytest.approx(-cost, rel=1e-5)
    assert "with military of metals 1947 changed by 0.01" in found.text
    rows = found.differences.query("what == 'military'")
    assert rows["difference"].tolist() == pytest.approx([0.01])


def test_a_target_beyond_reach_names_the_way_out() -> None:
    solution = solve(Problem.from_table(small_table(), 2)).require_optimal()
    with pytest.raises(InfeasibleError, match="industry"):
        what_if(solution, Change(what="military", of="industry", add=1000))


def test_plans_are_read_back_and_foreign_files_refused(tmp_path: Path) -> None:
    a = solve(Problem.from_table(small_table(), 2)).require_optimal()
    b = solve(Problem.from_table(small_table(), 3, discount=0.9)).require_optimal()
    path = write_plan(a, tmp_path / "a.nc")
    found = compare(read_plan(path), b)
    assert found.left_out == ("year 1948",)
    assert "do not compare" in found.text
    direct = compare(a, b)
    assert np.allclose(found.differences["difference"], direct.differences["difference"])
    (tmp_path / "b.nc").write_text("no plan", encoding="utf-8")
    for name, message in (("b.nc", "cannot be read"), ("c.nc", "no such file")):
        with pytest.raises(InputError, match=message):
            read_plan(tmp_path / name)


def test_plans_without_common_ground_are_refused() -> None:
    a = solve(Problem.from_table(small_table(), 2))
    b = solve(Problem.from_table(load_table("ussr_1945"), 2, gestation=1))
    with pytest.raises(InputError) as caught:
        compare(a, solve(Problem.from_table(load_table("usa_1947"), 2)))
    assert len(caught.value.faults) == 3
    with pytest.raises(InputError, match=r"different money|share no sector"):
        compare(a, b)
