"""Doubt about coefficients reaches the plan: members are plans of their own tables."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import Table
from conjuncture.accounts.uncertainty import drawn_table, ensemble
from conjuncture.cli.app import app
from conjuncture.core.errors import InputError
from conjuncture.plan.many.ensemble import plan_ensemble, scarcities, spread
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve


@pytest.fixture(scope="module")
def table() -> Table:
    return load_table("ussr_1945", "usa_1947_official")


@pytest.fixture(scope="module")
def data(table: Table) -> xr.Dataset:
    return plan_ensemble(ensemble(table, 0.3, members=6, seed=4), 4, labour_growth=0.02)


def test_each_member_is_the_plan_of_its_table(table: Table, data: xr.Dataset) -> None:
    assert data.sizes["member"] == 6
    assert set(data["status"].to_numpy()) == {"optimal"}
    for member in (0, 3, 5):
        drawn = drawn_table(table, 0.3, member=member, seed=4)
        alone = solve(Problem.from_table(drawn, 4, labour_growth=0.02))
        assert float(data["aim"][member]) == pytest.approx(alone.aim, rel=1e-8)
    assert float(data["gap"].max()) < 1e-7
    assert all("unit" in data[name].attrs for name in data.data_vars)
    assert data["output"].dims == ("member", "year", "sector")


def test_no_doubt_is_no_spread_and_more_doubt_is_more(table: Table, data: xr.Dataset) -> None:
    sure = plan_ensemble(ensemble(table, 0.0, members=2, seed=4), 4, labour_growth=0.02)
    alone = solve(Problem.from_table(table, 4, labour_growth=0.02))
    np.testing.assert_allclose(sure["aim"], alone.aim, rtol=1e-8)
    few = plan_ensemble(ensemble(table, 0.05, members=6, seed=4), 4, labour_growth=0.02)
    assert 0 < float(few["aim"].std()) < float(data["aim"].std())


def test_the_spread_is_of_the_members(data: xr.Dataset) -> None:
    found = spread(data, (0.0, 0.5, 1.0))
    np.testing.assert_array_equal(found["aim"][0], data["aim"].min())
    np.testing.assert_array_equal(found["output"].sel(quantile=1.0), data["output"].max("member"))
    assert found["output"].attrs["unit"] == data["output"].attrs["unit"]
    assert (found.attrs["members"], found.attrs["solved"]) == (6, 6)
    with pytest.raises(InputError, match="between 0 and 1"):
        spread(data, (0.5, 95))


def test_what_limits_the_plans_is_counted(table: Table, data: xr.Dataset) -> None:
    frame = scarcities(data)
    assert ((frame["members"] > 0) & (frame["members"] <= 1)).all()
    assert (frame["low"] <= frame["median"]).all()
    drawn = drawn_table(table, 0.3, member=2, seed=4)
    own = solve(Problem.from_table(drawn, 4, labour_growth=0.02)).bottlenecks()
    worth = data["worth"].isel(member=2)
    assert float(worth.sum()) == pytest.approx(own["worth"].sum(), rel=1e-6)


def test_members_without_a_plan_say_so_and_the_others_stay(table: Table) -> None:
    def change(problem: Problem) -> Problem:
        demand = 50.0 if change.calls == 1 else 0.0  # type: ignore[attr-defined]
        change.calls += 1  # type: ignore[attr-defined]
        return problem.replace(military=problem.military + demand * problem.output)

    change.calls = 0  # type: ignore[attr-defined]
    found = plan_ensemble(ensemble(table, 0.1, members=3, seed=1), 3, change=change,
                          keep=["output", "consumption_level"])  # fmt: skip
    assert found["status"].to_numpy().tolist() == ["optimal", "infeasible", "optimal"]
    assert np.isnan(found["output"][1]).all()
    assert np.isfinite(found["output"][[0, 2]]).all()
    assert spread(found).attrs["solved"] == 2
    assert "imports" not in found
    none = plan_ensemble([table], 3, change=lambda p: p.replace(military=50 * p.output + 0))
    with pytest.raises(InputError, match="no member has an optimal plan"):
        spread(none)
    assert scarcities(none).empty


def test_wrong_ensembles_are_refused(table: Table) -> None:
    with pytest.raises(InputError, match="no table"):
        plan_ensemble([], 3)
    with pytest.raises(InputError, match="discount"):
        plan_ensemble([table], 3, discont=0.9)
    with pytest.raises(InputError, match="output"):
        plan_ensemble([table], 3, keep=["outputs"])
    other = dataclasses.replace(table, sectors=("farming", *table.sectors[1:]))
    with pytest.raises(InputError, match="farming"):
        plan_ensemble([table, other], 3)


def test_the_command(tmp_path: Path) -> None:
    out = tmp_path / "members.nc"
    words = ["plan", "ensemble", "ussr_1945", "--years", "3", "--members", "3", "--variation",
             "0.2", "--variant", "china_1987_official", "--out", str(out), "--json"]  # fmt: skip
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert (shown["members"], shown["solved"]) == (3, 3)
    assert [row["year"] for row in shown["consumption_level"]] == [1946, 1947, 1948]
    with xr.open_dataset(out, engine="h5netcdf") as again:
        assert again.sizes["member"] == 3
        assert again.attrs["seed"] == 1
