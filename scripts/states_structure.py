"""Sector split and capital."""

from __future__ import annotations

import math

import numpy as np

from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import Table
from states_base import DONOR_SPREAD, Item, World, mean, spread
from states_reader import facts

NO_SOURCE = "No source seen has a figure of this territory."


# Sectors --------------------------------------------------------------------------


def _tables() -> dict[str, tuple[float, float, float, float]]:
    """Shares of agriculture and industry in product and in labour of the two tables."""
    found = {}
    for code, name, farm, works in (("USA", "usa_1947", 2, 26), ("SUN", "ussr_1945", 1, 9)):
        table: Table = load_table(name)
        assert table.labour is not None
        value, labour = table.value_added, table.labour.used[0]
        if code == "USA":
            assert table.sectors[2] == "211"
            assert table.sectors[25] == "326"
        found[code] = (
            float(value[:farm].sum() / value.sum()),
            float(value[farm:works].sum() / value.sum()),
            float(labour[:farm].sum() / labour.sum()),
            float(labour[farm:works].sum() / labour.sum()),
        )
    return found


def _donor_points(world: World) -> list[tuple[float, float]]:
    """Logarithm of product per head and share of agriculture in labour of the donors."""
    donors, head = facts("donors"), world.read.head
    points = []
    for code, row in donors["labour_1960"]["rows"].items():
        if (code, 1960) in head:
            points.append((math.log(head[code, 1960]), row[0] / 100))
    for code, value in donors["peasants_1918"]["rows"].items():
        years = [year for name, year in head if name == code and 1910 <= year <= 1938]
        year = min(years, key=lambda y: abs(y - 1918))
        points.append((math.log(head[code, year]), value / 100))
    tables = _tables()
    points.append((math.log(head["USA", 1947]), tables["USA"][2]))
    points.append((math.log(_height(world, "SUN")), tables["SUN"][2]))
    return points


def sectors(world: World) -> None:
    """Shares of agriculture, industry and services in product and labour."""
    rules, tables = world.rules, _tables()
    points = np.array(_donor_points(world))
    odds = np.log(points[:, 1] / (1 - points[:, 1]))
    slope, level = np.polyfit(points[:, 0], odds, 1)
    fitted = 1 / (1 + np.exp(-(level + slope * points[:, 0])))
    errors = np.log(points[:, 1] / fitted)
    rules.set(
        "labour_split", float(errors.std(ddof=2)),
        "Standard deviation of the logarithm of the donors' shares around the line.",
        b0=float(level), b1=float(slope), donors=len(points),
    )  # fmt: skip
    parts = [row[1] / (row[1] + row[2]) for row in facts("donors")["labour_1960"]["rows"].values()]
    parts += [industry / (1 - farm) for _, _, farm, industry in tables.values()]
    product = [industry / (1 - farm) for farm, industry, _, _ in tables.values()]
    rules.set(
        "industry_split", spread(parts), DONOR_SPREAD, labour=mean(parts), product=mean(product)
    )
    ratio = [value / labour for value, _, labour, _ in tables.values()]
    rules.set("product_split", ratio=mean(ratio))
    for code in world.wholes():
        if world.get(code, "product_per_head") is not None:
            _sectors(world, code, tables, (float(level), float(slope)))
        else:
            for name in ("product", "labour"):
                for sector in ("agriculture", "industry", "services"):
                    world.put(code, f"{sector}_share_of_{name}", None, NO_SOURCE)
    for code, unit in world.units.items():
        if "parent" in unit:
            for name in ("product", "labour"):
                for sector in ("agriculture", "industry", "services"):
                    figure = f"{sector}_share_of_{name}"
                    whole = world.found[unit["parent"]][figure]
                    rule = "closing_item" if sector == "services" else "split_of_parent"
                    item = Item(whole.value, whole.source, whole.date, rule, whole.use, whole.also)
                    world.put(code, figure, item)


def _sectors(
    world: World,
    code: str,
    tables: dict[str, tuple[float, float, float, float]],
    line: tuple[float, float],
) -> None:
    rules, peasants = world.rules, facts("donors")["peasants_1918"]
    found: dict[str, Item] = {}
    if code in tables:
        card, date = {
            "USA": ("usa_1947_table", "1947"),
            "SUN": ("ussr_1945_reconstruction", "1945"),
        }[code]
        use = "structural" if date > "1945" else "start"
        for name, value in zip(("ap", "ip", "al", "il"), tables[code], strict=True):
            found[name] = Item(value, card, date, "table_split", use)
    else:
        if code in peasants["rows"]:
            share = peasants["rows"][code] / 100
            found["al"] = Item(share, peasants["source"], "1918", "peasants_1918")
        else:
            head = _height(world, code)
            share = 1 / (1 + math.exp(-(line[0] + line[1] * math.log(head))))
            found["al"] = Item(
                share, "wdr_1984", "1960", "labour_split", "structural", ("maddison_2023",)
            )
        farm = found["al"].value
        found["il"] = Item(
            rules.number("industry_split", "labour") * (1 - farm),
            "wdr_1984", "1960", "industry_split", "structural",
        )  # fmt: skip
        share = rules.number("product_split", "ratio") * farm
        cards = ("ussr_1945_reconstruction",)
        found["ap"] = Item(share, "usa_1947_table", "1947", "product_split", "structural", cards)
        found["ip"] = Item(
            rules.number("industry_split", "product") * (1 - share),
            "usa_1947_table", "1947", "industry_split", "structural", cards,
        )  # fmt: skip
    for name, farm_key, works_key in (("product", "ap", "ip"), ("labour", "al", "il")):
        farm_item, works = found[farm_key], found[works_key]
        world.put(code, f"agriculture_share_of_{name}", farm_item)
        world.put(code, f"industry_share_of_{name}", works)
        rest = Item(
            1 - farm_item.value - works.value, works.source, works.date, "closing_item", works.use,
            works.also,
        )  # fmt: skip
        world.put(code, f"services_share_of_{name}", rest)


def _height(world: World, code: str) -> float:
    """Return the highest product per head of 1928 to 1945, or that of the file."""
    head, people = world.read.head, world.read.people
    members = world.units[code]["m"]
    found = [world.value(code, "product_per_head")]
    for year in range(1928, 1946):
        keys = [(country, year) for country in members]
        if len(members) == 1 and keys[0] in head:
            found.append(head[keys[0]])
        elif keys and all(key in head and key in people for key in keys):
            total = sum(people[key] for key in keys)
            found.append(sum(head[key] * people[key] for key in keys) / total)
    return max(found)


# Capital --------------------------------------------------------------------------


def capital(world: World) -> None:
    """Capital of wholes by the rule, of parts by their weights."""
    rules = world.rules
    table = load_table("usa_1947")
    assert table.capital is not None
    ratio = float(table.capital.stock.sum() / table.value_added.sum())
    rules.set("capital_output", ratio=ratio)
    for code in world.wholes():
        now = world.get(code, "product")
        if now is None:
            world.put(code, "capital", None, NO_SOURCE)
            continue
        peak = _peak(world, code)
        lost = world.value(code, "capital_lost_share")
        base = max(peak, math.sqrt(peak * now.value)) if peak else now.value
        world.put(
            code,
            "capital",
            Item(
                ratio * base * (1 - lost), "usa_1947_capital", "1947",
                "capital_output", "structural",
                ("maddison_2023", "harrison_1998", "usa_1947_table"),
                f"base {base:,.0f} million, {100 * lost:.1f} per cent lost",
            ),
        )  # fmt: skip
    for code, unit in world.units.items():
        if "parent" in unit:
            weights = {
                name: world.units[name]["capital_weight"] for name in world.parts(unit["parent"])
            }
            whole = world.found[unit["parent"]]["capital"]
            value = whole.value * weights[code] / sum(weights.values())
            item = Item(value, whole.source, "1947", "capital_of_parts", "structural", whole.also)
            world.put(code, "capital", item)


def _peak(world: World, code: str) -> float:
    """Return the highest product of 1928 to 1940, million, or 0 where no year is whole."""
    head, people = world.read.head, world.read.people
    totals = []
    for year in range(1928, 1941):
        keys = [(country, year) for country in world.units[code]["m"]]
        if keys and all(key in head and key in people for key in keys):
            totals.append(sum(head[key] * people[key] for key in keys) / 1e3)
    return max(totals, default=0.0)
