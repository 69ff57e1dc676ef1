"""The living standard of the masses and the inequality among strata."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.society.strata import MASSES

Array = npt.NDArray[np.float64]


@mechanism(
    "Living standard",
    phase="masses",
    sources=("milanovic_2011",),
    paragraphs=("1.18", "1.20"),
    reads=(
        "strata_population",
        "strata_consumption",
        "living_standard_start",
        "masses_share_start",
    ),
    writes=("living_standard", "masses_share_start"),
)
def living_standard(x: Inputs) -> Outputs:
    """Chain the consumption per head of workers and peasants to the pre-war level.

    L = L0 c / (k), with c their consumption per head (mean of the base year = 1) and k
    their consumption relative to the mean in the first year: the base year's
    distribution, for which no account exists, is taken to be that of the first.
    """
    chosen = [k for k, name in enumerate(x.labels["stratum"]) if name in MASSES]
    people, each = x.now.strata_population, x.now.strata_consumption
    masses = _mean(people[..., chosen], each[..., chosen])
    relative = masses / np.maximum(_mean(people, each), 1e-12)
    known = x.now.masses_share_start > 0
    share = np.where(known, x.now.masses_share_start, np.maximum(relative, 1e-6))
    return {
        "living_standard": x.now.living_standard_start * masses / share,
        "masses_share_start": share,
    }


def _mean(people: Array, values: Array) -> Array:
    return np.asarray((people * values).sum(-1) / np.maximum(people.sum(-1), 1e-12))


@mechanism(
    "Inequality",
    phase="masses",
    sources=("milanovic_2011",),
    paragraphs=("1.9", "3.3"),
    reads=("strata_population", "strata_income", "strata_consumption"),
    writes=("inequality", "inequality_consumption"),
)
def inequality(x: Inputs) -> Outputs:
    """Compute the Gini coefficients among strata of income and of consumption per head.

    G = sum_ij p_i p_j |y_i - y_j| / (2 mean), p shares of people and y income per head:
    inequality within strata is left out, so it is the least that the table allows.
    """
    people = x.now.strata_population
    income = x.now.strata_income / np.maximum(people, 1e-12)
    return {
        "inequality": gini(people, np.where(people > 0, income, 0.0)),
        "inequality_consumption": gini(people, x.now.strata_consumption),
    }


def gini(people: Array, each: Array) -> Array:
    """Return the Gini coefficient of groups (..., group) with a value per head each."""
    share = people / np.maximum(people.sum(-1, keepdims=True), 1e-12)
    mean = (share * each).sum(-1)
    apart = np.abs(each[..., :, None] - each[..., None, :])
    spread = (share[..., :, None] * share[..., None, :] * apart).sum((-2, -1))
    return np.asarray(spread / np.maximum(2.0 * mean, 1e-12))
