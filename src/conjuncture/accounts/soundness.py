"""Checks of what lies beside the flows: labour, capital, its composition, satellites."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Faults


def faults_of(table: Table) -> Faults:
    """Return an empty collector of a table's faults."""
    return Faults(table.file or table.name)


def declared_for(table: Table, kind: str) -> tuple[str, ...]:
    """Return the sectors that a table declares under a kind of exception."""
    return tuple(table.exceptions.get(kind, ()))


def labour_is_sound(table: Table, tolerance: float) -> Faults:
    """Refuse negative labour, and output without labour unless declared by name."""
    faults = faults_of(table)
    if table.labour is None:
        return faults
    declared = declared_for(table, "labour")
    for k, kind in enumerate(table.labour.kinds):
        faults.extend(_stock(table, f"labour {kind}", table.labour.used[k], declared))
    for name, value in table.labour.outside.items():
        if not value >= 0:
            faults.add(
                "labour outside the sectors is negative",
                "give a number of persons",
                field=f"labour.outside [{name}]",
                value=value,
            )
    return faults


def capital_is_sound(table: Table, tolerance: float) -> Faults:
    """Refuse a stock that is zero or negative unless declared, and rates outside 0 to 1."""
    faults = faults_of(table)
    if table.capital is None:
        return faults
    declared = declared_for(table, "capital")
    faults.extend(_stock(table, "capital", table.capital.stock, declared))
    for j, rate in enumerate(table.capital.depreciation):
        if not 0 <= rate <= 1:
            faults.add(
                "rate of depreciation is not between 0 and 1",
                "give the share of the stock that is consumed in a year",
                field=f"depreciation [{table.sectors[j]}]",
                value=rate,
            )
    return faults


def capital_composition_adds_up(table: Table, tolerance: float) -> Faults:
    """Refuse shares that are negative or do not add up to 1 for each investing sector.

    A column of zeros stands for a sector that does not invest; it passes where the
    exception ``capital`` names the sector or where it has no output.
    """
    faults = faults_of(table)
    if table.capital_composition is None:
        return faults
    declared = declared_for(table, "capital")
    for i, j in np.argwhere(table.capital_composition < 0):
        faults.add(
            "share of a product in investment is negative",
            "give a share between 0 and 1",
            field=f"capital_composition [{table.sectors[i]}, {table.sectors[j]}]",
            value=table.capital_composition[i, j],
        )
    for j, total in enumerate(table.capital_composition.sum(axis=0)):
        sector = table.sectors[j]
        idle = total == 0 and (sector in declared or table.output[j] == 0)
        if not idle and not abs(total - 1) <= tolerance:
            faults.add(
                f"shares of the products in the sector's investment add up to {total:.8g}",
                "make the column add up to 1; a column of zeros needs the exception capital",
                field=f"capital_composition [{sector}]",
                value=total,
            )
    return faults


def satellites_are_sound(table: Table, tolerance: float) -> Faults:
    """Refuse a kind that stands twice, and negative amounts."""
    faults = faults_of(table)
    if table.satellites is None:
        return faults
    kept = table.satellites
    for name in sorted({kind for kind in kept.kinds if kept.kinds.count(kind) > 1}):
        faults.add("kind stands twice", "give it once", field="satellites", value=name)
    names = (*table.sectors, *(use.name for use in table.final_uses))
    amounts = np.hstack([kept.used, kept.final])
    for k, j in np.argwhere(amounts < 0):
        faults.add(
            "amount is negative",
            "give what is taken or emitted; record removals under a kind of their own",
            field=f"satellite [{kept.kinds[k]}, {names[j]}]",
            value=amounts[k, j],
        )
    return faults


def _stock(table: Table, block: str, values: Array, declared: Sequence[str]) -> Faults:
    """Refuse a quantity that is negative, or zero in a sector with output, unless declared."""
    faults = faults_of(table)
    kind = block.split(maxsplit=1)[0]
    for j, sector in enumerate(table.sectors):
        bad = values[j] < 0 or (values[j] == 0 and table.output[j] > 0)
        if bad and sector not in declared:
            faults.add(
                f"{kind} is {'negative' if values[j] < 0 else 'zero in a sector with output'}",
                f"give the figure, or name the sector under exceptions: {kind}",
                field=f"{block} [{sector}]",
                value=values[j],
            )
    return faults
