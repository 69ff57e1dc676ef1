"""Build the shipped table usa_1947 from the make and use tables of the BEA.

Usage: python scripts/build_table_usa_1947.py --data FOLDER

FOLDER holds ``bea_us_1947_1996`` and ``bea_fixed_assets_by_type``; their files
are those named on the origin cards. Reading parquet files needs pyarrow.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from build_common import (
    arguments,
    card_file,
    derived_card,
    ship,
    verified,
    with_negative_final,
    write_card,
)
from conjuncture.accounts.supply_use import SupplyUse, industry_table
from conjuncture.accounts.table import Array, Capital, FinalUse, Labour, Role, Table

SCRIPT = "build_table_usa_1947.py"
NAME, YEAR = "usa_1947", 1947
MAKE_CHECKSUM = "78304a8c6582ce270810ca4845cfa9ec46e554bf3f2204a24e8e9e0034cc6eda"
IMPORTS, VALUE_ADDED, NONCOMPARABLE = "F050", "T006", "Other"
VALUATION = "import_valuation"
FINAL_USES: dict[str, Role] = {
    "F010": "consumption",
    "F02T": "investment",
    "F02E": "investment",
    "F02N": "investment",
    "F030": "inventories",
    "F040": "exports",
    "F08C": "public",
    "F08S": "investment",
    "F08E": "investment",
    "F10C": "public",
    "F10S": "investment",
    "F10E": "investment",
}
ROUNDING = 10.0  # million USD: the source rounds every cell to the million
PRECISE = 0.5  # billion USD: below it, one decimal of a depreciation figure is too coarse


def main() -> None:
    options = arguments(__doc__ or "")
    concordance = yaml.safe_load(
        Path(__file__).with_name("usa_1947_concordance.yaml").read_text(encoding="utf-8")
    )
    folder = options.data / "bea_us_1947_1996"
    table = industry_table(supply_use(folder), rounding=ROUNDING)
    employed, outside = labour(folder, concordance, table)
    write_cards(options.content, table)
    table = dataclasses.replace(
        table,
        labour=Labour(
            kinds=("persons_engaged", "full_time_equivalent_employees"),
            units=("thousand persons", "thousand persons"),
            used=employed,
            outside=outside,
        ),
        capital=capital(options.data, concordance, table),
    )
    ship(with_negative_final(table), options.content)


def supply_use(folder: Path) -> SupplyUse:
    """Read the make and use tables of 1947."""
    use = matrix(card_file(folder / "us_1947_use.csv", "bea_io_1947"))
    make = matrix(verified(folder / "us_1947_make.csv", MAKE_CHECKSUM))
    titles = pd.read_csv(folder / "us_1947_column_names.csv", dtype=str).set_index("code").name
    industries = [code for code in make.index if not code.startswith("T0")]
    commodities = [code for code in use.index if not code.startswith("T0")]
    imports = -use.loc[commodities, IMPORTS].to_numpy()
    final = use.loc[commodities, list(FINAL_USES)].to_numpy()
    return SupplyUse(
        name=NAME,
        title=f"United States {YEAR}, BEA, {len(industries)} sectors",
        territory="USA",
        year=YEAR,
        currency="USD",
        unit="million USD",
        prices="producers' prices, current",
        origin=f"{NAME}_table",
        industries=tuple(industries),
        titles=tuple(titles[code] for code in industries),
        commodities=tuple(commodities),
        make=make.loc[industries, commodities].to_numpy(),
        use=use.loc[commodities, industries].to_numpy(),
        final_uses=(
            *(FinalUse(code, role) for code, role in FINAL_USES.items()),
            FinalUse(VALUATION, "exports"),
        ),
        final=np.column_stack([final, np.clip(-imports, 0, None)]),
        imports=np.clip(imports, 0, None),
        primary_inputs=(VALUE_ADDED,),
        value_added_rows=(VALUE_ADDED,),
        primary=use.loc[[VALUE_ADDED], industries].to_numpy(),
        noncomparable=(NONCOMPARABLE,),
    )


def matrix(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"code": str}).set_index("code").astype(float)


def labour(
    folder: Path, concordance: dict[str, Any], table: Table
) -> tuple[Array, dict[str, float]]:
    """Lay employment by the old classification on the industries of the table."""
    path = card_file(folder / "nipa_labour_by_industry.parquet", "bea_nipa_section6")
    nipa = pd.read_parquet(path)
    nipa = nipa[nipa.year == YEAR]
    rows, outside = [], {}
    for sheet in ("T60800A-A", "T60500A-A"):
        lines = nipa[nipa.sheet == sheet].set_index("line").value
        row = spread(lines, concordance, table)
        outside = {name: float(lines[line]) for name, line in concordance["outside"].items()}
        gap = row.sum() + sum(outside.values()) - lines[concordance["total"]]
        # Lines are rounded to the thousand, and some 50 of them are gathered.
        assert abs(gap) <= 25, f"{sheet}: employment is off by {gap} thousand"
        rows.append(row)
    return np.array(rows), outside


def spread(lines: pd.Series[float], concordance: dict[str, Any], table: Table) -> Array:
    """Divide each pool among its industries by value added, then staff the head offices."""
    added = pd.Series(table.value_added, index=table.sectors)
    employed = pd.Series(0.0, index=table.sectors)
    for pool in concordance["pools"]:
        weights = added[pool["to"]] / added[pool["to"]].sum()
        employed[pool["to"]] += lines[pool["lines"]].sum() * weights
    offices = concordance["head_offices"]
    served, own = offices["served"], added[offices["industry"]]
    share = own / (own + added[served].sum())
    employed[offices["industry"]] = share * employed[served].sum()
    employed[served] *= 1 - share
    return np.asarray(employed.to_numpy(), dtype=np.float64)


def capital(data: Path, concordance: dict[str, Any], table: Table) -> Capital:
    """Net stocks at the end of 1947 and rates of depreciation, private and government."""
    folder = data / "bea_us_1947_1996"
    private = figures(card_file(folder / "fixed_assets_by_industry.parquet", "bea_fixed_assets"))
    path = data / "bea_fixed_assets_by_type" / "net_stock_current_cost_1947_2017.parquet"
    detail = pd.read_parquet(card_file(path, "bea_fixed_assets_detail"))
    detail = detail[(detail.year == YEAR) & detail.asset_code.isin(list(CLASSES))]
    classes = detail.pivot(index="industry", columns="asset_code", values="value").fillna(0.0)
    rates = class_rates(private, concordance["capital"]["531"]["lines"])
    found = pd.DataFrame(0.0, index=table.sectors, columns=["stock", "lost"])
    for sector, rule in concordance["capital"].items():
        found.loc[sector] = private_capital(rule, private, classes, rates)
    public = figures(
        card_file(folder / "fixed_assets_government.parquet", "bea_fixed_assets_government")
    )
    stocks = government(concordance["government"], public["FAAt701-A"])
    for sector, figure in government_rates(concordance["government"], public, stocks).items():
        found.loc[sector] = (stocks[sector], stocks[sector] * figure)
    return Capital(
        stock=found.stock.to_numpy(),
        timing="year_end",
        depreciation=(found.lost / found.stock).to_numpy(),
        origin=f"{NAME}_capital",
        depreciation_origin=f"{NAME}_depreciation",
    )


CLASSES = {"EQUIPMENT": "E", "STRUCTURES": "S", "IPP": "I"}


def figures(path: Path) -> dict[str, pd.Series[float]]:
    """Return the figures of 1947 by sheet and line."""
    frame = pd.read_parquet(path)
    frame = frame[frame.year == YEAR]
    return {str(sheet): rows.set_index("line").value for sheet, rows in frame.groupby("sheet")}


def class_rates(private: dict[str, pd.Series[float]], real_estate: list[int]) -> pd.Series[float]:
    """Depreciation per unit of stock of equipment, structures and intellectual property.

    All private industries but real estate, whose structures are dwellings.
    """
    rates = {}
    for name, letter in CLASSES.items():
        lost, stock = private[f"FAAt304{letter}-A"], private[f"FAAt301{letter}-A"]
        rates[name] = (lost[1] - lost[real_estate].sum()) / (stock[1] - stock[real_estate].sum())
    return pd.Series(rates)


def private_capital(
    rule: dict[str, Any],
    private: dict[str, pd.Series[float]],
    classes: pd.DataFrame,
    rates: pd.Series[float],
) -> tuple[float, float]:
    """Return stock and depreciation of one industry (million USD)."""
    stock = private["FAAt301ESI-A"][rule["lines"]].sum()
    lost = private["FAAt304ESI-A"][rule["lines"]].sum()
    if rule.get("residential"):
        return 1e3 * stock, 1e3 * lost
    held = classes.loc[rule["detail"]].sum()
    rate = lost / stock if lost >= PRECISE else float((held * rates).sum() / held.sum())
    return float(held.sum()), float(held.sum()) * rate


def government(rule: dict[str, Any], lines: pd.Series[float]) -> dict[str, float]:
    """Divide federal and local assets into general government and enterprises (million USD)."""
    local = lines[rule["state_and_local_enterprises"]].sum()
    federal = lines[rule["enterprises"]] - local
    return {
        "GFG": 1e3 * (lines[rule["federal"]] - federal),
        "GFE": 1e3 * federal,
        "GSLG": 1e3 * (lines[rule["state_and_local"]] - local),
        "GSLE": 1e3 * local,
    }


def government_rates(
    rule: dict[str, Any], public: dict[str, pd.Series[float]], stocks: dict[str, float]
) -> dict[str, float]:
    """Depreciation per unit of stock: one rate for enterprises, the rest for each level."""
    stock, lost = public["FAAt701-A"], public["FAAt703-A"]
    enterprises = lost[rule["enterprises"]] / stock[rule["enterprises"]]
    rates = {"GFE": enterprises, "GSLE": enterprises}
    for general, own, level in (
        ("GFG", "GFE", rule["federal"]),
        ("GSLG", "GSLE", rule["state_and_local"]),
    ):
        rates[general] = (1e3 * lost[level] - enterprises * stocks[own]) / stocks[general]
    return rates


def write_cards(content: Path, table: Table) -> None:
    for card in (table_card(table), capital_card(), depreciation_card()):
        write_card(content, card)


def table_card(table: Table) -> dict[str, Any]:
    row_gap = np.abs(table.final[:, -1]).max()
    column_gap = np.abs(table.primary[-1]).max()
    foreign = table.primary[table.primary_inputs.index(NONCOMPARABLE)].sum()
    return derived_card(
        f"{NAME}_table",
        f"Input-output table of the United States {YEAR}, industry by industry",
        parents=("bea_io_1947", "bea_nipa_section6"),
        redistribution="public-domain",
        script=SCRIPT,
        steps=(
            "Uses of commodities are laid on the industries that make them, by their shares "
            "in the make table (industry technology, A = D B).",
            "Imports are the negative entries of column F050; its positive entries (customs "
            "duties and domestic margins in the value of imports) become the final use "
            f"{VALUATION}, counted as an export, as freight of residents is in the balance "
            "of payments.",
            "The commodity Other (noncomparable imports) is divided by its supply: the share "
            "made at home is treated like any other; the imported share of its intermediate "
            f"uses is the primary input {NONCOMPARABLE} ({foreign:,.0f} million USD), that of "
            "its final uses is left out together with the imports.",
            "The commodity Used is laid on the industries by whose sales of scrap it stands "
            "in the make table. Since firms sell used equipment on balance, investment in "
            "equipment is slightly negative for a few of them; they are named as exceptions.",
            "Rounding residuals of the source stand in the final use and the primary input "
            f"discrepancy (at most {row_gap:.1f} and {column_gap:.1f} million USD).",
            "Employment: lines of the old classification are gathered into pools and divided "
            "among the industries of each by value added; head offices receive the same share "
            "of all industries that they serve; scripts/usa_1947_concordance.yaml.",
            "The armed forces (military, line 79) are labour outside the sectors.",
        ),
        note=(
            "Where a pool is divided, labour per unit of value added is equal by construction. "
            "Value added is one row. Federal consumption is not divided into civil and "
            "military."
        ),
    )


def capital_card() -> dict[str, Any]:
    return derived_card(
        f"{NAME}_capital",
        f"Net stock of fixed capital of the United States at the end of {YEAR} by industry",
        parents=(
            "bea_fixed_assets_detail",
            "bea_fixed_assets",
            "bea_fixed_assets_government",
        ),
        redistribution="public-domain",
        script=SCRIPT,
        steps=(
            "Private industries but real estate: equipment, structures and intellectual "
            "property of the detailed estimates, gathered by "
            "scripts/usa_1947_concordance.yaml.",
            "Real estate, with all private dwellings: table 3.1.",
            "Government: table 7.1; state and local enterprises are taken to hold structures "
            "for housing, transportation, power, sewers and water, federal enterprises the "
            "rest of all government enterprises.",
        ),
        note=(
            "Federal general government holds the stock of weapons left by the war and the "
            "military facilities, which produce no civil output."
        ),
    )


def depreciation_card() -> dict[str, Any]:
    return derived_card(
        f"{NAME}_depreciation",
        f"Rates of depreciation of fixed capital of the United States {YEAR} by industry",
        parents=(
            "bea_fixed_assets",
            "bea_fixed_assets_government",
            "bea_fixed_assets_detail",
        ),
        redistribution="public-domain",
        script=SCRIPT,
        steps=(
            f"Where depreciation is at least {PRECISE} billion USD: table 3.4 over table 3.1, "
            "of the same industry.",
            "Elsewhere one decimal is too coarse: the rates of equipment, structures and "
            "intellectual property of all private industries but real estate, weighted by "
            "the industry's own stock.",
            "Government: table 7.3 over table 7.1; one rate for all enterprises, the rest for "
            "general government at each level.",
        ),
        note="Depreciation of the year over the stock at its end.",
    )


if __name__ == "__main__":
    main()
