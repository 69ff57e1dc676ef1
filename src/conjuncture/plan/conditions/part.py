"""What a condition of a plan is: its records, its check, its blocks and their prices.

A condition is one file of this folder. It defines the records that a problem file
names, a function that checks them against a problem, one that adds columns and rows,
and a :class:`Part` that says how its prices and its slacks are read. Columns enter
product balances by way of the row block ``product``; whatever they bring or take is
then shown in the balances under the name of the block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Faults
from conjuncture.plan.programme.kinds import Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder


@dataclass(frozen=True)
class Column:
    """How a block of columns reads.

    Attributes
    ----------
    title : str
        What its amounts are.
    resource, use : str
        What it brings to and takes from product balances is called; empty where it
        never does.
    """

    title: str
    resource: str = ""
    use: str = ""


@dataclass(frozen=True)
class Part:
    """A condition: where it stands in a problem file, and what it adds to a programme.

    Attributes
    ----------
    name : str
        Field of :class:`conjuncture.plan.conditions.all.Conditions`.
    check : callable
        Records faults of the condition's records, given problem, records and faults.
    build : callable
        Adds the condition's columns and rows to a builder.
    kinds : mapping of str to Kind
        Its shadow prices.
    slacks : mapping of str to Slack
        By block of rows, how they yield where a plan is infeasible.
    columns : mapping of str to Column
        Its blocks of columns.
    prepare : callable, optional
        Changes the builder before any block is built: the bundle of the consumption
        level, the share of trade with no partner named.
    joint : callable, optional
        Returns the products (N x N) that come with a unit of output of each sector;
        balances show them under the part's name.
    resolve : callable, optional
        Fills in, from a table, what records leave open; returns them and records faults.
    """

    name: str
    check: Callable[[Problem, Any, Faults], None]
    build: Callable[[Builder, Any], None]
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    slacks: Mapping[str, Slack] = field(default_factory=dict)
    columns: Mapping[str, Column] = field(default_factory=dict)
    prepare: Callable[[Builder, Any], None] | None = None
    joint: Callable[[Problem, Any], Array] | None = None
    resolve: Callable[[Table, Any, Faults], Any] | None = None


@dataclass(frozen=True)
class Relief:
    """A limit of a condition moved by ``amount``: rows ``block`` of a year and a label."""

    block: str
    year: int
    label: str
    amount: float


class Reader:
    """Turns labels and figures of records into positions and arrays, collecting faults."""

    def __init__(self, problem: Problem, faults: Faults, where: str) -> None:
        self.p, self.faults, self.where = problem, faults, where

    def field(self, name: str) -> str:
        """Return the place of a key, for a fault."""
        return f"{self.where}.{name}" if name else self.where

    def place(self, label: str, known: Sequence[str], what: str, name: str) -> int:
        """Return the position of a label; -1 and a fault where it is unknown."""
        if label in known:
            return known.index(label)
        self.faults.unknown(what, label, known, field=self.field(name))
        return -1

    def places(
        self, labels: Sequence[str], known: Sequence[str], what: str, name: str
    ) -> list[int]:
        """Return the positions of labels that are known; each other one is a fault."""
        found = [self.place(label, known, what, name) for label in labels]
        return [place for place in found if place >= 0]

    def product(self, label: str, name: str) -> int:
        """Return the position of a product."""
        return self.place(label, self.p.sectors, "product", name)

    def labour(self, label: str, name: str) -> int:
        """Return the position of a kind of labour."""
        return self.place(label, self.p.labour_kinds, "kind of labour", name)

    def vector(self, values: Mapping[str, float], name: str) -> Array:
        """Return figures by product as an array (N), 0 for products not named."""
        found = np.zeros(self.p.size)
        for label, value in values.items():
            at = self.product(label, f"{name}.{label}")
            if at >= 0:
                found[at] = value
        return found

    def years(self, values: Sequence[float], name: str) -> Array:
        """Return one figure or one for each year as an array (T)."""
        if len(values) not in (1, self.p.periods):
            self.faults.add(
                f"has {len(values)} figures for {self.p.periods} years",
                "give one figure, or one for each year",
                field=self.field(name),
                value=", ".join(f"{value:g}" for value in values),
            )
            return np.zeros(self.p.periods)
        return np.broadcast_to(np.array(values, np.float64), self.p.periods)

    def year(self, year: int | None, name: str) -> int:
        """Return the position of a calendar year; 0 where none is given."""
        if year is None:
            return 0
        if year in self.p.years:
            return self.p.years.index(year)
        first, last = self.p.years[0], self.p.years[-1]
        self.faults.add(
            "lies outside the plan", f"give a year of {first}-{last}", field=self.field(name),
            value=year,
        )  # fmt: skip
        return 0

    def positive(self, values: Mapping[str, float], name: str) -> None:
        """Record every figure below zero."""
        for label, value in values.items():
            if value < 0:
                self.faults.add(
                    "is negative", "give 0 or more", field=self.field(f"{name}.{label}"),
                    value=value,
                )  # fmt: skip


def reader(problem: Problem, part: str, number: int | None = None) -> Reader:
    """Return a reader for building, when everything has been checked before."""
    where = f"conditions.{part}" + (f".{number}" if number is not None else "")
    return Reader(problem, Faults(problem.name), where)


def once(names: Sequence[str], faults: Faults, where: str, of: str = "name") -> None:
    """Record names that stand twice; ``of`` is the key that holds them."""
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add("stands twice", f"give every {of} once", field=f"{where}.{of}", value=name)
