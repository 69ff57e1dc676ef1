"""The page on levers: its code runs, its file is a scenario, its tables are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conjuncture.core.sources import sources
from conjuncture.core.state import levers
from conjuncture.run import scenario
from conjuncture.run.ensemble import order_run
from conjuncture.run.scenario import load_scenario, scenario_names
from conjuncture.run.shocks import Shock

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "levers.md").read_text(encoding="utf-8")
ROWS = {m[1]: m[0] for m in re.finditer(r"^\| `(lever_\w+)` \|.*$", PAGE, re.MULTILINE)}


def test_code_blocks_run(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        exec(compile(block, "docs/how-to/levers.md", "exec"), names)
    shown = capsys.readouterr().out
    assert "territories held 1948: GBR -1.0" in shown
    assert "['IND']" in shown
    assert "USA.capital" in shown
    assert "Remedy: give a number from" in shown


def test_the_file_is_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = re.search(r'```yaml title="(\w+)\.yaml"\n(.*?)```', PAGE, flags=re.DOTALL)
    assert found is not None
    path = tmp_path / f"{found[1]}.yaml"
    path.write_text(found[2], encoding="utf-8")
    shipped = scenario._scenarios()
    monkeypatch.setattr(scenario, "_scenarios", lambda: {**shipped, found[1]: path})
    own = load_scenario(found[1])
    assert [arm.name for arm in order_run(own).arms()] == [found[1], "1945"]
    assert own.shocks[-1].by_partner == pytest.approx({"FRA": 4560.0, "GBR": 6080.0})


@pytest.mark.parametrize("name", sorted(levers()))
def test_every_lever_is_listed_as_it_is(name: str) -> None:
    item = levers()[name]
    low, high = item.limits
    cells = [cell.strip() for cell in ROWS[name].strip("|").split("|")]
    assert cells[1] == ("territory, partner" if "partner" in item.dims else "territory")
    assert cells[2:4] == [item.unit, f"{low:g} to {high:g}"]
    assert cells[4].startswith(item.title)
    assert item.neutral == 0.0


def test_no_lever_is_listed_that_is_none() -> None:
    assert set(ROWS) == set(levers())


def test_every_counterfactual_and_card_is_listed() -> None:
    listed = {m[1]: m[2] for m in re.finditer(r"^\| `(\w+)` \| (.+?) \|$", PAGE, re.MULTILINE)}
    own = {n: load_scenario(n).title for n in scenario_names() if load_scenario(n).extends}
    assert own.items() <= listed.items()
    for card in ("marshall_aid_2011", "reparations_2011"):
        assert f"`{card}`" in PAGE
        assert card in sources()


def test_every_key_of_a_shock_is_shown() -> None:
    assert [k for k in Shock.model_fields if f"{k}:" not in PAGE and f"`{k}`" not in PAGE] == []
