"""The accounts of every year of a run close, and stocks follow from flows."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import xarray as xr

from conjuncture.accounts.library import load_variants
from conjuncture.core.registry import Inputs
from conjuncture.data.sectors import SECTORS
from conjuncture.economy.production import production
from conjuncture.run.ensemble import Order
from conjuncture.run.start import initial_state
from conjuncture.run.starts.base import Start
from conjuncture.run.starts.own_table import draw_variants


def test_every_product_balance_closes(history: xr.Dataset) -> None:
    assert float(history["accounts_residual"].max()) < 1e-9


def test_balances_can_be_recomputed_from_the_history(history: xr.Dataset, order: Order) -> None:
    tables = list(load_variants("ussr_1945").values())
    variant = draw_variants("ussr_1945", order.seed, range(order.members))[1:]
    for scenario in history["scenario"].to_numpy():
        h = history.sel(scenario=scenario, territory="SUN")
        for m in range(order.members):
            table = tables[variant[m]]
            run = h.isel(member=m)
            shares = table.final_by_role("investment")
            used = (
                run["output"].to_numpy() @ table.input_coefficients.T
                + run["consumption"].to_numpy()
                + run["claims_met"].to_numpy()
                + run["exports"].to_numpy()
                + run["unsold"].to_numpy()
                + run["investment"].to_numpy()[:, None] * shares / shares.sum()
            )
            made = run["output"].to_numpy() + run["imports"].to_numpy()
            np.testing.assert_allclose(made, used, atol=1e-9 * made.sum(axis=1).max())


def test_capital_is_what_was_left_built_and_restored(history: xr.Dataset) -> None:
    opening = history["capital"].isel(bound=slice(0, -1)).to_numpy()
    closing = history["capital"].isel(bound=slice(1, None)).to_numpy()
    added = (history["building"] + history["restoration"]).to_numpy()
    worn = 1.0 - (closing - added) / opening
    # One rate of wear for each sector and member, the same in every year.
    np.testing.assert_allclose(worn, np.broadcast_to(worn[:, :, :1], worn.shape), atol=1e-9)
    assert (worn > 0).all()
    assert (worn < 0.3).all()


def test_no_more_is_restored_than_was_damaged(history: xr.Dataset) -> None:
    opening = history["damaged_capital"].isel(bound=slice(0, -1)).to_numpy()
    assert (history["restoration"].to_numpy() <= opening * (1 + 1e-9) + 1e-12).all()
    assert (history["damaged_capital"].to_numpy() >= 0).all()


def test_output_and_work_stay_within_their_limits(history: xr.Dataset) -> None:
    excess = (history["output"] / history["capacity"]).max()
    assert float(excess) <= 1 + 1e-6
    assert float(history["labour_use"].max()) <= 1 + 1e-6


def test_income_and_uses_of_the_national_product_agree(history: xr.Dataset) -> None:
    """Value added of the sectors = final uses less imports (at base-year prices)."""
    h = history.sel(territory="SUN")
    uses = (h["consumption"] + h["claims_met"] + h["exports"] + h["unsold"] - h["imports"]).sum(
        "product"
    ).to_numpy() + h["investment"].to_numpy()
    value = h["value_added"].sum("sector").to_numpy()
    np.testing.assert_allclose(value, uses, rtol=1e-9)


def test_the_start_is_the_reconstructed_table(history: xr.Dataset, order: Order) -> None:
    tables = list(load_variants("ussr_1945").values())
    variant = draw_variants("ussr_1945", order.seed, range(order.members))[1:]
    base = history["base_output"].sel(territory="SUN").isel(scenario=0).to_numpy()
    for m in range(order.members):
        np.testing.assert_array_equal(base[m], tables[variant[m]].output)


def test_stores_never_fall_below_nothing_and_hold_goods_only(history: xr.Dataset) -> None:
    stores = history["inventories"]
    assert float(stores.min()) >= -1e-12
    fleeting = ["electricity", "construction", "transport", "services"]
    assert float(stores.sel(product=fleeting).max()) < 1e-9


def test_every_member_starts_with_all_its_labour_at_work(order: Order) -> None:
    spec = order.spec()
    start = Start(spec.start, spec.territories, spec.seed, range(6), {})
    stocks, constants, _ = initial_state(start)
    used = (constants["labour_coefficients"] * constants["base_output"]).sum(-1)
    people = stocks["population"] * constants["working_age_share"] * constants["participation"]
    np.testing.assert_allclose(used, people - constants["armed_forces_start"], rtol=1e-12)


def test_the_orders_of_the_base_year_reproduce_it(order: Order) -> None:
    """With the base year's orders, labour, stocks and weather, production is the table's."""
    spec = order.spec()
    start = Start(spec.start, spec.territories, spec.seed, range(8), {})
    stocks, constants, _ = initial_state(start)
    zero = np.zeros_like(stocks["capital"])
    people = stocks["population"] * constants["working_age_share"] * constants["participation"]
    orders = {
        "consumption": constants["base_consumption"],
        "building": stocks["capital"]
        * (constants["base_investment"] / stocks["capital"].sum(-1))[..., None],
        "restoration": zero,
    }
    now = {
        **stocks,
        **constants,
        "exports": constants["base_exports"],
        "imports": constants["base_imports"],
        **{f"directed_{name}": value for name, value in orders.items()},
        **{f"demanded_{name}": zero for name in orders},
        "planning_coverage": np.ones_like(people),
        "damaged_capital": zero,
        "blocked_capacity": np.zeros_like(people),
        "harvest": np.ones_like(people),
        "labour": people - constants["armed_forces_start"],
        "productivity_ahead": stocks["productivity"][..., None, :],
        "efficiency_ahead": stocks["efficiency"][..., None, :],
        "restoration_cost": np.ones_like(people),
        "claims": constants["base_public"] + constants["base_supplies"] + constants["base_arms"],
    }
    found = production(
        Inputs(
            year=1945,
            start=1945,
            now=SimpleNamespace(**now),
            lag=SimpleNamespace(),
            p=SimpleNamespace(),
            draw=SimpleNamespace(),
            sectors=SECTORS,
        )
    )
    np.testing.assert_allclose(found["output"], constants["base_output"], rtol=1e-6)
    np.testing.assert_allclose(found["consumption"], constants["base_consumption"], rtol=1e-6)
    np.testing.assert_allclose(found["claims_met"], now["claims"], rtol=1e-6)
    np.testing.assert_allclose(found["investment"], constants["base_investment"], rtol=1e-6)
    np.testing.assert_allclose(found["employment"].sum(-1), now["labour"], rtol=1e-6)
