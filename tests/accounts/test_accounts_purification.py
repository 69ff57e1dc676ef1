"""Almon's procedure: product technology where it fits, never a negative flow, totals kept."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conjuncture.accounts.checks import check
from conjuncture.accounts.concordance import Concordance, Link
from conjuncture.accounts.purification import close_columns, purify, purify_signed
from conjuncture.accounts.supply_use import SupplyUse
from conjuncture.accounts.sut_aggregation import aggregate_accounts
from conjuncture.accounts.symmetric import symmetric_table
from conjuncture.accounts.table import FinalUse
from conjuncture.core.errors import InputError


def accounts(make: np.ndarray, use: np.ndarray, tax: float = 0.1) -> SupplyUse:
    n = len(make)
    value_added = make.sum(axis=1) - use.sum(axis=0)
    labels = tuple(f"s{k}" for k in range(n))
    return SupplyUse(
        name="toy", title="toy", territory="XAA", year=2020, currency="EUR", unit="million EUR",
        prices="basic", origin="user", industries=labels, titles=("",) * n, commodities=labels,
        make=make, use=use, final_uses=(FinalUse("households", "consumption"),),
        final=(make.sum(axis=0) - use.sum(axis=1))[:, None], imports=np.zeros(n),
        primary_inputs=("value_added", "taxes"), value_added_rows=("value_added",),
        primary=np.array([(1 - tax) * value_added, tax * value_added]),
    )  # fmt: skip


@given(st.integers(0, 100_000), st.integers(1, 7))
@settings(max_examples=30, deadline=None)
def test_it_is_product_technology_where_that_has_no_negatives(seed: int, n: int) -> None:
    """Recipes are drawn first and mixed by the make table; they must come out again."""
    rng = np.random.default_rng(seed)
    make = np.diag(1 + rng.random(n)) + rng.random((n, n)) / (2 * n)
    recipes = rng.random((n, n)) * make.sum(axis=0) / (2 * n)
    use = recipes @ (make / make.sum(axis=0)).T
    found = purify(use, make)
    np.testing.assert_allclose(found.inputs, recipes, atol=1e-9)
    np.testing.assert_allclose(found.scale, 1, atol=1e-9)
    np.testing.assert_allclose(found.inputs, symmetric_a(make, use), atol=1e-9)
    table = symmetric_table(accounts(make, use), "almon").table
    same = symmetric_table(accounts(make, use), "A").table
    np.testing.assert_allclose(table.intermediate, same.intermediate, atol=1e-9)
    if (same.primary >= 0).all():
        np.testing.assert_allclose(table.primary, same.primary, atol=1e-6)


def symmetric_a(make: np.ndarray, use: np.ndarray) -> np.ndarray:
    """Product technology by a general least-squares solver, not by the package."""
    shares = make / make.sum(axis=0)
    return np.linalg.lstsq(shares, use.T, rcond=None)[0].T


@given(st.integers(0, 100_000), st.integers(1, 7))
@settings(max_examples=30, deadline=None)
def test_never_negative_and_totals_kept_and_balanced(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    make = np.diag(1 + rng.random(n)) + rng.random((n, n)) / (2 * n)
    use = rng.random((n, n)) ** 3 * (rng.random((n, n)) > 0.3) * make.sum(axis=1) / (2 * n)
    toy = accounts(make, use)
    found = symmetric_table(toy, "almon")
    Z = found.table.intermediate
    assert (Z >= 0).all()
    np.testing.assert_allclose(Z.sum(axis=1), use.sum(axis=1), rtol=1e-9, atol=1e-12)
    columns = Z.sum(axis=0) + found.table.primary.sum(axis=0)
    np.testing.assert_allclose(columns, make.sum(axis=0))
    kept = found.table.primary[:2].sum(axis=1)
    np.testing.assert_allclose(kept, toy.primary.sum(axis=1), rtol=1e-8)
    assert found.negatives.empty
    had = symmetric_a(make, use).min(initial=0.0) < -1e-9
    assert had <= bool((found.unmet["block"] == "intermediate").any())


def test_the_fixed_point_is_that_of_the_paper_cell_by_cell() -> None:
    rng = np.random.default_rng(11)
    n = 5
    make = np.diag(1 + rng.random(n)) + rng.random((n, n)) / (2 * n)
    u = rng.random(n) ** 4
    found = purify(u, make)
    r, m = found.inputs[0], make / make.sum(axis=0)
    assert (found.scale < 1).any()
    s = np.ones(n)
    for j in range(n):
        wanted = sum(m[j, h] * r[h] for h in range(n) if h != j)
        s[j] = min(1.0, u[j] / wanted)
    for j in range(n):
        taken = s[j] * sum(m[j, h] * r[h] for h in range(n) if h != j)
        laid = sum(s[h] * m[h, j] * r[j] for h in range(n) if h != j)
        assert r[j] == pytest.approx(u[j] - taken + laid, abs=1e-10)
        # what is not laid on others remains: u'_j is what the recipes say, as far as it goes
        assert r[j] >= 0


def test_two_industries_by_hand() -> None:
    """Industry 0 makes a third of product 1 and uses 1 of an input where 15 would be needed."""
    make, use = np.array([[80, 40], [0, 80.0]]), np.array([[10, 20], [1, 30.0]])
    found = symmetric_table(accounts(make, use), "almon")
    np.testing.assert_allclose(found.table.intermediate, [[0, 30], [0, 31]], atol=1e-9)
    (line,) = found.unmet[found.unmet["block"] == "intermediate"].to_dict("records")
    assert line["share"] == pytest.approx(1 / (31 / 3))
    assert line["amount"] == pytest.approx(31 / 3 - 1)
    assert (line["row"], line["industry"]) == ("s1", "s0")
    assert check(found.table) == []


def test_rows_of_both_signs_keep_their_total() -> None:
    make = np.array([[80, 40], [10, 80.0]])
    use = np.array([[-3.0, 20.0]])
    found = purify_signed(use, make, ["a", "b"])
    assert found.inputs.sum() == pytest.approx(17)
    assert close_columns(np.array([[1.0, 1.0]]), np.array([3.0, -1.0]), ["x"], ["a", "b"]).sum() \
        == pytest.approx(2)  # fmt: skip


def test_faults_name_every_cell() -> None:
    with pytest.raises(InputError, match="industries as products"):
        purify(np.ones((2, 3)), np.ones((2, 3)))
    with pytest.raises(InputError) as caught:
        purify([[1, -2], [np.nan, 1]], [[1, 0], [0, 1]], names=["a", "b"])
    assert [f.field for f in caught.value.faults] == ["use [0, b]", "use [1, a]"]
    with pytest.raises(InputError, match="own product") as caught:
        purify([[1, 1]], [[0, 1], [1, 0]], names=["a", "b"])
    assert [f.field for f in caught.value.faults] == ["make [a, a]", "make [b, b]"]
    mostly = [[1, 9], [9, 1.0]]
    with pytest.raises(InputError, match="makes 10% of its own product"):
        purify([[1, 2.0]], mostly, names=["a", "b"], max_iterations=50)


def test_industries_in_another_order_are_matched_by_their_codes() -> None:
    rng = np.random.default_rng(2)
    n = 4
    make = np.diag(5 + rng.random(n)) + rng.random((n, n)) / n
    toy = accounts(make, rng.random((n, n)))
    turn = [2, 0, 3, 1]
    other = dataclasses.replace(
        toy, industries=tuple(toy.industries[k] for k in turn), make=toy.make[turn],
        use=toy.use[:, turn], primary=toy.primary[:, turn], titles=("c", "a", "d", "b"),
    )  # fmt: skip
    for model in ("A", "almon"):
        one, two = symmetric_table(toy, model), symmetric_table(other, model)  # type: ignore[arg-type]
        np.testing.assert_allclose(two.table.intermediate, one.table.intermediate, atol=1e-9)
        assert two.table.titles == ("a", "b", "c", "d")
    strange = dataclasses.replace(
        accounts(np.roll(np.diag([5.0] * 4), 1, axis=1), np.full((4, 4), 0.5)),
        industries=("w", "x", "y", "z"),
    )
    with pytest.raises(InputError, match="same order") as caught:
        symmetric_table(strange, "almon")
    assert len(caught.value.faults) == 3  # the order is wrong as a whole: not one for each


def test_negative_cells_of_the_source_do_not_hide_those_of_the_model() -> None:
    make = np.array([[80, 40, 0], [0, 80, 0], [0, 0, 50.0]])
    use = np.array([[10, 20, -2], [1, 30, 1], [0, 1, 5.0]])  # a correction in the third industry
    toy = accounts(make, use)
    rounded = dataclasses.replace(toy, final=toy.final + np.array([[0], [0], [0.004]]))
    found = symmetric_table(rounded, "A", rounding=0.1)
    assert found.negatives[["row", "column"]].to_numpy().tolist() == [["s1", "s0"], ["s2", "s0"]]
    table = symmetric_table(rounded, "almon", rounding=0.1).table
    assert table.intermediate[1:].min() == 0
    assert table.intermediate[0, 2] == -2


def test_where_no_primary_inputs_fit_the_gap_stays_in_the_open() -> None:
    """Industry 0 makes little of its product, which is left with all that it uses."""
    make = np.array([[1.0, 9, 0], [0, 20, 0], [0, 0, 50]])
    use = np.array([[0.0, 0, 0], [0, 1, 0], [5, 0, 1]])
    found = symmetric_table(accounts(make, use), "almon")
    Z = found.table.intermediate
    assert (Z >= 0).all()
    columns = Z.sum(axis=0) + found.table.primary.sum(axis=0)
    np.testing.assert_allclose(columns, make.sum(axis=0))
    assert (make.sum(axis=0) < Z.sum(axis=0)).any()
    assert found.table.primary_inputs[-1] == "discrepancy"


def test_accounts_are_carried_to_another_classification() -> None:
    rng = np.random.default_rng(5)
    make = np.diag(5 + rng.random(4)) + rng.random((4, 4)) / 4
    toy = accounts(make, rng.random((4, 4)))
    pairs = tuple(Link(f"s{k}", "goods" if k < 2 else f"s{k}") for k in range(4))
    two = aggregate_accounts(toy, industries=Concordance(pairs, "two", titles={"goods": "Goods"}),
                             commodities=Concordance(pairs, "two"))  # fmt: skip
    assert two.industries == two.commodities == ("goods", "s2", "s3")
    assert two.titles[0] == "Goods"
    assert two.make[0, 0] == pytest.approx(make[:2, :2].sum())
    assert two.use[0].sum() == pytest.approx(toy.use[:2].sum())
    assert check(symmetric_table(two, "B").table) == []
    table = symmetric_table(aggregate_accounts(toy, commodities=Concordance(pairs, "two")), "D")
    assert table.table.output.sum() == pytest.approx(make.sum())
    with pytest.raises(InputError) as caught:
        aggregate_accounts(toy, industries=Concordance(pairs[1:], "x"),
                           commodities=Concordance((*pairs[1:], Link("s9", "b")), "y"))  # fmt: skip
    assert {f.value for f in caught.value.faults} == {"s0", "s9"}
    foreign = dataclasses.replace(toy, noncomparable=("s1",))
    with pytest.raises(InputError, match="added to others"):
        aggregate_accounts(foreign, commodities=Concordance(pairs, "two"))
    kept = tuple(Link(f"s{k}", "t" if k == 1 else "u") for k in range(4))
    assert aggregate_accounts(foreign, commodities=Concordance(kept, "z")).noncomparable == ("t",)
