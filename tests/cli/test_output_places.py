"""Places and words given to commands: what cannot be used is refused before the work."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from conjuncture.cli.app import app
from conjuncture.core.errors import InputError

_PLAN = ("usa_1947", "--years", "2")


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "solve", *_PLAN, "--out", "{file}/a.nc"),
        ("plan", "solve", *_PLAN, "--out", "{folder}"),
        ("plan", "solve", *_PLAN, "--figures", "{file}"),
        ("plan", "solve", *_PLAN, "--checkpoint", "{file}/a.npz"),
        ("plan", "frontier", *_PLAN, "--second", "least_labour", "--figure", "{file}/a.png"),
        ("plan", "ensemble", *_PLAN, "--out", "{folder}"),
        ("plan", "backtest", "usa_1947", "--out", "{folder}"),
        ("plan", "sweep", *_PLAN[:1], "{variants}", "--out", "{folder}"),
        ("run", "ussr_1945", "--out", "{folder}"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_at_once(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    places = {name: tmp_path / name for name in ("file", "folder.nc", "variants.csv")}
    places["file"].write_text("kept")
    places["folder.nc"].mkdir()
    places["variants.csv"].write_text("name,what\nbase,\n")
    named = {name.partition(".")[0]: path for name, path in places.items()}
    found = CliRunner().invoke(app, [word.format(**named) for word in words])
    assert isinstance(found.exception, InputError)  # the program itself prints the faults
    assert "folder" in found.exception.faults[0].problem
    assert places["file"].read_text() == "kept"
    assert not list(places["folder.nc"].iterdir())


def test_a_weight_that_is_no_yaml_is_a_fault() -> None:
    found = CliRunner().invoke(app, ["plan", "frontier", *_PLAN, "--second", "least_labour=[1"])
    assert isinstance(found.exception, InputError)
    assert found.exception.faults[0].file == "aim least_labour"


def test_absurd_variation_is_refused_before_anything_is_drawn() -> None:
    found = CliRunner().invoke(app, ["plan", "ensemble", *_PLAN, "--variation", "1e308"])
    assert found.exit_code == 2


def test_a_shipped_table_can_be_checked_by_name_and_a_misspelt_one_is_told() -> None:
    assert "every identity holds" in CliRunner().invoke(app, ["tables", "check", "usa_1947"]).output
    found = CliRunner().invoke(app, ["tables", "check", "usa_1974"])
    assert isinstance(found.exception, InputError)
    assert "usa_1947" in found.exception.faults[0].nearest
