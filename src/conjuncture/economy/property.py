"""Change of the property regime: expropriation, incorporation, restitution, slow reform."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism

Array = npt.NDArray[np.float64]

ANNEXED = 4
"""Status of a territory that its holder has incorporated."""

RESTORATION, CONQUEST = 1, 3
"""Endings of a planned regime that reach its property; a political revolution keeps it."""

REFORM, OWN_FORM = 1, 2
"""Codes of the regime that a power imposes on a land that it holds."""


def _no_policy(x: Inputs) -> Outputs:
    return {"nationalisation": np.zeros_like(x.now.statified_share)}


@mechanism(
    "Nationalisation by reform",
    phase="policy",
    sources=("millward_2005",),
    paragraphs=("1.5",),
    reads=("statified_share", "administration", "slump_years"),
    lagged=("crisis", "reforms"),
    writes=("nationalisation",),
    draws=("policy",),
    parameters=(
        Parameter(
            "wander",
            "standard deviation of a year's change of the share that a bourgeois state aims at",
            "1/year",
            Prior(kind="uniform", low=0.002, high=0.012),
            "assumed",
            "over half a century the sum of such changes has a standard deviation of one to "
            "eight hundredths, the order of what municipal and state enterprise gained before 1945",
        ),
        Parameter(
            "by_crisis",
            "change of the share aimed at per unit of the depth of a crisis in its first year",
            "1/year",
            Prior(kind="normal", mean=0.0, sd=0.03),
            "assumed",
            "states have rescued failing works and have sold their own to pay for a crisis; the "
            "prior favours neither",
            limits=(-0.5, 0.5),
            contested=True,
        ),
        Parameter(
            "by_reforms",
            "change of the share aimed at per unit of product granted in reforms last year",
            "1/year",
            Prior(kind="normal", mean=0.0, sd=0.03),
            "assumed",
            "reforms may go with nationalisation or stand in its place; at a tenth of product, the "
            "standard deviation is three thousandths a year",
            limits=(-0.5, 0.5),
            contested=True,
        ),
    ),
    off=_no_policy,
)
def nationalisation(x: Inputs) -> Outputs:
    """Let bourgeois states nationalise or sell a little, without any drift of their own.

    n = wander z + by_crisis x crisis / years of the slump + by_reforms x reforms, where the
    administration is bourgeois: works are rescued or sold as a slump opens, not anew each
    year that it lasts. Whether a capitalist state statifies on a large scale by itself is left
    to the sum of such steps.
    """
    depth = x.lag.crisis / np.maximum(x.now.slump_years, 1.0)
    step = x.p.wander * x.draw.policy + x.p.by_crisis * depth + x.p.by_reforms * x.lag.reforms
    return {"nationalisation": np.where(x.now.administration < 0.5, step, 0.0)}


def _kept(x: Inputs) -> Outputs:
    return {
        "statified_share": x.now.statified_share,
        "property_goal": x.now.property_goal,
        "property_holder": x.now.holder,
        "property_status": x.now.status,
        "statification": np.zeros_like(x.now.statified_share),
    }


@mechanism(
    "Change of property",
    phase="territory",
    sources=("kornai_1992", "conjuncture"),
    paragraphs=("1.4", "1.5", "3.1", "3.4", "3.6"),
    reads=(
        "statified_share",
        "property_goal",
        "property_holder",
        "property_status",
        "holder",
        "status",
        "revolution",
        "ending",
        "conquered_by",
        "regime_imposed",
        "regime_model",
        "nationalisation",
        "lever_restoration",
    ),
    writes=(
        "statified_share",
        "property_goal",
        "property_holder",
        "property_status",
        "statification",
    ),
    parameters=(
        Parameter(
            "expropriation",
            "share of the private means of production that a social revolution sets out to take",
            "1",
            Prior(kind="uniform", low=0.0, high=1.0),
            "assumed",
            "the revolutions of 1910 to 1945 run from next to nothing taken over to nearly all",
        ),
        Parameter(
            "incorporation",
            "share of the distance to another power's property form that a territory is led to "
            "cover by incorporation, conquest or an imposed regime",
            "1",
            Prior(kind="uniform", low=0.0, high=1.0),
            "assumed",
            "autonomy has kept the property of annexed lands, and annexation has levelled it",
        ),
        Parameter(
            "reform",
            "share of the private means of production that a reform imposed by another power takes",
            "1",
            Prior(kind="uniform", low=0.05, high=0.4),
            "assumed",
            "large estates, mines, banks and the property of enemies and those who fled",
        ),
        Parameter(
            "norm",
            "share that stays with the state after a restitution",
            "1",
            Prior(kind="uniform", low=0.1, high=0.4),
            "assumed",
            "railways, posts, utilities and arsenals: the span of what the state files give most "
            "market economies of 1945",
        ),
        Parameter(
            "pace",
            "share of the distance to what is set out that is covered in a year",
            "1/year",
            Prior(kind="uniform", low=0.2, high=0.8),
            "assumed",
            "industry and banks have changed hands within a year, land within a decade",
        ),
    ),
    off=_kept,
)
def property_change(x: Inputs) -> Outputs:
    """Move the statified share towards what events have set out.

    s' = s + pace (goal - s). A social revolution, or a reform imposed by another power, raises
    the goal by its share of what is private. Incorporation, conquest and an imposed regime
    lead towards the other power's share; restoration leads back to the norm of a market
    economy. Occupation, a buffer's status and a political revolution leave the goal as it is.
    """
    share = x.now.statified_share
    goal = np.clip(x.now.property_goal + x.now.nationalisation, 0.0, 1.0)
    goal = np.where(x.now.revolution > 0.5, _raised(x, goal, x.p.expropriation), goal)
    ended = np.rint(x.now.ending)
    restored = (ended == RESTORATION) | (x.now.lever_restoration > 0.5)
    goal = np.where(restored, np.minimum(goal, x.p.norm), goal)
    victor = _share_of(x, x.now.conquered_by, x.p.norm)
    goal = np.where(ended == CONQUEST, _towards(x, victor), goal)
    imposed = np.rint(x.now.regime_imposed)
    goal = np.where(imposed == REFORM, _raised(x, goal, x.p.reform), goal)
    goal = np.where(imposed == OWN_FORM, _towards(x, x.now.regime_model), goal)
    goal = np.where(_newly_annexed(x), _towards(x, _share_of(x, x.now.holder, goal)), goal)
    closing = np.clip(share + x.p.pace * (goal - share), 0.0, 1.0)
    return {
        "statified_share": closing,
        "property_goal": goal,
        "property_holder": x.now.holder,
        "property_status": x.now.status,
        "statification": closing - share,
    }


def _raised(x: Inputs, goal: Array, taken: Array) -> Array:
    """Return the goal after a share of what is private is to be taken over."""
    share = x.now.statified_share
    return np.asarray(np.maximum(goal, share + taken * (1.0 - share)))


def _towards(x: Inputs, model: Array) -> Array:
    """Return the goal on the way to the property form of another power."""
    share = x.now.statified_share
    return np.asarray(share + x.p.incorporation * (model - share))


def _share_of(x: Inputs, power: Array, otherwise: Array) -> Array:
    """Return the statified share of the power of an index, or otherwise below 0."""
    index = np.maximum(power, 0).astype(int)
    return np.where(power >= 0, np.take_along_axis(x.now.statified_share, index, -1), otherwise)


def _newly_annexed(x: Inputs) -> Array:
    """Return whether a territory has been incorporated since property was last looked at."""
    moved = x.now.holder != x.now.property_holder
    before = np.rint(x.now.property_status) == ANNEXED
    return np.asarray((np.rint(x.now.status) == ANNEXED) & (moved | ~before))


def _in_order(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.broken_links)
    return {"broken_links": zero, "disorganisation": zero}


@mechanism(
    "Disorganisation",
    phase="territory",
    sources=("blanchard_kremer_1997",),
    paragraphs=("1.4",),
    reads=("broken_links", "statification", "independence"),
    writes=("broken_links", "disorganisation"),
    parameters=(
        Parameter(
            "links",
            "share of the links of supply that break when all property changes hands",
            "1",
            Prior(kind="uniform", low=0.1, high=0.6),
            "assumed",
            "the literature derives the fall from the number of links in a chain, not its size",
        ),
        Parameter(
            "secession",
            "share of the links of supply that break when a territory leaves its holder",
            "1",
            Prior(kind="uniform", low=0.0, high=0.1),
            "assumed",
            "administration, banks and markets of the metropole fall away in part",
        ),
        Parameter(
            "mending",
            "share of the broken links that is replaced in a year",
            "1/year",
            Prior(kind="uniform", low=0.2, high=0.6),
            "assumed",
            "half of them are replaced within one to three years",
        ),
    ),
    off=_in_order,
)
def disorganisation(x: Inputs) -> Outputs:
    """Break links of supply when property or the state changes, and mend them with time.

    B' = 1 - (1 - (1 - mending) B) (1 - links |change of the share|) (1 - secession x
    independence). What is broken at the year's end keeps capacity idle the year after.
    """
    left = 1.0 - (1.0 - x.p.mending) * x.now.broken_links
    kept = 1.0 - x.p.links * np.abs(x.now.statification)
    freed = 1.0 - x.p.secession * np.clip(x.now.independence, 0.0, 1.0)
    broken = 1.0 - left * kept * freed
    return {"broken_links": broken, "disorganisation": broken}


def _nothing_lost(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.statification)
    return {"regime_loss": zero, "cadres_lost": zero, "people_lost_share": zero}


@mechanism(
    "Losses in a change of property",
    phase="territory",
    sources=("conjuncture",),
    paragraphs=("1.4", "2.6"),
    reads=("statification",),
    writes=("regime_loss", "cadres_lost", "people_lost_share"),
    parameters=(
        Parameter(
            "capital",
            "share of the capital that is destroyed, run down or taken abroad when all property "
            "changes hands",
            "1",
            Prior(kind="uniform", low=0.0, high=0.2),
            "assumed",
            "movable means leave or are used up; buildings, land and most machines cannot",
        ),
        Parameter(
            "cadres",
            "share of the qualified labour that leaves or is driven out when all property "
            "changes hands",
            "1",
            Prior(kind="uniform", low=0.0, high=0.3),
            "assumed",
            "from none to the order of the emigrations after 1917 and 1933",
        ),
        Parameter(
            "people",
            "share of the population that is lost when all property changes hands",
            "1",
            Prior(kind="uniform", low=0.0, high=0.04),
            "assumed",
            "emigration and want, without the deaths of a war, which are counted by themselves",
        ),
        Parameter(
            "restoration",
            "how much more (or less) a restitution loses than an expropriation of like size",
            "log points",
            Prior(kind="normal", mean=0.0, sd=0.7),
            "assumed",
            "schools dispute which of the two changes destroys more; the prior favours neither",
            limits=(-5.0, 5.0),
            contested=True,
        ),
    ),
    off=_nothing_lost,
)
def regime_losses(x: Inputs) -> Outputs:
    """Lose capital, cadres and people in proportion to the property that changes hands.

    Loss = coefficient x (rise of the share + exp(restoration) x fall of the share).
    """
    risen, fallen = np.maximum(x.now.statification, 0.0), np.maximum(-x.now.statification, 0.0)
    size = risen + np.exp(x.p.restoration) * fallen
    return {
        "regime_loss": np.minimum(x.p.capital * size, 1.0),
        "cadres_lost": np.minimum(x.p.cadres * size, 1.0),
        "people_lost_share": np.minimum(x.p.people * size, 1.0),
    }
