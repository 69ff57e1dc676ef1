"""Write the table of ``docs/states.md``: what share of each file's figures was observed.

    python scripts/build_states_table.py

A test compares the page with what this writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from conjuncture.core.files import read_text, write_text
from conjuncture.data.rules import rules
from conjuncture.data.state_model import FIGURES, STATUS_MEANS, State
from conjuncture.data.states import states
from reference_markup import code, table, text, with_blocks

PAGE = Path(__file__).parents[1] / "docs" / "states.md"


def shares(items: Iterable[State]) -> list[int]:
    """Return per cent of the figures observed, donor-scaled and ruled."""
    figures = [figure for item in items for figure in item.figures.values()]
    return [
        round(100 * sum(f.basis == basis for f in figures) / len(figures))
        for basis in ("observed", "donor-scaled", "ruled")
    ]


def units() -> str:
    """Return the table of the units."""
    rows = []
    for item in states().values():
        rows.append(
            [
                code(item.id),
                text(item.title),
                item.kind,
                code(item.holder),
                item.spell().status,
                *(str(share) for share in shares([item])),
                str(len(item.gaps)),
            ]
        )
    every = states().values()
    rows.append(["all", "", "", "", "", *(str(x) for x in shares(every)), ""])
    head = ["code", "name", "kind", "holder", "status", "observed %", "donor-scaled %", "ruled %"]
    return table([*head, "gaps"], rows)


def figures() -> str:
    """Return the table of the figures: unit, how many units have each, and the shares."""
    rows = []
    for name, unit in FIGURES.items():
        found = [item.figures[name] for item in states().values() if name in item.figures]
        count = [
            str(round(100 * sum(f.basis == basis for f in found) / len(found)))
            for basis in ("observed", "donor-scaled", "ruled")
        ]
        rows.append([code(name), text(unit), str(len(found)), *count])
    head = ["figure", "unit", "units", "observed %", "donor-scaled %", "ruled %"]
    return table(head, rows)


def rule_table() -> str:
    """Return the table of the rules."""
    rows = [
        [
            code(item.id),
            text(item.title),
            item.basis,
            code(item.formula),
            "" if item.spread is None else f"{item.spread:.2f}",
            ", ".join(code(card) for card in item.sources),
        ]
        for item in rules().values()
    ]
    return table(["rule", "gives", "counts as", "formula", "spread", "sources"], rows)


def statuses() -> str:
    """Return the table of the statuses."""
    rows = [[code(name), text(meaning)] for name, meaning in STATUS_MEANS.items()]
    return table(["status", "means"], rows)


BLOCKS = {"units": units, "figures": figures, "rules": rule_table, "statuses": statuses}


def filled(page: str) -> str:
    """Return the page with every generated block written anew."""
    return with_blocks(page, BLOCKS)


if __name__ == "__main__":
    write_text(PAGE, filled(read_text(PAGE)))
