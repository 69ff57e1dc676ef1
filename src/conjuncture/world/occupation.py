"""What powers do with the lands where their troops stand: status, and property."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import half_normal, normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.consent import foreign_power, occupier
from conjuncture.world.pairs import (
    ANNEXED,
    BUFFER,
    OCCUPIED,
    SOVEREIGN,
    TINY,
    Array,
    at,
    nearness,
    pair_at,
)
from conjuncture.world.parameters import assumed, contested

KEEP, ANNEX, MAKE_BUFFER, EVACUATE = range(4)
"""Codes of the occupier's choice."""

IMPOSSIBLE = -1e6


def chosen(utilities: Array, uniform: Array) -> Array:
    """Return the option that a random-utility (logit) choice takes.

    Parameters
    ----------
    utilities : (members, territories, options)
    uniform : (members, territories)
        One draw; options are passed in their order.

    Notes
    -----
    McFadden (1974): P(k) = exp(V_k) / sum exp(V).
    """
    odds = np.exp(utilities - utilities.max(axis=-1, keepdims=True))
    passed = np.cumsum(odds, axis=-1) / odds.sum(axis=-1, keepdims=True)
    return np.asarray((uniform[..., None] >= passed[..., :-1]).sum(axis=-1).astype(float))


def resolve_there(power: Array, km: Array, holder: Array, rival: Array) -> Array:
    """Return the rival's part in the power of the two as it is felt at each territory."""
    theirs = at(power, rival) * nearness(km, rival)
    ours = at(power, holder) * nearness(km, holder)
    return np.asarray(theirs / np.maximum(theirs + ours, TINY))


def _kept(x: Inputs) -> Outputs:
    return {"occupier_choice": np.zeros_like(x.now.status)}


@mechanism(
    "The occupier's choice",
    phase="territory",
    sources=("mcfadden_1974", "pablo_1945"),
    paragraphs=("3.1", "3.4", "3.5", "3.6", "5.6", "5.7", "6.6", "6.7", "6.10"),
    reads=(
        "holder",
        "status",
        "troops",
        "population",
        "consent",
        "power_share",
        "threat",
        "rival",
        "distance",
        "contiguous",
        "caution",
    ),
    writes=("occupier_choice",),
    parameters=(
        assumed(
            "strategy",
            "worth of a near land against an antagonist",
            "utility",
            half_normal(3.0),
            "the aim that all accounts of occupations name; the size is open",
        ),
        assumed(
            "dissent",
            "cost of ruling people against their will",
            "utility",
            half_normal(3.0),
            "garrisons grow with the unwilling; the size is open",
        ),
        assumed(
            "resolve",
            "cost of the resolve of the occupier's rival there",
            "utility",
            half_normal(3.0),
            "a rival that is near and strong can make it dear; the size is open",
        ),
        assumed(
            "inertia",
            "readiness to leave things as they are for a year",
            "utility",
            normal(2.5, 0.7),
            "occupations last for years rather than months",
        ),
        assumed(
            "barrier",
            "cost of annexation in law and opinion",
            "utility",
            normal(3.0, 1.5),
            "annexations had become rare by 1945 and were renounced in the Atlantic Charter",
        ),
    ),
    uniforms=("choice",),
    off=_kept,
)
def occupiers_choice(x: Inputs) -> Outputs:
    """Let each power choose for every land that it occupies or has troops in.

    Options: keep, annex, turn into a buffer under an own government, evacuate; a
    logit of V_keep = inertia + V(now), V_annex = (1 + border) S - 2 D - R -
    barrier, V_buffer = S - D / 2 - R / 2, V_evacuate = 0; for an occupied land
    V(now) = S - D - R / 2, else V_buffer. S = strategy x antagonism x nearness, D =
    dissent x share of the two's people x (1 - consent), R = (resolve + caution) x
    the rival's part of the power felt there.
    """
    power = occupier(x.now.holder, x.now.status, x.now.troops)
    rival = at(x.now.rival, power, -1.0)
    near = nearness(x.now.distance, power)
    worth = x.p.strategy * np.maximum(at(x.now.threat, power), 0.0) * near
    people = np.maximum(x.now.population, TINY)
    share = people / (people + np.maximum(at(x.now.population, power), TINY))
    dissent = x.p.dissent * share * (1.0 - x.now.consent)
    felt = resolve_there(x.now.power_share, x.now.distance, power, rival)
    felt = (x.p.resolve + at(x.now.caution, power)) * np.where(rival >= 0, felt, 0.0)
    border = pair_at(x.now.contiguous, power)
    buffer = worth - 0.5 * dissent - 0.5 * felt
    occupied = x.now.status == OCCUPIED
    now = np.where(occupied, worth - dissent - 0.5 * felt, buffer)
    annex = (1.0 + border) * worth - 2.0 * dissent - felt - x.p.barrier
    options = np.stack(
        [
            x.p.inertia + now,
            np.where(x.now.status == SOVEREIGN, IMPOSSIBLE, annex),
            np.where(occupied, buffer, IMPOSSIBLE),
            np.zeros_like(now),
        ],
        axis=-1,
    )
    choice = chosen(options, x.uniform.choice)
    return {"occupier_choice": np.where(power >= 0, choice, float(KEEP))}


KEPT, REFORM, OWN_FORM = range(3)
"""Codes of the property regime that a power imposes."""


def _property_kept(x: Inputs) -> Outputs:
    none = np.zeros_like(x.now.status)
    return {"regime_imposed": none, "regime_model": x.now.statified_share}


@mechanism(
    "Property under other powers",
    phase="territory",
    sources=("mcfadden_1974", "pablo_1945", "owen_2010"),
    paragraphs=("1.4", "3.1", "3.4", "3.6", "3.8"),
    reads=(
        "holder",
        "status",
        "troops",
        "occupier_choice",
        "statified_share",
        "radicalisation",
        "power_share",
        "rival",
        "distance",
        "caution",
    ),
    writes=("regime_imposed", "regime_model"),
    parameters=(
        assumed(
            "base",
            "utility of either change above leaving property alone",
            "utility",
            normal(-3.0, 0.7),
            "about one in twenty years at no other reason",
        ),
        contested(
            "annexed",
            "effect of annexation on the power's imposing its own form",
            "utility",
            3.0,
            "whether a power carries its property form into what it annexes is the question",
        ),
        contested(
            "held",
            "the same effect in occupied lands and buffers",
            "utility",
            3.0,
            "the essay holds that a planned state keeps property there; others, that "
            "every power imposes its own system as far as its army reaches",
        ),
        assumed(
            "resolve",
            "cost of the resolve of its rival there",
            "utility",
            half_normal(2.0),
            "as for the status of the land",
        ),
    ),
    uniforms=("form",),
    off=_property_kept,
)
def imposed_regime(x: Inputs) -> Outputs:
    """Draw whether a power changes property in the lands that it holds.

    A logit among leaving it (0), reform (base + radicalisation) and its own form
    (base + gap (annexed or held) - (resolve + caution) felt), where gap is the
    distance of the two statified shares. Colonies are left to revolution and
    independence.
    """
    power = foreign_power(x.now.holder, x.now.status, x.now.troops)
    annexed = (x.now.status == ANNEXED) | (x.now.occupier_choice == ANNEX)
    able = annexed | (x.now.status == OCCUPIED) | (x.now.status == BUFFER)
    able &= (power >= 0) & (x.now.occupier_choice != EVACUATE)
    model = at(x.now.statified_share, power)
    gap = np.abs(model - x.now.statified_share)
    rival = at(x.now.rival, power, -1.0)
    felt = resolve_there(x.now.power_share, x.now.distance, power, rival)
    cost = (x.p.resolve + at(x.now.caution, power)) * np.where(rival >= 0, felt, 0.0)
    reason = np.where(annexed, x.p.annexed, x.p.held)
    form = np.where(gap > 0.1, x.p.base + gap * reason - cost, IMPOSSIBLE)
    reform = x.p.base + x.now.radicalisation
    options = np.stack([np.zeros_like(gap), reform, form], axis=-1)
    imposed = np.where(able, chosen(options, x.uniform.form), float(KEPT))
    return {
        "regime_imposed": imposed,
        "regime_model": np.where(imposed == OWN_FORM, model, x.now.statified_share),
    }


def _apart(x: Inputs) -> Outputs:
    return {"unification": np.zeros_like(x.now.status)}


@mechanism(
    "Unification of divided nations",
    phase="territory",
    sources=("pablo_1945",),
    paragraphs=("5.7", "6.6"),
    reads=(
        "other_half",
        "holder",
        "status",
        "troops",
        "statified_share",
        "consent",
        "population",
        "occupier_choice",
    ),
    writes=("unification",),
    parameters=(
        assumed(
            "pull",
            "yearly chance at like property forms and no foreign troops",
            "logit",
            normal(0.0, 1.0),
            "about even: nothing stands in the way but what the model leaves out",
        ),
        assumed(
            "unlike",
            "effect of the distance of the two statified shares, taken off",
            "logit",
            half_normal(6.0),
            "two property forms in one state are not seen before 1945",
        ),
    ),
    uniforms=("union",),
    off=_apart,
)
def unification(x: Inputs) -> Outputs:
    """Unite the halves of a divided nation once no foreign troops stand in either.

    p = logistic(pull - unlike |statified shares' difference|); the half with fewer
    people joins the other. Whether troops leave is the occupiers' choice.
    """
    other = x.now.other_half
    alien = occupier(x.now.holder, x.now.status, x.now.troops) >= 0
    free = ((x.now.status <= BUFFER) & ~alien).astype(float)
    gap = np.abs(at(x.now.statified_share, other) - x.now.statified_share)
    smaller = x.now.population < at(x.now.population, other)
    chance = logistic(x.p.pull - x.p.unlike * gap) * free * at(free, other) * smaller
    return {"unification": (x.uniform.union < chance).astype(float)}
