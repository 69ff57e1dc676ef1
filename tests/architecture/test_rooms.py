"""Imports go one way; the middle rooms never import one another; files stay readable."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import conjuncture

ROOT = Path(conjuncture.__file__).parent
MIDDLE = {"economy", "society", "world", "politics"}
ORDER = [
    {"core"},
    {"data"},
    {"accounts"},
    {"plan"},
    MIDDLE,
    {"run"},
    {"fit"},
    {"theory", "score"},
    {"report"},
    {"cli", "web"},
]
RANK = {room: k for k, rooms in enumerate(ORDER) for room in rooms}
FILES = sorted(p for p in ROOT.rglob("*.py") if p.parent != ROOT)


def imports(path: Path) -> set[str]:
    """Return the rooms of this package that a file imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {n.split(".")[1] for n in names if n.startswith("conjuncture.")}
    return found & set(RANK)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    assert room in RANK, f"{room} is no room of the architecture"
    for other in imports(path) - {room}:
        assert RANK[other] < RANK[room], f"{room} must not import {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_under_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_every_room_of_the_line_exists() -> None:
    assert {p.relative_to(ROOT).parts[0] for p in FILES} >= {
        "core", "data", "accounts", "plan", "economy", "society", "world",
        "run", "theory", "score", "report", "cli",
    }  # fmt: skip
