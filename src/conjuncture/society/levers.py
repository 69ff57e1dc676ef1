"""Whether a stratum directs the economy, by levers and by what revolutions did."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import Inputs

Array = npt.NDArray[np.float64]

BY_MASSES = 2.0
"""Value of ``administration`` where the masses administer."""


def masses_administer(x: Inputs) -> Array:
    """Return how far the masses administer the economy, 0 to 1.

    The lever, or the stock ``administration`` of a political revolution, decides.
    """
    after_revolution = (x.now.administration > BY_MASSES - 0.5).astype(float)
    lever = np.clip(x.now.lever_mass_administration, 0.0, 1.0)
    return np.asarray(np.maximum(lever, after_revolution))


def bureaucracy_directs(x: Inputs) -> Array:
    """Return how far the bureaucracy directs what the plan covers, 1 or less."""
    lever = np.clip(x.now.lever_no_bureaucracy, 0.0, 1.0)
    return np.asarray((1.0 - lever) * (1.0 - masses_administer(x)))
