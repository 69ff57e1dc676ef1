"""The History: a labelled dataset of territories over years, simulated or recorded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from conjuncture.accounts.library import load_table
from conjuncture.core.errors import Fault, InputError
from conjuncture.core.files import write_atomically
from conjuncture.core.state import HORIZON, Variable, labels, variables
from conjuncture.data.country import countries, load_country
from conjuncture.run.scenario import mechanisms
from conjuncture.run.simulate import Spec, Trajectory
from conjuncture.run.units import parts

AXES: Mapping[str, str] = {"mass": "movement", "threat": "danger"}
"""Dimensions that a History names otherwise: a dataset has no variable of a dimension's name."""


def to_history(trajectory: Trajectory, spec: Spec, members: range) -> xr.Dataset:
    """Label a batch of trajectories.

    Parameters
    ----------
    trajectory : Trajectory
    spec : Spec
    members : range

    Returns
    -------
    xarray.Dataset
        Flows on (member, year, territory, ...), stocks on (member, bound,
        territory, ...), where ``bound`` is the year at whose end a stock stands;
        ``parameter_value`` on (member, parameter). Every variable carries its
        title, unit, kind and the origin cards of the mechanism that wrote it.
    """
    written, money = _writers(spec), _money(spec.territories)
    data: dict[str, xr.DataArray] = {}
    time = {"stock": ("bound",), "flow": ("year",), "constant": ()}
    known = variables()
    for group in (trajectory.stocks, trajectory.flows, trajectory.constants):
        for name, values in group.items():
            item = known[name]
            dims = ("member", *time[item.kind], *(AXES.get(dim, dim) for dim in item.dims))
            attrs = {**_attributes(item, money), "sources": ", ".join(written.get(name, ()))}
            data[name] = xr.DataArray(values, dims=dims, attrs=attrs)
    used = {dim for values in data.values() for dim in values.dims}
    names = sorted(trajectory.parameters)
    table = np.stack([trajectory.parameters[name] for name in names], axis=1)
    data["parameter_value"] = xr.DataArray(
        table, dims=("member", "parameter"), attrs={"title": "Drawn parameters", "unit": "see each"}
    )
    return xr.Dataset(
        data,
        coords={
            "member": list(members),
            "year": list(spec.years),
            "bound": [spec.start, *spec.years],
            "parameter": names,
            **{dim: list(codes) for dim, codes in _codes(spec, trajectory).items() if dim in used},
        },
    )


def _codes(spec: Spec, trajectory: Trajectory) -> dict[str, tuple[str, ...]]:
    """Return the labels of every dimension of the world."""
    return {
        **{AXES.get(dim, str(dim)): codes for dim, codes in labels().items()},
        "territory": spec.territories,
        "partner": spec.territories,
        "part": parts(spec.territories),
        "sector": trajectory.sectors,
        "product": trajectory.sectors,
        "ahead": tuple(str(k) for k in range(HORIZON)),
    }


def _attributes(item: Variable, money: str) -> dict[str, str]:
    unit = item.unit.replace("money", money) if item.in_money else item.unit
    return {"title": item.title, "unit": unit, "kind": item.kind}


def _money(territories: tuple[str, ...]) -> str:
    """Return the money of the territories' tables, if they have one in common."""
    own = [load_table(load_country(code).table) for code in territories if code in countries()]
    found = {f"{table.unit} ({table.prices})" for table in own}
    alone = len(own) == len(territories) and len(found) == 1
    return found.pop() if alone else "money of the territory's accounts"


def _writers(spec: Spec) -> dict[str, tuple[str, ...]]:
    return {
        name: mechanisms()[mechanism].sources
        for mechanism in spec.theory.mechanisms
        for name in mechanisms()[mechanism].writes
    }


def write_history(history: xr.Dataset, path: Path) -> Path:
    """Write a history as NetCDF through a temporary file.

    Raises
    ------
    InputError
        If the name does not end in ``.nc``.
    """
    if path.suffix != ".nc":
        raise InputError(
            Fault("histories are written as NetCDF", "give a name ending in .nc", str(path))
        )
    encoding = {
        name: {"zlib": True, "complevel": 1}
        for name, values in history.data_vars.items()
        if values.dtype.kind == "f"
    }
    return write_atomically(
        path, lambda p: history.to_netcdf(p, engine="h5netcdf", encoding=encoding)
    )


def read_history(path: Path) -> xr.Dataset:
    """Read a history that :func:`write_history` wrote.

    Raises
    ------
    InputError
        If the file is missing or is no history.
    """
    if not path.is_file():
        raise InputError(Fault("no such file", "give the path of a history (.nc)", str(path)))
    try:
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            loaded = opened.load()
    except (OSError, ValueError) as error:
        raise InputError(
            Fault(f"is not a readable NetCDF file: {error}", "run it again", str(path))
        ) from None
    if "manifest" not in loaded.attrs:
        raise InputError(
            Fault("has no manifest", "give a file written by `conjuncture run`", str(path))
        )
    return loaded
