"""What conditions and aims a plan may have, and what conditions do in one that is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from conjuncture.cli.output import Json, print_json, print_rows

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_SHOWN = 8
"""So many rows of a block of conditions are shown; --json has all."""


def conditions(
    condition: str | None = typer.Argument(None, help="One condition; without it, all."),
    as_json: Json = False,
) -> None:
    """List the conditions a plan may have: every key with unit, default and description."""
    from conjuncture.core.errors import lookup
    from conjuncture.plan.conditions.all import Conditions, reference

    if condition is not None:
        lookup("condition", condition, Conditions.model_fields)
    rows = [dict(row) for row in reference() if condition in (None, row["condition"])]
    print_json(rows) if as_json else print_rows(rows, title="Conditions of a plan")


def aims(as_json: Json = False) -> None:
    """List what a plan may aim at, with unit, default and description."""
    from conjuncture.plan.aims import reference

    rows = [dict(row) for row in reference()]
    print_json(rows) if as_json else print_rows(rows, title="A level of the aims of a plan")


def groups_of(solution: Solution) -> list[dict[str, Any]]:
    """Return consumption by group of households as plain data; what is not known is None."""
    from conjuncture.plan.reading.households import distribution

    frame = distribution(solution).astype(object)
    return _plain(frame.where(frame.notna(), None).to_dict("records"))


def show_conditions(solution: Solution) -> None:
    """Show groups of households, and the largest amounts of each block that conditions add."""
    groups, unit = groups_of(solution), solution.problem.unit
    shown = ("year", "group", "level", "money", "share", "per_head")
    if groups:
        rows = [{name: row[name] for name in shown} for row in groups]
        print_rows(rows, title=f"Consumption by group ({unit}; per head: {unit} per person)")
    frame = solution.activities()
    frame = frame[frame["block"] != "household"]
    for what, part in frame.groupby("what", sort=False):
        wide = part.pivot(index=["label", "unit"], columns="year", values="amount")
        order = wide.abs().max(axis=1).sort_values(ascending=False, kind="stable").index
        rows = _plain(wide.loc[order[:_SHOWN]].reset_index().to_dict("records"))
        more = f" (the largest {_SHOWN} of {len(wide)})" if len(wide) > _SHOWN else ""
        print_rows(rows, title=f"{str(what)[:1].upper()}{str(what)[1:]}{more}")


def _plain(rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in rows]
