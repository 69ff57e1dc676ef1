"""Which activity brings each product in a year, and what one more unit takes of them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array

from conjuncture.accounts.leontief import solve
from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, InputError
from conjuncture.plan.conditions.routes import shipping
from conjuncture.plan.conditions.technique import sectors_of
from conjuncture.plan.programme.layout import Index
from conjuncture.plan.why.decompose import importers

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_IDLE = 1e-9

Choice = tuple[str, str, int, float]
"""Activity, label, column, and units of it for one unit of the product."""


@dataclass(frozen=True)
class Operated:
    """The activity that brings more of each product in a year.

    Attributes
    ----------
    activity : tuple of str, N
        ``output``, ``technique``, ``imports``, ``partner imports``, ``route`` or
        ``stock change``; empty where nothing brings more of a product.
    label : tuple of str, N
        Label of the activity: the product, or the name of the technique or route.
    column : array of int, N
        Its position in the programme; -1 where there is none.
    unit : array, N
        Units of the activity that bring one unit of the product, apart from what it
        uses of it (-1 for an addition to stock, above 1 where a route loses some).
    inputs : array, N x N
        Product i used per unit of product j so brought; negative for joint products.
    """

    activity: tuple[str, ...]
    label: tuple[str, ...]
    column: Index
    unit: Array
    inputs: Array

    @property
    def made(self) -> Array:
        """1 for products that a sector or a technique makes, else 0."""
        return np.array([float(name in ("output", "technique")) for name in self.activity])

    def needed(self, demand: Array, sectors: tuple[str, ...]) -> Array:
        """Return units of each product that a demand takes in all (N).

        Raises
        ------
        InputError
            If the activities are not productive.
        """
        if (self.inputs >= 0).all():
            return solve(self.inputs, demand, sectors)
        try:
            return np.asarray(np.linalg.solve(np.eye(len(sectors)) - self.inputs, demand))
        except np.linalg.LinAlgError:
            raise InputError(
                Fault("the activities at work bring the same mix of products, so that a price "
                      "cannot be carried back", "explain another product or year")
            ) from None  # fmt: skip


def operated(solution: Solution, t: int) -> Operated:
    """Choose for every product the activity that brings more of it.

    The first of these that the plan has: the sector's own output, if at work; its
    technique with most output; imports that are made; the route that ships most of it;
    a change of its stock; imports; the sector's output though idle.
    """
    p, model = solution.problem, solution.model
    choices: list[dict[int, Choice]] = [{} for _ in range(7)]
    for j in np.flatnonzero(p.output > 0).tolist():
        at = int(model.columns["output"][t, j])
        own = ("output", p.sectors[j], at, 1.0)
        choices[0 if solution.output[t, j] > _IDLE * p.output[j] else 6][j] = own
    for j, q in _techniques(solution, t).items():
        at = int(model.columns["technique"][t, q])
        choices[1][j] = ("technique", p.conditions.techniques[q].name, at, 1.0)
    for j, (name, at) in importers(solution, t).items():
        rank = 2 if solution.outcome.values[at] > _IDLE else 5
        choices[rank][j] = (name, p.sectors[j], at, 1.0)
    choices[3] = _shipped(solution, t)
    stock = model.columns.blocks.get("stock change")
    if stock is not None:
        for k, at in _row(stock.label, stock.index, t):
            label = stock.names[k]
            choices[4][p.sectors.index(label)] = ("stock change", label, at, -1.0)
    none = ("", "", -1, 0.0)
    found = [next((c[j] for c in choices if j in c), none) for j in range(p.size)]
    column = np.array([choice[2] for choice in found], dtype=np.int64)
    unit = np.array([choice[3] for choice in found])
    return Operated(
        activity=tuple(choice[0] for choice in found),
        label=tuple(choice[1] for choice in found),
        column=column,
        unit=unit,
        inputs=_inputs(solution, t, column, unit),
    )


def _row(label: Index, index: Index, t: int) -> list[tuple[int, int]]:
    if not label.size:
        return []
    return list(zip(label[t].tolist(), index[t].tolist(), strict=True))


def _techniques(solution: Solution, t: int) -> dict[int, int]:
    """Return, by product, the technique at work with most output."""
    block = solution.model.columns.blocks.get("technique")
    if block is None:
        return {}
    amounts = solution.outcome.values[block.index[t]]
    best: dict[int, int] = {}
    for q, j in enumerate(sectors_of(solution.problem).tolist()):
        if amounts[q] > _IDLE and (j not in best or amounts[q] > amounts[best[j]]):
            best[j] = q
    return best


def _shipped(solution: Solution, t: int) -> dict[int, Choice]:
    """Return, by product, the route at work that ships most of it."""
    p, block = solution.problem, solution.model.columns.blocks.get("route")
    if block is None:
        return {}
    a = shipping(p, p.conditions.routes)
    values = solution.outcome.values[block.index[t]]
    sent = values * solution.model.column_scale[block.index[t]]
    best: dict[int, int] = {}
    for q, j in enumerate(a.destination.tolist()):
        if values[q] > _IDLE and (j not in best or sent[q] > sent[best[j]]):
            best[j] = q
    return {
        j: ("route", a.labels[q], int(block.index[t, q]), float(1.0 / a.arrives[q]))
        for j, q in best.items()
    }


def _inputs(solution: Solution, t: int, column: Index, unit: Array) -> Array:
    """Return what each activity uses of all products per unit that it brings."""
    model, size = solution.model, column.size
    rows, known = model.rows["product"][t], column >= 0
    part = csc_array(model.matrix[:, column[known]])
    dense = np.asarray(part.tocsr()[rows].toarray())
    scale = model.row_scale[rows][:, None] / model.column_scale[column[known]]
    inputs = np.zeros((size, size))
    inputs[:, known] = -dense * scale * unit[known]
    inputs[np.flatnonzero(known), np.flatnonzero(known)] += 1.0
    inputs[np.abs(inputs) < 1e-15] = 0.0
    return inputs
