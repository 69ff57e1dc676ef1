"""Multipliers of output, labour, capital, satellites; closed models; footprints.

As in ``leontief``, coefficients count uses of all origins unless ``domestic`` is set.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from conjuncture.accounts.leontief import coefficients, content, final_demand, solve
from conjuncture.accounts.table import Array, Table, require_one_unit
from conjuncture.core.errors import Faults


def direct_requirement(table: Table, of: str) -> Array:
    """Return what a unit of gross output of each sector takes of something directly.

    Parameters
    ----------
    table : Table
        Any table.
    of : str
        ``value_added``, ``imports`` (imported inputs), ``capital``, a primary
        input, a kind of labour, or a kind of satellite.

    Returns
    -------
    array, sectors
        Unit of it per unit of output.

    Raises
    ------
    InputError
        If the table has no such thing (the nearest names are given), or two of the
        name.
    """
    known, named = _quantities(table)
    faults = Faults(table.file or table.name)
    if of not in known:
        faults.unknown("quantity", of, known, field="of")
    if named.count(of) > 1:
        faults.add("name stands for two quantities", "rename one of them in the table",
                   field="of", value=of)  # fmt: skip
    faults.raise_if_any()
    if of == "imports" and of not in named:
        require_one_unit(table, "imported inputs")
    safe = np.where(table.active, table.output, 1.0)
    return np.asarray(np.where(table.active, known[of] / safe, 0.0))


def _quantities(table: Table) -> tuple[dict[str, Array], list[str]]:
    """Return amounts by sector, by name, and the names that the table itself gives."""
    known: dict[str, Array] = {"value_added": table.value_added}
    if table.imported_intermediate is not None:
        known["imports"] = table.imported_intermediate.sum(axis=0)
    if table.capital is not None:
        known["capital"] = table.capital.stock
    pairs = list(zip(table.primary_inputs, table.primary, strict=True))
    if table.labour is not None:
        pairs += zip(table.labour.kinds, table.labour.used, strict=True)
    if table.satellites is not None:
        pairs += zip(table.satellites.kinds, table.satellites.used, strict=True)
    return known | dict(pairs), [name for name, _ in pairs]


def multipliers(table: Table, of: str = "output", *, domestic: bool = False) -> pd.DataFrame:
    """Return direct, total and type I multipliers of a quantity.

    Parameters
    ----------
    table : Table
        Any table.
    of : str
        ``output``, or what :func:`direct_requirement` knows.
    domestic : bool
        Count domestic products alone.

    Returns
    -------
    DataFrame
        Indexed by sector: ``direct`` (per unit of output), ``total`` (directly and
        indirectly per unit of final demand) and ``type_1`` (their ratio; NaN
        where nothing is used directly). Miller and Blair (2009), section 6.2.

    Raises
    ------
    InputError
        As :func:`direct_requirement` and :func:`conjuncture.accounts.leontief.output_for`.
    """
    if of == "output":
        require_one_unit(table, "output multipliers")
        direct = np.ones(table.size)
    else:
        direct = direct_requirement(table, of)
    total = content(table, direct, domestic=domestic)
    return _multipliers(table, direct, total, "type_1")


def type_2_multipliers(
    table: Table,
    of: str,
    *,
    income: str,
    consumption: str | None = None,
    domestic: bool = False,
) -> pd.DataFrame:
    """Return multipliers of a model closed by the spending of incomes.

    Households are one more sector: what they buy per unit of the income that
    they earn stands beside the coefficients, the income paid per unit of output
    below them (Miller and Blair 2009, section 2.5).

    Parameters
    ----------
    table : Table
        Any table.
    of : str
        ``output``, or what :func:`direct_requirement` knows.
    income : str
        The primary input that is spent (``compensation``).
    consumption : str, optional
        The final use on which it is spent; by default all of the role consumption.
    domestic : bool
        Count domestic products alone.

    Returns
    -------
    DataFrame
        Indexed by sector: ``direct``, ``total`` and ``type_2``.

    Raises
    ------
    InputError
        If there is no such row or column, or if spending exceeds income so far that
        the closed model is not productive.
    """
    require_one_unit(table, "the closed model")
    faults, names = Faults(table.file or table.name), [use.name for use in table.final_uses]
    if income not in table.primary_inputs:
        faults.unknown("primary input", income, table.primary_inputs, field="income")
    if consumption is not None and consumption not in names:
        faults.unknown("final use", consumption, names, field="consumption")
    faults.raise_if_any()
    spent = _consumed(table, consumption, domestic)
    earned = table.primary[table.primary_inputs.index(income)]
    closed = np.zeros((table.size + 1, table.size + 1))
    closed[:-1, :-1] = coefficients(table, domestic=domestic)
    closed[:-1, -1] = spent / earned.sum()
    closed[-1, :-1] = direct_requirement(table, income)
    direct = np.ones(table.size) if of == "output" else direct_requirement(table, of)
    total = solve(closed.T, np.append(direct, 0.0), (*table.sectors, "households"))[:-1]
    return _multipliers(table, direct, total, "type_2")


def _consumed(table: Table, consumption: str | None, domestic: bool) -> Array:
    final_demand(table, domestic=domestic)  # refuses what the table cannot tell
    final = table.final
    if domestic and table.imported_final is not None:
        final = final - table.imported_final
    chosen = [
        (use.role == "consumption") if consumption is None else (use.name == consumption)
        for use in table.final_uses
    ]
    return np.asarray(final[:, chosen].sum(axis=1))


def _multipliers(table: Table, direct: Array, total: Array, kind: str) -> pd.DataFrame:
    ratio = np.divide(total, direct, out=np.full(table.size, np.nan), where=direct != 0)
    columns = {"direct": direct, "total": total, kind: ratio}
    return pd.DataFrame(columns, index=pd.Index(table.sectors, name="sector"))


# Satellites -----------------------------------------------------------------------


def footprint(table: Table, kind: str, *, domestic: bool = False) -> pd.DataFrame:
    """Return what final uses take of a satellite or of labour, directly and indirectly.

    Parameters
    ----------
    table : Table
        Any table.
    kind : str
        A kind of satellite or of labour.
    domestic : bool
        Count domestic products alone; otherwise imports are counted as if they
        were made at home with the same technology, and stand as a negative column.

    Returns
    -------
    DataFrame, products x final uses
        Unit of the kind; with a column ``imports`` unless ``domestic``, and a last
        row ``(final users)`` with what they emit themselves. The sum is the
        territory's total.

    Raises
    ------
    InputError
        As :func:`direct_requirement`, or if domestic uses are not known.
    """
    final_demand(table, domestic=domestic)  # refuses what the table cannot tell
    direct = direct_requirement(table, kind)
    per_unit = content(table, direct, domestic=domestic)
    uses = table.final
    names = [use.name for use in table.final_uses]
    if domestic and table.imported_final is not None:
        uses = uses - table.imported_final
    elif not domestic:
        uses, names = np.column_stack([uses, -table.imports]), [*names, "imports"]
    frame = pd.DataFrame(
        per_unit[:, None] * uses, index=pd.Index(table.sectors, name="product"), columns=names
    )
    own = np.zeros(len(names))
    if table.satellites is not None and kind in table.satellites.kinds:
        own[: len(table.final_uses)] = table.satellites.final[table.satellites.kinds.index(kind)]
    frame.loc["(final users)"] = own
    return frame
