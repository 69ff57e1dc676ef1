"""The problem of a plan: labelled, checked arrays and the settings that rule over them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Faults, InputError
from conjuncture.plan import aims as aims_of
from conjuncture.plan import checks, start
from conjuncture.plan.aims import BALANCED, Aim
from conjuncture.plan.conditions import all as conditions_of
from conjuncture.plan.conditions.all import Conditions
from conjuncture.plan.conditions.part import Relief
from conjuncture.plan.settings import MAX_YEARS, Settings

if TYPE_CHECKING:
    from conjuncture.plan.elastic import Relaxation

Values = npt.ArrayLike


@dataclass(frozen=True)
class Problem:
    """A plan over T years for N sectors, each with one product of the same label.

    All money is in ``unit``; stocks stand at the start of a year. Arrays are
    read-only and checked when the problem is made: every fault is reported at
    once. Build one with :meth:`from_table`, :meth:`from_arrays` or
    :meth:`replace`; g is the gestation lag of the settings, K the number of
    kinds of labour.

    Attributes
    ----------
    name : str
        What the plan is called in messages.
    unit : str
        Unit of money (``million USD``).
    sectors : tuple of str
        Labels of products and sectors (N).
    years : tuple of int
        Calendar years (T), consecutive.
    settings : Settings
        The rules.
    output : array, N
        Output of the base year (money/year); everything is scaled to it, and a
        sector without any stays closed.
    coefficients : array or sparse array, N x N
        Product i used per unit of output of sector j, domestic and imported. Given
        sparse (``scipy.sparse``) they are kept so, by columns (``csc_array``).
    consumption : array, N
        Consumption bundle of the base year (money/year).
    consumption_level : float
        Consumption level of the year before the first (1 = the bundle).
    consumption_floor : array, T
        Least consumption level.
    public, military, inventories, investment_claims : array, T x N
        Claims on products fixed beforehand (money/year); ``investment_claims``
        is investment outside the plan's own building.
    composition : array, N x M
        Products per unit of outlay on capital; M is 1 for one composition for
        all or N for one by sector of destination.
    capital : array, N
        Stock in use at the start of the first year (money).
    capital_output : array, N
        Capital needed per unit of yearly output (years); 0 where the stock is
        not known, and then capital does not limit output.
    depreciation : array, N
        Share of the stock that wears out in a year (1/year).
    works : array, (g - 1) x N
        Works begun before the first year, oldest first (money of finished
        capital); row h is in use from the start of year h + 2.
    damaged : array, N
        Damaged stock at the start of the first year that can be restored (money).
    availability : array, T x N
        Share of the capacity that may be used.
    terminal_relief : array, g x N
        Capital by which the terminal condition may be missed (money).
    labour_kinds, labour_units : tuple of str
        Kinds of labour that limit the plan (K).
    labour_coefficients : array, T x K x N
        Labour per unit of output.
    labour_available : array, T x K
        Labour to be had.
    exports_low, exports_high, imports_low, imports_high : array, T x N
        Limits of trade by product (money/year); infinite where there is none.
    trade_balance : array, T
        Exports less imports that must be earned each year (money/year).
    transfers : array, T
        Credits and aid received (money/year).
    reserves : float
        Foreign reserves at the start (money); the plan ends with no less.
    exceptions : mapping of str to tuple of str
        Negative entries declared by name, as in ``Table.exceptions``.
    conditions : Conditions
        Conditions beside these: techniques, partners, labour that moves, ceilings ...
    aims : tuple of Aim
        What the plan aims at, level by level; by default balanced consumption.
    reliefs : tuple of Relief
        Limits of conditions that have been relaxed (:meth:`relaxed`).
    """

    name: str
    unit: str
    sectors: tuple[str, ...]
    years: tuple[int, ...]
    settings: Settings
    output: Array
    coefficients: Array
    consumption: Array
    consumption_level: float
    consumption_floor: Array
    public: Array
    military: Array
    inventories: Array
    investment_claims: Array
    composition: Array
    capital: Array
    capital_output: Array
    depreciation: Array
    works: Array
    damaged: Array
    availability: Array
    terminal_relief: Array
    labour_kinds: tuple[str, ...]
    labour_units: tuple[str, ...]
    labour_coefficients: Array
    labour_available: Array
    exports_low: Array
    exports_high: Array
    imports_low: Array
    imports_high: Array
    trade_balance: Array
    transfers: Array
    reserves: float = 0.0
    exceptions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    conditions: Conditions = field(default_factory=Conditions)
    aims: tuple[Aim, ...] = BALANCED
    reliefs: tuple[Relief, ...] = ()

    def __post_init__(self) -> None:
        faults = Faults(self.name)
        for name in checks.RULES:
            object.__setattr__(self, name, checks.readonly(getattr(self, name), name, faults))
        faults.raise_if_any()
        checks.check(self, faults)
        if not len(faults):
            conditions_of.check(self, faults)
            aims_of.check(self, faults)
        faults.raise_if_any()

    # Sizes ---------------------------------------------------------------------

    @property
    def periods(self) -> int:
        """Number of years T."""
        return len(self.years)

    @property
    def size(self) -> int:
        """Number of sectors N."""
        return len(self.sectors)

    @property
    def claims(self) -> Array:
        """All claims fixed beforehand (T x N; money/year)."""
        return np.asarray(self.public + self.military + self.inventories + self.investment_claims)

    # Construction --------------------------------------------------------------

    @classmethod
    def from_arrays(
        cls,
        *,
        sectors: Sequence[str],
        years: Sequence[int],
        output: Values,
        coefficients: Values,
        consumption: Values,
        settings: Settings | None = None,
        name: str = "plan",
        unit: str = "money",
        consumption_level: float = 1.0,
        consumption_floor: Values | None = None,
        public: Values = 0.0,
        military: Values = 0.0,
        inventories: Values = 0.0,
        investment_claims: Values = 0.0,
        composition: Values | None = None,
        capital: Values = 0.0,
        capital_output: Values = 0.0,
        depreciation: Values = 0.0,
        works: Values = 0.0,
        damaged: Values = 0.0,
        availability: Values = 1.0,
        terminal_relief: Values = 0.0,
        labour_kinds: Sequence[str] = (),
        labour_units: Sequence[str] = (),
        labour_coefficients: Values = 0.0,
        labour_available: Values = 0.0,
        exports: Values = 0.0,
        imports: Values = 0.0,
        exports_low: Values | None = None,
        exports_high: Values | None = None,
        imports_low: Values | None = None,
        imports_high: Values | None = None,
        trade_balance: Values | None = None,
        transfers: Values | None = None,
        reserves: float | None = None,
        exceptions: Mapping[str, tuple[str, ...]] | None = None,
        conditions: Conditions | Mapping[str, Any] | None = None,
        aims: Sequence[Aim | Mapping[str, Any]] | None = None,
    ) -> Problem:
        """Build a problem from arrays; whatever lacks a leading year holds in every year.

        Parameters are the attributes, except ``exports`` and ``imports``
        (N; money/year): trade of the base year, from which the limits follow by
        ``export_band`` and ``import_band`` and the trade balance by difference,
        unless these are given. Floor, transfers and reserves follow the
        settings unless given.

        Raises
        ------
        InputError
            With every fault found.
        """
        rules = settings or Settings()
        t, n, k, g = len(years), len(sectors), len(labour_kinds), rules.gestation
        sizes = checks.Spread(name, {"T": t, "N": n, "K": k, "g": g, "h": g - 1})
        e0, m0 = sizes.to("exports", exports, "N"), sizes.to("imports", imports, "N")
        bands = {
            **start.band("exports", e0, rules.export_band, t),
            **start.band("imports", m0, rules.import_band, t),
        }
        given = {
            "exports_low": exports_low,
            "exports_high": exports_high,
            "imports_low": imports_low,
            "imports_high": imports_high,
        }
        if consumption_floor is None:
            consumption_floor = rules.per_year("consumption_floor", t)
        balance = float(e0.sum() - m0.sum()) if trade_balance is None else trade_balance
        arrays: dict[str, Any] = {
            "consumption_floor": consumption_floor,
            "public": public,
            "military": military,
            "inventories": inventories,
            "investment_claims": investment_claims,
            "capital": capital,
            "capital_output": capital_output,
            "depreciation": depreciation,
            "works": works,
            "damaged": damaged,
            "availability": availability,
            "terminal_relief": terminal_relief,
            "labour_coefficients": labour_coefficients,
            "labour_available": labour_available,
            "trade_balance": balance,
            "transfers": rules.per_year("transfers", t) if transfers is None else transfers,
            **{key: bands[key] if value is None else value for key, value in given.items()},
        }
        spread = {key: sizes.to(key, value, checks.RULES[key][0]) for key, value in arrays.items()}
        sizes.faults.raise_if_any()
        known = conditions_of.of(conditions)
        columns = np.zeros((n, 1)) if composition is None else np.asarray(composition, np.float64)
        return cls(
            name=name,
            unit=unit,
            sectors=tuple(sectors),
            years=tuple(years),
            settings=rules,
            output=output,  # type: ignore[arg-type]
            coefficients=coefficients,  # type: ignore[arg-type]
            consumption=consumption,  # type: ignore[arg-type]
            consumption_level=float(consumption_level),
            composition=columns[:, None] if columns.ndim == 1 else columns,
            labour_kinds=tuple(labour_kinds),
            labour_units=tuple(labour_units),
            reserves=rules.opening_reserves if reserves is None else reserves,
            exceptions=MappingProxyType(dict(exceptions or {})),
            conditions=known,
            aims=aims_of.of(aims, known),
            **spread,  # type: ignore[arg-type]
        )

    @classmethod
    def from_table(
        cls,
        table: Table,
        years: int,
        *,
        conditions: Conditions | Mapping[str, Any] | None = None,
        aims: Sequence[Aim | Mapping[str, Any]] | None = None,
        **settings: Any,
    ) -> Problem:
        """Build the plan of the years that follow a table's year.

        Labour, claims and trade go on from the base year as the settings say;
        :meth:`replace` changes any array afterwards.

        Parameters
        ----------
        table : Table
            The base year. Without labour, labour does not limit the plan;
            without capital, only ``expansion_without_capital`` limits output and
            the base year's investment goes on as a claim.
        years : int
            Length of the plan, from the year after the table's.
        conditions, aims : optional
            As in the class; records or plain mappings as a problem file has them.
        **settings
            Any field of :class:`Settings`.

        Raises
        ------
        InputError
            If a setting is unknown or unusable, or the table cannot carry a plan.
        """
        faults = Faults(table.name)
        if isinstance(years, bool) or not isinstance(years, int) or not 1 <= years <= MAX_YEARS:
            faults.add(
                f"a plan needs at least one year and at most {MAX_YEARS:,} years",
                f"give a whole number of years of 1 to {MAX_YEARS}",
                field="years",
                value=years,
            )
        try:
            rules = Settings.of(**settings)
        except InputError as error:
            raise InputError([*faults, *error.faults]) from None
        faults.raise_if_any()
        carried = start.following(table, years, rules)
        asked = conditions_of.resolved(conditions_of.of(conditions), table)
        return cls.from_arrays(**carried, conditions=asked, aims=aims)

    @classmethod
    def base_year(cls, table: Table) -> Problem:
        """Build the table's own year, to see whether the plan reproduces it.

        Claims, investment, trade, labour and capacity are those of the table;
        output and consumption are free. The optimum has consumption level 1
        and the table's output.
        """
        return cls.from_arrays(**start.same_year(table))

    def replace(self, **changes: Any) -> Problem:
        """Return the problem with some arrays or settings changed.

        Arrays may lack the leading year; ``settings`` and ``conditions`` may be a
        mapping of what is to change in them. Settings that only carry the base year forward
        (growth rates, trade bands, ...) act in :meth:`from_table` and
        :meth:`from_arrays` and are not applied again.

        Raises
        ------
        InputError
            If a name is unknown, with the nearest ones, or a value unusable.
        """
        faults = Faults(self.name)
        known = [f.name for f in dataclasses.fields(self)]
        for key in changes:
            if key not in known:
                faults.unknown("array", key, known, field="replace")
        faults.raise_if_any()
        new = dict(changes)
        if isinstance(new.get("settings"), Mapping):
            new["settings"] = Settings.of(**{**self.settings.model_dump(), **new["settings"]})
        if isinstance(new.get("conditions"), Mapping):
            kept = {name: getattr(self.conditions, name) for name in Conditions.model_fields}
            new["conditions"] = conditions_of.of({**kept, **new["conditions"]})
        known_conditions = new.get("conditions", self.conditions)
        if "aims" in new or self.aims == aims_of.default(self.conditions):
            new["aims"] = aims_of.of(new.get("aims"), known_conditions)
        g = new.get("settings", self.settings).gestation
        shape = {"T": len(new.get("years", self.years)), "N": len(new.get("sectors", self.sectors))}
        shape |= {"K": len(new.get("labour_kinds", self.labour_kinds)), "g": g, "h": g - 1}
        sizes = checks.Spread(self.name, shape)
        for key in set(new) & set(checks.RULES):
            new[key] = sizes.to(key, new[key], checks.RULES[key][0])
        sizes.faults.raise_if_any()
        return dataclasses.replace(self, **new)

    def relaxed(self, relaxations: Sequence[Relaxation]) -> Problem:
        """Return the problem with the relaxations of an infeasible one applied."""
        problem = self
        for relaxation in relaxations:
            problem = relaxation.apply(problem)
        return problem
