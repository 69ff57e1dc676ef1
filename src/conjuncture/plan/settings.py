"""The settings of a plan: every rule as a named parameter with unit, default and mark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic.config import JsonDict

from conjuncture.core.errors import Faults, InputError
from conjuncture.core.files import Record, validate

Mark = Literal["assumed", "accounting", "choice"]
"""``assumed``: a number that no figure grounds; ``accounting``: neutral value of a
convention (0, 1, off); ``choice``: a rule chosen among stated alternatives."""


def _setting(default: Any, unit: str, mark: Mark, description: str, **limits: Any) -> Any:
    extra: JsonDict = {"unit": unit, "mark": mark}
    return Field(default, description=description, json_schema_extra=extra, **limits)


def _one_or_each_year(value: Any) -> Any:
    """Wrap a single number, so that a fault names the number and not the form."""
    if isinstance(value, (list, tuple)):
        return tuple(value)
    return tuple(value.tolist()) if hasattr(value, "tolist") and value.shape else (value,)


PerYear = Annotated[tuple[float, ...], BeforeValidator(_one_or_each_year)]
"""One number for all years, or one for each."""

Level = Annotated[float, Field(ge=0.0, le=10.0)]
Levels = Annotated[tuple[Level, ...], BeforeValidator(_one_or_each_year)]


MAX_YEARS = 1000
"""The longest plan from a table: beyond it a number of years is a slip, and fills the memory."""


class Settings(Record):
    """Rules and assumptions of a plan; unknown names are refused with the nearest.

    Use :meth:`of` to build from keyword arguments with readable errors, and
    :func:`reference` for the whole list with units, defaults and marks. A rule
    whose default is a number and whose type allows ``None`` is switched off by
    ``None``.
    """

    # Aim and consumption
    discount: float = _setting(
        0.95,
        "1",
        "assumed",
        "Weight of a year's consumption relative to that of the year before.",
        gt=0.0,
        le=1.5,
    )
    consumption_floor: Levels = _setting(
        (0.0,),
        "base-year consumption",
        "accounting",
        "Least consumption level, one number or one for each year.",
    )
    consumption_band: float | None = _setting(
        0.1,
        "1/year",
        "assumed",
        "Largest change of the consumption level from year to year, up or down: against "
        "all consumption in one year.",
        ge=0.0,
        le=10.0,
    )
    # Capital
    gestation: int = _setting(
        2,
        "years",
        "assumed",
        "Years between the start of a building and its use; outlays are spread evenly.",
        ge=1,
        le=20,
    )
    works_in_progress: Literal["steady", "none"] = _setting(
        "steady",
        "",
        "choice",
        "Works under way at the start: 'steady' continues the base year's investment, split "
        "by investment_split; 'none' starts without any.",
    )
    investment_split: Literal["wear", "stock"] = _setting(
        "wear",
        "",
        "choice",
        "How base-year investment is split by sector: 'wear' replaces what wore out and "
        "splits the rest by the stock; 'stock' splits all by the stock.",
    )
    base_utilisation: float = _setting(
        1.0,
        "1",
        "accounting",
        "Output of the base year relative to its capacity.",
        gt=0.0,
        le=1.0,
    )
    terminal_growth: float | None = _setting(
        0.0,
        "1/year",
        "assumed",
        "Growth of the last year's output that capital must sustain in the gestation years "
        "after the horizon; None leaves no capital behind.",
        ge=-0.5,
        le=0.5,
    )
    # Restoration of damaged capital
    restoration_cost: float = _setting(
        0.5,
        "1",
        "assumed",
        "Outlay to restore a unit of damaged capital, relative to building it anew.",
        gt=0.0,
        le=1.0,
    )
    restoration_lag: int = _setting(
        1,
        "years",
        "assumed",
        "Years between the start of a restoration and its use.",
        ge=1,
        le=20,
    )
    restorable_share: float | None = _setting(
        None,
        "1/year",
        "accounting",
        "Largest share of the damaged stock whose restoration may start in a year; None: all.",
        ge=0.0,
        le=1.0,
    )
    damage_decay: float = _setting(
        0.0,
        "1/year",
        "accounting",
        "Share of the damaged stock that is lost for good in a year.",
        ge=0.0,
        le=1.0,
    )
    # Claims, labour and trade carried forward from the base year
    public_growth: float = _setting(
        0.0, "1/year", "accounting", "Growth of public consumption.", gt=-1.0, le=10.0
    )
    military_growth: float = _setting(
        0.0, "1/year", "accounting", "Growth of military claims.", gt=-1.0, le=10.0
    )
    inventories: float = _setting(
        1.0,
        "base-year change",
        "accounting",
        "Share of the base year's change in inventories that goes on each year.",
        ge=-10.0,
        le=10.0,
    )
    labour_kinds: tuple[str, ...] | None = _setting(
        None,
        "",
        "choice",
        "Kinds of labour that limit the plan; None: the table's first kind.",
    )
    labour_growth: float = _setting(
        0.0, "1/year", "accounting", "Growth of available labour.", gt=-1.0, le=1.0
    )
    productivity_growth: float = _setting(
        0.0, "1/year", "accounting", "Growth of output per unit of labour.", gt=-1.0, le=1.0
    )
    transfers: PerYear = _setting(
        (0.0,),
        "table's money/year",
        "accounting",
        "Credits and aid received, one number or one for each year.",
    )
    opening_reserves: float = _setting(
        0.0,
        "table's money",
        "accounting",
        "Foreign reserves at the start; the plan must end with at least as much.",
        ge=0.0,
    )
    # Rules against implausible corners
    export_band: float | None = _setting(
        0.1,
        "1/year",
        "assumed",
        "Exports of each product stay within this share of the base year, widening each year.",
        ge=0.0,
        le=10.0,
    )
    import_band: float | None = _setting(
        0.1,
        "1/year",
        "assumed",
        "Imports of each product stay within this share of the base year, widening each year.",
        ge=0.0,
        le=10.0,
    )
    contraction: float | None = _setting(
        0.1,
        "1/year",
        "assumed",
        "Fastest fall of a sector's output; it yields where availability falls, and in the "
        "first year to what the capital at hand allows.",
        ge=0.0,
        le=1.0,
    )
    expansion: float | None = _setting(
        None, "1/year", "choice", "Fastest growth of any sector's output.", ge=0.0, le=10.0
    )
    expansion_without_capital: float | None = _setting(
        0.1,
        "1/year",
        "assumed",
        "Fastest growth of output in sectors whose capital stock is not known.",
        ge=0.0,
        le=10.0,
    )
    disposal: bool = _setting(
        False,
        "",
        "choice",
        "Whether products may stay unused; if not, resources equal uses exactly.",
    )

    @classmethod
    def of(cls, **values: Any) -> Settings:
        """Build settings from keyword arguments.

        Raises
        ------
        InputError
            With one fault for each unknown name or unusable value.
        """
        return validate(values, cls, "plan settings") if values else cls()

    @property
    def given(self) -> dict[str, Any]:
        """The settings that were named, by name; all others have their defaults."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}

    def per_year(self, name: str, years: int) -> tuple[float, ...]:
        """Return a setting of one or ``years`` numbers as one number for each year.

        Raises
        ------
        InputError
            If it has another count of numbers.
        """
        values: tuple[float, ...] = getattr(self, name)
        if len(values) not in (1, years):
            faults = Faults("plan settings")
            faults.add(
                f"has {len(values)} values for {years} years",
                "give one number, or one for each year",
                field=name,
                value=values,
            )
            raise InputError(faults)
        return values if len(values) == years else values * years


def reference() -> list[Mapping[str, str]]:
    """Return name, default, unit, mark and description of every setting, in order."""
    rows: list[Mapping[str, str]] = []
    for name, info in Settings.model_fields.items():
        extra = info.json_schema_extra
        assert isinstance(extra, dict)
        rows.append(
            {
                "name": name,
                "default": repr(info.default),
                "unit": str(extra["unit"]),
                "mark": str(extra["mark"]),
                "description": str(info.description),
            }
        )
    return rows
