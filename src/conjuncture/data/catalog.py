"""The catalog of recorded series, and the wall between starting and judging.

Every figure has a use. What was observed to the end of 1945 may start a run or
fit a parameter; what was observed later may only judge, unless its series
declares it, year by year and with a reason, to be slow structure. The rule is
kept here, in one place, so that no caller has to remember it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from pydantic import Field

from conjuncture.core.errors import Fault, Faults, InputError, lookup
from conjuncture.core.files import Record, content_root, read_records
from conjuncture.core.sources import sources
from conjuncture.core.state import recorded_variables
from conjuncture.data.sectors import AGGREGATES, SECTORS

Use = Literal["start", "fit", "structural", "judge"]
Purpose = Use
Timing = Literal["year_total", "annual_average", "year_end", "1_january", "unstated"]

LAST_STARTING_YEAR = 1945
"""Stocks of a run start at the end of this year; the next one is the first judged."""

_SEEN_BY: Mapping[Purpose, frozenset[Use]] = {
    "start": frozenset({"start", "fit"}),
    "fit": frozenset({"start", "fit"}),
    "structural": frozenset({"start", "fit", "structural"}),
    "judge": frozenset({"start", "fit", "structural", "judge"}),
}


class Series(Record):
    """A recorded series of one source: years and values, with their use.

    Attributes
    ----------
    id : str
        Name of the series, equal to the file's name.
    variable : str
        Name of the state variable (``content/variables.yaml``).
    territory : str
        Code of the territory (``SUN``).
    sector : str, optional
        Sector label, for variables given by sector.
    title, concept : str
        What it is; the concept measured (``net material product``).
    unit : str
        Unit of the values; one for all series of a variable.
    timing : str
        Whether a value is a year's total or average, or a stock at its end or
        on its 1 January; ``unstated`` where the source does not say.
    source : str
        Origin card.
    label : str
        Name along the ``source`` dimension of the record; the card by default.
        It differs where one source publishes several series of a variable.
    borders, note : str
        Which borders, and known problems.
    derivation : str
        How the values follow from the published figures; empty if as printed.
    start : tuple of int
        Years whose figures a country file takes as a start.
    structural : mapping of int to str
        Years after 1945 declared slow structure, each with its reason.
    values : mapping of int to float
        Year and value. A missing year is missing: nothing is interpolated.
    """

    id: str
    variable: str
    territory: str
    sector: str | None = None
    title: str
    concept: str
    unit: str
    timing: Timing
    source: str
    label: str = ""
    borders: str = ""
    note: str = ""
    derivation: str = ""
    start: tuple[int, ...] = ()
    structural: dict[int, str] = Field(default_factory=dict)
    values: dict[int, float]

    @property
    def name(self) -> str:
        """Label along the ``source`` dimension of the record."""
        return self.label or self.source

    def use(self, year: int) -> Use:
        """Return what the figure of a year may be used for.

        Parameters
        ----------
        year : int
            A year of the series.

        Raises
        ------
        InputError
            If the series has no figure for the year.
        """
        if year not in self.values:
            known = ", ".join(str(given) for given in sorted(self.values))
            raise InputError(
                Fault(
                    "has no figure for this year",
                    f"ask for one of: {known}",
                    self.id,
                    "year",
                    str(year),
                )
            )
        if year in self.start:
            return "start"
        if year <= self._last_starting_label():
            return "fit"
        return "structural" if year in self.structural else "judge"

    def _last_starting_label(self) -> int:
        # A stock of 1 January 1946 is the stock of the end of 1945.
        return LAST_STARTING_YEAR + (self.timing == "1_january")

    def permitted(self, purpose: Purpose) -> dict[int, float]:
        """Return the figures that a purpose may see, by year in order."""
        _check_purpose(purpose)
        seen = _SEEN_BY[purpose]
        return {year: self.values[year] for year in sorted(self.values) if self.use(year) in seen}


@dataclass(frozen=True)
class Reading:
    """One request to the catalog: which series, for which purpose."""

    series: str
    purpose: Purpose


_WATCHERS: ContextVar[tuple[list[Reading], ...]] = ContextVar("catalog_watchers", default=())


@contextmanager
def watch() -> Iterator[list[Reading]]:
    """Record every request made to the catalog inside the block.

    A test of a run reads its figures inside ``watch`` and asserts that none was
    read in order to judge.
    """
    readings: list[Reading] = []
    token = _WATCHERS.set((*_WATCHERS.get(), readings))
    try:
        yield readings
    finally:
        _WATCHERS.reset(token)


def note_reading(series_id: str, purpose: Purpose) -> None:
    """Tell the watchers that a series was read."""
    for readings in _WATCHERS.get():
        readings.append(Reading(series_id, purpose))


@cache
def all_series() -> Mapping[str, Series]:
    """Return every shipped series by id, in the order of the ids.

    Raises
    ------
    InputError
        With all faults of all files: unknown variable, sector, source or key, a
        unit other than the variable's, a structural year without figure or
        reason or not after 1945, two series of one source for one variable.
    """
    return MappingProxyType(load_series(content_root() / "series"))


def load_series(folder: Path) -> dict[str, Series]:
    """Read and check the series files of a folder.

    Raises
    ------
    InputError
        As :func:`all_series`.
    """
    faults = Faults()
    read = read_records(sorted(folder.glob("*.yaml")), Series, _check_series, faults)
    found = {item.id: item for item in read}
    _check_distinct(found.values(), faults)
    faults.raise_if_any()
    return found


def series(identifier: str) -> Series:
    """Return one series.

    Raises
    ------
    InputError
        If there is no such series; the nearest ids are named.
    """
    return lookup("series", identifier, all_series())


def find(
    variable: str | None = None, territory: str | None = None, sector: str | None = None
) -> list[Series]:
    """Return the series that match all that is given, in the order of the ids.

    Raises
    ------
    InputError
        If a variable, territory or sector is one that no series has.
    """
    wanted = {"variable": variable, "territory": territory, "sector": sector}
    faults = Faults()
    for field, value in wanted.items():
        known = {str(getattr(item, field)) for item in all_series().values()} - {"None"}
        if value is not None and value not in known:
            faults.unknown(field, value, known, field=field)
    faults.raise_if_any()
    return [
        item
        for item in all_series().values()
        if all(value is None or getattr(item, key) == value for key, value in wanted.items())
    ]


def figures(
    series_id: str, purpose: Purpose, years: Iterable[int] | None = None
) -> dict[int, float]:
    """Return the figures of a series that a purpose may see.

    Parameters
    ----------
    series_id : str
        Id of the series.
    purpose : str
        ``start``, ``fit``, ``structural`` or ``judge``. Only ``judge`` sees
        figures observed after 1945 that are not declared structural.
    years : iterable of int, optional
        The years needed; without it, all that are permitted.

    Returns
    -------
    dict of int to float
        In the order of the years, in the unit of the series.

    Raises
    ------
    InputError
        If the series or a year does not exist, or a year (or, without ``years``,
        every year) is reserved for judging.
    """
    item = series(series_id)
    allowed = item.permitted(purpose)
    faults = Faults(series_id)
    if years is None and not allowed:
        faults.add(
            f"has no figure that the purpose {purpose!r} may see",
            "every figure was observed after 1945 and judges the run; use another series",
            field="purpose",
            value=purpose,
        )
    wanted = sorted(allowed) if years is None else sorted(years)
    for year in wanted:
        use = item.use(year)
        if year not in allowed:
            faults.add(
                f"figure is kept for use {use!r} and must not be seen for {purpose!r}",
                "it was observed after 1945; take an earlier year, or declare the year under "
                "'structural' with a reason if it is slow structure",
                field=f"values.{year}",
            )
    faults.raise_if_any()
    note_reading(series_id, purpose)
    return {year: allowed[year] for year in wanted}


def figure(series_id: str, year: int, purpose: Purpose) -> float:
    """Return one figure of a series (see :func:`figures`)."""
    return figures(series_id, purpose, (year,))[year]


def _check_purpose(purpose: str) -> None:
    if purpose not in _SEEN_BY:
        faults = Faults()
        faults.unknown("purpose", purpose, get_args(Use), field="purpose")
        raise InputError(faults)


def _check_series(item: Series, stem: str, faults: Faults) -> None:
    if item.id != stem:
        faults.add("id differs from the file's name", f"set id: {stem}", field="id", value=item.id)
    if item.source not in sources():
        faults.unknown("source", item.source, sources(), field="source")
    if not item.values:
        faults.add("has no figure", "give at least one year and value", field="values")
    known = recorded_variables()
    variable = known.get(item.variable)
    if variable is None:
        faults.unknown("variable", item.variable, known, field="variable")
    else:
        if item.unit != variable.unit and not variable.in_money:
            faults.add(
                f"unit differs from the variable's, {variable.unit!r}",
                "convert the values and say so under 'derivation'",
                field="unit",
                value=item.unit,
            )
        if (item.sector is not None) != variable.sectoral:
            faults.add(
                "a sector is needed here" if variable.sectoral else "this variable has no sectors",
                "add 'sector'" if variable.sectoral else "remove 'sector'",
                field="sector",
                value=item.sector,
            )
    if item.sector is not None and item.sector not in (*SECTORS, *AGGREGATES):
        faults.unknown("sector", item.sector, (*SECTORS, *AGGREGATES), field="sector")
    _check_uses(item, faults)


def _check_uses(item: Series, faults: Faults) -> None:
    for field, years in (("start", item.start), ("structural", tuple(item.structural))):
        for year in years:
            late = year > item._last_starting_label()
            if year not in item.values:
                faults.add("year has no figure", "remove it", field=f"{field}.{year}")
            elif late != (field == "structural"):
                faults.add(
                    "was observed after 1945" if late else "was observed before 1946",
                    "declare only later years structural, and only earlier ones a start",
                    field=f"{field}.{year}",
                )
    for year, reason in item.structural.items():
        if not reason.strip():
            faults.add("a structural year needs a reason", "say why", field=f"structural.{year}")


def _check_distinct(items: Iterable[Series], faults: Faults) -> None:
    seen: dict[tuple[str, str, str | None, str], str] = {}
    for item in items:
        key = (item.variable, item.territory, item.sector, item.name)
        if key in seen:
            faults.add(
                f"carries the same variable under the same label as {seen[key]}",
                "give one of them a 'label' of its own",
                field=f"{item.id}: label",
                value=item.name,
            )
        seen[key] = item.id
