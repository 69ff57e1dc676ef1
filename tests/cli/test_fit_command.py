"""The command that fits: what it prints, and what it writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from conjuncture.cli.app import app
from conjuncture.data.fitted import fitted, load_fitted
from conjuncture.run.scenario import load_scenario, load_theory, mechanisms


def printed(*arguments: str) -> Any:
    result = CliRunner().invoke(app, ["fit", "1945", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One file of a user's download: 200 civil wars, of which 50 were won by insurgents."""
    rng = np.random.default_rng(1)
    pd.DataFrame(
        {"WarNum": range(200), "WarType": 4, "StartYr1": 1850,
         "WDuratDays": 365.25 * rng.exponential(2.0, 200) + 1, "Outcome": [2] * 50 + [1] * 150}
    ).to_csv(tmp_path / "war_intra_v51.csv")  # fmt: skip
    return tmp_path


def test_everything_is_shown_with_prior_and_what_became_of_it() -> None:
    shown = printed()
    rows = {f"{row['mechanism']}.{row['parameter']}": row for row in shown["parameters"]}
    theory = load_theory(load_scenario("1945").theory)
    for name in theory.mechanisms:
        for parameter in mechanisms()[name].parameters:
            row = rows[f"{name}.{parameter.name}"]
            assert row["prior"] == parameter.prior.model_dump(exclude_none=True)
            assert row["in the theory"]
    for name, parameter in fitted().items():
        row = rows[name]
        assert row["after the data"] == parameter.prior.model_dump(exclude_none=True)
        assert (row["window"], row["rows"]) == (parameter.window, parameter.observations)
        assert row["narrowing"] > 0
    assert shown["fitted now"] == ["war_capital", "growth", "depression", "recovery"]
    assert shown["written"] == []


def test_a_download_is_fitted_shown_and_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "new"
    options = ("--data", str(folder), "--only", "revolution_outcome", "--write", str(out))
    shown = printed(*options)
    row = next(row for row in shown["parameters"] if row["parameter"] == "victory")
    assert row["estimate"] == pytest.approx(np.log(50 / 150), abs=1e-3)
    assert row["events"] == 50
    assert shown["written"] == [str(out / "revolution_outcome.yaml")]
    read = load_fitted(out)["revolution_outcome"].parameters["victory"]
    assert read.prior.model_dump(exclude_none=True) == row["after the data"]
    assert read != fitted()["revolution_outcome.victory"]
    text = CliRunner().invoke(app, ["fit", "1945", *options]).output
    assert "Fitted now: revolution_outcome" in text
    assert "wrote" in text


def test_without_data_what_may_not_be_shipped_is_shown_as_shipped() -> None:
    shown = printed("--only", "escalation")
    assert shown["fitted now"] == []
    met = {row["parameter"]: row["rows"] for row in shown["parameters"] if row["rows"]}
    assert met == {
        name: fitted()[f"escalation.{name}"].observations
        for name in ("base", "contiguous", "parity", "weight", "allied")
    }
