"""The largest balanced consumption of one year with one technique for each sector.

With fixed techniques and nothing to choose, output follows from consumption by one Leontief
solve, and no programme is needed: the level is the least that any limit allows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import sparray

from conjuncture.accounts.large import solve_large
from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InfeasibleError


@dataclass(frozen=True)
class Level:
    """The largest consumption level, what it takes and what it is worth.

    Attributes
    ----------
    level : float
        Consumption relative to the bundle.
    output : array, N
        Gross output (money/year).
    limit : str
        What binds: ``labour`` or ``capacity``.
    place : int
        Position of the kind of labour or the sector that binds.
    price : float
        Change of the level by one more unit of it (1 per unit of the limit).
    residual : float
        Largest difference of resources and uses, in relation to the largest output.
    """

    level: float
    output: Array
    limit: str
    place: int
    price: float
    residual: float


def largest_level(
    coefficients: npt.ArrayLike | sparray,
    bundle: npt.ArrayLike,
    *,
    claims: npt.ArrayLike = 0.0,
    labour: npt.ArrayLike | None = None,
    available: npt.ArrayLike | None = None,
    capacity: npt.ArrayLike | None = None,
) -> Level:
    """Find the largest balanced consumption for labour and capacity at hand.

    Output is x = s u + v with (I - A) u = c and (I - A) v = g, so that every
    limit is a limit of the level s alone.

    Parameters
    ----------
    coefficients : array or sparse array, N x N
        Product i used per unit of output of sector j; productive.
    bundle : array, N
        Consumption at level 1 (money/year), not negative.
    claims : array, N
        Uses fixed beforehand (money/year).
    labour : array, K x N
        Labour per unit of output.
    available : array, K
        Labour to be had.
    capacity : array, N
        Largest output (money/year); infinite where there is no limit.

    Returns
    -------
    Level

    Raises
    ------
    InputError
        With every fault: shapes that do not fit, values out of range, no limit at all.
    InfeasibleError
        If the claims alone take more than there is, with every limit that they break.

    Notes
    -----
    W. Leontief (1941), The Structure of American Economy; for the limits, R.
    Dorfman, P. A. Samuelson and R. M. Solow (1958), Linear Programming and Economic
    Analysis, ch. 9.
    """
    faults = Faults("fixed techniques")
    A = coefficients if isinstance(coefficients, sparray) else np.asarray(coefficients, np.float64)
    n = A.shape[0] if A.ndim == 2 and A.shape[0] == A.shape[1] else 0
    if not n:
        faults.add("is not square", "give product by sector", field="coefficients", value=A.shape)
        faults.raise_if_any()
    c = _checked("bundle", bundle, (n,), faults)
    g = _checked("claims", np.broadcast_to(np.asarray(claims, np.float64), (n,)), (n,), faults)
    hands = np.zeros((0, n)) if labour is None else np.atleast_2d(np.asarray(labour, np.float64))
    hands = _checked("labour", hands, (hands.shape[0], n), faults)
    most = np.zeros(0) if available is None else np.atleast_1d(np.asarray(available, np.float64))
    most = _checked("available", most, (hands.shape[0],), faults)
    room = np.full(n, np.inf) if capacity is None else np.asarray(capacity, np.float64)
    room = _checked("capacity", room, (n,), faults)
    if not faults and not c.any():
        faults.add("is zero", "give what is consumed", field="bundle")
    if not faults and not np.isfinite(room).any() and not most.size:
        faults.add("nothing limits output", "give labour or capacity", field="available")
    faults.raise_if_any()
    u, v = (np.asarray(solve_large(A, demand).output, dtype=np.float64) for demand in (c, g))
    use = np.concatenate([hands @ u, u])
    left = np.concatenate([most - hands @ v, room - v])
    for k in np.flatnonzero(left < 0).tolist():
        what, place = ("labour", k) if k < most.size else ("capacity", k - most.size)
        faults.add(
            f"the claims alone take {-left[k]:g} more than there is",
            "lower the claims or raise the limit", field=f"{what}[{place}]",
        )  # fmt: skip
    faults.raise_if_any(InfeasibleError)
    with np.errstate(divide="ignore", invalid="ignore"):
        allowed = np.where(use > 0, left / use, np.inf)
    k = int(np.argmin(allowed))
    level = float(allowed[k])
    x = level * u + v
    residual = float(np.abs(x - A @ x - level * c - g).max() / max(1e-300, np.abs(x).max()))
    kind, place = ("labour", k) if k < most.size else ("capacity", k - most.size)
    return Level(level, x, kind, place, float(1.0 / use[k]), residual)


def _checked(name: str, values: npt.ArrayLike, shape: tuple[int, ...], faults: Faults) -> Array:
    """Return an array, with faults for another shape and for values that are no amounts."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape:
        faults.add("has another shape", f"give {shape}", field=name, value=array.shape)
    elif np.isnan(array).any() or (array < 0).any():
        faults.add("holds values that are negative or absent", "give amounts of 0 or more",
                   field=name)  # fmt: skip
    return array
