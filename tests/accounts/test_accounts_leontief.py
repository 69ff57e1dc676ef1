"""The Leontief model against pymrio on the same tables, and against its own identities."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pymrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conjuncture.accounts.leontief import (
    coefficients,
    content,
    final_demand,
    labour_content,
    leontief_inverse,
    linkages,
    output_for,
    output_multipliers,
    solve,
    spectral_radius,
)
from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import Table
from conjuncture.core.errors import InputError

SHIPPED = ["usa_2014", "deu_2014", "usa_1947"]
WITH_IMPORTS = [
    (name, domestic)
    for name in SHIPPED
    for domestic in (False, True)
    if name != "usa_1947" or not domestic
]


@pytest.mark.parametrize(("name", "domestic"), WITH_IMPORTS)
def test_pymrio_finds_the_same(name: str, domestic: bool) -> None:
    table = load_table(name)
    flows = np.array(table.intermediate)
    if domestic:
        assert table.imported_intermediate is not None
        flows = flows - table.imported_intermediate
    labels = pd.Index(table.sectors, name="sector")
    Z = pd.DataFrame(flows, index=labels, columns=labels)
    x = pd.DataFrame({"output": table.output}, index=labels)
    A = pymrio.calc_A(Z, x)
    L = pymrio.calc_L(A)
    np.testing.assert_allclose(coefficients(table, domestic=domestic), A, rtol=0, atol=1e-10)
    np.testing.assert_allclose(leontief_inverse(table, domestic=domestic), L, rtol=0, atol=1e-10)
    S = pymrio.calc_S(pd.DataFrame([table.value_added], columns=labels), x["output"])
    M = pymrio.calc_M(S, L)
    np.testing.assert_allclose(
        output_multipliers(table, domestic=domestic), L.sum(axis=0), rtol=0, atol=1e-10
    )
    np.testing.assert_allclose(
        content(table, table.value_added / table.output, domestic=domestic),
        M.to_numpy()[0],
        rtol=0,
        atol=1e-10,
    )


@pytest.mark.parametrize(("name", "domestic"), WITH_IMPORTS)
def test_the_demand_of_the_year_needs_the_output_of_the_year(name: str, domestic: bool) -> None:
    table = load_table(name)
    output = output_for(table, final_demand(table, domestic=domestic), domestic=domestic)
    np.testing.assert_allclose(output, table.output, rtol=1e-10)


@pytest.mark.parametrize("name", SHIPPED)
def test_contents_add_up_to_what_was_used(name: str) -> None:
    """What final demand contains of labour is the labour of the year."""
    table = load_table(name)
    assert table.labour is not None
    for k, kind in enumerate(table.labour.kinds):
        total = labour_content(table, kind) @ final_demand(table)
        assert total == pytest.approx(table.labour.used[k].sum(), rel=1e-10)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_primary_inputs_of_a_unit_are_that_unit(name: str) -> None:
    """All primary inputs that a unit of final demand contains are worth one unit."""
    table = load_table(name)
    direct = table.primary.sum(axis=0) / table.output
    np.testing.assert_allclose(content(table, direct), 1.0, atol=1e-10)


def test_linkages_are_the_sums_of_the_inverse() -> None:
    table = load_table("usa_1947")
    L = leontief_inverse(table)
    frame = linkages(table)
    assert tuple(frame.index) == table.sectors
    np.testing.assert_allclose(frame["backward"], L.sum(axis=0) / L.sum(axis=0).mean())
    np.testing.assert_allclose(frame["forward"], L.sum(axis=1) / L.sum(axis=1).mean())


def test_many_demands_are_solved_at_once(toy: Table) -> None:
    both = np.column_stack([final_demand(toy), np.ones(3)])
    found = output_for(toy, both)
    assert found.shape == (3, 2)
    np.testing.assert_allclose(found[:, 0], toy.output)
    np.testing.assert_allclose(found[:, 1], output_for(toy, np.ones(3)))


def test_a_labelled_demand_must_carry_the_labels(toy: Table) -> None:
    demand = pd.Series(final_demand(toy), index=list(toy.sectors))
    np.testing.assert_allclose(output_for(toy, demand), toy.output)
    with pytest.raises(InputError, match="another order"):
        output_for(toy, demand.iloc[::-1])
    with pytest.raises(InputError) as caught:
        output_for(toy, demand.rename({"works": "wroks"}))
    assert [fault.value for fault in caught.value.faults] == ["wroks", "works"]
    assert caught.value.faults[0].nearest[0] == "works"


def test_a_demand_of_the_wrong_shape_or_value_is_refused(toy: Table) -> None:
    with pytest.raises(InputError, match="3 sectors"):
        output_for(toy, [1.0, 2.0])
    with pytest.raises(InputError, match=r"demand\[works\]"):
        output_for(toy, [1.0, np.nan, 2.0])


def test_what_a_table_lacks_is_named(toy: Table) -> None:
    bare = dataclasses.replace(toy, imported_intermediate=None, imported_final=None, labour=None)
    with pytest.raises(InputError, match="imported_intermediate"):
        output_for(bare, np.ones(3), domestic=True)
    with pytest.raises(InputError, match="imported_final"):
        final_demand(bare, domestic=True)
    with pytest.raises(InputError, match="labour"):
        labour_content(bare)
    with pytest.raises(InputError, match="did you mean persons"):
        labour_content(toy, "person")


# Solving ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("A", "named"),
    [
        ([[0.5, 0.5, 0], [0.5, 0.5, 0], [0.1, 0, 0.2]], ("a", "b")),
        ([[0.5, 0.0, 0], [0.0, 1.0, 0], [0.1, 0, 0.2]], ("b",)),
        ([[0.0, 2.0, 0], [0.6, 0.0, 0], [0.0, 0, 0.2]], ("a", "b")),
        ([[0.2, 0.0, 0], [0.0, 0.2, 0], [0.0, 0, 1.7]], ("c",)),
    ],
)
def test_coefficients_that_use_up_their_output_are_refused(
    A: list[list[float]], named: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as caught:
        solve(np.array(A), np.ones(3), ("a", "b", "c"))
    (fault,) = caught.value.faults
    assert fault.field == f"sectors {', '.join(named)}"
    assert fault.value is not None
    assert float(fault.value) >= 1 - 1e-9
    assert fault.remedy


def test_a_thin_matrix_is_solved_as_a_dense_one() -> None:
    rng = np.random.default_rng(1)
    n = 600
    A = np.where(rng.random((n, n)) < 2 / n, rng.random((n, n)), 0.0)
    A *= 0.8 / A.sum(axis=0).max()
    f = rng.random(n)
    names = tuple(map(str, range(n)))
    expected = np.linalg.solve(np.eye(n) - A, f)
    np.testing.assert_allclose(solve(A, f, names), expected, rtol=1e-10)
    A[:, 5] = 0
    A[5, 5] = 1.0
    with pytest.raises(InputError, match="sectors 5"):
        solve(A, f, names)


def test_declared_negative_coefficients_are_judged_by_eigenvalues() -> None:
    A = np.array([[0.2, -0.1], [0.3, 0.1]])
    f = np.array([1.0, 2.0])
    np.testing.assert_allclose(solve(A, f, ("a", "b")), np.linalg.solve(np.eye(2) - A, f))


@given(st.integers(1, 8), st.floats(0.01, 0.99), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_a_productive_economy_meets_any_demand(n: int, radius: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    A = rng.random((n, n))
    A *= radius / spectral_radius(A)
    f = rng.random(n)
    x = solve(A, f, tuple(map(str, range(n))))
    assert (x >= f - 1e-12).all()
    np.testing.assert_allclose(x - A @ x, f, atol=1e-8)


@given(st.integers(1, 8), st.floats(1.001, 5), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_an_unproductive_economy_is_never_solved(n: int, radius: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    A = rng.random((n, n))
    A *= radius / spectral_radius(A)
    with pytest.raises(InputError, match="spectral radius"):
        solve(A, rng.random(n), tuple(map(str, range(n))))
