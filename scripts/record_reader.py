"""Reading the source files of the record, and the units that it is about."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from conjuncture.core.files import parse_yaml, read_text, sha256
from conjuncture.core.sources import source
from states_base import load_units

FIRST, LAST = 1946, 1991
"""First and last year of the record."""

BEFORE = (1816, 1944)
"""Years over which the base rates of disputes and wars are counted."""

OWN = (1900, 1944)
"""Years over which the events of a pair are counted."""

FILES = {
    "maddison_2023": "world/maddison/mpd2023.csv",
    "cow_nmc_7": "world/cow/nmc_v7.csv",
    "cow_states_2016": "world/cow/system_states.csv",
    "cow_entities": "world/cow/entities_status_spells.csv",
    "cow_war_4_pairs": "world/cow/war_inter_dyad_year_v4.csv",
    "cow_mid_5_pairs": "world/cow/mid5_directed_dyad_disputes.parquet",
    "cow_alliance_41_years": "world/cow/cow_alliance_v41_dyad_year.parquet",
    "icow_colonial": "world/territory/icow_colonial_history_v11.csv",
    "vdem_15": "world/regimes/vdem15_state_ownership.csv",
    "gwf_2014": "world/regimes/gwf_autocratic_regimes.csv",
    "parlgov": "world/parties/parlgov_elections.csv",
    "owid_milex": "world/military/milex_share_gdp.csv",
    "owid_nuclear": "world/military/nuclear_status.csv",
}
"""Cards whose checksum must be that of the file read here."""

FAMILIES = "world/parties/parlgov_parties.csv"


class World:
    """Source files, each read once, and the units."""

    def __init__(self, data: Path) -> None:
        self.data = data
        for card, name in FILES.items():
            if sha256(data / name) != source(card).checksum:
                raise SystemExit(f"{name}: checksum is not that of card {card}")
        path = Path(__file__).parent / "facts" / "record" / "units.yaml"
        self.names: dict[str, dict[Any, Any]] = parse_yaml(read_text(path), str(path))
        known = load_units()
        self.units = {
            code: unit
            for code, unit in known.items()
            if "parent" not in unit and code not in {"DEU", "KOR"}
        }
        for code in ("DEU_W", "DEU_E", "KOR_N", "KOR_S"):
            whole = known[code[:3]]
            part = known.get(code, {"title": {"DEU_W": "West Germany"}.get(code, "East Germany")})
            self.units[code] = {**whole, **part, "m": [], "cows": []}
        self.units = dict(sorted(self.units.items()))

    def table(self, card: str) -> pd.DataFrame:
        """Return a source file."""
        return self._tables[card]

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {
            card: pd.read_parquet(self.data / name)
            if name.endswith("parquet")
            else pd.read_csv(self.data / name, encoding="utf-8-sig", low_memory=False)
            for card, name in FILES.items()
        }

    @cached_property
    def families(self) -> dict[int, str]:
        """Families of parties by the number of the party."""
        found = pd.read_csv(self.data / FAMILIES, encoding="utf-8-sig")
        return dict(zip(found["party_id"], found["family_name"].fillna(""), strict=True))

    def cows(self, unit: str) -> list[int]:
        """Return the states of the Correlates of War on a unit's territory."""
        given = self.names["cow"].get(unit)
        return [int(code) for code in (given["cow"] if given else self.units[unit]["cows"])]

    def covered(self, unit: str) -> range:
        """Return the years in which these states cover the whole unit."""
        given = self.names["cow"].get(unit, {})
        return range(int(given.get("from", FIRST)), int(given.get("until", LAST)) + 1)

    @cached_property
    def system(self) -> dict[int, set[int]]:
        """Years in which a state was a member of the system at their end, by state.

        The last year of a membership that ended before its last day is left out.
        """
        found: dict[int, set[int]] = {}
        for row in self.table("cow_states_2016").itertuples():
            whole = (row.endmonth, row.endday) == (12, 31)
            last = int(row.endyear) + (1 if whole else 0)
            found.setdefault(int(row.ccode), set()).update(range(int(row.styear), last))
        return found

    @cached_property
    def unit_of(self) -> dict[int, list[str]]:
        """Units by state of the Correlates of War; Germany to 1945 counts for both."""
        found: dict[int, list[str]] = {255: ["DEU_W", "DEU_E"]}
        for unit in self.units:
            for cow in self.cows(unit):
                found.setdefault(cow, []).append(unit)
        return found

    def exposed(self) -> dict[str, list[list[int]]]:
        """Return the spells of years in which a unit, or a member of it, was a state."""
        found = {}
        for unit in self.units:
            years = set().union(*(self.system.get(cow, set()) for cow in self.cows(unit)))
            spells = runs(sorted(year for year in years if FIRST <= year <= LAST))
            if spells:
                found[unit] = spells
        return found


def runs(years: list[int]) -> list[list[int]]:
    """Return sorted years as spells of consecutive ones."""
    found: list[list[int]] = []
    for year in years:
        if found and year == found[-1][1] + 1:
            found[-1][1] = year
        else:
            found.append([year, year])
    return found


def rounded(value: float, digits: int = 5) -> float:
    """Round to significant digits."""
    return float(f"{value:.{digits}g}")
