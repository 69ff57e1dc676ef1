"""A second formulation of the plan, written with linopy from the text of docs/plan.md.

It imports nothing from ``conjuncture.plan``: it takes a table, or plain labelled
arrays, and writes one constraint for each kind and year in money and persons,
unscaled. Every constraint is written so that one more unit on its right-hand side
is one more unit of what is scarce.
"""

from __future__ import annotations

import warnings
from typing import Any

import linopy
import numpy as np
import xarray as xr


def data_of_table(table: Any, years: int, rules: dict[str, Any]) -> dict[str, Any]:
    """Carry the base year forward as the settings say."""
    names, x0 = list(table.sectors), table.output
    calendar = [table.year + t for t in range(1, years + 1)]

    def final(role: str) -> np.ndarray:
        return sum(
            (table.final[:, c] for c, use in enumerate(table.final_uses) if use.role == role),
            np.zeros(len(names)),
        )

    data: dict[str, Any] = {"sectors": names, "years": calendar, "rules": rules, "output": x0}
    data["coefficients"] = np.array(
        [
            [z / x if x > 0 else 0.0 for z, x in zip(row, x0, strict=True)]
            for row in table.intermediate
        ]
    )
    data["consumption"] = final("consumption")
    data["level"] = 1.0
    data["floor"] = list(rules["consumption_floor"]) * years
    data["claims"] = np.array(
        [
            final("public") * (1 + rules["public_growth"]) ** t
            + final("military") * (1 + rules["military_growth"]) ** t
            + final("inventories") * rules["inventories"]
            for t in range(1, years + 1)
        ]
    )
    data.update(_capital_of(table, final("investment"), rules))
    if table.capital is None:
        data["claims"] = data["claims"] + final("investment")
    data["damaged"] = np.zeros(len(names))
    data["availability"] = np.ones((years, len(names)))
    data["labour"], data["labour_available"] = [], []
    if table.labour is not None:
        row = table.labour.used[0]
        per = np.array([used / x if x > 0 else 0.0 for used, x in zip(row, x0, strict=True)])
        total = sum(used for used, x in zip(row, x0, strict=True) if x > 0)
        data["labour"] = [
            [per / (1 + rules["productivity_growth"]) ** t] for t in range(1, years + 1)
        ]
        data["labour_available"] = [
            [total * (1 + rules["labour_growth"]) ** t] for t in range(1, years + 1)
        ]
    for flow, base in (("exports", final("exports")), ("imports", table.imports)):
        width = rules[flow[:-1] + "_band"]
        ends = np.array(
            [[base * max(0.0, 1 - width * t), base * (1 + width * t)] for t in range(1, years + 1)]
        )
        data[flow + "_low"], data[flow + "_high"] = ends.min(axis=1), ends.max(axis=1)
    data["earned"] = [final("exports").sum() - table.imports.sum()] * years
    data["transfers"] = list(rules["transfers"]) * years
    data["reserves"] = rules["opening_reserves"]
    return data


def _capital_of(table: Any, investment: np.ndarray, rules: dict[str, Any]) -> dict[str, Any]:
    n, g = len(table.sectors), rules["gestation"]
    if table.capital is None:
        zero = np.zeros(n)
        return {
            "composition": zero[:, None],
            "capital": zero,
            "ratio": zero,
            "wear": zero,
            "works": np.zeros((g - 1, n)),
        }
    without = set(table.exceptions.get("capital", ()))
    stock = np.array(
        [
            k if k > 0 and x > 0 and name not in without else 0.0
            for k, x, name in zip(table.capital.stock, table.output, table.sectors, strict=True)
        ]
    )
    rate = np.where(stock > 0, table.capital.depreciation, 0.0)
    worn, total = stock * rate, investment.sum()
    if rules["investment_split"] == "stock":
        built = total * stock / stock.sum()
    elif worn.sum() < total:
        built = worn + (total - worn.sum()) * stock / stock.sum()
    else:
        built = total * worn / worn.sum()
    if table.capital.timing == "in_use":
        used, end = stock, stock - worn + built
    else:
        used, end = (stock - built) / (1 - rate), stock
    safe = np.where(table.output > 0, table.output, 1.0)
    works = built if rules["works_in_progress"] == "steady" else 0 * built
    return {
        "composition": (investment / total)[:, None],
        "capital": end,
        "ratio": used * rules["base_utilisation"] / safe,
        "wear": rate,
        "works": np.array([works] * (g - 1)).reshape(g - 1, n),
    }


def data_of_problem(problem: Any) -> dict[str, Any]:
    """Take the plain arrays of a problem (duck-typed)."""
    claims = problem.public + problem.military + problem.inventories + problem.investment_claims
    return {
        "sectors": list(problem.sectors),
        "years": list(problem.years),
        "rules": problem.settings.model_dump(),
        "output": problem.output,
        "coefficients": problem.coefficients,
        "consumption": problem.consumption,
        "level": problem.consumption_level,
        "floor": problem.consumption_floor,
        "claims": claims,
        "composition": problem.composition,
        "capital": problem.capital,
        "ratio": problem.capital_output,
        "wear": problem.depreciation,
        "works": problem.works,
        "damaged": problem.damaged,
        "availability": problem.availability,
        "relief": problem.terminal_relief,
        "labour": problem.labour_coefficients,
        "labour_available": problem.labour_available,
        "exports_low": problem.exports_low,
        "exports_high": problem.exports_high,
        "imports_low": problem.imports_low,
        "imports_high": problem.imports_high,
        "earned": problem.trade_balance,
        "transfers": problem.transfers,
        "reserves": problem.reserves,
    }


def on(variable: Any, year: int, **labels: Any) -> Any:
    """Return a variable in one year, without the year as a stray coordinate."""
    return variable.sel(year=year, drop=True, **labels)


class Independent:
    """The plan as a linopy model; ``aim`` is its optimum in the table's money."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data, self.rules = data, data["rules"]
        self.years, self.sectors = data["years"], data["sectors"]
        self.first, self.last = self.years[0], self.years[-1]
        self.g = self.rules["gestation"]
        self.active = [s for s, x in zip(self.sectors, data["output"], strict=True) if x > 0]
        self.builders = [s for s in self.active if self.of("ratio", s) > 0]
        self.model = linopy.Model()
        self._variables()
        self._flows()
        for year in self.years:
            self._chained(year)
        self._stocks()
        self._ends()
        weights = xr.DataArray(
            [
                self.rules["discount"] ** t * float(np.sum(data["consumption"]))
                for t in range(len(self.years))
            ],
            coords={"year": self.years},
            dims="year",
        )
        self.model.add_objective((self.s * weights).sum(), sense="max")

    def of(self, name: str, sector: str) -> float:
        return float(self.data[name][self.sectors.index(sector)])

    def array(self, values: Any, dim: str = "product") -> xr.DataArray:
        return xr.DataArray(np.array(values, float), coords={dim: self.sectors}, dims=dim)

    def _variables(self) -> None:
        add, t = self.model.add_variables, self.years
        axes = {"year": t, "sector": self.sectors}
        products = {"year": t, "product": self.sectors}
        stock_years = list(range(self.first, self.last + self.g + 1))
        self.x = add(lower=0, coords=axes, dims=["year", "sector"], name="x")
        self.e = add(coords=products, dims=["year", "product"], name="e")
        self.m = add(coords=products, dims=["year", "product"], name="m")
        self.s = add(lower=0, coords={"year": t}, dims=["year"], name="s")
        self.f = add(coords={"year": t}, dims=["year"], name="f")
        self.u = add(lower=0, coords=axes, dims=["year", "sector"], name="u")
        self.r = add(lower=0, coords=axes, dims=["year", "sector"], name="r")
        self.k = add(
            lower=0,
            coords={"year": stock_years, "sector": self.sectors},
            dims=["year", "sector"],
            name="k",
        )
        self.d = add(
            lower=0,
            coords={"year": [*t, self.last + 1], "sector": self.sectors},
            dims=["year", "sector"],
            name="d",
        )
        self.o = add(coords=axes, dims=["year", "sector"], name="outlay")

    def put(self, kind: str, year: int | None, expression: Any, sign: str, right: Any) -> None:
        name = kind if year is None else f"{kind}:{year}"
        self.model.add_constraints(expression, sign, right, name=name)

    def yearly(self, values: Any, dim: str = "") -> xr.DataArray:
        coords = {"year": self.years} | ({dim: self.sectors} if dim else {})
        return xr.DataArray(np.array(values, float), coords=coords, dims=list(coords))

    def _flows(self) -> None:
        """Conditions within a year, for all years at once."""
        d, rules, last = self.data, self.rules, self.last
        axes = {"product": self.sectors, "sector": self.sectors}
        A = xr.DataArray(d["coefficients"], coords=axes)
        own = xr.DataArray(np.eye(len(self.sectors)), coords=axes)
        goods = np.broadcast_to(d["composition"], (len(self.sectors),) * 2)
        b = xr.DataArray(goods, coords=axes)
        used = ((A - own) * self.x).sum("sector") + self.array(d["consumption"]) * self.s
        used = used + (b * self.o).sum("sector") + self.e - self.m
        self.put(
            "product",
            None,
            used,
            "<=" if rules["disposal"] else "=",
            -self.yearly(d["claims"], "product"),
        )
        for kind, flow in (("export", self.e), ("import", self.m)):
            high, low = (self.yearly(d[f"{kind}s_{end}"], "product") for end in ("high", "low"))
            self.put(f"{kind} maximum", None, flow, "<=", high)
            self.put(f"{kind} minimum", None, -flow, "<=", -low)
        if len(d["labour"]):
            for k in range(len(d["labour"][0])):
                per = self.yearly([row[k] for row in d["labour"]], "sector")
                available = self.yearly([row[k] for row in d["labour_available"]])
                self.put(f"labour {k}", None, (per * self.x).sum("sector"), "<=", available)
        held = self.yearly([d["reserves"] if year == last else 0.0 for year in self.years])
        self.put("reserves", None, -self.f, "<=", -held)
        self.put("consumption floor", None, -1.0 * self.s, "<=", -self.yearly(d["floor"]))
        share = 1.0 if rules["restorable_share"] is None else rules["restorable_share"]
        self.put("restorable share", None, self.r - share * self.d.sel(year=self.years), "<=", 0.0)
        if self.builders:
            ratio = self.array(d["ratio"], "sector").sel(sector=self.builders)
            part = self.yearly(d["availability"], "sector").sel(sector=self.builders)
            stock = self.k.sel(year=self.years, sector=self.builders)
            self.put(
                "capacity",
                None,
                self.x.sel(sector=self.builders) - (part / ratio) * stock,
                "<=",
                0.0,
            )

    def _chained(self, year: int) -> None:
        """Conditions that tie a year to the one before."""
        d, t = self.data, year - self.first
        before = on(self.f, year - 1) if t else 0.0
        received = d["transfers"][t] - d["earned"][t] + (0.0 if t else d["reserves"])
        net = on(self.e, year).sum() - on(self.m, year).sum()
        self.put("trade account", year, on(self.f, year) - before - net, "=", float(received))
        self._paces(year, on(self.x, year), on(self.s, year))

    def _paces(self, year: int, x: Any, s: Any) -> None:
        d, rules, t = self.data, self.rules, year - self.first
        closed = [i for i in self.sectors if i not in self.active]
        if closed:
            self.put("closed", year, x.sel(sector=closed), "<=", 0.0)
        band, fall, rate = rules["consumption_band"], rules["contraction"], {}
        if band is not None:
            up, down = (1 + band, max(0.0, 1 - band))
            now = 0.0 if t else d["level"]
            old = on(self.s, year - 1) if t else None
            self.put("consumption rise", year, s - up * old if t else s * 1.0, "<=", up * now)
            self.put("consumption fall", year, down * old - s if t else -s, "<=", -down * now)
        if fall is not None:
            earlier = d["availability"][t - 1] if t else np.ones(len(self.sectors))
            held = [
                i
                for i in self.active
                if d["availability"][t][self.sectors.index(i)] >= earlier[self.sectors.index(i)]
            ]
            self._pace("contraction", year, held, dict.fromkeys(held, 1 - fall), -1.0)
        for i in self.active:
            limits = [rules["expansion"]]
            if i not in self.builders:
                limits.append(rules["expansion_without_capital"])
            given = [limit for limit in limits if limit is not None]
            if given:
                rate[i] = 1 + min(given)
        self._pace("expansion", year, list(rate), rate, 1.0)

    def _pace(
        self,
        kind: str,
        year: int,
        of: list[str],
        factor: dict[str, float],
        sign: float,
    ) -> None:
        if not of:
            return
        factors = xr.DataArray([factor[i] for i in of], coords={"sector": of}, dims="sector")
        now = on(self.x, year, sector=of)
        if year == self.first:
            room = xr.DataArray(
                [
                    self.of("capital", i)
                    / self.of("ratio", i)
                    * self.data["availability"][0][self.sectors.index(i)]
                    if i in self.builders
                    else np.inf
                    for i in of
                ],
                coords=factors.coords,
            )
            start = xr.DataArray([self.of("output", i) for i in of], coords=factors.coords)
            limit = factors * start
            if kind == "contraction":  # what the capital at hand allows
                limit = xr.where(room < limit, room, limit)
            self.put(kind, year, sign * now, "<=", sign * limit)
        else:
            before = on(self.x, year - 1, sector=of)
            self.put(kind, year, sign * now - sign * factors * before, "<=", 0.0)

    def _stocks(self) -> None:
        d, rules, g, lag = self.data, self.rules, self.g, self.rules["restoration_lag"]
        damaged = [i for i in self.builders if self.of("damaged", i) > 0]
        for name, variable, allowed in (("u", self.u, self.builders), ("r", self.r, damaged)):
            barred = [i for i in self.sectors if i not in allowed]
            if barred:
                self.model.add_constraints(variable.sel(sector=barred) <= 0, name=f"no {name}")
        mine = self.array([float(i in self.builders) for i in self.sectors], "sector")
        begun = {
            self.first + h + 1 - g: self.array(d["works"][h], "sector") * mine for h in range(g - 1)
        }  # by year of start
        for year in self.years:
            paid, committed = -1.0 * on(self.o, year), self.array(0 * mine, "sector")
            for start in range(year - g + 1, year + 1):
                if start in begun:
                    committed = committed + begun[start] / g
                elif start >= self.first:
                    paid = paid + on(self.u, start) / g
            for start in range(max(self.first, year - lag + 1), year + 1):
                paid = paid + rules["restoration_cost"] / lag * on(self.r, start)
            self.put("investment", year, paid, "=", -committed)
        kept = 1 - self.array(d["wear"], "sector")
        self.put(
            "opening capital",
            self.first,
            on(self.k, self.first),
            "=",
            self.array(d["capital"], "sector") * mine,
        )
        for year in range(self.first + 1, self.last + g + 1):
            change, ready = on(self.k, year) - kept * on(self.k, year - 1), 0 * mine
            if year - g in begun:
                ready = ready + begun[year - g]
            if self.first <= year - g <= self.last:
                change = change - on(self.u, year - g)
            if self.first <= year - lag <= self.last:
                change = change - on(self.r, year - lag)
            self.put("capital", year, change, "=", ready)
        self.put(
            "opening damage",
            self.first,
            on(self.d, self.first),
            "=",
            self.array(
                [self.of("damaged", i) if i in damaged else 0.0 for i in self.sectors], "sector"
            ),
        )
        left = 1 - rules["damage_decay"]
        for year in self.years:
            left_over = on(self.d, year) - on(self.r, year)
            self.put("damaged capital", year + 1, on(self.d, year + 1) - left * left_over, "=", 0.0)

    def _ends(self) -> None:
        d, of = self.data, self.builders
        if not of:
            return
        ratio = xr.DataArray(
            [self.of("ratio", i) for i in of], coords={"sector": of}, dims="sector"
        )
        growth = self.rules["terminal_growth"]
        if growth is None:
            return
        relief = d.get("relief", np.zeros((self.g, len(self.sectors))))
        for tau in range(1, self.g + 1):
            need = (1 + growth) ** tau * ratio * on(self.x, self.last, sector=of)
            self.put(
                "terminal capital",
                self.last + tau,
                need - on(self.k, self.last + tau, sector=of),
                "<=",
                self.array(relief[tau - 1], "sector").sel(sector=of),
            )

    def enlarge(self, kind: str, expression: Any) -> None:
        """Add an expression to the left of a condition: what it takes beside the plan's own."""
        constraint = self.model.constraints[kind]
        constraint.update(lhs=constraint.lhs + expression)

    def solve(self) -> float:
        """Solve and return the optimum."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="linopy")
            status, condition = self.model.solve(
                "highs",
                io_api="direct",
                output_flag=False,
                threads=1,
                primal_feasibility_tolerance=1e-9,
                dual_feasibility_tolerance=1e-9,
            )
        assert (status, condition) == ("ok", "optimal")
        return float(self.model.objective.value)

    def perturbed(self, kind: str, year: int, label: str, change: float) -> float:
        """Return the optimum with ``change`` added to one right-hand side, then put it back."""
        names = self.model.constraints
        constraint = names[kind if kind in names else f"{kind}:{year}"]
        labels = constraint.labels
        dims = {dim: year if dim == "year" else label for dim in labels.dims}
        position = int(
            np.flatnonzero(
                self.model.matrices.clabels == int(labels.sel(dims) if dims else labels)
            )[0]
        )
        solver = self.model.solver_model
        low, high = solver.getLp().row_lower_[position], solver.getLp().row_upper_[position]
        solver.changeRowBounds(position, low + change, high + change)
        solver.run()
        value = float(solver.getInfo().objective_function_value)
        solver.changeRowBounds(position, low, high)
        return value
