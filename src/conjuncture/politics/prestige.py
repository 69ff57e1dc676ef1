"""Prestige: what victory and annexation lend to a state."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import TINY, Array, assumed, contested

ANNEX = 1.0
"""Code of the occupier's choice to annex."""


def _as_before(x: Inputs) -> Outputs:
    return {"prestige": x.now.prestige + 0.0}


@mechanism(
    "Prestige",
    phase="policy",
    sources=("mueller_1970",),
    paragraphs=("1.20", "3.2"),
    reads=("prestige", "holder", "population"),
    lagged=("defeated", "victory", "occupier_choice"),
    writes=("prestige",),
    parameters=(
        assumed(
            "fade",
            "Share of prestige that fades in a year",
            "1/year",
            triangular(0.03, 0.1, 0.4),
            "the rally of a war fades within some years, that of a revolution within a generation",
            (0.0, 1.0),
        ),
        assumed(
            "victory",
            "Share of the missing prestige that a won war brings",
            "1",
            triangular(0.1, 0.5, 0.9),
            "a victory raises prestige; how far is left wide",
            (0.0, 1.0),
        ),
        contested(
            "annexation",
            "Prestige from annexing a people as numerous as one's own",
            "1",
            "one school sees annexations raise prestige, another sees them repel",
        ),
    ),
    off=_as_before,
)
def prestige(x: Inputs) -> Outputs:
    """Let prestige fade, and rise with a war won and with land annexed.

    p' = p (1 - fade) + (1 - p) victory * won + annexation * gain, kept in 0..1;
    ``won`` is 1 where the state won a war last year and lost none, ``gain`` the
    population annexed last year relative to the own.
    """
    lost = np.clip(x.lag.defeated, 0.0, 1.0)
    won = np.clip(x.lag.victory, 0.0, 1.0).max(axis=-1) * (1.0 - lost)
    risen = x.now.prestige * (1.0 - x.p.fade) + (1.0 - x.now.prestige) * x.p.victory * won
    return {"prestige": np.clip(risen + x.p.annexation * _gain(x), 0.0, 1.0)}


def _gain(x: Inputs) -> Array:
    """Return the population annexed last year relative to the own, at most 1."""
    own = np.arange(x.now.holder.shape[-1])
    taken = np.where(x.lag.occupier_choice == ANNEX, x.now.population, 0.0)
    held = (x.now.holder[..., None] == own) & (own[:, None] != own)
    gained = (held * taken[..., None]).sum(axis=-2)
    return np.asarray(np.minimum(gained / np.maximum(x.now.population, TINY), 1.0))
