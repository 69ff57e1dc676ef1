"""Symmetric tables from supply and use by the four models of the Eurostat manual.

With the make table V (industries x commodities), the use table U (commodities x
industries), q the output of commodities and g that of industries, a matrix T
carries the accounts into a symmetric table (Eurostat 2008, Manual of Supply, Use
and Input-Output Tables, chapter 11; Miller and Blair 2009, chapter 5):

=====  =====================  ==============================  ==========================
model  table                  assumption                      T
=====  =====================  ==============================  ==========================
A      product by product     product (commodity) technology  (V')^-1 diag(q);  Z = U T
B      product by product     industry technology             diag(g)^-1 V;     Z = U T
C      industry by industry   fixed industry sales structure  diag(g) (V')^-1;  Z = T U
D      industry by industry   fixed product sales structure   V diag(q)^-1;     Z = T U
=====  =====================  ==============================  ==========================

A and C need as many industries as commodities, and can give negative flows where
the assumption does not fit the figures. Such flows are reported and never clipped.
``almon`` is model A with as much of its assumption as leaves no flow negative; see
:mod:`conjuncture.accounts.purification`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from conjuncture.accounts.purification import close_columns, purify_signed
from conjuncture.accounts.supply_use import (
    DISCREPANCY,
    SupplyUse,
    check_accounts,
    industry_table,
    with_discrepancy,
)
from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Faults

Model = Literal["A", "B", "C", "D", "almon"]
MODELS: dict[Model, str] = {
    "A": "product by product, product technology",
    "B": "product by product, industry technology",
    "C": "industry by industry, fixed industry sales structure",
    "D": "industry by industry, fixed product sales structure",
    "almon": "product by product, product technology as far as no flow turns negative",
}
"""The models of Eurostat (2008), that of Almon (2000), and what each assumes."""

_UNMET = ("block", "row", "industry", "share", "amount")

_ROUNDING = 1e-12
"""Flows closer to zero than this share of the largest are the rounding of a solve."""


@dataclass(frozen=True)
class Symmetric:
    """A symmetric table, and the negative flows that its assumption led to.

    Attributes
    ----------
    table : Table
        Products with negative flows are declared under its exceptions.
    model : str
        One of :data:`MODELS`.
    negatives : DataFrame
        Columns ``block`` (``intermediate``, ``final``, ``imports`` or ``primary``),
        ``row``, ``column`` and ``value`` of each flow that is negative where the figure
        that it was made of is not; largest first (money).
    unmet : DataFrame
        For ``almon``, where product technology would have led to a negative flow:
        ``block``, ``row`` and ``industry`` of each use that was too small, the ``share``
        of what the industry's secondary products need that was found in it, and the
        ``amount`` that was not (money); largest first.
    """

    table: Table
    model: Model
    negatives: pd.DataFrame
    unmet: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(_UNMET)))


def symmetric_table(accounts: SupplyUse, model: Model, *, rounding: float = 0.0) -> Symmetric:
    """Make a symmetric table of supply and use by one of the models.

    Parameters
    ----------
    accounts : SupplyUse
        The accounts. What is imported of a commodity in ``noncomparable``
        becomes a primary input, as in
        :func:`conjuncture.accounts.supply_use.industry_table`.
    model : str
        ``A``, ``B``, ``C``, ``D`` or ``almon``; see :data:`MODELS`.
    rounding : float
        Largest residual that is put down to rounding in the source (money).

    Raises
    ------
    InputError
        If there is no such model, if the accounts do not balance, or, for A, C and
        ``almon``, if the make table is not square or cannot be solved.
    """
    faults = Faults(accounts.name)
    if model not in MODELS:
        faults.unknown("model", model, MODELS, field="model")
    faults.raise_if_any()
    if model == "D":
        return _reported(industry_table(accounts, rounding=rounding), accounts, model)
    check_accounts(accounts, rounding)
    comparable = _comparable(accounts)
    if model in ("A", "C", "almon"):
        _check_square(comparable)
    if model in ("A", "almon"):
        comparable = _in_order(comparable)
    if model == "almon":
        return _purified(comparable)
    table = _by_industry(comparable) if model == "C" else _by_product(comparable, model)
    return _reported(with_discrepancy(table), comparable, model)


def _comparable(accounts: SupplyUse) -> SupplyUse:
    """Move what is imported of noncomparable commodities to the primary inputs."""
    made = accounts.make.sum(axis=0)
    foreign = np.zeros(len(made))
    named = [accounts.commodities.index(name) for name in accounts.noncomparable]
    for c in named:
        supply = made[c] + accounts.imports[c]
        foreign[c] = accounts.imports[c] / supply if supply else 0.0
    kept = [c for c in range(len(made)) if c not in named or made[c] > 0]
    home = 1.0 - foreign
    moved = [foreign[c] * accounts.use[c] for c in named]
    return dataclasses.replace(
        accounts,
        commodities=tuple(accounts.commodities[c] for c in kept),
        make=accounts.make[:, kept],
        use=(accounts.use * home[:, None])[kept],
        final=(accounts.final * home[:, None])[kept],
        imports=np.where(foreign > 0, 0.0, accounts.imports)[kept],
        primary_inputs=(*accounts.primary_inputs, *accounts.noncomparable),
        primary=np.vstack([accounts.primary, *moved]),
        noncomparable=(),
    )


def _check_square(accounts: SupplyUse) -> None:
    faults = Faults(accounts.name)
    m, c = accounts.make.shape
    if m != c:
        faults.add(
            f"the make table has {m} industries and {c} commodities",
            "aggregate to as many of each, or use model B or D, which need no square table",
            field="make",
            value=f"{m} x {c}",
        )
    elif np.linalg.cond(accounts.make) > 1 / np.finfo(float).eps:
        faults.add(
            "the make table is singular: some industries make the same mix of commodities",
            "aggregate them, or use model B or D",
            field="make",
        )
    faults.raise_if_any()


def _in_order(accounts: SupplyUse) -> SupplyUse:
    """Put industries in the order of the commodities where both have the same codes."""
    if set(accounts.industries) != set(accounts.commodities):
        return accounts
    order = [accounts.industries.index(code) for code in accounts.commodities]
    return dataclasses.replace(
        accounts,
        industries=accounts.commodities,
        titles=tuple(accounts.titles[k] for k in order),
        make=accounts.make[order],
        use=accounts.use[:, order],
        primary=accounts.primary[:, order],
    )


def _symmetric(accounts: SupplyUse, **blocks: object) -> Table:
    names = ("name", "title", "territory", "year", "currency", "unit", "prices", "origin")
    shared = {name: getattr(accounts, name) for name in names}
    shared |= {
        "final_uses": accounts.final_uses,
        "primary_inputs": accounts.primary_inputs,
        "value_added_rows": accounts.value_added_rows,
    }
    return Table(**(shared | blocks))


def _titles(accounts: SupplyUse) -> tuple[str, ...]:
    """Return titles of products: those of the industries of the same code, else the code."""
    own = dict(zip(accounts.industries, accounts.titles, strict=True))
    return tuple(own.get(code) or code for code in accounts.commodities)


def _by_product(accounts: SupplyUse, model: Model) -> Table:
    """Models A and B: inputs are carried from industries to products by the right."""
    V, q, g = accounts.make, accounts.make.sum(axis=0), accounts.make.sum(axis=1)

    def carried(inputs: Array) -> Array:
        if model == "A":
            return np.asarray(np.linalg.solve(V, inputs.T).T * q)
        return np.asarray(inputs / np.where(g > 0, g, 1.0) @ V)

    return _symmetric(
        accounts,
        sectors=accounts.commodities,
        titles=_titles(accounts),
        intermediate=_clean(carried(accounts.use)),
        final=accounts.final,
        imports=accounts.imports,
        primary=_clean(carried(accounts.primary)),
        output=q,
    )


def _purified(accounts: SupplyUse) -> Symmetric:
    """Model A by purification; see :mod:`conjuncture.accounts.purification`."""
    goods, q, g = accounts.commodities, accounts.make.sum(axis=0), accounts.make.sum(axis=1)
    makes = np.clip(accounts.make, 0, None)  # published tables correct a few cells below zero
    uses = purify_signed(accounts.use, makes, goods)
    inputs = purify_signed(accounts.primary, makes, goods)
    # What rounding of the source leaves open by industry stays open by product.
    gap = g - accounts.use.sum(axis=0) - accounts.primary.sum(axis=0)
    rest = q - uses.inputs.sum(axis=0) - gap / np.where(g > 0, g, 1.0) @ accounts.make
    table = _symmetric(
        accounts,
        sectors=goods,
        titles=_titles(accounts),
        intermediate=_clean(uses.inputs),
        final=accounts.final,
        imports=accounts.imports,
        primary=_clean(close_columns(inputs.inputs, rest, accounts.primary_inputs, goods)),
        output=q,
    )
    lines = [
        (block, rows[i], accounts.industries[j], found.scale[i, j], found.unmet[i, j])
        for block, found, rows in (
            ("intermediate", uses, goods),
            ("primary", inputs, accounts.primary_inputs),
        )
        for i, j in np.argwhere(found.unmet > _ROUNDING * np.abs(found.inputs).max(initial=0.0))
    ]
    unmet = pd.DataFrame(lines, columns=list(_UNMET))
    unmet = unmet.sort_values("amount", ascending=False, ignore_index=True)
    reported = _reported(with_discrepancy(table), accounts, "almon")
    return dataclasses.replace(reported, unmet=unmet)


def _by_industry(accounts: SupplyUse) -> Table:
    """Model C: uses are carried from products to industries by the left."""
    V, g = accounts.make, accounts.make.sum(axis=1)

    def carried(uses: Array) -> Array:
        return np.asarray((np.linalg.solve(V.T, uses).T * g).T)

    return _symmetric(
        accounts,
        sectors=accounts.industries,
        titles=accounts.titles,
        intermediate=_clean(carried(accounts.use)),
        final=_clean(carried(accounts.final)),
        imports=_clean(carried(accounts.imports)),
        primary=accounts.primary,
        output=g,
    )


def _clean(flows: Array) -> Array:
    """Put to zero what differs from it by the rounding of a solve alone."""
    return np.where(np.abs(flows) > _ROUNDING * np.abs(flows).max(initial=0.0), flows, 0.0)


def _new_negatives(flows: Array, before: Array) -> npt.NDArray[np.bool_]:
    """Tell cells that turned negative; without like cells before, only where none was."""
    if flows.shape == before.shape:
        return np.asarray((flows < 0) & (before >= 0))
    return np.asarray((flows < 0) & (not (before < 0).any()))


def _reported(table: Table, accounts: SupplyUse, model: Model) -> Symmetric:
    finals = tuple(use.name for use in table.final_uses[: len(accounts.final_uses)])
    blocks = (
        ("intermediate", table.intermediate, accounts.use, table.sectors, table.sectors),
        ("final", table.final[:, : len(finals)], accounts.final, table.sectors, finals),
        ("imports", table.imports[:, None], accounts.imports, table.sectors, ("imports",)),
        ("primary", table.primary, accounts.primary, table.primary_inputs, table.sectors),
    )
    lines = [
        {"block": block, "row": rows[i], "column": columns[j], "value": float(flows[i, j])}
        for block, flows, before, rows, columns in blocks
        for i, j in np.argwhere(_new_negatives(flows, before))
        if rows[i] != DISCREPANCY  # rounding of the source, of either sign
    ]
    frame = pd.DataFrame(lines, columns=["block", "row", "column", "value"])
    frame = frame.sort_values("value", ignore_index=True)
    declared = dict(table.exceptions)
    for block in ("intermediate", "final", "imports"):
        named = set(frame.loc[frame["block"] == block, "row"])
        if named:
            declared[f"negative_{block}"] = tuple(s for s in table.sectors if s in named)
    return Symmetric(dataclasses.replace(table, exceptions=declared), model, frame)
