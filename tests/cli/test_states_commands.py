"""The commands on states print what the files hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from conjuncture.cli.app import app
from conjuncture.data.states import state, states


def printed(*arguments: str) -> Any:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_the_list_has_every_unit_with_holder_and_shares() -> None:
    rows = {row["id"]: row for row in printed("states")}
    assert list(rows) == list(states())
    for code, row in rows.items():
        assert row["holder"] == states()[code].holder
        assert row["population"] == states()[code].value("population")
        shares = row["observed"] + row["donor-scaled"] + row["ruled"]
        assert shares == pytest.approx(1, abs=0.011)
    assert (rows["SUN_EST"]["holder"], rows["SUN_EST"]["status"]) == ("SUN", "annexed")
    assert (rows["DEU_GB"]["part of"], rows["DEU_GB"]["holder"]) == ("DEU", "GBR")


def test_one_unit_is_shown_with_source_and_basis_of_every_figure() -> None:
    shown = printed("states", "show", "POL")
    for name, figure in state("POL").figures.items():
        told = shown["figures"][name]
        assert (told["value"], told["source"], told["basis"]) == (
            figure.value,
            figure.source,
            figure.basis,
        )
    assert shown["spells"][-1]["status"] == "buffer"
    text = CliRunner().invoke(app, ["states", "show", "SUN_POL"]).output
    assert "census and losses" in text or "census_and_losses" in text
    assert "Gap: steel" in text


def test_a_rule_is_shown_with_its_formula() -> None:
    shown = printed("states", "rules", "growth_since_1913")
    assert shown["formula"].startswith("per head(1945)")
    assert set(shown["parameters"]) == {"ratio_africa", "ratio_asia"}
