"""Schooling, incomes at the top, democracy."""

from __future__ import annotations

import math

import numpy as np

from states_base import Item, World, mean, rounded
from states_fill import formers, joint_use, members, parts, weighed
from states_reader import Row, facts
from states_structure import NO_SOURCE

MILITARY = ("DEU", "RYU")
"""Lands under foreign military government that nobody rated."""
RECORDS_SINCE = 1934
"""A share of incomes from records of this year or later stands for 1945."""


# Schooling --------------------------------------------------------------------------


def schooling(world: World) -> None:
    """Mean years of schooling of adults."""
    data = facts("society")
    now: dict[str, float] = data["schooling_1945"]["rows"]
    later: dict[str, float] = data["schooling_1950"]["rows"]
    changes = np.log([now[name] / later[name] for name in now])
    world.rules.set(
        "schooling_carried_back", float(changes.std(ddof=1)),
        f"Standard deviation of the logarithms of the change of {len(now)} countries.",
        change_from_1950=float(np.exp(changes.mean())),
    )  # fmt: skip
    for code in world.units:
        names = tuple(data["schooling_of"].get(code, members(world, code)))
        first = {name: now[name] for name in names if name in now}
        back = {
            name: later[name] * float(np.exp(changes.mean()))
            for name in names
            if name in later and name not in now
        }
        item = _years(world, code, names, first, back)
        if item is not None:
            world.put(code, "schooling", item)
    formers(world, "schooling")
    _by_product(world)
    parts(world, "schooling")


def _years(
    world: World, code: str, names: tuple[str, ...], now: dict[str, float], back: dict[str, float]
) -> Item | None:
    """Return the figure of a unit from those of its countries."""
    note = facts("society")["schooling_1945"]["notes"].get(code, "")
    values = now | back
    if not values:
        return None
    if len(names) == 1:
        (value,) = values.values()
        if now:
            return Item(value, "lee_lee_2016", note=note)
        return Item(value, "barro_lee_2013", "1950", "schooling_carried_back", "structural")
    value, use, who = weighed(world, code, values)
    card, also = "lee_lee_2016", ("maddison_2023",)
    if back:
        return Item(
            value, "barro_lee_2013", "1950", "schooling_carried_back", "structural",
            (card, *also), who, note,
        )  # fmt: skip
    return Item(value, card, "1945", "members_by_people", use or "start", also, who, note)


def _by_product(world: World) -> None:
    """Fill what is missing with the line through the countries that have both."""
    known = [
        (math.log(head.value), math.log(item.value))
        for code in world.wholes()
        if (item := world.get(code, "schooling")) is not None
        and not item.rule
        and (head := world.get(code, "product_per_head")) is not None
    ]
    x, y = np.array(known).T
    slope, level = np.polyfit(x, y, 1)
    world.rules.set(
        "schooling_by_product", float((y - level - slope * x).std(ddof=2)),
        "Standard deviation of the logarithms around the line.",
        b0=float(level), b1=float(slope), donors=len(known),
    )  # fmt: skip
    for code in world.wholes():
        head = world.get(code, "product_per_head")
        if world.get(code, "schooling") is not None:
            continue
        if head is None:
            world.put(code, "schooling", None, NO_SOURCE)
            continue
        value = math.exp(level + slope * math.log(head.value))
        item = Item(
            value, "lee_lee_2016", "1945", "schooling_by_product", joint_use("start", head.use),
            ("maddison_2023",),
        )  # fmt: skip
        world.put(code, "schooling", item)


# Incomes ----------------------------------------------------------------------------


def _share(row: Row, column: str) -> float:
    return float(row[column]) / 100


def _line(x: list[float], y: list[float]) -> tuple[float, float, float]:
    """Return level and slope of a line, and the standard deviation of logarithms around it."""
    slope, level = np.polyfit(x, y, 1)
    errors = np.log(np.array(y) / (level + slope * np.array(x)))
    return float(level), float(slope), float(errors.std(ddof=2))


def incomes(world: World) -> None:
    """Share of the top tenth in national income before tax, and the Gini coefficient."""
    rows = [row for row in world.read.rows("wid_2023") if int(row["year"]) <= 1945]
    kept = [row for row in rows if row["gini"] and row["top10_share"] and row["top1_share"]]
    note = f"Standard deviation of the logarithms around the line, {len(kept)} country-years."
    tenth = [_share(row, "top10_share") for row in kept]
    level, slope, error = _line([_share(row, "top1_share") for row in kept], tenth)
    world.rules.set("top10_from_top1", error, note, a=level, b=slope)
    records = _records(world, kept, (level, slope))
    for code in world.units:
        if code in facts("society")["incomes"]:
            name = facts("society")["incomes"][code]
            item = records.get(name) or _long_run(rows, name, "top10_long_run")
            if item is not None:
                world.put(code, "inequality_top10", item)
    formers(world, "inequality_top10")
    _of_group(world, rows)
    parts(world, "inequality_top10")
    gini = [float(row["gini"]) for row in kept]
    level, slope, error = _line(tenth, gini)
    world.rules.set("gini_from_top10", error, note, a=level, b=slope)
    for code in world.units:
        top = world.found[code]["inequality_top10"]
        value = level + slope * top.value
        prior = world.rules.figure("inequality_top10", top).get("prior", {})
        passed_on = slope * top.value / value * prior.get("sigma", 0.0)
        item = Item(
            value, "wid_2023", top.date, "gini_from_top10", top.use, (top.source, *top.also),
            prior={"kind": "lognormal", "median": rounded(value),
                   "sigma": rounded(math.hypot(error, passed_on)), "maximum": 1.0},
        )  # fmt: skip
        world.put(code, "gini", item)


def _records(world: World, kept: list[Row], line: tuple[float, float]) -> dict[str, Item]:
    """Return shares from records of 1934 to 1945, by the name of the database."""
    found: dict[str, Item] = {}
    for row in world.read.rows("wwid_2018"):
        name, year, share = (row[key] for key in row)
        if RECORDS_SINCE <= int(year) <= 1945:
            value = line[0] + line[1] * float(share)
            if name not in found or int(year) > int(found[name].date):
                found[name] = Item(value, "wwid_2018", year, "top10_from_top1", also=("wid_2023",))
    for row in kept:
        before = found.get(row["entity"])
        if int(row["year"]) < RECORDS_SINCE:
            continue
        if before is None or before.rule or int(row["year"]) > int(before.date):
            found[row["entity"]] = Item(_share(row, "top10_share"), "wid_2023", row["year"])
    return found


def _long_run(rows: list[Row], name: str, rule: str) -> Item | None:
    for row in rows:
        if row["entity"] == name and row["year"] == "1940" and row["top10_share"]:
            return Item(_share(row, "top10_share"), "wid_2023", "1940", rule)
    return None


def _of_group(world: World, rows: list[Row]) -> None:
    regions: dict[str, str] = facts("society")["regions"]
    known: dict[str, list[Item]] = {}
    for code in world.wholes():
        item = world.get(code, "inequality_top10")
        if item is not None and item.rule != "top10_long_run":
            known.setdefault(world.units[code]["group"], []).append(item)
    for code in world.wholes():
        group = world.units[code]["group"]
        if world.get(code, "inequality_top10") is not None:
            continue
        if group in regions:
            item = _long_run(rows, regions[group], "top10_of_group")
            assert item is not None
            world.put(code, "inequality_top10", item)
        else:
            donors = known[group]
            date = max(item.date for item in donors)
            item = Item(mean(i.value for i in donors), "wwid_2018", date, "top10_of_group",
                        also=("wid_2023",))  # fmt: skip
            world.put(code, "inequality_top10", item)


# Democracy --------------------------------------------------------------------------


def democracy(world: World) -> None:
    """Polity's score of 1945 from 0 to 1, else V-Dem's index on that scale."""
    scores = _scores(world, 1945)
    ratings = _ratings(world)
    level, slope = _scale(world, ratings)
    for code, unit in world.units.items():
        cows = [facts("society")["polity"].get(code, cow) for cow in unit["cows"]]
        own = {c: scores[cow] for c, cow in zip(unit["m"], cows, strict=False) if cow in scores}
        if own and len(own) == len(cows):
            world.put(code, "democracy", _of_scores(world, code, own))
            continue
        names = [name for name in unit["v"] if (name, 1945) in ratings]
        if not names or unit.get("parent") == "SUN":
            continue
        moved = {n: min(1.0, max(0.0, level + slope * ratings[n, 1945])) for n in names}
        weighted = {n: moved[n] for n in names if n in unit["m"]}
        value, use, who = mean(moved.values()), "", "of " + ", ".join(names)
        if len(weighted) == len(names):
            value, use, who = weighed(world, code, weighted)
        card, rule = "vdem_15_polyarchy", "polity_from_vdem"
        item = Item(value, card, "1945", rule, use or "start", ("polity_5",), who)
        world.put(code, "democracy", item)
    _unrated(world)
    parts(world, "democracy")


def _of_scores(world: World, code: str, own: dict[str, float]) -> Item:
    if len(own) == 1:
        (value,) = own.values()
        prior = {"kind": "normal", "mean": value, "sd": 0.05, "minimum": 0.0, "maximum": 1.0}
        note = "The score from -10 to 10, moved; the prior is one point wide."
        return Item(value, "polity_5", prior=prior, note=note)
    value, use, who = weighed(world, code, own)
    return Item(
        value, "polity_5", "1945", "polity_of_members", use or "start", ("maddison_2023",), who
    )


def _scores(world: World, year: int) -> dict[int, float]:
    """Return scores of Polity from 0 to 1; codes that are no scores are left out."""
    return {
        int(row["ccode"]): (float(row["polity"]) + 10) / 20
        for row in world.read.rows("polity_5")
        if row["year"] == str(year) and row["polity"] and -10 <= float(row["polity"]) <= 10
    }


def _ratings(world: World) -> dict[tuple[str, int], float]:
    return {
        (row["country_text_id"], int(row["year"])): float(row["v2x_polyarchy"])
        for row in world.read.rows("vdem_15_polyarchy")
        if row["year"] in {"1938", "1945"} and row["v2x_polyarchy"]
    }


def _scale(world: World, ratings: dict[tuple[str, int], float]) -> tuple[float, float]:
    """Fit the line from V-Dem's index to Polity's score."""
    points = []
    for year in (1938, 1945):
        scores = _scores(world, year)
        for code in world.wholes():
            unit = world.units[code]
            cow = facts("society")["polity"].get(code, unit.get("cow"))
            if cow in scores and (unit["v"][0], year) in ratings:
                points.append((ratings[unit["v"][0], year], scores[cow]))
    x, y = np.array(points).T
    slope, level = np.polyfit(x, y, 1)
    world.rules.set(
        "polity_from_vdem", float((y - level - slope * x).std(ddof=2)),
        f"Standard deviation around the line, {len(points)} state-years.",
        a=float(level), b=float(slope),
    )  # fmt: skip
    return float(level), float(slope)


def _unrated(world: World) -> None:
    """Fill units without a rating with their group's dependencies, or lands under military rule."""
    card, also = "vdem_15_polyarchy", ("polity_5",)
    military = [world.value(c, "democracy") for c in ("JPN", "KOR_N", "KOR_S")]
    rated = {
        code: item
        for code in world.wholes()
        if world.units[code]["kind"] == "territory"
        and (item := world.get(code, "democracy")) is not None
    }
    for code in world.wholes():
        if world.get(code, "democracy") is not None:
            continue
        unit = world.units[code]
        near = [item.value for other, item in rated.items()
                if world.units[other]["group"] == unit["group"]]  # fmt: skip
        under = code in MILITARY
        donors = military if under else near or [item.value for item in rated.values()]
        how = "lands under military government" if under else "dependencies"
        item = Item(mean(donors), card, "1945", "polity_of_group", also=also, how=how)
        world.put(code, "democracy", item)
