"""The course of wars: when they end, who wins, who is conquered, which wars go on."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic, yearly
from conjuncture.core.priors import uniform
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import NONE, TINY, Array, Mask, at, best, nearness, of_pair
from conjuncture.world.parameters import assumed, fitted


def balance(war: Array, power: Array) -> Array:
    """Return ln(S_i / S_j) of each pair: the power of all that fight j over all that fight i."""
    against = np.log(np.maximum(np.matmul(war, power[..., None])[..., 0], TINY))
    return np.asarray(against[..., None, :] - against[..., :, None])


def _endless(x: Inputs) -> Outputs:
    return {"war_ended": np.zeros_like(x.now.war)}


@mechanism(
    "End of wars",
    phase="hazards",
    sources=("bennett_stam_1996",),
    reads=("war", "power_share"),
    writes=("war_ended",),
    parameters=(
        fitted("end", "logarithm of the yearly rate between equals", "ln 1/year", -0.5, 0.7),
        fitted("imbalance", "effect of the absolute value of ln(S_A / S_B)", "ln", 0.0, 0.4),
    ),
    pair_uniforms=("end",),
    off=_endless,
)
def war_duration(x: Inputs) -> Outputs:
    """Draw which wars that were open at the year's opening end in it.

    rate = exp(end + imbalance |ln(S_A / S_B)|), S the joint power of a side.
    """
    if not x.now.war.any():  # as nearly always: nothing to draw for
        return _endless(x)
    ratio = np.abs(balance(x.now.war, x.now.power_share))
    chance = yearly(x.p.end[..., None] + x.p.imbalance[..., None] * np.minimum(ratio, 10.0))
    ended = (of_pair(x.uniform.end) < chance) & (x.now.war > 0.0)
    return {"war_ended": ended.astype(float)}


def _undecided(x: Inputs) -> Outputs:
    none = np.zeros_like(x.now.power_share)
    return {
        "victory": np.zeros_like(x.now.war),
        "defeated": none,
        "conquered_by": np.full_like(none, NONE),
        "years_since_defeat": np.minimum(x.now.years_since_defeat + 1.0, 100.0),
    }


@mechanism(
    "Outcome of wars",
    phase="hazards",
    sources=("bennett_stam_1996", "hirshleifer_1989"),
    paragraphs=("1.16",),
    reads=("war", "war_ended", "power_share", "distance", "years_since_defeat"),
    writes=("victory", "defeated", "conquered_by", "years_since_defeat"),
    parameters=(
        fitted("strength", "effect of ln(S_A / S_B)", "logit", 1.0, 0.5),
        fitted("draw", "logit of an end without a winner", "logit", -1.5, 0.8),
        assumed(
            "conquest",
            "chance that a victor of overwhelming power occupies the loser",
            "1",
            uniform(0.05, 0.8),
            "most wars end with terms; of the defeated of 1945 most were occupied, of those "
            "of 1918 hardly any",
            limits=(0.0, 1.0),
        ),
    ),
    uniforms=("conquest",),
    pair_uniforms=("decision", "winner"),
    off=_undecided,
)
def war_outcome(x: Inputs) -> Outputs:
    """Draw who wins the wars that end, and whom the victor occupies.

    P(no winner) = logistic(draw); P(i wins | winner) = logistic(strength
    ln(S_i / S_j)), a contest success function of relative power. A loser that
    won nowhere may be occupied by its strongest victor, with the chance conquest
    v / (v + s), v the victor's power as it is felt at the loser's place.
    """
    if not x.now.war_ended.any():
        return _undecided(x)
    ratio = np.clip(balance(x.now.war, x.now.power_share), -20.0, 20.0)
    decided = of_pair(x.uniform.decision) >= logistic(x.p.draw[..., None])
    decided &= x.now.war_ended > 0.0
    wins = _one_of_two(x.uniform.winner, logistic(x.p.strength[..., None] * ratio))
    victory = (decided & wins).astype(float)
    lost = victory.sum(axis=-2) > 0.0
    won = victory.sum(axis=-1) > 0.0
    victor = best(np.swapaxes(victory, -1, -2) * x.now.power_share[..., None, :])
    felt = at(x.now.power_share, victor) * nearness(x.now.distance, victor)
    means = felt / np.maximum(felt + x.now.power_share, TINY)
    taken = lost & ~won & (x.uniform.conquest < x.p.conquest * means)
    since = np.where(lost, 0.0, np.minimum(x.now.years_since_defeat + 1.0, 100.0))
    return {
        "victory": victory,
        "defeated": lost.astype(float),
        "conquered_by": np.where(taken, victor, NONE),
        "years_since_defeat": since,
    }


def _one_of_two(draws: Array, chance: Array) -> Mask:
    """Draw one winner of each pair, whichever way round the pair is looked at.

    The difference of two uniform numbers has a triangular distribution; its
    distribution function F is uniform, with F(-d) = 1 - F(d). So i wins where
    F(d_ij) < chance_i, and j, whose chance is 1 - chance_i, exactly where not.
    """
    difference = draws - np.swapaxes(draws, -1, -2)
    size = np.abs(difference)
    below = np.where(difference < 0, 0.5 * (1.0 - size) ** 2, 1.0 - 0.5 * (1.0 - size) ** 2)
    return np.asarray(below < chance)


def _frozen(x: Inputs) -> Outputs:
    war = np.maximum(x.now.war, np.maximum(x.now.war_onset, x.now.war_joined))
    return _result(war, war, x)


def _result(war: Array, fought: Array, x: Inputs) -> Outputs:
    enemy = best((fought > 0.0) * x.now.power_share[..., None, :])
    return {
        "war": war,
        "at_war": (fought > 0.0).any(axis=-1).astype(float),
        "war_enemy": enemy,
    }


@mechanism(
    "Wars going on",
    phase="hazards",
    sources=("cow_states_2016",),
    reads=(
        "war",
        "war_onset",
        "war_joined",
        "war_ended",
        "conquered_by",
        "power_share",
    ),
    writes=("war", "at_war", "war_enemy"),
    off=_frozen,
)
def war_state(x: Inputs) -> Outputs:
    """Carry wars to the next year: what goes on, what begins; the conquered fight no more.

    A pair is at war in a year in which its war goes on, begins or ends. A state
    that joins a war which another pair ended fights on by itself.
    """
    begun = np.maximum(x.now.war_onset, x.now.war_joined)
    fought = np.maximum(x.now.war, begun)
    out = x.now.conquered_by >= 0
    gone = out[..., :, None] | out[..., None, :]
    going = np.where((x.now.war_ended > 0.0) | gone, 0.0, x.now.war)
    return _result(np.where(gone, 0.0, np.maximum(going, begun)), fought, x)
