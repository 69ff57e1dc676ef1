"""Communist parties between two masters: the Soviet state and the own bourgeoisie."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import half_normal, triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import (
    TINY,
    Array,
    assumed,
    contested,
    foreign,
    leadership,
    over_partners,
    planned,
    share,
    value_of,
)


def _as_always(x: Inputs) -> Outputs:
    half = np.full_like(x.now.administration, 0.5)
    return {
        "soviet_dependence": half,
        "national_dependence": half.copy(),
        "cabinet_years": x.now.cabinet_years + 0.0,
    }


@mechanism(
    "Two dependences of the Communist parties",
    phase="masses",
    sources=("jensen_meckling_1976", "bernheim_whinston_1986"),
    paragraphs=("4.1", "4.2", "4.3", "6.13"),
    reads=(
        "administration",
        "prestige",
        "statified_share",
        "income_1",
        "government",
        "cabinet_years",
        "troops",
    ),
    lagged=("power_share", "crisis"),
    writes=("soviet_dependence", "national_dependence", "cabinet_years"),
    parameters=(
        assumed(
            "prestige",
            "Effect of the Soviet state's prestige on the dependence on it",
            "logit",
            half_normal(2.0),
            "a party leans on the prestige that it shares; strength left wide",
        ),
        assumed(
            "army",
            "Effect of a planned state's army in the country",
            "logit",
            half_normal(2.0),
            "a party leans on the army that keeps it in office; strength left wide",
        ),
        contested(
            "bourgeoisie",
            "Effect of the strength of the own bourgeoisie",
            "logit",
            "a strong bourgeoisie draws a party in, or drives it out",
            2.0,
        ),
        contested(
            "office",
            "Effect of the years in cabinet",
            "logit",
            "office binds a party to the state, or sets it against it",
        ),
    ),
    off=_as_always,
)
def two_dependences(x: Inputs) -> Outputs:
    """Weigh the party's two principals, each in 0..1.

    soviet = logistic(prestige * P + army * A), national =
    logistic(bourgeoisie * B + office * ln(1 + years in cabinet)), where P is
    the prestige of the leading planned states, A says whether one of their
    armies stands there, and B = (1 - statified) y/(y + mean y) (1 - crisis) is
    the strength of the own bourgeoisie. With no effect at all both are one half.
    """
    rule = planned(x.now.administration)
    leader = leadership(x.now.administration, x.lag.power_share)
    beacon = (leader * x.now.prestige).sum(axis=-1, keepdims=True)
    army = foreign(x.now.troops) * value_of(x.now.troops, rule)
    years = x.now.cabinet_years + share(x, x.now.government, "party", "communist")
    national = x.p.bourgeoisie * bourgeoisie(x) + x.p.office * np.log1p(years)
    return {
        "soviet_dependence": logistic(x.p.prestige * beacon + x.p.army * army),
        "national_dependence": logistic(national),
        "cabinet_years": years,
    }


def bourgeoisie(x: Inputs) -> Array:
    """Return the strength of the own bourgeoisie, 0..1: what it owns, its wealth, its health."""
    income = np.maximum(x.now.income_1, TINY)
    wealth = income / (income + income.mean(axis=-1, keepdims=True))
    health = 1.0 - np.clip(x.lag.crisis, 0.0, 1.0)
    return np.asarray((1.0 - np.clip(x.now.statified_share, 0.0, 1.0)) * wealth * health)


def _between(x: Inputs) -> Outputs:
    nil = 0.0 * x.now.soviet_dependence
    return {"communist_line": nil, "divergence": nil.copy()}


@mechanism(
    "Line of the Communist parties",
    phase="masses",
    sources=("mcfadden_1974",),
    paragraphs=("4.1", "4.2", "4.3", "6.13", "6.14"),
    reads=("soviet_dependence", "national_dependence", "administration", "bloc"),
    lagged=("power_share", "antagonism"),
    writes=("communist_line", "divergence"),
    parameters=(
        assumed(
            "sharpness",
            "How sharply the stronger dependence decides",
            "logit",
            triangular(1.0, 4.0, 12.0),
            "from a party that hardly leans to one that follows the stronger at once",
        ),
    ),
    off=_between,
)
def communist_line(x: Inputs) -> Outputs:
    """Choose between the two masters, and see how far these pull apart.

    A softmax over the two dependences gives the weight of the Soviet state,
    w = logistic(sharpness (soviet - national)); the line is 2 w - 1. The two
    pull apart as far as the own state, or the power that leads its bloc, is
    antagonistic to the leading planned states.
    """
    gap = x.now.soviet_dependence - x.now.national_dependence
    leader = leadership(x.now.administration, x.lag.power_share)
    hostility = over_partners(np.clip(x.lag.antagonism, 0.0, 1.0), leader)
    of_leader = value_of(x.now.bloc, hostility)
    return {
        "communist_line": 2.0 * logistic(x.p.sharpness * gap) - 1.0,
        "divergence": np.clip(np.maximum(hostility, of_leader), 0.0, 1.0),
    }
