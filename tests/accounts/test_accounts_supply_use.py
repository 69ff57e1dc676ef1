"""Make and use tables become a symmetric table by the industry-technology model."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conjuncture.accounts.checks import check
from conjuncture.accounts.supply_use import DISCREPANCY, SupplyUse, industry_table
from conjuncture.accounts.table import FinalUse
from conjuncture.core.errors import InputError


def accounts(
    make: np.ndarray, use: np.ndarray, imports: np.ndarray, final: np.ndarray | None = None
) -> SupplyUse:
    """Close accounts: final uses take what is left of supply, value added of output."""
    m, c = make.shape
    rest = make.sum(axis=0) + imports - use.sum(axis=1)
    final = np.column_stack([0.7 * rest, 0.3 * rest]) if final is None else final
    return SupplyUse(
        name="toy",
        title="toy",
        territory="XAA",
        year=2020,
        currency="EUR",
        unit="million EUR",
        prices="basic",
        origin="user",
        industries=tuple(f"i{k}" for k in range(m)),
        titles=("",) * m,
        commodities=tuple(f"c{k}" for k in range(c)),
        make=make,
        use=use,
        final_uses=(FinalUse("households", "consumption"), FinalUse("abroad", "exports")),
        final=final,
        imports=imports,
        primary_inputs=("value_added",),
        value_added_rows=("value_added",),
        primary=(make.sum(axis=1) - use.sum(axis=0))[None, :],
    )


def test_two_industries_by_hand() -> None:
    """The first industry makes a fifth of the second commodity as a by-product."""
    toy = accounts(
        make=np.array([[80, 20], [0, 80.0]]),
        use=np.array([[10, 20], [30, 10.0]]),
        imports=np.array([0, 10.0]),
    )
    table = industry_table(toy)
    # D = [[1, 0.2], [0, 0.8]]; Z = D U
    np.testing.assert_allclose(table.intermediate, [[16, 22], [24, 8]])
    np.testing.assert_allclose(table.imports, [2, 8])
    np.testing.assert_allclose(table.final.sum(axis=1), [50 + 0.2 * 70, 0.8 * 70])
    np.testing.assert_allclose(table.output, [100, 80])
    np.testing.assert_allclose(table.value_added, [60, 50])
    assert check(table) == []


def test_industries_that_make_their_own_commodity_alone_keep_the_use_table() -> None:
    use = np.array([[10, 20], [30, 10.0]])
    table = industry_table(accounts(np.diag([100, 90.0]), use, np.zeros(2)))
    np.testing.assert_array_equal(table.intermediate, use)
    assert [u.name for u in table.final_uses] == ["households", "abroad"]


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_the_table_balances_and_keeps_every_total(seed: int, m: int, c: int) -> None:
    rng = np.random.default_rng(seed)
    make = rng.random((m, c)) * (rng.random((m, c)) < 0.7) + 0.05
    use = rng.random((c, m)) * make.sum(axis=1) / (2 * c)
    imports = use.sum(axis=1) * rng.random(c)
    final = make.sum(axis=0) + imports - use.sum(axis=1)
    toy = accounts(make, use, imports, np.column_stack([final, np.zeros(c)]))
    table = industry_table(toy)
    rows = table.intermediate.sum(axis=1) + table.final.sum(axis=1)
    columns = table.intermediate.sum(axis=0) + table.primary.sum(axis=0)
    np.testing.assert_allclose(rows, table.output + table.imports)
    np.testing.assert_allclose(columns, table.output)
    np.testing.assert_allclose(table.output, make.sum(axis=1))
    np.testing.assert_allclose(table.intermediate.sum(axis=0), use.sum(axis=0))
    np.testing.assert_allclose(table.final.sum(axis=0)[:1], final.sum(), atol=1e-12)
    assert table.imports.sum() == pytest.approx(imports.sum())
    assert (table.intermediate >= 0).all()


def test_a_commodity_without_a_producer_is_named_or_refused() -> None:
    make = np.array([[100, 0, 0], [0, 90, 0.0]])
    use = np.array([[10, 20], [30, 10], [4, 6.0]])
    toy = accounts(make, use, np.array([0, 0, 12.0]))
    with pytest.raises(InputError) as caught:
        industry_table(toy)
    (fault,) = caught.value.faults
    assert fault.field == "commodity c2"
    assert "noncomparable" in fault.remedy
    table = industry_table(dataclasses.replace(toy, noncomparable=("c2",)))
    np.testing.assert_allclose(table.primary, [[56, 54], [4, 6]])
    assert table.primary_inputs == ("value_added", "c2")
    assert table.imports.sum() == 0
    assert check(table) == []


def test_a_commodity_partly_made_at_home_is_divided_by_its_supply() -> None:
    make = np.array([[100, 0, 4], [0, 90, 0.0]])
    use = np.array([[10, 20], [30, 10], [4, 6.0]])
    toy = accounts(make, use, np.array([0, 0, 12.0]))
    table = industry_table(dataclasses.replace(toy, noncomparable=("c2",)))
    np.testing.assert_allclose(table.primary[1], [3, 4.5])  # 12 of 16 are imported
    assert table.intermediate[0, 0] == pytest.approx(10 + 1)
    assert check(table) == []


def test_rounding_residuals_stay_in_the_open() -> None:
    toy = accounts(np.diag([100, 90.0]), np.array([[10, 20], [30, 10.0]]), np.zeros(2))
    rough = dataclasses.replace(
        toy, final=toy.final + np.array([[1, 0], [0, 0]]), primary=toy.primary - [[0, 2]]
    )
    with pytest.raises(InputError) as caught:
        industry_table(rough, rounding=0.5)
    assert [(fault.field, fault.value) for fault in caught.value.faults] == [
        ("commodity c0", "-1"),
        ("industry i1", "2"),
    ]
    table = industry_table(rough, rounding=2.5)
    assert table.final_uses[-1] == FinalUse(DISCREPANCY, "inventories")
    np.testing.assert_allclose(table.final[:, -1], [-1, 0])
    assert table.primary_inputs[-1] == DISCREPANCY
    np.testing.assert_allclose(table.primary[-1], [0, 2])
    assert check(table) == []


def test_an_unknown_noncomparable_commodity_is_refused_with_the_nearest() -> None:
    toy = accounts(np.diag([100, 90.0]), np.array([[10, 20], [30, 10.0]]), np.zeros(2))
    with pytest.raises(InputError, match="did you mean c"):
        industry_table(dataclasses.replace(toy, noncomparable=("c9",)))
