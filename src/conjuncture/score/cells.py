"""What is scored: cells of place and year, with an ensemble's values and the record's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from conjuncture.core.errors import Fault, InputError
from conjuncture.data.record_files import UNIONS, exposure, pair_mask, unit_mask
from conjuncture.data.record_model import RecordFile
from conjuncture.data.states import states

Array = npt.NDArray[np.float64]
Years = npt.NDArray[np.int_]

MEAN_OF_YEAR = frozenset({"population", "armed_forces"})
"""Stocks whose record is of the middle of the year: the mean of both bounds is compared."""

STATIFIED = 0.625
"""Statified share that stands for a rating of 1.5, the bound of the record's regimes."""

COLONY = 3
"""Status of a colony in a run."""

PAIR = "-"


@dataclass(frozen=True)
class Cells:
    """Places and years with a forecast and an observation.

    Attributes
    ----------
    values : array (members, cells)
        Figures, or whether an event happened (0 or 1).
    observed : array (cells,)
    years : array of int (cells,)
    places : array of str (cells,)
        Territory, or pair of territories.
    groups : array of str (cells,)
        Group of the territory; empty for pairs.
    """

    values: Array
    observed: Array
    years: Years
    places: npt.NDArray[np.str_]
    groups: npt.NDArray[np.str_]

    def take(self, chosen: npt.NDArray[np.bool_]) -> Cells:
        """Return some of the cells."""
        return Cells(
            self.values[:, chosen],
            self.observed[chosen],
            self.years[chosen],
            self.places[chosen],
            self.groups[chosen],
        )

    def __len__(self) -> int:
        return len(self.observed)


def group_of(code: str) -> str:
    """Return the group of a territory; a part of a divided state has that of the whole."""
    known = states()
    item = known.get(code) or known.get(code.split("_", maxsplit=1)[0])
    return item.group if item is not None else ""


def check_history(history: xr.Dataset) -> None:
    """Refuse what is no single run of an ensemble over territories.

    Raises
    ------
    InputError
        If it has several scenarios, or no members, years or territories.
    """
    lacking = [dim for dim in ("member", "year", "territory") if dim not in history.sizes]
    if lacking:
        raise InputError(
            Fault(
                f"has no dimension {', '.join(lacking)}",
                "give a history written by `conjuncture run`",
                "history",
            )
        )
    if "scenario" in history.sizes:
        raise InputError(
            Fault(
                "has several scenarios",
                "select one of them: history.sel(scenario=...)",
                "history",
                "scenario",
            )
        )


# Figures of territories ------------------------------------------------------------------


def of_year(history: xr.Dataset, name: str, *, closing: bool = False) -> Array:
    """Return a variable by (members, years, territories, ...).

    A stock is that of the year's end, or the mean over the year where its record is.
    ``party_support:communist`` is one family of a variable by party.
    """
    name, _, party = name.partition(":")
    data = history[name].sel(party=party) if party else history[name]
    if "year" in data.dims:
        return np.asarray(
            data.transpose("member", "year", "territory", ...).to_numpy(), dtype=float
        )
    bounds = data.transpose("member", "bound", "territory", ...).to_numpy().astype(float)
    if name in MEAN_OF_YEAR and not closing:
        return np.asarray((bounds[:, 1:] + bounds[:, :-1]) / 2)
    return np.asarray(bounds[:, 1:])


def _forecast(history: xr.Dataset, name: str, code: str) -> Array | None:
    """Return the values of a territory of the record, (members, years)."""
    codes = history["territory"].to_numpy().tolist()
    values = of_year(history, name)
    if code in codes:
        return np.asarray(values[:, :, codes.index(code)])
    members = UNIONS.get(code, ())
    if not members or not set(members) <= set(codes):
        return None
    parts = values[:, :, [codes.index(member) for member in members]]
    if name in {"population", "armed_forces", "steel", "energy", "power_share"}:
        return np.asarray(parts.sum(axis=2))
    if "population" not in history:
        return None
    people = of_year(history, "population")[:, :, [codes.index(member) for member in members]]
    return np.asarray((parts * people).sum(axis=2) / people.sum(axis=2))


def series_cells(history: xr.Dataset, item: RecordFile) -> Cells | None:
    """Return the cells of a recorded series; None where the history has none of them.

    Figures of a variable that is no share are logarithms; zeros of the record have none
    and are left out, and so are cells in which a member has no positive figure.
    """
    name, _, party = item.variable.partition(":")
    if name not in history or (party and party not in history["party"].to_numpy().tolist()):
        return None
    years = history["year"].to_numpy().astype(int)
    at = {int(year): k for k, year in enumerate(years)}
    values, observed, when, where = [], [], [], []
    for code in item.values:
        forecast = _forecast(history, item.variable, code)
        if forecast is None:
            continue
        for year, value in item.series(code).items():
            if year in at and (item.share or value > 0):
                values.append(forecast[:, at[year]])
                observed.append(value)
                when.append(year)
                where.append(code)
    if not observed:
        return None
    found = _cells(np.array(values).T, np.array(observed), np.array(when), np.array(where))
    if not item.share:
        found = found.take(np.all(found.values > 0, axis=0))
        found = Cells(
            np.log(found.values), np.log(found.observed), found.years, found.places, found.groups
        )
    found = found.take(np.all(np.isfinite(found.values), axis=0))
    return found if len(found) else None


def growth_cells(level: Cells) -> Cells | None:
    """Return the yearly steps between cells that follow each other."""
    keys = list(zip(level.places.tolist(), level.years.tolist(), strict=True))
    at = {key: k for k, key in enumerate(keys)}
    steps = [(k, at[place, year - 1]) for k, (place, year) in enumerate(keys)
             if (place, year - 1) in at]  # fmt: skip
    if not steps:
        return None
    now, then = np.array(steps).T
    return Cells(
        level.values[:, now] - level.values[:, then],
        level.observed[now] - level.observed[then],
        level.years[now],
        level.places[now],
        level.groups[now],
    )


def _cells(values: Array, observed: Array, years: Years, places: npt.NDArray[np.str_]) -> Cells:
    names, at = np.unique(places, return_inverse=True)
    groups = np.array([group_of(name) if PAIR not in name else "" for name in names.tolist()])
    return Cells(values, observed.astype(float), years, places, groups[at.ravel()])


# Events ------------------------------------------------------------------------------------


def event_cells(history: xr.Dataset, item: RecordFile) -> Cells | None:
    """Return the cells of a recorded event; None where the history has none of them."""
    found = _event(history, item.variable)
    if found is None:
        return None
    codes = history["territory"].to_numpy().tolist()
    years = history["year"].to_numpy().astype(int).tolist()
    at_risk = exposure(item, codes, years)
    if item.variable == "independence" and "status" in history:
        held = history["status"].isel(bound=0).transpose("member", "territory").to_numpy()
        at_risk &= (held == COLONY).all(axis=0)
    if not item.paired:
        where = np.argwhere(at_risk)
        t, k = where[:, 0], where[:, 1]
        return _if_any(
            found[:, t, k],
            unit_mask(item, codes, years)[t, k],
            np.array(years)[t],
            np.array(codes)[k],
        )
    both = at_risk[:, :, None] & at_risk[:, None, :] & np.triu(np.ones((len(codes),) * 2, bool), 1)
    where = np.argwhere(both)
    t, i, j = where[:, 0], where[:, 1], where[:, 2]
    names = np.array([[PAIR.join(sorted((a, b))) for b in codes] for a in codes])
    return _if_any(
        np.maximum(found[:, t, i, j], found[:, t, j, i]),
        pair_mask(item, codes, years)[t, i, j],
        np.array(years)[t],
        names[i, j],
    )


def _if_any(
    values: Array, observed: npt.NDArray[np.bool_], years: Years, places: npt.NDArray[np.str_]
) -> Cells | None:
    return _cells(values, observed.astype(float), years, places) if len(places) else None


def _event(history: xr.Dataset, variable: str) -> Array | None:
    """Return whether an event happened, or a state held, by (members, years, territories, ...)."""
    if variable == "statified_regime":
        if "statified_share" not in history:
            return None
        return (of_year(history, "statified_share") >= STATIFIED).astype(float)
    if variable not in history:
        return None
    values = of_year(history, variable, closing=True) > 0.5
    if variable == "independence":
        return np.asarray(np.logical_or.accumulate(values, axis=1), dtype=float)
    if variable == "war" and "bound" in history[variable].dims:
        bounds = history[variable].transpose("member", "bound", "territory", ...).to_numpy() > 0.5
        # A war that ended within the year was fought in it.
        values = values | bounds[:, :-1]
    return values.astype(float)
