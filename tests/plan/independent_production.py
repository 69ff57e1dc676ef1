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
    made = {i: q.outputs.get(i, 0.0) + (i == q.sector) for i in p.sectors}
    take(other, y, used)
    take(other, y, {i: -amount for i, amount in made.items()}, use=False)
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
    need = q.capital_output * y - k.sel(year=other.years)
    other.model.add_constraints(need <= 0, name=f"room {q.name}")
    for tau in ends(other, other.g):
        need = growth(other, tau) * q.capital_output * on(y, other.last)
        left = need - on(k, other.last + tau)
        other.model.add_constraints(left <= 0, name=f"end {q.name} {tau}")


def take(other: Independent, variable: Any, amounts: dict[str, float], use: bool = True) -> None:
    """Let a yearly variable take products (bring, where negative); remember what is a use."""
    other.enlarge("product", variable * other.array([amounts.get(s, 0.0) for s in other.sectors]))
    if use:
        vars(other).setdefault("taken", []).append((variable, amounts))


def goods_of(p: Any, given: Any, j: int) -> dict[str, float]:
    """Products per unit of outlay: given, or else those of the sector."""
    own = p.composition[:, j if p.composition.shape[1] > 1 else 0]
    return dict(given.composition) or dict(zip(p.sectors, own.tolist(), strict=True))


def stock_of(
    other: Independent, name: str, opening: float, wear: float, g: int, goods: dict[str, float],
    works: Any = (), restored: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Add a stock of capital with its building; return stock and building.

    Both run over the years of the plan and the g years after; nothing is begun then, nor
    of ``restored``, what is restored in each year.
    """
    m, first, last, lag = other.model, other.first, other.last, other.rules["restoration_lag"]
    axis = {"year": list(range(first, last + g + 1))}
    k = m.add_variables(lower=0, coords=axis, name=f"k {name}")
    u = in_plan(other, axis, f"u {name}")
    ready = dict.fromkeys(axis["year"], 0.0)
    ready[first] = opening
    for h, amount in enumerate(works):
        ready[first + 1 + h] += float(amount)
    change = k - (1 - wear) * before(k, 1) - before(u, g)
    if restored is not None:
        change = change - before(restored, lag)
    right = xr.DataArray(list(ready.values()), coords=axis)
    m.add_constraints(change == right, name=f"k {name}")
    due = sum(before(u, h) * (1.0 / g) for h in range(1, g)) + u * (1.0 / g)
    if restored is not None:
        cost = other.rules["restoration_cost"] / lag
        due = due + sum(before(restored, h) * cost for h in range(1, lag)) + restored * cost
    fixed = [
        sum(float(a) / g for h, a in enumerate(works) if first + 1 + h - g <= t < first + 1 + h)
        for t in axis["year"]
    ]
    paid = m.add_variables(coords=axis, name=f"paid {name}")
    m.add_constraints(paid - due == xr.DataArray(fixed, coords=axis), name=f"paid {name}")
    take(other, paid.sel(year=other.years), goods)
    return k, u


def before(variable: Any, years: int = 1) -> Any:
    """Return a variable of so many years before; 0 where there is none."""
    return variable.shift(year=years).fillna(0)


def in_plan(other: Independent, axis: dict[str, Any], name: str) -> Any:
    """Add a variable that is 0 after the plan."""
    high = [np.inf if year <= other.last else 0.0 for year in axis["year"]]
    return other.model.add_variables(lower=0, upper=xr.DataArray(high, coords=axis), name=name)


def add_by_products(other: Independent, p: Any) -> None:
    """Let output of sectors bring their by-products."""
    for item in p.conditions.by_products:
        x = other.x.sel(sector=item.sector, drop=True)
        take(other, x, {i: -amount for i, amount in item.products.items()}, use=False)


def add_assets(other: Independent, p: Any, techniques: dict[str, Any]) -> dict[str, Any]:
    """Add kinds of capital; return stocks by kind and sector."""
    found = {}
    for a in p.conditions.assets:
        for sector in a.capital_output:
            found[f"{a.name}: {sector}"] = _asset(other, p, a, sector, techniques)
    return found


def wear_of(a: Any, sector: str) -> float:
    """Share of a kind that wears out in a year."""
    return float(a.depreciation[sector] if isinstance(a.depreciation, dict) else a.depreciation)


def _asset(other: Independent, p: Any, a: Any, sector: str, techniques: dict[str, Any]) -> Any:
    m, name, j = other.model, f"{a.name}: {sector}", p.sectors.index(sector)
    rules, first, last = other.rules, other.first, other.last
    g = a.gestation or other.g
    works = a.works.get(sector, ())
    works = works * (g - 1) if len(works) == 1 else works
    axis, r = {"year": list(range(first, last + g + 1))}, None
    if a.damaged.get(sector, 0.0) > 0:
        d = m.add_variables(lower=0, coords=axis, name=f"d {name}")
        r = in_plan(other, axis, f"r {name}")
        share = 1.0 if rules["restorable_share"] is None else rules["restorable_share"]
        m.add_constraints(r - share * d <= 0, name=f"mend {name}")
        keep = 1 - rules["damage_decay"]
        start = [a.damaged[sector] if t == first else 0.0 for t in axis["year"]]
        left = d - keep * (before(d, 1) - before(r, 1))
        m.add_constraints(left == xr.DataArray(start, coords=axis), name=f"d {name}")
    opening, wear = a.opening.get(sector, 0.0), wear_of(a, sector)
    k, _ = stock_of(other, name, opening, wear, g, goods_of(p, a, j), works, r)
    ratio = a.capital_output[sector]
    made = other.x.sel(sector=sector, drop=True)
    for q in p.conditions.techniques:
        if q.sector == sector and taken_by(q):
            made = made + techniques[q.name] * taken_by(q)
    part = other.yearly(p.availability[:, j] / ratio)
    need = made - part * k.sel(year=other.years)
    m.add_constraints(need <= 0, name=f"room {name}")
    for tau in ends(other, g):
        left = growth(other, tau) * ratio * on(made, last) - on(k, last + tau)
        m.add_constraints(left <= 0, name=f"end {name} {tau}")
    return k


def add_scrapping(other: Independent, p: Any, assets: dict[str, Any]) -> None:
    """Add what is scrapped and kept of the plan's own capital and of kinds."""
    kinds = {a.name: a for a in p.conditions.assets}
    for record in p.conditions.scrapping:
        having = kinds[record.kind].capital_output if record.kind else other.builders
        for sector in record.sectors or having:
            _scrap(other, p, record, sector, kinds, assets)


def _scrap(
    other: Independent, p: Any, record: Any, sector: str, kinds: Any, assets: dict[str, Any]
) -> None:
    m, j = other.model, p.sectors.index(sector)
    name = f"{record.kind}: {sector}" if record.kind else sector
    k = assets[name] if record.kind else other.k.sel(sector=sector, drop=True)
    axis = {"year": k.coords["year"].values.tolist()}
    scrapped, years = in_plan(other, axis, f"scrap {name}"), other.years
    s, stock = scrapped.sel(year=years), k.sel(year=years)
    kept = m.add_variables(lower=0, coords={"year": years}, name=f"kept {name}")
    m.add_constraints(kept + s - stock == 0, name=f"kept {name}")
    m.add_constraints(s - record.most * stock <= 0, name=f"scrap {name}")
    take(other, kept, record.maintenance)
    take(other, s, {i: -amount for i, amount in record.yields.items()}, use=False)
    if record.kind:
        a = kinds[record.kind]
        per = other.yearly(p.availability[:, j] / a.capital_output[sector])
        other.enlarge(f"room {name}", per * s)
        other.enlarge(f"k {name}", (1 - wear_of(a, sector)) * before(scrapped, 1))
        return
    per = other.yearly(p.availability[:, j] / p.capital_output[j])
    here = [float(i == sector) for i in other.builders]
    mine = xr.DataArray(here, coords={"sector": other.builders})
    other.enlarge("capacity", s * per * mine)
    for t in other.years:
        lost = (1 - p.depreciation[j]) * on(s, t)
        here = other.array([float(i == sector) for i in other.sectors], "sector")
        other.enlarge(f"capital:{t + 1}", lost * here)


def add_stocks(other: Independent, p: Any) -> None:
    """Add stocks of products; call it last, since all uses count."""
    for s in p.conditions.stocks:
        _stock(other, p, s)


def _stock(other: Independent, p: Any, s: Any) -> None:
    m, years, first, i = other.model, other.years, other.first, p.sectors.index(s.product)
    v = m.add_variables(lower=0, coords={"year": years}, name=f"stock {s.product}")
    w = m.add_variables(coords={"year": years}, name=f"change {s.product}")
    other.enlarge("product", w * other.array([float(x == s.product) for x in other.sectors]))
    start = other.yearly([(1 - s.loss) * s.opening if t == first else 0.0 for t in years])
    change = v - (1 - s.loss) * before(v, 1) - w
    m.add_constraints(change == start, name=f"stock {s.product}")
    least = other.yearly(np.broadcast_to(s.least, len(years)))
    m.add_constraints(v >= least, name=f"least stock {s.product}")
    if s.most is not None:
        most = other.yearly(np.broadcast_to(s.most, len(years)))
        m.add_constraints(v <= most, name=f"most stock {s.product}")
    left = s.opening if s.terminal is None else s.terminal
    m.add_constraints(on(v, other.last) >= left, name=f"left {s.product}")
    uses = other.s * float(other.data["consumption"][i]) + other.e.sel(product=s.product, drop=True)
    goods = np.broadcast_to(other.data["composition"], (p.size, p.size))[i]
    uses = uses + (other.x * other.array(p.coefficients[i], "sector")).sum("sector")
    uses = uses + (other.o * other.array(goods, "sector")).sum("sector")
    for variable, amounts in vars(other).get("taken", ()):
        uses = uses + variable * amounts.get(s.product, 0.0)
    fixed = other.yearly((p.public + p.military + p.investment_claims)[:, i])
    for c in getattr(p.conditions, "claims", ()):
        path = np.broadcast_to(c.path, len(years))
        fixed = fixed + other.yearly(path * c.products.get(s.product, 0.0))
    if s.least_share:
        m.add_constraints(
            v - s.least_share * uses >= s.least_share * fixed, name=f"min share {s.product}"
        )
    if s.most_share is not None:
        m.add_constraints(
            v - s.most_share * uses <= s.most_share * fixed, name=f"max share {s.product}"
        )


def add_all(other: Independent, p: Any) -> Independent:
    """Add every condition of production that a problem has."""
    techniques = add_techniques(other, p)
    add_by_products(other, p)
    add_scrapping(other, p, add_assets(other, p, techniques))
    for c in p.conditions.claims:
        path = other.yearly(np.broadcast_to(c.path, len(other.years)))
        one = other.model.add_variables(lower=path, upper=path, name=f"claim {c.name}")
        other.enlarge("product", one * other.array([c.products.get(s, 0.0) for s in p.sectors]))
        for k, kind in enumerate(p.labour_kinds):
            other.enlarge(f"labour {k}", one * c.labour.get(kind, 0.0))
    add_stocks(other, p)
    return other
