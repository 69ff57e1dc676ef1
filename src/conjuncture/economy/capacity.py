"""What a year starts with: usable capacity, and labour needed per unit of output."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import Inputs

Array = npt.NDArray[np.float64]


def usable_capacity(x: Inputs) -> Array:
    """Return output that capital allows, as far as it can be used (money/year)."""
    usable = x.now.efficiency_ahead[..., 0, :]
    return np.asarray(usable * x.now.capital / x.now.capital_output_ratio)


def labour_per_unit(x: Inputs) -> Array:
    """Return labour per unit of output at this year's productivity."""
    return np.asarray(x.now.labour_coefficients / x.now.productivity_ahead[..., 0, :])


def works_capacity(x: Inputs) -> Array:
    """Return usable capacity less the arms works that are under conversion (money/year)."""
    capacity = usable_capacity(x)
    if "machinery" in x.sectors:
        k = x.sectors.index("machinery")
        capacity[..., k] = np.maximum(capacity[..., k] - x.now.blocked_capacity, 0.0)
    return capacity


def requirements(x: Inputs) -> Array:
    """Return output of each sector, and labour in the last row, per unit of final use."""
    needs = x.now.total_requirements
    labour = (labour_per_unit(x)[..., None, :] @ needs)[..., 0, :]
    return np.concatenate([needs, labour[..., None, :]], axis=-2)
