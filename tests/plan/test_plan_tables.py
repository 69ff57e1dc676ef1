"""What a plan takes from richer tables: capital by composition, and one unit only."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from conjuncture.accounts.library import load_table
from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve


def test_a_composition_by_sector_alike_for_all_changes_nothing() -> None:
    table = load_table("usa_1947")
    column = table.final_by_role("investment")
    alike = np.repeat((column / column.sum())[:, None], table.size, axis=1)
    composed = dataclasses.replace(table, capital_composition=alike)
    plain = solve(Problem.from_table(table, 3, gestation=1))
    by_sector = solve(Problem.from_table(composed, 3, gestation=1))
    assert by_sector.problem.composition.shape == (table.size, table.size)
    assert by_sector.aim == pytest.approx(plain.aim, rel=1e-9)


def test_what_a_sector_builds_with_matters() -> None:
    table = load_table("usa_1947")
    column = table.final_by_role("investment")
    alike = np.repeat((column / column.sum())[:, None], table.size, axis=1)
    building = np.zeros(table.size)
    building[table.index("23")] = 1.0
    houses = alike.copy()
    houses[:, table.index("531")] = building  # real estate invests in buildings alone
    composed = dataclasses.replace(table, capital_composition=houses)
    problem = Problem.from_table(composed, 2, gestation=1, disposal=True, contraction=None)
    solution = solve(problem)
    assert solution.status == "optimal"
    by_year = solution.balances()["investment"].unstack("product")
    uses = by_year[list(table.sectors)].to_numpy()
    np.testing.assert_allclose(uses, solution.outlays @ houses.T, atol=1e-6 * uses.max())


def test_a_table_in_mixed_units_is_refused() -> None:
    table = load_table("usa_1947")
    units = ("million tonnes", *[table.unit] * (table.size - 1))
    mixed = dataclasses.replace(table, row_units=units)
    with pytest.raises(InputError, match="different units"):
        Problem.from_table(mixed, 2)
