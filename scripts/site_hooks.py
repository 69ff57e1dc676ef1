"""Hooks of the documentation site: its list of reference pages, and formulas without scripts."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath, text_to_path

INLINE = re.compile(r'<span class="arithmatex">\\\((.*?)\\\)</span>', re.DOTALL)
BLOCK = re.compile(r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>', re.DOTALL)
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
SYNONYMS = {"ge": "geq", "le": "leq", "ne": "neq", "dots": "ldots", "land": "wedge"}
"""Names of TeX that the drawing library knows by another name."""

SIZE = 16.0
"""Units of a formula's outline per em of the text around it."""

PARTS = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C"}


# Navigation -----------------------------------------------------------------------


def on_config(config: Any) -> Any:
    """Fill the entry ``Reference`` of the navigation from the pages that were generated."""
    folder = Path(config["docs_dir"]) / "reference"
    if not (folder / "index.md").exists():
        raise SystemExit("no reference pages: run python scripts/build_reference.py first")
    for entry in config["nav"]:
        if "Reference" in entry:
            entry["Reference"] = _contents(folder)
    return config


def _contents(folder: Path) -> list[Any]:
    """List the pages in the order of the front page, those of a folder below its own."""
    front = (folder / "index.md").read_text(encoding="utf-8")
    found: list[Any] = ["reference/index.md"]
    for title, path in re.findall(r"^- \[(.+?)\]\((.+?)\)", front, re.MULTILINE):
        page = folder / path
        if page.name != "index.md":
            found.append({title: f"reference/{path}"})
            continue
        below = sorted(p for p in page.parent.glob("*.md") if p != page)
        listed = [{p.stem: f"reference/{p.relative_to(folder).as_posix()}"} for p in below]
        found.append({title: [f"reference/{path}", *listed]})
    return found


# Formulas -------------------------------------------------------------------------


def on_page_content(content: str, **_: Any) -> str:
    """Draw the formulas of a page, so that it needs no script and no font from elsewhere."""
    content = INLINE.sub(lambda m: drawn(html.unescape(m[1])), content)
    return BLOCK.sub(lambda m: _line(html.unescape(m[1])), content)


def _line(formula: str) -> str:
    """Draw a formula on a line of its own, its fractions at full height."""
    tall = formula.replace("\\frac", "\\dfrac")
    return f'<div class="formula">{drawn(tall)}</div>'


@cache
def drawn(formula: str) -> str:
    """Draw a formula as an outline in the colour of the text, on its base line.

    Parameters
    ----------
    formula : str
        In the notation of TeX, without dollar signs.
    """
    source = re.sub(r"\\([a-z]+)", _known, " ".join(formula.split()))
    with matplotlib.rc_context({"mathtext.fontset": "stix"}):
        font = FontProperties(size=SIZE)
        width, height, depth = text_to_path.get_text_width_height_descent(
            f"${source}$", font, ismath=True
        )
        outline = TextPath((0, 0), f"${source}$", prop=font)
    box = f"0 {depth - height:.2f} {width:.2f} {height:.2f}"
    style = (
        f"width:{width / SIZE:.3f}em;height:{height / SIZE:.3f}em;"
        f"vertical-align:{-depth / SIZE:.3f}em"
    )
    label = html.escape(source, quote=True)
    return (
        f'<svg class="math" role="img" aria-label="{label}" viewBox="{box}" style="{style}">'
        f'<path fill="currentColor" d="{_path(outline)}"/></svg>'
    )


def _known(name: re.Match[str]) -> str:
    return "\\" + SYNONYMS.get(name[1], name[1])


def _path(outline: Outline) -> str:
    parts = []
    for points, kind in outline.iter_segments(simplify=False, curves=True):
        if kind == Outline.CLOSEPOLY:
            parts.append("Z")
            continue
        pairs = zip(points[::2], points[1::2], strict=True)
        # The outline's vertical axis points up, that of the page down.
        numbers = " ".join(f"{x:.2f} {-y:.2f}" for x, y in pairs)
        parts.append(f"{PARTS[kind]}{numbers}")
    return "".join(parts)
