"""Claims of institutions on products and labour, by name: administration, army, aid given.

Each claim takes fixed amounts of products and holds back labour from production,
beside the public and military claims of every plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.part import Column, Part, Reader, once, reader
from conjuncture.plan.keys import Amounts, key
from conjuncture.plan.programme.kinds import Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder


class Claim(Record):
    """What an institution takes from products and labour before all else."""

    name: str = key(..., "", "What the claim is called.", min_length=1)
    products: dict[str, float] = key(
        {}, "table's money/year", "Amount claimed in the first year, by product."
    )
    labour: dict[str, float] = key(
        {}, "unit of the kind of labour", "Labour held back in the first year, by kind."
    )
    path: Amounts = key(
        (1.0,), "first year = 1", "Claim of each year relative to these amounts: one or one each."
    )


def check(problem: Problem, claims: tuple[Claim, ...], faults: Faults) -> None:
    """Record unknown products and kinds of labour, negative amounts, and doubled names."""
    once([claim.name for claim in claims], faults, "conditions.claims")
    for k, claim in enumerate(claims):
        read = Reader(problem, faults, f"conditions.claims.{k}")
        read.vector(claim.products, "products")
        read.positive(claim.products, "products")
        for kind in claim.labour:
            read.labour(kind, f"labour.{kind}")
        read.positive(claim.labour, "labour")
        path = read.years(claim.path, "path")
        if (path < 0).any():
            read.faults.add("is negative", "give 0 or more", field=read.field("path"))


def build(builder: Builder, claims: tuple[Claim, ...]) -> None:
    """Add a column for every claim and year, fixed at its path; it takes its bundle."""
    p = builder.p
    names = tuple(claim.name for claim in claims)
    path = np.stack([reader(p, "claims", k).years(c.path, "path") for k, c in enumerate(claims)])
    each, every = np.arange(builder.t)[:, None], np.arange(len(claims))
    column = builder.column("claim", each, every, names=names, units="first year = 1", high=path.T)
    row = builder.row(
        "claim", each, every, 1.0, path.T, np.inf, names=names, units="first year = 1"
    )
    builder.put(row, column, 1.0)
    for k, claim in enumerate(claims):
        read = reader(p, "claims", k)
        amounts = read.vector(claim.products, "products")
        some = np.flatnonzero(amounts)
        builder.put(builder.product_row[:, some], column[:, [k]], -amounts[some])
        for kind, amount in claim.labour.items():
            at = p.labour_kinds.index(kind)
            builder.put(builder.labour_row[:, at], column[:, k], amount)


def claimed(problem: Problem, claims: tuple[Claim, ...]) -> Array:
    """Return what all claims ask for (T x N; money/year)."""
    total = np.zeros((problem.periods, problem.size))
    for k, claim in enumerate(claims):
        read = reader(problem, "claims", k)
        total += np.outer(read.years(claim.path, "path"), read.vector(claim.products, "products"))
    return total


PART = Part(
    name="claims",
    check=check,
    build=build,
    kinds={
        "claim": Kind(
            "claim", "row", -1, "the claim (first year = 1) let off",
            scarce="the claim of {label} in {year} is met before all else",
        ),
    },
    slacks={
        "claim": Slack(
            3.0,
            down=False,
            words="claim of {label} {year}: {share:.3g} % too high",
            remedy="lower the path of this claim",
            demand="the claim of {label} in {year}",
        ),
    },
    columns={"claim": Column("claims of institutions, first year = 1", use="claims")},
)  # fmt: skip
