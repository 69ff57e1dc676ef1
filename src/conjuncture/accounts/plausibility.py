"""What balances and is still hard to believe: slips of unit, and flows larger than their line.

The identities of :mod:`conjuncture.accounts.checks` cannot see a stock of capital in
thousands among millions, since nothing adds up to it. These rules look for such slips. They
are hints, not faults: each names a figure to look at once more, and a sound table may keep
it. Their thresholds are assumed, set so wide that no shipped or tested observed table
meets them but where its source has known peculiarities.
"""

from __future__ import annotations

import numpy as np

from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Fault, Faults

FACTOR = 1000.0
"""How far labour or capital per unit of output may lie from the median (assumed): a slip of
thousands for millions."""

YEARS = 100.0
"""Output of how many years a sector's capital may be worth (years; assumed)."""

WEAR = 0.6
"""Share of its capital that a sector may wear out in a year (1/year; assumed)."""

SHARE = 0.9
"""Share of all output that one sector may have (assumed)."""

LOOK = "look at the figure and its unit again; keep it if it is right"


def implausible(table: Table) -> list[Fault]:
    """Return figures that balance and are hard to believe.

    Parameters
    ----------
    table : Table
        Any table; one that passes its checks, for the hints to mean something.

    Returns
    -------
    list of Fault
        Negative value added; an input larger than the output that it goes into; labour,
        or capital a thousand times above or below the median per unit of
        output; capital worth more than a hundred years of output; wear above 60 % a
        year; a sector with over nine tenths of all output; exports above supply.
    """
    hints = Faults(table.file or table.name)
    if not table.mixed_units:
        _flows(table, hints)
    active = table.output > 0
    if table.labour is not None and not table.mixed_units:
        for name, used in zip(table.labour.kinds, table.labour.used, strict=True):
            _per_output(table, f"labour {name}", used, hints)
    if table.capital is not None and not table.mixed_units:
        _per_output(table, "capital", table.capital.stock, hints)
        ratio = table.capital.stock / np.where(active, table.output, 1.0)
        for j in np.flatnonzero(active & (ratio > YEARS)):
            where = f"capital [{table.sectors[j]}]"
            hints.add(f"capital is worth {ratio[j]:.3g} years of output", LOOK, field=where,
                      value=table.capital.stock[j])  # fmt: skip
    if table.capital is not None:
        for j in np.flatnonzero(table.capital.depreciation > WEAR):
            hints.add("most of the capital wears out in a year", LOOK,
                      field=f"depreciation [{table.sectors[j]}]",
                      value=table.capital.depreciation[j])  # fmt: skip
    return list(hints)


def _flows(table: Table, hints: Faults) -> None:
    total = float(table.output.sum())
    for j, sector in enumerate(table.sectors):
        added = float(table.value_added[j])
        if added < -1e-6 * abs(float(table.output[j])):
            hints.add("value added is negative", LOOK, field=f"value added [{sector}]", value=added)
        if table.size > 2 and table.output[j] > SHARE * total:
            hints.add(f"the sector has {table.output[j] / total:.0%} of all output", LOOK,
                      field=f"output [{sector}]", value=table.output[j])  # fmt: skip
    A = table.input_coefficients
    for i, j in np.argwhere(A > 1.0):
        hints.add("an input is larger than the output that it goes into", LOOK,
                  field=f"use [{table.sectors[i]}, {table.sectors[j]}]",
                  value=table.intermediate[i, j])  # fmt: skip
    exports, supply = table.final_by_role("exports"), table.output + table.imports
    for i in np.flatnonzero(exports > (1 + 1e-6) * supply):
        hints.add("exports are larger than supply", LOOK, field=f"exports [{table.sectors[i]}]",
                  value=exports[i])  # fmt: skip


def _per_output(table: Table, name: str, amounts: Array, hints: Faults) -> None:
    """Compare what a unit of output takes with the median of all sectors."""
    counted = (table.output > 0) & (amounts > 0)
    if counted.sum() < 3:
        return
    ratio = amounts[counted] / table.output[counted]
    middle = float(np.median(ratio))
    for j in np.flatnonzero(counted):
        times = float(amounts[j] / table.output[j]) / middle
        if not 1 / FACTOR < times < FACTOR:
            hints.add(
                f"is {times:.3g} times the median per unit of output",
                LOOK,
                field=f"{name} [{table.sectors[j]}]",
                value=amounts[j],
            )
