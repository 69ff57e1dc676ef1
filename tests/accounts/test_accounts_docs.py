"""The page on tables: its example is a sound table, and its code runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conjuncture.accounts.aggregation import aggregate
from conjuncture.accounts.checks import checked
from conjuncture.accounts.concordance import read_concordance
from conjuncture.accounts.formats.form import read_table, write_table
from conjuncture.accounts.formats.header import Exceptions, TableHeader
from conjuncture.accounts.formats.sheet import BLOCKS
from conjuncture.accounts.library import load_table, table_names
from conjuncture.accounts.sam import Distribution, read_distribution
from conjuncture.accounts.table import ROLES

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture
def example(page: str, tmp_path: Path) -> Path:
    folder = tmp_path / "example"
    folder.mkdir()
    for _, title, body in FENCE.findall(page):
        if title:
            (folder / title).write_text(body, encoding="utf-8")
    return folder


def test_the_example_is_a_sound_table(example: Path, tmp_path: Path) -> None:
    table = checked(read_table(example), tolerance=1e-12)
    write_table(table, tmp_path / "again")
    assert (tmp_path / "again" / "flows.csv").read_text() == (example / "flows.csv").read_text()


def test_the_code_of_the_page_on_analysis_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PAGE.with_name("analysis.md").read_text(encoding="utf-8")
    for _, title, body in FENCE.findall(text):
        if title:
            (tmp_path / title).write_text(body, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code = [body for language, _, body in FENCE.findall(text) if language == "python"]
    assert len(code) >= 7
    exec(compile("\n".join(code), "analysis.md", "exec"), {})


def test_the_distribution_of_the_page_is_read(tmp_path: Path) -> None:
    text = PAGE.with_name("analysis.md").read_text(encoding="utf-8")
    (body,) = [body for _, title, body in FENCE.findall(text) if title == "distribution.yaml"]
    (tmp_path / "distribution.yaml").write_text(body, encoding="utf-8")
    assert read_distribution(tmp_path / "distribution.yaml").saving == "capital"
    keys = [*Distribution.model_fields]
    assert [key for key in keys if f"`{key}`" not in text] == []


def test_the_concordance_of_the_page_is_read(example: Path) -> None:
    table = read_table(example)
    assert aggregate(table, read_concordance(example / "goods.yaml")).size == 2


def test_the_code_of_the_page_runs(
    page: str, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(example.parent)
    code = [body for language, _, body in FENCE.findall(page) if language == "python"]
    assert len(code) >= 4
    exec(compile("\n".join(code), str(PAGE), "exec"), {})


def test_every_key_block_role_and_exception_has_its_line(page: str) -> None:
    names = [*TableHeader.model_fields, *BLOCKS, *ROLES, *Exceptions.model_fields]
    missing = [name for name in names if f"`{name}`" not in page]
    assert missing == []


@pytest.mark.parametrize("name", table_names())
def test_the_list_of_shipped_tables_is_right(page: str, name: str) -> None:
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}`")]
    assert row.split("|")[3].strip() == str(load_table(name).size)
