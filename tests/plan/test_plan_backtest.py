"""Backtests: the record judges and never enters, and its figures are the sources'."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from conjuncture.accounts.checks import checked
from conjuncture.core.errors import InputError
from conjuncture.core.sources import source
from conjuncture.plan.backtests import files as backtest_files
from conjuncture.plan.backtests.backtest import (
    MARGIN,
    Backtest,
    backtest_names,
    run_backtest,
)
from conjuncture.plan.backtests.files import backtest_header, backtest_table, conditions, record

PAGE = Path(__file__).parents[2] / "docs" / "backtests.md"
NAMES = backtest_names()
WIOD = [name for name in NAMES if backtest_header(name).kind == "wiod"]


def test_what_is_shipped() -> None:
    assert set(NAMES) == {
        *(f"{c}_{y}" for c in ("usa", "deu", "gbr", "fra") for y in (2000, 2005)),
        "ussr_1946",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_backtest_is_a_proven_plan_beside_a_record(name: str) -> None:
    found = run_backtest(name)
    assert source(found.origin)
    assert found.plan.certificate.worst < 1e-6
    assert found.by_sector["error"].notna().all()
    assert len(found.by_year) == 5
    assert found.findings
    shown = json.loads(json.dumps(found.summary()))
    assert shown["by_year"][0]["year"] == int(found.by_year.index[0])
    data = found.to_dataset()
    assert all(data[v].attrs["unit"] for v in data.data_vars)


@pytest.mark.parametrize("name", WIOD)
def test_accounts_balance_and_the_record_starts_at_the_table(name: str) -> None:
    table = checked(backtest_table(name))
    was, given = record(name, table), conditions(name, table)
    assert was["output"][0] == pytest.approx(table.output, abs=0.01)
    assert was["consumption"][0] == pytest.approx(table.final_by_role("consumption"), abs=0.01)
    assert was["investment"][0] == pytest.approx(table.final_by_role("investment"), abs=0.01)
    assert was["output"].shape == (6, table.size)
    assert given["labour"].shape == (5, table.size)
    assert set(given) & set(was) == set()


def test_figures_of_the_united_states() -> None:
    """US gross output of 2000 and volume growth as the release has them.

    Construction: gross output 2000 in million USD and persons, read in the release
    (the table and the socio-economic accounts agree to 6e-8).
    """
    table = backtest_table("usa_2000")
    assert table.output[table.sectors.index("F")] == pytest.approx(911_799, abs=1)
    assert table.labour is not None
    assert table.output.sum() == pytest.approx(table.intermediate.sum() + table.primary.sum())


def test_the_record_never_enters_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = run_backtest("fra_2005")
    root = tmp_path / "backtests"
    shutil.copytree(backtest_files._root(), root)
    path = root / "fra_2005" / "recorded.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = [lines[0]]
    for line in lines[1:]:
        year, sector, *rest = line.split(",")
        changed.append(",".join([year, sector, *(str(3 * float(x) + 1) for x in rest)]))
    path.write_text("\n".join(changed), encoding="utf-8")
    monkeypatch.setattr(backtest_files, "_root", lambda: root)
    after = run_backtest("fra_2005")
    assert (before.plan.output == after.plan.output).all()
    assert (before.by_sector["error"] != after.by_sector["error"]).all()


@pytest.mark.parametrize("name", ["usa_2000", "gbr_2005"])
def test_the_plan_keeps_to_recorded_labour_and_trade(name: str) -> None:
    found = run_backtest(name)
    plan, table = found.plan, backtest_table(name)
    given = conditions(name, table)
    p = plan.problem
    used = np.einsum("tkn,tn->t", p.labour_coefficients, plan.output)[:5]
    assert (used <= given["labour"].sum(axis=1) * (1 + 1e-8)).all()
    for flow in ("exports", "imports"):
        amount, was = getattr(plan, flow)[:5], given[flow]
        assert (np.abs(amount - was) <= MARGIN * np.abs(was) + 1e-3).all()


def test_a_longer_view_beyond_the_years_judged_keeps_investment_up() -> None:
    short, long = (run_backtest("usa_2000", beyond=b).by_year for b in (0, 7))
    ratio = [frame["investment_planned"].iloc[-1] for frame in (short, long)]
    assert ratio[1] > 1.5 * ratio[0]


def test_the_fourth_five_year_plan_beside_targets_and_results() -> None:
    found = run_backtest("ussr_1946")
    frame = found.by_sector
    assert frame.loc["industry", ["base", "target", "recorded"]].tolist() == [92, 148, 173]
    assert frame.loc["national income", ["base", "target", "recorded"]].tolist() == [83, 138, 164]
    calm = run_backtest("ussr_1946", productivity_growth=0.0, labour_growth=0.0)
    assert calm.plan.aim < found.plan.aim


def test_unknown_names_are_refused() -> None:
    with pytest.raises(InputError, match="usa_2000"):
        run_backtest("usa_200")
    with pytest.raises(InputError, match="discount"):
        run_backtest("usa_2000", discont=0.9)


@pytest.mark.parametrize("page", ["backtests.md", "planning-in-rounds.md"])
def test_code_on_the_pages_runs(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, page, "exec"), names)


def mean_errors(found: Backtest) -> list[float]:
    weight = found.by_sector["recorded"] / found.by_sector["recorded"].sum()
    columns = ("error", "error_unchanged", "error_proportional")
    return [float((found.by_sector[c].abs() * weight).sum()) for c in columns]


def test_the_page_shows_what_comes_out() -> None:
    text = PAGE.read_text(encoding="utf-8")
    countries = {
        "usa": "USA", "deu": "Germany", "gbr": "United Kingdom", "fra": "France"
    }  # fmt: skip
    means = []
    for name in WIOD:
        found = run_backtest(name)
        last = found.by_year.iloc[-1]
        start = found.by_year.index[0]
        cells = [
            f"{last[f'{what}_planned'] / last[f'{what}_recorded'] - 1:+.0%}"
            for what in ("consumption", "investment")
        ]
        means.append(mean_errors(found))
        cells += [f"{value:.1%}" for value in means[-1]]
        title = f"{countries[name[:3]]} {start}-{(start + 4) % 100:02d}"
        assert f"| {title} | {' | '.join(cells)} |".replace("%", " %") in text
    ours, still, alike = np.mean(means, axis=0)
    assert f"| as above | {ours:.1%} |".replace("%", " %") in text
    assert f"| base year unchanged | {still:.1%} |".replace("%", " %") in text
    assert f"| all sectors alike | {alike:.1%} |".replace("%", " %") in text
    assert all(own > other for own, _, other in means)  # in all eight, as the page says
    assert sum(own > other for own, other, _ in means) == 7
    frame = run_backtest("ussr_1946").by_sector
    for label in ("industry", "national income", "metals"):
        cells = [f"{frame.loc[label, c]:.0f}" for c in ("base", "planned", "target", "recorded")]
        assert f"| {label} | {' | '.join(cells)} |" in text
    fast = run_backtest("ussr_1946", consumption_band=0.2)
    assert (
        f"`--set consumption_band=0.2`) | {fast.by_sector.loc['industry', 'planned']:.0f} |" in text
    )


def test_the_page_shows_how_much_the_assumptions_matter() -> None:
    text = PAGE.read_text(encoding="utf-8")
    slack = np.mean([mean_errors(run_backtest(n, base_utilisation=0.95))[0] for n in WIOD])
    assert f"base_utilisation=0.95`) | {slack:.1%} |".replace("%", " %") in text
    both = [mean_errors(run_backtest(n, base_utilisation=0.95, margin=0.1))[0] for n in WIOD]
    assert f"`--margin 0.1`) | {np.mean(both):.1%} |".replace("%", " %") in text
    idle = run_backtest("ussr_1946", base_utilisation=0.9).by_sector.loc["industry", "planned"]
    assert f"base_utilisation=0.9`) | {idle:.0f} |" in text


def test_all_sectors_alike_is_what_labour_and_productivity_allow() -> None:
    found = run_backtest("fra_2005")
    table = backtest_table("fra_2005")
    labour = conditions("fra_2005", table)["labour"][-1].sum()
    growth = backtest_header("fra_2005").settings["productivity_growth"]
    assert table.labour is not None
    factor = labour * (1 + growth) ** 5 / table.labour.used[0].sum()
    alike = found.by_sector["recorded"] * (1 + found.by_sector["error_proportional"])
    np.testing.assert_allclose(alike, factor * table.output, rtol=1e-9)


def test_findings_name_what_really_binds() -> None:
    findings = " ".join(run_backtest("fra_2005").findings)
    assert "upper limit (of the recorded)" in findings
    assert "export_band" not in findings
    goods = [t for t in run_backtest("ussr_1946").findings if t.startswith("consumer goods")]
    assert "consumer_goods" in goods[0]


def test_the_margin_of_trade_is_a_choice() -> None:
    found = run_backtest("fra_2005", margin=0.1)
    assert found.given_up == ()
    given = conditions("fra_2005", backtest_table("fra_2005"))
    assert (
        np.abs(found.plan.exports[:5] - given["exports"]) <= 0.1 * np.abs(given["exports"]) + 1e-3
    ).all()
    with pytest.raises(InputError, match="between 0 and 1"):
        run_backtest("fra_2005", margin=1.5)


@pytest.mark.parametrize("name", WIOD)
def test_nothing_recorded_after_the_base_year_enters_but_what_is_declared(name: str) -> None:
    """The table, its capital and its depreciation have the card of the base year."""
    header, table = backtest_header(name), backtest_table(name)
    assert table.capital is not None
    assert table.capital.depreciation_origin == header.origin
    card = source(header.origin)
    assert not any("2014" in step for step in card.steps)
    assert any(f"rates of the United States in {table.year}" in step for step in card.steps)
