"""Capital lost in the war, and years held by another state."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from states_base import DONOR_SPREAD, Item, World, mean, spread
from states_fill import parts
from states_parts import OCCUPIED, before_the_war
from states_reader import facts

# Capital lost -----------------------------------------------------------------------


def capital_lost(world: World) -> None:
    """Share of the capital of before the war that was lost in it."""
    war, rules = facts("war"), world.rules
    for row in world.read.rows("losses"):
        for code, name in war["observed"].items():
            if row["country"] == name:
                wealth = row["national_wealth_lost_pct"]
                share = float(wealth or row["industry_fixed_assets_lost_pct"]) / 100
                rule = "" if wealth else "industry_assets_lost"
                item = Item(share, "harrison_1998", "1939/1945", rule)
                world.put(code, "capital_lost_share", item)
    donors = [world.value(code, "capital_lost_share") for code in ("DEU", "ITA", "SUN", "JPN")]
    torn = mean(donors)
    rules.set("capital_lost", spread(donors), DONOR_SPREAD, fought_over=torn, occupied=torn / 2)
    for name, share in (("fought_over", torn), ("occupied", torn / 2)):
        for code in war[name]:
            item = Item(share, "harrison_1998", "1939/1945", "capital_lost", how=_list(name))
            world.put(code, "capital_lost_share", item)
    for code in world.wholes():
        if world.get(code, "capital_lost_share") is None:
            item = Item(0.0, "harrison_1998", "1939/1945", "untouched")
            world.put(code, "capital_lost_share", item)
    _republics(world)
    parts(world, "capital_lost_share")


def _list(name: str) -> str:
    return "on the list of lands " + name.replace("_", " ")


def _republics(world: World) -> None:
    """Lay the loss of the Union on the parts that had been occupied."""
    loss = world.rules.number("occupied_republics", "capital_lost")
    russia = world.rules.number("occupied_republics", "russia_occupied")
    under = dict.fromkeys(OCCUPIED, 1.0) | {"SUN_RUS": russia}
    for code in before_the_war(world):
        share = under.get(code, 0.0) * loss
        rule = "capital_lost_republics" if share else "untouched"
        also = ("frus_census_1939",) if share else ()
        item = Item(share, "harrison_1998", "1939/1945", rule, also=also)
        world.put(code, "capital_lost_share", item)


# Years held -------------------------------------------------------------------------

GAP = 6
"""Years that a ruler may be away (a war) without beginning to hold anew."""
ACQUIRED = frozenset({"annexed", "occupied", "colony", "protectorate", "mandate"})
FIRST = 1816
"""The year in which the list of entities starts."""


def held_since(world: World, code: str, spells: list[dict[str, Any]]) -> None:
    """Year since which a unit has been held by another, wars of some years left aside."""
    last = spells[-1]
    holder = last["holder"]
    if last["status"] not in ACQUIRED or holder == code:
        why = "Not acquired by another: it holds itself, or is the core of its holder."
        world.put(code, "held_since", None, why)
        return
    listed = None if last["status"] == "occupied" else _listed(world, code, holder)
    if listed is not None:
        year, who = listed
        note = f"The list starts in {FIRST}: in that year or before." if year == FIRST else ""
        item = Item(float(year), "cow_entities", str(year), how=f"entity {who}", note=note)
    else:
        run = _run([(int(s["start"][:4]), int(s.get("end", "1945")[:4])) for s in spells
                    if s["holder"] == holder])  # fmt: skip
        first = next(s for s in spells if s["holder"] == holder and s["start"].startswith(str(run)))
        item = Item(float(run), first["source"], str(run))
    world.put(code, "held_since", item)


def _listed(world: World, code: str, holder: str) -> tuple[int, str] | None:
    """Return the year of the first member that the list of entities has under the holder."""
    cow = str(world.units[holder].get("cow"))
    under = {row["id"] for row in world.read.rows("cow_entities") if row["referenced_id"] == cow}
    given: list[int] = facts("society")["entities"].get(code, world.units[code].get("gw", []))
    for entity in given:
        spans = [
            (int(row["start_year"]), int(row["end_year"]), row["name"])
            for row in world.read.rows("cow_entities")
            if row["id"] == str(entity) and row["referenced_id"] in under | {cow}
            and "Claimed" not in row["status"] and 0 < int(row["start_year"]) <= 1945
        ]  # fmt: skip
        if spans and max(end for _, end, _ in spans) >= 1945:
            return _run([(a, b) for a, b, _ in spans]), spans[0][2]
    return None


def _run(spans: list[tuple[int, int]]) -> int:
    """Return the first year of the last unbroken run of spans."""
    ordered = sorted(spans, key=lambda span: (span[1], span[0]))
    first = ordered[-1][0]
    for later, earlier in pairwise(reversed(ordered)):
        if min(first, later[0]) - earlier[1] > GAP:
            break
        first = min(first, earlier[0])
    return first
