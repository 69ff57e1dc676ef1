"""Power: shares of the world's capabilities, and their concentration."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import ANNEXED, GREAT, TINY, Array, is_state, names, own


def _equal(x: Inputs) -> Outputs:
    """Give every state the same share: power says nothing."""
    states = is_state(x.now.status).astype(float)
    share = states / states.sum(axis=-1, keepdims=True)
    return {
        "power_share": share,
        "great_power": np.zeros_like(share),
        "concentration": np.zeros(share.shape[0]),
    }


@mechanism(
    "Power",
    phase="diplomacy",
    sources=("singer_bremer_stuckey_1972", "ray_singer_1973"),
    paragraphs=("6.3", "6.4"),
    reads=("population", "urban_share", "armed_forces", "arms_target", "status", "holder"),
    lagged=("steel", "energy", "gdp_world"),
    writes=("power_share", "great_power", "concentration"),
    off=_equal,
)
def power(x: Inputs) -> Outputs:
    """Measure power by the composite index of national capability.

    s_i = mean over c of x_ci / sum_j x_cj, with six components: steel, energy,
    armed forces, military spending, population, urban population. States and
    buffers count, with what they annexed; occupied lands and colonies do not.
    Concentration among the n great powers is
    sqrt((sum s^2 - 1/n) / (1 - 1/n)), 0 where they are equal, 1 where one has all.
    """
    parts = np.stack(
        [
            x.lag.steel,
            x.lag.energy,
            x.now.armed_forces,
            x.now.arms_target * x.lag.gdp_world,
            x.now.population,
            x.now.urban_share * x.now.population,
        ],
        axis=-1,
    )
    share = composite(_gathered(parts, x.now.status, x.now.holder))
    great = greatest(share, GREAT)
    return {
        "power_share": share,
        "great_power": great,
        "concentration": concentration(share, great),
    }


def _gathered(parts: Array, status: Array, holder: Array) -> Array:
    """Add what is annexed to its holder; leave out what acts not for itself."""
    owner = np.where(status == ANNEXED, holder, np.where(is_state(status), own(status), -1.0))
    held = names(owner, status.shape[-1]).astype(float)
    return np.asarray(np.matmul(np.swapaxes(held, -1, -2), np.maximum(parts, 0.0)))


def composite(parts: Array) -> Array:
    """Return the composite shares of (members, territories, components); they sum to 1.

    A component of which nobody has anything is left out of the mean.
    """
    total = parts.sum(axis=-2, keepdims=True)
    shares = np.where(total > 0.0, parts / np.maximum(total, TINY), 0.0).sum(axis=-1)
    return np.asarray(shares / np.maximum(shares.sum(axis=-1, keepdims=True), TINY))


def greatest(share: Array, count: int) -> Array:
    """Return 1 for the ``count`` largest shares of each member, 0 for the others."""
    least = np.sort(share, axis=-1)[..., -min(count, share.shape[-1])]
    return np.asarray(((share >= least[..., None]) & (share > 0.0)).astype(float))


def concentration(share: Array, great: Array) -> Array:
    """Return the concentration of Ray and Singer (1973) among the great powers."""
    within = share * great
    within = within / np.maximum(within.sum(axis=-1, keepdims=True), TINY)
    n = np.maximum(great.sum(axis=-1), 2.0)
    spread = np.maximum((within**2).sum(axis=-1) - 1.0 / n, 0.0)
    return np.asarray(np.sqrt(spread / (1.0 - 1.0 / n)))
