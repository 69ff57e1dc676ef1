"""What the commands on plans show of targets and foreign currencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conjuncture.cli.output import console, print_json, print_rows

if TYPE_CHECKING:
    import pandas as pd

    from conjuncture.plan.solution import Solution

_TARGETS = ("target", "year", "sense", "asked", "reached", "missed", "share", "unit", "priority")


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def targets_as_json(solution: Solution) -> dict[str, Any]:
    """Return targets and currency accounts as plain data; empty where there are none."""
    from conjuncture.plan.reading.condition_tables import condition_tables

    return {name: _rows(frame) for name, frame in condition_tables(solution).items()}


def show_targets(solution: Solution) -> None:
    """Print targets reached and missed, and the accounts of currencies."""
    from conjuncture.plan.conditions.currencies import MAIN
    from conjuncture.plan.reading.condition_tables import condition_tables
    from conjuncture.plan.reading.trade import trade_text

    frames = condition_tables(solution)
    if "targets" in frames:
        frame = frames["targets"]
        met = int(frame["met"].sum())
        title = f"Targets: {met} of {len(frame)} reached"
        print_rows(_rows(frame[list(_TARGETS)]), title=title)
        missed = list(dict.fromkeys(frame.loc[~frame["met"], "target"]))
        if missed:
            names = ", ".join(missed)
            console().print(
                f"why a target is missed: plan explain --target ({names})", markup=False
            )
    if "currency_accounts" in frames:
        frame = frames["currency_accounts"]
        named = frame["currency"].where(frame["currency"] != "", MAIN)
        shown = frame.assign(currency=named).drop(columns="residual")
        print_rows(_rows(shown), title="Accounts of foreign currencies")
        console().print(trade_text(solution, 3), markup=False)


def show_raised(solution: Solution, target: str, by: float, as_json: bool) -> None:
    """Print what changes when a target rises."""
    from conjuncture.plan.reading.compare import raise_target

    found = raise_target(solution, target, by)
    if as_json:
        print_json(found.as_dict())
        return
    console().print(found.text, markup=False)


def explain_target(
    solution: Solution, target: str, year: int | None, titles: Mapping[str, str], as_json: bool
) -> None:
    """Print why a target is missed."""
    from conjuncture.plan.reading.targets import why_missed

    found = why_missed(solution, target, year, titles=titles)
    if as_json:
        print_json(found.as_dict())
        return
    console().print(found.text, markup=False)
