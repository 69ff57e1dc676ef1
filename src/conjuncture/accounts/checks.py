"""The accounting identities of a table, one function each; all faults are listed at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.leontief import solve
from conjuncture.accounts.soundness import (
    capital_composition_adds_up,
    capital_is_sound,
    declared_for,
    faults_of,
    labour_is_sound,
    satellites_are_sound,
)
from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Fault, Faults, InputError

TOLERANCE = 1e-6
"""Largest gap in a balance, as a share of the line's total or the mean output."""


def check(table: Table, tolerance: float = TOLERANCE) -> list[Fault]:
    """Check all identities of a table.

    Parameters
    ----------
    table : Table
        Any table.
    tolerance : float
        Largest gap in a balance, as a share of the total of its line, or of the
        mean output where that is larger.

    Returns
    -------
    list of Fault
        Everything that is wrong, each with cell, label, value and remedy; empty
        for a sound table. Where figures are not finite, only these are listed,
        since every other identity would fail with them.
    """
    faults = figures_are_finite(table)
    if not faults:
        for identity in IDENTITIES:
            faults.extend(identity(table, tolerance))
    return list(faults)


def checked(table: Table, tolerance: float = TOLERANCE) -> Table:
    """Return a table that passes all checks.

    Raises
    ------
    InputError
        With everything that :func:`check` finds.
    """
    faults = check(table, tolerance)
    if faults:
        raise InputError(faults)
    return table


def skipped(table: Table) -> list[str]:
    """Say which identities a table does not have, and why."""
    if not table.mixed_units:
        return []
    units = ", ".join(sorted(set(table.row_units)))
    return [f"columns and domestic product: rows are in different units ({units})"]


# One function for each identity -----------------------------------------------


def figures_are_finite(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Refuse NaN and infinite figures, by cell."""
    faults = faults_of(table)
    for block, array, rows, columns in _blocks(table):
        for cell in np.argwhere(~np.isfinite(array)):
            label = f"{block} [{', '.join(_names(cell, rows, columns))}]"
            faults.add(
                "figure is not finite",
                "give a number",
                field=label,
                value=array[tuple(cell)],
            )
    return faults


def labels_are_distinct(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Refuse empty labels and a name that is both a sector and another row or column."""
    faults = faults_of(table)
    others = {"final use": _final_names(table), "primary input": table.primary_inputs}
    for kind, names in {"sector": table.sectors, **others}.items():
        if "" in names:
            faults.add(f"a {kind} has no label", "label it", field=f"{kind} {names.index('') + 1}")
    for kind, names in others.items():
        for name in names:
            if name in table.sectors:
                faults.add(
                    f"name of a {kind} is also that of a sector",
                    "rename one of them",
                    field=kind,
                    value=name,
                )
    return faults


def output_is_positive(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Refuse negative output, and no output unless the exception ``no_output`` names it."""
    faults = faults_of(table)
    declared = declared_for(table, "no_output")
    for j, sector in enumerate(table.sectors):
        value = table.output[j]
        if value < 0:
            faults.add(
                "output is negative",
                "give the gross output of the sector",
                field=f"output [{sector}]",
                value=value,
            )
        elif value == 0 and sector not in declared:
            faults.add(
                "sector has no output",
                "leave the sector out, or name it under exceptions: no_output",
                field=f"output [{sector}]",
                value=value,
            )
    return faults


def rows_balance(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Row balance: intermediate + final uses = output + imports, for each product."""
    uses = table.intermediate.sum(axis=1) + table.final.sum(axis=1)
    return _balance(table, tolerance, "row", ("uses", uses), table.output + table.imports)


def columns_balance(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Column balance: intermediate + primary inputs = output, for each sector.

    In mixed units columns have no sum, and the identity is skipped: :func:`skipped`.
    """
    if table.mixed_units:
        return faults_of(table)
    inputs = table.intermediate.sum(axis=0) + table.primary.sum(axis=0)
    return _balance(table, tolerance, "column", ("inputs", inputs), table.output)


def intermediate_is_nonnegative(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Refuse negative intermediate uses unless the exception names product or sector."""
    return _nonnegative(
        table,
        "intermediate",
        table.intermediate,
        table.sectors,
        declared=declared_for(table, "negative_intermediate"),
        kind="negative_intermediate",
    )


def final_uses_are_nonnegative(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Refuse negative final uses, save changes of inventories and declared products."""
    kept = [k for k, use in enumerate(table.final_uses) if use.role != "inventories"]
    names = tuple(table.final_uses[k].name for k in kept)
    declared = declared_for(table, "negative_final")
    return _nonnegative(
        table, "final", table.final[:, kept], names, declared=declared, kind="negative_final"
    )


def imports_are_nonnegative(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Refuse negative imports unless the exception ``negative_imports`` names the product."""
    declared = declared_for(table, "negative_imports")
    column = table.imports.reshape(-1, 1)
    return _nonnegative(
        table, "imports", column, ("imports",), declared=declared, kind="negative_imports"
    )


def imported_part_fits(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Compare the imported part of the uses with the uses and with imports.

    No cell may hold more imports than use (save changes of inventories and
    declared products), and the rows must add up to imports.
    """
    faults = faults_of(table)
    if table.imported_intermediate is None:
        return faults
    final = np.zeros_like(table.final) if table.imported_final is None else table.imported_final
    imported = np.hstack([table.imported_intermediate, final])
    uses = np.hstack([table.intermediate, table.final])
    names = (*table.sectors, *_final_names(table))
    stocks = [use.role == "inventories" for use in table.final_uses]
    free = np.array([False] * table.size + stocks)
    above = (imported > uses + _allowed(table, tolerance)[:, None]) & ~free
    declared = {
        name
        for kind in ("imported_above_use", "negative_final", "negative_intermediate")
        for name in declared_for(table, kind)
    }
    for i, k in np.argwhere(above | ((imported < 0) & ~free)):
        if table.sectors[i] not in declared:
            faults.add(
                f"imported part is not between 0 and the use, {uses[i, k]:.8g}",
                "mend the cell, or name the product under exceptions: imported_above_use",
                field=f"imported [{table.sectors[i]}, {names[k]}]",
                value=imported[i, k],
            )
    rows = ("imported uses", imported.sum(axis=1))
    faults.extend(_balance(table, tolerance, "imports", rows, table.imports))
    return faults


def products_agree(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Domestic product by production = by expenditure.

    All primary inputs (value added, taxes and what else stands below the
    intermediate uses) = final uses less imports. It follows from the balances of
    rows and columns, but also refuses small gaps that all lean one way. It is
    skipped in mixed units.
    """
    faults = faults_of(table)
    if table.mixed_units:
        return faults
    production, expenditure = table.primary.sum(), table.final.sum() - table.imports.sum()
    if abs(production - expenditure) > tolerance * max(abs(production), abs(expenditure)):
        faults.add(
            f"primary inputs are {production:.8g} and final uses less imports {expenditure:.8g}",
            "mend the flows; both measure the domestic product",
            field="primary, final, imports",
            value=f"{production - expenditure:.6g}",
        )
    return faults


def is_productive(table: Table, tolerance: float = TOLERANCE) -> Faults:
    """Refuse a table in which some sectors use up their own output (I - A singular)."""
    faults = faults_of(table)
    try:
        solve(table.input_coefficients, np.ones(table.size), table.sectors)
    except InputError as error:
        for fault in error.faults:
            faults.add(fault.problem, fault.remedy, field=fault.field, value=fault.value)
    return faults


IDENTITIES: Sequence[Callable[[Table, float], Faults]] = (
    labels_are_distinct,
    output_is_positive,
    rows_balance,
    columns_balance,
    intermediate_is_nonnegative,
    final_uses_are_nonnegative,
    imports_are_nonnegative,
    imported_part_fits,
    products_agree,
    is_productive,
    labour_is_sound,
    capital_is_sound,
    capital_composition_adds_up,
    satellites_are_sound,
)
"""Every identity that is checked once all figures are finite."""


# What the identities share ----------------------------------------------------


def _final_names(table: Table) -> tuple[str, ...]:
    return tuple(use.name for use in table.final_uses)


_Block = tuple[str, Array, tuple[str, ...], tuple[str, ...]]


def _blocks(table: Table) -> list[_Block]:
    """Every array of a table, with the labels of its rows and its columns."""
    sectors, finals = table.sectors, _final_names(table)
    blocks: list[_Block] = [
        ("intermediate", table.intermediate, sectors, sectors),
        ("final", table.final, sectors, finals),
        ("imports", table.imports, (), sectors),
        ("primary", table.primary, table.primary_inputs, sectors),
        ("output", table.output, (), sectors),
    ]
    if table.imported_intermediate is not None:
        blocks.append(("imported", table.imported_intermediate, sectors, sectors))
    if table.imported_final is not None:
        blocks.append(("imported", table.imported_final, sectors, finals))
    if table.labour is not None:
        blocks.append(("labour", table.labour.used, table.labour.kinds, sectors))
    if table.capital is not None:
        blocks.append(("capital", table.capital.stock, (), sectors))
        blocks.append(("depreciation", table.capital.depreciation, (), sectors))
    if table.capital_composition is not None:
        blocks.append(("capital_composition", table.capital_composition, sectors, sectors))
    if table.satellites is not None:
        kinds = table.satellites.kinds
        blocks.append(("satellite", table.satellites.used, kinds, sectors))
        blocks.append(("satellite", table.satellites.final, kinds, finals))
    return blocks


def _names(
    cell: npt.NDArray[np.intp], rows: tuple[str, ...], columns: tuple[str, ...]
) -> list[str]:
    return [columns[cell[0]]] if len(cell) == 1 else [rows[cell[0]], columns[cell[1]]]


def _allowed(table: Table, tolerance: float) -> Array:
    """Largest gap in the balance of each line (money)."""
    supply = np.abs(table.output + table.imports)
    if table.mixed_units:
        return np.asarray(tolerance * supply)
    return np.asarray(tolerance * np.maximum(supply, np.abs(table.output).mean()))


def _balance(
    table: Table, tolerance: float, kind: str, left: tuple[str, Array], right: Array
) -> Faults:
    faults = faults_of(table)
    words = {
        "row": "output + imports",
        "column": "output",
        "imports": "imports",
    }[kind]
    gaps, allowed = left[1] - right, _allowed(table, tolerance)
    for i in np.flatnonzero(np.abs(gaps) > allowed):
        faults.add(
            f"{left[0]} are {left[1][i]:.10g} but {words} {right[i]:.10g}",
            "mend the line; where its source rounds, raise the tolerance or put the gap "
            "into a column or row of its own",
            field=f"{kind} [{table.sectors[i]}]",
            value=f"{gaps[i]:.6g}",
        )
    return faults


def _nonnegative(
    table: Table,
    block: str,
    array: Array,
    columns: Sequence[str],
    *,
    declared: Sequence[str],
    kind: str,
) -> Faults:
    faults = faults_of(table)
    for i, k in np.argwhere(array < 0):
        if table.sectors[i] not in declared and columns[k] not in declared:
            faults.add(
                f"{block} flow is negative",
                f"mend the cell, or name {table.sectors[i]} under exceptions: {kind}",
                field=f"{block} [{table.sectors[i]}, {columns[k]}]",
                value=array[i, k],
            )
    return faults
