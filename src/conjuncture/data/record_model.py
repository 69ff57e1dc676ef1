"""What a file of the record of many territories holds: one variable of one source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from conjuncture.core.files import Record
from conjuncture.data.catalog import LAST_STARTING_YEAR, Timing

Form = Literal["series", "pair_years", "pair_spells", "spells", "dates", "votes"]
PAIR = "-"
"""Between the codes of a pair, which stand in the order of the alphabet."""


class Past(Record):
    """What the same source says of a territory up to 1945, for the baselines.

    Attributes
    ----------
    year : int
        The last year with a figure.
    last : float
        That figure.
    growth, sd : float, optional
        Mean and standard deviation of the yearly differences over ``window``:
        of logarithms, or of the figures where the variable is a share.
    window : tuple of int
        Its first and last year.
    """

    year: int = Field(le=LAST_STARTING_YEAR)
    last: float
    growth: float | None = None
    sd: float | None = Field(default=None, ge=0)
    window: tuple[int, int] | None = None


class Rate(Record):
    """How often an event happened up to 1945.

    Attributes
    ----------
    events, exposure : int
        Events, and the pair-years or territory-years in which one could happen.
    window : tuple of int
        First and last year.
    of : str
        What was counted.
    strength : float, optional
        Years that the common rate weighs beside the past of one pair: the
        moment estimate of a beta distribution of rates.
    """

    events: int = Field(ge=0)
    exposure: int = Field(ge=1)
    window: tuple[int, int]
    of: str
    strength: float | None = Field(default=None, gt=0)

    @property
    def value(self) -> float:
        """Events for each year of exposure."""
        return self.events / self.exposure


class RecordFile(Record):
    """One variable of one source for many territories, after 1945.

    Attributes
    ----------
    id : str
        ``<variable>_<source>``, equal to the file's name.
    variable : str
        Name of the variable of a run, where it has one.
    form : str
        ``series`` (``values``), ``pair_years`` (``years``), ``pair_spells`` and
        ``spells`` (``spells``), ``dates`` (``dates``), ``votes`` (``votes``).
    title, concept, unit, timing, source, also, borders, derivation, note
        As in a series of the catalog.
    values : mapping
        Territory -> first year -> values of that year and the next ones.
    years : mapping
        Pair (``FRA-GBR``) -> years of the event.
    spells : mapping
        Pair or territory -> first and last year of each spell; a spell that
        still lasted in 1991 ends with 1991.
    dates : mapping
        Territory -> year of the event.
    members : mapping
        Territory of several members -> member -> year, where ``dates`` or
        ``exposed`` follow from them.
    votes : mapping
        Territory -> day of the election -> family -> per cent of the vote.
    exposed : mapping
        Territory -> spells of years in which the event could happen to it;
        empty where every territory of the file is exposed in all years.
    past : mapping of str to Past
    past_events, past_years : mapping
        Pair -> events, and territory -> years as a state, in the window of ``rate``.
    rate : Rate, optional
    at_start : tuple of str
        Pairs or territories for which the state held at the end of 1945.
    """

    id: str
    variable: str
    form: Form
    title: str
    concept: str
    unit: str
    timing: Timing
    source: str
    also: tuple[str, ...] = ()
    borders: str = ""
    derivation: str = ""
    note: str = ""
    share: bool = False
    values: dict[str, dict[int, tuple[float, ...]]] = Field(default_factory=dict)
    years: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    spells: dict[str, tuple[tuple[int, int], ...]] = Field(default_factory=dict)
    dates: dict[str, int] = Field(default_factory=dict)
    members: dict[str, dict[str, int]] = Field(default_factory=dict)
    votes: dict[str, dict[str, dict[str, float]]] = Field(default_factory=dict)
    exposed: dict[str, tuple[tuple[int, int], ...]] = Field(default_factory=dict)
    past: dict[str, Past] = Field(default_factory=dict)
    past_events: dict[str, int] = Field(default_factory=dict)
    past_years: dict[str, int] = Field(default_factory=dict)
    rate: Rate | None = None
    at_start: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        field = {
            "series": "values",
            "pair_years": "years",
            "pair_spells": "spells",
            "spells": "spells",
            "dates": "dates",
            "votes": "votes",
        }[self.form]
        for other in ("values", "years", "spells", "dates", "votes"):
            if bool(getattr(self, other)) != (other == field):
                raise ValueError(f"a record of the form {self.form} gives {field} and nothing else")
        early = [year for year in self._years() if year <= LAST_STARTING_YEAR]
        if early:
            raise ValueError(
                f"the record is of the years after {LAST_STARTING_YEAR}; {early[0]} is not"
            )
        return self

    def _years(self) -> Iterator[int]:
        for runs in self.values.values():
            yield from runs
        for years in self.years.values():
            yield from years
        for spells in self.spells.values():
            yield from (first for first, _ in spells)
        yield from self.dates.values()
        for ballots in self.votes.values():
            yield from (int(day[:4]) for day in ballots)

    @property
    def paired(self) -> bool:
        """Whether it is of pairs of territories."""
        return self.form in {"pair_years", "pair_spells"}

    def territories(self) -> frozenset[str]:
        """Return the codes of all territories with a figure, a past or exposure."""
        named = {*self.values, *self.dates, *self.votes, *self.exposed, *self.past}
        both = {code for key in (*self.years, *self.spells) for code in key.split(PAIR)}
        return frozenset(named | both)

    def series(self, territory: str) -> dict[int, float]:
        """Return the figures of a territory by year; empty where there are none."""
        return {
            first + k: value
            for first, run in sorted(self.values.get(territory, {}).items())
            for k, value in enumerate(run)
        }
