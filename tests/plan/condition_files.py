"""Problem files that the pages on conditions show."""

from __future__ import annotations

import re
from pathlib import Path

from conjuncture.plan.problem import Problem
from conjuncture.plan.problem_file import read_problem

DOCS = Path(__file__).parents[2] / "docs" / "conditions"


def problem_of_page(page: str, folder: Path) -> Problem:
    """Write the problem file that a page shows to a folder, and read it."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    ((title, body),) = re.findall(r'```yaml title="(.*?)"\n(.*?)```', text, flags=re.DOTALL)
    path = folder / title
    path.write_text(body, encoding="utf-8")
    return read_problem(path)
