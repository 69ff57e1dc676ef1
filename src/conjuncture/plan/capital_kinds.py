"""Dividing the one capital of a plan into kinds: buildings, machines, vehicles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Faults
from conjuncture.plan.problem import Problem

_EXACT = 1e-9


@dataclass(frozen=True)
class CapitalKind:
    """A kind of capital as a share of the plan's own.

    Attributes
    ----------
    share : float or mapping of str to float
        Share of each sector's capital, one for all or by sector.
    depreciation : float or mapping, optional
        Share that wears out in a year; by default that of the sector's capital.
    gestation : int, optional
        Years of building; by default the plan's.
    composition : mapping of str to float
        Products per unit of outlay; by default the plan's.
    """

    share: float | Mapping[str, float]
    depreciation: float | Mapping[str, float] | None = None
    gestation: int | None = None
    composition: Mapping[str, float] = field(default_factory=dict)


def shares_of_table(table: Table, satellites: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Return the share of each kind in the capital of each sector, from satellites.

    Parameters
    ----------
    table : Table
        Its satellites hold stocks of capital by kind and sector, all in one unit.
    satellites : mapping of str to str
        From the name of each kind to that of the satellite with its stock.

    Returns
    -------
    dict of str to dict of str to float
        By kind and sector; sectors without any of these stocks are left out.

    Raises
    ------
    InputError
        If a satellite does not exist, holds a negative stock, or their units differ.
    """
    faults, known = Faults(table.file or table.name), table.satellites
    names = known.kinds if known is not None else ()
    for name in satellites.values():
        if name not in names:
            faults.unknown("satellite", name, names, field="satellites")
    faults.raise_if_any()
    assert known is not None
    at = [names.index(name) for name in satellites.values()]
    if len({known.units[k] for k in at}) > 1:
        faults.add("stocks are in different units", "bring them to one unit", field="satellites",
                   value=", ".join(sorted({known.units[k] for k in at})))  # fmt: skip
    stock = known.used[at]
    for k, j in np.argwhere(stock < 0):
        faults.add("is negative", "give a stock of 0 or more", value=stock[k, j],
                   field=f"satellites.{list(satellites)[k]}[{table.sectors[j]}]")  # fmt: skip
    faults.raise_if_any()
    total = stock.sum(axis=0)
    return {
        kind: {table.sectors[j]: float(stock[k, j] / total[j]) for j in np.flatnonzero(total > 0)}
        for k, kind in enumerate(satellites)
    }


def split_capital(problem: Problem, kinds: Mapping[str, CapitalKind]) -> Problem:
    """Divide the plan's own capital into kinds that are needed together.

    Stock, damaged stock and capital-output ratio of a sector are divided by the shares;
    a rest stays as the plan's own. Works in progress go on as they were: in each year
    the kind's share of what the plan had begun in a year, or, where the plan has no works
    (a gestation of one year), of the wear of the kind, which is assumed.

    Parameters
    ----------
    problem : Problem
    kinds : mapping of str to CapitalKind
        By name.

    Returns
    -------
    Problem
        With the condition ``assets``. Kinds of the same wear, gestation and composition
        as the plan's own give the same plan.

    Raises
    ------
    InputError
        If sectors are unknown or without capital, or shares are negative or exceed 1.
    """
    shares = _shares(problem, kinds)
    rest = np.maximum(1.0 - shares.sum(axis=0), 0.0)
    rest = np.where(rest < _EXACT, 0.0, rest)
    assets = [
        _asset(problem, name, kind, share)
        for (name, kind), share in zip(kinds.items(), shares, strict=True)
    ]
    given = [*problem.conditions.assets, *(asset for asset in assets if asset["capital_output"])]
    return problem.replace(
        capital=problem.capital * rest,
        capital_output=problem.capital_output * rest,
        works=problem.works * rest,
        damaged=problem.damaged * rest,
        conditions={"assets": given},
    )


def _shares(problem: Problem, kinds: Mapping[str, CapitalKind]) -> Array:
    """Return shares (kinds x N), checked."""
    faults, found = Faults(problem.name), np.zeros((len(kinds), problem.size))
    known = [s for s, ratio in zip(problem.sectors, problem.capital_output, strict=True) if ratio]
    for k, (name, kind) in enumerate(kinds.items()):
        by_sector = kind.share
        if not isinstance(by_sector, Mapping):
            by_sector = dict.fromkeys(known, by_sector)
        for sector, share in by_sector.items():
            if sector not in known:
                faults.unknown("sector with capital", sector, known, field=f"{name}.{sector}")
            elif share < 0:
                faults.add("is negative", "give 0 or more", field=f"{name}.{sector}", value=share)
            else:
                found[k, problem.sectors.index(sector)] = share
    for j in np.flatnonzero(found.sum(axis=0) > 1 + _EXACT):
        faults.add("shares exceed 1", "give shares that add up to 1 at most",
                   field=problem.sectors[j], value=f"{found[:, j].sum():.6g}")  # fmt: skip
    faults.raise_if_any()
    return found


def _asset(problem: Problem, name: str, kind: CapitalKind, share: Array) -> dict[str, Any]:
    of = np.flatnonzero(share > 0)
    gestation = problem.settings.gestation if kind.gestation is None else kind.gestation
    wear = problem.depreciation.copy()
    for j in of:
        given = kind.depreciation
        if given is not None:
            wear[j] = given[problem.sectors[j]] if isinstance(given, Mapping) else given
    same = gestation == problem.settings.gestation
    yearly = problem.works.mean(axis=0) if len(problem.works) else wear * problem.capital

    def by_sector(values: Array) -> dict[str, float]:
        return {problem.sectors[j]: float(values[j] * share[j]) for j in of}

    works = {}
    if gestation > 1:
        each = problem.works if same else np.broadcast_to(yearly, (gestation - 1, problem.size))
        works = {problem.sectors[j]: tuple((each[:, j] * share[j]).tolist()) for j in of}
    return {
        "name": name,
        "capital_output": by_sector(problem.capital_output),
        "opening": by_sector(problem.capital),
        "depreciation": {problem.sectors[j]: float(wear[j]) for j in of},
        "gestation": kind.gestation,
        "composition": dict(kind.composition),
        "works": works,
        "damaged": by_sector(problem.damaged),
    }
