"""Identities that hold in every year of every run, with assumed priors twice as wide."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from small_worlds import Year, small, watch

from conjuncture.core.state import variables
from conjuncture.score.wide import wide_spec

SIGNED = {"reserves", "mood"}
"""Stocks that may lie below zero, beside indices with -1 for none: a balance and a logarithm."""

SHARES = {"mass": "stock", "vote": "stock", "government": "stock", "party_support": "flow"}


def close(left: object, right: object, scale: object = 1.0, within: float = 1e-9) -> None:
    """Compare relative to a scale that is not small itself."""
    gap = np.abs(np.asarray(left) - np.asarray(right))
    assert (gap <= within * np.maximum(np.abs(np.asarray(scale)), 1e-12)).all(), gap.max()


def people(y: Year) -> None:
    population = y.closing["population"]
    close(y.closing["cohorts"].sum(-1), population, population, 1e-12)
    close(y.flows["strata_population"].sum(-1), y.flows["population_mean"], population)
    stayed = 1.0 - np.clip(y.last["seceded_share"], 0.0, 0.99)
    moved = y.flows["births"] - y.flows["deaths"]
    close(population, y.opening["population"] * stayed + moved, population)


def capital(y: Year) -> None:
    left = (1.0 - y.last["capital_loss"]) * y.opening["capital"]
    worn = y.constants["depreciation"] * y.flows["efficiency_ahead"][..., 0, :]
    built = y.flows["building"] + y.flows["restoration"]
    whole = y.closing["capital"].sum(-1, keepdims=True)
    close(y.closing["capital"], (1.0 - worn) * left + built, whole)
    assert (y.flows["restoration"] <= y.opening["damaged_capital"] * (1 + 1e-9) + 1e-9).all()


def trade(y: Year) -> None:
    price, flow = y.constants["world_price"], y.flows["trade"]
    world = flow.sum((-1, -2))[:, None]
    sold, bought = (price * y.flows[name].sum(-1) for name in ("exports", "imports"))
    close(flow.sum(-1), sold, world)
    close(flow.sum(-2), bought, world)
    close(np.diagonal(flow, axis1=-2, axis2=-1), 0.0)
    close(y.flows["trade_balance"].sum(-1), 0.0, world[:, 0])
    change = price * (y.closing["reserves"] - y.opening["reserves"])
    held = np.abs(price * y.opening["reserves"]).sum(-1)
    close(change.sum(-1), 0.0, world[:, 0] + held)
    received, paid = (y.flows[f"transfer_{name}"].sum(-1) for name in ("received", "paid"))
    close(received, paid, received)


def incomes(y: Year) -> None:
    close(y.flows["strata_income"].sum(-1), y.flows["national_income"], y.flows["gdp"])
    assert y.flows["accounts_residual"].max() < 1e-9
    assert y.flows["society_residual"].max() < 1e-9
    uses = sum(y.flows[name].sum(-1) for name in ("consumption", "claims_met", "exports", "unsold"))
    uses = uses + y.flows["investment"] - y.flows["imports"].sum(-1)
    value = y.flows["value_added"].sum(-1)
    close(value, uses, np.maximum(y.flows["output"].sum(-1), 1e-6 * y.constants["base_gdp"]))


def held(y: Year) -> None:
    """Each land has one holder, which holds itself; what is free holds itself."""
    holder, status = y.closing["holder"], y.closing["status"]
    whole(holder, 0), whole(y.closing["part_holder"], -1)
    top = np.take_along_axis(holder, holder.astype(int), axis=-1)
    np.testing.assert_array_equal(top, holder)
    itself = holder == np.arange(holder.shape[-1])
    np.testing.assert_array_equal(itself[status == 0], True)
    np.testing.assert_array_equal(itself[status >= 3], False)
    assert set(np.unique(status)) <= {0.0, 1.0, 2.0, 3.0, 4.0}


def whole(index: npt.NDArray[np.float64], least: int) -> None:
    np.testing.assert_array_equal(index, np.rint(index))
    assert index.size == 0 or index.min() >= least


def shares(y: Year) -> None:
    for name, kind in SHARES.items():
        value = (y.closing if kind == "stock" else y.flows)[name]
        close(value.sum(-1), 1.0)
        assert value.min() >= 0.0, name
    close(y.flows["power_share"].sum(-1), 1.0)
    assert 0.0 <= y.closing["statified_share"].min() <= y.closing["statified_share"].max() <= 1.0


def sane(y: Year) -> None:
    for name, value in y.closing.items():
        assert np.isfinite(value).all(), (name, y.year)
        least = -1.0 if variables()[name].unit == "index" else 0.0
        assert name in SIGNED or value.size == 0 or value.min() >= least, (name, y.year)
    for name, value in y.flows.items():
        assert np.isfinite(value).all(), (name, y.year)
        if variables()[name].unit in ("0/1",):
            assert set(np.unique(value)) <= {0.0, 1.0}, name


def all_of_them(y: Year) -> int:
    for check in (people, capital, trade, incomes, held, shares, sane):
        check(y)
    return y.year


@pytest.mark.parametrize("seed", [1, 2])
def test_identities_hold_in_a_small_world(seed: int) -> None:
    seen: list[int] = []
    spec = wide_spec(small(until=1958, seed=seed), 2.0)
    watch(spec, range(3), lambda y: seen.append(all_of_them(y)))
    assert seen == list(range(1946, 1959))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_identities_hold_in_the_whole_world_to_its_last_year(seed: int) -> None:
    seen: list[int] = []
    spec = wide_spec(small(("all",), until=1991, seed=seed, detail=False), 2.0)
    watch(spec, range(4), lambda y: seen.append(all_of_them(y)))
    assert seen[-1] == 1991


@pytest.mark.slow
def test_no_economy_at_peace_stops_working_at_a_stroke() -> None:
    """Claims of the state that fill one sector's capacity do not end all other uses."""
    falls: list[float] = []

    def look(y: Year) -> None:
        if "gdp" in y.last:
            calm = (y.flows["at_war"] == 0) & (y.last["war_losses_capital"] == 0)
            falls.append(float((y.flows["gdp"] / y.last["gdp"])[calm].min()))

    watch(small(("all",), until=1991, seed=5, detail=False), range(4), look)
    assert min(falls) > 0.2
