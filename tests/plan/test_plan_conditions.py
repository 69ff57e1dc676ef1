"""What holds for every condition: its page, its words, its place in a problem file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from plan_economies import small_table

from conjuncture.accounts.library import table_names
from conjuncture.core.errors import InputError
from conjuncture.plan.conditions.all import COLUMNS, KINDS, PARTS, SLACKS, Conditions, reference
from conjuncture.plan.problem import Problem
from conjuncture.plan.problem_file import read_problem, read_problem_file
from conjuncture.plan.programme.kinds import PLAN_KINDS
from conjuncture.plan.solve import solve

DOCS = Path(__file__).parents[2] / "docs" / "conditions"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
TEXT = "\n".join(PAGES.values())


def test_parts_and_keys_of_the_record_are_the_same() -> None:
    names = [part.name for part in PARTS]
    assert sorted(names) == sorted(Conditions.model_fields)
    assert len(set(names)) == len(names)


def test_no_two_parts_share_a_name() -> None:
    for of in ("kinds", "slacks", "columns"):
        names = [name for part in PARTS for name in getattr(part, of)]
        assert len(set(names)) == len(names)
    assert not {name for part in PARTS for name in part.kinds} & set(PLAN_KINDS)


@pytest.mark.parametrize("row", reference(), ids=lambda row: f"{row['condition']}-{row['key']}")
def test_every_key_is_documented_as_the_code_has_it(row) -> None:
    default = f"`{row['default']}`" if row["default"] else ""
    line = f"| `{row['key']}` | {default} | {row['unit']} | {row['description']} |"
    assert line.replace("|  |", "| |").replace("|  |", "| |") in TEXT


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(PLAN_KINDS)))
def test_every_kind_of_price_is_documented_and_has_words(kind: str) -> None:
    assert f"`{kind}`" in TEXT
    assert KINDS[kind].scarce.format(label="x", year=1950)
    assert KINDS[kind].sense


@pytest.mark.parametrize("block", sorted(SLACKS))
def test_every_slack_has_words(block: str) -> None:
    slack, given = SLACKS[block], {"label": "x", "year": 1950, "unit": "t"}
    assert slack.words.format(amount=1.0, share=2.0, needed=3.0, **given)
    assert slack.demand.format(amount="1", **given)
    assert slack.remedy
    assert slack.weight > 0


@pytest.mark.parametrize("block", sorted(COLUMNS))
def test_every_block_of_columns_has_a_title(block: str) -> None:
    assert COLUMNS[block].title


@pytest.mark.parametrize("page", sorted(PAGES))
def test_code_blocks_run(page: str) -> None:
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGES[page], flags=re.DOTALL):
        exec(compile(block, f"docs/conditions/{page}.md", "exec"), names)


def test_faults_of_conditions_and_aims_are_listed_together() -> None:
    problem = Problem.from_table(small_table(), 3)
    claim = {"name": "x", "products": {"industri": -5.0}, "labour": {"person": 1.0}, "path": (1, 2)}
    with pytest.raises(InputError) as error:
        problem.replace(conditions={"claims": [claim]}, aims=[{}])
    assert len(error.value.faults) == 5
    assert "did you mean industry" in str(error.value)
    with pytest.raises(InputError, match="did you mean claims"):
        problem.replace(conditions={"claimss": []})


@pytest.mark.parametrize("page", sorted(PAGES))
def test_problem_files_of_the_pages_are_problem_files(page: str, tmp_path: Path) -> None:
    for block in re.findall(r"```yaml[^\n]*\n(.*?)```", PAGES[page], flags=re.DOTALL):
        path = tmp_path / "problem.yaml"
        path.write_text(block, encoding="utf-8")
        record = read_problem_file(path)
        assert record.conditions != Conditions()
        if record.table in table_names():
            assert solve(read_problem(path)).status == "optimal"
