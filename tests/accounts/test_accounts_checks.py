"""Every identity finds what breaks it, by cell, label, value and remedy."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conjuncture.accounts.checks import check, checked
from conjuncture.accounts.formats.form import write_table
from conjuncture.accounts.table import Table
from conjuncture.core.errors import Fault, InputError


def changed(table: Table, **cells: tuple[Any, float]) -> Table:
    """Replace single figures: ``changed(t, output=(1, 5.0))``."""
    parts = {}
    for name, (cell, value) in cells.items():
        array = np.array(getattr(table, name))
        array[cell] = value
        parts[name] = array
    return dataclasses.replace(table, **parts)


def by_field(table: Table) -> dict[str | None, Fault]:
    faults = check(table)
    for fault in faults:
        assert fault.file == "toy"
        assert fault.value is not None, fault
        assert fault.remedy, fault
    return {fault.field: fault for fault in faults}


def test_a_sound_table_has_no_fault(toy: Table) -> None:
    assert check(toy) == []
    assert checked(toy) is toy


def test_a_negative_intermediate_flow_is_named(toy: Table) -> None:
    bad = changed(toy, intermediate=((0, 2), -10.0))
    faults = by_field(bad)
    fault = faults["intermediate [farms, shops]"]
    assert (fault.value, "negative_intermediate" in fault.remedy) == ("-10.0", True)
    assert {"row [farms]", "column [shops]"} <= set(faults)


def test_a_declared_negative_flow_passes(toy: Table) -> None:
    bad = changed(toy, intermediate=((0, 2), -10.0), final=((0, 0), 95.0), primary=((0, 2), 385.0))
    assert set(by_field(bad)) == {"intermediate [farms, shops]", "imported [farms, shops]"}
    for name in ("farms", "shops"):
        declared = dataclasses.replace(
            bad,
            exceptions={"negative_intermediate": (name,), "imported_above_use": ("farms",)},
        )
        assert check(declared) == []


def test_inventories_may_fall_and_consumption_may_not(toy: Table) -> None:
    assert toy.final[0, 1] < 0
    bad = changed(toy, final=((0, slice(0, 2)), [-5.0, 75.0]))
    faults = by_field(bad)
    assert set(faults) == {"final [farms, households]", "imported [farms, households]"}
    assert check(dataclasses.replace(bad, exceptions={"negative_final": ("farms",)})) == []


def test_negative_imports_are_declared_or_refused(toy: Table) -> None:
    bad = dataclasses.replace(
        changed(toy, imports=(2, -20.0), final=((2, 0), 285.0), primary=((0, 2), 365.0)),
        imported_intermediate=None,
        imported_final=None,
    )
    assert set(by_field(bad)) == {"imports [shops, imports]"}
    assert check(dataclasses.replace(bad, exceptions={"negative_imports": ("shops",)})) == []


@pytest.mark.parametrize(
    ("name", "cell", "field"),
    [
        ("intermediate", (1, 0), "intermediate [works, farms]"),
        ("final", (2, 1), "final [shops, stocks]"),
        ("imports", 1, "imports [works]"),
        ("primary", (1, 2), "primary [taxes, shops]"),
        ("output", 0, "output [farms]"),
        ("imported_intermediate", (0, 0), "imported [farms, farms]"),
        ("imported_final", (0, 2), "imported [farms, abroad]"),
    ],
)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_figure_that_is_not_finite_is_named(
    toy: Table, name: str, cell: Any, field: str, value: float
) -> None:
    faults = by_field(changed(toy, **{name: (cell, value)}))
    assert set(faults) == {field}


def test_figures_of_labour_and_capital_must_be_finite(toy: Table) -> None:
    assert toy.labour is not None
    assert toy.capital is not None
    used = np.array(toy.labour.used)
    used[1, 2] = np.nan
    bad = dataclasses.replace(
        toy,
        labour=dataclasses.replace(toy.labour, used=used),
        capital=dataclasses.replace(toy.capital, stock=np.array([1, np.nan, 1])),
    )
    assert set(by_field(bad)) == {"labour [hours, shops]", "capital [works]"}


def test_unbalanced_rows_and_columns_are_named_with_the_gap(toy: Table) -> None:
    faults = by_field(changed(toy, output=(1, 401.0)))
    assert {"row [works]", "column [works]"} == set(faults)
    assert faults["row [works]"].value == "-1"
    assert "470" in faults["row [works]"].problem
    assert "471" in faults["row [works]"].problem


def test_the_tolerance_is_a_share_of_the_line(toy: Table) -> None:
    bad = changed(toy, output=(1, 400.3))
    assert check(bad)
    assert check(bad, tolerance=1e-3) == []


def test_small_gaps_that_lean_one_way_show_in_the_product(toy: Table) -> None:
    bad = dataclasses.replace(toy, primary=np.array(toy.primary) * (1 + 1.2e-6))
    assert set(by_field(bad)) == {"primary, final, imports"}


def test_imported_parts_fit_the_uses_and_the_imports(toy: Table) -> None:
    faults = by_field(changed(toy, imported_intermediate=((2, 1), 61.0)))
    assert set(faults) == {"imported [shops, works]", "imports [shops]"}
    faults = by_field(changed(toy, imported_final=((1, 2), -3.0)))
    assert set(faults) == {"imported [works, abroad]", "imports [works]"}


def test_output_is_positive_or_declared(toy: Table) -> None:
    assert by_field(changed(toy, output=(0, -150.0)))["output [farms]"].value == "-150.0"
    fault = by_field(changed(toy, output=(0, 0.0)))["output [farms]"]
    assert "no_output" in fault.remedy
    declared = dataclasses.replace(
        changed(toy, output=(0, 0.0)), exceptions={"no_output": ("farms",)}
    )
    assert "output [farms]" not in {fault.field for fault in check(declared)}


def test_a_singular_system_names_its_sectors(toy: Table) -> None:
    """Farms and works live on each other alone and use up all that they make."""
    flows = np.array([[50, 100, 0], [100, 50, 0], [0, 0, 100.0]])
    bad = dataclasses.replace(
        toy,
        intermediate=flows,
        final=np.zeros((3, 3)),
        imports=np.zeros(3),
        output=np.array([150, 150, 200.0]),
        primary=np.array([[0, 0, 100], [0, 0, 0.0]]),
        imported_intermediate=None,
        imported_final=None,
    )
    fault = by_field(bad)["sectors farms, works"]
    assert "singular" in fault.problem
    assert fault.value == "1"
    assert "shops" not in fault.problem


def test_labour_and_capital_are_sound_or_declared(toy: Table) -> None:
    assert toy.labour is not None
    assert toy.capital is not None
    bad = dataclasses.replace(
        toy,
        labour=dataclasses.replace(
            toy.labour, used=[[5, -8, 22], [0, 13, 35.0]], outside={"armed_forces": -1.0}
        ),
        capital=dataclasses.replace(
            toy.capital, stock=[200, -450, 0.0], depreciation=[0.05, 1.08, 0.04]
        ),
    )
    assert set(by_field(bad)) == {
        "labour persons [works]",
        "labour hours [farms]",
        "labour.outside [armed_forces]",
        "capital [works]",
        "capital [shops]",
        "depreciation [works]",
    }
    declared = dataclasses.replace(
        bad, exceptions={"capital": ("works", "shops"), "labour": ("works", "farms")}
    )
    assert {fault.field for fault in check(declared)} == {
        "labour.outside [armed_forces]",
        "depreciation [works]",
    }


def test_names_stand_for_one_thing(toy: Table) -> None:
    bad = dataclasses.replace(toy, primary_inputs=("value_added", "works"))
    assert by_field(bad)["primary input"].value == "works"
    with pytest.raises(InputError, match="twice"):
        dataclasses.replace(toy, sectors=("farms", "farms", "shops"))


def test_all_faults_come_at_once(toy: Table) -> None:
    bad = changed(toy, intermediate=((0, 2), -10.0), output=(1, 500.0))
    with pytest.raises(InputError) as caught:
        checked(bad)
    assert len(caught.value.faults) == len(check(bad)) >= 5


def test_a_user_table_is_named_by_its_file(toy: Table, tmp_path: Any) -> None:
    header = write_table(toy, tmp_path)
    bad = dataclasses.replace(changed(toy, output=(0, 1.0)), file=str(header))
    assert {fault.file for fault in check(bad)} == {str(header)}


@given(
    cell=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    share=st.floats(0.01, 10),
    block=st.sampled_from(["intermediate", "final", "primary"]),
)
@settings(max_examples=60, deadline=None)
def test_no_single_wrong_figure_goes_unseen(
    cell: tuple[int, int], share: float, block: str
) -> None:
    """Any change of one figure breaks a balance of its row or of its column."""
    table = _balanced()
    i, j = (min(cell[0], 1), cell[1]) if block == "primary" else cell
    value = float(getattr(table, block)[i, j])
    bad = changed(table, **{block: ((i, j), value + share * (abs(value) + 1))})
    lines = {fault.field for fault in check(bad)}
    expected = {
        "intermediate": {f"row [{table.sectors[i]}]", f"column [{table.sectors[j]}]"},
        "final": {f"row [{table.sectors[i]}]"},
        "primary": {f"column [{table.sectors[j]}]"},
    }[block]
    assert expected <= lines


def _balanced() -> Table:
    flows = np.array([[20, 60, 10], [30, 120, 50], [20, 60, 80.0]])
    final = np.array([[60, 0, 30], [180, 60, 30], [250, 80, 20.0]])
    output = flows.sum(axis=1) + final.sum(axis=1)
    added = output - flows.sum(axis=0)
    from conjuncture.accounts.table import FinalUse

    return Table(
        name="toy",
        title="toy",
        territory="XAA",
        year=2020,
        currency="EUR",
        unit="million EUR",
        prices="basic",
        sectors=("farms", "works", "shops"),
        titles=("", "", ""),
        intermediate=flows,
        final_uses=(
            FinalUse("c", "consumption"),
            FinalUse("i", "investment"),
            FinalUse("x", "exports"),
        ),
        final=final,
        imports=np.zeros(3),
        primary_inputs=("wages", "profits"),
        value_added_rows=("wages", "profits"),
        primary=np.array([0.6 * added, 0.4 * added]),
        output=output,
        origin="user",
    )
