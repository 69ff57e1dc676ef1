"""Balancing a matrix to given margins: RAS, and GRAS where entries are negative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, Faults, InputError

AGREEMENT = 1e-9
"""Largest relative difference between the sums of the row and the column totals."""


@dataclass(frozen=True)
class Balanced:
    """A matrix fitted to row and column totals.

    Attributes
    ----------
    matrix : array, rows x columns
        The fitted matrix, in the unit of the totals.
    row_multipliers, column_multipliers : array
        r and s: positive entries of the seed were multiplied by r[i] s[j],
        negative ones divided by it (pure numbers).
    iterations : int
        Passes over rows and columns.
    residual : float
        Largest difference between a margin and its total, as a share of the
        largest total.
    converged : bool
        True where ``residual`` is within the tolerance.
    """

    matrix: Array
    row_multipliers: Array
    column_multipliers: Array
    iterations: int
    residual: float
    converged: bool


def ras(
    seed: npt.ArrayLike,
    row_totals: npt.ArrayLike,
    column_totals: npt.ArrayLike,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 10_000,
    must_converge: bool = True,
    agreement: float = AGREEMENT,
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
) -> Balanced:
    """Fit a non-negative matrix to row and column totals by biproportional scaling.

    The result is ``diag(r) seed diag(s)``: zeros stay zeros, and among all
    matrices with these margins it is the nearest to the seed in relative entropy.

    Parameters
    ----------
    seed : array, rows x columns
        Non-negative first estimate; its scale does not matter.
    row_totals, column_totals : array
        Non-negative margins to be met, with the same sum (money or any unit).
    tolerance : float
        Largest difference of a margin from its total, as a share of the largest total.
    max_iterations : int
        Passes after which the fit is given up.
    must_converge : bool
        Raise where the margins are not met; otherwise the result says so.
    agreement : float
        Largest difference between the sums of the two margins, as a share of the largest
        total. Published margins are rounded: with more than the default, the column
        totals are scaled to the sum of the row totals within it.
    rows, columns : sequence of str, optional
        Labels for messages.

    Returns
    -------
    Balanced

    Raises
    ------
    InputError
        If an entry is negative or not finite, if the totals do not agree, if a
        row or column of zeros has a positive total, or if there is no convergence.

    References
    ----------
    Stone and Brown (1962), A Computable Model of Economic Growth; Bacharach
    (1970), Biproportional Matrices and Input-Output Change.
    """
    problem = _Problem.of(seed, row_totals, column_totals, rows, columns, agreement)
    faults = problem.faults()
    for i, j in np.argwhere(problem.seed < 0):
        faults.add(
            "entry of the seed is negative",
            "use gras, which keeps signs",
            field=f"seed[{problem.rows[i]}, {problem.columns[j]}]",
            value=problem.seed[i, j],
        )
    for kind, labels, totals in problem.margins():
        for k in np.flatnonzero(totals < 0):
            faults.add(
                "total is negative",
                "use gras, which allows negative totals",
                field=f"{kind}[{labels[k]}]",
                value=totals[k],
            )
    faults.raise_if_any()
    return problem.fit(_scale, tolerance, max_iterations, must_converge)


def gras(
    seed: npt.ArrayLike,
    row_totals: npt.ArrayLike,
    column_totals: npt.ArrayLike,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 10_000,
    must_converge: bool = True,
    agreement: float = AGREEMENT,
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
) -> Balanced:
    """Fit a matrix with entries of both signs to row and column totals.

    Positive entries become ``r[i] a[i, j] s[j]`` and negative ones
    ``a[i, j] / (r[i] s[j])``, so that every entry keeps its sign. On a
    non-negative seed the result equals that of :func:`ras`.

    Parameters
    ----------
    seed, row_totals, column_totals, tolerance, max_iterations, must_converge, agreement
        As in :func:`ras`; entries and totals may be negative.
    rows, columns : sequence of str, optional
        As in :func:`ras`.

    Returns
    -------
    Balanced

    Raises
    ------
    InputError
        If an entry is not finite, if the totals do not agree, if a row or
        column cannot have its total because of the signs of its entries, or if
        there is no convergence.

    References
    ----------
    Junius and Oosterhaven (2003), Economic Systems Research 15: 87-96, with the
    target function of Lenzen, Wood and Gallego (2007), Economic Systems Research
    19: 461-465. Lines without a positive entry: Temurshoev, Miller and
    Bouwmeester (2013), Economic Systems Research 25: 361-367.
    """
    problem = _Problem.of(seed, row_totals, column_totals, rows, columns, agreement)
    faults = problem.faults()
    faults.raise_if_any()
    return problem.fit(scale_signed, tolerance, max_iterations, must_converge)


def agreed(totals: Array, wanted: float, agreement: float, others: Array) -> Array:
    """Scale totals to a wanted sum where they miss it by no more than is agreed.

    The default agreement scales nothing, nor do totals whose parts of both signs all but
    cancel: what is out of agreement is left for the check to name.
    """
    largest = float(np.abs(np.concatenate([totals, others])).max(initial=0.0))
    gap = wanted - float(totals.sum())
    small = agreement <= AGREEMENT or not abs(gap) <= agreement * largest
    if small or abs(float(totals.sum())) < 0.1 * largest:
        return totals
    return np.asarray(totals * (wanted / totals.sum()))


# The problem and its checks ---------------------------------------------------

_Scale = Callable[[Array, Array, Array], Array]


@dataclass(frozen=True)
class _Problem:
    seed: Array
    row_totals: Array
    column_totals: Array
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    @classmethod
    def of(
        cls,
        seed: npt.ArrayLike,
        row_totals: npt.ArrayLike,
        column_totals: npt.ArrayLike,
        rows: Sequence[str] | None,
        columns: Sequence[str] | None,
        agreement: float,
    ) -> _Problem:
        matrix, u, v = (np.array(part, dtype=float) for part in (seed, row_totals, column_totals))
        if matrix.ndim != 2 or u.shape != matrix.shape[:1] or v.shape != matrix.shape[1:]:
            shapes = f"{matrix.shape}, {u.shape}, {v.shape}"
            raise InputError(
                Fault(
                    "seed, row totals and column totals do not fit together",
                    "give one row total for each row and one column total for each column",
                    field="seed",
                    value=shapes,
                )
            )
        row_labels = tuple(rows) if rows is not None else tuple(map(str, range(len(u))))
        column_labels = tuple(columns) if columns is not None else tuple(map(str, range(len(v))))
        return cls(matrix, u, agreed(v, float(u.sum()), agreement, u), row_labels, column_labels)

    def margins(self) -> list[tuple[str, tuple[str, ...], Array]]:
        return [
            ("row_totals", self.rows, self.row_totals),
            ("column_totals", self.columns, self.column_totals),
        ]

    def faults(self) -> Faults:
        """Collect what no fit can mend: figures that are not finite, sums, signs."""
        faults = Faults()
        for i, j in np.argwhere(~np.isfinite(self.seed)):
            cell = f"seed[{self.rows[i]}, {self.columns[j]}]"
            faults.add("entry is not finite", "give a number", field=cell, value=self.seed[i, j])
        for kind, labels, totals in self.margins():
            for k in np.flatnonzero(~np.isfinite(totals)):
                where = f"{kind}[{labels[k]}]"
                faults.add("total is not finite", "give a number", field=where, value=totals[k])
        if faults:
            return faults
        u, v = self.row_totals.sum(), self.column_totals.sum()
        if abs(u - v) > AGREEMENT * self.largest():
            faults.add(
                "row totals and column totals have different sums",
                "make the two sums equal first",
                field="row_totals, column_totals",
                value=f"{u:.12g} and {v:.12g}",
            )
        _check_signs(self.seed, self.row_totals, self.rows, "row", faults)
        _check_signs(self.seed.T, self.column_totals, self.columns, "column", faults)
        return faults

    def largest(self) -> float:
        totals = np.abs(np.concatenate([self.row_totals, self.column_totals]))
        return float(totals.max(initial=0.0)) or 1.0

    def fit(
        self, scale: _Scale, tolerance: float, max_iterations: int, must_converge: bool
    ) -> Balanced:
        r, s = np.ones(len(self.rows)), np.ones(len(self.columns))
        matrix, residual, iterations = _multiplied(self.seed, r, s), np.inf, 0
        for iterations in range(1, max_iterations + 1):  # noqa: B007 - the count is a result
            r = scale(self.seed, s, self.row_totals)
            s = scale(self.seed.T, r, self.column_totals)
            matrix = _multiplied(self.seed, r, s)
            gaps = (matrix.sum(axis=1) - self.row_totals, matrix.sum(axis=0) - self.column_totals)
            residual = float(max(np.abs(gap).max(initial=0.0) for gap in gaps)) / self.largest()
            if residual <= tolerance:
                break
        converged = residual <= tolerance
        if must_converge and not converged:
            self._raise_unmet(matrix, residual, iterations)
        return Balanced(matrix, r, s, iterations, residual, converged)

    def _raise_unmet(self, matrix: Array, residual: float, iterations: int) -> None:
        """Raise with the margins that are missed by most."""
        faults = Faults()
        for (kind, labels, totals), axis in zip(self.margins(), (1, 0), strict=True):
            sums = matrix.sum(axis=axis)
            worst = int(np.argmax(np.abs(sums - totals)))
            faults.add(
                f"no convergence after {iterations} passes (residual {residual:.3g}); "
                f"this total is {totals[worst]:.8g} and the fit reaches {sums[worst]:.8g}",
                "look for zeros in the seed that keep the totals out of reach, "
                "or raise max_iterations",
                field=f"{kind}[{labels[worst]}]",
                value=sums[worst],
            )
        raise InputError(faults)


def _check_signs(
    seed: Array, totals: Array, labels: Sequence[str], kind: str, faults: Faults
) -> None:
    """Record lines whose entries cannot add up to their total at any positive scale."""
    positive = np.asarray((seed > 0).any(axis=1))
    negative = np.asarray((seed < 0).any(axis=1))
    for k, label in enumerate(labels):
        if totals[k] != 0 and not (positive if totals[k] > 0 else negative)[k]:
            sign = "positive" if totals[k] > 0 else "negative"
            faults.add(
                f"{kind} has no {sign} entry in the seed but a {sign} total",
                f"give the {kind} a {sign} entry in the seed, or a total of 0",
                field=f"{kind}_totals[{label}]",
                value=totals[k],
            )


# Multipliers ------------------------------------------------------------------


def _scale(seed: Array, other: Array, totals: Array) -> Array:
    """Row multipliers that meet the row totals: u / (A s)."""
    sums = seed @ other
    return _ratio(totals, sums)


def scale_signed(seed: Array, other: Array, totals: Array) -> Array:
    """Row multipliers of GRAS: the positive root of p r^2 - u r - n = 0.

    p are the sums of the positive entries times ``other``, n of the negative
    ones divided by it (Junius and Oosterhaven 2003). Without a positive
    entry the root is -n / u.
    """
    p = np.clip(seed, 0, None) @ other
    n = np.clip(-seed, 0, None) @ _ratio(np.ones_like(other), other)
    root = np.sqrt(totals**2 + 4 * p * n)
    # For u < 0 the textbook root cancels; its conjugate is the same number.
    above = _ratio(totals + root, 2 * p)
    below = _ratio(2 * n, root - totals)
    r = np.where((totals < 0) | (p == 0), below, above)
    return np.asarray(np.where((p == 0) & (n == 0), 1.0, r))


def _multiplied(seed: Array, r: Array, s: Array) -> Array:
    factor = np.outer(r, s)
    return np.where(seed < 0, seed * _ratio(np.ones_like(factor), factor), seed * factor)


def _ratio(numerator: Array, denominator: Array) -> Array:
    """Divide, with 0 where the denominator is 0 (a line without entries)."""
    out: Any = np.zeros_like(denominator)
    return np.asarray(np.divide(numerator, denominator, out=out, where=denominator != 0))
