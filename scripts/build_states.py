"""Build ``content/states/*.yaml`` and ``content/rules/*.yaml`` from the source files.

Run ``python scripts/build_states.py --data DIR`` after ``build_series.py`` and
``build_ussr_1945.py``, from which it takes figures. The method is told in ``docs/states.md``.
Running it again writes the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

import states_growth as growth
import states_history as history
import states_parts as parts
import states_people as people
import states_society as society
from build_common import arguments
from conjuncture.core.files import write_text
from conjuncture.data.rules import load_rules
from conjuncture.data.state_model import FIGURES
from conjuncture.data.states import load_states
from states_base import Rules, World, load_units
from states_politics import alliances, neighbours, parties, place, spells
from states_power import arms, deaths, openness, ownership
from states_reader import Sources
from states_structure import capital, sectors


def text(data: object) -> str:
    """Write plain data; every figure on one line of its own where it fits."""
    return yaml.safe_dump(
        data, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None
    )


def build(data: Path) -> World:
    """Find every figure."""
    world = World(Sources(data), load_units(), Rules())
    people.prepare(world)
    for code in world.wholes():
        if code not in {"SUN", "DEU", "KOR"}:
            people.whole(world, code)
    people.union(world)
    people.by_hand(world)
    parts.soviet(world)
    parts.germany(world)
    parts.poland(world)
    parts.korea(world)
    parts.china(world)
    parts.products(world)
    people.heads(world)
    for step in (
        sectors, history.capital_lost, capital, arms, openness, ownership, deaths, growth.growth,
        growth.people, growth.level, society.schooling, society.incomes, society.democracy,
    ):  # fmt: skip
        step(world)
    for code in world.units:
        history.held_since(world, code, spells(world, code))
    return world


def file(world: World, code: str, near: list[Any], pacts: list[Any]) -> dict[str, Any]:
    """Return the data of one file, its keys in a fixed order."""
    unit = world.units[code]
    found = world.found.get(code, {})
    gaps = {
        name: world.gaps.get(code, {}).get(name, "No source seen has a figure.")
        for name in FIGURES
        if name not in found
    }
    data = {
        "id": code,
        "title": unit["title"],
        "kind": unit["kind"],
        "parent": unit.get("parent"),
        "group": unit["group"],
        "members": unit["m"] if len(unit["m"]) > 1 else None,
        "note": unit.get("note"),
        "spells": spells(world, code),
        "place": place(world, code),
        "figures": {
            name: world.rules.figure(name, found[name]) for name in FIGURES if name in found
        },
        "gaps": gaps,
        "parties": parties(world, code),
        "neighbours": near,
        "alliances": pacts,
    }
    return {key: value for key, value in data.items() if value not in (None, [], {}, "")}


def main() -> None:
    given = arguments(__doc__ or "")
    world = build(given.data)
    near, pacts = neighbours(world), alliances(world)
    for name, rule in world.rules.files().items():
        write_text(given.content / "rules" / f"{name}.yaml", text(rule))
    for code in world.units:
        data = file(world, code, near[code], pacts[code])
        write_text(given.content / "states" / f"{code}.yaml", text(data))
    known = load_rules(given.content / "rules")
    found = load_states(given.content / "states", known)
    count = sum(len(item.figures) for item in found.values())
    print(f"{len(found)} files, {count} figures, {len(known)} rules in {given.content}")


if __name__ == "__main__":
    main()
