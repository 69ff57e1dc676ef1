"""Make and use tables in the forms of the BEA, whole and broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from typer.testing import CliRunner

from conjuncture.accounts.checks import check
from conjuncture.accounts.formats.bea import read_bea, rounding
from conjuncture.accounts.formats.bea_sheet import read_matrix
from conjuncture.accounts.formats.readers import declare_exceptions
from conjuncture.accounts.supply_use import industry_table
from conjuncture.cli.app import app
from conjuncture.core.errors import InputError

INDUSTRIES = ["111CA", "211", "GSLE"]
TITLES = {"111CA": "Farms", "211": "Oil and gas extraction", "GSLE": "State enterprises",
          "Used": "Scrap, used goods", "Other": "Noncomparable imports"}  # fmt: skip
COMMODITIES = [*INDUSTRIES, "Used", "Other"]
FINAL = ["F010", "F02E", "F030", "F040", "F050", "F06C", "F06E", "F10C"]
MAKE = np.array([[90, 5, 0, 2, 0], [0, 60, 3, 0, 0], [1, 0, 40, 0, 0.0]])
USE = np.array([[20, 5, 4], [10, 8, 6], [3, 2, 5], [1, 0, 0], [2, 1, 1.0]])
ENDS = np.array([
    [50, 0, 2, 20, -10, 0, 0, 0], [30, 5, -3, 10, -12, 6, 3, 2], [20, 0, 0, 2, 4, 0, 0, 7],
    [0, -1, 0, 2, 0, 0, 0, 0], [6, 0, 0, 0, -10, 0, 0, 0.0],
])  # fmt: skip


def sheets(added: int = 1) -> dict[str, list[list[Any]]]:
    """Make and use as the historical summary workbooks have them: names above codes."""
    value_added = MAKE.sum(axis=1) - USE.sum(axis=0)
    parts = [("T006", value_added)] if added == 1 else [
        ("V001", 0.6 * value_added), ("V002", 0.1 * value_added), ("V003", 0.3 * value_added),
        ("T006", value_added),
    ]  # fmt: skip

    def cells(values: np.ndarray) -> list[Any]:
        return [round(float(v), 6) if v else "..." for v in values]

    def heading(text: str, kind: str, columns: list[str]) -> list[list[Any]]:
        return [[f"The {text}, Before Redefinitions"], ["(Millions of dollars)"],
                ["Bureau of Economic Analysis"], [2001], [],
                [f"{kind} / X", "", *(TITLES.get(c, f"Name of {c}") for c in columns)],
                ["Code", f"{kind} Description", *(int(c) if c.isdigit() else c for c in columns)],
                ]  # fmt: skip

    make = heading("Make of Commodities by Industries", "Industry", [*COMMODITIES, "T008"])
    for k, code in enumerate(INDUSTRIES):
        row = int(code) if code.isdigit() else code
        make.append([row, TITLES[code], *cells(MAKE[k]), float(MAKE[k].sum())])
    make.append(["T007", "Total Commodity Output", *cells(MAKE.sum(axis=0)), "..."])
    columns = [*INDUSTRIES, "T001", *FINAL, "T004", "T007"]
    use = heading("Use of Commodities by Industries", "Commodity", columns)
    for c, code in enumerate(COMMODITIES):
        inner, outer = USE[c].sum(), ENDS[c].sum()
        row = int(code) if code.isdigit() else code
        use.append([row, TITLES[code], *cells(USE[c]), inner, *cells(ENDS[c]), outer,
                    inner + outer])  # fmt: skip
    rows = [("T005", USE.sum(axis=0)), *parts, ("T008", MAKE.sum(axis=1))]
    for code, values in rows:
        use.append([code, f"Name of {code}", *cells(values), *[""] * (len(columns) - 3)])
    use.append([])
    use.append(["Note. Detail may not add to total because of rounding."])
    return {"make": make, "use": use}


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(data: dict[str, list[list[Any]]] | None = None, year: str = "2001") -> Path:
        for kind, rows in (data or sheets()).items():
            book = openpyxl.Workbook()
            book.active.title = "ReadMe"
            sheet = book.create_sheet(year)
            for row in rows:
                sheet.append(row)
            book.save(tmp_path / f"IO{kind.title()}_Before_Redefinitions_1997-2001_Summary.xlsx")
        return tmp_path

    return written


def test_what_is_published_is_read(write: Write) -> None:
    found = read_bea(write(), 2001)
    assert found.industries == tuple(INDUSTRIES)
    assert found.titles == ("Farms", "Oil and gas extraction", "State enterprises")
    assert found.commodities == tuple(COMMODITIES)
    np.testing.assert_array_equal(found.make, MAKE)
    np.testing.assert_array_equal(found.use, USE)
    np.testing.assert_array_equal(found.imports, [10, 12, 0, 0, 10])
    roles = {use.name: use.role for use in found.final_uses}
    assert roles == {
        "F010": "consumption", "F02E": "investment", "F030": "inventories", "F040": "exports",
        "F06C": "military", "F06E": "investment", "F10C": "public", "import_valuation": "exports",
    }  # fmt: skip
    np.testing.assert_array_equal(found.final[:, -1], [0, 0, 4, 0, 0])
    assert found.noncomparable == ("Other",)
    assert found.primary_inputs == ("value_added",)
    table = industry_table(found, rounding=rounding(found))
    assert check(declare_exceptions(table)) == []
    assert table.value_added.sum() == pytest.approx(MAKE.sum() - USE.sum())


def test_value_added_by_kind_and_codes_above_names(write: Write) -> None:
    data = sheets(added=3)
    for rows in data.values():  # the later workbooks have codes above names
        rows[5], rows[6] = [None, None, *rows[6][2:]], ["IOCode", "Name", *rows[5][2:]]
    found = read_bea(write(data), 2001)
    assert found.primary_inputs == ("V001", "V002", "V003")
    assert found.titles[0] == "Farms"
    np.testing.assert_allclose(found.primary.sum(axis=0), MAKE.sum(axis=1) - USE.sum(axis=0))


def test_the_same_as_csv(tmp_path: Path, write: Write) -> None:
    for kind, rows in sheets().items():
        lines = [["code", *rows[6][2:]], *([r[0], *r[2:]] for r in rows[7:] if len(r) > 1)]
        text = "\n".join(",".join("" if c is None else str(c) for c in row) for row in lines)
        (tmp_path / f"{kind}_2001.csv").write_text(text, encoding="utf-8")
    found = read_bea(tmp_path, 2001)
    np.testing.assert_array_equal(found.use, USE)
    assert found.titles == tuple(INDUSTRIES)
    with pytest.raises(InputError, match="holds no make table of 2002"):
        read_bea(tmp_path, 2002)
    write()  # a workbook beside its copy goes first
    assert read_bea(tmp_path, 2001).titles[0] == "Farms"
    (tmp_path / "use_2001.csv").write_bytes("Öl;1".encode("utf-16"))
    (tmp_path / "IOUse_Before_Redefinitions_1997-2001_Summary.xlsx").unlink()
    with pytest.raises(InputError, match="UTF-8"):
        read_bea(tmp_path, 2001)


def edited(kind: str, line: int, cell: int, value: Any) -> dict[str, list[list[Any]]]:
    data = sheets()
    data[kind][line][cell] = value
    return data


@pytest.mark.parametrize(
    ("data", "field", "text"),
    [
        (edited("use", 7, 2, "many"), "line 8: 111CA, column 111CA", "not a finite number"),
        (edited("use", 7, 2, "nan"), "line 8: 111CA, column 111CA", "not a finite number"),
        (edited("use", 7, 2, 2e9), "IOUse", "add up to"),
        (edited("make", 8, 3, "..."), "IOMake", "add up to"),
        (edited("make", 7, 0, "111Ca"), "IOMake", "did you mean 111Ca"),
        (edited("use", 6, 4, "GSLG"), "IOUse", "did you mean GSLG"),
        (edited("use", 8, 0, "111CA"), "row", "stands twice"),
        (edited("use", 6, 6, "F99X"), "roles", "no role"),
        (edited("use", 6, 10, "F040x"), "IOUse", "one column of imports"),
        (edited("use", 1, 0, "(Billions of dollars)"), "IOUse", "not in millions"),
        (edited("make", 0, 0, "The Make, After Redefinitions"), "IOMake", "after redefinitions"),
        (edited("use", 6, 5, "MCIF"), "IOUse", "supply-use framework"),
    ],
)  # fmt: skip
def test_broken_tables_are_refused_by_cell_or_code(
    write: Write, data: dict[str, list[list[Any]]], field: str, text: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_bea(write(data), 2001)
    assert any(field in str(f.field) for f in caught.value.faults), str(caught.value)
    assert text in str(caught.value)


def test_swapped_columns_and_swapped_files_are_found(write: Write, tmp_path: Path) -> None:
    data = sheets()
    row = data["use"][6]
    row[2], row[3] = row[3], row[2]  # codes of two industries exchanged, figures not
    found = read_bea(write(data), 2001)
    with pytest.raises(InputError, match="industry is out of balance") as caught:
        industry_table(found, rounding=rounding(found))
    assert [f.field for f in caught.value.faults] == ["industry 211", "industry 111CA"]
    data = sheets()
    with pytest.raises(InputError, match="they are swapped"):
        read_bea(write({"make": data["use"], "use": data["make"]}), 2001)
    with pytest.raises(InputError, match="no line of column codes"):
        read_bea(write({"make": [["nothing"]], "use": data["use"]}), 2001)
    (tmp_path / "IOUse_copy.csv").write_text("x")
    for name in ("IOMake", "IOUse"):
        for path in tmp_path.glob(f"{name}*.xlsx"):
            path.write_bytes(b"no archive")
    with pytest.raises(InputError, match="is no workbook"):
        read_bea(tmp_path, 2001)


def test_what_is_missing_is_named(write: Write, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_bea(tmp_path, 2001)
    assert [fault.field for fault in caught.value.faults] == ["make", "use"]
    with pytest.raises(InputError, match="is no folder"):
        read_bea(tmp_path / "nowhere", 2001)
    with pytest.raises(InputError, match="there are 2001 to 2001"):
        read_bea(write(), 1999)
    data = sheets()
    data["use"] = [row for row in data["use"] if not row or row[0] != "T006"]
    with pytest.raises(InputError, match="no row of value added"):
        read_bea(write(data), 2001)
    with pytest.raises(InputError, match="unknown final use 'F011'"):
        read_bea(write(), 2001, roles={"F011": "public"})
    changed = read_bea(tmp_path, 2001, roles={"F06C": "public"})
    assert {u.name: u.role for u in changed.final_uses}["F06C"] == "public"


def test_cells_with_spaces_and_footnotes(tmp_path: Path) -> None:
    path = tmp_path / "make.csv"
    path.write_text("\ufeffcode, A ,B\n A,1,---\nB,,2\nLegend: x,,\n", encoding="utf-8")
    found = read_matrix(path, "")
    assert (found.rows, found.columns) == (("A", "B"), ("A", "B"))
    np.testing.assert_array_equal(found.values, [[1, 0], [0, 2]])


def test_the_command(write: Write, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["tables", "import", str(write()), str(out), "--format", "bea", "--declare", "--json"]
    result = CliRunner().invoke(app, [*words, "--year", "2001"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert (shown["table"], shown["sectors"], shown["model"]) == ("usa_2001", 3, "D")
    assert shown["faults"] == []
    square = tmp_path / "square.csv"
    pairs = {**{c: c for c in INDUSTRIES}, "Used": "111CA", "Other": "Other"}
    lines = "\n".join(f"{old},{new}" for old, new in pairs.items())
    square.write_text(f"from,to\n{lines}\n", encoding="utf-8")
    more = ["--year", "2001", "--model", "almon", "--commodities", str(square)]
    result = CliRunner().invoke(app, [*words, *more])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert (shown["model"], shown["negative flows"]) == ("almon", 0)
