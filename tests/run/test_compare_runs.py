"""Two runs on the same draws side by side."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr

from conjuncture.report.compare_runs import (
    as_json,
    difference_rows,
    differences,
    place_rows,
    places,
)
from conjuncture.report.page import number
from conjuncture.run.ensemble import Order, run
from conjuncture.run.scenario import Comparison, load_scenario
from conjuncture.run.shocks import Shock

CODES = ("DEU_E", "DEU_W", "FRA", "GBR", "IND", "POL", "SUN", "USA")
POWERS = ("SUN", "USA", "GBR")
MEMBERS = 4


@pytest.fixture(scope="module")
def history() -> xr.Dataset:
    shock = Shock(lever="lever_independence", year=1946, territory=("IND",), reason="a test")
    scenario = load_scenario("1945").model_copy(
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
    return run(Order(scenario, MEMBERS, 5, 1949, {}))


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
