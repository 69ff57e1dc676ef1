"""Growth of product per head and of people before the war, and the level before it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from statistics import stdev
from typing import Any

from states_base import Item, World, median
from states_fill import fill, formers, joint_use, members, most, parts, weighed
from states_people import per_head, population

Way = Callable[[str], tuple[float, int, int] | None]
NO_YEARS = "No source seen has the years."
OCCUPIED_1913 = ("IDC", "HKG")
"""Lands whose product of 1945 is that of 1913 along the path of occupied East Asia."""
LAST_OF_PEACE = range(1936, 1940)


# Growth -----------------------------------------------------------------------------


def _best(world: World, country: str, years: range) -> tuple[int, float] | None:
    head = world.read.head
    known = [(head[country, year], year) for year in years if (country, year) in head]
    return (max(known)[1], max(known)[0]) if known else None


def between_peaks(world: World, country: str) -> tuple[float, int, int] | None:
    """Return yearly growth of product per head between two peaks, and their years."""
    starts = [_best(world, country, years) for years in
              (range(1908, 1915), range(1900, 1908), range(1920, 1930))]  # fmt: skip
    ends = [_best(world, country, years) for years in (LAST_OF_PEACE, range(1929, 1936))]
    first = next((peak for peak in starts if peak), None)
    last = next((peak for peak in ends if peak), None)
    if first is None or last is None or last[0] - first[0] < 7:
        return None
    return math.log(last[1] / first[1]) / (last[0] - first[0]), first[0], last[0]


def between_years(
    table: dict[tuple[Any, int], float], key: object, near: int = 1
) -> tuple[float, int, int] | None:
    """Return yearly growth from 1928 to 1938, each moved by at most ``near`` years inwards."""
    first = next((y for y in range(1928, 1929 + near) if (key, y) in table), None)
    last = next((y for y in range(1938, 1937 - near, -1) if (key, y) in table), None)
    if first is None or last is None:
        return None
    return math.log(table[key, last] / table[key, first]) / (last - first), first, last


def growth(world: World) -> None:
    """Growth of product per head before the war."""
    ways: dict[str, tuple[str, Way]] = {
        "prewar_growth": ("growth_between_peaks", lambda name: between_peaks(world, name)),
        "growth_1928_1938": (
            "growth_between_years",
            lambda name: between_years(world.read.head, name),
        ),
    }
    _spread_of_peaks(world)
    for name, (rule, way) in ways.items():
        for code in world.units:
            found = {country: way(country) for country in members(world, code)}
            known = {country: item for country, item in found.items() if item is not None}
            if not known or not most(world, code, known):
                world.put(code, name, None, NO_YEARS)
                continue
            value, use, who = weighed(world, code, {c: item[0] for c, item in known.items()})
            first, last = min(i[1] for i in known.values()), max(i[2] for i in known.values())
            item = Item(value, "maddison_2023", f"{first}/{last}", rule, use or "fit", how=who)
            world.put(code, name, item)
    fill(world, "prewar_growth", "growth_of_group", "maddison_2023", "1900/1939", "fit")
    parts(world, "growth_1928_1938")


def _spread_of_peaks(world: World) -> None:
    """Set the spread of growth between peaks: how far it differs from that of fixed years."""
    head = world.read.head
    gaps = []
    for country in sorted({name for name, _ in head}):
        peaks = between_peaks(world, country)
        if peaks and {(country, 1913), (country, 1938)} <= head.keys():
            gaps.append(peaks[0] - math.log(head[country, 1938] / head[country, 1913]) / 25)
    world.rules.set(
        "growth_between_peaks", stdev(gaps),
        f"Standard deviation over {len(gaps)} countries of its difference from growth from 1913 to "
        "1938.",
    )  # fmt: skip


def people(world: World) -> None:
    """Growth of people before the war."""
    read, rules = world.read, world.rules
    found: list[tuple[float, float]] = []
    given: dict[str, tuple[tuple[float, int, int], str]] = {}
    for code, unit in world.units.items():
        own = [g for c in unit["m"] if (g := between_years(read.people, c, 0))]
        cow = unit.get("cow")
        counted = between_years(read.counted, str(cow), 2) if cow else None
        if own and counted and len(unit["m"]) == 1:
            found.append((own[0][0], counted[0]))
        if own and len(unit["m"]) > 1:
            known = [c for c in unit["m"] if {(c, 1928), (c, 1938)} <= read.people.keys()]
            total = [sum(read.people[c, year] for c in known) for year in (1928, 1938)]
            own = [(math.log(total[1] / total[0]) / 10, 1928, 1938)]
        one = own[0] if own else counted
        if one is not None:
            given[code] = (one, "maddison_2023" if own else "cow_nmc_7")
    states = [one[0] for code, (one, card) in given.items()
              if card == "maddison_2023" and world.units[code]["kind"] == "state"]  # fmt: skip
    rules.set("people_counted", highest=max(states))
    for code, ((value, first, last), card) in given.items():
        rule = "people_between_years" if card == "maddison_2023" else "people_counted"
        if rule == "people_counted" and value > max(states):
            continue
        item = Item(value, card, f"{first}/{last}", rule, "fit")
        world.put(code, "population_growth", item)
    rules.set(
        "people_between_years", stdev(a - b for a, b in found),
        f"Standard deviation of the difference of the two sources over {len(found)} countries.",
    )  # fmt: skip
    formers(world, "population_growth")
    for code in world.wholes():
        group = world.units[code]["group"]
        if world.get(code, "population_growth") is not None:
            continue
        known = [
            near.value
            for other in world.wholes()
            if world.units[other]["group"] == group
            and (near := world.get(other, "population_growth"))
            and near.rule == "people_between_years"
        ]
        region = "growth_africa" if group == "africa" else "growth_asia"
        value, card, date = (
            rules.number("population_carried_back", region), "maddison_2010", "1913/1940",
        )  # fmt: skip
        if group not in {"africa", "near_east", "south_asia", "east_asia"}:
            value, card, date = median(known), "maddison_2023", "1928/1938"
        item = Item(value, card, date, "people_of_region", "fit")
        world.put(code, "population_growth", item)
    parts(world, "population_growth")


# Level of before the war -----------------------------------------------------------


def level(world: World) -> None:
    """Best product per head of 1928 to 1944 over that of 1945."""
    for code in world.units:
        head = world.get(code, "product_per_head")
        if head is None:
            continue
        countries = members(world, code)
        best = {c: peak for c in countries if (peak := _best(world, c, range(1928, 1945)))}
        if not best or code == "KOR" or not most(world, code, best):
            continue
        if len(countries) == 1:
            ((year, top),) = best.values()
            value, use = top / head.value, head.use
        else:
            value, use = _joint(world, code, {c: top for c, (_, top) in best.items()})
            year = max(year for year, _ in best.values())
        item = Item(
            value, "maddison_2023", f"{year}/1945", "prewar_level_of_series",
            joint_use("start", use), head.also,
            "" if len(countries) == 1 else "of " + ", ".join(best),
        )  # fmt: skip
        world.put(code, "prewar_level", item)
    _korea(world)
    rich = world.value("SUN", "prewar_level") * world.value("SUN", "product_per_head")
    for code in world.parts("SUN"):
        value = rich / world.value(code, "product_per_head")
        item = Item(
            value, "maddison_2023", "1940/1945", "prewar_level_republics", also=("harrison_1998",)
        )
        world.put(code, "prewar_level", item)

    def donor(code: str, other: str) -> bool:
        """Lands whose product of 1945 has the path of war take lands touched by it, others not."""
        return (code in OCCUPIED_1913) == (world.value(other, "capital_lost_share") > 0)

    rule, card = "prewar_level_of_group", "maddison_2023"
    fill(world, "prewar_level", rule, card, "1928/1945", "start", donor)


def _joint(world: World, code: str, best: dict[str, float]) -> tuple[float, str]:
    """Return the best product of several countries over that of 1945, in sum."""
    before = after = 0.0
    uses = ["start"]
    for country, top in best.items():
        persons, head = population(world, code, country), per_head(world, code, country)
        if persons is not None:
            before += persons.value * top
            after += persons.value * head.value
            uses += [persons.use, head.use]
    return before / after, joint_use(*uses)


def _korea(world: World) -> None:
    halves = ("KOR_N", "KOR_S")
    money = {code: world.value(code, "product") for code in halves}
    value = sum(money[code] * world.value(code, "prewar_level") for code in halves)
    south = world.found["KOR_S"]["prewar_level"]
    item = replace(south, value=value / sum(money.values()), how="of both halves")
    world.put("KOR", "prewar_level", item)
