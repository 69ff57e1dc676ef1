"""Two plans laid side by side, and what changes when one condition is moved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from conjuncture.core.errors import Fault, Faults, InputError, lookup
from conjuncture.plan.changes import Change, changed
from conjuncture.plan.reading.compared import WORDS, folded
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve
from conjuncture.plan.why.words import number

_AGGREGATES = ("output", "consumption", "investment", "public", "military", "exports", "imports")
_NOISE = 1e-7
_SHOWN = 8


@dataclass(frozen=True)
class Comparison:
    """The differences of two plans: always the second less the first.

    Attributes
    ----------
    first, second : str
        Names of the plans.
    unit : str
        The table's money.
    aim : tuple of float
        Aims of both plans, of their last level.
    aim_units : tuple of str
        Units of both (``million USD of discounted consumption``).
    years : tuple of int
        Years that both cover.
    left_out : tuple of str
        Sectors and years that only one of them has.
    settings : mapping of str to tuple
        Settings that differ, with both values.
    by_year : DataFrame
        Rows year; columns ``consumption level`` and totals of resources and uses
        (money/year): differences.
    differences : DataFrame
        Columns ``what, label, year, first, second, difference, share, unit``, the
        largest difference in money first; ``share`` is relative to the first plan.
    prices : DataFrame
        Columns ``kind, label, year, first, second, difference, unit``: shadow
        prices of products, capacity, labour and the trade account.
    """

    first: str
    second: str
    unit: str
    aim: tuple[float, float]
    aim_units: tuple[str, str]
    years: tuple[int, ...]
    left_out: tuple[str, ...]
    settings: dict[str, tuple[Any, Any]]
    by_year: pd.DataFrame
    differences: pd.DataFrame
    prices: pd.DataFrame

    @property
    def text(self) -> str:
        """The comparison in sentences, the biggest differences first."""
        return "\n".join(_sentences(self))

    def __str__(self) -> str:
        return self.text

    def as_dict(self, count: int = 50) -> dict[str, object]:
        """Return the comparison as plain data, with ``count`` differences of each kind."""
        by_year = self.by_year.reset_index()
        return {
            "first": self.first,
            "second": self.second,
            "unit": self.unit,
            "aim": list(self.aim),
            "aim_units": list(self.aim_units),
            "years": list(self.years),
            "left_out": list(self.left_out),
            "settings": {name: list(pair) for name, pair in self.settings.items()},
            "text": self.text,
            "by_year": _plain(by_year),
            "differences": _plain(self.differences.head(count)),
            "prices": _plain(self.prices.head(count)),
        }


def _plain(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Rows as plain data; what is not finite becomes None."""
    rows = frame.to_dict("records")
    return [
        {
            str(key): None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in row.items()
        }
        for row in rows
    ]


def compare(
    first: Solution | xr.Dataset,
    second: Solution | xr.Dataset,
    names: tuple[str, str] = ("first", "second"),
) -> Comparison:
    """Lay two plans side by side.

    Parameters
    ----------
    first, second : Solution or Dataset
        Optimal plans, or their datasets (:meth:`Solution.to_dataset`), as read from
        a file by :func:`read_plan`.
    names : tuple of str
        What to call them.

    Returns
    -------
    Comparison
        Over the years and sectors that both have; the others are listed.

    Raises
    ------
    InfeasibleError
        If a solution is not optimal.
    InputError
        If the plans share no year or sector, or their money differs.
    """
    a, b = _data(first), _data(second)
    faults = Faults(" and ".join(names))
    years = sorted(set(a["year"].values.tolist()) & set(b["year"].values.tolist()))
    sectors = [s for s in a["sector"].values.tolist() if s in set(b["sector"].values.tolist())]
    if not years:
        faults.add("the plans share no year", "compare plans of the same years", field="years")
    if not sectors:
        faults.add("the plans share no sector", "compare plans on one table", field="sectors")
    units = [str(data["building"].attrs["unit"]) for data in (a, b)]
    if units[0] != units[1]:
        text = " and ".join(units)
        faults.add("the plans count in different money", "bring both to one unit", value=text)
    faults.raise_if_any()
    amounts = _amounts(a, b, sectors, years)
    return Comparison(
        first=names[0],
        second=names[1],
        unit=units[0],
        aim=(float(a.attrs["aim"]), float(b.attrs["aim"])),
        aim_units=(str(a.attrs["aim_unit"]), str(b.attrs["aim_unit"])),
        years=tuple(years),
        left_out=_left_out(a, b),
        settings=_settings(a, b),
        by_year=_by_year(a, b, sectors, years),
        differences=amounts,
        prices=_prices(a, b, sectors, years),
    )


def what_if(solution: Solution, change: Change) -> Comparison:
    """Move a condition of a plan, solve again from its basis, and compare.

    Parameters
    ----------
    solution : Solution
        An optimal plan.
    change : Change
        What to move: ``Change(what="military", of="steel", years=1947, add=10)``.

    Returns
    -------
    Comparison
        Of the plan and the changed one.

    Raises
    ------
    InputError
        If the change names what does not exist.
    InfeasibleError
        If no plan meets the changed conditions; the relaxations are the faults.
    """
    solution.require_optimal()
    problem = changed(solution.problem, [change])
    other = solve(problem, start=solution).require_optimal()
    return compare(solution, other, ("the plan", f"with {change.text}"))


def raise_target(solution: Solution, target: str, by: float) -> Comparison:
    """Let a target rise in all its years, solve again, and compare.

    Parameters
    ----------
    solution : Solution
        An optimal plan with the condition ``targets``.
    target : str
        Name of the target.
    by : float
        How much more is asked (unit of the target's ``amount``).

    Returns
    -------
    Comparison
        Of the plan and the one that is asked for more.

    Raises
    ------
    InputError
        If there is no such target, with the nearest names, or ``by`` makes it unusable.
    InfeasibleError
        If no plan is left; the relaxations are the faults.
    """
    p = solution.require_optimal().problem
    targets = {each.name: each for each in p.conditions.targets}
    old = lookup("target", target, targets, p.name)
    new = old.model_copy(update={"amount": tuple(amount + by for amount in old.amount)})
    changed_targets = tuple(new if each is old else each for each in p.conditions.targets)
    conditions = p.conditions.model_copy(update={"targets": changed_targets})
    other = solve(p.replace(conditions=conditions)).require_optimal()
    return compare(solution, other, ("the plan", f"with the target {target} raised by {by:g}"))


def read_plan(path: Path) -> xr.Dataset:
    """Read a plan written as NetCDF.

    Raises
    ------
    InputError
        If the file is missing or holds no plan.
    """
    if not path.is_file():
        raise InputError(Fault("no such file", "give a plan written as .nc", str(path)))
    try:
        with xr.open_dataset(path, engine="h5netcdf") as data:
            loaded = data.load()
    except (OSError, ValueError) as error:
        fault = Fault(f"cannot be read: {error}", "give a plan written as .nc", str(path))
        raise InputError(fault) from None
    if not {"aim", "settings"} <= set(loaded.attrs) or "building" not in loaded:
        fault = Fault("holds no plan", "give a file written by: plan solve --out", str(path))
        raise InputError(fault)
    return loaded


# Parts -----------------------------------------------------------------------------


def _data(plan: Solution | xr.Dataset) -> xr.Dataset:
    """Return a plan's dataset with what conditions add folded into what it is part of."""
    data = plan.require_optimal().to_dataset() if isinstance(plan, Solution) else plan
    return folded(data)


def _left_out(a: xr.Dataset, b: xr.Dataset) -> tuple[str, ...]:
    found = []
    for name in ("sector", "year"):
        one, other = a[name].values.tolist(), b[name].values.tolist()
        found += [f"{name} {label}" for label in one if label not in set(other)]
        found += [f"{name} {label}" for label in other if label not in set(one)]
    return tuple(found)


def _settings(a: xr.Dataset, b: xr.Dataset) -> dict[str, tuple[Any, Any]]:
    one, other = (json.loads(str(data.attrs["settings"])) for data in (a, b))
    names = dict.fromkeys([*one, *other])
    return {n: (one.get(n), other.get(n)) for n in names if one.get(n) != other.get(n)}


def _amounts(a: xr.Dataset, b: xr.Dataset, sectors: list[str], years: list[int]) -> pd.DataFrame:
    frames = []
    for name in WORDS:
        known = [data[name] for data in (a, b) if name in data]
        if not known:
            continue
        where = {"sector": sectors, known[0].dims[0]: years}
        one, other = (  # a condition that only one plan has brings nothing to the other
            data[name].sel(where).values if name in data else np.zeros(known[0].sel(where).shape)
            for data in (a, b)
        )
        frames.append(_frame(name, sectors, years, one, other, known[0].attrs["unit"]))
    frame = pd.concat(frames, ignore_index=True)
    scale = float(np.nanmax(np.abs(a["output"].values)))
    frame = frame[frame["difference"].abs() > _NOISE * scale]
    return _sorted(frame.rename(columns={"kind": "what"}))


def _frame(
    kind: str, labels: list[str], years: list[int], one: Any, other: Any, unit: str
) -> pd.DataFrame:
    first, second = np.asarray(one).ravel(), np.asarray(other).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(first != 0, (second - first) / np.abs(first), np.nan)
    return pd.DataFrame(
        {
            "kind": kind,
            "label": np.tile(np.array(labels, dtype=object), len(years)),
            "year": np.repeat(years, len(labels)),
            "first": first,
            "second": second,
            "difference": second - first,
            "share": share,
            "unit": unit,
        }
    )


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    order = frame["difference"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _by_year(a: xr.Dataset, b: xr.Dataset, sectors: list[str], years: list[int]) -> pd.DataFrame:
    level = [data["consumption_level"].sel(year=years).values for data in (a, b)]
    columns = {"consumption level": level[1] - level[0]}
    for name in _AGGREGATES:
        one, other = (
            data[name].sel(sector=sectors, year=years).sum("sector").values for data in (a, b)
        )
        columns[name] = other - one
    frame = pd.DataFrame(columns, index=pd.Index(years, name="year"))
    return frame.where(frame.abs() > _NOISE * float(np.abs(level[0]).max()), 0.0)


def _prices(a: xr.Dataset, b: xr.Dataset, sectors: list[str], years: list[int]) -> pd.DataFrame:
    frames = []
    for name in ("product", "capacity", "labour", "trade_account"):
        one, other = a[f"price_{name}"], b[f"price_{name}"]
        where: dict[str, Any] = {"year": years}
        labels = [""]
        if "sector" in one.dims:
            where["sector"] = labels = sectors
        elif "labour" in one.dims:
            known = set(other["labour"].values.tolist())
            where["labour"] = labels = [k for k in one["labour"].values.tolist() if k in known]
        values = (one.sel(where).values, other.sel(where).values)
        frames.append(_frame(name.replace("_", " "), labels, years, *values, one.attrs["unit"]))
    frame = pd.concat(frames, ignore_index=True).drop(columns="share")
    return _sorted(frame[frame["difference"].abs() > _NOISE])


def _sentences(c: Comparison) -> list[str]:
    lines = [_aim(c)]
    if c.left_out:
        lines.append(f"Only one of them has: {', '.join(c.left_out[:_SHOWN])}.")
    for name, (one, other) in c.settings.items():
        lines.append(f"Setting {name}: {one} and {other}.")
    if not len(c.differences):
        return [*lines, "No amount differs."]
    levels = ", ".join(f"{y} {x:+.3g}" for y, x in c.by_year["consumption level"].items())
    lines.append(f"Consumption level (base year = 1): {levels}.")
    for row in c.differences.head(_SHOWN).itertuples():
        lines.append(_line(row))
    if len(c.differences) > _SHOWN:
        lines.append(f"and {len(c.differences) - _SHOWN} smaller differences.")
    return lines


def _aim(c: Comparison) -> str:
    """Say how the aim changes, or that two horizons have no common aim."""
    title = f"{c.second} against {c.first}, {c.years[0]}-{c.years[-1]}"
    if any(name.startswith("year ") for name in c.left_out):
        return f"{title}: the plans differ in length, so their aims do not compare."
    if c.aim_units[0] != c.aim_units[1]:
        return f"{title}: the plans aim at different things ({' and '.join(c.aim_units)})."
    change = c.aim[1] - c.aim[0]
    share = f" ({100 * change / c.aim[0]:+.3g} %)" if c.aim[0] else ""
    return f"{title}: the aim changes by {_signed(change)} {c.aim_units[0]}{share}."


def _line(row: Any) -> str:
    label = str(row.label)
    moved = f"{number(row.first)} to {number(row.second)}"
    share = "" if not np.isfinite(row.share) else f", {100 * row.share:+.3g} %"
    what = WORDS[row.what].format(label=label)
    return f"{row.year}: {what} {_signed(row.difference)} {row.unit} ({moved}{share})."


def _signed(value: float) -> str:
    return ("+" if value >= 0 else "-") + number(abs(value))
