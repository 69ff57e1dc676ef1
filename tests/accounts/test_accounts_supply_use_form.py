"""Supply and use in the form of the documentation, whole and broken."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from conjuncture.accounts.checks import check
from conjuncture.accounts.formats.supply_use_form import read_supply_use
from conjuncture.accounts.symmetric import MODELS, symmetric_table
from conjuncture.cli.app import app
from conjuncture.core.errors import InputError

HEADER = """name: example_sut
title: Two commodities of two industries
territory: XAA
year: 2020
currency: EUR
unit: million EUR
prices: basic prices, current
origin: made up for a test
final_uses:
  - {name: households, role: consumption}
  - {name: abroad, role: exports}
primary_inputs: [value_added, taxes]
value_added_rows: [value_added]
"""
SUPPLY = """label,title,farms,works,imports
corn,Corn,90,2,10
tools,Tools,5,158,30
"""
USE = """label,title,farms,works,households,abroad
corn,Corn,20,12,60,10
tools,Tools,20,53,70,50
value_added,Value added,50,90,,
taxes,Taxes,5,5,0,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("supply_use.yaml", HEADER), ("supply.csv", SUPPLY), ("use.csv", USE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_it_is_read_and_every_model_balances(folder: Path) -> None:
    found = read_supply_use(folder)
    np.testing.assert_array_equal(found.make, [[90, 5], [2, 158]])
    np.testing.assert_array_equal(found.use, [[20, 12], [20, 53]])
    np.testing.assert_array_equal(found.imports, [10, 30])
    np.testing.assert_array_equal(found.primary, [[50, 90], [5, 5]])
    assert found.origin == "user: made up for a test"
    for model in MODELS:
        assert check(symmetric_table(found, model, rounding=0).table) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "text"),
    [
        ("supply.csv", "farms,works,imports", "farms,works", "has 5 cells"),
        ("supply.csv", "farms,works,imports", "farms,works,import", "last column is not imports"),
        ("supply.csv", "farms,works,imports", "farms,farms,imports", "column label stands twice"),
        ("supply.csv", "tools,Tools,5,158", "corn,Tools,5,158", "label stands twice"),
        ("supply.csv", "90,2,10", "90,,10", "line 2: use corn, column works: cell is empty"),
        ("use.csv", "farms,works,households", "works,farms,households", "where farms belongs"),
        ("use.csv", "works,households", "work,households", "did you mean works"),
        ("use.csv", "tools,Tools,20", "tool,Tools,20", "did you mean tools"),
        ("use.csv", "taxes,Taxes,5,5,0,", "taxes,Taxes,5,5,7,", "no figure under a final use"),
        ("use.csv", "20,12,60", "20;12;60", "has 4 cells"),
        ("use.csv", "20,12,60", "20,1e999,60", "not a finite number"),
        ("use.csv", USE, "", "is empty"),
        ("use.csv", USE, "label;title;farms", "comma-separated"),
        ("use.csv", USE, "x,y\n", "begin the header line with label,title"),
        ("supply_use.yaml", "[value_added]\n", "[value_aded]\n", "did you mean value_added"),
        ("supply_use.yaml", "role: exports", "role: export", "exports"),
        ("supply_use.yaml", "year: 2020", "years: 2020", "unknown key 'years'"),
    ],
)
def test_every_fault_is_named(folder: Path, file: str, old: str, new: str, text: str) -> None:
    path = folder / file
    whole = path.read_text(encoding="utf-8")
    assert old in whole
    path.write_text(whole.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_supply_use(folder)
    assert text in str(caught.value)
    assert file in str(caught.value)


def test_absurd_figures_and_encodings_are_refused(folder: Path, tmp_path: Path) -> None:
    path = folder / "use.csv"
    path.write_text(USE.replace("20,53", "20,53000000"), encoding="utf-8")
    with pytest.raises(InputError, match=r"commodity tools: commodity is out of balance"):
        symmetric_table(read_supply_use(folder), "D")
    path.write_bytes(USE.replace("Tools", "Tööls").encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_supply_use(folder)
    path.unlink()
    with pytest.raises(InputError, match="no such file"):
        read_supply_use(folder)


def test_the_command(folder: Path) -> None:
    words = ["tables", "import", str(folder), str(folder / "out"), "--format", "supply-use"]
    result = CliRunner().invoke(app, [*words, "--model", "almon", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["faults"] == []
    result = CliRunner().invoke(app, [*words, "--model", "E"])
    assert result.exit_code != 0
