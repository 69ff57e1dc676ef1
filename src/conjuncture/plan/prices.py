"""Shadow prices, bottlenecks and corners of a plan.

One convention holds for every price: it is the change of the aim (by default
discounted balanced consumption, in the table's money) for one more unit of what the
column ``sense`` names, and it is positive where that is scarce. Where several prices are
optimal (a degenerate plan), the one shown lies between the change for one unit
more and the change for one unit less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions import partners
from conjuncture.plan.conditions.all import KINDS
from conjuncture.plan.conditions.techniques import total_output
from conjuncture.plan.programme.kinds import Kind
from conjuncture.plan.programme.layout import Block, Index
from conjuncture.plan.programme.model import Model
from conjuncture.plan.programme.outcome import Outcome

Strings = npt.NDArray[np.str_]


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
    block: Block


def _priced(model: Model, outcome: Outcome) -> Iterator[_Priced]:
    """Yield, kind by kind, price, amount of the limit, and distance from it (scaled)."""
    activity = model.parts.amounts(outcome.values)
    reduced = model.cost - model.parts.worths(outcome.row_duals)
    for name, kind in KINDS.items():
        source = model.rows if kind.part == "row" else model.columns
        if kind.block not in source.blocks:
            continue
        block = source.blocks[kind.block]
        if kind.part == "start":
            block = block.first
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
        where = (block.year.ravel(), block.label.ravel(), block)
        yield _Priced(name, price + 0.0, amount, slack, *where)


def _side(dual: Array, kind: Kind) -> Array:
    """Give a reduced cost to the upper limit if positive, else to the lower."""
    if kind.part == "upper":
        return np.maximum(dual, 0.0)
    return np.minimum(dual, 0.0) if kind.part == "lower" else dual


def _amount(model: Model, outcome: Outcome, kind: Kind, index: Index, limit: Array) -> Array:
    """Amount of the limit; for rows that compare two variables, the first of them."""
    if not kind.compared:
        return np.where(np.isfinite(limit), limit, 0.0)
    block, of = model.rows.blocks[kind.block], model.columns.blocks[kind.compared]
    amounts = outcome.values[of.index] * model.column_scale[of.index]
    year, label = block.year.ravel(), block.label.ravel()
    if of.label.ndim == 1:
        return np.asarray(amounts[year])
    place = np.zeros(max(len(of.names), model.problem.size), dtype=np.int64)
    place[of.label[0]] = np.arange(of.label.shape[1])
    return np.asarray(amounts[year, place[label]])


def _labels(priced: _Priced) -> Strings:
    return np.array([*priced.block.names, ""], dtype=str)[priced.label]


def price_unit(aim: str, unit: str) -> str:
    """Return the unit of a price: that of the aim by that of what is scarce."""
    return f"{aim} per {unit.removesuffix('s') if unit == 'persons' else unit}"


def _units(model: Model, priced: _Priced) -> Strings:
    units = [price_unit(model.aim_unit, unit) for unit in priced.block.units]
    if len(units) == 1:
        return np.full(priced.label.shape, units[0])
    return np.array([*units, ""], dtype=str)[priced.label]


def _frame(model: Model, priced: _Priced) -> pd.DataFrame:
    kind = KINDS[priced.kind]
    return pd.DataFrame(
        {
            "kind": priced.kind,
            "label": _labels(priced),
            "year": priced.year + model.problem.years[0],
            "value": priced.price,
            "unit": _units(model, priced),
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
        if not KINDS[priced.kind].corner:
            continue
        reached = (priced.slack <= _AT_LIMIT) & _has_width(model, priced)
        for label in dict.fromkeys(priced.label[reached].tolist()):
            years = priced.year[reached & (priced.label == label)] + model.problem.years[0]
            text = KINDS[priced.kind].corner.format(label=priced.block.name(label))
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
    output = total_output(model, outcome.values)
    for i in np.flatnonzero(((output < _CLOSED * p.output) & (p.output > 0)).any(axis=0)):
        years = [p.years[t] for t in np.flatnonzero(output[:, i] < _CLOSED * p.output[i])]
        found.append(f"{p.sectors[i]} all but closed in {_spans(years)}")
    for flow in partners.FLOWS:
        trade = _traded(model, amounts, flow)
        total = trade.sum(axis=1)
        for i in np.flatnonzero(trade.any(axis=0)):
            above = (trade[:, i] > _CONCENTRATED * total) & (total > 0)
            if _tradable(model, flow) > 1 and above.any():
                years = [p.years[t] for t in np.flatnonzero(above)]
                found.append(f"{p.sectors[i]} takes more than half of {flow} in {_spans(years)}")
    return found


def _traded(model: Model, amounts: Array, flow: partners.Flow) -> Array:
    """Return exports or imports by product, with all partners (T x N; money/year)."""
    p, block = model.problem, model.columns.blocks[flow]
    trade = np.zeros((p.periods, p.size))
    if block.label.size:
        trade[:, block.label[0]] = amounts[block.index]
    if f"partner {flow}" in model.columns.blocks:
        np.add.at(
            trade.T, partners.pairs(p, flow)[:, 1], amounts[model.columns[f"partner {flow}"]].T
        )
    return trade


def _tradable(model: Model, flow: partners.Flow) -> int:
    """Return how many products may be traded."""
    own = model.columns.blocks[flow].label
    return len({*own.ravel().tolist(), *partners.pairs(model.problem, flow)[:, 1].tolist()})
