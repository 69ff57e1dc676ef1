"""Arms: what states aim to spend and to keep under arms."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import half_normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import Array, is_state
from conjuncture.world.parameters import assumed, fitted

LEAST_BURDEN, MOST_BURDEN = 1e-3, 0.5
"""Bounds of the military share of product: of the great powers only Germany and the USSR passed
a half, at the height of the World War (harrison_1998)."""

LEAST_FORCES, MOST_FORCES = 1e-4, 0.1
"""Bounds of the armed forces per head: those of the World War's great powers stayed below."""


@mechanism(
    "Peace strength",
    phase="start",
    sources=("nerlove_1958",),
    reads=("armed_forces", "armed_forces_peace", "spending_share_start"),
    writes=("armed_forces_target", "arms_target"),
)
def peace_strength(x: Inputs) -> Outputs:
    """Set what each state aims at as the war ends: forces of peace, at the same outlay each.

    F* = min(F, F_peace), and the military share b* = b F* / F.
    """
    forces = np.minimum(x.now.armed_forces, x.now.armed_forces_peace)
    kept = np.where(x.now.armed_forces > 0.0, forces / np.maximum(x.now.armed_forces, 1e-9), 1.0)
    share = np.clip(x.now.spending_share_start * kept, LEAST_BURDEN, MOST_BURDEN)
    return {"armed_forces_target": forces, "arms_target": share}


def _constant_share(x: Inputs) -> Outputs:
    share = x.now.arms_target
    return {"arms_target": share, "military_share": share * is_state(x.now.status)}


@mechanism(
    "Arms race",
    phase="diplomacy",
    sources=("richardson_1960",),
    paragraphs=("6.4", "6.5"),
    reads=(
        "arms_target",
        "recent",
        "antagonism",
        "power_share",
        "war",
        "status",
        "lever_arms_race",
    ),
    writes=("arms_target", "military_share"),
    parameters=(
        fitted("adjustment", "return to the normal share in a year (fatigue)", "1/year", 0.2, 0.04),
        fitted("normal", "logarithm of the share without rivals (grievance)", "ln", -3.7, 0.7),
        fitted("reaction", "effect of the effort of those disputed with", "1", 0.3, 0.3),
        fitted("war", "effect of being at war", "ln/year", 0.5, 0.5),
        assumed(
            "spread",
            "standard deviation of yearly shocks",
            "ln",
            half_normal(0.2),
            "wide on purpose: the fit on the years before 1945 replaces it",
        ),
        assumed(
            "antagonism",
            "effect of the effort of antagonists with whom there was no dispute yet",
            "1",
            half_normal(0.3),
            "as wide as the reaction to those disputed with; a state arms against a rival, "
            "by how much before a clash is open",
        ),
    ),
    draws=("effort",),
    off=_constant_share,
)
def arms(x: Inputs) -> Outputs:
    """Let states answer the arms of their rivals (Richardson's fatigue, grievance, reaction).

    ln b' = ln b + adjustment (normal - ln b) + reaction R + war [at war] + spread z,
    R = 10 sum_k recent_ik s_k b_k, and the same sum over antagonists (A_ik > 0)
    with its own weight. A lever adds to ln b.
    """
    effort = (x.now.power_share * x.now.arms_target)[..., None]
    disputed = 10.0 * np.matmul(x.now.recent, effort)[..., 0]
    hostile = 10.0 * np.matmul(np.maximum(x.now.antagonism, 0.0), effort)[..., 0]
    log = np.log(x.now.arms_target)
    log = (
        log
        + x.p.adjustment * (x.p.normal - log)
        + x.p.reaction * disputed
        + x.p.antagonism * hostile
        + x.p.war * fighting(x.now.war)
        + x.p.spread * x.draw.effort
        + x.now.lever_arms_race
    )
    share = np.clip(np.exp(np.minimum(log, 0.0)), LEAST_BURDEN, MOST_BURDEN)
    return {"arms_target": share, "military_share": share * is_state(x.now.status)}


def fighting(war: Array) -> Array:
    """Return 1 for each territory with a war open at the year's opening."""
    return np.asarray((war > 0.0).any(axis=-1).astype(float))


def _constant_forces(x: Inputs) -> Outputs:
    return {"armed_forces_target": x.now.armed_forces_target * is_state(x.now.status)}


@mechanism(
    "Armed forces aimed at",
    phase="diplomacy",
    sources=("richardson_1960", "nerlove_1958"),
    reads=("armed_forces_target", "population", "war", "status", "lever_arms_race"),
    writes=("armed_forces_target",),
    parameters=(
        fitted("adjustment", "return to the normal share in a year", "1/year", 0.2, 0.04),
        fitted("normal", "logarithm of the normal share of the population", "ln", -5.5, 0.6),
        fitted("war", "effect of being at war", "ln/year", 0.5, 0.5),
        assumed(
            "spread",
            "standard deviation of yearly shocks",
            "ln",
            half_normal(0.2),
            "wide on purpose: the fit on the years before 1945 replaces it",
        ),
    ),
    draws=("strength",),
    off=_constant_forces,
)
def armed_forces(x: Inputs) -> Outputs:
    """Let the forces aimed at return to a normal share of the population, and grow in war.

    ln f' = ln f + adjustment (normal - ln f) + war [at war] + spread z, f forces
    per head. Lands that do not act for themselves keep none.
    """
    people = np.maximum(x.now.population, 1e-9)
    share = np.clip(x.now.armed_forces_target / people, LEAST_FORCES, MOST_FORCES)
    log = np.log(share)
    log = (
        log
        + x.p.adjustment * (x.p.normal - log)
        + x.p.war * fighting(x.now.war)
        + x.p.spread * x.draw.strength
        + x.now.lever_arms_race
    )
    share = np.clip(np.exp(np.minimum(log, 0.0)), LEAST_FORCES, MOST_FORCES)
    return {"armed_forces_target": share * people * is_state(x.now.status)}
