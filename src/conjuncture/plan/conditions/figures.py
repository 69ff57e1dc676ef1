"""Checks of figures that hold for one year or for each, shared by conditions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions.part import Reader


def yearly(
    read: Reader, values: Sequence[float], name: str, low: float = 0.0, high: float = np.inf
) -> Array:
    """Return one figure or one for each year (T), recording those outside ``low..high``."""
    found = read.years(values, name)
    outside = [value for value in values if not low <= value <= high]
    if outside:
        limits = f"{low:g} or more" if high == np.inf else f"{low:g} to {high:g}"
        read.faults.add(
            "lies outside its limits",
            f"give figures of {limits}",
            field=read.field(name),
            value=", ".join(f"{value:g}" for value in outside),
        )
    return found
