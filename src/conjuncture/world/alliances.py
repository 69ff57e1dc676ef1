"""Alliances: balancing against a common threat."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import half_normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import (
    Array,
    both,
    is_state,
    log_distance,
    names,
    of_pair,
    weight,
    with_partners,
)
from conjuncture.world.parameters import assumed, fitted


def common(enmity: Array, power: Array) -> Array:
    """Return 10 sum_k e_ik e_jk s_k: the power of what both have against them."""
    return np.asarray(10.0 * np.matmul(enmity, power[..., None] * np.swapaxes(enmity, -1, -2)))


def _kept(x: Inputs) -> Outputs:
    return {"alliance": np.where(both(is_state(x.now.status)), x.now.alliance, 0.0)}


@mechanism(
    "Alliances",
    phase="diplomacy",
    sources=("walt_1987", "cow_alliance_41"),
    paragraphs=("5.6", "5.7", "6.4", "6.5"),
    reads=(
        "alliance",
        "recent",
        "antagonism",
        "power_share",
        "distance",
        "status",
        "troops",
    ),
    writes=("alliance",),
    parameters=(
        fitted("base", "constant", "logit", -5.0, 1.5),
        fitted("common_threat", "effect of disputes with the same powers", "logit", 1.0, 0.7),
        fitted("distance", "effect of ln(km / 3000)", "logit", -0.5, 0.5),
        fitted("weight", "effect of ln(joint share of power / 0.05)", "logit", 0.3, 0.4),
        fitted("recent", "effect of disputes of the two", "logit", 0.0, 1.0),
        fitted("end", "constant of the end of a treaty", "logit", -3.0, 0.8),
        fitted("end_recent", "effect of disputes of the two on its end", "logit", 0.5, 0.8),
        assumed(
            "balancing",
            "effect of antagonism with the same powers, and of their own on its end",
            "logit",
            half_normal(2.5),
            "states balance against threat (Walt), seen before a dispute is open; the size is "
            "open, since the fit knows disputes alone",
        ),
        assumed(
            "presence",
            "effect of the partner's troops in the country",
            "logit",
            half_normal(2.0),
            "who has troops in a country can ask for a treaty; the size is open",
        ),
    ),
    pair_uniforms=("treaty",),
    off=_kept,
)
def alliance_formation(x: Inputs) -> Outputs:
    """Draw the treaties that are made and that end.

    New: logistic(base + common_threat T_ij + distance + weight + recent +
    balancing (K_ij - A_ij) + presence), T_ij = 10 sum_k recent_ik recent_jk s_k
    and K_ij the same over antagonism. End: logistic(end + end_recent recent_ij +
    balancing A_ij - presence). Lands that do not act for themselves have none.
    """
    p = with_partners(x)
    hostile = np.maximum(x.now.antagonism, 0.0)
    there = names(x.now.troops, x.now.status.shape[-1]).astype(float)
    there = np.maximum(there, np.swapaxes(there, -1, -2))
    made = logistic(
        p["base"]
        + p["common_threat"] * common(x.now.recent, x.now.power_share)
        + p["distance"] * log_distance(x.now.distance)
        + p["weight"] * weight(x.now.power_share)
        + p["recent"] * x.now.recent
        + p["balancing"] * (common(hostile, x.now.power_share) - x.now.antagonism)
        + p["presence"] * there
    )
    ended = logistic(
        p["end"]
        + p["end_recent"] * x.now.recent
        + p["balancing"] * x.now.antagonism
        - p["presence"] * there
    )
    draw = of_pair(x.uniform.treaty)
    allied = np.where(x.now.alliance > 0.0, draw >= ended, draw < made)
    return {"alliance": np.where(both(is_state(x.now.status)), allied, False).astype(float)}
