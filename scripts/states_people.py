"""Population, product and product per head of wholes."""

from __future__ import annotations

import math

from conjuncture.data.catalog import figure
from states_base import DONOR_SPREAD, ORDER, Item, World, centre, mean, rounded, spread

EAST_ASIA = {"KOR": "S. Korea", "TWN": "Taiwan"}
AFRICA = ("GHA", "KEN", "NGA", "UGA", "MWI", "ZMB", "ZWE")
NEAR_EAST = ("TUR", "EGY", "IRN", "IRQ", "SYR")
CARIBBEAN = ("CUB", "JAM")
CENTRAL = ("GTM", "HND", "SLV", "NIC", "CRI", "PAN", "HTI")
REGION = {"africa": "Total Africa"}


def region_of(group: str) -> str:
    """Return the region of Maddison 2010 that a group's growth is taken from."""
    return REGION.get(group, "Asia")


def prepare(world: World) -> None:
    """Compute the numbers of the rules of population and product."""
    read, rules = world.read, world.rules
    growth = {
        name: math.log(read.people_2010[region, 1940] / read.people_2010[region, 1913]) / 27
        for name, region in (("growth_africa", "Total Africa"), ("growth_asia", "Asia"))
    }
    rules.set("population_carried_back", **growth)
    ratio = {
        name: read.head_2010(region, 1940) / read.head_2010(region, 1913)
        for name, region in (("ratio_africa", "Total Africa"), ("ratio_asia", "Asia"))
    }
    rules.set("growth_since_1913", **ratio)
    for name, year in (("war_path_east_europe", 1938), ("war_path_east_asia", 1940)):
        changes = _changes(world, name, year)
        rules.set(name, spread(changes), DONOR_SPREAD, **{f"change_from_{year}": centre(changes)})
    changes = _changes(world, "path_of_region", 1941)
    rules.set("path_of_region", spread(changes), DONOR_SPREAD, change_from_1941=centre(changes))
    heads = [_latest(world, donor)[1] for donor in AFRICA]
    rules.set("per_head_of_donors", spread(heads), DONOR_SPREAD + " Africa's donors.")


def _changes(world: World, rule: str, year: int) -> list[float]:
    """Change of product per head of the donors of a rule, from a year to 1945."""
    head = world.read.head
    found = []
    for donor in world.rules.items[rule]["donors"]:
        if rule == "war_path_east_asia" and donor in EAST_ASIA:
            region = EAST_ASIA[donor]
            found.append(world.read.head_2010(region, 1945) / world.read.head_2010(region, year))
        elif (donor, year) in head and (donor, 1945) in head:
            found.append(head[donor, 1945] / head[donor, year])
    return found


def _latest(world: World, country: str) -> tuple[int, float]:
    """Return the last year up to 1945 with a product per head, and the figure; year 0 if none."""
    head = world.read.head
    years = [year for code, year in head if code == country and 1900 <= year <= 1945]
    return (max(years), head[country, max(years)]) if years else (0, 0.0)


def population(world: World, code: str, country: str) -> Item | None:
    """Return the population of one country of the source."""
    unit, people = world.units[code], world.read.people
    if (country, 1945) in people:
        return Item(people[country, 1945], "maddison_2023")
    if "cow" in unit:
        found = world.read.material(unit["cow"], "tpop")
        if 1945 in found:
            return Item(found[1945], "cow_nmc_7")
    cow = dict(zip(unit["m"], unit["cows"], strict=False)).get(country)
    if cow is not None and 1945 in (found := world.read.material(cow, "tpop")):
        return Item(found[1945], "cow_nmc_7")
    if (country, 1950) in people:
        name = "growth_africa" if unit["group"] == "africa" else "growth_asia"
        growth = world.rules.number("population_carried_back", name)
        return Item(
            people[country, 1950] * math.exp(-5 * growth),
            "maddison_2023",
            "1950",
            "population_carried_back",
            "structural",
            ("maddison_2010",),
        )
    return None


def per_head(world: World, code: str, country: str) -> Item:
    """Product per head of one country of the source in 1945."""
    unit = world.units[code]
    year, head = _latest(world, country)
    group = unit["group"]
    if year == 1945:
        return Item(head, "maddison_2023")
    if country in EAST_ASIA:
        region = EAST_ASIA[country]
        path = world.read.head_2010(region, 1945) / world.read.head_2010(region, year)
        return Item(
            head * path,
            "maddison_2023",
            str(year),
            "path_of_maddison_2010",
            also=("maddison_2010",),
        )
    if year >= 1928:
        rule = {"east": "war_path_east_europe"}.get(group, "path_of_region")
        if group in {"east_asia", "south_asia"}:
            rule = "war_path_east_asia"
        return Item(head * centre(_changes(world, rule, year)), "maddison_2023", str(year), rule)
    if year == 1913:
        name = "ratio_africa" if group == "africa" else "ratio_asia"
        factor = world.rules.number("growth_since_1913", name)
        if code in {"IDC", "HKG"}:
            factor *= world.rules.number("war_path_east_asia", "change_from_1940")
        return Item(
            head * factor, "maddison_2023", "1913", "growth_since_1913", also=("maddison_2010",)
        )
    return _of_donors(world, code)


def _of_donors(world: World, code: str) -> Item:
    unit = world.units[code]
    group = unit["group"]
    donors = {"africa": AFRICA, "near_east": NEAR_EAST, "caribbean": CARIBBEAN, "latin": CENTRAL}
    if code in {"AFG", "YEM", "MNG"}:
        chosen = NEAR_EAST
    elif "like" in unit and unit["like"] in world.units and unit["like"] != "GBR_CA":
        chosen = (unit["like"],)
    elif code == "IDC":
        chosen = ("VNM",)
    else:
        chosen = donors[group]
    heads = []
    for donor in chosen:
        base = next(name for name, other in world.units.items() if donor in other["m"])
        heads.append(per_head(world, base, donor).value)
    return Item(
        centre(heads),
        "maddison_2023",
        rule="per_head_of_donors",
        how="mean of " + ", ".join(chosen),
    )


def whole(world: World, code: str) -> None:
    """Find population and product of a unit that is no part of another."""
    people: list[Item] = []
    money: list[Item] = []
    missing = []
    for country in world.units[code]["m"]:
        one = population(world, code, country)
        if one is None:
            missing.append(country)
            continue
        head = per_head(world, code, country)
        rule = head.rule or one.rule
        people.append(one)
        money.append(
            Item(
                one.value * head.value / 1e3,
                head.source,
                head.date,
                rule,
                "structural" if "structural" in (one.use, head.use) else "start",
                tuple({*head.also, *one.also, one.source}),
                head.how,
            )
        )
    if not people:
        return
    note = f"Without {', '.join(missing)}, which have no figure." if missing else ""
    world.put(code, "population", _sum(world, people, note))
    world.put(code, "product", _sum(world, money, note))


def _sum(world: World, items: list[Item], note: str) -> Item:
    """Add up items; the sum has the basis, rule and date of its largest unobserved member."""
    total = sum(item.value for item in items)
    order = {item.rule: ORDER.index(world.rules.basis(item.rule)) for item in items}
    weakest = max(items, key=lambda item: (order[item.rule], item.value))
    use = "structural" if any(item.use == "structural" for item in items) else "start"
    also = {card for item in items for card in (item.source, *item.also)}
    how = weakest.how
    if len(items) > 1:
        kinds = sorted({item.rule for item in items if item.rule})
        how = f"sum of {len(items)} countries" + (f"; rules: {', '.join(kinds)}" if kinds else "")
    return Item(
        total, weakest.source, weakest.date, weakest.rule, use, tuple(also), how, note,
    )  # fmt: skip


def by_hand(world: World) -> None:
    """Units whose people stand elsewhere than in the tables of countries."""
    deaths = {row["Nation"]: row for row in world.read.rows("ww2_deaths")}
    for code, nation in (("NFL", "Newfoundland"), ("PNG", "Papua and New Guinea")):
        people = Item(
            float(deaths[nation]["Population"]) / 1e3, "ww2_deaths", "1939",
            note="Of the eve of the war.",
        )  # fmt: skip
        world.put(code, "population", people)
    for row in world.read.rows("cow_tc_6"):
        if (row["year"], row["entity"]) == ("1945", "741"):
            people = Item(float(row["pop"]) / 1e3, "cow_tc_6", "1945-09")
            world.put("RYU", "population", people)
    areas = {shape["gwcode"]: shape["area_km2"] for shape in _areas(world)}
    density = mean(
        world.read.people[country, 1945] / areas[gw] for country, gw in (("JAM", 51), ("TTO", 52))
    )
    world.rules.set("population_by_density", density=density)
    world.put(
        "FRA_CA",
        "population",
        Item(
            density * (areas[65] + areas[66]),
            "cshapes_2",
            rule="population_by_density",
            also=("maddison_2023",),
            note="Guadeloupe and Martinique only; Guiana is nearly empty.",
        ),
    )
    for code in ("NFL", "PNG", "RYU", "FRA_CA"):
        head = _of_donors(world, code)
        world.put(code, "product", head.times(world.value(code, "population") / 1e3))


def _areas(world: World) -> list[dict[str, float]]:
    return [
        {"gwcode": int(row["gwcode"]), "area_km2": float(row["area_km2"])}
        for row in world.read.rows("units")
        if row["start"] <= "1945-12-31" <= row["end"]
    ]


def union(world: World) -> None:
    """People and product of the USSR."""
    read = world.read
    people = figure("population_adh_1946", 1946, "start")
    world.put("SUN", "population", Item(people, "adh_1993", "1946-01-01"))
    level = read.head["SUN", 1940] * read.people["SUN", 1940] / 1e3
    path = read.harrison("USSR", 1945) / read.harrison("USSR", 1940)
    world.rules.set("path_of_harrison", path=path)
    world.put(
        "SUN",
        "product",
        Item(level * path, "maddison_2023", "1945", "path_of_harrison", also=("harrison_1998",)),
    )


def heads(world: World) -> None:
    """Product per head of every unit that has both."""
    for code in world.units:
        people, money = world.get(code, "population"), world.get(code, "product")
        if people is None or money is None:
            continue
        rule = money.rule or people.rule
        use = "structural" if "structural" in (people.use, money.use) else "start"
        world.put(
            code,
            "product_per_head",
            Item(
                1e3 * rounded(money.value) / rounded(people.value),
                money.source, money.date, rule, use,
                (people.source, *people.also, *money.also), "product over population",
            ),
        )  # fmt: skip
