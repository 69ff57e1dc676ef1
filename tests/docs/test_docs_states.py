"""The page on states is what the files say, and its code runs."""

from __future__ import annotations

import re
from pathlib import Path

import build_states_table as maker
from conjuncture.core.files import read_text
from conjuncture.data.states import load_states, states

PAGE = read_text(maker.PAGE)


def test_the_tables_are_those_of_the_files() -> None:
    assert maker.filled(PAGE) == PAGE, "run scripts/build_states_table.py"


def test_shares_counted_another_way() -> None:
    for code in ("USA", "SUN_EST", "BEL_AF"):
        (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{code}` |")]
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        bases = [figure.basis for figure in states()[code].figures.values()]
        assert cells[5:8] == [
            f"{100 * bases.count(basis) / len(bases):.0f}"
            for basis in ("observed", "donor-scaled", "ruled")
        ]


def test_the_code_of_the_page_runs() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "states.md", "exec"), {})


def test_the_example_loads(tmp_path: Path) -> None:
    (body,) = re.findall(r'^```yaml title="state"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "XAA.yaml").write_text(body, encoding="utf-8")
    item = load_states(tmp_path)["XAA"]
    assert item.spell("1943-01-01").status == "occupied"
    assert item.shares()["donor-scaled"] == 0.5
