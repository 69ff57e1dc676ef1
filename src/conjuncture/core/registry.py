"""The registry of mechanisms: declared inputs, outputs, parameters and sources."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import CircularError, Fault, Faults, lookup
from conjuncture.core.priors import Prior
from conjuncture.core.state import Variable, variables

Array = npt.NDArray[np.float64]
Outputs = Mapping[str, Array]

Phase = Literal[
    "start",
    "shocks",
    "policy",
    "plan",
    "production",
    "investment",
    "masses",
    "diplomacy",
    "hazards",
    "territory",
    "accounts",
]
PHASES: tuple[Phase, ...] = get_args(Phase)


@dataclass(frozen=True)
class Parameter:
    """A number of a mechanism with its prior.

    Attributes
    ----------
    name, description, unit : str
    prior : Prior
        Its median is the default.
    source : str
        An origin card, or ``assumed``.
    reason : str
        Why this prior; mandatory where ``assumed``.
    limits : tuple of float
        Values that make sense at all; a setting outside is refused.
    contested : bool
        Whether its sign is contested between theories; the engine's own prior
        must then be symmetric about zero.
    """

    name: str
    description: str
    unit: str
    prior: Prior
    source: str
    reason: str = ""
    limits: tuple[float, float] = (0.0, 1.0)
    contested: bool = False

    def __post_init__(self) -> None:
        faults = Faults(f"parameter {self.name}")
        low, high = self.prior.quantile(np.array([1e-6, 1 - 1e-6]))
        if low < self.limits[0] or high > self.limits[1]:
            faults.add(
                "has a prior beyond its limits",
                "narrow the prior, or widen the limits",
                field="limits",
                value=self.limits,
            )
        if self.source == "assumed" and not self.reason:
            faults.add("is assumed without a reason", "state the reason", field="reason")
        if self.contested and abs(self.prior.centre) > 1e-12:
            faults.add(
                "is contested, but its prior is not symmetric about zero",
                "leave the sign to theories",
                field="prior",
                value=str(self.prior),
            )
        faults.raise_if_any()


@dataclass(frozen=True)
class Inputs:
    """What a mechanism sees: its declared variables, parameters, draws, the year.

    Variables and parameters are attributes of ``now``, ``lag`` and ``p``. Arrays
    lead with ``member``; parameters have shape (members, 1) to meet territories.

    Attributes
    ----------
    year : int
        The year being computed.
    start : int
        The year at whose end the run started.
    now : SimpleNamespace
        Opening stocks, constants and the flows of this year declared in ``reads``.
    lag : SimpleNamespace
        Last year's flows declared in ``lagged``.
    p : SimpleNamespace
        Parameters.
    draw : SimpleNamespace
        Standard normal shocks declared in ``draws`` (members, territories).
    sectors : tuple of str
        Sector labels.
    """

    year: int
    start: int
    now: SimpleNamespace
    lag: SimpleNamespace
    p: SimpleNamespace
    draw: SimpleNamespace
    sectors: tuple[str, ...]


@dataclass(frozen=True)
class Mechanism:
    """One equation or one choice, declared with all that it touches.

    Attributes
    ----------
    name, label : str
    phase : str
        Phase of the year in which it acts (``start``: once, before the first year).
    sources : tuple of str
        Origin cards of the form.
    paragraphs : tuple of str
        Paragraphs of the essay that it puts into effect; empty for forms that
        rest on the literature alone.
    reads, lagged, writes : tuple of str
        Variables of this year (opening stocks, constants, flows), flows of last
        year, and what it writes (closing stocks, flows, constants).
    parameters : tuple of Parameter
    draws : tuple of str
        Names of its yearly shocks.
    function : callable
    off : callable, optional
        What it returns when switched off; a run cannot do without the mechanisms
        that have none.
    """

    name: str
    label: str
    phase: Phase
    sources: tuple[str, ...]
    function: Callable[[Inputs], Outputs]
    writes: tuple[str, ...]
    reads: tuple[str, ...] = ()
    lagged: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    paragraphs: tuple[str, ...] = ()
    draws: tuple[str, ...] = ()
    off: Callable[[Inputs], Outputs] | None = None

    @property
    def description(self) -> str:
        """The docstring of its function."""
        return inspect.getdoc(self.function) or ""

    @property
    def room(self) -> str:
        """The module that holds it."""
        return self.function.__module__

    def qualified(self, parameter: str) -> str:
        """Return the full name of a parameter (``mechanism.parameter``)."""
        return f"{self.name}.{parameter}"


@dataclass
class Registry:
    """All mechanisms known, by name."""

    mechanisms: dict[str, Mechanism] = field(default_factory=dict)

    def add(self, mechanism: Mechanism) -> None:
        """Register a mechanism.

        Raises
        ------
        InputError
            If the name is taken or a variable or phase does not exist.
        """
        faults = Faults(f"mechanism {mechanism.name}")
        if mechanism.name in self.mechanisms:
            faults.add("is registered twice", "choose another name", field="name")
        if mechanism.phase not in PHASES:
            faults.unknown("phase", mechanism.phase, PHASES, field="phase")
        for key in ("reads", "lagged", "writes"):
            for name in getattr(mechanism, key):
                if name not in variables():
                    faults.unknown("variable", name, variables(), field=key)
        faults.raise_if_any()
        self.mechanisms[mechanism.name] = mechanism

    def get(self, name: str) -> Mechanism:
        """Return a mechanism by name.

        Raises
        ------
        InputError
            If there is none; the nearest names are given.
        """
        return lookup("mechanism", name, self.mechanisms)


REGISTRY = Registry()


def mechanism(
    label: str,
    *,
    phase: Phase,
    sources: tuple[str, ...],
    writes: tuple[str, ...],
    reads: tuple[str, ...] = (),
    lagged: tuple[str, ...] = (),
    parameters: tuple[Parameter, ...] = (),
    paragraphs: tuple[str, ...] = (),
    draws: tuple[str, ...] = (),
    off: Callable[[Inputs], Outputs] | None = None,
    registry: Registry | None = None,
) -> Callable[[Callable[[Inputs], Outputs]], Callable[[Inputs], Outputs]]:
    """Register the decorated function as a mechanism under its own name."""

    def register(function: Callable[[Inputs], Outputs]) -> Callable[[Inputs], Outputs]:
        (REGISTRY if registry is None else registry).add(
            Mechanism(
                name=function.__name__,
                label=label,
                phase=phase,
                sources=sources,
                function=function,
                writes=writes,
                reads=reads,
                lagged=lagged,
                parameters=parameters,
                paragraphs=paragraphs,
                draws=draws,
                off=off,
            )
        )
        return function

    return register


# Order --------------------------------------------------------------------------


def order(mechanisms: Iterable[Mechanism], given: Iterable[str] = ()) -> tuple[Mechanism, ...]:
    """Put mechanisms into the order of a year.

    Phases follow :data:`PHASES`; within a phase a reader of a flow follows its
    writer.

    Parameters
    ----------
    mechanisms : iterable of Mechanism
        The mechanisms of a run.
    given : iterable of str
        Constants and opening stocks that the start provides.

    Raises
    ------
    InputError
        If a variable has two writers, or a variable read is written by nobody.
    CircularError
        If mechanisms read each other's flows within a year; the chain is printed.
    """
    chosen = list(mechanisms)
    writers = _writers(chosen)
    _check_reads(chosen, writers, set(given))
    ordered: list[Mechanism] = []
    for phase in PHASES:
        ordered.extend(_sort([m for m in chosen if m.phase == phase], writers))
    _check_direction(ordered, writers)
    return tuple(ordered)


def _writers(mechanisms: list[Mechanism]) -> dict[str, Mechanism]:
    faults = Faults()
    found: dict[str, Mechanism] = {}
    for item in mechanisms:
        for name in item.writes:
            if name in found and item.phase != "start" and found[name].phase != "start":
                faults.add(
                    f"is written by {found[name].name} and by {item.name}",
                    "leave one of the two out of the theory, or let it write another variable",
                    field=name,
                )
            if name not in found or item.phase != "start":
                found[name] = item
    faults.raise_if_any()
    return found


def _check_reads(
    mechanisms: list[Mechanism], writers: Mapping[str, Mechanism], given: set[str]
) -> None:
    faults = Faults()
    for item in mechanisms:
        for name in (*item.reads, *item.lagged):
            if name not in writers and name not in given:
                faults.add(
                    f"is read by {item.name}, but no mechanism of the run writes it",
                    "add a mechanism that writes it, or give it at the start",
                    field=name,
                )
    faults.raise_if_any()


def _needs(item: Mechanism, writers: Mapping[str, Mechanism]) -> list[Mechanism]:
    """Return the writers of the flows of this year that a mechanism reads."""
    known: Mapping[str, Variable] = variables()
    return [
        writers[name]
        for name in item.reads
        if known[name].kind == "flow" and name in writers and writers[name] is not item
    ]


def _sort(phase: list[Mechanism], writers: Mapping[str, Mechanism]) -> list[Mechanism]:
    done: list[Mechanism] = []
    trail: list[Mechanism] = []

    def visit(item: Mechanism) -> None:
        if item in done:
            return
        if item in trail:
            chain = [m.name for m in [*trail[trail.index(item) :], item]]
            raise CircularError(
                Fault(
                    f"mechanisms wait for each other within the year: {' <- '.join(chain)}",
                    "let one of them read last year's value (lagged)",
                )
            )
        trail.append(item)
        for needed in _needs(item, writers):
            if needed in phase:
                visit(needed)
        trail.pop()
        done.append(item)

    for item in phase:
        visit(item)
    return done


def _check_direction(ordered: list[Mechanism], writers: Mapping[str, Mechanism]) -> None:
    faults = Faults()
    position = {item.name: k for k, item in enumerate(ordered)}
    for item in ordered:
        for needed in _needs(item, writers):
            if position[needed.name] > position[item.name]:
                faults.add(
                    f"{item.name} ({item.phase}) reads a flow that {needed.name} writes only "
                    f"later in the year ({needed.phase})",
                    "read last year's value (lagged), or move one of them to another phase",
                    field=", ".join(sorted(set(item.reads) & set(needed.writes))),
                )
    faults.raise_if_any(CircularError)


def upstream(names: Iterable[str], mechanisms: Iterable[Mechanism]) -> tuple[Mechanism, ...]:
    """Return every mechanism whose results can reach the variables named.

    The guard against circular verdicts looks through all of these, whatever
    they cite.
    """
    chosen = list(mechanisms)
    writing: dict[str, list[Mechanism]] = {}
    for item in chosen:
        for name in item.writes:
            writing.setdefault(name, []).append(item)
    queue, reached = list(names), set[str]()
    found: dict[str, Mechanism] = {}
    while queue:
        name = queue.pop()
        if name in reached:
            continue
        reached.add(name)
        for item in writing.get(name, []):
            found[item.name] = item
            queue.extend((*item.reads, *item.lagged))
    return tuple(item for item in chosen if item.name in found)
