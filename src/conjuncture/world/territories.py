"""Territories: who holds each, in what status, and whose troops stand there."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.occupation import ANNEX, EVACUATE, MAKE_BUFFER
from conjuncture.world.pairs import (
    ANNEXED,
    BUFFER,
    NONE,
    OCCUPIED,
    SOVEREIGN,
    Array,
    Mask,
    at,
    best,
    is_state,
    own,
)


def _unchanged(x: Inputs) -> Outputs:
    return {"holder": x.now.holder, "status": x.now.status, "troops": x.now.troops}


@mechanism(
    "Territories",
    phase="territory",
    sources=("cow_colonial_31", "cow_entities"),
    paragraphs=("3.1", "3.4", "3.6", "5.6", "6.6"),
    reads=(
        "holder",
        "status",
        "troops",
        "occupier_choice",
        "troops_posted",
        "unification",
        "other_half",
        "independence",
        "revolution",
        "conquered_by",
        "lever_decree_annex",
    ),
    writes=("holder", "status", "troops"),
    off=_unchanged,
)
def territories(x: Inputs) -> Outputs:
    """Bring together what the year decided; each land has one holder, itself if it acts alone.

    In the order of their force: troops posted, the occupier's choice,
    unification, independence or a victorious revolution in a held land, conquest,
    annexation by a scenario's decree. What a conquered state held passes to the
    victor; its troops abroad are gone, and buffers without troops are sovereign.
    """
    here = own(x.now.status)
    now = {"holder": x.now.holder, "status": x.now.status, "troops": x.now.troops}

    def change(where: Mask, holder: Array, status: int, troops: Array) -> None:
        now["holder"] = np.where(where, holder, now["holder"])
        now["status"] = np.where(where, float(status), now["status"])
        now["troops"] = np.where(where, troops, now["troops"])

    nobody = np.full_like(here, NONE)
    power = np.where(x.now.holder != here, x.now.holder, x.now.troops)
    choice = x.now.occupier_choice
    now["troops"] = np.where(x.now.troops_posted >= 0, x.now.troops_posted, now["troops"])
    change(choice == ANNEX, power, ANNEXED, power)
    change(choice == MAKE_BUFFER, here, BUFFER, power)
    change(choice == EVACUATE, here, SOVEREIGN, nobody)
    change(x.now.unification > 0.0, x.now.other_half, ANNEXED, x.now.other_half)
    risen = (x.now.revolution > 0.0) & ~is_state(x.now.status)
    change((x.now.independence > 0.0) | risen, here, SOVEREIGN, nobody)
    change(x.now.conquered_by >= 0, x.now.conquered_by, OCCUPIED, x.now.conquered_by)
    decreed = best(x.now.lever_decree_annex)
    decreed = np.where(decreed == here, NONE, decreed)
    change(decreed >= 0, decreed, ANNEXED, decreed)
    return settled(now["holder"], now["status"], now["troops"])


def settled(holder: Array, status: Array, troops: Array) -> Outputs:
    """Let lands held by one that is held itself pass on, and draw the consequences.

    Chains of holders are followed to their end; where two hold each other (two
    decrees against each other) each stays what it is, its own.
    """
    here = own(status)
    for _ in range(int(np.ceil(np.log2(holder.shape[-1] + 1)))):
        holder = at(holder, holder)
    lost = at(holder, holder) != holder
    holder = np.where(lost, here, holder)
    status = np.where(lost, float(SOVEREIGN), status)
    status = np.where((holder != here) & (status <= BUFFER), float(OCCUPIED), status)
    status = np.where((holder == here) & (status > BUFFER), float(SOVEREIGN), status)
    gone = (troops >= 0) & (at(holder, troops) != troops)
    troops = np.where(gone | (troops == here), NONE, troops)
    troops = np.where((holder != here) & gone, holder, troops)
    status = np.where((status == BUFFER) & (troops < 0), float(SOVEREIGN), status)
    return {"holder": holder, "status": status, "troops": troops}
