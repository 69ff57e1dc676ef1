"""Priors of parameters, drawn by their quantile functions."""

from __future__ import annotations

import zlib
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import model_validator
from scipy.special import ndtri

from conjuncture.core.files import Record

Array = npt.NDArray[np.float64]

_NEEDED: dict[str, tuple[str, ...]] = {
    "fixed": ("value",),
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "sd"),
    "half_normal": ("sd",),
    "lognormal": ("median", "sigma"),
}


class Prior(Record):
    """A probability distribution of a parameter before any run.

    ``fixed`` (value), ``uniform`` (low, high), ``triangular`` (low, mode, high),
    ``normal`` (mean, sd), ``half_normal`` (sd; non-negative), ``lognormal``
    (median, sigma of the logarithm). Optional ``minimum`` and ``maximum``
    truncate the quantiles by clipping.
    """

    kind: Literal["fixed", "uniform", "triangular", "normal", "half_normal", "lognormal"]
    value: float | None = None
    low: float | None = None
    mode: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    sigma: float | None = None
    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = _NEEDED[self.kind]
        given = self.model_dump(exclude_none=True, exclude={"kind", "minimum", "maximum"})
        if set(given) != set(needed):
            raise ValueError(f"a {self.kind} prior needs exactly {', '.join(needed)}")
        order = [given[name] for name in ("low", "mode", "high") if name in given]
        if sorted(order) != order or any(given.get(name, 1.0) < 0 for name in ("sd", "sigma")):
            raise ValueError("low <= mode <= high and sd, sigma >= 0 are needed")
        if self.kind == "lognormal" and given["median"] <= 0:
            raise ValueError("the median of a lognormal prior must be positive")
        return self

    def quantile(self, u: Array) -> Array:
        """Return the quantiles at probabilities ``u`` (same shape)."""
        values = self._quantile(u)
        if self.minimum is not None or self.maximum is not None:
            values = np.clip(values, self.minimum, self.maximum)
        return values

    def _quantile(self, u: Array) -> Array:
        number = {
            k: float(v) for k, v in self.model_dump(exclude_none=True, exclude={"kind"}).items()
        }
        if self.kind == "fixed":
            return np.full_like(u, number["value"])
        if self.kind == "uniform":
            return number["low"] + u * (number["high"] - number["low"])
        if self.kind == "triangular":
            return _triangular(u, number["low"], number["mode"], number["high"])
        if self.kind == "normal":
            return np.asarray(number["mean"] + number["sd"] * ndtri(u))
        if self.kind == "half_normal":
            return np.asarray(number["sd"] * ndtri(0.5 + 0.5 * u))
        return np.asarray(number["median"] * np.exp(number["sigma"] * ndtri(u)))

    @property
    def centre(self) -> float:
        """The median of the prior."""
        return float(self.quantile(np.array([0.5]))[0])

    def __str__(self) -> str:
        parts = self.model_dump(exclude_none=True, exclude={"kind"})
        return f"{self.kind}({', '.join(f'{k}={v:g}' for k, v in parts.items())})"


def normal(mean: float, sd: float) -> Prior:
    """Return a normal prior."""
    return Prior(kind="normal", mean=mean, sd=sd)


def half_normal(sd: float) -> Prior:
    """Return a half-normal prior, from 0 upward."""
    return Prior(kind="half_normal", sd=sd)


def uniform(low: float, high: float) -> Prior:
    """Return a uniform prior."""
    return Prior(kind="uniform", low=low, high=high)


def lognormal(median: float, sigma: float) -> Prior:
    """Return a lognormal prior."""
    return Prior(kind="lognormal", median=median, sigma=sigma)


def triangular(low: float, mode: float, high: float) -> Prior:
    """Return a triangular prior."""
    return Prior(kind="triangular", low=low, mode=mode, high=high)


def _triangular(u: Array, low: float, mode: float, high: float) -> Array:
    if high == low:
        return np.full_like(u, low)
    split = (mode - low) / (high - low)
    left = low + np.sqrt(u * (high - low) * (mode - low))
    right = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.asarray(np.where(u < split, left, right))


def generator(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one named stream of random numbers.

    Streams depend on the seed and the name alone, so that the same member meets
    the same draws in every scenario, theory and batch (common random numbers).
    """
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))
    )


def uniforms(seed: int, name: str, members: range) -> Array:
    """Return one uniform draw in (0, 1) for each member of a range.

    Member ``i`` gets the same number whatever the range is.
    """
    draws = generator(seed, name).random(members.stop)[members.start :]
    return np.asarray(np.clip(draws, 1e-12, 1 - 1e-12))


def quantiles(seed: int, name: str, members: range) -> Array:
    """Return the reference member's median, 0.5, before the draws of the members.

    The reference member stands at the median of every prior and meets no shock.
    It is part of every batch, so that what is solved from its solution (a plan
    from its basis) does not depend on the batch.
    """
    return np.concatenate([[0.5], uniforms(seed, name, members)])
