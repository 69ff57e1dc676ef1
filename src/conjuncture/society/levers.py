"""Who directs the economy: by what revolutions did, and by the levers of a scenario."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import Inputs

Array = npt.NDArray[np.float64]

BOURGEOIS, BUREAUCRACY, MASSES = 0.0, 1.0, 2.0
"""Values of the stock ``administration``."""


def under_plan(x: Inputs) -> Array:
    """Return 1 where a planned state administers, a bureaucracy or the masses."""
    return np.asarray((x.now.administration > BUREAUCRACY - 0.5).astype(float))


def masses_administer(x: Inputs) -> Array:
    """Return how far the masses administer the economy, 0 to 1.

    The lever, or the stock ``administration`` of a political revolution, decides.
    """
    after_revolution = (x.now.administration > MASSES - 0.5).astype(float)
    lever = np.clip(x.now.lever_mass_administration, 0.0, 1.0)
    return np.asarray(np.maximum(lever, after_revolution))


def direction_removed(x: Inputs) -> Array:
    """Return how far a bureaucracy's direction is taken away, by lever or revolution."""
    lever = np.clip(x.now.lever_no_bureaucracy, 0.0, 1.0)
    return np.asarray(np.maximum(lever, masses_administer(x)))


def bureaucracy_directs(x: Inputs) -> Array:
    """Return how far a bureaucracy directs what the plan covers, 0 to 1."""
    return np.asarray(under_plan(x) * (1.0 - direction_removed(x)))
