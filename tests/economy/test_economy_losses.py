"""Capital that war, a change of property and dismantling take."""

from __future__ import annotations

import numpy as np
import pytest
from economy_inputs import act, switched_off

from conjuncture.data.sectors import SECTORS
from conjuncture.economy.losses import MOST_LOST, industrial

CAPITAL = np.arange(1.0, 13.0)


def test_war_and_property_take_alike_from_all_sectors() -> None:
    now = {
        "capital": CAPITAL,
        "war_losses_capital": 0.2,
        "regime_loss": 0.1,
        "restorable_share": 0.5,
    }
    found = act("capital_losses", now)
    np.testing.assert_allclose(found["capital_loss"][0, 0], 1.0 - 0.8 * 0.9)
    np.testing.assert_allclose(found["capital_damage"][0, 0], 0.1)


def test_a_part_that_breaks_away_takes_its_capital() -> None:
    found = act("capital_losses", {"capital": CAPITAL, "seceded_share": 0.3})
    np.testing.assert_allclose(found["capital_loss"], 0.3)
    assert not found["capital_damage"].any()


def test_dismantled_plant_is_industrial_and_arrives_with_a_loss() -> None:
    """What leaves, valued in world money, is what is taken; what arrives, the usable part."""
    capital = np.stack([CAPITAL, 2.0 * CAPITAL])
    price = np.array([0.5, 4.0])
    taken = 7.0
    now = {
        "capital": capital,
        "world_price": price,
        "plant_taken": [taken, 0.0],
        "plant_received": [0.0, 0.4 * taken],
    }
    moved = act("capital_losses", now, count=2)["capital_loss"][0]
    world = (moved * capital).sum(-1) * price
    np.testing.assert_allclose(world, [taken, -0.4 * taken])
    assert not moved[:, industrial(SECTORS) == 0.0].any()


def test_something_stands_even_in_ruins() -> None:
    now = {"capital": CAPITAL, "war_losses_capital": 1.0, "plant_taken": 50.0}
    found = act("capital_losses", now)["capital_loss"]
    assert found.max() == MOST_LOST


def test_off_nothing_is_lost() -> None:
    found = switched_off("capital_losses", {"capital": CAPITAL, "war_losses_capital": 0.5})
    assert not found["capital_loss"].any()
    assert not found["capital_damage"].any()


def test_a_sector_of_industry_is_found_by_name() -> None:
    assert industrial(("agriculture", "machinery", "services")) == pytest.approx([0.0, 1.0, 0.0])
