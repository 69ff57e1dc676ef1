"""The Newton system of a plan, solved year by year: dense blocks, diagonal links, a border.

The method in symbols is in ``docs/design/solver.md``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import LinAlgError, solveh_banded
from scipy.linalg.blas import dsyrk, dtrmm, dtrsm, dtrsv
from scipy.linalg.lapack import dlauum, dpotrf, dpotrs, dtrtri
from scipy.sparse import coo_array, csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.layout import Index
from conjuncture.plan.model import Model
from conjuncture.plan.structured.blocks import Stage, Sums, labels, matching, pairs, square

BORDER = ("trade", "outlay")
"""Rows kept to the last: each joins most sectors of a year, and outlays join years."""
APART = ("exports", "imports", "building", "reserves")
"""Columns that meet one row outside the border at most, so that they go first."""
DENSE = ("product", "labour")
"""Rows with coefficients for most outputs of a year."""
WIDE = ("output", "level", "outlay")
"""Columns with coefficients in the dense rows, after the first have gone."""
_SMALL = 64
"""Up to this size a triangle is inverted by the library."""


class Staircase:
    """Factors and solves the Newton system ``[1/D, -A'; A, R]`` of a plan.

    Parameters
    ----------
    model : Model
        With one composition of outlays, and a restoration lag of at most 2.
    columns, rows : array of int
        Columns that are not fixed, and rows that limit them.

    Notes
    -----
    Elimination by stages of a staircase programme with normal equations and
    Cholesky factors: S. J. Wright (1997), Primal-Dual Interior-Point Methods, ch. 11.
    """

    def __init__(self, model: Model, columns: Index, rows: Index) -> None:
        a = csr_array(csr_array(model.matrix)[rows][:, columns])
        self.shape = a.shape
        self.periods = model.problem.periods
        self._order(model, columns, rows, a)
        self._first(a)
        self._stages()
        self.memory: dict[int, Array] = {}
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
        thin = coo_array(a[self.inside][~self.is_dense][:, kept])
        latest = np.zeros(thin.shape[0], dtype=np.int64)
        np.maximum.at(latest, thin.row, year[kept][thin.col])
        reach = year[kept].copy()
        np.maximum.at(reach, thin.col, latest[thin.row])
        met = (reach > year[kept]) | (year[kept] == self.periods - 1)
        rank = np.where(np.isin(kind[kept], WIDE), met & (kind[kept] != "outlay"), 2)
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

        def sums(of: npt.NDArray[np.bool_], shape: tuple[int, int]) -> Sums:
            cell = where[first[of]] * max(shape[1], 1) + where[second[of]]
            cells, into = np.unique(cell, return_inverse=True)
            entries = (value[of], (into, row[of]))
            scatter = csr_array(coo_array(entries, shape=(cells.size, self.thin.size)))
            return Sums(*np.divmod(cells, max(shape[1], 1)), scatter, shape)

        own_year, other_year = self.year[first], self.year[second]
        lower = (own_year == other_year) & (where[first] >= where[second])
        self.stages: list[Stage] = []
        size = np.diff(bounds)
        for t in range(self.periods):
            last = t == self.periods - 1
            rank = self.rank[bounds[t] : bounds[t + 1]]
            inner = int(size[t] if last else (rank == 0).sum())
            wide = int((rank < 2).sum())
            rows = np.flatnonzero(self.is_dense & (self.row_year == t))
            dense = self.c[rows][:, bounds[t] : bounds[t] + wide].toarray(order="F")
            if self.stages and np.array_equal(dense, self.stages[-1].dense):
                dense = self.stages[-1].dense  # kept once
            account = np.flatnonzero(self.trade_year == t)
            trade = None
            if account.size:
                trade = (int(account[0]), self.ratio[account][:, rows].toarray()[0])
            own = sums(lower & (own_year == t), (size[t], size[t]))
            link = sums((own_year == t + 1) & (other_year == t), (size[t + 1], size[t]))
            joined = None if last else matching(link, inner)
            columns = slice(bounds[t], bounds[t + 1])
            stage = Stage(columns, inner, wide, rows, dense, trade, own, link, joined)
            self.stages.append(stage)
        self.tail = slice(bounds[-2], bounds[-1])
        self.tail_own = sums(lower & (own_year == self.periods), (size[-1], size[-1]))
        # the chain of each sector: where it begins, and places along it
        label = self.label[self.tail]
        begin = np.searchsorted(label, label)
        self.place = np.arange(label.size) - begin
        length = np.bincount(label, minlength=1)[label] if label.size else label
        self.tail_row = np.repeat(np.arange(label.size), length)
        first_of = np.repeat(np.cumsum(length) - length, length)
        self.tail_place = np.arange(self.tail_row.size) - first_of
        self.tail_column = begin[self.tail_row] + self.tail_place

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

    # Factors, in every iteration ------------------------------------------------------

    def factor(self, curvature: Array, slack: Array) -> None:
        """Factor for column weights ``1/D`` and row terms ``R``.

        Raises
        ------
        LinAlgError
            If a block is not positive definite to working accuracy.
        """
        self.d = 1.0 / curvature[self.apart]
        sigma, rho = self.e2 @ self.d, slack[self.inside]
        self.w = 1.0 / (rho + sigma)
        self.sigma, self.sw = sigma, sigma * self.w
        weights, h = self.w[self.thin], curvature[self.kept]
        border = self.q - (self.ratio_thin * self.sw[self.thin]) @ self.c_thin
        self.g = csr_array(border)
        own = (self.ratio * (self.sw * rho)) @ self.ratio_t
        own = own + (self.loose * self.d) @ self.loose.T
        self.s = own.toarray() + np.diag(slack[self.border])
        self._factor_tail(h, weights)
        self.factors: list[Array] = []
        self.links: list[csr_array] = []
        self.carried: list[Array] = []
        fill: Array | None = None
        for t, stage in enumerate(self.stages):
            matrix, right = self._block(stage, h, weights)
            if t:
                self._receive(matrix, right, t, fill)
            if t == self.periods - 1:
                kept = coo_array(self.tail_link.T @ self.tail_inverse @ self.tail_link)
                matrix[kept.row, kept.col] -= kept.data
                right -= self.tail_link.T @ self.tail_carried
            fill = self._finish(stage, matrix, right, weights)
        self.s, info = dpotrf(self.s, lower=1)
        _positive(info)

    def _factor_tail(self, h: Array, weights: Array) -> None:
        """Invert the years after the horizon: a short chain of stocks for each sector."""
        size = self.tail.stop - self.tail.start
        self.tail_link = self.stages[-1].link.matrix(weights)
        self.tail_inverse = csr_array((size, size))
        if size:
            band = np.zeros((2, size))
            own = self.tail_own
            band[own.row - own.column, own.column] = own.values(weights)
            band[0] += h[self.tail]
            # one right side for each place along the chains gives the whole inverse
            units = np.zeros((size, self.place.max() + 1))
            units[np.arange(size), self.place] = 1.0
            inverse = solveh_banded(band, units, lower=True, check_finite=False)
            cells = (inverse[self.tail_row, self.tail_place], (self.tail_row, self.tail_column))
            self.tail_inverse = csr_array(coo_array(cells, shape=(size, size)))
        right = self.g[:, self.tail].toarray().T
        self.tail_carried = self.tail_inverse @ right
        self.s += right.T @ self.tail_carried

    def _memory(self, key: int, size: int) -> Array:
        """Return the same square array in every iteration, contents undefined."""
        found = self.memory.get(key)
        if found is None or found.shape[0] != size:
            found = self.memory[key] = np.empty((size, size), order="F")
        return found

    def _block(self, stage: Stage, h: Array, weights: Array) -> tuple[Array, Array]:
        """Return the block of a year by itself, lower triangle, and its border."""
        size = stage.columns.stop - stage.columns.start
        matrix = self._memory(stage.columns.start, size)
        matrix[:] = 0.0
        scaled = stage.dense * np.sqrt(self.w[stage.rows])[:, None]
        if stage.wide:
            matrix[: stage.wide, : stage.wide] = dsyrk(1.0, scaled, trans=1, lower=1)
        matrix[stage.own.row, stage.own.column] += stage.own.values(weights)
        matrix[np.arange(size), np.arange(size)] += h[stage.columns]
        right = np.asfortranarray(self.g[:, stage.columns].toarray().T)
        if stage.trade is not None:
            account, ratio = stage.trade
            right[: stage.wide, account] -= (ratio * self.sw[stage.rows]) @ stage.dense
        return matrix, right

    def _receive(self, matrix: Array, right: Array, t: int, fill: Array | None) -> None:
        """Take off what the elimination of the year before leaves."""
        before, link = self.stages[t - 1], self.links[-1]
        if fill is not None:
            if before.joined is None:
                matrix -= link @ (link @ fill).T
            else:
                there, here = before.joined
                part = fill[square(here)]
                part *= link.data[:, None]
                part *= link.data
                matrix[square(there)] -= part
        if right.size:
            back = dtrsm(1.0, self.factors[-1], self.carried[-1], lower=1, trans_a=1)
            right -= link @ back[before.inner :]

    def _finish(self, stage: Stage, matrix: Array, right: Array, weights: Array) -> Array | None:
        """Factor a block and return the inverse that the next year needs."""
        factor, info = dpotrf(matrix, lower=1, overwrite_a=1, clean=0)
        _positive(info)
        carried = dtrsm(1.0, factor, right, lower=1)
        self.s += carried.T @ carried
        self.factors.append(factor)
        self.carried.append(carried)
        if stage.inner == stage.columns.stop - stage.columns.start:
            self.links.append(csr_array((stage.link.shape[0], 0)))
            return None
        link = stage.link.matrix(weights)
        self.links.append(csr_array(link[:, stage.inner :]))
        outer = factor[stage.inner :, stage.inner :]
        inverse = _inverse(outer, self._memory(-1 - outer.shape[0], outer.shape[0]))
        inverse, _ = dlauum(inverse, lower=1, overwrite_c=1)
        if stage.joined is None:
            inverse = np.tril(inverse) + np.tril(inverse, -1).T
        return np.asarray(inverse)

    # Solves ---------------------------------------------------------------------------

    def solve(self, xi: Array, r: Array) -> tuple[Array, Array]:
        """Solve for the step of columns and of row prices."""
        xi_e, r_in, r_out = xi[self.apart], r[self.inside], r[self.border]
        moved = self.d * xi_e
        r_in, r_out = r_in - self.e @ moved, r_out - self.eq @ moved
        weighted = self.w * r_in
        dy, dq = self._kept(
            xi[self.kept] + self._worth(weighted), r_out - self.ratio @ (self.sw * r_in)
        )
        dp = weighted - self.w * self._inside(dy) - self.sw * (self.ratio_t @ dq)
        step, prices = np.empty(xi.size), np.empty(r.size)
        step[self.kept] = dy
        step[self.apart] = self.d * (xi_e + self.et @ dp + self.eqt @ dq)
        prices[self.inside], prices[self.border] = dp, dq
        return step, prices

    def _kept(self, a: Array, b: Array) -> tuple[Array, Array]:
        """Solve for the kept columns and the border."""
        a = a.copy()
        tail = self.tail_inverse @ a[self.tail]
        total = self.tail_carried.T @ a[self.tail]
        a[self.stages[-1].columns] -= self.tail_link.T @ tail
        forward: list[Array] = []
        for t, stage in enumerate(self.stages):
            part = a[stage.columns]
            if t:
                before = self.stages[t - 1]
                # the last entries of a back substitution do not depend on the first
                back = _triangle(self.factors[t - 1], forward[-1], 1)
                part = part - self.links[t - 1] @ back[before.inner :]
            forward.append(_triangle(self.factors[t], part, 0))
            total = total + self.carried[t].T @ forward[-1]
        dq, _ = dpotrs(self.s, b - total, lower=1)
        dy = np.empty(a.size)
        after = np.empty(0)
        for t in range(self.periods - 1, -1, -1):
            stage, factor = self.stages[t], self.factors[t]
            part = forward[t] + self.carried[t] @ dq
            if part.size > stage.inner:
                met = np.zeros(part.size)
                met[stage.inner :] = self.links[t].T @ after
                part -= _triangle(factor, met, 0)
            after = _triangle(factor, part, 1)
            dy[stage.columns] = after
        last = dy[self.stages[-1].columns]
        dy[self.tail] = tail + self.tail_carried @ dq - self.tail_inverse @ (self.tail_link @ last)
        return dy, dq


def _inverse(factor: Array, out: Array | None = None) -> Array:
    """Invert a lower triangle by halves, faster than the library's row of columns."""
    size = factor.shape[0]
    if size <= _SMALL:
        result: Array = dtrtri(factor, lower=1)[0]
        return result
    half = size // 2
    out = np.empty((size, size), order="F") if out is None else out
    out[:half, :half] = first = _inverse(factor[:half, :half])
    out[half:, half:] = second = _inverse(factor[half:, half:])
    corner = dtrmm(1.0, first, factor[half:, :half], side=1, lower=1)
    out[half:, :half] = dtrmm(-1.0, second, corner, lower=1, overwrite_b=1)
    return out


def _triangle(factor: Array, right: Array, transposed: int) -> Array:
    if not right.size:
        return right
    result: Array = dtrsv(factor, right, lower=1, trans=transposed)
    return result


def _positive(info: int) -> None:
    if info:
        raise LinAlgError("the Newton system is not positive definite to working accuracy")
