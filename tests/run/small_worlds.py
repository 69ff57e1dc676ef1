"""Worlds of a few territories, and a look at every year of a run while it is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from unittest import mock

import numpy as np
import numpy.typing as npt

from conjuncture.run import simulate as engine
from conjuncture.run.ensemble import order_run
from conjuncture.run.scenario import load_scenario
from conjuncture.run.simulate import Spec, Trajectory, simulate
from conjuncture.run.units import resolve

Values = dict[str, npt.NDArray[np.float64]]

EIGHT = ("DEU_W", "FRA", "GBR", "IND", "KOR_N", "POL", "SUN", "USA")
"""Two planned states, a zone under occupation, powers, and a colony."""


@dataclass(frozen=True)
class Year:
    """What the engine had before and after one year."""

    year: int
    opening: Values
    closing: Values
    flows: Values
    last: Values
    constants: Values


def small(
    codes: tuple[str, ...] = EIGHT, *, until: int = 1951, seed: int = 1945, detail: bool = True
) -> Spec:
    """Return the world's own scenario on fewer territories or years."""
    spec = order_run(load_scenario("1945")).spec()
    codes = resolve(codes)
    kept = tuple(
        item for item in spec.shocks if {*item.territory, *item.partner, *item.values} <= set(codes)
    )
    return replace(spec, territories=codes, until=until, seed=seed, shocks=kept, detail=detail)


def watch(spec: Spec, members: range, look: Callable[[Year], None]) -> Trajectory:
    """Run, and show each simulated year with all its variables, kept or not."""
    step = engine.step

    def shown(order, stocks, constants, last, **rest):  # type: ignore[no-untyped-def]
        closing, flows = step(order, stocks, constants, last, **rest)
        if rest["year"] > spec.start:
            look(Year(rest["year"], stocks, closing, flows, last, constants))
        return closing, flows

    with mock.patch.object(engine, "step", shown):
        return simulate(spec, members)
