"""Targets of a plan: what was asked and reached, and why a target is missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from conjuncture.core.errors import Faults, lookup
from conjuncture.plan.conditions import targets as conditions
from conjuncture.plan.conditions.part import Reader
from conjuncture.plan.conditions.targets import Target
from conjuncture.plan.why.decompose import row_prices
from conjuncture.plan.why.levels import at_level, level_of
from conjuncture.plan.why.missed import Missed, Rival, Way
from conjuncture.plan.why.roots import Root
from conjuncture.plan.why.upstream import Upstream

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_MET = 1e-6
_NOTHING = 1e-12
_WAYS = 3


def table(solution: Solution) -> pd.DataFrame:
    """Return every target and year with what was asked and reached.

    Returns
    -------
    DataFrame
        Columns ``target, what, of, year, sense, asked, reached, missed`` (reached less
        asked where that is a miss, else 0), ``share`` (of the target, without sign),
        ``unit, priority, weight, met``.

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.
    """
    solution.require_optimal()
    p = solution.problem
    rows = []
    for target in p.conditions.targets:
        of = conditions.places(Reader(p, Faults(p.name), ""), target)
        for t, asked in sorted(conditions.asked(p, target, of).items()):
            reached = _reached(solution, target, t)
            whole = conditions.measure(p, target, of, asked)
            reached = 0.0 if abs(reached) <= _MET * whole else reached
            missed = _missed(target, asked, reached)
            share = abs(missed) / whole
            rows.append(
                {
                    "target": target.name,
                    "what": target.what,
                    "of": ", ".join(target.of),
                    "year": p.years[t],
                    "sense": target.sense,
                    "asked": asked,
                    "reached": reached,
                    "missed": missed if share > _MET else 0.0,
                    "share": share if share > _MET else 0.0,
                    "unit": conditions.unit_of(p, target),
                    "priority": target.priority,
                    "weight": target.weight,
                    "met": share <= _MET,
                }
            )
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    "target", "what", "of", "year", "sense", "asked", "reached", "missed", "share", "unit",
    "priority", "weight", "met",
]  # fmt: skip


def _missed(target: Target, asked: float, reached: float) -> float:
    """Return reached less asked where that is a miss, else 0."""
    apart = reached - asked
    if target.sense == "exactly":
        return apart
    return min(apart, 0.0) if target.sense == "at_least" else max(apart, 0.0)


def _row(solution: Solution, target: Target, t: int) -> int:
    """Return the position of a target's row in a year."""
    block = solution.model.rows.blocks["target most" if target.sense == "at_most" else "target"]
    label = block.names.index(target.name)
    return int(block.index[(block.label == label) & (block.year == t)][0])


def _counted(solution: Solution, row: int) -> Iterator[tuple[int, float]]:
    """Yield the activities that count in a target, and what a unit (amount) of each adds."""
    model = solution.model
    misses = {
        int(at)
        for name in ("shortfall", "excess")
        if name in model.columns.blocks
        for at in model.columns[name]
    }
    part = model.matrix[[row]].tocoo()
    for column, value in zip(part.col, part.data, strict=True):
        if int(column) not in misses:
            scale = model.row_scale[row] / model.column_scale[column]
            yield int(column), float(value * scale)


def _amount(solution: Solution, column: int) -> float:
    return float(solution.outcome.values[column] * solution.model.column_scale[column])


def _reached(solution: Solution, target: Target, t: int) -> float:
    counted = _counted(solution, _row(solution, target, t))
    return sum(per * _amount(solution, column) for column, per in counted)


# Why ---------------------------------------------------------------------------------


def why_missed(
    solution: Solution,
    target: str,
    year: int | None = None,
    *,
    titles: Mapping[str, str] | None = None,
) -> Missed:
    """Say why a target is missed: what one more unit of it would need that is scarce.

    The prices of the last level of the aim do not tell this: they say what is scarce for
    consumption once the misses are held where they are. The reasons lie in the level that
    asked for the target, at whose optimum one more unit of it is worth its weight by its
    amount, and this worth equals what its activity needs at that level's prices. Each
    optimal set of prices of a level goes with each of its optima (complementary
    slackness), thus also with the final plan, unless a slack lets later levels give part
    of the target up; then this is said.

    Parameters
    ----------
    solution : Solution
        An optimal plan.
    target : str
        Its name.
    year : int, optional
        One of its years; by default the one with the largest relative miss.
    titles : mapping of str to str, optional
        Titles of labels, for the text.

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.
    InputError
        If there is no such target, with the nearest names, or it is not of that year.

    Notes
    -----
    Goal programming: A. Charnes and W. W. Cooper (1961), Management Models and
    Industrial Applications of Linear Programming, vol. 1. Complementary slackness:
    G. B. Dantzig (1963), Linear Programming and Extensions, ch. 6.
    """
    solution.require_optimal()
    p = solution.problem
    named_ = {record.name: record for record in p.conditions.targets}
    record = lookup("target", target, named_, p.name)
    found = _chosen(solution, target, year)
    t, missed = p.years.index(found["year"]), found["missed"]
    number = level_of(solution, record)
    view = solution if number is None else at_level(solution, number)
    row = _row(view, record, t)
    price = float(row_prices(view)[row])
    # a shortfall is eased by asking for less, an excess by allowing more
    worth = price if missed > 0 else -price
    explained = abs(missed) > 0 and worth > _NOTHING
    roots, ways = _ways(view, row, missed > 0) if explained else ((), ())
    return Missed(
        **{key: found[key] for key in ("what", "of", "sense", "unit", "year", "priority")},
        **{key: found[key] for key in ("asked", "reached", "missed", "share")},
        name=target,
        level="" if number is None else p.aims[number].name,
        reached_then=_reached(view, record, t),
        worth=worth + 0.0,
        roots=roots,
        ways=ways,
        rivals=_rivals(view, row, worth) if explained else (),
        held=_held(view) if explained else (),
        gestation=p.settings.gestation,
        first_year=p.years[0],
        titles=dict(titles or {}),
    )


def _chosen(solution: Solution, target: str, year: int | None) -> dict[str, Any]:
    """Return the line of the table of a target: of a year, or of its worst one."""
    lines: list[dict[Any, Any]] = table(solution).to_dict("records")
    mine = {line["year"]: line for line in lines if line["target"] == target}
    if year is None:
        return max(mine.values(), key=lambda line: float(line["share"]))
    faults = Faults(solution.problem.name)
    if year not in mine:
        faults.add(
            f"the target {target} is not of this year",
            f"give one of: {', '.join(map(str, mine))}",
            field="year",
            value=year,
        )
    faults.raise_if_any()
    return mine[year]


def _ways(view: Solution, row: int, less: bool) -> tuple[tuple[Root, ...], tuple[Way, ...]]:
    """Return what one more unit of a target needs, in all and by activity."""
    amounts = {c: per * _amount(view, c) for c, per in _counted(view, row)}
    per = dict(_counted(view, row))
    whole = sum(amounts.values())
    parts = {c: (amounts[c] / whole if whole > 0 else 1 / len(per)) / per[c] for c in per}
    upstream = Upstream(view)
    roots = upstream.carried(parts, row, less=less)
    names = {
        int(at): (name, block.name(int(label)))
        for name, block in view.model.columns
        for at, label in zip(block.index.ravel(), block.label.ravel(), strict=True)
        if int(at) in per
    }
    ways = []
    for k, column in enumerate(sorted(per, key=lambda c: -amounts[c])):
        own = roots if len(per) == 1 else ()
        if len(per) > 1 and k < _WAYS:
            own = upstream.carried({column: 1 / per[column]}, row, less=less)
        ways.append(Way(*names[column], amounts[column], own))
    return roots, tuple(ways)


def _rivals(view: Solution, own: int, worth: float) -> tuple[Rival, ...]:
    """Return other targets whose easing would help, dearest by what they ask in all."""
    p, prices = view.problem, row_prices(view)
    found: list[tuple[float, Rival]] = []
    for name, sign in (("target", -1.0), ("target most", 1.0)):
        block = view.model.rows.blocks.get(name)
        if block is None:
            continue
        for row, label, t in zip(block.index, block.label, block.year, strict=True):
            record = p.conditions.targets[label]
            gain = sign * float(prices[row]) / worth
            if row == own or gain <= _NOTHING or _is_missed(view, record, int(t)):
                continue
            rival = Rival(
                record.name, p.years[t], record.priority, gain, conditions.unit_of(p, record)
            )
            found.append((gain * view.model.row_scale[row], rival))
    return tuple(rival for _, rival in sorted(found, key=lambda item: -item[0]))


def _is_missed(view: Solution, record: Target, t: int) -> bool:
    """Whether a target of the level's own priority is missed as well: then it is no rival."""
    if view.problem.aims[view.model.level].targets != record.priority:
        return False
    of = conditions.places(Reader(view.problem, Faults(view.problem.name), ""), record)
    asked = conditions.asked(view.problem, record, of)[t]
    whole = conditions.measure(view.problem, record, of, asked)
    return abs(_missed(record, asked, _reached(view, record, t))) > _MET * whole


def _held(view: Solution) -> tuple[str, ...]:
    """Return earlier levels of the aim, not of targets, that are in the way."""
    block = view.model.rows.blocks.get("aim")
    if block is None:
        return ()
    prices, aims = row_prices(view), view.problem.aims
    return tuple(
        aims[k].name
        for k, row in zip(block.label, block.index, strict=True)
        if abs(prices[row]) > _NOTHING and not aims[k].targets
    )
