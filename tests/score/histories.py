"""Small histories and records whose scores are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from conjuncture.data.record_model import Past, Rate, RecordFile

Array = npt.NDArray[np.float64]
YEARS = tuple(range(1946, 1956))


def item(form: str, variable: str, **keys: Any) -> RecordFile:
    """Return a file of the record."""
    return RecordFile(
        id=f"{variable}_conjuncture",
        variable=variable,
        form=form,  # type: ignore[arg-type]
        title="A",
        concept="a",
        unit="1",
        timing="unstated",
        source="conjuncture",
        **keys,
    )


def growing(code: str, rate: float, last: float = 100.0, sd: float | None = 0.05) -> dict[str, Any]:
    """Return figures that grow from 1945 by a rate, with a past without growth."""
    values = tuple(last * np.exp(rate * k) for k in range(1, len(YEARS) + 1))
    past = Past(year=1945, last=last, growth=0.0, sd=sd, window=(1913, 1938))
    return {"values": {code: {1946: values}}, "past": {code: past}}


def flows(codes: tuple[str, ...], **variables: Array) -> xr.Dataset:
    """Return a history of flows by (members, years, territories)."""
    return xr.Dataset(
        {
            name: (("member", "year", "territory", "partner")[: values.ndim], values)
            for name, values in variables.items()
        },
        coords={
            "year": list(YEARS),
            "bound": [1945, *YEARS],
            "territory": list(codes),
            "partner": list(codes),
        },
    )


def rate(events: int = 1, exposure: int = 100, strength: float | None = 10.0) -> Rate:
    """Return a rate of events up to 1944."""
    return Rate(events=events, exposure=exposure, window=(1900, 1944), of="x", strength=strength)
