"""The four threats to a planned state: what makes each stronger or weaker."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import half_normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import TINY, assumed, contested, over_partners, planned, position

FORCED_UNIT = 0.05
"""People under forced labour are read in twentieths of the population."""


def _none_imperialism(x: Inputs) -> Outputs:
    return {"pressure_imperialism": 0.0 * x.now.isolation}


@mechanism(
    "Threat of imperialism",
    phase="hazards",
    sources=("walt_1987", "skocpol_1979"),
    paragraphs=("1.14", "1.16", "1.20"),
    reads=("administration", "isolation"),
    lagged=("power_share", "antagonism"),
    writes=("pressure_imperialism",),
    parameters=(
        contested(
            "encirclement",
            "Effect of full encirclement (isolation times the hostility of the capitalist powers)",
            "log points",
            "encirclement wears a regime down, or closes its ranks",
        ),
        contested(
            "rivalry",
            "Effect of full rivalry among the capitalist powers",
            "log points",
            "rivals leave a third in peace, or draw it into their conflict",
        ),
        assumed(
            "power",
            "Effect of the own power against the mean, with the sign turned",
            "log points per ln",
            half_normal(0.7),
            "a great power is removed from outside less often than those on whom the rates were "
            "fitted, mostly small states; how much less is left wide",
        ),
    ),
    off=_none_imperialism,
)
def threat_imperialism(x: Inputs) -> Outputs:
    """Weigh encirclement against the rivalry of the capitalist powers.

    pressure = encirclement * isolation * H + rivalry * R - power * ln(s / mean s):
    H is the mean antagonism of the capitalist states to this one, R their mean
    antagonism among themselves, both weighted by power, s the own power.
    """
    power = np.maximum(x.lag.power_share, 0.0) * (1.0 - planned(x.now.administration))
    power = power / np.maximum(power.sum(axis=-1, keepdims=True), TINY)
    antagonism = np.clip(x.lag.antagonism, 0.0, 1.0)
    hostility = over_partners(antagonism, power)
    rivalry = (power * hostility).sum(axis=-1, keepdims=True)
    pressure = x.p.encirclement * x.now.isolation * hostility + x.p.rivalry * rivalry
    share = np.maximum(x.lag.power_share, TINY)
    weight = np.log(share / share.mean(axis=-1, keepdims=True))
    return {"pressure_imperialism": pressure - x.p.power * np.maximum(weight, -5.0)}


def _none_capitalist(x: Inputs) -> Outputs:
    return {"pressure_capitalist": 0.0 * x.now.administration}


@mechanism(
    "Threat of capitalist elements within",
    phase="hazards",
    sources=("bueno_de_mesquita_2003", "pablo_1945"),
    paragraphs=("1.14", "1.18"),
    reads=("administration", "openness", "lever_no_bureaucracy"),
    lagged=("bureaucracy_base", "strata_income", "strata_population"),
    writes=("pressure_capitalist",),
    parameters=(
        contested(
            "base",
            "Effect of a bureaucracy whose base is wholly its middle ranks",
            "log points",
            "a broad middle holds the regime, or is the constituency of a restoration",
        ),
        contested(
            "enriched",
            "Effect of peasants who earn e times as much as workers",
            "log points",
            "enriched peasants press for property, or are content",
        ),
        contested(
            "openness",
            "Effect of full openness to foreign trade and capital",
            "log points",
            "openness breeds a restoration, or lends the regime its means",
        ),
    ),
    off=_none_capitalist,
)
def threat_capitalist(x: Inputs) -> Outputs:
    """Weigh the upper bureaucracy and enriched peasants against the middle bureaucracy.

    pressure = base * (M - 1/2) + enriched * ln(peasants' income per head over
    workers') + openness * O, M being the middle ranks' share of the bureaucracy;
    the first term falls away where the bureaucracy's direction is removed.
    """
    income = x.lag.strata_income / np.maximum(x.lag.strata_population, TINY)
    peasants = np.maximum(income[..., position(x, "stratum", "peasants")], TINY)
    workers = np.maximum(income[..., position(x, "stratum", "workers")], TINY)
    enriched = np.clip(np.log(peasants / workers), -2.0, 2.0)
    directed = 1.0 - np.clip(x.now.lever_no_bureaucracy, 0.0, 1.0)
    middle = (np.clip(x.lag.bureaucracy_base, 0.0, 1.0) - 0.5) * directed
    openness = np.clip(x.now.openness, 0.0, 1.0)
    pressure = x.p.base * middle + x.p.enriched * enriched + x.p.openness * openness
    return {"pressure_capitalist": pressure}


def _none_masses(x: Inputs) -> Outputs:
    return {"pressure_masses": 0.0 * x.now.radicalisation}


@mechanism(
    "Threat of the masses",
    phase="hazards",
    sources=("gurr_1970", "lipset_1959", "turchin_2003"),
    paragraphs=("1.14", "1.19", "1.20", "6.17"),
    reads=("deprivation", "radicalisation", "culture", "prestige", "forced_labour", "population"),
    writes=("pressure_masses",),
    parameters=(
        contested(
            "living_standard",
            "Effect of full deprivation",
            "log points",
            "the essay says both: a fall of the living standard strengthened the regime [1.20], "
            "and misery radicalises [6.17]",
            2.0,
        ),
        contested(
            "culture",
            "Effect of each doubling of the years of schooling beyond four",
            "log points",
            "schooling fits the masses for administration, or reconciles them with the regime",
        ),
        contested(
            "prestige",
            "Effect of full prestige",
            "log points",
            "prestige protects a regime, or raises what is asked of it",
        ),
        contested(
            "militants",
            "Effect of a twentieth of the people under forced labour",
            "log points",
            "the loss of the most militant weakens the masses, or embitters them",
        ),
    ),
    off=_none_masses,
)
def threat_masses(x: Inputs) -> Outputs:
    """Weigh what rouses the masses and what holds them down.

    pressure = living_standard * deprivation + culture * log2(schooling / 4) +
    prestige * P + militants * (forced labour / a twentieth of the people).
    """
    schooling = np.clip(np.log2(np.maximum(x.now.culture, 0.5) / 4.0), -3.0, 3.0)
    people = np.maximum(x.now.population, TINY)
    taken = np.clip(x.now.forced_labour / people / FORCED_UNIT, 0.0, 2.0)
    pressure = x.p.living_standard * x.now.deprivation + x.p.culture * schooling
    pressure = pressure + x.p.prestige * x.now.prestige + x.p.militants * taken
    return {"pressure_masses": pressure}


def _none_revolution(x: Inputs) -> Outputs:
    return {"pressure_revolution": 0.0 * x.now.wave}


@mechanism(
    "Threat of the world revolution",
    phase="hazards",
    sources=("weyland_2014", "pablo_1945"),
    paragraphs=("1.12", "1.14", "1.19", "1.21"),
    reads=("wave", "isolation"),
    writes=("pressure_revolution",),
    parameters=(
        contested(
            "wave",
            "Effect of a full revolutionary wave abroad",
            "log points",
            "revolutions abroad rouse the masses at home, or lend the regime their glory",
            2.0,
        ),
        contested(
            "isolation",
            "Effect of an end of isolation",
            "log points",
            "company ends the need for a bureaucracy, or makes its rule secure",
            2.0,
        ),
    ),
    off=_none_revolution,
)
def threat_revolution(x: Inputs) -> Outputs:
    """Weigh revolutions abroad: pressure = wave * W + isolation * (1 - isolation_t)."""
    pressure = x.p.wave * x.now.wave + x.p.isolation * (1.0 - x.now.isolation)
    return {"pressure_revolution": pressure}
