"""Militarised disputes: which pairs of states clash in a year."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import half_normal, normal, uniform
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import (
    Array,
    both,
    forced,
    is_state,
    log_distance,
    of_pair,
    parity,
    weight,
    with_partners,
)
from conjuncture.world.parameters import assumed, contested, fitted


def _memory(recent: Array, dispute: Array, memory: Array | float) -> Array:
    return np.asarray(np.where(dispute > 0.0, 1.0, recent * np.exp(-1.0 / memory)))


def _no_dispute(x: Inputs) -> Outputs:
    none = np.zeros_like(x.now.recent)
    dispute = np.where(both(is_state(x.now.status)), forced(x.now.lever_war), 0.0)
    return {
        "dispute_risk": none,
        "dispute": dispute,
        "in_dispute": dispute.sum(axis=-1),
        "recent": _memory(x.now.recent, np.maximum(dispute, x.now.war), 6.0),
    }


@mechanism(
    "Hazard of disputes",
    phase="hazards",
    sources=("bremer_1992",),
    paragraphs=("6.1", "6.4", "6.10"),
    reads=(
        "power_share",
        "distance",
        "contiguous",
        "alliance",
        "recent",
        "antagonism",
        "caution",
        "satisfaction",
        "war",
        "status",
        "lever_war",
    ),
    writes=("dispute_risk", "dispute", "in_dispute", "recent"),
    parameters=(
        fitted("base", "constant", "logit", -6.5, 1.5),
        fitted("contiguous", "effect of a common border", "logit", 1.0, 1.0),
        fitted("distance", "effect of ln(km / 3000)", "logit", -0.5, 0.5),
        fitted("parity", "effect of ln(smaller / larger share of power)", "logit", 0.0, 0.5),
        fitted("weight", "effect of ln(joint share of power / 0.05)", "logit", 0.5, 0.5),
        fitted("allied", "effect of a treaty", "logit", 0.0, 1.0),
        fitted("recent", "effect of disputes before", "logit", 1.5, 1.0),
        assumed(
            "memory",
            "years in which the memory of a dispute falls to 1/e",
            "years",
            normal(6.0, 1.0),
            "rivalries last for a decade or two (Diehl and Goertz); the fit finds twice as long",
            limits=(0.5, 50.0),
        ),
        assumed(
            "antagonism",
            "effect of the pair's antagonism",
            "logit",
            half_normal(1.0),
            "its sign lies in the antagonism itself, which is contested there; as large as "
            "the other effects at most",
        ),
        assumed(
            "restraint",
            "effect of the caution of planned states, as a share of that on ceding",
            "1",
            uniform(0.0, 0.5),
            "who would cede in a dispute also begins fewer; the other side may begin it",
            limits=(0.0, 1.0),
        ),
        contested(
            "satisfaction",
            "effect of what the two draw from other lands, as a share of product, taken off",
            "logit",
            10.0,
            "the satisfied may quarrel less, or appetite may grow; a twentieth of product "
            "counts for half a logit or so",
        ),
    ),
    pair_uniforms=("onset",),
    off=_no_dispute,
)
def dispute_hazard(x: Inputs) -> Outputs:
    """Draw the militarised disputes of the year among all pairs of states.

    p = logistic(base + contiguous + distance ln(km / 3000) + parity ln(s_min /
    s_max) + weight ln((s_i + s_j) / 0.05) + allied + recent + antagonism (A_ij - mean
    A) - restraint (caution_i + caution_j) - satisfaction (g_i + g_j)). The mean is
    that of all pairs of states, since the fitted rate is that of an average pair.
    Pairs at war are in no new dispute; their memory is kept fresh.
    """
    p = with_partners(x)
    cautious = x.now.caution[..., :, None] + x.now.caution[..., None, :]
    gains = x.now.satisfaction[..., :, None] + x.now.satisfaction[..., None, :]
    eta = (
        p["base"]
        + p["contiguous"] * x.now.contiguous
        + p["distance"] * log_distance(x.now.distance)
        + p["parity"] * parity(x.now.power_share)
        + p["weight"] * weight(x.now.power_share)
        + p["allied"] * x.now.alliance
        + p["recent"] * x.now.recent
        + p["antagonism"] * (x.now.antagonism - _mean(x))
        - p["restraint"] * cautious
        - p["satisfaction"] * gains
    )
    able = both(is_state(x.now.status)) & (x.now.war == 0.0)
    risk = np.where(able, logistic(eta), 0.0)
    drawn = (of_pair(x.uniform.onset) < risk).astype(float)
    dispute = np.where(able, np.maximum(drawn, forced(x.now.lever_war)), 0.0)
    return {
        "dispute_risk": risk,
        "dispute": dispute,
        "in_dispute": dispute.sum(axis=-1),
        "recent": _memory(x.now.recent, np.maximum(dispute, x.now.war), p["memory"]),
    }


def _mean(x: Inputs) -> Array:
    """Return the mean antagonism of all pairs of states of each member (members, 1, 1)."""
    states = is_state(x.now.status).sum(axis=-1).astype(float)
    pairs = np.maximum(states * (states - 1.0), 1.0)
    return np.asarray(x.now.antagonism.sum(axis=(-2, -1)) / pairs)[:, None, None]
