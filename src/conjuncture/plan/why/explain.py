"""Why there is not more of a product: the chain of bottlenecks, in words and in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.plan.why.decompose import (
    Term,
    aim_term,
    block_of,
    column_of,
    decompose,
    row_prices,
)
from conjuncture.plan.why.notes import notes
from conjuncture.plan.why.operated import Operated, operated
from conjuncture.plan.why.roots import Root, roots_of
from conjuncture.plan.why.values import labour_values
from conjuncture.plan.why.words import explanation_text

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_NOTHING = 1e-12


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
        The price in the product's own sector, or by the technique that makes it:
        inputs, capacity, labour, pace. Their values add to the price. Empty for the
        bundle and for products that no sector makes.
    imported : tuple of Term
        The price by way of imports: currency and limits. Values add to it.
    roots : tuple of Root
        The price carried back through all inputs to what is scarce in itself, the
        dearest first. Values add to the price.
    outputs : mapping of str to float
        Output that one more unit takes, by sector (its techniques included), directly
        and indirectly.
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
    activities at work (sectors, techniques, imports, stocks; one for each product), g
    solves (I - A) g = e for one unit e of the product, and the price is the sum over
    products of g_j times what activity j pays for capacity, labour, imports, pace and
    limits. Both this sum and that of the product's own sector equal the price to
    rounding.

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
    chosen = operated(solution, t)
    need = chosen.needed(demand, p.sectors)
    price = float(-row_prices(solution)[solution.model.rows["product"][t]] @ demand)
    labour = _labour(solution, t, chosen, need)
    return Explanation(
        product=product or "",
        year=year,
        unit=p.unit,
        aim_unit=solution.model.aim_unit,
        price=price,
        direct=_direct(solution, product, year, chosen),
        imported=_by(solution, "imports", product, product, year),
        roots=roots_of(solution, t, demand, price, chosen),
        outputs=_ranked(solution, need * chosen.made),
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


def _labour(solution: Solution, t: int, chosen: Operated, need: Array) -> Array:
    """Return labour that the activities at work take, by kind."""
    model, known = solution.model, chosen.column >= 0
    rows, at = model.rows["labour"][t], chosen.column[known]
    used = csr_array(model.matrix[:, at])[rows] @ (
        (need * chosen.unit)[known] / model.column_scale[at]
    )
    return np.asarray(used * model.row_scale[rows])


def _direct(
    solution: Solution, product: str | None, year: int, chosen: Operated
) -> tuple[Term, ...]:
    """Return the price of a product in its own sector, or by the technique that makes it."""
    if product is None:
        return ()
    at = solution.problem.sectors.index(product)
    if chosen.activity[at] == "technique":
        return _by(solution, "technique", chosen.label[at], product, year)
    return _by(solution, "output", product, product, year)


def _by(
    solution: Solution, activity: str, label: str | None, product: str | None, year: int
) -> tuple[Term, ...]:
    """Return the price of a product by way of an activity, without the product itself."""
    p = solution.problem
    if product is None or label is None:
        return ()
    i = p.sectors.index(product)
    if activity == "output" and p.output[i] <= 0:
        return ()
    block = block_of(solution, activity)
    if block.names.index(label) not in block.label:
        return ()
    terms = []
    for term in decompose(solution, activity, label, year):
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
    column = column_of(solution, activity, label, year)
    counted = aim_term(solution, activity, label, year, 1.0, column)
    if counted is not None:
        terms.append(counted)
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
