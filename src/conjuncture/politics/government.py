"""Government: coalitions, the powers whose troops stand there, cabinets after upheavals."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from conjuncture.core.algebra import by_row
from conjuncture.core.priors import half_normal, triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import (
    TINY,
    Array,
    alike,
    assumed,
    foreign,
    labels_of,
    normalised,
    onto,
    planned,
    position,
    share,
    value_of,
)

PLACES = {
    "communist": 0.05,
    "revolutionary": 0.0,
    "socialist": 0.3,
    "national": 0.5,
    "agrarian": 0.5,
    "centre": 0.55,
    "conservative": 0.75,
    "fascist": 1.0,
}
"""Families from left (0) to right (1): the order of the common left-right scale; places assumed."""

SMALL = 0.02
"""Support at which a family is half as likely to be asked into a coalition."""


@cache
def coalitions(labels: tuple[str, ...]) -> tuple[tuple[int, ...], Array, Array]:
    """Return the families that can govern, all their coalitions, and their spread.

    Coalition ``c`` contains the ``b``-th family where bit ``b`` of ``c + 1`` is
    set; coalitions are (coalitions, families) as 0/1, their spread from left to
    right is (coalitions, 1).
    """
    # Numbered from left to right, so that the order of labels changes no bit.
    parties = tuple(sorted((k for k, n in enumerate(labels) if n in PLACES), key=_place(labels)))
    places = np.array([PLACES[labels[k]] for k in parties])
    number = np.arange(1, 2 ** len(parties))
    sets = np.asarray((number[:, None] >> np.arange(len(parties))) & 1, dtype=float)
    high = np.where(sets > 0, places, -np.inf).max(axis=1)
    low = np.where(sets > 0, places, np.inf).min(axis=1)
    return parties, sets, (high - low)[:, None]


def _place(labels: tuple[str, ...]) -> Callable[[int], tuple[float, str]]:
    return lambda k: (PLACES[labels[k]], labels[k])


def _stays(x: Inputs) -> Outputs:
    return {"government": x.now.government + 0.0}


@mechanism(
    "Formation of governments",
    phase="masses",
    sources=("gamson_1961", "martin_stevenson_2001"),
    paragraphs=("3.6", "4.2", "4.3"),
    reads=(
        "government",
        "party_support",
        "mass",
        "competition",
        "administration",
        "troops",
        "communist_line",
        "divergence",
    ),
    lagged=("revolution", "upheaval", "coup", "ending"),
    writes=("government",),
    parameters=(
        assumed(
            "majority",
            "Attraction of a minimal winning coalition over any other",
            "logit",
            half_normal(3.0),
            "most cabinets have a majority and nobody to spare; strength left wide",
        ),
        assumed(
            "distance",
            "Aversion to the spread of a coalition from left to right",
            "logit per scale",
            half_normal(5.0),
            "neighbours on the scale govern together; strength left wide",
        ),
        assumed(
            "patron",
            "Weight of the power whose troops stand there, and of a break between the two masters",
            "logit",
            half_normal(3.0),
            "an army in the country opens or closes the door to the Communists; left wide",
        ),
        assumed(
            "renewal",
            "Share of the cabinet that is formed anew in a year",
            "1/year",
            triangular(0.2, 0.6, 1.0),
            "cabinets last from a year to some years",
            (0.0, 1.0),
        ),
    ),
    off=_stays,
)
def government(x: Inputs) -> Outputs:
    """Form cabinets out of all coalitions of families of parties.

    P(C) is a softmax of majority * (C is minimal winning) - distance * (spread
    of C) + patron * K (Communists in C) + ln of how well each member is
    supported; posts go by support within C (Gamson). K is +1 under the troops
    of a planned state and -1 under those of another power; without troops it is
    minus the break: divergence where the party follows the Soviet state. Where
    parties do not compete, the rulers stay. After a revolution, a coup or the
    end of a regime the victors take the cabinet.
    """
    target = _formed(x)
    pace = (x.p.renewal * np.clip(x.now.competition, 0.0, 1.0))[..., None]
    kept = x.now.government + pace * (target - x.now.government)
    return {"government": normalised(_after_upheaval(x, kept))}


def communists_wanted(x: Inputs) -> Array:
    """Return K in -1..1: what troops, or a break between the masters, mean for Communists."""
    rule = planned(x.now.administration)
    troops = foreign(x.now.troops)
    sign = 2.0 * value_of(x.now.troops, rule) - 1.0
    break_ = x.now.divergence * (1.0 + x.now.communist_line) / 2.0
    return np.asarray(np.where(troops > 0, sign, -break_))


def _formed(x: Inputs) -> Array:
    """Return the expected cabinet over all coalitions."""
    labels = tuple(labels_of(x, "party"))
    parties, sets, spread = coalitions(labels)
    shape = x.now.party_support.shape
    votes = normalised(x.now.party_support[..., parties]).reshape(-1, len(parties)).T
    size = by_row(votes.T, sets.T).T
    winning = (size > 0.5) & (size - _least(votes) <= 0.5)
    odds = np.log(np.maximum(votes, TINY) / (np.maximum(votes, TINY) + SMALL))
    asked = by_row(odds.T, sets.T).T
    communists = sets[:, [parties.index(position(x, "party", "communist"))]]

    def flat(values: Array) -> Array:
        return np.asarray(np.broadcast_to(values, shape[:2]).reshape(-1))

    index = asked + flat(x.p.majority) * winning - flat(x.p.distance) * spread
    index += flat(x.p.patron * communists_wanted(x)) * communists
    weight = np.exp(index - index.max(axis=0))
    weight /= weight.sum(axis=0)
    weight /= np.maximum(size, TINY)
    out: Array = np.zeros(shape)
    out[..., parties] = (by_row(weight.T, sets) * votes.T).reshape(*shape[:2], len(parties))
    return out


def _least(votes: Array) -> Array:
    """Return the support of each coalition's smallest member, from (families, cells)."""
    found = np.full((2 ** len(votes), votes.shape[1]), np.inf)
    for bit, share_ in enumerate(votes):
        np.minimum(found[: 2**bit], share_, out=found[2**bit : 2 ** (bit + 1)])
    return np.asarray(found[1:])


def _after_upheaval(x: Inputs, cabinet: Array) -> Array:
    """Give the cabinet to those who won the last year's revolution, coup or overthrow."""
    radical = onto(
        x,
        "party",
        x.now.competition,
        communist=share(x, x.now.mass, "mass", "communist"),
        revolutionary=share(x, x.now.mass, "mass", "new_pole"),
    )
    popular = radical + onto(
        x,
        "party",
        x.now.competition,
        socialist=share(x, x.now.mass, "mass", "reformist"),
        national=share(x, x.now.mass, "mass", "national"),
    )
    fascists = share(x, x.now.mass, "mass", "fascist")
    order = onto(
        x,
        "party",
        x.now.competition,
        fascist=fascists,
        conservative=share(x, x.now.party_support, "party", "conservative"),
        none=1.0 - alike(fascists),
    )
    workers = (x.lag.revolution > 0) | (x.lag.ending == 2)
    officers = (x.lag.coup > 0) | (x.lag.ending == 1) | (x.lag.ending == 3)
    out = np.where((x.lag.upheaval > 0)[..., None], normalised(popular), cabinet)
    out = np.where(officers[..., None], normalised(order), out)
    return np.asarray(np.where(workers[..., None], normalised(radical), out))
