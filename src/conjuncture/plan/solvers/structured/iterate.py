"""A primal-dual interior point: its residuals, directions and steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.layout import Index
from conjuncture.plan.solvers.structured.staircase import Staircase

_DISTANCE = 0.1
"""Distance of the first point from a limit (base-year amounts)."""
_PRODUCT = 0.005
"""Product of slack and price at the first point, the same for all."""
_PRIMAL_TERM = 1e-9
_DUAL_TERM = 1e-10
"""Terms added to the Newton system; directions are refined until they do not matter."""
_RETRIES = 5
_REFINEMENTS = 10
_LOOSE = 1e-3
"""Error of a direction in relation to the residuals, below which it is not refined."""
_NEGLIGIBLE = 1e-6
"""Links between the outputs of two years that are left out of the factors, in relation to
the diagonal; refinement puts them back. Larger ones cost more refinement than they save."""
_POOR = 10.0
"""A direction with an error so many times what is enough was refined in vain."""
_CORRECTORS = 3


@dataclass(frozen=True)
class Programme:
    """A programme without fixed columns: the least ``f @ y``.

    Attributes
    ----------
    columns, rows : array of int
        Positions in the model.
    known : array
        Amounts of the model's fixed columns, zero elsewhere.
    settled : list of (int, int)
        Rows left out, each with the column that it fixes, in order of time.
    f : array, columns
    b : array, rows
        Amount of an equation; 0 for the rows ``loose``, which have limits instead.
    loose : array of int
    low, high : array
        Limits of the columns, then of the amounts of the rows ``loose``.
    """

    columns: Index
    rows: Index
    known: Array
    settled: list[tuple[int, int]]
    f: Array
    b: Array
    loose: Index
    low: Array
    high: Array


@dataclass(frozen=True)
class Direction:
    """A Newton step: of amounts, prices and prices of the limits."""

    w: Array
    prices: Array
    zl: Array
    zu: Array


class Iterate:
    """A point strictly inside all limits, and how to move on from it.

    Attributes
    ----------
    w : array
        Columns, then amounts of the rows with limits.
    sl, su : array
        Distance to the lower and upper limit; 1 where there is none.
    zl, zu : array
        Prices of the limits; 0 where there is none.
    prices : array, rows
    primal, dual, gap : float
        Largest violation of a row, largest violation of a price equation, and the
        gap relative to the aim.

    Notes
    -----
    S. Mehrotra (1992), On the implementation of a primal-dual interior point
    method, SIAM Journal on Optimization 2, for predictor and corrector;
    J. Gondzio (1996), Multiple centrality corrections in a primal-dual method for
    linear programming, Computational Optimization and Applications 6; S. C.
    Eisenstat, H. C. Elman and M. H. Schultz (1983), Variational iterative methods
    for nonsymmetric systems of linear equations, SIAM Journal on Numerical Analysis
    20, for the refinement.
    """

    least = 1e-16
    """Least mean product aimed at."""

    def __init__(self, programme: Programme, system: Staircase) -> None:
        self.p, self.system = programme, system
        self.n = programme.columns.size
        self.has_low, self.has_high = np.isfinite(programme.low), np.isfinite(programme.high)
        self.count = max(1, int(self.has_low.sum() + self.has_high.sum()))
        y = self._inside(np.full(self.n, 0.8), slice(0, self.n))
        amounts = system.amounts(y)[programme.loose]
        self.w = np.concatenate([y, self._inside(amounts, slice(self.n, None))])
        self.sl = np.where(self.has_low, self.w - programme.low, 1.0)
        self.su = np.where(self.has_high, programme.high - self.w, 1.0)
        self.zl = np.where(self.has_low, _PRODUCT / self.sl, 0.0)
        self.zu = np.where(self.has_high, _PRODUCT / self.su, 0.0)
        self.prices = np.zeros(programme.rows.size)
        self.negligible = _NEGLIGIBLE
        self.prices[programme.loose] = (self.zl - self.zu)[self.n :]
        self.measure()

    def _inside(self, x: Array, part: slice) -> Array:
        """Move amounts inside their limits, to the middle of two."""
        low, high = self.p.low[part], self.p.high[part]
        both = self.has_low[part] & self.has_high[part]
        middle = np.where(both, low, 0.0) + 0.5 * np.where(both, high - low, 0.0)
        return np.where(both, middle, np.clip(x, low + _DISTANCE, high - _DISTANCE))

    @property
    def worst(self) -> float:
        """The largest of the residuals and the gap."""
        return max(self.primal, self.dual, self.gap)

    def measure(self) -> None:
        """Compute residuals, gap and mean product."""
        p, n = self.p, self.n
        self.rp = p.b - self.system.amounts(self.w[:n])
        self.rp[p.loose] += self.w[n:]
        self.rd = self.zu - self.zl
        self.rd[:n] += p.f - self.system.worths(self.prices)
        self.rd[n:] += self.prices[p.loose]
        self.product = float((self._low + self._high).sum()) / self.count
        aim = float(p.f @ self.w[:n])
        bound = float(p.b @ self.prices)
        bound += float(p.low[self.has_low] @ self.zl[self.has_low])
        bound -= float(p.high[self.has_high] @ self.zu[self.has_high])
        self.primal = float(np.abs(self.rp).max(initial=0.0))
        self.dual = float(np.abs(self.rd).max(initial=0.0))
        self.gap = abs(aim - bound) / max(1.0, abs(aim))

    @property
    def _low(self) -> Array:
        return self.sl * self.zl

    @property
    def _high(self) -> Array:
        return self.su * self.zu

    def advance(self) -> float:
        """Take one step of the method; return the shorter of its two lengths.

        Raises
        ------
        LinAlgError
            If the Newton system cannot be factored.
        """
        self._factor()
        d, a, b = self._centred(*self._predicted())
        keep = max(0.99, 1.0 - self.product)
        a, b = keep * a, keep * b
        self.w += a * d.w
        self.sl += a * self._rise(d)
        self.su += a * self._fall(d)
        self.prices += b * d.prices
        self.zl += b * d.zl
        self.zu += b * d.zu
        self.measure()
        return min(a, b)

    def _predicted(self) -> tuple[Array, Array, float]:
        """Return the changes of products after a trial step to the optimum, and the target."""
        low, high = self._low, self._high
        first = self._direction(-low, -high, 0)
        trial_low, trial_high = self._products(first, *self._steps(first))
        share = float((trial_low + trial_high).sum()) / self.count / self.product
        target = max(share**3 * self.product, self.least)
        cl = np.where(self.has_low, target - low - self._rise(first) * first.zl, 0.0)
        cu = np.where(self.has_high, target - high - self._fall(first) * first.zu, 0.0)
        return cl, cu, target

    def _centred(self, cl: Array, cu: Array, target: float) -> tuple[Direction, float, float]:
        """Correct, and bring products that would stray back towards the target; cl, cu change."""
        d = self._direction(cl, cu)
        a, b = self._steps(d)
        for _ in range(_CORRECTORS):
            if min(a, b) > 0.9:
                break
            low, high = self._products(d, min(1.0, a + 0.15), min(1.0, b + 0.15))
            cl += np.where(self.has_low, _back(low, target), 0.0)
            cu += np.where(self.has_high, _back(high, target), 0.0)
            del low, high  # in large plans the memory is needed for the next direction
            other = self._direction(cl, cu)
            far, near = self._steps(other)
            if far + near < a + b + 0.02 or min(far - a, near - b) < -0.05:
                break
            d, a, b = other, far, near
        return d, a, b

    def _factor(self) -> None:
        """Factor the Newton system, with larger terms added where it needs them."""
        self.theta = self.zl / self.sl + self.zu / self.su
        self.slack = np.zeros(self.p.rows.size)
        self.slack[self.p.loose] = 1.0 / self.theta[self.n :]
        self.found: list[tuple[Array, Array]] = []
        for attempt in range(_RETRIES):
            more = 100.0**attempt
            rows = self.slack + more * _DUAL_TERM
            try:
                columns = self.theta[: self.n] + more * _PRIMAL_TERM
                self._eliminate(columns, rows)
            except LinAlgError:
                if attempt == _RETRIES - 1:
                    raise
            else:
                return

    def _eliminate(self, columns: Array, rows: Array) -> None:
        """Factor the system, without links that do not matter."""
        self.system.factor(columns, rows, self.negligible)

    def _direction(self, cl: Array, cu: Array, refinements: int = _REFINEMENTS) -> Direction:
        """Return the Newton step that changes products by ``cl`` and ``cu``."""
        loose, n = self.p.loose, self.n
        xi = cl / self.sl - cu / self.su - self.rd
        r = self.rp.copy()
        r[loose] += self.slack[loose] * xi[n:]
        y, prices = self._solve(xi[:n], r, refinements)
        w = np.concatenate([y, self.slack[loose] * (xi[n:] - prices[loose])])
        sl, su = np.where(self.has_low, w, 0.0), np.where(self.has_high, -w, 0.0)
        return Direction(w, prices, (cl - self.zl * sl) / self.sl, (cu - self.zu * su) / self.su)

    def _rise(self, d: Direction) -> Array:
        """Return by how much a step moves away from the lower limits."""
        return np.where(self.has_low, d.w, 0.0)

    def _fall(self, d: Direction) -> Array:
        """Return by how much a step moves away from the upper limits."""
        return np.where(self.has_high, -d.w, 0.0)

    def _solve(self, xi: Array, r: Array, refinements: int) -> tuple[Array, Array]:
        """Solve the Newton system, refined towards the one without added terms.

        Refinement takes the correction with the least residual (the generalised
        conjugate residuals of Eisenstat, Elman and Schultz 1983), and corrections
        found for one direction of a step serve the others.
        """
        n = self.n
        enough = _LOOSE * min(1.0, max(self.primal, self.dual))
        enough = max(1e-12, 1e-3 * min(self.product, 1e-2), enough)
        step = np.concatenate(self.system.solve(xi, r))
        if not refinements:
            return step[:n], step[n:]
        aim = np.concatenate([xi, r])
        left = aim - self._newton(step)
        if self.found:
            for move, effect in self.found:
                length = effect @ left
                left -= length * effect
                step += length * move
            left = aim - self._newton(step)  # free of rounding carried along
        error = float(np.abs(left).max(initial=0.0))
        for _ in range(refinements):
            if not error > enough:
                break
            move, effect = self._correction(left)
            length = effect @ left
            left -= length * effect
            step += length * move
            before, error = error, float(np.abs(left).max(initial=0.0))
            if not error < before:
                break
        if error > _POOR * enough:  # too much was left out
            self.negligible *= 1e-2
        return step[:n], step[n:]

    def _correction(self, left: Array) -> tuple[Array, Array]:
        """Return a correction and its effect, of length 1 and at right angles to the others."""
        move = np.concatenate(self.system.solve(left[: self.n], left[self.n :]))
        effect = self._newton(move)
        for other, known in self.found:
            part = known @ effect
            effect -= part * known
            move -= part * other
        length = float(np.sqrt(effect @ effect))
        if length > 0.0:
            effect /= length
            move /= length
            self.found.append((move, effect))
        return move, effect

    def _newton(self, step: Array) -> Array:
        """Return the Newton system's left side, without the terms added to it."""
        y, prices = step[: self.n], step[self.n :]
        first = self.theta[: self.n] * y - self.system.worths(prices)
        return np.concatenate([first, self.system.amounts(y) + self.slack * prices])

    def _steps(self, d: Direction) -> tuple[float, float]:
        """Return the longest steps of amounts and of prices, 1 at most."""
        return (
            min(_longest(self.sl, self._rise(d)), _longest(self.su, self._fall(d))),
            min(_longest(self.zl, d.zl), _longest(self.zu, d.zu)),
        )

    def _products(self, d: Direction, a: float, b: float) -> tuple[Array, Array]:
        """Return the products of slack and price after steps of these lengths."""
        return (
            (self.sl + a * self._rise(d)) * (self.zl + b * d.zl),
            (self.su + a * self._fall(d)) * (self.zu + b * d.zu),
        )


def _longest(x: Array, change: Array) -> float:
    falls = change < 0.0
    return float((x[falls] / -change[falls]).min(initial=1.0))


def _back(products: Array, target: float) -> Array:
    """Return the change that brings products back towards the target, bounded below."""
    back = np.clip(products, 0.1 * target, 10.0 * target) - products
    return np.maximum(back, -10.0 * target)
