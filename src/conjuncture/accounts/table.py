"""The Table: the accounts of an economy in one year, frozen and exactly labelled."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from conjuncture.core.errors import Faults, InputError

Array = npt.NDArray[np.float64]

Role = Literal["consumption", "public", "investment", "inventories", "military", "exports"]
ROLES: tuple[Role, ...] = (
    "consumption",
    "public",
    "investment",
    "inventories",
    "military",
    "exports",
)
"""What a final-use column is for; the planner and the regimes read roles, not names."""

CapitalTiming = Literal["in_use", "year_end"]


@dataclass(frozen=True)
class FinalUse:
    """A final-use column: its name in the table and its role."""

    name: str
    role: Role


@dataclass(frozen=True)
class Labour:
    """Labour used in each sector, by kind.

    Attributes
    ----------
    kinds : tuple of str
        Names of the kinds (``persons_engaged``, ``employee_hours`` ...); the
        first is the one that plans count by default.
    units : tuple of str
        Unit of each kind (``thousand persons``, ``million hours``).
    used : array, kinds x sectors
        Amounts used in the table's year.
    outside : mapping of str to float
        Labour outside the sectors, by kind (``armed_forces``), in thousand persons.
    """

    kinds: tuple[str, ...]
    units: tuple[str, ...]
    used: Array
    outside: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Capital:
    """Fixed capital of each sector, in the table's own money unit.

    Attributes
    ----------
    stock : array, sectors
        Net stock at the table's prices.
    timing : str
        ``in_use``: the stock in use during the year; ``year_end``: at its end.
    depreciation : array, sectors
        Share of the stock consumed in a year (1/year).
    origin, depreciation_origin : str
        Origin cards of the stock and of the rates.
    """

    stock: Array
    timing: CapitalTiming
    depreciation: Array
    origin: str
    depreciation_origin: str


@dataclass(frozen=True)
class Satellites:
    """What production and final use take from or give to nature, by kind.

    Attributes
    ----------
    kinds, units, origins : tuple of str
        Names (``energy``, ``co2``), units (``PJ``, ``kt``) and origin cards.
    used : array, kinds x sectors
        Amounts of the table's year by sector.
    final : array, kinds x final uses
        Amounts of the final users themselves (fuel burnt at home).
    """

    kinds: tuple[str, ...]
    units: tuple[str, ...]
    origins: tuple[str, ...]
    used: Array
    final: Array


@dataclass(frozen=True)
class Table:
    """Input-output accounts of a territory in one year.

    Rows are products, columns are sectors, both with the labels ``sectors``
    (symmetric tables). All money flows are in ``unit`` of ``currency`` at
    ``prices``. Arrays are read-only; derived matrices are computed on demand
    and never assigned.

    Attributes
    ----------
    name : str
        Identifier (``usa_2014``).
    title : str
        What the table is, in words.
    territory : str
        ISO 3166 alpha-3 code or a code of the country files (``SUN``).
    year : int
        Year of the flows.
    currency, unit, prices : str
        ``USD``, ``million USD``, ``basic prices, current``.
    sectors, titles : tuple of str
        Codes and titles, in order.
    intermediate : array, products x sectors
        Intermediate uses, domestic and imported together.
    final_uses : tuple of FinalUse
        Final-use columns.
    final : array, products x final uses
        Final uses, domestic and imported together.
    imports : array, products
        Imports of each product.
    primary_inputs : tuple of str
        Names of the rows below the intermediate block (value added, taxes ...).
    value_added_rows : tuple of str
        Which of them make up value added.
    primary : array, primary inputs x sectors
        Their amounts.
    output : array, sectors
        Gross output.
    imported_intermediate, imported_final : array, optional
        The imported part of the uses where it is known.
    labour : Labour, optional
    capital : Capital, optional
    capital_composition : array, products x sectors, optional
        Share of each product in the investment of each sector (columns sum to 1).
    satellites : Satellites, optional
    row_units : tuple of str
        Unit of each product where they differ (tonnes beside money); empty where
        every flow is in ``unit``. Primary inputs are always in ``unit``.
    exceptions : mapping of str to tuple of str
        Faults that the table declares by name, e.g. ``{"capital": ("T",)}`` for
        sectors without a usable capital stock, ``{"negative_intermediate": ("K66",)}``.
    reconstruction : bool
        True where the table is derived from indices and donors, not observed.
    variant : str
        Name of the variant where a table is kept in several.
    origin : str
        Id of the origin card.
    file : str
        Where it was read from, for messages.
    """

    name: str
    title: str
    territory: str
    year: int
    currency: str
    unit: str
    prices: str
    sectors: tuple[str, ...]
    titles: tuple[str, ...]
    intermediate: Array
    final_uses: tuple[FinalUse, ...]
    final: Array
    imports: Array
    primary_inputs: tuple[str, ...]
    value_added_rows: tuple[str, ...]
    primary: Array
    output: Array
    origin: str
    imported_intermediate: Array | None = None
    imported_final: Array | None = None
    labour: Labour | None = None
    capital: Capital | None = None
    capital_composition: Array | None = None
    satellites: Satellites | None = None
    row_units: tuple[str, ...] = ()
    exceptions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reconstruction: bool = False
    variant: str = ""
    file: str = ""

    def __post_init__(self) -> None:
        self._check_shapes()
        for name in _ARRAYS:
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _readonly(value))
        if self.labour is not None:
            frozen = dataclasses.replace(self.labour, used=_readonly(self.labour.used))
            object.__setattr__(self, "labour", frozen)
        if self.capital is not None:
            frozen_capital = dataclasses.replace(
                self.capital,
                stock=_readonly(self.capital.stock),
                depreciation=_readonly(self.capital.depreciation),
            )
            object.__setattr__(self, "capital", frozen_capital)
        if self.satellites is not None:
            frozen_satellites = dataclasses.replace(
                self.satellites,
                used=_readonly(self.satellites.used),
                final=_readonly(self.satellites.final),
            )
            object.__setattr__(self, "satellites", frozen_satellites)
        object.__setattr__(self, "exceptions", MappingProxyType(dict(self.exceptions)))

    def _check_shapes(self) -> None:
        n, f, p = len(self.sectors), len(self.final_uses), len(self.primary_inputs)
        expected: list[tuple[str, Any, tuple[int, ...]]] = [
            ("intermediate", self.intermediate, (n, n)),
            ("final", self.final, (n, f)),
            ("imports", self.imports, (n,)),
            ("primary", self.primary, (p, n)),
            ("output", self.output, (n,)),
            ("titles", self.titles, (n,)),
            ("imported_intermediate", self.imported_intermediate, (n, n)),
            ("imported_final", self.imported_final, (n, f)),
            ("capital_composition", self.capital_composition, (n, n)),
            ("row_units", self.row_units or self.sectors, (n,)),
        ]
        if self.labour is not None:
            expected.append(("labour.used", self.labour.used, (len(self.labour.kinds), n)))
        if self.capital is not None:
            expected.append(("capital.stock", self.capital.stock, (n,)))
            expected.append(("capital.depreciation", self.capital.depreciation, (n,)))
        if self.satellites is not None:
            kinds = len(self.satellites.kinds)
            expected.append(("satellites.used", self.satellites.used, (kinds, n)))
            expected.append(("satellites.final", self.satellites.final, (kinds, f)))
        faults = Faults(self.file or self.name)
        for label, value, shape in expected:
            if value is not None and np.shape(value) != shape:
                faults.add(
                    f"has shape {np.shape(value)} where {shape} is needed",
                    "give one row and column for each label, in their order",
                    field=label,
                )
        for label, names in (
            ("sectors", self.sectors),
            ("final_uses", tuple(use.name for use in self.final_uses)),
            ("primary_inputs", self.primary_inputs),
        ):
            doubled = Counter(names) - Counter(set(names))
            for name in sorted(doubled):
                faults.add("label stands twice", "give every label once", field=label, value=name)
        for name in self.value_added_rows:
            if name not in self.primary_inputs:
                faults.unknown("primary input", name, self.primary_inputs, field="value_added_rows")
        faults.raise_if_any()

    # Selections ---------------------------------------------------------------

    def index(self, sector: str) -> int:
        """Return the position of a sector.

        Raises
        ------
        InputError
            If there is no such sector; the nearest are named.
        """
        try:
            return self.sectors.index(sector)
        except ValueError:
            faults = Faults(self.file or self.name)
            faults.unknown("sector", sector, self.sectors, field="sector")
            raise InputError(faults) from None

    def final_by_role(self, role: Role) -> Array:
        """Return the sum of the final-use columns of a role (products; money)."""
        columns = [k for k, use in enumerate(self.final_uses) if use.role == role]
        return np.asarray(self.final[:, columns].sum(axis=1))

    # Derived, computed each time ----------------------------------------------

    @property
    def size(self) -> int:
        """Number of sectors."""
        return len(self.sectors)

    @property
    def units(self) -> tuple[str, ...]:
        """Unit of each product."""
        return self.row_units or (self.unit,) * self.size

    @property
    def mixed_units(self) -> bool:
        """True where products are counted in different units, so that columns have no sum."""
        return any(unit != self.unit for unit in self.row_units)

    @property
    def value_added(self) -> Array:
        """Value added of each sector (money)."""
        rows = [self.primary_inputs.index(name) for name in self.value_added_rows]
        return np.asarray(self.primary[rows].sum(axis=0))

    @property
    def active(self) -> npt.NDArray[np.bool_]:
        """Sectors with output."""
        return np.asarray(self.output > 0)

    @property
    def input_coefficients(self) -> Array:
        """A[i, j]: product i used per unit of output of sector j, all origins.

        Miller and Blair (2009), Input-Output Analysis, eq. 2.4.
        """
        return _per_output(self.intermediate, self.output)

    @property
    def domestic_coefficients(self) -> Array:
        """The domestic part of the input coefficients.

        Raises
        ------
        InputError
            If the table does not tell domestic from imported uses.
        """
        if self.imported_intermediate is None:
            faults = Faults(self.file or self.name)
            faults.add(
                "does not tell domestic from imported uses",
                "use input_coefficients, or give the imported flows",
                field="imported_intermediate",
            )
            raise InputError(faults)
        return _per_output(self.intermediate - self.imported_intermediate, self.output)

    def frame(self) -> pd.DataFrame:
        """Return intermediate and final uses as one labelled frame (products x uses)."""
        columns = [*self.sectors, *(use.name for use in self.final_uses)]
        block = np.hstack([self.intermediate, self.final])
        return pd.DataFrame(block, index=pd.Index(self.sectors, name="product"), columns=columns)


_ARRAYS: Sequence[str] = (
    "intermediate",
    "final",
    "imports",
    "primary",
    "output",
    "imported_intermediate",
    "imported_final",
    "capital_composition",
)


def _readonly(values: Any) -> Array:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def _per_output(flows: Array, output: Array) -> Array:
    """Divide columns by output; a sector without output gets zero coefficients."""
    safe = np.where(output > 0, output, 1.0)
    return np.asarray(np.where(output > 0, flows / safe, 0.0))


def require_one_unit(table: Table, what: str) -> None:
    """Refuse to add up products that are counted in different units.

    Raises
    ------
    InputError
        If the table is in mixed units.
    """
    if table.mixed_units:
        faults = Faults(table.file or table.name)
        faults.add(
            f"{what} would add up products in different units",
            "use the table in money, or ask for the content of one unit (content, output_for)",
            field="row_units",
            value=", ".join(sorted(set(table.row_units))),
        )
        raise InputError(faults)
