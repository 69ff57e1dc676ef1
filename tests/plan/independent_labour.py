"""Labour and consumption conditions of a plan written out again, from the text of the docs.

Like ``independent.py`` this imports nothing from ``conjuncture.plan``: it takes the plain
records of a problem file. Stocks of moved labour are written out as sums over the years in
which their members began.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from independent import Independent, data_of_problem

Spec = dict[str, Any]


def each(value: Any, years: int) -> np.ndarray:
    """One number for all years, or one for each."""
    return np.broadcast_to(np.atleast_1d(np.array(value, float)), (years,)).copy()


class Extended:
    """A plan with moves, overtime, mobility, households and wants; ``solve`` gives its aim."""

    def __init__(self, problem: Any, given: dict[str, list[Spec]], wants: float = 0.0) -> None:
        self.kinds, self.given, self.data = problem.labour_kinds, given, data_of_problem(problem)
        self.t, self.wants = len(problem.years), wants
        self.there = np.array(self.data["labour_available"])
        self.hours = np.ones((self.t, len(self.kinds)))
        for record in given.get("overtime", ()):
            lost = 1 - each(record.get("hours", 1.0), self.t)
            self.hours[:, self.k(record["kind"])] -= lost * (1 - record.get("recovered", 0.0))
        self.fixed = np.zeros_like(self.there)  # labour that those under way add
        self.taken = np.zeros_like(self.there)  # labour that teaches them
        self.claims = np.array(self.data["claims"])
        for move in given.get("moves", ()):
            self._under_way(move)
        able = (self.there + self.fixed) * self.hours - self.taken
        self.data |= {"labour_available": able, "claims": self.claims}
        self.plan = Independent(self.data)
        self.model, self.years = self.plan.model, self.plan.years
        self.discount = self.data["rules"]["discount"] ** np.arange(self.t)
        self.extra: list[Any] = []
        self.present = [[] for _ in self.kinds]
        self.shares: list[tuple[int, Spec, Any]] = []
        self.levels: list[tuple[np.ndarray, Any]] = []
        for name in ("moves", "overtime", "mobility", "households", "wants"):
            for number, record in enumerate(given.get(name, ())):
                getattr(self, f"_{name}")(number, record)
        aim = self.model.objective.expression
        for term in self.extra:
            aim = aim + term
        self.model.add_objective(aim, overwrite=True, sense="max")

    def solve(self) -> float:
        return self.plan.solve()

    def k(self, kind: str) -> int:
        return self.kinds.index(kind)

    def bundle(self, amounts: dict[str, float]) -> np.ndarray:
        return np.array([amounts.get(name, 0.0) for name in self.plan.sectors])

    def yearly(self, values: Any) -> xr.DataArray:
        return xr.DataArray(np.array(values), coords={"year": self.years}, dims="year")

    def over(self, variable: Any, matrix: Any) -> Any:
        """Sum what those who began in a year do in each year: matrix[year, begun]."""
        axes = {"year": self.years, "begun": self.years}
        return (xr.DataArray(matrix, coords=axes, dims=["year", "begun"]) * variable).sum("begun")

    def _under_way(self, move: Spec) -> None:
        given, y = move.get("under_way", ()), move.get("years", 0)
        kept, factor = 1 - move.get("retirement", 0.0), move.get("yields", 1.0)
        for h, number in enumerate(given):
            begun = h - len(given)
            for t in range(self.t):
                if t >= begun + y:
                    gone = kept ** (t - begun - y)
                    self.fixed[t, self.k(move["target"])] += factor * gone * number
                else:
                    cost = self.products(move) / y
                    self.claims[t] += cost * number
                    for kind, amount in move.get("trainers", {}).items():
                        self.taken[t, self.k(kind)] += amount * number

    def products(self, move: Spec) -> np.ndarray:
        amounts = move.get("products", {})
        return np.array([amounts.get(name, 0.0) for name in self.data["sectors"]])

    def _moves(self, number: int, move: Spec) -> None:
        begun = self.model.add_variables(
            lower=0, coords={"begun": self.years}, dims=["begun"], name=f"begun {number}"
        )
        y, age = move.get("years", 0), np.subtract.outer(np.arange(self.t), np.arange(self.t))
        source, target = self.k(move["source"]), self.k(move["target"])
        kept = (1 - move.get("retirement", 0.0)) ** np.maximum(age - y, 0)
        left = -(age >= 0).astype(float)
        came = move.get("yields", 1.0) * kept * (age >= y)
        learns = ((age >= 0) & (age < max(y, 1))).astype(float)
        for kind, matrix in ((source, left), (target, came)):
            self.present[kind].append((begun, matrix))
            add = self.over(begun, -matrix * self.hours[:, [kind]])
            self.plan.enlarge(f"labour {kind}", add)
        for kind, amount in move.get("trainers", {}).items():
            self.plan.enlarge(f"labour {self.k(kind)}", self.over(begun, amount * learns))
        cost = xr.DataArray(
            self.products(move) / max(y, 1), coords={"product": self.plan.sectors}, dims="product"
        )
        self.plan.enlarge("product", self.over(begun, learns) * cost)
        if "limit" in move:
            most = each(move["limit"], self.t)
            self.put(f"places {number}", self.over(begun, np.eye(self.t)), "<=", most)
        if "least" in move:
            least = each(move["least"], self.t)
            self.put(f"least {number}", self.over(begun, np.eye(self.t)), ">=", least)
        if "share" in move:
            self.shares.append((number, move, begun))
        if number == len(self.given["moves"]) - 1:  # now all who come and go are known
            for limited in self.shares:
                self._share(*limited)

    def _share(self, number: int, move: Spec, begun: Any) -> None:
        share, kind = each(move["share"], self.t), self.k(move["source"])
        before = np.eye(self.t, k=-1)  # takes last year's state to this year
        used = self.over(begun, np.eye(self.t))
        for variable, matrix in self.present[kind]:
            used = used - self.over(variable, share[:, None] * (before @ matrix))
        arrived = before @ self.fixed[:, kind]
        self.put(f"share {number}", used, "<=", share * (self.there[:, kind] + arrived))

    def put(self, name: str, left: Any, sign: str, right: Any) -> None:
        self.plan.put(name, None, left, sign, self.yearly(right))

    def _overtime(self, number: int, record: Spec) -> None:
        kind = self.k(record["kind"])
        if "most" not in record:
            return
        extra = self.model.add_variables(
            lower=0, coords={"year": self.years}, dims=["year"], name=f"overtime {number}"
        )
        self.plan.enlarge(f"labour {kind}", -record.get("productivity", 1.0) * extra)
        share = each(record["most"], self.t) * self.hours[:, kind]
        used = 1.0 * extra
        for variable, matrix in self.present[kind]:
            used = used - self.over(variable, share[:, None] * matrix)
        here = self.there[:, kind] + self.fixed[:, kind]
        self.put(f"most overtime {number}", used, "<=", share * here)
        if "total" in record:
            self.plan.put(f"total {number}", None, extra.sum(), "<=", record["total"])
        weight = self.yearly(-self.discount * record.get("cost", 0.0))
        self.extra.append((extra * weight).sum())

    def _mobility(self, number: int, record: Spec) -> None:
        kind, allowed = self.k(record["kind"]), record.get("allowance", 0.0)
        per = np.array(self.data["labour"])[:, kind] / self.hours[:, [kind]]
        base = np.array(self.data["labour"])[0, kind] * self.data["output"]
        for label, amount in record.get("base", {}).items():
            base[self.plan.sectors.index(label)] = amount
        axes = {"year": self.years, "sector": self.plan.sectors}
        leaving = self.model.add_variables(
            lower=0, coords=axes, dims=list(axes), name=f"leaving {number}"
        )
        past = self.plan.x.rename({"year": "begun"})
        earlier = {"year": self.years, "begun": self.years, "sector": self.plan.sectors}

        def change(factor: np.ndarray) -> Any:
            """Employment less a multiple of last year's."""
            matrix = np.eye(self.t)[:, :, None] * per
            matrix = matrix - np.eye(self.t, k=-1)[:, :, None] * factor[:, None, None] * per
            weights = xr.DataArray(matrix, coords=earlier, dims=list(earlier))
            return (weights * past).sum("begun")

        def limit(name: str, left: Any, first: np.ndarray, later: float) -> None:
            right = np.vstack([first, np.full((self.t - 1, len(base)), later)])
            right = xr.DataArray(right, coords=axes, dims=list(axes))
            self.plan.put(f"{name} {number}", None, left, "<=", right)

        if "rise" in record:
            factor = 1 + each(record["rise"], self.t)
            limit("rise", change(factor), factor[0] * base + allowed, allowed)
        if "fall" in record:
            factor = 1 - each(record["fall"], self.t)
            ratio = np.array(self.data["ratio"])
            room = np.array(self.data["capital"]) / np.where(ratio > 0, ratio, 1.0) * per[0]
            least = factor[0] * base - allowed
            least = np.where(ratio > 0, np.minimum(least, room), least)
            limit("fall", -1.0 * change(factor), -least, allowed)
        if "between" in record:
            limit("out", -1.0 * leaving - change(np.ones(self.t)), -base, 0.0)
            share = each(record["between"], self.t)
            used = leaving.sum("sector")
            for variable, matrix in self.present[kind]:
                used = used - self.over(variable, share[:, None] * matrix)
            here = self.there[:, kind] + self.fixed[:, kind]
            self.put(f"between {number}", used, "<=", share * here)

    def _households(self, number: int, group: Spec) -> None:
        whole = np.array(self.data["consumption"])
        own = whole * group.get("share", 0.0)
        for i, label in enumerate(self.plan.sectors):
            own[i] = whole[i] * group.get("shares", {}).get(label, own[i] / whole[i])
            own[i] = group.get("amounts", {}).get(label, own[i])
        level = self.model.add_variables(
            lower=each(group.get("floor", 0.0), self.t),
            coords={"year": self.years},
            dims=["year"],
            name=f"level {number}",
        )
        self.levels.append((own, level))
        tied = self.yearly(each(group.get("relative", 1.0), self.t))
        s, money, weight = self.plan.s, float(own.sum()), group.get("weight", 0.0)
        goods = xr.DataArray(own, coords={"product": self.plan.sectors}, dims="product")
        self.plan.enlarge("product", goods * level - goods * s)
        self.put(f"tie {number}", tied * s - level, "<=", np.zeros(self.t))
        # the group leaves the bundle that the aim counts, and comes back at its own level
        counted = tied * s - s + weight * (level - tied * s)
        self.extra.append((counted * self.yearly(money * self.discount)).sum())
        if "band" in group:
            start = np.where(np.arange(self.t) == 0, self.data["level"], 0.0)
            before = np.eye(self.t, k=-1)
            axes = {"year": self.years, "begun": self.years}
            moved = level.rename({"year": "begun"})
            for name, sign in (("rise", 1.0), ("fall", -1.0)):
                share = 1 + sign * group["band"]
                matrix = xr.DataArray(
                    sign * (np.eye(self.t) - share * before), coords=axes, dims=["year", "begun"]
                )
                left = (matrix * moved).sum("begun")
                self.put(f"{name} of {number}", left, "<=", sign * share * start)

    def _wants(self, number: int, want: Spec) -> None:
        i = self.plan.sectors.index(want["product"])
        base = want.get("base", float(np.array(self.data["consumption"])[i]))
        path = each(want.get("path", 1.0), self.t)
        axes = {"coords": {"year": self.years}, "dims": ["year"]}
        add = self.model.add_variables(lower=0, name=f"more {number}", **axes)
        unit = np.eye(len(self.plan.sectors))[i]
        goods = xr.DataArray(unit, coords={"product": self.plan.sectors}, dims="product")
        self.plan.enlarge("product", goods * add)
        filled, begin = -1.0 * add, 0.0
        for k, part in enumerate(want["segments"]):
            met = self.model.add_variables(
                lower=0,
                upper=self.yearly((part["to"] - begin) * base * path),
                name=f"met {number} {k}",
                **axes,
            )
            filled, begin = filled + met, part["to"]
            weight = self.wants * part["weight"] * self.discount
            self.extra.append((met * self.yearly(weight)).sum())
        if want.get("counted") == "all":
            rest = np.array(self.data["consumption"])[i]
            for own, level in self.levels:
                filled, rest = filled - own[i] * level, rest - own[i]
            filled = filled - rest * self.plan.s
            self.put(f"want {number}", filled, "<=", np.zeros(self.t))
            self.put(f"satiated {number}", 1.0 * add, "<=", begin * base * path)
        else:
            self.put(f"want {number}", filled, "=", np.zeros(self.t))
