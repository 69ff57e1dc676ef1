"""Arms, steel, energy, openness, property form, deaths."""

from __future__ import annotations

import math

from conjuncture.data.country import load_country
from states_base import DONOR_SPREAD, Item, World, mean, median, spread
from states_parts import ANNEXED
from states_reader import facts
from states_structure import NO_SOURCE

WITH_HOLDER = "Counted with the forces and the spending of the power that holds it."
MILITARY_SHARE = (
    "Military expenditure as a share of GDP (OWID calculated based on NMC, COW & SIPRI (2017))"
)


# Arms, steel, energy ---------------------------------------------------------------


def _material(world: World, code: str, column: str) -> Item | None:
    cows = world.units[code]["cows"]
    rows = [world.read.material(cow, column) for cow in cows]
    rows = [row for row in rows if row]
    if not rows:
        return None
    if all(1945 in row for row in rows) and len(rows) == len(cows):
        return Item(sum(row[1945] for row in rows), "cow_nmc_7")
    year = min(max(row) for row in rows)
    if sum(row[max(row)] for row in rows) <= 0:
        return None
    note = (
        "" if len(rows) == len(cows) else f"{len(cows) - len(rows)} of {len(cows)} members without."
    )
    return Item(
        sum(row[max(row)] for row in rows), "cow_nmc_7", str(year), "last_before", note=note
    )


def arms(world: World) -> None:
    """Armed forces and military spending, steel, energy, people in towns."""
    war = facts("war")
    for code in world.wholes():
        for name, column in (("steel", "irst"), ("energy", "pec"), ("urban_population", "upop")):
            item = _material(world, code, column)
            if item is not None or name != "energy":
                world.put(code, name, item, NO_SOURCE)
        if world.units[code]["kind"] == "territory":
            for name in ("armed_forces", "military_spending"):
                world.put(code, name, None, WITH_HOLDER)
            continue
        for name, column in (("armed_forces", "milper"), ("military_spending", "milex")):
            item = _material(world, code, column)
            if code in war["disarmed"]:
                item = Item(0.0, "potsdam_1945", "1945", "disarmed", also=("general_order_1",))
            if code == "SUN" and name == "armed_forces":
                found = load_country("SUN").figure("armed_forces")
                item = Item(found.value, found.source, note=found.note)
            world.put(code, name, item, NO_SOURCE)
    _fill(world, "armed_forces", "forces_per_head", "population")
    _fill(world, "military_spending", "spending_per_soldier", "armed_forces")
    _energy(world)


POOR = 2500.0
"""Dollars of product per head under which a state lends its use of energy to colonies."""


def _enough(group: list[float], every: list[float]) -> list[float]:
    """Return a group's figures if there are three, else the others."""
    return group if len(group) >= 3 else every


def _ratios(
    world: World, figure: str, base: str, group: str | None, below: float = math.inf
) -> list[float]:
    found = []
    for code, unit in world.units.items():
        item, other = world.get(code, figure), world.get(code, base)
        if unit["kind"] != "state" or item is None or other is None or item.rule or other.rule:
            continue
        head = world.get(code, "product_per_head")
        if below < math.inf and (head is None or head.value >= below):
            continue
        if (group is None or unit["group"] == group) and item.value > 0 and other.value > 0:
            found.append(item.value / other.value)
    return found


def _fill(world: World, figure: str, rule: str, base: str) -> None:
    """Give states without a figure the median ratio of their group."""
    every = _ratios(world, figure, base, None)
    world.rules.set(
        rule, spread(every), "Standard deviation of the logarithms of the ratio over all states."
    )
    for code in world.wholes():
        if world.units[code]["kind"] != "state" or world.get(code, figure) is not None:
            continue
        other = world.get(code, base)
        if other is None:
            continue
        group = world.units[code]["group"]
        ratios = _enough(_ratios(world, figure, base, group), every)
        world.gaps.get(code, {}).pop(figure, None)
        also = tuple({other.source, *other.also})
        world.put(
            code, figure, Item(median(ratios) * other.value, "cow_nmc_7", "1945", rule, also=also)
        )


def _energy(world: World) -> None:
    rules = world.rules
    coal = world.read.coal("India")
    assert coal is not None
    world.put("IND", "energy", Item(coal, "etemad_luciani_1991", rule="energy_from_coal"))
    every = _ratios(world, "energy", "product", None)
    note = "Standard deviation of the logarithms of the ratio over all states."
    rules.set("energy_per_product", spread(every), note)
    poor = _ratios(world, "energy", "product", None, POOR)
    steel = _ratios(world, "steel", "energy", None)
    rules.set("steel_per_energy", spread(steel), note, ratio=median(steel))
    world.gaps.get("IND", {}).pop("steel", None)
    world.put(
        "IND",
        "steel",
        Item(
            median(steel) * coal,
            "cow_nmc_7",
            rule="steel_per_energy",
            also=("etemad_luciani_1991",),
        ),
    )
    for code in world.wholes():
        product = world.get(code, "product")
        if world.get(code, "energy") is None:
            item = None
            if product is not None:
                group = _ratios(world, "energy", "product", world.units[code]["group"])
                ratios = _enough(group, poor)
                item = Item(
                    median(ratios) * product.value, "cow_nmc_7", product.date, "energy_per_product",
                    product.use if product.use == "structural" else "start", ("maddison_2023",),
                )  # fmt: skip
            world.put(code, "energy", item, NO_SOURCE)
    for code, unit in world.units.items():
        if "parent" in unit:
            _divide(world, code, unit["parent"])


def _divide(world: World, code: str, parent: str) -> None:
    whole = world.found[parent]["energy"]
    total = sum(world.value(name, "product") for name in world.parts(parent))
    product = world.found[code]["product"]
    value = whole.value * product.value / total
    world.put(
        code,
        "energy",
        Item(value, whole.source, whole.date, "divided_by_product", product.use, whole.also),
    )
    for name, why in (
        ("steel", "No source seen divides the figure of the whole."),
        ("armed_forces", WITH_HOLDER),
        ("military_spending", WITH_HOLDER),
        ("urban_population", "No source seen divides the figure of the whole."),
    ):
        world.put(code, name, None, why)


# Openness and property --------------------------------------------------------------


def openness(world: World) -> None:
    """Trade of 1938 and its weight in product."""
    share = next(
        float(row[MILITARY_SHARE])
        for row in world.read.rows("owid_milex")
        if (row["Entity"], row["Year"]) == ("United States", "1938")
    )
    read = world.read
    nominal = read.material(2, "milex")[1938] / 1e3 / (share / 100)
    price = nominal / (read.head["USA", 1938] * read.people["USA", 1938] / 1e3)
    world.rules.set("trade_over_product", price=price)
    found: dict[str, list[float]] = {}
    for code in world.wholes():
        flows = [read.trade(cow, 1938) for cow in world.units[code]["cows"]]
        known = [flow for flow in flows if flow is not None]
        if not known or len(known) < len(flows):
            for name in ("imports", "exports"):
                world.put(code, name, None, "No figure of 1938 in the source.")
            continue
        bought, sold = (sum(flow[k] for flow in known) for k in (0, 1))
        world.put(code, "imports", Item(bought, "cow_trade_4", "1938"))
        world.put(code, "exports", Item(sold, "cow_trade_4", "1938"))
        base = _product_near(world, code, 1938)
        if base is None:
            continue
        value = (bought + sold) / (base * price)
        item = Item(
            value, "cow_trade_4", "1938", "trade_over_product",
            also=("maddison_2023", "owid_milex", "cow_nmc_7"),
        )  # fmt: skip
        world.put(code, "openness", item)
        found.setdefault(world.units[code]["group"], []).append(value)
    every = [value for values in found.values() for value in values]
    world.rules.set("openness_of_donors", spread(every), DONOR_SPREAD)
    for code, unit in world.units.items():
        if world.get(code, "openness") is None:
            value = median(_enough(found.get(unit["group"], []), every))
            if "parent" in unit:
                value = world.value(unit["parent"], "openness")
            item = Item(value, "cow_trade_4", "1938", "openness_of_donors", also=("maddison_2023",))
            world.put(code, "openness", item)
        if "parent" in unit:
            for name in ("imports", "exports"):
                world.put(code, name, None, "Counted with the whole.")


def _product_near(world: World, code: str, year: int) -> float | None:
    head, people = world.read.head, world.read.people
    for wanted in sorted(range(1928, 1946), key=lambda y: abs(y - year)):
        keys = [(country, wanted) for country in world.units[code]["m"]]
        if keys and all(key in head and key in people for key in keys):
            return sum(head[key] * people[key] for key in keys) / 1e3
    item = world.get(code, "product")
    return None if item is None else item.value


def ownership(world: World) -> None:
    """State ownership on the experts' scale, and as a share."""
    by_group: dict[str, list[float]] = {}
    for code, unit in world.units.items():
        ratings = [rating for name in unit["v"] if (rating := world.read.ownership(name))]
        if unit.get("parent") == "SUN":
            ratings = []
        if not ratings:
            continue
        value = mean(rating for _, rating in ratings)
        rule = "mean_of_members" if len(ratings) > 1 else ""
        year = str(min(year for year, _ in ratings))
        world.put(code, "state_ownership", Item(value, "vdem_15", year, rule))
        text = facts("donors")["property_notes"].get(code, {})
        also = (text["source"],) if text else ()
        note = text.get("note", "")
        share = Item(1 - value / 4, "vdem_15", year, "statified_linear", also=also, note=note)
        world.put(code, "statified_share", share)
        by_group.setdefault(unit["group"], []).append(share.value)
    union = load_country("SUN").figure("statified_share")
    assert union.prior is not None
    world.put(
        "SUN",
        "statified_share",
        Item(
            union.value,
            union.source,
            union.date,
            note=union.note,
            prior=union.prior.model_dump(exclude_none=True),
        ),
    )
    farm = world.value("SUN", "agriculture_share_of_product")
    for code, unit in world.units.items():
        if world.get(code, "statified_share") is not None:
            continue
        world.put(code, "state_ownership", None, "No rating in the source.")
        world.put(
            code, "statified_share", _statified(world, code, unit.get("parent"), farm, by_group)
        )


def _statified(
    world: World, code: str, parent: str | None, farm: float, by_group: dict[str, list[float]]
) -> Item:
    if parent == "SUN":
        share = world.value("SUN", "statified_share") * ((1 - farm) if code in ANNEXED else 1)
        return Item(
            share, "tsunkhu_1937", "1936", "statified_of_union", also=("ussr_1945_reconstruction",)
        )
    if parent is not None and (whole := world.get(parent, "statified_share")) is not None:
        return Item(whole.value, whole.source, whole.date, "statified_of_parent")
    value = mean(by_group[world.units[code]["group"]])
    return Item(value, "vdem_15", "1945", "statified_of_donors")


def deaths(world: World) -> None:
    """Deaths of the war, with the range of the estimates where one was seen."""
    names: dict[str, str] = facts("war")["deaths"]
    full = {"Soviet Union": "Russia", "United Kingdom": "United Kingdom"}
    ranges = {
        full.get(row["country"], row["country"]): (float(row["low"]), float(row["high"]))
        for row in world.read.rows("deaths_ranges")
        if row["measure"] == "total"
    }
    for row in world.read.rows("ww2_deaths"):
        code = names.get(row["Nation"])
        if code is None or not row["Total deaths"]:
            continue
        value = float(row["Total deaths"]) / 1e3
        low, high = (x / 1e3 for x in ranges.get(row["Nation"], (0.0, 0.0)))
        prior = None
        if low < value < high:
            prior = {"kind": "triangular", "low": low, "mode": float(f"{value:.6g}"), "high": high}
        world.put(
            code,
            "war_deaths",
            Item(
                value,
                "ww2_deaths",
                "1939/1945",
                prior=prior,
                note="Middle of the range of estimates.",
            ),
        )
    for code in world.units:
        if world.get(code, "war_deaths") is None:
            world.put(code, "war_deaths", None, "No figure in the source, or none of note.")
