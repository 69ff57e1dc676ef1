"""How activities of conditions bring a product that no sector of its own makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions.all import COLUMNS

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_IDLE = 1e-9


@dataclass(frozen=True)
class Bringer:
    """An activity that brings a product.

    Attributes
    ----------
    activity : str
        Block of columns, such as ``route``.
    label : str
    column : int
    gain : float
        Amount of the product that one unit brings.
    brought : float
        Amount that it brings in all (money/year).
    inputs : array, N
        Products that it takes for one unit of the product brought.
    """

    activity: str
    label: str
    column: int
    gain: float
    brought: float
    inputs: Array


def bringers(solution: Solution, t: int) -> dict[int, Bringer]:
    """Return, for every product that conditions bring in a year, what brings most of it."""
    model = solution.model
    rows = model.rows["product"][t]
    place = np.full(model.rows.size, -1)
    place[rows] = np.arange(rows.size)
    found: dict[int, Bringer] = {}
    for name, column in COLUMNS.items():
        block = model.columns.blocks.get(name)
        if block is None or not column.resource:
            continue
        for at, label in zip(
            block.index[block.year == t], block.label[block.year == t], strict=True
        ):
            amount = solution.outcome.values[at] * model.column_scale[at]
            if amount <= 0:
                continue
            part = model.matrix[:, [int(at)]].tocoo()
            per = np.zeros(rows.size)
            mine = place[part.row] >= 0
            of = part.row[mine]
            per[place[of]] = part.data[mine] * model.row_scale[of] / model.column_scale[at]
            for i in map(int, np.flatnonzero(per > 0)):
                brought = float(per[i] * amount)
                if brought > _IDLE * model.row_scale[rows[i]] and (
                    i not in found or brought > found[i].brought
                ):
                    inputs = np.where(np.arange(rows.size) == i, 0.0, -per / per[i])
                    found[i] = Bringer(name, block.name(int(label)), int(at), float(per[i]),
                                       brought, inputs)  # fmt: skip
    return found
