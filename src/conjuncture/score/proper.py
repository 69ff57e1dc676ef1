"""Proper scores of ensembles: CRPS for numbers, Brier and log score for events.

All arrays of an ensemble lead with its members; lower scores are better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

Array = npt.NDArray[np.float64]


def crps(values: Array, observed: Array, *, fair: bool = True) -> Array:
    """Return the continuous ranked probability score of an ensemble.

    Parameters
    ----------
    values : array (members, ...)
    observed : array (...)
    fair : bool
        Whether the spread is that of the distribution from which the members were
        drawn (unbiased; needs two members) or of the members themselves.

    Returns
    -------
    array (...)
        In the unit of the values: E|X - y| - E|X - X'| / 2.

    Notes
    -----
    Gneiting and Raftery (2007), section 4.2; the fair form is of Ferro (2014).
    """
    count = len(values)
    distance = np.abs(values - observed).mean(axis=0)
    pairs = _pair_sum(np.sort(values, axis=0))
    return np.asarray(distance - pairs / (2 * count * (count - 1 if fair else count)))


def _pair_sum(ordered: Array) -> Array:
    """Return the sum of |x_i - x_j| over all ordered pairs of sorted members."""
    count = len(ordered)
    weights = 2.0 * np.arange(count) - count + 1
    return np.asarray(2 * np.tensordot(weights, ordered, axes=1))


def crps_without(values: Array, observed: Array) -> Array:
    """Return the fair score without each of the members in turn, (members, ...).

    Needs three members. It costs one sort, since leaving a member out takes away
    its distance to the observation and its distances to the others.
    """
    count = len(values)
    order = np.argsort(values, axis=0)
    ordered = np.take_along_axis(values, order, axis=0)
    before = np.cumsum(ordered, axis=0) - ordered
    rank = np.arange(count).reshape(-1, *(1,) * observed.ndim)
    sums = ordered * (2 * rank - count) + ordered.sum(axis=0) - 2 * before
    to_others = np.empty_like(sums)
    np.put_along_axis(to_others, order, sums, axis=0)
    distance = np.abs(values - observed)
    near = (distance.sum(axis=0) - distance) / (count - 1)
    spread = (_pair_sum(ordered) - 2 * to_others) / (2 * (count - 1) * (count - 2))
    return np.asarray(near - spread)


def crps_normal(mean: Array, sd: Array, observed: Array) -> Array:
    """Return the score of a normal forecast, in closed form.

    ``sd`` 0 is a forecast of one number, whose score is the absolute error.
    Gneiting and Raftery (2007), equation 21.
    """
    distance = np.abs(observed - mean)
    z = distance / np.where(sd > 0, sd, 1.0)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    spread = sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi))
    return np.asarray(np.where(sd > 0, spread, distance))


def brier(probability: Array, happened: Array) -> Array:
    """Return the Brier score of probabilities, (p - o)^2 (Brier 1950)."""
    return np.asarray((probability - happened) ** 2)


def brier_ensemble(share: Array, members: int, happened: Array, *, fair: bool = True) -> Array:
    """Return the Brier score of the share of members in which an event happens.

    The fair form (Ferro 2014) takes away what a small ensemble loses by chance:
    p (1 - p) / (m - 1).
    """
    lost = share * (1 - share) / (members - 1) if fair else 0.0
    return np.asarray(brier(share, happened) - lost)


def share_for_log(share: Array, members: int) -> Array:
    """Return the probability that a share of members stands for: (k + 1/2) / (m + 1).

    The estimate of Jeffreys: an event that no member has is rare and not impossible.
    """
    return np.asarray((share * members + 0.5) / (members + 1))


def log_score(probability: Array, happened: Array) -> Array:
    """Return minus the logarithm of the probability of what happened, in nats."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(np.where(happened > 0, probability, 1 - probability)))


@dataclass(frozen=True)
class Parts:
    """The parts of a mean score of events: score = reliability - resolution + uncertainty.

    Attributes
    ----------
    reliability : float
        How far the frequency lies from the forecast, where a forecast was given; 0 is best.
    resolution : float
        How far the frequencies differ between forecasts; more is better.
    uncertainty : float
        The score of the overall frequency, which no forecast changes.
    """

    reliability: float
    resolution: float
    uncertainty: float

    @property
    def score(self) -> float:
        """The mean score."""
        return self.reliability - self.resolution + self.uncertainty


def brier_parts(probability: Array, happened: Array) -> Parts:
    """Split the mean Brier score (Murphy 1973); each forecast value is a group of its own."""
    given, count, frequency = _grouped(probability, happened)
    base = float(np.mean(happened))
    return Parts(
        float((count * (given - frequency) ** 2).sum() / count.sum()),
        float((count * (frequency - base) ** 2).sum() / count.sum()),
        base * (1 - base),
    )


def log_parts(probability: Array, happened: Array) -> Parts:
    """Split the mean log score by divergences (Weijs, Schoups and van de Giesen 2010), in nats."""
    given, count, frequency = _grouped(probability, happened)
    base = float(np.mean(happened))
    weight = count / count.sum()
    return Parts(
        float((weight * _divergence(frequency, given)).sum()),
        float((weight * _divergence(frequency, np.full_like(given, base))).sum()),
        float(_entropy(np.array(base))),
    )


def _grouped(probability: Array, happened: Array) -> tuple[Array, Array, Array]:
    given, at = np.unique(probability, return_inverse=True)
    count = np.bincount(at.ravel()).astype(float)
    return given, count, np.bincount(at.ravel(), weights=happened.ravel()) / count


def _plogq(p: Array, q: Array) -> Array:
    return np.asarray(np.where(p > 0, p * np.log(np.where(p > 0, q, 1.0)), 0.0))


def _divergence(p: Array, q: Array) -> Array:
    """Return the Kullback-Leibler divergence of yes-or-no distributions."""
    with np.errstate(divide="ignore"):
        return np.asarray(_plogq(p, p) - _plogq(p, q) + _plogq(1 - p, 1 - p) - _plogq(1 - p, 1 - q))


def _entropy(p: Array) -> Array:
    return np.asarray(-_plogq(p, p) - _plogq(1 - p, 1 - p))
