"""Repression and the forced labour that it feeds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.society import ages
from conjuncture.society.levers import masses_administer, under_plan

Array = npt.NDArray[np.float64]


def _unchanged(x: Inputs) -> Outputs:
    return {"repression": np.asarray(x.now.repression_start)}


@mechanism(
    "Repression",
    phase="policy",
    sources=("davenport_2007",),
    paragraphs=("1.15", "1.20", "3.3"),
    reads=("repression_start", "radicalisation", "administration", "lever_mass_administration"),
    lagged=("repression", "threat_hazard"),
    writes=("repression",),
    parameters=(
        Parameter(
            "response",
            "rise of the log odds of repression per unit of hazard and radicalisation",
            "1",
            Prior(kind="uniform", low=0.0, high=4.0),
            "assumed",
            "states answer threats by repression: the one result on which studies agree",
            limits=(-10.0, 20.0),
        ),
        Parameter(
            "masses",
            "change of the log odds of repression where the masses administer",
            "1",
            Prior(kind="normal", mean=0.0, sd=1.5),
            "assumed",
            "theories dispute whether it would wither or grow; the prior is symmetric",
            limits=(-10.0, 10.0),
            contested=True,
        ),
        Parameter(
            "pace",
            "share of the gap to its target that repression closes in a year",
            "1/year",
            Prior(kind="uniform", low=0.2, high=0.8),
            "assumed",
            "apparatus and habits outlast a threat for some years",
        ),
    ),
    off=_unchanged,
)
def repression(x: Inputs) -> Outputs:
    """Let repression answer threats, from the level of its regime.

    logit r* = logit r0 + response (hazard + radicalisation) + masses m, with the
    hazard that any threat of last year came true and m = 1 where the masses
    administer; r closes a share of the gap in a year (Davenport 2007).
    """
    hazard = 1.0 - np.prod(1.0 - np.clip(x.lag.threat_hazard, 0.0, 1.0), axis=-1)
    start = np.clip(x.now.repression_start, 0.01, 0.99)
    odds = np.log(start / (1.0 - start))
    odds = odds + x.p.response * (hazard + x.now.radicalisation)
    odds = odds + x.p.masses * masses_administer(x)
    target = logistic(odds)
    return {"repression": x.lag.repression + x.p.pace * (target - x.lag.repression)}


def _none_held(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.repression_start)
    names = (
        "forced_labour",
        "forced_labour_start",
        "arrest_rate",
        "release_rate",
        "camp_mortality",
    )
    return dict.fromkeys(names, zero)


@mechanism(
    "Forced labour at the start",
    phase="start",
    sources=("swianiewicz_1965",),
    reads=(
        "population",
        "working_age_share",
        "repression_start",
        "statified_share",
        "administration",
    ),
    writes=(
        "forced_labour",
        "forced_labour_start",
        "arrest_rate",
        "release_rate",
        "camp_mortality",
    ),
    parameters=(
        Parameter(
            "arrests",
            "share of persons of 15 to 59 sent to forced labour in a year at full repression "
            "under a full plan",
            "1/year",
            Prior(kind="lognormal", median=0.006, sigma=0.6),
            "assumed",
            "estimates of the numbers held about 1940 differ fivefold; at a term of some "
            "four years the range spans them",
            limits=(0.0, 0.2),
        ),
        Parameter(
            "release",
            "share of those held who are released in a year",
            "1/year",
            Prior(kind="uniform", low=0.15, high=0.35),
            "assumed",
            "terms of three to ten years, shortened by amnesties",
        ),
        Parameter(
            "mortality",
            "share of those held who die in a year beyond the usual",
            "1/year",
            Prior(kind="uniform", low=0.01, high=0.08),
            "assumed",
            "no count to 1945 is shipped; far above that of free persons in all accounts",
        ),
    ),
    off=_none_held,
)
def forced_labour_start(x: Inputs) -> Outputs:
    """Hold at the start what the base year's repression holds in the long run.

    F0 = arrests x repression x statified share x W / (release + mortality), W persons
    of working age, in planned states alone: no figure of 1945 is free of dispute,
    so none is decreed.
    """
    working = x.now.population * x.now.working_age_share
    planned = x.now.statified_share * under_plan(x)
    taken = x.p.arrests * x.now.repression_start * planned * working
    held = np.minimum(taken / np.maximum(x.p.release + x.p.mortality, 1e-9), 0.2 * working)
    one = np.ones_like(held)
    return {
        "forced_labour": held,
        "forced_labour_start": held,
        "arrest_rate": x.p.arrests * one,
        "release_rate": x.p.release * one,
        "camp_mortality": x.p.mortality * one,
    }


def _held_as_before(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.forced_labour)
    return {"forced_labour": np.asarray(x.now.forced_labour), "forced_labour_deaths": zero}


@mechanism(
    "Forced labour",
    phase="policy",
    sources=("swianiewicz_1965",),
    paragraphs=("1.20",),
    reads=(
        "forced_labour",
        "cohorts",
        "repression",
        "planning_coverage",
        "administration",
        "arrest_rate",
        "release_rate",
        "camp_mortality",
    ),
    writes=("forced_labour", "forced_labour_deaths"),
    off=_held_as_before,
)
def forced_labour(x: Inputs) -> Outputs:
    """Fill camps by repression under a plan; release and death empty them.

    F' = F + arrests r c W - (release + mortality) F with repression r, coverage c
    of a planned state's plan and persons W of 15 to 59; at most a fifth is held.
    """
    working = x.now.cohorts[..., ages.WORKING].sum(-1)
    planned = x.now.planning_coverage * under_plan(x)
    arrested = x.now.arrest_rate * x.now.repression * planned * working
    died = x.now.camp_mortality * x.now.forced_labour
    held = x.now.forced_labour * (1.0 - x.now.release_rate) - died + arrested
    return {
        "forced_labour": np.clip(held, 0.0, 0.2 * working),
        "forced_labour_deaths": died,
    }
