"""The user's folder: what is missing or wrong is told all at once, with remedies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from conjuncture.core.errors import InputError
from conjuncture.fit.catalog import FITS
from conjuncture.fit.files import FILES, read_tables
from conjuncture.fit.refit import fitted_from, refit
from conjuncture.fit.system import state_system

Frames = dict[str, pd.DataFrame]
OWN = [stem for stem, wants in FILES.items() if not wants.shipped]


def test_every_missing_file_is_named_with_its_card(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        refit(tmp_path)
    told = {fault.field for fault in caught.value.faults}
    assert told == {f"{stem}.csv" for stem in OWN}
    for fault in caught.value.faults:
        stem = str(fault.field).removesuffix(".csv")
        assert FILES[stem].card in fault.problem
        assert "docs/fitting.md" in fault.remedy


def test_all_faults_of_all_files_come_together(tables: Frames, tmp_path: Path) -> None:
    tables["nmc_v7"].rename(columns={"cinc": "cink"}).to_csv(tmp_path / "nmc_v7.csv")
    wrong = tables["war_intra_v51"].astype(object)
    wrong.loc[4, "Outcome"] = "won"
    wrong.drop(columns="StartYr1").to_csv(tmp_path / "war_intra_v51.csv")
    tables["archigos_v41"].to_csv(tmp_path / "archigos_v14.csv")
    (tmp_path / "polity5_v2018.parquet").write_text("no parquet")
    (tmp_path / "milex_share_gdp.csv").write_text("Entity,Year,a,b\nFrance,1900,1,2\n")
    with pytest.raises(InputError) as caught:
        refit(tmp_path)
    told = {fault.field: fault for fault in caught.value.faults}
    assert told["cinc"].nearest == ("cink",)
    assert "column 'StartYr1' is missing" in told["StartYr1"].problem
    assert told["Outcome"].value == "won"
    assert "row 6" in told["Outcome"].problem
    assert told["archigos_v41.csv"].nearest[0] == "archigos_v14.csv"
    texts = [str(fault) for fault in caught.value.faults]
    assert any("polity5_v2018.parquet" in text and "cannot be read" in text for text in texts)
    assert any("needs one column beside Entity and Year" in text for text in texts)
    present = {"nmc_v7", "war_intra_v51", "polity5_v2018", "milex_share_gdp"}
    assert {f"{stem}.csv" for stem in OWN if stem not in present} <= set(told)


def test_a_folder_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        refit(tmp_path / "nowhere")


def test_a_parquet_file_without_its_package_has_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: Any) -> None:
        raise ImportError

    monkeypatch.setattr(pd, "read_parquet", none)
    (tmp_path / "nmc_v7.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"pip install pyarrow.*\.csv"):
        read_tables(["nmc_v7"], tmp_path)


def test_parquet_and_csv_say_the_same(tables: Frames, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "a" / "deeper").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    tables["nmc_v7"].to_parquet(tmp_path / "a" / "deeper" / "nmc_v7.parquet")
    tables["nmc_v7"].to_csv(tmp_path / "b" / "nmc_v7.csv")
    one, two = (read_tables(["nmc_v7"], tmp_path / name)["nmc_v7"] for name in "ab")
    pd.testing.assert_frame_equal(one, two)


def test_names_of_the_publisher_are_read_too(tables: Frames, tmp_path: Path) -> None:
    spells = tables["contiguity_direct_v32"]
    as_published = spells.assign(begin=181601, end=201612).drop(columns=["stdate", "enddate"])
    as_published = as_published.rename(columns={"ccode1": "statelno", "ccode2": "statehno"})
    as_published.to_csv(tmp_path / "contiguity_direct_v32.csv", index=False)
    read = read_tables(["contiguity_direct_v32"], tmp_path)
    one = state_system(tables, 1945)
    assert (one.land == state_system(tables | read, 1945).land).all()
    assert one.land.any()


def test_data_that_do_not_bear_a_fit_name_the_mechanism(tables: Frames) -> None:
    none = tables["war_intra_v51"].assign(Outcome=1)
    with pytest.raises(InputError, match="fit revolution_outcome") as caught:
        fitted_from(FITS["revolution_outcome"], tables | {"war_intra_v51": none})
    assert "200 rows with 0 events" in str(caught.value)


def test_an_unknown_mechanism_names_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        refit(None, ["grwoth", "dispute_hazzard"])
    assert [fault.nearest[0] for fault in caught.value.faults] == ["growth", "dispute_hazard"]


def test_only_what_is_asked_for_is_read(tables: Frames, tmp_path: Path) -> None:
    tables["war_intra_v51"].to_csv(tmp_path / "war_intra_v51.csv")
    found = refit(tmp_path, ["revolution_outcome"])
    assert list(found) == ["revolution_outcome"]
    assert found["revolution_outcome"] == fitted_from(FITS["revolution_outcome"], tables)


def test_without_a_folder_shipped_series_alone_are_fitted() -> None:
    assert set(refit()) == {name for name, fit in FITS.items() if fit.shipped}
    assert refit(None, ["dispute_hazard"]) == {}
