"""Aggregation and disaggregation keep totals, balances and, both ways, the table itself."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pymrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conjuncture.accounts.aggregation import aggregate, disaggregate
from conjuncture.accounts.checks import check
from conjuncture.accounts.concordance import (
    Concordance,
    Link,
    division,
    identity,
    read_concordance,
    write_concordance,
)
from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import Satellites, Table
from conjuncture.core.errors import InputError

ARRAYS = (
    "intermediate", "final", "imports", "primary", "output",
    "imported_intermediate", "imported_final", "capital_composition",
)  # fmt: skip


@pytest.fixture
def full(toy: Table) -> Table:
    return dataclasses.replace(
        toy,
        capital_composition=np.array([[0, 0.1, 0], [0.75, 0.7, 0.5], [0.25, 0.2, 0.5]]),
        satellites=Satellites(
            ("energy", "co2"), ("TJ", "kt"), ("user", "user"),
            np.array([[5, 20, 7], [3, 11, 2.0]]), np.array([[9, 0, 0], [4, 0, 0.0]]),
        ),
    )  # fmt: skip


def same(a: Table, b: Table, rtol: float = 1e-12) -> None:
    assert a.sectors == b.sectors
    for name in ARRAYS:
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=rtol, atol=1e-12)
    np.testing.assert_allclose(a.labour.used, b.labour.used, rtol=rtol)
    np.testing.assert_allclose(a.capital.stock, b.capital.stock, rtol=rtol)
    np.testing.assert_allclose(a.capital.depreciation, b.capital.depreciation, rtol=rtol)
    np.testing.assert_allclose(a.satellites.used, b.satellites.used, rtol=rtol)


def test_the_identity_changes_nothing(full: Table) -> None:
    again = aggregate(full, identity(full.sectors))
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(again, name), getattr(full, name))
    assert again.capital.depreciation.tolist() == full.capital.depreciation.tolist()
    assert (again.titles, again.exceptions, again.reconstruction) == (full.titles, {}, False)


def test_two_sectors_by_hand(full: Table) -> None:
    links = (Link("farms", "goods"), Link("works", "goods"), Link("shops", "services"))
    small = aggregate(full, Concordance(links, "two", titles={"goods": "Goods"}), name="two")
    np.testing.assert_array_equal(small.intermediate, [[230, 60], [80, 80]])
    np.testing.assert_array_equal(small.imported_intermediate, [[48, 10], [5, 6]])
    np.testing.assert_array_equal(small.output, [550, 510])
    np.testing.assert_array_equal(small.imports, [100, 20])
    np.testing.assert_array_equal(small.labour.used, [[13, 22], [22, 35]])
    np.testing.assert_array_equal(small.satellites.used, [[25, 7], [14, 2]])
    assert small.capital.depreciation[0] == pytest.approx((200 * 0.05 + 450 * 0.08) / 650)
    # Investment of farms and works is averaged by the capital that they consume: 10 and 36.
    np.testing.assert_allclose(
        small.capital_composition[:, 0], [(10 * 0.75 + 36 * 0.8) / 46, (10 * 0.25 + 36 * 0.2) / 46]
    )
    assert (small.titles, small.name) == (("Goods", "Services"), "two")
    assert check(small) == []
    assert not small.reconstruction


@given(st.integers(0, 10_000), st.integers(2, 5))
@settings(max_examples=40, deadline=None)
def test_a_real_table_keeps_its_totals_and_balances(seed: int, groups: int) -> None:
    table = load_table("usa_2014")
    rng = np.random.default_rng(seed)
    links = tuple(Link(s, f"g{rng.integers(groups)}") for s in table.sectors)
    small = aggregate(table, Concordance(links, "random groups"))
    assert check(small) == []
    for name in ARRAYS[:7]:
        whole = getattr(table, name)
        scale = np.abs(whole).sum()
        assert abs(getattr(small, name).sum() - whole.sum()) <= 1e-13 * scale
    np.testing.assert_allclose(small.labour.used.sum(1), table.labour.used.sum(1), rtol=1e-13)
    np.testing.assert_allclose(
        small.capital.stock @ small.capital.depreciation,
        table.capital.stock @ table.capital.depreciation,
        rtol=1e-9 if (table.capital.stock >= 0).all() else 0.05,
    )


@given(
    st.lists(st.floats(0.01, 100), min_size=1, max_size=4),
    st.lists(st.floats(0.01, 100), min_size=1, max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_dividing_and_adding_up_again_returns_the_table(a: list[float], b: list[float]) -> None:
    table = load_table("usa_1947")
    first, last = table.sectors[0], table.sectors[-1]
    amounts = {
        first: {f"a{k}": v for k, v in enumerate(a)},
        last: {f"b{k}": v for k, v in enumerate(b)},
    }
    divided = disaggregate(table, amounts, proxy="made up for a test")
    assert check(divided) == []
    assert divided.reconstruction == (len(a) + len(b) > 2)
    there = division(table.sectors, amounts, proxy="made up for a test")
    back = aggregate(divided, there.backward())
    assert back.sectors == table.sectors
    for name in ARRAYS[:5]:
        np.testing.assert_allclose(getattr(back, name), getattr(table, name), rtol=1e-12, atol=1e-8)
    np.testing.assert_allclose(back.labour.used, table.labour.used, rtol=1e-12)
    np.testing.assert_allclose(back.capital.depreciation, table.capital.depreciation, rtol=1e-12)


def test_every_block_comes_back(full: Table) -> None:
    there = division(full.sectors, {"works": {"steel": 30, "cloth": 50}}, proxy="employment")
    divided = aggregate(full, there)
    assert divided.sectors == ("farms", "steel", "cloth", "shops")
    assert divided.output[1] == pytest.approx(400 * 3 / 8)
    assert check(divided) == []
    same(aggregate(divided, there.backward()), full)


def test_a_peer_adds_up_the_same_table() -> None:
    mrio = pymrio.load_test()
    table = _first_region(mrio)
    groups = ["a", "a", "b", "b", "b", "c", "c", "c"]
    links = tuple(Link(s, g) for s, g in zip(table.sectors, groups, strict=True))
    ours = aggregate(table, Concordance(links, "three"))
    mrio.aggregate(sector_agg=groups)
    block = mrio.Z.loc["reg1", "reg1"]
    np.testing.assert_allclose(ours.intermediate, block.loc[["a", "b", "c"], ["a", "b", "c"]])


def _first_region(mrio: pymrio.IOSystem) -> Table:
    Z = mrio.Z.loc["reg1", "reg1"].to_numpy()
    output = 3 * np.maximum(Z.sum(axis=0), Z.sum(axis=1))
    base = load_table("usa_1947")
    n = len(Z)
    return dataclasses.replace(
        base, sectors=tuple(mrio.get_sectors()), titles=("",) * n, intermediate=Z,
        final_uses=base.final_uses[:1], final=(output - Z.sum(axis=1))[:, None],
        imports=np.zeros(n), primary_inputs=("value_added",), value_added_rows=("value_added",),
        primary=(output - Z.sum(axis=0))[None, :], output=output, labour=None, capital=None,
        imported_intermediate=None, imported_final=None, exceptions={},
    )  # fmt: skip


def test_all_faults_of_a_concordance_come_at_once(full: Table) -> None:
    links = (
        Link("farm", "goods"), Link("works", "goods", 0.5), Link("works", "goods", 0.5),
        Link("works", "services", 0.3),
    )  # fmt: skip
    wrong = Concordance(links, "wrong", titles={"godos": "Goods"})
    with pytest.raises(InputError) as caught:
        aggregate(full, wrong)
    found = {(fault.field, fault.value) for fault in caught.value.faults}
    assert found == {
        ("links: from", "farm"),
        ("links: from", "farms"),
        ("links: from", "shops"),
        ("links: works to goods", "works"),
        ("links: works", "1.3"),
        ("proxy", None),
        ("titles", "godos"),
    }
    assert all(fault.remedy for fault in caught.value.faults)


def test_faults_of_a_division_come_at_once(full: Table) -> None:
    with pytest.raises(InputError) as caught:
        disaggregate(
            full, {"work": {"a": 1}, "works": {"shops": 2, "b": -1}, "farms": {}}, proxy="x"
        )
    assert {fault.value for fault in caught.value.faults} == {"work", "-1", "shops", "farms"}


def test_what_was_put_together_cannot_be_told_apart(full: Table) -> None:
    links = tuple(Link(s, "all") for s in full.sectors)
    with pytest.raises(InputError, match="cannot be told apart"):
        Concordance(links, "one").backward()


def test_declared_exceptions_move_with_their_sector(full: Table) -> None:
    table = dataclasses.replace(full, exceptions={"capital": ("farms",), "labour": ("shops",)})
    links = (Link("farms", "goods"), Link("works", "goods"), Link("shops", "rest"))
    small = aggregate(table, Concordance(links, "two"))
    assert dict(small.exceptions) == {"capital": ("goods",), "labour": ("rest",)}


def test_products_in_different_units_are_not_added_up(full: Table) -> None:
    table = dataclasses.replace(full, row_units=("kt", "million EUR", "million EUR"))
    links = (Link("farms", "goods"), Link("works", "goods"), Link("shops", "rest"))
    with pytest.raises(InputError, match="kt, million EUR"):
        aggregate(table, Concordance(links, "two"))
    links = (Link("farms", "f"), Link("works", "rest"), Link("shops", "rest"))
    assert aggregate(table, Concordance(links, "two")).row_units == ("kt", "million EUR")


@pytest.mark.parametrize("suffix", [".yaml", ".csv"])
def test_concordances_are_read_from_files(tmp_path: Path, suffix: str) -> None:
    text = {
        ".yaml": "title: two\nproxy: employment\ntitles: {goods: Goods}\nlinks:\n"
        "  - {from: farms, to: goods}\n  - {from: works, to: goods, weight: 0.25}\n"
        "  - {from: works, to: rest, weight: 0.75}\n",
        ".csv": "from,to,weight,title,proxy\nfarms,goods,,Goods,\nworks,goods,0.25,,employment\n"
        "works,rest,0.75,,employment\n",
    }[suffix]
    path = tmp_path / f"c{suffix}"
    path.write_text(text, encoding="utf-8")
    found = read_concordance(path)
    assert found.targets == ("goods", "rest")
    assert (found.proxy, dict(found.titles)) == ("employment", {"goods": "Goods"})
    np.testing.assert_allclose(found.matrix(("works", "farms")), [[0.25, 1], [0.75, 0]])
    again = read_concordance(write_concordance(found, tmp_path / "again.yaml"))
    assert again.links == found.links


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.csv", "from,too\na,b\n", "unknown column 'too'"),
        ("a.csv", "from,to,weight\na,b,much\nc,d,-1\n", "links.1.weight"),
        ("a.csv", "from,to\na\n", "line 2"),
        ("a.yaml", "title: x\nlinks:\n- {from: a, to: b}\n- {from: a, to: b}\n", "stands twice"),
        ("a.yaml", "title: x\nlink: []\n", "links"),
    ],
)
def test_faulty_files_are_refused(tmp_path: Path, name: str, text: str, expected: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=expected):
        read_concordance(tmp_path / name)
