"""Concessions: who cedes in a dispute."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic
from conjuncture.core.priors import half_normal, normal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import TINY, pair_at, with_partners
from conjuncture.world.parameters import assumed


def _nobody_cedes(x: Inputs) -> Outputs:
    none = np.zeros_like(x.now.dispute)
    return {
        "concession": none,
        "conceded": none.sum(axis=-1),
        "rival_dispute": pair_at(x.now.dispute, x.now.rival),
        "rival_concession": none.sum(axis=-1),
        "settlement": none,
        "settlement_of_equals": np.zeros(none.shape[0]),
    }


@mechanism(
    "Concessions",
    phase="hazards",
    sources=("fearon_1995", "pablo_1945"),
    paragraphs=("5.1", "6.5", "6.10"),
    reads=("dispute", "power_share", "caution", "regrouped_crisis", "encirclement", "rival"),
    writes=(
        "concession",
        "conceded",
        "rival_dispute",
        "rival_concession",
        "settlement",
        "settlement_of_equals",
    ),
    parameters=(
        assumed(
            "base",
            "readiness of an equal to cede",
            "logit",
            normal(-1.4, 0.7),
            "about one in five yields at once; half of all disputes end without a clear outcome",
        ),
        assumed(
            "strength",
            "effect of the logarithm of the partner's superiority",
            "logit",
            half_normal(0.8),
            "terms follow the balance of power (Fearon); the size is open",
        ),
        assumed(
            "stake",
            "effect of a crisis at home in a narrow market: less readiness to cede",
            "logit",
            half_normal(2.0),
            "who needs the object more holds out longer; the scale of the crisis is 0 to 1",
        ),
        assumed(
            "surroundings",
            "effect of bridgeheads in the own surroundings: less readiness to cede",
            "logit",
            half_normal(2.0),
            "who is nearer to what is disputed has more at stake; the scale of encirclement is "
            "0 to 1",
        ),
    ),
    pair_uniforms=("ceding",),
    off=_nobody_cedes,
)
def concessions(x: Inputs) -> Outputs:
    """Draw who cedes in a dispute: the weaker, the less pressed, the more cautious.

    P(i cedes to j) = logistic(base + strength ln(s_j / s_i) - stake (c_i - c_j) -
    surroundings (r_i - r_j) + caution_i), c the crisis in a narrow market, r the
    encirclement. A dispute in which one cedes is settled: it lies within the range of
    bargains that both prefer to war.
    """
    log = np.log(np.maximum(x.now.power_share, TINY))
    need, ring = x.now.regrouped_crisis, x.now.encirclement
    p = with_partners(x)
    eta = (
        p["base"]
        + p["strength"] * np.clip(log[..., None, :] - log[..., :, None], -5.0, 5.0)
        - p["stake"] * (need[..., :, None] - need[..., None, :])
        - p["surroundings"] * (ring[..., :, None] - ring[..., None, :])
        + x.now.caution[..., :, None]
    )
    chance = logistic(eta)
    ceded = np.where(x.now.dispute > 0.0, x.uniform.ceding < chance, 0.0).astype(float)
    settled = 1.0 - (1.0 - chance) * (1.0 - np.swapaxes(chance, -1, -2))
    return {
        "concession": ceded,
        "conceded": ceded.sum(axis=-1),
        "rival_dispute": pair_at(x.now.dispute, x.now.rival),
        "rival_concession": pair_at(ceded, x.now.rival),
        "settlement": settled,
        "settlement_of_equals": 1.0 - (1.0 - logistic(x.p.base[:, 0])) ** 2,
    }
