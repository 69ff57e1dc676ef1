"""Shipped tables are found by name and variant, and a user's own by path."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from conjuncture.accounts import library
from conjuncture.accounts.formats.form import write_table
from conjuncture.accounts.table import Table
from conjuncture.core.errors import InputError


@pytest.fixture
def shelf(toy: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A shelf with one plain table and one in two variants."""
    monkeypatch.setattr(library, "_root", lambda: tmp_path)
    write_table(dataclasses.replace(toy, name="plain"), tmp_path / "plain")
    for variant in ("high", "low"):
        write_table(
            dataclasses.replace(toy, name="pair", variant=variant), tmp_path / "pair" / variant
        )
    (tmp_path / "pair" / "variants.yaml").write_text(
        "default: low\nvariants:\n  high: the high one\n  low: the low one\n", encoding="utf-8"
    )
    (tmp_path / "empty").mkdir()
    library.load_table.cache_clear()
    yield tmp_path
    library.load_table.cache_clear()


def test_the_shipped_tables_are_there() -> None:
    assert {"usa_2014", "deu_2014", "usa_1947"} <= set(library.table_names())
    assert library.load_table("usa_1947") is library.load_table("usa_1947")


def test_an_unknown_table_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        library.load_table("usa_2041")
    (fault,) = caught.value.faults
    assert fault.nearest[0] == "usa_2014"
    assert fault.value == "usa_2041"


def test_variants_are_listed_with_the_default_first(shelf: Path) -> None:
    assert library.table_names() == ["pair", "plain"]
    assert library.table_variants("pair") == ["low", "high"]
    assert library.variant_titles("pair")["high"] == "the high one"
    assert library.table_variants("plain") == []


def test_the_default_variant_is_loaded_where_none_is_named(shelf: Path) -> None:
    assert library.load_table("pair").variant == "low"
    assert library.load_table("pair", "high").variant == "high"
    assert list(library.load_variants("pair")) == ["low", "high"]
    assert list(library.load_variants("plain")) == [""]


def test_an_unknown_variant_is_refused_with_the_nearest(shelf: Path) -> None:
    with pytest.raises(InputError, match="did you mean high"):
        library.load_table("pair", "hihg")
    with pytest.raises(InputError, match="has no variants"):
        library.load_table("plain", "high")


def test_a_default_that_is_no_variant_is_refused(shelf: Path) -> None:
    path = shelf / "pair" / "variants.yaml"
    path.write_text("default: lwo\nvariants:\n  low: the low one\n", encoding="utf-8")
    with pytest.raises(InputError, match="did you mean low"):
        library.load_table("pair")


def test_a_table_is_opened_by_name_or_by_path(shelf: Path, toy: Table) -> None:
    assert library.open_table("plain").name == "plain"
    assert library.open_table(str(shelf / "pair" / "high")).variant == "high"
    with pytest.raises(InputError, match="no such file"):
        library.open_table("nowhere/flows.csv")
    with pytest.raises(InputError, match="did you mean plain"):
        library.open_table("plian")
