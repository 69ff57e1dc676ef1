"""Tables drawn around a table: balanced, repeatable, and as uncertain as they say."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from conjuncture.accounts.checks import check
from conjuncture.accounts.leontief import output_multipliers
from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import Table
from conjuncture.accounts.uncertainty import _factors, drawn_table, ensemble
from conjuncture.core.errors import InputError


@pytest.mark.parametrize("name", ["usa_1947", "deu_2014"])
def test_every_member_keeps_the_margins(name: str) -> None:
    table = load_table(name)
    for drawn in ensemble(table, 0.2, members=3, seed=1):
        assert [f for f in check(drawn) if not str(f.field).startswith("imported [")] == []
        Z, old = drawn.intermediate, table.intermediate
        np.testing.assert_allclose(Z.sum(1), old.sum(1), atol=1e-7 * table.output.max())
        np.testing.assert_allclose(Z.sum(0), old.sum(0), atol=1e-7 * table.output.max())
        assert not np.allclose(Z, old, rtol=0.05)
        np.testing.assert_array_equal(drawn.output, table.output)
        if drawn.imported_intermediate is not None:
            np.testing.assert_allclose(
                drawn.imported_intermediate.sum(1), table.imported_intermediate.sum(1),
                atol=1e-7 * table.output.max(),
            )  # fmt: skip


def test_a_member_does_not_depend_on_the_others(toy: Table) -> None:
    few = list(ensemble(toy, 0.3, members=3, seed=7))
    alone = drawn_table(toy, 0.3, member=2, seed=7)
    np.testing.assert_array_equal(few[2].intermediate, alone.intermediate)
    assert alone.variant == "member 2"
    assert not np.array_equal(few[1].intermediate, alone.intermediate)
    other = drawn_table(toy, 0.3, member=2, seed=8)
    assert not np.array_equal(other.intermediate, alone.intermediate)


def test_factors_have_mean_one_and_the_stated_variation(toy: Table) -> None:
    cv = np.array([[0, 0.1, 0.2], [0.3, 0.5, 0.1], [0.2, 0.2, 0.4]])
    drawn = np.array([_factors(toy, cv, member, 3) for member in range(20_000)])
    np.testing.assert_allclose(drawn.mean(axis=0), 1, atol=0.02)
    np.testing.assert_allclose(drawn.std(axis=0), cv, atol=0.02)


def test_no_doubt_is_no_change_and_more_doubt_is_wider(toy: Table) -> None:
    same = drawn_table(toy, 0.0, member=0, seed=1)
    np.testing.assert_allclose(same.intermediate, toy.intermediate)
    table = load_table("usa_1947")
    spread = [
        np.std([output_multipliers(t) for t in ensemble(table, cv, members=20, seed=1)], axis=0)
        for cv in (0.05, 0.4)
    ]
    assert np.median(spread[1] / spread[0]) > 3


def test_zeros_and_signs_stay(toy: Table) -> None:
    flows = np.array(toy.intermediate)
    flows[0, 2], flows[1, 0] = -10, 0
    odd = dataclasses.replace(
        toy, intermediate=flows, imported_intermediate=None, imported_final=None
    )
    drawn = drawn_table(odd, 0.3, member=0, seed=1)
    assert (np.sign(drawn.intermediate) == np.sign(flows)).all()


@pytest.mark.parametrize("cv", [-0.1, np.nan, np.ones((2, 2))])
def test_wrong_variations_are_refused(toy: Table, cv: object) -> None:
    with pytest.raises(InputError, match="coefficients of variation"):
        drawn_table(toy, cv, member=0, seed=1)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no member"):
        ensemble(toy, 0.1, members=0, seed=1)
