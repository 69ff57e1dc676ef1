"""Parts of states: who holds them, and when they break away."""

from __future__ import annotations

import zlib

import numpy as np

from conjuncture.core.priors import uniform
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.world.pairs import NONE, TINY, Array, Mask, at
from conjuncture.world.parameters import assumed


def _kept(x: Inputs) -> Outputs:
    none = np.zeros_like(x.now.population)
    return {"part_holder": x.now.part_holder, "seceded_share": none}


@mechanism(
    "Parts of states",
    phase="territory",
    sources=("cow_entities", "pablo_1945"),
    paragraphs=("1.4", "3.5", "5.6"),
    reads=(
        "part_holder",
        "part_parent",
        "part_core",
        "part_population",
        "population",
        "conquered_by",
    ),
    lagged=("ending",),
    writes=("part_holder", "seceded_share"),
    parameters=(
        assumed(
            "annexed",
            "chance that an annexed part breaks away when its holder's regime has ended",
            "1",
            uniform(0.2, 0.9),
            "after 1917 most border lands of the empire broke away, not all",
            limits=(0.0, 1.0),
        ),
        assumed(
            "core",
            "the same chance of a part of before 1939",
            "1",
            uniform(0.0, 0.5),
            "after 1917 the lands of the interior were regained",
            limits=(0.0, 1.0),
        ),
        assumed(
            "returned",
            "yearly chance that a part under foreign troops is given back to its state",
            "1/year",
            uniform(0.1, 0.9),
            "promised by treaty in each case of 1945, without a day that all kept",
            limits=(0.0, 1.0),
        ),
    ),
    uniforms=("parting",),
    off=_kept,
)
def part_holders(x: Inputs) -> Outputs:
    """Draw which parts go back to their state, and which break away from it.

    A part held by another power than its state is given back with chance
    ``returned``. Where the holder's regime ended (last year), a part breaks away
    with chance ``annexed`` or ``core``; the largest part of a state is the state
    itself and stays. A conquered state's parts pass to the victor. ``seceded_share``
    is the share of a state's people in the parts that broke away in the year.
    """
    holder, parent = x.now.part_holder, x.now.part_parent
    draw = of_parts(at(x.uniform.parting, parent, 0.5), x.parts)
    shaken = (x.lag.ending > 0.0).astype(float)
    chance = np.where(x.now.part_core > 0.0, x.p.core, x.p.annexed)
    leaves = (at(shaken, holder) > 0.0) & (draw < chance) & ~_largest(x)
    abroad = (holder >= 0) & (holder != parent)
    back = abroad & (draw < x.p.returned)
    victor = at(x.now.conquered_by, holder, NONE)
    found = np.where(victor >= 0, victor, holder)
    found = np.where(leaves, NONE, np.where(back, parent, found))
    gone = leaves & (holder == parent)
    return {"part_holder": found, "seceded_share": _share(x, gone.astype(float))}


def _largest(x: Inputs) -> Mask:
    """Return which part is the largest of its state by people at the start."""
    same = x.now.part_parent[..., :, None] == x.now.part_parent[..., None, :]
    others = np.where(same, x.now.part_population[..., None, :], -np.inf)
    return np.asarray(x.now.part_population >= others.max(axis=-1, initial=0.0))


def of_parts(draw: Array, parts: tuple[str, ...]) -> Array:
    """Return a draw for each part from the draw of its state.

    Odd multiples of a uniform number, less their whole part, are uniform and
    for different multiples uncorrelated; the median stays the median. The
    multiple follows from the code of the part, not from its place.
    """
    multiple = np.array([2 * (zlib.crc32(code.encode()) % 5000) + 1 for code in parts])
    return np.asarray(np.mod(draw * multiple, 1.0))


def _share(x: Inputs, gone: Array) -> Array:
    """Return the people of the parts that are gone, relative to those of all parts of a state."""
    count = x.now.population.shape[-1]
    within = (x.now.part_parent[..., None] == np.arange(count)).astype(float)
    left = ((gone * x.now.part_population)[..., None] * within).sum(axis=-2)
    total = (x.now.part_population[..., None] * within).sum(axis=-2)
    return np.asarray(left / np.maximum(total, TINY))
