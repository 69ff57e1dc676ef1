"""Who administers: bourgeoisie, bureaucracy or masses."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import yearly
from conjuncture.core.priors import normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import (
    ANY_SIGN,
    TINY,
    Array,
    assumed,
    contested,
    foreign,
    planned,
    share,
    value_of,
)

BOURGEOIS, BUREAUCRACY, MASSES = 0.0, 1.0, 2.0

OWN_FORM = 2.0
"""Code of ``regime_imposed`` where a power imposes its own property form."""


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
        "regime_imposed",
        "holder",
        "troops",
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
    back to a bourgeoisie. A power that imposes its own property form brings a
    bureaucracy if it is a planned state, and a bourgeoisie if it is none. Where
    the masses administer a bureaucracy takes over with probability
    1 - exp(-exp(base + isolation * I + culture * log2(schooling/4))).
    """
    schooling = np.clip(np.log2(np.maximum(x.now.culture, 0.5) / 4.0), -3.0, 3.0)
    index = x.p.base + x.p.isolation * x.now.isolation + x.p.culture * schooling
    return {
        "administration": _changed(x, np.asarray(x.uniform.takeover < yearly(index), dtype=float))
    }


def _changed(x: Inputs, takeover: Array) -> Array:
    pole = share(x, x.now.mass, "mass", "new_pole")
    party = share(x, x.now.mass, "mass", "communist")
    led = pole / np.maximum(pole + party, TINY)
    drawn = getattr(x.uniform, "heirs", np.full_like(led, 0.5))
    heirs = np.where(drawn < led, MASSES, BUREAUCRACY)
    now = x.now.administration
    out: Array = np.where((now > 1.5) & (takeover > 0), BUREAUCRACY, now)
    power = np.where(foreign(x.now.holder) > 0, x.now.holder, x.now.troops)
    brought = value_of(power, planned(now)) * BUREAUCRACY
    imposed = (x.now.regime_imposed == OWN_FORM) & (planned(now) != brought)
    out = np.where(imposed, brought, out)
    out = np.where((x.now.revolution > 0) & (now < 0.5), heirs, out)
    out = np.where(x.now.ending == 2, MASSES, out)
    ended = (x.now.ending == 1) | (x.now.ending == 3)
    return np.asarray(np.where(ended, BOURGEOIS, out))
