"""Scenario and theory files: what a run starts from, and which mechanisms it uses."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import Record, content_root, read_yaml
from conjuncture.core.priors import Prior
from conjuncture.core.registry import REGISTRY, Mechanism, Parameter
from conjuncture.core.sources import ASSUMED, sources
from conjuncture.data.country import load_country
from conjuncture.run.start import DRAWN


class Assumption(Record):
    """What a theory asserts about a parameter that the engine leaves open.

    Attributes
    ----------
    parameter : str
        ``mechanism.parameter``.
    prior : Prior
        The theory's prior, in place of the engine's.
    paragraphs : tuple of str
        Where the theory's source says so.
    reason : str
        The assertion in our words.
    """

    parameter: str
    prior: Prior
    paragraphs: tuple[str, ...] = ()
    reason: str


class Theory(Record):
    """A choice of mechanisms and assumptions; claims lie in the folder beside it."""

    id: str
    title: str
    description: str
    source: str
    mechanisms: tuple[str, ...]
    assumptions: tuple[Assumption, ...] = ()


class Comparison(Record):
    """A run beside the main one, on the same draws, with some figures set."""

    id: str
    title: str
    set: dict[str, float]


class Scenario(Record):
    """A start, a window, a theory and what is set.

    Attributes
    ----------
    start : int
        The run starts from the end of this year; the next is the first run.
    until : int
        Last year of the window.
    territories : tuple of str
    theory : str
    members, seed : int
    set : mapping of str to float
        Figures (``SUN.participation``) and parameters (``demobilisation.pace``)
        set to a number in place of their priors.
    comparisons : tuple of Comparison
    """

    id: str
    title: str
    description: str
    start: int
    until: int
    territories: tuple[str, ...]
    theory: str
    members: int = Field(ge=1)
    seed: int = Field(ge=0)
    set: dict[str, float] = Field(default_factory=dict)
    comparisons: tuple[Comparison, ...] = ()


def _scenarios() -> dict[str, Path]:
    return {p.stem: p for p in sorted((content_root() / "scenarios").glob("*.yaml"))}


def _theories() -> dict[str, Path]:
    return {p.parent.name: p for p in sorted((content_root() / "theories").glob("*/theory.yaml"))}


def scenario_names() -> list[str]:
    """Return the names of the shipped scenarios."""
    return list(_scenarios())


def load_scenario(name: str) -> Scenario:
    """Read a shipped scenario.

    Raises
    ------
    InputError
        If there is none of that name (the nearest are given) or it is faulty:
        unknown keys, theory, territories or parameters, all at once.
    """
    path = lookup("scenario", name, _scenarios())
    found = read_yaml(path, Scenario)
    faults = Faults(path.name)
    if found.until <= found.start:
        faults.add(
            "ends before it starts", "set until after start", field="until", value=found.until
        )
    if found.theory not in theory_names():
        faults.unknown("theory", found.theory, theory_names(), field="theory")
    for item in (found.set, *(c.set for c in found.comparisons)):
        check_settings(item, found.territories, faults)
    faults.raise_if_any()
    return found


def theory_names() -> list[str]:
    """Return the names of the shipped theories."""
    return list(_theories())


@cache
def load_theory(name: str) -> Theory:
    """Read a shipped theory.

    Raises
    ------
    InputError
        If there is none of that name or it is faulty, all faults at once.
    """
    path = lookup("theory", name, _theories())
    found = read_yaml(path, Theory)
    faults = Faults(f"theories/{name}/theory.yaml")
    for item in found.mechanisms:
        if item not in mechanisms():
            faults.unknown("mechanism", item, mechanisms(), field="mechanisms")
    if found.source not in sources():
        faults.unknown("source", found.source, sources(), field="source")
    for assumption in found.assumptions:
        if assumption.parameter not in parameters():
            faults.unknown("parameter", assumption.parameter, parameters(), field="assumptions")
    faults.raise_if_any()
    return found


@cache
def mechanisms() -> dict[str, Mechanism]:
    """Return all registered mechanisms, importing the rooms that hold them."""
    from conjuncture.run import year  # noqa: F401, PLC0415 - importing registers them

    faults = Faults()
    for item in REGISTRY.mechanisms.values():
        cards = (*item.sources, *(p.source for p in item.parameters if p.source != ASSUMED))
        for card in cards:
            if card not in sources():
                faults.unknown("source", card, sources(), field=f"{item.name}.sources")
    faults.raise_if_any()
    return dict(sorted(REGISTRY.mechanisms.items()))


@cache
def parameters() -> dict[str, Parameter]:
    """Return all parameters of all mechanisms by qualified name."""
    return {
        item.qualified(parameter.name): parameter
        for item in mechanisms().values()
        for parameter in item.parameters
    }


def check_settings(
    settings: dict[str, float], territories: tuple[str, ...], faults: Faults
) -> None:
    """Record a fault for each name that does not exist and each value beyond its limits."""
    limits = {name: parameter.limits for name, parameter in parameters().items()}
    limits |= {
        f"{code}.{name}": bounds
        for code in territories
        for name, bounds in DRAWN.items()
        if name in load_country(code).figures
    }
    for name, value in settings.items():
        if name not in limits:
            faults.unknown("parameter or figure", name, limits, field="set")
        elif not limits[name][0] <= value <= limits[name][1]:
            low, high = limits[name]
            faults.add(
                "is beyond the values that make sense",
                f"give a number from {low:g} to {high:g}",
                field=name,
                value=value,
            )
