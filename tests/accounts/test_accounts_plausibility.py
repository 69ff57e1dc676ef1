"""Hints at what balances and is hard to believe: silent on real tables, loud on slips."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from conjuncture.accounts.checks import check
from conjuncture.accounts.deflate import in_physical_units
from conjuncture.accounts.formats.form import write_table
from conjuncture.accounts.library import load_table, table_names
from conjuncture.accounts.plausibility import implausible
from conjuncture.accounts.table import Table
from conjuncture.cli.app import app


@pytest.mark.parametrize("name", table_names())
def test_observed_tables_pass_in_silence(name: str) -> None:
    assert implausible(load_table(name)) == []


def with_slip(block: str, sector: str, factor: float) -> Table:
    """Return a table of 2014 in which one figure is in another unit."""
    table = load_table("deu_2014")
    scale = np.where(np.array(table.sectors) == sector, factor, 1.0)
    assert table.labour is not None
    assert table.capital is not None
    if block == "labour":
        part: Any = dataclasses.replace(table.labour, used=table.labour.used * scale)
    elif block == "stock":
        part = dataclasses.replace(table.capital, stock=table.capital.stock * scale)
    else:
        part = dataclasses.replace(table.capital, depreciation=table.capital.depreciation * scale)
    return dataclasses.replace(table, **{"labour" if block == "labour" else "capital": part})


@pytest.mark.parametrize(
    ("block", "factor", "fields"),
    [
        ("labour", 1e4, {"labour persons_engaged [C29]", "labour employee_hours [C29]"}),
        ("labour", 1e-5, {"labour persons_engaged [C29]", "labour employee_hours [C29]"}),
        ("stock", 1e4, {"capital [C29]"}),
        ("stock", 1e-5, {"capital [C29]"}),
        ("depreciation", 5.0, {"depreciation [C29]"}),
    ],
)
def test_a_slip_of_unit_is_seen(block: str, factor: float, fields: set[str]) -> None:
    slip = with_slip(block, "C29", factor)
    assert check(slip) == []  # no identity can see it
    assert {hint.field for hint in implausible(slip)} == fields


def test_flows_larger_than_their_line(toy: Table) -> None:
    flows = np.array(toy.intermediate)
    flows[0, 0] += 400
    primary = np.array(toy.primary)
    primary[0, 0] -= 400
    final = np.array(toy.final)
    final[0, 2] += 500
    final[0, 0] -= 900
    odd = dataclasses.replace(toy, intermediate=flows, primary=primary, final=final)
    assert {hint.field for hint in implausible(odd)} == {
        "value added [farms]", "use [farms, farms]", "exports [farms]",
    }  # fmt: skip
    grown = dataclasses.replace(toy, output=toy.output * [1, 1, 1000])
    assert "output [shops]" in {hint.field for hint in implausible(grown)}


def test_mixed_units_are_not_compared(toy: Table) -> None:
    mixed = in_physical_units(toy, {"works": ("t", 1e-6)})
    assert implausible(mixed) == []


def test_the_command_shows_hints(toy: Table, tmp_path: Path) -> None:
    assert toy.capital is not None
    slip = dataclasses.replace(toy.capital, stock=toy.capital.stock * np.array([1, 1e4, 1]))
    write_table(dataclasses.replace(toy, capital=slip), tmp_path)
    result = CliRunner().invoke(app, ["tables", "check", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    assert "capital [works]" in {h["field"] for h in json.loads(result.stdout)["hints"]}
    result = CliRunner().invoke(app, ["tables", "check", str(tmp_path)])
    assert "hard to believe" in result.output
