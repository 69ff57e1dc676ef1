"""Who depends on whom: Ghosh's model, positions in the chain, extraction.

All by solving; the only full inverse is that of :func:`extraction` for every
sector at once, which needs its whole diagonal. As in ``leontief``, coefficients
count uses of all origins unless ``domestic`` is set.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from conjuncture.accounts.leontief import (
    coefficients,
    final_demand,
    labour_content,
    leontief_inverse,
    linkages,
    output_for,
    output_multipliers,
    solve,
)
from conjuncture.accounts.table import Array, Table, require_one_unit
from conjuncture.core.errors import Faults

# Ghosh ---------------------------------------------------------------------------


def output_coefficients(table: Table, *, domestic: bool = False) -> Array:
    """Return the allocation coefficients B[i, j]: share of product i's output used by j.

    Ghosh (1958), Economica 25: 58-64; Miller and Blair (2009), section 12.1.

    Raises
    ------
    InputError
        If a product without output is used (its uses are imported: set
        ``domestic``), or domestic uses are asked for and not known.
    """
    flows = coefficients(table, domestic=domestic) * table.output
    faults = Faults(table.file or table.name)
    for i in np.flatnonzero((table.output <= 0) & flows.any(axis=1)):
        faults.add(
            "product is used but not made, so that its uses are no share of its output",
            "set domestic=True, or leave the product out",
            field=f"output [{table.sectors[i]}]",
            value=table.output[i],
        )
    faults.raise_if_any()
    return np.asarray(flows / np.where(table.output > 0, table.output, 1.0)[:, None])


def ghosh_output(table: Table, primary: npt.ArrayLike, *, domestic: bool = False) -> Array:
    """Return the output that primary inputs carry, x' = v' (I - B)^-1, by one solve.

    Parameters
    ----------
    table : Table
        The table whose allocation coefficients are used.
    primary : array, sectors
        Primary inputs of each sector, with imported inputs where ``domestic`` (money).
    domestic : bool
        Count domestic products alone.

    Returns
    -------
    array, sectors
        Money. For the table's own primary inputs, its own output. Dietzenbacher
        (1997), Journal of Regional Science 37: 629-651, reads changes of it as
        changes of prices rather than of quantities.

    Raises
    ------
    InputError
        As :func:`output_coefficients`, and if shares exhaust a group of products.
    """
    require_one_unit(table, "Ghosh's model")
    B = output_coefficients(table, domestic=domestic)
    return solve(B.T, np.asarray(primary, float), table.sectors)


def ghosh_multipliers(table: Table, *, domestic: bool = False) -> Array:
    """Return the output of all sectors per unit of primary input of each (row sums).

    Forward linkages of the supply side: Jones (1976), Quarterly Journal of
    Economics 90: 323-333.

    Raises
    ------
    InputError
        As :func:`ghosh_output`.
    """
    require_one_unit(table, "Ghosh's model")
    return solve(output_coefficients(table, domestic=domestic), np.ones(table.size), table.sectors)


# Positions ------------------------------------------------------------------------


def upstreamness(table: Table) -> Array:
    """Return how many steps a product is from final use, on average; at least 1.

    U = 1 + Delta U with Delta[i, j] = Z[i, j] / (x_i - exports_i + imports_i -
    inventories_i): the share of product i's domestic absorption that sector j
    uses. Antràs, Chor, Fally and Hillberry (2012), American Economic Review 102
    (3): 412-416, with their correction for trade and inventories.

    Returns
    -------
    array, products
        Pure numbers.

    Raises
    ------
    InputError
        If the absorption of a used product is not positive, or a group of products
        is absorbed by its own makers alone.
    """
    absorbed = table.output + table.imports
    absorbed = absorbed - table.final_by_role("exports") - table.final_by_role("inventories")
    used = table.intermediate.any(axis=1)
    faults = Faults(table.file or table.name)
    for i in np.flatnonzero(used & (absorbed <= 0)):
        faults.add(
            "product is used, but output + imports - exports - inventories is not positive",
            "mend the row, or aggregate the product with a like one",
            field=f"row [{table.sectors[i]}]",
            value=absorbed[i],
        )
    faults.raise_if_any()
    delta = table.intermediate / np.where(used, absorbed, 1.0)[:, None]
    return solve(delta, np.ones(table.size), table.sectors)


def downstreamness(table: Table, *, domestic: bool = False) -> Array:
    """Return how many steps of production lie in a product, on average; at least 1.

    N_j = 1 + sum_i A[i, j] N_i (Fally 2012, Production staging: measurement and
    facts), which is the output multiplier (Miller and Temurshoev 2017, International
    Regional Science Review 40: 443-475).

    Raises
    ------
    InputError
        As :func:`conjuncture.accounts.leontief.output_multipliers`.
    """
    return output_multipliers(table, domestic=domestic)


# Extraction -----------------------------------------------------------------------


def extraction(
    table: Table, sectors: Sequence[str] | None = None, *, domestic: bool = False
) -> pd.DataFrame | float:
    """Return the gross output lost where sectors vanish, final demand for the rest unchanged.

    Parameters
    ----------
    table : Table
        Any table.
    sectors : sequence of str, optional
        A group that is extracted together; without it every sector in turn.
    domestic : bool
        Count domestic products alone, as is usual.

    Returns
    -------
    float or DataFrame
        The loss for the group (money); or, by sector, ``loss`` (money), ``others``
        (the part that other sectors lose) and ``share`` (of all output).

    Raises
    ------
    InputError
        If a sector does not exist, or as :func:`conjuncture.accounts.leontief.output_for`.

    References
    ----------
    Schultz (1977), Journal of Development Studies 14: 77-96; Miller and Lahr (2001). One
    sector j takes x_j sum_i L[i, j] / L[j, j], by the inverse of a partitioned
    matrix; a group is one solve of what is left.
    """
    require_one_unit(table, "the loss of output")
    if sectors is not None:
        gone = np.zeros(table.size, dtype=bool)
        gone[[table.index(name) for name in sectors]] = True
        return _loss(table, gone, domestic)
    L = leontief_inverse(table, domestic=domestic)
    x = output_for(table, final_demand(table, domestic=domestic), domestic=domestic)
    loss = x * L.sum(axis=0) / np.diagonal(L)
    columns = {"loss": loss, "others": loss - x, "share": loss / x.sum()}
    return pd.DataFrame(columns, index=pd.Index(table.sectors, name="sector"))


def _loss(table: Table, gone: npt.NDArray[np.bool_], domestic: bool) -> float:
    f = final_demand(table, domestic=domestic)
    A, kept = coefficients(table, domestic=domestic), ~gone
    x = solve(A, f, table.sectors)
    names = tuple(s for s, k in zip(table.sectors, kept, strict=True) if k)
    left = solve(A[np.ix_(kept, kept)], f[kept], names)
    return float(x.sum() - left.sum())


def summary(table: Table, *, domestic: bool = False) -> pd.DataFrame:
    """Return the indicators of every sector side by side.

    Returns
    -------
    DataFrame
        Indexed by sector: ``output_multiplier``, ``ghosh_multiplier``, ``backward``,
        ``forward``, ``upstreamness``, ``extraction_share`` and, where the table has
        labour, ``labour_content`` of its first kind.

    Raises
    ------
    InputError
        As the functions of these names.
    """
    frame = linkages(table, domestic=domestic)
    frame.insert(0, "output_multiplier", output_multipliers(table, domestic=domestic))
    frame.insert(1, "ghosh_multiplier", ghosh_multipliers(table, domestic=domestic))
    frame["upstreamness"] = upstreamness(table)
    lost = extraction(table, domestic=domestic)
    assert isinstance(lost, pd.DataFrame)  # no group was named
    frame["extraction_share"] = lost["share"]
    if table.labour is not None:
        frame["labour_content"] = labour_content(table, domestic=domestic)
    return frame
