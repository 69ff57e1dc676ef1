"""Why there is not more of a product: the chain of bottlenecks, in words and in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from conjuncture.accounts.leontief import solve
from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.plan.reading.chains import Link, strongest_chain
from conjuncture.plan.reading.decompose import (
    Rows,
    Term,
    block_of,
    decompose,
    importers,
    limit_term,
    reduced_prices,
    row_prices,
    row_term,
)
from conjuncture.plan.reading.notes import notes
from conjuncture.plan.reading.values import labour_values
from conjuncture.plan.reading.words import explanation_text

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_NOTHING = 1e-12
_LONGEST = 12
_IDLE = 1e-9

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Root:
    """A scarcity in which a price ends, with the way to it.

    Attributes
    ----------
    term : Term
        What is scarce, how much of it one more unit takes in all (directly and
        through all inputs), at what price.
    share : float
        Its value relative to the price of the product; 0 where that has no price.
    sector : str
        The sector where most of it is used.
    chain : tuple of Link
        The strongest way from the product to that sector; empty if it is the
        product's own sector.
    """

    term: Term
    share: float
    sector: str
    chain: tuple[Link, ...]


@dataclass(frozen=True)
class Explanation:
    """Why there is not more of a product in a year.

    Attributes
    ----------
    product : str
        Label; empty for the whole consumption bundle.
    year : int
    unit : str
        The table's money.
    aim_unit : str
        Unit of the plan's aim (money of discounted consumption, unless it aims at
        something else).
    price : float
        Worth of one more unit (``aim_unit`` per unit).
    direct : tuple of Term
        The price in the product's own sector: inputs, capacity, labour, pace.
        Their values add to the price. Empty for the bundle and for products
        that no sector makes.
    imported : tuple of Term
        The price by way of imports: currency and limits. Values add to it.
    roots : tuple of Root
        The price carried back through all inputs to what is scarce in itself, the
        dearest first. Values add to the price.
    outputs : mapping of str to float
        Output that one more unit takes, by sector, directly and indirectly.
    labour : mapping of str to float
        Labour that it takes, by kind, in the kind's unit.
    labour_units : mapping of str to str
    labour_values : mapping of str to float
        Labour embodied in a unit of the product, by kind; empty without labour.
    level : float
        Consumption level of the year (base year = 1).
    level_terms : tuple of Term
        What one more unit of the level uses, at prices; the values add to
        ``level_weight``.
    level_weight : float
        Weight of the level in the aim (money).
    gestation : int
        Years from the start of a building to its use.
    first_year : int
        First year of the plan.
    titles : mapping of str to str
        Titles of labels, for the text.
    notes : tuple of str
        What the plan's conditions do in the year, in sentences.
    """

    product: str
    year: int
    unit: str
    aim_unit: str
    price: float
    direct: tuple[Term, ...]
    imported: tuple[Term, ...]
    roots: tuple[Root, ...]
    outputs: Mapping[str, float]
    labour: Mapping[str, float]
    labour_units: Mapping[str, str]
    labour_values: Mapping[str, float]
    level: float
    level_terms: tuple[Term, ...]
    level_weight: float
    gestation: int
    first_year: int
    titles: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The explanation in sentences."""
        return explanation_text(self)

    def __str__(self) -> str:
        return self.text

    def as_dict(self) -> dict[str, object]:
        """Return the explanation as plain data, for ``--json``."""
        return {
            "product": self.product,
            "year": self.year,
            "unit": self.unit,
            "price": self.price,
            "price_unit": f"{self.aim_unit} per {self.unit}",
            "text": self.text,
            "direct": [term.as_dict() for term in self.direct],
            "imported": [term.as_dict() for term in self.imported],
            "roots": [
                {
                    **root.term.as_dict(),
                    "share": root.share,
                    "sector": root.sector,
                    "chain": [[link.product, link.needs, link.amount] for link in root.chain],
                }
                for root in self.roots
            ],
            "outputs": dict(self.outputs),
            "labour": dict(self.labour),
            "labour_units": dict(self.labour_units),
            "labour_values": dict(self.labour_values),
            "consumption_level": self.level,
            "consumption_level_weight": self.level_weight,
            "consumption_level_terms": [term.as_dict() for term in self.level_terms],
            "notes": list(self.notes),
        }


def explain(
    solution: Solution,
    product: str | None,
    year: int,
    *,
    titles: Mapping[str, str] | None = None,
) -> Explanation:
    """Say why there is not more of a product, or of all consumption, in a year.

    The price of the product is carried upstream: with A the coefficients of the
    sectors that work, g solves (I - A) g = e for one unit e of the product, and the
    price is the sum over sectors of g_j times what sector j pays for capacity,
    labour, imports, pace and limits. Both this sum and that of the product's own
    sector equal the price to rounding.

    Parameters
    ----------
    solution : Solution
        An optimal plan.
    product : str or None
        Label; None for one unit of money of the consumption bundle.
    year : int
    titles : mapping of str to str, optional
        Titles of labels (``dict(zip(table.sectors, table.titles))``).

    Returns
    -------
    Explanation

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.
    InputError
        If product or year is unknown, with the nearest names, or the coefficients
        are not productive.

    Notes
    -----
    Prices as sums of direct and indirect scarcities: R. Dorfman, P. A. Samuelson
    and R. M. Solow (1958), ch. 9-10. The strongest chain is the path with the
    largest product of coefficients: J. Defourny and E. Thorbecke (1984), Structural
    path analysis, Economic Journal 94.
    """
    solution.require_optimal()
    p = solution.problem
    _check(solution, product, year)
    demand = np.zeros(p.size)
    if product is None:
        demand[:] = p.consumption / p.consumption.sum()
    else:
        demand[p.sectors.index(product)] = 1.0
    t = p.years.index(year)
    made, need = _needs(solution, t, demand)
    price = float(-row_prices(solution)[solution.model.rows["product"][t]] @ demand)
    labour = p.labour_coefficients[t] @ (need * made)
    return Explanation(
        product=product or "",
        year=year,
        unit=p.unit,
        aim_unit=solution.model.aim_unit,
        price=price,
        direct=_by(solution, "output", product, year),
        imported=_by(solution, "imports", product, year),
        roots=roots_of(solution, t, demand, price),
        outputs=_ranked(solution, need * made),
        labour=dict(zip(p.labour_kinds, labour.tolist(), strict=True)),
        labour_units=dict(zip(p.labour_kinds, p.labour_units, strict=True)),
        labour_values=_embodied(solution, product, year),
        level=float(solution.consumption_level[t]),
        level_terms=decompose(solution, "level", "", year),
        level_weight=_weight(solution, t),
        gestation=p.settings.gestation,
        first_year=p.years[0],
        titles=dict(titles or {}),
        notes=notes(solution, year),
    )


def _weight(solution: Solution, t: int) -> float:
    """Return the weight of a year's consumption level in the aim."""
    model = solution.model
    at = model.columns["level"][t]
    return float(model.cost[at] * model.aim_scale / model.column_scale[at])


def _check(solution: Solution, product: str | None, year: int) -> None:
    p = solution.problem
    faults = Faults(p.name)
    if product is not None and product not in p.sectors:
        faults.unknown("product", product, p.sectors, field="product")
    if year not in p.years:
        span = f"{p.years[0]}-{p.years[-1]}"
        faults.add("lies outside the plan", f"give a year of {span}", field="year", value=year)
    faults.raise_if_any()


def _makers(solution: Solution, t: int) -> Mask:
    """Return the sectors that bring more of their product; imports may have shut others."""
    p = solution.problem
    working = solution.output[t] > _IDLE * p.output
    imported = np.zeros(p.size, dtype=bool)
    imported[list(importers(solution, t))] = True
    return np.asarray((p.output > 0) & (working | ~imported))


def _by(solution: Solution, activity: str, product: str | None, year: int) -> tuple[Term, ...]:
    """Return the price of a product by way of an activity, without the product itself."""
    p = solution.problem
    if product is None or (activity == "output" and p.output[p.sectors.index(product)] <= 0):
        return ()
    i = p.sectors.index(product)
    if i not in block_of(solution, activity).label:
        return ()
    terms = []
    for term in decompose(solution, activity, product, year):
        own = term.kind == "product" and term.label == product
        use = term.use + 1.0 if own else term.use  # what is left is the sector's use of its own
        if abs(use) > _NOTHING or not own:
            terms.append(
                Term(
                    term.kind,
                    term.label,
                    term.year,
                    use,
                    term.use_unit,
                    term.price,
                    use * term.price,
                )
            )
    return tuple(sorted(terms, key=lambda term: -abs(term.value)))


def _ranked(solution: Solution, amounts: Array) -> dict[str, float]:
    order = np.argsort(-np.abs(amounts), kind="stable")
    sectors = solution.problem.sectors
    return {sectors[j]: float(amounts[j]) for j in order if abs(amounts[j]) > _NOTHING}


def _embodied(solution: Solution, product: str | None, year: int) -> dict[str, float]:
    p = solution.problem
    if not p.labour_kinds or product is None:
        return {}
    values = labour_values(p, year)
    mine = values[values["product"] == product]
    return dict(zip(mine["kind"], mine["value"].tolist(), strict=True))


# Roots ---------------------------------------------------------------------------


def _needs(solution: Solution, t: int, demand: Array) -> tuple[Mask, Array]:
    """Return the sectors at work, and what a demand needs of all products."""
    p, made = solution.problem, _makers(solution, t)
    return made, np.asarray(solve(p.coefficients * made, demand, p.sectors))


def roots_of(solution: Solution, t: int, demand: Array, price: float) -> tuple[Root, ...]:
    """Carry the price of a demand (N; money) back; shares are relative to ``price``."""
    made, need = _needs(solution, t, demand)
    return _roots(solution, t, demand, need, made, price)


def _roots(
    solution: Solution, t: int, demand: Array, need: Array, made: Mask, price: float
) -> tuple[Root, ...]:
    """Carry a price back to what is scarce in itself."""
    p = solution.problem
    found: dict[tuple[str, str, int], list[tuple[Term, int]]] = {}
    for term, j in _sources(solution, t, need, made):
        found.setdefault((term.kind, term.label, term.year), []).append((term, j))
    graph = csr_array(p.coefficients * made)
    roots = []
    for parts in found.values():
        whole, at = _joined(parts)
        if abs(whole.value) > _NOTHING:
            roots.append((whole, at))
    roots.sort(key=lambda item: -abs(item[0].value))
    return tuple(
        Root(
            term=term,
            share=term.value / price if price else 0.0,
            sector=p.sectors[at],
            chain=strongest_chain(p.sectors, graph, demand, at) if k < _LONGEST else (),
        )
        for k, (term, at) in enumerate(roots)
    )


def _joined(parts: list[tuple[Term, int]]) -> tuple[Term, int]:
    """Add the parts of one scarcity over sectors; also where the largest part arises."""
    first = parts[0][0]
    use, value = sum(term.use for term, _ in parts), sum(term.value for term, _ in parts)
    at = max(parts, key=lambda part: abs(part[0].value))[1]
    term = Term(first.kind, first.label, first.year, use, first.use_unit, first.price, value)
    return term, at


def _sources(solution: Solution, t: int, need: Array, made: Mask) -> list[tuple[Term, int]]:
    """List what every needed sector, or import where no sector works, uses up itself."""
    p, model, rows = solution.problem, solution.model, Rows.of(solution)
    prices, reduced = row_prices(solution), reduced_prices(solution)
    imported = importers(solution, t)
    found: list[tuple[Term, int]] = []
    for j in map(int, np.flatnonzero(np.abs(need) > _NOTHING)):
        label, year = p.sectors[j], p.years[t]
        if made[j]:
            activity, column = "output", int(model.columns["output"][t, j])
        elif j in imported:
            activity, column = imported[j]
        else:  # nothing brings more of it: its price is what its users would give
            row = int(model.rows["product"][t, j])
            found.append((row_term(solution, rows, row, -need[j], prices[row]), j))
            continue
        entries = model.matrix[:, [column]].tocoo()
        for r, data in zip(entries.row, entries.data, strict=True):
            if rows.kind[r] != "product":
                amount = data * model.row_scale[r] / model.column_scale[column] * need[j]
                found.append((row_term(solution, rows, int(r), amount, prices[r]), j))
        own = limit_term(solution, activity, label, year, need[j], reduced[column])
        if own is not None:
            found.append((own, j))
    return found
