"""Rules by which gaps in the figures of states are filled; each stands in one file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import Record, content_root, read_records
from conjuncture.core.sources import sources

Basis = Literal["observed", "donor-scaled", "ruled"]
"""Observed by the source named; scaled from donors; or set by a rule alone."""


class Rule(Record):
    """One way to fill a gap.

    Attributes
    ----------
    id, title : str
        Name, equal to the file's name, and what it gives in a few words.
    basis : str
        What a figure filled by it counts as: ``donor-scaled`` or ``ruled``.
    description, formula : str
        What is done and why; the formula in plain letters.
    sources : tuple of str
        Origin cards of the figures that enter.
    donors : tuple of str
        Whose figures were used, where it has donors of its own.
    parameters : mapping of str to float
        Numbers of the formula that were computed from the donors.
    spread : float, optional
        Standard deviation of the logarithm of a figure around its median; of a growth
        or a rating from 0 to 1, of the figure itself.
    spread_from : str
        How the spread was found, or why it is assumed.
    structural : str
        Why figures observed after 1945 may enter; empty where none does.
    """

    id: str
    title: str
    basis: Literal["donor-scaled", "ruled"]
    description: str
    formula: str
    sources: tuple[str, ...] = ()
    donors: tuple[str, ...] = ()
    parameters: dict[str, float] = Field(default_factory=dict)
    spread: float | None = Field(default=None, gt=0)
    spread_from: str = ""
    structural: str = ""


@cache
def rules() -> Mapping[str, Rule]:
    """Return every shipped rule by id.

    Raises
    ------
    InputError
        As :func:`load_rules`.
    """
    return MappingProxyType(load_rules(content_root() / "rules"))


def load_rules(folder: Path) -> dict[str, Rule]:
    """Read and check the rules of a folder.

    Raises
    ------
    InputError
        With all faults of all files: wrong keys, an id other than the file's
        name, an unknown card, a spread without its reason.
    """
    faults = Faults()
    found = read_records(sorted(folder.glob("*.yaml")), Rule, _check, faults)
    faults.raise_if_any()
    return {rule.id: rule for rule in found}


def rule(identifier: str) -> Rule:
    """Return one rule.

    Raises
    ------
    InputError
        If there is no such rule; the nearest names are given.
    """
    return lookup("rule", identifier, rules())


def _check(rule: Rule, stem: str, faults: Faults) -> None:
    if rule.id != stem:
        faults.add("id differs from the file's name", f"set id: {stem}", field="id", value=rule.id)
    for card in rule.sources:
        if card not in sources():
            faults.unknown("source", card, sources(), field="sources")
    if rule.spread is not None and not rule.spread_from.strip():
        faults.add("a spread needs its reason", "say how it was found", field="spread_from")
