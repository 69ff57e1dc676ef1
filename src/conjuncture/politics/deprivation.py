"""Relative deprivation: the living standard against what people have come to expect."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import TINY, assumed


def _content(x: Inputs) -> Outputs:
    return {
        "deprivation": 0.0 * x.lag.living_standard,
        "expected_standard": x.now.expected_standard + 0.0,
    }


@mechanism(
    "Relative deprivation",
    phase="masses",
    sources=("gurr_1970", "davies_1962", "duesenberry_1949"),
    paragraphs=("6.17", "1.20"),
    reads=("expected_standard",),
    lagged=("living_standard",),
    writes=("deprivation", "expected_standard"),
    parameters=(
        assumed(
            "forgetting",
            "Share of the gap to a former peak that is forgotten in a year",
            "1/year",
            triangular(0.02, 0.1, 0.4),
            "a peak is remembered for some years to a generation",
            (0.0, 1.0),
        ),
    ),
    off=_content,
)
def deprivation(x: Inputs) -> Outputs:
    """Measure how far the living standard falls short of what is expected.

    deprivation = max(0, 1 - c/e) (Gurr), where the expected standard e follows
    a rising standard c at once and forgets a former peak slowly,
    e' = max(c, e + forgetting (c - e)): so a fall after a rise opens the gap of
    the J-curve (Davies), and stagnation at a low level closes it again.
    """
    standard = np.maximum(x.lag.living_standard, 0.0)
    expected = np.maximum(x.now.expected_standard, TINY)
    return {
        "deprivation": np.clip(1.0 - standard / expected, 0.0, 1.0),
        "expected_standard": np.maximum(
            standard, expected + x.p.forgetting * (standard - expected)
        ),
    }
