"""The page on skill is what its results give, and its code runs."""

from __future__ import annotations

import json
import re

import build_skill as maker
from conjuncture.core.files import read_text
from conjuncture.run.scenario import load_scenario

PAGE = read_text(maker.PAGE)
RESULTS = json.loads(read_text(maker.RESULTS))


def test_the_tables_are_those_of_the_results() -> None:
    assert maker.filled(PAGE, RESULTS) == PAGE, "run scripts/build_skill.py --only-page"


def test_the_results_are_of_a_shipped_scenario() -> None:
    scenario = load_scenario(RESULTS["scenario"])
    assert scenario.start < RESULTS["until"] <= scenario.until
    assert len(RESULTS["scores"]) > 10
    for item in RESULTS["ablation"]:
        assert maker.ablation(item).verdict == item["verdict"]


def test_the_code_of_the_page_runs() -> None:
    (body,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    exec(compile(body, "skill.md", "exec"), {})
