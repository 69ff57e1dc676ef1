"""Codes of status, and the arithmetic of pairs that several mechanisms share.

Arrays of territories have shape (members, territories); arrays of pairs have
shape (members, territories, partners). Parameters have shape (members, 1) and
take one more axis, ``[..., None]``, to meet pairs. Functions of pairs are
symmetric, so that no result depends on the order of the two.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import Inputs

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SOVEREIGN, BUFFER, OCCUPIED, COLONY, ANNEXED = range(5)
"""Codes of the status of a territory."""

NONE = -1.0
"""Stands for no territory where an index is asked for."""

GREAT = 7
"""Number of great powers, as in the lists of the Correlates of War for the time
between 1895 and 1945 (six to eight)."""

TINY = 1e-12


def is_state(status: Array) -> Mask:
    """Return where a territory acts for itself: sovereign, or a buffer."""
    return np.asarray(status <= BUFFER)


def both(mask: Mask) -> Mask:
    """Return the pairs of two different territories of the mask."""
    pairs = mask[..., :, None] & mask[..., None, :]
    return np.asarray(pairs & ~np.eye(mask.shape[-1], dtype=bool))


def of_pair(symmetric: Array) -> Array:
    """Make one draw of the two that an unordered pair has.

    The sum of two uniform numbers has a triangular distribution; its
    distribution function is uniform again. Two medians give the median.
    """
    total = symmetric + np.swapaxes(symmetric, -1, -2)
    return np.asarray(np.where(total < 1.0, 0.5 * total**2, 1.0 - 0.5 * (2.0 - total) ** 2))


def weight(power: Array) -> Array:
    """Return ln((s_i + s_j) / 0.05) of each pair (Bremer 1992: presence of the strong)."""
    joint = power[..., :, None] + power[..., None, :]
    return np.asarray(np.log(np.maximum(joint, TINY) / 0.05))


def parity(power: Array) -> Array:
    """Return ln(min(s_i, s_j) / max(s_i, s_j)) of each pair, 0 where they are equal."""
    log = np.log(np.maximum(power, 1e-6))
    return np.asarray(-np.abs(log[..., :, None] - log[..., None, :]))


def log_distance(km: Array) -> Array:
    """Return ln(km / 3000)."""
    return np.asarray(np.log(km / 3000.0))


def at(values: Array, index: Array, otherwise: float = 0.0) -> Array:
    """Return the value of the territory that an index names, ``otherwise`` where none."""
    found = np.take_along_axis(values, np.maximum(index, 0).astype(int), axis=-1)
    return np.asarray(np.where(index >= 0, found, otherwise))


def pair_at(values: Array, index: Array, otherwise: float = 0.0) -> Array:
    """Return values[i, index[i]] of each territory i, ``otherwise`` where none."""
    where = np.maximum(index, 0).astype(int)[..., None]
    found = np.take_along_axis(values, where, axis=-1)[..., 0]
    return np.asarray(np.where(index >= 0, found, otherwise))


NEAR = 1000.0
"""Distance (km) at which power, or the worth of a place, is half of that next door."""


def nearness(km: Array, index: Array) -> Array:
    """Return how near each territory is to the one that the index names: NEAR / (NEAR + d)."""
    return np.asarray(pair_at(NEAR / (NEAR + km), index))


def names(index: Array, count: int) -> Mask:
    """Return whether index[i] names territory j (members, territories, partners)."""
    return np.asarray(index[..., None] == np.arange(count))


def own(like: Array) -> Array:
    """Return the position of each territory itself."""
    return np.broadcast_to(np.arange(like.shape[-1], dtype=float), like.shape).copy()


def best(score: Array, least: float = 0.0) -> Array:
    """Return the partner of the highest score above ``least``, NONE where there is none."""
    found = np.argmax(score, axis=-1).astype(float)
    return np.asarray(np.where(score.max(axis=-1) > least, found, NONE))


def with_partners(x: Inputs) -> dict[str, Array]:
    """Return the parameters of a mechanism with the axis of partners."""
    return {name: value[..., None] for name, value in vars(x.p).items()}


def closure(openness: Array) -> Array:
    """Return how much more closed one of each pair is than the other: |o_i - o_j|.

    Two economies alike open, or alike closed, leave nothing for one of them to
    penetrate that it would not grant itself.
    """
    o = np.clip(openness, 0.0, 1.0)
    return np.asarray(np.abs(o[..., :, None] - o[..., None, :]))


def forced(lever: Array) -> Array:
    """Return 1 for the pairs that a lever sets at odds, whichever of the two it names first."""
    return np.asarray(((lever + np.swapaxes(lever, -1, -2)) > 0.0).astype(float))
