"""A world of states made from known parameters: disputes, wars, treaties, arms, rulers.

Everything is drawn year by year with plain loops and formulas written anew, so that a fit
that recovers the parameters agrees with an independent telling of the same process.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

FIRST, LAST = 1816, 1945
MEMORY = 12.0
COUNTRIES = {
    "United States": 2, "Canada": 20, "Cuba": 40, "Mexico": 70, "Colombia": 100, "Brazil": 140,
    "Chile": 155, "Argentina": 160, "United Kingdom": 200, "Netherlands": 210, "Belgium": 211,
    "France": 220, "Switzerland": 225, "Spain": 230, "Portugal": 235, "Germany": 255,
    "Austria": 305, "Hungary": 310, "Italy": 325, "Greece": 350, "Bulgaria": 355, "Russia": 365,
    "Finland": 375, "Sweden": 380, "Norway": 385, "Denmark": 390, "China": 710, "Japan": 740,
}  # fmt: skip
CODES = list(COUNTRIES.values())
SIZE = len(CODES)

TRUE: Mapping[str, Mapping[str, float]] = {
    "dispute_hazard": {"base": -4.2, "contiguous": 0.8, "distance": -0.4, "parity": 0.15,
                       "weight": 0.5, "allied": -0.6, "recent": 1.2},
    "escalation": {"base": -0.9, "contiguous": 0.6, "parity": 0.3, "weight": -0.3, "allied": -0.8},
    "war_joining": {"base": -4.0, "allied": 1.2, "hostile": 0.9, "near": 0.8, "weight": 0.3},
    "war_outcome": {"strength": 0.9, "draw": -1.5},
    "war_duration": {"end": 0.4, "imbalance": 0.3},
    "war_losses": {"deaths": -0.5, "weakness": 0.5, "spread": 1.1},
    "alliance_formation": {"base": -4.6, "common_threat": 1.2, "distance": -0.5, "weight": 0.4,
                           "recent": -0.7, "end": -3.0, "end_recent": 1.5},
    "arms": {"adjustment": 0.2, "normal": -4.0, "reaction": 0.1, "war": 0.1, "spread": 0.2},
    "armed_forces": {"adjustment": 0.15, "normal": -4.8, "war": 0.6, "spread": 0.15},
}  # fmt: skip

Rows = list[dict[str, Any]]


def chance(eta: float) -> float:
    return 1 / (1 + math.exp(-eta))


@dataclass
class World:
    """What was drawn, as arrays, and the files that tell of it."""

    share: Any
    recent: list[Any] = field(default_factory=list)
    allied: list[Any] = field(default_factory=list)
    at_war: Any = None
    lost: Any = None
    disputes: Rows = field(default_factory=list)
    dyads: Rows = field(default_factory=list)
    fighters: Rows = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


def kilometres(places: list[tuple[float, float]], i: int, j: int) -> float:
    """Great circle by the law of cosines."""
    (a, b), (c, d) = ((math.radians(x), math.radians(y)) for x, y in (places[i], places[j]))
    inner = math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d)
    return max(6371.0 * math.acos(min(1.0, inner)), 100.0)


def world(seed: int = 1) -> World:
    """Draw a world of 28 states from 1816 to 1945."""
    rng = np.random.default_rng(seed)
    years = LAST - FIRST + 1
    drift = np.cumsum(rng.normal(0, 0.05, (years, SIZE)), axis=0)
    raw = np.exp(rng.normal(0, 1.2, SIZE) + drift)
    made = World(share=raw / raw.sum(axis=1, keepdims=True))
    made.at_war, made.lost = np.zeros((2, years + 40, SIZE), dtype=bool)
    places = [(rng.uniform(25, 60), rng.uniform(-30, 90)) for _ in range(SIZE)]
    km = np.array([[kilometres(places, i, j) if i != j else 100.0 for j in range(SIZE)]
                   for i in range(SIZE)])  # fmt: skip
    land = (km < 1500) & ~np.eye(SIZE, dtype=bool)
    memory, treaty = np.zeros((SIZE, SIZE)), np.zeros((SIZE, SIZE), dtype=bool)
    made.recent.append(memory)
    made.allied.append(treaty)
    for t in range(1, years):
        met = _disputes(made, rng, t, km, land)
        made.allied.append(_treaties(made, rng, t, km))
        memory = np.where(met, 1.0, made.recent[-1] * math.exp(-1 / MEMORY))
        made.recent.append(memory)
    made.tables = _files(made, places, land)
    _efforts(made, rng)
    return made


def _disputes(made: World, rng: Any, t: int, km: Any, land: Any) -> Any:
    """Draw the disputes of a year, and the wars that come of them."""
    p, e = TRUE["dispute_hazard"], TRUE["escalation"]
    s, recent, allied = made.share[t - 1], made.recent[-1], made.allied[-1]
    met = np.zeros((SIZE, SIZE), dtype=bool)
    for i in range(SIZE):
        for j in range(i + 1, SIZE):
            weight = math.log((s[i] + s[j]) / 0.05)
            parity = math.log(min(s[i], s[j]) / max(s[i], s[j]))
            eta = (
                p["base"] + p["contiguous"] * land[i, j] + p["distance"] * math.log(km[i, j] / 3000)
                + p["parity"] * parity + p["weight"] * weight + p["allied"] * allied[i, j]
                + p["recent"] * recent[i, j]
            )  # fmt: skip
            if rng.random() >= chance(eta):
                continue
            met[i, j] = met[j, i] = True
            number = len(made.disputes) + 1
            row = {"dispnum": number, "year": FIRST + t, "disponset": 1, "orig1": 1, "orig2": 1}
            made.disputes.append(row | {"ccode1": CODES[i], "ccode2": CODES[j]})
            made.disputes.append(row | {"ccode1": CODES[j], "ccode2": CODES[i]})
            eta = (
                e["base"] + e["contiguous"] * land[i, j] + e["parity"] * parity
                + e["weight"] * weight + e["allied"] * allied[i, j]
            )  # fmt: skip
            if rng.random() < chance(eta):
                _war(made, rng, t, (i, j), land)
    return met


def _war(made: World, rng: Any, t: int, first: tuple[int, int], land: Any) -> None:
    s, recent, allied = made.share[t - 1], made.recent[-1], made.allied[-1]
    p, sides = TRUE["war_joining"], ([first[0]], [first[1]])
    for k in range(SIZE):
        for side in (0, 1):
            if k in (*first, *sides[0], *sides[1]):
                continue
            own, enemy = first[side], first[1 - side]
            eta = (
                p["base"] + p["allied"] * allied[k, own] + p["hostile"] * recent[k, enemy]
                + p["near"] * (land[k, own] or land[k, enemy]) + p["weight"] * math.log(s[k] / 0.05)
            )  # fmt: skip
            if rng.random() < chance(eta):
                sides[side].append(k)
    ratio = math.log(sum(s[k] for k in sides[0]) / sum(s[k] for k in sides[1]))
    rate = math.exp(TRUE["war_duration"]["end"] + TRUE["war_duration"]["imbalance"] * abs(ratio))
    length = rng.exponential(1 / rate)
    end = FIRST + t + length
    if end >= 1945.99:
        return
    winner = 0
    if rng.random() >= chance(TRUE["war_outcome"]["draw"]):
        winner = 1 if rng.random() < chance(TRUE["war_outcome"]["strength"] * ratio) else 2
    number = len(made.dyads) // 2 + 1
    dyad = {"warnum": number, "year": FIRST + t, "cowinteronset": 1}
    made.dyads.append(dyad | {"ccode1": CODES[first[0]], "ccode2": CODES[first[1]]})
    made.dyads.append(dyad | {"ccode1": CODES[first[1]], "ccode2": CODES[first[0]]})
    loss = TRUE["war_losses"]
    for side in (0, 1):
        for k in sides[side]:
            against = -ratio if side == 0 else ratio
            rate = loss["deaths"] + loss["weakness"] * against + loss["spread"] * rng.normal()
            late = 0.001 if k not in first else 0.0
            last = int(end) - FIRST
            made.at_war[t : last + 1, k] = True
            lost = winner not in (0, side + 1)
            made.lost[last, k] |= lost
            made.fighters.append(
                {
                    "WarNum": number, "ccode": CODES[k], "Side": side + 1,
                    "StartMonth1": 1, "StartDay1": 1 if late == 0 else 2, "StartYear1": FIRST + t,
                    "EndMonth1": int((end % 1) * 12) + 1,
                    "EndDay1": int((end % 1 * 12 % 1) * 30) + 1, "EndYear1": int(end),
                    "StartMonth2": -8, "StartDay2": -8, "StartYear2": -8,
                    "EndMonth2": -8, "EndDay2": -8, "EndYear2": -8,
                    "Outcome": 6 if winner == 0 else 2 if lost else 1,
                    "BatDeath": math.exp(rate) * 20_000 * max(length, 1.0),
                }
            )  # fmt: skip


def _treaties(made: World, rng: Any, t: int, km: Any) -> Any:
    p, s, recent = TRUE["alliance_formation"], made.share[t - 1], made.recent[-1]
    now = made.allied[-1].copy()
    for i in range(SIZE):
        for j in range(i + 1, SIZE):
            if now[i, j]:
                changes = rng.random() < chance(p["end"] + p["end_recent"] * recent[i, j])
            else:
                threat = 10 * sum(recent[i, k] * recent[j, k] * s[k] for k in range(SIZE))
                changes = rng.random() < chance(
                    p["base"] + p["common_threat"] * threat
                    + p["distance"] * math.log(km[i, j] / 3000)
                    + p["weight"] * math.log((s[i] + s[j]) / 0.05) + p["recent"] * recent[i, j]
                )  # fmt: skip
            if changes:
                now[i, j] = now[j, i] = not now[i, j]
    return now


def _files(made: World, places: list[tuple[float, float]], land: Any) -> dict[str, pd.DataFrame]:
    pairs = [(i, j) for i in range(SIZE) for j in range(SIZE) if i != j]
    treaties = [
        {"ccode1": CODES[i], "ccode2": CODES[j], "year": FIRST + t}
        for t, allied in enumerate(made.allied)
        for i, j in zip(*np.nonzero(allied), strict=True)
    ]
    return {
        "system_states": pd.DataFrame({"ccode": CODES, "styear": FIRST, "endyear": 2016}),
        "contiguity_direct_v32": pd.DataFrame(
            [
                {"ccode1": CODES[i], "ccode2": CODES[j], "conttype": 1 if land[i, j] else 5,
                 "stdate": "1816-01-01", "enddate": "2016-12-31"}
                for i, j in pairs
            ]
        ),
        "cshapes2_gw_units": pd.DataFrame(
            [
                {"gwcode": CODES[k], "start": "1886-01-01", "status": "independent",
                 "caplat": places[k][0], "caplong": places[k][1]}
                for k in range(SIZE)
            ]
        ),
        "mid5_directed_dyad_disputes": pd.DataFrame(made.disputes),
        "cow_alliance_v41_dyad_year": pd.DataFrame(treaties),
        "war_inter_participants_v40": pd.DataFrame(made.fighters),
        "war_inter_dyad_year_v4": pd.DataFrame(made.dyads),
    }  # fmt: skip


def _efforts(made: World, rng: Any) -> None:
    """Draw military shares and armed forces, and write their files."""
    a, f = TRUE["arms"], TRUE["armed_forces"]
    names = {code: name for name, code in COUNTRIES.items()}
    burden, forces = np.full(SIZE, a["normal"]), np.full(SIZE, f["normal"])
    spending: Rows = []
    capabilities: Rows = []
    for t in range(LAST - FIRST + 1):
        if t:
            effort = np.exp(burden) * made.share[t - 1]
            rivals = 10 * np.array(
                [sum(made.recent[t - 1][i, k] * effort[k] for k in range(SIZE))
                 for i in range(SIZE)]
            )  # fmt: skip
            war = made.at_war[t]
            pull = a["adjustment"] * (a["normal"] - burden)
            shock = a["spread"] * rng.normal(size=SIZE)
            burden = burden + pull + a["reaction"] * rivals + a["war"] * war + shock
            burden = np.minimum(burden, -0.01)
            pull = f["adjustment"] * (f["normal"] - forces)
            forces = forces + pull + f["war"] * war + f["spread"] * rng.normal(size=SIZE)
        for k, code in enumerate(CODES):
            at = {"year": FIRST + t}
            spending.append({"Entity": names[code], "Year": FIRST + t,
                             "share": 100 * math.exp(burden[k])})  # fmt: skip
            capabilities.append(
                at | {"ccode": code, "cinc": made.share[t, k], "tpop": 20_000.0,
                      "milper": 20_000.0 * math.exp(forces[k])}
            )  # fmt: skip
    made.tables["milex_share_gdp"] = pd.DataFrame(spending)
    made.tables["nmc_v7"] = pd.DataFrame(capabilities)


# Rulers ---------------------------------------------------------------------------------

Hazards = Callable[[int, int, int, float], tuple[float, float, float]]
WAYS = (
    ("Foreign", "Unknown"),
    ("Irregular", "Removed by Military, without Foreign Support"),
    ("Irregular", "Popular Protest, without Foreign Support"),
)


def rulers(hazards: Hazards, change: float, seed: int = 3) -> dict[str, pd.DataFrame]:
    """Draw rulers and polity scores.

    ``hazards`` takes state, year, years in power and years since the last irregular
    removal (infinite before the first) and gives the rates of the three ways.
    """
    rng = np.random.default_rng(seed)
    leaders: Rows = []
    scores: Rows = []
    for k, code in enumerate(CODES):
        since, removed, polity = 1839, -math.inf, 0.0
        for year in range(1840, 1945):
            scores.append({"ccode": code, "year": year, "polity": polity})
            rates = hazards(k, year, year - since, year - removed)
            draw = rng.random()
            gone = draw < 1 - math.exp(-sum(rates))
            way = int(rng.choice(3, p=np.array(rates) / sum(rates))) if gone else -1
            if not gone and rng.random() >= 0.08:
                continue
            kind, code_of = WAYS[way] if gone else ("Regular", "Regular")
            leaders.append(
                {"obsid": f"{code}-{year}", "gwcode": code, "startdate": f"{since}-06-01",
                 "enddate": f"{year}-06-01", "exit": kind, "exitcode": code_of}
            )  # fmt: skip
            since = year
            if gone:
                removed = year if way else removed
                if rng.random() < change:
                    polity = 4.0 if polity == 0 else 0.0
        last = {"startdate": f"{since}-06-01", "enddate": "1950-01-01"}
        kept = {"exit": "Regular", "exitcode": "Regular"}
        leaders.append({"obsid": f"{code}-last", "gwcode": code} | last | kept)
    return {"archigos_v41": pd.DataFrame(leaders), "polity5_v2018": pd.DataFrame(scores)}
