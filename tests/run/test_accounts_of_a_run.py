"""The accounts of every year of a run close, and stocks follow from flows."""

from __future__ import annotations

import numpy as np
import xarray as xr

from conjuncture.accounts.library import load_variants
from conjuncture.run.ensemble import Order
from conjuncture.run.start import draw_variants


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
