"""The sparse arrays of a plan, with a layout that names every block of rows and columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csc_array, issparse

from conjuncture.accounts.table import Array
from conjuncture.plan.copies import net, placed
from conjuncture.plan.problem import Problem

Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """A run of rows or columns of one kind.

    Attributes
    ----------
    index : array of int
        Positions in the programme, in the block's own shape.
    year : array of int, same shape
        Position of the year; T and above lie after the horizon.
    label : array of int, same shape
        Position of the sector or kind of labour; -1 where there is none.
    """

    index: Index
    year: Index
    label: Index


class Layout:
    """Hands out positions, block by block."""

    def __init__(self) -> None:
        self.blocks: dict[str, Block] = {}
        self.size = 0

    def add(self, name: str, year: Any, label: Any) -> Index:
        """Add a block with one position for each pair of broadcast years and labels."""
        years, labels = np.broadcast_arrays(np.asarray(year), np.asarray(label))
        index = self.size + np.arange(years.size).reshape(years.shape)
        self.blocks[name] = Block(index, years, labels)
        self.size += years.size
        return index

    def __getitem__(self, name: str) -> Index:
        return self.blocks[name].index

    def __iter__(self) -> Iterator[tuple[str, Block]]:
        return iter(self.blocks.items())


@dataclass
class _Entries:
    """Coefficients as triplets, and blocks that stand at several first rows and columns."""

    rows: list[Index] = field(default_factory=list)
    columns: list[Index] = field(default_factory=list)
    values: list[Array] = field(default_factory=list)
    repeated: list[tuple[Index, Index, csc_array]] = field(default_factory=list)

    def add(self, rows: Any, columns: Any, values: Any) -> None:
        """Add one coefficient for each broadcast cell."""
        r, c, v = np.broadcast_arrays(rows, columns, values)
        self.rows.append(r.ravel().astype(np.int32))  # a library limit: 2^31 rows or columns
        self.columns.append(c.ravel().astype(np.int32))
        self.values.append(v.ravel())

    def matrix(self, row_scale: Array, column_scale: Array) -> csc_array:
        """Return the scaled matrix by columns."""
        r, c = np.concatenate(self.rows), np.concatenate(self.columns)
        v = np.concatenate(self.values) * column_scale[c] / row_scale[r]
        keep = v != 0.0
        if not keep.all():
            r, c, v = r[keep], c[keep], v[keep]
        matrix = coo_array((v, (r, c)), shape=(row_scale.size, column_scale.size)).tocsc()
        for rows, columns, block in self.repeated:
            matrix = matrix + placed(block, rows, columns, row_scale, column_scale)
        return matrix


@dataclass(frozen=True)
class Model:
    """A plan as a linear programme: maximise ``cost @ y``, rows and columns within limits.

    The programme is scaled to the base year: a column stands for its amount
    divided by ``column_scale``, a row for its amount divided by ``row_scale``,
    the aim for its amount divided by ``aim_scale``.

    Attributes
    ----------
    problem : Problem
    rows, columns : Layout
        Names of the blocks: columns ``output, level, outlay, building, capital,
        exports, imports, reserves, damaged, restoration``; rows ``product, outlay,
        accumulation, capacity, labour, trade, floor, rise, fall, contraction,
        expansion, terminal, decay, restorable``.
    matrix : sparse array by columns
    cost, lower, upper : array, columns
    row_lower, row_upper : array, rows
    row_scale, column_scale : array
    aim_scale : float
    """

    problem: Problem
    rows: Layout
    columns: Layout
    matrix: csc_array
    cost: Array
    lower: Array
    upper: Array
    row_lower: Array
    row_upper: Array
    row_scale: Array
    column_scale: Array
    aim_scale: float

    @cached_property
    def nonzeros(self) -> int:
        """Number of coefficients."""
        return int(self.matrix.nnz)


class _Builder:
    """Builds the blocks of a problem one after the other."""

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
        self.columns, self.rows, self.entries = Layout(), Layout(), _Entries()
        self.row_limits: list[tuple[Index, Any, Any, Any]] = []
        self.scales()

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

    def add_columns(self) -> None:
        t, year = self.t, np.arange(self.t)
        column, each = self.columns.add, year[:, None]
        self.x = column("output", each, np.arange(self.n))
        self.s = column("level", year, -1)
        self.z = column("outlay", each, np.arange(self.kinds) if self.kinds > 1 else [-1])
        self.u = column("building", each, self.with_capital)
        self.k = column("capital", np.arange(t + self.g)[:, None], self.with_capital)
        self.e = column("exports", each, self.exported)
        self.m = column("imports", each, self.imported)
        self.f = column("reserves", year, -1)
        self.d = column("damaged", each, self.damaged)
        self.r = column("restoration", each, self.damaged)

    def column_limits(self) -> tuple[Array, Array, Array]:
        """Return scale, lower and upper limit of every column (amounts)."""
        p, size = self.p, self.columns.size
        scale, lower, upper = np.ones(size), np.zeros(size), np.full(size, np.inf)
        scale[self.x], upper[self.x] = self.product, np.where(self.active, np.inf, 0.0)
        scale[self.z] = scale[self.f] = self.money
        scale[self.u] = scale[self.k] = self.stock
        lower[self.k[0]] = upper[self.k[0]] = p.capital[self.with_capital]
        for index, of, low, high in (
            (self.e, self.exported, p.exports_low, p.exports_high),
            (self.m, self.imported, p.imports_low, p.imports_high),
        ):
            scale[index], lower[index] = self.product[of], low[:, of]
            upper[index] = high[:, of]
        lower[self.f[-1]] = p.reserves
        if self.damaged.size:
            scale[self.d] = scale[self.r] = self.stock[self.position[self.damaged]]
            lower[self.d[0]] = upper[self.d[0]] = p.damaged[self.damaged]
        return scale, lower, upper

    # Rows ----------------------------------------------------------------------

    def row(self, name: str, year: Any, label: Any, scale: Any, low: Any, high: Any) -> Index:
        """Add a block of rows with its scale and limits (amounts)."""
        index = self.rows.add(name, year, label)
        self.row_limits.append((index, scale, low, high))
        return index

    def balances(self) -> None:
        """Resources less uses of every product, and outlays on capital."""
        p, put, t = self.p, self.entries.add, self.t
        each, every = np.arange(t)[:, None], np.arange(self.n)
        claims = p.claims
        free = np.inf if self.rules.disposal else claims
        row = self.row("product", each, every, self.product, claims, free)
        if issparse(p.coefficients):
            self.entries.repeated.append((row[:, 0], self.x[:, 0], net(p)))
        else:
            whole = np.eye(self.n) - p.coefficients * self.active
            i, j = np.nonzero(whole)
            put(row[:, i], self.x[:, j], whole[i, j])
        put(row, self.s[:, None], -p.consumption)
        i, j = np.nonzero(p.composition)
        put(row[:, i], self.z[:, j], -p.composition[i, j])
        put(row[:, self.exported], self.e, -1.0)
        put(row[:, self.imported], self.m, 1.0)
        self.outlays()

    def outlays(self) -> None:
        """Spread every building and restoration evenly over its lag."""
        p, put, t, g, lag = self.p, self.entries.add, self.t, self.g, self.rules.restoration_lag
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
        p, put, t, g = self.p, self.entries.add, self.t, self.g
        of, lag = self.with_capital, self.rules.restoration_lag
        begun = np.zeros((t + g - 1, of.size))
        begun[: g - 1] = p.works[:, of]
        years = np.arange(1, t + g)[:, None]
        row = self.row("accumulation", years, of, self.stock, begun, begun)
        put(row, self.k[1:], 1.0)
        put(row, self.k[:-1], p.depreciation[of] - 1.0)
        put(row[g - 1 :], self.u, -1.0)
        done = min(t, t + g - lag)
        if done > 0:
            put(row[lag - 1 : lag - 1 + done][:, self.position[self.damaged]], self.r[:done], -1.0)
        row = self.row("capacity", np.arange(t)[:, None], of, self.product[of], -np.inf, 0.0)
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
        put, rules = self.entries.add, self.rules
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
        p, put = self.p, self.entries.add
        year, kinds = np.arange(self.t), np.arange(len(p.labour_kinds))
        row = self.row("labour", year[:, None], kinds, self.labour, -np.inf, p.labour_available)
        put(row[:, :, None], self.x[:, None, :], p.labour_coefficients)
        received = p.transfers - p.trade_balance
        received = received + np.where(year == 0, p.reserves, 0.0)
        row = self.row("trade", year, -1, self.money, received, received)
        put(row, self.f, 1.0)
        put(row[1:], self.f[:-1], -1.0)
        put(row[:, None], self.e, -1.0)
        put(row[:, None], self.m, 1.0)

    def consumption(self) -> None:
        """Floor and band of the consumption level."""
        p, put, year = self.p, self.entries.add, np.arange(self.t)
        band = self.rules.consumption_band
        row = self.row("floor", year, -1, 1.0, p.consumption_floor, np.inf)
        put(row, self.s, 1.0)
        if band is None:
            return
        before = np.where(year == 0, p.consumption_level, 0.0)
        for name, share in (("rise", 1.0 + band), ("fall", max(0.0, 1.0 - band))):
            limit = before * share
            rise = name == "rise"
            row = self.row(
                name, year, -1, 1.0, -np.inf if rise else limit, limit if rise else np.inf
            )
            put(row, self.s, 1.0)
            put(row[1:], self.s[:-1], -share)

    def paces(self) -> None:
        """Limits on the fall and growth of each sector's output."""
        p, rules = self.p, self.rules
        if rules.contraction is not None:
            before = np.vstack([np.ones(self.n), p.availability[:-1]])
            held = self.active & (p.availability >= before)
            least = (1.0 - rules.contraction) * p.output
            ratio = p.capital_output[self.with_capital]
            room = p.capital[self.with_capital] / ratio * p.availability[0, self.with_capital]
            least[self.with_capital] = np.minimum(least[self.with_capital], room)
            self.pace("contraction", held, np.full(self.n, 1.0 - rules.contraction), least)
        rate = np.full(self.n, np.inf if rules.expansion is None else rules.expansion)
        if rules.expansion_without_capital is not None:
            rate = np.where(
                self.position < 0, np.minimum(rate, rules.expansion_without_capital), rate
            )
        if np.isfinite(rate).any():
            held = np.broadcast_to(self.active & np.isfinite(rate), (self.t, self.n))
            self.pace("expansion", held, 1.0 + rate, (1.0 + rate) * p.output)

    def pace(self, name: str, held: npt.NDArray[np.bool_], factor: Array, first: Array) -> None:
        """Bound output by ``first``, then by ``factor`` times last year's, where ``held``."""
        year, of = np.nonzero(held)
        limit = np.where(year == 0, first[of], 0.0)
        least = name == "contraction"
        row = self.row(
            name,
            year,
            of,
            self.product[of],
            limit if least else -np.inf,
            np.inf if least else limit,
        )
        self.entries.add(row, self.x[year, of], 1.0)
        later = year > 0
        self.entries.add(row[later], self.x[year[later] - 1, of[later]], -factor[of[later]])


def _traded(low: Array, high: Array) -> Index:
    return np.flatnonzero(((low != 0) | (high != 0)).any(axis=0))


def build(problem: Problem) -> Model:
    """Build the sparse arrays of a plan, scaled to the base year.

    The formulation is that of ``docs/plan.md``.
    """
    b = _Builder(problem)
    b.add_columns()
    b.balances()
    b.capital()
    b.damage()
    b.labour_and_trade()
    b.consumption()
    b.paces()
    scale, lower, upper = b.column_limits()
    row_scale, row_lower, row_upper = np.empty((3, b.rows.size))
    for index, amount, low, high in b.row_limits:
        row_scale[index], row_lower[index], row_upper[index] = amount, low, high
    cost = np.zeros(b.columns.size)
    cost[b.s] = problem.settings.discount ** np.arange(b.t)
    return Model(
        problem=problem,
        rows=b.rows,
        columns=b.columns,
        matrix=b.entries.matrix(row_scale, scale),
        cost=cost,
        lower=lower / scale,
        upper=upper / scale,
        row_lower=row_lower / row_scale,
        row_upper=row_upper / row_scale,
        row_scale=row_scale,
        column_scale=scale,
        aim_scale=float(problem.consumption.sum()),
    )
