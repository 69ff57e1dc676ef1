"""Origin cards: who published a figure, under which licence, where it was seen."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import Record, content_root, read_yaml

ASSUMED = "assumed"
"""The source of a parameter that no figure grounds; it must state a prior."""


class Source(Record):
    """The origin card of a figure, a table or a form taken from the literature.

    Attributes
    ----------
    id : str
        Short name used as reference, equal to the file's name.
    title, producer, citation : str
        What it is, who published it, the full citation.
    licence : str
        The licence in words.
    redistribution : str
        ``public-domain``, ``cc-by``, ``facts`` (small extracts of facts with
        citation), ``own`` (made here), or ``literature`` (a form, no figures).
    where : str
        Where it was seen: an address, an archive, a page.
    seen : date, optional
        When it was seen.
    checksum : str, optional
        SHA-256 of the file that was read.
    derived_from : tuple of str
        Cards of the sources that this one was derived from.
    steps : tuple of str
        How it was derived, step by step.
    note : str
        Known problems and traps.
    """

    id: str
    title: str
    producer: str
    citation: str
    licence: str
    redistribution: Literal["public-domain", "cc-by", "facts", "own", "literature"]
    where: str
    seen: datetime.date | None = None
    checksum: str | None = None
    derived_from: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    note: str = ""


@cache
def sources() -> dict[str, Source]:
    """Load all origin cards, keyed by id.

    Raises
    ------
    InputError
        If a card is malformed, misnamed, or refers to a card that does not exist.
    """
    cards = {path: read_yaml(path, Source) for path in _card_files()}
    faults = Faults()
    known = {card.id for card in cards.values()}
    for path, card in cards.items():
        if card.id != path.stem:
            faults.add(
                "card id differs from the file's name",
                f"rename the file or set id: {path.stem}",
                field=f"{path.name}: id",
                value=card.id,
            )
        for parent in card.derived_from:
            if parent not in known:
                faults.unknown("source", parent, known, field=f"{path.name}: derived_from")
    faults.raise_if_any()
    return {card.id: card for card in cards.values()}


def _card_files() -> Iterator[Path]:
    return iter(sorted((content_root() / "sources").glob("*.yaml")))


def source(identifier: str) -> Source:
    """Return one origin card.

    Raises
    ------
    InputError
        If there is no such card; the error names the nearest ones.
    """
    return lookup("source", identifier, sources())


def trace(identifiers: Iterable[str]) -> list[Source]:
    """Return the cards named and all that they were derived from, each once.

    Parameters
    ----------
    identifiers : iterable of str
        Card ids; ``assumed`` is passed over.
    """
    found: dict[str, Source] = {}
    queue = [name for name in identifiers if name != ASSUMED]
    while queue:
        card = source(queue.pop(0))
        if card.id not in found:
            found[card.id] = card
            queue.extend(card.derived_from)
    return list(found.values())
