"""What a solution shows: rules that bind, dataset, summary."""

from __future__ import annotations

import json

import numpy as np
import pytest
from plan_economies import small_table

from conjuncture.accounts.library import load_table
from conjuncture.plan.problem import Problem
from conjuncture.plan.solve import solve


def test_rules_limit_the_corners_and_say_so() -> None:
    """Freed of its rules the plan goes to corners; with them it is held and says where."""
    table = load_table("usa_2014")
    held = solve(Problem.from_table(table, 3)).require_optimal()
    share = 0.1 * np.arange(1, 4)[:, None]
    p = held.problem
    exports = table.final_by_role("exports")
    assert (held.exports <= exports * (1 + share) + 1e-6 * exports.max()).all()
    assert (held.exports >= exports * (1 - share) - 1e-6 * exports.max()).all()
    before = np.vstack([p.output, held.output[:-1]])
    assert (held.output >= 0.9 * before - 1e-6 * p.output).all()
    free = solve(
        Problem.from_table(
            table,
            3,
            export_band=None,
            import_band=None,
            contraction=None,
            expansion_without_capital=None,
            consumption_band=None,
        )
    ).require_optimal()
    assert free.aim > 1.05 * held.aim
    words = "\n".join(free.corners())
    assert "all but closed" in words
    assert "takes more than half of" in words
    assert "export_band" in "\n".join(held.corners())
    assert "all but closed" not in "\n".join(held.corners())


def test_corners_name_rule_label_and_years() -> None:
    problem = Problem.from_table(small_table(), 3, discount=1.4, consumption_band=0.01)
    words = solve(problem).corners()
    assert any(w.startswith("consumption ") and "as fast as allowed" in w for w in words)
    assert any("1946-1948" in w for w in words)


def test_reserves_are_carried() -> None:
    problem = Problem.from_table(small_table(), 3, opening_reserves=10.0, transfers=(5.0, 0.0, 0.0))
    solution = solve(problem).require_optimal()
    before = 10.0
    for t in range(3):
        net = solution.exports[t].sum() - solution.imports[t].sum()
        after = before + net - problem.trade_balance[t] + problem.transfers[t]
        assert solution.reserves[t] == pytest.approx(after, abs=1e-7)
        before = after
    assert before >= 10.0 - 1e-7


def test_dataset_has_units_everywhere() -> None:
    solution = solve(Problem.from_table(small_table(), 3)).require_optimal()
    data = solution.to_dataset()
    for name, variable in data.data_vars.items():
        assert variable.attrs["unit"], name
        assert variable.attrs["long_name"], name
    np.testing.assert_allclose(data["output"], solution.output)
    np.testing.assert_allclose(data["capital"], solution.capital)
    assert data.sizes == {"year": 3, "sector": 3, "stock_year": 5, "labour": 1}
    assert data["price_labour"].attrs["unit"].endswith("per thousand persons")
    price = solution.shadow_prices().query("kind == 'product' and label == 'industry'")
    np.testing.assert_allclose(data["price_product"].sel(sector="industry"), price["value"])


def test_dataset_survives_a_file(tmp_path) -> None:
    import xarray as xr

    data = solve(Problem.from_table(small_table(), 2)).to_dataset()
    data.to_netcdf(tmp_path / "plan.nc", engine="scipy")
    with xr.open_dataset(tmp_path / "plan.nc", engine="scipy") as back:
        xr.testing.assert_allclose(back.load(), data)


@pytest.mark.parametrize("floor", [0.0, 4.0])
def test_summary_is_plain_data(floor: float) -> None:
    solution = solve(Problem.from_table(small_table(), 3, consumption_floor=floor))
    summary = json.loads(json.dumps(solution.summary()))
    assert summary["status"] == ("optimal" if floor == 0 else "infeasible")
    assert ("relaxations" in summary) == (floor > 0)


def test_a_plan_of_one_year_without_labour_or_capital() -> None:
    import dataclasses

    table = dataclasses.replace(small_table(), labour=None, capital=None)
    solution = solve(Problem.from_table(table, 1)).require_optimal()
    assert solution.consumption_level[0] > 1.0
    assert solution.capital.sum() == 0
    assert solution.to_dataset().sizes["labour"] == 0
    # a sector grows at most as the rule for unknown capital says
    assert (solution.output[0] <= 1.1 * table.output * (1 + 1e-9)).all()


def test_a_sector_without_output_stays_closed() -> None:
    problem = Problem.from_table(small_table(), 2)
    output = problem.output.copy()
    output[0] = 0.0
    closed = problem.replace(
        output=output,
        imports_high=problem.imports_high + np.array([500.0, 0.0, 0.0]),
        settings={"contraction": None, "consumption_band": None},
        transfers=[300.0, 300.0],
    )
    solution = solve(closed).require_optimal()
    assert (solution.output[:, 0] == 0).all()
    assert (solution.imports[:, 0] > 0).all()
