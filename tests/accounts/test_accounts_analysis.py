"""Ghosh, multipliers, footprints, positions, extraction, decomposition."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pymrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conjuncture.accounts.leontief import final_demand, leontief_inverse
from conjuncture.accounts.library import load_table
from conjuncture.accounts.structure.decomposition import structural_decomposition
from conjuncture.accounts.structure.linkage import (
    downstreamness,
    extraction,
    ghosh_multipliers,
    ghosh_output,
    output_coefficients,
    summary,
    upstreamness,
)
from conjuncture.accounts.structure.multipliers import (
    direct_requirement,
    footprint,
    multipliers,
    type_2_multipliers,
)
from conjuncture.accounts.table import Satellites, Table
from conjuncture.core.errors import InputError


@pytest.fixture
def green(toy: Table) -> Table:
    kept = Satellites(
        ("co2",), ("kt",), ("user",), np.array([[3, 11, 2.0]]), np.array([[4, 0, 0.0]])
    )
    return dataclasses.replace(toy, satellites=kept)


# Ghosh ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["usa_2014", "deu_2014", "usa_1947"])
def test_ghosh_carries_the_table_s_own_primary_inputs_to_its_output(name: str) -> None:
    table = load_table(name)
    np.testing.assert_allclose(ghosh_output(table, table.primary.sum(axis=0)), table.output)
    if table.imported_intermediate is not None:
        own = table.primary.sum(axis=0) + table.imported_intermediate.sum(axis=0)
        np.testing.assert_allclose(ghosh_output(table, own, domestic=True), table.output)


def test_ghosh_agrees_with_a_peer(toy: Table) -> None:
    labels = pd.Index(toy.sectors)
    Z = pd.DataFrame(toy.intermediate, labels, labels)
    x = pd.DataFrame({"indout": toy.output}, index=labels)
    B = pymrio.calc_B(Z, x)
    np.testing.assert_allclose(output_coefficients(toy), B)
    np.testing.assert_allclose(ghosh_multipliers(toy), pymrio.calc_G(B).sum(axis=1))


def test_ghosh_refuses_what_has_no_share(toy: Table) -> None:
    output = np.array(toy.output)
    output[0] = 0
    with pytest.raises(InputError, match="used but not made"):
        output_coefficients(dataclasses.replace(toy, output=output))


def germany_1995() -> Table:
    """Eurostat (2008), Manual of Supply, Use and Input-Output Tables, table 15.4."""
    Z = np.array([
        [1131, 25480, 1, 607, 710, 762], [7930, 304584, 64167, 41082, 11981, 30360],
        [426, 7334, 3875, 5296, 23457, 9155], [3559, 72717, 14190, 74399, 10835, 21008],
        [3637, 96115, 31027, 65755, 193176, 34223], [1552, 14986, 1747, 11225, 15058, 22070.0],
    ])  # fmt: skip
    output = np.array([43910, 1079446, 245606, 540063, 692487, 508918.0])
    base = load_table("deu_2014")
    return dataclasses.replace(
        base, sectors=("agriculture", "industry", "construction", "trade", "business", "other"),
        titles=("",) * 6, intermediate=Z, final_uses=base.final_uses[:1],
        final=(output - Z.sum(axis=1))[:, None], imports=np.zeros(6),
        primary_inputs=("value_added",), value_added_rows=("value_added",),
        primary=(output - Z.sum(axis=0))[None], output=output, labour=None, capital=None,
        imported_intermediate=None, imported_final=None, exceptions={},
    )  # fmt: skip


def test_published_linkages_of_germany_in_1995() -> None:
    """As printed by the package iotables, which follows the manual (pages 506-507) and rounds
    coefficients to four digits first."""
    table = germany_1995()
    backward = [1.704922, 1.841421, 1.813747, 1.603712, 1.594974, 1.378375]
    np.testing.assert_allclose(multipliers(table)["total"], backward, atol=5e-4)
    rounded = dataclasses.replace(
        table, intermediate=table.input_coefficients.round(4) * table.output
    )
    np.testing.assert_allclose(multipliers(rounded)["total"], backward, atol=1e-6)
    forward = [2.1128, 1.6909, 1.3559, 1.5850, 2.1040, 1.2105]
    np.testing.assert_allclose(ghosh_multipliers(table), forward, atol=5e-4)
    shares = output_coefficients(table).round(4) * table.output[:, None]
    rounded = dataclasses.replace(table, intermediate=shares)
    np.testing.assert_allclose(ghosh_multipliers(rounded).round(4), forward, atol=1e-8)


# Multipliers ------------------------------------------------------------------------


def test_multipliers_are_products_with_the_inverse(green: Table) -> None:
    for domestic in (False, True):
        L = leontief_inverse(green, domestic=domestic)
        for of in ("value_added", "taxes", "imports", "capital", "hours", "co2"):
            w = direct_requirement(green, of)
            found = multipliers(green, of, domestic=domestic)
            np.testing.assert_allclose(found["total"], w @ L)
            used = w > 0
            np.testing.assert_allclose(found["type_1"][used], (w @ L)[used] / w[used])
            assert found["type_1"][~used].isna().all()
    np.testing.assert_allclose(multipliers(green)["total"], leontief_inverse(green).sum(axis=0))
    with pytest.raises(InputError, match="did you mean co2"):
        multipliers(green, "co3")
    twice = dataclasses.replace(green, primary_inputs=("value_added", "co2"))
    with pytest.raises(InputError, match="two quantities"):
        multipliers(twice, "co2")


def test_value_added_taxes_and_imports_make_up_every_unit() -> None:
    """With domestic coefficients each unit of final demand ends as primary input or import."""
    table = load_table("usa_2014")
    parts = sum(
        multipliers(table, of, domestic=True)["total"] for of in (*table.primary_inputs, "imports")
    )
    np.testing.assert_allclose(parts[table.active], 1)


def test_a_closed_model_is_larger_and_agrees_with_its_inverse(toy: Table) -> None:
    table = dataclasses.replace(toy, final=toy.final * [[0.9, 1, 1]])
    closed = type_2_multipliers(table, "output", income="value_added")
    n = table.size
    A = np.zeros((n + 1, n + 1))
    A[:n, :n] = table.input_coefficients
    A[:n, n] = table.final[:, 0] / 595
    A[n, :n] = table.primary[0] / table.output
    L = np.linalg.inv(np.eye(n + 1) - A)
    np.testing.assert_allclose(closed["total"], L[:n, :n].sum(axis=0))
    assert (closed["total"] > multipliers(table)["total"]).all()
    with pytest.raises(InputError) as caught:
        type_2_multipliers(table, "output", income="wages", consumption="people")
    assert [fault.field for fault in caught.value.faults] == ["income", "consumption"]


def test_footprints_add_up_to_the_territory_s_total(green: Table) -> None:
    for domestic in (False, True):
        frame = footprint(green, "co2", domestic=domestic)
        assert frame.to_numpy().sum() == pytest.approx(16 + 4)
        assert frame.loc["(final users)", "households"] == 4
    assert (frame.drop(columns="stocks") >= 0).all(axis=None)
    persons = footprint(green, "persons")
    assert persons.to_numpy().sum() == pytest.approx(35)


def test_footprints_agree_with_a_peer() -> None:
    mrio = pymrio.load_test()
    mrio.calc_all()
    D = mrio.emissions.D_cba.loc[("emission_type1", "air")]
    from conjuncture.accounts.formats.readers import from_pymrio

    table = from_pymrio(mrio, satellites={"emissions": None})
    name = next(k for k in table.satellites.kinds if "emission_type1" in k)
    frame = footprint(table, name)
    for region in mrio.get_regions():
        own = [column for column in frame.columns if column.startswith(f"{region}.")]
        produced = frame.drop(index="(final users)")[own].to_numpy().sum()
        assert produced == pytest.approx(D[region].sum(), rel=1e-9)


# Positions --------------------------------------------------------------------------


def test_upstreamness_of_a_chain() -> None:
    """Ore goes to steel, steel to cars, cars to households: 3, 2 and 1 steps."""
    base = load_table("usa_1947")
    Z = np.array([[0, 10, 0], [0, 0, 20], [0, 0, 0.0]])
    table = dataclasses.replace(
        base, sectors=("ore", "steel", "cars"), titles=("",) * 3, intermediate=Z,
        final_uses=base.final_uses[:1], final=np.array([[0], [0], [30.0]]), imports=np.zeros(3),
        primary_inputs=("value_added",), value_added_rows=("value_added",),
        primary=np.full((1, 3), 10.0), output=np.array([10, 20, 30.0]), labour=None, capital=None,
        exceptions={},
    )  # fmt: skip
    np.testing.assert_allclose(upstreamness(table), [3, 2, 1])
    np.testing.assert_allclose(downstreamness(table), [1, 1.5, 2])
    # Half of the ore is exported: what is absorbed at home is still three steps away.
    trading = dataclasses.replace(
        table, output=np.array([20, 20, 30.0]),
        final_uses=(*table.final_uses, dataclasses.replace(base.final_uses[0], name="x",
                                                          role="exports")),
        final=np.column_stack([table.final, [10, 0, 0]]),
    )  # fmt: skip
    np.testing.assert_allclose(upstreamness(trading), [3, 2, 1])


def test_upstreamness_weighs_final_uses_by_their_distance() -> None:
    """Value added times downstreamness and final uses times upstreamness: without trade the
    two sums are one, output (Fally 2012)."""
    rng = np.random.default_rng(3)
    n = 6
    Z = rng.random((n, n))
    output = 2.5 * np.maximum(Z.sum(0), Z.sum(1))
    base = load_table("usa_1947")
    table = dataclasses.replace(
        base, sectors=tuple("abcdef"), titles=("",) * n, intermediate=Z,
        final_uses=base.final_uses[:1], final=(output - Z.sum(1))[:, None], imports=np.zeros(n),
        primary_inputs=("value_added",), value_added_rows=("value_added",),
        primary=(output - Z.sum(0))[None], output=output, labour=None, capital=None, exceptions={},
    )  # fmt: skip
    assert upstreamness(table) @ table.value_added == pytest.approx(output.sum())
    assert downstreamness(table) @ table.final[:, 0] == pytest.approx(output.sum())


# Extraction -------------------------------------------------------------------------


@pytest.mark.parametrize("domestic", [False, True])
def test_each_extraction_agrees_with_its_own_solve(toy: Table, domestic: bool) -> None:
    found = extraction(toy, domestic=domestic)
    assert isinstance(found, pd.DataFrame)
    for sector in toy.sectors:
        alone = extraction(toy, [sector], domestic=domestic)
        assert found.loc[sector, "loss"] == pytest.approx(alone)
    whole = extraction(toy, toy.sectors[:2], domestic=domestic)
    assert isinstance(whole, float)
    assert whole > found["loss"].iloc[:2].max()
    with pytest.raises(InputError, match="unknown sector 'shop'"):
        extraction(toy, ["shop"])


def test_the_summary_of_a_real_table_is_whole() -> None:
    frame = summary(load_table("deu_2014"), domestic=True)
    assert np.isfinite(frame.to_numpy()).all()
    assert frame["backward"].mean() == pytest.approx(1)
    assert (frame["upstreamness"] >= 1).all()
    assert frame["upstreamness"].idxmin() != frame["upstreamness"].idxmax()


# Decomposition ----------------------------------------------------------------------


def later(table: Table, seed: int) -> Table:
    rng = np.random.default_rng(seed)
    Z = table.intermediate * (0.8 + 0.4 * rng.random(table.intermediate.shape))
    final = table.final * (0.9 + 0.6 * rng.random(table.final.shape))
    output = Z.sum(axis=1) + final.sum(axis=1) - table.imports
    share = (output - Z.sum(axis=0)) / table.primary.sum(axis=0)
    labour = dataclasses.replace(table.labour, used=table.labour.used * 1.1)
    return dataclasses.replace(
        table, name="later", year=table.year + 1, intermediate=Z, final=final, output=output,
        primary=table.primary * share, labour=labour, imported_intermediate=None,
        imported_final=None,
    )  # fmt: skip


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_effects_add_up_to_the_change(seed: int) -> None:
    table = load_table("usa_1947")
    after = later(table, seed)
    found = structural_decomposition(table, after)
    np.testing.assert_allclose(found["total"], after.output - table.output, rtol=1e-6, atol=1e-3)
    effects = found.drop(columns="total")
    scale = np.abs(table.output).max()
    np.testing.assert_allclose(effects.sum(axis=1), found["total"], atol=1e-9 * scale)
    kind = table.labour.kinds[0]
    jobs = structural_decomposition(table, after, of=kind)
    np.testing.assert_allclose(jobs["total"].sum(), 0.1 * table.labour.used[0].sum(), rtol=1e-6)
    np.testing.assert_allclose(
        jobs.drop(columns="total").sum(axis=1), jobs["total"], atol=1e-9 * table.labour.used.max()
    )


def test_causes_are_told_apart(toy: Table) -> None:
    twice = dataclasses.replace(toy, **{
        name: 2 * getattr(toy, name)
        for name in ("intermediate", "final", "imports", "primary", "output")
    }, imported_intermediate=None, imported_final=None)  # fmt: skip
    found = structural_decomposition(toy, twice).drop(columns="total")
    np.testing.assert_allclose(found["level"], toy.output)
    np.testing.assert_allclose(found.drop(columns="level"), 0, atol=1e-10)
    jobs = structural_decomposition(toy, twice, of="persons").drop(columns="total")
    np.testing.assert_allclose(jobs["intensity"], -1.5 / 2 * toy.labour.used[0])
    f = final_demand(toy)
    A = 0.9 * toy.input_coefficients
    x = np.linalg.solve(np.eye(3) - A, f)
    leaner = dataclasses.replace(toy, intermediate=A * x, output=x)
    found = structural_decomposition(toy, leaner).drop(columns="total")
    np.testing.assert_allclose(found["technology"], x - toy.output)
    np.testing.assert_allclose(found.drop(columns="technology"), 0, atol=1e-10)


def test_tables_that_do_not_compare_are_refused(toy: Table) -> None:
    other = dataclasses.replace(toy, sectors=("farms", "works", "shop"))
    with pytest.raises(InputError, match="did you mean shops"):
        structural_decomposition(toy, other)
    other = dataclasses.replace(toy, sectors=("works", "farms", "shops"))
    with pytest.raises(InputError, match="another order"):
        structural_decomposition(toy, other)
    other = dataclasses.replace(toy, unit="thousand EUR", final_uses=toy.final_uses[::-1])
    with pytest.raises(InputError) as caught:
        structural_decomposition(toy, other)
    assert [fault.field for fault in caught.value.faults] == ["unit", "final_uses"]
