"""Small economies for the tests of plans: one made by hand, others drawn at random."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csc_array, diags_array

from conjuncture.accounts.table import Capital, FinalUse, Labour, Table

USES = (
    FinalUse("households", "consumption"),
    FinalUse("government", "public"),
    FinalUse("army", "military"),
    FinalUse("fixed capital", "investment"),
    FinalUse("stocks", "inventories"),
    FinalUse("abroad", "exports"),
)


def small_table(**changes: Any) -> Table:
    """Three sectors, balanced by solving for output; services have no known capital."""
    A = np.array([[0.10, 0.15, 0.02], [0.25, 0.30, 0.15], [0.10, 0.12, 0.20]])
    final = np.array(
        [
            [60.0, 4.0, 2.0, 1.0, 1.5, 9.0],
            [80.0, 9.0, 12.0, 42.0, -2.0, 16.0],
            [95.0, 30.0, 3.0, 7.0, 0.0, 5.0],
        ]
    )
    imports = np.array([6.0, 18.0, 3.0])
    output = np.linalg.solve(np.eye(3) - A, final.sum(axis=1) - imports)
    Z = A * output
    parts: dict[str, Any] = {
        "name": "small_1945",
        "title": "a small economy",
        "territory": "XXX",
        "year": 1945,
        "currency": "XXX",
        "unit": "million crowns",
        "prices": "constant",
        "sectors": ("farming", "industry", "services"),
        "titles": ("Farming", "Industry", "Services"),
        "intermediate": Z,
        "final_uses": USES,
        "final": final,
        "imports": imports,
        "primary_inputs": ("value added",),
        "value_added_rows": ("value added",),
        "primary": (output - Z.sum(axis=0))[None],
        "output": output,
        "labour": Labour(
            ("persons", "engineers"),
            ("thousand persons", "thousand persons"),
            np.array([[90.0, 60.0, 80.0], [2.0, 12.0, 4.0]]),
        ),
        "capital": Capital(
            np.array([2.2, 1.6, 0.0]) * output,
            "in_use",
            np.array([0.04, 0.07, 0.05]),
            "user",
            "user",
        ),
        "exceptions": {"capital": ("services",)},
        "origin": "user",
    }
    return Table(**{**parts, **changes})


def random_economy(seed: int, sectors: int, years: int) -> dict[str, Any]:
    """Draw a productive economy whose base year can simply go on.

    Column sums of the coefficients lie below 0.7, investment covers wear, labour is
    used up and trade is balanced, so that an unchanged plan is feasible.
    """
    draw = np.random.default_rng(seed)
    A = draw.uniform(0.0, 1.0, (sectors, sectors)) * (draw.random((sectors, sectors)) < 0.8)
    A *= draw.uniform(0.2, 0.7, sectors) / np.maximum(A.sum(axis=0), 1e-9)
    consumption, public, military = draw.lognormal(3.0, 0.7, (3, sectors)) * [[1.0], [0.3], [0.1]]
    goods = draw.dirichlet(np.ones(sectors))
    ratio, wear = draw.uniform(0.5, 4.0, sectors), draw.uniform(0.02, 0.12, sectors)
    trade = 0.1 * consumption * draw.random(sectors)
    # output and investment that covers wear and some growth of the stock
    need = A + np.outer(goods, (wear + 0.02) * ratio)
    grow = float(np.abs(np.linalg.eigvals(need)).max())
    ratio = ratio * min(1.0, 0.5 / grow) if grow > 0.9 else ratio
    need = A + np.outer(goods, (wear + 0.02) * ratio)
    output = np.linalg.solve(np.eye(sectors) - need, consumption + public + military)
    labour = draw.uniform(0.2, 3.0, (2, sectors))
    return {
        "name": f"random {seed}",
        "unit": "crowns",
        "sectors": [f"s{i}" for i in range(sectors)],
        "years": range(1950, 1950 + years),
        "output": output,
        "coefficients": A,
        "consumption": consumption,
        "public": public,
        "military": military,
        "composition": goods,
        "capital": ratio * output,
        "capital_output": ratio,
        "depreciation": wear,
        "works": (wear + 0.02) * ratio * output,
        "labour_kinds": ("hands", "heads"),
        "labour_units": ("million hours", "million hours"),
        "labour_coefficients": labour,
        "labour_available": labour @ output,
        "exports": trade,
        "imports": trade,
    }


def sparse_economy(seed: int, sectors: int, years: int, inputs: float = 50.0) -> dict[str, Any]:
    """Draw a large productive economy with sparse coefficients whose base year can go on.

    Each product takes half to one and a half times ``inputs`` different inputs (fewer
    where a draw falls twice on the same) with lognormal coefficients and column sums of
    0.3 to 0.7; capital-output ratios lie between 1 and 4, wear between 0.02 and 0.12.
    A tenth of the products make up investment. Investment covers wear and 2 % of the
    stock, labour is used up and trade is balanced.
    """
    draw = np.random.default_rng(seed)
    low, high = max(1, round(0.5 * inputs)), max(1, round(1.5 * inputs))
    count = draw.integers(low, high + 1, sectors)
    column = np.repeat(np.arange(sectors, dtype=np.int32), count)
    rows = draw.integers(0, sectors, column.size, dtype=np.int32)
    A = csc_array((draw.lognormal(0.0, 1.0, column.size), (rows, column)), shape=(sectors, sectors))
    A = csc_array(A @ diags_array(draw.uniform(0.3, 0.7, sectors) / A.sum(axis=0)))
    consumption, public, military = draw.lognormal(3.0, 0.7, (3, sectors)) * [[1.0], [0.3], [0.1]]
    goods = np.zeros(sectors)
    building = draw.permutation(sectors)[: max(1, sectors // 10)]
    goods[building] = draw.dirichlet(np.ones(building.size))
    ratio, wear = draw.uniform(1.0, 4.0, sectors), draw.uniform(0.02, 0.12, sectors)
    trade = 0.1 * consumption * draw.random(sectors)
    invested = (wear + 0.02) * ratio
    output = final = consumption + public + military
    for _ in range(400):  # rounds of inputs and investment, until the last is nothing
        final = A @ final + goods * (invested @ final)
        output = output + final
        if final.max() <= 1e-13 * output.max():
            break
    labour = draw.uniform(0.2, 3.0, (2, sectors))
    return {
        "name": f"sparse {seed}",
        "unit": "crowns",
        "sectors": [f"p{i}" for i in range(sectors)],
        "years": range(1950, 1950 + years),
        "output": output,
        "coefficients": A,
        "consumption": consumption,
        "public": public,
        "military": military,
        "composition": goods,
        "capital": ratio * output,
        "capital_output": ratio,
        "depreciation": wear,
        "works": invested * output,
        "labour_kinds": ("hands", "heads"),
        "labour_units": ("million hours", "million hours"),
        "labour_coefficients": labour,
        "labour_available": labour @ output,
        "exports": trade,
        "imports": trade,
    }
