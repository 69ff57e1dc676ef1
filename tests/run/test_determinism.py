"""The same draws give the same bits, however members are batched, and never see the future."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from conjuncture.data import catalog
from conjuncture.run import batch
from conjuncture.run.ensemble import Order, order_run, run
from conjuncture.run.scenario import load_scenario
from conjuncture.run.simulate import simulate


def same(left: xr.Dataset, right: xr.Dataset) -> None:
    for name in left.data_vars:
        np.testing.assert_array_equal(left[name].to_numpy(), right[name].to_numpy(), str(name))


def test_a_member_does_not_depend_on_its_batch(order: Order, history: xr.Dataset) -> None:
    alone = simulate(order.spec(), range(7, 9))
    whole = history.sel(scenario="ussr_1945").isel(member=slice(7, 9))
    for name in ("gdp_index", "output", "consumption"):
        np.testing.assert_array_equal(alone.flows[name], whole[name].to_numpy(), name)


def test_a_longer_window_changes_no_earlier_year(order: Order, history: xr.Dataset) -> None:
    longer = simulate(replace(order.spec(), until=order.until + 2), range(4))
    years = order.until - order.scenario.start
    short = history.sel(scenario="ussr_1945").isel(member=slice(0, 4))
    np.testing.assert_array_equal(
        longer.flows["gdp_index"][:, :years], short["gdp_index"].to_numpy()
    )


def test_scenarios_are_paired(history: xr.Dataset) -> None:
    """The control meets the same harvests, armies and parameters."""
    for name in ("harvest", "armed_forces", "parameter_value"):
        planned, control = (history[name].sel(scenario=s) for s in ("ussr_1945", "unplanned"))
        np.testing.assert_array_equal(planned.to_numpy(), control.to_numpy())


def test_another_seed_gives_another_history(order: Order, history: xr.Dataset) -> None:
    other = simulate(replace(order.spec(), seed=order.seed + 1), range(4))
    first = history.sel(scenario="ussr_1945").isel(member=slice(0, 4))
    assert not np.array_equal(other.flows["gdp_index"], first["gdp_index"].to_numpy())


def test_no_run_reads_a_figure_kept_for_judging() -> None:
    order = order_run(load_scenario("ussr_1945"), members=2, until=1951)
    with catalog.watch() as readings:
        run(order)
    assert all(reading.purpose != "judge" for reading in readings)


def test_a_run_does_not_change_when_all_later_figures_are_lost(
    order: Order, history: xr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wall holds: without any figure of 1946 and later the bits are the same."""
    blind = {
        name: item.model_copy(update={"values": item.permitted("fit"), "structural": {}})
        for name, item in catalog.all_series().items()
    }
    monkeypatch.setattr(catalog, "all_series", lambda: blind)
    again = simulate(order.spec(), range(3))
    first = history.sel(scenario="ussr_1945").isel(member=slice(0, 3))
    np.testing.assert_array_equal(again.flows["gdp_index"], first["gdp_index"].to_numpy())


def test_an_interrupted_run_resumes_to_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "SIZE", 2)
    order = order_run(load_scenario("ussr_1945"), members=4, until=1947)
    parts, done = tmp_path / "r.parts", 0

    def interrupt(_arm: str, _count: int) -> None:
        nonlocal done
        done += 1
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(order, parts=parts, progress=interrupt)
    finished = list(parts.rglob("*.nc"))
    assert finished
    stamps = {p: p.stat().st_mtime_ns for p in finished}
    resumed = run(order, parts=parts)
    assert all(p.stat().st_mtime_ns == stamp for p, stamp in stamps.items())
    same(resumed, run(order))


def test_batches_of_another_run_are_not_taken(tmp_path: Path) -> None:
    scenario = load_scenario("ussr_1945")
    parts = tmp_path / "r.parts"
    run(order_run(scenario, members=2, until=1946), parts=parts)
    other = order_run(scenario, members=2, until=1946, seed=7)
    same(run(other, parts=parts), run(other))


def test_worker_processes_change_no_bit(tmp_path: Path) -> None:
    order = order_run(load_scenario("ussr_1945"), members=batch.SIZE + 2, until=1946)
    same(run(order), run(order, parts=tmp_path / "p", workers=2))
