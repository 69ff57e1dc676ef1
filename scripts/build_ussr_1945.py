"""Build the reconstruction ``ussr_1945``, its origin card and the country file ``SUN.yaml``.

Run ``python scripts/build_ussr_1945.py --data DIR`` after ``build_series.py`` and
``build_table_usa_1947.py``, from which it takes figures and a donor. The method is told in
``docs/design/ussr-1945.md``. Running it again writes the same bytes.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
import yaml

from conjuncture.accounts.checks import checked
from conjuncture.accounts.formats.form import write_table
from conjuncture.core.files import content_root, write_text
from conjuncture.core.sources import sources
from conjuncture.data.country import read_country
from ussr_card import card
from ussr_country import country
from ussr_donors import american, assumed, chinese
from ussr_table import CARD, DONORS, Result, build
from ussr_weights import FAMILIES, Arms, arms, weights

PRODUCTION = "io/ww2_great_powers_harrison_1998/war_production_1939_1945.csv"
DEFAULT = "china_1987_independent"


def counts(data: Path) -> dict[tuple[str, int], float]:
    """Read the counts of arms produced, by kind and year."""
    with (data / PRODUCTION).open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["country"] == "USSR"]
    return {(row["item"], int(row["year"])): float(row["value"]) for row in rows}


def results(data: Path, share: Arms) -> dict[str, Result]:
    """Build every variant, by name."""
    technique_us, equipment = american()
    technique_cn, patterns = chinese(data)
    found = {}
    for technique in (technique_cn, technique_us):
        for family in FAMILIES:
            value = weights(technique.value_added[1:8], family)
            result = build(technique, patterns, equipment, value, share)
            found[result.table.variant] = result
    return found


def sane(result: Result) -> None:
    """Stop where a variant looks absurd: cells, multipliers, the economy as a whole."""
    table, name = result.table, result.table.variant
    radius = np.abs(np.linalg.eigvals(table.input_coefficients)).max()
    assert radius < 0.7, (name, radius)
    assert table.input_coefficients.max() < 0.6, name
    assert (result.balanced.row_multipliers > 0.2).all(), name
    assert (result.balanced.row_multipliers < 3).all(), name
    assert table.final_by_role("consumption").sum() > 0.3 * result.weights.gdp, name


def text(data: object) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=96)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the source files")
    parser.add_argument("--content", type=Path, default=content_root())
    arguments = parser.parse_args()
    made = counts(arguments.data)
    share = arms(made, assumed("months_after_war_rate"))
    bounds = (arms(made, 0.0), arms(made, 1.0))
    found = results(arguments.data, share)
    write_text(
        arguments.content / "sources" / f"{CARD}.yaml", text(card(found[DEFAULT], share, bounds))
    )
    sources.cache_clear()  # the card just written is named by what follows
    folder = arguments.content / "tables" / "ussr_1945"
    for name, result in found.items():
        sane(result)
        checked(result.table, tolerance=1e-9)
        write_table(result.table, folder / name)
    titles = {
        name: f"Technique of {DONORS[name.rpartition('_')[0]]}; {FAMILIES[name.rpartition('_')[2]]}"
        for name in found
    }
    write_text(folder / "variants.yaml", text({"default": DEFAULT, "variants": titles}))
    path = arguments.content / "countries" / "SUN.yaml"
    write_text(path, text(country(arguments.data, found[DEFAULT], share, bounds)))
    for name, result in found.items():
        value = result.weights
        print(f"{name}: GDP {value.gdp:.2f}, residual {value.residual:.3f}")
    read_country(path)


if __name__ == "__main__":
    main()
