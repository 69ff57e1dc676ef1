"""Antagonism of every pair of states, and the principal one."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import NONE, Array, at, best, both, closure, is_state, pair_at
from conjuncture.world.parameters import contested


def _neutral(x: Inputs) -> Outputs:
    return {"antagonism": np.zeros_like(x.now.lever_embargo)}


@mechanism(
    "Antagonism",
    phase="diplomacy",
    sources=("pablo_1945", "waltz_1979"),
    paragraphs=("6.2", "6.3", "6.4"),
    reads=(
        "weight_beyond",
        "great_power",
        "openness",
        "status",
        "lever_embargo",
        "lever_blockade",
    ),
    writes=("antagonism",),
    parameters=(
        contested(
            "weight",
            "effect of the two powers' weight beyond equilibrium",
            "1",
            1.0,
            "the essay and the balance of power say that preponderance breeds conflict, "
            "hegemonic stability and power preponderance say that it keeps peace",
        ),
        contested(
            "closure",
            "effect of an area closed to the other's penetration",
            "1",
            1.0,
            "the essay says that closure breeds antagonism; others hold that trade does, "
            "or that neither matters beside power",
        ),
    ),
    off=_neutral,
)
def antagonism(x: Inputs) -> Outputs:
    """Measure the antagonism of each pair from its weight and its closure.

    A_ij = tanh(weight (E_i g_j + E_j g_i) + closure C_ij), E the weight beyond
    equilibrium, g whether the other is a great power, and C_ij = |o_i - o_j|, o the
    openness: the area of one that is closed to a penetration which the other
    grants. 0 is neutral, below 0 lies affinity. The class character of the two does
    not enter; disputes and treaties have their own effects on what follows. An
    embargo closes the pair, a blockade all pairs of a land, as far as closure goes.
    """
    shut = np.maximum(x.now.lever_embargo, x.now.lever_blockade[..., None])
    embargo = np.maximum(shut, np.swapaxes(shut, -1, -2))
    closed = np.maximum(closure(x.now.openness), embargo)
    beyond = x.now.weight_beyond[..., :, None] * x.now.great_power[..., None, :]
    beyond = beyond + np.swapaxes(beyond, -1, -2)
    index = x.p.weight[..., None] * beyond + x.p.closure[..., None] * closed
    return {"antagonism": np.where(both(is_state(x.now.status)), np.tanh(index), 0.0)}


def _nobody(x: Inputs) -> Outputs:
    """Let no state have a rival."""
    none = np.full_like(x.now.power_share, NONE)
    return {
        "rival": none,
        "threat": np.zeros_like(none),
        "principal_first": none[..., 0],
        "principal_second": none[..., 0],
        "principal_antagonism": np.zeros(none.shape[0]),
    }


@mechanism(
    "Principal antagonism",
    phase="diplomacy",
    sources=("pablo_1945",),
    paragraphs=("1.16", "6.1"),
    reads=("antagonism", "power_share"),
    writes=("rival", "threat", "principal_first", "principal_second", "principal_antagonism"),
    off=_nobody,
)
def principal_pair(x: Inputs) -> Outputs:
    """Name the rival of each state and the principal antagonism of the year.

    The pair of the largest A_ij sqrt(s_i s_j): an antagonism counts by the power
    behind it. The rival of a state is its partner in the largest of its own.
    """
    score = weighted(x.now.antagonism, x.now.power_share)
    rival = best(score)
    threat = pair_at(x.now.antagonism, rival)
    top = np.maximum(score.max(axis=-1), 0.0)
    first = np.argmax(top, axis=-1)[..., None].astype(float)
    there = at(top, first)[..., 0] > 0.0
    pair = np.concatenate([first, at(rival, first, NONE)], axis=-1)
    return {
        "rival": rival,
        "threat": threat,
        "principal_first": np.where(there, pair.min(axis=-1), NONE),
        "principal_second": np.where(there, pair.max(axis=-1), NONE),
        "principal_antagonism": np.where(there, at(threat, first)[..., 0], 0.0),
    }


def weighted(antagonism: Array, power: Array) -> Array:
    """Return the antagonism of each pair times the mean power behind it."""
    root = np.sqrt(np.maximum(power, 0.0))
    return np.asarray(antagonism * root[..., :, None] * root[..., None, :])
