"""Sweeps: equal to plans solved one by one, the same however spread, resumed, nothing lost."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from plan_economies import random_economy, small_table
from typer.testing import CliRunner

from conjuncture.accounts.library import load_table
from conjuncture.cli.app import app
from conjuncture.core.errors import InputError
from conjuncture.plan.changes import Change
from conjuncture.plan.many import sweep as sweep_module
from conjuncture.plan.many.sweep import OUTCOMES, sweep
from conjuncture.plan.many.variants import Variant, read_variants
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve


def _economy() -> Problem:
    return Problem.from_arrays(**random_economy(3, 8, 4))


def _drawn(problem: Problem, count: int) -> dict[str, dict[str, np.ndarray]]:
    """Other labour, trade limits and war losses."""
    draw = np.random.default_rng(7)
    found = {}
    for k in range(count):
        lost = draw.uniform(0.0, 0.1, problem.size) * (k % 2)
        found[f"v{k}"] = {
            "labour_available": problem.labour_available * draw.uniform(0.97, 1.1),
            "imports_high": problem.imports_high * draw.uniform(1.0, 1.1, problem.size),
            "capital": problem.capital * (1 - lost),
            "damaged": 0.5 * lost * problem.capital,
        }
    return found


def _same(one: xr.Dataset, other: xr.Dataset) -> None:
    assert set(one) == set(other)
    for name in one.variables:
        first, second = one[name].to_numpy(), other[name].to_numpy()
        assert first.tobytes() == second.tobytes() or (first == second).all(), name


def test_each_variant_equals_its_own_plan() -> None:
    problem = _economy()
    variants = _drawn(problem, 6)
    data = sweep(problem, variants, outcomes=tuple(OUTCOMES), explain=False)
    assert set(data["status"].to_numpy()) >= {"optimal"}
    started = 0
    for k, changes in enumerate(variants.values()):
        plan = solve(problem.replace(**changes), method="simplex", explain=False)
        got = data.isel(variant=k)
        assert got["status"].item() == plan.status
        if plan.status != "optimal":
            continue
        started += "from the reference" in got["method"].item()
        assert got["aim"].item() == pytest.approx(plan.aim, rel=1e-9)
        assert got["certificate"].item() < 1e-7
        for name in ("consumption_level", "output", "capital", "building", "imports"):
            expected = getattr(plan, name)
            np.testing.assert_allclose(got[name], expected, atol=1e-6 * problem.output.max())
        own = plan.to_dataset()
        for name in ("price_product", "price_labour", "price_trade_account"):
            np.testing.assert_allclose(got[name], own[name], rtol=1e-6, atol=1e-7)
    assert started >= 4  # of both forms: with damage and without


def test_order_company_and_workers_change_no_bit(tmp_path: Path) -> None:
    problem = _economy()
    variants = _drawn(problem, 5)
    alone = sweep(problem, variants)
    backwards = dict(reversed(list(variants.items())))
    _same(alone, sweep(problem, backwards).sel(variant=list(variants)))
    _same(alone.isel(variant=[3]), sweep(problem, {"v3": variants["v3"]}))
    spread = sweep(problem, variants, workers=2, out=tmp_path / "s.nc")
    _same(alone, spread)
    with xr.open_dataset(tmp_path / "s.nc", engine="h5netcdf") as written:
        _same(alone, written.load())
    assert [p.name for p in tmp_path.iterdir()] == ["s.nc"]


def test_an_interrupted_sweep_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = _economy()
    variants, out = _drawn(problem, 5), tmp_path / "s.nc"

    def stop(done: int, total: int, name: str, status: str) -> None:
        assert total == 5
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(problem, variants, out=out, progress=stop)
    assert not out.exists()
    solved: list[str] = []
    own = sweep_module._Task.solve

    def counted(task: object, variant: Variant) -> object:
        solved.append(variant.name)
        return own(task, variant)

    monkeypatch.setattr(sweep_module._Task, "solve", counted)
    seen: list[int] = []
    again = sweep(problem, variants, out=out, progress=lambda done, *_: seen.append(done))
    assert solved == ["v3", "v4"]  # nothing is lost, and nothing done twice
    assert seen == [4, 5]
    monkeypatch.undo()
    _same(again, sweep(problem, variants))


def test_parts_of_another_sweep_are_refused(tmp_path: Path) -> None:
    problem = _economy()
    out = tmp_path / "s.nc"

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for name, other in (("labour", 1.01), ("labour", 1.02)):
        variants = {name: {"labour_available": other * problem.labour_available}}
        if other == 1.01:
            with pytest.raises(KeyboardInterrupt):
                sweep(problem, variants, out=out, progress=stop)
            continue
        with pytest.raises(InputError, match="another sweep"):
            sweep(problem, variants, out=out)


def test_a_variant_without_a_plan_is_kept_with_its_reason() -> None:
    problem = Problem.from_table(load_table("usa_1947"), 3)
    data = sweep(
        problem,
        {"base": {}, "hungry": {"consumption_floor": [0, 1.5, 0]}},
        outcomes=["consumption_level"],
    )
    assert list(data["status"].to_numpy()) == ["optimal", "infeasible"]
    assert data["reason"][0].item() == ""
    assert "consumption floor 1949: short by" in data["reason"][1].item()
    assert np.isnan(data["aim"][1])
    assert np.isnan(data["consumption_level"][1]).all()
    assert data["aim"][0] == pytest.approx(solve(problem).aim)


def test_a_plan_without_a_reference_is_swept_afresh() -> None:
    problem = Problem.from_table(small_table(), 3, consumption_floor=3.0)
    data = sweep(problem, {"low": {"consumption_floor": 0.0}, "same": {}}, explain=False)
    assert list(data["status"].to_numpy()) == ["optimal", "infeasible"]
    assert "reference" not in data["method"][0].item()


def test_a_form_without_a_basis_is_solved_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = _economy()
    variants = _drawn(problem, 2)
    expected = sweep(problem, variants)["aim"]
    monkeypatch.setattr(sweep_module.warm, "_LIMIT", 0)
    data = sweep(problem, variants)
    assert all("afresh (no optimum in 0 steps" in text for text in data["method"].to_numpy())
    np.testing.assert_allclose(data["aim"], expected, rtol=1e-9)


YAML = """
title: other worlds
variants:
  - {name: base}
  - name: fewer hands
    changes:
      - {what: labour_available, times: 0.97}
      - {what: capital, of: [industry, farming], times: 0.95, reason: war}
"""
CSV = """name,what,of,years,times,set,reason
base,,,,,,
fewer hands,labour_available,,,0.97,,
fewer hands,capital,industry;farming,,0.95,,war
"""


def test_both_forms_of_file_say_the_same(tmp_path: Path) -> None:
    problem = Problem.from_table(small_table(), 3)
    for name, text in (("v.yaml", YAML), ("v.csv", CSV)):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        base, fewer = read_variants(path)
        assert (base.name, fewer.name) == ("base", "fewer hands")
        np.testing.assert_array_equal(base.of(problem).capital, problem.capital)
        expected = problem.capital * [0.95, 0.95, 1.0]
        np.testing.assert_allclose(fewer.of(problem).capital, expected)
        np.testing.assert_allclose(
            fewer.of(problem).labour_available, 0.97 * problem.labour_available
        )


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "v.yaml"
    path.write_text("variants: [{name: a, chnges: []}, {changes: [{wht: x}]}]", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_variants(path)
    text = str(caught.value)
    assert "changes" in text
    assert "variants.1.name" in text
    assert "what" in text
    path = tmp_path / "v.csv"
    path.write_text("name,waht,years,times\na,capital,soon,much\n,x,1,2\nb,c\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_variants(path)
    text = str(caught.value)
    for part in ("waht", "what", "line 2.years", "line 2.times", "line 3", "line 4"):
        assert part in text, part
    with pytest.raises(InputError, match=r"\.yaml or \.csv"):
        read_variants(tmp_path / "v.txt")


def test_every_fault_of_a_sweep_is_told_at_once(tmp_path: Path) -> None:
    problem = Problem.from_table(small_table(), 3)
    variants = [
        Variant("a", [Change(what="capital", of=("industri",), times=(0.9,))]),
        Variant("a", {"capitl": 1.0}),
        Variant("b", {"capital": -1.0}),
        Variant("c", {"years": (1950, 1951, 1952)}),
    ]
    with pytest.raises(InputError) as caught:
        sweep(problem, variants, outcomes=["outptu"], workers=0, out=tmp_path / "s.csv")
    text = str(caught.value)
    for part in ("industry", "'capitl'", "capital", "output", "twice", "worker", ".nc", "years"):
        assert part in text, part
    with pytest.raises(InputError, match="no variants"):
        sweep(problem, {})


PAGE = (Path(__file__).parents[2] / "docs" / "sweeps.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_code_of_the_page_runs() -> None:
    names: dict[str, object] = {}
    for block in _blocks("python"):
        exec(compile(block, "docs/sweeps.md", "exec"), names)
    assert set(OUTCOMES) <= set(re.findall(r"`(\w+)`", PAGE))


def test_files_and_command_of_the_page_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("variants.yaml").write_text(_blocks("yaml")[0], encoding="utf-8")
    Path("variants.csv").write_text(_blocks("csv")[0], encoding="utf-8")
    for one, other in zip(
        read_variants(Path("variants.yaml")), read_variants(Path("variants.csv")), strict=True
    ):
        assert one == other
    command = shlex.split(_blocks("sh")[0])[1:]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0, shown.output
    assert "optimal: 3 of 3" in shown.output
    with xr.open_dataset("sweep.nc", engine="h5netcdf") as data:
        assert data.sizes["variant"] == 3
        assert "output" in data
        assert "price_product" not in data
    command = ["plan", "sweep", "ussr_1945", "variants.csv", "--out", "b.nc", "--json"]
    listed = json.loads(CliRunner().invoke(app, command).stdout)
    assert [row["status"] for row in listed["variants"]] == ["optimal"] * 3
