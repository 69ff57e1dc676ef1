"""Votes, cabinets and competition at the end of 1945, from the state files by stated rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from conjuncture.data.party_families import family_of
from conjuncture.data.state_model import Party, State, day
from conjuncture.data.states import states
from conjuncture.run.units import Unit

Array = npt.NDArray[np.float64]

FRESH = "1942-01-01"
"""An election from this day on tells who competes at the end of 1945."""

RECENT = "1945-01-01"
"""An election from this day on was held under the government of the end of 1945."""

LATE = "1943-01-01"
"""A land freed or beaten after this day has its government from the peace, not from before."""

OWN_PARTIES = 0.3
"""Least share of known families in a vote from which the others can be told."""

ALONE, OPEN = 1.0, 0.75
"""Share of the largest party at which there is no competition, and at which it is full."""

SURRENDERS = frozenset({"armistices_1943_45", "general_order_1", "potsdam_1945"})
"""Cards of the armistices and of the surrenders."""

DEPENDENT = frozenset({"colony", "protectorate", "mandate"})


@dataclass(frozen=True)
class Politics:
    """What the files of one economy tell of its parties.

    Attributes
    ----------
    vote : array (families,)
        Shares by family, all nil where no vote tells them.
    fallen : float
        Share of fascist parties whose regime was beaten or whose country was freed.
    largest : float
        Share of the largest party.
    fresh, recent, freed, beaten, dependent, alone : bool
        An election of the last years, or of 1945; freed from occupation; beaten in
        the war; a dependency; governed by the Communist party alone.
    cabinet : array (families,)
        Shares of the cabinet where the source tells it, else nil.
    members : float
        Members of Communist parties known by their members alone (thousand).
    """

    vote: Array
    fallen: float
    largest: float
    fresh: bool
    recent: bool
    freed: bool
    beaten: bool
    dependent: bool
    alone: bool
    cabinet: Array
    members: float

    @property
    def usable(self) -> bool:
        """Whether its vote tells the families."""
        return bool(self.vote.sum() > 0)


def read_politics(unit: Unit, labels: Sequence[str]) -> Politics:
    """Read one economy's parties.

    Shares are those of the vote, or of seats where the vote is not known. The
    fascist parties of a beaten or freed land are dropped, since their regimes
    and their allies were outlawed, and the others are scaled up. A vote in which
    the known families hold less than three tenths tells nothing.
    """
    item = unit.states[0]
    source = item if item.parties or item.parent is None else states()[item.parent]
    shares = _shares(source)
    vote = _by_family(source, shares, labels)
    beaten, freed = _beaten(source), _freed(item)
    fascist = labels.index("fascist")
    fallen = float(vote[fascist]) if beaten or freed else 0.0
    if beaten or freed:
        vote[fascist] = 0.0
    none = labels.index("none")
    known = vote.sum() - vote[none]
    # Small parties that no source names are split like the others; lists without party are none.
    vote = vote / vote.sum() if known >= OWN_PARTIES else np.zeros(len(labels))
    communist = _by_family(source, _shares(source, "seats"), labels)[labels.index("communist")]
    statified = item.value("statified_share") or 0.0
    alone = communist >= 2 / 3 or (not source.parties and statified >= 0.9)
    if alone and vote.sum() == 0:
        vote[labels.index("communist")] = 1.0
    dates = [day(party.election) for party in source.parties if party.election]
    return Politics(
        vote=vote,
        fallen=fallen,
        largest=max(shares.values(), default=0.0),
        fresh=any(date >= FRESH for date in dates)
        or any(party.cabinet is not None for party in source.parties),
        recent=any(date >= RECENT for date in dates),
        freed=freed,
        beaten=beaten,
        dependent=item.spell().status in DEPENDENT
        or (item.kind == "territory" and not source.parties),
        alone=alone,
        cabinet=_cabinet(source, labels),
        members=sum(p.members or 0.0 for p in source.parties if p.vote is None and p.seats is None),
    )


def _shares(item: State, key: str = "") -> dict[str, float]:
    """Return shares by party: of votes, or of seats where votes cover less than half."""
    of: dict[str, dict[str, float]] = {
        name: {
            party.name: value / 100.0
            for party in item.parties
            if (value := getattr(party, name)) is not None
        }
        for name in ("vote", "seats")
    }
    if key:
        return of[key]
    return of["vote"] if sum(of["vote"].values()) > 0.5 else of["seats"]


def _by_family(item: State, shares: dict[str, float], labels: Sequence[str]) -> Array:
    found = np.zeros(len(labels))
    for party in item.parties:
        found[labels.index(family_of(item, party))] += shares.get(party.name, 0.0)
    return found


def _cabinet(item: State, labels: Sequence[str]) -> Array:
    """Return the cabinet's parties by their seats (Gamson's law)."""
    sitting: Iterable[Party] = (party for party in item.parties if party.cabinet)
    posts = {party.name: (party.seats or 0.0) / 100.0 for party in sitting}
    found = _by_family(item, posts, labels)
    return found / found.sum() if found.sum() > 0 else found


def _beaten(item: State) -> bool:
    """Return whether a state surrendered or signed an armistice in 1943-45."""
    if len(item.spells) < 2:
        return False
    own = any(spell.holder == item.id and spell.status == "independent" for spell in item.spells)
    signed = any(
        spell.source in SURRENDERS and day(spell.start) >= LATE and spell.status != "independent"
        for spell in item.spells
    )
    freed = any(spell.status == "annexed" for spell in item.spells)
    return item.parent is None and item.kind == "state" and own and signed and not freed


def _freed(item: State) -> bool:
    """Return whether a state was occupied or annexed until 1943-45 and has its own government."""
    spell = item.spell()
    before = [other for other in item.spells if other.end == spell.start]
    return (
        item.kind == "state"
        and day(spell.start) >= LATE
        and spell.holder == item.id
        and any(other.status in {"occupied", "annexed"} for other in before)
    )


def competition_of(item: Politics) -> float:
    """Return 1 where the largest party has at most three quarters, 0 where it stands alone."""
    if not item.fresh or item.dependent or item.alone:
        return 0.0
    return float(np.clip((ALONE - item.largest) / (ALONE - OPEN), 0.0, 1.0))
