"""A plan over several territories as a YAML file: from the file to its problem."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from conjuncture.accounts.checks import checked
from conjuncture.accounts.regions import split
from conjuncture.accounts.regions_join import join
from conjuncture.accounts.table import Table
from conjuncture.core.errors import Fault, Faults, InputError
from conjuncture.core.files import parse_yaml, read_text, read_yaml
from conjuncture.plan.changes import changed
from conjuncture.plan.conditions.routes import Route
from conjuncture.plan.problem import Problem
from conjuncture.plan.problem_file import ProblemFile, overruled, problem_table
from conjuncture.plan.regional.joining import RULING, joined, overlaid
from conjuncture.plan.regional.places import SEPARATOR, label, places
from conjuncture.plan.regional.records import MARKS, RegionalFile, RouteEntry, TerritoryEntry
from conjuncture.plan.regional.shares import split_by_shares
from conjuncture.plan.regional.sourcing import interregional, pooled

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Opened:
    """What a plan over territories rests on.

    Attributes
    ----------
    problem : Problem
    sectors, titles : tuple of str
        Labels and their titles.
    reconstruction : bool
        Whether a table is a reconstruction, or a guess by shares.
    """

    problem: Problem
    sectors: tuple[str, ...]
    titles: tuple[str, ...]
    reconstruction: bool


def is_regional_file(path: Path) -> bool:
    """Whether a file is meant as a plan over several territories."""
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        return False
    try:
        data = parse_yaml(read_text(path), str(path))
    except InputError:
        return False
    return isinstance(data, dict) and bool(set(data) & set(MARKS))


def open_regional(
    path: Path,
    *,
    years: int | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Opened:
    """Read a file of a plan over territories and build its problem.

    Parameters
    ----------
    path : Path
    years : int, optional
        In place of the file's.
    settings : mapping, optional
        Settings of all that overrule the file's, by name.

    Raises
    ------
    InputError
        With every fault of keys, tables, settings, changes, routes and conditions that
        can be seen together.
    """
    try:
        record = read_yaml(path, RegionalFile)
    except InputError as error:
        raise InputError([*error.faults, *_other_faults(path)]) from None
    record = overruled(record, settings, years=years)
    _check_form(record, str(path))
    build = _from_tables if record.territories else _from_one
    problem, tables = build(record, path)
    return Opened(
        problem=_finished(record, problem, str(path)),
        sectors=problem.sectors,
        titles=_titles(problem, tables),
        reconstruction=any(table.reconstruction for table in tables.values()),
    )


def _check_form(record: RegionalFile, file: str) -> None:
    faults = Faults(file)
    if bool(record.territories) == bool(record.table):
        faults.add("needs either territories with a table each, or one table",
                   "give territories, or table", field="territories",
                   value="both" if record.table else "neither")  # fmt: skip
    if record.territories and record.shares:
        faults.add("shares split one table", "leave out shares, or territories", field="shares")
    if record.territories:
        given = set(record.model_fields_set) & {"sourcing", "band", "new_routes", "carriage",
                                                "variant", "separator"}  # fmt: skip
        for name in sorted(given):
            faults.add("belongs to a plan from one table", "leave it out", field=name)
    elif record.sourcing != "pooled":
        for name in sorted(set(record.model_fields_set) & {"band", "new_routes", "carriage"}):
            faults.add(f"has no part in sourcing: {record.sourcing}",
                       "leave it out, or choose sourcing: pooled", field=name)  # fmt: skip
    if record.shares and record.sourcing == "fixed":
        faults.add("shares tell nothing of who buys from where", "choose pooled or shares",
                   field="sourcing", value="fixed")  # fmt: skip
    for name, entry in record.territories.items():
        for key in sorted(set(entry.settings.model_fields_set) & set(RULING)):
            faults.add("rules over the plan as a whole", "give it in the file's own settings",
                       field=f"territories.{name}.settings.{key}")  # fmt: skip
    faults.raise_if_any()


# Sources -------------------------------------------------------------------------


def _from_tables(record: RegionalFile, path: Path) -> tuple[Problem, dict[str, Table]]:
    """Join the problems of territories with a table each."""
    faults: list[Fault] = []
    tables: dict[str, Table] = {}
    problems: dict[str, Problem] = {}
    for name, entry in record.territories.items():
        found = _try(partial(_territory, record, entry, path), faults, f"territories.{name}")
        if found is not None:
            tables[name], problems[name] = found
    if faults:
        raise InputError(faults)
    whole = joined(problems, name=record.title or None, consumption=record.consumption)
    return whole, tables


def _territory(record: RegionalFile, entry: TerritoryEntry, path: Path) -> tuple[Table, Problem]:
    table = _open(entry.table, entry.variant, path)
    rules = {**record.settings.given, **entry.settings.given}
    problem = Problem.from_table(table, record.years, **rules)
    return table, changed(problem, entry.changes, str(path))


def _from_one(record: RegionalFile, path: Path) -> tuple[Problem, dict[str, Table]]:
    """Build the plan of a multi-regional table, or of a national one and shares."""
    assert record.table is not None
    table = _open(record.table, record.variant, path)
    rules = record.settings.given
    regional = (
        split_by_shares(table, record.shares) if record.shares else split(table, record.separator)
    )
    form: dict[str, Any] = {"consumption": record.consumption}
    if record.sourcing == "pooled":
        problem = pooled(regional, record.years, band=record.band, new_routes=record.new_routes,
                         rates=record.carriage, **form, **rules)  # fmt: skip
    else:
        whole = join(regional) if record.sourcing == "shares" else table
        problem = interregional(whole, record.years, separator=regional.separator, **form, **rules)
    return problem, dict(regional.tables)


def _open(name: str, variant: str | None, path: Path) -> Table:
    return checked(problem_table(ProblemFile(table=name, variant=variant), path))


# What the file says of the plan as a whole -------------------------------------------


def _finished(record: RegionalFile, problem: Problem, file: str) -> Problem:
    """Add routes, changes, conditions and aims; all faults together."""
    faults: list[Fault] = []
    routes = _try(partial(_routes, record, problem, file), faults) or ()
    given = {name: getattr(record.conditions, name) for name in record.conditions.model_fields_set}
    merged = {
        **given,
        "routes": (*problem.conditions.routes, *routes, *given.get("routes", ())),
        "households": overlaid(problem.conditions.households, given.get("households", ())),
    }
    steps: list[Callable[[Problem], Problem]] = [
        lambda p: changed(p, record.changes, file),
        lambda p: p.replace(conditions=merged),
        lambda p: p.replace(aims=record.aims or None),
    ]
    for step in steps:
        done = _try(partial(step, problem), faults)
        problem = problem if done is None else done
    if faults:
        raise InputError(dataclasses.replace(fault, file=file) for fault in faults)
    return problem


def _routes(record: RegionalFile, problem: Problem, file: str) -> list[Route]:
    """Return the routes that the entries of a file stand for."""
    where, faults, routes = places(problem), Faults(file), []
    has = {
        name: [where.products[i] for i in where.product[where.territory == k]]
        for k, name in enumerate(where.territories)
    }
    for k, entry in enumerate(record.routes):
        ends = (entry.origin, entry.destination)
        unknown = [(n, e) for n, e in zip(("origin", "destination"), ends, strict=True)
                   if e not in has]  # fmt: skip
        for name, end in unknown:
            faults.unknown("territory", end, where.territories, field=f"routes.{k}.{name}")
        if unknown:
            continue
        chosen = entry.products or tuple(p for p in has[ends[0]] if p in has[ends[1]])
        for product in chosen:
            for end in ends:
                if product not in has[end]:
                    faults.unknown(f"product of {end}", product, has[end],
                                   field=f"routes.{k}.products")  # fmt: skip
            pairs = [ends, ends[::-1]] if entry.both else [ends]
            routes += [_route(entry, pair, product) for pair in pairs]
    faults.raise_if_any()
    return routes


def _route(entry: RouteEntry, pair: tuple[str, ...], product: str) -> Route:
    return Route(
        origin=label(pair[0], product),
        destination=label(pair[1], product),
        uses={use if SEPARATOR in use else label(pair[0], use): a for use, a in entry.uses.items()},
        **{name: getattr(entry, name) for name in ("base", "band", "low", "high", "loss", "lines")},
    )


def _titles(problem: Problem, tables: Mapping[str, Table]) -> tuple[str, ...]:
    found = {
        label(name, sector): title
        for name, table in tables.items()
        for sector, title in zip(table.sectors, table.titles, strict=True)
    }
    return tuple(found.get(name, name) for name in problem.sectors)


def _try(step: Callable[[], T], faults: list[Fault], where: str = "") -> T | None:
    """Run a step; where it is refused, keep its faults and go on."""
    try:
        return step()
    except InputError as error:
        for fault in error.faults:
            field = ".".join(part for part in (where, fault.field) if part)
            faults.append(dataclasses.replace(fault, field=field or None))
        return None


def _other_faults(path: Path) -> list[Fault]:
    """Faults of the tables in a file whose keys are already faulty."""
    if not path.is_file():
        return []
    data = parse_yaml(read_text(path), str(path))
    entries = data.get("territories") if isinstance(data, dict) else None
    faults: list[Fault] = []
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        try:
            record = TerritoryEntry.model_validate(entry)
        except ValidationError:
            continue
        _try(partial(_open, record.table, record.variant, path), faults, f"territories.{name}")
    return faults
