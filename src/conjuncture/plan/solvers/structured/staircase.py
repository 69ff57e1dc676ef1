"""The Newton system of a plan, solved year by year: dense blocks, diagonal links, a border.

The method in symbols is in ``docs/design/solver.md``.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import solveh_banded
from scipy.linalg.lapack import dpotrs
from scipy.sparse import coo_array, csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.layout import Index
from conjuncture.plan.programme.model import Model
from conjuncture.plan.solvers.structured import kernels
from conjuncture.plan.solvers.structured.kernels import Threads
from conjuncture.plan.solvers.structured.structure import Structure
from conjuncture.plan.solvers.structured.year import Joint, Outset, Year, joint


class Staircase(Structure):
    """Factors and solves the Newton system ``[1/D, -A'; A, R]`` of a plan.

    Parameters
    ----------
    model : Model
        With one composition of outlays, and a restoration lag of at most 2.
    columns, rows : array of int
        Columns that are not fixed, and rows that limit them.
    threads : Threads, optional
        What does the work of independent years; by default one thread.

    Notes
    -----
    Elimination by stages of a staircase programme with normal equations and
    Cholesky factors: S. J. Wright (1997), Primal-Dual Interior-Point Methods, ch. 11.
    It goes from both ends to the middle, as G. Meurant (1992), A review on the
    inverse of symmetric tridiagonal and block tridiagonal matrices, SIAM Journal on
    Matrix Analysis and Applications 13.
    """

    def __init__(
        self, model: Model, columns: Index, rows: Index, threads: Threads | None = None
    ) -> None:
        super().__init__(model, columns, rows)
        self.threads = threads or Threads(1)
        self.parts = [
            (Outset if self.begins(t) else Year)(
                stage,
                np.array(sorted(self.met[t]), dtype=np.int64),
                np.array(sorted(self.reach[t]), dtype=np.int64),
            )
            for t, stage in enumerate(self.stages)
        ]

    # Factors, in every iteration ------------------------------------------------------

    def factor(self, curvature: Array, slack: Array, negligible: float = 0.0) -> None:
        """Factor for column weights ``1/D`` and row terms ``R``.

        Links between the outputs of two years that are smaller than ``negligible``
        in relation to the diagonal are left out; the directions must then be refined.

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
        self.g = csr_array(csr_array(border).T)
        own = (self.ratio * (self.sw * rho)) @ self.ratio_t
        own = own + (self.loose * self.d) @ self.loose.T
        self.s = np.asfortranarray(own.toarray() + np.diag(slack[self.border]))
        self._factor_tail(h, weights)
        cells = [stage.own.values(weights) for stage in self.stages]
        kept = self.tail_link.T @ self.tail_inverse @ self.tail_link
        cells[-1] = cells[-1] - self.stages[-1].own.of(csr_array(kept))
        self._split(h, weights, cells, negligible)
        each = range(self.periods)
        self.threads.map(lambda t: self._begin(t, h, cells[t]), each)
        ends = (range(self.middle), range(self.periods - 1, self.middle, -1))
        self.threads.map(self._eliminate, ends)
        self._eliminate(range(self.middle, self.middle + 1))
        for part in self.parts:
            self.s[np.ix_(part.met, part.met)] += part.border
            self.s[np.ix_(part.reach, part.reach)] += part.right.T @ part.right
        kernels.cholesky(self.s)

    def _split(self, h: Array, weights: Array, own_cells: list[Array], negligible: float) -> None:
        """Find which columns of each year are joined to other years, and what joins them."""
        diagonals = []
        for stage, own in zip(self.stages, own_cells, strict=True):
            diagonal = h[stage.columns].copy()
            same = stage.own.row == stage.own.column
            diagonal[stage.own.row[same]] += own[same]
            diagonal[: stage.wide] += self.w[stage.peak] * stage.peak_square
            diagonals.append(diagonal)
        joined = [np.zeros(stage.wide, dtype=bool) for stage in self.stages]
        found = []
        for t, stage in enumerate(self.stages[:-1]):
            row, column, value = stage.link.row, stage.link.column, stage.link.values(weights)
            size = np.sqrt(diagonals[t + 1][row] * diagonals[t][column])
            keep = np.abs(value) > negligible * size
            next_wide, wide = row < self.stages[t + 1].wide, column < stage.wide
            keep |= ~(next_wide & wide)
            joined[t + 1][row[next_wide & keep]] = True
            joined[t][column[wide & keep]] = True
            cells = (value[keep], (row[keep], column[keep]))
            found.append(csr_array(coo_array(cells, shape=stage.link.shape)))
        for part, strong, own in zip(self.parts, joined, own_cells, strict=True):
            part.split(strong, own, h[part.stage.columns])
        pairs_of = zip(found, self.parts[:-1], self.parts[1:], strict=True)
        self.joints = [joint(link, here, there) for link, here, there in pairs_of]

    def _begin(self, t: int, h: Array, own: Array) -> None:
        """Form the block of a year by itself, and eliminate its first columns."""
        stage, part = self.stages[t], self.parts[t]
        border = self.g[stage.columns][:, part.met].toarray()
        if stage.trade is not None:
            account, ratio = stage.trade
            at = int(np.searchsorted(part.met, account))
            border[: stage.wide, at] -= (ratio * self.sw[stage.rows]) @ stage.dense
        if t == self.periods - 1:
            border -= (self.tail_link.T @ self.tail_carried)[:, part.met]
        part.begin(np.sqrt(self.w[stage.rows]), own, h[stage.columns], border)

    def _eliminate(self, years: range) -> None:
        """Follow the years from one end, or join both ends in the middle."""
        for t in years:
            part, before, after = self.parts[t], t - 1, t + 1
            if t <= self.middle and t > 0:
                part.receive(self.parts[before], self.joints[before], forward=True)
            if t >= self.middle and after < self.periods:
                part.receive(self.parts[after], self.joints[t], forward=False)
            part.finish("" if t == self.middle else "later" if t < self.middle else "earlier")

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
        right = self.g[self.tail].toarray()
        self.tail_carried = self.tail_inverse @ right
        self.s += right.T @ self.tail_carried

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
        rest = [part.reduce(a[part.stage.columns]) for part in self.parts]
        middle, last = self.middle, self.periods - 1
        for t in range(middle):
            self._pass_on(rest, t, t + 1, self.joints[t], self.joints[t].matrix)
        for t in range(last, middle, -1):
            self._pass_on(rest, t, t - 1, self.joints[t - 1], self.joints[t - 1].turned)
        rest[middle] = kernels.divided(self.parts[middle].s, rest[middle])
        for part, vector in zip(self.parts, rest, strict=True):
            total[part.met] += part.total
            total[part.reach] += part.right.T @ vector
        dq, _ = dpotrs(self.s, b - total, lower=1)
        for t in [*range(middle, -1, -1), *range(middle + 1, last + 1)]:
            part = self.parts[t]
            vector = rest[t] + part.right @ dq[part.reach]
            if t < middle:
                met = self.joints[t].turned @ rest[t + 1]
                vector -= kernels.divided(part.s, met)
            elif t > middle:
                met = self.joints[t - 1].matrix @ rest[t - 1]
                vector -= kernels.divided(part.s, met)
            rest[t] = kernels.divided(part.s, vector, True)
        dy = np.empty(a.size)
        for t, (part, vector) in enumerate(zip(self.parts, rest, strict=True)):
            taken: Array | float = 0.0
            if isinstance(part, Outset):
                at, near = (t, t + 1) if t < middle else (t - 1, t - 1)
                taken = self.joints[at].direct.T @ rest[near]
            dy[part.stage.columns] = part.expand(vector, dq, taken)
        end = self.tail_link @ dy[self.stages[-1].columns]
        dy[self.tail] = tail + self.tail_carried @ dq - self.tail_inverse @ end
        return dy, dq

    def _pass_on(self, rest: list[Array], t: int, to: int, joint: Joint, link: csr_array) -> None:
        """Eliminate the rest of a year from a right side."""
        part = self.parts[t]
        rest[t] = kernels.divided(part.s, rest[t])
        rest[to] = rest[to] - part.passed(joint) - link @ kernels.divided(part.s, rest[t], True)
