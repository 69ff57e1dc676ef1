"""Origin cards: complete, traceable, and the only names in use."""

from __future__ import annotations

import pytest

from conjuncture.core.errors import InputError
from conjuncture.core.sources import source, sources, trace


def test_every_card_can_be_traced_to_cards_without_parents() -> None:
    for card in sources().values():
        chain = trace([card.id])
        assert chain[0] == card
        assert any(not c.derived_from for c in chain)


def test_cards_of_figures_say_where_and_when_they_were_seen() -> None:
    for card in sources().values():
        published = card.redistribution in {"public-domain", "cc-by", "facts"}
        if published and not card.derived_from:
            assert card.seen is not None, card.id
            assert card.where, card.id


def test_an_unknown_card_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean harrison_1998"):
        source("harison_1998")
