"""Strikes, and who breaks them."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import TINY, assumed, contested, share


def _quiet(x: Inputs) -> Outputs:
    nil = 0.0 * x.now.radicalisation
    return {"strikes": nil, "strikes_broken": nil.copy()}


@mechanism(
    "Strikes allowed or broken",
    phase="masses",
    sources=("hibbs_1978", "korpi_shalev_1979"),
    paragraphs=("4.1", "6.15", "6.17"),
    reads=("radicalisation", "mass", "communist_line", "divergence"),
    lagged=("repression",),
    writes=("strikes", "strikes_broken"),
    parameters=(
        assumed(
            "propensity",
            "Working time that a wholly radical and organised working class loses to strikes",
            "share of working time",
            triangular(0.002, 0.02, 0.08),
            "a general strike of some days to a month in a year of full radicalisation",
            (0.0, 1.0),
        ),
        contested(
            "line",
            "Effect of a Communist party's line: positive, collaboration breaks strikes and "
            "a break with the own bourgeoisie lets them go",
            "1",
            "one school holds that the parties held strikes down, another that they led them",
        ),
    ),
    off=_quiet,
)
def strikes(x: Inputs) -> Outputs:
    """Find the working time lost to strikes, and what the party's line took off it.

    strikes = propensity * radicalisation * organised * (1 - repression) * exp(-line * w * c):
    ``organised`` is the share of adults in workers' movements, ``w`` that of
    the Communists among these, ``c`` = 1 - divergence * (1 + communist_line) the
    collaboration: 1 where the masters agree or the party leans on its own
    bourgeoisie, -1 where they pull apart and it follows the Soviet state.
    """
    movements = ("reformist", "communist", "new_pole")
    organised = share(x, x.now.mass, "mass", *movements)
    weight = share(x, x.now.mass, "mass", "communist") / np.maximum(organised, TINY)
    collaboration = 1.0 - x.now.divergence * (1.0 + x.now.communist_line)
    free = x.p.propensity * x.now.radicalisation * organised
    free = free * (1.0 - np.clip(x.lag.repression, 0.0, 1.0))
    struck = np.minimum(free * np.exp(-x.p.line * weight * collaboration), 0.5)
    return {"strikes": struck, "strikes_broken": np.maximum(free - struck, 0.0)}
