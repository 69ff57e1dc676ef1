"""Constant prices and mixed units."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conjuncture.accounts.checks import check, skipped
from conjuncture.accounts.deflate import deflate, in_physical_units
from conjuncture.accounts.formats.form import read_table, write_table
from conjuncture.accounts.leontief import (
    labour_content,
    linkages,
    output_for,
    output_multipliers,
)
from conjuncture.accounts.library import load_table
from conjuncture.accounts.structure.multipliers import multipliers
from conjuncture.accounts.table import Table
from conjuncture.accounts.uncertainty import drawn_table
from conjuncture.core.errors import InputError

ONES = {"farms": 1.0, "works": 1.0, "shops": 1.0}


def test_prices_of_one_change_nothing_but_the_rows_of_value_added(toy: Table) -> None:
    found = deflate(toy, ONES, base="2020", primary_prices={"taxes": 1}, capital_prices=ONES)
    np.testing.assert_array_equal(found.table.intermediate, toy.intermediate)
    np.testing.assert_allclose(found.table.primary, toy.primary)
    np.testing.assert_allclose(found.value_added_deflator, 1)
    assert found.table.prices == "basic prices, constant 2020"


def test_double_deflation_by_hand(toy: Table) -> None:
    prices = {"farms": 2.0, "works": 1.0, "shops": 1.0}
    found = deflate(toy, prices, base="2010", primary_prices={"taxes": 1}, capital_prices=ONES)
    # Farms: output 150 / 2; inputs 20 / 2 + 30 + 20.
    assert found.table.value_added[0] == pytest.approx(75 - 10 - 30 - 20)
    # Works: their farm inputs of 60 are worth 30, so value added grows by 30.
    assert found.table.value_added[1] == pytest.approx(150 + 30)
    assert check(found.table) == []
    dear = deflate(toy, prices | {"farms": 8.0}, base="2010", primary_prices={"taxes": 1},
                   capital_prices=ONES)  # fmt: skip
    assert dear.negative == ("farms",)
    assert np.isnan(dear.value_added_deflator[0])


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_real_table_balances_at_any_prices(seed: int, own: bool) -> None:
    table = load_table("deu_2014")
    rng = np.random.default_rng(seed)
    draw = lambda: dict(zip(table.sectors, rng.uniform(0.5, 2, table.size), strict=True))  # noqa: E731
    others = {n: 1.1 for n in table.primary_inputs if n not in table.value_added_rows}
    found = deflate(
        table, draw(), base="1995", import_prices=draw() if own else None,
        primary_prices=others, capital_prices=draw(),
    )  # fmt: skip
    kinds = {fault.field.split(" ")[0] for fault in check(found.table)}
    assert kinds <= {"imported"}  # cells at the edge of rounding in the source


def test_every_missing_index_is_named(toy: Table) -> None:
    prices = {"farm": 1.0, "works": -1.0, "shops": 1.0}
    with pytest.raises(InputError) as caught:
        deflate(toy, prices, base="2010")
    assert {fault.field for fault in caught.value.faults} == {
        "prices", "prices[farms]", "prices[works]", "primary_prices[taxes]",
        "capital_prices[farms]", "capital_prices[works]", "capital_prices[shops]",
    }  # fmt: skip
    plain = dataclasses.replace(toy, imported_intermediate=None, imported_final=None)
    with pytest.raises(InputError, match="does not tell domestic"):
        deflate(plain, ONES, base="2010", import_prices=ONES, primary_prices={"taxes": 1},
                capital_prices=ONES)  # fmt: skip


def test_shares_in_investment_are_brought_to_base_prices(toy: Table) -> None:
    shares = np.array([[0.5, 0, 0], [0.5, 1, 1], [0, 0, 0]])
    table = dataclasses.replace(toy, capital_composition=shares)
    prices = {"farms": 3.0, "works": 1.0, "shops": 1.0}
    found = deflate(table, prices, base="2010", primary_prices={"taxes": 1}, capital_prices=ONES)
    np.testing.assert_allclose(found.table.capital_composition[:, 0], [0.25, 0.75, 0])
    np.testing.assert_array_equal(found.table.capital_composition[:, 1:], shares[:, 1:])


# Mixed units -----------------------------------------------------------------------


@pytest.fixture
def mixed(toy: Table) -> Table:
    return in_physical_units(toy, {"farms": ("kt", 0.25), "works": ("thousand pieces", 4)})


def test_analysis_by_solving_holds_in_mixed_units(toy: Table, mixed: Table) -> None:
    price = np.array([0.25, 4, 1])
    np.testing.assert_allclose(mixed.output, toy.output / price)
    demand = np.array([10, 5, 7.0])
    np.testing.assert_allclose(output_for(mixed, demand / price), output_for(toy, demand) / price)
    np.testing.assert_allclose(labour_content(mixed), labour_content(toy) * price)


def test_sums_of_columns_are_skipped_and_said(mixed: Table) -> None:
    assert check(mixed) == []
    (said,) = skipped(mixed)
    assert "kt" in said
    assert "columns" in said
    refusing = (output_multipliers, linkages, lambda t: multipliers(t, "imports"),
                lambda t: drawn_table(t, 0.1, member=0, seed=1))  # fmt: skip
    for refused in refusing:
        with pytest.raises(InputError, match="different units"):
            refused(mixed)
    wrong = dataclasses.replace(mixed, output=mixed.output * [1.01, 1, 1])
    assert {fault.field for fault in check(wrong)} == {"row [farms]"}


def test_mixed_units_are_written_and_read(mixed: Table, tmp_path: Path) -> None:
    write_table(mixed, tmp_path)
    again = read_table(tmp_path)
    assert again.row_units == ("kt", "thousand pieces", "million EUR")
    np.testing.assert_array_equal(again.intermediate, mixed.intermediate)


def test_wrong_products_are_refused(toy: Table) -> None:
    with pytest.raises(InputError) as caught:
        in_physical_units(toy, {"farm": ("kt", 1), "works": ("t", 0)})
    assert [fault.field for fault in caught.value.faults] == ["products", "products[works]"]


def test_indices_of_a_hundred_in_the_base_year(toy: Table) -> None:
    prices = {"farms": 2.0, "works": 1.1, "shops": 0.9}
    one = deflate(toy, prices, base="2010", primary_prices={"taxes": 1.2}, capital_prices=ONES)
    published = {name: 100 * value for name, value in prices.items()}
    many = deflate(toy, published, base="2010", primary_prices={"taxes": 120.0}, base_index=100,
                   capital_prices=dict.fromkeys(ONES, 100.0))  # fmt: skip
    np.testing.assert_allclose(many.table.intermediate, one.table.intermediate)
    np.testing.assert_allclose(many.table.value_added, one.table.value_added)
    assert many.table.capital is not None
    assert one.table.capital is not None
    np.testing.assert_allclose(many.table.capital.stock, one.table.capital.stock)
    with pytest.raises(InputError, match="index of the base year is not positive"):
        deflate(toy, prices, base="2010", base_index=0.0)
