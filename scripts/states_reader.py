"""Reading the source files of the state files."""

from __future__ import annotations

import csv
import json
import lzma
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from conjuncture.core.files import parse_yaml, read_text, sha256
from conjuncture.core.sources import source

FACTS = Path(__file__).parent / "facts" / "states"
Row = dict[str, str]

FILES = {
    "maddison_2023": "world/maddison/mpd2023.csv",
    "maddison_2010": "world/maddison/maddison2010.csv",
    "cow_nmc_7": "world/cow/nmc_v7.csv",
    "cow_trade_4": "world/cow/trade_state_year_v4.csv",
    "cow_states_2016": "world/cow/system_states.csv",
    "cow_tc_6": "world/cow/territorial_change_v6_2018.csv",
    "cow_entities": "world/cow/entities_status_spells.csv",
    "cow_contiguity_32": "world/cow/contiguity_direct_v32.csv",
    "cow_colonial_31": "world/cow/colonial_contiguity_v31.csv",
    "cow_alliance_41": "world/cow/cow_alliance_v41_by_member.csv",
    "cshapes_2": "world/territory/cshapes_2_gw.topojson.xz",
    "icow_colonial": "world/territory/icow_colonial_history_v11.csv",
    "vdem_15": "world/regimes/vdem15_state_ownership.csv",
    "vparty_2": "world/parties/vparty_trim.csv",
    "parlgov": "world/parties/parlgov_elections.csv",
    "ww2_deaths": "world/ww2/deaths_all_countries_wikipedia2022_midpoints.csv",
    "owid_milex": "world/military/milex_share_gdp.csv",
    "etemad_luciani_1991": "io/ussr_allies_macro_1925_1955/owid_historical_1925_1955.csv",
    "polity_5": "world/regimes/polity5_v2018.csv",
    "vdem_15_polyarchy": "world/regimes/vdem15_ert_regimes.csv",
    "wid_2023": "world/inequality/wid2023_pretax.csv",
    "wwid_2018": "world/inequality/wwid2018_top1_income.csv",
    "harrison_1998": "io/ww2_great_powers_harrison_1998/gdp_1938_1945.csv",
}
"""Cards whose checksum must be that of the file read here."""

OTHER = {
    "cabinets": "world/parties/parlgov_cabinets.csv",
    "families": "world/parties/parlgov_parties.csv",
    "units": "world/territory/cshapes2_gw_units.csv",
    "harrison_1938": "io/ww2_great_powers_harrison_1998/population_territory_gdp_1938.csv",
    "losses": "io/ww2_great_powers_harrison_1998/war_losses_pct_of_assets.csv",
    "deaths_ranges": "world/ww2/deaths_selected_ranges_wikipedia2026.csv",
}


def facts(name: str) -> dict[str, Any]:
    """Return a file of ``facts/states``."""
    path = FACTS / f"{name}.yaml"
    found: dict[str, Any] = parse_yaml(read_text(path), str(path))
    return found


class Sources:
    """The source files, each read once."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._rows: dict[str, list[Row]] = {}
        for card, name in FILES.items():
            if sha256(data / name) != source(card).checksum:
                raise SystemExit(f"{name}: checksum is not that of card {card}")

    def rows(self, name: str) -> list[Row]:
        """Return the lines of a file as dictionaries."""
        if name not in self._rows:
            path = self.data / (FILES | OTHER)[name]
            with path.open(encoding="utf-8-sig", newline="") as handle:
                self._rows[name] = list(csv.DictReader(handle))
        return self._rows[name]

    def _table(
        self, name: str, key: str, value: str, convert: Callable[[str], str] = str
    ) -> dict[tuple[str, int], float]:
        return {
            (convert(row[key]), int(row["year"])): float(row[value])
            for row in self.rows(name)
            if row[value] != ""
        }

    @cached_property
    def head(self) -> dict[tuple[str, int], float]:
        """Product per head, international dollars of 2011 (Maddison 2023)."""
        return self._table("maddison_2023", "ISO", "gdppc")

    @cached_property
    def people(self) -> dict[tuple[str, int], float]:
        """Population, thousand (Maddison 2023)."""
        return self._table("maddison_2023", "ISO", "pop")

    @cached_property
    def gdp_2010(self) -> dict[tuple[str, int], float]:
        """Product, million international dollars of 1990 (Maddison 2010)."""
        return self._table("maddison_2010", "region", "gdp_mn_1990gk")

    @cached_property
    def people_2010(self) -> dict[tuple[str, int], float]:
        """Population, thousand (Maddison 2010)."""
        return self._table("maddison_2010", "region", "pop_thousand")

    def head_2010(self, region: str, year: int) -> float:
        """Return product per head of a region of Maddison 2010."""
        return 1e3 * self.gdp_2010[region, year] / self.people_2010[region, year]

    def material(self, cow: int, column: str) -> dict[int, float]:
        """Return a column of the National Material Capabilities to the end of 1945, by year."""
        return {
            int(row["year"]): float(row[column])
            for row in self.rows("cow_nmc_7")
            if int(row["ccode"]) == cow and row[column] != "" and 1938 <= int(row["year"]) <= 1945
        }

    @cached_property
    def counted(self) -> dict[tuple[str, int], float]:
        """Population, thousand, by state of the Correlates of War (National Capabilities)."""
        return self._table("cow_nmc_7", "ccode", "tpop")

    def trade(self, cow: int, year: int) -> tuple[float, float] | None:
        """Return imports and exports, million current dollars."""
        for row in self.rows("cow_trade_4"):
            known = row["imports"] and row["exports"]
            if known and (int(row["ccode"]), int(row["year"])) == (cow, year):
                return float(row["imports"]), float(row["exports"])
        return None

    def ownership(self, code: str) -> tuple[int, float] | None:
        """Return year (1944 or 1945) and value of state ownership of the economy, 0 to 4."""
        found = {
            int(row["year"]): float(row["osp_interp"])
            for row in self.rows("vdem_15")
            if row["country_text_id"] == code
            and row["osp_interp"] != ""
            and int(row["year"]) in {1944, 1945}
        }
        return (max(found), found[max(found)]) if found else None

    def coal(self, entity: str) -> float | None:
        """Return coal produced in 1945, thousand tonnes of coal equivalent (29.3076 GJ a tonne)."""
        for row in self.rows("etemad_luciani_1991"):
            if (row["entity"], row["year"], row["variable"]) == (
                entity,
                "1945",
                "Coal production (TWh)",
            ):
                return float(row["value"]) * 3600.0 / 29.3076
        return None

    def harrison(self, country: str, year: int) -> float:
        """Return product, billion international dollars of 1990."""
        return next(
            float(row["gdp_bn_1990_intl_usd"])
            for row in self.rows("harrison_1998")
            if (row["country"], row["year"]) == (country, str(year))
        )

    def base_1938(self, country: str, column: str) -> float:
        """Return a figure of 1938 of Harrison's tables 1-1 and 1-2."""
        return next(
            float(row[column]) for row in self.rows("harrison_1938") if row["country"] == country
        )

    @cached_property
    def shapes(self) -> list[dict[str, Any]]:
        """Units of CShapes at the end of 1945, with the arcs of their borders."""
        text = lzma.decompress((self.data / FILES["cshapes_2"]).read_bytes())
        topology = json.loads(text)
        (layer,) = topology["objects"].values()
        found = []
        for shape in layer["geometries"]:
            facts_of = shape["properties"]
            if facts_of["start"] <= "1945-12-31" <= facts_of["end"]:
                found.append(facts_of | {"arcs": frozenset(_arcs(shape["arcs"]))})
        return found


def _arcs(nested: Any) -> set[int]:
    if isinstance(nested, int):
        return {nested if nested >= 0 else ~nested}
    return {arc for item in nested for arc in _arcs(item)}
