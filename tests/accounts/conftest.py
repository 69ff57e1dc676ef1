"""Tables that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conjuncture.accounts.formats.form import write_table
from conjuncture.accounts.table import Capital, FinalUse, Labour, Table


@pytest.fixture
def toy() -> Table:
    """Three sectors that balance exactly, with every optional block."""
    return Table(
        name="toy",
        title="A toy",
        territory="XAA",
        year=2020,
        currency="EUR",
        unit="million EUR",
        prices="basic prices, current",
        sectors=("farms", "works", "shops"),
        titles=("Farming", "Industry, all", "Services"),
        intermediate=np.array([[20, 60, 10], [30, 120, 50], [20, 60, 80.0]]),
        final_uses=(
            FinalUse("households", "consumption"),
            FinalUse("stocks", "inventories"),
            FinalUse("abroad", "exports"),
        ),
        final=np.array([[75, -5, 20], [200, 10, 60], [325, 15, 30.0]]),
        imports=np.array([30, 70, 20.0]),
        primary_inputs=("value_added", "taxes"),
        value_added_rows=("value_added",),
        primary=np.array([[80, 150, 365], [0, 10, 5.0]]),
        output=np.array([150, 400, 510.0]),
        origin="user: made up for a test",
        imported_intermediate=np.array([[2, 15, 1], [6, 25, 9], [1, 4, 6.0]]),
        imported_final=np.array([[10, 2, 0], [18, 12, 0], [7, 2, 0.0]]),
        labour=Labour(
            kinds=("persons", "hours"),
            units=("thousand persons", "million hours"),
            used=np.array([[5, 8, 22], [9, 13, 35.0]]),
            outside={"armed_forces": 0.5},
        ),
        capital=Capital(
            stock=np.array([200, 450, 900.0]),
            timing="in_use",
            depreciation=np.array([0.05, 0.08, 0.04]),
            origin="user: made up for a test",
            depreciation_origin="user",
        ),
    )


@pytest.fixture
def edited(toy: Table, tmp_path: Path) -> Callable[..., Path]:
    """Write the toy and replace text in its header or its sheet."""

    def write(*, header: dict[str, str] | None = None, sheet: dict[str, str] | None = None) -> Path:
        write_table(toy, tmp_path)
        for name, changes in (("table.yaml", header or {}), ("flows.csv", sheet or {})):
            text = (tmp_path / name).read_text(encoding="utf-8")
            for old, new in changes.items():
                assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
                text = text.replace(old, new)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write
