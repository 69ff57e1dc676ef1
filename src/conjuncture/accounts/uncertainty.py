"""Coefficients are estimates: tables drawn around a table, each of them balanced.

Every flow is multiplied by a lognormal factor of mean 1 and a stated coefficient of
variation, and the intermediate block is fitted back to its own margins by RAS (GRAS
where flows are negative), so that output, final uses, imports and value added stay
as observed and only the pattern of uses is in doubt: Monte Carlo as in Bullard and
Sebald (1988), Review of Economics and Statistics 70: 708-712, with the margins kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.balance import gras, ras
from conjuncture.accounts.table import Array, Table, require_one_unit
from conjuncture.core.errors import Fault, InputError


def drawn_table(table: Table, variation: npt.ArrayLike, *, member: int, seed: int) -> Table:
    """Return one table of an ensemble.

    Parameters
    ----------
    table : Table
        The central estimate.
    variation : float or array, products x sectors
        Coefficient of variation of each intermediate flow before the margins are
        met (pure number); 0 leaves a flow's factor at 1.
    member : int
        Which member; it is the same whatever others are drawn.
    seed : int
        Seed of the ensemble.

    Returns
    -------
    Table
        With the variant ``member <k>`` and the margins of ``table``; domestic and
        imported uses are fitted each to their own margins where they are known.

    Raises
    ------
    InputError
        If a coefficient of variation is negative or not finite, or does not fit.
    """
    require_one_unit(table, "the fit of columns to their sums")
    factors = _factors(table, variation, member, seed)
    part = table.imported_intermediate
    if part is None:
        drawn = _fitted(table, table.intermediate, factors)
        imported = None
    else:
        imported = _fitted(table, part, factors)
        drawn = _fitted(table, table.intermediate - part, factors) + imported
    return dataclasses.replace(
        table,
        intermediate=drawn,
        imported_intermediate=imported,
        variant=f"{table.variant} member {member}".strip(),
    )


def ensemble(table: Table, variation: npt.ArrayLike, *, members: int, seed: int) -> Iterator[Table]:
    """Yield the members of an ensemble one by one; see :func:`drawn_table`.

    Raises
    ------
    InputError
        As :func:`drawn_table`, or if there is not at least one member.
    """
    if members < 1:
        raise InputError(Fault("ensemble has no member", "ask for 1 or more", field="members",
                               value=str(members)))  # fmt: skip
    return (drawn_table(table, variation, member=k, seed=seed) for k in range(members))


def _factors(table: Table, variation: npt.ArrayLike, member: int, seed: int) -> Array:
    """Lognormal factors of mean 1: s^2 = ln(1 + cv^2), m = -s^2 / 2."""
    cv = np.asarray(variation, float)
    fits = cv.shape in ((), (table.size, table.size))
    if not fits or not (np.isfinite(cv) & (cv >= 0)).all():
        raise InputError(
            Fault(
                "coefficients of variation are negative, not finite, or of another shape",
                "give one number of 0 or more, or one for each product and sector",
                table.file or table.name,
                "variation",
                str(cv.shape or float(cv)),
            )
        )
    rng = np.random.default_rng(np.random.SeedSequence([seed, member]))
    variance = np.log1p(cv**2)
    normal = rng.standard_normal((table.size, table.size))
    return np.asarray(np.exp(np.sqrt(variance) * normal - variance / 2))


def _fitted(table: Table, flows: Array, factors: Array) -> Array:
    fit = gras if (flows < 0).any() else ras
    found = fit(
        flows * factors,
        flows.sum(axis=1),
        flows.sum(axis=0),
        rows=table.sectors,
        columns=table.sectors,
    )
    return found.matrix
