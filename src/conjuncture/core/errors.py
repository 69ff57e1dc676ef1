"""Errors that name file, field, value and remedy, and report all faults at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeVar

T = TypeVar("T")


def nearest(name: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Return the known names closest to a misspelt one.

    Parameters
    ----------
    name : str
        The name that was not found.
    known : iterable of str
        The names that exist.
    count : int
        How many to return at most.

    Returns
    -------
    tuple of str
        Closest first; empty where nothing is close.
    """
    lowered = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower(), list(lowered), n=count, cutoff=0.5)
    return tuple(lowered[match] for match in close)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input, and what to do about it.

    Attributes
    ----------
    problem : str
        What is wrong, in one sentence without a final stop.
    remedy : str
        What the user can do.
    file, field : str, optional
        Where it stands: the file or table, and the cell, key or label in it.
    value : str, optional
        The offending value as text.
    nearest : tuple of str
        Existing names close to a misspelt one.
    """

    problem: str
    remedy: str
    file: str | None = None
    field: str | None = None
    value: str | None = None
    nearest: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.file, self.field) if part)
        text = f"{where}: {self.problem}" if where else self.problem
        if self.value is not None:
            text += f" (value: {self.value})"
        if self.nearest:
            text += f"; did you mean {', '.join(self.nearest)}?"
        return f"{text} Remedy: {self.remedy}" if self.remedy else text

    def as_dict(self) -> dict[str, object]:
        """Return the fault as plain data, for ``--json``."""
        return {
            "problem": self.problem,
            "remedy": self.remedy,
            "file": self.file,
            "field": self.field,
            "value": self.value,
            "nearest": list(self.nearest),
        }


class ConjunctureError(Exception):
    """Base of every error that this package raises on purpose.

    Parameters
    ----------
    faults : Fault or iterable of Fault
        Everything that is wrong; the message lists all of it.
    """

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[Fault, ...]]]:
        """Keep the faults on the way from a worker process."""
        return type(self), (self.faults,)


class InputError(ConjunctureError):
    """A file, table, option or name that was given is not usable."""


class InfeasibleError(ConjunctureError):
    """A plan was asked for that no choice of variables can meet."""


class CircularError(ConjunctureError):
    """Mechanisms read each other's results within one year."""


@dataclass
class Faults:
    """Collects faults so that a check can report all of them at once."""

    file: str | None = None
    found: list[Fault] = field(default_factory=list)

    def add(
        self,
        problem: str,
        remedy: str,
        *,
        field: str | None = None,
        value: object = None,
        nearest: tuple[str, ...] = (),
    ) -> None:
        """Record one fault of this collector's file."""
        text = None if value is None else str(value)
        self.found.append(Fault(problem, remedy, self.file, field, text, nearest))

    def unknown(self, kind: str, name: str, known: Iterable[str], *, field: str) -> None:
        """Record a name that does not exist, with the nearest ones that do."""
        names = list(known)
        self.add(
            f"unknown {kind} {name!r}",
            f"use one of: {', '.join(sorted(names)[:12])}{' ...' if len(names) > 12 else ''}"
            if names
            else f"there is no {kind} here to choose from",
            field=field,
            value=name,
            nearest=nearest(name, names),
        )

    def extend(self, faults: Iterable[Fault]) -> None:
        """Add faults found elsewhere."""
        self.found.extend(faults)

    def raise_if_any(self, error: type[ConjunctureError] = InputError) -> None:
        """Raise ``error`` with everything found, if anything was.

        Raises
        ------
        ConjunctureError
            Of the type given, with all the faults.
        """
        if self.found:
            raise error(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.found)


def lookup(kind: str, name: str, known: Mapping[str, T], file: str | None = None) -> T:
    """Return what stands under a name.

    Raises
    ------
    InputError
        If nothing does; the nearest names are given.
    """
    if name not in known:
        faults = Faults(file)
        faults.unknown(kind, name, known, field=kind)
        raise InputError(faults)
    return known[name]
