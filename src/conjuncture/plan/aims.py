"""What a plan aims at: levels in lexicographic order, each a weighted sum of plain aims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InputError
from conjuncture.core.files import Record, validate
from conjuncture.plan.conditions import ceilings, targets
from conjuncture.plan.keys import key

if TYPE_CHECKING:
    from conjuncture.plan.conditions.all import Conditions
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder
    from conjuncture.plan.programme.layout import Index


Weight = Annotated[float, Field(ge=0.0)]


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
        "the consumption level, a year's weight falling by the setting discount; with groups of "
        "households, what they consume at their weights; less the cost of overtime.",
        ge=0.0,
    )
    wants: float = key(
        0.0,
        "1",
        "Weight of discounted additional consumption (table's money) at the weights that the "
        "condition wants gives it; less the cost of overtime where no level aims at consumption.",
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
    least_emissions: dict[str, Weight] = key(
        {},
        "money per unit of the satellite",
        "Weights against discounted amounts of satellites counted under ceilings, by name.",
    )
    targets: int = key(
        0,
        "",
        "Priority of the targets whose misses, each relative to its target and times its weight, "
        "are made least; 0: none. Years are not discounted. With other aims in the level, a "
        "whole miss counts as a year's base consumption.",
        ge=0,
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
        found = {name: getattr(self, name) for name in names}
        return {name: value for name, value in found.items() if _counts(value)}

    @property
    def name(self) -> str:
        """The title, or else the names of the aims."""
        return self.title or ", ".join(name.replace("_", " ") for name in self.weights)


def _counts(weight: Any) -> bool:
    """Whether a weight, or any of several by name, is not 0."""
    return any(weight.values()) if isinstance(weight, Mapping) else bool(weight)


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
Columns = Sequence[tuple["Index", Any]]


def _discounts(builder: Builder) -> Array:
    return np.asarray(builder.rules.discount ** np.arange(builder.t))


def _consumption(builder: Builder, weight: float) -> Pieces:
    yield builder.s, weight * builder.worth * _discounts(builder)
    yield from _yearly(builder, builder.consumed, weight)


def _wants(builder: Builder, weight: float) -> Pieces:
    yield from _yearly(builder, builder.wanted, weight)


def _yearly(builder: Builder, columns: Columns, weight: float) -> Pieces:
    """Discount what columns (T x any) of conditions add to an aim in each year."""
    for index, amount in columns:
        yield index, weight * _discounts(builder)[:, None] * amount


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


def _least_emissions(builder: Builder, weights: Mapping[str, float]) -> Pieces:
    block = builder.columns.blocks["satellite"]
    for name, weight in weights.items():
        yield block.index[:, block.names.index(name)], -weight * _discounts(builder)


def _targets(builder: Builder, priority: int) -> Pieces:
    for index, weight in targets.misses(builder, priority):
        yield index, -weight


TERMS: Mapping[str, Any] = {
    "consumption": _consumption,
    "wants": _wants,
    "terminal_capital": _terminal_capital,
    "least_labour": _least_labour,
    "least_emissions": _least_emissions,
    "targets": _targets,
}
"""What each plain aim adds up, by its name in :class:`Aim`."""

_UNITS = {
    "targets": "weighted relative misses",
    "consumption": "{unit} of discounted consumption",
    "wants": "{unit} of discounted weighted consumption",
    "terminal_capital": "{unit} of capital left",
    "least_labour": "{labour} of discounted labour",
}
LEAST = frozenset({"least_labour", "least_emissions", "targets"})
"""Aims of which as little as can be is wanted."""


def default(conditions: Conditions) -> tuple[Aim, ...]:
    """Return the levels of a plan that names none: its targets, then balanced consumption.

    Targets come by priority, the smallest number first.
    """
    priorities = sorted({target.priority for target in conditions.targets})
    levels = [Aim(title=f"targets of priority {k}", targets=k) for k in priorities]
    return (*levels, *BALANCED)


def of(
    given: Sequence[Aim | Mapping[str, Any]] | None, conditions: Conditions | None = None
) -> tuple[Aim, ...]:
    """Return levels from records or plain data; those of :func:`default` where none is given.

    Raises
    ------
    InputError
        With every unknown key and unusable value.
    """
    if given is None:
        return BALANCED if conditions is None else default(conditions)
    faults, found = Faults("aims"), []
    for k, aim in enumerate(given):
        try:
            found.append(aim if isinstance(aim, Aim) else validate(aim, Aim, f"aims.{k}"))
        except InputError as error:
            faults.extend(error.faults)
    faults.raise_if_any()
    return tuple(found)


def reference() -> list[Mapping[str, str]]:
    """Return every key of a level of aims with unit, default and description, in order."""
    rows: list[Mapping[str, str]] = []
    for name, info in Aim.model_fields.items():
        extra = info.json_schema_extra
        assert isinstance(extra, dict)
        rows.append(
            {
                "aim": name,
                "default": repr(info.default),
                "unit": str(extra["unit"]),
                "description": str(info.description),
            }
        )
    return rows


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
        if aim.wants and not problem.conditions.wants:
            faults.add(
                "the plan has no wants",
                "name wants among the conditions, or another aim",
                field=f"aims.{k}.wants",
            )
        if aim.least_labour and not problem.labour_kinds:
            faults.add(
                "the plan has no labour to save",
                "name labour_kinds that the table has, or another aim",
                field=f"aims.{k}.least_labour",
            )
        counted = [ceiling.name for ceiling in problem.conditions.ceilings]
        for name in aim.least_emissions:
            if name not in counted:
                faults.unknown("satellite", name, counted, field=f"aims.{k}.least_emissions")
        known = sorted({target.priority for target in problem.conditions.targets})
        if aim.targets and aim.targets not in known:
            faults.add(
                f"there are no targets of priority {aim.targets}",
                f"name one of: {', '.join(map(str, known))}" if known else "name targets",
                field=f"aims.{k}.targets",
                value=aim.targets,
            )


def goals(builder: Builder, column_scale: Array) -> tuple[Goal, ...]:
    """Return the levels of a problem as rows of its scaled programme."""
    return tuple(_goal(builder, aim, column_scale) for aim in builder.p.aims)


def _goal(builder: Builder, aim: Aim, column_scale: Array) -> Goal:
    worth = np.zeros(column_scale.size)
    for name, weight in aim.weights.items():
        mixed = name == "targets" and len(aim.weights) > 1
        whole = float(builder.p.consumption.sum()) if mixed else 1.0
        for index, amount in TERMS[name](builder, weight):
            np.add.at(worth, index, np.broadcast_to(whole * amount, np.shape(index)))
    for index, amount in _yearly(builder, builder.borne, -_bears(builder, aim)):
        np.add.at(worth, index, np.broadcast_to(amount, np.shape(index)))
    scale = _scale(builder, aim)
    unit, amount = units_of(builder.p, aim)
    least = all(name in LEAST for name in aim.weights)
    return Goal(aim.name, worth * column_scale / scale, scale, unit, amount, least, aim.slack)


def _bears(builder: Builder, aim: Aim) -> float:
    """Return the weight at which a level bears the cost of overtime: once in a plan's aims."""
    if any(other.consumption for other in builder.p.aims):
        return aim.consumption
    return aim.wants


def _scale(builder: Builder, aim: Aim) -> float:
    """Amount of an aim that stands for 1 in the scaled programme."""
    if set(aim.weights) == {"least_labour"}:
        return aim.least_labour * float(max(builder.labour.sum(), 1e-300))
    if set(aim.weights) == {"targets"}:
        return 1.0
    if set(aim.weights) == {"least_emissions"}:
        p = builder.p
        return sum(
            aim.least_emissions.get(ceiling.name, 0.0) * ceilings.scale(p, k)
            for k, ceiling in enumerate(p.conditions.ceilings)
        )
    return float(builder.p.consumption.sum())


def units_of(problem: Problem, aim: Aim) -> tuple[str, str]:
    """Return the unit of a change for the better of a level's aim, and of its amount."""
    names: Sequence[str] = list(aim.weights)
    if names == ["least_emissions"] and list(aim.least_emissions.values()) == [1.0]:
        (name,) = aim.least_emissions
        units = {ceiling.name: ceiling.unit for ceiling in problem.conditions.ceilings}
        amount = f"{units[name]} of discounted {name}"
        return f"{amount} saved", amount
    if len(names) != 1 or (names != ["targets"] and aim.weights[names[0]] != 1.0):
        unit = f"{problem.unit} of the weighted aim"
        return unit, unit
    labour = " and ".join(dict.fromkeys(problem.labour_units))
    unit = _UNITS[names[0]].format(unit=problem.unit, labour=labour)
    return (f"{unit} saved" if names[0] in LEAST else unit), unit
