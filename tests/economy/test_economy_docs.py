"""The page on economies under regimes: its code runs, and it names what the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from economy_inputs import MINE

from conjuncture.core.registry import REGISTRY

PAGE = (Path(__file__).parents[2] / "docs" / "world-economy.md").read_text(encoding="utf-8")


def test_code_blocks_run(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(blocks) == 3
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/world-economy.md", "exec"), names)
    shown = capsys.readouterr().out
    assert "1946 statified 0.60" in shown
    assert "[50.  0.  0.] [ 0.  37.5 12.5]" in shown


@pytest.mark.parametrize("name", [n for n in MINE if REGISTRY.get(n).phase != "start"])
def test_every_mechanism_and_parameter_is_explained(name: str) -> None:
    item = REGISTRY.get(name)
    assert f"`{name}`" in PAGE
    assert [q.name for q in item.parameters if f"`{q.name}`" not in PAGE] == []
