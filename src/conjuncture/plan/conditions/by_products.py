"""By-products: products that come with the output of a sector beside its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.part import Part, Reader
from conjuncture.plan.keys import key

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder


class ByProducts(Record):
    """What comes with each unit of a sector's own product, in a fixed mix."""

    sector: str = key(..., "", "Sector whose output brings them.")
    products: dict[str, float] = key(
        ..., "1", "Amount per unit of the sector's output of its own product, by product."
    )


def check(problem: Problem, by_products: tuple[ByProducts, ...], faults: Faults) -> None:
    """Record unknown sectors and products, negative amounts, and sectors named twice."""
    named = [item.sector for item in by_products]
    for k, item in enumerate(by_products):
        read = Reader(problem, faults, f"conditions.by_products.{k}")
        sector = read.place(item.sector, problem.sectors, "sector", "sector")
        read.vector(item.products, "products")
        read.positive(item.products, "products")
        if item.sector in item.products:
            faults.add("is the sector's own product", "name other products",
                       field=read.field(f"products.{item.sector}"))  # fmt: skip
        if item.sector in named[:k]:
            faults.add("stands twice", "give every sector once", field=read.field("sector"),
                       value=item.sector)  # fmt: skip
        if sector >= 0 and problem.output[sector] <= 0:
            faults.add("the sector makes nothing in the base year and stays closed",
                       "leave it out", field=read.field("sector"), value=item.sector)  # fmt: skip


def matrix(problem: Problem, by_products: tuple[ByProducts, ...]) -> Array:
    """Return product i that comes with a unit of output of sector j (N x N)."""
    found = np.zeros((problem.size, problem.size))
    for item in by_products:
        j = problem.sectors.index(item.sector)
        for label, amount in item.products.items():
            found[problem.sectors.index(label), j] += amount
    return found


def build(builder: Builder, by_products: tuple[ByProducts, ...]) -> None:
    """Let output bring its by-products into the balances."""
    amounts = matrix(builder.p, by_products)
    i, j = np.nonzero(amounts)
    builder.put(builder.product_row[:, i], builder.x[:, j], amounts[i, j])


PART = Part(name="by_products", check=check, build=build, joint=matrix)
