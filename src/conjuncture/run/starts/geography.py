"""Distances between the economies of a run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import Faults
from conjuncture.data.state_model import Place
from conjuncture.data.states import states
from conjuncture.run.starts.base import Start, Values
from conjuncture.run.units import Unit

Array = npt.NDArray[np.float64]

RADIUS = 6371.0
"""Mean radius of the earth (km)."""

NEAREST = 100.0
"""Distance below which towns count as equally near (km)."""


def build(start: Start) -> Values:
    """Return great-circle distances between capitals or chief towns (km).

    Raises
    ------
    InputError
        With every unit that has no place.
    """
    faults, places = Faults("states"), []
    for unit in start.units:
        place = _place(unit)
        if place is None:
            faults.add(f"{unit.code} has no place", "add the capital", field=unit.code)
        else:
            places.append((place.latitude, place.longitude))
    faults.raise_if_any()
    return {"distance": np.broadcast_to(distances(np.radians(places)), _shape(start)).copy()}


def _place(unit: Unit) -> Place | None:
    """Return a unit's own place or, where its files have none, that of a neighbour."""
    near = [states()[other.unit] for item in unit.states for other in item.neighbours]
    found = (item.place for item in (*unit.states, *near))
    return next((place for place in found if place is not None), None)


def _shape(start: Start) -> tuple[int, int, int]:
    return (start.count, len(start.territories), len(start.territories))


def distances(places: Array) -> Array:
    """Return great-circle distances by the haversine formula (km), at least :data:`NEAREST`.

    Parameters
    ----------
    places : array (places, 2)
        Latitude and longitude in radians.
    """
    north, east = places[:, None, 0], places[:, None, 1]
    half = (
        np.sin((north - north.T) / 2) ** 2
        + np.cos(north) * np.cos(north.T) * np.sin((east - east.T) / 2) ** 2
    )
    apart = 2 * RADIUS * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return np.asarray(np.maximum(apart, NEAREST))
