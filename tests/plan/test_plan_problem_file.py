"""Problem files: what they build, the round trip, the schema, every fault at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from conjuncture.accounts.library import load_table
from conjuncture.core.errors import InputError
from conjuncture.plan.changes import ARRAYS, Change, changed
from conjuncture.plan.checks import RULES
from conjuncture.plan.problem import Problem
from conjuncture.plan.problem_file import (
    ProblemFile,
    looks_like_problem,
    open_problem,
    read_problem,
    read_problem_file,
    schema,
    schema_text,
    write_problem_file,
)

TEXT = """
title: Rebuilding
table: ussr_1945
years: 4
settings: {gestation: 2, discount: 0.9, transfers: [0.1, 0, 0, 0]}
changes:
  - {what: military, of: metals, years: [1946, 1947], add: [0.1, 0.2]}
  - {what: labour_available, of: persons, times: 1.1, reason: demobilisation}
  - {what: availability, of: [metals, fuels_mining], years: 1946, set: 0.8}
  - {what: imports_high, of: machinery, unlimited: true}
  - {what: coefficients, of: fuels_mining, sector: metals, times: 0.9}
  - {what: works, years: 1947, times: 0.5}
  - {what: transfers, years: 1949, set: 0.3}
"""


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_builds_what_the_arrays_say(tmp_path: Path) -> None:
    problem = read_problem(_write(tmp_path, TEXT))
    base = Problem.from_table(
        load_table("ussr_1945"), 4, gestation=2, discount=0.9, transfers=[0.1, 0, 0, 0]
    )
    assert problem.settings == base.settings
    i, f, m = (base.sectors.index(s) for s in ("metals", "fuels_mining", "machinery"))
    expected = {name: np.array(getattr(base, name)) for name in RULES}
    expected["military"][:2, i] += [0.1, 0.2]
    expected["labour_available"] *= 1.1
    expected["availability"][0, [i, f]] = 0.8
    expected["imports_high"][:, m] = np.inf
    expected["coefficients"][f, i] *= 0.9
    expected["works"][0] *= 0.5
    expected["transfers"][3] = 0.3
    for name, array in expected.items():
        np.testing.assert_allclose(getattr(problem, name), array, err_msg=name)


def test_round_trip(tmp_path: Path) -> None:
    record = read_problem_file(_write(tmp_path, TEXT))
    again = write_problem_file(record, tmp_path / "again.yaml")
    assert read_problem_file(again) == record
    assert again.read_text(encoding="utf-8").startswith("title: Rebuilding")


def test_options_overrule_the_file(tmp_path: Path) -> None:
    path = _write(tmp_path, TEXT.replace("years: 4\n", "").replace("[0.1, 0, 0, 0]", "0.1"))
    table, problem = open_problem(path, years=6, settings={"discount": 0.8})
    assert table.name == "ussr_1945"
    assert problem.periods == 6
    assert problem.settings.discount == 0.8
    assert problem.settings.gestation == 2


def test_a_table_is_found_beside_the_file(tmp_path: Path) -> None:
    from conjuncture.accounts.formats.form import write_table

    write_table(load_table("usa_1947"), tmp_path / "own")
    problem = read_problem(_write(tmp_path, "table: own\nyears: 2\n"))
    assert problem.years == (1948, 1949)


def test_all_faults_at_once(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        """
table: ussr_1945
yeers: 4
settings: {gestatoin: 1, discount: .nan}
changes:
  - {what: militry, of: metals, add: 1}
  - {what: military, of: metls, years: 1999, add: 1, set: 2}
  - {what: consumption, years: 1946, unlimited: true}
  - {what: public, years: [1946, 1947], add: [1, 2, 3]}
""",
    )
    with pytest.raises(InputError) as caught:
        read_problem(path)
    found = {fault.field: fault for fault in caught.value.faults}
    assert set(found) == {
        "settings.discount", "settings.gestatoin", "yeers", "changes.0.what", "changes.1.years",
        "changes.1.of", "changes.1", "changes.2.years", "changes.2.unlimited", "changes.3.add",
    }  # fmt: skip
    for field, name in (
        ("yeers", "years"), ("settings.gestatoin", "gestation"), ("changes.0.what", "military"),
        ("changes.1.of", "metals"),
    ):  # fmt: skip
        assert found[field].nearest[0] == name
    assert all(fault.file == str(path) and fault.remedy for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("years: true", "whole number"),
        ("years: 0", "years"),
        ("changes: [{what: public, add: .inf}]", "finite"),
        ("changes: [{what: depreciation, set: 1.5}]", "above 1"),
        ("changes: [{what: transfers, of: metals, add: 1}]", "does not vary by of"),
        ("changes: [{what: public}]", "exactly one"),
    ],
)
def test_unusable_values_are_refused(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_problem(_write(tmp_path, f"table: ussr_1945\n{line}\n"))


def test_a_misspelt_table_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ussr_1945"):
        read_problem(_write(tmp_path, "table: ussr_1946\nyeers: 3\n"))


def test_every_array_can_be_changed() -> None:
    assert set(ARRAYS) == set(RULES)
    problem = Problem.from_table(load_table("ussr_1945"), 2)
    for name in ARRAYS:
        again = changed(problem, [Change(what=name, times=1.0)])
        np.testing.assert_array_equal(getattr(again, name), getattr(problem, name))


def test_the_schema_describes_every_key() -> None:
    found = schema()
    assert json.loads(schema_text()) == found
    records = [found, *found["$defs"].values()]
    titles = {record["title"] for record in records}
    assert titles >= {"ProblemFile", "Settings", "Change", "Conditions", "Aim", "Claim"}
    for record in records:
        assert record["additionalProperties"] is False
        for name, key in record["properties"].items():
            assert key["title"], name
            assert key["description"], name
            assert "unit" in key, name
            assert "default" in key or name in record["required"], name
    assert found["required"] == ["table"]
    assert found["$defs"]["Change"]["properties"]["what"]["enum"] == list(ARRAYS)
    floor = found["$defs"]["Settings"]["properties"]["consumption_floor"]
    assert {form["type"] for form in floor["anyOf"]} == {"number", "array"}


def test_tables_and_problems_are_told_apart(tmp_path: Path) -> None:
    from conjuncture.accounts.formats.form import write_table

    folder = tmp_path / "own"
    write_table(load_table("usa_1947"), folder)
    assert looks_like_problem(_write(tmp_path, TEXT))
    assert not looks_like_problem(folder / "table.yaml")
    assert ProblemFile(table="usa_1947").years == 5


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "no such file"),
        (b"", "is empty"),
        (b"- a\n- b\n", "holds no keys"),
        (b"table: usa_1947\n\tyears: 3\n", "is not valid YAML"),
        ("table: usa_1947\n".encode("utf-16"), "UTF-8"),
        (bytes(range(128, 256)), "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_problem_says_why(
    data: bytes | None, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    if data is not None:
        path.write_bytes(data)
    assert looks_like_problem(path)
    with pytest.raises(InputError, match=says) as caught:
        read_problem(path)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].file == str(path)
    (tmp_path / "mine.csv").write_text("")  # a sheet beside it makes it a table's header
    assert not looks_like_problem(path)


def test_absurd_lengths_and_factors_are_faults_and_not_warnings(tmp_path: Path) -> None:
    long = _write(tmp_path, "table: usa_1947\nyears: 1000000\n")
    with pytest.raises(InputError, match="less than or equal to 1000"):
        read_problem(long)
    with pytest.raises(InputError, match="at most 1,000 years"):
        Problem.from_table(load_table("usa_1947"), 1_000_000)
    what = "changes: [{what: labour_available, times: 1.0e308}]\n"
    with pytest.raises(InputError, match="finite number"):
        read_problem(_write(tmp_path, f"table: usa_1947\nyears: 2\n{what}"))
