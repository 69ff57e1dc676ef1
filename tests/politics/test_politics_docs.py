"""The page on politics: its code runs, and what it names exists."""

from __future__ import annotations

import re
from pathlib import Path

from made_world import POLITICS

PAGE = (Path(__file__).parents[2] / "docs" / "politics.md").read_text(encoding="utf-8")


def test_the_page_s_code_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) > 3
    space: dict[str, object] = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, "politics.md", "exec"), space)


def test_every_parameter_of_the_room_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE))
    missing = {
        f"{name}.{q.name}"
        for name, item in POLITICS.items()
        if name
        not in {
            "coup",
            "competition",
            "prestige",
            "isolation",
            "organisation",
            "army_entry",
            "regime_end",
            "government",
        }
        for q in item.parameters
        if q.name not in named
    }
    assert not missing


def test_what_the_page_marks_as_contested_is_contested() -> None:
    marked = set(re.findall(r"`(\w+)`†", PAGE))
    contested = {q.name for item in POLITICS.values() for q in item.parameters if q.contested}
    assert marked <= contested
