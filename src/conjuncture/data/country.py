"""Country files: the dated figures from which a run of a territory starts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from pydantic import model_validator

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import Record, content_root, read_yaml
from conjuncture.core.priors import Prior
from conjuncture.core.sources import ASSUMED, sources
from conjuncture.data.catalog import LAST_STARTING_YEAR, Use

START_STOCK_DATE = f"{LAST_STARTING_YEAR + 1}-01-01"
"""A stock of this day is the stock of the end of 1945."""

_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


class Figure(Record):
    """One figure of a country file.

    Attributes
    ----------
    value : float
        The central value.
    unit : str
        Its unit, in words.
    date : str
        A year, a day or a period (``1945``, ``1946-01-01``, ``1928/1940``).
    source : str
        Origin card, or ``assumed``: then a prior and a reason are mandatory.
    use : str
        ``start``, ``fit`` or ``structural``; ``judge`` is refused.
    prior : Prior, optional
        What a run draws; without it the value is taken as it is.
    reason : str
        Why it is assumed so.
    how : str
        How it was computed, if it is not as printed.
    also : tuple of str
        Further cards that it was computed from.
    note : str
        Known problems.
    """

    value: float
    unit: str
    date: str
    source: str
    use: Use
    prior: Prior | None = None
    reason: str = ""
    how: str = ""
    also: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.unit.strip():
            raise ValueError("a figure needs a unit")
        if not _YEAR.search(self.date):
            raise ValueError("date must name a year, e.g. 1945, 1946-01-01 or 1928/1940")
        if self.source == ASSUMED and (self.prior is None or not self.reason.strip()):
            raise ValueError("an assumed figure needs a prior and a reason")
        if self.prior is not None and not _possible(self.value, self.prior):
            raise ValueError("the value is impossible under its own prior")
        return self

    @property
    def last_year(self) -> int:
        """The last year that the date names."""
        return max(int(year) for year in _YEAR.findall(self.date))


def _possible(value: float, prior: Prior) -> bool:
    """Return whether a value lies within all but the last billionth of a prior."""
    low, high = prior.quantile(np.array([1e-9, 1 - 1e-9]))
    slack = 1e-6 * max(abs(low), abs(high))
    return bool(low - slack <= value <= high + slack)


class Country(Record):
    """A territory: its table and the figures from which it starts.

    Attributes
    ----------
    id : str
        Code of the territory, equal to the file's name (``SUN``).
    title : str
        Its name.
    table : str
        Name of its table (``ussr_1945``).
    figures : mapping of str to Figure
        The figures by name.
    """

    id: str
    title: str
    table: str
    figures: dict[str, Figure]

    def figure(self, name: str) -> Figure:
        """Return a figure.

        Raises
        ------
        InputError
            If there is no such figure; the nearest names are given.
        """
        return lookup("figure", name, self.figures, f"countries/{self.id}.yaml")

    def value(self, name: str) -> float:
        """Return the central value of a figure, in its own unit."""
        return self.figure(name).value

    def by_sector(self, stem: str, sectors: tuple[str, ...]) -> Mapping[str, Figure]:
        """Return the figures ``<stem>_<sector>`` that exist, keyed by sector."""
        named = {sector: f"{stem}_{sector}" for sector in sectors}
        return {key: self.figures[name] for key, name in named.items() if name in self.figures}

    def cards(self) -> tuple[str, ...]:
        """Return the origin cards of all figures, sorted, without ``assumed``."""
        named = {card for figure in self.figures.values() for card in (figure.source, *figure.also)}
        return tuple(sorted(named - {ASSUMED}))


def read_country(path: Path) -> Country:
    """Read and check a country file.

    Raises
    ------
    InputError
        With all faults: wrong or unknown keys, unknown cards, a figure kept for
        judging, a start or fit dated after 1945, an assumed figure without
        prior and reason.
    """
    country = read_yaml(path, Country)
    faults = Faults(path.name)
    if country.id != path.stem:
        faults.add(
            "id differs from the file's name", f"set id: {path.stem}", field="id", value=country.id
        )
    for name, figure in country.figures.items():
        check_figure(name, figure, faults)
    faults.raise_if_any()
    return country


def check_figure(name: str, figure: Figure, faults: Faults) -> None:
    """Add a fault for an unknown card, and for a figure that a run must not start from."""
    field = f"figures.{name}"
    for card in (figure.source, *figure.also):
        if card != ASSUMED and card not in sources():
            faults.unknown("source", card, sources(), field=f"{field}.source")
    if figure.use == "judge":
        faults.add(
            "a figure kept for judging must not start a run",
            "move it to a series of the record",
            field=f"{field}.use",
        )
    late = figure.last_year > LAST_STARTING_YEAR and START_STOCK_DATE not in figure.date
    if late and figure.use in {"start", "fit"}:
        faults.add(
            "was observed after 1945",
            f"give an earlier figure, or a stock of {START_STOCK_DATE}, or declare it structural",
            field=f"{field}.date",
            value=figure.date,
        )


@cache
def countries() -> Mapping[str, Path]:
    """Return the shipped country files by code."""
    return {path.stem: path for path in sorted((content_root() / "countries").glob("*.yaml"))}


@cache
def load_country(code: str) -> Country:
    """Return a shipped country file.

    Raises
    ------
    InputError
        If there is none of that code, or as :func:`read_country`.
    """
    return read_country(lookup("country", code, countries()))
