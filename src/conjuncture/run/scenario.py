"""Scenario and theory files: what a run starts from, and which mechanisms it uses."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from conjuncture.core.errors import Fault, Faults, InputError, lookup
from conjuncture.core.files import Record, content_root, parse_yaml, read_text, read_yaml, validate
from conjuncture.core.priors import Prior
from conjuncture.core.registry import REGISTRY, Mechanism, Parameter
from conjuncture.core.sources import ASSUMED, sources
from conjuncture.core.state import levers
from conjuncture.run.rooms import register
from conjuncture.run.shocks import Shock, check_shocks
from conjuncture.run.starts.settings import limits_of_figures
from conjuncture.run.units import resolve


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
    """A choice of mechanisms and assumptions; claims lie in the folder beside it.

    A theory that ``extends`` another takes its mechanisms and assumptions and
    states only what it adds, leaves out (``without``) or sees otherwise.
    """

    id: str
    title: str
    description: str
    source: str
    extends: str | None = None
    without: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


class Comparison(Record):
    """A run beside the main one, on the same draws, with figures or levers set."""

    id: str
    title: str
    set: dict[str, float] = Field(default_factory=dict)
    shocks: tuple[Shock, ...] = ()


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
    shown : tuple of str
        Territories in the tables and figures of a report; all without it.
    detail : bool
        Whether histories keep what is by sector, product or age; of many territories that
        is most of a history, and only output is kept without it.
    hold : tuple of str
        Rooms that do not act: what they would write stays as at the start.
    judged : bool
        Whether a run judges the claims of its theory, which takes further runs.
    extends : str, optional
        A scenario whose keys hold where this one does not give its own; its
        ``set`` and ``shocks`` are added to.
    set : mapping of str to float
        Figures (``SUN.participation``) and parameters (``demobilisation.pace``)
        set to a number in place of their priors.
    shocks : tuple of Shock
    drop : tuple of str
        Levers whose inherited shocks do not happen.
    compare : bool
        Whether a run shows the scenario that this one extends beside it, on the same draws.
    comparisons : tuple of Comparison
    """

    id: str
    title: str
    description: str
    extends: str | None = None
    start: int
    until: int
    territories: tuple[str, ...]
    theory: str
    members: int = Field(ge=1)
    seed: int = Field(ge=0)
    shown: tuple[str, ...] = ()
    detail: bool = True
    hold: tuple[Literal["society", "world", "politics"], ...] = ()
    judged: bool = True
    set: dict[str, float] = Field(default_factory=dict)
    shocks: tuple[Shock, ...] = ()
    drop: tuple[str, ...] = ()
    compare: bool = False
    comparisons: tuple[Comparison, ...] = ()

    @property
    def reported(self) -> tuple[str, ...]:
        """Territories in tables and figures."""
        return self.shown or self.territories

    @property
    def base(self) -> Scenario | None:
        """The scenario that runs beside this one, if it compares itself with what it extends."""
        return load_scenario(self.extends) if self.compare and self.extends else None


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
    found = validate(_inherited(name), Scenario, path.name)
    faults = Faults(path.name)
    if found.until <= found.start:
        faults.add(
            "ends before it starts", "set until after start", field="until", value=found.until
        )
    if found.theory not in theory_names():
        faults.unknown("theory", found.theory, theory_names(), field="theory")
    found = found.model_copy(update={"territories": resolve(found.territories)})
    for code in found.shown:
        if code not in found.territories:
            faults.unknown("territory", code, found.territories, field="shown")
    _check_inheritance(found, faults)
    for settings, shocks in (
        (found.set, found.shocks),
        *((item.set, item.shocks) for item in found.comparisons),
    ):
        check_settings(settings, found.territories, faults)
        check_shocks(shocks, found.territories, faults)
    faults.raise_if_any()
    return found


def _check_inheritance(scenario: Scenario, faults: Faults) -> None:
    """Record what a scenario says about the one that it extends and that cannot be."""
    if scenario.compare and scenario.extends is None:
        faults.add("compares itself with nothing", "extend a scenario", field="compare", value=True)
    if scenario.extends is None:
        return
    above = load_scenario(scenario.extends)
    for lever in scenario.drop:
        if lever not in levers():
            faults.unknown("lever", lever, levers(), field="drop")
        elif lever not in {item.lever for item in above.shocks}:
            faults.add(f"{above.id} sets no such lever", "leave it out", field="drop", value=lever)
    if scenario.compare and (above.territories, above.start) != (
        scenario.territories,
        scenario.start,
    ):
        faults.add(
            f"starts in another year or has other territories than {above.id}",
            "take both from it, or do not compare",
            field="compare",
            value=True,
        )


def _inherited(name: str, below: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the keys of a scenario with those of the ones that it extends."""
    path = lookup("scenario", name, _scenarios())
    data: dict[str, Any] = parse_yaml(read_text(path), path.name)
    above = data.get("extends") if isinstance(data, dict) else None
    if above is None:
        return data
    if above in (*below, name):
        raise InputError(
            Fault("extends itself", "break the circle", path.name, "extends", str(above))
        )
    base = _inherited(str(above), (*below, name))
    kept = [s for s in base.get("shocks", []) if s.get("lever") not in data.get("drop", [])]
    return {
        **base,
        **data,
        "set": {**base.get("set", {}), **data.get("set", {})},
        "shocks": [*kept, *data.get("shocks", [])],
        "comparisons": data.get("comparisons", []),
        "drop": data.get("drop", []),
        "compare": data.get("compare", False),
    }


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
    found = _extended(read_yaml(path, Theory))
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


def _extended(theory: Theory) -> Theory:
    """Return a theory with what it takes from the one that it extends."""
    if theory.extends is None:
        return theory
    base = load_theory(theory.extends)
    own = {item.parameter for item in theory.assumptions}
    kept = [item for item in base.mechanisms if item not in theory.without]
    return theory.model_copy(
        update={
            "mechanisms": (*kept, *theory.mechanisms),
            "assumptions": (
                *(item for item in base.assumptions if item.parameter not in own),
                *theory.assumptions,
            ),
        }
    )


@cache
def mechanisms() -> dict[str, Mechanism]:
    """Return all registered mechanisms, importing the rooms that hold them."""
    register()
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
    limits |= limits_of_figures(territories)
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
