"""Who administers: bourgeoisie, bureaucracy or masses; buffers made like their holder."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import (
    ANY_SIGN,
    TINY,
    Array,
    assumed,
    chance,
    contested,
    foreign,
    logistic,
    normal,
    planned,
    share,
    value_of,
)

BOURGEOIS, BUREAUCRACY, MASSES = 0.0, 1.0, 2.0


def _left_alone(x: Inputs) -> Outputs:
    return {"assimilation": 0.0 * x.now.administration}


@mechanism(
    "Assimilation of buffers",
    phase="hazards",
    sources=("seton_watson_1950", "walt_1987"),
    paragraphs=("3.1", "3.6", "3.7", "5.6"),
    reads=("administration", "troops", "status", "holder", "government"),
    lagged=("antagonism", "power_share"),
    writes=("assimilation",),
    parameters=(
        assumed(
            "base",
            "Yearly log odds that a power remakes a country where its troops stand, when "
            "Communists hold half of the cabinet and no rival threatens",
            "logit",
            normal(-2.0, 1.0),
            "between one year and some decades of occupation",
            ANY_SIGN,
        ),
        contested(
            "pull",
            "Effect of a cabinet wholly of Communists against one without",
            "logit",
            "a party in office makes the step easy, or makes it needless",
            3.0,
        ),
        contested(
            "threat",
            "Effect of full antagonism between the power and its strongest rivals",
            "logit",
            "a threatened power secures its border by its own order, or avoids offence",
            3.0,
        ),
    ),
    uniforms=("assimilated",),
    off=_left_alone,
)
def assimilation(x: Inputs) -> Outputs:
    """Draw whether a planned state gives a country under its troops its own order.

    P = logistic(base + pull * (Communists in cabinet - 1/2) + threat * H) where
    troops of a planned state stand in a sovereign, buffer or occupied country
    under a bourgeoisie; H is the mean antagonism of that power to the other
    states, weighted by their power. A country held by a planned state as its
    own territory gets its order at once.
    """
    rule = planned(x.now.administration)
    bourgeois = 1.0 - rule
    power = np.maximum(x.lag.power_share, 0.0)
    total = np.maximum(power.sum(axis=-1, keepdims=True), TINY)
    hostility = np.matmul(np.clip(x.lag.antagonism, 0.0, 1.0), (power / total)[..., None])[..., 0]
    troops = foreign(x.now.troops) * value_of(x.now.troops, rule) * (x.now.status < 3)
    cabinet = share(x, x.now.government, "party", "communist", "revolutionary") - 0.5
    index = x.p.base + x.p.pull * cabinet + x.p.threat * value_of(x.now.troops, hostility)
    remade = (x.uniform.assimilated < logistic(index)) & (troops > 0)
    owned = (x.now.status == 4) & (foreign(x.now.holder) * value_of(x.now.holder, rule) > 0)
    return {"assimilation": np.asarray((remade | owned) & (bourgeois > 0), dtype=float)}


def _by_force(x: Inputs) -> Outputs:
    return {"administration": _changed(x, np.zeros_like(x.now.administration, dtype=float))}


@mechanism(
    "Who administers",
    phase="territory",
    sources=("pablo_1945", "michels_1911"),
    paragraphs=("1.6", "1.12", "3.1", "3.3"),
    reads=(
        "administration",
        "revolution",
        "ending",
        "assimilation",
        "mass",
        "isolation",
        "culture",
    ),
    writes=("administration",),
    parameters=(
        assumed(
            "base",
            "Rate at which a bureaucracy takes over from masses who administer",
            "ln 1/year",
            normal(-2.5, 1.0),
            "within some years to some decades",
            ANY_SIGN,
        ),
        contested(
            "isolation",
            "Effect of full isolation on this",
            "log points",
            "isolation breeds a bureaucracy, or oligarchy grows in any organisation",
            2.0,
        ),
        contested(
            "culture",
            "Effect of each doubling of the years of schooling beyond four",
            "log points",
            "schooling fits the masses for administration, or breeds experts who rule them",
        ),
    ),
    uniforms=("heirs", "takeover"),
    off=_by_force,
)
def administration(x: Inputs) -> Outputs:
    """Follow who administers after revolutions, endings and incorporation.

    A social revolution gives the administration to the masses with the share of
    the new pole among the revolutionaries, else to a party's bureaucracy; a
    political revolution gives it to the masses; restoration and conquest give it
    back to a bourgeoisie; an assimilated country gets a bureaucracy. Where the
    masses administer a bureaucracy takes over with probability
    1 - exp(-exp(base + isolation * I + culture * log2(schooling/4))).
    """
    schooling = np.clip(np.log2(np.maximum(x.now.culture, 0.5) / 4.0), -3.0, 3.0)
    index = x.p.base + x.p.isolation * x.now.isolation + x.p.culture * schooling
    return {
        "administration": _changed(x, np.asarray(x.uniform.takeover < chance(index), dtype=float))
    }


def _changed(x: Inputs, takeover: Array) -> Array:
    pole = share(x, x.now.mass, "mass", "new_pole")
    party = share(x, x.now.mass, "mass", "communist")
    led = pole / np.maximum(pole + party, TINY)
    drawn = getattr(x.uniform, "heirs", np.full_like(led, 0.5))
    heirs = np.where(drawn < led, MASSES, BUREAUCRACY)
    now = x.now.administration
    out: Array = np.where((now > 1.5) & (takeover > 0), BUREAUCRACY, now)
    out = np.where((x.now.assimilation > 0) & (now < 0.5), BUREAUCRACY, out)
    out = np.where((x.now.revolution > 0) & (now < 0.5), heirs, out)
    out = np.where(x.now.ending == 2, MASSES, out)
    ended = (x.now.ending == 1) | (x.now.ending == 3)
    return np.asarray(np.where(ended, BOURGEOIS, out))
