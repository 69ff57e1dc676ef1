"""Stability of regimes: competing hazards, and how a planned regime ends."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import (
    ANY_SIGN,
    Array,
    assumed,
    contested,
    onto,
    planned,
    position,
    value_of,
)

RESTORATION, POLITICAL_REVOLUTION, CONQUEST = 1.0, 2.0, 3.0


def _secure(x: Inputs) -> Outputs:
    return {"removal_rate": onto(x, "threat", x.now.administration)}


@mechanism(
    "Fall of autocratic rulers",
    phase="hazards",
    sources=("goemans_archigos_2009", "beck_katz_tucker_1998"),
    paragraphs=("1.15",),
    reads=("administration", "competition", "defeat_age", "tenure", "wave"),
    writes=("removal_rate",),
    parameters=(
        assumed(
            "foreign",
            "Rate at which a foreign power removes an autocratic ruler",
            "ln 1/year",
            normal(-5.0, 1.0),
            "once in some generations before looking at removals",
            ANY_SIGN,
        ),
        assumed(
            "elite",
            "Rate at which officers or others of the state remove him",
            "ln 1/year",
            normal(-3.5, 1.0),
            "once in a generation before looking at removals",
            ANY_SIGN,
        ),
        assumed(
            "popular",
            "Rate at which protest or rebels remove him",
            "ln 1/year",
            normal(-4.5, 1.0),
            "once in a lifetime before looking at removals",
            ANY_SIGN,
        ),
        assumed(
            "defeat",
            "Effect of a war lost in this year or the last two",
            "log points",
            normal(0.0, 1.5),
            "defeat may topple rulers: of either sign before looking",
            ANY_SIGN,
        ),
        assumed(
            "tenure",
            "Effect of ln((years in power + 1) / 5)",
            "log points",
            normal(0.0, 0.7),
            "rulers settle in or wear out: of either sign before looking",
            ANY_SIGN,
        ),
        assumed(
            "change",
            "Whether the regime falls with its ruler",
            "logit",
            normal(-1.0, 1.0),
            "rather less than half of the removals change the regime, before looking",
            ANY_SIGN,
        ),
    ),
    off=_secure,
)
def regime_end(x: Inputs) -> Outputs:
    """Give the yearly rate at which an autocratic regime ends by each kind of removal.

    rate_k = logistic(change) * exp(base_k + defeat * D + tenure * ln((years + 1)/5)).
    Foreign removals stand for imperialism, those by the elite for the
    capitalist elements within, those by protest for the masses; the world
    revolution has the rate of protest times the wave that reaches the country.
    Regimes with free competition have none: they fall by elections, coups and
    uprisings.
    """
    defeat = np.asarray(x.now.defeat_age <= 2.0, dtype=float)
    common = x.p.defeat * defeat + x.p.tenure * np.log((x.now.tenure + 1.0) / 5.0)
    closed = np.clip(1.0 - x.now.competition, 0.0, 1.0) * logistic(x.p.change)
    rate = {
        "imperialism": x.p.foreign,
        "capitalist_elements": x.p.elite,
        "masses": x.p.popular,
    }
    found = {name: closed * np.exp(np.minimum(v + common, 5.0)) for name, v in rate.items()}
    found["world_revolution"] = found["masses"] * x.now.wave
    return {"removal_rate": onto(x, "threat", common, **found)}


def _as_fitted(x: Inputs) -> Outputs:
    pressures = np.zeros_like(x.now.removal_rate)
    return {"threat_hazard": _competing(x.now.removal_rate * np.exp(pressures))}


@mechanism(
    "Four threats as competing risks",
    phase="hazards",
    sources=("beck_katz_tucker_1998", "prentice_1978"),
    paragraphs=("1.14", "1.15", "1.18", "1.19", "1.21"),
    reads=(
        "removal_rate",
        "administration",
        "pressure_imperialism",
        "pressure_capitalist",
        "pressure_masses",
        "pressure_revolution",
    ),
    writes=("threat_hazard",),
    off=_as_fitted,
)
def stability(x: Inputs) -> Outputs:
    """Let the threats compete: the probability that the regime ends by each in the year.

    With rates r_k = removal_rate_k * exp(pressure_k) for planned states (other
    regimes have the removal rates alone), h_k = r_k / R * (1 - exp(-R)),
    R = sum_k r_k: the exact probabilities of competing exponential risks within
    a year, whose sum stays below one.
    """
    pressure = onto(
        x,
        "threat",
        x.now.administration,
        imperialism=x.now.pressure_imperialism,
        capitalist_elements=x.now.pressure_capitalist,
        masses=x.now.pressure_masses,
        world_revolution=x.now.pressure_revolution,
    )
    acting = planned(x.now.administration)[..., None] * np.clip(pressure, -30.0, 10.0)
    return {"threat_hazard": _competing(x.now.removal_rate * np.exp(acting))}


def _competing(rates: Array) -> Array:
    total = rates.sum(axis=-1, keepdims=True)
    divided = np.where(total > 0, -np.expm1(-total) / np.where(total > 0, total, 1.0), 1.0)
    return np.asarray(rates * divided)


def _levers_alone(x: Inputs) -> Outputs:
    return {"ending": _levers(x, 0.0 * x.now.administration)}


@mechanism(
    "Ending of a planned regime",
    phase="hazards",
    sources=("beck_katz_tucker_1998", "pablo_1945"),
    paragraphs=("1.4", "1.15", "1.18", "1.21", "2.1"),
    reads=(
        "threat_hazard",
        "administration",
        "organisation",
        "status",
        "troops",
        "lever_restoration",
        "lever_mass_administration",
    ),
    lagged=("at_war", "defeated"),
    writes=("ending",),
    parameters=(
        contested(
            "property",
            "Whether masses who overthrow the bureaucracy keep state property",
            "logit",
            "a movement of the masses renews the workers' state, or opens the way to capitalism",
        ),
        contested(
            "pole",
            "Effect of a fully organised new pole on this",
            "logit",
            "whether a new International decides the outcome is the point at issue",
            2.0,
        ),
        assumed(
            "elite",
            "Whether a change of regime from above undoes state property as well",
            "logit",
            normal(-2.0, 1.0),
            "regimes changed often before 1945, forms of property hardly ever with them",
            ANY_SIGN,
        ),
    ),
    uniforms=("threat", "property"),
    off=_levers_alone,
)
def ending(x: Inputs) -> Outputs:
    """Draw whether a planned regime ends, by which threat, and how.

    Imperialism ends it by conquest in war and by restoration in peace; the
    capitalist elements by restoration, if the change from above goes as far as
    property (probability logistic(elite)), else the regime stays; the masses and
    the world revolution by a political revolution that keeps property with
    probability logistic(property + pole * organisation), else by restoration.
    A planned state that was defeated and is occupied by a bourgeois power is
    conquered. Levers come first.
    """
    rule = planned(x.now.administration)
    kept = x.uniform.property < logistic(x.p.property + x.p.pole * x.now.organisation)
    popular = np.where(kept, POLITICAL_REVOLUTION, RESTORATION)
    war = np.where(np.asarray(x.lag.at_war) > 0, CONQUEST, RESTORATION)
    outcome = 0.0 * rule
    ends: dict[str, Array] = {
        "imperialism": war,
        "capitalist_elements": np.where(
            x.uniform.property < logistic(x.p.elite), RESTORATION, 0.0 * rule
        ),
        "masses": popular,
        "world_revolution": popular,
    }
    passed = 0.0 * rule
    for name, value in ends.items():
        reached = passed + x.now.threat_hazard[..., position(x, "threat", name)]
        drawn = (x.uniform.threat >= passed) & (x.uniform.threat < reached)
        outcome, passed = np.where(drawn, value, outcome), reached
    occupied = (x.lag.defeated > 0) & (x.now.status == 2) & (x.now.troops >= 0)
    bourgeois_army = occupied & (value_of(x.now.troops, rule) < 0.5)
    outcome = np.where(bourgeois_army, CONQUEST, outcome)
    return {"ending": _levers(x, np.where(rule > 0, outcome, 0.0))}


def _levers(x: Inputs, outcome: Array) -> Array:
    rule = planned(x.now.administration) > 0
    bureaucracy = rule & (x.now.administration < 1.5)
    taken = (x.now.lever_mass_administration > 0) & bureaucracy
    out = np.where(taken, POLITICAL_REVOLUTION, outcome)
    return np.where((x.now.lever_restoration > 0) & rule, RESTORATION, out)
