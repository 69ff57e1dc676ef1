"""Spells, capitals, parties, neighbours and alliances of state files."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from conjuncture.data.state_model import END, day
from states_base import World
from states_reader import facts

Data = dict[str, Any]
DEPENDENT = {
    "colony": "colony",
    "protectorate": "protectorate",
    "mandate": "mandate",
    "occupied": "occupied",
}
SMALL_PARTY = 1.0
"""Parties below this per cent of the vote are left out."""


def _date(year: str, month: str, when: str) -> str:
    return f"{int(year):04d}-{int(month):02d}-{int(when):02d}"


# Spells ---------------------------------------------------------------------------


def spells(world: World, code: str) -> list[Data]:
    """Return who held a unit, in the order of time."""
    given = facts("spells")
    if code in given:
        return [_by_hand(item) for item in given[code]]
    unit = world.units[code]
    found = _of_states(world, unit, code) if unit["cows"] else _of_shapes(world, unit)
    troops = given["_forces"].get(code)
    if troops is not None:
        last = found[-1]
        last["forces"] = troops["forces"]
        last["also"] = sorted({*last.get("also", []), troops["source"]})
        last["note"] = troops["note"]
    return found


def _by_hand(item: Data) -> Data:
    data = {"start": item["from"], "end": item.get("to")}
    keys = ("holder", "status", "how", "source", "also", "forces", "claims", "note")
    data |= {key: item.get(key) for key in keys}
    return {key: value for key, value in data.items() if value not in (None, [], "")}


def _of_states(world: World, unit: Data, code: str) -> list[Data]:
    """Spells of membership in the system of states, and who held it in between."""
    cow = unit["cows"][0]
    intervals = []
    for row in world.read.rows("cow_states_2016"):
        if int(row["ccode"]) == cow and int(row["styear"]) <= 1945:
            start = _date(row["styear"], row["stmonth"], row["stday"])
            end = _date(row["endyear"], row["endmonth"], row["endday"])
            intervals.append((start, end if end <= END else None))
    recent = [(start, end) for start, end in intervals if end is None or end >= "1936"]
    found: list[Data] = []
    for start, end in recent:
        if found:
            found.append(
                {
                    "start": found[-1]["end"],
                    "end": start,
                    "holder": unit["held_by"][0],
                    "status": "occupied",
                    "how": "no member of the system of states in the war",
                    "source": "cow_states_2016",
                    **({"note": unit["held_note"]} if "held_note" in unit else {}),
                }
            )
        spell = {"start": start, "end": end, "holder": code, "status": "independent"}
        spell |= {"how": "own state", "source": "cow_states_2016"}
        found.append({key: value for key, value in spell.items() if value is not None})
    return found


def _of_shapes(world: World, unit: Data) -> list[Data]:
    rows = [row for row in world.read.shapes if row["gwcode"] in unit["gw"]]
    first = min(rows, key=lambda row: unit["gw"].index(row["gwcode"]))
    statuses = {row["status"] for row in rows}
    status = DEPENDENT[first["status"]]
    note = unit.get("note", "")
    if len(statuses) > 1:
        note = f"Statuses of its members: {', '.join(sorted(statuses))}."
    spell = {
        "start": first["start"],
        "holder": unit["holder"],
        "status": status,
        "how": "dependency in these borders from this day",
        "source": "cshapes_2",
        "also": ["icow_colonial"],
        "note": note,
    }
    return [{key: value for key, value in spell.items() if value}]


# Place ----------------------------------------------------------------------------


def place(world: World, code: str) -> Data | None:
    """Return the capital, or the town named for a part."""
    unit = world.units[code]
    wanted = unit.get("place") or unit.get("capital") or next(iter(unit.get("gw", [])), None)
    rows = [row for row in world.read.rows("units") if int(row["gwcode"]) == wanted]
    if not rows:
        return None
    now = [row for row in rows if row["start"] <= END <= row["end"]]
    row = (now or rows)[0]
    return {
        "name": row["capname"],
        "latitude": round(float(row["caplat"]), 4),
        "longitude": round(float(row["caplong"]), 4),
        "source": "cshapes_2",
    }


# Parties --------------------------------------------------------------------------


def parties(world: World, code: str) -> list[Data]:
    """Return the parties of the last election up to 1945."""
    counted: list[Data] = facts("donors")["members"].get(code, [])
    return [*(_parlgov(world, code) or _vparty(world, code)), *counted]


def _parlgov(world: World, code: str) -> list[Data]:
    rows = [
        row
        for row in world.read.rows("parlgov")
        if row["country_name_short"] == code
        and row["election_type"] == "parliament"
        and row["election_date"] <= END
    ]
    if not rows:
        return []
    date = max(row["election_date"] for row in rows)
    families = {row["party_id"]: row["family_name"] for row in world.read.rows("families")}
    cabinet = _cabinet(world, code)
    found = []
    for row in rows:
        if row["election_date"] != date or float(row["vote_share"] or 0) < SMALL_PARTY:
            continue
        if row["party_name_english"] in {"no party affiliation", "no seat"}:
            continue
        seats = 100 * float(row["seats"]) / float(row["seats_total"]) if row["seats"] else None
        party = {
            "name": row["party_name_english"],
            "election": date,
            "source": "parlgov",
            "family": families.get(row["party_id"], ""),
            "vote": float(row["vote_share"]),
            "seats": None if seats is None else round(seats, 1),
            "cabinet": row["party_id"] in cabinet if cabinet else None,
        }
        found.append({key: value for key, value in party.items() if value not in (None, "")})
    return sorted(found, key=lambda party: (-party["vote"], party["name"]))


def _cabinet(world: World, code: str) -> set[str]:
    """Return the parties in the cabinet at the end of 1945, where it was one of 1945."""
    rows = [
        row
        for row in world.read.rows("cabinets")
        if row["country_name_short"] == code and row["start_date"] <= END
    ]
    last = max((row["start_date"] for row in rows), default="")
    if code == "DEU":
        return set()
    return {
        row["party_id"] for row in rows if row["start_date"] == last and row["cabinet_party"] == "1"
    }


def _vparty(world: World, code: str) -> list[Data]:
    wanted = world.units[code]["v"]
    rows = [
        row
        for row in world.read.rows("vparty_2")
        if len(wanted) == 1 and row["country_text_id"] == wanted[0] and int(row["year"]) <= 1945
    ]
    if not rows or "parent" in world.units[code]:
        return []
    year = max(int(row["year"]) for row in rows)
    found: dict[str, Data] = {}
    for row in rows:
        if int(row["year"]) != year or not (row["v2pavote"] or row["v2paseatshare"]):
            continue
        name = row["v2paenname"].replace('""', '"')
        party = {
            "name": name,
            "election": row["historical_date"] if row["historical_date"] <= END else str(year),
            "source": "vparty_2",
            "vote": float(row["v2pavote"]) if row["v2pavote"] else None,
            "seats": float(row["v2paseatshare"]) if row["v2paseatshare"] else None,
        }
        found[name] = {key: value for key, value in party.items() if value is not None}
    return sorted(found.values(), key=lambda p: (-p.get("vote", p.get("seats", 0)), p["name"]))


# Neighbours -----------------------------------------------------------------------


def neighbours(world: World) -> dict[str, list[Data]]:
    """Return the neighbours of every unit: by land from CShapes, across water from COW."""
    of_shape: dict[int, str] = {
        gw: code
        for code, unit in world.units.items()
        if "parent" not in unit
        for gw in unit.get("gw", [])
    }
    arcs: dict[str, set[int]] = {}
    for shape in world.read.shapes:
        code = of_shape.get(shape["gwcode"])
        if code is not None:
            arcs.setdefault(code, set()).update(shape["arcs"])
    pairs: dict[tuple[str, str, str], str] = {}
    for one, two in combinations(sorted(arcs), 2):
        if arcs[one] & arcs[two] and [one, two] not in facts("war")["not_touching"]:
            pairs[one, two, "land"] = "cshapes_2"
    for one, others in facts("war")["part_neighbours"].items():
        for two in others:
            first, second = sorted((one, two))
            pairs[first, second, "land"] = "cshapes_2"
    for one, others in facts("war")["part_neighbours_sea"].items():
        for two in others:
            first, second = sorted((one, two))
            pairs[first, second, "sea"] = "cshapes_2"
    _across_water(world, pairs)
    _of_dependencies(world, pairs)
    found: dict[str, list[Data]] = {code: [] for code in world.units}
    for (one, two, kind), card in sorted(pairs.items()):
        found[one].append({"unit": two, "kind": kind, "source": card})
        found[two].append({"unit": one, "kind": kind, "source": card})
    return {
        code: sorted(rows, key=lambda r: (r["unit"], r["kind"])) for code, rows in found.items()
    }


def _across_water(world: World, pairs: dict[tuple[str, str, str], str]) -> None:
    of_state = {cow: code for code, unit in world.units.items() for cow in unit["cows"]}
    for row in world.read.rows("cow_contiguity_32"):
        one, two = of_state.get(int(row["ccode1"])), of_state.get(int(row["ccode2"]))
        if one is None or two is None or one == two or int(row["conttype"]) == 1:
            continue
        if not row["stdate"] <= "1945-12" <= row["enddate"]:
            continue
        first, second = sorted((one, two))
        if (first, second, "land") not in pairs:
            pairs[first, second, "sea"] = "cow_contiguity_32"


def _of_dependencies(world: World, pairs: dict[tuple[str, str, str], str]) -> None:
    """Add the contiguity of dependencies with states and with each other."""
    known = {
        number: code
        for code, unit in world.units.items()
        if "parent" not in unit
        for number in (*unit["cows"], *unit.get("gw", []))
    }
    for row in world.read.rows("cow_colonial_31"):
        ends = [
            known.get(int(row[depend]) or int(row[state]))
            for depend, state in (("dependl", "statelno"), ("dependh", "statehno"))
        ]
        one, two = ends
        if one is None or two is None or one == two or not 1 <= int(row["conttype"]) <= 5:
            continue
        if not int(row["begin"]) <= 1945 <= int(row["end"]):
            continue
        first, second = sorted((one, two))
        kind = "land" if row["conttype"] == "1" else "sea"
        if (first, second, "land") not in pairs:
            pairs.setdefault((first, second, kind), "cow_colonial_31")
            if kind == "land":
                pairs.pop((first, second, "sea"), None)


# Alliances ------------------------------------------------------------------------


def alliances(world: World) -> dict[str, list[Data]]:
    """Return the treaties in force at the end of 1945, by unit."""
    of_state = {cow: code for code, unit in world.units.items() for cow in unit["cows"]}
    members: dict[str, list[dict[str, str]]] = {}
    for row in world.read.rows("cow_alliance_41"):
        start = _date(row["mem_st_year"], row["mem_st_month"], row["mem_st_day"])
        end = (
            _date(row["mem_end_year"], row["mem_end_month"], row["mem_end_day"])
            if row["mem_end_year"]
            else "9999"
        )
        if start <= END < end and int(row["ccode"]) in of_state:
            members.setdefault(row["version4id"], []).append(row)
    found: dict[str, list[Data]] = {code: [] for code in world.units}
    for rows in members.values():
        codes = sorted({of_state[int(row["ccode"])] for row in rows})
        for row in rows:
            code = of_state[int(row["ccode"])]
            partners = [other for other in codes if other != code]
            if not partners or any(
                item["partners"] == partners and item["kind"] == _kind(row) for item in found[code]
            ):
                continue
            since = _date(row["mem_st_year"], row["mem_st_month"], row["mem_st_day"])
            found[code].append(
                {
                    "partners": partners,
                    "kind": _kind(row),
                    "since": since,
                    "source": "cow_alliance_41",
                }
            )
    return {
        code: sorted(rows, key=lambda item: (day(item["since"]), item["partners"]))
        for code, rows in found.items()
    }


def _kind(row: dict[str, str]) -> str:
    for kind, column in (
        ("defence", "defense"),
        ("neutrality", "neutrality"),
        ("nonaggression", "nonaggression"),
    ):
        if row[column] == "1":
            return kind
    return "entente"
