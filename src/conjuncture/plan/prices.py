"""Shadow prices, bottlenecks and corners of a plan.

One convention holds for every price: it is the change of the aim (discounted
balanced consumption, in the table's money) for one more unit of what the column
``sense`` names, and it is positive where that is scarce. Where several prices are
optimal (a degenerate plan), the one shown lies between the change for one unit
more and the change for one unit less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from conjuncture.accounts.table import Array
from conjuncture.plan.model import Block, Index, Model
from conjuncture.plan.outcome import Outcome

Strings = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Kind:
    """How a kind of shadow price is read.

    Attributes
    ----------
    block : str
        Block of the programme.
    part : str
        ``row``: the dual of a row; ``upper`` or ``lower``: of a column's limit;
        ``start``: of the fixed first year of a column.
    sign : int
        1 where the dual is the price, -1 where the price is its opposite.
    per : str
        What one unit is: ``money``, ``labour`` or ``level``.
    sense : str
        One more unit of what.
    limits : bool
        Whether it is a condition that can be a bottleneck.
    """

    block: str
    part: Literal["row", "upper", "lower", "start"]
    sign: int
    per: Literal["money", "labour", "level"]
    sense: str
    limits: bool = True


KINDS: Mapping[str, Kind] = {
    "product": Kind("product", "row", -1, "money", "product at hand", False),
    "capacity": Kind("capacity", "row", 1, "money", "yearly output capacity"),
    "labour": Kind("labour", "row", 1, "labour", "labour available"),
    "trade account": Kind("trade", "row", 1, "money", "foreign currency received"),
    "consumption floor": Kind("floor", "row", -1, "level", "consumption that the floor lets off"),
    "consumption rise": Kind("rise", "row", 1, "level", "rise of consumption allowed"),
    "consumption fall": Kind("fall", "row", -1, "level", "fall of consumption allowed"),
    "terminal capital": Kind("terminal", "row", -1, "money", "capital that need not be left"),
    "contraction": Kind("contraction", "row", -1, "money", "fall of output allowed"),
    "expansion": Kind("expansion", "row", 1, "money", "growth of output allowed"),
    "restorable share": Kind("restorable", "row", 1, "money", "restoration allowed"),
    "export maximum": Kind("exports", "upper", 1, "money", "exports allowed"),
    "export minimum": Kind("exports", "lower", -1, "money", "exports that need not be made"),
    "import maximum": Kind("imports", "upper", 1, "money", "imports allowed"),
    "import minimum": Kind("imports", "lower", -1, "money", "imports that need not be made"),
    "reserves": Kind("reserves", "lower", -1, "money", "reserves that need not be held"),
    "investment": Kind("outlay", "row", -1, "money", "investment goods at hand", False),
    "capital": Kind("accumulation", "row", 1, "money", "capital in use at the year's start", False),
    "opening capital": Kind("capital", "start", 1, "money", "capital in use at the start", False),
    "damaged capital": Kind("decay", "row", 1, "money", "damaged capital to restore", False),
    "opening damage": Kind("damaged", "start", 1, "money", "damaged capital to restore", False),
}
"""Every kind of shadow price, in the order of the frame."""

_CORNERS = {
    "export maximum": "exports of {label} at their upper limit (export_band)",
    "export minimum": "exports of {label} at their lower limit (export_band)",
    "import maximum": "imports of {label} at their upper limit (import_band)",
    "import minimum": "imports of {label} at their lower limit (import_band)",
    "contraction": "output of {label} falls as fast as allowed (contraction)",
    "expansion": "output of {label} grows as fast as allowed (expansion)",
    "consumption rise": "consumption rises as fast as allowed (consumption_band)",
    "consumption fall": "consumption falls as fast as allowed (consumption_band)",
}
_AT_LIMIT = 1e-7
_CLOSED, _CONCENTRATED = 0.01, 0.5


@dataclass(frozen=True)
class _Priced:
    """The prices of one kind as flat arrays."""

    kind: str
    price: Array
    amount: Array
    slack: Array
    year: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]


def _priced(model: Model, outcome: Outcome) -> Iterator[_Priced]:
    """Yield, kind by kind, price, amount of the limit, and distance from it (scaled)."""
    activity = model.matrix @ outcome.values
    reduced = model.cost - model.matrix.T @ outcome.row_duals
    for name, kind in KINDS.items():
        source = model.rows if kind.part == "row" else model.columns
        if kind.block not in source.blocks:
            continue
        block = source.blocks[kind.block]
        if kind.part == "start":
            block = Block(block.index[0], block.year[0], block.label[0])
        index = block.index.ravel()
        if kind.part == "row":
            dual, scale = outcome.row_duals[index], model.row_scale[index]
            low, high, at = model.row_lower[index], model.row_upper[index], activity[index]
        else:
            dual, scale = reduced[index], model.column_scale[index]
            low, high, at = model.lower[index], model.upper[index], outcome.values[index]
            dual = _side(dual, kind)
        limit = high if (kind.sign > 0) and kind.part != "start" else low
        slack = np.abs(limit - at)
        price = kind.sign * dual * model.aim_scale / scale
        amount = _amount(model, outcome, kind, index, limit * scale)
        yield _Priced(name, price + 0.0, amount, slack, block.year.ravel(), block.label.ravel())


def _side(dual: Array, kind: Kind) -> Array:
    """Give a reduced cost to the upper limit if positive, else to the lower."""
    if kind.part == "upper":
        return np.maximum(dual, 0.0)
    return np.minimum(dual, 0.0) if kind.part == "lower" else dual


def _amount(model: Model, outcome: Outcome, kind: Kind, index: Index, limit: Array) -> Array:
    """Amount of the limit; for rows that compare two variables, the first of them."""
    compared = {
        "capacity": "output",
        "contraction": "output",
        "expansion": "output",
        "rise": "level",
        "fall": "level",
        "restorable": "restoration",
        "terminal": "capital",
    }
    if kind.block not in compared:
        return np.where(np.isfinite(limit), limit, 0.0)
    block, of = model.rows.blocks[kind.block], model.columns.blocks[compared[kind.block]]
    amounts = outcome.values[of.index] * model.column_scale[of.index]
    year, label = block.year.ravel(), block.label.ravel()
    if of.label.ndim == 1:
        return np.asarray(amounts[year])
    place = np.zeros(model.problem.size, dtype=np.int64)
    place[of.label[0]] = np.arange(of.label.shape[1])
    return np.asarray(amounts[year, place[label]])


def _labels(model: Model, kind: Kind, label: npt.NDArray[np.int64]) -> Strings:
    names = model.problem.labour_kinds if kind.per == "labour" else model.problem.sectors
    return np.array([*names, ""], dtype=str)[label]


def _units(model: Model, kind: Kind, label: npt.NDArray[np.int64]) -> Strings:
    aim = f"{model.problem.unit} of discounted consumption"
    if kind.per == "labour":
        units = [
            f"{aim} per {unit.removesuffix('s')}" if unit == "persons" else f"{aim} per {unit}"
            for unit in model.problem.labour_units
        ]
        return np.array([*units, ""], dtype=str)[label]
    per = model.problem.unit if kind.per == "money" else "base-year consumption"
    return np.full(label.shape, f"{aim} per {per}")


def _frame(model: Model, priced: _Priced) -> pd.DataFrame:
    kind = KINDS[priced.kind]
    return pd.DataFrame(
        {
            "kind": priced.kind,
            "label": _labels(model, kind, priced.label),
            "year": priced.year + model.problem.years[0],
            "value": priced.price,
            "unit": _units(model, kind, priced.label),
            "sense": f"one more unit of {kind.sense}",
            "amount": priced.amount,
        }
    )


def shadow_prices(model: Model, outcome: Outcome) -> pd.DataFrame:
    """Return every shadow price of a plan.

    Returns
    -------
    DataFrame
        Columns ``kind`` (a key of :data:`KINDS`), ``label`` (product, sector or
        kind of labour; empty where there is none), ``year``, ``value``, ``unit``
        and ``sense``: the value is the change of the aim for one more unit of
        what ``sense`` says, and positive where it is scarce. Only a product
        that must be used up (no ``disposal``) or an outlay or stock bound to it
        can have a negative one. Empty unless the plan is optimal.

    Notes
    -----
    R. Dorfman, P. A. Samuelson and R. M. Solow (1958), Linear Programming and
    Economic Analysis, ch. 7.
    """
    columns = ["kind", "label", "year", "value", "unit", "sense"]
    if outcome.status != "optimal":
        return pd.DataFrame(columns=columns)
    frames = [_frame(model, priced) for priced in _priced(model, outcome) if priced.price.size]
    return pd.concat(frames, ignore_index=True)[columns]


def bottlenecks(model: Model, outcome: Outcome, count: int | None = None) -> pd.DataFrame:
    """Return the conditions with a positive price, the most valuable first.

    Returns
    -------
    DataFrame
        Columns of :func:`shadow_prices`, and ``amount`` (of the limit, the
        output, the labour ..., in its own unit) and ``worth``: price times
        amount, the change of the aim (money) if the amount were doubled at an
        unchanged price. It ranks; it is no forecast.
    """
    columns = ["kind", "label", "year", "worth", "value", "unit", "amount", "sense"]
    if outcome.status != "optimal":
        return pd.DataFrame(columns=columns)
    frames = []
    for priced in _priced(model, outcome):
        if KINDS[priced.kind].limits and priced.price.size:
            frame = _frame(model, priced)
            frame["worth"] = frame["value"] * frame["amount"].abs()
            frames.append(frame[frame["worth"] > _AT_LIMIT * model.aim_scale])
    result = pd.concat(frames, ignore_index=True)[columns]
    result = result.sort_values("worth", ascending=False, kind="stable", ignore_index=True)
    return result if count is None else result.head(count)


def corners(model: Model, outcome: Outcome) -> list[str]:
    """Return, in words, every rule against implausible corners that binds.

    Also sectors that all but close (below 1 % of the base year) and trade of
    which one product takes more than half. Limits without width are left out:
    they are given, not reached.
    """
    if outcome.status != "optimal":
        return []
    found: list[str] = []
    for priced in _priced(model, outcome):
        if priced.kind not in _CORNERS:
            continue
        reached = (priced.slack <= _AT_LIMIT) & _has_width(model, priced)
        for label in dict.fromkeys(priced.label[reached].tolist()):
            years = priced.year[reached & (priced.label == label)] + model.problem.years[0]
            name = str(_labels(model, KINDS[priced.kind], np.array([label]))[0])
            text = _CORNERS[priced.kind].format(label=name)
            found.append(f"{text} in {_spans(sorted(years.tolist()))}")
    return found + _extremes(model, outcome)


def _has_width(model: Model, priced: _Priced) -> npt.NDArray[np.bool_]:
    kind = KINDS[priced.kind]
    if kind.part == "row":
        return np.ones(priced.price.shape, dtype=bool)
    index = model.columns[kind.block].ravel()
    nought = (kind.part == "lower") & (model.lower[index] == 0)
    return np.asarray((model.lower[index] < model.upper[index]) & ~nought)


def _spans(years: list[int]) -> str:
    """Write years as ``2015-2017, 2019``."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1][1:] = [year]
        else:
            spans.append([year])
    return ", ".join("-".join(str(year) for year in span) for span in spans)


def _extremes(model: Model, outcome: Outcome) -> list[str]:
    p, found = model.problem, []
    amounts = outcome.values * model.column_scale
    output = amounts[model.columns["output"]]
    for i in np.flatnonzero(((output < _CLOSED * p.output) & (p.output > 0)).any(axis=0)):
        years = [p.years[t] for t in np.flatnonzero(output[:, i] < _CLOSED * p.output[i])]
        found.append(f"{p.sectors[i]} all but closed in {_spans(years)}")
    for flow in ("exports", "imports"):
        block = model.columns.blocks[flow]
        trade, total = amounts[block.index], amounts[block.index].sum(axis=1)
        for column, i in enumerate(block.label[0] if block.label.size else ()):
            above = (trade[:, column] > _CONCENTRATED * total) & (total > 0)
            if block.label.shape[1] > 1 and above.any():
                years = [p.years[t] for t in np.flatnonzero(above)]
                found.append(f"{p.sectors[i]} takes more than half of {flow} in {_spans(years)}")
    return found
