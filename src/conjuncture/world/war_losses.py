"""Losses of war: people, and capital with them."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import half_normal, lognormal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import TINY
from conjuncture.world.parameters import assumed, fitted

MOST_LOST = 0.05
"""Most of its people that a territory loses in a year to other weapons: somewhat above the
yearly mean of the hardest hit of the World War, Poland (ww2_deaths)."""

MOST_BOMBED = 0.3
"""Most of people, and of capital, that a year of any war takes: nothing observed, a bound."""


def _none_lost(x: Inputs) -> Outputs:
    return {"war_losses_people": np.zeros_like(x.now.at_war)}


@mechanism(
    "Losses of people in war",
    phase="hazards",
    sources=("richardson_1960_quarrels", "ww2_deaths"),
    paragraphs=("5.3",),
    reads=("war", "war_onset", "war_joined", "at_war", "power_share", "nuclear"),
    writes=("war_losses_people",),
    parameters=(
        fitted("deaths", "logarithm of deaths per 1,000 people and year", "ln", 0.0, 1.0),
        fitted("weakness", "effect of ln(S_enemy / S_own)", "ln", 0.2, 0.3),
        assumed(
            "spread",
            "standard deviation of the logarithm",
            "ln",
            half_normal(1.5),
            "wide on purpose: the fit on the years before 1945 replaces it",
        ),
        assumed(
            "nuclear",
            "factor of losses where an enemy has nuclear weapons",
            "1",
            lognormal(5.0, 0.8),
            "two bombs killed about as many in days as conventional raids did in a month "
            "of the same war; how many would be dropped is open",
            limits=(0.01, 1000.0),
        ),
    ),
    draws=("losses",),
    off=_none_lost,
)
def war_losses(x: Inputs) -> Outputs:
    """Draw the share of its people that a belligerent loses in a year.

    ln(1000 share) = deaths + weakness ln(S_enemy / S_own) + spread z; times the
    nuclear factor where an enemy has the bomb. S_own counts all that fight an
    enemy of the territory.
    """
    if not x.now.at_war.any():
        return _none_lost(x)
    fought = np.maximum(x.now.war, np.maximum(x.now.war_onset, x.now.war_joined))
    enemy = np.matmul(fought, x.now.power_share[..., None])[..., 0]
    friends = (np.matmul(fought, fought) > 0.0) & (fought == 0.0)
    friends |= np.eye(fought.shape[-1], dtype=bool)
    own = np.matmul(friends.astype(float), x.now.power_share[..., None])[..., 0]
    ratio = np.clip(np.log(np.maximum(enemy, TINY) / np.maximum(own, TINY)), -10.0, 10.0)
    log = x.p.deaths + x.p.weakness * ratio + x.p.spread * x.draw.losses
    bombed = np.matmul(fought, x.now.nuclear[..., None])[..., 0] > 0.0
    share = np.minimum(np.exp(np.minimum(log, 7.0)) / 1000.0, MOST_LOST)
    share = np.where(bombed, np.minimum(share * x.p.nuclear, MOST_BOMBED), share)
    return {"war_losses_people": share * x.now.at_war}


def _spared(x: Inputs) -> Outputs:
    return {"war_losses_capital": np.zeros_like(x.now.war_losses_people)}


@mechanism(
    "Losses of capital in war",
    phase="hazards",
    sources=("harrison_1998",),
    paragraphs=("5.3",),
    reads=("war_losses_people",),
    writes=("war_losses_capital",),
    parameters=(
        fitted("ratio", "logarithm of capital lost per share of people lost", "ln", 0.5, 0.7),
        assumed(
            "spread",
            "standard deviation of the logarithm",
            "ln",
            half_normal(0.7),
            "wide on purpose: the fit on the years before 1945 replaces it",
        ),
    ),
    draws=("damage",),
    off=_spared,
)
def war_capital(x: Inputs) -> Outputs:
    """Lose capital with people: share = exp(ratio + spread z) x share of people lost."""
    factor = np.exp(np.clip(x.p.ratio + x.p.spread * x.draw.damage, -10.0, 5.0))
    return {"war_losses_capital": np.minimum(factor * x.now.war_losses_people, MOST_BOMBED)}
