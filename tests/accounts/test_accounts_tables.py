"""The shipped tables: their identities, and totals that their producers publish."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from conjuncture.accounts.checks import check
from conjuncture.accounts.leontief import spectral_radius
from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import Table
from conjuncture.core.sources import source, trace

SHIPPED = ["usa_2014", "deu_2014", "usa_1947"]


@pytest.fixture(params=SHIPPED)
def table(request: pytest.FixtureRequest) -> Table:
    return load_table(request.param)


def test_every_identity_holds(table: Table) -> None:
    assert check(table, tolerance=1e-12) == []


def test_every_figure_has_its_cards(table: Table) -> None:
    assert table.labour is not None
    assert table.capital is not None
    origins = [table.origin, table.capital.origin, table.capital.depreciation_origin]
    cards = {card.id: card for card in trace(origins)}
    assert any(card.checksum for card in cards.values())
    for card in cards.values():
        assert card.redistribution in {"public-domain", "cc-by"}
        assert card.steps or card.checksum, card.id
        for script in (step for step in (card.where,) if step.startswith("scripts/")):
            assert (Path(__file__).parents[2] / script).exists()


def test_files_stay_small(table: Table) -> None:
    assert (Path(table.file).parent / "flows.csv").stat().st_size < 400_000


def test_every_exception_is_needed(table: Table) -> None:
    """A declared exception that hides nothing would hide something later."""
    for kind, names in table.exceptions.items():
        for name in names:
            fewer = {**table.exceptions, kind: tuple(other for other in names if other != name)}
            assert check(dataclasses.replace(table, exceptions=fewer)), (kind, name)


def test_the_united_states_2014() -> None:
    """Totals of the WIOD: output 30.971 and value added 17.348 trillion USD, 55 industries."""
    table = load_table("usa_2014")
    assert table.size == 55
    assert table.output.sum() == pytest.approx(30_971_023, abs=0.5)
    assert table.value_added.sum() == pytest.approx(17_348_070, abs=0.5)
    assert table.labour is not None
    assert table.capital is not None
    persons, hours = table.labour.used.sum(axis=1)
    assert persons == pytest.approx(155.8e3, abs=50)  # thousand
    assert hours == pytest.approx(262.6e3, abs=50)  # million
    assert table.capital.stock.sum() == pytest.approx(53.547e6, abs=500)
    assert spectral_radius(table.input_coefficients) == pytest.approx(0.482, abs=5e-4)
    assert spectral_radius(table.domestic_coefficients) == pytest.approx(0.414, abs=5e-4)
    farms = table.index("A01")
    assert table.output[farms] == pytest.approx(435_775)
    assert table.labour.used[0, farms] == pytest.approx(1581.064)


def test_germany_2014() -> None:
    """Radii published for the release, and a stock converted at one exchange rate."""
    table = load_table("deu_2014")
    assert table.size == 55
    assert table.output.sum() == pytest.approx(7_066_740.5, abs=0.5)
    assert spectral_radius(table.input_coefficients) == pytest.approx(0.513, abs=5e-4)
    assert spectral_radius(table.domestic_coefficients) == pytest.approx(0.395, abs=5e-4)
    assert table.labour is not None
    assert table.capital is not None
    assert table.labour.used[0].sum() == pytest.approx(42_706)
    (step,) = [step for step in source("deu_2014_capital").steps if "Exchange rate" in step]
    rate = float(step.split("= ")[-1].split()[0])
    assert rate == pytest.approx(0.752728, abs=1e-6)  # the rate of the year in the accounts
    assert table.capital.stock.sum() * rate == pytest.approx(9_518_658, rel=1e-6)
    assert table.exceptions["capital"] == ("T",)
    assert table.capital.stock[table.index("T")] == 0


def test_the_united_states_1947() -> None:
    """Gross output 471,889 and GDP 249,616 million USD; persons engaged, armed forces."""
    table = load_table("usa_1947")
    assert table.size == 47
    assert table.output.sum() == pytest.approx(471_889)
    assert table.value_added.sum() == pytest.approx(249_616)
    assert table.final_by_role("inventories").sum() == pytest.approx(-551 + 34, abs=20)
    assert spectral_radius(table.input_coefficients) == pytest.approx(0.501, abs=5e-4)
    assert (table.intermediate >= 0).all()
    assert table.labour is not None
    assert table.capital is not None
    persons, equivalents = table.labour.used.sum(axis=1)
    assert dict(table.labour.outside) == {"armed_forces": 1632}
    assert persons + 1632 == pytest.approx(57_260, abs=25)  # domestic industries, table 6.8A
    assert equivalents + 1632 == pytest.approx(47_061, abs=25)  # table 6.5A
    assert (table.labour.used[1] <= table.labour.used[0] + 1e-9).all()
    for sector, published in (("111CA", 6400), ("62", 1071), ("GFE", 510), ("GSLG", 2992)):
        assert table.labour.used[0, table.index(sector)] == published
    assert table.capital.timing == "year_end"


def test_capital_of_1947_is_that_of_the_fixed_assets_accounts() -> None:
    """Private stock 516.6 billion USD, government 217.6; depreciation 17.7 and 11.4."""
    table = load_table("usa_1947")
    assert table.capital is not None
    stock, lost = table.capital.stock, table.capital.stock * table.capital.depreciation
    public = np.array([sector.startswith("G") for sector in table.sectors])
    assert stock[~public].sum() == pytest.approx(516_600, abs=500)
    assert stock[public].sum() == pytest.approx(217_600, abs=150)
    assert lost[public].sum() == pytest.approx(11_400, abs=150)
    # Where one decimal is too coarse the rates are derived, so the sum is close only.
    assert lost[~public].sum() == pytest.approx(17_700, rel=0.05)


def test_the_donor_rates_are_those_of_the_fixed_assets_accounts() -> None:
    """Their mean stands on the card; dwellings last longest, data processing least."""
    (step,) = [step for step in source("bea_depreciation_2014").steps if " = 0." in step]
    mean = float(step.split("= ")[-1].rstrip("."))
    assert mean == pytest.approx((2298.5 + 516.5) / (51642.8 / 2 + 53723.9 / 2), abs=1e-6)
    for name in ("usa_2014", "deu_2014"):
        table = load_table(name)
        assert table.capital is not None
        rates = dict(zip(table.sectors, table.capital.depreciation, strict=True))
        assert rates["T"] == pytest.approx(mean, abs=1e-6)
        assert min(rates, key=lambda code: rates[code]) == "L68"
        assert rates["L68"] < mean < rates["J62_J63"]
        assert all(0.015 < rate < 0.35 for rate in rates.values())
    capital = load_table("usa_2014").capital
    assert capital is not None
    # On the stocks of the WIOD the rates come close to the depreciation of the donor.
    assert capital.depreciation @ capital.stock == pytest.approx(2815.0e3, rel=0.02)
