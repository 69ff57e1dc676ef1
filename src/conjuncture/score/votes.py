"""Votes by family of parties as series that a run's support of parties can be compared with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conjuncture.data.catalog import LAST_STARTING_YEAR
from conjuncture.data.record_model import Past, RecordFile
from conjuncture.data.states import states

SUPPORT = "party_support"
"""Variable of a run: shares of the families, by territory and party."""

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "Communist/Socialist": "communist",
        "Social democracy": "socialist",
        "Christian democracy": "centre",
        "Liberal": "centre",
        "Conservative": "conservative",
        "Agrarian": "agrarian",
    }
)
"""Families of the source by label of the run; the rest is too mixed to compare."""


def vote_series(item: RecordFile) -> list[RecordFile]:
    """Return the votes of a file as one series of shares for each family of a run.

    The last election of a year stands for it. A family without a party in an election
    has no vote there. The past is the last election up to 1945 in the state files, where
    it is of the same source.
    """
    found = []
    for label in sorted(set(FAMILIES.values())):
        values = {
            code: {
                int(day[:4]): (_share(ballot, label),) for day, ballot in sorted(ballots.items())
            }
            for code, ballots in item.votes.items()
        }
        found.append(
            RecordFile(
                id=f"{item.id}:{label}",
                variable=f"{SUPPORT}:{label}",
                form="series",
                title=f"{item.title}: {label}",
                concept=item.concept,
                unit="1",
                timing=item.timing,
                source=item.source,
                share=True,
                values=values,
                past=_past(item, label),
            )
        )
    return found


def _share(ballot: Mapping[str, float], label: str) -> float:
    return sum(vote for family, vote in ballot.items() if FAMILIES.get(family) == label) / 100


def _past(item: RecordFile, label: str) -> dict[str, Past]:
    found = {}
    for code in item.votes:
        state = states().get(code)
        ballot: dict[str, float] = {}
        for party in state.parties if state is not None else ():
            if party.source == item.source and party.vote is not None:
                ballot[party.family] = ballot.get(party.family, 0.0) + party.vote
        dates = [p.election for p in state.parties if p.election] if state is not None else []
        if ballot and dates and int(max(dates)[:4]) <= LAST_STARTING_YEAR:
            found[code] = Past(year=int(max(dates)[:4]), last=_share(ballot, label))
    return found
