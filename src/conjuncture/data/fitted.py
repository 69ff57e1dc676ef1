"""Fitted parameters: what data before 1945 say, in place of a mechanism's own prior."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import Field

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import Record, content_root, read_records
from conjuncture.core.priors import Prior
from conjuncture.core.sources import sources

LAST = 1945
"""No figure of a later year enters a fitted parameter."""

_SPAN = re.compile(r"^(\d{4})-(\d{4})$")


class FittedParameter(Record):
    """One parameter after the data.

    Attributes
    ----------
    prior : Prior
        What a run draws from: the wide prior and the data together.
    window : str
        Years that entered, ``1816-1944``; several spans with commas.
    observations : int
        Rows that entered.
    source : str
        Origin card of the data.
    also : tuple of str
        Further cards.
    method : str
    note : str
    unit, meaning : str
    before : Prior, optional
        The wide prior that met the data.
    estimate, error : float, optional
        Of the data alone, with its standard error.
    events : int, optional
        Rows in which what is explained came about.
    correlations : mapping of str to float
        Strong correlations with other parameters of the mechanism after the data; a
        run draws each by itself, which widens what they say together.
    """

    prior: Prior
    window: str
    observations: int = Field(gt=0)
    source: str
    also: tuple[str, ...] = ()
    method: str
    note: str = ""
    unit: str = ""
    meaning: str = ""
    before: Prior | None = None
    estimate: float | None = None
    error: float | None = Field(default=None, ge=0)
    events: int | None = Field(default=None, ge=0)
    correlations: dict[str, float] = Field(default_factory=dict)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """First and last year of each span of the window."""
        return spans(self.window)


class FittedMechanism(Record):
    """A file of fitted parameters: one mechanism."""

    mechanism: str
    form: str = ""
    parameters: dict[str, FittedParameter] = Field(min_length=1)


def spans(window: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of a window; empty if it is not of the form ``1816-1944, ...``."""
    met = [_SPAN.match(part.strip()) for part in window.split(",")]
    found = tuple((int(m[1]), int(m[2])) for m in met if m is not None)
    return found if len(found) == len(met) else ()


def load_fitted(folder: Path) -> dict[str, FittedMechanism]:
    """Read and check the files of a folder, by mechanism.

    Parameters
    ----------
    folder : Path
        Holds one YAML file for each mechanism.

    Raises
    ------
    InputError
        With all faults of all files: wrong keys, a name that differs from the
        file's, windows that are malformed or reach beyond 1945, unknown cards, priors
        that leave nothing open.
    """
    faults = Faults()
    read = read_records(sorted(folder.glob("*.yaml")), FittedMechanism, _check, faults)
    faults.raise_if_any()
    return {item.mechanism: item for item in read}


def _check(item: FittedMechanism, stem: str, faults: Faults) -> None:
    if item.mechanism != stem:
        faults.add(
            "mechanism differs from the file's name",
            f"set mechanism: {stem}",
            field="mechanism",
            value=item.mechanism,
        )
    for name, parameter in item.parameters.items():
        _check_parameter(f"parameters.{name}", parameter, faults)


def _check_parameter(field: str, parameter: FittedParameter, faults: Faults) -> None:
    where = f"{field}.window"
    if not parameter.spans:
        faults.add(
            "is no window", "write 1816-1944, or spans with commas", field=where,
            value=parameter.window,
        )  # fmt: skip
    for first, last in parameter.spans:
        if first > last:
            faults.add("ends before it starts", "swap the years", field=where, value=first)
        if last > LAST:
            faults.add(
                f"reaches beyond {LAST}", "fit on earlier years only", field=where, value=last
            )
    for card in (parameter.source, *parameter.also):
        if card not in sources():
            faults.unknown("source", card, sources(), field=f"{field}.source")
    if parameter.prior.kind == "fixed":
        faults.add(
            "leaves nothing open", "give the posterior's spread", field=f"{field}.prior",
            value=parameter.prior,
        )  # fmt: skip


@cache
def fitted() -> Mapping[str, FittedParameter]:
    """Return every shipped fitted parameter, keyed ``mechanism.parameter``.

    Raises
    ------
    InputError
        As :func:`load_fitted`.
    """
    read = load_fitted(content_root() / "fitted")
    return MappingProxyType(
        {
            f"{item.mechanism}.{name}": parameter
            for item in read.values()
            for name, parameter in item.parameters.items()
        }
    )


def fitted_parameter(name: str) -> FittedParameter:
    """Return one fitted parameter.

    Raises
    ------
    InputError
        If there is none of that name; the nearest are given.
    """
    return lookup("fitted parameter", name, fitted())
