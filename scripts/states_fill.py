"""Filling what is missing: members weighed by people, medians of groups, wholes, former holders."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from statistics import stdev

from states_base import DONOR_SPREAD, Item, World, median, spread
from states_people import population
from states_reader import facts

SERIES = {"KOR": ("KOR", "PRK"), "KOR_N": ("PRK",), "KOR_S": ("KOR",)}
"""Countries of Maddison whose series stand for a unit that is none of them."""
LEAST_PEOPLE = 0.25
"""Share of a unit's people whose countries must have a series for it to stand for the unit."""
EAST = ("ALB", "BGR", "CSK", "HUN", "POL", "ROU", "YUG")


def joint_use(*uses: str) -> str:
    """Return ``structural`` where one of the uses is, else the first."""
    return "structural" if "structural" in uses else uses[0]


def members(world: World, code: str) -> tuple[str, ...]:
    """Return the countries of Maddison whose series stand for a unit."""
    return SERIES.get(code, tuple(world.units[code]["m"]))


def weighed(world: World, code: str, values: dict[str, float]) -> tuple[float, str, str]:
    """Return the mean weighted by people, its use (empty or structural) and who entered."""
    if len(values) == 1 and len(members(world, code)) == 1:
        return next(iter(values.values())), "", ""
    people = {name: population(world, code, name) for name in values}
    known = {name: item for name, item in people.items() if item is not None}
    if not known:
        known = {name: Item(1.0, "maddison_2023") for name in values}
    total = sum(item.value for item in known.values())
    uses = {item.use for item in known.values()}
    share = sum(values[name] * item.value for name, item in known.items()) / total
    use = "structural" if "structural" in uses and len(known) > 1 else ""
    return share, use, "of " + ", ".join(known)


def most(world: World, code: str, countries: Iterable[str]) -> bool:
    """Return whether countries have a quarter or more of the people of a unit."""
    people = {name: population(world, code, name) for name in members(world, code)}
    total = sum(item.value for item in people.values() if item is not None)
    return sum(item.value for c in countries if (item := people[c])) >= LEAST_PEOPLE * total


def fill(
    world: World, name: str, rule: str, card: str, date: str, use: str,
    donor: Callable[[str, str], bool] | None = None,
) -> None:  # fmt: skip
    """Give units without a figure the median of their group, and parts that of their whole.

    ``donor`` says whether a unit (second) may stand for another (first).
    """
    formers(world, name)
    every = {code: item for code in world.wholes() if (item := world.get(code, name)) is not None}
    if world.rules.items[rule].get("spread") is None:
        values = [item.value for item in every.values()]
        signed = min(values) < 0
        how = "Standard deviation of the figures of all units." if signed else DONOR_SPREAD
        world.rules.set(rule, stdev(values) if signed else spread(values), how)
    for code in world.wholes():
        if world.get(code, name) is not None:
            continue
        unit = world.units[code]
        donors = {c: i.value for c, i in every.items() if donor is None or donor(code, c)}
        group = [value for c, value in donors.items() if world.units[c]["group"] == unit["group"]]
        like = every.get(unit.get("like", ""))
        value = median(group if len(group) >= 3 else donors.values())
        item = Item(like.value if like else value, card, date, rule, use)
        world.put(code, name, item)
    parts(world, name)


def formers(world: World, name: str) -> None:
    """Give lands taken from a state its figure, and the Baltic countries that of their group."""
    former: dict[str, str] = facts("society")["former"]
    for code, holder in former.items() if name != "democracy" else ():
        if world.get(code, name) is None and world.get(holder, name) is not None:
            _copy(world, code, name, holder, "level_of_former")
    east = [code for code in EAST if world.get(code, name) is not None]
    east.sort(key=lambda code: (world.value(code, name), code))
    for code in facts("society")["baltic"]:
        if world.get(code, name) is None and east and name != "democracy":
            _copy(world, code, name, east[len(east) // 2], "level_of_former")


def parts(world: World, name: str) -> None:
    """Give lands without a figure that of their former holder, other parts that of their whole."""
    formers(world, name)
    for code, unit in world.units.items():
        if "parent" in unit and world.get(code, name) is None:
            _copy(world, code, name, unit["parent"], "level_of_parent")


def _copy(world: World, code: str, name: str, other: str, rule: str) -> None:
    item = world.found[other][name]
    prior = world.rules.figure(name, item).get("prior")
    how = f"that of {other}"
    world.put(code, name, replace(item, rule=rule, prior=prior, reason="", how=how, note=""))
