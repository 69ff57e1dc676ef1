"""Reading the source files of the series, and the form of a series file."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conjuncture.core.state import recorded_variables

Values = dict[int, float]
Spec = dict[str, Any]

FACTS = Path(__file__).parent / "facts"
NARKHOZ = "io/ussr_official_and_cia_1913_1989/narkhoz_national_economy_index_1913_1989.csv"
LIVESTOCK = "io/ussr_official_and_cia_1913_1989/narkhoz_livestock_headcount_1916_1956.csv"
CIA_SECTOR = "io/ussr_official_and_cia_1913_1989/cia_soviet_gnp_by_sector_1950_1987.csv"
CIA_USE = "io/ussr_official_and_cia_1913_1989/cia_soviet_gnp_by_end_use_1950_1987.csv"
HARRISON_GDP = "io/ww2_great_powers_harrison_1998/gdp_1938_1945.csv"
HARRISON_FORCES = "io/ww2_great_powers_harrison_1998/armed_forces_1939_1945.csv"
GOLDSMITH = "io/ww2_great_powers_harrison_1998/munitions_goldsmith_1946.csv"
MADDISON = "world/maddison/mpd2023.csv"
COW = "world/cow/nmc_v7.csv"
ADH = "io/ussr_allies_macro_1925_1955/ussr_population_by_age_1926_1947.csv"
ENERGY = "io/ussr_allies_macro_1925_1955/owid_historical_1925_1955.csv"
TEXT = "io/ussr_allies_macro_1925_1955/text_figures.csv"

FIRST, LAST = 1913, 1955
WAR = range(1941, 1945)


class Reader:
    """Reads the source files, each once."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._rows: dict[str, list[dict[str, str]]] = {}

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the lines of a file as dictionaries."""
        if name not in self._rows:
            with (self.data / name).open(encoding="utf-8-sig", newline="") as handle:
                self._rows[name] = list(csv.DictReader(handle))
        return self._rows[name]

    def narkhoz(self, edition: str, base: str, indicator: str) -> Values:
        """Return a row of a yearbook, by year."""
        return {
            int(row["year_or_period"]): float(row["value"])
            for row in self.rows(NARKHOZ)
            if row["edition_and_source_page"] == f"narodnoe-khoziaistvo-sssr_{edition}"
            and row["index_base"] == base
            and row["indicator"].strip() == indicator
        }

    def pick(self, name: str, year: str, value: str, **where: str) -> Values:
        """Return year and value of the lines whose columns have the values given."""
        return {
            int(row[year]): float(row[value])
            for row in self.rows(name)
            if all(row[column] == wanted for column, wanted in where.items())
            and row[year].isdigit()
            and row[value] != ""
        }


def facts(name: str, column: str, factor: float) -> Values:
    """Return figures that were read on a page, kept in ``facts`` with their card."""
    with (FACTS / name).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {int(row["year"]): round(factor * float(row[column]), 1) for row in rows}


def within(values: Values, *, without: Iterable[int] = ()) -> Values:
    """Keep the years of the record, without those named."""
    left_out = set(without)
    return {y: v for y, v in sorted(values.items()) if FIRST <= y <= LAST and y not in left_out}


def rebased(values: Values) -> Values:
    """Set 1940 to 100."""
    return {year: round(100 * value / values[1940], 4) for year, value in values.items()}


def spec(identifier: str, variable: str, card: str, values: Values, **more: Any) -> Spec:
    """Return the data of one series file, its keys in a fixed order."""
    known = recorded_variables()[variable]
    item: Spec = {
        "id": identifier,
        "variable": variable,
        "territory": "SUN",
        "sector": more.pop("sector", None),
        "title": more.pop("title", known.title),
        "concept": more.pop("concept"),
        "unit": more.pop("unit", known.unit),
        "timing": more.pop("timing", "year_total"),
        "source": card,
        "label": more.pop("label", None),
        "borders": more.pop("borders", "of the time"),
        "note": more.pop("note", None),
        "derivation": more.pop("derivation", None),
        "start": more.pop("start", None),
        "structural": more.pop("structural", None),
        "values": values,
    }
    assert not more, more
    return {key: value for key, value in item.items() if value not in (None, [], {})}
