"""Participatory planning: councils answer indicative prices with proposals.

After Albert and Hahnel (1991): a facilitation board announces indicative prices, worker
councils (one for each sector) and consumer councils answer with proposals, and the board
moves prices with excess demand until proposals fit together. Raising each price a little
where demand exceeds supply need not converge in a linear economy, for a proposal jumps
where a price crosses cost. The board here follows a published scheme that does converge:
it remembers all proposals, looks for the prices that would reconcile their averages, and
moves part of the way there from the best it has announced (Wentges 1997), no price by more
than a step (the boxstep method of Marsten, Hogan and Blankenship 1975, in the form for
columns of du Merle et al. 1999).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import block_array, coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InfeasibleError
from conjuncture.plan.checks import require_plain
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.layout import Index
from conjuncture.plan.programme.model import Model, build
from conjuncture.plan.rounds.implied import implied
from conjuncture.plan.rounds.levels import (
    PRIMAL,
    TOLERANCE,
    Ledger,
    Negotiation,
    Programme,
    labels_of,
    rows_of,
)

SCHEME = "a board announces prices, councils answer with proposals"
_SHARED = ("product", "outlay", "labour")
_STEP = 3.0
"""Largest move of a price that the board considers, relative to it and the mean of its kind."""

_MIX = 0.4
"""The board announces prices this far from the best to those that would reconcile all
proposals (Wentges 1997); chosen by trial on the tables shipped: 0.2 to 0.6 took about as
many rounds, 1 several times as many."""


def participatory(
    problem: Problem, *, rounds: int = 300, tolerance: float = TOLERANCE
) -> Negotiation:
    """Plan in rounds of indicative prices and proposals.

    The board announces a price for every product, kind of labour and for investment in each
    year, first those of the base year, discounted. Each worker council proposes the output,
    building and inputs of its sector that are worth most at these prices, within its own
    capital and pace; a consumer council proposes the consumption of each year; a trade
    council exports, imports and reserves; an investment council puts investment goods
    together. No council sees another's conditions.

    Parameters
    ----------
    problem : Problem
        Labour or trade must limit every sector, so that no council proposes without end.
    rounds : int
        Most rounds.
    tolerance : float
        Relative gap of the bounds at which to end (1).

    Returns
    -------
    Negotiation
        With the bounds of every round: ``upper`` from the prices announced (what all councils'
        proposals are worth at them), ``lower`` from the best averages of proposals that fit
        together.

    Raises
    ------
    InputError
        If rounds or tolerance are unusable, or a council could propose without end.
    InfeasibleError
        If no plan can exist, since the conditions leave a quantity no room.

    Notes
    -----
    M. Albert and R. Hahnel (1991), The Political Economy of Participatory Economics,
    Princeton. R. Marsten, W. Hogan and J. Blankenship (1975), The Boxstep Method for
    Large-Scale Optimization, Operations Research 23: 389-405. O. du Merle, D. Villeneuve,
    J. Desrosiers and P. Hansen (1999), Stabilized Column Generation, Discrete Mathematics
    194: 229-237. P. Wentges (1997), Weighted Dantzig-Wolfe Decomposition for Linear
    Mixed-Integer Programming, International Transactions in Operational Research 4: 151-162.
    The average of proposals: Dantzig and Wolfe (1960), Operations Research 8: 101-111.
    """
    require_plain(problem, "the iteration of councils")
    model = build(problem)
    ledger = Ledger(model, tolerance, rounds)
    councils = _Councils(model)
    board = _Board(councils)
    prices = best = indicative(model, councils.shared)
    step = _steps(best, model, councils.shared)
    for _ in range(rounds):
        worth = councils.propose(prices)
        if worth < ledger.upper:
            best, ledger.upper = prices, worth
        board.add(councils)
        if board.fits():
            ledger.found(board.aim, board.plan())
        if ledger.close():
            break
        prices = best + _MIX * (board.reconcile(best, step) - best)
    return ledger.result(SCHEME)


def indicative(model: Model, shared: Index) -> Array:
    """Return the first prices, as duals of the shared rows (scaled).

    A product is worth its base-year price, discounted; investment what its goods are worth;
    labour the base year's consumption divided by the labour of its kind that is available.
    """
    p, year = model.problem, np.arange(model.problem.periods)
    value = p.settings.discount**year
    duals = np.zeros(model.rows.size)
    rows = model.rows
    duals[rows["product"]] = -value[:, None]
    duals[rows["outlay"]] = -value[:, None]
    worth = p.consumption.sum() / max(len(p.labour_kinds), 1)
    duals[rows["labour"]] = value[:, None] * worth / np.maximum(p.labour_available, 1e-300)
    return np.asarray((duals * model.row_scale / model.aim_scale)[shared])


def _steps(prices: Array, model: Model, shared: Index) -> Array:
    """Return the largest move of every price: a share of it and of the mean of its kind."""
    mean = np.zeros(model.rows.size)
    wide = np.zeros(model.rows.size)
    wide[shared] = np.abs(prices)
    for name in _SHARED:
        index = model.rows[name]
        if index.size:
            mean[index] = wide[index].mean()
    return np.asarray(_STEP * (np.abs(prices) + mean[shared]))


class _Councils:
    """All councils; what only one of them knows is the part of the plan without shared rows."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.shared = rows_of(model, *_SHARED)
        private = np.setdiff1d(np.arange(model.rows.size), self.shared)
        own = csr_array(model.matrix[private])
        self.usage = csc_array(model.matrix[self.shared])
        self.council, self.count = _components(own)
        low, high = implied(model)
        self._check(low, high)
        self.programme = Programme(
            csc_array(own),
            model.cost,
            (low, high),
            (model.row_lower[private], model.row_upper[private]),
            strategy=PRIMAL,
        )
        self.low, self.high = model.row_lower[self.shared], model.row_upper[self.shared]

    def _check(self, low: Array, high: Array) -> None:
        faults = Faults(self.model.problem.name)
        year, label = labels_of(self.model, "columns")
        p = self.model.problem
        names = {int(i): name for name, block in self.model.columns for i in block.index.flat}
        for k in np.flatnonzero(~np.isfinite(low) | ~np.isfinite(high))[:5]:
            of = f", {p.sectors[label[k]]}" if label[k] >= 0 else ""
            faults.add(
                "nothing bounds this proposal",
                "give labour for every sector, or limits of trade",
                field=f"{names[int(k)]}[{p.years[0] + year[k]}{of}]",
            )
        faults.raise_if_any()
        if (low > high + 1e-6).any():
            faults.add(
                "the conditions leave a quantity no room, so there is no plan",
                "solve the plan at once (plan.solve) to see what contradicts",
                field="status",
            )
            raise InfeasibleError(faults)

    def propose(self, prices: Array) -> float:
        """Let all councils answer prices; return the bound on the aim that they prove."""
        reduced = self.model.cost - self.usage.T @ prices
        self.programme.costs(np.arange(reduced.size), reduced)
        if not self.programme.run():
            faults = Faults(self.model.problem.name)
            faults.add(
                "a council's own conditions contradict each other",
                "solve the plan at once (plan.solve) to see what contradicts",
                field="status",
            )
            raise InfeasibleError(faults)
        self.proposal = self.programme.values
        limit = np.where(prices > 0, self.high, self.low)
        at = float(prices[prices != 0] @ limit[prices != 0])
        return at + float(reduced @ self.proposal)


def _components(own: csr_array) -> tuple[npt.NDArray[np.int64], int]:
    """Return the council of every column and their number; what shares a condition is one."""
    rows, columns = own.shape
    part = own.tocoo()
    size = rows + columns
    links = coo_array(
        (np.ones(part.nnz), (part.coords[0], rows + part.coords[1])), shape=(size, size)
    )
    _, number = connected_components(csr_array(links), directed=False)
    _, council = np.unique(number[rows:], return_inverse=True)
    return council.astype(np.int64), int(council.max()) + 1


class _Board:
    """Averages of proposals: the best that fit together, and the prices that would fit them."""

    def __init__(self, councils: _Councils) -> None:
        self.c = councils
        height = councils.shared.size + councils.count
        one = np.ones(councils.count)
        rows = np.append(councils.low, one), np.append(councils.high, one)
        none = csc_array((height, 0))
        empty = np.zeros(0)
        self.exact = Programme(none, empty, (empty, empty), rows, strategy=PRIMAL)
        eye = csr_array(np.eye(councils.shared.size))
        none_of = csr_array((councils.count, 2 * councils.shared.size))
        slack = csc_array(block_array([[csc_array(block_array([[eye, -eye]]))], [none_of]]))
        wide = np.zeros(2 * councils.shared.size)
        self.eased = Programme(
            slack, wide, (wide, np.full(wide.size, np.inf)), rows, strategy=PRIMAL
        )
        self.proposals: list[Array] = []

    def add(self, councils: _Councils) -> None:
        """Add one proposal of every council."""
        n, k = councils.proposal.size, councils.count
        each = csr_array((councils.proposal, (np.arange(n), councils.council)), shape=(n, k))
        usage = csc_array(
            block_array([[councils.usage @ each], [csr_array(np.eye(k))]], format="csc")
        )
        cost = np.asarray(each.T @ councils.model.cost)
        self.exact.add_columns(cost, usage)
        self.eased.add_columns(cost, usage)
        self.proposals.append(councils.proposal)

    def fits(self) -> bool:
        """Look for the best averages that fit together; return whether any do."""
        found = self.exact.run()
        if found:
            self.aim, self.weights = self.exact.aim, self.exact.values
        return found

    def plan(self) -> Array:
        """Return the averages as columns of the model."""
        weights = self.weights.reshape(len(self.proposals), -1)
        council = self.c.council
        return np.asarray(
            sum(y * weights[k][council] for k, y in enumerate(self.proposals)), dtype=np.float64
        )

    def reconcile(self, best: Array, step: Array) -> Array:
        """Return the prices near ``best`` that come nearest to reconciling the proposals.

        A shortage on a row costs its price and the step, a surplus earns the price less the
        step; so the duals stay within the step of the best prices.
        """
        low, high = best - step, best + step
        high = np.where(np.isfinite(self.c.high), high, np.minimum(high, 0.0))
        low = np.where(np.isfinite(self.c.low), low, np.maximum(low, 0.0))
        high, low = np.maximum(high, low), np.minimum(high, low)
        n = best.size
        self.eased.costs(np.arange(2 * n), np.append(low, -high))
        if not self.eased.run():
            return best
        return np.clip(self.eased.duals[:n], low, high)
