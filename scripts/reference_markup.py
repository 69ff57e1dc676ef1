"""Small pieces of Markdown for the generated reference pages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def text(value: object) -> str:
    """Write plain text so that Markdown shows it as it stands, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(str(value).split()))


def code(value: object) -> str:
    """Write a name or a number in the type of code."""
    return f"`{value}`" if str(value) else ""


def number(value: float) -> str:
    """Write a number with four significant figures, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def paragraphs(value: str) -> str:
    """Write a docstring as paragraphs of plain text."""
    return "\n\n".join(text(part) for part in re.split(r"\n\s*\n", value.strip()))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; cells are Markdown."""
    lines = [" | ".join(headings), " | ".join("---" for _ in headings)]
    lines += [" | ".join(cell.replace("\n", " ") or " " for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def with_blocks(page: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """Return a page with what stands between the marks of each generated block written anew."""
    for name, make in blocks.items():
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, rest = page.split(start)
        page = before + start + make() + "\n" + end + rest.split(end)[1]
    return page


def facts(pairs: Mapping[str, str]) -> str:
    """Write named facts as a list of definitions, leaving out the empty ones."""
    rows = [f"**{key}**\n:   {value}" for key, value in pairs.items() if value]
    return "\n\n".join(rows)


def link(here: str, there: str, words: str = "", anchor: str = "") -> str:
    """Write a link between two pages of the reference.

    Parameters
    ----------
    here, there : str
        Paths of the pages below the folder of the reference.
    words : str
        What the link says, as Markdown; the name of the page where empty.
    anchor : str
    """
    path = posixpath.relpath(there, posixpath.dirname(here) or ".")
    words = words or code(posixpath.splitext(posixpath.basename(there))[0])
    return f"[{words}]({path}{'#' + anchor if anchor else ''})"
