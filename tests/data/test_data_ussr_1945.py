"""The reconstruction of 1945: identities, totals carried back, sanity of the variants."""

from __future__ import annotations

import numpy as np
import pytest

from conjuncture.accounts.library import load_table, load_variants, variant_titles
from conjuncture.accounts.table import Table
from conjuncture.core.sources import source, trace
from conjuncture.data.country import load_country

VARIANTS = load_variants("ussr_1945")
SECTORS = (
    "agriculture",
    "fuels_mining",
    "electricity",
    "metals",
    "chemicals",
    "machinery",
    "consumer_goods",
    "other_industry",
    "construction",
    "transport",
    "trade",
    "services",
)
UNINDEXED = ("construction", "trade", "services")

# Joint Economic Committee (1990), 1950, billion 1982 rubles; official indices 1945 and 1950.
WEIGHTS = {"construction": 9.1, "trade": 6.6, "services": 44.5 + 0.5}
MILITARY = 9.3 * 12_100 / 4_300
GDP = 184.3 * (343.473 / 417.038) / (4529 * 179_571 / (3417 * 195_970))


def value_added(table: Table) -> dict[str, float]:
    return dict(zip(table.sectors, table.value_added.tolist(), strict=True))


def test_four_variants_and_a_default() -> None:
    names = {f"{d}_{f}" for d in ("usa_1947", "china_1987") for f in ("independent", "official")}
    assert set(VARIANTS) == names
    assert next(iter(variant_titles("ussr_1945"))) == "china_1987_independent"
    assert load_table("ussr_1945").variant == "china_1987_independent"


@pytest.mark.parametrize("name", VARIANTS)
def test_it_says_what_it_is(name: str) -> None:
    table = VARIANTS[name]
    assert table.sectors == SECTORS
    assert table.variant == name
    assert table.reconstruction
    assert "reconstruction" in table.title
    card = source(table.origin)
    assert "econstruction" in card.title
    assert len(card.steps) >= 10
    origins = {parent.id for parent in trace([table.origin])}
    assert {"cia_jec_1990", "narkhoz_1965", "harrison_1998", "china_io_1987"} <= origins


@pytest.mark.parametrize("name", VARIANTS)
def test_identities_close(name: str) -> None:
    table = VARIANTS[name]
    rows = table.intermediate.sum(axis=1) + table.final.sum(axis=1)
    np.testing.assert_allclose(rows, table.output + table.imports, rtol=1e-9)
    columns = table.intermediate.sum(axis=0) + table.primary.sum(axis=0)
    np.testing.assert_allclose(columns, table.output, rtol=1e-9)
    uses = table.final.sum() - table.imports.sum()
    assert uses == pytest.approx(table.value_added.sum(), rel=1e-9)


@pytest.mark.parametrize("name", VARIANTS)
def test_value_added_is_the_weight_of_1950_carried_back(name: str) -> None:
    found = value_added(VARIANTS[name])
    assert found["agriculture"] == pytest.approx(75.9 * 60 / 99)
    assert found["transport"] == pytest.approx((5.0 + 0.7) * 77 / 146)
    industry = sum(found[sector] for sector in SECTORS[1:8])
    assert industry == pytest.approx(32.9 * 92 / 173)
    total = sum(found.values()) + MILITARY
    if name.endswith("independent"):
        assert total == pytest.approx(GDP, rel=1e-6)
    else:
        for sector in UNINDEXED:
            assert found[sector] == pytest.approx(WEIGHTS[sector] * 83 / 164)


def test_the_two_families_nearly_agree() -> None:
    """Unindexed sectors stand at 0.53 and 0.51 of 1950."""
    found = value_added(VARIANTS["china_1987_independent"])
    ratios = [found[sector] / WEIGHTS[sector] for sector in UNINDEXED]
    assert np.ptp(ratios) == pytest.approx(0, abs=1e-9)
    assert ratios[0] == pytest.approx(83 / 164, rel=0.06)
    assert 0.4 < ratios[0] < 0.7


@pytest.mark.parametrize("name", VARIANTS)
def test_branches_of_industry_move_with_their_indices(name: str) -> None:
    """Value added over 1950 has the shares of one donor for every branch of a family."""
    found = value_added(VARIANTS[name])
    twin = value_added(VARIANTS[name.replace("official", "independent")])
    for sector in SECTORS[1:8]:
        assert found[sector] == pytest.approx(twin[sector])
    index = {
        "metals": 89 / 177,
        "chemicals": 92 / 196,
        "machinery": 129 / 215,
        "electricity": 91 / 187,
        "consumer_goods": 59 / 123,
    }
    before = {sector: found[sector] / ratio for sector, ratio in index.items()}
    rest = 32.9 - sum(before.values())
    assert 0.15 * 32.9 < rest < 0.4 * 32.9  # fuels, mining and other industry in 1950


@pytest.mark.parametrize("name", VARIANTS)
def test_no_absurd_cell(name: str) -> None:
    table = VARIANTS[name]
    coefficients = table.input_coefficients
    assert np.abs(np.linalg.eigvals(coefficients)).max() < 0.6
    assert coefficients.min() >= 0
    assert coefficients.max() < 0.6
    assert table.final.min() >= 0
    share = table.value_added / table.output
    assert ((share > 0.2) & (share < 0.8)).all()
    # Farm products hardly enter heavy industry, metals hardly enter farming.
    agriculture, metals = table.index("agriculture"), table.index("metals")
    assert coefficients[agriculture, metals] < 0.03
    assert coefficients[metals, agriculture] < 0.01


@pytest.mark.parametrize("name", VARIANTS)
def test_uses_stand_in_a_war_economy(name: str) -> None:
    table = VARIANTS[name]
    uses = dict(zip([u.name for u in table.final_uses], table.final.sum(axis=0), strict=True))
    assert uses["investment"] == pytest.approx(26.8 * 5.3 / 11, rel=1e-6)
    military = uses["arms"] + uses["military_supplies"] + MILITARY
    assert 0.25 < military / GDP < 0.55  # Harrison: 17 per cent in 1940, 53 in 1944
    assert uses["arms"] < 0.55 * table.output[table.index("machinery")]
    assert 0.35 < uses["household_consumption"] / GDP < 0.6
    trade = table.final_by_role("exports")
    np.testing.assert_allclose(trade, table.imports)
    assert trade.sum() < 0.03 * GDP


@pytest.mark.parametrize("name", VARIANTS)
def test_labour_adds_up(name: str) -> None:
    table, country = VARIANTS[name], load_country("SUN")
    assert table.labour is not None
    persons = table.labour.used[0]
    assert persons[1:].sum() == pytest.approx(28_600)
    assert persons[1:8].sum() == pytest.approx(13_079 * 92 / 114)
    force = country.value("participation") * country.value("working_age_population")
    assert persons.sum() + table.labour.outside["armed_forces"] == pytest.approx(force)
    assert (persons > 0).all()


@pytest.mark.parametrize("name", VARIANTS)
def test_capital_follows_the_official_indices(name: str) -> None:
    table = VARIANTS[name]
    assert table.capital is not None
    assert table.capital.timing == "year_end"
    assert (table.capital.stock > 0).all()
    assert ((table.capital.depreciation > 0) & (table.capital.depreciation < 0.15)).all()
    spent = (table.capital.stock * table.capital.depreciation).sum()
    assert spent < 26.8 * 5.3 / 11  # investment of 1945 replaced what was used up
