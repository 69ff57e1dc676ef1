"""Escalation: which disputes become wars."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import uniform
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import closure, forced, of_pair, parity, weight, with_partners
from conjuncture.world.parameters import assumed, contested, fitted
from conjuncture.world.ripeness import ripe_pairs


def _no_war(x: Inputs) -> Outputs:
    none = np.zeros_like(x.now.dispute)
    onset = x.now.dispute * forced(x.now.lever_war)
    return {"war_hazard": none, "war_risk": none.sum(axis=-1), "war_onset": onset}


@mechanism(
    "Escalation to war",
    phase="hazards",
    sources=("fearon_1995", "bremer_1992", "waltz_1981", "geller_1990"),
    paragraphs=("6.9", "6.10", "6.11"),
    reads=(
        "dispute",
        "dispute_risk",
        "concession",
        "settlement",
        "settlement_of_equals",
        "power_share",
        "contiguous",
        "alliance",
        "nuclear",
        "openness",
        "outgrown_frame",
        "regrouped_crisis",
        "masses_mobilised",
        "lever_war",
    ),
    writes=("war_hazard", "war_risk", "war_onset"),
    parameters=(
        fitted("base", "constant", "logit", -3.0, 1.0),
        fitted("contiguous", "effect of a common border", "logit", 0.0, 1.0),
        fitted("parity", "effect of ln(smaller / larger share of power)", "logit", 0.0, 0.5),
        fitted("weight", "effect of ln(joint share of power / 0.05)", "logit", 0.0, 0.5),
        fitted("allied", "effect of a treaty", "logit", 0.0, 1.0),
        assumed(
            "originators",
            "share of disputes whose two sides are both originators of it",
            "1",
            uniform(0.65, 0.8),
            "798 of the 1,096 onsets behind the two fits; the rate of escalation is fitted on "
            "these alone, that of disputes on all",
            limits=(0.0, 1.0),
        ),
        contested(
            "ripeness",
            "effect of the three conditions, in pairs of an open and a closed economy",
            "logit",
            1.5,
            "the essay's own statement; no one else ties war to these three",
        ),
        contested(
            "deterrence",
            "effect of nuclear weapons on one of the two sides at least",
            "logit",
            1.5,
            "the bomb may deter, or tempt to go to the brink (Waltz, against it Geller); "
            "nothing before 1945 tells",
        ),
    ),
    pair_uniforms=("breach",),
    off=_no_war,
)
def escalation(x: Inputs) -> Outputs:
    """Draw which disputes without a concession become wars.

    p = logistic(base + contiguous + parity + weight + allied + ripeness C_ij
    (2 R_ij - 1) + deterrence [bomb]), R_ij the least of the three conditions and
    C_ij the closure of the pair; times the share of originators' disputes, and
    divided by the share of disputes between equals that no concession settles, since
    the fitted rate is that of all disputes between originators. War where no
    bargain is found in time; its hazard is that of a dispute times the chances that
    neither cedes and that it becomes a war.
    """
    p = with_partners(x)
    ripe = ripe_pairs(x.now.outgrown_frame, x.now.regrouped_crisis, x.now.masses_mobilised)
    bomb = np.maximum(x.now.nuclear[..., :, None], x.now.nuclear[..., None, :])
    eta = (
        p["base"]
        + p["contiguous"] * x.now.contiguous
        + p["parity"] * parity(x.now.power_share)
        + p["weight"] * weight(x.now.power_share)
        + p["allied"] * x.now.alliance
        + p["ripeness"] * closure(x.now.openness) * (2.0 * ripe - 1.0)
        + p["deterrence"] * bomb
    )
    unsettled = 1.0 - x.now.settlement_of_equals[:, None, None]
    rate = logistic(eta) * p["originators"] / np.maximum(unsettled, 1e-6)
    chance = np.minimum(rate, 1.0)
    settled = np.maximum(x.now.concession, np.swapaxes(x.now.concession, -1, -2))
    begun = (of_pair(x.uniform.breach) < chance) & (settled == 0.0)
    begun |= forced(x.now.lever_war) > 0.0
    hazard = x.now.dispute_risk * (1.0 - x.now.settlement) * chance
    peace = np.log1p(-np.minimum(hazard, 1.0 - 1e-9)).sum(axis=-1)
    return {
        "war_hazard": hazard,
        "war_risk": -np.expm1(peace),
        "war_onset": np.where(x.now.dispute > 0.0, begun, 0.0).astype(float),
    }
