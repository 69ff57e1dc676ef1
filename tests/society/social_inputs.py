"""Inputs of one mechanism, member and territory by territory, for the tests of society."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np

from conjuncture.core.registry import Inputs

SECTORS = ("agriculture", "machinery", "services")


def inputs(
    now: Mapping[str, object],
    p: Mapping[str, float] | None = None,
    lag: Mapping[str, object] | None = None,
    year: int = 1946,
    territories: int = 1,
) -> Inputs:
    """Build the inputs of one member; arrays lead with the territory if there are several."""

    def wrap(values: Mapping[str, object]) -> SimpleNamespace:
        ready = {}
        for name, value in values.items():
            array = np.asarray(value, float)
            ready[name] = array[None] if territories > 1 else array.reshape(1, 1, *array.shape)
        return SimpleNamespace(**ready)

    return Inputs(
        year=year,
        start=1945,
        now=wrap(now),
        lag=wrap(lag or {}),
        p=SimpleNamespace(**{k: np.array([[v]]) for k, v in (p or {}).items()}),
        draw=SimpleNamespace(),
        sectors=SECTORS,
    )
