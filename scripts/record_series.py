"""Series of the record: product per head, population, arms, steel, energy, shares, votes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from conjuncture.data.record_past import past
from record_reader import FIRST, LAST, World, rounded, runs

Years = dict[int, float]
Data = dict[str, Any]


def compact(values: Years, digits: int) -> dict[int, list[float]]:
    """Return figures by year as runs of consecutive years."""
    spells = runs(sorted(year for year in values if FIRST <= year <= LAST))
    return {a: [rounded(values[year], digits) for year in range(a, b + 1)] for a, b in spells}


def series(per_unit: dict[str, Years], head: Data, *, digits: int = 5, share: bool = False) -> Data:
    """Return the data of a file."""
    given = {unit: compact(values, digits) for unit, values in per_unit.items()}
    before = {unit: past(values, share=share) for unit, values in per_unit.items()}
    return {
        "id": f"{head['variable']}_{head['source']}",
        "form": "series",
        **head,
        **({"share": True} if share else {}),
        "values": {unit: runs_of for unit, runs_of in given.items() if runs_of},
        "past": {
            unit: item.model_dump(mode="json", exclude_none=True)
            for unit, item in before.items()
            if item is not None and given[unit]
        },
    }


# Maddison ----------------------------------------------------------------------------


def maddison(world: World) -> list[Data]:
    """Product per head and population."""
    table = world.table("maddison_2023")
    head = _by_key(table, "ISO", "gdppc")
    people = _by_key(table, "ISO", "pop")
    products: dict[str, Years] = {}
    persons: dict[str, Years] = {}
    for unit in (*world.units, "DEU"):
        given = world.names["maddison"].get(unit, {})
        members = given.get("m") or world.units.get(unit, {}).get("m", [])
        if not members:
            continue
        persons[unit], products[unit] = _together(head, people, members)
        if "from" in given:
            one_people, one_head = _together(head, people, given["before"])
            for target, source_of in ((persons, one_people), (products, one_head)):
                target[unit] = {y: v for y, v in target[unit].items() if y >= given["from"]} | {
                    y: v for y, v in source_of.items() if y <= FIRST
                }
    note = " ".join(
        f"{unit}: {given['note']}"
        for unit, given in world.names["maddison"].items()
        if "note" in given
    )
    common = {
        "source": "maddison_2023",
        "derivation": "Units of several countries: sums where all have a figure.",
        "borders": "constant, near those of 1990; the USSR of 1940",
        "note": note,
    }
    return [
        series(
            products,
            {
                "variable": "gdp_per_head",
                "title": "Gross domestic product per head",
                "concept": "gross domestic product per head",
                "unit": "2011 international dollars",
                "timing": "year_total",
                **common,
            },
        ),
        series(
            persons,
            {
                "variable": "population",
                "title": "Population",
                "concept": "population",
                "unit": "thousand persons",
                "timing": "unstated",
                **common,
            },
            digits=6,
        ),
    ]


def _by_key(table: pd.DataFrame, key: str, column: str) -> dict[Any, Years]:
    known = table[[key, "year", column]].dropna()
    found: dict[Any, Years] = {}
    for name, year, value in known.itertuples(index=False):
        found.setdefault(name, {})[int(year)] = float(value)
    return found


def _together(
    head: dict[Any, Years], people: dict[Any, Years], members: list[str]
) -> tuple[Years, Years]:
    """Return population and product per head of countries taken together."""
    years = set.intersection(*(set(people.get(m, {})) for m in members))
    persons = {y: sum(people[m][y] for m in members) for y in years}
    if len(members) == 1:
        return persons, dict(head.get(members[0], {}))
    both = [y for y in years if all(y in head.get(m, {}) for m in members)]
    per_head = {y: sum(head[m][y] * people[m][y] for m in members) / persons[y] for y in both}
    return persons, per_head


# National Material Capabilities ---------------------------------------------------------

MATERIAL = {
    "steel": ("irst", "Steel output", "iron and steel production", "thousand tonnes"),
    "energy": (
        "pec",
        "Energy use",
        "primary energy consumption",
        "thousand tonnes of coal equivalent",
    ),
    "armed_forces": ("milper", "Armed forces", "military personnel", "thousand persons"),
    "power_share": (
        "cinc",
        "Share of power",
        "composite index of national capability: mean share in the system's people, towns, "
        "steel, energy, soldiers and military spending",
        "1",
    ),
}


def capabilities(world: World) -> list[Data]:
    """Steel, energy, armed forces and the composite share."""
    found = []
    for variable, (column, title, concept, unit_of_values) in MATERIAL.items():
        known = _by_key(world.table("cow_nmc_7"), "ccode", column)
        units = {unit: _sum(world, known, unit) for unit in world.units}
        head = {
            "variable": variable,
            "title": title,
            "concept": concept,
            "unit": unit_of_values,
            "timing": "year_total" if variable in {"steel", "energy"} else "unstated",
            "source": "cow_nmc_7",
            "derivation": "Units of several states: sums, in years in which these cover the unit.",
            "borders": "of the time",
            "note": "SUN ends with 1990: the figures of 1991 are those of Russia alone. The two "
            "Germanies end with 1989, and the source has no Germany from 1946 to 1953.",
        }
        found.append(series(units, head, share=variable == "power_share"))
    return found


def _sum(world: World, known: dict[Any, Years], unit: str) -> Years:
    cows = world.cows(unit)
    values: Years = {}
    for year in (*range(1900, FIRST), *world.covered(unit)):
        present = [cow for cow in cows if year in world.system.get(cow, set())]
        if not present or (year < FIRST and len(present) < len(cows)):
            continue
        if all(year in known.get(cow, {}) for cow in present):
            values[year] = sum(known[cow][year] for cow in present)
    if unit == "SUN" and cows:
        # Left out in the series of the catalog too: interpolated, and contradicted.
        values = {y: v for y, v in values.items() if not 1941 <= y <= 1944}
    return values


# Military share, votes --------------------------------------------------------------------


def military_share(world: World) -> Data:
    """Military spending over product, units of one state only."""
    table = world.table("owid_milex")
    known = _by_key(table.rename(columns={"Entity": "name", "Year": "year"}), "name",
                    str(table.columns[2]))  # fmt: skip
    units = {}
    for unit, facts in world.units.items():
        if len(world.cows(unit)) != 1 or unit == "KOR_N":
            continue
        name = world.names["owid"].get(unit, facts["title"])
        share = {year: value / 100 for year, value in known.get(name, {}).items()}
        units[unit] = {y: v for y, v in share.items() if y < FIRST or y in world.covered(unit)}
    head = {
        "variable": "military_share",
        "title": "Military spending as a share of product",
        "concept": "military expenditure over gross domestic product, at exchange rates",
        "unit": "1",
        "timing": "year_total",
        "source": "owid_milex",
        "also": ["cow_nmc_7"],
        "derivation": "per cent divided by 100",
        "borders": "of the time",
        "note": "North Korea is left out: its figures pass the whole product.",
    }
    return series(units, head, digits=4, share=True)


def state_ownership(world: World) -> Data:
    """Return the statified share, as a start takes it from ratings, every fifth year."""
    known = _by_key(world.table("vdem_15"), "country_text_id", "osp_interp")
    units = {}
    wanted = {*range(1950, LAST, 5), FIRST, LAST, 1945}
    for unit, facts in world.units.items():
        codes = {"KOR_N": ["PRK"], "KOR_S": ["KOR"], "DEU_W": ["DEU"], "DEU_E": ["DDR"]}.get(
            unit, facts["v"]
        )
        if len(codes) != 1 or len(world.cows(unit)) > 1:
            continue
        rating = known.get(codes[0], {})
        units[unit] = {y: 1 - v / 4 for y, v in rating.items() if y in wanted or y < FIRST}
    for unit in ("DEU_W", "DEU_E"):
        units[unit] = {y: v for y, v in units[unit].items() if FIRST <= y <= 1989}
    head = {
        "variable": "statified_share",
        "title": "Statified share of the means of production",
        "concept": "experts' rating of state ownership of the economy",
        "unit": "1",
        "timing": "unstated",
        "source": "vdem_15",
        "derivation": "1 - rating / 4, with the rating from 0 (virtually all capital is the "
        "state's) to 4 (very little is); the rule statified_linear of the states' files; every "
        "fifth year, 1946 and 1991",
        "borders": "of the time",
        "note": "Ratings move in steps.",
    }
    return series(units, head, digits=4, share=True)


def votes(world: World) -> Data:
    """Votes by family of parties, from one election to the next."""
    table = world.table("parlgov")
    table = table[(table["election_type"] == "parliament") & table["vote_share"].notna()]
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in table.itertuples():
        day = str(row.election_date)
        unit = str(row.country_name_short)
        if unit == "DEU":
            unit = "DEU_W" if day < "1990" else ""
        if unit not in world.units or not FIRST <= int(day[:4]) <= LAST:
            continue
        family = world.families.get(row.party_id, "")
        if family in {"", "no family", "to be coded"}:
            family = "Other"
        ballot = found.setdefault(unit, {}).setdefault(day, {})
        ballot[family] = round(ballot.get(family, 0.0) + float(row.vote_share), 2)
    return {
        "id": "vote_share_parlgov",
        "form": "votes",
        "variable": "vote_share",
        "title": "Votes by family of parties",
        "concept": "share of the valid votes in elections to parliament",
        "unit": "per cent",
        "timing": "unstated",
        "source": "parlgov",
        "derivation": "Sums over the parties of a family.",
        "note": "The family Communist/Socialist holds left socialist parties beside the "
        "communist ones. Joint lists stand with one family.",
        "votes": {unit: dict(sorted(days.items())) for unit, days in sorted(found.items())},
    }
