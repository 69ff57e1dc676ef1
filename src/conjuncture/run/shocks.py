"""Shocks: levers that a scenario sets at dates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pydantic import Field

from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.core.sources import sources
from conjuncture.core.state import Variable, levers

Array = npt.NDArray[np.float64]


class Shock(Record):
    """A lever set for some years: an event outside the model, or a policy.

    Attributes
    ----------
    lever : str
        A variable of the kind ``lever``.
    year, until : int
        First and last year in which it holds; one year without ``until``.
    territory, partner : tuple of str
        Where it acts; ``partner`` for levers of pairs.
    value : float
        In the lever's unit.
    values : mapping of str to float
        For levers of pairs, a value for each partner in place of ``partner`` and ``value``.
    times : float
        What the value or values are multiplied by: the year's share of a sum, or units
        of the lever's per unit of the figures given.
    source : str
        Origin card of a recorded event; empty where it is a supposition.
    reason : str
        Why it is set.
    """

    lever: str
    year: int
    until: int | None = None
    territory: tuple[str, ...]
    partner: tuple[str, ...] = ()
    value: float = 1.0
    values: dict[str, float] = Field(default_factory=dict)
    times: float = 1.0
    source: str = ""
    reason: str = ""

    @property
    def by_partner(self) -> dict[str, float]:
        """Value by partner in the lever's unit; empty for levers of territories."""
        given = self.values or dict.fromkeys(self.partner, self.value)
        return {code: self.times * value for code, value in given.items()}

    def holds(self, year: int) -> bool:
        """Return whether it acts in a year."""
        return self.year <= year <= (self.until or self.year)


def check_shocks(shocks: Sequence[Shock], territories: Sequence[str], faults: Faults) -> None:
    """Record a fault for each lever, territory or value of a shock that makes no sense.

    Parameters
    ----------
    shocks : sequence of Shock
    territories : sequence of str
        Codes of the run.
    faults : Faults
        What is found is added to it.
    """
    known = levers()
    for k, item in enumerate(shocks):
        field = f"shocks.{k}"
        if item.lever not in known:
            faults.unknown("lever", item.lever, known, field=f"{field}.lever")
            continue
        _check_places(item, known[item.lever], territories, field, faults)
        _check_values(item, known[item.lever], field, faults)
        if item.until is not None and item.until < item.year:
            faults.add(
                "ends before it starts",
                "mend year or until",
                field=f"{field}.until",
                value=item.until,
            )
        if item.source and item.source not in sources():
            faults.unknown("source", item.source, sources(), field=f"{field}.source")
        if not item.source and not item.reason:
            faults.add("has neither source nor reason", "give one", field=field, value=item.lever)


def _check_places(
    item: Shock, lever: Variable, territories: Sequence[str], field: str, faults: Faults
) -> None:
    for code in (*item.territory, *item.partner, *item.values):
        if code not in territories:
            faults.unknown("territory", code, territories, field=field)
    if not item.territory:
        faults.add("names no territory", "name one or more", field=f"{field}.territory")
    if item.values and item.partner:
        faults.add(
            "has partners beside values by partner",
            "give one of the two",
            field=f"{field}.partner",
            value=item.lever,
        )
    if ("partner" in lever.dims) != bool(item.partner or item.values):
        faults.add(
            "is a lever of pairs and needs a partner, or one of territories and has none",
            "give or remove the partner",
            field=f"{field}.partner",
            value=item.lever,
        )


def _check_values(item: Shock, lever: Variable, field: str, faults: Faults) -> None:
    low, high = lever.limits
    for code, value in (item.by_partner or {"": item.times * item.value}).items():
        if not low <= value <= high:
            faults.add(
                "is beyond the values that make sense",
                f"give a number from {low:g} to {high:g} ({lever.unit})",
                field=f"{field}.values.{code}" if item.values else f"{field}.value",
                value=value,
            )


def lever_values(
    shocks: Sequence[Shock], year: int, territories: Sequence[str]
) -> dict[str, Array]:
    """Return the levers of a year: neutral, or as the shocks that hold set them.

    Where two shocks set the same lever at the same place in the same year, the
    later in the list holds. A territory is no partner of itself.

    Parameters
    ----------
    shocks : sequence of Shock
    year : int
    territories : sequence of str

    Returns
    -------
    dict of arrays (territories,) or (territories, territories)
        In the unit of each lever.
    """
    at = {code: k for k, code in enumerate(territories)}
    found = {
        name: np.full([len(at)] * len(item.dims), item.neutral) for name, item in levers().items()
    }
    for shock in shocks:
        if not shock.holds(year):
            continue
        value = found[shock.lever]
        rows = [at[code] for code in shock.territory]
        if value.ndim == 1:
            value[rows] = shock.times * shock.value
        for code, amount in shock.by_partner.items():
            value[[row for row in rows if row != at[code]], at[code]] = amount
    return found
