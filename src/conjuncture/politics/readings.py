"""What the mechanisms of politics read off the arrays: labels, powers, holders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import lookup
from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Parameter
from conjuncture.core.state import Dimension

Array = npt.NDArray[np.float64]

ANY_SIGN = (-20.0, 20.0)
ANY_SIZE = (0.0, 50.0)
TINY = 1e-12


def position(x: Inputs, dimension: Dimension, label: str) -> int:
    """Return the position of a label of ``party``, ``mass`` or ``threat``.

    Raises
    ------
    InputError
        If there is none of that name; the nearest are given.
    """
    labels = x.labels[dimension]
    return int(lookup(dimension, label, {name: k for k, name in enumerate(labels)}))


def share(x: Inputs, values: Array, dimension: Dimension, *labels: str) -> Array:
    """Return the joint share of some labels, from (members, territories, labels)."""
    return np.asarray(sum(values[..., position(x, dimension, name)] for name in labels))


def normalised(values: Array) -> Array:
    """Return non-negative shares that sum to one along the last axis.

    Where all are nil, they are equal.
    """
    kept = np.maximum(values, 0.0)
    total = kept.sum(axis=-1, keepdims=True)
    equal = np.full_like(kept, 1.0 / kept.shape[-1])
    return np.asarray(np.where(total > TINY, kept / np.maximum(total, TINY), equal))


def planned(administration: Array) -> Array:
    """Return 1 where the bureaucracy or the masses administer, 0 under a bourgeoisie."""
    return np.asarray(np.asarray(administration) > 0.5, dtype=float)


def leadership(administration: Array, power: Array) -> Array:
    """Return weights (members, territories), summing to one, of the leading planned states.

    A state weighs by the square of its power, so that the strongest leads, as
    the Soviet state does at the start; nil where there is no planned state.
    """
    weight = planned(administration) * power**2
    total = weight.sum(axis=-1, keepdims=True)
    return np.asarray(np.where(total > 0, weight / np.where(total > 0, total, 1.0), 0.0))


def value_of(index: Array, values: Array) -> Array:
    """Return for each territory the value of the territory it points to; 0 where it points to none.

    Parameters
    ----------
    index, values : array (members, territories)
        ``index`` holds positions, -1 for none.
    """
    where = np.asarray(index).astype(int)
    found = np.take_along_axis(values, np.clip(where, 0, values.shape[-1] - 1), axis=-1)
    return np.asarray(np.where(where >= 0, found, 0.0))


def foreign(index: Array) -> Array:
    """Return 1 where a territory points to another one, 0 where to itself or to none."""
    own = np.arange(np.asarray(index).shape[-1])
    return np.asarray((np.asarray(index) >= 0) & (np.asarray(index) != own), dtype=float)


def over_partners(matrix: Array, values: Array) -> Array:
    """Return sum over partners of matrix[t, s] * values[s], for each territory t."""
    return np.asarray(np.matmul(matrix, values[..., None])[..., 0])


def onto(x: Inputs, dimension: Dimension, like: Array, **values: Array) -> Array:
    """Return an array (members, territories, labels): the values named, nil elsewhere."""
    out = np.zeros((*like.shape, len(x.labels[dimension])))
    for name, value in values.items():
        out[..., position(x, dimension, name)] = value
    return out


def alike(*values: Array) -> Array:
    """Return the chance that at least one of independent conditions holds, each in 0..1."""
    missing: Array = np.ones(1)
    for value in values:
        missing = missing * (1.0 - np.clip(value, 0.0, 1.0))
    return np.asarray(1.0 - missing)


def contested(name: str, description: str, unit: str, reason: str, sd: float = 1.0) -> Parameter:
    """Return a parameter whose sign schools dispute: normal about zero."""
    return Parameter(
        name=name,
        description=description,
        unit=unit,
        prior=Prior(kind="normal", mean=0.0, sd=sd),
        source="assumed",
        reason=reason,
        limits=ANY_SIGN,
        contested=True,
    )


def assumed(
    name: str,
    description: str,
    unit: str,
    prior: Prior,
    reason: str,
    limits: tuple[float, float] = ANY_SIZE,
) -> Parameter:
    """Return a parameter that no figure grounds."""
    return Parameter(
        name=name,
        description=description,
        unit=unit,
        prior=prior,
        source="assumed",
        reason=reason,
        limits=limits,
    )


def labels_of(x: Inputs, dimension: Dimension) -> Sequence[str]:
    """Return the labels of a dimension."""
    return x.labels[dimension]
