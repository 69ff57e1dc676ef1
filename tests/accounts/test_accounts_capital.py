"""Capital matrices and satellites: their form, their checks, and what is made of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conjuncture.accounts.capital import capital_matrix, composition_of, with_composition
from conjuncture.accounts.checks import check
from conjuncture.accounts.formats.form import read_table, write_table
from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import Satellites, Table
from conjuncture.core.errors import InputError

SHARES = np.array([[0, 0.1, 0], [0.75, 0.7, 0.5], [0.25, 0.2, 0.5]])


@pytest.fixture
def full(toy: Table) -> Table:
    return dataclasses.replace(
        toy,
        capital_composition=SHARES,
        satellites=Satellites(
            ("energy", "co2"), ("TJ", "kt"), ("user: a survey", "user"),
            np.array([[5, 20, 7], [3, 11, 2.0]]), np.array([[9, 0, 0], [4, 0, 0.0]]),
        ),
    )  # fmt: skip


def test_the_blocks_are_written_and_read(full: Table, tmp_path: Path) -> None:
    write_table(full, tmp_path)
    again = read_table(tmp_path)
    np.testing.assert_array_equal(again.capital_composition, SHARES)
    assert again.satellites.kinds == ("energy", "co2")
    assert again.satellites.units == ("TJ", "kt")
    assert again.satellites.origins == ("user: a survey", "user")
    np.testing.assert_array_equal(again.satellites.used, full.satellites.used)
    np.testing.assert_array_equal(again.satellites.final, full.satellites.final)
    assert check(again) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("satellite,co2,", "satellite,co3,", "did you mean co2"),
        ("satellite,co2,kt,3,", "satellite,co2,kt,,", "satellite co2, column farms: cell is empty"),
        ("capital_composition,works,", "capital_composition,work,", "did you mean works"),
        ("0.75,0.7,0.5,,,", "0.75,0.7,0.5,1,,", "no figure under a final use"),
    ],
)
def test_faults_of_the_form_are_named(
    full: Table, tmp_path: Path, old: str, new: str, expected: str
) -> None:
    write_table(full, tmp_path)
    sheet = tmp_path / "flows.csv"
    text = sheet.read_text(encoding="utf-8")
    assert text.count(old) == 1
    sheet.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=expected):
        read_table(tmp_path)


def test_satellites_of_the_header_must_stand_in_the_sheet(edited: Callable[..., Path]) -> None:
    folder = edited(header={
        "value_added_rows:": "satellites:\n- {name: co2, unit: kt, origin: nowhere}\n"
        "units: {farm: kt}\nvalue_added_rows:"
    })  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_table(folder)
    assert {fault.field for fault in caught.value.faults} == {
        "block satellite", "satellites.co2.origin", "units",
    }  # fmt: skip


def test_shares_and_amounts_are_checked(full: Table) -> None:
    assert check(full) == []
    wrong = np.array(SHARES)
    wrong[:, 0], wrong[0, 1] = 0, -0.1
    used = np.array(full.satellites.used)
    used[1, 0] = -3
    bad = dataclasses.replace(
        full, capital_composition=wrong,
        satellites=dataclasses.replace(full.satellites, used=used, kinds=("co2", "co2")),
    )  # fmt: skip
    assert {fault.field for fault in check(bad)} == {
        "capital_composition [farms]",
        "capital_composition [farms, works]", "capital_composition [works]", "satellites",
        "satellite [co2, farms]",
    }  # fmt: skip
    idle = np.array(SHARES)
    idle[:, 0] = 0
    declared = dataclasses.replace(
        full, capital_composition=idle, exceptions={"capital": ("farms",)}
    )
    assert check(declared) == []
    nan = dataclasses.replace(full, capital_composition=np.full((3, 3), np.nan))
    assert check(nan)[0].field == "capital_composition [farms, farms]"


def test_a_capital_matrix_of_a_real_table_adds_up_to_its_investment() -> None:
    table = load_table("usa_1947")
    wanted = np.clip(table.final_by_role("investment"), 0, None)
    invests = table.final_by_role("investment")
    if (invests < 0).any():
        uses = np.array(table.final)
        columns = [k for k, use in enumerate(table.final_uses) if use.role == "investment"]
        uses[np.ix_(invests < 0, columns)] = 0
        table = dataclasses.replace(table, final=uses)
    by_sector = wanted.sum() * table.output / table.output.sum()
    rng = np.random.default_rng(2)
    fitted = with_composition(table, 0.1 + rng.random((table.size, table.size)), by_sector)
    matrix = capital_matrix(fitted, by_sector)
    np.testing.assert_allclose(matrix.sum(axis=1), wanted, rtol=1e-6, atol=1e-6 * wanted.max())
    np.testing.assert_allclose(matrix.sum(axis=0), by_sector)


def test_what_does_not_fit_is_refused(toy: Table, full: Table) -> None:
    with pytest.raises(InputError, match="which products investment consists of"):
        capital_matrix(toy, [1, 2, 3])
    with pytest.raises(InputError, match="do not fit the sectors"):
        capital_matrix(full, [1, 2])
    with pytest.raises(InputError) as caught:
        composition_of([[1, -2], [np.nan, 1]])
    assert [fault.field for fault in caught.value.faults] == ["matrix[0, 1]", "matrix[1, 0]"]
    np.testing.assert_array_equal(composition_of([[1, 0], [3, 0]]), [[0.25, 0], [0.75, 0]])
