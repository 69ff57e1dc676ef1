"""Carrying tables into another classification: aggregation and disaggregation.

Every block of a table is carried by one matrix of weights S (new sectors x old
sectors, each column adding up to 1): flows by S Z S', rows and stocks by S.
Totals are kept, so every identity that held still holds (Miller and Blair 2009,
Input-Output Analysis, section 4.9, with weights where a sector is divided). The
parts of a divided sector have its technology and its sales; where more is known
of them, fit the result with ``ras`` afterwards.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.concordance import Concordance, division
from conjuncture.accounts.table import Array, Capital, Labour, Satellites, Table
from conjuncture.core.errors import Fault, Faults, InputError


def aggregate(table: Table, concordance: Concordance, *, name: str | None = None) -> Table:
    """Carry a table into another classification.

    Parameters
    ----------
    table : Table
        Any table whose sectors the concordance names, all of them.
    concordance : Concordance
        Where each sector goes; sectors with several links are divided by weight.
    name : str, optional
        Name of the new table; by default that of the old one.

    Returns
    -------
    Table
        With labour, capital, imports, satellites and declared exceptions carried
        along. Rates of depreciation are weighted by the stocks (by their
        amounts where one is negative); the composition of investment by
        capital consumed, or by output where the table has no capital.

    Raises
    ------
    InputError
        With every fault of the concordance, and every new sector that would add
        up products in different units.
    """
    S = concordance.matrix(table.sectors)
    units = _units(table, concordance, S)

    def both(block: Array | None) -> Array | None:
        return None if block is None else S @ block @ S.T

    def rows(block: Array | None) -> Array | None:
        return None if block is None else S @ block

    divided = any(link.weight != 1 for link in concordance.links)
    return dataclasses.replace(
        table,
        name=table.name if name is None else name,
        sectors=concordance.targets,
        titles=_titles(table, concordance, S),
        intermediate=S @ table.intermediate @ S.T,
        final=S @ table.final,
        imports=S @ table.imports,
        primary=table.primary @ S.T,
        output=S @ table.output,
        imported_intermediate=both(table.imported_intermediate),
        imported_final=rows(table.imported_final),
        labour=_labour(table.labour, S),
        capital=_capital(table.capital, S),
        capital_composition=_composition(table, S),
        satellites=_satellites(table.satellites, S),
        row_units=units,
        exceptions=_exceptions(table, concordance, S),
        reconstruction=table.reconstruction or divided,
    )


def disaggregate(
    table: Table,
    amounts: Mapping[str, Mapping[str, float]],
    *,
    proxy: str,
    name: str | None = None,
) -> Table:
    """Divide sectors in proportion to a stated proxy.

    Parameters
    ----------
    table : Table
        Any table.
    amounts : mapping of str to mapping of str to float
        For each sector to be divided, the amounts of the proxy in its parts
        (any unit; positive): ``{"metals": {"iron": 120, "copper": 30}}``.
        Other sectors stay as they are.
    proxy : str
        What the amounts are, in words (``employment, census of 2012``).
    name : str, optional
        Name of the new table; by default that of the old one.

    Raises
    ------
    InputError
        With every sector that does not exist, every amount that is not positive,
        and every new label that stands for two sectors.
    """
    return aggregate(table, division(table.sectors, amounts, proxy=proxy), name=name)


def _sources_of(S: Array, k: int) -> npt.NDArray[np.intp]:
    return np.flatnonzero(S[k])


def _titles(table: Table, concordance: Concordance, S: Array) -> tuple[str, ...]:
    titles = []
    for k, target in enumerate(concordance.targets):
        found = _sources_of(S, k)
        whole = len(found) == 1 and S[k, found[0]] == 1
        own = table.titles[found[0]] if whole else target
        titles.append(concordance.titles.get(target, own))
    return tuple(titles)


def _units(table: Table, concordance: Concordance, S: Array) -> tuple[str, ...]:
    if not table.row_units:
        return ()
    faults, units = Faults(concordance.file or concordance.title), []
    for k, target in enumerate(concordance.targets):
        found = sorted({table.row_units[i] for i in _sources_of(S, k)})
        units.append(found[0])
        if len(found) > 1:
            faults.add(
                f"would add up products in {', '.join(found)}",
                "keep them apart, or aggregate the table in money",
                field="links: to",
                value=target,
            )
    faults.raise_if_any()
    return tuple(units)


def _labour(labour: Labour | None, S: Array) -> Labour | None:
    return None if labour is None else dataclasses.replace(labour, used=labour.used @ S.T)


def _satellites(satellites: Satellites | None, S: Array) -> Satellites | None:
    if satellites is None:
        return None
    return dataclasses.replace(satellites, used=satellites.used @ S.T)


def _weighted(values: Array, weights: Array, S: Array, otherwise: Array) -> Array:
    """Return means along the last axis, by other weights where the first are all zero."""
    means = []
    for w in (weights, otherwise):
        total = S @ w
        means.append((values * w) @ S.T / np.where(total > 0, total, 1.0))
    return np.asarray(np.where(S @ weights > 0, *means))


def _capital(capital: Capital | None, S: Array) -> Capital | None:
    if capital is None:
        return None
    rates = _weighted(capital.depreciation, np.abs(capital.stock), S, np.ones(S.shape[1]))
    whole = (S == 1).any(axis=1) & (np.count_nonzero(S, axis=1) == 1)
    # A sector that is only renamed keeps its rate to the last bit.
    kept = np.where(whole, capital.depreciation[S.argmax(axis=1)], rates)
    return dataclasses.replace(capital, stock=S @ capital.stock, depreciation=kept)


def _composition(table: Table, S: Array) -> Array | None:
    """Shares add up along the products and are averaged over the investing sectors."""
    if table.capital_composition is None:
        return None
    consumed = table.output
    if table.capital is not None:
        consumed = np.abs(table.capital.stock * table.capital.depreciation)
    invests = (table.capital_composition.sum(axis=0) > 0).astype(float)
    return S @ _weighted(table.capital_composition, consumed * invests, S, invests)


def _exceptions(table: Table, concordance: Concordance, S: Array) -> dict[str, tuple[str, ...]]:
    """Name a new sector wherever one of its sources, or a final use, was named."""
    found = {}
    for kind, names in table.exceptions.items():
        marked = np.array([sector in names for sector in table.sectors])
        new = [t for k, t in enumerate(concordance.targets) if marked[_sources_of(S, k)].any()]
        found[kind] = (*new, *(name for name in names if name not in table.sectors))
    return found


def require_same_classification(first: Table, second: Table) -> None:
    """Refuse two tables that do not have the same sectors in the same order.

    Raises
    ------
    InputError
        Naming the sectors that only one has, or the first that stand elsewhere.
    """
    faults = Faults(f"{first.name} and {second.name}")
    for one, other in ((first, second), (second, first)):
        for sector in one.sectors:
            if sector not in other.sectors:
                faults.unknown("sector", sector, other.sectors, field=f"sectors of {other.name}")
    if not faults and first.sectors != second.sectors:
        pairs = zip(first.sectors, second.sectors, strict=True)
        a, b = next((a, b) for a, b in pairs if a != b)
        raise InputError(
            Fault(f"sectors stand in another order: {a!r} where the other has {b!r}",
                  "reorder by a concordance", faults.file, "sectors", a)
        )  # fmt: skip
    faults.raise_if_any()
