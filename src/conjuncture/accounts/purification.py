"""Product technology without negative flows: the purification of Almon.

Product technology asks for a table R of inputs by product with U = R M', where M[j, k]
is the share of product k that industry j makes. Almon solves it row by row and step by
step: from what industry j uses of an input, its secondary products take away what they
need by the recipe of the industries that they belong to, and the same amount is laid on
these. Where they would take away more than the industry uses, all that is taken from it
is scaled down to what is there, and as little is laid on the others. So no flow turns
negative, the total use of each input is kept, and where nothing has to be scaled the
result is product technology itself.

C. Almon (2000), Product-to-product tables via product-technology with no negative flows,
Economic Systems Research 12(1): 27-43.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.balance import gras, ras
from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InputError


@dataclass(frozen=True)
class Purified:
    """Inputs by product, and what was left where product technology would take more.

    Attributes
    ----------
    inputs : array, inputs x products
        R: not negative, rows with the totals of the rows by industry (money).
    scale : array, inputs x industries
        Share of what the secondary products of an industry were to take from its uses
        that was there to be taken; 1 where product technology holds (pure number).
    unmet : array, inputs x industries
        What they were to take and did not find: the size of the departure from
        product technology (money).
    iterations : int
        Passes over the table.
    residual : float
        Largest change in the last pass, as a share of the largest use.
    """

    inputs: Array
    scale: Array
    unmet: Array
    iterations: int
    residual: float


def purify(
    use: npt.ArrayLike,
    make: npt.ArrayLike,
    *,
    names: Sequence[str] | None = None,
    tolerance: float = 1e-12,
    max_iterations: int = 10_000,
) -> Purified:
    """Carry uses from industries to products by product technology, without negatives.

    Parameters
    ----------
    use : array, inputs x industries
        Uses of each input (products, or primary inputs); not negative (money).
    make : array, industries x products
        Output of each product by each industry, in the same order: product k belongs
        to industry k; not negative (money).
    names : sequence of str, optional
        Labels of the products, for messages.
    tolerance : float
        Largest change in a pass, as a share of the largest use.
    max_iterations : int
        Passes after which the attempt is given up. It is sure to converge without
        scaling where each industry makes more than half of its own product.

    Raises
    ------
    InputError
        If the make table is not square, if a figure is negative or not finite, if an
        industry with uses makes nothing of its own product, or without convergence.
    """
    U, V = np.atleast_2d(np.asarray(use, float)), np.asarray(make, float)
    labels = [str(k) for k in range(len(V))] if names is None else list(names)
    _check(U, V, labels)
    made = V.sum(axis=0)
    M = V / np.where(made > 0, made, 1.0)
    own = np.diag(M)
    other = M - np.diag(own)
    largest = float(U.max(initial=0.0)) or 1.0
    R, residual = U.copy(), np.inf
    for iterations in range(1, max_iterations + 1):
        wanted = R @ other.T
        scale = np.where(wanted > U, U / np.where(wanted > 0, wanted, 1.0), 1.0)
        new = U - scale * wanted + R * (scale @ other)
        residual = float(np.abs(new - R).max(initial=0.0)) / largest
        R = np.maximum(new, 0.0)  # the subtraction of equal amounts may leave -1e-16
        if residual <= tolerance:
            wanted = R @ other.T
            return Purified(R, scale, np.maximum(wanted - U, 0.0), iterations, residual)
    worst = int(np.argmin(np.where(made > 0, own, 1.0)))
    faults = Faults("purification")
    faults.add(
        f"no convergence after {max_iterations} passes (change {residual:.3g}); industry "
        f"{labels[worst]} makes {own[worst]:.0%} of its own product",
        "aggregate industries that make each other's products, or use model B",
        field=f"make [{labels[worst]}, {labels[worst]}]",
        value=f"{own[worst]:.4g}",
    )
    raise InputError(faults)


def _check(U: Array, V: Array, labels: Sequence[str]) -> None:
    faults = Faults("purification")
    if V.ndim != 2 or V.shape[0] != V.shape[1] or U.shape[1:] != V.shape[:1]:
        faults.add(
            f"make is {' x '.join(map(str, V.shape))} and use {' x '.join(map(str, U.shape))}",
            "give as many industries as products, and a use for each industry",
            field="make, use",
        )
        faults.raise_if_any()
    for name, block in (("use", U), ("make", V)):
        for i, j in np.argwhere(~(np.isfinite(block) & (block >= 0))):
            row = labels[i] if name == "make" else str(i)
            faults.add(
                "figure is negative or not finite",
                "give 0 or more; purify the parts of a row with both signs one by one",
                field=f"{name} [{row}, {labels[j]}]",
                value=block[i, j],
            )
    faults.raise_if_any()
    idle = np.flatnonzero((np.diag(V) <= 0) & (U.max(axis=0, initial=0.0) > 0)).tolist()
    for k in idle[:3] if len(idle) > len(labels) / 2 else idle:  # the order is wrong as a whole
        faults.add(
            "industry makes nothing of its own product",
            "put industries and products in the same order, or aggregate",
            field=f"make [{labels[k]}, {labels[k]}]",
            value=V[k, k],
        )
    faults.raise_if_any()


def purify_signed(use: Array, make: Array, names: Sequence[str]) -> Purified:
    """Purify rows with both signs: their positive and their negative part, one by one."""
    plus = purify(np.clip(use, 0, None), make, names=names)
    if not (use < 0).any():
        return plus
    minus = purify(np.clip(-use, 0, None), make, names=names)
    return Purified(
        plus.inputs - minus.inputs,
        np.minimum(plus.scale, minus.scale),
        plus.unmet + minus.unmet,
        max(plus.iterations, minus.iterations),
        max(plus.residual, minus.residual),
    )


def close_columns(primary: Array, totals: Array, names: Sequence[str], to: Sequence[str]) -> Array:
    """Fit purified primary inputs to what output leaves of the intermediate inputs.

    Where a use was scaled, purified columns no longer add up to the output of their
    product; over all products the gaps cancel. The primary inputs are fitted to the rest
    of each column by RAS (GRAS where some are negative), with their own totals kept.
    Where no fit exists they are returned as they are, and the gaps stay in the open.
    """
    gap = totals - primary.sum(axis=0)
    if np.abs(gap).max(initial=0.0) <= 1e-9 * float(np.abs(totals).max(initial=0.0)):
        return primary
    fit = gras if (primary < 0).any() or (totals < 0).any() else ras
    try:
        rows = primary.sum(axis=1)
        rows *= totals.sum() / rows.sum()  # equal but for the rounding of the two sums
        return fit(primary, rows, totals, rows=names, columns=to).matrix
    except InputError:
        return primary
