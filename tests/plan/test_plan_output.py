"""Files and figures of a plan, and the page on reading one."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plan_economies import small_table

from conjuncture.accounts.library import load_table
from conjuncture.core.errors import InputError
from conjuncture.plan.problem import Problem
from conjuncture.plan.reading import export, plots
from conjuncture.plan.reading.drawing import titled
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve

PAGE = (Path(__file__).parents[2] / "docs" / "plan-reading.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def plan() -> Solution:
    return solve(Problem.from_table(small_table(), 3)).require_optimal()


def test_a_folder_of_csv_holds_the_plan(plan: Solution, tmp_path: Path) -> None:
    folder = export.write_plan(plan, tmp_path / "plan")
    assert {path.stem for path in folder.iterdir()} == set(export.sheets(plan))
    balances = pd.read_csv(folder / "balances.csv")
    assert np.allclose(balances["output"], plan.output.ravel())
    assert set(balances["unit"]) == {"million crowns/year"}
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    export.write_plan(plan, folder)
    assert first == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_workbook_holds_the_plan(plan: Solution, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    path = export.write_plan(plan, tmp_path / "plan.xlsx")
    found = pd.read_excel(path, sheet_name=None)
    assert set(found) == set(export.sheets(plan))
    assert np.allclose(found["years"]["consumption_level"], plan.consumption_level)


def test_unwritable_names_are_refused(plan: Solution, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for name, message in (("plan.pdf", "not written as"), ("file", "is a file")):
        with pytest.raises(InputError, match=message):
            export.write_plan(plan, tmp_path / name)


def test_balance_figure_stacks_to_equal_heights(plan: Solution) -> None:
    (axis,) = plots.balance_figure(plan, "industry").axes
    heights: dict[float, float] = {}
    for bar in axis.patches:
        x = round(bar.get_x(), 3)
        heights[x] = heights.get(x, 0.0) + bar.get_height()
    sides = [heights[x] for x in sorted(heights)]
    assert sides[::2] == pytest.approx(sides[1::2])


def test_price_and_investment_figures_show_the_plan(plan: Solution) -> None:
    (axis,) = plots.price_figure(plan, "labour").axes
    prices = plan.shadow_prices().query("kind == 'labour'")
    assert axis.lines[0].get_ydata() == pytest.approx(prices["value"].to_numpy())
    (axis,) = plots.investment_figure(plan, count=1).axes
    total = sum(bar.get_height() for bar in axis.patches)
    assert total == pytest.approx(plan.outlays.sum())


def test_flow_figure_names_every_use(plan: Solution) -> None:
    (axis,) = plots.flow_figure(plan, "industry", 1947).axes
    words = " ".join(text.get_text() for text in axis.texts)
    for part in ("output", "imports", "consumption", "military", "inventories (reduced)"):
        assert part in words
    with pytest.raises(InputError, match="did you mean industry"):
        plots.flow_figure(plan, "industri", 1947)
    with pytest.raises(InputError, match="outside the plan"):
        plots.flow_figure(plan, "industry", 1990)


def test_figures_are_written_with_one_call(plan: Solution, tmp_path: Path) -> None:
    written = plots.write_figures(plan, tmp_path, titles={"industry": "Industry and crafts"})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(p.name for p in written)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)


def test_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in re.findall(r"```yaml title=\"(\S+)\"\n(.*?)```", PAGE, flags=re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(blocks) >= 5
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/plan-reading.md", "exec"), names)
    shown = capsys.readouterr().out
    assert "Carried back through all inputs" in shown
    assert "These cannot hold together" in shown


def test_prices_that_are_zero_throughout_are_not_drawn_beside_others() -> None:
    scarce = solve(Problem.from_table(load_table("usa_1947"), 2)).require_optimal()
    wide = (
        scarce.shadow_prices()
        .query("kind == 'capacity'")
        .pivot(index="year", columns="label", values="value")
    )
    (axis,) = plots.price_figure(scarce, "capacity").axes
    drawn = [line.get_label().split()[0] for line in axis.lines]
    largest = wide.abs().max()
    assert set(drawn) == set(largest.index[largest > 1e-9 * largest.max()])
    assert len(drawn) < len(largest)


def test_a_label_is_not_said_twice_where_its_title_begins_with_it() -> None:
    titles = {"services": "Services, dwellings", "C24": "Basic metals", "metals": "Metals"}
    found = [titled(label, titles) for label in titles]
    assert found == ["Services, dwellings", "C24 Basic metals", "metals"]
