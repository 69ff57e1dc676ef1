"""Joining the problems of territories into one problem with routes between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from scipy.linalg import block_diag
from scipy.sparse import block_diag as sparse_blocks
from scipy.sparse import csc_array, issparse

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.plan import aims as aims_of
from conjuncture.plan.aims import Aim
from conjuncture.plan.conditions import all as conditions_of
from conjuncture.plan.conditions.all import Conditions
from conjuncture.plan.conditions.households import Household
from conjuncture.plan.conditions.lines import Line
from conjuncture.plan.conditions.routes import Route
from conjuncture.plan.problem import Problem
from conjuncture.plan.regional.places import SEPARATOR, label
from conjuncture.plan.settings import Settings

RULING = (
    "discount",
    "consumption_band",
    "gestation",
    "terminal_growth",
    "restoration_cost",
    "restoration_lag",
    "restorable_share",
    "damage_decay",
    "contraction",
    "expansion",
    "expansion_without_capital",
    "disposal",
)
"""Settings that rule over the programme and must be the same in all territories; the others
only carry a base year forward and may differ."""

_BY_YEAR = (
    "public",
    "military",
    "inventories",
    "investment_claims",
    "works",
    "availability",
    "terminal_relief",
    "exports_low",
    "exports_high",
    "imports_low",
    "imports_high",
)
_PLAIN = ("output", "consumption", "capital", "capital_output", "depreciation", "damaged")

Level = Literal["common", "own"]


def joined(
    problems: Mapping[str, Problem],
    routes: Iterable[Route | Mapping[str, Any]] = (),
    *,
    lines: Iterable[Line | Mapping[str, Any]] = (),
    consumption: Level = "own",
    conditions: Conditions | Mapping[str, Any] | None = None,
    aims: Sequence[Aim | Mapping[str, Any]] | None = None,
    name: str | None = None,
) -> Problem:
    """Join the problems of territories into one, with routes between them.

    Trade with abroad goes over one account: balances, transfers and reserves are added up.
    Products, sectors and kinds of labour become ``TERRITORY:NAME``: every territory has
    its own balances, capital, composition of outlays and labour, and nothing passes
    between them but by routes (and labour by the condition ``moves``).

    Parameters
    ----------
    problems : mapping of str to Problem
        By name of the territory; of the same years, money and :data:`RULING` settings.
    routes, lines : iterables
        As in the conditions ``routes`` and ``lines``.
    consumption : {"own", "common"}
        ``own``: each territory is a group of the condition ``households`` with its
        bundle, a level not below the common one, and its problem's consumption floor; the
        aim counts the common level (maximin) and, by ``weight``, what is above it.
        ``common``: the bundles of all rise and fall together, not below the highest floor.
    conditions, aims : optional
        Of the plan as a whole, with labels ``TERRITORY:NAME``; conditions and aims of the
        single problems are refused. Keys of ``households`` of a territory's name go before
        those that the joining gives it.
    name : str, optional

    Returns
    -------
    Problem

    Raises
    ------
    InputError
        With everything in which the problems do not fit together, and every fault of
        routes, lines and conditions.

    Notes
    -----
    One programme over territories with flows between them: W. Isard (1958),
    Interregional Linear Programming, Journal of Regional Science 1; T. Takayama and
    G. G. Judge (1971), Spatial and Temporal Price and Allocation Models.
    """
    _check(problems, consumption)
    parts = list(problems.values())
    first = parts[0]
    given = conditions_of.of(conditions)
    own = _groups(problems, consumption)
    floors = np.max([p.consumption_floor for p in parts], axis=0)
    whole = {
        "routes": (*given.routes, *_records(routes, "routes")),
        "lines": (*given.lines, *_records(lines, "lines")),
        "households": overlaid(own, given.households),
    }
    kept = {field: getattr(given, field) for field in Conditions.model_fields}
    together = conditions_of.of({**kept, **whole})
    arrays: dict[str, Any] = {
        **{key: np.concatenate([getattr(p, key) for p in parts]) for key in _PLAIN},
        **{key: np.concatenate([getattr(p, key) for p in parts], axis=1) for key in _BY_YEAR},
    }
    return Problem(
        name=name or _name(parts),
        unit=first.unit,
        sectors=tuple(label(r, s) for r, p in problems.items() for s in p.sectors),
        years=first.years,
        settings=Settings.of(**{key: getattr(first.settings, key) for key in RULING}),
        consumption_level=first.consumption_level,
        consumption_floor=np.zeros_like(floors) if consumption == "own" else floors,
        coefficients=_coefficients(parts),
        composition=_composition(parts),
        labour_kinds=tuple(label(r, k) for r, p in problems.items() for k in p.labour_kinds),
        labour_units=tuple(unit for p in parts for unit in p.labour_units),
        labour_coefficients=_labour(parts),
        labour_available=np.concatenate([p.labour_available for p in parts], axis=1),
        trade_balance=np.sum([p.trade_balance for p in parts], axis=0),
        transfers=np.sum([p.transfers for p in parts], axis=0),
        reserves=float(sum(p.reserves for p in parts)),
        exceptions=_exceptions(problems),
        conditions=together,
        aims=aims_of.of(aims, together),
        **arrays,
    )


def overlaid(own: Sequence[Household], given: Sequence[Household]) -> tuple[Household, ...]:
    """Return the groups of territories with the keys of given ones laid over them."""
    found = {record.name: record for record in own}
    rest = []
    for record in given:
        if record.name in found:
            keys = {key: getattr(record, key) for key in record.model_fields_set}
            found[record.name] = found[record.name].model_copy(update=keys)
        else:
            rest.append(record)
    return (*found.values(), *rest)


def _name(parts: list[Problem]) -> str:
    names = list(dict.fromkeys(p.name for p in parts))
    if len(parts) == 1:
        return names[0]
    shown = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
    return f"{shown} in {len(parts)} territories"


def _records(given: Iterable[Any], name: str) -> tuple[Any, ...]:
    """Return records of a condition from records or plain data."""
    plain = [item if isinstance(item, (Route, Line)) else dict(item) for item in given]
    return tuple(getattr(conditions_of.of({name: plain}), name)) if plain else ()


def _groups(problems: Mapping[str, Problem], consumption: Level) -> tuple[Household, ...]:
    """Return every territory that consumes as a group with a level of its own."""
    if consumption == "common":
        return ()
    return tuple(
        Household(
            name=name,
            shares={
                label(name, product): 1.0
                for product, amount in zip(p.sectors, p.consumption, strict=True)
                if amount != 0.0
            },
            floor=tuple(p.consumption_floor.tolist()),
        )
        for name, p in problems.items()
        if p.consumption.any()
    )


def _coefficients(parts: list[Problem]) -> Any:
    """Return coefficients (N x N), those of a territory in a block; sparse if any are."""
    if any(issparse(p.coefficients) for p in parts):
        return csc_array(sparse_blocks([csc_array(p.coefficients) for p in parts]))
    return block_diag(*(p.coefficients for p in parts))


def _composition(parts: list[Problem]) -> Array:
    """Return the composition of outlays by sector of destination, each in its own territory."""
    if len(parts) == 1:
        return parts[0].composition
    if not any(p.composition.any() for p in parts):
        return np.zeros((sum(p.size for p in parts), 1))
    wide = block_diag(*(np.broadcast_to(p.composition, (p.size, p.size)) for p in parts))
    # nothing is built where no composition is known: a column that stands for no outlay
    empty = np.flatnonzero(wide.sum(axis=0) == 0)
    wide[empty, empty] = 1.0
    return np.asarray(wide)


def _labour(parts: list[Problem]) -> Array:
    """Return labour per unit of output: kinds of a territory work in its own sectors."""
    return np.stack([block_diag(*(p.labour_coefficients[t] for p in parts))
                     for t in range(parts[0].periods)])  # fmt: skip


def _exceptions(problems: Mapping[str, Problem]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, p in problems.items():
        for kind, labels in p.exceptions.items():
            found[kind] = (*found.get(kind, ()), *(label(name, item) for item in labels))
    return found


# Checks --------------------------------------------------------------------------


def _check(problems: Mapping[str, Problem], consumption: str) -> None:
    """Refuse problems that do not fit together; all faults at once."""
    faults = Faults("joined plan")
    if consumption not in ("own", "common"):
        faults.unknown("form", str(consumption), ("own", "common"), field="consumption")
    if not problems:
        faults.add("there is no territory", "give at least one problem", field="territories")
        faults.raise_if_any()
    first_name, first = next(iter(problems.items()))
    for name, p in problems.items():
        if not name or SEPARATOR in name:
            faults.add(
                f"a territory needs a name without {SEPARATOR!r}", "give another name",
                field="territories", value=name,
            )  # fmt: skip
        for what in ("years", "unit", "consumption_level"):
            if getattr(p, what) != getattr(first, what):
                faults.add(
                    f"differs from that of {first_name} ({_short(getattr(first, what))})",
                    "give all territories the same",
                    field=f"{name}.{what}",
                    value=_short(getattr(p, what)),
                )
        for key in RULING:
            mine, other = getattr(p.settings, key), getattr(first.settings, key)
            if mine != other:
                faults.add(
                    f"differs from that of {first_name} ({other})",
                    "give all territories the same; it rules over the plan as a whole",
                    field=f"{name}.settings.{key}",
                    value=mine,
                )
        _check_plain(name, p, faults)
    faults.raise_if_any()


def _check_plain(name: str, p: Problem, faults: Faults) -> None:
    whole = "give it to the joined plan, with labels TERRITORY:NAME"
    for part, _ in p.conditions.given:
        faults.add("a territory has a condition of its own", whole,
                   field=f"{name}.conditions.{part.name}")  # fmt: skip
    if p.aims != aims_of.BALANCED:
        faults.add("a territory has aims of its own", whole, field=f"{name}.aims")
    if p.reliefs:
        faults.add("limits of a territory have been relaxed", "relax the joined plan instead",
                   field=f"{name}.reliefs")  # fmt: skip


def _short(value: object) -> str:
    if isinstance(value, tuple) and value:
        return f"{value[0]}-{value[-1]}"
    return str(value)
