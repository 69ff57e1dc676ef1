"""Write the tables of ``docs/fitting.md``: files, fits, and what the data did to each prior.

    python scripts/build_fitting_tables.py

A test compares the page with what this writes.
"""

from __future__ import annotations

from pathlib import Path

from conjuncture.core.files import read_text, write_text
from conjuncture.core.sources import source
from conjuncture.data.fitted import fitted
from conjuncture.fit.catalog import FITS
from conjuncture.fit.compare import Change
from conjuncture.fit.files import FILES
from reference_markup import code, table, text, with_blocks

PAGE = Path(__file__).parents[1] / "docs" / "fitting.md"


def files() -> str:
    """Return the table of the files: columns, card, where its figures are published."""
    rows = []
    for wants in FILES.values():
        columns = [*wants.columns, *wants.texts]
        if wants.stem == "milex_share_gdp":
            columns.append("one more: the share in per cent")
        rows.append(
            [
                code(wants.stem),
                text(wants.title),
                ", ".join(text(c.replace("|", " or ")) for c in columns),
                code(wants.card),
                text(source(wants.card).licence),
                "yes" if wants.shipped else "no",
            ]
        )
    return table(["file", "holds", "columns", "card", "licence", "shipped"], rows)


def fits() -> str:
    """Return the table of the fits."""
    rows = [
        [
            code(fit.mechanism),
            text(fit.form),
            fit.window,
            text(fit.method),
            text(fit.note),
        ]
        for fit in FITS.values()
    ]
    return table(["mechanism", "what is fitted", "window", "method", "note"], rows)


def parameters() -> str:
    """Return the table of what the data did to each prior."""
    rows = []
    for name, found in fitted().items():
        change = Change(name, found.unit, found.before or found.prior, found, used=False)
        shown = change.row()
        rows.append(
            [
                code(name),
                text(found.meaning),
                text(found.unit),
                str(shown["prior"]),
                f"{found.estimate:.3g} ± {found.error:.2g}",
                str(shown["after the data"]),
                f"{change.shift:+.2f}",
                f"{change.narrowing:.2f}",
                str(found.observations),
                "" if found.events is None else str(found.events),
            ]
        )
    head = ["parameter", "of", "unit", "wide prior", "data alone", "after the data", "shift"]
    return table([*head, "narrowing", "rows", "events"], rows)


BLOCKS = {"files": files, "fits": fits, "parameters": parameters}


def filled(page: str) -> str:
    """Return the page with every generated block written anew."""
    return with_blocks(page, BLOCKS)


if __name__ == "__main__":
    write_text(PAGE, filled(read_text(PAGE)))
