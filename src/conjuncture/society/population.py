"""Population and the labour that it offers outside the armed forces."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.core.state import HORIZON


@mechanism(
    "Population and labour",
    phase="policy",
    sources=("adh_1993",),
    reads=(
        "population",
        "population_growth",
        "working_age_share",
        "participation",
        "armed_forces_ahead",
    ),
    writes=("population", "labour_ahead", "labour"),
)
def labour_supply(x: Inputs) -> Outputs:
    """Let population grow at a given rate; civil labour is what the army leaves.

    Civil labour = participation x working-age share x population - armed forces.
    """
    years = np.arange(HORIZON) + 0.5
    growth = (1.0 + x.now.population_growth)[..., None]
    people = x.now.population[..., None] * growth**years
    able = (x.now.participation * x.now.working_age_share)[..., None] * people
    ahead = able - x.now.armed_forces_ahead
    return {
        "population": x.now.population * growth[..., 0],
        "labour_ahead": ahead,
        "labour": ahead[..., 0],
    }
