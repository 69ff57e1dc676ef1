"""What one more unit of a condition is worth, on either side, and over which range.

The largest aim is a concave, piecewise linear function of the right-hand side of a
row or of the limit of an activity. At a vertex with basis matrix B a step d of the
limit moves the basic variables by d times the solution of B z = e; the price holds
until the first of them meets its own limit. Where the plan is degenerate the vertex
admits no step to one side, and the price of that side is that of the next vertex,
found by solving again from the basis.
"""

from __future__ import annotations

import dataclasses
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csc_array, eye_array, hstack
from scipy.sparse.linalg import splu

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InputError
from conjuncture.plan.conditions.all import KINDS
from conjuncture.plan.prices import price_unit
from conjuncture.plan.programme.kinds import Kind
from conjuncture.plan.programme.model import Model
from conjuncture.plan.programme.outcome import Outcome
from conjuncture.plan.solve import optimise

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_STEP = 1e-4
_SAME = 1e-7
_NONE = 1e-9
_FEASIBLE = 1e-8
_SHRINK = 40
_PIECES = 30


@dataclass(frozen=True)
class Sensitivity:
    """The worth of one more and one less unit of a condition.

    Attributes
    ----------
    kind, label, year
        The condition: a key of :data:`conjuncture.plan.prices.KINDS`, the product,
        sector or kind of labour, and the year.
    sense : str
        One more unit of what.
    unit : str
        Unit of that amount.
    price_unit : str
    price : float
        The shadow price of the plan.
    more, less : float
        Change of the aim per unit for a small step up, and loss per unit for a small
        step down (money of discounted consumption per unit); ``more <= less``.
        ``less`` is infinite where no plan is left with less, ``more`` is minus
        infinite where none is left with more.
    up, down : float
        Largest steps over which ``more`` and ``less`` hold (unit); infinite without end.
    degenerate : bool
        Whether ``more`` and ``less`` differ.
    """

    kind: str
    label: str
    year: int
    sense: str
    unit: str
    price_unit: str
    price: float
    more: float
    less: float
    up: float
    down: float
    degenerate: bool

    def __str__(self) -> str:
        where = " ".join(part for part in (self.kind, self.label, str(self.year)) if part)
        if self.degenerate:
            return (
                f"{where}: {self.sense} is worth {self.more:.4g} (up to {self.up:.4g} "
                f"{self.unit} more), one less costs {self.less:.4g} (down to {self.down:.4g} less)"
            )
        return (
            f"{where}: {self.sense} is worth {self.more:.4g}, from {self.down:.4g} less to "
            f"{self.up:.4g} {self.unit} more"
        )

    def as_dict(self) -> dict[str, object]:
        """Return the sensitivity as plain data; an infinite number becomes None."""
        return {
            key: None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in asdict(self).items()
        }


def sensitivity(solution: Solution, kind: str, label: str, year: int) -> Sensitivity:
    """Say what one more unit of a condition is worth, and over which range.

    Parameters
    ----------
    solution : Solution
        An optimal plan.
    kind : str
        A key of :data:`conjuncture.plan.prices.KINDS`.
    label : str
        Product, sector or kind of labour; empty where the kind has none.
    year : int

    Returns
    -------
    Sensitivity
        Derivatives on both sides and the steps over which they hold.

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.
    InputError
        If there is no such condition, with the nearest names.

    Notes
    -----
    T. Gal (1979), Postoptimal Analyses, Parametric Programming and Related Topics;
    B. Jansen, J. J. de Jong, C. Roos and T. Terlaky (1997), Sensitivity analysis in
    linear programming: just be careful!, European Journal of Operational Research 101,
    for why both sides and degenerate vertices need care.
    """
    solution.require_optimal()
    return _measure(solution, _vertex(solution), _find(solution, kind, label, year))


def sensitivities(solution: Solution, count: int = 10) -> pd.DataFrame:
    """Return the sensitivity of the most valuable bottlenecks.

    Returns
    -------
    DataFrame
        One row for each, the most valuable first, with the attributes of
        :class:`Sensitivity` as columns.

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.
    """
    solution.require_optimal()
    vertex = _vertex(solution)
    found = solution.bottlenecks(count)
    places = zip(found["kind"], found["label"], found["year"], strict=True)
    rows = [
        asdict(_measure(solution, vertex, _find(solution, kind, label, int(year))))
        for kind, label, year in places
    ]
    return pd.DataFrame(rows, columns=[f.name for f in dataclasses.fields(Sensitivity)])


# Where a condition stands ----------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """A limit of a programme: a row's or a column's."""

    kind: Kind
    name: str
    position: int
    label: int
    year: int

    @property
    def is_row(self) -> bool:
        return self.kind.part == "row"


def _find(solution: Solution, kind: str, label: str, year: int) -> _Place:
    p, model = solution.problem, solution.model
    faults = Faults(p.name)
    if kind not in KINDS:
        faults.unknown("kind", kind, KINDS, field="kind")
        raise InputError(faults)
    of = KINDS[kind]
    source = model.rows if of.part == "row" else model.columns
    if of.block not in source.blocks or not source.blocks[of.block].index.size:
        faults.add("the plan has no such condition", "choose another kind", field=kind)
        raise InputError(faults)
    block = source.blocks[of.block]
    names = [*block.names, ""]
    known = [names[i] for i in np.unique(block.label)]
    years = sorted({p.years[0] + int(t) for t in block.year.ravel()})
    years = years[:1] if of.part == "start" else years
    if label not in known:
        faults.unknown(f"label of {kind}", label, known, field="label")
    if year not in years:
        span = f"{years[0]}-{years[-1]}"
        faults.add(f"{kind} has no such year", f"give one of {span}", field="year", value=year)
    faults.raise_if_any()
    at = names.index(label) if label else -1
    found = block.index[(block.label == at) & (block.year == year - p.years[0])]
    if not found.size:
        faults.add("the plan has no such condition", "choose another year", field=f"{kind} {label}")
        raise InputError(faults)
    return _Place(of, kind, int(found.ravel()[0]), at, year)


def _shifted(model: Model, place: _Place, step: float) -> Model:
    """Return the programme with ``step`` more (scaled) of what the kind's sense names."""
    change = step * (place.kind.sign if place.is_row else 1.0)
    names: tuple[str, ...] = ("row_lower", "row_upper") if place.is_row else ("lower", "upper")
    if place.kind.part in ("upper", "lower"):
        names = (place.kind.part,)
        change = step * place.kind.sign
    limits = {name: getattr(model, name).copy() for name in names}
    for values in limits.values():
        values[place.position] += change
    return dataclasses.replace(model, **limits)


# Vertices --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Vertex:
    """An optimal vertex: its basis, factorised once for every question."""

    model: Model
    outcome: Outcome
    basic: npt.NDArray[np.int64]
    factors: Any

    def price(self, place: _Place) -> float:
        """Change of the scaled aim per scaled unit of what the sense names."""
        if place.is_row:
            return float(place.kind.sign * self.outcome.row_duals[place.position])
        column = self.model.matrix[:, [place.position]].toarray().ravel()
        reduced = float(self.model.cost[place.position] - column @ self.outcome.row_duals)
        if place.kind.part == "upper":
            return max(reduced, 0.0)
        return -min(reduced, 0.0) if place.kind.part == "lower" else reduced

    def range(self, place: _Place) -> tuple[float, float]:
        """Return steps (down, up; both 0 or more) over which this basis stays optimal."""
        model = self.model
        columns = model.columns.size
        own = place.position + (columns if place.is_row else 0)
        sign = float(place.kind.sign) if place.is_row or place.kind.part != "start" else 1.0
        values = np.concatenate([self.outcome.values, model.matrix @ self.outcome.values])
        low = np.concatenate([model.lower, model.row_lower])
        high = np.concatenate([model.upper, model.row_upper])
        if own in self.basic or not self._at_limit(place, values[own], low[own], high[own]):
            return self._slack(place, values[own], low[own], high[own], sign)
        if place.is_row:
            right = np.zeros(model.rows.size)
            right[place.position] = 1.0
        else:
            right = -model.matrix[:, [place.position]].toarray().ravel()
        move = sign * self.factors.solve(right)
        at, lo, hi = values[self.basic], low[self.basic], high[self.basic]
        up = _reach(at, lo, hi, move)
        down = _reach(at, lo, hi, -move)
        if place.kind.part in ("upper", "lower"):  # a limit cannot pass its opposite
            down = min(down, float(high[own] - low[own]))
        return down, up

    def _at_limit(self, place: _Place, at: float, low: float, high: float) -> bool:
        """Whether the variable rests on the limit that is moved."""
        if place.kind.part == "start" or low == high:
            return not (place.kind.part in ("upper", "lower") and self.price(place) == 0.0)
        limit = high if place.kind.sign > 0 else low
        return abs(at - limit) <= _FEASIBLE

    def _slack(
        self, place: _Place, at: float, low: float, high: float, sign: float
    ) -> tuple[float, float]:
        """Return steps of a limit that does not bind."""
        limit = high if place.kind.sign > 0 else low
        room = sign * (limit - at) if np.isfinite(limit) else np.inf
        return max(room, 0.0), np.inf


def _reach(at: Array, low: Array, high: Array, move: Array) -> float:
    """Largest step in a direction before a basic variable meets a limit."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rising = np.where(move > _NONE, (high - at) / move, np.inf)
        falling = np.where(move < -_NONE, (low - at) / move, np.inf)
    return float(max(0.0, min(rising.min(initial=np.inf), falling.min(initial=np.inf))))


def _vertex(solution: Solution) -> _Vertex:
    """Return the vertex of a solution, solving again where it has no basis."""
    outcome = solution.outcome
    if outcome.basis is None:
        outcome = optimise(solution.model, "simplex")
    return _factorised(solution.model, outcome)


def _factorised(model: Model, outcome: Outcome) -> _Vertex:
    held = highspy.HighsBasisStatus.kBasic
    states = [*outcome.basis.col_status, *outcome.basis.row_status]
    basic = np.flatnonzero([state == held for state in states])
    whole = hstack([model.matrix, -eye_array(model.rows.size)], format="csc")
    return _Vertex(model, outcome, basic, splu(csc_array(whole[:, basic])))


# Measuring -------------------------------------------------------------------------


def _measure(solution: Solution, vertex: _Vertex, place: _Place) -> Sensitivity:
    model = solution.model
    scales = model.row_scale if place.is_row else model.column_scale
    scale = float(scales[place.position])
    worth = model.aim_scale / scale
    more, up = _side(vertex, place, 1.0)
    less, down = _side(vertex, place, -1.0)
    block = (model.rows if place.is_row else model.columns).blocks[place.kind.block]
    unit = block.unit(place.label)
    return Sensitivity(
        kind=place.name,
        label=block.name(place.label),
        year=place.year,
        sense=f"one more unit of {place.kind.sense}",
        unit=unit,
        price_unit=price_unit(model.aim_unit, unit),
        price=vertex.price(place) * worth + 0.0,
        more=more * worth + 0.0,
        less=less * worth + 0.0,
        up=up * scale,
        down=down * scale,
        degenerate=bool(abs(more - less) > _SAME * max(1e-3, abs(more))),
    )


def _side(vertex: _Vertex, place: _Place, side: float) -> tuple[float, float]:
    """Return the derivative on one side (1 up, -1 down) and the step over which it holds."""
    reach = vertex.range(place)[side > 0]
    if reach > _FEASIBLE:
        price = vertex.price(place)
    else:
        price, reach = _next(vertex, place, side, 0.0)
    for _ in range(_PIECES):  # the next vertex may have the same price
        if not np.isfinite(reach) or not np.isfinite(price):
            break
        following, end = _next(vertex, place, side, reach)
        if abs(following - price) > _SAME * max(1e-3, abs(price)) or end <= reach + _FEASIBLE:
            break
        reach = end
    return price, reach


def _next(vertex: _Vertex, place: _Place, side: float, after: float) -> tuple[float, float]:
    """Return price and end of the piece that begins ``after`` a step on one side."""
    step = max(_STEP, 0.01 * after)
    price, end = -side * np.inf, after
    for _ in range(_SHRINK):
        found = _probe(vertex, place, side * (after + step))
        if found is None:  # no plan so far out, perhaps one nearer
            step *= 0.1
            if step < _FEASIBLE:
                break
            continue
        down, up = found.range(place)
        back, ahead = (down, up) if side > 0 else (up, down)
        price, end = found.price(place), after + step + ahead
        if back >= step - 10 * _FEASIBLE or step < 10 * _FEASIBLE:
            break
        step = max((step - back) / 2, 5 * _FEASIBLE)
    return price, end


def _probe(vertex: _Vertex, place: _Place, step: float) -> _Vertex | None:
    """Solve again from the basis with a limit moved; None where no plan is left."""
    model = _shifted(vertex.model, place, step)
    outcome = optimise(model, "simplex", vertex.outcome.basis)
    return _factorised(model, outcome) if outcome.status == "optimal" else None
