"""What the record shows for a claim, source by source, checkable by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from conjuncture.data.catalog import Series, all_series, figures
from conjuncture.theory.checks import Path, first_year_above, growth_to, holds
from conjuncture.theory.claims import Claim, GrowsFaster, Measure, Reaches


@dataclass(frozen=True)
class Evidence:
    """One source's answer to a claim.

    Attributes
    ----------
    variable, role : str
        The measure.
    series, source : str
        Series and origin card.
    concept : str
        What the series measures.
    holds : bool, optional
        None where the source has not the figures that the check needs.
    text : str
        The figures and the answer in words.
    figures : dict of int to float
        The figures used.
    """

    variable: str
    role: str
    series: str
    source: str
    concept: str
    holds: bool | None
    text: str
    figures: dict[int, float]


def gather(claim: Claim, start: int, horizon: int) -> list[Evidence]:
    """Return the answers of all recorded series of the claim's measures."""
    return [
        _answer(claim, measure, item, start, horizon)
        for measure in claim.measures
        for item in recorded_series(measure.variable, claim.territory)
    ]


def recorded_series(variable: str, territory: str, sector: str | None = None) -> list[Series]:
    """Return the recorded series of a state variable; empty where none was found."""
    wanted = (variable, territory, sector)
    return [
        item
        for item in all_series().values()
        if (item.variable, item.territory, item.sector) == wanted
    ]


def past_growth(claim: Claim, values: dict[int, float]) -> float:
    """Return the yearly growth in the past window of a claim; NaN if not known."""
    if not isinstance(claim.check, GrowsFaster):
        return float("nan")
    first, last = claim.check.past
    if first not in values or last not in values:
        return float("nan")
    return float((values[last] / values[first]) ** (1.0 / (last - first)) - 1.0)


def recorded_past(claim: Claim, variable: str) -> dict[str, float]:
    """Return past growth by series, from figures that may fit a run (to 1945)."""
    found: dict[str, float] = {}
    for item in recorded_series(variable, claim.territory):
        if item.permitted("fit"):
            rate = past_growth(claim, figures(item.id, "fit"))
            if np.isfinite(rate):
                found[item.id] = rate
    return found


def _answer(claim: Claim, measure: Measure, item: Series, start: int, horizon: int) -> Evidence:
    values = figures(item.id, "judge")
    base, bridge = _base(item, values, start)
    years = np.arange(start + 1, start + claim.horizon.high + 1)
    path = Path(
        start=start,
        base=np.array([base]),
        years=years,
        values=np.array([[values.get(int(y), np.nan) for y in years]]),
        past=past_growth(claim, values),
    )
    outcome = float(holds(claim.check, path, horizon)[0])
    used = {y: v for y, v in sorted(values.items()) if start < y <= start + horizon}
    if isinstance(claim.check, Reaches):
        text = _reaches_text(claim.check, path, used)
    else:
        text = _growth_text(claim.check, path, horizon, bridge)
        window = {y: values[y] for y in claim.check.past if y in values}
        used = {**window, **({start: base} if np.isfinite(base) else {}), **used}
        if abs(float(growth_to(path, horizon)[0]) - path.past) < claim.check.resolution:
            outcome, text = float("nan"), f"{text}: a tie within rounding"
    shared = sorted(set(item.structural) & set(used))
    if shared:
        text += f" ({', '.join(map(str, shared))} also weighs the sectors of the start: structural)"
    return Evidence(
        measure.variable,
        measure.role,
        item.id,
        item.source,
        item.concept,
        None if np.isnan(outcome) else bool(outcome),
        text,
        used,
    )


def _base(item: Series, values: dict[int, float], start: int) -> tuple[float, str]:
    """Return the base-year value, from a sister series on the same base if need be.

    Two indices on the same base year may be compared at their ends; no series is
    spliced onto another.
    """
    if start in values:
        return values[start], ""
    for other in recorded_series(item.variable, item.territory):
        if start in other.values:
            return figures(other.id, "judge", [start])[start], other.id
    return float("nan"), ""


def _reaches_text(check: Reaches, path: Path, used: dict[int, float]) -> str:
    if not used:
        return "no figure up to the horizon"
    first = first_year_above(path, check.level)[0]
    year, value = max(used.items())
    tail = f"{value:.1f} in {year}"
    if np.isnan(first) or first > year:
        return f"not above {check.level:g} up to {year} ({tail})"
    known = path.years[np.isfinite(path.values[0])]
    before = [int(y) for y in known if y < first]
    gap = (
        f" (no figure between {max(before, default=path.start)} and then)"
        if (int(first) - max(before, default=path.start) > 1)
        else ""
    )
    return f"above {check.level:g} in {int(first)}{gap}; {tail}"


def _growth_text(check: GrowsFaster, path: Path, horizon: int, bridge: str) -> str:
    rate = float(growth_to(path, horizon)[0])
    if not np.isfinite(rate) or not np.isfinite(path.past):
        lacking = "the horizon" if not np.isfinite(rate) else "the past window"
        return f"no figures for {lacking}"
    end = path.start + horizon
    note = f", bridged: {path.start} from {bridge}" if bridge else ""
    first, last = check.past
    return (
        f"{100 * rate:.2f} % a year {path.start}-{end}{note}, against "
        f"{100 * path.past:.2f} % {first}-{last}"
    )
