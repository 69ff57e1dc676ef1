"""The wall between figures that start a run and figures that judge it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conjuncture.core.errors import InputError
from conjuncture.core.sources import sources
from conjuncture.data.catalog import (
    all_series,
    figure,
    figures,
    find,
    load_series,
    series,
    watch,
)

SERIES = sorted(all_series())
PURPOSES = ("start", "fit", "structural", "judge")

STRUCTURAL = {
    "armed_forces_cow",
    "consumption_cia",
    "gdp_cia",
    "gdp_index_maddison",
    "industry_index_narkhoz_1965",
    "investment_cia",
    "investment_index_narkhoz_1975",
    "material_product_index_narkhoz_1965",
    "other_government_cia",
    "output_index_agriculture_narkhoz_1965",
    "output_index_chemicals_narkhoz_1965",
    "output_index_consumer_goods_narkhoz_1965",
    "output_index_electricity_narkhoz_1965",
    "output_index_fuels_mining_etemad_luciani",
    "output_index_machinery_narkhoz_1965",
    "output_index_metals_narkhoz_1965",
    "output_index_transport_narkhoz_1965",
    "value_added_agriculture_cia",
    "value_added_communications_cia",
    "value_added_construction_cia",
    "value_added_industry_cia",
    "value_added_military_personnel_cia",
    "value_added_other_branches_cia",
    "value_added_services_cia",
    "value_added_trade_cia",
    "value_added_transportation_cia",
}


def last_day_counts(identifier: str) -> int:
    """The last year label observed by the end of 1945."""
    return 1946 if series(identifier).timing == "1_january" else 1945


@pytest.mark.parametrize("identifier", SERIES)
def test_no_judge_figure_is_seen_before_judging(identifier: str) -> None:
    item = series(identifier)
    for purpose in ("start", "fit"):
        assert all(year <= last_day_counts(identifier) for year in item.permitted(purpose))
    late = {y for y in item.permitted("structural") if y > last_day_counts(identifier)}
    assert late == set(item.structural)
    assert item.permitted("judge") == dict(sorted(item.values.items()))


@given(st.sampled_from(SERIES), st.sampled_from(PURPOSES), st.data())
def test_a_figure_is_given_exactly_where_its_use_allows(
    identifier: str, purpose: str, data: st.DataObject
) -> None:
    item = series(identifier)
    year = data.draw(st.sampled_from(sorted(item.values)))
    late = year > last_day_counts(identifier)
    allowed = (
        purpose == "judge" or not late or (purpose == "structural" and year in item.structural)
    )
    if allowed:
        assert figure(identifier, year, purpose) == item.values[year]
    else:
        with pytest.raises(InputError, match="observed after 1945"):
            figure(identifier, year, purpose)


def test_structural_years_are_those_declared_one_by_one() -> None:
    declared = {item.id: set(item.structural) for item in all_series().values() if item.structural}
    assert declared == {identifier: {1950} for identifier in STRUCTURAL}


def test_asking_for_a_judge_figure_says_why() -> None:
    with pytest.raises(InputError) as caught:
        figures("gdp_index_maddison", "fit", (1940, 1948, 1949))
    assert len(caught.value.faults) == 2
    assert "'judge'" in str(caught.value)
    assert "values.1948" in str(caught.value)


def test_a_series_of_judge_figures_alone_is_refused() -> None:
    with pytest.raises(InputError, match="judges the run"):
        figures("consumption_cia", "start")


def test_the_end_of_1945_is_the_first_of_january_1946() -> None:
    assert figure("population_adh_1946", 1946, "start") == 170_548
    assert series("population_adh_1946").use(1947) == "judge"
    assert series("cattle_narkhoz_1956").use(1946) == "judge"  # the day is not stated


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="gdp_index_harrison"):
        series("gdp_index_harison")
    with pytest.raises(InputError, match="did you mean gdp_index"):
        find(variable="gdp_indx")
    with pytest.raises(InputError, match="unknown purpose"):
        figures("steel_cow", "fitting")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="has no figure for this year"):
        figure("steel_cow", 1943, "fit")


def test_find_by_variable_and_sector() -> None:
    found = {item.id for item in find(variable="output_index", sector="agriculture")}
    assert found == {"output_index_agriculture_narkhoz_1965"}
    assert len(find(variable="population", territory="SUN")) == 4


def test_every_reading_is_seen_by_a_watcher() -> None:
    with watch() as readings:
        figures("steel_cow", "fit", (1940,))
        figures("gdp_cia", "judge")
    assert [(r.series, r.purpose) for r in readings] == [
        ("steel_cow", "fit"),
        ("gdp_cia", "judge"),
    ]


def test_every_series_names_its_card() -> None:
    assert {item.source for item in all_series().values()} <= set(sources())


GOOD = {
    "id": "x",
    "variable": "steel",
    "territory": "SUN",
    "title": "t",
    "concept": "c",
    "unit": "thousand tonnes",
    "timing": "year_total",
    "source": "cow_nmc_7",
    "values": {1940: 1.0, 1950: 2.0},
}


def write(folder: Path, **changes: object) -> None:
    data = {key: value for key, value in (GOOD | changes).items() if value is not None}
    name = str(changes.get("id", "x"))
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")


def test_a_sound_series_is_read(tmp_path: Path) -> None:
    write(tmp_path)
    assert load_series(tmp_path)["x"].use(1950) == "judge"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"variable": "stel"}, "did you mean steel"),
        ({"source": "cow_nmc"}, "did you mean cow_nmc_7"),
        ({"unit": "tonnes"}, "unit differs"),
        ({"sector": "metals"}, "has no sectors"),
        ({"variable": "output_index", "unit": "1940=100"}, "a sector is needed"),
        ({"structural": {1940: "why not"}}, "observed before 1946"),
        ({"structural": {1950: " "}}, "needs a reason"),
        ({"structural": {1951: "slow"}}, "year has no figure"),
        ({"start": [1950]}, "observed after 1945"),
        ({"values": {}}, "has no figure"),
        ({"values": {1940: float("nan")}}, "finite"),
        ({"tming": "year_total"}, "did you mean timing"),
        ({"timing": "yearly"}, "timing"),
        ({"title": None}, "key is missing"),
    ],
)
def test_a_faulty_series_is_refused(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    write(tmp_path, **changes)
    with pytest.raises(InputError, match=message):
        load_series(tmp_path)


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, id="a", variable="stel")
    write(tmp_path, id="b", unit="tonnes", start=[1950])
    write(tmp_path, id="c")
    write(tmp_path, id="d")
    with pytest.raises(InputError) as caught:
        load_series(tmp_path)
    text = str(caught.value)
    for part in ("a.yaml", "b.yaml: unit", "b.yaml: start.1950", "same label as"):
        assert part in text


def test_a_misnamed_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "x.yaml").rename(tmp_path / "y.yaml")
    with pytest.raises(InputError, match="differs from the file's name"):
        load_series(tmp_path)
