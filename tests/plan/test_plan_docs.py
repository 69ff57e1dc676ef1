"""The page on plans: its code runs, and its table of settings is the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conjuncture.plan.programme.kinds import PLAN_KINDS
from conjuncture.plan.settings import reference

PAGE = (Path(__file__).parents[2] / "docs" / "plan.md").read_text(encoding="utf-8")


def test_code_blocks_run(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(blocks) >= 4
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/plan.md", "exec"), names)
    assert "consumption floor 1949: short by" in capsys.readouterr().out


def test_settings_table_is_that_of_the_code() -> None:
    shown = PAGE.split("<!-- settings")[1].split("<!-- end of settings")[0]
    rows = [line for line in shown.splitlines() if line.startswith("| `")]
    expected = [
        f"| `{row['name']}` | `{row['default']}` | {row['unit'] or '–'} | {row['mark']} "
        f"| {row['description']} |"
        for row in reference()
    ]
    assert rows == expected


def test_every_kind_of_price_is_explained() -> None:
    section = PAGE.split("## Reading shadow prices")[1].split("## Where no plan exists")[0]
    assert [kind for kind in PLAN_KINDS if f"`{kind}`" not in section] == []
