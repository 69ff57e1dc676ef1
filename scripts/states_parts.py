"""People and product of the parts of the USSR, Germany, Poland, Korea and China."""

from __future__ import annotations

import math
from dataclasses import replace

from conjuncture.data.catalog import figure
from states_base import Item, World
from states_reader import facts

ANNEXED = tuple(
    f"SUN_{land}" for land in ("POL", "EST", "LVA", "LTU", "MDA", "KAR", "TRC", "KOE", "SAK")
)
OCCUPIED = ("SUN_UKR", "SUN_BLR", *ANNEXED[:-1])
EXPONENT = 0.5
"""Weight of capital against people in the product of an occupied republic; assumed."""


def _change(world: World, year: str, gainer: str, entity: str, loser: str) -> dict[str, str]:
    return next(
        row
        for row in world.read.rows("cow_tc_6")
        if (row["year"], row["gainer"], row["entity"], row["loser"])
        == (year, gainer, entity, loser)
    )


def before_the_war(world: World) -> dict[str, Item]:
    """People of the parts of the USSR before the losses of the war, thousand."""
    donors = facts("donors")
    census = donors["census_1939"]["rows"]
    found = {
        name: Item(census[name] / 1e3, "frus_census_1939", "1939")
        for name in ("SUN_RUS", "SUN_UKR", "SUN_BLR", "SUN_KAZ")
    }
    for name, members in (
        ("SUN_CAU", ("AZE", "GEO", "ARM")),
        ("SUN_CAS", ("TKM", "UZB", "TJK", "KGZ")),
    ):
        total = sum(census[member] for member in members) / 1e3
        found[name] = Item(total, "frus_census_1939", "1939")
    for name in ("SUN_EST", "SUN_LVA", "SUN_LTU"):
        people = world.read.material(world.units[name]["cow"], "tpop")[1940]
        found[name] = Item(people, "cow_nmc_7", "1940")
    pop = {
        "SUN_MDA": _change(world, "1947", "365", "360", "360"),
        "SUN_TRC": _change(world, "1939", "310", "315", "315"),
        "SUN_SAK": _change(world, "1945", "365", "740", "740"),
        "SUN_KAR": _change(world, "1947", "365", "375", "375"),
    }
    for name, row in pop.items():
        found[name] = Item(
            float(row["pop"]) / 1e3, "cow_tc_6", "1945" if name == "SUN_SAK" else "1939"
        )
    area = float(_change(world, "1945", "365", "255", "255")["area"])
    germany = "Germany (excl. Austria and Sudetenland)"
    density = (
        world.read.base_1938(germany, "population_million")
        / world.read.base_1938(germany, "territory_thousand_km2")
    )  # fmt: skip
    found["SUN_KOE"] = Item(area * density, "cow_tc_6", "1938", also=("harrison_1998",))
    added = figure("population_adh_1946", 1939, "fit") - figure("population_adh_1938", 1939, "fit")
    # Left out: Karelia and Koenigsberg, whose people had left, and Sakhalin.
    others = ("SUN_EST", "SUN_LVA", "SUN_LTU", "SUN_MDA", "SUN_TRC")
    known = sum(found[name].value for name in others)
    found["SUN_POL"] = Item(added - known, "adh_1993", "1939", also=("cow_nmc_7", "cow_tc_6"))
    return found


def _losses(world: World, before: dict[str, Item]) -> dict[str, float]:
    """Share of the people of before the war who died in it."""
    donors = facts("donors")["republic_losses"]
    lost = {name: value / 100 for name, value in donors["rows"].items()}
    lost["SUN_RUS"] = donors["russia_deaths"] / 1e3 / before["SUN_RUS"].value
    rows = {row["Nation"]: row for row in world.read.rows("ww2_deaths")}
    for name, nation in (("SUN_EST", "Estonia"), ("SUN_LVA", "Latvia"), ("SUN_LTU", "Lithuania")):
        lost[name] = float(rows[nation]["Deaths as percent of population"])
    lost["SUN_POL"] = (lost["SUN_UKR"] + lost["SUN_BLR"]) / 2
    lost["SUN_TRC"] = lost["SUN_MDA"]
    rest = ("SUN_CAU", "SUN_KAZ", "SUN_CAS")
    total = 1e3 * 26.6
    left = total - sum(lost[name] * before[name].value for name in lost if name in before)
    share = max(left, 0.0) / sum(before[name].value for name in rest)
    lost |= dict.fromkeys(rest, share)
    return lost


def soviet(world: World) -> None:
    """People, product and the share of capital left of the parts of the USSR."""
    before = before_the_war(world)
    lost = _losses(world, before)
    share = world.rules.number("evacuated_land", "share")
    fixed = {
        "SUN_KAR": replace(before["SUN_KAR"].times(share), rule="evacuated_land"),
        "SUN_KOE": replace(before["SUN_KOE"].times(share), rule="evacuated_land"),
        "SUN_SAK": before["SUN_SAK"],
    }
    total = world.value("SUN", "population") - sum(item.value for item in fixed.values())
    weight = {
        name: item.value * (1 - lost[name]) for name, item in before.items() if name not in fixed
    }
    scale = total / sum(weight.values())
    world.rules.set("census_and_losses", scale=scale, loss_elsewhere=lost["SUN_KAZ"])
    for name, value in weight.items():
        base = before[name]
        world.put(
            name,
            "population",
            Item(
                scale * value, base.source, "1946-01-01", "census_and_losses",
                also=("adh_1993", "ww2_deaths_republics", "ww2_deaths", *base.also),
                how=f"{base.value:,.0f} thousand before, {100 * lost[name]:.1f} per cent lost",
            ),
        )  # fmt: skip
    for name, item in fixed.items():
        world.put(name, "population", item)
    _soviet_product(world, before)


def _soviet_product(world: World, before: dict[str, Item]) -> None:
    losses = next(row for row in world.read.rows("losses") if row["country"] == "USSR")
    lost = float(losses["national_wealth_lost_pct"]) / 100
    under = world.read.base_1938("Occupied USSR (part within 1938 borders)", "population_million")
    russia = (1e3 * under - before["SUN_UKR"].value - before["SUN_BLR"].value) / before[
        "SUN_RUS"
    ].value
    occupied = dict.fromkeys(OCCUPIED, 1.0) | {"SUN_RUS": russia}
    everyone = sum(item.value for item in before.values())
    hit = sum(before[name].value * share for name, share in occupied.items()) / everyone
    left = 1 - lost / hit
    world.rules.set(
        "occupied_republics", capital_left=left, capital_lost=1 - left, exponent=EXPONENT,
        russia_occupied=russia, people_occupied=hit,
    )  # fmt: skip
    weight, capital = {}, {}
    for name in world.parts("SUN"):
        share = occupied.get(name, 0.0)
        persons = world.value(name, "population")
        weight[name] = persons * (1 - share + share * left**EXPONENT)
        capital[name] = before[name].value * (1 - share + share * left)
    whole = world.found["SUN"]["product"]
    for name, value in weight.items():
        world.put(
            name,
            "product",
            Item(
                whole.value * value / sum(weight.values()), whole.source, "1945",
                "occupied_republics",
                also=("harrison_1998", "frus_census_1939"),
            ),
        )  # fmt: skip
        world.units[name]["capital_weight"] = capital[name]


def germany(world: World) -> None:
    """People and product of the zones."""
    zones = facts("donors")["zones"]
    census, soviet_zone = zones["census_1946"], zones["soviet_1945"]
    rounded = zones["rounded_1946"]
    left = census["total"] - sum(census[name] for name in ("DEU_SU", "DEU_GB", "DEU_US"))
    french = left * rounded["french"] / (rounded["french"] + rounded["berlin"])
    persons = {
        "DEU_US": census["DEU_US"],
        "DEU_GB": census["DEU_GB"],
        "DEU_FR": french,
        "DEU_BER": left - french,
    }
    for name, value in persons.items():
        world.put(
            name,
            "population",
            Item(value / 1e3, "german_census_1946", "1946-10-29", "census_of_zones", "structural"),
        )
    world.put(
        "DEU_SU",
        "population",
        Item(soviet_zone["value"] / 1e3, soviet_zone["source"], soviet_zone["date"]),
    )
    total = sum(world.value(name, "population") for name in world.parts("DEU"))
    world.put(
        "DEU",
        "population",
        Item(
            total, "german_census_1946", "1946-10-29", "sum_of_parts", "structural",
            ("sbz_census_1945",),
            note="Maddison has 67,000 thousand for the mean of 1945, in wider borders.",
        ),
    )  # fmt: skip
    product = world.read.head["DEU", 1945] * world.read.people["DEU", 1945] / 1e3
    note = (
        "Of the whole year 1945 and of the borders of the source, four months of war included: "
        "the rate at the year's end was far lower."
    )
    world.put("DEU", "product", Item(product, "maddison_2023", note=note))


def poland(world: World) -> None:
    """People of the old and the new lands."""
    row = facts("donors")["polish_north_west"]
    low, high = row["germans_1946"] + row["settlers_1946"], row["germans_summer_1945"]
    people = (low + high) / 2
    world.rules.set("polish_lands", low=low, high=high)
    prior = {"kind": "uniform", "low": float(low), "high": float(high)}
    whole = world.found["POL"]["population"]
    world.put(
        "POL_N",
        "population",
        Item(
            people, row["source"], "1946-02-14", "polish_lands", "structural",
            prior=prior, reason="Between the two counts that the rule names.",
        ),
    )  # fmt: skip
    world.put(
        "POL_O",
        "population",
        Item(
            whole.value - people, whole.source, "1946-02-14", "polish_lands", "structural",
            (row["source"],), "Poland less the new lands",
        ),
    )  # fmt: skip


def korea(world: World) -> None:
    """People and product of both halves, and their sum."""
    row = _change(world, "1945", "1", "730", "740")
    south = world.read.people["KOR", 1945]
    whole = float(row["pop"]) / 1e3
    world.put("KOR", "population", Item(whole, "cow_tc_6", "1945-09"))
    world.put("KOR_S", "population", Item(south, "maddison_2023"))
    world.put(
        "KOR_N",
        "population",
        Item(whole - south, "cow_tc_6", "1945-09", "residual_population", also=("maddison_2023",)),
    )
    path = world.read.head_2010("S. Korea", 1945) / world.read.head_2010("S. Korea", 1943)
    for name, code in (("KOR_S", "KOR"), ("KOR_N", "PRK")):
        head = world.read.head[code, 1943] * path
        world.put(
            name,
            "product",
            Item(
                head * world.value(name, "population") / 1e3, "maddison_2023", "1943",
                "path_of_maddison_2010", also=("maddison_2010",),
            ),
        )  # fmt: skip
    total = sum(world.value(name, "product") for name in ("KOR_N", "KOR_S"))
    world.put(
        "KOR",
        "product",
        Item(total, "maddison_2023", "1943", "sum_of_parts", also=("maddison_2010",)),
    )


def china(world: World) -> None:
    """People of Manchuria: Japan's colonies of 1938 less Korea and Taiwan."""
    read = world.read
    colonies = 1e3 * read.base_1938("Japanese colonies", "population_million")
    korea_1945, south = world.value("KOR", "population"), read.people["KOR", 1945]
    korea_1938 = read.people["KOR", 1938] * korea_1945 / south
    rest = colonies - korea_1938 - read.people["TWN", 1938]
    people = rest * read.people["CHN", 1945] / read.people["CHN", 1938]
    whole = world.found["CHN"]["population"]
    cards = ("harrison_1998", "maddison_2023", "cow_tc_6")
    world.put(
        "CHN_M",
        "population",
        Item(people, "harrison_1998", "1938", "residual_population", also=cards),
    )
    world.put(
        "CHN_P",
        "population",
        Item(whole.value - people, "maddison_2023", "1945", "residual_population", also=cards),
    )
    ratio = read.base_1938("Japanese colonies", "gdp_per_head_1990_intl_usd") / read.base_1938(
        "China excl. Manchuria", "gdp_per_head_1990_intl_usd"
    )
    world.rules.set("equal_per_head", manchuria_relative=ratio)


def products(world: World) -> None:
    """Product of the parts of Germany, Poland and China, and weights of their capital."""
    for whole in ("DEU", "POL", "CHN"):
        names = world.parts(whole)
        relative = {"CHN_M": world.rules.number("equal_per_head", "manchuria_relative")}
        weight = {name: world.value(name, "population") * relative.get(name, 1.0) for name in names}
        total = world.found[whole]["product"]
        counted = {world.found[name]["population"].use for name in names}
        use = "structural" if "structural" in counted else "start"
        for name in names:
            value = total.value * weight[name] / sum(weight.values())
            item = Item(value, total.source, total.date, "equal_per_head", use, total.also)
            world.put(name, "product", item)
            world.units[name]["capital_weight"] = weight[name]
    for name in world.parts("KOR"):
        world.units[name]["capital_weight"] = world.value(name, "product")
    assert all(math.isfinite(item.value) for unit in world.found.values() for item in unit.values())
