"""Errors name file, field, value and remedy; files are never left half written."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from conjuncture.core.errors import Faults, InputError, nearest
from conjuncture.core.files import Record, check_writable, read_yaml, write_atomically, write_text


class Wine(Record):
    grape: str
    year: int


def test_an_error_comes_back_from_a_worker_as_it_was() -> None:
    faults = Faults("a.yaml")
    faults.add("is wrong", "mend it", field="x", value=3)
    faults.add("is wrong too", "mend that")
    error = InputError(faults)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is InputError
    assert str(again) == str(error)
    assert again.faults == error.faults


def test_a_fault_names_all_that_the_reader_needs() -> None:
    faults = Faults("a.yaml")
    faults.add("is wrong", "mend it", field="x.y", value=3)
    with pytest.raises(InputError) as caught:
        faults.raise_if_any()
    text = str(caught.value)
    for part in ("a.yaml", "x.y", "is wrong", "3", "mend it"):
        assert part in text


def test_nearest_names_ignore_case_and_find_slips() -> None:
    assert nearest("Demobilization", ["demobilisation", "conversion"]) == ("demobilisation",)
    assert nearest("zzz", ["demobilisation"]) == ()


def test_yaml_reports_every_fault_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wine.yaml"
    path.write_text("graep: merlot\nyear: soon\n")
    with pytest.raises(InputError) as caught:
        read_yaml(path, Wine)
    text = str(caught.value)
    assert len(caught.value.faults) == 3
    assert "did you mean grape" in text
    assert "soon" in text
    assert "missing" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grape: a\ngrape: b\n", "given twice"),
        ("grape: [a\n", "not valid YAML"),
    ],
)
def test_unreadable_yaml_names_the_place(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "wine.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=expected) as caught:
        read_yaml(path, Wine)
    assert "line" in str(caught.value)


def test_a_missing_file_offers_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "wine.yaml").write_text("grape: a\nyear: 1\n")
    with pytest.raises(InputError, match=r"did you mean wine\.yaml"):
        read_yaml(tmp_path / "wines.yaml", Wine)


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = write_text(tmp_path / "sub" / "a.txt", "old")

    def broken(temporary: Path) -> None:
        temporary.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, broken)
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_an_empty_file_and_one_without_keys_say_so(tmp_path: Path) -> None:
    class Pair(Record):
        left: int
        right: int

    path = tmp_path / "pair.yaml"
    for text, problem in (
        ("", "is empty"),
        ("- 1\n", "holds no keys and values"),
        ("x", "no keys"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=problem) as caught:
            read_yaml(path, Pair)
        assert "left, right" in caught.value.faults[0].remedy


def test_a_place_that_cannot_be_written_is_a_fault_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "folder.nc").mkdir()
    for path in (tmp_path / "file" / "a.nc", tmp_path / "folder.nc"):
        with pytest.raises(InputError, match=path.name):
            check_writable(path)
        with pytest.raises(InputError, match="cannot be written"):
            write_text(path, "new")
    with pytest.raises(InputError, match="is a file, not a folder"):
        check_writable(tmp_path / "file", folder=True)
    check_writable(tmp_path / "new" / "a.nc")
    check_writable(tmp_path / "new", folder=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.nc"]
    assert (tmp_path / "file").read_text() == "old"


def test_a_writer_that_finds_no_room_is_a_fault_and_the_old_file_stays(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.txt", "old")

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left") as caught:
        write_atomically(path, full)
    assert caught.value.faults[0].file == str(path)
    assert path.read_text() == "old"


def test_where_there_is_nothing_to_choose_from_the_remedy_says_so() -> None:
    faults = Faults("a.yaml")
    faults.unknown("satellite", "co2", [], field="aims")
    assert faults.found[0].remedy == "there is no satellite here to choose from"
