"""Plans straight from supply and use accounts, where industries make several products.

Every industry makes its products in a fixed mix. With V the make table (industries x
commodities) and U the uses, industry j makes v_jj of the commodity of its own label;
that is its output in the plan, and each unit of it brings v_ji / v_jj of every other
commodity i (a by-product) and takes u_ij / v_jj of inputs. No symmetric table and no
assumption of technology is needed: a commodity may come from several industries.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from conjuncture.accounts.supply_use import DISCREPANCY, SupplyUse, check_accounts
from conjuncture.accounts.table import Array, Capital, FinalUse, Labour, Table
from conjuncture.core.errors import Faults
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.layout import Index

_EXACT = 1e-9


def from_supply_use(
    accounts: SupplyUse,
    years: int,
    *,
    labour: Labour | None = None,
    capital: Capital | None = None,
    rounding: float = 0.0,
    conditions: Any = None,
    aims: Any = None,
    **settings: Any,
) -> Problem:
    """Build the plan of the years that follow supply and use accounts.

    Parameters
    ----------
    accounts : SupplyUse
        Every industry has a commodity of its own label and makes some of it. Further
        commodities, which no industry is named after, are made beside others or
        imported.
    years : int
        Length of the plan.
    labour : Labour, optional
        Labour used by industry, in their order; without it labour limits nothing.
    capital : Capital, optional
        Capital by industry, in their order; without it investment goes on as a claim.
    rounding : float
        Largest residual of a balance of the accounts put down to rounding (money); it
        becomes part of the changes in inventories.
    conditions, aims : optional
        As in :class:`Problem`; ``by_products`` is made here.
    **settings
        Any field of :class:`conjuncture.plan.settings.Settings`.

    Returns
    -------
    Problem
        Its sectors are the commodities; those without an industry stay closed. Output
        of a sector is that of its own product.

    Raises
    ------
    InputError
        With every fault: accounts out of balance, industries without a commodity of
        their label or without output of it, a key ``by_products``.

    Notes
    -----
    R. Stone (1961), Input-Output and National Accounts, OEEC, ch. 3, and T. ten Raa
    (2005), The Economics of Input-Output Analysis, ch. 7, on make and use tables with
    no technology assumed; the fixed mix is that of J. von Neumann (1945-46), A model of
    general economic equilibrium, Review of Economic Studies 13.
    """
    table, joint = _table(accounts, labour, capital, rounding)
    return Problem.from_table(
        table, years, conditions=_with(accounts, conditions, joint), aims=aims, **settings
    )


def base_year(
    accounts: SupplyUse,
    *,
    labour: Labour | None = None,
    capital: Capital | None = None,
    rounding: float = 0.0,
) -> Problem:
    """Build the accounts' own year, to see whether the plan reproduces it.

    The optimum has consumption level 1, and every industry makes what it made.

    Raises
    ------
    InputError
        As :func:`from_supply_use`.
    """
    table, joint = _table(accounts, labour, capital, rounding)
    return Problem.base_year(table).replace(conditions={"by_products": joint})


def _with(accounts: SupplyUse, conditions: Any, joint: list[dict[str, Any]]) -> dict[str, Any]:
    given = conditions if isinstance(conditions, dict) else {}
    if conditions is not None and not isinstance(conditions, dict):
        given = {name: getattr(conditions, name) for name in type(conditions).model_fields}
    if given.get("by_products"):
        faults = Faults(accounts.name)
        faults.add("follows from the make table", "leave it out", field="conditions.by_products")
        faults.raise_if_any()
    return {**given, "by_products": joint}


def _table(
    accounts: SupplyUse, labour: Labour | None, capital: Capital | None, rounding: float
) -> tuple[Table, list[dict[str, Any]]]:
    """Return a carrier of the arrays (it balances only with by-products), and these."""
    check_accounts(accounts, rounding)
    _check(accounts, labour, capital)
    names, own = accounts.commodities, _places(accounts)
    n = len(names)
    output = np.zeros(n)
    output[own] = accounts.make[np.arange(len(own)), own]
    residual = accounts.make.sum(axis=0) + accounts.imports
    residual = residual - accounts.use.sum(axis=1) - accounts.final.sum(axis=1)
    final, final_uses = accounts.final, accounts.final_uses
    if np.abs(residual).max(initial=0.0) > _EXACT * float(output.max(initial=0.0)):
        final = np.column_stack([final, residual])
        final_uses = (*final_uses, FinalUse(DISCREPANCY, "inventories"))
    titles = dict(zip(accounts.industries, accounts.titles, strict=True))
    table = Table(
        **accounts.identity,
        sectors=names,
        titles=tuple(titles.get(name, name) for name in names),
        intermediate=_spread(accounts.use, own, n),
        final_uses=final_uses,
        final=final,
        imports=accounts.imports,
        primary_inputs=accounts.primary_inputs,
        value_added_rows=accounts.value_added_rows,
        primary=_spread(accounts.primary, own, n),
        output=output,
        exceptions=_negative(accounts),
        labour=labour and dataclasses.replace(labour, used=_spread(labour.used, own, n)),
        capital=capital and _capital(capital, own, n),
    )
    return table, _joint(accounts, own)


def _places(accounts: SupplyUse) -> Index:
    places = [accounts.commodities.index(name) for name in accounts.industries]
    return np.array(places, dtype=np.int64)


def _spread(values: Array, own: Index, size: int) -> Array:
    """Put columns of industries under the commodity of their label."""
    wide = np.zeros((*values.shape[:-1], size))
    wide[..., own] = values
    return wide


def _capital(capital: Capital, own: Index, size: int) -> Capital:
    stock, wear = _spread(capital.stock, own, size), _spread(capital.depreciation, own, size)
    return dataclasses.replace(capital, stock=stock, depreciation=wear)


def _negative(accounts: SupplyUse) -> dict[str, tuple[str, ...]]:
    """Declare commodities with negative uses, which the accounts may have (sales of stocks)."""
    found = {}
    for name, flows in (("intermediate", accounts.use), ("final", accounts.final)):
        rows = np.flatnonzero((flows < 0).any(axis=1))
        if rows.size:
            found[f"negative_{name}"] = tuple(accounts.commodities[i] for i in rows)
    return found


def _joint(accounts: SupplyUse, own: Index) -> list[dict[str, Any]]:
    """Return what comes with a unit of each industry's own product."""
    joint = []
    for j, name in enumerate(accounts.industries):
        main, row = accounts.make[j, own[j]], accounts.make[j]
        beside = {
            accounts.commodities[i]: float(row[i] / main)
            for i in np.flatnonzero(row)
            if i != own[j]
        }
        if beside:
            joint.append({"sector": name, "products": beside})
    return joint


def _check(accounts: SupplyUse, labour: Labour | None, capital: Capital | None) -> None:
    faults = Faults(accounts.name)
    for j, name in enumerate(accounts.industries):
        if name not in accounts.commodities:
            faults.unknown("commodity of the industry", name, accounts.commodities,
                           field=f"industries.{name}")  # fmt: skip
        elif accounts.make[j].sum() > 0 and (
            accounts.make[j, accounts.commodities.index(name)] <= 0
        ):
            faults.add("makes none of the product of its own label",
                       "join it with the industry whose product it makes, or rename it",
                       field=f"industries.{name}")  # fmt: skip
    for j, c in np.argwhere(accounts.make < 0):
        faults.add("is negative", "move it to the uses", value=accounts.make[j, c],
                   field=f"make[{accounts.industries[j]}, {accounts.commodities[c]}]")  # fmt: skip
    count = len(accounts.industries)
    given: dict[str, Array] = {}
    if labour is not None:
        given["labour.used"] = labour.used
    if capital is not None:
        given |= {"capital.stock": capital.stock, "capital.depreciation": capital.depreciation}
    for field, array in given.items():
        if array.shape[-1] != count:
            faults.add(f"has {array.shape[-1]} figures for {count} industries",
                       "give one for each industry, in their order", field=field)  # fmt: skip
    faults.raise_if_any()
