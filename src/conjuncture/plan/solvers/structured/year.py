"""Factors of one year of a plan: the columns that no other year meets, then the rest.

The method in symbols is in ``docs/design/solver.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import LinAlgError
from scipy.sparse import csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.layout import Index
from conjuncture.plan.solvers.structured import kernels
from conjuncture.plan.solvers.structured.blocks import Stage, square
from conjuncture.plan.solvers.structured.kernels import scratch

Mask = npt.NDArray[np.bool_]


@dataclass
class Joint:
    """What joins the rest of a year to the rest of the next.

    Attributes
    ----------
    matrix, turned : sparse array
        Coefficients, rows of the next year by columns of this one, and transposed.
    value : array
        The coefficients in order.
    later, earlier : array of int, or None
        Their positions in the two years, where each is joined to one at most and
        both rise; else None.
    direct : sparse array
        Where the stocks of one of the years go before the rest, what joins them to
        the rest of the other, rows of the other by stocks.
    """

    matrix: csr_array
    turned: csr_array
    value: Array
    later: Index | slice | None
    earlier: Index | slice | None
    direct: csr_array


class Year:
    """The block of a year: first the columns that meet no other, then the rest.

    Parameters
    ----------
    stage : Stage
    met, reach : array of int
        Rows of the border that meet this year, and with those that reach it along
        the chain.
    """

    def __init__(self, stage: Stage, met: Index, reach: Index) -> None:
        self.stage, self.met, self.reach = stage, met, reach
        self.size = stage.columns.stop - stage.columns.start
        self.wide = np.zeros((stage.wide, stage.wide), order="F")
        self.store = np.zeros(0)

    def split(self, joined: Mask, own: Array, diagonal: Array) -> None:
        """Divide the columns: the rest are those joined to other years, and all stocks.

        Afterwards ``place`` holds the places of the columns in the rest, less than 0
        for the others.

        Parameters
        ----------
        joined : array of bool
            Which of the wide columns are joined to other years.
        own : array
            Sums of the sparse rows, in the order of the stage.
        diagonal : array
            Weights of the columns.
        """
        late = np.concatenate([joined, np.ones(self.size - joined.size, dtype=bool)])
        self.first, self.rest = np.flatnonzero(~late), np.flatnonzero(late)
        self.a, self.b = self.first.size, self.rest.size
        self.bw = int(joined.sum())
        self.position = np.empty(self.size, dtype=np.int64)
        self.position[self.first] = np.arange(self.a)
        self.position[self.rest] = self.a + np.arange(self.b)
        self.place = self.position - self.a

    # Phase one: by itself --------------------------------------------------------------

    def begin(self, root: Array, own: Array, diagonal: Array, border: Array) -> None:
        """Form the block and eliminate the first columns.

        Parameters
        ----------
        root : array
            Square roots of the weights of the dense rows.
        own : array
            Sums of the sparse rows, in the order of the stage.
        diagonal : array
            Weights of the columns.
        border : array, columns x met
            Coefficients of the rows ``met`` of the border.

        Raises
        ------
        LinAlgError
            If the block is not positive definite to working accuracy.
        """
        self._form(root, own, diagonal)
        a, bw = self.a, self.bw
        if self.store.size < self.b**2:
            self.store = np.zeros(self.b**2)
        self.s = self.store[: self.b**2].reshape((self.b, self.b), order="F")
        self.factor, self.cross = self.wide[:a, :a], self.wide[a:, :a]
        kernels.cholesky(self.factor)
        kernels.divide_right(self.factor, self.cross)
        corner = self.wide[a:, a:]
        kernels.take_square(self.cross, corner)
        self.s[:bw, :bw] = corner
        self.s[bw:, bw:] = 0.0
        self._stocks()
        self._border(border)

    def _form(self, root: Array, own: Array, diagonal: Array) -> None:
        """Fill the dense part, and the cells of the sparse rows."""
        stage, wide, a = self.stage, self.stage.wide, self.a
        order = np.concatenate([self.first, self.rest[: self.bw]])
        scaled = scratch("scaled", stage.rows.size, wide)
        np.take(stage.dense.T, order, axis=0, out=scaled.T, mode="clip")
        scaled.T[:] *= root
        kernels.square_of(scaled, self.wide)
        row, column = self.position[stage.own.row], self.position[stage.own.column]
        row, column = np.maximum(row, column), np.minimum(row, column)
        every = np.arange(wide)
        self.wide[every, every] += diagonal[order]
        dense, stock = row < wide, column >= wide
        self.wide[row[dense], column[dense]] += own[dense]
        mixed = ~dense & ~stock
        size = (self.size - wide, wide)
        cells = csr_array((own[mixed], (row[mixed] - wide, column[mixed])), shape=size)
        self.thin, self.mixed = csr_array(cells[:, :a]), csr_array(cells[:, a:])
        self.thin_t = csr_array(self.thin.T)
        stocks = self.rest[self.bw :]
        self.stock_cells = (row[stock] - a, column[stock] - a, own[stock])
        self.stock_diagonal = diagonal[stocks]

    def _border(self, border: Array) -> None:
        """Eliminate the first columns from the border."""
        self.right_first = np.asfortranarray(border[self.first])
        kernels.divide(self.factor, self.right_first)
        rest = border[self.rest]
        if self.a:
            rest[: self.bw] -= self.cross @ self.right_first
            if self.thin.nnz:
                back = self.right_first.copy(order="F")
                kernels.divide(self.factor, back, transposed=True)
                rest[self.bw :] -= self.thin @ back
        self._carry(rest)

    def _carry(self, rest: Array) -> None:
        self.right = np.zeros((self.b, self.reach.size), order="F")
        self.right[:, np.searchsorted(self.reach, self.met)] = rest

    def _stocks(self) -> None:
        """Fill the rows of stocks, less what the first columns leave there."""
        bw, s = self.bw, self.s
        s[bw:, :bw] = self.mixed.toarray()
        row, column, value = self.stock_cells
        s[row, column] += value
        every = np.arange(bw, self.b)
        s[every, every] += self.stock_diagonal
        if not self.thin.nnz:
            return
        left = scratch("inverse", self.a, self.a)
        kernels.inverse(self.factor, left)
        cells = self.thin.tocoo()
        take_joint(s[bw:, bw:], left, cells.row, cells.col, cells.data)
        if bw:
            back = self.cross.T.copy(order="F")
            kernels.divide(self.factor, back, transposed=True)
            s[bw:, :bw] -= self.thin @ back

    # Phase two: along the chain of years -------------------------------------------------

    def receive(self, other: Year, joint: Joint, forward: bool) -> None:
        """Take off what the elimination of a neighbour leaves here."""
        other.leave(self, joint)
        link = joint.matrix if forward else joint.turned
        there, here = (joint.later, joint.earlier)[:: 1 if forward else -1]
        if link.nnz:
            if there is not None and here is not None:
                part = other.left[square(here)]
                part *= joint.value[:, None]
                part *= joint.value
                self.s[square(there)] -= part
            else:
                whole = np.tril(other.left) + np.tril(other.left, -1).T
                self.s -= link @ (link @ whole).T
            back = other.right.copy(order="F")
            kernels.divide(other.s, back, transposed=True)
            self.right[:, np.searchsorted(self.reach, other.reach)] -= link @ back

    def leave(self, to: Year, joint: Joint) -> None:
        """Take off a neighbour what columns leave there that went before the rest."""

    def finish(self, to: str) -> None:
        """Factor the rest, and invert it if a neighbour needs it.

        Parameters
        ----------
        to : str
            ``later`` or ``earlier``, the neighbour; empty if there is none.

        Raises
        ------
        LinAlgError
            If the block is not positive definite to working accuracy.
        """
        kernels.cholesky(self.s)
        kernels.divide(self.s, self.right)
        if to:
            self.left = scratch(to, self.b, self.b)
            kernels.inverse(self.s, self.left)

    # Solves ------------------------------------------------------------------------------

    @property
    def border(self) -> Array:
        """What the first columns add to the border (met x met)."""
        return np.asarray(self.right_first.T @ self.right_first)

    @property
    def total(self) -> Array:
        """What the first part of the last right side adds to the border (met)."""
        return np.asarray(self.right_first.T @ self.y)

    def passed(self, joint: Joint) -> Array | float:
        """Return what the first part of the last right side takes off a neighbour's."""
        return 0.0

    def reduce(self, part: Array) -> Array:
        """Return what a right side leaves for the rest; the first part is kept."""
        self.y = kernels.divided(self.factor, part[self.first])
        rest = part[self.rest]
        if self.a:
            rest[: self.bw] -= self.cross @ self.y
            if self.thin.nnz:
                rest[self.bw :] -= self.thin @ kernels.divided(self.factor, self.y, True)
        return rest

    def expand(self, rest: Array, border: Array, met: Array | float = 0.0) -> Array:
        """Return the columns of the year.

        Parameters
        ----------
        rest : array
            The rest of the year.
        border : array
            Prices of the border.
        met : array
            What the neighbour takes off columns that went before the rest.
        """
        y = self.y + self.right_first @ border[self.met]
        if self.a:
            y -= self.cross.T @ rest[: self.bw]
            if self.thin.nnz:
                y -= kernels.divided(self.factor, self.thin_t @ rest[self.bw :])
        result = np.empty(self.size)
        result[self.first] = kernels.divided(self.factor, y, True)
        result[self.rest] = rest
        return result


class Outset(Year):
    """A year whose stocks meet no stock yet, so that they go before all else.

    They meet the neighbour whose turn is next, and outputs of their own year.
    """

    def split(self, joined: Mask, own: Array, diagonal: Array) -> None:
        """Divide the columns: the rest are all but the stocks."""
        wide, cell = self.stage.wide, self.stage.own
        super().split(np.ones(wide, dtype=bool), own, diagonal)
        self.b, self.rest = wide, np.arange(wide)
        self.place[wide:] = np.arange(wide - self.size, 0)
        stock = cell.column >= wide
        weight = diagonal[wide:].copy()
        np.add.at(weight, cell.row[stock] - wide, own[stock])
        if not (weight > 0.0).all():
            raise LinAlgError("a stock has no weight")
        self.weight = weight
        mixed = (cell.row >= wide) & (cell.column < wide)
        cells = (own[mixed], (cell.row[mixed] - wide, cell.column[mixed]))
        self.mix = csr_array(cells, shape=(self.size - wide, wide))
        self.over = csr_array((1.0 / weight)[:, None] * self.mix)

    def begin(self, root: Array, own: Array, diagonal: Array, border: Array) -> None:
        """Form the block less what the stocks leave."""
        self._form(root, own, diagonal)
        left = csr_array(self.mix.T @ self.over).tocoo()
        self.s = self.wide
        lower = left.row >= left.col
        self.s[left.row[lower], left.col[lower]] -= left.data[lower]
        self.factor, self.y = self.wide[:0, :0], np.empty(0)
        wide = self.stage.wide
        self.right_stock = border[wide:]
        self._carry(border[:wide] - self.over.T @ self.right_stock)

    def leave(self, to: Year, joint: Joint) -> None:
        """Take off the neighbour what the stocks leave there."""
        over = csr_array(joint.direct * (1.0 / self.weight))
        left = csr_array(over @ joint.direct.T).tocoo()
        lower = left.row >= left.col
        to.s[left.row[lower], left.col[lower]] -= left.data[lower]
        to.right[:, np.searchsorted(to.reach, self.met)] -= over @ self.right_stock

    @property
    def border(self) -> Array:
        """What the stocks add to the border (met x met)."""
        return np.asarray((self.right_stock / self.weight[:, None]).T @ self.right_stock)

    @property
    def total(self) -> Array:
        """What the stocks' part of the last right side adds to the border (met)."""
        return np.asarray(self.right_stock.T @ self.stocks)

    def passed(self, joint: Joint) -> Array | float:
        """Return what the stocks' part of the last right side takes off a neighbour's."""
        return np.asarray(joint.direct @ self.stocks)

    def reduce(self, part: Array) -> Array:
        """Return what a right side leaves for the rest; the stocks' part is kept."""
        wide = self.stage.wide
        self.stocks = part[wide:] / self.weight
        return np.asarray(part[:wide] - self.mix.T @ self.stocks)

    def expand(self, rest: Array, border: Array, met: Array | float = 0.0) -> Array:
        """Return the columns of the year."""
        taken = self.mix @ rest + met - self.right_stock @ border[self.met]
        return np.concatenate([rest, self.stocks - taken / self.weight])


def take_joint(matrix: Array, left: Array, row: Index, column: Index, value: Array) -> None:
    """Take ``C left C'`` off a lower triangle, ``left`` symmetric and given by its lower one."""
    if rises(row) and rises(column):
        part = left[square(run(column))]
        part = part * value[:, None]
        part *= value
        matrix[square(run(row))] -= part
    else:
        whole = np.tril(left) + np.tril(left, -1).T
        shape = (matrix.shape[0], left.shape[0])
        joint = csr_array((value, (row, column)), shape=shape)
        matrix -= joint @ (joint @ whole).T


def rises(index: Index) -> bool:
    """Whether each position is larger than the one before."""
    return bool((np.diff(index) > 0).all())


def run(index: Index) -> Index | slice:
    """Return a slice if the positions are consecutive."""
    if index.size and index[-1] - index[0] == index.size - 1:
        return slice(int(index[0]), int(index[-1]) + 1)
    return index


def joint(link: csr_array, earlier: Year, later: Year) -> Joint:
    """Return what joins two years, from their link (columns of the later x the earlier)."""
    here, there = np.flatnonzero(earlier.place >= 0), np.flatnonzero(later.place >= 0)
    direct = csr_array((0, 0))
    matrix = link[there][:, here]
    if isinstance(earlier, Outset):
        direct = csr_array(link[there][:, earlier.stage.wide :])
        matrix = matrix - direct @ earlier.over
    elif isinstance(later, Outset):
        direct = csr_array(link[later.stage.wide :][:, here].T)
        matrix = matrix - (direct @ later.over).T
    matrix = csr_array(matrix)
    cells = matrix.tocoo()
    single = rises(cells.row) and rises(cells.col)
    return Joint(
        matrix,
        csr_array(matrix.T),
        cells.data,
        run(cells.row) if single else None,
        run(cells.col) if single else None,
        direct,
    )
