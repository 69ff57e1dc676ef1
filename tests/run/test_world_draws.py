"""The world: same seed, same bits, whatever the batches and workers; no look at the future."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_worlds import small

from conjuncture.data import catalog
from conjuncture.run import batch
from conjuncture.run.ensemble import Arm, order_run, run_arms
from conjuncture.run.scenario import Shock, load_scenario
from conjuncture.run.simulate import Trajectory, simulate

SHORT = small(until=1950)


@pytest.fixture(scope="module")
def first() -> Trajectory:
    return simulate(SHORT, range(4))


def same(left: Trajectory, right: Trajectory, members: slice, years: int) -> None:
    """Compare all that is kept of the first years; ``left`` has other members or more years."""
    whole = slice(None)
    assert left.flows.keys() == right.flows.keys()
    for name, value in left.flows.items():
        np.testing.assert_array_equal(value[:, :years], right.flows[name][members, whole], name)
    for name, value in left.stocks.items():
        np.testing.assert_array_equal(
            value[:, : years + 1], right.stocks[name][members, whole], name
        )


def test_a_member_has_the_same_bits_in_any_batch(first: Trajectory) -> None:
    same(simulate(SHORT, range(2, 4)), first, slice(2, 4), 5)


def test_a_longer_window_changes_no_earlier_year(first: Trajectory) -> None:
    same(simulate(replace(SHORT, until=1953), range(4)), first, slice(0, 4), 5)


def test_another_seed_gives_other_bits(first: Trajectory) -> None:
    other = simulate(replace(SHORT, seed=SHORT.seed + 1), range(4))
    assert not np.array_equal(other.flows["gdp"], first.flows["gdp"])


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_workers_and_the_size_of_batches_change_no_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    order = order_run(load_scenario("1945"), members=4, until=1947)
    arms = [Arm("main", "", small(until=1947))]
    whole = run_arms(arms, order)
    monkeypatch.setattr(batch, "SIZE", 2)
    split = run_arms(arms, order, parts=tmp_path / "parts", workers=workers)
    for name in whole[0].data_vars:
        np.testing.assert_array_equal(whole[0][name], split[0][name], str(name))


def test_arms_meet_the_same_draws(first: Trajectory) -> None:
    """An embargo from 1949 leaves the years before it and the parameters as they were."""
    shock = Shock(
        lever="lever_embargo",
        year=1949,
        until=1950,
        territory=("USA",),
        partner=("GBR", "FRA"),
        reason="a supposition of this test",
    )
    arm = simulate(replace(SHORT, shocks=(*SHORT.shocks, shock)), range(4))
    for name, value in first.parameters.items():
        np.testing.assert_array_equal(arm.parameters[name], value, name)
    for name, value in first.flows.items():
        np.testing.assert_array_equal(arm.flows[name][:, :3], value[:, :3], name)
    np.testing.assert_array_equal(arm.flows["harvest"], first.flows["harvest"])
    assert not np.array_equal(arm.flows["trade"][:, 3], first.flows["trade"][:, 3])


def test_the_world_reads_no_figure_kept_for_judging() -> None:
    with catalog.watch() as readings:
        simulate(small(("all",), until=1946, detail=False), range(1))
    assert all(reading.purpose != "judge" for reading in readings)


def test_the_world_has_the_same_bits_when_later_figures_are_lost(
    first: Trajectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = {
        name: item.model_copy(update={"values": item.permitted("fit"), "structural": {}})
        for name, item in catalog.all_series().items()
    }
    monkeypatch.setattr(catalog, "all_series", lambda: blind)
    same(simulate(SHORT, range(4)), first, slice(0, 4), 5)


def test_nothing_of_the_run_is_kept_that_is_no_number(first: Trajectory) -> None:
    for name, value in {**first.stocks, **first.flows, **first.constants}.items():
        assert np.isfinite(value).all(), name
