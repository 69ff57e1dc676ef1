"""The pages on data: their code runs, their examples load, their totals are the tables'."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conjuncture.accounts.library import load_table, load_variants
from conjuncture.data.catalog import load_series
from conjuncture.data.country import read_country

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
BLOCKS = FENCE.findall((DOCS / "data.md").read_text(encoding="utf-8"))
DESIGN = (DOCS / "design" / "ussr-1945.md").read_text(encoding="utf-8")


def test_the_code_of_the_page_runs() -> None:
    code = [body for language, _, body in BLOCKS if language == "python"]
    assert len(code) == 3
    exec(compile("\n".join(code), "data.md", "exec"), {})


def test_the_examples_load(tmp_path: Path) -> None:
    examples = {title: body for _, title, body in BLOCKS if title}
    (tmp_path / "steel_example.yaml").write_text(examples["series"], encoding="utf-8")
    assert load_series(tmp_path)["steel_example"].use(1950) == "structural"
    path = tmp_path / "XXX.yaml"
    path.write_text(examples["country"], encoding="utf-8")
    assert read_country(path).value("armed_forces") == 12100


def cells(label: str) -> list[str]:
    rows = [row for row in DESIGN.splitlines() if row.startswith(f"| {label} |")]
    return [cell.strip() for cell in rows[-2].strip("|").split("|")[1:]]


@pytest.mark.parametrize("sector", load_table("ussr_1945").sectors)
def test_the_totals_of_the_page_are_those_of_the_tables(sector: str) -> None:
    for cell, table in zip(cells(sector), load_variants("ussr_1945").values(), strict=True):
        at = table.index(sector)
        assert cell == f"{table.value_added[at]:.2f} / {table.output[at]:.2f}"
