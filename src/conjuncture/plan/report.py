"""A solved plan as a labelled dataset, as tables and in a few figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from scipy.sparse import csr_array

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions.all import COLUMNS, KINDS
from conjuncture.plan.conditions.techniques import total_output

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution


TECHNIQUES = "output_by_techniques"
"""Variable of the dataset that holds what techniques make of their sectors' products."""


def dataset(solution: Solution) -> xr.Dataset:
    """Return a plan as a dataset.

    Dimensions are ``year``, ``sector`` (products carry the same labels),
    ``labour`` and ``stock_year`` (stocks at the start of the years of the plan
    and of the gestation years after). Every variable has ``unit`` and
    ``long_name``; prices have the ``sense`` of their unit.
    """
    p = solution.problem
    flow, each = f"{p.unit}/year", ("year", "sector")
    data = xr.Dataset(
        coords={
            "year": np.array(p.years),
            "sector": np.array(p.sectors),
            "stock_year": np.arange(p.years[0], p.years[0] + solution.capital.shape[0]),
            "labour": np.array(p.labour_kinds, dtype=str),
        },
        attrs=_attributes(solution),
    )
    balances = solution.balances()
    for name, column in balances.items():
        values = column.to_numpy().reshape(p.periods, p.size)
        _put(data, str(name).replace(" ", "_"), each, values, flow, _LONG.get(str(name), str(name)))
    if p.conditions.techniques:
        made = total_output(solution.model, solution.outcome.values) - solution.output
        _put(data, TECHNIQUES, each, made, flow, "gross output by techniques")
    for name in ("building", "restoration"):
        _put(data, name, each, getattr(solution, name), p.unit, _LONG[name])
    _put(data, "outlay", each, solution.outlays, flow, _LONG["outlay"])
    _put(data, "damaged", each, solution.damaged, p.unit, _LONG["damaged"])
    _put(data, "capital", ("stock_year", "sector"), solution.capital, p.unit, _LONG["capital"])
    _put(
        data,
        "consumption_level",
        ("year",),
        solution.consumption_level,
        "base-year consumption",
        _LONG["consumption_level"],
    )
    _put(data, "reserves", ("year",), solution.reserves, p.unit, _LONG["reserves"])
    _put_conditions(solution, data)
    _put_prices(solution, data)
    return data


def _put(
    data: xr.Dataset, name: str, dims: tuple[str, ...], values: Array, unit: str, title: str
) -> None:
    data[name] = (dims, np.array(values), {"unit": unit, "long_name": title})


def _put_conditions(solution: Solution, data: xr.Dataset) -> None:
    """Add the amounts of every condition's columns, over dimensions of their own."""
    for name, column in COLUMNS.items():
        block = solution.model.columns.blocks.get(name)
        if block is None or not block.index.size:
            continue
        amounts = solution.amounts(name)
        wide = amounts.pivot(index="year", columns="label", values="amount")
        key = name.replace(" ", "_")
        label = f"{key}_label"
        year = "year" if wide.index.tolist() == list(solution.problem.years) else f"{key}_year"
        if year != "year":
            data.coords[year] = wide.index.to_numpy()
        data.coords[label] = wide.columns.to_numpy(dtype=str)
        units = "; ".join(dict.fromkeys(amounts["unit"]))
        _put(data, f"amount_{key}", (year, label), wide.to_numpy(), units, column.title)


def activities(solution: Solution) -> pd.DataFrame:
    """Return the amounts of every block of columns that conditions add.

    Returns
    -------
    DataFrame
        Columns ``block, what, year, label, amount, unit``; empty without conditions.
    """
    frames = [
        solution.amounts(name).assign(block=name, what=column.title)
        for name, column in COLUMNS.items()
        if name in solution.model.columns.blocks
    ]
    columns = ["block", "what", "year", "label", "amount", "unit"]
    if not frames:
        return pd.DataFrame(columns=columns)
    return pd.concat(frames, ignore_index=True)[columns]


def _attributes(solution: Solution) -> dict[str, str | float]:
    p = solution.problem
    return {
        "title": f"plan {p.name} {p.years[0]}-{p.years[-1]}",
        "status": solution.status,
        "remedy": solution.remedy,
        "aim": solution.aim,
        "aim_unit": solution.model.goals[solution.model.level].amount_unit,
        "method": solution.method,
        "settings": p.settings.model_dump_json(),
    }


def _put_prices(solution: Solution, data: xr.Dataset) -> None:
    """Add the prices of products, capacity, labour and the trade account."""
    p = solution.problem
    prices = solution.shadow_prices()
    for kind, dims, labels in (
        ("product", ("year", "sector"), p.sectors),
        ("capacity", ("year", "sector"), p.sectors),
        ("labour", ("year", "labour"), p.labour_kinds),
        ("trade account", ("year",), ("",)),
    ):
        chosen = prices[prices["kind"] == kind]
        wide = chosen.pivot(index="year", columns="label", values="value")
        wide = wide.reindex(index=list(p.years), columns=list(labels))
        values = wide.to_numpy(dtype=np.float64)
        units = chosen["unit"].unique()
        unit = str(units[0]) if len(units) == 1 else "; ".join(map(str, units))
        name = f"price_{kind.replace(' ', '_')}"
        _put(
            data,
            name,
            dims,
            values if len(dims) == 2 else values[:, 0],
            unit or solution.model.aim_unit,
            f"shadow price: {kind}",
        )
        data[name].attrs["sense"] = f"one more unit of {KINDS[kind].sense}; positive if scarce"


_LONG = {
    "output": "gross output",
    "imports": "imports",
    "intermediate": "intermediate uses",
    "consumption": "private consumption",
    "public": "public consumption",
    "military": "military claims",
    "inventories": "changes of inventories",
    "investment": "investment by product",
    "exports": "exports",
    "unused": "products left unused",
    "residual": "resources less uses",
    "building": "new capital begun, by sector of destination",
    "restoration": "restoration of capital begun, by sector of destination",
    "outlay": "outlays on capital, by sector of destination",
    "damaged": "damaged capital at the start of the year",
    "capital": "capital in use at the start of the year",
    "consumption_level": "consumption relative to the base year",
    "reserves": "foreign reserves at the end of the year",
}


def conditions(solution: Solution) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return what conditions bring to products and take from them (T x N; money/year)."""
    model, values = solution.model, solution.outcome.values
    rows, brought, taken = model.rows["product"], {}, {}
    for name, column in COLUMNS.items():
        block = model.columns.blocks.get(name)
        if block is None or not (column.resource or column.use):
            continue
        index = block.index.ravel()
        part = csr_array(model.matrix[:, index] * values[index])[rows.ravel()]
        scale = model.row_scale[rows]
        if column.resource:
            brought[column.resource] = part.maximum(0).sum(axis=1).reshape(rows.shape) * scale
        if column.use:
            taken[column.use] = part.minimum(0).sum(axis=1).reshape(rows.shape) * -scale + 0.0
    for condition, records in solution.problem.conditions.given:
        if condition.joint is not None:
            joint = condition.joint(solution.problem, records)
            brought[condition.name.replace("_", " ")] = solution.output @ joint.T
    return brought, taken


def summary(solution: Solution) -> dict[str, object]:
    """Return a plan in a few figures, as plain data."""
    p = solution.problem
    result: dict[str, object] = {
        "name": p.name,
        "status": solution.status,
        "remedy": solution.remedy,
        "years": list(p.years),
        "unit": p.unit,
        "method": solution.method,
        "solver_seconds": solution.seconds,
    }
    if solution.status != "optimal":
        return result | {"relaxations": [str(item) for item in solution.relaxations]}
    certificate = solution.certificate
    return result | {
        "aim": solution.aim,
        "aim_unit": solution.model.goals[solution.model.level].amount_unit,
        "earlier_aims": [
            {"name": level.name, "value": level.value, "unit": level.unit}
            for level in solution.earlier
        ],
        "consumption_level": solution.consumption_level.tolist(),
        "output": total_output(solution.model, solution.outcome.values).sum(axis=1).tolist(),
        "investment": _invested(solution).tolist(),
        "exports": solution.exports.sum(axis=1).tolist(),
        "imports": solution.imports.sum(axis=1).tolist(),
        "reserves": solution.reserves.tolist(),
        "conditions": solution.activities().to_dict("records"),
        "bottlenecks": solution.bottlenecks(10).to_dict("records"),
        "corners": solution.corners(),
        "tolerance": solution.tolerance,
        "price_note": solution.price_note,
        "certificate": {
            "primal_residual": certificate.primal_residual,
            "dual_residual": certificate.dual_residual,
            "gap": certificate.gap,
        },
    }


def _invested(solution: Solution) -> Array:
    """Return all outlays on capital, claims and those of conditions included (T)."""
    total = (solution.outlays + solution.problem.investment_claims).sum(axis=1)
    taken = conditions(solution)[1]
    beside = [part.sum(axis=1) for name, part in taken.items() if name.startswith("investment")]
    return np.asarray(sum(beside, total))
