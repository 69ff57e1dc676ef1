"""Changes of single figures of a problem, by name, label and year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from pydantic import Field
from scipy.sparse import csc_array, issparse, lil_array

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan import checks
from conjuncture.plan.keys import Amounts, Labels, Years, key
from conjuncture.plan.problem import Problem

ARRAYS: dict[str, tuple[str, str]] = {
    "output": ("money/year", "output of the base year"),
    "coefficients": ("1", "product ('of') used per unit of output of a sector ('sector')"),
    "consumption": ("money/year", "consumption bundle of the base year"),
    "consumption_floor": ("base year = 1", "least consumption level"),
    "public": ("money/year", "public consumption"),
    "military": ("money/year", "military claims"),
    "inventories": ("money/year", "additions to inventories"),
    "investment_claims": ("money/year", "investment outside the plan's own building"),
    "composition": ("1", "product ('of') per unit of outlay on capital"),
    "capital": ("money", "stock in use at the start of the first year"),
    "capital_output": ("years", "capital needed per unit of yearly output"),
    "depreciation": ("1/year", "share of the stock that wears out in a year"),
    "works": ("money", "works begun before the plan, by the year from which they are in use"),
    "damaged": ("money", "damaged stock at the start that can be restored"),
    "availability": ("1", "share of the capacity that may be used"),
    "terminal_relief": ("money", "capital that need not be left, by year after the plan"),
    "labour_coefficients": ("labour/money", "labour ('of') per unit of output of a 'sector'"),
    "labour_available": ("labour", "labour to be had, by kind ('of')"),
    "exports_low": ("money/year", "least exports"),
    "exports_high": ("money/year", "largest exports"),
    "imports_low": ("money/year", "least imports"),
    "imports_high": ("money/year", "largest imports"),
    "trade_balance": ("money/year", "exports less imports that must be earned"),
    "transfers": ("money/year", "credits and aid received"),
}
"""What a change may name, with unit and meaning; the table's money and labour units."""

_FIRST_OF = {"K": "labour_kinds", "N": "sectors", "M": "sectors"}


class Change(Record):
    """One change of a problem's figures: by ``set``, ``add``, ``times`` or ``unlimited``."""

    what: str = Field(
        description="Which figures: "
        + "; ".join(f"{key} ({text}, {unit})" for key, (unit, text) in ARRAYS.items()),
        json_schema_extra={"enum": list(ARRAYS), "unit": ""},
    )
    of: Labels | None = key(
        None, "", "Product, sector or kind of labour, one or a list; null: all."
    )
    sector: Labels | None = key(
        None, "", "Using sector, for coefficients and labour_coefficients; null: all."
    )
    years: Years | None = key(
        None, "calendar year", "Year or years; null: all for which the figure stands."
    )
    set: Amounts | None = key(
        None, "that of the figure", "The new figure, one or one for each of the years."
    )
    add: Amounts | None = key(
        None, "that of the figure", "What to add, one figure or one for each of the years."
    )
    times: Amounts | None = key(
        None, "1", "What to multiply by, one figure or one for each of the years."
    )
    unlimited: bool = key(
        False, "", "Take the limit away, in place of a figure; for exports_high, imports_high."
    )
    reason: str = key("", "", "Why, in words; kept with the file.")

    @property
    def text(self) -> str:
        """The change in words."""
        verbs = {"set": "set to", "add": "changed by", "times": "times"}
        given = [(verb, getattr(self, key)) for key, verb in verbs.items()]
        done = " ".join(f"{verb} {_shown(value)}" for verb, value in given if value is not None)
        done += "unlimited" if self.unlimited else ""
        of = f" of {_shown(self.of)}" if self.of is not None else ""
        sector = f" in {_shown(self.sector)}" if self.sector is not None else ""
        years = f" {_shown(self.years)}" if self.years is not None else ""
        return f"{self.what}{of}{sector}{years} {done}"


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def changed(problem: Problem, changes: Sequence[Change | None], file: str = "changes") -> Problem:
    """Return a problem with changes made in order.

    Raises
    ------
    InputError
        With every fault: unknown figures, labels and years (with the nearest
        names), none or several of ``set, add, times``, figures out of range.
    """
    faults = Faults(file)
    arrays: dict[str, Array] = {}
    for k, change in enumerate(changes):
        where = f"changes.{k}"
        if change is None:
            continue
        if change.what not in ARRAYS:
            faults.unknown("figure", change.what, ARRAYS, field=f"{where}.what")
            continue
        before = len(faults)
        cells = _cells(problem, change, where, faults)
        how = _how(change, where, faults)
        if len(faults) == before:
            old = arrays.get(change.what, getattr(problem, change.what))
            arrays[change.what] = _apply(old, cells, change, how, where, faults)
    faults.raise_if_any()
    return problem.replace(**arrays) if arrays else problem


def _how(change: Change, where: str, faults: Faults) -> str:
    given = [name for name in ("set", "add", "times") if getattr(change, name) is not None]
    given += ["unlimited"] if change.unlimited else []
    if len(given) != 1:
        faults.add(
            "needs exactly one of set, add, times, unlimited",
            "give one of them",
            field=where,
            value=", ".join(given) or "none",
        )
        return ""
    if change.unlimited and change.what not in ("exports_high", "imports_high"):
        faults.add(
            f"{change.what} cannot be unlimited",
            "give a figure; only exports_high and imports_high can be",
            field=f"{where}.unlimited",
        )
    return given[0]


def _cells(problem: Problem, change: Change, where: str, faults: Faults) -> list[list[int]]:
    """Return the positions along every dimension of the array."""
    dimensions = checks.RULES[change.what][0]
    found: list[list[int]] = []
    named = {"years": change.years, "of": change.of, "sector": change.sector}
    used = set()
    for k, d in enumerate(dimensions):
        if d in "Thg":
            used.add("years")
            found.append(_years(problem, d, change.years, where, faults))
            continue
        name = "sector" if k and dimensions[k - 1] in "NK" else "of"
        used.add(name)
        known = getattr(problem, _FIRST_OF[d])
        if d == "M" and problem.composition.shape[1] == 1:
            used.discard(name)
            found.append([0])
        else:
            found.append(_places(named[name], known, f"{where}.{name}", faults))
    for name, value in named.items():
        if value is not None and name not in used:
            faults.add(
                f"{change.what} does not vary by {name}", "leave it out", field=f"{where}.{name}",
                value=value,
            )  # fmt: skip
    return found


def _places(given: Any, known: Sequence[str], field: str, faults: Faults) -> list[int]:
    if given is None:
        return list(range(len(known)))
    for label in given:
        if label not in known:
            faults.unknown("label", label, known, field=field)
    return [known.index(label) for label in given if label in known]


def _years(problem: Problem, d: str, given: Any, where: str, faults: Faults) -> list[int]:
    """Positions of years; works and terminal relief stand by years of their own."""
    g, first = problem.settings.gestation, problem.years[0]
    start = {"T": first, "h": first + 1, "g": first + problem.periods}[d]
    count = {"T": problem.periods, "h": g - 1, "g": g}[d]
    if given is None:
        return list(range(count))
    for year in given:
        if not start <= year < start + count:
            span = f"give years of {start}-{start + count - 1}" if count else "leave it out"
            faults.add("this figure has no such year", span, field=f"{where}.years", value=year)
    return [year - start for year in given if start <= year < start + count]


def _apply(
    old: Array, cells: list[list[int]], change: Change, how: str, where: str, faults: Faults
) -> Array:
    """Return a copy of an array with the cells changed."""
    value = np.full(1, np.inf) if how == "unlimited" else np.array(getattr(change, how))
    if value.size != 1 and (change.years is None or value.size != len(cells[0])):
        faults.add(
            f"has {value.size} figures for {len(change.years or ())} years",
            "give one figure, or name the years and give one for each",
            field=f"{where}.{how}",
            value=getattr(change, how),
        )
        return old
    value = value.reshape((-1,) + (1,) * (old.ndim - 1))
    at = np.ix_(*cells)
    if issparse(old):  # coefficients alone may be
        part = csc_array(old)[at].toarray()
        changed = value if how == "set" else part + value if how == "add" else part * value
        rows = lil_array(old)
        rows[at] = np.broadcast_to(changed, part.shape)
        sparse: Any = csc_array(rows)
        return cast(Array, sparse)
    new = np.array(old, dtype=np.float64)
    if how in ("set", "unlimited"):
        new[at] = value
    elif how == "add":
        new[at] += value
    else:
        with np.errstate(over="ignore"):  # what is not finite is refused with the problem
            new[at] *= value
    return new
