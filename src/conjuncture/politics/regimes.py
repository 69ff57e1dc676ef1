"""Coups, dictatorships and free competition; the weight of fascism."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import yearly
from conjuncture.core.priors import half_normal, normal, triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import (
    ANY_SIZE,
    TINY,
    alike,
    assumed,
    contested,
    foreign,
    planned,
    share,
    value_of,
)


def _no_coup(x: Inputs) -> Outputs:
    return {"coup": 0.0 * x.now.administration}


@mechanism(
    "Coups",
    phase="hazards",
    sources=("goemans_archigos_2009", "londregan_poole_1990"),
    paragraphs=("6.18",),
    reads=("administration", "income_1", "removal_age", "status", "competition"),
    writes=("coup",),
    parameters=(
        assumed(
            "base",
            "Rate of coups at 3,000 dollars a head",
            "ln 1/year",
            normal(-3.5, 1.0),
            "once in a generation to once in a century before looking at removals",
            (-20.0, 5.0),
        ),
        assumed(
            "poverty",
            "Effect of poverty, per ln(3000 / product per head)",
            "log points",
            normal(0.0, 1.0),
            "poverty may breed coups: of either sign before looking",
            (-20.0, 20.0),
        ),
        assumed(
            "recent",
            "Effect of a recent irregular removal",
            "log points",
            normal(0.0, 1.5),
            "coups may breed coups: of either sign before looking",
            (-20.0, 20.0),
        ),
        assumed(
            "competition",
            "Effect of free competition for government against none",
            "log points",
            normal(-1.0, 1.0),
            "rulers who can be voted out are less often removed by force; the fit on all regimes "
            "together does not tell them apart",
            (-20.0, 20.0),
        ),
    ),
    uniforms=("coup",),
    off=_no_coup,
)
def coup(x: Inputs) -> Outputs:
    """Draw coups in sovereign bourgeois states.

    P = 1 - exp(-exp(base + poverty * ln(3000/y) + recent * exp(-years since the
    last irregular removal / 5) + competition * (C - 1/2))), C being free
    competition of parties: half-way, the rate is the fitted one.
    """
    poverty = np.log(3000.0 / np.maximum(x.now.income_1, TINY))
    recent = np.exp(-(x.now.removal_age + 1.0) / 5.0)
    index = x.p.base + x.p.poverty * poverty + x.p.recent * recent
    p = yearly(index + x.p.competition * (x.now.competition - 0.5))
    open_to = (1.0 - planned(x.now.administration)) * (x.now.status < 2)
    return {"coup": np.asarray(x.uniform.coup < p * open_to, dtype=float)}


def _same_rules(x: Inputs) -> Outputs:
    return {"competition": x.now.competition + 0.0}


@mechanism(
    "Free competition of parties",
    phase="territory",
    sources=("przeworski_2000", "goemans_archigos_2009"),
    paragraphs=("3.6", "6.18"),
    reads=(
        "competition",
        "government",
        "administration",
        "coup",
        "upheaval",
        "revolution",
        "ending",
        "status",
        "holder",
        "troops",
        "independence",
    ),
    writes=("competition",),
    parameters=(
        assumed(
            "opening",
            "Rate at which a dictatorship without upheaval gives way to competition",
            "1/year",
            triangular(0.005, 0.03, 0.1),
            "a dictatorship lasts for some decades",
            (0.0, 1.0),
        ),
        assumed(
            "closing",
            "Rate at which fascists in cabinet do away with competition, per share of cabinet",
            "1/year",
            half_normal(1.0),
            "fascists who govern alone end competition within one or two years",
            ANY_SIZE,
        ),
        contested(
            "patron",
            "Effect on the opening of the rule or the troops of a power with free competition",
            "log points",
            "a power carries its own rules with it, or rules by those whom it finds",
            2.0,
        ),
    ),
    uniforms=("opening",),
    off=_same_rules,
)
def competition(x: Inputs) -> Outputs:
    """Follow whether parties compete freely for government, 0..1.

    A coup, a social revolution and the conquest of a planned state end it;
    an upheaval, a restoration, independence or an opening begin it, the last with
    probability 1 - exp(-opening * exp(patron * the competition of the power that
    holds the land or has troops there)), outside colonies; fascists in cabinet
    wear it down. Planned states have none of it.
    """
    fascists = share(x, x.now.government, "party", "fascist")
    worn = x.now.competition * np.exp(-np.maximum(x.p.closing, 0.0) * fascists)
    power = np.where(foreign(x.now.holder) > 0, x.now.holder, x.now.troops)
    patron = foreign(power) * value_of(power, x.now.competition)
    able = (x.now.status < 3) & (x.now.administration < 0.5) & (fascists < 0.5)
    rate = np.log(np.maximum(x.p.opening, 1e-9)) + x.p.patron * patron
    opened = (x.uniform.opening < yearly(rate)) & able
    begun = opened | (x.now.upheaval > 0) | (x.now.ending == 1) | (x.now.independence > 0)
    ended = (x.now.coup > 0) | (x.now.revolution > 0) | (x.now.ending == 3)
    kept = np.where(begun, 1.0, worn)
    closed = ended | ((x.now.administration > 0.5) & (x.now.ending != 1))
    return {"competition": np.where(closed, 0.0, kept)}


@mechanism(
    "Weight of fascism",
    phase="territory",
    sources=("paxton_2004",),
    paragraphs=("6.18",),
    reads=("government", "mass"),
    writes=("fascism",),
)
def fascism(x: Inputs) -> Outputs:
    """Read the weight of fascism off cabinet and streets: 1 - (1 - cabinet)(1 - masses)."""
    cabinet = share(x, x.now.government, "party", "fascist")
    streets = share(x, x.now.mass, "mass", "fascist")
    return {"fascism": alike(cabinet, streets)}
