"""Capital lost and damaged in a year, for the accumulation of the next."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.economy.national_accounts import INDUSTRY

Array = npt.NDArray[np.float64]


MOST_LOST = 0.99
"""Largest share of a sector's capital that a year can take: something stands even in ruins."""


def industrial(sectors: tuple[str, ...]) -> Array:
    """Return 1 for the sectors of industry, whose plant can be dismantled, and 0 else."""
    return np.array([float(name in INDUSTRY) for name in sectors])


def _whole(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.capital)
    return {"capital_loss": zero, "capital_damage": zero}


@mechanism(
    "Losses of capital",
    phase="territory",
    sources=("harrison_1998", "janossy_1966"),
    paragraphs=("1.4", "3.5", "5.3"),
    reads=(
        "capital",
        "world_price",
        "restorable_share",
        "war_losses_capital",
        "regime_loss",
        "seceded_share",
        "plant_taken",
        "plant_received",
    ),
    writes=("capital_loss", "capital_damage"),
    off=_whole,
)
def capital_losses(x: Inputs) -> Outputs:
    """Add up what war, a change of property, secession and dismantling take from capital.

    loss = 1 - (1 - war) (1 - property) (1 - seceded) + (plant taken - plant received) / plant.
    The sum acts next year. Of what war took, the share that the state's own losses of 1945
    left standing can be restored; what was moved away or flown cannot. A part that breaks
    away takes capital with it in proportion to its people. Where plant arrives, the loss is
    negative. No source tells losses by sector, so they are spread like the stock;
    dismantling takes and gives plant of industry alone.
    """
    war, regime, seceded = x.now.war_losses_capital, x.now.regime_loss, x.now.seceded_share
    gone = 1.0 - (1.0 - war) * (1.0 - regime) * (1.0 - np.clip(seceded, 0.0, 1.0))
    plant = x.now.capital * industrial(x.sectors)
    value = np.maximum(plant.sum(-1) * x.now.world_price, 1e-12)
    moved = (x.now.plant_taken - x.now.plant_received) / value
    loss = gone[..., None] + moved[..., None] * industrial(x.sectors)
    damage = (war * x.now.restorable_share)[..., None]
    return {
        "capital_loss": np.minimum(loss, MOST_LOST),
        "capital_damage": np.broadcast_to(damage, loss.shape).copy(),
    }
