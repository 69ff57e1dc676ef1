"""What the scenario shows: the regimes differ by their orders, levers do what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from conjuncture.core.errors import InputError
from conjuncture.core.priors import Prior
from conjuncture.data.country import load_country
from conjuncture.run.ensemble import Order, order_run
from conjuncture.run.scenario import load_scenario, parameters
from conjuncture.run.simulate import Trajectory, simulate
from conjuncture.run.starts.own_table import DRAWN

CONTROL = {"SUN.statified_share": 0.0}

ALONE = frozenset(
    {
        "war_damage",
        "investment_technology",
        "harvest",
        "property_regime",
        "conversion",
        "growth",
        "technique",
        "recovery",
        "market_orders",
        "five_year_plan",
        "demobilisation",
    }
)
"""Mechanisms of one economy; the rooms test those of their own."""


def run_with(order: Order, members: int = 4, **settings: float) -> Trajectory:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    spec = order.spec()
    return simulate(replace(spec, settings={**spec.settings, **named}), range(members))


def test_the_plan_is_drawn_every_five_years_and_only_under_state_property(
    history: xr.Dataset,
) -> None:
    drawn = history["plan_drawn"].sel(territory="SUN")
    planned = drawn.sel(scenario="ussr_1945").to_numpy()
    years = history["year"].to_numpy()
    expected = np.isin(years, [1946, 1951]).astype(float)
    np.testing.assert_array_equal(planned, np.broadcast_to(expected, planned.shape))
    assert not drawn.sel(scenario="unplanned").any()


def test_the_property_regime_changes_the_history(history: xr.Dataset) -> None:
    last = history["gdp_index"].sel(territory="SUN").isel(year=-1)
    difference = last.sel(scenario="ussr_1945") - last.sel(scenario="unplanned")
    assert float(np.abs(difference).min()) > 1e-6
    output = history["output"].sel(territory="SUN").sum("sector")
    gap = np.abs(output - history["directed_output"].sel(territory="SUN").sum("sector"))
    assert float(gap.sel(scenario="ussr_1945").max()) > 0  # execution departs from the plan


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
        order_run(load_scenario("ussr_1945"), settings=settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("five_year_plan.interval", 50.0),
        ("five_year_plan.discount", 0.0),
        ("SUN.statified_share", 2.0),
        ("SUN.gdp_index", -50.0),
        ("demobilisation.pace", 2.0),
        ("market_orders.profit_share", 5.0),
        ("SUN.military_pay", -1.0),
    ],
)
def test_a_lever_beyond_sense_is_refused(name: str, value: float) -> None:
    with pytest.raises(InputError, match="beyond the values that make sense"):
        order_run(load_scenario("ussr_1945"), settings={name: value})


def test_every_lever_does_something(order: Order) -> None:
    """A parameter or figure without effect would be a name without a meaning."""
    spec = replace(order.spec(), until=1949)
    low, high = np.array([0.1]), np.array([0.9])
    priors = {
        n: (p.prior, p.limits) for n, p in parameters().items() if n.partition(".")[0] in ALONE
    }
    # The state owns nearly all or nothing here, no colony is there, and one economy alone is
    # its own frontier: what these decide shows in a world.
    for name in (
        "property_regime.threshold",
        "technique.domination",
        "growth.catch_up",
        "recovery.qualification",  # no change of property drives cadres away
    ):
        del priors[name]
    country = load_country("SUN")
    for name, limits in DRAWN.items():
        if name == "arms_peace_ratio":  # holds only where a state has no arms to count from
            continue
        prior = country.figures[name].prior
        value = country.figures[name].value
        priors[f"SUN.{name}"] = (
            prior or Prior(kind="uniform", low=0.8 * value, high=1.1 * value),
            limits,
        )
    dead = []
    for name, (prior, limits) in priors.items():
        ends = (prior.quantile(low)[0], prior.quantile(high)[0])
        if ends[0] == ends[1]:
            ends = (max(limits[0], 1.0), ends[1])
        runs = [simulate(replace(spec, settings={name: float(v)}), range(2)) for v in ends]
        runs += [
            simulate(replace(spec, settings={name: float(v), **CONTROL}), range(2)) for v in ends
        ]
        if all(
            np.array_equal(a.flows[key], b.flows[key])
            for a, b in (runs[:2], runs[2:])
            for key in a.flows
        ):
            dead.append(name)
    assert dead == []


def test_all_faults_of_an_order_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        order_run(load_scenario("ussr_1945"), members=0, seed=-1, until=1999)
    assert len(caught.value.faults) == 3


def test_switching_off_accounting_is_refused(order: Order) -> None:
    spec = replace(order.spec(), off=frozenset({"production"}))
    with pytest.raises(InputError, match="has no switch"):
        simulate(spec, range(1))


def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 1945"):
        load_scenario("1946")
