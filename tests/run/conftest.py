"""A small run of the scenario 1945, shared by the tests of this folder."""

from __future__ import annotations

import pytest
import xarray as xr

from conjuncture.run.ensemble import Order, order_run, run
from conjuncture.run.scenario import load_scenario

MEMBERS = 12


@pytest.fixture(scope="session")
def order() -> Order:
    return order_run(load_scenario("ussr_1945"), members=MEMBERS, until=1952)


@pytest.fixture(scope="session")
def history(order: Order) -> xr.Dataset:
    return run(order)
