"""Which figures of the start can be set, and within which limits."""

from __future__ import annotations

from conjuncture.data.country import countries, load_country
from conjuncture.data.state_model import FIGURES, State
from conjuncture.run.starts.base import start_assumptions
from conjuncture.run.starts.own_table import DRAWN
from conjuncture.run.units import parts, units

Limits = dict[str, tuple[float, float]]

SHARE, AMOUNT, RATE = (0.0, 1.0), (0.0, 1e12), (-0.2, 0.2)

FOLD = 100.0
"""How many times as large or as small as its file gives it an economy can be set."""

SIZES = ("population", "product", "capital")
"""Figures without which there is no economy: none can be set to nothing."""

INNER: Limits = {
    "capital_lost_share": (0.0, 0.95),
    "prewar_level": (0.2, 10.0),
    "product_per_head": (50.0, 1e6),
    "schooling": (0.0, 30.0),
    **{
        f"{sector}_share_of_{of}": (0.001, 1.0)
        for sector in ("agriculture", "industry", "services")
        for of in ("product", "labour")
    },
}
"""Limits of figures that enter divisions, or whose unit has a natural end."""

DONOR_ONLY = {"capital", "openness", "military_share", *(n for n in INNER if "_share_of_" in n)}
"""Figures that no economy with a table of its own reads: setting them would do nothing."""


def limits_of_figures(territories: tuple[str, ...]) -> Limits:
    """Return every figure and assumption that a run of these territories can set."""
    found: Limits = {f"start.{name}": _wide(name) for name in start_assumptions()}
    for code in (*territories, *parts(territories)):
        files = units()[code].states if code in units() else ()
        names = {name for item in files for name in item.figures}
        unread = DONOR_ONLY if code in countries() else set()
        found |= {f"{code}.{name}": _limits(name, files) for name in names - unread}
    for code in territories:
        if code in countries():
            given = load_country(code).figures
            found |= {f"{code}.{name}": bounds for name, bounds in DRAWN.items() if name in given}
            found |= {
                f"{code}.{name}": _around(float(given[name].value))
                for name in (*SIZES, "working_age_population")
                if name in given and name in DRAWN
            }
    return found


def _limits(name: str, files: tuple[State, ...]) -> tuple[float, float]:
    """Return the limits of a figure of the state files, by its name, unit and value."""
    if name in INNER:
        return INNER[name]
    if name in SIZES:
        whole = sum(item.value(name) or 0.0 for item in files)
        return _around(whole)
    unit = FIGURES[name]
    if unit.startswith("share") or name == "openness":
        return SHARE
    return RATE if "year" in unit and name.endswith("growth") else AMOUNT


def _around(value: float) -> tuple[float, float]:
    return (value / FOLD, value * FOLD)


def _wide(name: str) -> tuple[float, float]:
    """Return limits of an assumption: a share, as all of them are but the spread of harvests."""
    if name in {"participation", "working_age_share"}:
        return (0.05, 1.0)
    return (0.0, 3.0) if name in {"harvest_sd", "investment_scale", "arms_rate"} else SHARE
