"""The form of a file of the record: what it holds, what it stands for, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from conjuncture.core.errors import InputError
from conjuncture.data import catalog, record_files
from conjuncture.data.record_files import (
    exposure,
    load_record_files,
    of_variable,
    pair_mask,
    unit_mask,
)
from conjuncture.run.ensemble import order_run, run
from conjuncture.run.scenario import load_scenario

HEAD = {"title": "A", "concept": "a", "unit": "1", "timing": "unstated", "source": "conjuncture"}


def write(folder: Path, **keys: Any) -> Path:
    data = {"id": f"{keys['variable']}_conjuncture", **HEAD, **keys}
    path = folder / f"{data['id']}.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def test_runs_of_years_and_gaps(tmp_path: Path) -> None:
    write(
        tmp_path,
        variable="thing",
        form="series",
        values={"FRA": {1950: [1.0, 2.0], 1946: [0.5]}},
        past={"FRA": {"year": 1938, "last": 0.4, "growth": 0.01, "window": [1913, 1938]}},
    )
    item = load_record_files(tmp_path)["thing_conjuncture"]
    assert item.series("FRA") == {1946: 0.5, 1950: 1.0, 1951: 2.0}
    assert item.series("ITA") == {}
    assert item.territories() == {"FRA"}


def test_pairs_are_symmetric_and_only_where_recorded(tmp_path: Path) -> None:
    write(
        tmp_path,
        variable="thing",
        form="pair_years",
        years={"FRA-GBR": [1950]},
        exposed={"FRA": [[1946, 1991]], "GBR": [[1949, 1991]]},
    )
    write(tmp_path, variable="tie", form="pair_spells", spells={"FRA-GBR": [[1947, 1949]]})
    files = load_record_files(tmp_path)
    years = list(range(1946, 1952))
    found = pair_mask(files["thing_conjuncture"], ("GBR", "FRA", "ITA"), years)
    assert found.sum() == 2
    assert found[4, 0, 1]
    assert found[4, 1, 0]
    spells = pair_mask(files["tie_conjuncture"], ("FRA", "GBR"), years)
    np.testing.assert_array_equal(spells[:, 0, 1], [False, True, True, True, False, False])
    at_risk = exposure(files["thing_conjuncture"], ("FRA", "GBR", "ITA"), years)
    np.testing.assert_array_equal(at_risk.sum(axis=0), [6, 3, 0])
    assert exposure(files["tie_conjuncture"], ("FRA",), years).all()


def test_dates_last_from_their_year_on(tmp_path: Path) -> None:
    write(tmp_path, variable="thing", form="dates", dates={"FRA": 1948})
    item = load_record_files(tmp_path)["thing_conjuncture"]
    np.testing.assert_array_equal(
        unit_mask(item, ("FRA", "ITA"), range(1947, 1950)), [[0, 0], [1, 0], [1, 0]]
    )


BAD: list[tuple[dict[str, Any], str]] = [
    ({"form": "dates", "dates": {"FRA": 1945}}, "after 1945"),
    ({"form": "dates", "dates": {"FRAN": 1950}}, "did you mean FRA"),
    ({"form": "dates", "values": {"FRA": {1950: [1.0]}}}, "gives dates and nothing else"),
    ({"form": "pair_years", "years": {"GBR-FRA": [1950]}}, "order of the alphabet"),
    ({"form": "pair_years", "years": {"FRA": [1950]}}, "order of the alphabet"),
    ({"form": "dates", "dates": {"FRA": 1950}, "source": "conjunctur"}, "conjuncture"),
    ({"form": "dates", "dates": {"FRA": 1950}, "id": "other"}, "differs from the file's name"),
    ({"form": "dates", "dates": {"FRA": 1950}, "use": "start"}, "unknown key|no such key|use"),
    ({"variable": "steel", "form": "series", "values": {"FRA": {1950: [1.0]}}}, "thousand tonnes"),
]


@pytest.mark.parametrize(("keys", "said"), BAD, ids=[said for _, said in BAD])
def test_what_is_refused(tmp_path: Path, keys: dict[str, Any], said: str) -> None:
    full = {"id": "thing_conjuncture", "variable": "thing", **HEAD, **keys}
    (tmp_path / "thing_conjuncture.yaml").write_text(yaml.safe_dump(full), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_record_files(tmp_path)


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, variable="thing", form="dates", dates={"FRAN": 1950})
    write(tmp_path, variable="other", form="pair_years", years={"ITA-FRA": [1950]})
    with pytest.raises(InputError) as caught:
        load_record_files(tmp_path)
    assert len(caught.value.faults) == 2


def test_reading_the_record_is_reading_to_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, variable="thing", form="dates", dates={"FRA": 1950})
    monkeypatch.setattr(record_files, "record_files", lambda: load_record_files(tmp_path))
    with catalog.watch() as readings:
        assert len(of_variable("thing")) == 1
    assert [(r.series, r.purpose) for r in readings] == [("thing_conjuncture", "judge")]


def test_a_run_needs_no_file_of_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a run asked for the record")

    monkeypatch.setattr(record_files, "load_record_files", refuse)
    record_files.record_files.cache_clear()
    run(order_run(load_scenario("ussr_1945"), members=1, until=1946))
