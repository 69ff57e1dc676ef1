"""Builds the blocks of a plan: the columns and rows that every plan has."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import issparse

from conjuncture.accounts.table import Array
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.copies import Repeated
from conjuncture.plan.programme.layout import LEVEL, Entries, Index, Layout


class Builder:
    """Builds the blocks of a problem one after the other.

    Conditions (``plan.conditions``) add theirs through :meth:`column`, :meth:`row` and
    :meth:`put`, to the blocks that every plan has.

    Attributes
    ----------
    p : Problem
    rules : Settings
    t, n, g : int
        Years, sectors, gestation.
    x, s, u, k, e, m, f : array of int
        Columns: output (T x N), level (T), building (T x sectors with capital), capital
        (T + g), exports and imports (T x products traded), reserves (T).
    product_row, labour_row, trade_row, accumulation_row, capacity_row : array of int
        Rows: T x N, T x K, T, (T + g - 1) x sectors with capital, T x sectors with capital.
    bundle : array, N
        What one unit of the consumption level takes (money/year).
    worth : array, T
        What one unit of the consumption level adds to the aim ``consumption`` (money).
    consumed, wanted, borne : list of (array of int, array)
        Columns (T x any) of conditions, and what one unit adds in its year to the aims
        ``consumption`` and ``wants``, or takes off both (money); discounted there.
    own_exports, own_imports : array, T x N
        Share of the limits of trade that is left to trade with no partner named.
    own_balance : array, T
        Share of the trade balance that the main account has to earn.
    product, stock, labour : arrays
        Amounts to which columns and rows are scaled.
    limited : array of bool, N
        Sectors whose output capital limits.
    room : array, N
        Output that the capital at hand allows in the first year; infinite without (money/year).
    factors : by block of pace rows, output relative to the year before (N)
    other_capital, other_labour : list
        Of conditions: columns of capital and building, gestation; columns, labour per unit.
    """

    def __init__(self, problem: Problem) -> None:
        self.p, self.rules = problem, problem.settings
        self.t, self.n, self.g = problem.periods, problem.size, problem.settings.gestation
        self.active = problem.output > 0
        self.with_capital = np.flatnonzero(self.active & (problem.capital_output > 0))
        self.damaged = np.flatnonzero(self.active & (problem.damaged > 0))
        self.position = np.full(self.n, -1)
        self.position[self.with_capital] = np.arange(self.with_capital.size)
        self.exported = _traded(problem.exports_low, problem.exports_high)
        self.imported = _traded(problem.imports_low, problem.imports_high)
        self.kinds = problem.composition.shape[1]
        self.columns, self.rows, self.entries = Layout(), Layout(), Entries()
        self.row_limits: list[tuple[Index, Any, Any, Any]] = []
        self.column_bounds: list[tuple[Index, Any, Any, Any]] = []
        self.bundle = problem.consumption
        self.worth = np.full(self.t, float(problem.consumption.sum()))
        self.consumed: list[tuple[Index, Any]] = []
        self.wanted: list[tuple[Index, Any]] = []
        self.borne: list[tuple[Index, Any]] = []
        self.own_exports = np.ones((self.t, self.n))
        self.own_imports = np.ones((self.t, self.n))
        self.limited = self.position >= 0
        self.room = self.first_room()
        self.factors: dict[str, Array] = {}
        self.other_capital: list[tuple[Index, Index, Index]] = []
        self.other_labour: list[tuple[Index, Array]] = []
        self.own_balance = np.ones(self.t)
        self.scales()

    def first_room(self) -> Array:
        """Return output that the plan's own capital allows in the first year (N; money/year)."""
        p, of, room = self.p, self.with_capital, np.full(self.n, np.inf)
        room[of] = p.capital[of] / p.capital_output[of] * p.availability[0, of]
        return room

    def scales(self) -> None:
        """Choose amounts that bring outputs, stocks and trade near to 1."""
        p = self.p
        traded = np.where(np.isfinite(p.imports_high), p.imports_high, 0.0).max(axis=0)
        other = np.maximum(np.abs(p.consumption), traded)
        mean = p.output[self.active].mean()
        self.product = np.where(self.active, p.output, np.where(other > 0, other, mean))
        self.stock = (p.capital_output * self.product)[self.with_capital]
        self.money = 0.1 * float(self.product.sum())
        used = np.einsum("tkn,n->k", p.labour_coefficients, p.output) / self.t
        self.labour = np.where(used > 0, used, 1.0)

    # Columns -------------------------------------------------------------------

    def column(
        self,
        name: str,
        year: Any,
        label: Any,
        *,
        names: tuple[str, ...] = (),
        units: Any = "",
        scale: Any = 1.0,
        low: Any = 0.0,
        high: Any = np.inf,
    ) -> Index:
        """Add a block of columns with its scale and limits (amounts)."""
        index = self.columns.add(name, year, label, names, units)
        self.column_bounds.append((index, scale, low, high))
        return index

    def add_columns(self) -> None:
        """Add the activities that every plan has."""
        p, t, year = self.p, self.t, np.arange(self.t)
        each, sectors, money = year[:, None], p.sectors, p.unit
        self.x = self.column(
            "output", each, np.arange(self.n), names=sectors, units=money, scale=self.product,
            high=np.where(self.active, np.inf, 0.0),
        )  # fmt: skip
        self.s = self.column("level", year, -1, units=LEVEL)
        self.z = self.column(
            "outlay", each, np.arange(self.kinds) if self.kinds > 1 else [-1], names=sectors,
            units=money, scale=self.money,
        )  # fmt: skip
        self.u = self.column(
            "building", each, self.with_capital, names=sectors, units=money, scale=self.stock
        )
        self.k = self.column(
            "capital", np.arange(t + self.g)[:, None], self.with_capital, names=sectors,
            units=money, scale=self.stock,
        )  # fmt: skip
        opening = p.capital[self.with_capital]
        self.column_bounds.append((self.k[0], self.stock, opening, opening))
        self.add_trade_columns(each)
        self.f = self.column("reserves", year, -1, units=money, scale=self.money)
        self.column_bounds.append((self.f[-1], self.money, p.reserves, np.inf))
        damaged = self.stock[self.position[self.damaged]]
        self.d, self.r = (
            self.column(name, each, self.damaged, names=sectors, units=money, scale=damaged)
            for name in ("damaged", "restoration")
        )
        if self.damaged.size:
            opening = p.damaged[self.damaged]
            self.column_bounds.append((self.d[0], damaged, opening, opening))

    def add_trade_columns(self, each: Index) -> None:
        """Add exports and imports with no partner named."""
        p, of, names, money = self.p, self.exported, self.p.sectors, self.p.unit
        low = _part(self.own_exports[:, of], p.exports_low[:, of])
        high = _part(self.own_exports[:, of], p.exports_high[:, of])
        self.e = self.column(
            "exports",
            each,
            of,
            names=names,
            units=money,
            scale=self.product[of],
            low=low,
            high=high,
        )
        of = self.imported
        low = _part(self.own_imports[:, of], p.imports_low[:, of])
        high = _part(self.own_imports[:, of], p.imports_high[:, of])
        self.m = self.column(
            "imports",
            each,
            of,
            names=names,
            units=money,
            scale=self.product[of],
            low=low,
            high=high,
        )

    def column_limits(self) -> tuple[Array, Array, Array]:
        """Return scale, lower and upper limit of every column (amounts)."""
        scale, lower, upper = (np.empty(self.columns.size) for _ in range(3))
        for index, amount, low, high in self.column_bounds:
            scale[index], lower[index], upper[index] = amount, low, high
        return scale, lower, upper

    # Rows ----------------------------------------------------------------------

    def row(
        self,
        name: str,
        year: Any,
        label: Any,
        scale: Any,
        low: Any,
        high: Any,
        *,
        names: tuple[str, ...] | None = None,
        units: Any = None,
    ) -> Index:
        """Add a block of rows with its scale and limits (amounts)."""
        index = self.rows.add(
            name,
            year,
            label,
            self.p.sectors if names is None else names,
            self.p.unit if units is None else units,
        )
        self.row_limits.append((index, scale, low, high))
        return index

    def put(self, rows: Any, columns: Any, values: Any) -> None:
        """Add one coefficient (amounts) for each broadcast cell; they add up in a cell."""
        self.entries.add(rows, columns, values)

    def limits_of_rows(self) -> tuple[Array, Array, Array]:
        """Return scale, lower and upper limit of every row (amounts), reliefs included."""
        scale, lower, upper = (np.empty(self.rows.size) for _ in range(3))
        for index, amount, low, high in self.row_limits:
            scale[index], lower[index], upper[index] = amount, low, high
        for relief in self.p.reliefs:
            block = self.rows.blocks[relief.block]
            label = block.names.index(relief.label) if relief.label else -1
            year = relief.year - self.p.years[0]
            at = block.index[(block.year == year) & (block.label == label)]
            lower[at] += relief.amount
            upper[at] += relief.amount
        return scale, lower, upper

    def balances(self) -> None:
        """Resources less uses of every product, and outlays on capital."""
        p, put, t = self.p, self.put, self.t
        each, every = np.arange(t)[:, None], np.arange(self.n)
        claims = p.claims
        free = np.inf if self.rules.disposal else claims
        row = self.row("product", each, every, self.product, claims, free)
        self.product_row = row
        if issparse(p.coefficients):
            self.entries.repeated.append(Repeated(p, row[:, 0], self.x[:, 0]))
        else:
            whole = np.eye(self.n) - p.coefficients * self.active
            i, j = np.nonzero(whole)
            put(row[:, i], self.x[:, j], whole[i, j])
        put(row, self.s[:, None], -self.bundle)
        i, j = np.nonzero(p.composition)
        put(row[:, i], self.z[:, j], -p.composition[i, j])
        put(row[:, self.exported], self.e, -1.0)
        put(row[:, self.imported], self.m, 1.0)
        self.outlays()

    def outlays(self) -> None:
        """Spread every building and restoration evenly over its lag."""
        p, put, t, g, lag = self.p, self.put, self.t, self.g, self.rules.restoration_lag
        begun = np.zeros((t, self.n))
        for h in range(g - 1):
            begun[: h + 1] += p.works[h] / g
        mask = np.zeros(self.n)
        mask[self.with_capital] = 1.0
        begun *= mask
        begun = begun if self.kinds > 1 else begun.sum(axis=1, keepdims=True)
        row = self.row("outlay", *self._outlay_labels(), self.money, begun, begun)
        put(row, self.z, 1.0)
        of = self.with_capital if self.kinds > 1 else np.zeros(self.with_capital.size, int)
        for h in range(min(g, t)):
            put(row[h:][:, of], self.u[: t - h], -1.0 / g)
        of = self.damaged if self.kinds > 1 else np.zeros(self.damaged.size, int)
        for h in range(min(lag, t)):
            put(row[h:][:, of], self.r[: t - h], -self.rules.restoration_cost / lag)

    def _outlay_labels(self) -> tuple[Index, Index]:
        block = self.columns.blocks["outlay"]
        return block.year, block.label

    def capital(self) -> None:
        """Accumulation, capacity and the condition on the years after the horizon."""
        p, put, t, g = self.p, self.put, self.t, self.g
        of, lag = self.with_capital, self.rules.restoration_lag
        begun = np.zeros((t + g - 1, of.size))
        begun[: g - 1] = p.works[:, of]
        years = np.arange(1, t + g)[:, None]
        row = self.row("accumulation", years, of, self.stock, begun, begun)
        self.accumulation_row = row
        put(row, self.k[1:], 1.0)
        put(row, self.k[:-1], p.depreciation[of] - 1.0)
        put(row[g - 1 :], self.u, -1.0)
        done = min(t, t + g - lag)
        if done > 0:
            put(row[lag - 1 : lag - 1 + done][:, self.position[self.damaged]], self.r[:done], -1.0)
        row = self.row("capacity", np.arange(t)[:, None], of, self.product[of], -np.inf, 0.0)
        self.capacity_row = row
        put(row, self.x[:, of], 1.0)
        put(row, self.k[:t], -p.availability[:, of] / p.capital_output[of])
        if self.rules.terminal_growth is not None:
            relief = -p.terminal_relief[:, of]
            after = np.arange(t, t + g)[:, None]
            row = self.row("terminal", after, of, self.stock, relief, np.inf)
            growth = (1.0 + self.rules.terminal_growth) ** np.arange(1, g + 1)[:, None]
            put(row, self.k[t:], 1.0)
            put(row, self.x[-1, of], -growth * p.capital_output[of])

    def damage(self) -> None:
        """Damaged stock falls by restoration and decay, and bounds restoration."""
        if not self.damaged.size:
            return
        put, rules = self.put, self.rules
        left, stock = 1.0 - rules.damage_decay, self.stock[self.position[self.damaged]]
        years = np.arange(self.t)[:, None]
        row = self.row("decay", years[1:], self.damaged, stock, 0.0, 0.0)
        put(row, self.d[1:], 1.0)
        put(row, self.d[:-1], -left)
        put(row, self.r[:-1], left)
        share = 1.0 if rules.restorable_share is None else rules.restorable_share
        row = self.row("restorable", years, self.damaged, stock, -np.inf, 0.0)
        put(row, self.r, 1.0)
        put(row, self.d, -share)

    def labour_and_trade(self) -> None:
        """Labour of each kind, and the account of foreign trade."""
        p, put = self.p, self.put
        year, kinds = np.arange(self.t), np.arange(len(p.labour_kinds))
        row = self.row(
            "labour", year[:, None], kinds, self.labour, -np.inf, p.labour_available,
            names=p.labour_kinds, units=p.labour_units or "",
        )  # fmt: skip
        self.labour_row = row
        put(row[:, :, None], self.x[:, None, :], p.labour_coefficients)
        received = p.transfers - self.own_balance * p.trade_balance
        received = received + np.where(year == 0, p.reserves, 0.0)
        row = self.row("trade", year, -1, self.money, received, received, names=())
        self.trade_row = row
        put(row, self.f, 1.0)
        put(row[1:], self.f[:-1], -1.0)
        put(row[:, None], self.e, -1.0)
        put(row[:, None], self.m, 1.0)


def _part(share: Array, limit: Array) -> Array:
    """Return a share of a limit; none of an infinite one is none."""
    return np.where(share > 0, limit, 0.0) * np.where(share > 0, share, 1.0)


def _traded(low: Array, high: Array) -> Index:
    return np.flatnonzero(((low != 0) | (high != 0)).any(axis=0))
