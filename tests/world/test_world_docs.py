"""The page on power, war and territories: its code runs."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "world-system.md").read_text(encoding="utf-8")


def test_code_blocks_run() -> None:
    code = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(code) == 3
    exec(compile("\n".join(code), "world-system.md", "exec"), {})
