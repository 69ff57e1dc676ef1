"""What the commands on plans show of targets and foreign currencies."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from conjuncture.cli import main

FILE = """
table: usa_1947
years: 2
conditions:
  targets:
    - {name: metal, what: output, of: "331", amount: 1.6, relative: true}
    - {name: living, what: consumption_level, amount: 0.5, priority: 2}
  currencies:
    - {name: pound, unit: million pounds, rate: 0.25, balance_share: 0.3}
  partners:
    - {name: sterling, currency: pound, export_share: 0.3, import_share: 0.3}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "plan.yaml"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["conjuncture", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_solving_lists_targets_and_accounts(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "plan", "solve", file) == 0
    shown = capsys.readouterr().out
    assert "Targets: 1 of 2 reached" in shown
    assert "plan explain --target (metal)" in shown
    assert "Accounts of foreign currencies" in shown
    assert "pound: one unit is worth" in shown
    assert "imports by partner" in shown
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "plan", "solve", file, "--out", "flat", "--json") == 0
    written = {path.stem for path in (tmp_path / "flat").iterdir()}
    assert written >= {"balances", "targets", "currency_accounts", "currency_worths", "trade"}
    data = json.loads(capsys.readouterr().out)
    assert [row["met"] for row in data["targets"]] == [False, True]
    assert max(abs(row["residual"]) for row in data["currency_accounts"]) < 1e-6
    assert {row["currency"] for row in data["currency_worths"]} == {"", "pound"}


def test_a_missed_target_is_explained(
    file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "plan", "explain", file, "--target", "metal") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "metal, 1949: output of 331" in shown
    assert "short by" in shown
    assert "A unit more of output of 331" in shown
    assert run(monkeypatch, "plan", "explain", file, "--target", "metal", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert sum(root["share"] for root in data["roots"]) == pytest.approx(1.0)
    assert data["level"] == "targets of priority 1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--target", "metl"), "did you mean metal"),
        (("--target", "metal", "--year", "1948"), "give one of: 1949"),
        (("--product", "331"), "give --year"),
    ],
)
def test_faults_are_named(
    file: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    assert run(monkeypatch, "plan", "explain", file, *arguments) == 1
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_raised_target_is_laid_beside_the_plan(
    file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "plan", "explain", file, "--target", "living", "--by", "0.6") == 0
    assert "with the target living raised by 0.6" in capsys.readouterr().out
