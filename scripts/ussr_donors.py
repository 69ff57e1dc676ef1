"""Donors of proportions for ``ussr_1945``: tables of other countries laid on its sectors."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from conjuncture.accounts.library import load_table
from conjuncture.core.files import parse_yaml, read_text, sha256
from conjuncture.core.sources import source
from conjuncture.data.sectors import SECTORS

Array = npt.NDArray[np.float64]

CONCORDANCES = Path(__file__).parent / "concordances"
FACTS = Path(__file__).parent / "facts"
CHINA = "io/china_1987_2007/china_1987.csv"


@dataclass(frozen=True)
class Technique:
    """What a donor gives: how sectors produce, in proportions.

    Attributes
    ----------
    name, card : str
        Donor and its origin card.
    coefficients : array, products x sectors
        Inputs per unit of output.
    value_added_share : array, sectors
        Value added per unit of output; with the column of inputs it adds up to 1.
    value_added : array, sectors
        Value added, for the division of industry into branches (any money).
    """

    name: str
    card: str
    coefficients: Array
    value_added_share: Array
    value_added: Array


@dataclass(frozen=True)
class Patterns:
    """Composition of final uses: each sums to 1 over the products.

    Attributes
    ----------
    personal, public, investment : array, products
        Shares of the products in households' purchases, public consumption and investment.
    public_share : float
        Public consumption in households' and public consumption together.
    building_share : float
        Output of construction relative to its deliveries to investment.
    """

    personal: Array
    public: Array
    investment: Array
    public_share: float
    building_share: float


@dataclass(frozen=True)
class Equipment:
    """Ratios of the American economy of 1947.

    Attributes
    ----------
    labour : array, sectors
        Persons engaged per million USD of value added.
    capital : array, sectors
        Net stock of fixed capital per unit of output (years).
    depreciation : array, sectors
        Share of the stock consumed in a year (1/year).
    """

    labour: Array
    capital: Array
    depreciation: Array


def concordance(donor: str) -> dict[str, Any]:
    """Read a concordance and check that it names the sectors once, in order."""
    path = CONCORDANCES / f"{donor}_to_ussr_1945.yaml"
    data: dict[str, Any] = parse_yaml(read_text(path), str(path))
    assert tuple(data["sectors"]) == SECTORS, path
    return data


def _laid(groups: dict[str, list[str]], codes: list[str]) -> Array:
    """Matrix that adds up donor sectors (sectors x donor sectors)."""
    members = [code for group in groups.values() for code in group]
    assert sorted(members) == sorted(codes), set(members) ^ set(codes)
    return np.array([[float(code in group) for code in codes] for group in groups.values()])


def _technique(name: str, card: str, flows: Array, value_added: Array) -> Technique:
    total = flows.sum(axis=0) + value_added
    return Technique(name, card, flows / total, value_added / total, value_added)


def american() -> tuple[Technique, Equipment]:
    """Return technique and equipment of the United States in 1947."""
    table, data = load_table("usa_1947"), concordance("usa_1947")
    lay = _laid(data["sectors"], list(table.sectors))
    technique = _technique(
        "usa_1947", data["card"], lay @ table.intermediate @ lay.T, lay @ table.value_added
    )
    assert table.labour is not None
    assert table.capital is not None
    kept = np.array([code not in data["without_capital"] for code in table.sectors], dtype=float)
    stock = lay @ (table.capital.stock * kept)
    used_up = lay @ (table.capital.stock * table.capital.depreciation * kept)
    equipment = Equipment(
        labour=lay @ table.labour.used[0] / (lay @ table.value_added),
        capital=stock / (lay @ (table.output * kept)),
        depreciation=used_up / stock,
    )
    return technique, equipment


def chinese(data: Path) -> tuple[Technique, Patterns]:
    """Return technique and final-use patterns of China in 1987.

    Parameters
    ----------
    data : Path
        Folder of the source files.
    """
    plan, path = concordance("china_1987"), data / CHINA
    if sha256(path) != source(plan["card"]).checksum:
        raise SystemExit(f"{path}: checksum is not that of card {plan['card']}")
    with path.open(encoding="utf-8-sig", newline="") as handle:
        cells = {row.pop("code"): row for row in csv.DictReader(handle)}
    codes = [code for group in plan["sectors"].values() for code in group]
    lay = _laid(plan["sectors"], codes)

    def block(rows: list[str], columns: list[str]) -> Array:
        return np.array([[float(cells[r][c] or 0) for c in columns] for r in rows])

    technique = _technique(
        "china_1987",
        plan["card"],
        lay @ block(codes, codes) @ lay.T,
        lay @ block([plan["value_added"]], codes)[0],
    )
    uses = {name: block(codes, columns).sum(axis=1) for name, columns in plan["uses"].items()}
    bought = np.array([code not in plan["households_without"] for code in codes], dtype=float)
    personal, public = lay @ (uses["personal"] * bought), lay @ uses["public"]
    investment = lay @ uses["investment"]
    at = SECTORS.index("construction")
    built = technique.value_added[at] / technique.value_added_share[at]
    patterns = Patterns(
        personal=personal / personal.sum(),
        public=public / public.sum(),
        investment=investment / investment.sum(),
        public_share=float(public.sum() / (public.sum() + personal.sum())),
        building_share=float(built / investment[at]),
    )
    return technique, patterns


def assumptions() -> dict[str, dict[str, Any]]:
    """Read the numbers that no figure grounds, each with prior and reason."""
    path = FACTS / "ussr_1945_assumptions.yaml"
    found: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def assumed(name: str) -> float:
    """Return the central value of an assumed number."""
    item = assumptions()[name]
    return float(item["value"] if "value" in item else item["prior"]["mode"])
