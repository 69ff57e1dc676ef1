"""Which figures of the start can be set, and within which limits."""

from __future__ import annotations

from conjuncture.data.country import countries, load_country
from conjuncture.data.state_model import FIGURES
from conjuncture.run.starts.base import start_assumptions
from conjuncture.run.starts.own_table import DRAWN
from conjuncture.run.units import parts, units

Limits = dict[str, tuple[float, float]]

SHARE, AMOUNT, RATE = (0.0, 1.0), (0.0, 1e12), (-0.2, 0.2)


def limits_of_figures(territories: tuple[str, ...]) -> Limits:
    """Return every figure and assumption that a run of these territories can set."""
    found: Limits = {f"start.{name}": _wide(name) for name in start_assumptions()}
    for code in (*territories, *parts(territories)):
        files = units()[code].states if code in units() else ()
        names = {name for item in files for name in item.figures}
        found |= {f"{code}.{name}": _limits(name) for name in names}
    for code in territories:
        if code in countries():
            given = load_country(code).figures
            found |= {f"{code}.{name}": bounds for name, bounds in DRAWN.items() if name in given}
    return found


def _limits(name: str) -> tuple[float, float]:
    """Return the limits of a figure of the state files, by its unit."""
    unit = FIGURES[name]
    if unit.startswith("share") or name == "openness":
        return SHARE
    return RATE if "year" in unit and name.endswith("growth") else AMOUNT


def _wide(name: str) -> tuple[float, float]:
    """Return limits of an assumption: a share, as all of them are but the spread of harvests."""
    return (0.0, 3.0) if name in {"harvest_sd", "investment_scale", "arms_rate"} else SHARE
