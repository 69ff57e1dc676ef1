"""The header of a table: what its figures are, in which unit, and where they come from."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field

from conjuncture.accounts.table import CapitalTiming, Role, Table
from conjuncture.core.errors import Faults, nearest
from conjuncture.core.files import Record
from conjuncture.core.sources import sources

HEADER_NAME = "table.yaml"
FLOWS_NAME = "flows.csv"
USER = "user"
"""Origin of a table that no card describes; the user's own words may follow after a colon."""

_IDENTIFIER = re.compile(r"[a-z0-9_]+")


class FinalUseHeader(Record):
    """A final-use column and its role.

    Attributes
    ----------
    name : str
        Its label in the sheet.
    role : str
        ``consumption``, ``public``, ``investment``, ``inventories``,
        ``military`` or ``exports``.
    """

    name: str = Field(min_length=1)
    role: Role


class LabourKind(Record):
    """A kind of labour: its label in the sheet and its unit."""

    name: str = Field(min_length=1)
    unit: str = Field(min_length=1)


class LabourHeader(Record):
    """The kinds of labour, in the order of their rows, and labour outside the sectors."""

    kinds: tuple[LabourKind, ...] = Field(min_length=1)
    outside: dict[str, float] = Field(default_factory=dict)


class CapitalHeader(Record):
    """When the stock is counted, and where stock and depreciation come from."""

    timing: CapitalTiming
    origin: str = Field(min_length=1)
    depreciation_origin: str = Field(min_length=1)


class SatelliteKind(Record):
    """A satellite row: its label in the sheet, its unit, and where it comes from."""

    name: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    origin: str = Field(min_length=1)


class Exceptions(Record):
    """Faults that a table declares by name, so that its checks let them pass.

    Attributes
    ----------
    capital : tuple of str
        Sectors with output whose capital stock is missing or cannot be used.
    labour : tuple of str
        Sectors with output for which no labour is counted.
    no_output : tuple of str
        Sectors without output in this year.
    negative_intermediate : tuple of str
        Products or sectors with a negative intermediate use.
    negative_final : tuple of str
        Products with a negative final use other than a change of inventories.
    negative_imports : tuple of str
        Products with negative imports (corrections of valuation).
    imported_above_use : tuple of str
        Products with an imported part above the whole use (sign of inventories).
    """

    capital: tuple[str, ...] = ()
    labour: tuple[str, ...] = ()
    no_output: tuple[str, ...] = ()
    negative_intermediate: tuple[str, ...] = ()
    negative_final: tuple[str, ...] = ()
    negative_imports: tuple[str, ...] = ()
    imported_above_use: tuple[str, ...] = ()

    def declared(self) -> dict[str, tuple[str, ...]]:
        """Return the kinds that name at least one sector."""
        return {kind: names for kind, names in self.model_dump().items() if names}


class AccountsHeader(Record):
    """What every header of accounts begins with.

    Attributes
    ----------
    name, title, territory, year, currency, unit, prices
        As in :class:`conjuncture.accounts.table.Table`.
    origin : str
        Id of an origin card, ``user``, or the user's own words.
    final_uses : tuple of FinalUseHeader
        Final-use columns in the order of the sheet.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    title: str = Field(min_length=1)
    territory: str = Field(min_length=1)
    year: int
    currency: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    prices: str = Field(min_length=1)
    origin: str = Field(min_length=1)
    final_uses: tuple[FinalUseHeader, ...] = Field(min_length=1)


class TableHeader(AccountsHeader):
    """The header file of a table; see ``docs/tables.md`` for every key.

    Attributes
    ----------
    value_added_rows : tuple of str
        Labels of the primary rows that make up value added.
    labour, capital : optional
        Required exactly where the sheet has such rows.
    satellites : tuple of SatelliteKind
        The satellite rows, in the order of the sheet.
    units : dict of str to str
        Unit of each sector whose product is not counted in ``unit``.
    exceptions : Exceptions
        Faults declared by name.
    reconstruction : bool
        True where the table is derived and not observed.
    variant : str
        Name of the variant where a table is kept in several.
    """

    value_added_rows: tuple[str, ...] = Field(min_length=1)
    labour: LabourHeader | None = None
    capital: CapitalHeader | None = None
    satellites: tuple[SatelliteKind, ...] = ()
    units: dict[str, str] = Field(default_factory=dict)
    exceptions: Exceptions = Exceptions()
    reconstruction: bool = False
    variant: str = ""


def check_origin(origin: str, field: str, faults: Faults) -> None:
    """Refuse what looks like the id of a card but is none."""
    if _IDENTIFIER.fullmatch(origin) and origin != USER and origin not in sources():
        faults.add(
            f"no origin card {origin!r}",
            "name a card, or describe the origin in your own words (more than one word)",
            field=field,
            value=origin,
            nearest=nearest(origin, sources()),
        )


def marked_origin(text: str) -> str:
    """Return a card's id as it is, and anything else marked as the user's own."""
    known = _IDENTIFIER.fullmatch(text) or text.startswith(f"{USER}:")
    return text if known else f"{USER}: {text}"


def bare_origin(origin: str) -> str:
    """Return the user's own words without their mark; a card's id as it is."""
    words = origin.removeprefix(f"{USER}: ")
    return origin if _IDENTIFIER.fullmatch(words) else words


PLAIN_KEYS = (
    "name",
    "title",
    "territory",
    "year",
    "currency",
    "unit",
    "prices",
    "value_added_rows",
    "reconstruction",
    "variant",
)
"""Keys of the header that are attributes of a table under the same name."""


def header_data(table: Table) -> dict[str, Any]:
    """Return the header of a table as plain data, leaving out what is not set."""
    data: dict[str, Any] = {key: getattr(table, key) for key in PLAIN_KEYS[:7]}
    data["origin"] = bare_origin(table.origin)
    data["final_uses"] = [{"name": use.name, "role": use.role} for use in table.final_uses]
    data["value_added_rows"] = list(table.value_added_rows)
    if table.labour is not None:
        pairs = zip(table.labour.kinds, table.labour.units, strict=True)
        data["labour"] = {"kinds": [{"name": name, "unit": unit} for name, unit in pairs]}
        if table.labour.outside:
            data["labour"]["outside"] = {k: float(v) for k, v in table.labour.outside.items()}
    if table.capital is not None:
        data["capital"] = {
            "timing": table.capital.timing,
            "origin": bare_origin(table.capital.origin),
            "depreciation_origin": bare_origin(table.capital.depreciation_origin),
        }
    if table.satellites is not None:
        kept = table.satellites
        data["satellites"] = [
            {"name": name, "unit": unit, "origin": bare_origin(origin)}
            for name, unit, origin in zip(kept.kinds, kept.units, kept.origins, strict=True)
        ]
    if table.mixed_units:
        named = zip(table.sectors, table.row_units, strict=True)
        data["units"] = {sector: unit for sector, unit in named if unit != table.unit}
    if table.exceptions:
        data["exceptions"] = {kind: list(names) for kind, names in table.exceptions.items()}
    if table.reconstruction:
        data["reconstruction"] = True
    if table.variant:
        data["variant"] = table.variant
    return data
