"""The open Leontief model on a table: output, multipliers and contents by solving.

Conventions
-----------
``A[i, j]`` is product i used per unit of output of sector j. By default it
counts uses of all origins, and the final demand that belongs to it is net of
imports; with ``domestic=True`` both count domestic products alone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csc_array, identity, issparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from conjuncture.accounts.large import solve_large
from conjuncture.accounts.table import Array, Table, require_one_unit
from conjuncture.core.errors import Fault, Faults, InputError, nearest

SPARSE_FROM = 500
"""Number of sectors from which a thin matrix is factorised as a sparse one."""

SPARSE_UP_TO = 3.0
"""Mean number of coefficients per column up to which a matrix counts as thin.

Measured in ``benchmarks/bench_leontief.py``: with more, a sparse factorisation
fills in and takes longer than a dense one. Observed tables are never thin.
"""

_MARGIN = 1e-9


def coefficients(table: Table, *, domestic: bool = False) -> Array:
    """Return the input coefficients, of all origins or domestic (money per money).

    Raises
    ------
    InputError
        If domestic uses are asked for and the table does not tell them apart.
    """
    return table.domestic_coefficients if domestic else table.input_coefficients


def final_demand(table: Table, *, domestic: bool = False) -> Array:
    """Return the final demand that belongs to the coefficients (money).

    All origins: final uses less imports; domestic: the domestic final uses.

    Raises
    ------
    InputError
        If domestic uses are asked for and the table does not tell them apart.
    """
    if not domestic:
        return np.asarray(table.final.sum(axis=1) - table.imports)
    if table.imported_final is None:
        raise InputError(
            Fault(
                "does not tell domestic from imported uses",
                "use domestic=False, or give the imported flows",
                table.file or table.name,
                "imported_final",
            )
        )
    return np.asarray((table.final - table.imported_final).sum(axis=1))


def output_for(table: Table, demand: npt.ArrayLike | pd.Series, *, domestic: bool = False) -> Array:
    """Return the gross output that a final demand needs, x = (I - A)^-1 f, by one solve.

    Parameters
    ----------
    table : Table
        The table whose coefficients are used.
    demand : array or Series, products (or products x demands)
        Final demand, net of imports unless ``domestic`` (money). A Series must
        carry the table's sectors as its index, in their order.
    domestic : bool
        Count domestic products alone.

    Returns
    -------
    array
        Of the shape of ``demand`` (money).

    Raises
    ------
    InputError
        If labels or shape differ, if a demand is not finite, or if I - A is
        singular or not productive; the sectors are named.

    References
    ----------
    Leontief (1936); Miller and Blair (2009), Input-Output Analysis, eq. 2.10.
    """
    values = _demand(table, demand)
    return solve(coefficients(table, domestic=domestic), values, table.sectors)


def output_multipliers(table: Table, *, domestic: bool = False) -> Array:
    """Return the output of all sectors per unit of final demand for each product.

    The column sums of (I - A)^-1 (pure numbers), from one transposed solve;
    Miller and Blair (2009), Input-Output Analysis, section 6.2.1.

    Raises
    ------
    InputError
        As :func:`output_for`.
    """
    require_one_unit(table, "output multipliers")
    return content(table, np.ones(table.size), domestic=domestic)


def content(table: Table, direct: npt.ArrayLike, *, domestic: bool = False) -> Array:
    """Return what a unit of final demand for each product needs of something, in all.

    Parameters
    ----------
    table : Table
        The table whose coefficients are used.
    direct : array, sectors
        Direct requirement per unit of gross output (anything per money).
    domestic : bool
        Count domestic products alone.

    Returns
    -------
    array, products
        direct (I - A)^-1, in the unit of ``direct``.

    Raises
    ------
    InputError
        As :func:`output_for`.
    """
    A = coefficients(table, domestic=domestic)
    return solve(A.T, _demand(table, direct), table.sectors)


def labour_content(table: Table, kind: str | None = None, *, domestic: bool = False) -> Array:
    """Return the labour used, directly and indirectly, per unit of final demand.

    The vertically integrated labour coefficients of Pasinetti (1973),
    Metroeconomica 25: 1-29. Without ``domestic``, labour abroad is counted as if
    imports were made at home.

    Parameters
    ----------
    table : Table
        A table with labour.
    kind : str, optional
        The kind of labour; by default the first.
    domestic : bool
        Count domestic products alone.

    Returns
    -------
    array, products
        Unit of the kind per money unit of the table.

    Raises
    ------
    InputError
        If the table has no labour or no such kind, or as :func:`output_for`.
    """
    if table.labour is None:
        raise InputError(
            Fault("has no labour", "give a table with labour", table.file or table.name, "labour")
        )
    wanted = table.labour.kinds[0] if kind is None else kind
    if wanted not in table.labour.kinds:
        faults = Faults(table.file or table.name)
        faults.unknown("kind of labour", wanted, table.labour.kinds, field="labour")
        raise InputError(faults)
    used = table.labour.used[table.labour.kinds.index(wanted)]
    direct = np.where(table.active, used / np.where(table.active, table.output, 1.0), 0.0)
    return content(table, direct, domestic=domestic)


def leontief_inverse(table: Table, *, domestic: bool = False) -> Array:
    """Return (I - A)^-1 in full, where every entry of it is wanted (money per money).

    For one demand use :func:`output_for`, for column sums
    :func:`output_multipliers`: they solve, which is faster and more exact.

    Raises
    ------
    InputError
        As :func:`output_for`.
    """
    A = coefficients(table, domestic=domestic)
    return solve(A, np.eye(table.size), table.sectors)


def linkages(table: Table, *, domestic: bool = False) -> pd.DataFrame:
    """Return backward and forward linkages of each sector, 1 being the average.

    Power and sensitivity of dispersion of Rasmussen (1956), Studies in
    Inter-Sectoral Relations: column and row sums of (I - A)^-1 over their mean.

    Returns
    -------
    DataFrame
        Indexed by sector, with the columns ``backward`` and ``forward``.

    Raises
    ------
    InputError
        As :func:`output_for`.
    """
    backward = output_multipliers(table, domestic=domestic)
    forward = output_for(table, np.ones(table.size), domestic=domestic)
    columns = {"backward": backward / backward.mean(), "forward": forward / forward.mean()}
    return pd.DataFrame(columns, index=pd.Index(table.sectors, name="sector"))


# Solving ----------------------------------------------------------------------


def solve(A: Array, demand: Array, sectors: tuple[str, ...]) -> Array:
    """Solve (I - A) x = f, refusing coefficients that are not productive.

    For A >= 0 the economy is productive, and the inverse non-negative, exactly
    if (I - A) z = 1 has a solution z >= 0 (Hawkins and Simon 1949): that
    right-hand side is solved along with the demand, at almost no cost. A sparse A
    is never factorised: see :func:`conjuncture.accounts.large.solve_large`.

    Raises
    ------
    InputError
        If I - A is singular or A is not productive; the sectors are named.
    """
    if issparse(A):
        return solve_large(A, demand).output
    ones = np.ones((len(sectors), 1))
    columns = np.hstack([demand.reshape(len(sectors), -1), ones])
    solution = _solve(A, columns)
    if solution is None or not _is_productive(A, solution[:, -1]):
        raise InputError(unproductive(A, sectors))
    return np.asarray(solution[:, :-1].reshape(demand.shape))


def _solve(A: Array, columns: Array) -> Array | None:
    """Solve (I - A) X = columns, or return None where the matrix is singular."""
    n = len(A)
    thin = n >= SPARSE_FROM and np.count_nonzero(A) <= SPARSE_UP_TO * n
    try:
        if thin:
            return np.asarray(splu(csc_array(identity(n)) - csc_array(A)).solve(columns))
        return np.asarray(np.linalg.solve(np.eye(n) - A, columns))
    except (np.linalg.LinAlgError, RuntimeError):
        return None


def _is_productive(A: Array, z: Array) -> bool:
    """Judge by the solution of (I - A) z = 1; by eigenvalues where A has negative entries."""
    if not np.isfinite(z).all():
        return False
    if (A >= 0).all():
        return bool((z > 0).all() and z.max() < 1 / _MARGIN)
    return spectral_radius(A) < 1 - _MARGIN


def spectral_radius(A: Array) -> float:
    """Return the largest modulus of the eigenvalues of a square matrix."""
    return float(np.abs(np.linalg.eigvals(A)).max(initial=0.0))


def unproductive(A: Array, sectors: tuple[str, ...], file: str | None = None) -> Fault:
    """Name the sectors that, taken together, use up their own output or more.

    They are the strongly connected groups of A whose own spectral radius is at
    least 1: the radius of A is the largest of theirs.
    """
    _, group = connected_components(csc_array(A != 0), directed=True, connection="strong")
    named, worst = [], 0.0
    for k in range(group.max(initial=-1) + 1):
        members = np.flatnonzero(group == k)
        radius = spectral_radius(A[np.ix_(members, members)])
        worst = max(worst, radius)
        if radius >= 1 - _MARGIN:
            named += [sectors[i] for i in members]
    return Fault(
        f"I - A is singular or not productive (spectral radius {worst:.8g}): the sectors "
        f"{', '.join(named) or ', '.join(sectors)} use up their own output",
        "lower their uses of one another, or raise their output",
        file,
        f"sectors {', '.join(named) or ', '.join(sectors)}",
        f"{worst:.8g}",
    )


def _demand(table: Table, demand: npt.ArrayLike | pd.Series) -> Array:
    """Return a vector or matrix over the table's sectors, refusing other labels."""
    faults = Faults(table.file or table.name)
    if isinstance(demand, pd.Series) and tuple(demand.index) != table.sectors:
        for label in demand.index:
            if label not in table.sectors:
                faults.unknown("sector", str(label), table.sectors, field="demand")
        for label in table.sectors:
            if label not in demand.index:
                near = nearest(label, map(str, demand.index))
                faults.add(
                    "sector is missing", "give a value", field="demand", value=label, nearest=near
                )
        if not faults:
            faults.add(
                "sectors stand in another order or twice",
                "reindex by table.sectors",
                field="demand",
            )
    values = np.asarray(demand, dtype=float)
    if values.shape[:1] != (table.size,) or values.ndim > 2:
        faults.add(
            f"has shape {values.shape} where {table.size} sectors are needed",
            "give one value (or one row) for each sector",
            field="demand",
        )
    else:
        for i in np.flatnonzero(~np.isfinite(values.reshape(table.size, -1)).all(axis=1)):
            faults.add(
                "is not finite",
                "give a number",
                field=f"demand[{table.sectors[i]}]",
                value=values[i],
            )
    faults.raise_if_any()
    return values
