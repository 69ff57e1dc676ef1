"""What lies behind 1945: losses, growth, schooling, incomes, democracy, years held."""

from __future__ import annotations

import numpy as np
import pytest

from conjuncture.data.rules import rule
from conjuncture.data.state_model import BOUNDED, FIGURES, SIGNED, State
from conjuncture.data.states import parts, state, states

ALL = tuple(states().values())
WHOLES = tuple(item for item in ALL if item.parent is None)
NEW = (
    "capital_lost_share",
    "prewar_level",
    "prewar_growth",
    "population_growth",
    "inequality_top10",
    "gini",
    "democracy",
)


def number(item: State, name: str) -> float:
    value = item.value(name)
    assert value is not None, (item.id, name)
    return value


def test_every_unit_has_them() -> None:
    for item in ALL:
        assert [name for name in NEW if name not in item.figures] == [], item.id
    assert [item.id for item in ALL if "schooling" not in item.figures] == ["NLD_CA"]


def test_ranges() -> None:
    for item in ALL:
        assert 0 <= number(item, "capital_lost_share") < 1, item.id
        assert 0 <= number(item, "democracy") <= 1, item.id
        assert 0.5 < number(item, "prewar_level") < 4, item.id
        assert 0.2 < number(item, "inequality_top10") < number(item, "gini") < 0.8, item.id
        for name in SIGNED & set(item.figures):
            assert abs(number(item, name)) < 0.08, (item.id, name)


# Capital lost ---------------------------------------------------------------------------


@pytest.mark.parametrize("whole", ["SUN", "DEU", "POL", "KOR", "CHN"])
def test_losses_of_the_parts_are_that_of_the_whole(whole: str) -> None:
    """Weighted by the capital of before the war, which the file's capital and loss imply."""
    lost = np.array([number(item, "capital_lost_share") for item in parts(whole)])
    before = np.array([number(item, "capital") for item in parts(whole)]) / (1 - lost)
    assert before @ lost / before.sum() == pytest.approx(
        number(state(whole), "capital_lost_share"), rel=1e-4
    )


def test_the_front_divides_the_republics() -> None:
    lost = {item.id: number(item, "capital_lost_share") for item in parts("SUN")}
    behind = {"SUN_CAU", "SUN_CAS", "SUN_KAZ", "SUN_SAK"}
    assert {code for code, share in lost.items() if share == 0} == behind
    assert lost["SUN_UKR"] == lost["SUN_BLR"] > lost["SUN_RUS"] > 0
    assert lost["SUN_UKR"] > number(state("SUN"), "capital_lost_share")


@pytest.mark.parametrize(
    ("code", "percent"),
    [("USA", 0), ("GBR", 5.024), ("SUN", 25), ("JPN", 25), ("DEU", 17.4), ("ITA", 10)],
)
def test_losses_of_the_powers(code: str, percent: float) -> None:
    """Harrison (1998), table 1-11: national wealth, or fixed assets of industry."""
    assert number(state(code), "capital_lost_share") == pytest.approx(percent / 100)


def test_capital_follows_from_the_loss() -> None:
    ratio = rule("capital_output").parameters["ratio"]
    for item in WHOLES:
        capital = item.figures.get("capital")
        if capital is not None:
            base = float(capital.how.split()[1].replace(",", ""))
            left = 1 - number(item, "capital_lost_share")
            # The base is told in whole millions, the figure in six digits.
            told = pytest.approx(ratio * base * left, rel=1e-5, abs=ratio)
            assert capital.value == told, item.id


# Growth and level ------------------------------------------------------------------------

PER_HEAD_2010 = {
    "JPN": (1386.689, 2816.057, 26),
    "SWE": (3100.018, 5736.959, 25),
    "DEU": (3648.006, 5406.244, 26),
    "FRA": (3514.493, 4793.310, 27),
    "BRA": (835.677, 1275.988, 27),
    "SUN": (1487.599, 2236.803, 26),
    "CHE": (4373.134, 6171.267, 25),
    "ITA": (2563.548, 3521.490, 26),
}
"""Maddison (2010), dollars of 1990: first and last year of the file's span, and its length."""


@pytest.mark.parametrize("code", PER_HEAD_2010)
def test_growth_agrees_with_the_edition_of_2010(code: str) -> None:
    first, last, years = PER_HEAD_2010[code]
    figure = state(code).figure("prewar_growth")
    start, end = (int(year) for year in figure.date.split("/"))
    assert end - start == years
    spread = rule(figure.rule).spread or 0
    assert figure.value == pytest.approx(np.log(last / first) / years, abs=2 * spread)


def test_the_plans_stand_against_the_depression() -> None:
    assert number(state("SUN"), "growth_1928_1938") > 0.04
    assert number(state("USA"), "growth_1928_1938") < 0 < number(state("USA"), "prewar_growth")
    gaps = [item for item in ALL if "growth_1928_1938" not in item.figures]
    assert all(item.gaps["growth_1928_1938"] for item in gaps)
    assert 0 < len(gaps) < len(ALL) / 2


def test_republics_were_equally_rich_before_the_war() -> None:
    """Product per head of before the war: level times the product per head of 1945."""
    before = [
        number(item, "prewar_level") * number(item, "product_per_head")
        for item in (state("SUN"), *parts("SUN"))
    ]
    assert before == pytest.approx([before[0]] * len(before), rel=1e-4)


def test_growth_of_people_is_not_that_of_the_war() -> None:
    for item in ALL:
        figure = item.figure("population_growth")
        first, last = (int(year) for year in figure.date.split("/"))
        assert (first, last) == (1913, 1940) or 1928 <= first < last <= 1938, item.id
        if figure.rule == "people_counted":
            assert figure.value <= rule("people_counted").parameters["highest"]


# Society -----------------------------------------------------------------------------------


def test_schooling_of_1950_is_carried_back_by_one_change() -> None:
    """Barro and Lee (2013): years of schooling in 1950."""
    change = rule("schooling_carried_back").parameters["change_from_1950"]
    assert 0.8 < change < 1
    for code, later in (("SUN_EST", 6.11), ("SUN_LVA", 3.69), ("SAU", 2.17), ("MNG", 0.67)):
        assert number(state(code), "schooling") == pytest.approx(change * later, rel=1e-4)
    ranks = [number(state(code), "schooling") for code in ("USA", "GBR", "ITA", "SUN", "IND")]
    assert ranks == sorted(ranks, reverse=True)


def test_lines_of_the_rules_give_what_the_files_hold() -> None:
    line = rule("gini_from_top10").parameters
    school = rule("schooling_by_product").parameters
    assert line["b"] > 0
    assert school["b1"] > 0
    for item in ALL:
        top = number(item, "inequality_top10")
        assert number(item, "gini") == pytest.approx(line["a"] + line["b"] * top, rel=1e-4)
        figure = item.figures.get("schooling")
        if figure is not None and figure.rule == "schooling_by_product":
            years = school["b0"] + school["b1"] * np.log(number(item, "product_per_head"))
            assert np.log(figure.value) == pytest.approx(years, abs=1e-4), item.id


def test_no_value_of_the_long_run_series_counts_as_observed() -> None:
    for item in ALL:
        figure = item.figure("inequality_top10")
        if figure.basis == "observed":
            assert figure.source == "wid_2023"
            assert figure.date != "1940", item.id
        assert 1934 <= figure.last_year <= 1945, item.id


def test_scores_of_polity_and_none_for_a_transition() -> None:
    """Polity5: 9 for the United States and -9 for the USSR in 1945; Poland in transition."""
    assert number(state("USA"), "democracy") == pytest.approx((9 + 10) / 20)
    assert number(state("SUN"), "democracy") == pytest.approx((-9 + 10) / 20)
    for code in ("POL", "CSK", "HUN", "ROU", "BGR", "ITA", "FRA", "AUT", "BRA", "ALB"):
        assert state(code).figure("democracy").rule == "polity_from_vdem", code
    line = rule("polity_from_vdem").parameters
    poland = line["a"] + line["b"] * 0.16  # V-Dem 15, electoral democracy, 1945
    assert number(state("POL"), "democracy") == pytest.approx(poland, rel=1e-4)


def test_priors_of_scales_stay_on_the_scale() -> None:
    for item in ALL:
        for name in BOUNDED:
            prior = item.figure(name).prior
            assert prior is not None
            low, high = prior.quantile(np.array([0.0, 1.0]))
            assert 0 <= low < high <= 1, item.id


# Years held ---------------------------------------------------------------------------------


def test_who_was_acquired_has_a_year_and_no_one_else() -> None:
    acquired = {"annexed", "occupied", "colony", "protectorate", "mandate"}
    for item in ALL:
        held = item.holder != item.id and item.spell().status in acquired
        assert ("held_since" in item.figures) == held, item.id
        if held:
            assert 1816 <= number(item, "held_since") <= 1945
            assert item.figure("held_since").date == str(int(number(item, "held_since")))


@pytest.mark.parametrize(
    ("code", "year"),
    [
        ("SUN_EST", 1940),
        ("SUN_POL", 1939),
        ("SUN_KOE", 1945),
        ("KOR_S", 1945),
        ("DEU_SU", 1945),
        ("TWN", 1945),
        ("HKG", 1842),
        ("PHL", 1898),
        ("TUN", 1881),
    ],
)
def test_years_that_the_spells_or_the_list_name(code: str, year: int) -> None:
    """War occupations between two spells of the same holder do not begin a new count."""
    assert number(state(code), "held_since") == year
    assert FIGURES["held_since"] == "year of the common era"
