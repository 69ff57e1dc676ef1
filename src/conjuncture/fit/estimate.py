"""Estimators: generalised linear models with errors that are robust to clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import Fault, InputError

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Family = Literal["logit", "poisson"]

STEPS = 100
"""Newton steps at most; the models here need fewer than twenty."""

FLAT = 1e-9
"""Score over information at which the likelihood counts as maximal."""


@dataclass(frozen=True)
class Estimate:
    """Estimates of some parameters with their joint uncertainty.

    Attributes
    ----------
    names : tuple of str
    values : array (k,)
    covariance : array (k, k)
    observations : int
        Rows that entered.
    events : int, optional
        Rows, or counts, in which what is explained came about.
    """

    names: tuple[str, ...]
    values: Array
    covariance: Array
    observations: int
    events: int | None = None

    @property
    def errors(self) -> Array:
        """Standard errors (k,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def __getitem__(self, name: str) -> tuple[float, float]:
        """Return the value and the standard error of one parameter."""
        k = self.names.index(name)
        return float(self.values[k]), float(self.errors[k])

    def part(self, names: Sequence[str], renamed: Sequence[str] | None = None) -> Estimate:
        """Return some of the parameters, under other names if given."""
        at = [self.names.index(name) for name in names]
        chosen = self.covariance[np.ix_(at, at)]
        called = tuple(renamed if renamed is not None else names)
        return Estimate(called, self.values[at], chosen, self.observations, self.events)


def labels(*keys: npt.ArrayLike) -> Labels:
    """Return one integer label for each distinct combination of keys (n,)."""
    columns = [np.unique(np.asarray(key), return_inverse=True)[1] for key in keys]
    joint = columns[0].astype(np.int64)
    for column in columns[1:]:
        joint = joint * (int(column.max(initial=0)) + 1) + column
    return np.asarray(np.unique(joint, return_inverse=True)[1], dtype=np.int64)


def _outer(scores: Array, cluster: Labels) -> Array:
    """Sum of outer products of the scores summed by cluster, with the usual correction."""
    count = int(cluster.max()) + 1
    summed = np.zeros((count, scores.shape[1]))
    np.add.at(summed, cluster, scores)
    correction = count / (count - 1) if count > 1 else 1.0
    return np.asarray(correction * summed.T @ summed)


def sandwich(bread: Array, scores: Array, clusters: Sequence[Labels]) -> Array:
    """Return the robust covariance of an estimate.

    Parameters
    ----------
    bread : array (k, k)
        Inverse of the information.
    scores : array (n, k)
        Score of each row at the estimate.
    clusters : sequence of arrays (n,)
        None: rows are independent. One: rows of a cluster may depend on each
        other. Two: rows that share either may (Cameron, Gelbach and Miller,
        Robust Inference with Multiway Clustering, Journal of Business and
        Economic Statistics 29 (2011) 238-249).

    Returns
    -------
    array (k, k)
        Where the difference that two ways call for is not positive definite, the
        sum of the one-way covariances, which errs on the safe side.
    """
    if not clusters:
        return np.asarray(bread @ (scores.T @ scores) @ bread)
    single = [bread @ _outer(scores, cluster) @ bread for cluster in clusters]
    total = np.asarray(sum(single))
    if len(clusters) == 1:
        return total
    joint = total - bread @ _outer(scores, labels(*clusters)) @ bread
    scale = np.sqrt(np.diag(total))
    definite = np.linalg.eigvalsh(joint / np.outer(scale, scale)).min() > 1e-6
    return np.asarray(joint if definite else total)


def regress(
    names: Sequence[str],
    columns: Sequence[Array],
    outcome: Array,
    family: Family,
    clusters: Sequence[Labels] = (),
    offset: Array | None = None,
) -> Estimate:
    """Estimate a generalised linear model by maximum (pseudo-)likelihood.

    Parameters
    ----------
    names : sequence of str
    columns : sequence of arrays (n,)
        Covariates, the constant among them, in the order of the names.
    outcome : array (n,)
        0 or 1 (``logit``), or a non-negative number (``poisson``: logarithmic link;
        the estimates are consistent for any outcome with that mean).
    family : str
    clusters : sequence of arrays (n,)
        See :func:`sandwich`.
    offset : array (n,), optional
        Added to the index with coefficient one (logarithm of the exposure).

    Raises
    ------
    InputError
        If the likelihood has no maximum: no events, no contrast, or a covariate
        that tells events from the rest without error.
    """
    X = np.column_stack(list(columns)).astype(float)
    y = np.asarray(outcome, dtype=float)
    shift = np.zeros(len(y)) if offset is None else np.asarray(offset, dtype=float)
    if len(y) <= len(names) or not y.any() or (family == "logit" and y.all()):
        raise _no_maximum(names, len(y), int(np.count_nonzero(y)))
    beta = _start(X, y, shift, family)
    for _ in range(STEPS):
        _, mean, weight = _moments(X @ beta + shift, y, family)
        gradient = X.T @ (y - mean)
        information = X.T @ (X * weight[:, None])
        step = _solve(information, gradient, names, y)
        beta, moved = _climb(X, y, shift, family, beta, step)
        if float(gradient @ step) < FLAT or not moved:
            break
    _, mean, weight = _moments(X @ beta + shift, y, family)
    bread = _invert(X.T @ (X * weight[:, None]), names, y)
    if np.abs(bread @ (X.T @ (y - mean))).max() > 1e-4 * (1 + np.abs(beta).max()):
        raise _no_maximum(names, len(y), int(np.count_nonzero(y)))
    covariance = sandwich(bread, X * (y - mean)[:, None], clusters)
    return Estimate(tuple(names), beta, covariance, len(y), int(np.count_nonzero(y)))


def _start(X: Array, y: Array, shift: Array, family: Family) -> Array:
    """Begin from the constant alone, where there is one."""
    beta = np.zeros(X.shape[1])
    constant = np.flatnonzero((X == 1).all(axis=0))
    if len(constant):
        rate = y.sum() / np.exp(shift).sum()
        beta[constant[0]] = np.log(rate / (1 - rate)) if family == "logit" else np.log(rate)
    return beta


def _moments(eta: Array, y: Array, family: Family) -> tuple[float, Array, Array]:
    """Log-likelihood up to a constant, mean and variance at an index."""
    if family == "logit":
        mean = 1 / (1 + np.exp(-np.clip(eta, -500, 500)))
        return float(y @ eta - np.logaddexp(0, eta).sum()), mean, mean * (1 - mean)
    mean = np.exp(np.clip(eta, -500, 50))
    return float(y @ eta - mean.sum()), mean, mean


def _climb(
    X: Array, y: Array, shift: Array, family: Family, beta: Array, step: Array
) -> tuple[Array, bool]:
    """Go along a step, halved until the likelihood rises."""
    before = _moments(X @ beta + shift, y, family)[0]
    for halving in range(30):
        tried = beta + step * 0.5**halving
        if _moments(X @ tried + shift, y, family)[0] >= before:
            return tried, True
    return beta, False


def _solve(information: Array, gradient: Array, names: Sequence[str], y: Array) -> Array:
    return np.asarray(_invert(information, names, y) @ gradient)


def _invert(information: Array, names: Sequence[str], y: Array) -> Array:
    scale = np.sqrt(np.diag(information))
    if not (scale > 0).all():
        raise _no_maximum(names, len(y), int(np.count_nonzero(y)))
    scaled = information / np.outer(scale, scale)
    if np.linalg.eigvalsh(scaled).min() < 1e-11:
        raise _no_maximum(names, len(y), int(np.count_nonzero(y)))
    return np.asarray(np.linalg.inv(scaled) / np.outer(scale, scale))


def _no_maximum(names: Sequence[str], rows: int, events: int) -> InputError:
    return InputError(
        Fault(
            f"cannot be estimated from {rows} rows with {events} events",
            "give data in which each covariate varies among events and the rest",
            field=", ".join(names),
        )
    )


def least_squares(
    names: Sequence[str],
    columns: Sequence[Array],
    outcome: Array,
    clusters: Sequence[Labels] = (),
) -> tuple[Estimate, Array]:
    """Estimate a linear model by least squares.

    Parameters
    ----------
    names, columns, clusters
        As in :func:`regress`.
    outcome : array (n,)

    Returns
    -------
    Estimate
    array (n,)
        Residuals.

    Raises
    ------
    InputError
        If the columns do not vary apart from one another.
    """
    X = np.column_stack(list(columns)).astype(float)
    y = np.asarray(outcome, dtype=float)
    if len(y) <= len(names):
        raise _no_maximum(names, len(y), len(y))
    bread = _invert(X.T @ X, names, y)
    beta = bread @ (X.T @ y)
    residual = y - X @ beta
    correction = len(y) / (len(y) - len(names))
    covariance = correction * sandwich(bread, X * residual[:, None], clusters)
    return Estimate(tuple(names), beta, covariance, len(y)), np.asarray(residual)


def spread(name: str, residual: Array, clusters: Sequence[Labels] = (), used: int = 0) -> Estimate:
    """Estimate a standard deviation from residuals, with a robust error.

    Parameters
    ----------
    name : str
    residual : array (n,)
    clusters : sequence of arrays (n,)
    used : int
        Degrees of freedom used up by the model.
    """
    square = residual**2
    variance = float(square.sum() / max(len(residual) - used, 1))
    bread = np.array([[1 / len(residual)]])
    of_variance = sandwich(bread, (square - square.mean())[:, None], clusters)
    deviation = np.sqrt(variance)
    return Estimate((name,), np.array([deviation]), of_variance / (4 * variance), len(residual))


def joined(*parts: Estimate) -> Estimate:
    """Put estimates together as if independent; rows and events are those of the first."""
    names = tuple(name for part in parts for name in part.names)
    covariance = np.zeros((len(names), len(names)))
    at = 0
    for part in parts:
        size = len(part.names)
        covariance[at : at + size, at : at + size] = part.covariance
        at += size
    values = np.concatenate([part.values for part in parts])
    return Estimate(names, values, covariance, parts[0].observations, parts[0].events)
