"""Balancing supply and use together where the output of products is not known: SUT-RAS."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.balance import AGREEMENT, agreed, scale_signed
from conjuncture.accounts.supply_use import SupplyUse
from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InputError


@dataclass(frozen=True)
class BalancedSupplyUse:
    """Supply and use fitted to the totals of their columns and to each other.

    Attributes
    ----------
    supply, use : array, products x suppliers and products x users
        Every product is supplied as it is used (money).
    multipliers : array, products
        r: positive uses were multiplied by it, positive supplies divided.
    iterations : int
        Passes over products and columns.
    residual : float
        Largest gap of a product or a column, as a share of the largest column total.
    """

    supply: Array
    use: Array
    multipliers: Array
    iterations: int
    residual: float


def sut_ras(
    supply: npt.ArrayLike,
    use: npt.ArrayLike,
    supply_totals: npt.ArrayLike,
    use_totals: npt.ArrayLike,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 10_000,
    agreement: float = AGREEMENT,
) -> BalancedSupplyUse:
    """Fit supply and use to the totals of their columns; no total of a product is needed.

    Positive cells of use are multiplied by r[i] s[j], those of supply by
    t[k] / r[i]; negative cells by the inverse. r is set so that every product is
    supplied as it is used, s and t so that the columns meet their totals. Among all
    such tables this is the nearest to the first estimates in relative entropy.

    Parameters
    ----------
    supply : array, products x suppliers
        First estimate of supply: a column for each industry, and any for imports.
    use : array, products x users
        First estimate of use: a column for each industry and each final use.
    supply_totals, use_totals : array
        Totals of the columns, with the same sum (money).
    tolerance : float
        Largest gap, as a share of the largest total.
    max_iterations : int
        Passes after which the fit is given up.
    agreement : float
        Largest difference between the two sums, as a share of the largest total; within
        more than the default, the totals of use are scaled.

    Raises
    ------
    InputError
        If shapes or sums do not fit, a figure is not finite, a column or a product
        has nothing to scale, or there is no convergence.

    References
    ----------
    Temurshoev and Timmer (2011), Joint estimation of supply and use tables, Papers
    in Regional Science 90: 863-882.
    """
    V, U, v, u = (np.array(part, float) for part in (supply, use, supply_totals, use_totals))
    if V.ndim == U.ndim == 2 and u.shape == U.shape[1:] and v.shape == V.shape[1:]:
        u = agreed(u, float(v.sum()), agreement, v)
    _check(V, U, v, u)
    parts = [np.clip(sign * block, 0, None) for block in (V, U) for sign in (1, -1)]
    v_plus, v_minus, u_plus, u_minus = parts
    s, t = np.ones(U.shape[1]), np.ones(V.shape[1])
    largest = float(np.abs(np.concatenate([v, u])).max(initial=0.0)) or 1.0
    residual, iterations, r = np.inf, 0, np.ones(len(U))
    for iterations in range(1, max_iterations + 1):
        above = v_plus @ t + u_minus @ (1 / s)
        below = u_plus @ s + v_minus @ (1 / t)
        r = np.sqrt(np.where(above > 0, above, 1.0) / np.where(below > 0, below, 1.0))
        s, t = scale_signed(U.T, r, u), scale_signed(V.T, 1 / r, v)
        s, t = np.where(s > 0, s, 1.0), np.where(t > 0, t, 1.0)
        fitted_use = _scaled(u_plus, u_minus, np.outer(r, s))
        fitted_supply = _scaled(v_plus, v_minus, np.outer(1 / r, t))
        gaps = (
            fitted_supply.sum(axis=1) - fitted_use.sum(axis=1),
            fitted_supply.sum(axis=0) - v,
            fitted_use.sum(axis=0) - u,
        )
        residual = max(float(np.abs(gap).max(initial=0.0)) for gap in gaps) / largest
        if residual <= tolerance:
            return BalancedSupplyUse(fitted_supply, fitted_use, r, iterations, residual)
    faults = Faults("sut_ras")
    faults.add(
        f"no convergence after {iterations} passes (residual {residual:.3g}); product "
        f"{int(np.argmax(np.abs(gaps[0])))} is out by {np.abs(gaps[0]).max():.6g}",
        "look for zeros that keep the totals out of reach, or raise max_iterations",
        field="supply, use",
        value=f"{residual:.3g}",
    )
    raise InputError(faults)


def _scaled(plus: Array, minus: Array, factor: Array) -> Array:
    return np.asarray(plus * factor - minus / factor)


def _check(V: Array, U: Array, v: Array, u: Array) -> None:
    faults = Faults("sut_ras")
    if V.ndim != 2 or U.ndim != 2 or len(V) != len(U):
        faults.add(
            "supply and use do not have the same products",
            "give one row for each product in both",
            field="supply, use",
            value=f"{V.shape} and {U.shape}",
        )
        faults.raise_if_any()
    for name, block, totals in (("supply", V, v), ("use", U, u)):
        if totals.shape != block.shape[1:]:
            faults.add(
                f"has {totals.shape} totals for {block.shape[1]} columns",
                "give one total for each column",
                field=f"{name}_totals",
            )
        elif not (np.isfinite(block).all() and np.isfinite(totals).all()):
            faults.add("holds figures that are not finite", "give numbers", field=name)
        else:
            for j in np.flatnonzero((totals != 0) & ~_can_reach(block, totals)):
                faults.add(
                    "column has no cell of the sign of its total",
                    "give it such a cell, or a total of 0",
                    field=f"{name}_totals[{j}]",
                    value=totals[j],
                )
    faults.raise_if_any()
    for i in np.flatnonzero(((V > 0).any(axis=1)) != ((U > 0).any(axis=1))):
        if not ((V[i] < 0).any() or (U[i] < 0).any()):
            faults.add(
                "product is only supplied or only used",
                "give it a cell in both, or leave it out",
                field=f"product {i}",
            )
    if abs(v.sum() - u.sum()) > AGREEMENT * max(float(np.abs(v).max(initial=0.0)), 1e-300):
        faults.add(
            "totals of supply and of use have different sums",
            "make the two sums equal first",
            field="supply_totals, use_totals",
            value=f"{v.sum():.12g} and {u.sum():.12g}",
        )
    faults.raise_if_any()


def _can_reach(block: Array, totals: Array) -> npt.NDArray[np.bool_]:
    return np.where(totals > 0, (block > 0).any(axis=0), (block < 0).any(axis=0))


def balanced_accounts(
    accounts: SupplyUse,
    *,
    output: npt.ArrayLike,
    primary: npt.ArrayLike,
    final_totals: npt.ArrayLike,
    imports_total: float,
    agreement: float = AGREEMENT,
) -> SupplyUse:
    """Fit the accounts of one year to the totals of another by :func:`sut_ras`.

    Parameters
    ----------
    accounts : SupplyUse
        First estimates: the accounts of another year, or rough ones of this.
    output : array, industries
        Gross output (money).
    primary : array, primary inputs x industries
        Primary inputs; intermediate uses are output less these.
    final_totals : array, final uses
        Total of each final use.
    imports_total : float
        Imports of all products.
    agreement : float
        Largest difference between primary inputs and final uses less imports, as a share of
        the largest total; within more than the default, the final uses are scaled.

    Returns
    -------
    SupplyUse
        Balanced by commodity and by industry.

    Raises
    ------
    InputError
        As :func:`sut_ras`.
    """
    x, W = np.asarray(output, float), np.asarray(primary, float)
    n = len(accounts.industries)
    finals = np.asarray(final_totals, float)
    if finals.shape == (len(accounts.final_uses),):
        finals = agreed(finals, float(W.sum() + imports_total), agreement, x)
    supply = np.column_stack([accounts.make.T, accounts.imports])
    use = np.hstack([accounts.use, accounts.final])
    fitted = sut_ras(
        supply,
        use,
        np.append(x, imports_total),
        np.concatenate([x - W.sum(axis=0), finals]),
    )
    return dataclasses.replace(
        accounts,
        make=fitted.supply[:, :n].T,
        imports=fitted.supply[:, n],
        use=fitted.use[:, :n],
        final=fitted.use[:, n:],
        primary=W,
    )
