"""Plans on an ensemble of tables: how far doubt about coefficients reaches the plan.

Each member of the ensemble is a table, drawn by
:func:`conjuncture.accounts.uncertainty.ensemble` or given, and has the best plan of its
own: it shows what could be planned if that table were known. The spread over the members
is what doubt about the table leaves open (Monte Carlo as in Bullard and Sebald 1988,
Review of Economics and Statistics 70: 708-712, with a linear programme in place of the
Leontief inverse). It is not the spread of outcomes of one plan carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from conjuncture.accounts.aggregation import require_same_classification
from conjuncture.accounts.table import Table
from conjuncture.core.errors import Fault, Faults, InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.settings import Settings
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import Method, solve

QUANTILES = (0.05, 0.5, 0.95)
"""Quantiles of a spread unless others are asked for."""


def plan_ensemble(
    tables: Iterable[Table],
    years: int,
    *,
    change: Callable[[Problem], Problem] | None = None,
    keep: Sequence[str] | None = None,
    method: Method = "auto",
    **settings: Any,
) -> xr.Dataset:
    """Solve the same plan on every table of an ensemble.

    Parameters
    ----------
    tables : iterable of Table
        Of one classification; drawn one by one, so that they need not fit into memory.
    years : int
        Length of the plan.
    change : callable, optional
        Makes the problem of a member from that of its table (other labour, claims ...).
    keep : sequence of str, optional
        Variables to keep; by default all of a plan's dataset.
    method : str
        As in :func:`conjuncture.plan.solve.solve`. Members are solved from the basis of
        the first plan found, which changes the time and not the optimum.
    **settings
        Settings of the plan.

    Returns
    -------
    Dataset
        The variables of :meth:`conjuncture.plan.solution.Solution.to_dataset` with the
        dimension ``member`` first; ``aim``, ``status`` and ``gap`` by member; and ``worth``
        by member and condition: price times amount of what limits the plan, all years.
        Where a member has no optimal plan, its figures are NaN and its status says why.

    Raises
    ------
    InputError
        If there is no table, if the classifications differ, if a setting or a variable
        does not exist, or if a table cannot carry a plan.
    """
    Settings.of(**settings)
    found: list[Solution] = []
    frames: list[xr.Dataset | None] = []
    first: Table | None = None
    start: Solution | None = None
    for table in tables:
        if first is None:
            first = table
        require_same_classification(first, table)
        problem = Problem.from_table(table, years, **settings)
        plan = solve(change(problem) if change else problem, method=method, explain=False,
                     start=start)  # fmt: skip
        start = start or (plan if plan.status == "optimal" else None)
        frames.append(_kept(plan, keep) if plan.status == "optimal" else None)
        found.append(plan)
    if not found:
        raise InputError(Fault("ensemble has no table", "give one or more", field="tables"))
    return _together(found, frames)


def _kept(plan: Solution, keep: Sequence[str] | None) -> xr.Dataset:
    data = plan.to_dataset()
    if keep is None:
        return data
    faults = Faults(plan.problem.name)
    for name in keep:
        if name not in data:
            faults.unknown("variable", name, [str(v) for v in data.data_vars], field="keep")
    faults.raise_if_any()
    return data[list(keep)]


def _together(plans: list[Solution], frames: list[xr.Dataset | None]) -> xr.Dataset:
    """Lay the members side by side, with NaN for those without a plan."""
    p = plans[0].problem
    member = np.arange(len(plans))
    solved = [frame for frame in frames if frame is not None]
    data = xr.Dataset(coords={"member": member})
    if solved:
        pattern = solved[0]
        data = data.assign_coords(pattern.coords)
        for name, of in pattern.data_vars.items():
            empty = np.full(of.shape, np.nan)
            values = [empty if f is None else f[name].to_numpy() for f in frames]
            data[str(name)] = (("member", *of.dims), np.stack(values), dict(of.attrs))
    data = data.merge(_worth(plans))
    unit = f"{p.unit} of discounted consumption"
    aims = [plan.aim if plan.status == "optimal" else np.nan for plan in plans]
    gaps = [plan.certificate.gap if plan.status == "optimal" else np.nan for plan in plans]
    data["aim"] = ("member", aims, {"unit": unit, "long_name": "aim"})
    data["gap"] = ("member", gaps, {"unit": "1", "long_name": "relative duality gap"})
    data["status"] = ("member", [plan.status for plan in plans],
                      {"unit": "", "long_name": "status of the plan"})  # fmt: skip
    data.attrs = {
        "title": f"plans {p.name} {p.years[0]}-{p.years[-1]} on {len(plans)} tables",
        "method": plans[0].method,
        "settings": p.settings.model_dump_json(),
    }
    return data


def spread(data: xr.Dataset, quantiles: Sequence[float] = QUANTILES) -> xr.Dataset:
    """Return quantiles over the members that have a plan.

    Parameters
    ----------
    data : Dataset
        Of :func:`plan_ensemble`.
    quantiles : sequence of float
        Between 0 and 1.

    Returns
    -------
    Dataset
        Every numeric variable with the dimension ``quantile`` in place of ``member``; the
        attributes ``members`` and ``solved`` count them. Units are kept.

    Raises
    ------
    InputError
        If a quantile is not between 0 and 1, or no member has a plan.
    """
    faults = Faults("spread")
    for q in quantiles:
        if not 0 <= q <= 1:
            faults.add("quantile is not between 0 and 1", "give a share of the members",
                       field="quantiles", value=q)  # fmt: skip
    optimal = data["status"].to_numpy() == "optimal"
    if not optimal.any():
        found = sorted({str(text) for text in data["status"].to_numpy()})
        faults.add("no member has an optimal plan", "relax the conditions of the plan",
                   field="status", value=", ".join(found))  # fmt: skip
    faults.raise_if_any()
    numeric = data.drop_vars(["status", "condition_kind", "condition_label"])
    numeric = numeric.isel(member=np.flatnonzero(optimal))
    result = numeric.quantile(list(quantiles), dim="member", keep_attrs=True, skipna=False)
    return result.assign_attrs({**data.attrs, "members": optimal.size,
                                "solved": int(optimal.sum())})  # fmt: skip


def scarcities(data: xr.Dataset) -> pd.DataFrame:
    """Return what limits the plans, and in how many of them.

    Parameters
    ----------
    data : Dataset
        Of :func:`plan_ensemble`.

    Returns
    -------
    DataFrame
        Rows by condition, the most valuable first: ``kind``, ``label``, ``members`` (share
        of the plans that it limits in some year), and ``low``, ``median`` and ``high``
        (:data:`QUANTILES` of its share in the worth of all conditions of a plan).
    """
    solved = data["worth"].isel(member=np.flatnonzero(data["status"].to_numpy() == "optimal"))
    worth = solved.transpose("member", "condition").to_numpy()
    if not worth.size:
        return pd.DataFrame(columns=["kind", "label", "members", "low", "median", "high"])
    shares = worth / np.maximum(worth.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    low, median, high = np.quantile(shares, QUANTILES, axis=0)
    frame = pd.DataFrame(
        {
            "kind": data["condition_kind"].to_numpy(),
            "label": data["condition_label"].to_numpy(),
            "members": (worth > 0).mean(axis=0),
            "low": low,
            "median": median,
            "high": high,
        }
    )
    return frame.sort_values(["median", "high"], ascending=False, ignore_index=True)


def _worth(plans: list[Solution]) -> xr.Dataset:
    """Return the worth of every condition that limits some plan, summed over the years."""
    columns = [
        plan.bottlenecks().groupby(["kind", "label"])["worth"].sum()
        if plan.status == "optimal"
        else pd.Series(dtype=float)
        for plan in plans
    ]
    keys = sorted({key for column in columns for key in column.index})
    values = [
        [float(column.get(key, 0.0)) if len(column) else np.nan for key in keys]
        for column in columns
    ]
    return xr.Dataset(
        {
            "worth": (
                ("member", "condition"),
                np.array(values, dtype=np.float64).reshape(len(plans), len(keys)),
                {"unit": f"{plans[0].problem.unit} of discounted consumption",
                 "long_name": "price times amount of a condition, all years"},
            ),
            "condition_kind": ("condition", np.array([k for k, _ in keys], dtype=str),
                               {"unit": "", "long_name": "kind of the condition"}),
            "condition_label": ("condition", np.array([str(n) for _, n in keys], dtype=str),
                                {"unit": "", "long_name": "what the condition is on"}),
        },
        coords={"member": np.arange(len(plans))},
    )  # fmt: skip
