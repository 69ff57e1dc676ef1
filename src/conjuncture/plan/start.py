"""From a table to the arrays of a plan: what is carried forward from the base year."""

from __future__ import annotations

from typing import Any

import numpy as np

from conjuncture.accounts.table import Array, Table, require_one_unit
from conjuncture.core.errors import Faults, InputError
from conjuncture.plan.settings import Settings


def band(flow: str, base: Array, share: float | None, years: int) -> dict[str, Array]:
    """Return the limits of a flow of trade that widen by ``share`` of the base each year."""
    if share is None:
        low, high = np.zeros((years, base.size)), np.full((years, base.size), np.inf)
    else:
        width = share * np.arange(1, years + 1)[:, None]
        one, other = base * np.maximum(0.0, 1.0 - width), base * (1.0 + width)
        low, high = np.minimum(one, other), np.maximum(one, other)
    return {f"{flow}_low": low, f"{flow}_high": high}


def split_investment(total: float, stock: Array, depreciation: Array, rule: str) -> Array:
    """Split a year's investment by sector of destination (money).

    Parameters
    ----------
    total : float
        Investment of the year.
    stock, depreciation : array, sectors
        Stock (money) and share that wears out (1/year).
    rule : str
        ``stock``: in proportion to the stock. ``wear``: what wore out is
        replaced and the rest is in proportion to the stock; if investment does
        not cover the wear, all is in proportion to the wear.
    """
    if stock.sum() <= 0:
        return np.zeros_like(stock)
    by_stock = stock / stock.sum()
    if rule == "stock":
        return np.asarray(total * by_stock)
    wear = stock * depreciation
    if wear.sum() >= total:
        return np.asarray(total * wear / wear.sum())
    return np.asarray(wear + (total - wear.sum()) * by_stock)


def _stocks(table: Table, rules: Settings) -> tuple[Array, Array, Array, Array]:
    """Return stock used in the base year, stock at its end, depreciation, yearly building.

    A stock ``in_use`` is carried to the year's end by wear and the year's
    investment; from a stock at ``year_end`` both are taken off again.
    """
    zero = np.zeros(table.size)
    if table.capital is None:
        return zero, zero, zero, zero
    declared = table.exceptions.get("capital", ())
    known = table.active & np.array([name not in declared for name in table.sectors])
    stock = np.where(known, np.maximum(table.capital.stock, 0.0), 0.0)
    delta = np.where(stock > 0, table.capital.depreciation, 0.0)
    total = max(float(table.final_by_role("investment").sum()), 0.0)
    building = split_investment(total, stock, delta, rules.investment_split)
    if table.capital.timing == "in_use":
        return stock, (1.0 - delta) * stock + building, delta, building
    used = (stock - building) / (1.0 - delta)
    faults = Faults(table.name)
    for i in np.flatnonzero((stock > 0) & (used <= 0)):
        faults.add(
            "the year's investment exceeds the stock at its end",
            "use investment_split='wear', or mend the stock",
            field=f"capital.stock[{table.sectors[i]}]",
            value=stock[i],
        )
    faults.raise_if_any()
    return used, stock, delta, building


def _labour(table: Table, kinds: tuple[str, ...] | None) -> tuple[list[int], tuple[str, ...]]:
    """Return positions and names of the kinds of labour that limit a plan."""
    known = table.labour.kinds if table.labour else ()
    chosen = known[:1] if kinds is None else kinds
    faults = Faults(table.name)
    for kind in chosen:
        if kind not in known:
            faults.unknown("kind of labour", kind, known, field="labour_kinds")
    faults.raise_if_any()
    return [known.index(kind) for kind in chosen], tuple(chosen)


def _shared(table: Table, rules: Settings) -> dict[str, Any]:
    """Return what a following year and the base year itself have in common."""
    require_one_unit(table, "a plan")
    rows, kinds = _labour(table, rules.labour_kinds)
    used = table.labour.used[rows] if table.labour else np.zeros((0, table.size))
    units = tuple(table.labour.units[r] for r in rows) if table.labour else ()
    active = np.where(table.output > 0, table.output, 1.0)
    return {
        "name": table.name,
        "unit": table.unit,
        "settings": rules,
        "sectors": table.sectors,
        "output": table.output,
        "coefficients": table.input_coefficients,
        "consumption": table.final_by_role("consumption"),
        "labour_kinds": kinds,
        "labour_units": units,
        "labour_coefficients": np.where(table.output > 0, used / active, 0.0),
        "labour_available": np.where(table.output > 0, used, 0.0).sum(axis=1),
        "exports": table.final_by_role("exports"),
        "imports": table.imports,
        "exceptions": table.exceptions,
    }


def _composition(table: Table) -> Array:
    """Return products per unit of outlay: by sector of destination where the table tells.

    Raises
    ------
    InputError
        If the table has capital but no investment to copy its composition from.
    """
    if table.capital_composition is not None:
        return table.capital_composition
    column = table.final_by_role("investment")
    if column.sum() > 0:
        return np.asarray(column / column.sum())
    if table.capital is None:
        return np.zeros(table.size)
    faults = Faults(table.name)
    faults.add(
        "has capital but no investment, so building has no composition",
        "give a final use of role investment",
        field="final_uses",
    )
    raise InputError(faults)


def following(table: Table, years: int, rules: Settings) -> dict[str, Any]:
    """Return the arguments of ``Problem.from_arrays`` for the years after a table's."""
    used, end, delta, building = _stocks(table, rules)
    active = np.where(table.output > 0, table.output, 1.0)
    t = np.arange(1, years + 1, dtype=np.float64)[:, None]
    shared = _shared(table, rules)
    steady = rules.works_in_progress == "steady"
    return {
        **shared,
        "years": range(table.year + 1, table.year + years + 1),
        "labour_coefficients": shared["labour_coefficients"]
        / (1.0 + rules.productivity_growth) ** t[:, :, None],
        "labour_available": shared["labour_available"] * (1.0 + rules.labour_growth) ** t,
        "public": table.final_by_role("public") * (1.0 + rules.public_growth) ** t,
        "military": table.final_by_role("military") * (1.0 + rules.military_growth) ** t,
        "inventories": table.final_by_role("inventories") * rules.inventories,
        # where no stock is known nothing can be built, and investment goes on as it was
        "investment_claims": table.final_by_role("investment") if table.capital is None else 0.0,
        "composition": _composition(table),
        "capital": end,
        "capital_output": np.where(used > 0, used * rules.base_utilisation / active, 0.0),
        "depreciation": delta,
        "works": building if steady else 0.0,
    }


def same_year(table: Table) -> dict[str, Any]:
    """Return the arguments of ``Problem.from_arrays`` for the table's own year."""
    rules = Settings.of(
        gestation=1,
        terminal_growth=None,
        consumption_band=None,
        contraction=None,
        expansion_without_capital=None,
        export_band=0.0,
        import_band=0.0,
    )
    used, _, delta, _ = _stocks(table, rules)
    active = np.where(table.output > 0, table.output, 1.0)
    return {
        **_shared(table, rules),
        "years": (table.year,),
        "public": table.final_by_role("public"),
        "military": table.final_by_role("military"),
        "inventories": table.final_by_role("inventories"),
        "investment_claims": table.final_by_role("investment"),
        "composition": _composition(table),
        "capital": used,
        "capital_output": np.where(used > 0, used / active, 0.0),
        "depreciation": delta,
    }
