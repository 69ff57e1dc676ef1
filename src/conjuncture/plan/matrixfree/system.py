"""The Newton system of a large plan: blocks by sector, a few totals, and products with A."""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError
from scipy.sparse import coo_array, csc_array, csr_array, diags_array

from conjuncture.accounts.table import Array
from conjuncture.plan.layout import Index
from conjuncture.plan.matrixfree.local import Local
from conjuncture.plan.model import Model
from conjuncture.plan.structured.blocks import labels

GLOBAL_COLUMNS = ("level", "outlay", "reserves")
GLOBAL_ROWS = ("outlay", "labour", "trade", "floor", "rise", "fall")
_TERMS = 3
"""Rounds of inputs in the approximate inverse of the Leontief matrix."""
_TOLERANCE = 1e-3
"""Relative residual of a solve; directions are refined by further solves."""
_KRYLOV = 40


class Leontief:
    """Products with I - A for all years at once: A is stored once, not for every year.

    ``rest`` is the matrix of the programme without these blocks.
    """

    def __init__(self, model: Model) -> None:
        p, t, n = model.problem, model.problem.periods, model.problem.size
        scale = model.column_scale[model.columns["output"][0]]
        used = csr_array(p.coefficients)
        used = used @ diags_array(np.where(p.output > 0, scale, 0.0))
        self.a = csr_array(diags_array(1.0 / model.row_scale[model.rows["product"][0]]) @ used)
        self.t, self.n = t, n
        self.rest = _rest(model.matrix, t * n)
        draw = np.random.default_rng(0).uniform(0.5, 1.5, t * n)
        full = np.zeros(model.columns.size)
        full[: t * n] = draw
        found = (model.matrix @ full - self.rest @ full)[: t * n]
        active = np.tile(p.output > 0, t)
        mine = np.where(active, draw, 0.0) - self.inputs(draw)
        differs = np.where(active, np.abs(found - mine), 0.0).max(initial=0.0)
        self.fits = bool(differs <= 1e-9 * max(1.0, float(np.abs(mine).max(initial=0.0))))

    def inputs(self, x: Array) -> Array:
        """Return the inputs A x of every year (T N)."""
        wide = np.ascontiguousarray(x.reshape(self.t, self.n).T)
        return np.ascontiguousarray((self.a @ wide).T).ravel()

    def forward(self, x: Array) -> Array:
        """(I - A) x, products x years."""
        return np.asarray(x - self.a @ x)

    def back(self, p: Array) -> Array:
        """(I - A)' p, sectors x years."""
        return np.asarray(p - self.a.T @ p)


def _rest(matrix: csc_array, size: int) -> csc_array:
    """Take out the block of the first ``size`` rows and columns."""
    end = int(matrix.indptr[size])
    keep = np.ones(matrix.nnz, dtype=bool)
    keep[:end] = matrix.indices[:end] >= size
    pointer = np.concatenate([[0], np.cumsum(keep, dtype=np.int64)])[matrix.indptr]
    parts = (matrix.data[keep], matrix.indices[keep], pointer)
    return csc_array(parts, shape=matrix.shape)


class ThinSystem:
    """Solves ``[1/D, -A'; A, R]`` by an iteration on the prices of products.

    Parameters
    ----------
    model : Model
    columns, rows : array of int
        Columns that are not fixed, and rows that limit them.

    Notes
    -----
    The formulas are in ``docs/design/first-order.md``. GMRES: Y. Saad and M. H.
    Schultz (1986), GMRES: a generalized minimal residual algorithm for solving
    nonsymmetric linear systems, SIAM Journal on Scientific and Statistical Computing 7.
    """

    def __init__(self, model: Model, columns: Index, rows: Index, leontief: Leontief) -> None:
        self.b, self.t, self.n = leontief, leontief.t, leontief.n
        tn = self.t * self.n
        self.rest = csr_array(csr_array(leontief.rest)[rows][:, columns])
        self.rest_t = self.rest.T
        self.shape = self.rest.shape
        self.output = columns < tn  # outputs stand first
        self.x = columns[self.output]
        if not np.array_equal(rows[:tn], np.arange(tn)):
            raise ValueError("product balances do not stand first")
        kind, year, label = labels(model.columns, columns)
        row_kind, row_year, row_label = labels(model.rows, rows)
        wide, wide_row = np.isin(kind, GLOBAL_COLUMNS), np.isin(row_kind, GLOBAL_ROWS)
        product = np.arange(rows.size) < tn
        self.gc, self.lc = np.flatnonzero(wide), np.flatnonzero(~wide)
        self.gr, self.lr = np.flatnonzero(wide_row), np.flatnonzero(~wide_row & ~product)
        nl = self.lc.size
        self.xl = np.flatnonzero(self.output[self.lc])
        names = np.unique(np.concatenate([kind, np.char.add("row ", row_kind)]))
        code = np.searchsorted(names, kind[self.lc]) * 1000 + year[self.lc]
        row_code = np.searchsorted(names, np.char.add("row ", row_kind[self.lr]))
        row_code = row_code * 1000 + row_year[self.lr]
        inner = coo_array(self.rest[self.lr][:, self.lc])
        coefficients = coo_array(
            (inner.data, (inner.row + nl, inner.col)), shape=(nl + self.lr.size,) * 2
        )
        self.local = Local(
            np.concatenate([label[self.lc], row_label[self.lr]]),
            np.concatenate([code, row_code]),
            np.concatenate([np.where(self.output, year, -1)[self.lc], np.full(self.lr.size, -1)]),
            coefficients,
            self.n,
            self.t,
        )
        self._border(tn)
        self.iterations = 0

    def _border(self, tn: int) -> None:
        """Find what joins the local unknowns and the products to the totals."""
        nl, ng = self.lc.size, self.gc.size
        self.trade = csr_array(self.rest[:tn][:, self.lc])  # products, without I - A
        size = (nl + self.lr.size, ng + self.gr.size)
        one, other = (
            coo_array(self.rest[self.gr][:, self.lc].T),
            coo_array(self.rest[self.lr][:, self.gc]),
        )
        row = np.concatenate([one.row, other.row + nl])
        column = np.concatenate([one.col + ng, other.col])
        self.ga = csc_array((np.concatenate([one.data, other.data]), (row, column)), shape=size)
        self.gp = np.zeros((tn, size[1]))
        self.gp[:, :ng] = self.rest[:tn][:, self.gc].toarray()
        self.core = np.zeros((size[1], size[1]))
        self.core[ng:, :ng] = self.rest[self.gr][:, self.gc].toarray()
        self.core[:ng, ng:] = self.core[ng:, :ng].T

    # Products with the whole matrix ---------------------------------------------------

    def amounts(self, y: Array) -> Array:
        """Return the amounts of the rows, ``A y``."""
        result = np.asarray(self.rest @ y)
        x = self._spread(y[self.output])
        result[: x.size] += x - self.b.inputs(x)
        return result

    def worths(self, prices: Array) -> Array:
        """Return the worth of the columns at these row prices, ``A' p``."""
        result = np.asarray(self.rest_t @ prices)
        back = self.b.back(self._by_product(prices[: self.t * self.n]))
        result[self.output] += self._by_year(back)[self.x]
        return result

    def _spread(self, x: Array) -> Array:
        full = np.zeros(self.t * self.n)
        full[self.x] = x
        return full

    def _by_product(self, v: Array) -> Array:
        return np.ascontiguousarray(v.reshape(self.t, self.n).T)

    def _by_year(self, v: Array) -> Array:
        return np.ascontiguousarray(v.T).ravel()

    # Between local unknowns and products ----------------------------------------------

    def _to_products(self, a: Array) -> Array:
        """Return what local unknowns bring to the balances (N x T)."""
        trade = self.trade @ a[: self.lc.size]
        x = self._by_product(self._spread(a[self.xl]))
        return self._by_product(trade) + self.b.forward(x)

    def _from_products(self, p: Array) -> Array:
        """Return the transpose of that."""
        result = np.zeros(self.lc.size + self.lr.size)
        result[: self.lc.size] = self.trade.T @ self._by_year(p)
        result[self.xl] += self._by_year(self.b.back(p))[self.x]
        return result

    # Factors, in every iteration ------------------------------------------------------

    def factor(self, curvature: Array, slack: Array) -> None:
        """Prepare for column weights ``1/D`` and row terms ``R``.

        Raises
        ------
        LinAlgError
            If a block is singular to working accuracy.
        """
        tn, theta = self.t * self.n, curvature[self.lc]
        self.local.factor(np.concatenate([theta, -slack[self.lr]]))
        self.q = self.local.blocks
        own = self.trade.power(2) @ np.where(self.output[self.lc], 0.0, 1.0 / theta)
        self.d = self._by_product(slack[:tn] + own)
        both = self.q.copy()
        both[:, np.arange(self.t), np.arange(self.t)] += self.d
        self.di = np.linalg.inv(both)
        self.phi = np.einsum("nij,njk->nik", self.q, self.di)
        core = self.core.copy()
        at = np.arange(core.shape[0])
        core[at, at] += np.concatenate([curvature[self.gc], -slack[self.gr]])
        self.u = self.gp.copy()
        for c in np.flatnonzero(np.diff(self.ga.indptr)):
            column = np.zeros(self.local.size)
            part = slice(self.ga.indptr[c], self.ga.indptr[c + 1])
            column[self.ga.indices[part]] = self.ga.data[part]
            moved = self.local.solve(column)
            self.u[:, c] -= self._by_year(self._to_products(moved))
            core[:, c] -= self.ga.T @ moved
        self.joined = np.flatnonzero(np.abs(self.u).max(axis=0) > 0)
        self.u = np.ascontiguousarray(
            self.u[:, self.joined].reshape(self.t, self.n, -1).transpose(2, 1, 0)
        )
        if not np.isfinite(core).all():
            raise LinAlgError("a block of a sector is singular to working accuracy")
        self.core_inverse = np.linalg.inv(core)
        self._precondition(core)

    def _precondition(self, core: Array) -> None:
        """Carry the totals through the approximate inverse (Woodbury's formula)."""
        self.pu = np.stack([self._approximate(u) for u in self.u])
        k = self.joined.size
        outer = core.copy()
        met = self.u.reshape(k, -1) @ self.pu.reshape(k, -1).T
        outer[np.ix_(self.joined, self.joined)] += met
        self.outer = np.linalg.inv(outer)[np.ix_(self.joined, self.joined)]

    def _approximate(self, v: Array) -> Array:
        """Apply the inverse of (I - A Phi) (Q + D) (I - A Phi)', by rounds of inputs."""
        z = v
        for _ in range(_TERMS):
            z = v + self.b.a @ np.einsum("nij,nj->ni", self.phi, z)
        w = z = np.einsum("nij,nj->ni", self.di, z)
        for _ in range(_TERMS):
            z = w + np.einsum("nji,nj->ni", self.phi, self.b.a.T @ z)
        return np.asarray(z)

    # Solves ---------------------------------------------------------------------------

    def solve(self, xi: Array, r: Array) -> tuple[Array, Array]:
        """Solve for the step of columns and of row prices."""
        tn, nl, ng = self.t * self.n, self.lc.size, self.gc.size
        local = np.concatenate([xi[self.lc], r[self.lr]])
        moved = self.local.solve(local)
        product = self._by_product(r[:tn]) - self._to_products(moved)
        total = np.concatenate([xi[self.gc], r[self.gr]]) - self.ga.T @ moved
        right = self._lift(self.core_inverse @ total) - product
        p = self._krylov(right)
        g = self.core_inverse @ (total - self._drop(p))
        a = self.local.solve(local - self._from_products(p) - self.ga @ g)
        y, prices = np.empty(self.shape[1]), np.empty(self.shape[0])
        y[self.lc], y[self.gc] = a[:nl], g[:ng]
        prices[:tn] = -self._by_year(p)
        prices[self.lr], prices[self.gr] = -a[nl:], -g[ng:]
        return y, prices

    def _lift(self, g: Array) -> Array:
        return np.asarray(np.tensordot(g[self.joined], self.u, axes=1))

    def _drop(self, p: Array) -> Array:
        result = np.zeros(self.core.shape[0])
        result[self.joined] = self.u.reshape(self.joined.size, -1) @ p.ravel()
        return result

    def _operator(self, p: Array) -> Array:
        back = np.einsum("nij,nj->ni", self.q, self.b.back(p))
        own = self.d * p + self.b.forward(back)
        return np.asarray(own + self._lift(self.core_inverse @ self._drop(p)))

    def _preconditioned(self, v: Array) -> Array:
        z = self._approximate(v)
        share = self.outer @ (self.u.reshape(self.joined.size, -1) @ z.ravel())
        return np.asarray(z - np.tensordot(share, self.pu, axes=1))

    def _krylov(self, right: Array) -> Array:
        """Solve for the prices of products by preconditioned GMRES."""
        size = float(np.linalg.norm(right))
        if size == 0.0:
            return np.zeros_like(right)
        basis, steps = [right / size], []
        h = np.zeros((_KRYLOV + 1, _KRYLOV))
        for k in range(_KRYLOV):
            steps.append(self._preconditioned(basis[k]))
            w = self._operator(steps[k])
            for j in range(k + 1):
                h[j, k] = np.vdot(basis[j], w)
                w -= h[j, k] * basis[j]
            h[k + 1, k] = np.linalg.norm(w)
            aim = np.zeros(k + 2)
            aim[0] = size
            y = np.linalg.lstsq(h[: k + 2, : k + 1], aim, rcond=None)[0]
            left = float(np.linalg.norm(h[: k + 2, : k + 1] @ y - aim))
            self.iterations += 1
            if left <= _TOLERANCE * size or h[k + 1, k] <= 1e-14 * size:
                break
            basis.append(w / h[k + 1, k])
        result = y[0] * steps[0]
        for part, step in zip(y[1:], steps[1:], strict=True):
            result += part * step
        return np.asarray(result)
