"""Social accounting matrices from a sheet, whole and broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conjuncture.accounts.formats.sam_file import read_sam, write_sam
from conjuncture.accounts.sam import balanced_sam, sam_multipliers
from conjuncture.core.errors import InputError

SHEET = """,farms,wages,homes,abroad
homes,,60,,15
farms,20,,70,10
wages,60,,,
abroad,20,,5,
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "isle.csv"
    file.write_text(SHEET, encoding="utf-8")
    return file


def test_rows_are_put_in_the_order_of_the_columns(path: Path) -> None:
    sam = read_sam(path, unit="million EUR")
    assert (sam.name, sam.accounts) == ("isle", ("farms", "wages", "homes", "abroad"))
    np.testing.assert_array_equal(sam.matrix[0], [20, 0, 70, 10])
    np.testing.assert_array_equal(sam.matrix[2], [0, 60, 0, 15])
    assert sam.gaps().tolist() == [0, 0, 0, 0]
    again = read_sam(write_sam(sam, path.with_name("again.csv")), unit="million EUR")
    np.testing.assert_array_equal(again.matrix, sam.matrix)


def test_multipliers_by_hand(path: Path) -> None:
    """A unit to farms: m = 1 / (1 - 0.2 - 0.6 x 70/75), incomes are 0.6 of it."""
    found = sam_multipliers(read_sam(path, unit="m"), ["abroad"])
    m = 1 / (1 - 0.2 - 0.6 * 70 / 75)
    assert found.loc["farms", "farms"] == pytest.approx(m)
    assert found.loc["homes", "farms"] == pytest.approx(0.6 * m)
    assert found.loc["farms", "homes"] == pytest.approx(70 / 75 * m)


def test_a_matrix_out_of_balance_is_refused_or_balanced(path: Path) -> None:
    path.write_text(SHEET.replace("farms,20,,70,10", "farms,20,,72,10"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_sam(path, unit="m")
    assert {fault.field for fault in caught.value.faults} == {"farms", "homes"}
    sam = balanced_sam(read_sam(path, unit="m", tolerance=float("inf")))
    assert np.abs(sam.gaps()).max() < 1e-6


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("wages,60", "wage,60", "did you mean wages"),
        ("wages,60", "farms,60", "account has two rows"),
        (",farms,wages", ",farms,farms", "account has two columns"),
        ("wages,60,,,", "wages,60,,", "has 4 cells"),
        ("wages,60", "wages,6O", "line 4: wages, column farms: cell is not a finite number"),
        ("wages,60", "wages,1_0", "cell is not a finite number"),
        ("wages,60", "wages,inf", "cell is not a finite number"),
        ("wages,60", "wages,6e9", "wages: receives 6000000000 and pays 60"),
        (",farms,wages", ",farms,", "a column has no account"),
        (SHEET, "", "has no line of accounts"),
        (SHEET, "a;b;c", "has no line of accounts"),
    ],
)
def test_every_fault_is_named(path: Path, old: str, new: str, text: str) -> None:
    assert old in SHEET
    path.write_text(SHEET.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_sam(path, unit="m")
    assert text in str(caught.value)


def test_other_encodings_are_refused(path: Path) -> None:
    path.write_bytes(SHEET.encode("utf-16"))
    with pytest.raises(InputError, match="UTF-8"):
        read_sam(path, unit="m")
