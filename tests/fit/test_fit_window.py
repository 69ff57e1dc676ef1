"""No figure of after 1945 enters a fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conjuncture.core.files import content_root
from conjuncture.data.fitted import fitted, spans
from conjuncture.fit.catalog import FITS
from conjuncture.fit.files import END, FILES, read_tables, years_of
from conjuncture.fit.refit import fitted_from, refit

Frames = dict[str, pd.DataFrame]
UNDATED = {"icow_colonial_history_v11", "parlgov_parties", "codes", "war_losses_harrison"}


def in_folder(tables: Frames, folder: Path) -> Path:
    for stem, table in tables.items():
        if stem in FILES and not FILES[stem].shipped:
            table.to_csv(folder / f"{stem}.csv", index=False)
    return folder


def later(table: pd.DataFrame, year: str) -> pd.DataFrame:
    """Return the rows again, dated 1946 to 1990, with other figures."""
    rows = table.sample(60, replace=True, random_state=1).copy()
    when = np.arange(60) % 45 + 1946
    dated = rows[year].astype(str).str.contains("-").any()
    rows[year] = [f"{y}-03-01" for y in when] if dated else when
    for name in (
        "share",
        "cinc",
        "milper",
        "flow1",
        "imports",
        "vote_share",
        "polity",
        "BatDeath",
    ):
        if name in rows:
            rows[name] = rows[name] * 7 + 3
    return rows


def test_rows_dated_after_1945_are_dropped_as_files_are_read(
    tables: Frames, tmp_path: Path
) -> None:
    given = {stem: t for stem, t in tables.items() if stem in FILES and not FILES[stem].shipped}
    for name in ("plain", "more"):
        (tmp_path / name).mkdir()
    in_folder(given, tmp_path / "plain")
    dated = [stem for stem in given if stem not in UNDATED]
    more = {s: pd.concat([given[s], later(given[s], FILES[s].year.split("|")[0])]) for s in dated}
    in_folder(more, tmp_path / "more")
    plain, cut = read_tables(dated, tmp_path / "plain"), read_tables(dated, tmp_path / "more")
    for stem in dated:
        assert len(more[stem]) > len(given[stem])
        pd.testing.assert_frame_equal(plain[stem], cut[stem])


def test_every_other_file_has_a_date() -> None:
    assert {stem for stem, wants in FILES.items() if not wants.year} == UNDATED


def test_shipped_series_end_in_1945() -> None:
    table = pd.read_csv(content_root() / "fitting" / "product_per_head.csv")
    assert table.year.max() == END == 1945


def same(name: str, one: Frames, other: Frames) -> bool:
    return fitted_from(FITS[name], one) == fitted_from(FITS[name], other)


def test_a_war_that_outlasts_1945_does_not_enter(tables: Frames) -> None:
    fighters = tables["war_inter_participants_v40"]
    war = fighters[fighters.WarNum == 1].assign(
        WarNum=9999, StartYear1=1944, EndYear1=1947, BatDeath=9e9
    )
    more = tables | {"war_inter_participants_v40": pd.concat([fighters, war])}
    for name in ("war_outcome", "war_duration", "war_losses"):
        assert same(name, tables, more)
    short = pd.concat([fighters, war.assign(EndYear1=1945)])
    assert not same("war_duration", tables, tables | {"war_inter_participants_v40": short})


def test_a_civil_war_that_outlasts_1945_does_not_enter(tables: Frames) -> None:
    rows = tables["war_intra_v51"]
    war = rows.head(1).assign(StartYr1=1944, WarType=4, Outcome=2, WDuratDays=1500)
    assert same("revolution_outcome", tables, tables | {"war_intra_v51": pd.concat([rows, war])})


def test_a_ruler_removed_after_1945_was_in_power_till_then(tables: Frames) -> None:
    leaders = tables["archigos_v41"]
    removed = leaders.copy()
    after = removed.enddate.str[:4].astype(int) > 1945
    assert after.any()
    removed.loc[after, ["exit", "exitcode"]] = ["Foreign", "Unknown"]
    removed.loc[after, "enddate"] = "1946-02-02"
    for name in ("regime_end", "coup", "revolution"):
        assert same(name, tables, tables | {"archigos_v41": removed})


def test_independence_after_1945_does_not_enter(tables: Frames) -> None:
    members = pd.concat([tables["system_states"], tables["colonial_members"]], ignore_index=True)
    tables = tables | {"system_states": members}
    history, spells = tables["icow_colonial_history_v11"], tables["entities_status_spells"]
    more = pd.concat([history, history.head(30).assign(IndDate=196006, IndViol=1)])
    longer = spells.assign(end_year=spells.end_year.where(spells.end_year <= 1945, 1947))
    changed = tables | {"icow_colonial_history_v11": more, "entities_status_spells": longer}
    assert same("independence", tables, changed)


@pytest.mark.parametrize("name", ["growth", "depression", "recovery", "trade_openness"])
def test_later_product_changes_nothing(name: str, tables: Frames) -> None:
    product = tables["product_per_head"]
    boom = product[product.year > 1915].assign(
        year=lambda t: t.year + 30, product_per_head=lambda t: t.product_per_head * 9
    )
    boom = boom[boom.year > 1945]
    assert len(boom) > 100
    if name == "recovery":
        product = product.assign(
            product_per_head=product.product_per_head.where(
                product.year < 1914, product.product_per_head * 0.8
            )
        )
    one, other = {**tables, "product_per_head": product}, pd.concat([product, boom])
    assert same(name, one, tables | {"product_per_head": other})


def test_later_elections_change_nothing(tables: Frames) -> None:
    rows = tables["parlgov_elections"]
    more = rows.assign(
        election_date="1950-05-01",
        election_id=rows.election_id + 900_000,
        previous_parliament_election_id=rows.election_id,
        vote_share=50.0,
    )
    assert same("elections", tables, tables | {"parlgov_elections": pd.concat([rows, more])})


def test_windows_of_all_that_is_shipped_end_by_1945() -> None:
    for name, parameter in fitted().items():
        assert parameter.spans, name
        assert max(last for _, last in parameter.spans) <= END


@pytest.mark.parametrize("window", ["1816", "1816-194", "1816 to 1944", "1816-1913, x", ""])
def test_what_is_no_window_has_no_spans(window: str) -> None:
    assert spans(window) == ()
    assert spans("1816-1913, 1920-1938") == ((1816, 1913), (1920, 1938))


def test_years_of_dates_and_months() -> None:
    found = years_of(pd.Series(["1945-05-08", 194505, 1945.0, "nan", None]))
    assert found.tolist()[:3] == [1945, 1945, 1945]
    assert found.isna().tolist()[3:] == [True, True]


@pytest.mark.slow
def test_a_folder_with_later_years_gives_the_same_fits(tables: Frames, tmp_path: Path) -> None:
    members = pd.concat([tables["system_states"], tables["colonial_members"]], ignore_index=True)
    given = tables | {"system_states": members}
    (tmp_path / "plain").mkdir()
    (tmp_path / "more").mkdir()
    plain = refit(in_folder(given, tmp_path / "plain"))
    more = {
        stem: pd.concat([table, later(table, FILES[stem].year)])
        if stem in FILES and stem not in UNDATED
        else table
        for stem, table in given.items()
    }
    assert refit(in_folder(more, tmp_path / "more")) == plain
    assert set(plain) == set(FITS)
