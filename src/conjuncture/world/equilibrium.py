"""Equilibrium: whether the great powers can hold each other, and whose weight excludes it."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import by_row
from conjuncture.core.priors import uniform
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import GREAT, TINY, Array
from conjuncture.world.parameters import assumed


def _balanced(x: Inputs) -> Outputs:
    return {
        "essential": x.now.great_power,
        "equilibrium_excluded": np.zeros(x.now.great_power.shape[0]),
        "weight_beyond": np.zeros_like(x.now.great_power),
    }


@mechanism(
    "Equilibrium of powers",
    phase="diplomacy",
    sources=("niou_ordeshook_rose_1989", "boulding_1962"),
    paragraphs=("6.3",),
    reads=("power_share", "great_power", "distance"),
    writes=("essential", "equilibrium_excluded", "weight_beyond"),
    parameters=(
        assumed(
            "reach",
            "distance over which power falls to 1/e",
            "km",
            uniform(2000.0, 8000.0),
            "from the radius of a continent to half the breadth of an ocean and a continent; "
            "powers of 1945 fought across both",
            limits=(100.0, 1e5),
        ),
    ),
    off=_balanced,
)
def equilibrium(x: Inputs) -> Outputs:
    """Find the essential powers, and the weight of each beyond an equilibrium.

    A coalition wins if it has more than half of the power of the great powers.
    A power is essential if it belongs to a winning coalition that loses without
    it; where one is not, the others can divide it and no equilibrium holds. The
    same threshold, taken at the place of each great power with what the others can
    bring to bear there, gives its weight beyond equilibrium: max(0, 2 r - 1), r =
    s_i / sum_j s_j exp(-d_ij / reach), nought as long as they can balance it.
    """
    essential, excluded = essential_powers(x.now.power_share, GREAT)
    return {
        "essential": essential * x.now.great_power,
        "equilibrium_excluded": excluded,
        "weight_beyond": weight_beyond(
            x.now.power_share * x.now.great_power, x.now.distance, x.p.reach
        ),
    }


def essential_powers(share: Array, count: int) -> tuple[Array, Array]:
    """Return which powers are essential, and whether one of the great is not.

    Parameters
    ----------
    share : (members, territories)
        Shares of power.
    count : int
        How many of the largest are great powers; all 2^count coalitions are
        gone through.

    Returns
    -------
    essential : (members, territories)
    excluded : (members,)

    Notes
    -----
    Niou, Ordeshook and Rose (1989): a system is stable, no state being
    eliminated, exactly if all its members are essential.
    """
    count = min(count, share.shape[-1])
    top = np.argsort(-share, axis=-1, kind="stable")[..., :count]
    size = np.take_along_axis(share, top, axis=-1)
    members = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    sums = by_row(size, members.T.astype(float))
    half = 0.5 * size.sum(axis=-1)[:, None]
    wins = sums > half * (1.0 + 1e-12)
    loses_without = (sums[..., None] - size[:, None, :]) <= half[..., None] * (1.0 + 1e-12)
    pivotal = wins[..., None] & loses_without & (members == 1)
    found = pivotal.any(axis=1) & (size > 0.0)
    essential = np.zeros_like(share)
    np.put_along_axis(essential, top, found.astype(float), axis=-1)
    excluded = (~found & (size > 0.0)).any(axis=-1)
    return essential, excluded.astype(float)


def weight_beyond(power: Array, km: Array, reach: Array) -> Array:
    """Return the weight of each power beyond an equilibrium, 0 (balanced) to 1 (alone).

    Parameters
    ----------
    power : (members, territories)
        Shares of those that count, 0 for the others.
    km : (members, territories, partners)
    reach : (members, 1)
        In km.
    """
    felt = np.exp(-km / reach[..., None])
    felt = np.where(np.eye(power.shape[-1], dtype=bool), 1.0, felt)
    there = np.matmul(felt, power[..., None])[..., 0]
    return np.asarray(np.maximum(0.0, 2.0 * power / np.maximum(there, TINY) - 1.0))
