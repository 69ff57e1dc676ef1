"""Units of a run: which state files become its economies and its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from conjuncture.core.errors import Faults
from conjuncture.core.files import Record, content_root, read_yaml
from conjuncture.data.state_model import State
from conjuncture.data.states import states

ALL = "all"
"""In a scenario: every unit of the state files."""


class Joined(Record):
    """Several files taken as one economy."""

    title: str
    of: tuple[str, ...]


class UnitList(Record):
    """The file of units."""

    divided: dict[str, tuple[str, ...]]
    joined: dict[str, Joined]
    left_out: dict[str, str]


@dataclass(frozen=True)
class Unit:
    """One economy of a run.

    Attributes
    ----------
    code, title : str
    states : tuple of State
        The files that it is made of: one, or those that are joined.
    """

    code: str
    title: str
    states: tuple[State, ...]


@cache
def _list() -> UnitList:
    return read_yaml(content_root() / "units.yaml", UnitList)


@cache
def units() -> dict[str, Unit]:
    """Return every economy that a run can have, by code, sorted."""
    given, known = _list(), states()
    split = {code for codes in given.divided.values() for code in codes}
    whole = [
        code
        for code, item in known.items()
        if item.parent is None and code not in given.divided and code not in given.left_out
    ]
    found = {}
    for code in sorted({*whole, *split}):
        joined = given.joined.get(code)
        own = tuple(known[part] for part in joined.of) if joined else (known[code],)
        found[code] = Unit(code, joined.title if joined else own[0].title, own)
    return found


def resolve(territories: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of a scenario's territories, sorted.

    Parameters
    ----------
    territories : sequence of str
        Codes, or :data:`ALL` alone.

    Raises
    ------
    InputError
        If a code is no unit; the nearest are given.
    """
    if tuple(territories) == (ALL,):
        return tuple(units())
    faults = Faults()
    for code in territories:
        if code not in units():
            faults.unknown("territory", code, units(), field="territories")
    if not territories or len(set(territories)) != len(territories):
        faults.add("is empty, or names a territory twice", "mend the list", field="territories")
    faults.raise_if_any()
    return tuple(sorted(territories))


def parts(territories: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of the files that lie within the economies of a run, sorted."""
    return tuple(
        sorted(
            code
            for code, item in states().items()
            if item.parent in territories and code not in territories
        )
    )
