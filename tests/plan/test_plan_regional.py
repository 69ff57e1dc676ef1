"""Plans over territories: joining, sourcing, splitting by shares, and reading by territory."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pymrio
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from independent import Independent, data_of_problem
from plan_economies import small_table
from regional_economies import both_ways, north, route, south, three_regions, two
from scipy.sparse import csc_array, issparse

from conjuncture.accounts.checks import check
from conjuncture.accounts.formats.readers import declare_exceptions, from_pymrio
from conjuncture.accounts.library import load_table
from conjuncture.accounts.regions import split
from conjuncture.accounts.regions_join import join
from conjuncture.accounts.table import Labour
from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.reading.households import distribution
from conjuncture.plan.regional.joining import joined
from conjuncture.plan.regional.places import is_regional, places
from conjuncture.plan.regional.plots import shipments_figure
from conjuncture.plan.regional.reading import (
    balances,
    between,
    by_territory,
    deliveries,
    price_gaps,
    product_prices,
    shipments,
    trade_matrix,
)
from conjuncture.plan.regional.shares import split_by_shares
from conjuncture.plan.regional.sourcing import (
    interregional,
    interregional_base_year,
    pooled,
    pooled_base_year,
)
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.explain import explain

# Joining -------------------------------------------------------------------------


def maximin(p: Problem, floors: dict[str, list[float]]) -> Independent:
    """Write levels of north and south out by hand; the aim counts the lower one alone."""
    data = data_of_problem(p)
    total, years = p.consumption.sum(), xr.DataArray(list(p.years), dims="year")
    other = Independent({**data, "consumption": 1e-300 + 0 * data["consumption"]})
    for name, floor in floors.items():
        level = other.model.add_variables(
            0, coords={"year": list(p.years)}, dims=["year"], name=name
        )
        mine = [label.startswith(name) for label in p.sectors]
        bundle = xr.DataArray(
            np.where(mine, p.consumption, 0.0), coords={"product": list(p.sectors)}
        )
        other.enlarge("product", bundle * level)
        other.model.add_constraints(level - other.s >= 0, name=f"least {name}")
        least = xr.DataArray(floor, coords={"year": list(p.years)})
        other.model.add_constraints(level >= least, name=f"floor {name}")
    worth = xr.DataArray([0.95**t * total for t in range(p.periods)], coords={"year": years.values})
    other.model.add_objective((other.s * worth).sum(), overwrite=True, sense="max")
    return other


def test_two_territories_agree_with_levels_written_out_by_hand() -> None:
    groups = [{"name": "south", "floor": [0.0, 1.1, 0.0]}]
    p = two(conditions={"households": groups})
    plan = solve(p).require_optimal()
    other = maximin(p, {"north": [0.0] * 3, "south": [0.0, 1.1, 0.0]})
    assert plan.aim == pytest.approx(other.solve(), rel=1e-8)
    levels = by_territory(plan)["consumption_level"].unstack()
    assert (levels.to_numpy() >= plan.consumption_level[:, None] - 1e-9).all()
    assert levels["south"][1947] >= 1.1 - 1e-9


@pytest.mark.parametrize("consumption", ["own", "common"])
def test_one_territory_is_the_plain_plan(consumption) -> None:
    plain = solve(north()).require_optimal()
    alone = solve(joined({"north": north()}, consumption=consumption)).require_optimal()
    assert alone.aim == pytest.approx(plain.aim, rel=1e-9)
    assert alone.problem.sectors == tuple(f"north:{name}" for name in plain.problem.sectors)
    assert not is_regional(alone.problem)
    if consumption == "common":
        np.testing.assert_array_equal(alone.output, plain.output)
        for name in ("coefficients", "capital", "composition", "labour_available"):
            np.testing.assert_array_equal(
                getattr(alone.problem, name), getattr(plain.problem, name)
            )


@settings(max_examples=8, deadline=None)
@given(st.floats(0.8, 1.2), st.floats(0.8, 1.2))
def test_territories_without_routes_reach_no_more_than_the_worst_placed_one(
    first: float, second: float
) -> None:
    """Without routes or trade with abroad nothing that one has helps the other."""
    closed = {}
    for name, share in (("one", first), ("two", second)):
        p = north(2)
        zero = {key: np.zeros_like(getattr(p, key)) for key in
                ("exports_low", "exports_high", "imports_low", "imports_high",
                 "trade_balance", "transfers")}  # fmt: skip
        closed[name] = p.replace(**zero, labour_available=share * p.labour_available)
    each = [solve(p) for p in closed.values()]
    whole = solve(joined(closed))
    if any(plan.status != "optimal" for plan in each):
        assert whole.status == "infeasible"
        return
    total = sum(p.consumption.sum() for p in closed.values())
    best = [plan.aim / plan.problem.consumption.sum() for plan in each]
    assert whole.require_optimal().aim / total <= min(best) + 1e-7
    # years may change places in rank, so that less than the lower one can be reached
    if abs(first - second) < 1e-9:
        assert whole.aim / total == pytest.approx(min(best), rel=1e-7)


def test_routes_help_the_poorer_and_copies_gain_nothing() -> None:
    apart, linked = solve(two()), solve(two(both_ways(loss=0.01)))
    assert linked.require_optimal().aim > apart.require_optimal().aim + 1.0
    same = {"north": north(), "south": north()}
    twins = solve(joined(same, both_ways())).require_optimal()
    assert twins.aim == pytest.approx(2 * solve(north()).require_optimal().aim, rel=1e-8)


def test_labour_goes_to_the_territory_that_lacks_it() -> None:
    move = {"name": "southward", "source": "north:persons", "target": "south:persons"}
    stay = solve(two()).require_optimal()
    plan = solve(two(conditions={"moves": [move]})).require_optimal()
    assert plan.aim > stay.aim + 1e-3
    assert plan.amounts("move")["amount"].sum() > 1e-3
    poor = by_territory(stay)["consumption_level"].unstack()
    better = by_territory(plan)["consumption_level"].unstack()
    assert better.min(axis=1).sum() > poor.min(axis=1).sum()


def test_what_a_territory_has_above_the_common_level_counts_at_its_weight() -> None:
    weight = [{"name": name, "weight": 0.5} for name in ("north", "south")]
    maximin, mixed = solve(two()), solve(two(conditions={"households": weight}))
    worth = 0.95 ** np.arange(3)
    money = distribution(mixed.require_optimal()).pivot(
        index="year", columns="group", values="money"
    )
    base = {name: p.consumption.sum() for name, p in (("north", north()), ("south", south()))}
    counted = mixed.consumption_level * sum(base.values())
    for name, bundle in base.items():
        counted = counted + 0.5 * (money[name].to_numpy() - mixed.consumption_level * bundle)
    assert mixed.aim == pytest.approx(counted @ worth, rel=1e-9)
    assert mixed.aim > maximin.require_optimal().aim + 1e-6


def test_sparse_coefficients_stay_sparse() -> None:
    some = {"north": north().replace(coefficients=csc_array(north().coefficients)),
            "south": south()}  # fmt: skip
    p = joined(some, both_ways(loss=0.01))
    assert issparse(p.coefficients)
    plan = solve(p).require_optimal()
    assert plan.aim == pytest.approx(solve(two(both_ways(loss=0.01))).aim, rel=1e-7)
    assert trade_matrix(plan, 1946).to_numpy().max() > 0


def test_a_territory_that_cannot_be_supplied_is_named() -> None:
    plan = solve(two(conditions={"households": [{"name": "south", "floor": 1.6}]}))
    assert plan.status == "infeasible"
    assert "consumption floor of south" in plan.remedy
    assert "consumption of south in 19" in conflict(plan).text
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_problems_that_do_not_fit_are_refused_with_every_reason() -> None:
    claim = {"name": "army", "products": {"industry": 1.0}}
    odd = north(2, discount=0.9).replace(conditions={"claims": [claim]})
    odd = odd.replace(aims=[{"terminal_capital": 1.0}])
    with pytest.raises(InputError) as error:
        joined({"north": north(), "so:uth": odd}, consumption="mine")
    text = str(error.value)
    for part in ("unknown form 'mine'", "without ':'", "so:uth.years", "so:uth.settings.discount",
                 "so:uth.conditions.claims", "so:uth.aims"):  # fmt: skip
        assert part in text, part
    with pytest.raises(InputError, match="there is no territory"):
        joined({})
    with pytest.raises(InputError, match="is a plan without territories"):
        places(north())


# Reading -------------------------------------------------------------------------


def test_accounts_of_territories_add_up_to_those_of_the_plan() -> None:
    routes = both_ways(loss=0.01, uses={"north:services": 0.02})
    plan = solve(two(routes)).require_optimal()
    frame, whole = by_territory(plan), plan.balances().groupby(level="year").sum()
    added = frame.groupby(level="year").sum()
    for name in ("output", "imports", "exports", "investment", "intermediate"):
        np.testing.assert_allclose(added[name], whole[name])
    np.testing.assert_allclose(added["consumption"], whole["consumption of groups"])
    money = distribution(plan).set_index(["year", "group"])["money"]
    np.testing.assert_allclose(frame["consumption"], money.loc[frame.index])
    assert (added["received"] <= added["shipped"]).all()
    flows = deliveries(plan)
    sent = shipments(plan).groupby("year")["sent"].sum()
    np.testing.assert_allclose(between(plan).groupby("year")["amount"].sum(), sent)
    home = flows.sel(origin="north", destination="north").sum("product")
    claims = balances(plan)[["public", "military", "inventories", "exports", "shipped",
                             "carriage"]]  # fmt: skip
    fixed = claims.sum(axis=1).groupby(level=["year", "territory"]).sum().unstack()["north"]
    supply = frame["output"] + frame["imports"] + frame["received"]
    investment = north().investment_claims.sum(axis=1)
    np.testing.assert_allclose(supply.unstack()["north"], home + fixed + investment)


def test_prices_in_two_territories_differ_by_what_carriage_and_limits_cost() -> None:
    plan = solve(two([route("north", "south", "farming", high=1.0, loss=0.02),
                      *both_ways(loss=0.05)[2:]])).require_optimal()  # fmt: skip
    prices, gaps = product_prices(plan), price_gaps(plan)
    shadow = plan.shadow_prices().set_index(["kind", "label", "year"])["value"]
    assert prices.loc[(1946, "farming"), "south"] == pytest.approx(
        shadow["product", "south:farming", 1946]
    )
    assert gaps["residual"].abs().max() < 1e-10
    used = gaps[gaps["sent"] > 1e-6]
    assert (used["unused"] < 1e-9).all()
    limited = gaps[gaps["route"] == "north:farming > south:farming"]
    rent = [shadow["route maximum", "north:farming > south:farming", y] for y in limited["year"]]
    np.testing.assert_allclose(limited["rent"], rent, atol=1e-9)
    assert max(rent) > 1e-6


def test_the_heat_map_shows_the_shipments_of_a_year() -> None:
    plan = solve(two(both_ways(loss=0.01))).require_optimal()
    figure = shipments_figure(plan, 1946)
    shown = figure.axes[0].images[0].get_array()
    wide = trade_matrix(plan, 1946)
    assert float(shown[0, 1]) == pytest.approx(wide.loc["north", "south"])
    one = trade_matrix(plan, 1946, "services").loc["north", "south"]
    sent = shipments(plan).query("year == 1946 and product == 'services' and origin == 'north'")
    assert one == pytest.approx(sent["sent"].sum())
    with pytest.raises(InputError, match="did you mean services"):
        trade_matrix(plan, 1946, "servics")
    with pytest.raises(InputError, match="lies outside the plan"):
        trade_matrix(plan, 1900)


def test_the_bundle_is_explained_through_both_territories() -> None:
    plan = solve(two(both_ways(loss=0.01))).require_optimal()
    found = explain(plan, None, 1947)
    assert sum(root.share for root in found.roots) == pytest.approx(1.0, abs=1e-8)
    assert sum(term.value for term in found.level_terms) == pytest.approx(found.level_weight)
    assert "Groups consume the whole bundle" in found.text


# A multi-regional table ------------------------------------------------------------


@pytest.mark.parametrize("stranger", [False, True])
def test_the_base_year_of_three_regions_is_found_again(stranger: bool) -> None:
    table = three_regions(stranger=stranger)
    regional = split(table)
    rates = {"grain": {"rail": 0.01}, "coal": {"rail": 0.02}}
    for p in (pooled_base_year(regional), pooled_base_year(regional, rates=rates),
              interregional_base_year(table)):  # fmt: skip
        plan = solve(p).require_optimal()
        np.testing.assert_allclose(plan.output[0], p.output, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(by_territory(plan)["consumption_level"], 1.0, rtol=1e-9)
        assert plan.balances()["residual"].abs().max() < 1e-9
    pool = solve(pooled_base_year(regional)).require_optimal()
    expected = regional.between.sum("product").to_pandas()
    pd.testing.assert_frame_equal(trade_matrix(pool, table.year), expected, check_names=False)


def test_fixed_coefficients_deliver_what_the_table_has() -> None:
    table = three_regions()
    plan = solve(interregional_base_year(table)).require_optimal()
    found = deliveries(plan).sel(year=table.year)
    fixed = split(table).deliveries.to_numpy().copy()
    for k, use in enumerate(table.final_uses):  # claims have no destination in a plan
        if use.role in ("public", "investment"):
            r = "abc".index(use.name[0])
            fixed[:, :, r] -= table.final[:, k].reshape(3, 3).T
    np.testing.assert_allclose(found, fixed, rtol=1e-9, atol=1e-9)


def test_freer_sourcing_is_worth_more() -> None:
    table = three_regions()
    regional = split(table)
    rules = {"labour_growth": 0.0}
    found = [
        solve(p).require_optimal().aim
        for p in (
            interregional(join(regional), 2, separator=regional.separator, **rules),
            pooled(regional, 2, band=0.0, **rules),
            pooled(regional, 2, band=0.2, **rules),
            pooled(regional, 2, band=None, new_routes=True, **rules),
        )
    ]
    assert found[1] <= found[2] + 1e-7 <= found[3] + 2e-7
    assert found[3] > found[1] + 1e-3
    assert found[0] <= found[3] + 1e-7


def test_faults_of_carriage_are_listed_together() -> None:
    regional = split(three_regions())
    with pytest.raises(InputError) as error:
        pooled(regional, 2, rates={"grian": {"rail": 0.1}, "coal": {"rial": 0.1, "rail": -1.0}})
    text = str(error.value)
    assert "did you mean grain" in text
    assert "did you mean rail" in text
    assert "rates.coal.rail: is negative" in text
    with pytest.raises(InputError, match="the sectors are recorded to use"):
        pooled(regional, 2, rates={"coal": {"rail": 50.0}})


def test_the_base_year_of_the_test_table_of_pymrio_is_found_again() -> None:
    world = declare_exceptions(from_pymrio(pymrio.load_test().calc_all(), year=2012))
    worked = np.maximum(world.primary.sum(axis=0), 0.0)  # persons: value added, one each
    world = dataclasses.replace(
        world, labour=Labour(("persons",), ("persons",), worked[None] * (world.output > 0))
    )
    regional = split(world)
    for p in (pooled_base_year(regional), interregional_base_year(world)):
        plan = solve(p).require_optimal()
        levels = by_territory(plan)["consumption_level"]
        np.testing.assert_allclose(levels, 1.0, rtol=1e-6)
        np.testing.assert_allclose(plan.output[0], p.output, rtol=1e-6, atol=p.output.max() * 1e-7)
        assert plan.balances()["residual"].abs().max() < 1e-9 * p.output.max()


# A national table and shares ---------------------------------------------------------


def test_parts_by_shares_add_up_to_the_nation() -> None:
    table = small_table()
    shares = {"north": {"output": {"farming": 0.7, "industry": 0.4, "services": 0.5}},
              "south": {"output": {"farming": 0.3, "industry": 0.6, "services": 0.5}}}  # fmt: skip
    regional = split_by_shares(table, shares)
    assert list(regional.faults()) == []
    parts = list(regional.tables.values())
    for part in parts:
        assert check(part) == []
        assert part.reconstruction
    for name in ("output", "intermediate"):
        np.testing.assert_allclose(sum(getattr(p, name) for p in parts), getattr(table, name))
    used = sum(part.labour.used for part in parts)
    np.testing.assert_allclose(used, table.labour.used)
    plan = solve(pooled_base_year(regional)).require_optimal()
    np.testing.assert_allclose(by_territory(plan)["consumption_level"], 1.0, rtol=1e-9)
    national = solve(Problem.base_year(table)).require_optimal()
    whole = by_territory(plan)["output"].groupby(level="year").sum()
    assert whole.iloc[0] == pytest.approx(national.output.sum())
    assert trade_matrix(plan, table.year).to_numpy().sum() > 0


def test_faults_of_shares_are_listed_together() -> None:
    table = load_table("usa_1947")
    bad = {"no:rth": {"output": 0.7, "consumption": 0.5}, "south": {"output": {"33": 0.4}},
           "west": {"output": 1.4, "size": 3}}  # fmt: skip
    with pytest.raises(InputError) as error:
        split_by_shares(table, bad)
    text = str(error.value)
    assert "without ':'" in text
    assert "shares.west.size" in text
    with pytest.raises(InputError) as error:
        split_by_shares(table, {"north": {"output": 0.7, "consumption": 0.5},
                                "south": {"output": {"33": 0.4}}})  # fmt: skip
    text = str(error.value)
    for part in ("unknown sector '33'", "do not add up to 1", "is given for some territories only"):
        assert part in text, part
    with pytest.raises(InputError, match="needs two territories"):
        split_by_shares(table, {"all": {"output": 1.0}})
