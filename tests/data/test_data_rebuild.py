"""The shipped figures are what the scripts make of the source files.

The source files are not part of the project. Set ``CONJUNCTURE_DATA`` to their folder to rebuild.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conjuncture.core.files import content_root

DATA = os.environ.get("CONJUNCTURE_DATA")
SCRIPTS = Path(__file__).parents[2] / "scripts"
needs_data = pytest.mark.skipif(
    DATA is None, reason="set CONJUNCTURE_DATA to the folder of the source files to rebuild"
)


def run(script: str, *arguments: str) -> None:
    command = [sys.executable, str(SCRIPTS / script), "--data", str(DATA), *arguments]
    subprocess.run(command, check=True, capture_output=True)


def same(made: Path, shipped: Path) -> None:
    names = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
    assert names
    for name in names:
        assert (made / name).read_bytes() == (shipped / name).read_bytes(), name


@needs_data
def test_series(tmp_path: Path) -> None:
    run("build_series.py", "--out", str(tmp_path))
    same(tmp_path, content_root() / "series")
    assert len(list(tmp_path.iterdir())) == len(list((content_root() / "series").iterdir()))


@needs_data
def test_reconstruction(tmp_path: Path) -> None:
    run("build_ussr_1945.py", "--content", str(tmp_path))
    same(tmp_path, content_root())


@needs_data
def test_states(tmp_path: Path) -> None:
    run("build_states.py", "--content", str(tmp_path))
    same(tmp_path, content_root())
    for folder in ("states", "rules"):
        made = {path.name for path in (tmp_path / folder).iterdir()}
        assert made == {path.name for path in (content_root() / folder).iterdir()}


@needs_data
def test_record(tmp_path: Path) -> None:
    run("build_record.py", "--content", str(tmp_path))
    same(tmp_path, content_root())
    made = {path.name for path in (tmp_path / "record").iterdir()}
    assert made == {path.name for path in (content_root() / "record").iterdir()}


def test_no_script_asks_for_a_figure_that_judges() -> None:
    for path in SCRIPTS.glob("*.py"):
        assert '"judge"' not in path.read_text(encoding="utf-8"), path.name
