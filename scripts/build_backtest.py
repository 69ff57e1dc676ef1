"""Build the shipped backtests from the WIOD 2016 release.

Usage: python scripts/build_backtest.py --data FOLDER

FOLDER holds ``wiod_2016_niot_sea`` and ``bea_us_1947_1996``. For each country and base year
a table of some 25 sectors is written, the conditions that a planner of the time is given
(labour, trade, public consumption) and, apart from them, what happened. Reading parquet
needs pyarrow.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from build_common import arguments, card_file, derived_card, with_negative_final, write_card
from conjuncture.accounts.checks import checked
from conjuncture.accounts.formats.form import write_table
from conjuncture.accounts.table import Array, Capital, FinalUse, Labour, Role, Table
from conjuncture.core.files import write_text
from us_depreciation import PARENTS, depreciation_rates

SCRIPT = "build_backtest.py"
COUNTRIES = {"USA": "United States", "DEU": "Germany", "GBR": "United Kingdom", "FRA": "France"}
STARTS, YEARS = (2000, 2005), 5
BEYOND = 7  # years planned after those judged; docs/backtests.md compares lengths
NOWHERE = "U"
FINAL: dict[str, Role] = {
    "CONS_h": "consumption",
    "CONS_np": "consumption",
    "CONS_g": "public",
    "GFCF": "investment",
    "INVEN": "inventories",
    "EXP": "exports",
}
SECTORS = {
    "A": ("Agriculture, forestry, fishing", ("A",)),
    "B": ("Mining", ("B",)),
    "C10-C12": ("Food, beverages, tobacco", ("C10",)),
    "C13-C15": ("Textiles, clothing, leather", ("C13",)),
    "C16-C18": ("Wood, paper, printing", ("C16", "C17", "C18")),
    "C19-C21": ("Fuels and chemicals", ("C19", "C20", "C21")),
    "C22-C23": ("Rubber, plastics, building materials", ("C22", "C23")),
    "C24-C25": ("Metals and metal products", ("C24", "C25")),
    "C26-C27": ("Electronics and electrical equipment", ("C26", "C27")),
    "C28": ("Machinery", ("C28",)),
    "C29-C30": ("Vehicles and other transport equipment", ("C29", "C30")),
    "C31-C33": ("Furniture, other manufacturing, repair", ("C31", "C33")),
    "D-E": ("Energy, water, waste", ("D", "E")),
    "F": ("Construction", ("F",)),
    "G": ("Trade", ("G",)),
    "H": ("Transport", ("H",)),
    "I": ("Hotels and restaurants", ("I",)),
    "J": ("Publishing, telecommunications, computing", ("J",)),
    "K": ("Finance", ("K",)),
    "L": ("Real estate", ("L",)),
    "M-N": ("Business services", ("M", "N")),
    "O": ("Public administration", ("O",)),
    "P-Q": ("Education and health", ("P", "Q")),
    "R-T": ("Other services", ("R", "T")),
}
COLUMNS = ("output", "consumption", "investment", "public", "exports", "imports", "labour")


def main() -> None:
    options = arguments(__doc__ or "")
    folder = options.data / "wiod_2016_niot_sea"
    niot = pd.read_parquet(card_file(folder / "niot_sea5_2000_2014.parquet", "wiod_2016_years"))
    sea = pd.read_csv(card_file(folder / "sea_5countries_2000_2014.csv", "wiod_2016_sea"))
    donor = options.data / "bea_us_1947_1996"
    rates = {start: depreciation_rates(donor, start)[0] for start in STARTS}
    for country in COUNTRIES:
        flows = niot[niot.Country == country]
        rows = sea[sea.country == country]
        for start in STARTS:
            build(country, start, flows, rows, rates[start], options.content)


def build(
    country: str,
    start: int,
    flows: pd.DataFrame,
    sea: pd.DataFrame,
    rates: pd.Series[float],
    content: Path,
) -> None:
    """Write table, conditions and record of one country and base year."""
    name = f"{country.lower()}_{start}"
    write_card(content, card(name, country, start))
    folder = content / "backtests" / name
    table = with_negative_final(base_table(name, country, start, flows, sea, rates))
    write_table(checked(table), folder)
    years = range(start, start + YEARS + 1)
    frames = [volumes(year, start, flows, sea).assign(year=year) for year in years]
    frame = pd.concat(frames).reset_index(names="sector")[["year", "sector", *COLUMNS]]
    after = frame[frame.year > start]
    given = after[["year", "sector", "public", "exports", "imports", "labour"]]
    judged = frame[["year", "sector", "output", "consumption", "investment"]]
    for part, to in ((given, "conditions.csv"), (judged, "recorded.csv")):
        write_text(folder / to, part.to_csv(index=False, float_format="%.3f", lineterminator="\n"))
    growth, mark = trend(start, flows, sea)
    header = {
        "title": f"{COUNTRIES[country]} {start + 1}-{start + YEARS}",
        "kind": "wiod",
        "origin": f"{name}_backtest",
        "years": YEARS,
        "beyond": BEYOND,
        "settings": {"productivity_growth": round(growth, 5), "disposal": True},
        "reason": f"productivity: {mark}; disposal: recorded trade need not fit the base "
        "year's coefficients product by product",
    }
    write_text(folder / "backtest.yaml", yaml.safe_dump(header, sort_keys=False, width=96))
    print(name, f"productivity {growth:.4f}", len(frame))


def codes(flows: pd.DataFrame) -> list[str]:
    one = flows[(flows.Year == STARTS[0]) & (flows.Origin == "Domestic")]
    return [code for code in one.Code if code != NOWHERE]


def weights(names: list[str]) -> Array:
    """Which industry goes to which sector (sectors x industries)."""
    S = np.array(
        [[any(c.startswith(p) for p in parts) for c in names] for _, parts in SECTORS.values()],
        dtype=np.float64,
    )
    assert (S.sum(axis=0) == 1).all(), "an industry without sector, or with two"
    return S


def blocks(flows: pd.DataFrame, year: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return all uses, imported uses and the rows of totals of a year (million USD)."""
    names = codes(flows)
    one = flows[flows.Year == year]
    wanted = names + list(FINAL)
    home, abroad, totals = (
        one[one.Origin == origin].set_index("Code") for origin in ("Domestic", "Imports", "TOT")
    )
    return home.loc[names, wanted] + abroad.loc[names, wanted], abroad.loc[names, wanted], totals


def base_table(
    name: str,
    country: str,
    start: int,
    flows: pd.DataFrame,
    sea: pd.DataFrame,
    rates: pd.Series[float],
) -> Table:
    """Return the table of the base year, in sectors."""
    names = codes(flows)
    S = weights(names)
    uses, abroad, totals = blocks(flows, start)
    n = len(names)
    intermediate = S @ uses.to_numpy(float)[:, :n] @ S.T
    output = S @ totals.loc["GO", names].to_numpy(float)
    added = S @ totals.loc["VA", names].to_numpy(float)
    rows = sea[sea.year == start].set_index("code").loc[names]
    exchange = rows.GO.sum() / output.sum()
    stock = rows.K.to_numpy(float) / exchange
    rate = rates[names].to_numpy(float)
    rest = output - intermediate.sum(axis=0) - added
    return Table(
        name=name,
        title=f"{COUNTRIES[country]} {start}, WIOD, {len(SECTORS)} sectors",
        territory=country,
        year=start,
        currency="USD",
        unit="million USD",
        prices=f"basic prices of {start}",
        sectors=tuple(SECTORS),
        titles=tuple(title for title, _ in SECTORS.values()),
        intermediate=intermediate,
        final_uses=tuple(FinalUse(use, role) for use, role in FINAL.items()),
        final=S @ uses.to_numpy(float)[:, n:],
        imports=S @ abroad.to_numpy(float).sum(axis=1),
        primary_inputs=("VA", "taxes and margins"),
        value_added_rows=("VA",),
        primary=np.vstack([added, rest]),
        output=output,
        origin=f"{name}_backtest",
        labour=Labour(("persons_engaged",), ("thousand persons",), (S @ rows.EMP)[None]),
        capital=Capital(
            stock=S @ stock,
            timing="in_use",
            depreciation=(S @ (stock * rate)) / (S @ stock),
            origin=f"{name}_backtest",
            depreciation_origin=f"{name}_backtest",
        ),
    )


def volumes(year: int, start: int, flows: pd.DataFrame, sea: pd.DataFrame) -> pd.DataFrame:
    """Return a year's flows by sector in prices and exchange rate of the base year."""
    names = codes(flows)
    S = weights(names)
    now, then = (sea[sea.year == y].set_index("code").loc[names] for y in (year, start))
    (uses, abroad, totals), (_, _, first) = blocks(flows, year), blocks(flows, start)
    money = now.GO.sum() / totals.loc["GO", names].sum()
    base = then.GO.sum() / first.loc["GO", names].sum()
    price = (now.GO_PI / then.GO_PI).to_numpy(float) * base / money
    amounts = {
        "output": first.loc["GO", names].to_numpy(float) * (now.GO_QI / then.GO_QI).to_numpy(float),
        "consumption": (uses.CONS_h + uses.CONS_np).to_numpy(float) / price,
        "investment": uses.GFCF.to_numpy(float) / price,
        "public": uses.CONS_g.to_numpy(float) / price,
        "exports": uses.EXP.to_numpy(float) / price,
        "imports": abroad.sum(axis=1).to_numpy(float) / price,
        "labour": now.EMP.to_numpy(float),
    }
    return pd.DataFrame({key: S @ value for key, value in amounts.items()}, index=list(SECTORS))


def trend(start: int, flows: pd.DataFrame, sea: pd.DataFrame) -> tuple[float, str]:
    """Return growth of output per person engaged over the years before the plan."""
    if start == STARTS[0]:
        return 0.01, "assumed: the release has no earlier year from which to take a trend"
    first, last = (volumes(y, STARTS[0], flows, sea) for y in (STARTS[0], start))
    ratio = (last.output.sum() / last.labour.sum()) / (first.output.sum() / first.labour.sum())
    growth = float(ratio ** (1 / (start - STARTS[0])) - 1)
    return growth, f"output per person engaged, {STARTS[0]}-{start}, known when the plan is made"


def card(name: str, country: str, start: int) -> dict[str, object]:
    return derived_card(
        f"{name}_backtest",
        f"{COUNTRIES[country]} {start}-{start + YEARS}: table, conditions, record",
        parents=("wiod_2016_years", "wiod_2016_sea", *PARENTS),
        redistribution="cc-by",
        script=SCRIPT,
        steps=(
            f"Table of {start}: domestic and imported uses together, 55 industries added up to "
            f"{len(SECTORS)} sectors; taxes, margins and discrepancies in one primary row.",
            "Capital: nominal stock / exchange rate implied by gross output in the two accounts; "
            f"depreciation: rates of the United States in {start}, laid on the industries of the "
            "WIOD by scripts/wiod_depreciation_lines.yaml and weighted by the stocks.",
            f"Output of later years: output of {start} times the volume index of gross output of "
            "each of the 55 industries, added up.",
            "Uses and trade of later years: current dollars / (price index of gross output of the "
            "industry times the change of the exchange rate); imports take the price of the "
            "domestic product.",
        ),
        note=(
            "Deflated uses do not add up to deflated output: imports and exports have no price "
            "index of their own in the release. Computers, whose prices fell fast, weigh most."
        ),
    )


if __name__ == "__main__":
    main()
