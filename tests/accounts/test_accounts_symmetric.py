"""The four models of the Eurostat manual, and the joint balancing of supply and use."""

from __future__ import annotations

import dataclasses
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from conjuncture.accounts.checks import check
from conjuncture.accounts.supply_use import SupplyUse, industry_table
from conjuncture.accounts.sut_balance import balanced_accounts, sut_ras
from conjuncture.accounts.symmetric import MODELS, Model, symmetric_table
from conjuncture.accounts.table import FinalUse
from conjuncture.core.errors import InputError


def accounts(make: np.ndarray, use: np.ndarray, imports: np.ndarray | None = None) -> SupplyUse:
    m, c = make.shape
    imports = np.zeros(c) if imports is None else imports
    rest = make.sum(axis=0) + imports - use.sum(axis=1)
    return SupplyUse(
        name="toy", title="toy", territory="XAA", year=2020, currency="EUR", unit="million EUR",
        prices="basic", origin="user", industries=tuple(f"i{k}" for k in range(m)),
        titles=("",) * m, commodities=tuple(f"c{k}" for k in range(c)), make=make, use=use,
        final_uses=(FinalUse("households", "consumption"), FinalUse("abroad", "exports")),
        final=np.column_stack([0.7 * rest, 0.3 * rest]), imports=imports,
        primary_inputs=("value_added",), value_added_rows=("value_added",),
        primary=(make.sum(axis=1) - use.sum(axis=0))[None, :],
    )  # fmt: skip


@pytest.mark.parametrize("model", list(MODELS))
def test_all_models_agree_where_each_industry_makes_its_own_product(model: Model) -> None:
    use = np.array([[10, 20, 3], [30, 10, 9], [7, 2, 8.0]])
    found = symmetric_table(accounts(np.diag([100, 90, 70.0]), use), model)
    np.testing.assert_allclose(found.table.intermediate, use, rtol=1e-13)
    np.testing.assert_allclose(found.table.primary.sum(axis=0), [53, 58, 50])
    assert found.negatives.empty
    assert check(found.table) == []


def test_product_technology_by_hand() -> None:
    """The recipe of the second product is subtracted from the first industry."""
    toy = accounts(np.array([[80, 20], [0, 80.0]]), np.array([[10, 20], [30, 10.0]]))
    table = symmetric_table(toy, "A").table
    # Industry 2 makes product 2 alone: (20, 10) for 80. A quarter of it made in industry 1.
    np.testing.assert_allclose(table.intermediate, [[10 - 5, 25], [30 - 2.5, 12.5]])
    np.testing.assert_allclose(table.output, [80, 100])


@given(st.integers(0, 10_000), st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_balances_and_defining_equations_hold(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    make = np.diag(1 + rng.random(n)) + 0.3 * rng.random((n, n)) / n
    use = rng.random((n, n)) * make.sum(axis=1) / (2 * n)
    toy = accounts(make, use, use.sum(axis=1) * rng.random(n))
    for model in get_args(Model):
        found = symmetric_table(toy, model)
        table = found.table
        rows = table.intermediate.sum(axis=1) + table.final.sum(axis=1)
        np.testing.assert_allclose(rows, table.output + table.imports, rtol=1e-9)
        columns = table.intermediate.sum(axis=0) + table.primary.sum(axis=0)
        np.testing.assert_allclose(columns, table.output, rtol=1e-9)
        assert table.intermediate.sum() == pytest.approx(use.sum())
        A = table.input_coefficients
        if model == "A":  # every industry's inputs are the recipes of what it makes
            np.testing.assert_allclose(A @ make.T, use, atol=1e-10)
        if model == "B":  # every product is made by the mix of its industries' recipes
            B, D = use / make.sum(axis=1), make / make.sum(axis=0)
            np.testing.assert_allclose(A, B @ D, atol=1e-12)
        if model == "C":  # every industry sells all its products to the same users
            T = np.linalg.inv(make.T)
            np.testing.assert_allclose(table.intermediate, np.diag(table.output) @ T @ use)
        assert (table.intermediate >= 0).all() or len(found.negatives)
    same = industry_table(toy)
    np.testing.assert_array_equal(symmetric_table(toy, "D").table.intermediate, same.intermediate)


def test_negatives_are_reported_and_kept() -> None:
    """The first industry makes product 2 but uses nothing that product 2 needs."""
    toy = accounts(np.array([[80, 40], [0, 80.0]]), np.array([[10, 20], [1, 30.0]]))
    found = symmetric_table(toy, "A")
    (line,) = found.negatives.to_dict("records")
    assert line.pop("value") == pytest.approx(-14)
    assert line == {"block": "intermediate", "row": "c1", "column": "c0"}
    assert found.table.intermediate[1, 0] == pytest.approx(1 - 15)
    assert found.table.exceptions["negative_intermediate"] == ("c1",)
    assert check(found.table) == []
    assert symmetric_table(toy, "B").negatives.empty


def test_what_the_square_models_cannot_take_is_refused() -> None:
    wide = accounts(np.array([[80, 20, 5], [0, 80, 5.0]]), np.full((3, 2), 1.0))
    for model in ("A", "C"):
        with pytest.raises(InputError, match="2 industries and 3 commodities"):
            symmetric_table(wide, model)  # type: ignore[arg-type]
    assert check(symmetric_table(wide, "B").table) == []
    alike = accounts(np.array([[80, 20], [40, 10.0]]), np.full((2, 2), 1.0))
    with pytest.raises(InputError, match="singular"):
        symmetric_table(alike, "A")
    with pytest.raises(InputError, match="unknown model 'E'"):
        symmetric_table(alike, "E")  # type: ignore[arg-type]


def test_noncomparable_imports_become_a_primary_input_of_products_too() -> None:
    make = np.array([[100, 5, 0], [0, 90, 0.0]])
    toy = accounts(make, np.array([[10, 20], [30, 10], [4, 6.0]]), np.array([0, 0, 12.0]))
    toy = dataclasses.replace(toy, noncomparable=("c2",))
    for model in get_args(Model):
        table = symmetric_table(toy, model).table
        assert table.primary_inputs == ("value_added", "c2")
        assert table.primary[1].sum() == pytest.approx(10)
        assert table.size == 2
        assert check(table) == []


# SUT-RAS ------------------------------------------------------------------------


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_balanced_accounts_are_left_as_they_are(seed: int, c: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    supply = rng.random((c, m)) + 0.1
    use = rng.random((c, m + 2))
    use *= (supply.sum(axis=1) / use.sum(axis=1))[:, None]
    found = sut_ras(supply, use, supply.sum(axis=0), use.sum(axis=0))
    np.testing.assert_allclose(found.use, use, rtol=1e-7)
    np.testing.assert_allclose(found.supply, supply, rtol=1e-7)


def test_it_is_the_nearest_in_relative_entropy() -> None:
    """A general optimiser, given the problem of Temurshoev and Timmer, finds the same cells."""
    rng = np.random.default_rng(7)
    V, U = rng.random((3, 2)) + 0.2, rng.random((3, 3)) + 0.2
    U[1, 2] = -0.15  # a fall of inventories
    v, u = np.array([2.0, 1.7]), np.array([1.2, 1.5, 1.0])
    found = sut_ras(V, U, v, u, tolerance=1e-13)
    seed = np.concatenate([V.ravel(), U.ravel()])

    def entropy(z: np.ndarray) -> float:
        return float((np.abs(seed) * (z * np.log(z) - z)).sum())

    def gaps(z: np.ndarray) -> np.ndarray:
        cells = seed * z
        S, B = cells[:6].reshape(3, 2), cells[6:].reshape(3, 3)
        return np.concatenate([S.sum(1) - B.sum(1), S.sum(0) - v, (B.sum(0) - u)[:-1]])

    best = minimize(
        entropy, np.ones(15), jac=lambda z: np.abs(seed) * np.log(z), method="SLSQP",
        bounds=[(1e-6, None)] * 15, constraints={"type": "eq", "fun": gaps},
        options={"ftol": 1e-15, "maxiter": 500},
    )  # fmt: skip
    assert best.success
    cells = np.concatenate([found.supply.ravel(), found.use.ravel()])
    np.testing.assert_allclose(cells, seed * best.x, atol=2e-6)


def test_accounts_are_carried_to_another_year() -> None:
    toy = accounts(
        np.array([[80, 20], [5, 80.0]]), np.array([[10, 20], [30, 10.0]]), np.array([2, 10.0])
    )
    x, W = np.array([110, 80.0]), np.array([[66, 48.0]])
    imports, finals = 14.0, np.array([65.4, 0])
    finals[1] = x.sum() + imports - (x - W[0]).sum() - finals[0]
    new = balanced_accounts(toy, output=x, primary=W, final_totals=finals, imports_total=imports)
    np.testing.assert_allclose(new.make.sum(axis=1), x)
    np.testing.assert_allclose(new.final.sum(axis=0), finals)
    assert new.imports.sum() == pytest.approx(imports)
    assert check(industry_table(new, rounding=1e-6)) == []


def test_what_no_fit_can_mend_is_refused() -> None:
    V, U = np.ones((2, 2)), np.ones((2, 2))
    with pytest.raises(InputError, match="different sums"):
        sut_ras(V, U, [2, 2], [2, 3])
    with pytest.raises(InputError, match="only supplied or only used"):
        sut_ras(V, np.array([[1, 1], [0, 0.0]]), [2, 2], [2, 2])
    with pytest.raises(InputError, match="no cell of the sign") as caught:
        sut_ras(np.array([[1, 0], [1, 0.0]]), U, [2, 2], [2, -2])
    assert [fault.field for fault in caught.value.faults] == [
        "supply_totals[1]", "use_totals[1]",
    ]  # fmt: skip
    with pytest.raises(InputError, match="same products"):
        sut_ras(V, np.ones((3, 2)), [2, 2], [2, 2])
    with pytest.raises(InputError, match="not finite"):
        sut_ras(V, np.array([[1, np.nan], [1, 1]]), [2, 2], [2, 2])


def test_totals_that_differ_by_rounding_are_taken_where_that_is_agreed() -> None:
    toy = accounts(np.array([[80, 20], [5, 80.0]]), np.array([[10, 20], [30, 10.0]]))
    x, W = np.array([110, 80.0]), np.array([[66, 48.0]])
    given = {"output": x, "primary": W, "final_totals": [80.0, 34.4], "imports_total": 0.0}
    toy = dataclasses.replace(toy, imports=np.zeros(2))
    with pytest.raises(InputError, match="different sums"):
        balanced_accounts(toy, **given)  # type: ignore[arg-type]
    new = balanced_accounts(toy, **given, agreement=0.01)  # type: ignore[arg-type]
    np.testing.assert_allclose(new.final.sum(), 114)
    np.testing.assert_allclose(new.use.sum(axis=0), x - W[0])
