"""The masses: disillusion with parties, regroupment or retreat, radicalisation."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import half_normal, triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import (
    Array,
    assumed,
    contested,
    normalised,
    onto,
    position,
    share,
)

STRIKE_UNIT = 0.01
"""Strikes broken are read in hundredths of the working time."""
REFORM_UNIT = 0.1


def _faithful(x: Inputs) -> Outputs:
    nil = 0.0 * x.now.radicalisation
    return {"deserting": onto(x, "mass", nil), "gathered": nil}


@mechanism(
    "Disillusion",
    phase="masses",
    sources=("nannestad_paldam_2002", "hirschman_1970"),
    paragraphs=("4.2", "6.15", "6.17", "6.18"),
    reads=(
        "radicalisation",
        "government",
        "reforms",
        "strikes_broken",
        "organisation",
        "divergence",
        "soviet_dependence",
        "national_dependence",
    ),
    writes=("deserting", "gathered"),
    parameters=(
        assumed(
            "office",
            "Rate at which radical followers leave a workers' party that governs without reforms",
            "1/year",
            half_normal(0.5),
            "a party that governs alone against its followers may lose half of them in some years",
        ),
        assumed(
            "betrayal",
            "Rate at which they leave the Communists for each hundredth of working time of "
            "strikes broken",
            "1/year",
            half_normal(0.3),
            "strikes broken cost followers; strength left wide",
        ),
        contested(
            "contradiction",
            "Rate at which the Communists lose followers where two equally strong masters pull "
            "wholly apart",
            "1/year",
            "a party torn between two masters splits, or closes its ranks",
            0.3,
        ),
        contested(
            "pole",
            "How well a new pole gathers those who leave, beyond its organisation",
            "logit",
            "whether an organised minority gathers the deserters is the point at issue",
        ),
    ),
    off=_faithful,
)
def disillusion(x: Inputs) -> Outputs:
    """Find who leaves the workers' parties, and what share a new pole gathers.

    deserting_k = 1 - exp(-(office * g_k + betrayal * broken) * radicalisation *
    exp(-reforms / one tenth)), with g_k the party's share of the cabinet; to
    the Communists' rate comes contradiction * divergence * 4 n s / (n + s)^2,
    with n and s the two dependences (a rate below nil counts as nil);
    gathered = min(1, 2 organisation * logistic(pole)), so that nobody is gathered
    without an organisation. The others retreat.
    """
    unmet = x.now.radicalisation * np.exp(-x.now.reforms / REFORM_UNIT)
    office = {
        "communist": x.p.office * share(x, x.now.government, "party", "communist"),
        "reformist": x.p.office * share(x, x.now.government, "party", "socialist"),
    }
    both = x.now.national_dependence + x.now.soviet_dependence
    balance = x.now.national_dependence * x.now.soviet_dependence
    torn = x.now.divergence * 4.0 * balance / np.maximum(both**2, 1e-12)
    rate = {name: value * unmet for name, value in office.items()}
    rate["communist"] += x.p.betrayal * x.now.strikes_broken / STRIKE_UNIT * unmet
    rate["communist"] += x.p.contradiction * torn
    left = {name: -np.expm1(-np.maximum(value, 0.0)) for name, value in rate.items()}
    pull = logistic(x.p.pole)
    return {
        "deserting": onto(x, "mass", unmet, **left),
        "gathered": np.clip(2.0 * x.now.organisation * pull, 0.0, 1.0),
    }


def _unmoved(x: Inputs) -> Outputs:
    return {"mass": x.now.mass + 0.0}


@mechanism(
    "Regroupment and retreat of the masses",
    phase="masses",
    sources=("taylor_jonker_1978", "hofbauer_sigmund_2003", "lipset_rokkan_1967"),
    paragraphs=("3.8", "6.15", "6.16", "6.17", "6.18"),
    reads=("mass", "workers_appeal", "other_appeal", "deserting", "gathered", "home_mass"),
    writes=("mass",),
    parameters=(
        assumed(
            "alignment",
            "Share of adults who return in a year to the country's lasting alignment",
            "1/year",
            triangular(0.005, 0.03, 0.1),
            "alignments last for a generation or longer",
            (0.0, 1.0),
        ),
        contested(
            "fascist_turn",
            "Yearly turn of those who retreat to fascism (negative: of fascists to withdrawal)",
            "1/year",
            "one school holds that a retreat in disorder opens the way to fascism, another that "
            "apathy does not",
            0.01,
        ),
    ),
    off=_unmoved,
)
def masses(x: Inputs) -> Outputs:
    """Move shares of adults between movements: a replicator with mutation, then desertion.

    Shares grow with their appeal, m_k exp(a_k) / sum_j m_j exp(a_j) (the exact
    replicator over a year); a small share returns to the country's alignment;
    of those who desert a workers' party a share is gathered by the new pole and
    the others withdraw; of the withdrawn a share turns fascist, or back. The
    shares add up to one by construction.
    """
    appeal = x.now.workers_appeal + x.now.other_appeal
    drawn = x.now.mass * np.exp(np.clip(appeal, -20.0, 20.0))
    drawn = drawn / drawn.sum(axis=-1, keepdims=True)
    mixing = x.p.alignment[..., None]
    aligned = (1.0 - mixing) * drawn + mixing * x.now.home_mass
    left = aligned * x.now.deserting
    gone = left.sum(axis=-1)
    after = aligned - left
    after[..., position(x, "mass", "new_pole")] += x.now.gathered * gone
    after[..., position(x, "mass", "withdrawn")] += (1.0 - x.now.gathered) * gone
    return {"mass": normalised(_turn(x, after))}


def _turn(x: Inputs, values: Array) -> Array:
    """Move withdrawn people to fascism, or fascists to withdrawal."""
    fascist, withdrawn = (position(x, "mass", name) for name in ("fascist", "withdrawn"))
    pace = -np.expm1(-np.abs(x.p.fascist_turn))
    forward = np.where(x.p.fascist_turn > 0, pace * values[..., withdrawn], 0.0)
    back = np.where(x.p.fascist_turn < 0, pace * values[..., fascist], 0.0)
    out = values.copy()
    out[..., fascist] += forward - back
    out[..., withdrawn] += back - forward
    return out


def _steady(x: Inputs) -> Outputs:
    return {"radicalisation": x.now.radicalisation + 0.0}


@mechanism(
    "Radicalisation",
    phase="masses",
    sources=("gurr_1970", "davies_1962"),
    paragraphs=("3.8", "6.15", "6.17"),
    reads=("radicalisation", "deprivation", "reforms"),
    lagged=("repression", "revolution", "land_reform"),
    writes=("radicalisation",),
    parameters=(
        assumed(
            "misery",
            "Rate of radicalisation under full deprivation",
            "1/year",
            half_normal(1.0),
            "deprivation radicalises within years; strength left wide",
        ),
        contested(
            "oppression",
            "Rate of radicalisation under full repression",
            "1/year",
            "oppression radicalises, or it deters",
            0.3,
        ),
        assumed(
            "calm",
            "Rate at which radicalisation dies down by itself",
            "1/year",
            triangular(0.05, 0.2, 0.6),
            "a wave lasts from two years to two decades",
        ),
        assumed(
            "appeasement",
            "Rate at which it dies down with each tenth of the product granted in reforms, and in "
            "the year after a land reform",
            "1/year",
            half_normal(0.5),
            "reforms actually granted calm; strength left wide",
        ),
    ),
    off=_steady,
)
def radicalisation(x: Inputs) -> Outputs:
    """Let radicalisation rise with deprivation and oppression, fall with time and reforms.

    r' = u/(u+d) + (r - u/(u+d)) exp(-(u+d)): the exact step of
    dr/dt = u (1-r) - d r, with u = misery * deprivation + max(0, oppression *
    repression) and d = calm + appeasement * (reforms/tenth + land reform of last
    year) + max(0, -oppression * repression) + calm after a defeat.
    """
    force = x.p.oppression * np.clip(x.lag.repression, 0.0, 1.0)
    beaten = np.asarray(x.lag.revolution < 0, dtype=float)
    up = x.p.misery * x.now.deprivation + np.maximum(force, 0.0)
    granted = x.now.reforms / REFORM_UNIT + np.clip(x.lag.land_reform, 0.0, 1.0)
    down = x.p.calm * (1.0 + beaten) + x.p.appeasement * granted
    down = down + np.maximum(-force, 0.0)
    speed = up + down
    rest = up / np.maximum(speed, 1e-12)
    kept = rest + (x.now.radicalisation - rest) * np.exp(-speed)
    return {"radicalisation": np.clip(kept, 0.0, 1.0)}
