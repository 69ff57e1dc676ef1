"""Donors of proportions: how sectors produce where a state has no table of its own."""

from __future__ import annotations

from functools import cache
from typing import Self

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import Record, content_root, read_records
from conjuncture.core.sources import sources

Array = npt.NDArray[np.float64]

COMPOSITIONS = ("consumption", "public", "investment", "exports", "supplies", "arms")


class Donor(Record):
    """Proportions of one economy, by sector; no level.

    Attributes
    ----------
    id, title, source : str
    also : tuple of str
        Further cards.
    sectors : tuple of str
    input_coefficients : mapping of str to tuple of float
        Rows by product: input per unit of the sectors' output (1).
    value_added : tuple of float
        Shares of the sectors in value added (1).
    labour : tuple of float
        Labour per unit of value added relative to the economy's mean (1).
    capital_output : tuple of float
        Capital per unit of output (years).
    depreciation : tuple of float
        Share of capital consumed in a year (1/year).
    consumption_composition ... arms_composition : tuple of float
        Shares of products in each final use (1).
    public_share, investment_share : float
        Shares in domestic final use (1).
    """

    id: str
    title: str
    source: str
    also: tuple[str, ...] = ()
    sectors: tuple[str, ...]
    input_coefficients: dict[str, tuple[float, ...]]
    value_added: tuple[float, ...]
    labour: tuple[float, ...]
    capital_output: tuple[float, ...]
    depreciation: tuple[float, ...]
    consumption_composition: tuple[float, ...]
    public_composition: tuple[float, ...]
    investment_composition: tuple[float, ...]
    exports_composition: tuple[float, ...]
    supplies_composition: tuple[float, ...]
    arms_composition: tuple[float, ...]
    public_share: float
    investment_share: float

    @model_validator(mode="after")
    def _shaped(self) -> Self:
        n = len(self.sectors)
        if tuple(self.input_coefficients) != self.sectors:
            raise ValueError("input_coefficients needs one row for each sector, in order")
        rows = [*self.input_coefficients.values(), self.value_added, self.labour]
        rows += [self.capital_output, self.depreciation]
        rows += [getattr(self, f"{name}_composition") for name in COMPOSITIONS]
        if any(len(row) != n for row in rows):
            raise ValueError(f"every list needs {n} numbers, one for each sector")
        return self

    @property
    def coefficients(self) -> Array:
        """Input coefficients (products, sectors)."""
        return np.array([self.input_coefficients[name] for name in self.sectors])

    def composition(self, use: str) -> Array:
        """Shares of the products in a final use."""
        return np.array(getattr(self, f"{use}_composition"))


@cache
def donors() -> dict[str, Donor]:
    """Return the shipped donors by id.

    Raises
    ------
    InputError
        With all faults of all files.
    """
    faults = Faults()

    def check(item: Donor, stem: str, own: Faults) -> None:
        if item.id != stem:
            own.add("id differs from the file's name", f"set id: {stem}", field="id", value=item.id)
        for card in (item.source, *item.also):
            if card not in sources():
                own.unknown("source", card, sources(), field="source")

    found = read_records(sorted((content_root() / "donors").glob("*.yaml")), Donor, check, faults)
    faults.raise_if_any()
    return {item.id: item for item in found}


def donor(name: str) -> Donor:
    """Return one donor.

    Raises
    ------
    InputError
        If there is none of that name; the nearest are given.
    """
    return lookup("donor", name, donors())
