"""Regions of a table: splitting keeps every identity, joining gives back every total."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pymrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from conjuncture.accounts.checks import check
from conjuncture.accounts.formats.form import read_table
from conjuncture.accounts.formats.readers import declare_exceptions, from_pymrio
from conjuncture.accounts.library import load_table
from conjuncture.accounts.regions import DELIVERED, is_regional, labels, regions, split
from conjuncture.accounts.regions_join import join, trade_shares
from conjuncture.accounts.table import Capital, FinalUse, Labour, Satellites, Table
from conjuncture.cli.app import app
from conjuncture.core.errors import InputError

REGIONS = ("north", "south", "isle")
MADE = {"north": ("corn", "steel", "trade"), "south": ("corn", "steel", "trade"),
        "isle": ("corn", "trade")}  # fmt: skip
SECTORS = tuple(f"{r}:{p}" for r in REGIONS for p in MADE[r])


def three_regions(seed: int = 3, *, abroad: bool = True) -> Table:
    """A table of three regions, one of which makes no steel, with every optional block."""
    rng = np.random.default_rng(seed)
    n = len(SECTORS)
    uses = tuple(
        FinalUse(f"{r}:{name}", role)  # type: ignore[arg-type]
        for r in REGIONS
        for name, role in (("homes", "consumption"), ("building", "investment"),
                           ("stocks", "inventories"), ("abroad", "exports"))
    )  # fmt: skip
    Z, F = 5 * rng.random((n, n)), 20 * rng.random((n, len(uses)))
    F[:, 2::4] -= 8
    share = 0.1 * rng.random(n) if abroad else np.zeros(n)
    total = Z.sum(axis=1) + F.sum(axis=1)
    imports = share * total
    x = total - imports
    composition = rng.random((n, n))
    return Table(
        name="isles", title="Three regions", territory="XAA", year=2020, currency="EUR",
        unit="million EUR", prices="basic prices, current", origin="user: made up",
        sectors=SECTORS, titles=SECTORS, intermediate=Z, final_uses=uses, final=F,
        imports=imports, primary_inputs=("value_added",), value_added_rows=("value_added",),
        primary=(x - Z.sum(axis=0))[None], output=x,
        imported_intermediate=share[:, None] * Z, imported_final=share[:, None] * F,
        labour=Labour(("persons",), ("thousand",), 1 + rng.random((1, n)), {"army": 2.0}),
        capital=Capital(10 * rng.random(n), "in_use", 0.1 * rng.random(n), "user", "user"),
        capital_composition=composition / composition.sum(axis=0),
        satellites=Satellites(("co2",), ("kt",), ("user",), rng.random((1, n)),
                              rng.random((1, len(uses)))),
    )  # fmt: skip


def test_regions_are_read_off_the_labels() -> None:
    table = three_regions()
    assert regions(table) == REGIONS
    assert is_regional(table)
    found = labels(table)
    assert found.products == ("corn", "steel", "trade")
    assert found.sector_region.tolist() == [0, 0, 0, 1, 1, 1, 2, 2]
    assert found.use_names[:4] == ("homes", "building", "stocks", "abroad")
    world = from_pymrio(pymrio.load_test(), year=2012)
    assert regions(world) == tuple(f"reg{k}" for k in range(1, 7))


def test_a_national_table_has_no_regions() -> None:
    assert not is_regional(load_table("usa_1947"))
    with pytest.raises(InputError, match="has no region"):
        regions(load_table("deu_2014"))
    table = three_regions()
    alone = dataclasses.replace(table, sectors=tuple(f"{k}:{s[-3:]}{k}" for k, s in
                                                     enumerate(table.sectors)))  # fmt: skip
    with pytest.raises(InputError, match="no product is made in two regions"):
        split(alone)
    uses = (FinalUse("nroth:homes", "consumption"), *table.final_uses[1:])
    with pytest.raises(InputError, match="did you mean north"):
        split(dataclasses.replace(table, final_uses=uses))
    uses = (FinalUse(f"north:{DELIVERED.name}", "exports"), *table.final_uses[1:])
    with pytest.raises(InputError, match="a name that the split needs"):
        split(dataclasses.replace(table, final_uses=uses))
    mixed = dataclasses.replace(table, row_units=("t", *(table.unit,) * (table.size - 1)))
    with pytest.raises(InputError, match="different units"):
        split(mixed)


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=10, deadline=None)
def test_the_split_keeps_every_identity(seed: int, abroad: bool) -> None:
    table = declare_exceptions(three_regions(seed, abroad=abroad))
    found = split(table)
    assert list(found.faults()) == []
    for region in REGIONS:
        part = found.tables[region]
        named = [f for f in check(part) if not str(f.problem).startswith("final flow is neg")]
        assert named == []
        own = [s.startswith(f"{region}:") for s in table.sectors]
        there = [p in MADE[region] for p in part.sectors]
        np.testing.assert_array_equal(part.output[there], table.output[own])
        np.testing.assert_array_equal(part.value_added[there], table.value_added[own])
        assert part.labour is not None
        assert part.labour.used[0, there] == pytest.approx(table.labour.used[0, own])  # type: ignore[union-attr]
        assert ("steel" in part.exceptions.get("no_output", ())) == (region == "isle")
    D = found.deliveries
    assert D.attrs["unit"] == "million EUR/year"
    uses = table.intermediate.sum() + table.final.sum()
    assert float(D.sum()) == pytest.approx(uses)
    # what leaves all regions for others arrives in them: deliveries between net out
    between = found.between
    sent, got = between.sum("destination"), between.sum("origin")
    assert float(sent.sum()) == pytest.approx(float(got.sum()))
    np.testing.assert_allclose(found.abroad[found.made], table.imports, atol=1e-9)


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=10, deadline=None)
def test_joining_gives_back_every_total(seed: int, abroad: bool) -> None:
    table = declare_exceptions(three_regions(seed, abroad=abroad))
    first = split(table)
    again = join(first)
    assert again.sectors == table.sectors
    assert again.final_uses == table.final_uses
    for name in ("output", "imports", "primary"):
        np.testing.assert_allclose(getattr(again, name), getattr(table, name), atol=1e-9)
    np.testing.assert_allclose(again.intermediate.sum(0), table.intermediate.sum(0), rtol=1e-9)
    uses = [t.intermediate.sum(1) + t.final.sum(1) for t in (again, table)]
    np.testing.assert_allclose(*uses, rtol=1e-9)
    for part in ("used", "final"):
        np.testing.assert_allclose(getattr(again.satellites, part),
                                   getattr(table.satellites, part))  # fmt: skip
    np.testing.assert_allclose(again.labour.used, table.labour.used)  # type: ignore[union-attr]
    assert again.labour.outside == {"army": 2.0}  # type: ignore[union-attr]
    np.testing.assert_allclose(again.capital.stock, table.capital.stock)  # type: ignore[union-attr]
    np.testing.assert_allclose(again.capital_composition.sum(0), 1)  # type: ignore[union-attr]
    second = split(again)
    np.testing.assert_allclose(second.deliveries, first.deliveries, atol=1e-9)
    for region in REGIONS:
        for name in ("intermediate", "final", "imports", "output", "capital_composition"):
            np.testing.assert_allclose(
                getattr(second.tables[region], name), getattr(first.tables[region], name),
                atol=1e-9,
            )  # fmt: skip
    # a table with one set of trade shares for all users is found again, cell by cell
    third = join(second)
    np.testing.assert_allclose(third.intermediate, again.intermediate, atol=1e-9)
    np.testing.assert_allclose(third.final, again.final, atol=1e-9)


def test_beside_pymrio_on_its_own_table() -> None:
    mrio: Any = pymrio.load_test().calc_all()
    table = declare_exceptions(from_pymrio(mrio, year=2012))
    found = split(table)
    assert list(found.faults()) == []
    for region, part in found.tables.items():
        assert check(part) == []
        national = from_pymrio(mrio, region)
        np.testing.assert_allclose(part.intermediate, national.intermediate)
        np.testing.assert_allclose(part.imports, national.imports)
        np.testing.assert_allclose(part.final_by_role("exports"),
                                   national.final_by_role("exports"), atol=1e-6)  # fmt: skip
    # bilateral deliveries, by pandas on the peer's own frames
    Z = mrio.Z.T.groupby(level=0).sum().T + mrio.Y.T.groupby(level=0).sum().T
    D = found.deliveries.sel(product="mining", origin="reg2", destination="reg5")
    assert float(D) == pytest.approx(Z.loc[("reg2", "mining"), "reg5"])
    again = join(found)
    assert check(again) == []
    np.testing.assert_allclose(again.output, table.output)
    np.testing.assert_allclose(split(again).deliveries, found.deliveries, atol=1e-6)


def test_shares_add_up_and_an_unused_product_comes_from_home() -> None:
    table = three_regions()
    found = split(table)
    shares = trade_shares(found)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    empty = found.deliveries.copy(data=np.zeros(found.deliveries.shape))
    none = trade_shares(dataclasses.replace(found, deliveries=empty))
    assert none[0, 0, 0] == none[0, 2, 2] == 1  # corn is made everywhere
    assert none[1, 0, 2] == 1  # steel of the isle comes from the first that makes it


def test_deliveries_that_do_not_fit_the_tables_are_refused() -> None:
    found = split(three_regions())
    D = found.deliveries.copy()
    D.loc[{"product": "steel", "origin": "north", "destination": "south"}] += 5
    with pytest.raises(InputError) as caught:
        join(dataclasses.replace(found, deliveries=D))
    fields = {fault.field for fault in caught.value.faults}
    assert {"north:steel", "south:steel"} <= fields
    other = dataclasses.replace(found.tables["isle"], unit="million USD", labour=None)
    with pytest.raises(InputError) as caught:
        join(dataclasses.replace(found, tables={**found.tables, "isle": other}))
    assert {f.field for f in caught.value.faults} == {"isle: unit", "isle: labour"}


def test_the_commands_import_and_split(tmp_path: Path) -> None:
    pymrio.load_test().save_all(tmp_path / "m")
    words = ["tables", "import", str(tmp_path / "m"), str(tmp_path / "world"), "--format", "pymrio",
             "--year", "2012", "--declare",
             "--satellite", "emissions=emission_type1 air"]  # fmt: skip
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    table = read_table(tmp_path / "world")
    assert table.satellites is not None
    assert table.satellites.kinds == ("emission_type1 air",)
    words = ["tables", "split", str(tmp_path / "world"), "--out", str(tmp_path / "parts"), "--json"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    rows = {row["region"]: row for row in shown["regions"]}
    sent = sum(row["delivered to other regions"] for row in rows.values())
    assert sent == pytest.approx(sum(row["received from other regions"] for row in rows.values()))
    part = read_table(tmp_path / "parts" / "reg3")
    assert part.output.sum() == pytest.approx(rows["reg3"]["output"])
    assert part.satellites is not None
    lines = pd.read_csv(tmp_path / "parts" / "deliveries.csv")
    apart = lines[lines["origin"] != lines["destination"]]
    assert apart["Mill USD"].sum() == pytest.approx(sent)
    result = CliRunner().invoke(app, ["tables", "split", "usa_1947"])
    assert result.exit_code != 0
