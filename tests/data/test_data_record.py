"""Published figures in the record, its gaps, and its origins."""

from __future__ import annotations

import numpy as np
import pytest

from conjuncture.core.errors import InputError
from conjuncture.core.sources import source
from conjuncture.data.catalog import all_series, figure
from conjuncture.data.record import origins, record
from conjuncture.data.record_files import record_files

RECORD = record()


def at(variable: str, label: str, year: int, sector: str | None = None) -> float:
    data = RECORD[variable].sel(source=label, territory="SUN", year=year)
    return float(data if sector is None else data.sel(sector=sector))


@pytest.mark.parametrize(
    ("variable", "label", "year", "sector", "value", "tolerance"),
    [
        # Harrison (1998), table 1-3: 343.473 / 417.038 bn 1990 international dollars
        ("gdp_index", "harrison_1998", 1945, None, 82.36, 0.005),
        ("gdp_index", "harrison_1998", 1942, None, 100 * 273.901 / 417.038, 1e-3),
        # Maddison Project 2023, the index that its editions of 2010 and 2018 give too
        ("gdp_index", "maddison_2023", 1946, None, 79.2, 0.05),
        ("gdp_index", "maddison_2023", 1948, None, 100.1, 0.05),
        ("gdp_index", "maddison_2023", 1950, None, 121.5, 0.05),
        # Narodnoe khozyaistvo SSSR, 1965 edition, and the communique of April 1951
        ("material_product_index", "narkhoz_1965", 1945, None, 83, 0),
        ("material_product_index", "narkhoz_1965", 1950, None, 164, 0),
        ("material_product_index", "narkhoz_1956", 1950, None, 164, 0.5),
        ("industry_index", "narkhoz_1965", 1945, None, 92, 0),
        ("industry_index", "narkhoz_1965", 1950, None, 173, 0),
        ("industry_index", "narkhoz_1956", 1950, None, 173, 0.5),
        ("industry_index", "narkhoz_1956", 1946, None, 100 * 652 / 852, 1e-3),
        ("output_index", "narkhoz_1965", 1945, "machinery", 129, 0),
        ("output_index", "narkhoz_1965", 1945, "agriculture", 60, 0),
        ("output_index", "narkhoz_1965", 1950, "consumer_goods", 123, 0),
        # Joint Economic Committee (1990)
        ("gdp", "cia_jec_1990", 1950, None, 184.3, 0),
        ("value_added", "cia_jec_1990", 1950, "agriculture", 75.9, 0),
        # National Material Capabilities; 18.3 Mt also in the yearbook
        ("steel", "cow_nmc_7", 1940, None, 18317, 0),
        ("steel", "cow_nmc_7", 1945, None, 12252, 0),
        ("armed_forces", "harrison_1998", 1945, None, 12100, 0),
        ("population", "adh_1993_borders_1946", 1946, None, 170548, 0),
        ("workers_employees", "narkhoz_1922_1972", 1945, None, 28600, 0),
    ],
)
def test_published_figures(
    variable: str, label: str, year: int, sector: str | None, value: float, tolerance: float
) -> None:
    assert at(variable, label, year, sector) == pytest.approx(value, abs=tolerance or 1e-12)


def test_sources_agree_where_they_should() -> None:
    workers = {y: figure("employment_narkhoz_1972", y, "judge") for y in (1940, 1945)}
    assert 100 * workers[1945] / workers[1940] == pytest.approx(84, abs=0.5)
    # The independent series agree in 1946 over 1945 in direction, and stand 13 % apart in 1938.
    assert at("gdp_index", "harrison_1998", 1938) < 0.9 * at("gdp_index", "maddison_2023", 1938)
    steel = figure("steel_cow", 1950, "judge") / figure("steel_cow", 1940, "judge")
    assert 100 * steel == pytest.approx(149, abs=0.5)


@pytest.mark.parametrize(
    ("variable", "label", "years"),
    [
        ("gdp_index", "maddison_2023", range(1941, 1946)),
        ("gdp_index", "harrison_1998", range(1946, 1956)),
        ("steel", "cow_nmc_7", range(1941, 1945)),
        ("energy", "cow_nmc_7", range(1941, 1945)),
        ("armed_forces", "cow_nmc_7", range(1941, 1945)),
        ("material_product_index", "narkhoz_1965", range(1946, 1950)),
        ("population", "adh_1993_borders_1946", range(1942, 1946)),
    ],
)
def test_gaps_stay_gaps(variable: str, label: str, years: range) -> None:
    data = RECORD[variable].sel(source=label, territory="SUN", year=list(years))
    assert np.isnan(data).all()


def test_the_record_holds_every_figure_once_and_nothing_else() -> None:
    data = RECORD
    filled = sum(int(np.isfinite(data[name]).sum()) for name in data.data_vars)
    cells = {(i.variable, i.name, i.sector, y) for i in all_series().values() for y in i.values}
    cells |= {
        (item.variable, item.source, None, year)
        for item in record_files().values()
        if item.form == "series" and item.variable in data
        for year in item.series("SUN")
    }
    assert filled == len(cells)
    for item in all_series().values():
        for year, value in item.values.items():
            assert at(item.variable, item.name, year, item.sector) == value


def test_two_borders_are_two_series() -> None:
    assert at("population", "adh_1993_borders_1938", 1939) == 168_524
    assert at("population", "adh_1993_borders_1946", 1939) == 188_793


def test_every_variable_has_unit_and_origins() -> None:
    data = RECORD
    assert data.attrs["kind"] == "record"
    for name in data.data_vars:
        assert data[name].attrs["unit"]
        found = origins(data[name])
        assert {entry["unit"] for entry in found.values()} == {data[name].attrs["unit"]}
        for entry in found.values():
            source(entry["source"])
            assert entry["concept"]


def test_unknown_territory_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean SUN"):
        record(("SUM",))


def test_origins_of_anything_else_are_refused() -> None:
    with pytest.raises(InputError, match="has no origins"):
        origins(RECORD["steel"].drop_attrs())
