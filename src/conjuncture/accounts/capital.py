"""Which products investment consists of: capital matrices.

A table's ``capital_composition`` holds the share of each product (rows) in the
investment of each sector (columns). With investment by sector it gives the flow
matrix of investment; with stocks, capital by product (Miller and Blair 2009,
Input-Output Analysis, chapter 13).
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.balance import ras
from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Fault, Faults, InputError


def composition_of(matrix: npt.ArrayLike) -> Array:
    """Return the shares of products in investment by sector, of a matrix of flows.

    Parameters
    ----------
    matrix : array, products x sectors
        Investment in each product by each sector (any unit).

    Returns
    -------
    array, products x sectors
        Columns add up to 1; those of sectors that do not invest are 0.

    Raises
    ------
    InputError
        If an entry is negative or not finite.
    """
    flows = np.asarray(matrix, float)
    faults = Faults("capital matrix")
    for i, j in np.argwhere(~(np.isfinite(flows) & (flows >= 0))):
        faults.add("entry is negative or not finite", "give what is invested, 0 or more",
                   field=f"matrix[{i}, {j}]", value=flows[i, j])  # fmt: skip
    faults.raise_if_any()
    totals = flows.sum(axis=0)
    return np.asarray(flows / np.where(totals > 0, totals, 1.0))


def capital_matrix(table: Table, by_sector: npt.ArrayLike) -> Array:
    """Return investment in each product by each sector (money).

    Parameters
    ----------
    table : Table
        With ``capital_composition``.
    by_sector : array, sectors
        Investment, or a stock, of each sector (money).

    Raises
    ------
    InputError
        If the table has no composition, or if the amounts do not fit.
    """
    if table.capital_composition is None:
        raise InputError(
            Fault(
                "does not say which products investment consists of",
                "give the block capital_composition, or add one by with_composition",
                table.file or table.name,
                "capital_composition",
            )
        )
    return np.asarray(table.capital_composition * _amounts(table, by_sector))


def with_composition(
    table: Table, first_estimate: npt.ArrayLike, by_sector: npt.ArrayLike
) -> Table:
    """Fit a capital matrix to the table's investment and keep its composition.

    Parameters
    ----------
    table : Table
        Its final uses of the role investment are what all sectors invest in together.
    first_estimate : array, products x sectors
        Another year's or country's capital matrix, non-negative (any unit).
    by_sector : array, sectors
        Investment of each sector; its sum must be that of the table's investment.

    Returns
    -------
    Table
        With ``capital_composition`` such that the sectors' investment adds up, by
        product, to the table's, by RAS.

    Raises
    ------
    InputError
        As :func:`conjuncture.accounts.balance.ras`.
    """
    fitted = ras(
        first_estimate,
        table.final_by_role("investment"),
        _amounts(table, by_sector),
        rows=table.sectors,
        columns=table.sectors,
    )
    return dataclasses.replace(table, capital_composition=composition_of(fitted.matrix))


def _amounts(table: Table, by_sector: npt.ArrayLike) -> Array:
    amounts = np.asarray(by_sector, float)
    if amounts.shape != (table.size,) or not np.isfinite(amounts).all():
        raise InputError(
            Fault(
                "amounts do not fit the sectors",
                f"give {table.size} finite numbers, in the order of the sectors",
                table.file or table.name,
                "by_sector",
                str(amounts.shape),
            )
        )
    return amounts
