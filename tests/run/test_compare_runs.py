"""Two runs on the same draws side by side."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from conjuncture.cli import main
from conjuncture.report.compare_runs import (
    as_json,
    difference_rows,
    differences,
    place_rows,
    places,
)
from conjuncture.report.page import number
from conjuncture.run import scenario
from conjuncture.run.ensemble import Order, run
from conjuncture.run.scenario import Comparison, load_scenario
from conjuncture.run.shocks import Shock

CODES = ("DEU_E", "DEU_W", "FRA", "GBR", "IND", "POL", "SUN", "USA")
POWERS = ("SUN", "USA", "GBR")
MEMBERS = 4


@pytest.fixture(scope="module")
def history() -> xr.Dataset:
    shock = Shock(lever="lever_independence", year=1946, territory=("IND",), reason="a test")
    world = load_scenario("1945").model_copy(
        update={
            "territories": CODES,
            "shown": POWERS,
            "shocks": (),
            "comparisons": (
                Comparison(id="free", title="India free", shocks=(shock,)),
                Comparison(id="again", title="The same once more"),
            ),
        }
    )
    return run(Order(world, MEMBERS, 5, 1949, {}))


def test_a_run_does_not_differ_from_itself(history: xr.Dataset) -> None:
    for item in differences(history, "1945", "again", POWERS):
        assert item.here == item.base
        assert (item.difference, item.error, item.beyond_error) == (0.0, 0.0, False)
    assert places(history, "1945", "again") == []


def test_means_and_errors_are_those_of_the_pairs(history: xr.Dataset) -> None:
    found = {item.outcome: item for item in differences(history, "free", "1945", POWERS)}
    runs = [history.sel(scenario=name, year=1949) for name in ("free", "1945")]
    first, second = (r["gdp_per_head"].sel(territory="GBR").to_numpy() for r in runs)
    item = found["product per head 1949: GBR"]
    assert item.here == pytest.approx(first.mean())
    assert item.base == pytest.approx(second.mean())
    assert item.difference == pytest.approx(item.here - item.base)
    gap = first - second
    assert item.error == pytest.approx(np.sqrt(gap.var(ddof=1) / MEMBERS))
    assert item.beyond_error == (abs(gap.mean()) > 2 * item.error)


def test_what_the_lever_does_is_seen_in_who_holds_what(history: xr.Dataset) -> None:
    found = {item.outcome: item for item in differences(history, "free", "1945", POWERS)}
    assert found["territories held 1949: GBR"].difference < 0
    first = places(history, "free", "1945")[0]
    assert (first.territory, first.holder_here) == ("IND", "IND")
    assert first.sovereign_here == 1.0 > first.sovereign_base
    assert first.other_end == pytest.approx(1.0 - first.sovereign_base)


def test_wars_and_endings_are_counted_once(history: xr.Dataset) -> None:
    """A pair at war for years is one war; counts are those of the arrays."""
    changed = history.copy(deep=True)
    changed["war"][:] = 0.0
    us, su = {"territory": "USA"}, {"territory": "SUN"}
    for one, other in ((us, su), (su, us)):
        where = {"scenario": "free", **one, "partner": other["territory"], "bound": [1947, 1948]}
        changed["war"].loc[where] = 1.0
    changed["ending"][:] = 0.0
    changed["ending"].loc[{"scenario": "free", "territory": "SUN", "year": 1948}] = 2.0
    found = {item.outcome: item for item in differences(changed, "free", "1945", POWERS)}
    assert (found["wars begun"].here, found["wars begun"].base) == (1.0, 0.0)
    assert found["political revolutions"].difference == 1.0
    assert found["restorations"].difference == 0.0
    assert found["political revolutions"].beyond_error


def test_tables_and_records_hold_what_was_found(history: xr.Dataset) -> None:
    found = differences(history, "free", "1945", POWERS)
    rows = difference_rows(found, number)
    assert [row["beyond error"] for row in rows] == [
        "yes" if item.beyond_error else "no" for item in found
    ]
    ends = places(history, "free", "1945")
    assert place_rows(ends)[0]["territory"] == ends[0].territory
    assert len(json.loads(json.dumps(as_json(found)))) == len(found)
    alone = differences(history.isel(member=[0]), "free", "1945", POWERS)
    assert all("error" not in row for row in as_json(alone))
    assert {row["Monte Carlo error"] for row in difference_rows(alone, number)} == {"-"}
    assert not any(item.beyond_error for item in alone)


def test_the_command_shows_both_histories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small = (
        "id: small\ntitle: Some powers\ndescription: A test\nstart: 1945\nuntil: 1948\nmembers: 2\n"
        f"seed: 1\ntheory: agnostic\nterritories: [{', '.join(CODES)}]\nshown: [GBR]\n"
        "judged: false\n"
    )
    own = (
        "id: own\nextends: small\ncompare: true\ntitle: India free\ndescription: A test\nshocks:\n"
        "  - {lever: lever_independence, territory: [IND], year: 1946, reason: a test}\n"
    )
    for name, text in {"small": small, "own": own}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    files = {p.stem: p for p in tmp_path.glob("*.yaml")}
    monkeypatch.setattr(scenario, "_scenarios", lambda: files)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["conjuncture", "run", "own", "--until", "1947"])
    with pytest.raises(SystemExit) as left:
        main()
    shown = capsys.readouterr().out
    assert left.value.code == 0
    assert "own (here) against small (base): means of 2 paired members" in shown
    assert "Territories that end otherwise than in small" in shown
    page = (tmp_path / "runs" / "own.html").read_text(encoding="utf-8")
    assert "against small" in page
