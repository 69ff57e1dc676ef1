"""The documented form: what is written is read again, and what is wrong is refused by cell."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from conjuncture.accounts.formats.form import read_table, write_table
from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import ROLES, Capital, FinalUse, Labour, Table
from conjuncture.core.errors import Fault, InputError

Edit = Callable[..., Path]


def assert_equal(left: Table, right: Table) -> None:
    """Compare two tables field by field, figures exactly; the file may differ."""
    for field in dataclasses.fields(Table):
        a, b = getattr(left, field.name), getattr(right, field.name)
        if field.name in {"labour", "capital"} and a is not None:
            assert_parts_equal(a, b)
        elif isinstance(a, np.ndarray):
            np.testing.assert_array_equal(a, b, err_msg=field.name)
        elif field.name != "file":
            assert a == b, field.name


def assert_parts_equal(a: Labour | Capital, b: Labour | Capital) -> None:
    for field in dataclasses.fields(a):
        np.testing.assert_array_equal(getattr(a, field.name), getattr(b, field.name))


def faults_of(path: Path) -> list[Fault]:
    with pytest.raises(InputError) as caught:
        read_table(path)
    faults = list(caught.value.faults)
    for fault in faults:
        assert fault.file, fault
        assert fault.field, fault
        assert fault.remedy, fault
    return faults


# Round trips ------------------------------------------------------------------


def test_what_is_written_is_read(toy: Table, tmp_path: Path) -> None:
    write_table(toy, tmp_path)
    assert_equal(read_table(tmp_path), toy)


def test_a_bare_table_needs_no_optional_part(toy: Table, tmp_path: Path) -> None:
    bare = dataclasses.replace(
        toy, imported_intermediate=None, imported_final=None, labour=None, capital=None
    )
    write_table(bare, tmp_path)
    assert_equal(read_table(tmp_path), bare)
    assert "capital" not in (tmp_path / "table.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["usa_2014", "deu_2014", "usa_1947"])
def test_shipped_files_are_what_the_library_would_write(name: str, tmp_path: Path) -> None:
    table = load_table(name)
    write_table(table, tmp_path)
    folder = Path(table.file).parent
    for file in ("table.yaml", "flows.csv"):
        assert (tmp_path / file).read_bytes() == (folder / file).read_bytes()


LABELS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8
)
FIGURES = st.floats(allow_nan=False, allow_infinity=False, width=64)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Any table of the form, whether or not it balances."""
    names = draw(st.lists(LABELS, min_size=4, max_size=8, unique=True))
    n, f = draw(st.integers(1, len(names) - 3)), 1
    sectors, final, rows = tuple(names[:n]), names[n : n + f], names[n + f :]

    def figures(*shape: int) -> np.ndarray:
        return draw(arrays(np.float64, shape, elements=FIGURES))

    with_imports, with_labour, with_capital = (draw(st.booleans()) for _ in range(3))
    return Table(
        name="random",
        title=draw(LABELS),
        territory=draw(LABELS),
        year=draw(st.integers(1, 3000)),
        currency=draw(LABELS),
        unit=draw(LABELS),
        prices=draw(LABELS),
        sectors=sectors,
        titles=tuple(draw(st.lists(st.just("") | LABELS, min_size=n, max_size=n))),
        intermediate=figures(n, n),
        final_uses=tuple(FinalUse(name, draw(st.sampled_from(ROLES))) for name in final),
        final=figures(n, f),
        imports=figures(n),
        primary_inputs=tuple(rows),
        value_added_rows=(rows[0],),
        primary=figures(len(rows), n),
        output=figures(n),
        origin=draw(st.sampled_from(["user", "wiod_2016", "user: from a book"])),
        imported_intermediate=figures(n, n) if with_imports else None,
        imported_final=figures(n, f) if with_imports else None,
        labour=Labour(("a", "b"), ("h", "h"), figures(2, n), {"x": 1.5}) if with_labour else None,
        capital=Capital(figures(n), "year_end", figures(n), "user", "user")
        if with_capital
        else None,
        exceptions=draw(st.sampled_from([{}, {"capital": sectors[:1], "no_output": sectors}])),
        reconstruction=draw(st.booleans()),
        variant=draw(st.just("") | LABELS),
    )


@given(tables())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_table_survives_the_form(tmp_path: Path, table: Table) -> None:
    write_table(table, tmp_path)
    assert_equal(read_table(tmp_path), table)


def test_spreadsheets_may_add_a_mark_blanks_and_empty_lines(edited: Edit, toy: Table) -> None:
    folder = edited(sheet={"output,output,,150": "\r\n,,,,\r\noutput, output ,, 150 "})
    path = folder / "flows.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert_equal(read_table(folder), toy)


def test_a_path_may_be_the_folder_the_header_or_the_sheet(edited: Edit, toy: Table) -> None:
    folder = edited()
    for path in (folder, folder / "table.yaml", folder / "flows.csv"):
        assert_equal(read_table(path), toy)
    (folder / "table.yaml").rename(folder / "spain.yaml")
    (folder / "flows.csv").rename(folder / "spain.csv")
    for path in (folder / "spain.yaml", folder / "spain.csv"):
        assert_equal(read_table(path), toy)


def test_other_paths_are_refused(edited: Edit) -> None:
    folder = edited()
    with pytest.raises(InputError, match=r"flows\.csv"):
        read_table(folder / "flows.xlsx")
    with pytest.raises(InputError, match="no such file"):
        read_table(folder / "nowhere.csv")


# Bad sheets -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", "empty"),
        ("n/a", "not a number"),
        ("NaN", "not a finite number"),
        ("inf", "not a finite number"),
        ("1_000", "not a number"),
        ('"1,5"', "not a number"),
    ],
)
def test_a_cell_that_is_no_number_is_named(edited: Edit, cell: str, problem: str) -> None:
    folder = edited(sheet={"use,shops,Services,20,60,": f"use,shops,Services,20,{cell},"})
    (fault,) = faults_of(folder)
    assert problem in fault.problem
    assert fault.file is not None
    assert fault.file.endswith("flows.csv")
    assert fault.field == "line 4: use shops, column works"
    assert fault.value == (cell.strip('"') or "(empty)")
    assert "plain number" in fault.remedy


def test_swapped_rows_are_refused_with_both_labels(edited: Edit) -> None:
    folder = edited(
        sheet={"use,farms,": "use,???,", "use,works,": "use,farms,"},
    )
    edited_text = (folder / "flows.csv").read_text(encoding="utf-8")
    (folder / "flows.csv").write_text(edited_text.replace("???", "works"), encoding="utf-8")
    first, second = faults_of(folder)
    assert (first.field, first.value, first.nearest) == (
        "line 2: use works",
        "works",
        ("farms",),
    )
    assert (second.field, second.value, second.nearest) == (
        "line 3: use farms",
        "farms",
        ("works",),
    )
    assert "order" in first.remedy


def test_a_misspelt_row_label_is_refused_with_the_nearest(edited: Edit) -> None:
    folder = edited(sheet={"imported,works,": "imported,wroks,"})
    misspelt, missing = faults_of(folder)
    assert misspelt.value == "wroks"
    assert misspelt.nearest == ("works",)
    assert misspelt.field == "line 6: imported wroks"
    assert missing.value == "works"


def test_a_misspelt_final_use_is_refused_with_the_nearest(edited: Edit) -> None:
    folder = edited(sheet={"households,stocks,abroad": "households,abroad,stocks"})
    faults = faults_of(folder)
    assert [fault.value for fault in faults] == ["abroad", "stocks"]
    folder = edited(sheet={"households,stocks,abroad": "housholds,stocks,abroad"})
    (fault,) = faults_of(folder)
    assert fault.nearest == ("households",)
    assert "labelled 'housholds'" in fault.problem


def test_a_doubled_row_and_column_are_refused(edited: Edit) -> None:
    row = "primary,taxes,,0,10,5,,,\n"
    (fault,) = faults_of(edited(sheet={row: row + row}))
    assert (fault.value, "twice" in fault.problem) == ("taxes", True)
    faults = faults_of(edited(sheet={"title,farms,works,": "title,farms,farms,"}))
    assert any(fault.field == "line 1, column 5" for fault in faults)


def test_a_row_of_the_wrong_length_is_refused(edited: Edit) -> None:
    folder = edited(sheet={"output,output,,150,400,510,,,": "output,output,,150,400,510"})
    faults = faults_of(folder)
    assert faults[0].field == "line 11: output output"
    assert "3 cells" in faults[0].problem


def test_an_unknown_block_is_refused_with_the_nearest(edited: Edit) -> None:
    faults = faults_of(edited(sheet={"output,output": "outputs,output"}))
    assert faults[0].nearest[0] == "output"
    assert any("no output row" in fault.problem for fault in faults)


def test_figures_under_final_uses_are_refused_where_none_belong(edited: Edit) -> None:
    (fault,) = faults_of(
        edited(sheet={"imports,imports,,30,70,20,,,": "imports,imports,,30,70,20,,1,"})
    )
    assert fault.field == "line 8: imports imports, column stocks"
    assert fault.value == "1"


def test_semicolons_are_refused_with_the_remedy(edited: Edit) -> None:
    folder = edited()
    text = (folder / "flows.csv").read_text(encoding="utf-8").replace(",", ";")
    (folder / "flows.csv").write_text(text, encoding="utf-8")
    (fault,) = faults_of(folder)
    assert "comma-separated" in fault.remedy


def test_an_empty_sheet_is_refused(edited: Edit) -> None:
    folder = edited()
    (folder / "flows.csv").write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match="is empty"):
        read_table(folder)


def test_an_open_quote_swallows_no_rows(edited: Edit) -> None:
    with pytest.raises(InputError):
        read_table(edited(sheet={"use,works,": 'use,"works,'}))


# Bad headers ------------------------------------------------------------------


def test_a_missing_unit_is_refused(edited: Edit) -> None:
    (fault,) = faults_of(edited(header={"unit: million EUR\n": ""}))
    assert (fault.field, fault.problem) == ("unit", "key is missing")


def test_an_empty_unit_is_refused(edited: Edit) -> None:
    (fault,) = faults_of(edited(header={"unit: million EUR\n": "unit: ''\n"}))
    assert fault.field == "unit"


def test_an_unknown_key_is_refused_with_the_nearest(edited: Edit) -> None:
    faults = faults_of(edited(header={"currency: EUR": "curency: EUR"}))
    unknown = next(fault for fault in faults if fault.value == "curency")
    assert unknown.nearest == ("currency",)
    assert any(fault.field == "currency" for fault in faults)


def test_an_unknown_exception_and_sector_are_refused(edited: Edit) -> None:
    extra = {"name: toy\n": "name: toy\nexceptions:\n  capitol: [farms]\n"}
    (fault,) = faults_of(edited(header=extra))
    assert (fault.field, fault.nearest) == ("exceptions.capitol", ("capital",))
    extra = {"name: toy\n": "name: toy\nexceptions:\n  capital: [farm]\n"}
    (fault,) = faults_of(edited(header=extra))
    assert (fault.field, fault.value, fault.nearest) == (
        "exceptions.capital",
        "farm",
        ("farms",),
    )


def test_an_unknown_role_names_the_value(edited: Edit) -> None:
    (fault,) = faults_of(edited(header={"role: inventories": "role: stocks"}))
    assert fault.value == "stocks"
    assert "inventories" in fault.problem


def test_a_value_added_row_must_stand_in_the_sheet(edited: Edit) -> None:
    (fault,) = faults_of(edited(header={"- value_added\n": "- value_aded\n"}))
    assert (fault.field, fault.nearest) == ("value_added_rows", ("value_added",))


def test_labour_and_capital_stand_in_both_files_or_in_none(edited: Edit) -> None:
    faults = faults_of(edited(sheet={"labour,hours,million hours,9,13,35,,,\n": ""}))
    assert [fault.value for fault in faults] == ["hours"]
    faults = faults_of(edited(sheet={"capital,capital,million EUR,200,450,900,,,\n": ""}))
    assert faults[0].field == "block capital"
    dropped = (
        "capital:\n  timing: in_use\n  origin: made up for a test\n  depreciation_origin: user\n"
    )
    faults = faults_of(edited(header={dropped: ""}))
    assert [fault.value for fault in faults] == ["capital", "depreciation"]


def test_a_misspelt_card_is_not_taken_for_words(edited: Edit) -> None:
    origin = "prices: basic prices, current\norigin: made up for a test"
    changed = {origin: "prices: basic prices, current\norigin: wiod_2106"}
    (fault,) = faults_of(edited(header=changed))
    assert fault.nearest[0] == "wiod_2016"
    changed = {origin: "prices: basic prices, current\norigin: wiod_2016"}
    assert read_table(edited(header=changed)).origin == "wiod_2016"


def test_faults_of_both_files_come_at_once(edited: Edit) -> None:
    folder = edited(
        header={"unit: million EUR\n": "", "currency: EUR": "curency: EUR"},
        sheet={"use,shops,Services,20,60,": "use,shops,Services,x,,"},
    )
    faults = faults_of(folder)
    assert {fault.field for fault in faults} == {
        "unit",
        "currency",
        "curency",
        "line 4: use shops, column farms",
        "line 4: use shops, column works",
    }


# Writing ----------------------------------------------------------------------


def test_what_cannot_be_read_again_is_not_written(toy: Table, tmp_path: Path) -> None:
    bad = dataclasses.replace(
        toy,
        sectors=("farms", " works", "shops"),
        imports=np.array([np.nan, 0, 0]),
        exceptions={"capitol": ("farms",)},
    )
    with pytest.raises(InputError) as caught:
        write_table(bad, tmp_path / "new")
    text = str(caught.value)
    assert "' works'" in text
    assert "imports imports" in text
    assert "capitol" in text
    assert not (tmp_path / "new").exists()
