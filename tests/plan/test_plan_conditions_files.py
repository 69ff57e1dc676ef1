"""Every problem file that a page on conditions shows is read, solved, and keeps its conditions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conjuncture.plan.problem_file import (
    problem_table,
    read_problem,
    read_problem_file,
    write_problem_file,
)
from conjuncture.plan.solve import solve

DOCS = Path(__file__).parents[2] / "docs" / "conditions"
BLOCKS = [
    (page.stem, block)
    for page in sorted(DOCS.glob("*.md"))
    for block in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    if block.startswith("table:")
]


@pytest.mark.parametrize(("page", "block"), BLOCKS, ids=[page for page, _ in BLOCKS])
def test_problem_files_of_the_pages_are_solved(page: str, block: str, tmp_path: Path) -> None:
    path = tmp_path / f"{page}.yaml"
    path.write_text(block, encoding="utf-8")
    problem = read_problem(path)
    assert list(problem.conditions.given)
    plan = solve(problem).require_optimal()
    assert plan.certificate.worst < 1e-7
    assert plan.balances()["residual"].abs().max() < 1e-8 * problem.output.max()
    assert plan.to_dataset().attrs["status"] == "optimal"
    record = read_problem_file(path)
    again = read_problem_file(write_problem_file(record, tmp_path / "again.yaml"))
    assert again.conditions == record.conditions
    assert problem_table(again, path).name == problem.name
