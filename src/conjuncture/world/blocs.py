"""Blocs around the leading powers, and the bridgeheads around their rivals."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import uniform
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import NONE, TINY, Array, at, best, is_state, names, own
from conjuncture.world.parameters import assumed

TWICE = 2.0
"""How much stronger a leader is than those who follow it: less makes two poles of them."""


def _as_before(x: Inputs) -> Outputs:
    return {"bloc": x.now.bloc}


@mechanism(
    "Blocs",
    phase="diplomacy",
    sources=("walt_1987",),
    paragraphs=("5.6", "5.7", "6.5"),
    reads=(
        "bloc",
        "holder",
        "status",
        "troops",
        "alliance",
        "antagonism",
        "power_share",
        "great_power",
        "rival",
    ),
    writes=("bloc",),
    off=_as_before,
)
def blocs(x: Inputs) -> Outputs:
    """Find the leading power of each territory's bloc.

    Leaders are great powers, at least twice as strong as who follows them. A state
    follows the one whose troops stand in it; else the strongest that it has a treaty
    with and whose rival it opposes at least as much as that power; else, a great
    power leads its own bloc and others belong to none. Lands held by others
    follow their holder.
    """
    count = x.now.power_share.shape[-1]
    power, great = x.now.power_share, x.now.great_power
    stronger = (great * power)[..., None, :] * (power[..., None, :] > TWICE * power[..., :, None])
    hostile = np.maximum(x.now.antagonism, 0.0)
    against = _of_partner(hostile, x.now.rival)
    shared = (against >= hostile) & (x.now.rival[..., None, :] != own(power)[..., :, None])
    treaty = stronger * (x.now.alliance > 0.0) * shared
    troops = stronger * names(x.now.troops, count)
    leader = best(np.where((troops > 0.0).any(axis=-1)[..., None], troops, treaty))
    leader = np.where(leader >= 0, leader, np.where(great > 0.0, own(power), NONE))
    for _ in range(3):  # an ally's leader may follow another itself
        leader = np.where(leader >= 0, at(leader, leader, NONE), leader)
    held = ~is_state(x.now.status)
    return {"bloc": np.where(held, at(leader, x.now.holder, NONE), leader)}


def _of_partner(hostile: Array, rival: Array) -> Array:
    """Return the hostility of i to the rival of j, 0 where j has none."""
    where = np.broadcast_to(np.maximum(rival, 0).astype(int)[..., None, :], hostile.shape)
    found = np.take_along_axis(hostile, where, axis=-1)
    return np.asarray(np.where(rival[..., None, :] >= 0, found, 0.0))


def _no_ring(x: Inputs) -> Outputs:
    none = np.zeros_like(x.now.status)
    return {
        "bridgehead": np.zeros_like(x.now.distance),
        "encirclement": none,
        "troops_posted": np.full_like(none, NONE),
    }


@mechanism(
    "Bridgeheads",
    phase="diplomacy",
    sources=("boulding_1962", "pablo_1945"),
    paragraphs=("6.5", "6.6", "6.8"),
    reads=(
        "holder",
        "status",
        "troops",
        "alliance",
        "distance",
        "rival",
        "threat",
        "great_power",
        "power_share",
    ),
    writes=("bridgehead", "encirclement", "troops_posted"),
    parameters=(
        assumed(
            "reach",
            "distance over which the use against the rival falls to 1/e",
            "km",
            uniform(800.0, 3000.0),
            "from the reach of a bomber of 1945 to that of an army's season of campaign",
            limits=(10.0, 1e5),
        ),
        assumed(
            "posting",
            "chance in a year to post troops in an ally beside an open antagonist",
            "1/year",
            uniform(0.0, 0.4),
            "from never to within two or three years",
            limits=(0.0, 1.0),
        ),
    ),
    uniforms=("posting",),
    off=_no_ring,
)
def bridgeheads(x: Inputs) -> Outputs:
    """Find what serves each great power as a bridgehead against its rival, and post troops.

    B_tk = [t is held by k, has k's troops or a treaty with k] exp(-d(t, rival of
    k) / reach). The encirclement of a state is the share of its surroundings,
    weighted by the same nearness, that serves a power whose rival it is. Troops are
    posted in an ally with the chance posting x A x nearness.
    """
    count = x.now.power_share.shape[-1]
    served = np.maximum(names(x.now.holder, count), names(x.now.troops, count)).astype(float)
    served = np.maximum(served, x.now.alliance) * x.now.great_power[..., None, :]
    served = np.where(np.eye(count, dtype=bool), 0.0, served)
    near = np.exp(-x.now.distance / x.p.reach[..., None])
    near = np.where(np.eye(count, dtype=bool), 0.0, near)
    to_rival = _nearness(near, x.now.rival)
    bridgehead = served * to_rival
    score = bridgehead * x.now.threat[..., None, :] * (x.now.alliance > 0.0)
    poster = best(score)
    chance = np.clip(x.p.posting * np.max(score, axis=-1), 0.0, 1.0)
    free = is_state(x.now.status) & (x.now.troops < 0) & (x.now.great_power == 0.0)
    posted = free & (x.uniform.posting < chance)
    return {
        "bridgehead": bridgehead,
        "encirclement": _encirclement(served, near, x.now.rival, count),
        "troops_posted": np.where(posted, poster, NONE),
    }


def _nearness(near: Array, rival: Array) -> Array:
    """Return the nearness of t to the rival of k (members, t, k), 0 where k has none."""
    where = np.broadcast_to(np.maximum(rival, 0).astype(int)[..., None, :], near.shape)
    found = np.take_along_axis(near, where, axis=-1)
    return np.asarray(np.where(rival[..., None, :] >= 0, found, 0.0))


def _encirclement(served: Array, near: Array, rival: Array, count: int) -> Array:
    """Return the share of the surroundings of each state that serves who has it as a rival."""
    aims = names(rival, count).astype(float)  # (k, i): i is the rival of k
    serving = np.minimum(np.matmul(served, aims), 1.0)  # (t, i)
    total = np.maximum(near.sum(axis=-2), TINY)
    return np.asarray((serving * near).sum(axis=-2) / total)
