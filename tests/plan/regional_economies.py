"""Two small territories with routes between them, for the tests of regional plans."""

from __future__ import annotations

from typing import Any

import numpy as np
from plan_economies import small_table

from conjuncture.accounts.table import FinalUse, Labour, Table
from conjuncture.plan.problem import Problem
from conjuncture.plan.regional.joining import joined

PRODUCTS = ("farming", "industry", "services")


def north(years: int = 3, **settings: Any) -> Problem:
    """Return the small economy as it is."""
    return Problem.from_table(small_table(), years, **settings)


def south(years: int = 3, **settings: Any) -> Problem:
    """Return a poorer one: less labour, and farming that needs more of it."""
    one = Problem.from_table(small_table(name="poor_1945"), years, **settings)
    per = one.labour_coefficients.copy()
    per[:, :, 0] *= 1.15
    return one.replace(labour_coefficients=per, labour_available=0.98 * one.labour_available)


def route(origin: str, destination: str, product: str, **more: Any) -> dict[str, Any]:
    """Return a route of one product between two territories."""
    return {"origin": f"{origin}:{product}", "destination": f"{destination}:{product}", **more}


def both_ways(**more: Any) -> list[dict[str, Any]]:
    """Return routes for every product, there and back."""
    pairs = (("north", "south"), ("south", "north"))
    return [route(a, b, product, **more) for product in PRODUCTS for a, b in pairs]


def two(routes: Any = (), years: int = 3, **more: Any) -> Problem:
    """Return the joined problem of north and south."""
    return joined({"north": north(years), "south": south(years)}, routes, **more)


def three_regions(seed: int = 3, stranger: bool = False) -> Table:
    """Draw a balanced table of three regions and three products, with trade between them.

    With ``stranger`` the last region does not make the last product, and every region
    trades with abroad.
    """
    draw = np.random.default_rng(seed)
    regions, products = ("a", "b", "c"), ("grain", "coal", "rail")
    labels = [f"{r}:{p}" for r in regions for p in products]
    n = len(labels)
    nearness = np.kron(np.eye(3) * 0.8 + 0.2, np.ones((3, 3)))
    A = draw.uniform(0.02, 0.12, (n, n)) * nearness
    uses = [FinalUse(f"{r}:{name}", role) for r in regions
            for name, role in (("households", "consumption"), ("government", "public"),
                               ("building", "investment"), ("abroad", "exports"))]  # fmt: skip
    size = {"consumption": 30.0, "public": 8.0, "investment": 6.0, "exports": 4.0}
    final = np.column_stack(
        [
            draw.uniform(0.5, 1.5, n) * size[use.role] * nearness[:, 3 * (k // 4)]
            for k, use in enumerate(uses)
        ]
    )
    imports = draw.uniform(0.0, 2.0, n)
    if not stranger:
        final[:, 3::4] = 0.0
        imports[:] = 0.0
    keep = np.arange(n) < n - int(stranger)
    A, final, imports = A[np.ix_(keep, keep)], final[keep], imports[keep]
    labels = [label for label, kept in zip(labels, keep, strict=True) if kept]
    output = np.linalg.solve(np.eye(len(labels)) - A, final.sum(axis=1) - imports)
    Z = A * output
    return Table(
        name="three",
        title="three regions",
        territory="XXX",
        year=1950,
        currency="XXX",
        unit="million crowns",
        prices="constant",
        sectors=tuple(labels),
        titles=tuple(labels),
        intermediate=Z,
        final_uses=tuple(uses),
        final=final,
        imports=imports,
        primary_inputs=("value added",),
        value_added_rows=("value added",),
        primary=(output - Z.sum(axis=0))[None],
        output=output,
        labour=Labour(
            ("persons",), ("thousand persons",), draw.uniform(0.3, 1.2, (1, len(labels))) * output
        ),
        origin="user",
    )
