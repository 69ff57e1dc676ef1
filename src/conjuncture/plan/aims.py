"""What a plan aims at: levels in lexicographic order, each a weighted sum of plain aims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InputError
from conjuncture.core.files import Record, validate
from conjuncture.plan.conditions.part import key

if TYPE_CHECKING:
    from conjuncture.plan.builder import Builder
    from conjuncture.plan.layout import Index
    from conjuncture.plan.problem import Problem


class Aim(Record):
    """One level of what a plan aims at; what is not named has no weight.

    The weighted sum of a level's aims is made as large as can be. With several aims
    in one level a weight is what one unit of that aim is worth in the table's money.
    """

    title: str = key("", "", "What the level is called.")
    consumption: float = key(
        0.0,
        "1",
        "Weight of discounted balanced consumption (table's money): base-year consumption times "
        "the consumption level, a year's weight falling by the setting discount.",
        ge=0.0,
    )
    terminal_capital: float = key(
        0.0,
        "1",
        "Weight of the capital in use at the end of the plan and of what has been paid for "
        "works in progress then (table's money).",
        ge=0.0,
    )
    least_labour: float = key(
        0.0,
        "money per unit of labour",
        "Weight against discounted labour of all kinds (their units).",
        ge=0.0,
    )
    slack: float = key(
        0.0,
        "1",
        "Share of this level's optimum that the levels after it may give up.",
        ge=0.0,
        le=1.0,
    )

    @property
    def weights(self) -> dict[str, Any]:
        """Aims with a weight, by name."""
        names = [name for name in type(self).model_fields if name in TERMS]
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    @property
    def name(self) -> str:
        """The title, or else the names of the aims."""
        return self.title or ", ".join(name.replace("_", " ") for name in self.weights)


BALANCED = (Aim(consumption=1.0),)
"""The aim of a plan that names none: discounted balanced consumption."""


@dataclass(frozen=True)
class Goal:
    """A level as a row of a scaled programme.

    Attributes
    ----------
    name : str
    cost : array, columns
        Change of the scaled aim by one scaled unit of each column.
    scale : float
        Amount of the aim that a scaled unit stands for.
    unit : str
        Unit of a change for the better, as prices have it.
    amount_unit : str
        Unit of the amount.
    least : bool
        Whether the amount is to be least.
    slack : float
        Share that later levels may give up.
    """

    name: str
    cost: Array
    scale: float
    unit: str
    amount_unit: str
    least: bool
    slack: float

    def amount(self, values: Array) -> float:
        """Return the amount at a point of the scaled programme (``amount_unit``)."""
        return float(self.cost @ values) * (-self.scale if self.least else self.scale) + 0.0


Pieces = Iterator[tuple["Index", Any]]
"""Positions of columns, and what one unit (amount) of each adds to an aim."""


def _discounts(builder: Builder) -> Array:
    return np.asarray(builder.rules.discount ** np.arange(builder.t))


def _consumption(builder: Builder, weight: float) -> Pieces:
    worth = weight * float(builder.p.consumption.sum())
    yield builder.s, worth * _discounts(builder)


def _terminal_capital(builder: Builder, weight: float) -> Pieces:
    t, g = builder.t, builder.g
    yield builder.k[t], weight
    for year in range(max(0, t - g + 1), t):  # the share of each building paid by the end
        yield builder.u[year], weight * (t - year) / g
    each = np.arange(t)[:, None]
    for capital, building, gestation in builder.other_capital:
        yield capital[t], weight
        paid = np.where(each + gestation > t, (t - each) / gestation, 0.0)
        yield building, weight * paid


def _least_labour(builder: Builder, weight: float) -> Pieces:
    per_output = builder.p.labour_coefficients.sum(axis=1)
    yield builder.x, -weight * _discounts(builder)[:, None] * per_output
    for columns, per_unit in builder.other_labour:
        yield columns, -weight * _discounts(builder)[:, None] * per_unit


TERMS: Mapping[str, Any] = {
    "consumption": _consumption,
    "terminal_capital": _terminal_capital,
    "least_labour": _least_labour,
}
"""What each plain aim adds up, by its name in :class:`Aim`."""

_UNITS = {
    "consumption": "{unit} of discounted consumption",
    "terminal_capital": "{unit} of capital left",
    "least_labour": "{labour} of discounted labour",
}
LEAST = frozenset({"least_labour"})
"""Aims of which as little as can be is wanted."""


def of(given: Sequence[Aim | Mapping[str, Any]] | None) -> tuple[Aim, ...]:
    """Return levels from records or plain data; balanced consumption where none is given.

    Raises
    ------
    InputError
        With every unknown key and unusable value.
    """
    if given is None:
        return BALANCED
    faults, found = Faults("aims"), []
    for k, aim in enumerate(given):
        try:
            found.append(aim if isinstance(aim, Aim) else validate(aim, Aim, f"aims.{k}"))
        except InputError as error:
            faults.extend(error.faults)
    faults.raise_if_any()
    return tuple(found)


def check(problem: Problem, faults: Faults) -> None:
    """Record every fault of a problem's aims."""
    if not problem.aims:
        faults.add("a plan needs an aim", "name at least one level of aims", field="aims")
    for k, aim in enumerate(problem.aims):
        if not aim.weights:
            faults.add(
                "the level aims at nothing",
                f"give a weight to one of: {', '.join(TERMS)}",
                field=f"aims.{k}",
            )
        if aim.least_labour and not problem.labour_kinds:
            faults.add(
                "the plan has no labour to save",
                "name labour_kinds that the table has, or another aim",
                field=f"aims.{k}.least_labour",
            )


def goals(builder: Builder, column_scale: Array) -> tuple[Goal, ...]:
    """Return the levels of a problem as rows of its scaled programme."""
    return tuple(_goal(builder, aim, column_scale) for aim in builder.p.aims)


def _goal(builder: Builder, aim: Aim, column_scale: Array) -> Goal:
    worth = np.zeros(column_scale.size)
    for name, weight in aim.weights.items():
        for index, amount in TERMS[name](builder, weight):
            np.add.at(worth, index, np.broadcast_to(amount, np.shape(index)))
    scale = _scale(builder, aim)
    unit, amount = units_of(builder.p, aim)
    least = all(name in LEAST for name in aim.weights)
    return Goal(aim.name, worth * column_scale / scale, scale, unit, amount, least, aim.slack)


def _scale(builder: Builder, aim: Aim) -> float:
    """Amount of an aim that stands for 1 in the scaled programme."""
    if set(aim.weights) == {"least_labour"}:
        return aim.least_labour * float(max(builder.labour.sum(), 1e-300))
    return float(builder.p.consumption.sum())


def units_of(problem: Problem, aim: Aim) -> tuple[str, str]:
    """Return the unit of a change for the better of a level's aim, and of its amount."""
    names: Sequence[str] = list(aim.weights)
    if len(names) != 1 or aim.weights[names[0]] != 1.0:
        unit = f"{problem.unit} of the weighted aim"
        return unit, unit
    labour = " and ".join(dict.fromkeys(problem.labour_units))
    unit = _UNITS[names[0]].format(unit=problem.unit, labour=labour)
    return (f"{unit} saved" if names[0] in LEAST else unit), unit
