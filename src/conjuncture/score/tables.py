"""Rows of tables of scores: what is shown of them by the command and in the documentation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from conjuncture.score.ablation import Ablation, Change
from conjuncture.score.scores import Score, Skill
from conjuncture.score.wide import Wide

NUMBERS, EVENTS = ("persistence", "trend", "walk"), ("base_rate", "own_rate", "persistence")


def series_rows(scores: Sequence[Score], *, groups: bool = False) -> list[dict[str, object]]:
    """Return the rows of the scores of figures; skills stand under their baselines."""
    chosen = [item for item in scores if item.measure in {"level", "growth"}]
    names = _names(chosen)
    return [
        {
            "variable": names[item.file],
            "measure": item.measure,
            **_where(item, groups=groups),
            "CRPS": with_error(item.score, item.error_members),
            "bias": signed(item.bias),
            "in 90 %": "-" if item.coverage is None else f"{100 * item.coverage:.0f} %",
            **{name: skill(item.skills.get(name)) for name in NUMBERS},
        }
        for item in chosen
    ]


def event_rows(scores: Sequence[Score], *, groups: bool = False) -> list[dict[str, object]]:
    """Return the rows of the scores of events; skills stand under their baselines."""
    chosen = [item for item in scores if item.measure in {"brier", "log"}]
    return [
        {
            "event": item.variable,
            "measure": item.measure,
            **_where(item, groups=groups),
            "score": with_error(item.score, item.error_members),
            "reliability": "-" if item.parts is None else number(item.parts.reliability),
            "resolution": "-" if item.parts is None else number(item.parts.resolution),
            "uncertainty": "-" if item.parts is None else number(item.parts.uncertainty),
            **{name: skill(item.skills.get(name)) for name in EVENTS},
        }
        for item in chosen
    ]


def _where(item: Score, *, groups: bool) -> dict[str, object]:
    group: dict[str, object] = {"group": item.group} if groups else {}
    return {**group, "period": item.period, "cells": item.cells}


def _names(scores: Sequence[Score]) -> dict[str, str]:
    """Return the variable of each file, or its id where others have the variable too."""
    files = {item.file: item.variable for item in scores}
    often = Counter(files.values())
    return {name: v if often[v] == 1 else name for name, v in files.items()}


def ablation_rows(found: Sequence[Ablation]) -> list[dict[str, object]]:
    """Return the rows of the mechanisms switched off, with their surest changes."""
    return [
        {
            "mechanism": item.mechanism,
            "verdict": item.verdict
            if not item.found
            else f"changes {len(item.found)} of {len(item.changes)} measures",
            "scores": changes(item.found, "score"),
            "outcomes": changes(item.found, "outcome"),
        }
        for item in found
    ]


def wide_rows(found: Wide) -> list[dict[str, object]]:
    """Return the rows of outcomes with wide priors: mean and the span of 90 % of the members."""
    by_name = {change.name: change for change in found.comparison.changes}
    return [
        {
            "outcome": item.name,
            "priors as they are": span(item.base),
            f"assumed ones {found.factor:g} times as wide": span(item.wide),
            "change": f"{signed(by_name[item.name].change)} ± {number(by_name[item.name].error)}",
        }
        for item in found.ranges
    ]


def span(values: tuple[float, float, float]) -> str:
    """Write mean, 5 and 95 per cent."""
    mean, low, high = values
    return f"{number(mean)} ({number(low)} .. {number(high)})"


def changes(found: Sequence[Change], kind: str, most: int = 4) -> str:
    """Write the surest changes of a kind: off less on, with its error."""
    chosen = [c for c in found if c.kind == kind]
    text = "; ".join(
        f"{c.name} {signed(c.change)} ± {number(c.error)} (of {number(c.base)})"
        for c in chosen[:most]
    )
    return text + (f"; {len(chosen) - most} more" if len(chosen) > most else "") or "-"


def number(value: float) -> str:
    """Write a number with three significant figures."""
    return "-" if not np.isfinite(value) else f"{value:.3g}"


def signed(value: float) -> str:
    """Write a number with its sign."""
    return "-" if not np.isfinite(value) else f"{value:+.3g}"


def with_error(value: float, error: float) -> str:
    """Write a score and its Monte Carlo error."""
    return f"{number(value)} ± {number(error)}"


def skill(item: Skill | None) -> str:
    """Write a skill and its error."""
    if item is None or not np.isfinite(item.skill):
        return "-"
    return f"{item.skill:+.2f} ± {item.error:.2f}"
