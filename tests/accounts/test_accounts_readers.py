"""World tables become tables: beside pymrio on its own small table; workbooks come back."""

from __future__ import annotations

import builtins
import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pymrio
import pytest

from conjuncture.accounts.checks import check
from conjuncture.accounts.formats.readers import declare_exceptions, from_pymrio
from conjuncture.accounts.formats.workbook import read_any, read_workbook, write_any, write_workbook
from conjuncture.accounts.formats.world_files import parse, read_figaro
from conjuncture.accounts.leontief import final_demand, leontief_inverse, output_for
from conjuncture.accounts.table import Table
from conjuncture.core.errors import InputError


@pytest.fixture(scope="module")
def mrio() -> Any:
    return pymrio.load_test().calc_all()


def test_the_world_table_has_the_coefficients_of_the_peer(mrio: Any) -> None:
    table = from_pymrio(mrio, year=2012)
    np.testing.assert_allclose(table.input_coefficients, mrio.A.to_numpy(), atol=1e-12)
    np.testing.assert_allclose(leontief_inverse(table), mrio.L.to_numpy(), atol=1e-10)
    np.testing.assert_allclose(output_for(table, final_demand(table)), mrio.x["indout"])
    assert table.sectors[:2] == ("reg1.food", "reg1.mining")
    assert (table.unit, table.currency) == ("Mill USD", "USD")
    assert check(declare_exceptions(table)) == []


@pytest.mark.parametrize("region", ["reg1", "reg4"])
def test_a_national_table_closes_with_competitive_imports(mrio: Any, region: str) -> None:
    table = declare_exceptions(from_pymrio(mrio, region))
    assert check(table) == []
    Z, Y = mrio.Z, mrio.Y
    np.testing.assert_allclose(table.output, mrio.x.loc[region, "indout"])
    np.testing.assert_allclose(
        table.intermediate, Z[region].groupby(level="sector", sort=False).sum()
    )
    np.testing.assert_allclose(table.domestic_coefficients, mrio.A.loc[region, region], atol=1e-12)
    others = [r for r in mrio.get_regions() if r != region]
    exports = Z.loc[region, others].sum(axis=1) + Y.loc[region, others].sum(axis=1)
    np.testing.assert_allclose(table.final_by_role("exports"), exports)
    assert table.imports.sum() == pytest.approx(
        Z.loc[others, region].to_numpy().sum() + Y.loc[others, region].to_numpy().sum()
    )


def test_satellites_come_along(mrio: Any) -> None:
    table = from_pymrio(mrio, "reg2", satellites={"emissions": [("emission_type1", "air")]})
    assert table.satellites is not None
    assert table.satellites.kinds == ("emission_type1 air",)
    assert table.satellites.units == ("kg",)
    F = mrio.emissions.F.loc[("emission_type1", "air"), "reg2"]
    np.testing.assert_allclose(table.satellites.used[0], F)
    own = mrio.emissions.F_Y.loc[("emission_type1", "air"), "reg2"].sum()
    assert table.satellites.final.sum() == pytest.approx(own)


def test_every_fault_of_a_request_is_named(mrio: Any) -> None:
    with pytest.raises(InputError) as caught:
        from_pymrio(mrio, "reg7", roles={"Export": "sale"},  # type: ignore[dict-item]
                    satellites={"emission": None, "emissions": ["steam"]})  # fmt: skip
    assert {(fault.field, fault.value) for fault in caught.value.faults} == {
        ("region", "reg7"), ("roles.Export", "sale"), ("satellites", "emission"),
        ("satellites.emissions", "steam"),
    }  # fmt: skip
    plain = type("Plain", (), {"Z": mrio.Z, "Y": mrio.Y.rename(columns={"Export": "x"})})
    with pytest.raises(InputError) as caught:
        from_pymrio(plain)
    assert {(fault.field, fault.value) for fault in caught.value.faults} == {
        ("unit", ""), ("roles", "x"),
    }  # fmt: skip


def test_saved_files_are_parsed(mrio: Any, tmp_path: Path) -> None:
    mrio.save_all(tmp_path / "m")
    again = from_pymrio(parse(tmp_path / "m", "pymrio"))
    np.testing.assert_allclose(again.intermediate, mrio.Z.to_numpy())
    with pytest.raises(InputError, match="cannot be parsed as wiod"):
        parse(tmp_path / "m", "wiod", 2009)
    with pytest.raises(InputError) as caught:
        parse(tmp_path / "nowhere", "exiobase")
    assert [fault.field for fault in caught.value.faults] == ["format", "path"]


def test_without_pymrio_there_is_a_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = importlib.import_module

    def missing(name: str, *rest: Any) -> Any:
        if name in ("pymrio", "openpyxl"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr("conjuncture.accounts.formats.world_files.import_module", missing)
    monkeypatch.setattr("conjuncture.accounts.formats.workbook.import_module", missing)
    assert builtins is not None
    with pytest.raises(InputError, match="pip install pymrio"):
        parse(tmp_path, "wiod")
    with pytest.raises(InputError, match="pip install openpyxl"):
        read_workbook(tmp_path / "t.xlsx")


ICIO_2018 = """,AUS_01,AUS_05,MEX_01,MEX_05,MX1_01,MX1_05,\
AUS_HFCE,AUS_GFCF,AUS_P33,MEX_HFCE,MEX_INVNT,TOTAL
AUS_01,1,2,0,0,3,4,10,1,1,2,1,25
AUS_05,2,1,0,0,1,1,5,5,0,3,0,18
MEX_01,0,0,0,0,0,0,0,0,0,0,0,0
MEX_05,0,0,0,0,0,0,0,0,0,0,0,0
MX1_01,1,1,0,0,5,2,2,0,1,20,-1,31
MX1_05,0,3,0,0,2,6,1,0,0,9,2,23
AUS_TAXSUB,1,0,0,0,0,0,1,1,1,1,1,6
VALU,20,11,0,0,20,10,0,0,0,0,0,61
OUTPUT,25,18,0,0,31,23,0,0,0,0,0,97
"""  # the layout of the release: Mexico in parts, with its final uses under the whole

ICIO_2016 = """"","AUS_C01","AUS_C10","NZL_C01","NZL_C10",\
"HFCE_AUS","HFCE_NZL","NPS_AUS","GGFC_AUS","INV_AUS","DIRP_NZL","DISC"
"AUS_C01",1,2,3,4,10,1,1,2,-1,1,0
"AUS_C10",2,1,1,1,5,5,0,3,0,0,2
"NZL_C01",1,1,5,2,2,20,0,0,1,0,0
"NZL_C10",0,3,2,6,1,9,0,0,2,0,0
"VALU",20,13,21,10,0,0,0,0,0,0,0
"""  # categories before regions, and one column of discrepancies


def test_releases_of_the_oecd(tmp_path: Path) -> None:
    (tmp_path / "ICIO2018_2010.csv").write_text(ICIO_2018, encoding="utf-8")
    table = declare_exceptions(from_pymrio(parse(tmp_path, "icio", 2010), "MEX", year=2010))
    assert check(table) == []
    np.testing.assert_array_equal(table.output, [31, 23])  # with its parts
    np.testing.assert_array_equal(table.imports, [3 + 4 + 3, 1 + 1 + 3])
    np.testing.assert_array_equal(table.final_by_role("consumption"), [20 + 2, 9 + 3])
    home = from_pymrio(parse(tmp_path, "icio", 2010), "AUS", year=2010)
    np.testing.assert_array_equal(home.final_by_role("consumption"), [10 + 1 + 2 + 1, 5 + 1])
    (tmp_path / "ICIO2016_2003.csv").write_text(ICIO_2016, encoding="utf-8")
    world = declare_exceptions(from_pymrio(parse(tmp_path, "icio", 2003), year=2003))
    assert check(world) == []
    roles = {use.name: use.role for use in world.final_uses}
    assert roles["AUS.INV"] == roles["ALL.DISC"] == "inventories"
    assert roles["AUS.NPS"] == roles["NZL.DIRP"] == "consumption"
    np.testing.assert_array_equal(world.output, [24, 20, 32, 23])


FIGARO = """icioiRow,icioiCol,refArea,rowIi,counterpartArea,colIi,obsValue
AT_A,AT_A,AT,A,AT,A,1
AT_A,AT_C,AT,A,AT,C,2
AT_C,AT_A,AT,C,AT,A,3
AT_C,BE_C,AT,C,BE,C,4
BE_C,AT_C,BE,C,AT,C,5
BE_A,BE_A,BE,A,BE,A,6
AT_A,AT_P3_S14,AT,A,AT,P3_S14,7
AT_C,AT_P51G,AT,C,AT,P51G,8
AT_C,BE_P3_S14,AT,C,BE,P3_S14,9
BE_A,BE_P3_S14,BE,A,BE,P3_S14,10
BE_C,AT_P3_S14,BE,C,AT,P3_S14,11
BE_C,BE_P51G,BE,C,BE,P51G,20
W2_B2A3G,AT_A,W2,B2A3G,AT,A,12
"""


def test_figaro_in_its_flat_form(tmp_path: Path) -> None:
    path = tmp_path / "figaro.csv"
    path.write_text(FIGARO, encoding="utf-8")
    world = read_figaro(path)
    assert world.Z.shape == (4, 4)
    table = from_pymrio(world, "AT", unit="million EUR")
    assert table.sectors == ("A", "C")
    np.testing.assert_array_equal(table.intermediate, [[1, 2], [3, 5]])
    np.testing.assert_array_equal(table.imports, [0, 16])
    np.testing.assert_array_equal(table.final_by_role("exports"), [0, 13])
    np.testing.assert_array_equal(table.output, [10, 24])
    assert check(table) == []
    path.write_text(FIGARO.replace("obsValue", "value"), encoding="utf-8")
    with pytest.raises(InputError, match="obsValue"):
        read_figaro(path)
    path.write_text(FIGARO + "AT_A,AT_C,AT,A,AT,C,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 15: flow stands twice"):
        read_figaro(path)


# Workbooks ---------------------------------------------------------------------------


def test_a_workbook_comes_back_whole(toy: Table, tmp_path: Path) -> None:
    again = read_any(write_any(toy, tmp_path / "toy.xlsx"))
    for name in ("intermediate", "final", "imports", "primary", "output", "imported_final"):
        np.testing.assert_array_equal(getattr(again, name), getattr(toy, name))
    assert (again.sectors, again.titles, again.year) == (toy.sectors, toy.titles, toy.year)
    assert again.final_uses == toy.final_uses
    assert again.labour.outside == toy.labour.outside
    assert again.capital.timing == toy.capital.timing
    assert again.file.endswith("toy.xlsx")


def test_faults_of_a_workbook_name_sheet_and_line(toy: Table, tmp_path: Path) -> None:
    import openpyxl

    path = write_workbook(toy, tmp_path / "toy.xlsx")
    book = openpyxl.load_workbook(path)
    book["flows"]["E3"] = "many"
    book["flows"]["B4"] = "shop"
    book["table"]["A5"] = "currencies"
    book.save(path)
    with pytest.raises(InputError) as caught:
        read_workbook(path)
    text = str(caught.value)
    assert "toy.xlsx [flows]: line 3: use works, column works" in text
    assert "did you mean shops" in text
    assert "toy.xlsx [table]: currencies" in text
    del book["flows"]
    book.save(path)
    with pytest.raises(InputError, match="unknown sheet 'flows'"):
        read_workbook(path)
    (tmp_path / "bad.xlsx").write_text("no archive")
    with pytest.raises(InputError, match="is no workbook"):
        read_workbook(tmp_path / "bad.xlsx")
