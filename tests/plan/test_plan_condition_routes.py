"""Routes and lines: an independent formulation, prices, identities, and what yields."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from independent import Independent, data_of_problem
from regional_economies import both_ways, route, two

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.regional.reading import balances, price_gaps, shipments
from conjuncture.plan.solve import solve
from conjuncture.plan.why.conflict import conflict
from conjuncture.plan.why.explain import explain
from conjuncture.plan.why.sensitivity import sensitivity

RAIL = {"name": "rail", "capacity": [4.0, 4.0, 1.0], "unit": "kt"}
ROUTES = [
    route("north", "south", "farming", uses={"north:services": 0.1}, loss=0.02, lines={"rail": 1}),
    route("north", "south", "industry", high=[3.0, 2.0, 1.0], lines={"rail": 0.5}),
    route("south", "north", "services", low=[1.0, 0.0, 2.0], loss=0.01),
    route("south", "north", "industry", base=2.0, band=0.1, uses={"north:services": 0.02}),
]


def problem(lines=(RAIL,), routes=tuple(ROUTES), **more) -> Problem:
    return two(routes, lines=lines, consumption="common", **more)


def independent(p: Problem) -> Independent:
    """Write the routes of ROUTES out, one variable each, beside the plan without them."""
    other, years = Independent(data_of_problem(p)), list(p.years)
    axis = xr.DataArray(np.ones(len(years)), coords={"year": years})
    limits = [((0, 0, 0), (np.inf,) * 3), ((0, 0, 0), (3, 2, 1)), ((1, 0, 2), (np.inf,) * 3),
              ((1.8, 1.6, 1.4), (2.2, 2.4, 2.6))]  # fmt: skip
    ship = [
        other.model.add_variables(
            axis * np.array(low, float), axis * np.array(high, float), name=f"ship{k}"
        )
        for k, (low, high) in enumerate(limits)
    ]

    def at(label: str) -> xr.DataArray:
        return xr.DataArray(
            [float(name == label) for name in p.sectors], coords={"product": list(p.sectors)}
        )

    taken = (
        (at("north:farming") + 0.1 * at("north:services") - 0.98 * at("south:farming")) * ship[0]
        + (at("north:industry") - at("south:industry")) * ship[1]
        + (at("south:services") - 0.99 * at("north:services")) * ship[2]
        + (at("south:industry") + 0.02 * at("north:services") - at("north:industry")) * ship[3]
    )
    other.enlarge("product", taken)
    rail = xr.DataArray(RAIL["capacity"], coords={"year": years})
    other.model.add_constraints(ship[0] + 0.5 * ship[1] <= rail, name="rail")
    return other


def test_agrees_with_routes_written_out_by_hand() -> None:
    plan = solve(problem()).require_optimal()
    other = independent(plan.problem)
    assert plan.aim == pytest.approx(other.solve(), rel=1e-9)
    assert plan.aim > solve(two(consumption="common")).aim
    assert plan.certificate.worst < 1e-8


def test_what_is_sent_less_what_is_lost_is_received_and_balances_close() -> None:
    plan = solve(problem()).require_optimal()
    sent, frame = shipments(plan), balances(plan)
    assert sent["sent"].max() > 1.0
    loss = {("farming", "south"): 0.02, ("services", "north"): 0.01}
    expected = [
        row.sent * (1 - loss.get((row.product, row.destination), 0.0)) for row in sent.itertuples()
    ]
    np.testing.assert_allclose(sent["received"], expected, atol=1e-12)
    np.testing.assert_allclose(frame["shipped"].sum(), sent["sent"].sum(), rtol=1e-9)
    np.testing.assert_allclose(frame["received"].sum(), sent["received"].sum(), rtol=1e-9)
    carried = sent[sent["product"] == "farming"]["sent"].sum() * 0.1
    carried += (
        sent[(sent["product"] == "industry") & (sent["origin"] == "south")]["sent"].sum() / 50
    )
    assert frame["carriage"].sum() == pytest.approx(carried)
    assert plan.balances()["residual"].abs().max() < 1e-9
    total = frame.groupby(level=["year", "product"]).sum()
    lost = total["shipped"] - total["received"]
    assert (lost >= -1e-12).all()


def test_limits_are_kept() -> None:
    plan = solve(problem()).require_optimal()
    amounts = plan.amounts("route").pivot(index="year", columns="label", values="amount")
    industry = amounts["north:industry > south:industry"].to_numpy()
    assert (industry <= np.array([3.0, 2.0, 1.0]) + 1e-9).all()
    assert (
        amounts["south:services > north:services"].to_numpy() >= np.array([1.0, 0.0, 2.0]) - 1e-9
    ).all()
    band = amounts["south:industry > north:industry"].to_numpy()
    assert (np.abs(band - 2.0) <= 0.2 * np.arange(1, 4) + 1e-9).all()
    rail = amounts["north:farming > south:farming"].to_numpy() + 0.5 * industry
    assert (rail <= np.array(RAIL["capacity"]) + 1e-9).all()


@pytest.mark.parametrize("kind", ["route maximum", "route minimum", "line"])
def test_price_is_what_one_more_unit_is_worth(kind: str) -> None:
    plan = solve(problem()).require_optimal()
    prices = plan.shadow_prices()
    row = prices[(prices["kind"] == kind) & (prices["value"] > 1e-6)].iloc[0]
    t, step = plan.problem.years.index(row["year"]), 1e-4
    routes, rail = [dict(r) for r in ROUTES], [*RAIL["capacity"]]
    if kind == "line":
        rail[t] += step
        assert row["unit"].endswith("per kt")
    else:
        at = [f"{r['origin']} > {r['destination']}" for r in routes].index(row["label"])
        which, sign = ("high", 1) if kind == "route maximum" else ("low", -1)
        band = routes[at].pop("band", None)
        if band is not None:
            base, width = routes[at].pop("base"), band * np.arange(1, 4)
            routes[at] |= {"low": base * (1 - width), "high": base * (1 + width)}
        limit = np.array(routes[at][which], float)
        limit[t] += sign * step
        routes[at][which] = limit.tolist()
    more = solve(problem(lines=[{**RAIL, "capacity": rail}], routes=routes)).require_optimal()
    found = sensitivity(plan, kind, row["label"], int(row["year"]))
    assert (more.aim - plan.aim) / step == pytest.approx(found.more, rel=1e-3, abs=1e-6)
    assert found.more <= row["value"] + 1e-9


def test_prices_along_a_route_differ_by_carriage_loss_and_rent() -> None:
    plan = solve(problem()).require_optimal()
    gaps = price_gaps(plan)
    assert gaps["residual"].abs().max() < 1e-10
    assert (gaps["unused"] * gaps["sent"]).abs().max() < 1e-9
    used = gaps[gaps["sent"] > 1e-6]
    farming = used[used["route"].str.startswith("north:farming")]
    assert len(farming) > 0
    prices = plan.shadow_prices().set_index(["kind", "label", "year"])["value"]
    for row in farming.itertuples():
        service = prices["product", "north:services", row.year]
        line = prices["line", "rail", row.year]
        expected = row.origin + 0.1 * service + line
        assert 0.98 * row.destination == pytest.approx(expected, abs=1e-9)


def test_a_product_that_only_a_route_brings_is_explained_by_where_it_comes_from() -> None:
    p = two(both_ways(loss=0.05, uses={"north:services": 0.02}))
    closed = p.output.copy()
    i = p.sectors.index("south:farming")
    closed[i] = 0.0
    zero = {name: np.array(getattr(p, name)) for name in ("imports_low", "imports_high")}
    for array in zero.values():
        array[:, i] = 0.0
    capital, ratio = p.capital.copy(), p.capital_output.copy()
    capital[i] = ratio[i] = 0.0
    shut = p.replace(
        output=closed, capital=capital, capital_output=ratio, **zero,
        settings={"contraction": None, "expansion_without_capital": None, "terminal_growth": None,
                  "disposal": True, "consumption_band": None},
    )  # fmt: skip
    plan = solve(shut).require_optimal()
    assert balances(plan).loc[(1947, "south", "farming"), "received"] > 1.0
    found = explain(plan, "south:farming", 1947)
    assert found.price > 0
    assert sum(root.share for root in found.roots) == pytest.approx(1.0, abs=1e-8)
    assert "product" not in {root.term.kind for root in found.roots}
    assert "south:farming needs 1.053 of north:farming" in found.text
    whole = explain(plan, None, 1947)
    assert sum(root.share for root in whole.roots) == pytest.approx(1.0, abs=1e-8)


def test_too_little_transport_is_named_and_yields() -> None:
    low = [route("north", "south", "farming", low=9.0, lines={"rail": 1.0})]
    plan = solve(problem(routes=low))
    assert plan.status == "infeasible"
    assert "rail" in plan.remedy or "north:farming > south:farming" in plan.remedy
    assert "shipments north:farming > south:farming in 19" in conflict(plan).text
    assert "the line rail in 19" in conflict(plan).text
    assert solve(plan.problem.relaxed(plan.relaxations)).status == "optimal"


def test_every_fault_is_reported_at_once() -> None:
    bad = [
        {"origin": "north:farmin", "destination": "south:farming"},
        {"origin": "north:farming", "destination": "north:farming"},
        route("north", "south", "industry", uses={"north:servics": 0.1}, lines={"raill": 1.0}),
        route("south", "north", "industry", uses={"north:services": -0.1}, lines={"rail": -1.0}),
        route("south", "north", "industry"),
        route("south", "north", "farming", low=[3.0, 2.0], high=1.0),
        route("south", "north", "services", low=3.0, high=1.0),
        route("north", "south", "services", low=-3.0),
    ]
    lines = [{**RAIL, "capacity": -1.0}, {"name": "rail", "capacity": 1}, {"name": "sea",
              "capacity": [1, 2]}]  # fmt: skip
    with pytest.raises(InputError) as error:
        two(bad, lines=lines)
    text = str(error.value)
    for part in (
        "did you mean north:farming", "leads from a product to itself",
        "did you mean north:services", "unknown line 'raill'",
        "uses.north:services: is negative", "lines.rail: is negative",
        "stands twice (value: south:industry > north:industry)", "has 2 figures for 3 years",
        "lower limit 3 does not lie below the upper 1", "conditions.routes.7.low: is negative",
        "conditions.lines.0.capacity: is negative", "conditions.lines.name: stands twice",
        "no route uses this line (value: sea)",
    ):  # fmt: skip
        assert part in text, part
    for value, words in (({"loss": 1.0}, "less than 1"), ({"base": -1}, "greater than or equal"),
                         ({"carriage": 1}, "unknown key 'carriage'")):  # fmt: skip
        with pytest.raises(InputError, match=words):
            two([route("north", "south", "farming", **value)])
