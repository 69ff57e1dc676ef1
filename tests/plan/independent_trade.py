"""Partners, currencies, credits and conversions written out by hand with linopy."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from independent import Independent, data_of_problem, on

YEARS = 4
DOLLAR = {
    "name": "dollar", "unit": "million dollars", "rate": 0.5, "opening": 2.0, "closing": 1.0,
    "earned": [1.0, 1.0, 0.0, 0.0], "aid": [0.5, 0.0, 0.0, 0.0], "balance_share": 0.25,
}  # fmt: skip
LOAN = {
    "name": "loan", "currency": "dollar", "limit": [2.0, 1.0, 0.0, 0.0], "total": 2.5,
    "interest": 0.03, "term": 3, "grace": 1, "debt": 0.6,
}  # fmt: skip
SWING = {
    "name": "swing", "currency": "clearing", "ceiling": 1.0, "interest": 0.02, "closing": 0.5,
}  # fmt: skip
WEST = {
    "name": "west", "currency": "dollar", "export_share": 0.3, "import_share": 0.2,
    "import_shares": {"industry": 0.4}, "import_prices": {"industry": 0.9},
    "export_prices": {"farming": 0.8}, "import_price_path": [1.0, 1.05, 1.1, 1.1],
}  # fmt: skip
EAST = {
    "name": "east", "currency": "clearing", "exports_low": {"industry": 1.0},
    "exports_high": {"industry": [3.0, 3.0, 3.0, 4.0]}, "imports_high": {"farming": 2.0},
    "imports_least": 0.5, "imports_most": 2.5, "exports_most": 3.2,
    "import_prices": {"farming": 1.1},
}  # fmt: skip
CONDITIONS: dict[str, Any] = {
    "currencies": [DOLLAR, {"name": "clearing"}],
    "conversions": [
        {"sold": "dollar", "bought": "", "rate": 1.8, "limit": 0.3},
        {"sold": "", "bought": "dollar", "rate": 0.5, "limit": 1.0},
    ],
    "credits": [LOAN, SWING, {"name": "bank", "limit": 1.0, "interest": 0.05, "debt": 0.2,
                              "closing": 0.2}],
    "partners": [WEST, EAST],
}  # fmt: skip


def independent(p: Any) -> Independent:
    """Write the conditions above out by hand, in money, year by year."""
    data = data_of_problem(p)
    share_e, share_m = np.array([0.3] * 3), np.array([0.2, 0.4, 0.2])
    limits = {
        name: (data[name], part)
        for name, part in (
            ("exports_low", share_e), ("exports_high", share_e),
            ("imports_low", share_m), ("imports_high", share_m),
        )
    }  # fmt: skip
    for name, (values, part) in limits.items():
        data[name] = values * (1 - part)
    earned = np.array(data["earned"])
    data["earned"] = 0.75 * earned
    other = Independent(data)
    add, model, t = other.model.add_variables, other.model, other.years
    axes = {"year": t, "product": other.sectors}

    def flow(name: str, low: Any, high: Any) -> Any:
        coords = {"coords": axes, "dims": ["year", "product"]}
        return add(lower=xr.DataArray(low, **coords), upper=xr.DataArray(high, **coords), name=name)

    part = {name: values * share for name, (values, share) in limits.items()}
    we = flow("we", part["exports_low"], part["exports_high"])
    wm = flow("wm", part["imports_low"], part["imports_high"])
    zero = np.zeros((YEARS, 3))
    low, high, come = zero.copy(), zero.copy(), zero.copy()
    low[:, 1], high[:, 1], come[:, 0] = 1.0, [3.0, 3.0, 3.0, 4.0], 2.0
    ee, em = flow("ee", low, high), flow("em", zero, come)
    other.enlarge("product", we + ee - wm - em)
    year = {"coords": {"year": t}, "dims": ["year"]}
    made = {
        name: add(lower=0, name=name, **year)
        for name in (
            "dollars", "clearing", "loan", "loan back", "loan owed", "swing", "swing back",
            "swing owed", "bank", "bank back", "bank owed", "sell", "buy",
        )
    }  # fmt: skip
    for k in range(YEARS):
        _year(other, k, earned[k], (we, wm, ee, em), made)
    model.add_constraints(made["loan"].sum() <= 2.5, name="loan in all")
    model.add_constraints(on(made["bank owed"], t[-1]) <= 0.2, name="bank end")
    model.add_constraints(on(made["dollars"], t[-1]) >= 1.0, name="dollars end")
    return other


def _year(other: Independent, k: int, earned: float, flows: Any, made: dict[str, Any]) -> None:
    """Write the accounts of one year."""
    model, t, y = other.model, other.years, other.years[k]
    now = {name: on(variable, y) for name, variable in made.items()}
    before = {name: on(variable, y - 1) if k else 0.0 for name, variable in made.items()}
    we, wm, ee, em = (on(variable, y) for variable in flows)

    def worth(variable: Any, *prices: float) -> Any:
        weights = xr.DataArray(list(prices), coords={"product": other.sectors}, dims="product")
        return (variable * weights).sum("product")

    dollars = (
        0.5 * worth(we, 0.8, 1.0, 1.0) - 0.5 * [1.0, 1.05, 1.1, 1.1][k] * worth(wm, 1.0, 0.9, 1.0)
        + now["loan"] - now["loan back"] - now["sell"] + 0.5 * now["buy"]
        - now["dollars"] + before["dollars"]
    )  # fmt: skip
    fixed = (0.5 if k == 0 else 0.0) - (1.0 if k < 2 else 0.0) - 0.5 * 0.25 * earned
    fixed += 2.0 if k == 0 else 0.0
    model.add_constraints(dollars == -fixed, name=f"dollars {y}")
    inward, outward = 1.1 * em.sum("product"), ee.sum("product")
    clearing = outward - inward + now["swing"] - now["swing back"]
    clearing = clearing - now["clearing"] + before["clearing"]
    model.add_constraints(clearing == 0, name=f"clearing {y}")
    received = 1.8 * now["sell"] + now["bank"] - now["bank back"]
    other.enlarge(f"trade account:{y}", now["buy"] - received)
    for name, rate, debt in (("loan", 0.03, 0.6), ("swing", 0.02, 0.0), ("bank", 0.05, 0.2)):
        change = now[f"{name} owed"] - now[name] + now[f"{name} back"]
        change = change - (1 + rate) * before[f"{name} owed"]
        model.add_constraints(change == ((1 + rate) * debt if k == 0 else 0.0), name=f"{name} {y}")
    # the loan: a year of grace, then half in each of the two years after
    due = (0.03 * 0.6, 0.3, 0.3, 0.0)[k]
    paid = now["loan back"] - 0.03 * before["loan owed"]
    for drawn in (k - 3, k - 2):
        if drawn >= 0:
            paid = paid - 0.5 * on(made["loan"], t[drawn])
    model.add_constraints(paid == due, name=f"loan service {y}")
    for name, variable, most in (
        ("swing", now["swing owed"], 0.5 if y == t[-1] else 1.0),
        ("loan", now["loan"], [2.0, 1.0, 0.0, 0.0][k]),
        ("bank", now["bank"], 1.0),
        ("sold", now["sell"], 0.3),
        ("bought", now["buy"], 1.0),
        ("imports", inward, 2.5),
        ("least imports", -inward, -0.5),
        ("exports", outward, 3.2),
    ):
        model.add_constraints(variable <= most, name=f"most {name} {y}")
