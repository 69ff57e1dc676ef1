"""Transfers between territories: tribute, aid, credits and their service, reparations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.economy.losses import industrial

Array = npt.NDArray[np.float64]

BUFFER, OCCUPIED, COLONY = 1, 2, 3
"""Statuses of dependent territories; what is annexed shares its holder's own accounts."""


def _pairs(x: Array) -> Array:
    """Return zeros for all pairs of the territories of an array (members, territories)."""
    return np.zeros((*x.shape, x.shape[-1]))


def _to(power: Array, amount: Array) -> Array:
    """Return what each territory pays to the power of the index given (none below 0)."""
    codes = np.arange(amount.shape[-1])
    there = (power[..., None].astype(int) == codes) & (codes[:, None] != codes)
    return np.asarray(there * amount[..., None])


def _no_tribute(x: Inputs) -> Outputs:
    return {"tribute_claim": _pairs(x.lag.gdp_world)}


@mechanism(
    "Tribute of colonies and dependent areas",
    phase="policy",
    sources=("milanovic_2011", "maddison_1971"),
    paragraphs=("2.3", "2.4"),
    reads=("holder", "status", "troops"),
    lagged=("gdp_world", "gdp_per_head"),
    writes=("tribute_claim",),
    parameters=(
        Parameter(
            "rate",
            "share of a colony's surplus product that its holder draws",
            "1",
            Prior(kind="uniform", low=0.0, high=0.15),
            "assumed",
            "estimates of the drain before 1945 run from about nothing to several hundredths of "
            "the product, of which the surplus is about half in poor colonies",
        ),
        Parameter(
            "dependent",
            "rate of occupied and buffer territories relative to that of colonies",
            "1",
            Prior(kind="uniform", low=0.0, high=1.0),
            "assumed",
            "their own state keeps part or all of what a colony has no means to keep",
        ),
        Parameter(
            "subsistence",
            "product per head below which there is no surplus",
            "2011 international dollars per person",
            Prior(kind="uniform", low=450.0, high=700.0),
            "assumed",
            "the literature takes 300 to 400 dollars of 1990; the same product per head is "
            "about one and a half to one and three quarters times as many dollars of 2011",
            limits=(0.0, 5000.0),
        ),
    ),
    off=_no_tribute,
)
def colonial_tribute(x: Inputs) -> Outputs:
    """Let holders draw a share of the surplus product of the territories that they hold.

    claim = rate (1 - subsistence / product per head) product, at the rate of colonies or, for
    occupied and buffer territories, at the relative rate to the power whose troops stand there.
    """
    status = np.rint(x.now.status)
    share = np.maximum(1.0 - x.p.subsistence / np.maximum(x.lag.gdp_per_head, 1e-9), 0.0)
    full = x.p.rate * share * x.lag.gdp_world
    colonies = _to(x.now.holder, np.where(status == COLONY, full, 0.0))
    held = (status == OCCUPIED) | (status == BUFFER)
    others = _to(x.now.troops, np.where(held, x.p.dependent * full, 0.0))
    return {"tribute_claim": colonies + others}


def _no_plant(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.world_price)
    return {
        "reparation_claim": x.now.lever_reparations,
        "plant_taken": zero,
        "plant_received": zero,
    }


@mechanism(
    "Reparations and dismantling",
    phase="policy",
    sources=("keynes_1929",),
    paragraphs=("5.6",),
    reads=("lever_reparations", "capital", "world_price"),
    writes=("reparation_claim", "plant_taken", "plant_received"),
    parameters=(
        Parameter(
            "plant",
            "share of reparations that is taken as dismantled plant",
            "1",
            Prior(kind="uniform", low=0.2, high=0.8),
            "assumed",
            "the agreements of 1945 name both plant and deliveries, not their parts",
        ),
        Parameter(
            "usable",
            "share of dismantled plant that comes to work where it arrives",
            "1",
            Prior(kind="uniform", low=0.2, high=0.8),
            "assumed",
            "foundations, fitting and local knowledge stay behind; a part rusts on the way",
        ),
        Parameter(
            "pace",
            "largest share of the industrial plant that can be dismantled in a year",
            "1/year",
            Prior(kind="uniform", low=0.02, high=0.12),
            "assumed",
            "crews, crates and wagons set the pace; what stands is in use by the payer meanwhile",
            limits=(0.0, 1.0),
        ),
    ),
    off=_no_plant,
)
def reparations(x: Inputs) -> Outputs:
    """Split reparations into plant that is dismantled and deliveries from current output.

    Taken = plant x reparations, no more than pace x the industrial capital that stands;
    received = usable x taken. What is not plant is a claim on the payer's exports.
    """
    due = np.maximum(x.now.lever_reparations, 0.0)
    standing = (x.now.capital * industrial(x.sectors)).sum(-1) * x.now.world_price
    asked = x.p.plant * due.sum(-1)
    met = np.minimum(1.0, x.p.pace * standing / np.maximum(asked, 1e-12))
    moved = (x.p.plant * met)[..., None] * due
    return {
        "reparation_claim": (1.0 - x.p.plant[..., None]) * due,
        "plant_taken": moved.sum(-1),
        "plant_received": x.p.usable * moved.sum(-2),
    }


def _grants(x: Inputs) -> Outputs:
    return {"owed": x.now.debt, "service_claim": np.zeros_like(x.now.debt)}


@mechanism(
    "Credits and their service",
    phase="policy",
    sources=("domar_1950",),
    reads=("lever_aid", "debt"),
    writes=("owed", "service_claim"),
    parameters=(
        Parameter(
            "share",
            "share of aid that is lent, not given",
            "1",
            Prior(kind="uniform", low=0.0, high=0.6),
            "assumed",
            "the allies lent in the first world war and mostly gave in the second",
        ),
        Parameter(
            "interest",
            "interest on credits between states",
            "1/year",
            Prior(kind="uniform", low=0.01, high=0.04),
            "assumed",
            "rates of public loans and of the settlements of war debts between the wars",
        ),
        Parameter(
            "repayment",
            "share of a debt between states that falls due in a year",
            "1/year",
            Prior(kind="uniform", low=0.02, high=0.1),
            "assumed",
            "terms from ten to fifty years",
        ),
    ),
    off=_grants,
)
def credits(x: Inputs) -> Outputs:
    """Lend a part of aid, and claim interest and repayment on what is owed.

    owed = (1 + interest) debt + share x aid; service due = (interest + repayment) debt.
    """
    interest = x.p.interest[..., None]
    lent = x.p.share[..., None] * np.maximum(x.now.lever_aid, 0.0)
    return {
        "owed": (1.0 + interest) * x.now.debt + np.swapaxes(lent, -1, -2),
        "service_claim": (interest + x.p.repayment[..., None]) * x.now.debt,
    }


def _none_paid(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.lag.gdp_world)
    return {
        "colonial_transfer": zero,
        "aid_received": zero,
        "reparations_received": zero,
        "debt_service": zero,
        "transfer_received": zero,
        "transfer_paid": zero,
        "debt": x.now.debt,
    }


@mechanism(
    "Settlement of transfers",
    phase="policy",
    sources=("keynes_1929",),
    paragraphs=("2.3", "2.4"),
    reads=(
        "tribute_claim",
        "reparation_claim",
        "service_claim",
        "owed",
        "lever_aid",
        "debt",
    ),
    lagged=("gdp_world",),
    writes=(
        "colonial_transfer",
        "aid_received",
        "reparations_received",
        "debt_service",
        "transfer_received",
        "transfer_paid",
        "debt",
    ),
    parameters=(
        Parameter(
            "capacity",
            "largest share of its product that a territory can be made to pay abroad in a year",
            "1",
            Prior(kind="uniform", low=0.05, high=0.2),
            "assumed",
            "from the peace-time exports of a poorly open economy to those of a fairly open one",
        ),
    ),
    off=_none_paid,
)
def transfers(x: Inputs) -> Outputs:
    """Settle all claims within what a payer can transfer; what is given is what is received.

    Claims of tribute, reparations and debt service are met to the same share, so that they take
    no more than `capacity` of last year's product; service left unpaid stays owed. Aid is
    free of it. debt' = owed - service paid.
    """
    claims = x.now.tribute_claim + x.now.reparation_claim + x.now.service_claim
    asked = claims.sum(-1)
    limit = x.p.capacity * x.lag.gdp_world
    met = np.minimum(1.0, limit / np.maximum(asked, 1e-12))[..., None]
    tribute, due = met * x.now.tribute_claim, met * x.now.reparation_claim
    service = met * x.now.service_claim
    aid = np.maximum(x.now.lever_aid, 0.0)
    paid = tribute + due + service + aid
    return {
        "colonial_transfer": tribute.sum(-2) - tribute.sum(-1),
        "aid_received": aid.sum(-2),
        "reparations_received": due.sum(-2),
        "debt_service": service.sum(-1) - service.sum(-2),
        "transfer_received": paid.sum(-2),
        "transfer_paid": paid.sum(-1),
        "debt": np.maximum(x.now.owed - service, 0.0),
    }
