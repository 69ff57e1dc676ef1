"""The table ``ussr_1945``: outputs, uses, labour and capital around the value added of 1945."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.balance import Balanced, ras
from conjuncture.accounts.table import Capital, FinalUse, Labour, Table
from conjuncture.data.catalog import figure
from conjuncture.data.sectors import SECTORS
from ussr_donors import Equipment, Patterns, Technique, assumed
from ussr_weights import INDUSTRY, Arms, Weights

Array = npt.NDArray[np.float64]

CARD = "ussr_1945_reconstruction"
DONORS = {"usa_1947": "United States 1947", "china_1987": "China 1987"}
TITLES = {
    "agriculture": "Agriculture and forestry",
    "fuels_mining": "Fuels and mining",
    "electricity": "Electricity and heat",
    "metals": "Metals",
    "chemicals": "Chemicals and rubber",
    "machinery": "Machine building and metalworking",
    "consumer_goods": "Food, textiles, clothing and leather",
    "other_industry": "Wood, paper, building materials and other industry",
    "construction": "Construction",
    "transport": "Transport and communications",
    "trade": "Trade and public catering",
    "services": "Services, dwellings and administration",
}
USES = (
    FinalUse("household_consumption", "consumption"),
    FinalUse("public_consumption", "public"),
    FinalUse("investment", "investment"),
    FinalUse("military_supplies", "military"),
    FinalUse("arms", "military"),
    FinalUse("exports", "exports"),
)
GOODS = np.array([name in ("agriculture", *INDUSTRY) for name in SECTORS])
KINDS_OF_SUPPLY = (
    "agriculture",
    "fuels_mining",
    "chemicals",
    "consumer_goods",
    "other_industry",
    "transport",
)
"""Products that soldiers use in place of households: food, clothing, fuel, carriage."""

MACHINERY, BUILDING = SECTORS.index("machinery"), SECTORS.index("construction")
FIT = 1e-13
"""Tolerance of the fit, so that the identities close far below 1e-9."""


@dataclass(frozen=True)
class Result:
    """A variant and what was found on the way.

    Attributes
    ----------
    table : Table
    balanced : Balanced
        The fit of intermediate uses, households, public consumption and investment.
    weights : Weights
    assets_relative : array, sectors
        Fixed capital of 1945 relative to 1940.
    working : array, sectors
        Output relative to what the capital of 1945 gave at the use of 1940; above 1 where it was
        used in more shifts than in 1940.
    """

    table: Table
    balanced: Balanced
    weights: Weights
    assets_relative: Array
    working: Array


def investment_total() -> float:
    """Return investment of 1945: that of 1950 carried back with the official index."""
    index = "investment_index_narkhoz_1975"
    change = figure(index, 1945, "fit") / figure(index, 1950, "structural")
    return figure("investment_cia", 1950, "structural") * change


def soldiers_share() -> float:
    """Return the share of soldiers in the goods that households and soldiers use together."""
    soldiers = assumed("soldier_weight") * figure("armed_forces_harrison", 1945, "start")
    people = figure("population_adh_1946", 1946, "start")
    civilians = people - figure("armed_forces_harrison", 1945, "start")
    return soldiers / (soldiers + civilians)


def build(
    technique: Technique, patterns: Patterns, equipment: Equipment, weights: Weights, arms: Arms
) -> Result:
    """Build one variant.

    Parameters
    ----------
    technique : Technique
        The donor of coefficients.
    patterns, equipment
        Composition of final uses; ratios of labour and capital.
    weights : Weights
        Value added of 1945.
    arms : Arms
        Share of arms in machinery.
    """
    value = weights.value_added
    investment = investment_total()
    output = value / technique.value_added_share
    # The output of construction follows from its use: the donors' ratios would ask for more
    # building than there was investment.
    built = investment * patterns.investment[BUILDING] * patterns.building_share
    output[BUILDING] = built
    trade = assumed("trade_share") * output * GOODS
    delivered = np.zeros(len(SECTORS))
    delivered[MACHINERY] = arms.share_1945 * output[MACHINERY]

    rows = output - delivered  # imports and exports of a product cancel
    pool = value.sum() - investment - delivered.sum()
    totals = pool * np.array([1 - patterns.public_share, patterns.public_share])
    final = np.column_stack(
        [
            patterns.personal * totals[0],
            patterns.public * totals[1],
            patterns.investment * investment,
        ]
    )
    seed = np.hstack([technique.coefficients * output, final])
    columns = np.concatenate([output - value, totals, [investment]])
    labels = [*SECTORS, "personal", "public", "investment"]
    fit = ras(seed, rows, columns, tolerance=FIT, rows=SECTORS, columns=labels)
    n = len(SECTORS)
    personal = fit.matrix[:, n]
    share = soldiers_share() * np.array([name in KINDS_OF_SUPPLY for name in SECTORS])
    uses = np.column_stack(
        [
            personal * (1 - share),
            fit.matrix[:, n + 1],
            fit.matrix[:, n + 2],
            personal * share,
            delivered,
            trade,
        ]
    )
    stock, relative, working = _capital(equipment, output, weights)
    variant = f"{technique.name}_{weights.family}"
    table = Table(
        name="ussr_1945",
        title=f"USSR 1945, reconstruction: technique of {DONORS[technique.name]}, "
        f"{weights.family} estimates",
        territory="SUN",
        year=1945,
        currency="SUR",
        unit="billion rubles",
        prices="factor cost of 1982",
        sectors=SECTORS,
        titles=tuple(TITLES[name] for name in SECTORS),
        intermediate=fit.matrix[:, :n],
        final_uses=USES,
        final=uses,
        imports=trade,
        primary_inputs=("value_added",),
        value_added_rows=("value_added",),
        primary=value[None, :],
        output=output,
        origin=CARD,
        labour=_labour(equipment, weights),
        capital=Capital(stock, "year_end", equipment.depreciation, CARD, "usa_1947_depreciation"),
        reconstruction=True,
        variant=variant,
    )
    return Result(table, fit, weights, relative, working)


def _labour(equipment: Equipment, weights: Weights) -> Labour:
    """Persons by sector: recorded workers and employees, and agriculture as the rest."""
    soldiers = figure("armed_forces_harrison", 1945, "start")
    force = assumed("participation") * figure("working_age_population_adh_1946", 1946, "start")
    employed = figure("employment_narkhoz_1972", 1945, "start")
    growth = figure("industry_index_narkhoz_1965", 1945, "start") / figure(
        "labour_productivity_industry_narkhoz_1965", 1945, "start"
    )
    industry = growth * figure("employment_industry_narkhoz_60", 1940, "fit")
    inside = np.array([name in INDUSTRY for name in SECTORS])
    elsewhere = np.array([name not in (*INDUSTRY, "agriculture") for name in SECTORS])
    need = weights.value_added * equipment.labour * inside
    persons = industry * need / need.sum()
    other = weights.value_added * elsewhere
    persons += (employed - industry) * other / other.sum()
    persons[0] = force - soldiers - employed
    outside = MappingProxyType({"armed_forces": soldiers})
    return Labour(("persons",), ("thousand persons",), persons[None, :], outside)


def _capital(equipment: Equipment, output: Array, weights: Weights) -> tuple[Array, Array, Array]:
    """Stock of 1945, its size relative to 1940, and its use relative to 1940."""
    before = equipment.capital * output / weights.relative_1940
    inside = np.array([name in INDUSTRY for name in SECTORS])
    productive = np.array([name != "services" for name in SECTORS])
    industry = figure("fixed_assets_industry_narkhoz_1965", 1945, "start") / 100
    total = figure("fixed_assets_index_narkhoz_1965", 1945, "start") / 100
    rest = productive & ~inside
    lost = total * before[productive].sum() - industry * before[inside].sum()
    relative = np.where(inside, industry, lost / before[rest].sum())
    return before * relative, relative, weights.relative_1940 / relative
