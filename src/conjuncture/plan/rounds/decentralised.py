"""Two-level planning: the centre allots quotas, the sectors answer with shadow prices.

The scheme is that of Kornai and Liptak (1965): the centre divides what it has at its
disposal among the sectors; each sector, which alone knows its capital, works out how far
it can meet its quota and answers with the shadow prices of the quota. Where Kornai and
Liptak let the centre learn by fictitious play, whose gap falls slowly, it learns here from
all answers at once, as in ten Kate (1972) and Benders (1962): each set of prices is a
condition that later quotas must meet. That gives the bound from above; the bound from
below is the best plan put together from what the sectors answered that they can do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from scipy.sparse import block_array, csc_array, csr_array

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InfeasibleError, InputError
from conjuncture.plan.checks import require_plain
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.layout import Index
from conjuncture.plan.programme.model import Model, build
from conjuncture.plan.rounds.levels import (
    TOLERANCE,
    Ledger,
    Negotiation,
    Programme,
    columns_of,
    labels_of,
    rows_of,
)

SCHEME = "the centre allots quotas, the sectors answer with shadow prices"
_OWN_COLUMNS = ("building", "capital", "damaged", "restoration")
_OWN_ROWS = ("accumulation", "capacity", "terminal", "decay", "restorable")
_CUT = 1e-10
_MIX = 0.5
"""Where the centre asks: this far from the best plan found towards its own optimum, as the
in-out rule of Ben-Ameur and Neto (2007) has it."""


@dataclass(frozen=True)
class _Split:
    """A plan divided into what the centre decides and what each sector decides.

    ``centre`` and ``own`` are columns of the model; ``quota`` (sector x quota) are positions
    among the centre's columns and funds: output and funds of every year.
    """

    model: Model
    centre: Index
    own: Index
    sectors: Index
    funds_begun: Array
    outlay_rows: Index
    shared_rows: Index
    sector_rows: Index
    spending: csr_array

    @property
    def years(self) -> int:
        return self.model.problem.periods


def kornai_liptak(
    problem: Problem, *, rounds: int = 200, tolerance: float = TOLERANCE
) -> Negotiation:
    """Plan in rounds of quotas and shadow prices.

    In each round the centre allots every sector with known capital its output of each year,
    with the materials, labour and imports that it takes by the reported norms, and the funds
    for its outlays on capital. Each sector looks for the building that meets its quota with
    the least shortfall, and answers with the shadow prices of its quota and with what it can
    do instead. Accumulation, capacity, restoration and terminal capital are known to the
    sector alone; the balances, trade and rules of pace to the centre.

    Parameters
    ----------
    problem : Problem
    rounds : int
        Most rounds.
    tolerance : float
        Relative gap of the bounds at which to end (1).

    Returns
    -------
    Negotiation
        With the bounds of every round: ``upper`` from the prices answered, ``lower`` from
        the best plan made of what the sectors can do.

    Raises
    ------
    InputError
        If rounds or tolerance are unusable.
    InfeasibleError
        If the prices prove that there is no plan at all.

    Notes
    -----
    J. Kornai and T. Liptak (1965), Two-Level Planning, Econometrica 33: 141-169.
    A. ten Kate (1972), Decomposition of Linear Programs by Direct Distribution,
    Econometrica 40: 883-898. J. F. Benders (1962), Partitioning Procedures for Solving
    Mixed-Variables Programming Problems, Numerische Mathematik 4: 238-252.
    """
    require_plain(problem, "two-level planning")
    model = build(problem)
    ledger = Ledger(model, tolerance, rounds)
    split = _split(model)
    centre, team = _Centre(split), _Sectors(split)
    possible = _Possible(split)
    centre.run()
    inside: Array | None = None
    for _ in range(rounds):
        ledger.upper = min(ledger.upper, centre.aim)
        out = centre.quotas
        asked = out if inside is None else inside + _MIX * (out - inside)
        cuts = team.answer(asked, centre)
        possible.add(team)
        if not cuts and inside is not None:
            cuts = team.answer(out, centre)  # what lies between could be met: ask for all
            possible.add(team)
        if possible.run():
            ledger.found(possible.aim, possible.plan())
            inside = possible.quotas
        if ledger.close():
            break
        centre.run()
    return ledger.result(SCHEME)


def _split(model: Model) -> _Split:
    p, t = model.problem, model.problem.periods
    own = columns_of(model, *_OWN_COLUMNS)
    centre = np.setdiff1d(np.arange(model.columns.size), own)
    sectors = model.columns.blocks["building"].label[0]
    if not sectors.size:
        faults = Faults(p.name)
        faults.add(
            "no sector has known capital, so the centre decides all by itself",
            "give capital and capital_output, or use plan.solve",
            field="capital_output",
        )
        raise InputError(faults)
    sector_rows = rows_of(model, *_OWN_ROWS)
    outlay = model.rows.blocks["outlay"]
    shared = np.setdiff1d(np.arange(model.rows.size), np.append(sector_rows, outlay.index))
    g = p.settings.gestation
    begun = np.zeros((t, sectors.size))
    for h in range(min(g - 1, t)):
        begun[: h + 1] += p.works[h][sectors] / g
    for h in range(t, g - 1):
        begun += p.works[h][sectors] / g
    return _Split(
        model=model,
        centre=centre,
        own=own,
        sectors=sectors,
        funds_begun=begun / model.row_scale[outlay.index.ravel()[0]],
        outlay_rows=outlay.index,
        shared_rows=shared,
        sector_rows=sector_rows,
        spending=_spending(model, own, sectors),
    )


def _spending(model: Model, own: Index, sectors: Index) -> csr_array:
    """Return outlays by year and sector (rows, year first) per unit of the own columns."""
    outlay = model.rows.blocks["outlay"]
    part = -model.matrix[outlay.index.ravel()][:, own]
    part = part.tocoo()
    _, label = labels_of(model, "columns")
    place = np.full(model.problem.size, -1)
    place[sectors] = np.arange(sectors.size)
    year = outlay.year.ravel()[part.coords[0]]
    row = year * sectors.size + place[label[own[part.coords[1]]]]
    shape = (model.problem.periods * sectors.size, own.size)
    return csr_array((part.data, (row, part.coords[1])), shape=shape)


def _refuse(model: Model, problem: str) -> NoReturn:
    faults = Faults(model.problem.name)
    remedy = "solve the plan at once (plan.solve) to see what contradicts"
    faults.add(problem, remedy, field="status")
    raise InfeasibleError(faults)


class _Centre:
    """Balances, trade and consumption, and the prices that the sectors answered."""

    def __init__(self, split: _Split) -> None:
        m, self.split = split.model, split
        t, n = split.years, split.sectors.size
        position = np.full(m.columns.size, -1)
        position[split.centre] = np.arange(split.centre.size)
        self.output = position[m.columns["output"][:, split.sectors]]
        self.funds = split.centre.size + np.arange(t * n).reshape(t, n)
        self.matrix, self.low, self.high = self._rows()
        self.cost = np.append(m.cost[split.centre], np.zeros(t * n))
        self.lower = np.append(m.lower[split.centre], split.funds_begun.ravel())
        self.upper = np.append(m.upper[split.centre], np.full(t * n, np.inf))
        self.programme = self.relaxation()

    def _rows(self) -> tuple[csc_array, Array, Array]:
        """Return shared rows and, for outlays, the sum of the funds allotted."""
        split, m = self.split, self.split.model
        t, n = split.years, split.sectors.size
        shared = m.matrix[split.shared_rows][:, split.centre]
        outlay = m.matrix[split.outlay_rows.ravel()][:, split.centre]
        rows, columns = np.broadcast_arrays(self._outlay_row(), np.arange(t * n).reshape(t, n))
        minus = csr_array(
            (-np.ones(t * n), (rows.ravel(), columns.ravel())),
            shape=(split.outlay_rows.size, t * n),
        )
        matrix = block_array([[shared, None], [outlay, minus]], format="csc")
        zero = np.zeros(split.outlay_rows.size)
        low = np.append(m.row_lower[split.shared_rows], zero)
        return csc_array(matrix), low, np.append(m.row_upper[split.shared_rows], zero)

    def _outlay_row(self) -> Index:
        """Return the outlay row of every year and sector."""
        rows = self.split.outlay_rows
        place = np.arange(rows.size).reshape(rows.shape)
        return place[:, self.split.sectors] if rows.shape[1] > 1 else place

    def relaxation(self) -> Programme:
        """Return the programme that knows nothing yet of the sectors' capital."""
        return Programme(self.matrix, self.cost, (self.lower, self.upper), (self.low, self.high))

    def run(self) -> None:
        """Find the quotas that are best by all prices answered so far."""
        if not self.programme.run():
            _refuse(
                self.split.model, "no quotas meet every condition, or nothing limits consumption"
            )
        values = self.programme.values
        self.aim = float(self.cost @ values)
        self.quotas = np.stack([values[self.output], values[self.funds]])


class _Sectors:
    """All sectors at once: their programmes share nothing, so one call solves them all."""

    def __init__(self, split: _Split) -> None:
        m, self.split = split.model, split
        t, n = split.years, split.sectors.size
        own = m.matrix[split.sector_rows][:, split.own]
        outputs = m.columns["output"][:, split.sectors].ravel()
        self.by_output = csr_array(m.matrix[split.sector_rows][:, outputs])
        self.low, self.high = m.row_lower[split.sector_rows], m.row_upper[split.sector_rows]
        wants = np.flatnonzero(np.diff(self.by_output.indptr) > 0)
        short = self._slack(wants, np.where(np.isfinite(self.low[wants]), 1.0, -1.0), own.shape[0])
        funds = np.arange(t * n)
        more, less = (self._slack(funds, np.full(t * n, s), t * n) for s in (1.0, -1.0))
        matrix = block_array(
            [[own, short, None, None], [split.spending, None, more, less]], format="csc"
        )
        slacks = wants.size + 2 * t * n
        cost = np.append(np.zeros(split.own.size), -np.ones(slacks))
        lower = np.append(m.lower[split.own], np.zeros(slacks))
        upper = np.append(m.upper[split.own], np.full(slacks, np.inf))
        rows = np.append(self.low, np.zeros(t * n)), np.append(self.high, np.zeros(t * n))
        self.programme = Programme(csc_array(matrix), cost, (lower, upper), rows)
        self.owner = self._owners(wants)

    @staticmethod
    def _slack(rows: Index, sign: Array, height: int) -> csr_array:
        return csr_array((sign, (rows, np.arange(rows.size))), shape=(height, rows.size))

    def _owners(self, wants: Index) -> Index:
        """Return the sector (place) of every shortfall."""
        n, t = self.split.sectors.size, self.split.years
        _, label = labels_of(self.split.model, "rows")
        place = np.full(self.split.model.problem.size, -1)
        place[self.split.sectors] = np.arange(n)
        funds = np.tile(np.arange(n), t)
        return np.concatenate([place[label[self.split.sector_rows[wants]]], funds, funds])

    def answer(self, quotas: Array, centre: _Centre) -> int:
        """Let the sectors answer; add their prices to the centre's conditions, count them."""
        split, own = self.split, self.split.own.size
        x, v = quotas[0].ravel(), quotas[1].ravel()
        shift = self.by_output @ x
        rows = np.arange(self.low.size + v.size)
        spend = v - split.funds_begun.ravel()
        low, high = np.append(self.low - shift, spend), np.append(self.high - shift, spend)
        self.programme.row_limits(rows, low, high)
        if not self.programme.run():
            _refuse(split.model, "a sector's own conditions contradict each other")
        values, price = self.programme.values, -self.programme.duals
        self.values = values[:own]
        n = split.sectors.size
        short = np.bincount(self.owner, values[own:], minlength=n)
        # A shortfall of a quota q is at least short + worth . (q - asked).
        worth_x = (-(self.by_output.T @ price[: self.low.size])).reshape(quotas[0].shape)
        worth_v = price[self.low.size :].reshape(quotas[1].shape)
        bad = np.flatnonzero(short > _CUT)
        if bad.size:
            at = (worth_x * quotas[0] + worth_v * quotas[1]).sum(axis=0)
            places = np.concatenate([centre.output[:, bad], centre.funds[:, bad]]).T
            worths = np.concatenate([worth_x[:, bad], worth_v[:, bad]]).T
            row = np.repeat(np.arange(bad.size), places.shape[1])
            shape = (bad.size, centre.cost.size)
            cuts = csr_array((worths.ravel(), (row, places.ravel())), shape=shape)
            cuts.eliminate_zeros()
            limit = at[bad] - short[bad]
            centre.programme.add_rows(np.full(bad.size, -np.inf), limit, cuts)
        return int(bad.size)


class _Possible:
    """The best plan made of averages of what each sector answered that it can do."""

    def __init__(self, split: _Split) -> None:
        self.split, self.centre = split, _Centre(split)
        c, n, t = self.centre, split.sectors.size, split.years
        m = split.model
        capacity = rows_of(m, "capacity", "terminal")
        self.promises = capacity
        # shared rows | promises on output | funds = spending | weights add to 1
        outputs = m.columns["output"][:, split.sectors].ravel()
        by_output = csr_array(m.matrix[capacity][:, outputs]).tocoo()
        self.rows = c.matrix.shape[0]
        wide = csr_array(
            (by_output.data, (by_output.coords[0], c.output.ravel()[by_output.coords[1]])),
            shape=(capacity.size, c.cost.size),
        )
        funds = csr_array(
            (np.ones(t * n), (np.arange(t * n), c.funds.ravel())), shape=(t * n, c.cost.size)
        )
        matrix = block_array(
            [[c.matrix], [wide], [funds], [csr_array((n, c.cost.size))]], format="csc"
        )
        begun = split.funds_begun.ravel()
        low = np.concatenate([c.low, m.row_lower[capacity], begun, np.ones(n)])
        high = np.concatenate([c.high, m.row_upper[capacity], begun, np.ones(n)])
        self.programme = Programme(csc_array(matrix), c.cost, (c.lower, c.upper), (low, high))
        self.answers: list[Array] = []
        _, label = labels_of(m, "columns")
        place = np.full(m.problem.size, -1)
        place[split.sectors] = np.arange(n)
        self.place = place[label[split.own]]
        own = m.matrix[capacity][:, split.own]
        self.effect = csr_array(block_array([[own], [-split.spending]], format="csr"))

    def add(self, team: _Sectors) -> None:
        """Add the buildings of all sectors in the last answer."""
        n, own = self.split.sectors.size, self.split.own.size
        each = csr_array((team.values, (np.arange(own), self.place)), shape=(own, n))
        usage = block_array(
            [[csr_array((self.rows, n))], [self.effect @ each], [csr_array(np.eye(n))]],
            format="csc",
        )
        self.programme.add_columns(np.zeros(n), csc_array(usage))
        self.answers.append(team.values)

    def run(self) -> bool:
        """Find the best plan; return whether there is one."""
        if not self.programme.run():
            return False
        self.all = self.programme.values
        c = self.centre
        self.aim = float(c.cost @ self.all[: c.cost.size])
        self.quotas = np.stack([self.all[c.output], self.all[c.funds]])
        return True

    def plan(self) -> Array:
        """Return the plan in all columns of the model."""
        y, c = np.zeros(self.split.model.columns.size), self.centre
        y[self.split.centre] = self.all[: self.split.centre.size]
        weights = self.all[c.cost.size :].reshape(len(self.answers), -1)
        y[self.split.own] = sum(
            answer * weights[k][self.place] for k, answer in enumerate(self.answers)
        )
        return y
