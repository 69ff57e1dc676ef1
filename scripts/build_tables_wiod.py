"""Build the shipped tables usa_2014 and deu_2014 from the WIOD 2016 release.

Usage: python scripts/build_tables_wiod.py --data FOLDER

FOLDER holds ``wiod_2016_niot_sea`` and ``bea_us_1947_1996``; their files are
those named on the origin cards. Reading parquet files needs pyarrow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from build_common import (
    arguments,
    card_file,
    derived_card,
    ship,
    with_negative_final,
    write_card,
)
from conjuncture.accounts.table import Capital, FinalUse, Labour, Role, Table
from us_depreciation import depreciation_rates, rate

SCRIPT = "build_tables_wiod.py"
YEAR = 2014
NOWHERE = "U"  # extraterritorial organisations: zero in every table of the release
FINAL_USES: dict[str, Role] = {
    "CONS_h": "consumption",
    "CONS_np": "consumption",
    "CONS_g": "public",
    "GFCF": "investment",
    "INVEN": "inventories",
    "EXP": "exports",
}
PRIMARY = ("VA", "TXSP", "EXP_adj", "PURR", "PURNR", "IntTTM")
RESIDUAL = "discrepancy"
COUNTRIES = {"USA": "the United States", "DEU": "Germany"}
DEPRECIATION = "bea_depreciation_2014"


def main() -> None:
    options = arguments(__doc__ or "")
    wiod = options.data / "wiod_2016_niot_sea"
    niot = pd.read_parquet(card_file(wiod / "niot_2014.parquet", "wiod_2016"))
    sea = pd.read_csv(card_file(wiod / "sea_5countries_2000_2014.csv", "wiod_2016_sea"))
    labels = pd.read_csv(wiod / "column_labels.csv").set_index("code").description.str.strip()
    rates, total = depreciation_rates(options.data / "bea_us_1947_1996", YEAR)
    write_card(options.content, depreciation_card(total))
    for country in COUNTRIES:
        flows = niot[niot.Country == country]
        rows = sea[(sea.country == country) & (sea.year == YEAR)].set_index("code")
        table = build(country, flows, rows, labels, rates=rates, content=options.content)
        ship(with_negative_final(table), options.content)


def depreciation_card(total: pd.Series[float]) -> dict[str, Any]:
    return derived_card(
        DEPRECIATION,
        "Rates of depreciation of the fixed assets of the United States in 2014 by industry",
        parents=("bea_fixed_assets", "bea_fixed_assets_government"),
        redistribution="public-domain",
        script=SCRIPT,
        steps=(
            f"Rate of a line = current-cost depreciation in {YEAR} (tables 3.4 and 7.3) / mean of "
            f"the current-cost net stocks at the end of {YEAR - 1} and {YEAR} (3.1 and 7.1).",
            "Lines are laid on the industries of the WIOD by scripts/wiod_depreciation_lines.yaml; "
            "public administration has the rate of general government.",
            f"An industry without a counterpart (T) has the rate of all fixed assets: "
            f"{total['lost']:.1f} / {total['stock']:.2f} billion USD = {rate(total):.6f}.",
        ),
        note=(
            "A donor rule: the WIOD has no depreciation, so the rates of the United States stand "
            "for both tables of 2014. Applied to the stocks of the WIOD they do not reproduce the "
            "total depreciation of the donor."
        ),
    )


def build(
    country: str,
    flows: pd.DataFrame,
    sea: pd.DataFrame,
    labels: pd.Series[str],
    *,
    rates: pd.Series[float],
    content: Path,
) -> Table:
    """Make the table of one country."""
    sectors = [code for code in flows.Code[flows.Origin == "Domestic"] if code != NOWHERE]
    blocks = {origin: flows[flows.Origin == origin].set_index("Code") for origin in flows.Origin}
    finals = list(FINAL_USES)
    home, abroad = (blocks[o].loc[sectors, sectors + finals] for o in ("Domestic", "Imports"))
    gone = pd.concat([blocks[o][NOWHERE] for o in ("Domestic", "Imports")])
    assert not gone.any(), "industry U is not empty"
    uses, imported = (home + abroad).to_numpy(float), abroad.to_numpy(float)
    n = len(sectors)
    output = blocks["TOT"].loc["GO", sectors].to_numpy(float)
    primary = blocks["TOT"].loc[list(PRIMARY), sectors].to_numpy(float)
    kept = [k for k, row in enumerate(primary) if row.any()]
    rest = output - uses[:, :n].sum(axis=0) - primary.sum(axis=0)
    name = f"{country.lower()}_{YEAR}"
    exchange = sea.GO.sum() / output.sum()  # national currency per USD, 1 for the USA
    write_card(content, table_card(name, country, blocks["TOT"], float(np.abs(rest).max())))
    if country != "USA":
        write_card(content, capital_card(name, country, exchange))
    stock = sea.K[sectors].to_numpy(float) / (1.0 if country == "USA" else exchange)
    return Table(
        name=name,
        title=f"{COUNTRIES[country].removeprefix('the ')} {YEAR}, WIOD, {n} sectors",
        territory=country,
        year=YEAR,
        currency="USD",
        unit="million USD",
        prices="basic prices, current",
        sectors=tuple(sectors),
        titles=tuple(" ".join(labels[code].split()) for code in sectors),
        intermediate=uses[:, :n],
        final_uses=tuple(FinalUse(use, role) for use, role in FINAL_USES.items()),
        final=uses[:, n:],
        imports=imported.sum(axis=1),
        primary_inputs=(*(PRIMARY[k] for k in kept), RESIDUAL),
        value_added_rows=("VA",),
        primary=np.vstack([primary[kept], rest]),
        output=output,
        origin=f"{name}_table",
        imported_intermediate=imported[:, :n],
        imported_final=imported[:, n:],
        labour=Labour(
            kinds=("persons_engaged", "employee_hours"),
            units=("thousand persons", "million hours"),
            used=sea.loc[sectors, ["EMP", "H_EMPE"]].to_numpy(float).T,
        ),
        capital=Capital(
            stock=stock,
            timing="in_use",
            depreciation=np.asarray(rates[sectors], dtype=np.float64),
            origin="wiod_2016_sea" if country == "USA" else f"{name}_capital",
            depreciation_origin=DEPRECIATION,
        ),
        exceptions=(
            {} if (stock > 0).all() else {"capital": tuple(np.array(sectors)[stock <= 0].tolist())}
        ),
    )


def table_card(name: str, country: str, totals: pd.DataFrame, rest: float) -> dict[str, Any]:
    outside = {row: totals.loc[row, list(FINAL_USES)].sum() for row in PRIMARY if row != "VA"}
    shown = ", ".join(f"{row} {value:,.0f}" for row, value in outside.items() if value)
    return derived_card(
        f"{name}_table",
        f"Input-output table of {COUNTRIES[country]} 2014",
        parents=("wiod_2016", "wiod_2016_sea"),
        redistribution="cc-by",
        script=SCRIPT,
        steps=(
            "Uses = domestic + imported flows; the imported part is kept beside them, and imports "
            "are its row sums.",
            "Industry U (extraterritorial organisations), zero throughout, is left out.",
            "Rows for taxes on products, adjustments and transport margins stay primary inputs of "
            "the sectors; such a row that is zero is left out. Value added is the row VA.",
            f"What columns miss to gross output (at most {rest:.3f} million USD in a sector) "
            f"stands in the primary row {RESIDUAL}.",
            "Labour: persons engaged (EMP, thousand) and hours of employees (H_EMPE, million).",
        ),
        note=(
            "Final uses are at basic prices: taxes, margins and purchases of residents abroad on "
            f"them are outside the table (million USD: {shown}), so GDP by expenditure here is "
            "final uses less imports at basic prices. The accounts do not tell members of the "
            "armed forces from other persons engaged."
        ),
    )


def capital_card(name: str, country: str, exchange: float) -> dict[str, Any]:
    return derived_card(
        f"{name}_capital",
        f"Fixed capital of {COUNTRIES[country]} 2014 in US dollars",
        parents=("wiod_2016_sea", "wiod_2016"),
        redistribution="cc-by",
        script=SCRIPT,
        steps=(
            "Exchange rate = gross output of all industries in the socio-economic accounts / in "
            f"the input-output table = {exchange:.8f} units of national currency per USD.",
            "Nominal capital stock (K) of each industry / exchange rate.",
        ),
        note="The accounts give no stock for industry T (households as employers).",
    )


if __name__ == "__main__":
    main()
