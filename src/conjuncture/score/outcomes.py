"""Main outcomes of a run, one number for each member."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import xarray as xr

from conjuncture.score.cells import group_of

Array = npt.NDArray[np.float64]


def outcomes(history: xr.Dataset) -> dict[str, Array]:
    """Return the main outcomes that a history has, by name, each (members,).

    Products are logarithms of the sum over a group in the last year; wars, disputes,
    revolutions and new states are counted over all years; the union is alive where it met no
    ending. A history without the variable has no such outcome.
    """
    found: dict[str, Array] = {}
    found.update(_products(history))
    for name, count in COUNTS.items():
        values = count(history)
        if values is not None:
            found[name] = values
    return found


def _products(history: xr.Dataset) -> dict[str, Array]:
    name = next((n for n in ("gdp_world", "gdp_index") if n in history), None)
    if name is None:
        return {}
    last = history[name].isel(year=-1).transpose("member", "territory")
    codes = [str(code) for code in history["territory"].to_numpy()]
    groups = np.array([group_of(code) for code in codes])
    values, year = last.to_numpy(), int(history["year"].to_numpy()[-1])
    found = {}
    if name == "gdp_world" and len(codes) > 1:
        found[f"product, world, {year}"] = values.sum(axis=1)
    for group in sorted(set(groups.tolist()) - {""}):
        found[f"product, {group}, {year}"] = values[:, groups == group].sum(axis=1)
    return {key: np.log(np.maximum(value, 1e-300)) for key, value in found.items()}


def _pairs(history: xr.Dataset, name: str) -> Array | None:
    """Return a yes or no of pairs by (members, times, pairs), each pair once."""
    if name not in history:
        return None
    time = "year" if "year" in history[name].dims else "bound"
    values = history[name].transpose("member", time, "territory", "partner").to_numpy() > 0.5
    i, j = np.triu_indices(values.shape[2], 1)
    return np.asarray((values[:, :, i, j] | values[:, :, j, i]).astype(float))


def wars(history: xr.Dataset) -> Array | None:
    """Return how many pairs went to war, each new war of a pair counted."""
    values = _pairs(history, "war")
    if values is None:
        return None
    return np.asarray((np.diff(values, axis=1) > 0).sum(axis=(1, 2)), dtype=float)


def disputes(history: xr.Dataset) -> Array | None:
    """Return the number of pair-years with a dispute."""
    values = _pairs(history, "dispute")
    return None if values is None else np.asarray(values.sum(axis=(1, 2)))


def revolutions(history: xr.Dataset) -> Array | None:
    """Return the number of victorious revolutions."""
    return _count(history, "revolution", lambda values: values > 0.5)


def new_states(history: xr.Dataset) -> Array | None:
    """Return the number of colonies that became independent."""
    return _count(history, "independence", lambda values: values > 0.5)


def union_alive(history: xr.Dataset) -> Array | None:
    """Return 1 where the union met no ending."""
    if "ending" not in history or "SUN" not in history["territory"].to_numpy().tolist():
        return None
    values = history["ending"].sel(territory="SUN").transpose("member", "year").to_numpy()
    return np.asarray((values == 0).all(axis=1), dtype=float)


def _count(
    history: xr.Dataset, name: str, happened: Callable[[Array], npt.NDArray[np.bool_]]
) -> Array | None:
    if name not in history:
        return None
    values = history[name].transpose("member", "year", "territory").to_numpy()
    return np.asarray(happened(values).sum(axis=(1, 2)), dtype=float)


COUNTS: dict[str, Callable[[xr.Dataset], Array | None]] = {
    "wars of pairs": wars,
    "disputes of pairs": disputes,
    "revolutions": revolutions,
    "new states": new_states,
    "union alive": union_alive,
}
"""Outcomes that are counts, by name."""
