"""The conditions of production in the second formulation: techniques, assets, stocks ...

Written from the text of docs/conditions, one variable and one constraint at a time;
nothing is imported from ``conjuncture.plan``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from independent import Independent, on


def add_techniques(other: Independent, p: Any) -> dict[str, Any]:
    """Add the techniques of a problem; return their output by name."""
    found = {q.name: _technique(other, p, q) for q in p.conditions.techniques}
    for q in p.conditions.techniques:
        if q.most_share is not None:
            total = other.x.sel(sector=q.sector, drop=True)
            for o in p.conditions.techniques:
                total = total + found[o.name] * float(o.sector == q.sector)
            most = found[q.name] - q.most_share * total
            other.model.add_constraints(most <= 0, name=f"share {q.name}")
    return found


def _technique(other: Independent, p: Any, q: Any) -> Any:
    high = [0.0 if q.available_from and t < q.available_from else np.inf for t in other.years]
    cap = xr.DataArray(high, coords={"year": other.years})
    y = other.model.add_variables(lower=0, upper=cap, coords={"year": other.years}, name=q.name)
    j = p.sectors.index(q.sector)
    _products_and_labour(other, p, q, j, y)
    mine = xr.DataArray(
        [float(s == q.sector) for s in other.builders], coords={"sector": other.builders}
    )
    taken = taken_by(q)
    if other.builders and taken:
        other.enlarge("capacity", taken * y * mine)
        for tau in ends(other, other.g):
            need = growth(other, tau) * p.capital_output[j] * taken
            other.enlarge(f"terminal capital:{other.last + tau}", need * on(y, other.last) * mine)
    for year in other.years:
        _pace(other, p, q, y, year)
    _limits(other, q, y)
    if q.capital_output is not None:
        _own_capital(other, p, q, y)
    return y


def taken_by(q: Any) -> float:
    """Capacity of the sector that a unit of a technique takes."""
    if q.capacity is None:
        return 0.0 if q.capital_output is not None else 1.0
    return float(q.capacity)


def growth(other: Independent, tau: int) -> float:
    """Output of the year tau after the horizon by that of the last."""
    return float((1 + other.rules["terminal_growth"]) ** tau)


def ends(other: Independent, gestation: int) -> range:
    """Years after the horizon for which capital must be left."""
    return range(1, gestation + 1 if other.rules["terminal_growth"] is not None else 1)


def _products_and_labour(other: Independent, p: Any, q: Any, j: int, y: Any) -> None:
    base = dict(zip(p.sectors, p.coefficients[:, j], strict=True))
    if q.inputs is None:
        used = {i: a * q.factors.get(i, 1.0) + q.differences.get(i, 0.0) for i, a in base.items()}
    else:
        used = {i: q.inputs.get(i, 0.0) for i in base}
    net = {i: used[i] - q.outputs.get(i, 0.0) - (i == q.sector) for i in used}
    other.enlarge("product", y * other.array(list(net.values())))
    for k, kind in enumerate(p.labour_kinds):
        own = p.labour_coefficients[:, k, j] * q.labour_factors.get(kind, 1.0)
        per = [q.labour[kind]] * len(other.years) if kind in q.labour else own
        other.enlarge(f"labour {k}", y * other.yearly(per))


def _pace(other: Independent, p: Any, q: Any, y: Any, year: int) -> None:
    """Rules of pace hold for the sector and its techniques together."""
    rules = other.rules
    rates = [rules["expansion"]]
    if q.sector not in limited_sectors(p):
        rates.append(rules["expansion_without_capital"])
    rise = min((rate for rate in rates if rate is not None), default=0.0)
    for kind, sign, factor in (
        ("contraction", -1, 1 - (rules["contraction"] or 0.0)),
        ("expansion", 1, 1 + rise),
    ):
        name = f"{kind}:{year}"
        if name not in other.model.constraints:
            continue
        sectors = other.model.constraints[name].labels.coords["sector"].values.tolist()
        hit = xr.DataArray([float(s == q.sector) for s in sectors], coords={"sector": sectors})
        before = on(y, year - 1) if year > other.first else 0.0 * on(y, year)
        other.enlarge(name, sign * (on(y, year) - factor * before) * hit)


def limited_sectors(p: Any) -> set[str]:
    """Sectors whose output capital limits, the plan's own or a kind's."""
    own = {s for s, ratio in zip(p.sectors, p.capital_output, strict=True) if ratio > 0}
    return own.union(*(a.capital_output for a in getattr(p.conditions, "assets", ())))


def _limits(other: Independent, q: Any, y: Any) -> None:
    m, count = other.model, len(other.years)
    low = np.broadcast_to(q.least, count)
    m.add_constraints(y >= other.yearly(low), name=f"least {q.name}")
    if q.most is not None:
        m.add_constraints(y <= other.yearly(np.broadcast_to(q.most, count)), name=f"most {q.name}")


def _own_capital(other: Independent, p: Any, q: Any, y: Any) -> None:
    j = p.sectors.index(q.sector)
    wear = p.depreciation[j] if q.depreciation is None else q.depreciation
    k, _ = stock_of(other, q.name, q.opening_capital, wear, other.g, goods_of(p, q, j))
    for t in other.years:
        need = q.capital_output * on(y, t) - on(k, t)
        other.model.add_constraints(need <= 0, name=f"room {q.name} {t}")
    for tau in ends(other, other.g):
        need = growth(other, tau) * q.capital_output * on(y, other.last)
        left = need - on(k, other.last + tau)
        other.model.add_constraints(left <= 0, name=f"end {q.name} {tau}")


def goods_of(p: Any, given: Any, j: int) -> dict[str, float]:
    """Products per unit of outlay: given, or else those of the sector."""
    own = p.composition[:, j if p.composition.shape[1] > 1 else 0]
    return dict(given.composition) or dict(zip(p.sectors, own.tolist(), strict=True))


def stock_of(
    other: Independent, name: str, opening: float, wear: float, g: int, goods: dict[str, float],
    works: Any = (), extra: Any = None, paid_beside: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Add a stock of capital with its building; return stock and building.

    ``extra(year)`` comes into use at the start of a year, ``paid_beside(year)`` is paid
    in a year beside building.
    """
    m, years, first, last = other.model, other.years, other.first, other.last
    u = m.add_variables(lower=0, coords={"year": years}, name=f"u {name}")
    k = m.add_variables(
        lower=0, coords={"year": list(range(first, last + g + 1))}, name=f"k {name}"
    )
    m.add_constraints(on(k, first) == opening, name=f"k0 {name}")
    done = {first + 1 + h: float(amount) for h, amount in enumerate(works)}
    for t in range(first + 1, last + g + 1):
        change = on(k, t) - (1 - wear) * on(k, t - 1)
        if first <= t - g <= last:
            change = change - on(u, t - g)
        if extra is not None and extra(t) is not None:
            change = change - extra(t)
        m.add_constraints(change == done.get(t, 0.0), name=f"k {name} {t}")
    paid = m.add_variables(coords={"year": years}, name=f"paid {name}")
    for t in years:
        due = sum(on(u, s) / g for s in range(max(first, t - g + 1), t + 1))
        if paid_beside is not None:
            due = due + paid_beside(t)
        fixed = sum(amount / g for year, amount in done.items() if year - g <= t < year)
        m.add_constraints(on(paid, t) - due == fixed, name=f"paid {name} {t}")
    other.enlarge("product", paid * other.array([goods.get(s, 0.0) for s in other.sectors]))
    return k, u


def add_by_products(other: Independent, p: Any) -> None:
    """Let output of sectors bring their by-products."""
    for item in p.conditions.by_products:
        brought = other.array([item.products.get(s, 0.0) for s in other.sectors])
        other.enlarge("product", -1.0 * other.x.sel(sector=item.sector, drop=True) * brought)
