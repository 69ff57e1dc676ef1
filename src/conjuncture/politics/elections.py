"""Elections: votes by family of parties."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import half_normal, normal, triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import (
    TINY,
    Array,
    assumed,
    labels_of,
    normalised,
    position,
    share,
)

TERM = 4.0
"""Years from one election to the next: the usual longest term lies between three and five."""

FOLLOWERS = {
    "communist": "communist",
    "reformist": "socialist",
    "new_pole": "revolutionary",
    "fascist": "fascist",
    "national": "national",
}
"""Movements of the masses and the family of parties that each votes for."""

FREE = ("unorganised", "withdrawn")
"""Adults whom no movement holds; they vote for the parties of order, or not at all."""

FAMILIES = (
    "communist",
    "revolutionary",
    "socialist",
    "national",
    "agrarian",
    "centre",
    "conservative",
    "fascist",
    "none",
)
"""Every family of parties, from left to right; ``none`` votes for no party."""


def _unchanged(x: Inputs) -> Outputs:
    return {
        "party_support": x.now.vote + 0.0,
        "vote": x.now.vote + 0.0,
        "vote_age": x.now.vote_age + 0.0,
        "vote_income": x.now.vote_income + 0.0,
    }


@mechanism(
    "Elections",
    phase="masses",
    sources=("nannestad_paldam_2002", "lewis_beck_stegmaier_2000", "lipset_rokkan_1967"),
    paragraphs=("6.15", "6.16", "6.17"),
    reads=(
        "vote",
        "vote_age",
        "vote_income",
        "home_vote",
        "government",
        "mass",
        "home_mass",
        "income_1",
    ),
    writes=("party_support", "vote", "vote_age", "vote_income"),
    parameters=(
        assumed(
            "cost_of_ruling",
            "Change of the governing parties' share from one election to the next",
            "share of votes",
            normal(0.0, 0.05),
            "some points of either sign before looking at elections",
            (-1.0, 1.0),
        ),
        assumed(
            "economic_vote",
            "Governing parties' gain for each unit of yearly growth since the last election",
            "share of votes",
            normal(0.0, 1.0),
            "a point of growth moves some tenths of a point of votes, of either sign",
            (-20.0, 20.0),
        ),
        assumed(
            "volatility",
            "Standard deviation of a party's share about this, over sqrt(v (1-v))",
            "1",
            half_normal(0.2),
            "from frozen votes to votes that move by some ten points",
        ),
        assumed(
            "extremes_drift",
            "Change of the joint share of Communists and far right without growth",
            "share of votes",
            normal(0.0, 0.05),
            "some points of either sign",
            (-1.0, 1.0),
        ),
        assumed(
            "extremes",
            "Their gain for each unit of yearly growth",
            "share of votes",
            normal(0.0, 1.0),
            "a slump feeds them or not: of either sign",
            (-20.0, 20.0),
        ),
        assumed(
            "persistence",
            "Share of a family's distance to its country's mean that is left at the next election",
            "1",
            triangular(0.2, 0.7, 1.0),
            "families of parties keep most of their share",
            (-1.0, 1.5),
        ),
        assumed(
            "alignment",
            "Share of the gap between votes and the masses' alignment that an election closes",
            "1",
            triangular(0.1, 0.4, 0.9),
            "voters follow movements with a lag of some elections",
            (0.0, 1.0),
        ),
    ),
    draws=tuple(f"vote_{name}" for name in FAMILIES),
    off=_unchanged,
)
def elections(x: Inputs) -> Outputs:
    """Hold elections every four years: persistence, the economic vote, the masses.

    Shares tend to the country's mean with ``persistence`` and close a part of
    the gap to the alignment of the masses. The governing parties together
    change by cost_of_ruling + economic_vote * g and the extremes (Communists,
    fascists) by extremes_drift + extremes * g, g being the mean yearly growth
    of product per head since the last election, both in proportion to shares.
    Each share then meets a shock of volatility * sqrt(v (1-v)); negative shares
    are cut and the rest is scaled to one.
    """
    before = x.now.vote
    held = x.now.vote_age + 1.0 >= TERM
    years = np.maximum(x.now.vote_age + 1.0, 1.0)
    income = np.maximum(x.now.income_1, TINY)
    growth = np.log(income / np.maximum(x.now.vote_income, TINY)) / years
    home = x.now.home_vote
    expected = home + x.p.persistence[..., None] * (before - home)
    expected += x.p.alignment[..., None] * (_aligned(x) - expected)
    expected = normalised(expected)
    shift = _moved(expected, x.now.government, x.p.cost_of_ruling + x.p.economic_vote * growth)
    shift += _moved(expected, _extremes(x), x.p.extremes_drift + x.p.extremes * growth)
    found = normalised(expected + shift)
    found = normalised(found + _shock(x, found))
    after = np.where(held[..., None], found, before)
    return {
        "party_support": after,
        "vote": after.copy(),
        "vote_age": np.where(held, 0.0, x.now.vote_age + 1.0),
        "vote_income": np.where(held, income, x.now.vote_income),
    }


def _aligned(x: Inputs) -> Array:
    """Return the vote that follows from the masses: each family gains as its movement has.

    A family whose movement doubled has double its share at home; the parties
    that no movement stands behind share what the unorganised and withdrawn do.
    """
    gain = _ratio(share(x, x.now.mass, "mass", *FREE), share(x, x.now.home_mass, "mass", *FREE))
    out: Array = x.now.home_vote * gain[..., None]
    for movement, family in FOLLOWERS.items():
        now, home = (share(x, m, "mass", movement) for m in (x.now.mass, x.now.home_mass))
        k = position(x, "party", family)
        out[..., k] = x.now.home_vote[..., k] * _ratio(now, home)
    return normalised(out)


def _ratio(now: Array, home: Array) -> Array:
    return np.asarray(now / np.maximum(home, 1e-6))


def _extremes(x: Inputs) -> Array:
    out: Array = np.zeros_like(x.now.vote)
    for family in ("communist", "fascist"):
        out[..., position(x, "party", family)] = 1.0
    return out


def _moved(votes: Array, weights: Array, change: Array) -> Array:
    """Return a change of the parties weighted, in proportion to shares, taken from the others."""
    mine = votes * np.clip(weights, 0.0, 1.0)
    others = votes - mine
    total, rest = mine.sum(axis=-1), others.sum(axis=-1)
    held = (total > TINY) & (rest > TINY)
    step = np.where(held, np.clip(change, -total, rest), 0.0)[..., None]
    to_mine = mine / np.maximum(total, TINY)[..., None]
    from_others = others / np.maximum(rest, TINY)[..., None]
    return np.asarray(step * (to_mine - from_others))


def _shock(x: Inputs, votes: Array) -> Array:
    """Return the shocks of all families, in the order of the labels."""
    drawn = [getattr(x.draw, f"vote_{name}") for name in labels_of(x, "party")]
    noise = np.stack(np.broadcast_arrays(*drawn), axis=-1)
    spread = np.sqrt(np.clip(votes * (1.0 - votes), 0.0, None))
    return np.asarray(x.p.volatility[..., None] * spread * noise)
