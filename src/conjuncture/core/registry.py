"""The registry of mechanisms: declared inputs, outputs, parameters and sources."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.priors import Prior
from conjuncture.core.state import Dimension, labels, variables

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
    Draws depend on the seed, their names, the member, the codes and the year alone.

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
        Standard normal shocks declared in ``draws`` (members, territories) and
        ``common_draws`` (members, 1).
    sectors : tuple of str
        Sector labels.
    uniform : SimpleNamespace
        Draws in (0, 1) declared in ``uniforms`` (members, territories) and
        ``pair_uniforms`` (members, territories, partners).
    territories, parts : tuple of str
        Codes of the run.
    labels : mapping
        Labels of the other dimensions.
    """

    year: int
    start: int
    now: SimpleNamespace
    lag: SimpleNamespace
    p: SimpleNamespace
    draw: SimpleNamespace
    sectors: tuple[str, ...]
    uniform: SimpleNamespace = field(default_factory=SimpleNamespace)
    territories: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    labels: Mapping[Dimension, tuple[str, ...]] = field(default_factory=labels)


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
    draws, common_draws, uniforms, pair_uniforms : tuple of str
        Names of its yearly draws: normal by territory, normal and common to all
        territories, uniform by territory, uniform by pair.
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
    common_draws: tuple[str, ...] = ()
    uniforms: tuple[str, ...] = ()
    pair_uniforms: tuple[str, ...] = ()
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
    common_draws: tuple[str, ...] = (),
    uniforms: tuple[str, ...] = (),
    pair_uniforms: tuple[str, ...] = (),
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
                common_draws=common_draws,
                uniforms=uniforms,
                pair_uniforms=pair_uniforms,
                off=off,
            )
        )
        return function

    return register
