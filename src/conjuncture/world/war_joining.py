"""War joining: which other states enter a war in its first year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.algebra import logistic
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import TINY, Array, Mask, is_state
from conjuncture.world.parameters import fitted

Places = npt.NDArray[np.intp]


def _alone(x: Inputs) -> Outputs:
    return {"war_joined": np.zeros_like(x.now.war_onset)}


@mechanism(
    "Joining a war",
    phase="hazards",
    sources=("siverson_starr_1991",),
    paragraphs=("6.5",),
    reads=(
        "war_onset",
        "war",
        "alliance",
        "recent",
        "contiguous",
        "power_share",
        "status",
    ),
    writes=("war_joined",),
    parameters=(
        fitted("base", "constant", "logit", -4.0, 1.0),
        fitted("allied", "effect of a treaty with the side joined", "logit", 2.0, 1.0),
        fitted("hostile", "effect of earlier disputes with the enemy", "logit", 1.0, 1.0),
        fitted("near", "effect of a common border with either side", "logit", 1.0, 1.0),
        fitted("weight", "effect of ln(share of power / 0.05)", "logit", 0.5, 0.5),
    ),
    pair_uniforms=("joining",),
    off=_alone,
)
def war_joining(x: Inputs) -> Outputs:
    """Draw who joins a war that begins: opportunity by borders, willingness by treaties.

    For each belligerent i with enemy j and each state k outside:
    p = logistic(base + allied alliance_ki + hostile recent_kj + near [border with i
    or j] + weight ln(s_k / 0.05)). Who would join both sides joins the one it
    is closer to. The joiner is at war with the enemy of the side it joins.
    """
    joined = np.zeros_like(x.now.war_onset)
    m, i, j = np.nonzero(x.now.war_onset)
    if m.size:
        able, chance = _chances(x, m, i, j)
        count = joined.shape[-1]
        key = (m * count + i) * count + j  # sorted, as nonzero goes in order
        other = np.searchsorted(key, (m * count + j) * count + i)
        draw = x.uniform.joining[m, :, i]
        willing = (draw < chance) & able
        closer = (chance > chance[other]) | ~willing[other]
        n, joiner = np.nonzero(willing & closer)
        joined[m[n], joiner, j[n]] = 1.0
        joined[m[n], j[n], joiner] = 1.0
    return {"war_joined": joined}


def _chances(x: Inputs, m: Places, i: Places, j: Places) -> tuple[Mask, Array]:
    """Return, for each directed pair at war, who may join the first side, and the chances."""
    p = {name: value[m] for name, value in vars(x.p).items()}
    near = np.maximum(x.now.contiguous[m, i], x.now.contiguous[m, j])
    size = np.log(np.maximum(x.now.power_share[m], TINY) / 0.05)
    eta = (
        p["base"]
        + p["allied"] * x.now.alliance[m, i]
        + p["hostile"] * x.now.recent[m, j]
        + p["near"] * near
        + p["weight"] * size
    )
    busy = ((x.now.war + x.now.war_onset)[m] > 0.0).any(axis=-1)
    return is_state(x.now.status[m]) & ~busy, logistic(eta)
