"""Social accounts close, balance by GRAS, and multiply."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from conjuncture.accounts.library import load_table
from conjuncture.accounts.sam import (
    Distribution,
    balanced_sam,
    read_distribution,
    sam_multipliers,
    social_accounts,
)
from conjuncture.accounts.table import Table
from conjuncture.core.errors import InputError

TEXT = """
title: a toy
origin: made up for a test
institutions: [workers, owners, state, saving, world]
receives:
  value_added: {workers: 0.6, owners: 0.4}
  taxes: {state: 1}
spends:
  households: {workers: 0.7, owners: 0.2, state: 0.1}
  stocks: {saving: 1}
  abroad: {world: 1}
imports: world
saving: saving
transfers:
  - {from: owners, to: state, amount: 40}
  - {from: state, to: workers, amount: 10}
"""


@pytest.fixture
def distribution(tmp_path: Path) -> Distribution:
    path = tmp_path / "d.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return read_distribution(path)


def test_every_account_closes(toy: Table, distribution: Distribution) -> None:
    sam = social_accounts(toy, distribution)
    np.testing.assert_allclose(sam.gaps(), 0, atol=1e-10)
    frame = sam.frame()
    assert frame.loc["workers", "value_added"] == pytest.approx(0.6 * 595)
    assert frame.loc["world", "works"] == 70
    # What the world earns here and does not spend here is its saving: the trade deficit.
    assert frame.loc["saving", "world"] == pytest.approx(120 - 110)
    saved = 0.6 * 595 + 10 - 0.7 * 600
    assert frame.loc["saving", "workers"] == pytest.approx(saved)
    # Saving equals investment.
    assert frame.loc["saving"].sum() == pytest.approx(toy.final[:, 1].sum())


def test_real_tables_close_too() -> None:
    table = load_table("deu_2014")
    uses = {
        use.name: {"abroad" if use.role == "exports" else
                   "capital" if use.role in ("investment", "inventories") else "home": 1.0}
        for use in table.final_uses
    }  # fmt: skip
    sam = social_accounts(table, Distribution(
        title="t", origin="user", institutions=("home", "capital", "abroad"),
        receives={name: {"home": 1.0} for name in table.primary_inputs}, spends=uses,
        imports="abroad", saving="capital",
    ))  # fmt: skip
    assert np.abs(sam.gaps()).max() <= 1e-6 * table.output.mean()


def test_all_faults_come_at_once(toy: Table, distribution: Distribution) -> None:
    wrong = distribution.model_copy(update={
        "institutions": ("workers", "owners", "state", "saving", "world", "farms", "world"),
        "receives": {"value_aded": {"workers": 1}, "taxes": {"state": 0.5, "estate": -0.1}},
        "saving": "savings",
    })  # fmt: skip
    with pytest.raises(InputError) as caught:
        social_accounts(toy, wrong)
    assert {(fault.field, fault.value) for fault in caught.value.faults} == {
        ("institutions", "world"), ("institutions", "farms"), ("receives", "value_aded"),
        ("receives", "value_added"), ("receives.taxes", "estate"), ("receives.taxes", "0.4"),
        ("receives.taxes.estate", "-0.1"), ("saving", "savings"),
    }  # fmt: skip


def test_an_unbalanced_matrix_is_balanced(toy: Table, distribution: Distribution) -> None:
    sam = social_accounts(toy, distribution)
    rng = np.random.default_rng(5)
    noisy = dataclasses.replace(sam, matrix=sam.matrix * rng.uniform(0.95, 1.05, sam.matrix.shape))
    assert np.abs(noisy.gaps()).max() > 1
    fitted = balanced_sam(noisy)
    np.testing.assert_allclose(fitted.gaps(), 0, atol=1e-6)
    assert ((fitted.matrix == 0) == (sam.matrix == 0)).all()
    back = balanced_sam(noisy, sam.matrix.sum(axis=0))
    np.testing.assert_allclose(back.matrix.sum(axis=1), sam.matrix.sum(axis=1), rtol=1e-7)


def test_multipliers_return_the_accounts_from_what_comes_from_outside(
    toy: Table, distribution: Distribution
) -> None:
    sam = social_accounts(toy, distribution)
    outside = ["state", "saving", "world"]
    inside = [k for k, a in enumerate(sam.accounts) if a not in outside]
    f = np.delete(sam.matrix, inside, axis=1)[inside].sum(axis=1)
    found = sam_multipliers(sam, outside, f)
    np.testing.assert_allclose(found[0], sam.matrix.sum(axis=1)[inside])
    M = sam_multipliers(sam, outside)
    np.testing.assert_allclose(M.to_numpy() @ f, found[0])
    assert (np.diag(M) >= 1).all()
    with pytest.raises(InputError, match="did you mean world"):
        sam_multipliers(sam, ["wrld"])
    with pytest.raises(InputError, match="some accounts must be exogenous"):
        sam_multipliers(sam, [])
