"""Events of the record: wars, disputes, alliances, independence, regimes, the bomb."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from conjuncture.data.states import states
from record_reader import BEFORE, FIRST, LAST, OWN, World, rounded, runs

Data = dict[str, Any]
Pairs = dict[str, set[int]]


def _pairs(world: World, one: Iterable[int], other: Iterable[int], years: Iterable[int]) -> Pairs:
    """Return the years by pair of units; a pair within a unit is left out."""
    found: Pairs = {}
    for a, b, year in zip(one, other, years, strict=True):
        if int(year) >= FIRST and 255 in (int(a), int(b)):
            continue  # Germany as one: from 1990 no unit of the record
        for first in world.unit_of.get(int(a), []):
            for second in world.unit_of.get(int(b), []):
                if first < second:
                    found.setdefault(f"{first}-{second}", set()).add(int(year))
    return found


def _inside(found: Pairs, first: int, last: int) -> dict[str, list[int]]:
    chosen = {pair: sorted(y for y in years if first <= y <= last) for pair, years in found.items()}
    return {pair: years for pair, years in sorted(chosen.items()) if years}


def _rate(world: World, table: pd.DataFrame, of: str) -> Data:
    """Return how often a pair of states had the event, and how far pairs differed."""
    low, high = BEFORE
    known = table[table["year"].between(low, high)]
    events = {
        (int(min(a, b)), int(max(a, b)), int(y))
        for a, b, y in zip(known["ccode1"], known["ccode2"], known["year"], strict=True)
    }
    members = {cow: {y for y in years if low <= y <= high} for cow, years in world.system.items()}
    members = {cow: years for cow, years in sorted(members.items()) if years}
    counted = Counter((a, b) for a, b, _ in events)
    names = list(members)
    exposure = {
        (a, b): len(members[a] & members[b])
        for k, a in enumerate(names)
        for b in names[k + 1 :]
        if members[a] & members[b]
    }
    total, count = sum(exposure.values()), sum(counted[pair] for pair in exposure)
    return {
        "events": count,
        "exposure": total,
        "window": [low, high],
        "of": of,
        "strength": rounded(strength(counted, exposure), 3),
    }


def strength(counted: Counter[tuple[int, int]], exposure: dict[tuple[int, int], int]) -> float:
    """Return the years that the common rate weighs: moments of a beta-binomial distribution.

    With the share q of events in all years, the variance of the events of a pair of n years is
    n q (1 - q) (1 + (n - 1) / (s + 1)) for strength s.
    """
    n = np.array(list(exposure.values()), dtype=float)
    k = np.array([counted[pair] for pair in exposure], dtype=float)
    q = k.sum() / n.sum()
    excess = ((k - n * q) ** 2 - n * q * (1 - q)).sum()
    return float((n * (n - 1) * q * (1 - q)).sum() / excess - 1)


def _past_years(world: World) -> dict[str, int]:
    """Return the years of ``OWN`` in which a unit was a state."""
    found = {}
    for unit in world.units:
        cows = [*world.cows(unit), *([255] if unit in {"DEU_W", "DEU_E"} else [])]
        years = set().union(*(world.system.get(cow, set()) for cow in cows))
        count = sum(OWN[0] <= year <= OWN[1] for year in years)
        if count:
            found[unit] = count
    return found


def _events(world: World, table: pd.DataFrame, head: Data, of: str) -> Data:
    found = _pairs(world, table["ccode1"], table["ccode2"], table["year"])
    return {
        "id": f"{head['variable']}_{head['source']}",
        "form": "pair_years",
        **head,
        "borders": "Units of several states: any member. Events within a unit are left out.",
        "years": _inside(found, FIRST, LAST),
        "exposed": world.exposed(),
        "rate": _rate(world, table, of),
        "past_events": {pair: len(of) for pair, of in _inside(found, *OWN).items()},
        "past_years": _past_years(world),
    }


def war(world: World) -> Data:
    """Inter-state wars, by pair and year."""
    head = {
        "variable": "war",
        "title": "War between states",
        "concept": "the two states were on opposite sides of an inter-state war in the year",
        "unit": "0/1",
        "timing": "year_total",
        "source": "cow_war_4_pairs",
        "also": ["cow_states_2016"],
        "note": "Wars of states against movements (Indochina to 1954, Algeria) are none of these. "
        "The wars of India and Pakistan and of the two Viet Nams lie within one unit.",
    }
    table = world.table("cow_war_4_pairs")
    return _events(world, table, head, "pair-years of war over pair-years of all states")


def dispute(world: World) -> Data:
    """Onsets of militarised disputes, by pair and year."""
    table = world.table("cow_mid_5_pairs")
    table = table[table["disponset"] == 1]
    head = {
        "variable": "dispute",
        "title": "Onset of a militarised dispute",
        "concept": "a militarised dispute between the two states began in the year",
        "unit": "0/1",
        "timing": "year_total",
        "source": "cow_mid_5_pairs",
        "also": ["cow_states_2016"],
        "note": "Threat, display or use of force; states on opposite sides, whether or not they "
        "met each other.",
    }
    return _events(world, table, head, "pair-years with an onset over pair-years of all states")


def alliance(world: World) -> Data:
    """Defence pacts, by pair."""
    table = world.table("cow_alliance_41_years")
    table = table[table["cow_defense"] == 1]
    found = _pairs(world, table["ccode1"], table["ccode2"], table["year"])
    spells = {pair: runs(years) for pair, years in _inside(found, FIRST, LAST).items()}
    before = _inside(found, 1920, 1945)
    return {
        "id": "alliance_cow_alliance_41_years",
        "form": "pair_spells",
        "variable": "alliance",
        "title": "Defence pact",
        "concept": "a treaty of the type defence pact was in force between the two states",
        "unit": "0/1",
        "timing": "unstated",
        "source": "cow_alliance_41_years",
        "also": ["cow_states_2016"],
        "borders": "Units of several states: any member.",
        "note": "Treaties only: neither the guarantees of empires nor those of occupation.",
        "spells": spells,
        "exposed": world.exposed(),
        "at_start": [pair for pair, years in before.items() if 1945 in years],
    }


DEPENDENT = {"colony", "protectorate", "mandate"}
HELD = "Became colony|Became protectorate|Became possession|Mandated"


def independence(world: World) -> Data:
    """Return the years by which most people of a dependency lived in a state of their own."""
    people = {
        str(row.ISO): float(row.pop)
        for row in world.table("maddison_2023").itertuples()
        if row.year == 1950 and row.pop == row.pop
    }
    began: dict[int, int] = {}
    first: dict[int, str] = {}
    for row in world.table("cow_states_2016").itertuples():
        cow, year = int(row.ccode), int(row.styear)
        first[cow] = str(row.stateabb)
        if FIRST <= year <= LAST:
            began[cow] = min(began.get(cow, year), year)
    dates: dict[str, int] = {}
    members: dict[str, dict[str, int]] = {}
    exposed = {}
    for unit in world.units:
        held = next(
            (s for s in states()[unit].spells if s.covers("1945-12-31")), None
        ) if unit in states() else None  # fmt: skip
        if held is None or held.status not in DEPENDENT:
            continue
        exposed[unit] = [[FIRST, LAST]]
        cows = [cow for cow in world.cows(unit) if cow in began]
        if cows:
            dates[unit] = _majority(world, people, began, cows)
        if len(cows) > 1:
            members[unit] = {first[cow]: began[cow] for cow in cows}
    return {
        "id": "independence_cow_states_2016",
        "form": "dates",
        "variable": "independence",
        "title": "Independence",
        "concept": "year in which a dependency of the end of 1945 became a state of the system",
        "unit": "0/1",
        "timing": "unstated",
        "source": "cow_states_2016",
        "also": ["icow_colonial", "cow_entities", "maddison_2023"],
        "derivation": "Units of several states: the year by which members with more than half of "
        "the people of 1950 were states.",
        "note": "Base rate: dates of decolonisation in the history of colonies over the years of "
        "all entities held as colony, protectorate, possession or mandate.",
        "dates": dates,
        "members": members,
        "exposed": exposed,
        "rate": _colonial_rate(world),
    }


def _majority(
    world: World, people: dict[str, float], began: dict[int, int], cows: list[int]
) -> int:
    weights = {cow: people.get(world.names["iso"].get(cow, ""), 0.0) for cow in cows}
    if len(cows) == 1:
        return began[cows[0]]
    total, sum_so_far = sum(weights.values()), 0.0
    for cow in sorted(cows, key=lambda c: began[c]):
        sum_so_far += weights[cow]
        if sum_so_far > total / 2:
            return began[cow]
    raise SystemExit(f"no population for any of {cows}")


def _colonial_rate(world: World) -> Data:
    low, high = 1900, 1944
    spells = world.table("cow_entities")
    spells = spells[spells["status"].fillna("").str.match(HELD) & spells["start_year"].notna()]
    spells = spells.assign(end_year=spells["end_year"].fillna(high))
    years = {
        (row.id, year)
        for row in spells.itertuples()
        for year in range(max(low, int(row.start_year)), min(high, int(row.end_year)) + 1)
    }
    colonies = world.table("icow_colonial")
    ended = colonies[(colonies["IndType"] == 2) & (colonies["IndDate"] // 100).between(low, high)]
    return {
        "events": len(ended),
        "exposure": len(years),
        "window": [low, high],
        "of": "decolonisations over years of dependent entities",
    }


THRESHOLD = 1.5
"""Rating of state ownership midway between a substantial share (2) and most of the capital (1)."""


def statified_regime(world: World) -> Data:
    """Party regimes under which the state owns most of the capital."""
    regimes = world.table("gwf_2014")
    party = {
        (int(r.cowcode), int(r.year) - 1) for r in regimes.itertuples() if r.gwf_party == 1
    }  # the source's year is its 1 January
    ratings = world.table("vdem_15").dropna(subset=["osp_interp"])
    low = {
        (str(r.country_text_id), int(r.year))
        for r in ratings.itertuples()
        if r.osp_interp < THRESHOLD
    }
    rated = {(str(r.country_text_id), int(r.year)) for r in ratings.itertuples()}
    spells, at_start, exposed = {}, [], {}
    for unit, facts in world.units.items():
        cows = world.cows(unit)
        codes = {"KOR_N": ["PRK"], "KOR_S": ["KOR"], "DEU_W": ["DEU"], "DEU_E": ["DDR"]}.get(
            unit, facts["v"]
        )
        if len(codes) != 1 or len(cows) != 1:
            continue
        known = [
            y
            for y in range(1945, LAST + 1)
            if (codes[0], y) in rated and y in world.system.get(cows[0], set())
        ]
        years = [y for y in known if (cows[0], y) in party and (codes[0], y) in low]
        exposed[unit] = runs([y for y in known if y >= FIRST])
        if 1945 in years:
            at_start.append(unit)
        if any(y >= FIRST for y in years):
            spells[unit] = runs([y for y in years if y >= FIRST])
    return {
        "id": "statified_regime_gwf_2014",
        "form": "spells",
        "variable": "statified_regime",
        "title": "Party regime with most capital in the hands of the state",
        "concept": "a party regime at the end of the year, and a rating of state ownership "
        "nearer to 'most of the capital' than to 'a substantial share'",
        "unit": "0/1",
        "timing": "year_end",
        "source": "gwf_2014",
        "also": ["vdem_15", "cow_states_2016"],
        "derivation": "Regimes of 1 January stand for the end of the year before; rating below "
        f"{THRESHOLD:g} on the scale of 0 to 4.",
        "note": "Two codings of experts joined. Party regimes of any doctrine count.",
        "spells": spells,
        "exposed": {unit: of for unit, of in exposed.items() if of},
        "at_start": at_start,
    }


def nuclear(world: World) -> Data:
    """Return the years in which states first had a nuclear weapon."""
    table = world.table("owid_nuclear")
    table = table[table["nuclear_weapons_possession"] == 1]
    first = table.groupby("Entity")["Year"].min()
    named = {world.names["owid"].get(u, f["title"]): u for u, f in world.units.items()}
    dates = {
        named[str(name)]: int(year)
        for name, year in first.items()
        if name in named and FIRST <= year <= LAST and len(world.cows(named[str(name)])) == 1
    }
    return {
        "id": "nuclear_owid_nuclear",
        "form": "dates",
        "variable": "nuclear",
        "title": "Nuclear weapons",
        "concept": "year in which the state first had a nuclear weapon",
        "unit": "0/1",
        "timing": "unstated",
        "source": "owid_nuclear",
        "note": "States that are units by themselves.",
        "dates": dict(sorted(dates.items())),
        "exposed": {u: of for u, of in world.exposed().items() if len(world.cows(u)) == 1},
        "at_start": ["USA"],
    }
