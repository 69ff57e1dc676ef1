"""Build ``content/fitting/*.csv`` and ``content/fitted/*.yaml`` from the source files.

Run ``python scripts/build_fitting.py --data DIR``; DIR holds the folders ``maddison``, ``cow``
and ``ww2`` and the files that ``conjuncture fit 1945 --data`` reads. The method is told in
``docs/fitting.md``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import conjuncture
from conjuncture.core.files import write_text
from conjuncture.fit.files import END
from conjuncture.fit.refit import refit
from conjuncture.fit.write import write_fitted

CONTENT = Path(conjuncture.__file__).parent / "content"
FIRST = 1870

# Names that the list of members of the state system spells otherwise than Maddison.
SPELLED = {
    "United States": "United States of America",
    "Former USSR": "Russia",
    "Former Yugoslavia": "Yugoslavia",
    "Iran (Islamic Republic of)": "Iran",
    "Bolivia (Plurinational State of)": "Bolivia",
    "Venezuela (Bolivarian Republic of)": "Venezuela",
}
SKIPPED = {"RUS"}  # the Russian Federation within its present borders; the state is SUN


def product(data: Path) -> pd.DataFrame:
    """Cut the Maddison table to the years from 1870 to 1945."""
    table = pd.read_csv(data / "maddison" / "mpd2023.csv")
    table = table[table.year.between(FIRST, END) & table.gdppc.notna()]
    table = table[~table.ISO.isin(SKIPPED)]
    table = table.rename(columns={"ISO": "iso", "gdppc": "product_per_head", "pop": "population"})
    table["product_per_head"] = table.product_per_head.round(1)
    return table[["iso", "year", "product_per_head", "population"]].sort_values(["iso", "year"])


def codes(data: Path, used: set[str]) -> pd.DataFrame:
    """Match the countries of the Maddison table with members of the state system by name."""
    names = pd.read_csv(data / "maddison" / "mpd2023_countries.csv")
    states = pd.read_csv(data / "cow" / "system_states.csv")
    states = states[states.styear <= END].drop_duplicates("ccode")
    by_name = dict(zip(states.statenme, states.ccode, strict=True))
    rows = [
        {"iso": row.ISO, "title": SPELLED.get(row.country, row.country)}
        for row in names.itertuples()
        if row.ISO in used
    ]
    for row in rows:
        row["ccode"] = by_name.get(row["title"])
    lost = sorted(row["title"] for row in rows if row["ccode"] is None)
    print("no member of the state system by 1945 of that name:", ", ".join(lost))
    return pd.DataFrame(rows).dropna().astype({"ccode": int}).sort_values("iso")


def losses(data: Path) -> pd.DataFrame:
    """Copy the table of losses."""
    table = pd.read_csv(data / "ww2" / "harrison1998_t1_11_war_losses.csv")
    table.columns = pd.Index(["country", "people_low", "people_high", "wealth", "industry_assets"])
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    made = {"product_per_head": product(given.data), "war_losses_harrison": losses(given.data)}
    made["codes"] = codes(given.data, set(made["product_per_head"].iso))
    for name, table in made.items():
        write_text(CONTENT / "fitting" / f"{name}.csv", table.to_csv(index=False))
    write_fitted(CONTENT / "fitted", refit(given.data))


if __name__ == "__main__":
    main()
