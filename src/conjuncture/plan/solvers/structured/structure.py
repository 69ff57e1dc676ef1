"""The structure of a plan's Newton system, found once: order, blocks, links, border.

The method in symbols is in ``docs/design/solver.md``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.layout import Index
from conjuncture.plan.programme.model import Model
from conjuncture.plan.solvers.structured.blocks import Stage, Sums, labels, pairs

BORDER = ("trade", "outlay")
"""Rows kept to the last: each joins most sectors of a year, and outlays join years."""
APART = ("exports", "imports", "building", "reserves")
"""Columns that meet one row outside the border at most, so that they go first."""
DENSE = ("product", "labour")
"""Rows with coefficients for most outputs of a year."""
WIDE = ("output", "level", "outlay")
"""Columns with coefficients in the dense rows, after the first have gone."""


class Structure:
    """Orders rows and columns of a plan by year, and multiplies with them.

    Parameters
    ----------
    model : Model
        With one composition of outlays, and a restoration lag of at most 2.
    columns, rows : array of int
        Columns that are not fixed, and rows that limit them.
    """

    def __init__(self, model: Model, columns: Index, rows: Index) -> None:
        a = csr_array(csr_array(model.matrix)[rows][:, columns])
        self.shape = a.shape
        self.periods = model.problem.periods
        self._order(model, columns, rows, a)
        self._first(a)
        self._stages()
        self._reach()
        del self.c  # from here on its dense rows stand in the stages

    # Structure, found once ----------------------------------------------------------

    def _order(self, model: Model, columns: Index, rows: Index, a: csr_array) -> None:
        """Sort rows and columns by their part, and the kept columns by year."""
        kind, year, label = labels(model.columns, columns)
        row_kind, row_year, _ = labels(model.rows, rows)
        # a restoration stands in the year before its use, so that its rows join neighbours
        lag = model.problem.settings.restoration_lag
        late = np.minimum(year + lag - 1, self.periods - 1)
        year = np.minimum(np.where(kind == "restoration", late, year), self.periods)
        outside = np.isin(row_kind, BORDER)
        self.border, self.inside = np.flatnonzero(outside), np.flatnonzero(~outside)
        self.trade_year = np.where(row_kind[self.border] == "trade", row_year[self.border], -1)
        self.is_dense, self.row_year = np.isin(row_kind[~outside], DENSE), row_year[~outside]
        apart = np.isin(kind, APART)
        self.apart, kept = np.flatnonzero(apart), np.flatnonzero(~apart)
        rank = np.where(np.isin(kind[kept], WIDE), 0, 1)
        # after the horizon by sector, so that the chain of a sector's stock is a band
        after = np.where(year[kept] == self.periods, label[kept], 0)
        order = np.lexsort((kept, after, rank, year[kept]))
        self.kept, self.rank, self.year = kept[order], rank[order], year[kept][order]
        self.label = label[kept][order]

    def _first(self, a: csr_array) -> None:
        """Take the columns that go first apart, and relate their two coefficients.

        All such columns of a row have coefficients in the border that are the same
        multiple of those in the row; with this ``ratio`` their elimination takes no
        difference of nearly equal numbers.
        """
        inside, border = a[self.inside], a[self.border]
        self.c, self.q = csr_array(inside[:, self.kept]), csr_array(border[:, self.kept])
        self.qt = csr_array(self.q.T)
        self.e, self.eq = csr_array(inside[:, self.apart]), csr_array(border[:, self.apart])
        self.et, self.eqt = csr_array(self.e.T), csr_array(self.eq.T)
        self.e2 = csr_array(self.e.power(2))
        met, outer = coo_array(self.e), coo_array(self.eq)
        value, row = np.ones(self.apart.size), np.full(self.apart.size, -1)
        value[met.col], row[met.col] = met.data, met.row
        count = np.bincount(met.row, minlength=self.inside.size)
        tied = row[outer.col] >= 0
        i, j, v = outer.row[tied], outer.col[tied], outer.data[tied]
        cells = (v / value[j] / count[row[j]], (i, row[j]))
        self.ratio = csr_array(coo_array(cells, shape=(self.border.size, self.inside.size)))
        self.ratio_t = csr_array(self.ratio.T)
        cells = (outer.data[~tied], (outer.row[~tied], outer.col[~tied]))
        self.loose = csr_array(coo_array(cells, shape=outer.shape))

    def _stages(self) -> None:
        """Find blocks and links of the years, and where each product of coefficients goes."""
        self.thin = np.flatnonzero(~self.is_dense)
        self.c_thin = csr_array(self.c[self.thin])
        self.c_thin_t = csr_array(self.c_thin.T)
        self.ratio_thin = csr_array(self.ratio[:, self.thin])
        bounds = np.searchsorted(self.year, np.arange(self.periods + 2))
        where = np.arange(self.year.size) - bounds[self.year]
        row, first, second, value = pairs(self.c_thin)
        if (np.abs(self.year[first] - self.year[second]) > 1).any():
            raise ValueError("a row joins years that are not neighbours")

        def sums(
            of: npt.NDArray[np.bool_], shape: tuple[int, int], more: Index | None = None
        ) -> Sums:
            cell = where[first[of]] * max(shape[1], 1) + where[second[of]]
            count, more = cell.size, cell[:0] if more is None else more
            cells, into = np.unique(np.concatenate([cell, more]), return_inverse=True)
            into = into[:count]
            entries = (value[of], (into, row[of]))
            scatter = csr_array(coo_array(entries, shape=(cells.size, self.thin.size)))
            return Sums(*np.divmod(cells, max(shape[1], 1)), scatter, shape)

        own_year, other_year = self.year[first], self.year[second]
        lower = (own_year == other_year) & (where[first] >= where[second])
        self.stages: list[Stage] = []
        size = np.diff(bounds)
        self._after(bounds)
        self.tail_own = sums(lower & (own_year == self.periods), (size[-1], size[-1]))
        for t in range(self.periods):
            wide = int((self.rank[bounds[t] : bounds[t + 1]] == 0).sum())
            rows = np.flatnonzero(self.is_dense & (self.row_year == t))
            dense = self.c[rows][:, bounds[t] : bounds[t] + wide].toarray(order="F")
            if self.stages and np.array_equal(dense, self.stages[-1].dense):
                dense = self.stages[-1].dense  # kept once
            account = np.flatnonzero(self.trade_year == t)
            trade = None
            if account.size:
                trade = (int(account[0]), self.ratio[account][:, rows].toarray()[0])
            link = sums((own_year == t + 1) & (other_year == t), (size[t + 1], size[t]))
            more = self._left_by_tail(link) if t == self.periods - 1 else None
            own = sums(lower & (own_year == t), (size[t], size[t]), more)
            columns = slice(bounds[t], bounds[t + 1])
            peak = np.abs(dense).argmax(axis=0) if wide else np.zeros(0, np.int64)
            largest = dense[peak, np.arange(wide)] ** 2
            stage = Stage(columns, wide, rows, dense, rows[peak], largest, trade, own, link)
            self.stages.append(stage)

    def _after(self, bounds: Index) -> None:
        """Find the years after the horizon, and the place of each stock in its chain."""
        self.tail = slice(bounds[-2], bounds[-1])
        # the chain of each sector: where it begins, and places along it
        label = self.label[self.tail]
        begin = np.searchsorted(label, label)
        self.place = np.arange(label.size) - begin
        length = np.bincount(label, minlength=1)[label] if label.size else label
        self.tail_row = np.repeat(np.arange(label.size), length)
        first_of = np.repeat(np.cumsum(length) - length, length)
        self.tail_place = np.arange(self.tail_row.size) - first_of
        self.tail_column = begin[self.tail_row] + self.tail_place

    def _left_by_tail(self, link: Sums) -> Index:
        """Return the cells of the last year that may change when the tail is eliminated."""
        size = self.tail.stop - self.tail.start
        ones = (np.ones(link.row.size), (link.row, link.column))
        joins = csr_array(coo_array(ones, shape=link.shape))
        ones = (np.ones(self.tail_row.size), (self.tail_row, self.tail_column))
        chains = csr_array(coo_array(ones, shape=(size, size)))
        left = coo_array(joins.T @ chains @ joins)
        lower = left.row >= left.col
        cells: Index = left.row[lower].astype(np.int64) * max(link.shape[1], 1) + left.col[lower]
        return cells

    def _reach(self) -> None:
        """Find which rows of the border meet each year, and the year in the middle."""
        pattern = csr_array(abs(self.q) + abs(self.ratio_thin) @ abs(self.c_thin))
        self.met = []
        for stage in self.stages:
            own = set(coo_array(pattern[:, stage.columns]).row.tolist())
            own |= {stage.trade[0]} if stage.trade is not None else set()
            self.met.append(own)
        self.met[-1] |= set(coo_array(pattern[:, self.tail]).row.tolist())
        size = [stage.columns.stop - stage.columns.start - stage.wide for stage in self.stages]
        work = np.array(size, dtype=np.float64) ** 3
        before, after = np.cumsum(work) - work, work.sum() - np.cumsum(work)
        self.middle = int(np.argmin(np.maximum(before, after)))
        self.reach = [set(own) for own in self.met]
        for t in range(1, self.middle + 1):
            self.reach[t] |= self.reach[t - 1]
        for t in range(self.periods - 2, self.middle - 1, -1):
            self.reach[t] |= self.reach[t + 1]

    def begins(self, t: int) -> bool:
        """Whether the stocks of a year meet no stock of their own year or the one before it.

        "Before" is in the order of elimination, from both ends to the middle.
        """
        stage, last = self.stages[t], self.periods - 1
        stocks = stage.columns.stop - stage.columns.start > stage.wide
        cell = stage.own.column >= stage.wide
        alone = bool((stage.own.row[cell] == stage.own.column[cell]).all())
        if t < self.middle:
            before = self.stages[t - 1].link.row if t else np.empty(0)
            return stocks and alone and not (before >= stage.wide).any()
        return stocks and alone and t == last > self.middle

    # Products -------------------------------------------------------------------------

    def amounts(self, y: Array) -> Array:
        """Return the amounts of the rows, ``A y``."""
        kept, apart = y[self.kept], y[self.apart]
        result = np.empty(self.shape[0])
        result[self.inside] = self._inside(kept) + self.e @ apart
        result[self.border] = self.q @ kept + self.eq @ apart
        return result

    def worths(self, prices: Array) -> Array:
        """Return the worth of the columns at these row prices, ``A' p``."""
        inside, border = prices[self.inside], prices[self.border]
        result = np.empty(self.shape[1])
        result[self.kept] = self._worth(inside) + self.qt @ border
        result[self.apart] = self.et @ inside + self.eqt @ border
        return result

    def _inside(self, kept: Array) -> Array:
        result = np.empty(self.inside.size)
        result[self.thin] = self.c_thin @ kept
        for stage in self.stages:
            result[stage.rows] = stage.dense @ kept[stage.columns][: stage.wide]
        return result

    def _worth(self, inside: Array) -> Array:
        result: Array = self.c_thin_t @ inside[self.thin]
        for stage in self.stages:
            part = result[stage.columns]
            part[: stage.wide] += stage.dense.T @ inside[stage.rows]
        return result
