"""Consent of the population to who rules it, and land reform."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import half_normal, normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import NONE, OCCUPIED, Array, at, is_state, own
from conjuncture.world.parameters import assumed, contested


def foreign_power(holder: Array, status: Array, troops: Array) -> Array:
    """Return the other power that holds a territory, or whose troops stand in it."""
    here = own(status)
    posted = np.where((troops >= 0) & (troops != here), troops, NONE)
    return np.asarray(np.where(holder != here, holder, posted))


def occupier(holder: Array, status: Array, troops: Array) -> Array:
    """Return the power that occupies a territory or has troops in it; not colonies, not annexed."""
    power = foreign_power(holder, status, troops)
    return np.asarray(np.where(is_state(status) | (status == OCCUPIED), power, NONE))


def _full(x: Inputs) -> Outputs:
    return {"consent": np.ones_like(x.now.status)}


@mechanism(
    "Consent",
    phase="masses",
    sources=("levi_1988", "hechter_2013"),
    paragraphs=("3.5", "3.8"),
    reads=("holder", "status", "troops", "mass", "statified_share"),
    lagged=("living_standard", "repression"),
    writes=("consent",),
    parameters=(
        assumed(
            "base",
            "consent to an own government at the pre-war living standard",
            "logit",
            normal(1.0, 0.5),
            "about three in four, between a narrow majority and nearly all",
        ),
        assumed(
            "alien",
            "effect of being held by another power; half for its troops alone",
            "logit",
            half_normal(3.0),
            "alien rule is resented, though it can become legitimate (Hechter); the size is open",
        ),
        assumed(
            "living",
            "effect of the living standard relative to that before the war",
            "logit",
            half_normal(2.0),
            "consent is contingent on what a ruler delivers (Levi); the size is open",
        ),
        assumed(
            "affinity",
            "effect of Communist masses towards a planned ruler",
            "logit",
            half_normal(4.0),
            "those who see the army of the revolution in it welcome it; the size is open",
        ),
    ),
    off=_full,
)
def consent(x: Inputs) -> Outputs:
    """Find the consent of a population to whoever rules it.

    logistic(base - alien [held] + living (L - 1) + affinity c g - repression), L
    the living standard (before the war = 1), c the share of Communist masses, g
    the statified share of the ruler if that is another power.
    """
    ruler = foreign_power(x.now.holder, x.now.status, x.now.troops)
    held = np.where(x.now.holder != own(x.now.status), 1.0, 0.5) * (ruler >= 0)
    k = x.labels["mass"].index("communist")
    eta = (
        x.p.base
        - x.p.alien * held
        + x.p.living * (np.minimum(x.lag.living_standard, 3.0) - 1.0)
        + x.p.affinity * x.now.mass[..., k] * at(x.now.statified_share, ruler)
        - x.lag.repression
    )
    return {"consent": logistic(eta)}


def _by_lever(x: Inputs) -> Outputs:
    reform = ((x.now.land_reformed == 0.0) & (x.now.lever_land_reform > 0.0)).astype(float)
    return {"land_reform": reform, "land_reformed": np.maximum(x.now.land_reformed, reform)}


@mechanism(
    "Land reform",
    phase="territory",
    sources=("albertus_2015", "pablo_1945"),
    paragraphs=("3.8",),
    reads=(
        "land_reformed",
        "holder",
        "status",
        "troops",
        "statified_share",
        "radicalisation",
        "regime_imposed",
        "lever_land_reform",
    ),
    writes=("land_reform", "land_reformed"),
    parameters=(
        assumed(
            "base",
            "constant",
            "logit",
            normal(-4.5, 0.7),
            "about one in a hundred states and years; reforms between the wars came in a "
            "dozen states in two decades",
        ),
        contested(
            "presence",
            "effect of the troops of a planned state",
            "logit",
            3.0,
            "the essay holds that its entry speeds reform; its command may also forbid it",
        ),
        assumed(
            "radicalisation",
            "effect of radicalisation, from 0 to 1",
            "logit",
            half_normal(3.0),
            "reforms answer pressure from below and splits above (Albertus); the size is open",
        ),
    ),
    uniforms=("reform",),
    off=_by_lever,
)
def land_reform(x: Inputs) -> Outputs:
    """Draw the land reforms of the year, each territory once.

    p = logistic(base + presence g + radicalisation r), g the statified share of the
    power whose troops stand there; certain where an occupier imposes a reform or
    a lever asks for it.
    """
    ruler = foreign_power(x.now.holder, x.now.status, x.now.troops)
    eta = (
        x.p.base
        + x.p.presence * at(x.now.statified_share, ruler)
        + x.p.radicalisation * x.now.radicalisation
    )
    drawn = x.uniform.reform < logistic(eta)
    drawn |= (x.now.regime_imposed > 0.0) | (x.now.lever_land_reform > 0.0)
    reform = (drawn & (x.now.land_reformed == 0.0)).astype(float)
    return {"land_reform": reform, "land_reformed": np.maximum(x.now.land_reformed, reform)}
