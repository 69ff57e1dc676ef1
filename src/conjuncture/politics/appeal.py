"""What draws the masses to each movement."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import half_normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import assumed, contested, foreign, leadership, onto

REFORM_UNIT = 0.1
"""Reforms are read in tenths of the product."""


def _no_workers_appeal(x: Inputs) -> Outputs:
    return {"workers_appeal": onto(x, "mass", x.now.radicalisation)}


@mechanism(
    "Appeal of the workers' movements",
    phase="masses",
    sources=("taylor_jonker_1978", "kitschelt_1986"),
    paragraphs=("6.16", "6.17", "6.18"),
    reads=("radicalisation", "administration", "prestige", "organisation", "reforms"),
    lagged=("power_share",),
    writes=("workers_appeal",),
    parameters=(
        assumed(
            "prestige",
            "Growth of a Communist party where the masses are radical and the Soviet state's "
            "prestige is full",
            "1/year",
            half_normal(0.5),
            "a party may double within some years of a great victory",
        ),
        assumed(
            "reforms",
            "Growth of the reformists with each tenth of the product granted in reforms",
            "1/year",
            half_normal(0.2),
            "a record of reforms holds and draws followers, over several years",
        ),
        contested(
            "pole",
            "Growth of a new pole where the masses are radical and it is organised",
            "1/year",
            "whether an organised minority draws radical masses is the point at issue",
            0.5,
        ),
    ),
    off=_no_workers_appeal,
)
def workers_appeal(x: Inputs) -> Outputs:
    """Give the yearly growth that each workers' movement draws from its record.

    Communists: prestige * beacon * radicalisation; reformists: reforms * (reforms
    granted, in tenths of the product); new pole: pole * organisation *
    radicalisation. The beacon is the prestige of the leading planned states.
    """
    leader = leadership(x.now.administration, x.lag.power_share)
    beacon = (leader * x.now.prestige).sum(axis=-1, keepdims=True)
    radical = x.now.radicalisation
    return {
        "workers_appeal": onto(
            x,
            "mass",
            radical,
            communist=x.p.prestige * beacon * radical,
            reformist=x.p.reforms * x.now.reforms / REFORM_UNIT,
            new_pole=x.p.pole * x.now.organisation * radical,
        )
    }


def _no_other_appeal(x: Inputs) -> Outputs:
    return {"other_appeal": onto(x, "mass", x.now.holder)}


@mechanism(
    "Appeal of the other movements",
    phase="masses",
    sources=("taylor_jonker_1978", "bromhead_eichengreen_orourke_2013", "strang_1990"),
    paragraphs=("2.3", "6.17", "6.18"),
    reads=("holder", "deprivation"),
    lagged=("crisis", "consent", "repression"),
    writes=("other_appeal",),
    parameters=(
        assumed(
            "slump",
            "Growth of fascism in a full crisis with full deprivation",
            "1/year",
            half_normal(1.0),
            "fascist parties grew several times over within years of a deep slump, in which a "
            "third of the standard may be lost",
        ),
        assumed(
            "foreign_rule",
            "Growth of a movement for independence under foreign rule without consent",
            "1/year",
            half_normal(0.4),
            "such movements double within years to decades",
        ),
        assumed(
            "fear",
            "Growth of withdrawal under full repression",
            "1/year",
            half_normal(0.1),
            "repression drives people out of politics, over a decade or two",
        ),
    ),
    off=_no_other_appeal,
)
def other_appeal(x: Inputs) -> Outputs:
    """Give the yearly growth of fascists, of independence movements, and of withdrawal.

    Fascists: slump * crisis * deprivation; national: foreign_rule *
    (1 - consent) where another state holds the land; withdrawn: fear * repression.
    """
    ruled = foreign(x.now.holder) * (1.0 - np.clip(x.lag.consent, 0.0, 1.0))
    crisis = np.clip(x.lag.crisis, 0.0, 1.0)
    return {
        "other_appeal": onto(
            x,
            "mass",
            x.now.holder,
            fascist=x.p.slump * crisis * x.now.deprivation,
            national=x.p.foreign_rule * ruled,
            withdrawn=x.p.fear * np.clip(x.lag.repression, 0.0, 1.0),
        )
    }
