"""The Newton system of a large plan: blocks by sector, a few totals, and products with A."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import LinAlgError
from scipy.sparse import coo_array, csc_array, csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.layout import Index, Layout
from conjuncture.plan.programme.model import Model
from conjuncture.plan.solvers.matrixfree.leontief import Leontief
from conjuncture.plan.solvers.matrixfree.local import Local

GLOBAL_COLUMNS = ("level", "outlay", "reserves")
GLOBAL_ROWS = ("outlay", "labour", "trade", "floor", "rise", "fall")
_TERMS = 3
"""Rounds of inputs in the approximate inverse of the Leontief matrix."""
_TOLERANCE = 1e-3
"""Relative residual of a solve; directions are refined by further solves."""
_KRYLOV = 40


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
        self.threads = leontief.threads
        tn = self.t * self.n
        self.whole, self.columns, self.rows = leontief.rest, columns, rows
        self.shape = (rows.size, columns.size)
        rest = csr_array(csr_array(leontief.rest)[rows][:, columns])
        self.output = columns < tn  # outputs stand first
        self.x = columns[self.output]
        if not np.array_equal(rows[:tn], np.arange(tn)):
            raise ValueError("product balances do not stand first")
        kind, year, label = _labels(model.columns, columns)
        row_kind, row_year, row_label = _labels(model.rows, rows)
        wide = np.isin(kind, _kinds(model.columns, GLOBAL_COLUMNS))
        wide_row = np.isin(row_kind, _kinds(model.rows, GLOBAL_ROWS))
        product = np.arange(rows.size) < tn
        self.gc, self.lc = np.flatnonzero(wide), np.flatnonzero(~wide)
        self.gr, self.lr = np.flatnonzero(wide_row), np.flatnonzero(~wide_row & ~product)
        nl = self.lc.size
        self.xl = np.flatnonzero(self.output[self.lc])
        code = kind[self.lc] * 1000 + year[self.lc]
        row_code = (len(model.columns.blocks) + row_kind[self.lr]) * 1000 + row_year[self.lr]
        inner = coo_array(rest[self.lr][:, self.lc])
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
            self.threads,
        )
        del inner, coefficients, code, row_code, kind, row_kind, label, row_label
        self._border(tn, rest)
        self.iterations = 0

    def _border(self, tn: int, rest: csr_array) -> None:
        """Find what joins the local unknowns and the products to the totals."""
        nl, ng = self.lc.size, self.gc.size
        self.trade = csr_array(rest[:tn][:, self.lc])  # products, without I - A
        size = (nl + self.lr.size, ng + self.gr.size)
        one, other = (
            coo_array(rest[self.gr][:, self.lc].T),
            coo_array(rest[self.lr][:, self.gc]),
        )
        row = np.concatenate([one.row, other.row + nl])
        column = np.concatenate([one.col + ng, other.col])
        self.ga = csc_array((np.concatenate([one.data, other.data]), (row, column)), shape=size)
        direct = csc_array(rest[:tn][:, self.gc])
        pointer = np.append(direct.indptr, np.full(size[1] - ng, direct.nnz))
        self.gp = csc_array((direct.data, direct.indices, pointer), shape=(tn, size[1]))
        touched = (np.diff(self.ga.indptr) > 0) | (np.diff(self.gp.indptr) > 0)
        self.joined = np.flatnonzero(touched)
        self.core = np.zeros((size[1], size[1]))
        self.core[ng:, :ng] = rest[self.gr][:, self.gc].toarray()
        self.core[:ng, ng:] = self.core[ng:, :ng].T

    # Products with the whole matrix ---------------------------------------------------

    def amounts(self, y: Array) -> Array:
        """Return the amounts of the rows, ``A y``."""
        full = np.zeros(self.whole.shape[1])
        full[self.columns] = y
        result = np.asarray((self.whole @ full)[self.rows])
        x = self._spread(y[self.output])
        result[: x.size] += x - self.b.inputs(x)
        return result

    def worths(self, prices: Array) -> Array:
        """Return the worth of the columns at these row prices, ``A' p``."""
        full = np.zeros(self.whole.shape[0])
        full[self.rows] = prices
        result = np.asarray((self.whole.T @ full)[self.columns])
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
        self.u = np.empty((self.joined.size, self.n, self.t))
        self._eliminate_local(core)
        if not np.isfinite(core).all():
            raise LinAlgError("a block of a sector is singular to working accuracy")
        self.core_inverse = np.linalg.inv(core)
        self._precondition(core)

    def _eliminate_local(self, core: Array) -> None:
        """Take what local unknowns do between totals, and to products, column by column."""
        for u, c in zip(self.u, self.joined, strict=True):
            column, direct = np.zeros(self.local.size), np.zeros(self.t * self.n)
            for matrix, whole in ((self.ga, column), (self.gp, direct)):
                part = slice(matrix.indptr[c], matrix.indptr[c + 1])
                whole[matrix.indices[part]] = matrix.data[part]
            u[:] = self._by_product(direct)
            if column.any():
                moved = self.local.solve(column)
                np.subtract(u, self._to_products(moved), out=u)
                core[:, c] -= self.ga.T @ moved

    def _precondition(self, core: Array) -> None:
        """Carry the totals through the approximate inverse (Woodbury's formula)."""
        self.pu = np.empty_like(self.u)
        for k, u in enumerate(self.u):
            self.pu[k] = self._approximate(u)
        k = self.joined.size
        outer = core.copy()
        met = self.u.reshape(k, -1) @ self.pu.reshape(k, -1).T
        outer[np.ix_(self.joined, self.joined)] += met
        self.outer = np.linalg.inv(outer)[np.ix_(self.joined, self.joined)]

    def _approximate(self, v: Array) -> Array:
        """Apply the inverse of (I - A Phi) (Q + D) (I - A Phi)', by rounds of inputs.

        A round and what the next one needs of it are done together for the same rows.
        """
        z, x = np.empty_like(v), np.empty_like(v)
        asked = np.empty_like(v)

        def begin(_: int, rows: slice) -> None:
            x[rows] = _each(self.phi[rows], v[rows])

        def forward(k: int, rows: slice) -> None:
            z[rows] = v[rows] + self.b.a[k] @ x
            asked[rows] = _each(self.phi[rows], z[rows])

        self.b.each(begin)
        for _ in range(_TERMS - 1):
            self.b.each(forward)
            x, asked = asked, x
        w = asked

        def middle(k: int, rows: slice) -> None:
            w[rows] = _each(self.di[rows], v[rows] + self.b.a[k] @ x)

        self.b.each(middle)
        before = w
        for _ in range(_TERMS):
            priced, after = self.b.priced(before), np.empty_like(v)

            def backward(k: int, rows: slice, p: Array = priced, result: Array = after) -> None:
                met = _each(self.phi[rows].transpose(0, 2, 1), self.b.worths(k, rows, p))
                result[rows] = w[rows] + met

            self.b.each(backward)
            before = after
        return before

    # Solves ---------------------------------------------------------------------------

    def solve(self, xi: Array, r: Array) -> tuple[Array, Array]:
        """Solve for the step of columns and of row prices."""
        tn, nl, ng = self.t * self.n, self.lc.size, self.gc.size
        local = np.concatenate([xi[self.lc], r[self.lr]])
        moved = self.local.solve(local)
        product = self._by_product(r[:tn]) - self._to_products(moved)
        total = np.concatenate([xi[self.gc], r[self.gr]]) - self.ga.T @ moved
        right = self._lift(self.core_inverse @ total) - product
        del moved, product  # in large plans the memory is needed
        p = self._krylov(right)
        g = self.core_inverse @ (total - self._drop(p))
        local -= self._from_products(p)
        local -= self.ga @ g
        a = self.local.solve(local)
        del local
        y, prices = np.empty(self.shape[1]), np.empty(self.shape[0])
        y[self.lc], y[self.gc] = a[:nl], g[:ng]
        prices[:tn] = -self._by_year(p)
        prices[self.lr], prices[self.gr] = -a[nl:], -g[ng:]
        return y, prices

    def _lift(self, g: Array) -> Array:
        """Return what totals bring to the balances (N x T)."""
        return self._joined(g[self.joined], self.u)

    def _joined(self, g: Array, columns: Array) -> Array:
        result, flat = np.empty((self.n, self.t)), columns.reshape(self.joined.size, -1)
        whole = result.reshape(-1)

        def part(_: int, rows: slice) -> None:
            at = slice(rows.start * self.t, rows.stop * self.t)
            whole[at] = g @ flat[:, at]

        self.b.each(part)
        return result

    def _drop(self, p: Array) -> Array:
        result = np.zeros(self.core.shape[0])
        result[self.joined] = self._met(p)
        return result

    def _met(self, p: Array) -> Array:
        """Return the transpose of that, for the totals that are joined to balances."""
        p = p.ravel()
        return np.array(self.threads.map(lambda u: float(np.dot(u.ravel(), p)), self.u))

    def _operator(self, p: Array) -> Array:
        back, own = np.empty_like(p), np.empty_like(p)

        priced = self.b.priced(p)

        def first(k: int, rows: slice) -> None:
            back[rows] = _each(self.q[rows], p[rows] - self.b.worths(k, rows, priced))

        def second(k: int, rows: slice) -> None:
            own[rows] = self.d[rows] * p[rows] + (back[rows] - self.b.a[k] @ back)

        self.b.each(first)
        self.b.each(second)
        own += self._lift(self.core_inverse @ self._drop(p))
        return own

    def _preconditioned(self, v: Array) -> Array:
        z = self._approximate(v)
        z -= self._joined(self.outer @ self._met(z), self.pu)
        return z

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


def _each(blocks: Any, z: Any) -> Array:
    """Multiply the block of every product with its row."""
    return np.asarray(np.einsum("nij,nj->ni", blocks, z))


def _labels(layout: Layout, index: Index) -> tuple[Index, Index, Index]:
    """Return number of the block, year and label of positions."""
    kind, year, label = np.full((3, layout.size), -1)
    for number, (_, block) in enumerate(layout):
        kind[block.index], year[block.index] = number, block.year
        label[block.index] = block.label
    return kind[index], year[index], label[index]


def _kinds(layout: Layout, names: tuple[str, ...]) -> list[int]:
    """Return the numbers of blocks."""
    return [number for number, (name, _) in enumerate(layout) if name in names]
