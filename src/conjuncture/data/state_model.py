"""What a state file holds: a state or territory of the system at the end of 1945."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from conjuncture.core.errors import lookup
from conjuncture.core.files import Record
from conjuncture.core.sources import ASSUMED
from conjuncture.data.country import Figure
from conjuncture.data.rules import Basis

END = "1945-12-31"
"""The day for which states, holders and parts are given."""

Status = Literal[
    "core",
    "independent",
    "annexed",
    "occupied",
    "divided",
    "buffer",
    "colony",
    "protectorate",
    "mandate",
]

STATUS_MEANS: Mapping[Status, str] = {
    "core": "part of the state that holds it",
    "independent": "own state",
    "annexed": "taken into another state's own territory, recognised or not",
    "occupied": "under foreign military government, or under foreign orders",
    "divided": "no power alone holds it; its parts, or a joint command, do",
    "buffer": "own government, under an armistice's control commission, or with troops of a great "
    "power on its soil whose going had no fixed day",
    "colony": "dependency without a treaty of its own",
    "protectorate": "dependency under a treaty with its ruler",
    "mandate": "dependency under the League of Nations",
}

MONEY = "million international dollars of 2011"
PEOPLE = "thousand persons"
FIGURES: Mapping[str, str] = {
    "population": PEOPLE,
    "urban_population": PEOPLE,
    "war_deaths": PEOPLE,
    "product": MONEY,
    "product_per_head": "international dollars of 2011 per person",
    "agriculture_share_of_product": "share of product",
    "industry_share_of_product": "share of product",
    "services_share_of_product": "share of product",
    "agriculture_share_of_labour": "share of labour",
    "industry_share_of_labour": "share of labour",
    "services_share_of_labour": "share of labour",
    "capital": MONEY,
    "armed_forces": PEOPLE,
    "military_spending": "thousand current US dollars",
    "steel": "thousand tonnes",
    "energy": "thousand tonnes of coal equivalent",
    "imports": "million current US dollars",
    "exports": "million current US dollars",
    "openness": "exports and imports over product",
    "state_ownership": "scale from 0 (virtually all capital is the state's) to 4 (very little is)",
    "statified_share": "share of the means of production",
    "capital_lost_share": "share of the capital of before the war",
    "prewar_level": "best product per head of 1928 to 1944 over that of 1945",
    "prewar_growth": "logarithmic growth of product per head a year",
    "growth_1928_1938": "logarithmic growth of product per head a year",
    "population_growth": "logarithmic growth of people a year",
    "schooling": "mean years of schooling of adults",
    "inequality_top10": "share of national income before tax",
    "gini": "Gini coefficient of national income before tax",
    "democracy": "scale from 0 (full autocracy) to 1 (full democracy)",
    "held_since": "year of the common era",
}
"""Every figure that a state file may have, with its unit."""

SIGNED = frozenset({"prewar_growth", "growth_1928_1938", "population_growth"})
"""Figures that may be negative; their priors are normal."""

BOUNDED = frozenset({"democracy"})
"""Figures between 0 and 1 that may be 0; their priors are normal, cut at both ends."""

FOLLOWING = frozenset({"product_per_head", "services_share_of_product", "services_share_of_labour"})
"""Figures that follow from others of the same file, and so have no prior of their own."""

ADDITIVE = ("population", "product", "capital", "energy")
"""Figures of parts that add up to those of the whole."""

_DAY = re.compile(r"^\d{4}(-\d{2}){0,2}$")


def day(date: str) -> str:
    """Return the first day of a year, a month or a day, as text that sorts."""
    return (date + "-01-01")[:10]


class Spell(Record):
    """Who held a territory, in what status, from when to when.

    Attributes
    ----------
    start, end : str
        Year, month or day, as exact as the source; no ``end`` where it lasted
        at the end of 1945.
    holder : str
        The unit that held it; a state holds itself.
    status : str
        One of :data:`STATUS_MEANS`.
    how : str
        How it came to be held.
    source, also : str
        Origin cards.
    forces : tuple of str
        Units whose troops stood there.
    claims : tuple of str
        Others who claimed or partly held it.
    note : str
        Recognition, disputes.
    """

    start: str
    end: str | None = None
    holder: str
    status: Status
    how: str
    source: str
    also: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for date in (self.start, self.end):
            if date is not None and not _DAY.match(date):
                raise ValueError("dates are years, months or days: 1945, 1945-05, 1945-05-08")
        if self.end is not None and day(self.end) <= day(self.start):
            raise ValueError("a spell ends after it starts")
        if day(self.start) > END or (self.end is not None and day(self.end) > END):
            raise ValueError("a spell known at the end of 1945 has no later date")
        return self

    def covers(self, date: str) -> bool:
        """Return whether a day lies within the spell; its last day does not."""
        return day(self.start) <= date and (self.end is None or date < day(self.end))


class StateFigure(Figure):
    """A figure of a state file: observed, or filled by a rule.

    Attributes
    ----------
    basis : str
        ``observed``, ``donor-scaled`` or ``ruled``.
    rule : str
        The rule that filled it; empty where it was observed.
    """

    basis: Basis
    rule: str = ""

    @model_validator(mode="after")
    def _ruled(self) -> Self:
        if (self.basis == "observed") != (not self.rule):
            raise ValueError("a figure is observed, or it names the rule that filled it")
        return self


class Party(Record):
    """A party in the last election up to 1945, or with its members.

    ``vote`` and ``seats`` are per cent, ``members`` thousand persons at
    ``members_date``; ``cabinet`` says whether it sat in the cabinet at the end
    of 1945, and is left out where no source tells. ``dependence`` is left out
    likewise.
    """

    name: str
    election: str = ""
    source: str
    family: str = ""
    vote: float | None = Field(default=None, ge=0, le=100)
    seats: float | None = Field(default=None, ge=0, le=100)
    members: float | None = Field(default=None, ge=0)
    members_date: str = ""
    cabinet: bool | None = None
    dependence: str = ""

    @model_validator(mode="after")
    def _dated(self) -> Self:
        for date in filter(None, (self.election, self.members_date)):
            if not _DAY.match(date) or day(date) > END:
                raise ValueError("a vote or a count of members is of 1945 at the latest")
        if not self.election and self.members is None:
            raise ValueError("a party has an election or a count of members")
        return self


class Neighbour(Record):
    """A unit that touches by land, or lies across at most 400 miles of water."""

    unit: str
    kind: Literal["land", "sea"]
    source: str


class Alliance(Record):
    """A treaty in force at the end of 1945 with other units."""

    partners: tuple[str, ...]
    kind: Literal["defence", "neutrality", "nonaggression", "entente"]
    since: str
    source: str


class Place(Record):
    """The capital, or the chief town, in degrees north and east."""

    name: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    source: str


class State(Record):
    """A state or a territory of the system at the end of 1945.

    Attributes
    ----------
    id, title : str
        Code, equal to the file's name, and name.
    kind : str
        ``state`` or ``territory``.
    parent : str, optional
        The unit in whose figures those of this one are contained.
    group : str
        The group of donors that it belongs to.
    members : tuple of str
        Countries that were added up, where more than one.
    note : str
        What a reader must know.
    spells : tuple of Spell
        In the order of time.
    place : Place, optional
        The capital.
    figures : mapping of str to StateFigure
        By the names of :data:`FIGURES`.
    gaps : mapping of str to str
        Figures that are missing, with the reason.
    parties, neighbours, alliances : tuple
        As of the end of 1945.
    """

    id: str
    title: str
    kind: Literal["state", "territory"]
    parent: str | None = None
    group: str
    members: tuple[str, ...] = ()
    note: str = ""
    spells: tuple[Spell, ...]
    place: Place | None = None
    figures: dict[str, StateFigure]
    gaps: dict[str, str] = Field(default_factory=dict)
    parties: tuple[Party, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    alliances: tuple[Alliance, ...] = ()

    def spell(self, date: str = END) -> Spell:
        """Return the spell of a day (``1945-12-31`` by default).

        Raises
        ------
        InputError
            If no spell covers it.
        """
        covering = [item for item in self.spells if item.covers(date)]
        found = {date: covering[0]} if covering else {}
        return lookup("day", date, found, f"states/{self.id}.yaml")

    @property
    def holder(self) -> str:
        """Who held it at the end of 1945."""
        return self.spell().holder

    def figure(self, name: str) -> StateFigure:
        """Return a figure.

        Raises
        ------
        InputError
            If there is no such figure; the nearest names are given.
        """
        return lookup("figure", name, self.figures, f"states/{self.id}.yaml")

    def value(self, name: str) -> float | None:
        """Return the central value of a figure, or None where it is a gap."""
        return self.figures[name].value if name in self.figures else None

    def shares(self) -> dict[Basis, float]:
        """Return the share of the figures that each basis has."""
        count = Counter(figure.basis for figure in self.figures.values())
        total = max(sum(count.values()), 1)
        return {basis: count[basis] / total for basis in get_args(Basis)}

    def cards(self) -> tuple[str, ...]:
        """Return the origin cards of all that the file holds, sorted."""
        named = {party.source for party in self.parties}
        named |= {neighbour.source for neighbour in self.neighbours}
        named |= {pact.source for pact in self.alliances}
        named |= {card for item in self.figures.values() for card in (item.source, *item.also)}
        named |= {card for item in self.spells for card in (item.source, *item.also)}
        if self.place is not None:
            named.add(self.place.source)
        return tuple(sorted(named - {ASSUMED}))
