"""The record of 1946 to 1991 against what anyone can look up, and against itself."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from conjuncture.core.sources import sources
from conjuncture.data.catalog import series
from conjuncture.data.record import record
from conjuncture.data.record_files import exposure, pair_mask, record_file, record_files
from conjuncture.data.record_model import PAIR
from conjuncture.data.states import states

FILES = record_files()
YEARS = range(1946, 1992)


def test_every_file_is_small_cited_and_of_after_1945() -> None:
    assert len(FILES) == 15
    for item in FILES.values():
        assert {item.source, *item.also} <= set(sources())
        assert item.concept
        assert all(1946 <= y <= 1991 for code in item.values for y in item.series(code))
        assert all(past.year <= 1945 for past in item.past.values())


# Founding years of pacts, years of wars and of independence as in any chronicle.


@pytest.mark.parametrize(
    ("pair", "first"),
    [("FRA-USA", 1949), ("ALB-SUN", 1955), ("TUR-USA", 1951), ("AUS-NZL", 1946), ("CHN-SUN", 1946)],
)
def test_pacts_begin_when_they_were_signed(pair: str, first: int) -> None:
    spells = FILES["alliance_cow_alliance_41_years"].spells[pair]
    assert spells[0][0] == first


@pytest.mark.parametrize(
    ("pair", "years"),
    [
        ("CHN-USA", [1950, 1951, 1952, 1953]),
        ("KOR_N-KOR_S", [1950, 1951, 1952, 1953]),
        ("EGY-GBR", [1956]),
        ("HUN-SUN", [1956]),
        ("CHN-IND", [1962]),
        ("ARG-GBR", [1982]),
        ("IRN-IRQ", list(range(1980, 1989))),
    ],
)
def test_wars_are_in_their_years(pair: str, years: list[int]) -> None:
    assert list(FILES["war_cow_war_4_pairs"].years[pair]) == years


def test_the_great_powers_fought_no_war_with_one_another_but_in_korea() -> None:
    wars = FILES["war_cow_war_4_pairs"].years
    assert "SUN-USA" not in wars
    assert len(FILES["dispute_cow_mid_5_pairs"].years["SUN-USA"]) > 10


@pytest.mark.parametrize(
    ("code", "year"),
    [("IND", 1947), ("IDN", 1949), ("MAR", 1956), ("MYS", 1957), ("DZA", 1962), ("PHL", 1946),
     ("FRA_WA", 1960), ("BEL_AF", 1960), ("PRT_AF", 1975), ("NAM", 1990)],
)  # fmt: skip
def test_independence(code: str, year: int) -> None:
    assert FILES["independence_cow_states_2016"].dates[code] == year


def test_territories_that_never_became_states_have_no_date() -> None:
    item = FILES["independence_cow_states_2016"]
    assert set(item.exposed) - set(item.dates) == {"HKG", "PRI", "NFL", "FRA_CA"}


def test_nuclear_powers() -> None:
    dates = FILES["nuclear_owid_nuclear"].dates
    assert {code: dates[code] for code in ("SUN", "GBR", "FRA", "CHN")} == {
        "SUN": 1949, "GBR": 1952, "FRA": 1960, "CHN": 1964,
    }  # fmt: skip


def test_statified_regimes() -> None:
    spells = FILES["statified_regime_gwf_2014"].spells
    assert spells["CSK"][0][0] == 1948
    assert spells["CHN"][0][0] == 1949
    assert spells["SUN"] == ((1946, 1990),)
    assert not {"USA", "FRA", "IND", "FIN", "AUT"} & set(spells)


def test_votes() -> None:
    votes = FILES["vote_share_parlgov"].votes
    assert votes["DEU_W"]["1949-08-14"]["Communist/Socialist"] == 5.7
    assert votes["GBR"]["1950-02-23"]["Communist/Socialist"] == 0.3
    for ballots in votes.values():
        for day, ballot in ballots.items():
            assert sum(ballot.values()) < 101.5, day


# The files agree with one another and with the catalog.


def test_nothing_happens_before_a_territory_is_a_state() -> None:
    for name in ("war_cow_war_4_pairs", "dispute_cow_mid_5_pairs"):
        item = FILES[name]
        codes = sorted({code for pair in item.years for code in pair.split(PAIR)})
        found = pair_mask(item, codes, YEARS)
        at_risk = exposure(item, codes, YEARS)
        outside = found & ~(at_risk[:, :, None] & at_risk[:, None, :])
        where = {(codes[i], codes[j], YEARS[t]) for t, i, j in np.argwhere(outside)}
        # Unions and years of transition: the source counts the state that held them.
        assert len(where) <= 0.01 * found.sum(), where


def test_the_same_figures_as_the_catalog_for_the_ussr() -> None:
    for name, other in (
        ("gdp_per_head_maddison", "gdp_per_head_maddison_2023"),
        ("population_maddison", "population_maddison_2023"),
        ("steel_cow", "steel_cow_nmc_7"),
        ("armed_forces_cow", "armed_forces_cow_nmc_7"),
    ):
        mine = FILES[other].series("SUN")
        for year, value in series(name).values.items():
            if year in mine:
                assert mine[year] == pytest.approx(value, rel=1e-4)


def test_shares_of_power_are_shares() -> None:
    item = FILES["power_share_cow_nmc_7"]
    for year in YEARS:
        total = sum(item.series(code).get(year, 0.0) for code in item.values)
        assert 0.8 < total <= 1.02  # the source's own sum passes one in some years
    assert item.series("USA")[1946] > item.series("SUN")[1946] > item.series("GBR")[1946]


def test_units_of_several_countries_add_up() -> None:
    """Product of Indochina per head lies within those of its members; population adds up."""
    head = FILES["gdp_per_head_maddison_2023"]
    assert 1946 in head.series("IND")
    assert not {1947, 1948, 1949} & set(head.series("IND"))
    people = FILES["population_maddison_2023"].series("IND")
    assert people[1950] > people[1946] - 10_000  # the same land: partition loses nobody


def test_the_record_has_every_territory_and_its_label() -> None:
    data = record(("SUN", "FRA", "DEU", "KOR_S"))
    value = data["gdp_per_head"].sel(source="maddison_2023", territory="SUN", year=1991)
    assert float(value) == record_file("gdp_per_head_maddison_2023").series("SUN")[1991]
    assert np.isfinite(data["steel"].sel(territory="FRA", year=1950)).any()


def test_codes_are_those_of_the_states() -> None:
    known = {*states(), "DEU_W", "DEU_E"}
    for item in FILES.values():
        assert item.territories() <= known


def test_base_rates_are_of_before_1945() -> None:
    for item in FILES.values():
        if item.rate is not None:
            assert item.rate.window[1] < 1945
            assert 0 < item.rate.value < 0.05


PAGE = (Path(__file__).parents[2] / "docs" / "record.md").read_text(encoding="utf-8")


def test_the_page_names_every_file_and_its_code_runs() -> None:
    assert {name for name in re.findall(r"`(\w+)`", PAGE) if name in FILES} == set(FILES)
    (body,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    exec(compile(body, "record.md", "exec"), {})
