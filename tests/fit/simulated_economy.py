"""Growth, trade, elections and colonies made from known parameters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from simulated_states import CODES, COUNTRIES, SIZE

ISO = dict(zip(COUNTRIES, (
    "USA", "CAN", "CUB", "MEX", "COL", "BRA", "CHL", "ARG", "GBR", "NLD", "BEL", "FRA", "CHE",
    "ESP", "PRT", "DEU", "AUT", "HUN", "ITA", "GRC", "BGR", "SUN", "FIN", "SWE", "NOR", "DNK",
    "CHN", "JPN",
), strict=True))  # fmt: skip
ISOS = list(ISO.values())

GROWTH = {"catch_up": 0.012, "trend": 0.014, "common_sd": 0.02, "persistence": 0.3,
          "country_sd": 0.03, "country_sd_spread": 0.3}  # fmt: skip
GRAVITY = {"exporter": 0.8, "importer": 0.7, "distance": -0.6, "contiguous": 0.5, "empire": 0.7}
OPENNESS = {"size": -0.25, "income": 0.5, "spread": 0.3}
VOTES = {"cost_of_ruling": -0.03, "economic_vote": 0.8, "extremes_drift": 0.015, "extremes": -0.6}


def codes() -> pd.DataFrame:
    return pd.DataFrame({"iso": ISOS, "ccode": CODES, "title": list(COUNTRIES)})


def growth(seed: int = 5) -> pd.DataFrame:
    """Product per head of 28 countries, 1870-1945, one of them the leader throughout."""
    rng = np.random.default_rng(seed)
    p = GROWTH
    sizes = p["country_sd"] * np.exp(p["country_sd_spread"] * rng.normal(size=SIZE))
    level, shock = np.log(rng.uniform(900, 3500, SIZE)), np.zeros(SIZE)
    level[ISOS.index("USA")] = math.log(5000)
    rows: list[dict[str, Any]] = []
    for year in range(1870, 1946):
        rows += [{"iso": iso, "year": year, "product_per_head": math.exp(level[k]),
                  "population": 5000.0 + 700 * k} for k, iso in enumerate(ISOS)]  # fmt: skip
        shock = p["persistence"] * shock + sizes * rng.normal(size=SIZE)
        leader = max(level[ISOS.index("USA")], level[ISOS.index("GBR")])
        common = p["common_sd"] * rng.normal()
        level = level + p["trend"] + p["catch_up"] * (leader - level) + common + shock
    return pd.DataFrame(rows)


def gravity(km: Any, land: Any, tied: Any, product: pd.DataFrame, seed: int = 6) -> pd.DataFrame:
    """Directed flows with mean-one noise, rounded to whole millions."""
    rng = np.random.default_rng(seed)
    p = GRAVITY
    size = {(r.iso, r.year): r.product_per_head * r.population / 1000 for r in product.itertuples()}
    rows = []
    for year in range(1920, 1939):
        level = rng.normal(-9.5, 0.3)
        for i in range(SIZE):
            for j in range(i + 1, SIZE):
                flows = []
                for a, b in ((j, i), (i, j)):  # flow1: imports of the first from the second
                    mean = math.exp(
                        level + p["exporter"] * math.log(size[ISOS[a], year])
                        + p["importer"] * math.log(size[ISOS[b], year])
                        + p["distance"] * math.log(km[i, j] / 3000)
                        + p["contiguous"] * land[i, j] + p["empire"] * tied[i, j]
                    )  # fmt: skip
                    flows.append(round(mean * rng.gamma(2.0, 0.5)))
                rows.append({"ccode1": CODES[i], "ccode2": CODES[j], "year": year,
                             "flow1": flows[0], "flow2": flows[1]})  # fmt: skip
    return pd.DataFrame(rows)


def openness(product: pd.DataFrame, seed: int = 7) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    p = OPENNESS
    rows = []
    for row in product[product.year.between(1920, 1938)].itertuples():
        k = ISOS.index(row.iso)
        share = math.exp(
            -2 + 0.01 * (row.year - 1920) + p["size"] * math.log(row.population / 1000 / 10)
            + p["income"] * math.log(row.product_per_head / 3000)
            + p["spread"] * rng.normal()
        )  # fmt: skip
        half = share * row.product_per_head * row.population / 1000 / 2
        rows.append({"ccode": CODES[k], "year": row.year, "imports": half, "exports": half})
    return pd.DataFrame(rows)


FAMILIES = ("soc", "lib", "com", "con", "agr")


def elections(product: pd.DataFrame, seed: int = 8) -> dict[str, pd.DataFrame]:
    """Elections every two years; two pairs of parties govern in turn, one party is communist."""
    rng = np.random.default_rng(seed)
    level = {(r.iso, r.year): math.log(r.product_per_head) for r in product.itertuples()}
    p, votes, cabinets = VOTES, [], []
    for k, iso in enumerate(ISOS[:12]):
        share = np.array([0.2, 0.15, 0.3, 0.2, 0.15])
        for n, year in enumerate(range(1900, 1945, 2)):
            rule, other = ((0, 1), (3, 4)) if n % 2 else ((3, 4), (0, 1))
            if n:
                g = (level[iso, year] - level[iso, year - 2]) / 2
                moved = p["cost_of_ruling"] + p["economic_vote"] * g + 0.01 * rng.normal()
                left = p["extremes_drift"] + p["extremes"] * g + 0.01 * rng.normal()
                share[list(rule)] += moved / 2
                share[2] += left
                share[list(other)] -= (moved + left) / 2
            cabinets += [cabinet(k, n, q, year) for q in rule]
            votes += [vote(k, n, q, year, share[q]) for q in range(5)]
    return files(votes, cabinets)


def vote(k: int, n: int, party: int, year: int, share: float) -> dict[str, Any]:
    """One party's share in election ``n`` of country ``k``."""
    election = 1000 * (k + 1) + n
    return {
        "country_name_short": ISOS[k], "election_type": "parliament",
        "election_date": f"{year}-05-01", "vote_share": 100 * share, "election_id": election,
        "previous_parliament_election_id": election - 1 if n else None,
        "previous_cabinet_id": election, "party_id": 10 * k + party,
    }  # fmt: skip


def cabinet(k: int, n: int, party: int, year: int) -> dict[str, Any]:
    """One party of the cabinet that sat before election ``n`` of country ``k``."""
    return {"cabinet_id": 1000 * (k + 1) + n, "party_id": 10 * k + party, "cabinet_party": 1,
            "start_date": f"{year - 1}-01-01"}  # fmt: skip


def files(votes: list[dict[str, Any]], cabinets: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    parties = [
        {"party_id": 10 * k + q, "family_name_short": FAMILIES[q]}
        for k in range(SIZE)
        for q in range(5)
    ]
    return {
        "parlgov_elections": pd.DataFrame(votes),
        "parlgov_cabinets": pd.DataFrame(cabinets),
        "parlgov_parties": pd.DataFrame(parties),
    }


def around_means(persistence: float, seed: int = 9) -> dict[str, pd.DataFrame]:
    """Yearly elections in which each party's share returns to its own mean."""
    rng = np.random.default_rng(seed)
    votes, cabinets = [], []
    for k in range(12):
        gap = np.zeros(5)
        for n, year in enumerate(range(1901, 1945)):
            gap = persistence * gap + 0.02 * rng.normal(size=5)
            votes += [vote(k, n, q, year, 0.2 + gap[q]) for q in range(5)]
            cabinets.append(cabinet(k, n, 0, year))
    return files(votes, cabinets)


def two_elections(volatility: float, seed: int = 10) -> dict[str, pd.DataFrame]:
    """Two elections in each country, changes in proportion to sqrt(v (1 - v))."""
    rng = np.random.default_rng(seed)
    votes, cabinets = [], []
    for k in range(SIZE):
        before = rng.uniform(0.15, 0.4, 5)
        after = before + volatility * np.sqrt(before * (1 - before)) * rng.normal(size=5)
        for n, (year, shares) in enumerate(((1920, before), (1924, after))):
            votes += [vote(k, n, q, year, shares[q]) for q in range(5)]
            cabinets.append(cabinet(k, n, 0, year))
    return files(votes, cabinets)


COLONIES = {"base": -5.0, "metropole_war": 0.8, "metropole_defeat": 1.0, "diffusion": 0.3}


def colonies(at_war: Any, lost: Any, violent: float, seed: int = 11) -> dict[str, pd.DataFrame]:
    """Two hundred colonies of fourteen metropoles from 1816 on, until each is freed."""
    rng = np.random.default_rng(seed)
    p, held = COLONIES, {5000 + n: CODES[n % 14] for n in range(200)}
    spells, history, freed = [], [], dict.fromkeys(range(1800, 1946), 0)
    for year in range(1817, 1946):
        t, recent = year - 1816, sum(freed[y] for y in range(year - 5, year) if y >= 1817)
        for colony, ruler in list(held.items()):
            k = CODES.index(ruler)
            eta = (
                p["base"] + p["metropole_war"] * (at_war[t, k] or at_war[t - 1, k])
                + p["metropole_defeat"] * lost[max(t - 5, 0) : t + 1, k].any()
                + p["diffusion"] * math.log1p(recent)
            )  # fmt: skip
            if rng.random() < 1 - math.exp(-math.exp(eta)):
                del held[colony]
                freed[year] += 1
                spells.append((colony, 1816, year, ruler))
                history.append({"State": colony, "ColRuler": ruler, "IndFrom": ruler,
                                "IndDate": 100 * year + 6, "IndType": 2,
                                "IndViol": float(rng.random() < violent)})  # fmt: skip
    spells += [(colony, 1816, 1960, ruler) for colony, ruler in held.items()]
    entities = [
        {"id": c, "start_year": a, "end_year": b, "referenced_id": r,
         "status": f"Became colony of {r}"}
        for c, a, b, r in spells
    ]  # fmt: skip
    return {
        "entities_status_spells": pd.DataFrame(entities),
        "icow_colonial_history_v11": pd.DataFrame(history),
    }
