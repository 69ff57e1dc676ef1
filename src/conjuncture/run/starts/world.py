"""Where the world's room starts: who holds what, ties, distances, arms, at the end of 1945.

Everything is taken from the state files. What the room needs as one number where
history has several is decided here, and said:

* a land under several powers counts with the one that its file names first: the
  western zones of Germany with the United States, Austria likewise;
* an own government under foreign military command (Austria) counts as a buffer;
* colonies, protectorates and mandates are one status;
* of all treaties of alliance only that one exists is kept, whatever its kind;
* disputes of the war are remembered between the occupied and their occupiers only,
  since the lists of disputes may not be shipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from conjuncture.data.state_model import State
from conjuncture.data.states import states
from conjuncture.run.starts.base import Start
from conjuncture.world.pairs import BUFFER
from conjuncture.world.power import composite

Array = npt.NDArray[np.float64]

BEFORE_THE_WAR = "1939-08-31"

STATUS: Mapping[str, int] = {
    "core": 0,
    "independent": 0,
    "buffer": 1,
    "occupied": 2,
    "divided": 2,
    "colony": 3,
    "protectorate": 3,
    "mandate": 3,
    "annexed": 4,
}
"""Codes of the run for the statuses of state files (see world.pairs)."""

WITH_BOMB = ("USA",)
"""Who had nuclear weapons at the end of 1945 (smyth_1945)."""

UNEVENTFUL = (
    "at_war",
    "land_reform",
    "occupier_choice",
    "war_losses_people",
    "war_losses_capital",
    "seceded_share",
    "independence",
    "regime_imposed",
)
"""Flows of the base year that the next year looks back to and that are nought."""

LEAST = 1e-9
"""Keeps an empty land from a division by nought."""


def build(start: Start) -> dict[str, Array]:
    """Return the stocks and constants of this room (1 + members, territories, ...).

    Parameters
    ----------
    start : Start
        Territories, figures drawn, state files.
    """
    files = [start.state(code) for code in start.territories]
    index = code_index(start)
    fixed = (
        held(files, index)
        | ties(files, index)
        | {
            "other_half": halves(files),
            "nuclear": np.isin(start.territories, WITH_BOMB).astype(float),
            "years_free": np.full(len(files), 100.0),
            "years_since_defeat": np.array([since_defeat(of, start.year) for of in files]),
        }
        | part_places(start, index)
    )
    found = {name: _for_all(value, start.count) for name, value in fixed.items()}
    found |= _figures(start, files)
    return found | _base_year(start, found)


def _for_all(value: Array, count: int) -> Array:
    return np.broadcast_to(np.asarray(value, float), (count, *np.shape(value))).copy()


def code_index(start: Start) -> dict[str, int]:
    """Return the place of every file's code on the axis: parts lie where their whole does."""
    index: dict[str, int] = {}
    for place, code in enumerate(start.territories):
        index[code] = place
        index |= {item.id: place for item in start.state(code)}
    for item in states().values():
        if item.id not in index and item.parent in index:
            index[item.id] = index[item.parent]
    return index


def held(files: Sequence[tuple[State, ...]], index: Mapping[str, int]) -> dict[str, Array]:
    """Return holder, status, troops and bloc of each territory."""
    holder, status, troops = (np.empty(len(files)) for _ in range(3))
    for place, of in enumerate(files):
        spell = of[0].spell()
        there = index.get(spell.holder, place)
        code = STATUS[spell.status]
        if there == place and code > 1:
            code = 1
        if there != place and code < 1:
            code = 2
        forces = [index[f] for f in spell.forces if index.get(f, place) != place]
        holder[place], status[place] = there, code
        troops[place] = there if there != place else (forces[0] if forces else -1.0)
        if code == 1 and troops[place] < 0:
            status[place] = 0
    here = np.arange(len(files))
    bloc = np.where(holder != here, holder, np.where(status == 1, troops, -1.0))
    return {"holder": holder, "status": status, "troops": troops, "bloc": bloc}


def ties(files: Sequence[tuple[State, ...]], index: Mapping[str, int]) -> dict[str, Array]:
    """Return borders by land, treaties, the memory of disputes and wars of each pair."""
    size = len(files)
    border, treaty, memory = (np.zeros((size, size)) for _ in range(3))
    for place, of in enumerate(files):
        named = of + tuple(item for item in states().values() if item.parent == of[0].id)
        for item in named:
            for neighbour in item.neighbours:
                if neighbour.kind == "land" and neighbour.unit in index:
                    border[place, index[neighbour.unit]] = 1.0
            for pact in item.alliances:
                for partner in pact.partners:
                    if partner in index:
                        treaty[place, index[partner]] = 1.0
        spell = of[0].spell()
        if spell.status == "occupied":
            for unit in (spell.holder, *spell.forces):
                memory[place, index.get(unit, place)] = 1.0
    found = {"contiguous": border, "alliance": treaty, "recent": memory}
    apart = ~np.eye(size, dtype=bool)
    found = {name: np.maximum(value, value.T) * apart for name, value in found.items()}
    return found | {"war": np.zeros((size, size))}


def halves(files: Sequence[tuple[State, ...]]) -> Array:
    """Return the place of the other half of a divided nation, -1 where there is none."""
    found = np.full(len(files), -1.0)
    divided = {c for c, item in states().items() if item.spell().status == "divided"}
    for one, of in enumerate(files):
        for two, other in enumerate(files):
            if one != two and of[0].parent in divided and other[0].parent == of[0].parent:
                found[one] = two
    return found


def since_defeat(of: tuple[State, ...], year: int) -> float:
    """Return the years since an armistice or a surrender that the files tell, else 100."""
    spell = of[0].spell()
    armistice = re.search(r"armistice of \D*\d*\D*(19\d\d)", spell.how)
    if armistice:
        return float(year - int(armistice[1]))
    whole = of[0].id if of[0].kind == "state" else of[0].parent
    beaten = spell.status == "occupied" and spell.holder != of[0].id
    return 0.0 if beaten and holder_before(of[0]) == whole else 100.0


def holder_before(item: State) -> str:
    """Return who held a land before the war; who holds it now where the file begins later."""
    covering = [spell for spell in item.spells if spell.covers(BEFORE_THE_WAR)]
    return covering[0].holder if covering else item.holder


def part_places(start: Start, index: Mapping[str, int]) -> dict[str, Array]:
    """Return parent, holder and origin of each part.

    A part of which no territory of the run is the whole counts with its own place.
    """
    parent, holder, core = (np.empty(len(start.parts)) for _ in range(3))
    for k, code in enumerate(start.parts):
        item = states()[code]
        whole = item.parent or code
        parent[k] = index.get(whole, index[code])
        holder[k] = index.get(item.holder, parent[k]) if whole in index else parent[k]
        core[k] = holder_before(item) == item.parent
    return {"part_parent": parent, "part_holder": holder, "part_core": core}


def _figures(start: Start, files: Sequence[tuple[State, ...]]) -> dict[str, Array]:
    """Return what follows from drawn figures: towns, military spending, product per head."""
    people = np.maximum(start.figure("population"), LEAST)
    product = np.maximum(start.figure("product"), LEAST)
    head = 1000.0 * product / people
    return {
        "urban_share": _urban(start, files, people),
        "spending_share_start": burden(start.economy),
        "peak_product_per_head": head * np.maximum(start.figure("prewar_level", fill=1.0), 1.0),
        "land_reformed": (start.figure("statified_share") > 0.9).astype(float),
        "part_population": start.part_figure("population", fill=0.0),
    }


def burden(economy: Mapping[str, Array]) -> Array:
    """Return the military share of product in the base year, from its accounts.

    Arms, supplies and pay of the forces over gross domestic product.
    """
    bought = (economy["base_arms"] + economy["base_supplies"]).sum(axis=-1)
    pay = economy["military_pay"] * economy["armed_forces_start"]
    share = (bought + pay) / np.maximum(economy["base_gdp"], LEAST)
    return np.asarray(np.clip(share, 0.0, 1.0))


def _base_year(start: Start, found: Mapping[str, Array]) -> dict[str, Array]:
    """Return the flows of the base year that the first year may look back to.

    Power by the figures of 1945. Of antagonism, events and losses of the base
    year the files tell nothing, so they stand at nought; consent is taken as even
    where another power rules and as full elsewhere.
    """
    names = ("steel", "energy", "armed_forces", "military_spending", "population")
    parts = [start.figure(name, fill=0.0) for name in names]
    parts.append(found["urban_share"] * parts[-1])
    acts = (found["status"] <= BUFFER)[..., None]
    power = composite(np.stack(parts, axis=-1) * acts)
    none, pair = np.zeros_like(power), np.zeros_like(found["war"])
    alien = (found["status"] > BUFFER) | (found["troops"] >= 0)
    given = {
        "steel": parts[0],
        "energy": parts[1],
        "power_share": power,
        "consent": np.where(alien, 0.5, 1.0),
        "antagonism": pair,
        "victory": pair.copy(),
        "defeated": (found["years_since_defeat"] == 0.0).astype(float),
        "conquered_by": none - 1.0,
        "regime_model": start.economy["statified_share"].copy(),
        **{name: none.copy() for name in UNEVENTFUL},
    }
    return {name: value for name, value in given.items() if name not in start.economy}


def _urban(start: Start, files: Sequence[tuple[State, ...]], people: Array) -> Array:
    """Return the urban share; that of the whole, or the median, where no figure is."""
    share = start.figure("urban_population", fill=0.0) / people
    known = share > 0.0
    middle = np.median(share[:, known[0]], axis=1)
    for place, of in enumerate(files):
        if known[0, place]:
            continue
        whole = states().get(of[0].parent or "")
        urban = whole.value("urban_population") if whole else None
        total = whole.value("population") if whole else None
        share[:, place] = urban / total if urban and total else middle
    return np.asarray(np.clip(share, 0.0, 1.0))
