"""Constant prices by double deflation, and tables in mixed physical and money units."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from conjuncture.accounts.table import Array, Table, require_one_unit
from conjuncture.core.errors import Faults, nearest

VALUE_ADDED = "value_added"
"""The one row of value added of a table at constant prices: what output leaves of inputs."""

Prices = Mapping[str, float] | pd.Series


@dataclass(frozen=True)
class Deflated:
    """A table at constant prices, and what deflation did to value added.

    Attributes
    ----------
    table : Table
        At the prices of the base year.
    value_added_deflator : array, sectors
        Value added at current prices over that at constant prices; NaN where one
        of them is not positive.
    negative : tuple of str
        Sectors whose value added at constant prices is negative: at the base
        year's prices their inputs cost more than their output. Nothing is clipped.
    """

    table: Table
    value_added_deflator: Array
    negative: tuple[str, ...]


def deflate(
    table: Table,
    prices: Prices,
    *,
    base: str,
    import_prices: Prices | None = None,
    primary_prices: Mapping[str, float] | None = None,
    capital_prices: Prices | None = None,
    base_index: float = 1.0,
) -> Deflated:
    """Bring a table to the prices of another year by double deflation.

    Each row is divided by the price index of its product; value added is output
    less all inputs at constant prices (United Nations 2009, System of National
    Accounts 2008, chapter 15; Eurostat 2008, chapter 8).

    Parameters
    ----------
    table : Table
        At current prices.
    prices : mapping or Series by sector
        Price index of each product, 1 in the base year.
    base : str
        The base, in words (``1995``); written to the table's ``prices``.
    import_prices : mapping or Series by sector, optional
        Index of imported products; without it imports have the index of the home
        product. It needs a table that tells imported uses apart.
    primary_prices : mapping of str to float, optional
        Index of each primary input that is not value added (taxes on products,
        margins); required where the table has any.
    capital_prices : mapping or Series by sector, optional
        Index of each sector's stock of capital; required where the table has one.
    base_index : float
        What all indices are in the base year: 1, or 100 as most are published.

    Raises
    ------
    InputError
        With every index that is missing, unknown or not positive, or if ``base_index``
        is not.
    """
    require_one_unit(table, "value added at constant prices")
    faults = Faults(table.file or table.name)
    if not (np.isfinite(base_index) and base_index > 0):
        faults.add("index of the base year is not positive", "give 1 or 100", field="base_index",
                   value=base_index)  # fmt: skip
    faults.raise_if_any()
    home = _index(table.sectors, prices, "prices", faults) / base_index
    abroad = home
    if import_prices is not None:
        abroad = _index(table.sectors, import_prices, "import_prices", faults) / base_index
        if table.imported_intermediate is None or table.imported_final is None:
            faults.add(
                "does not tell domestic from imported uses",
                "leave import_prices out, or give the imported flows",
                field="import_prices",
            )
    other = tuple(name for name in table.primary_inputs if name not in table.value_added_rows)
    given = {} if primary_prices is None else primary_prices
    rest = _index(other, given, "primary_prices", faults) / base_index
    stock = table.capital
    if stock is not None:
        wanted = {} if capital_prices is None else capital_prices
        index = _index(table.sectors, wanted, "capital_prices", faults) / base_index
        stock = dataclasses.replace(stock, stock=stock.stock / index)
    faults.raise_if_any()
    return _deflated(dataclasses.replace(table, capital=stock), home, abroad, rest, base)


def _deflated(table: Table, home: Array, abroad: Array, rest: Array, base: str) -> Deflated:
    def volume(uses: Array, imported: Array | None) -> Array:
        part = np.zeros_like(uses) if imported is None else imported
        return np.asarray((uses - part) / home[:, None] + part / abroad[:, None])

    intermediate = volume(table.intermediate, table.imported_intermediate)
    output = table.output / home
    others = [k for k, n in enumerate(table.primary_inputs) if n not in table.value_added_rows]
    primary = table.primary[others] / rest[:, None]
    added = output - intermediate.sum(axis=0) - primary.sum(axis=0)
    real = dataclasses.replace(
        table,
        prices=f"{table.prices.split(',')[0]}, constant {base}",
        intermediate=intermediate,
        final=volume(table.final, table.imported_final),
        imports=table.imports / abroad,
        primary_inputs=(VALUE_ADDED, *(table.primary_inputs[k] for k in others)),
        value_added_rows=(VALUE_ADDED,),
        primary=np.vstack([added, primary]),
        output=output,
        imported_intermediate=_over(table.imported_intermediate, abroad),
        imported_final=_over(table.imported_final, abroad),
        capital_composition=_volume_shares(table.capital_composition, home),
    )
    current = table.value_added
    sound = (added > 0) & (current > 0)
    deflator = np.divide(current, added, out=np.full(table.size, np.nan), where=sound)
    negative = tuple(s for s, v in zip(table.sectors, added, strict=True) if v < 0)
    return Deflated(real, deflator, negative)


def _volume_shares(shares: Array | None, index: Array) -> Array | None:
    """Bring shares in investment to base prices, by the indices of home products."""
    if shares is None:
        return None
    volume = shares / index[:, None]
    totals = volume.sum(axis=0)
    return np.asarray(volume / np.where(totals > 0, totals, 1.0))


def _over(block: Array | None, index: Array) -> Array | None:
    return None if block is None else block / index[:, None]


def _index(labels: tuple[str, ...], given: Prices, field: str, faults: Faults) -> Array:
    """Return an index along labels, recording what is unknown, missing or not positive."""
    found = {str(name): float(value) for name, value in given.items()}
    for name in found:
        if name not in labels:
            faults.unknown("label", name, labels, field=field)
    for name in labels:
        if name not in found:
            close = nearest(name, found)
            where = f"{field}[{name}]"
            faults.add("has no price index", "give one, base_index in the base year", field=where,
                       value=name, nearest=close)  # fmt: skip
        elif not (np.isfinite(found[name]) and found[name] > 0):
            faults.add("price index is not positive", "give one above 0",
                       field=f"{field}[{name}]", value=found[name])  # fmt: skip
    return np.array([found.get(name, 1.0) for name in labels])


def in_physical_units(table: Table, products: Mapping[str, tuple[str, float]]) -> Table:
    """Count some products in tonnes, kilowatt-hours and the like.

    Parameters
    ----------
    table : Table
        In money.
    products : mapping of str to (str, float)
        For each such product its unit and its price: money of the table's unit
        per physical unit, the same to all users.

    Returns
    -------
    Table
        In mixed units: rows keep their balance, and input coefficients are physical
        units, or money, per unit of the sector's own output. What is computed by
        solving (:func:`conjuncture.accounts.leontief.output_for`, ``content``)
        holds as it did; sums of columns have no meaning and are refused or skipped.
        Miller and Blair (2009), chapter 9.

    Raises
    ------
    InputError
        With every product that does not exist and every price that is not positive.
    """
    require_one_unit(table, "conversion to physical units")
    faults, price = Faults(table.file or table.name), np.ones(table.size)
    units = list(table.units)
    for name, (unit, value) in products.items():
        if name not in table.sectors:
            faults.unknown("product", name, table.sectors, field="products")
        elif not (np.isfinite(value) and value > 0):
            faults.add("price is not positive", "give money per physical unit",
                       field=f"products[{name}]", value=value)  # fmt: skip
        else:
            price[table.index(name)], units[table.index(name)] = value, unit
    faults.raise_if_any()
    return dataclasses.replace(
        table,
        intermediate=table.intermediate / price[:, None],
        final=table.final / price[:, None],
        imports=table.imports / price,
        output=table.output / price,
        imported_intermediate=_over(table.imported_intermediate, price),
        imported_final=_over(table.imported_final, price),
        row_units=tuple(units),
    )
