"""Supply and use accounts, and the symmetric table made of them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from conjuncture.accounts.table import Array, FinalUse, Table
from conjuncture.core.errors import Faults

DISCREPANCY = "discrepancy"
"""Name of the final-use column and of the primary row that hold rounding residuals."""

_IDENTITY = ("name", "title", "territory", "year", "currency", "unit", "prices", "origin")


@dataclass(frozen=True)
class SupplyUse:
    """Who makes which commodities, and who uses them, in one year (money).

    Attributes
    ----------
    name, title, territory, year, currency, unit, prices, origin
        As in :class:`conjuncture.accounts.table.Table`.
    industries, titles : tuple of str
        Codes and titles of the industries.
    commodities : tuple of str
        Codes of the commodities; they may differ from those of the industries.
    make : array, industries x commodities
        Output of each commodity by each industry.
    use : array, commodities x industries
        Intermediate uses, domestic and imported together.
    final_uses : tuple of FinalUse
        Final-use columns, without imports.
    final : array, commodities x final uses
        Final uses.
    imports : array, commodities
        Imports, counted positive.
    primary_inputs, value_added_rows : tuple of str
        Rows below the uses, and which of them are value added.
    primary : array, primary inputs x industries
        Their amounts.
    noncomparable : tuple of str
        Commodities of which imports have no counterpart at home: what is
        imported of them becomes a primary input of the industries that use it.
    """

    name: str
    title: str
    territory: str
    year: int
    currency: str
    unit: str
    prices: str
    origin: str
    industries: tuple[str, ...]
    titles: tuple[str, ...]
    commodities: tuple[str, ...]
    make: Array
    use: Array
    final_uses: tuple[FinalUse, ...]
    final: Array
    imports: Array
    primary_inputs: tuple[str, ...]
    value_added_rows: tuple[str, ...]
    primary: Array
    noncomparable: tuple[str, ...] = ()

    @property
    def identity(self) -> dict[str, Any]:
        """What a table made of these accounts keeps of them: name, unit, prices, origin ..."""
        return {name: getattr(self, name) for name in _IDENTITY}


def industry_table(accounts: SupplyUse, *, rounding: float = 0.0) -> Table:
    """Make a symmetric industry-by-industry table by the industry-technology model.

    Every use of a commodity is laid on the industries that make it, by their
    shares in its domestic output: Z = D U with D = V diag(q)^-1, so that
    A = D B (Miller and Blair 2009, Input-Output Analysis, section 5.3; model D,
    fixed product sales structures, of the Eurostat Manual of Supply, Use and
    Input-Output Tables, 2008, chapter 11). No negative flow can arise where the
    use table has none.

    A commodity in ``noncomparable`` is divided by its supply: the share made at
    home is treated like any other; the imported share of its intermediate uses
    becomes a primary input named after the commodity, and the imported share of
    its final uses, with the imports, stays outside the table.

    Parameters
    ----------
    accounts : SupplyUse
        The accounts.
    rounding : float
        Largest residual of the balance of a commodity or an industry that is
        put down to rounding in the source (money). Such residuals are kept in
        the open, in a final-use column (of the role inventories) and a primary
        row ``discrepancy``.

    Returns
    -------
    Table
        With ``output`` as the industries' rows of the make table.

    Raises
    ------
    InputError
        If a commodity or an industry is out of balance by more than
        ``rounding``, or a commodity without a producer is used but not in
        ``noncomparable``.
    """
    check_accounts(accounts, rounding)
    made, output = accounts.make.sum(axis=0), accounts.make.sum(axis=1)
    shares, foreign = _market_shares(accounts, made)
    comparable = np.array([0.0 if c in foreign else 1.0 for c in range(len(made))])
    table = Table(
        **accounts.identity,
        sectors=accounts.industries,
        titles=accounts.titles,
        intermediate=shares @ accounts.use,
        final_uses=accounts.final_uses,
        final=shares @ accounts.final,
        imports=shares @ (accounts.imports * comparable),
        primary_inputs=(*accounts.primary_inputs, *accounts.noncomparable),
        value_added_rows=accounts.value_added_rows,
        primary=np.vstack([accounts.primary, *(foreign[c] * accounts.use[c] for c in foreign)]),
        output=output,
    )
    return with_discrepancy(table)


def with_discrepancy(table: Table) -> Table:
    """Close the balances by a column and a row of residuals, where there are any."""
    uses = table.intermediate.sum(axis=1) + table.final.sum(axis=1)
    row_gap = table.output + table.imports - uses
    column_gap = table.output - table.intermediate.sum(axis=0) - table.primary.sum(axis=0)
    exact = 1e-9 * float(table.output.max(initial=0.0))
    if np.abs(row_gap).max(initial=0.0) > exact:
        table = dataclasses.replace(
            table,
            final_uses=(*table.final_uses, FinalUse(DISCREPANCY, "inventories")),
            final=np.column_stack([table.final, row_gap]),
        )
    if np.abs(column_gap).max(initial=0.0) > exact:
        table = dataclasses.replace(
            table,
            primary_inputs=(*table.primary_inputs, DISCREPANCY),
            primary=np.vstack([table.primary, column_gap]),
        )
    return table


def _market_shares(accounts: SupplyUse, made: Array) -> tuple[Array, dict[int, float]]:
    """D = V diag(q)^-1, and the imported share of each noncomparable commodity."""
    shares = accounts.make / np.where(made > 0, made, 1.0)
    foreign: dict[int, float] = {}
    for name in accounts.noncomparable:
        c = accounts.commodities.index(name)
        supply = made[c] + accounts.imports[c]
        foreign[c] = float(accounts.imports[c] / supply) if supply else 0.0
        shares[:, c] *= 1.0 - foreign[c]
    return shares, foreign


def check_accounts(accounts: SupplyUse, rounding: float) -> None:
    """Refuse accounts that do not balance or name what does not exist."""
    faults = Faults(accounts.name)
    for name in accounts.noncomparable:
        if name not in accounts.commodities:
            faults.unknown("commodity", name, accounts.commodities, field="noncomparable")
    faults.raise_if_any()
    made = accounts.make.sum(axis=0)
    used = accounts.use.sum(axis=1) + accounts.final.sum(axis=1)
    spent = accounts.use.sum(axis=0) + accounts.primary.sum(axis=0)
    supply = {"commodity": made + accounts.imports, "industry": accounts.make.sum(axis=1)}
    names = {"commodity": accounts.commodities, "industry": accounts.industries}
    for kind, other in (("commodity", used), ("industry", spent)):
        allowed = rounding + 1e-9 * float(np.abs(supply[kind]).max(initial=0.0))
        for k in np.flatnonzero(~(np.abs(supply[kind] - other) <= allowed)):
            faults.add(
                f"{kind} is out of balance: {supply[kind][k]:.8g} against {other[k]:.8g}",
                "mend the flows, or raise rounding where the source rounds",
                field=f"{kind} {names[kind][k]}",
                value=f"{supply[kind][k] - other[k]:.6g}",
            )
    uses = np.abs(accounts.use).sum(axis=1) + np.abs(accounts.final).sum(axis=1)
    for c, name in enumerate(accounts.commodities):
        if made[c] <= 0 < uses[c] and name not in accounts.noncomparable:
            faults.add(
                "commodity is used but no industry makes it",
                "name it in noncomparable, or add the industry that makes it",
                field=f"commodity {name}",
                value=uses[c],
            )
    faults.raise_if_any()
