"""The recorded history, as a dataset with the variables of a run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from conjuncture.core.errors import Faults, InputError
from conjuncture.core.state import recorded_variables
from conjuncture.data.catalog import Series, all_series, note_reading
from conjuncture.data.record_files import record_files
from conjuncture.data.record_model import RecordFile
from conjuncture.data.sectors import AGGREGATES, SECTORS

ORIGINS = "origins"
"""Attribute of each variable: JSON, source label -> series, card, concept ..."""


def record(territories: Sequence[str] = ("SUN",)) -> xr.Dataset:
    """Return what was recorded, every source beside the others.

    Parameters
    ----------
    territories : sequence of str
        Codes of territories.

    Returns
    -------
    xarray.Dataset
        Dimensions ``source`` (label of the series' source), ``territory``,
        ``year`` and, where a variable has one, ``sector``. A gap is NaN:
        nothing is interpolated, and no source is spliced to another. The files
        of ``content/record`` add the variables of a run for many territories
        from 1946 to 1991; events are read by :mod:`conjuncture.data.record_files`. Each
        variable has the attributes ``unit``, ``title`` and ``origins``
        (see :func:`origins`).

    Raises
    ------
    InputError
        If no series is of one of the territories.
    """
    many = [item for item in record_files().values() if item.form == "series"]
    known = {item.territory for item in all_series().values()}
    known |= {code for item in many for code in item.values}
    faults = Faults()
    for territory in territories:
        if territory not in known:
            faults.unknown("territory", territory, known, field="territories")
    faults.raise_if_any()
    chosen = [item for item in all_series().values() if item.territory in territories]
    for item in chosen:
        note_reading(item.id, "judge")
    beside = _of_files(many, territories, chosen)
    return _dataset([*beside, *chosen], tuple(territories))


def _of_files(
    many: Sequence[RecordFile], territories: Sequence[str], catalog: Sequence[Series]
) -> list[Series]:
    """Return the record of many territories as series, without the years of the catalog's."""
    taken = {(i.variable, i.territory, i.name): set(i.values) for i in catalog}
    found = []
    for item in many:
        if item.variable not in recorded_variables():
            continue
        note_reading(item.id, "judge")
        for code in territories:
            known = taken.get((item.variable, code, item.source), set())
            values = {y: v for y, v in item.series(code).items() if y not in known}
            if values:
                found.append(_as_series(item, code, values))
    return found


def _as_series(item: RecordFile, territory: str, values: dict[int, float]) -> Series:
    shared = ("variable", "title", "concept", "unit", "timing", "source", "borders")
    told = {key: getattr(item, key) for key in (*shared, "derivation", "note")}
    return Series(id=item.id, territory=territory, values=values, **told)


def origins(data: xr.DataArray) -> dict[str, dict[str, Any]]:
    """Return where the figures of a recorded variable come from.

    Parameters
    ----------
    data : xarray.DataArray
        A variable of :func:`record`.

    Returns
    -------
    dict
        ``label / territory [/ sector]`` -> card, series,
        concept, unit, timing, borders, derivation, note.

    Raises
    ------
    InputError
        If it is no variable of a record.
    """
    if ORIGINS not in data.attrs:
        faults = Faults()
        faults.add("has no origins", "give a variable of record()", field=str(data.name))
        raise InputError(faults)
    found: dict[str, dict[str, Any]] = json.loads(data.attrs[ORIGINS])
    return found


def _dataset(chosen: Sequence[Series], territories: tuple[str, ...]) -> xr.Dataset:
    years = sorted({year for item in chosen for year in item.values})
    span = np.arange(years[0], years[-1] + 1)
    labels = sorted({item.name for item in chosen})
    used = {item.sector for item in chosen}
    sectors = [name for name in (*SECTORS, *AGGREGATES) if name in used]
    coordinates: dict[str, Any] = {
        "source": labels,
        "territory": list(territories),
        "year": span,
    }
    if sectors:
        coordinates["sector"] = sectors
    data = xr.Dataset(coords=coordinates, attrs={"title": "Recorded history", "kind": "record"})
    present = {item.variable for item in chosen}
    for name in (name for name in recorded_variables() if name in present):
        data[name] = _variable(name, [item for item in chosen if item.variable == name], data)
    data["year"].attrs["title"] = "Calendar year"
    data["source"].attrs["title"] = "Source of the figures"
    return data


def _variable(name: str, items: Sequence[Series], data: xr.Dataset) -> xr.DataArray:
    variable = recorded_variables()[name]
    dims = ("source", "territory", "year", *(("sector",) if variable.sectoral else ()))
    at = {dim: {label: k for k, label in enumerate(data[dim].values.tolist())} for dim in dims}
    values = np.full([data.sizes[dim] for dim in dims], np.nan)
    described: dict[str, dict[str, str]] = {}
    for item in items:
        where: dict[str, Any] = {
            "source": item.name,
            "territory": item.territory,
            "sector": item.sector,
        }
        for year, value in item.values.items():
            cell = where | {"year": year}
            values[tuple(at[dim][cell[dim]] for dim in dims)] = value
        described[" / ".join(filter(None, where.values()))] = _origin(item)
    attributes = {
        "unit": items[0].unit,
        "title": variable.title,
        "kind": variable.kind,
        ORIGINS: json.dumps(described, sort_keys=True),
    }
    coordinates = {dim: data.coords[dim] for dim in dims}
    return xr.DataArray(values, dims=dims, coords=coordinates, attrs=attributes)


def _origin(item: Series) -> dict[str, str]:
    keys = ("id", "source", "title", "concept", "unit", "timing", "borders", "derivation", "note")
    return {key: str(getattr(item, key)) for key in keys}
