"""What the scenario shows: the regimes differ by their orders, levers do what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from conjuncture.core.errors import InputError
from conjuncture.run.ensemble import Order, order_run
from conjuncture.run.scenario import load_scenario
from conjuncture.run.simulate import Trajectory, simulate


def run_with(order: Order, members: int = 4, **settings: float) -> Trajectory:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    spec = order.spec()
    return simulate(replace(spec, settings={**spec.settings, **named}), range(members))


def test_the_plan_is_drawn_every_five_years_and_only_under_state_property(
    history: xr.Dataset,
) -> None:
    drawn = history["plan_drawn"].sel(territory="SUN")
    planned = drawn.sel(scenario="1945").to_numpy()
    years = history["year"].to_numpy()
    expected = np.isin(years, [1946, 1951]).astype(float)
    np.testing.assert_array_equal(planned, np.broadcast_to(expected, planned.shape))
    assert not drawn.sel(scenario="unplanned").any()


def test_the_property_regime_changes_the_history(history: xr.Dataset) -> None:
    last = history["gdp_index"].sel(territory="SUN").isel(year=-1)
    difference = last.sel(scenario="1945") - last.sel(scenario="unplanned")
    assert float(np.abs(difference).min()) > 1e-6
    output = history["output"].sel(territory="SUN").sum("sector")
    gap = np.abs(output - history["directed_output"].sel(territory="SUN").sum("sector"))
    assert float(gap.sel(scenario="1945").max()) > 0  # execution departs from the plan


def test_a_plan_drawn_every_year_is_a_lever(order: Order) -> None:
    yearly = run_with(order, five_year_plan__interval=1.0)
    assert yearly.flows["plan_drawn"].all()


def test_no_war_damage_leaves_nothing_to_restore(order: Order) -> None:
    spec = replace(order.spec(), off=frozenset({"war_damage"}))
    found = simulate(spec, range(3))
    assert not found.flows["restoration"].any()
    assert not found.stocks["damaged_capital"].any()


def test_slower_demobilisation_keeps_more_soldiers(order: Order) -> None:
    slow = run_with(order, demobilisation__pace=0.2).flows["armed_forces_mean"]
    fast = run_with(order, demobilisation__pace=0.9).flows["armed_forces_mean"]
    assert (slow > fast).all()


def test_more_labour_never_lowers_the_labour_at_hand(order: Order) -> None:
    few = run_with(order, SUN__participation=0.7).flows["labour"]
    many = run_with(order, SUN__participation=0.9).flows["labour"]
    assert (many > few).all()


@pytest.mark.parametrize(
    ("settings", "nearest"),
    [
        ({"demobilisation.pase": 0.5}, "demobilisation.pace"),
        ({"SUN.participatoin": 0.5}, "SUN.participation"),
        ({"SUN.human_assets_lost": 0.5}, "unknown parameter or figure"),
    ],
)
def test_a_lever_that_does_not_exist_is_refused(settings: dict[str, float], nearest: str) -> None:
    with pytest.raises(InputError, match=nearest.replace(".", r"\.")):
        order_run(load_scenario("1945"), settings=settings)


def test_all_faults_of_an_order_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        order_run(load_scenario("1945"), members=0, seed=-1, until=1999)
    assert len(caught.value.faults) == 3


def test_switching_off_accounting_is_refused(order: Order) -> None:
    spec = replace(order.spec(), off=frozenset({"production"}))
    with pytest.raises(InputError, match="has no switch"):
        simulate(spec, range(1))


def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 1945"):
        load_scenario("1946")
