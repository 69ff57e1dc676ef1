"""Bad input is refused with field, label, value and remedy, all faults at once."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from plan_economies import random_economy, small_table

from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.settings import Settings, reference
from conjuncture.plan.solve import solve


def _faults(action) -> list[str]:
    with pytest.raises(InputError) as caught:
        action()
    assert all(fault.remedy for fault in caught.value.faults)
    return [str(fault) for fault in caught.value.faults]


def _spoilt(name: str, cell, value: float) -> dict:
    arrays = random_economy(1, 3, 2)
    array = np.array(arrays[name], float)
    array[cell] = value
    return {**arrays, name: array}


@pytest.mark.parametrize(
    ("name", "cell", "value", "where"),
    [
        ("coefficients", (0, 2), np.nan, "coefficients[s0, s2]"),
        ("coefficients", (1, 0), -0.1, "coefficients[s1, s0]"),
        ("consumption", 2, -5.0, "consumption[s2]"),
        ("consumption", 2, np.inf, "consumption[s2]"),
        ("labour_coefficients", (1, 2), np.nan, "labour_coefficients[1950, heads, s2]"),
        ("labour_available", 0, -1.0, "labour_available[1950, hands]"),
        ("depreciation", 1, 1.2, "depreciation[s1]"),
        ("capital", 1, -3.0, "capital[s1]"),
        ("output", 0, np.nan, "output[s0]"),
        ("public", 0, -1.0, "public[1950, s0]"),
    ],
)
def test_a_bad_cell_is_named(name, cell, value, where) -> None:
    faults = _faults(lambda: Problem.from_arrays(**_spoilt(name, cell, value)))
    assert any(where in fault and str(value) in fault for fault in faults)


def test_all_faults_are_reported_at_once() -> None:
    arrays = _spoilt("coefficients", (0, 0), np.nan)
    arrays["capital"] = [1.0, -1.0, np.nan]
    arrays["consumption_floor"] = 11.0
    faults = _faults(lambda: Problem.from_arrays(**arrays))
    for part in ("coefficients[s0, s0]", "capital[s1]", "capital[s2]", "consumption_floor[1950]"):
        assert any(part in fault for fault in faults)


def test_wrong_shapes_and_labels_are_refused() -> None:
    arrays = random_economy(1, 3, 2)
    wrong = {**arrays, "capital": [1.0, 2.0], "coefficients": np.eye(2)}
    assert any(
        "capital" in f and "(3,)" in f for f in _faults(lambda: Problem.from_arrays(**wrong))
    )
    wrong = {**arrays, "coefficients": np.eye(2)}
    assert "(3, 3)" in _faults(lambda: Problem.from_arrays(**wrong))[0]
    wrong = {**arrays, "sectors": ["s0", "s0", "s2"]}
    assert "label stands twice" in _faults(lambda: Problem.from_arrays(**wrong))[0]
    wrong = {**arrays, "years": [1950, 1952]}
    assert "not consecutive" in _faults(lambda: Problem.from_arrays(**wrong))[0]
    wrong = {**arrays, "years": []}
    assert any("at least one year" in f for f in _faults(lambda: Problem.from_arrays(**wrong)))
    wrong = {**arrays, "composition": [0.5, 0.5, 0.5]}
    assert "does not add to 1" in _faults(lambda: Problem.from_arrays(**wrong))[0]
    wrong = {**arrays, "capital": "much"}
    assert "not an array of numbers" in _faults(lambda: Problem.from_arrays(**wrong))[0]


def test_negative_entries_pass_only_where_declared() -> None:
    arrays = _spoilt("coefficients", (1, 0), -0.01)
    problem = Problem.from_arrays(**arrays, exceptions={"negative_intermediate": ("s1",)})
    assert problem.coefficients[1, 0] == -0.01
    arrays = _spoilt("consumption", 2, -0.5)
    Problem.from_arrays(**arrays, exceptions={"negative_final": ("s2",)})
    _faults(lambda: Problem.from_arrays(**arrays, exceptions={"negative_final": ("s1",)}))


def test_limits_that_cross_are_refused() -> None:
    arrays = random_economy(1, 3, 2)
    faults = _faults(lambda: Problem.from_arrays(**arrays, imports_low=9.0, imports_high=1.0))
    assert "imports_low[1950, s0]" in faults[0]


@pytest.mark.parametrize("years", [0, -3, 2.5, True])
def test_years_must_be_a_positive_whole_number(years) -> None:
    assert "years" in _faults(lambda: Problem.from_table(small_table(), years))[0]


def test_misspelt_and_absurd_settings_are_refused_together() -> None:
    faults = _faults(
        lambda: Problem.from_table(
            small_table(), 0, discuont=0.9, gestation=0, consumption_floor=11, transfers=np.nan
        )
    )
    text = "\n".join(faults)
    assert "did you mean discount" in text
    for part in ("years", "gestation", "consumption_floor", "transfers"):
        assert part in text


def test_settings_of_the_wrong_length_and_unknown_labour() -> None:
    faults = _faults(lambda: Problem.from_table(small_table(), 4, consumption_floor=(0.5, 0.5)))
    assert "has 2 values for 4 years" in faults[0]
    faults = _faults(lambda: Problem.from_table(small_table(), 4, labour_kinds=("engineer",)))
    assert "did you mean engineers" in faults[0]


def test_replace_refuses_unknown_names() -> None:
    problem = Problem.from_table(small_table(), 2)
    assert "did you mean capital" in _faults(lambda: problem.replace(capitel=1.0))[0]
    assert (
        "did you mean discount" in _faults(lambda: problem.replace(settings={"discoumt": 1.0}))[0]
    )
    assert "negative" in _faults(lambda: problem.replace(capital=[-1.0, 1.0, 0.0]))[0]


def test_unknown_method() -> None:
    problem = Problem.from_table(small_table(), 2)
    assert "did you mean simplex" in _faults(lambda: solve(problem, method="simplx"))[0]


def test_damage_without_capital_is_refused() -> None:
    problem = Problem.from_table(small_table(), 2)
    faults = _faults(lambda: problem.replace(damaged=[0.0, 0.0, 5.0]))
    assert "damaged[services]" in faults[0]


def test_capital_without_investment_is_refused() -> None:
    table = small_table()
    final = table.final.copy()
    final[:, 3] = 0.0
    bare = dataclasses.replace(table, final=final)
    assert "no investment" in _faults(lambda: Problem.from_table(bare, 2))[0]


def test_arrays_cannot_be_written() -> None:
    problem = Problem.from_table(small_table(), 2)
    with pytest.raises(ValueError, match="read-only"):
        problem.capital[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        solve(problem).output[0, 0] = 1.0


def test_every_setting_has_unit_mark_and_description() -> None:
    rows = reference()
    assert [row["name"] for row in rows] == list(Settings.model_fields)
    for row in rows:
        assert row["mark"] in {"assumed", "accounting", "choice"}
        assert row["description"].endswith(".")
        assert row["unit"] or row["mark"] == "choice"
