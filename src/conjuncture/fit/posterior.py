"""What a wide prior and an estimate say together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from conjuncture.core.priors import Prior
from conjuncture.fit.estimate import Estimate


@dataclass(frozen=True)
class Wanted:
    """A parameter to be fitted, with the wide prior that meets the data.

    Attributes
    ----------
    name, meaning, unit : str
    mean, sd : float
        The normal prior before the data; wide, assumed.
    limits : tuple of float
        Values that make sense at all.
    """

    name: str
    meaning: str
    unit: str
    mean: float
    sd: float
    limits: tuple[float, float] = (-np.inf, np.inf)

    def prior(self, mean: float | None = None, sd: float | None = None) -> Prior:
        """Return a normal prior of the parameter, clipped at its limits where they bind."""
        centre = self.mean if mean is None else mean
        width = self.sd if sd is None else sd
        low, high = self.limits
        reach = 5 * width  # beyond the quantiles at 1e-6, which a parameter's limits must hold
        return Prior(
            kind="normal",
            mean=figure(centre),
            sd=figure(width),
            minimum=low if centre - reach < low else None,
            maximum=high if centre + reach > high else None,
        )


STRONG = 0.5
"""Absolute correlation from which the files name it."""


def figure(value: float) -> float:
    """Round to four significant digits, as the files give them."""
    return float(f"{value:.4g}")


@dataclass(frozen=True)
class Posterior:
    """One parameter after the data.

    Attributes
    ----------
    wanted : Wanted
    estimate, error : float
        Of the data alone.
    after : Prior
        Prior and data together.
    observations : int
    events : int, optional
    correlations : dict of str to float
        With other parameters, after the data, those beyond :data:`STRONG`.
    """

    wanted: Wanted
    estimate: float
    error: float
    after: Prior
    observations: int
    events: int | None
    correlations: dict[str, float]


def posteriors(wanted: tuple[Wanted, ...], parts: tuple[Estimate, ...]) -> Mapping[str, Posterior]:
    """Combine wide normal priors with estimates, in the normal approximation.

    The likelihood is taken as normal about the estimate with its robust
    covariance V, so that the posterior has precision ``P0 + inv(V)`` and mean
    ``inv(P0 + inv(V)) (P0 m0 + inv(V) b)`` (Gelman and others, Bayesian Data
    Analysis, 3rd ed. (CRC, 2014), ch. 4; for robust V, Muller, Risk of Bayesian
    Inference in Misspecified Models, Econometrica 81 (2013) 1805-1849).

    Parameters
    ----------
    wanted : tuple of Wanted
        Each must be named by exactly one of the estimates.
    parts : tuple of Estimate
        Blocks that are independent of one another.

    Returns
    -------
    mapping
        By name; marginals of the joint posterior.
    """
    by_name = {item.name: item for item in wanted}
    found: dict[str, Posterior] = {}
    for part in parts:
        chosen = [by_name[name] for name in part.names]
        before = np.diag([1 / item.sd**2 for item in chosen])
        data = np.linalg.inv(part.covariance)
        covariance = np.linalg.inv(before + data)
        centre = np.array([item.mean for item in chosen])
        mean = covariance @ (before @ centre + data @ part.values)
        error = np.sqrt(np.diag(covariance))
        tied = covariance / np.outer(error, error)
        for k, item in enumerate(chosen):
            others = {
                name: round(float(tied[k, m]), 2)
                for m, name in enumerate(part.names)
                if m != k and abs(tied[k, m]) > STRONG
            }
            found[item.name] = Posterior(
                item,
                figure(float(part.values[k])),
                figure(float(part.errors[k])),
                item.prior(float(mean[k]), float(error[k])),
                part.observations,
                part.events,
                others,
            )
    return {item.name: found[item.name] for item in wanted}
