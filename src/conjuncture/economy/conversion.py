"""Conversion of arms works to civil production."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.core.state import HORIZON


def _instant(x: Inputs) -> Outputs:
    arms = x.now.base_arms.sum(axis=-1)[..., None] * x.now.arms_ahead
    zero = np.zeros_like(arms)
    return {
        "arms_works": arms[..., 0],
        "converting_works": zero[..., 0],
        "blocked_ahead": zero,
        "blocked_capacity": zero[..., 0],
    }


@mechanism(
    "Conversion of arms works",
    phase="policy",
    sources=("conjuncture",),
    reads=("arms_ahead", "base_arms", "arms_works", "converting_works"),
    writes=("arms_works", "converting_works", "blocked_ahead", "blocked_capacity"),
    parameters=(
        Parameter(
            "time",
            "mean time that an arms works needs until it makes civil goods",
            "years",
            Prior(kind="triangular", low=0.25, mode=0.75, high=1.5),
            "assumed",
            "no figure to the end of 1945; retooling takes from a quarter to a year and a half",
            limits=(0.01, 20.0),
        ),
    ),
    off=_instant,
)
def conversion(x: Inputs) -> Outputs:
    """Block the works that arms no longer need until they are converted.

    Works freed by falling arms deliveries join the stock under conversion, which
    empties at the rate 1 / time; meanwhile their capacity makes nothing. The mean
    of the queue q over a year is q time (1 - exp(-1 / time)).
    """
    arms = x.now.base_arms.sum(axis=-1)[..., None] * x.now.arms_ahead
    left = np.exp(-1.0 / x.p.time)
    works, converting = x.now.arms_works, x.now.converting_works
    blocked = np.zeros_like(arms)
    for h in range(HORIZON):
        queue = converting + np.maximum(works - arms[..., h], 0.0)
        blocked[..., h] = queue * x.p.time * (1.0 - left)
        works, converting = arms[..., h], queue * left
        if h == 0:
            closing = (works, converting)
    return {
        "arms_works": closing[0],
        "converting_works": closing[1],
        "blocked_ahead": blocked,
        "blocked_capacity": blocked[..., 0],
    }
