"""A technique as a problem file names it: its record, its checks and its coefficients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions import capital
from conjuncture.plan.conditions.part import Reader, once, reader
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.dense import inputs
from conjuncture.plan.programme.layout import Index

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem

BASE = "base technique"
"""What a sector's technique in the table is called."""


class Technique(Record):
    """Another way to make the product of a sector, beside the table's own."""

    name: str = key(..., "", "What the technique is called.", min_length=1)
    sector: str = key(..., "", "Sector whose product it makes.")
    inputs: dict[str, float] | None = key(
        None, "1", "All inputs per unit of the product, by product; null: the sector's, changed "
        "by factors and differences.",
    )  # fmt: skip
    factors: dict[str, float] = key({}, "1", "Inputs relative to the sector's, by product.")
    differences: dict[str, float] = key(
        {}, "1", "What is added to the sector's inputs after factors, by product."
    )
    outputs: dict[str, float] = key(
        {}, "1", "Joint products per unit of the product, by product."
    )  # fmt: skip
    labour: dict[str, float] = key(
        {}, "labour per table's money",
        "Labour per unit in all years, by kind; kinds not named: the sector's.",
    )  # fmt: skip
    labour_factors: dict[str, float] = key(
        {}, "1", "Labour relative to the sector's of the same year, by kind."
    )
    capacity: float | None = key(
        None, "1", "Capacity of the sector that a unit takes; null: 1, or 0 with capital of its "
        "own.", ge=0.0,
    )  # fmt: skip
    capital_output: float | None = key(
        None, "years", "Capital of its own needed per unit of yearly output; null: none.", gt=0.0
    )
    opening_capital: float = key(
        0.0, "table's money", "Capital of its own in use at the start.", ge=0.0
    )
    depreciation: float | None = key(
        None, "1/year", "Wear of its own capital; null: the sector's.", ge=0.0, le=1.0
    )
    composition: dict[str, float] = key(
        {}, "1", "Products per unit of outlay on its own capital; none: the sector's."
    )
    available_from: int | None = key(
        None, "calendar year", "First year in which it can be used; null: the plan's first."
    )
    least: Amounts = key((0.0,), "table's money/year", "Least output, one figure or one each year.")
    most: Amounts | None = key(
        None, "table's money/year", "Largest output, one figure or one each year; null: no limit."
    )
    most_share: float | None = key(
        None, "1", "Largest share of all output of its product by the sector and its techniques.",
        ge=0.0, le=1.0,
    )  # fmt: skip

    @property
    def own_capital(self) -> bool:
        """Whether it has capital of its own."""
        return self.capital_output is not None

    @property
    def taken(self) -> float:
        """Capacity of the sector that a unit takes."""
        if self.capacity is None:
            return 0.0 if self.own_capital else 1.0
        return self.capacity


Techniques = tuple[Technique, ...]


# Checks --------------------------------------------------------------------------


def check(problem: Problem, techniques: Techniques, faults: Faults) -> None:
    """Record unknown names, impossible inputs, and keys that contradict each other."""
    once([technique.name for technique in techniques], faults, "conditions.techniques")
    for k, technique in enumerate(techniques):
        read = Reader(problem, faults, f"conditions.techniques.{k}")
        if technique.name == BASE:
            faults.add("is the name of the table's own", "choose another name",
                       field=read.field("name"), value=BASE)  # fmt: skip
        sector = read.place(technique.sector, problem.sectors, "sector", "sector")
        _check_products(read, technique, sector)
        _check_labour(read, technique, sector)
        _check_capital(read, technique, sector)
        _check_limits(read, technique)


def _check_products(read: Reader, technique: Technique, sector: int) -> None:
    before = len(read.faults)
    for name in ("inputs", "factors", "differences", "outputs"):
        given = getattr(technique, name) or {}
        read.vector(given, name)
        if name != "differences":
            read.positive(given, name)
    if technique.sector in technique.outputs:
        read.faults.add("names the product itself, of which one unit is made",
                        "name other products", field=read.field("outputs"),
                        value=technique.sector)  # fmt: skip
    if technique.inputs is not None:
        for name in ("factors", "differences"):
            if getattr(technique, name):
                read.faults.add("stands beside inputs, which are complete",
                                "give inputs or changes", field=read.field(name))  # fmt: skip
    elif sector >= 0 and read.p.output[sector] <= 0:
        read.faults.add("the sector makes nothing in the base year and has no inputs to change",
                        "give all inputs", field=read.field("inputs"))  # fmt: skip
    if sector < 0 or len(read.faults) > before or technique.inputs is not None:
        return
    vector = _inputs(read, technique, sector)
    for i in np.flatnonzero((vector < 0) & (inputs(read.p, sector) >= 0)):
        label = read.p.sectors[i]
        place = read.field(f"differences.{label}")
        read.faults.add("leaves a negative input", "give a smaller difference", field=place,
                        value=f"{vector[i]:.6g}")  # fmt: skip


def _check_labour(read: Reader, technique: Technique, sector: int) -> None:
    for name in ("labour", "labour_factors"):
        for kind in getattr(technique, name):
            read.labour(kind, f"{name}.{kind}")
        read.positive(getattr(technique, name), name)
    for kind in sorted(set(technique.labour) & set(technique.labour_factors)):
        read.faults.add("stands under labour as well", "give it once",
                        field=read.field(f"labour_factors.{kind}"))  # fmt: skip
    if sector >= 0 and read.p.output[sector] <= 0:
        for kind in read.p.labour_kinds:
            if kind not in technique.labour:
                read.faults.add("the sector makes nothing in the base year, so its labour is "
                                "not known", "give labour of every kind",
                                field=read.field(f"labour.{kind}"))  # fmt: skip


def _check_capital(read: Reader, technique: Technique, sector: int) -> None:
    capital.check_composition(read, technique.composition)
    if not technique.own_capital:
        given = {
            "opening_capital": technique.opening_capital > 0,
            "depreciation": technique.depreciation is not None,
            "composition": bool(technique.composition),
        }
        for name in (name for name, is_given in given.items() if is_given):
            read.faults.add("stands without capital_output", "give capital_output, or leave it out",
                            field=read.field(name))  # fmt: skip
        return
    if sector < 0:
        return
    if technique.depreciation is None and read.p.capital_output[sector] <= 0:
        read.faults.add("is not given, and the sector has no capital to take it from",
                        "give the share that wears", field=read.field("depreciation"))  # fmt: skip
    if not technique.composition:
        capital.need_composition(read.p, read, sector)


def _check_limits(read: Reader, technique: Technique) -> None:
    read.year(technique.available_from, "available_from")
    least = read.years(technique.least, "least")
    most = np.full(read.p.periods, np.inf)
    if technique.most is not None:
        most = read.years(technique.most, "most")
    for name, values in (("least", least), ("most", most)):
        if (values < 0).any():
            read.faults.add("is negative", "give 0 or more", field=read.field(name))
    if (least > most).any():
        read.faults.add("exceeds most", "give no more than most", field=read.field("least"))


# Coefficients --------------------------------------------------------------------


def _inputs(read: Reader, technique: Technique, sector: int) -> Array:
    if technique.inputs is not None:
        return read.vector(technique.inputs, "inputs")
    vector = inputs(read.p, sector)
    for label, factor in technique.factors.items():
        vector[read.p.sectors.index(label)] *= factor
    return np.asarray(vector + read.vector(technique.differences, "differences"))


def sectors_of(problem: Problem) -> Index:
    """Return the position of the sector of each technique."""
    found = [problem.sectors.index(q.sector) for q in problem.conditions.techniques]
    return np.array(found, dtype=np.int64)


def inputs_of(problem: Problem) -> Array:
    """Return inputs per unit of each technique (N x techniques)."""
    every = enumerate(problem.conditions.techniques)
    found = [
        _inputs(reader(problem, "techniques", k), q, problem.sectors.index(q.sector))
        for k, q in every
    ]
    return np.array(found).reshape(-1, problem.size).T


def outputs_of(problem: Problem) -> Array:
    """Return joint products per unit of each technique (N x techniques)."""
    every = enumerate(problem.conditions.techniques)
    found = [reader(problem, "techniques", k).vector(q.outputs, "outputs") for k, q in every]
    return np.array(found).reshape(-1, problem.size).T


def labour_of(problem: Problem) -> Array:
    """Return labour per unit of each technique (T x K x techniques; labour/money)."""
    labour = problem.labour_coefficients[:, :, sectors_of(problem)].copy()
    for q, technique in enumerate(problem.conditions.techniques):
        for k, kind in enumerate(problem.labour_kinds):
            if kind in technique.labour:
                labour[:, k, q] = technique.labour[kind]
            labour[:, k, q] *= technique.labour_factors.get(kind, 1.0)
    return labour
