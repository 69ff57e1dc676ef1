"""The three conditions under which the essay expects the antagonism to ripen into war."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import lognormal
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import TINY, Array, at
from conjuncture.world.parameters import assumed

OPPOSED = ("communist", "new_pole")
"""Parts of the masses that a government cannot lead against a planned state."""


def _unripe(x: Inputs) -> Outputs:
    none = np.zeros_like(x.now.peak_product_per_head)
    keys = ("outgrown_frame", "regrouped_crisis", "masses_mobilised", "ripeness")
    peak = np.maximum(x.now.peak_product_per_head, x.lag.gdp_per_head)
    return {"peak_product_per_head": peak, **dict.fromkeys(keys, none)}


@mechanism(
    "Ripening of war",
    phase="diplomacy",
    sources=("pablo_1945",),
    paragraphs=("6.10", "6.11"),
    reads=("peak_product_per_head", "radicalisation", "mass", "rival", "openness"),
    lagged=("gdp_world", "market_breadth", "crisis", "gdp_per_head", "revolutionary_situation"),
    writes=(
        "peak_product_per_head",
        "outgrown_frame",
        "regrouped_crisis",
        "masses_mobilised",
        "ripeness",
    ),
    parameters=(
        assumed(
            "depth",
            "fall of product at which a crisis counts for a half",
            "1",
            lognormal(0.12, 0.3),
            "the median fall of the depressions of 1870-1913 and 1920-1938 in the fit of "
            "depressions",
            limits=(0.01, 1.0),
        ),
    ),
    off=_unripe,
)
def ripening(x: Inputs) -> Outputs:
    """Measure the three conditions, each from 0 to 1, and their least.

    Productive forces outgrow the national frame: Y / (Y + breadth * openness *
    Y_rest), own product in all that is within reach of it. Capital regrouped and in
    crisis in a narrow market: the geometric mean of the regained share of the peak
    product per head, D / (D + depth) with D the fall in the crisis, and 1 - breadth.
    Revolution crushed and masses mobilised: (1 - radicalisation)(1 - revolutionary
    situation)(1 - masses with the Communists or a new pole). Ripeness of a state is
    the least of its own second and third condition and its rival's first.
    """
    product = np.maximum(x.lag.gdp_world, 0.0)
    rest = product.sum(axis=-1, keepdims=True) - product
    breadth = np.clip(x.lag.market_breadth, 0.0, 1.0)
    reach = breadth * np.clip(x.now.openness, 0.0, 1.0) * rest
    outgrown = product / np.maximum(product + reach, TINY)
    peak = np.maximum(x.now.peak_product_per_head, x.lag.gdp_per_head)
    regained = np.clip(x.lag.gdp_per_head / np.maximum(peak, TINY), 0.0, 1.0)
    fall = np.clip(x.lag.crisis, 0.0, 1.0)
    crisis = np.cbrt(regained * fall / (fall + x.p.depth) * (1.0 - breadth))
    mobilised = _mobilised(x)
    return {
        "peak_product_per_head": peak,
        "outgrown_frame": outgrown,
        "regrouped_crisis": crisis,
        "masses_mobilised": mobilised,
        "ripeness": np.minimum(np.minimum(crisis, mobilised), at(outgrown, x.now.rival)),
    }


def _mobilised(x: Inputs) -> Array:
    labels = x.labels["mass"]
    opposed = sum(
        (x.now.mass[..., k] for k, name in enumerate(labels) if name in OPPOSED),
        np.zeros_like(x.now.radicalisation),
    )
    quiet = (1.0 - x.now.radicalisation) * (1.0 - np.clip(x.lag.revolutionary_situation, 0.0, 1.0))
    return np.asarray(np.clip(quiet * (1.0 - opposed), 0.0, 1.0))


def ripe_pairs(outgrown: Array, crisis: Array, mobilised: Array) -> Array:
    """Return the ripeness of each pair: the least of the three, in the riper of the two roles."""
    other = np.minimum(crisis, mobilised)
    role = np.minimum(outgrown[..., :, None], other[..., None, :])
    return np.asarray(np.maximum(role, np.swapaxes(role, -1, -2)))
