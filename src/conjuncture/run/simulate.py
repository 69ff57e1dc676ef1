"""Simulation: all members of a run, batch by batch, year by year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import Faults
from conjuncture.core.order import order
from conjuncture.core.priors import Prior, quantiles
from conjuncture.core.registry import Mechanism
from conjuncture.core.state import levers, variables
from conjuncture.data.fitted import fitted
from conjuncture.data.sectors import SECTORS
from conjuncture.run.scenario import Theory, check_settings, mechanisms
from conjuncture.run.shocks import Shock, check_shocks, lever_values
from conjuncture.run.start import initial_state
from conjuncture.run.starts.base import Start
from conjuncture.run.units import parts
from conjuncture.run.year import Codes, Drawn, step

Array = npt.NDArray[np.float64]
Values = dict[str, Array]
Kept = dict[str, npt.NDArray[np.floating[Any]]]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Spec:
    """Everything that decides the bits of a run.

    Attributes
    ----------
    start, until : int
        The base year and the last year.
    territories : tuple of str
    theory : Theory
    seed : int
    settings : mapping of str to float
        Parameters and figures that are set.
    off : frozenset of str
        Mechanisms switched off.
    shocks : tuple of Shock
        Levers set at dates.
    detail : bool
        Whether what is by sector, product or age is kept.
    only : frozenset of str
        The variables kept, where a run serves a single question; all without it.
    hold : tuple of str
        Rooms that do not act; the flows that they would write stay as at the start.
    """

    start: int
    until: int
    territories: tuple[str, ...]
    theory: Theory
    seed: int
    settings: Mapping[str, float] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    shocks: tuple[Shock, ...] = ()
    hold: tuple[str, ...] = ()
    detail: bool = True
    only: frozenset[str] = frozenset()

    @property
    def years(self) -> range:
        """The years simulated."""
        return range(self.start + 1, self.until + 1)

    @property
    def mechanisms(self) -> list[Mechanism]:
        """The mechanisms of the theory that act in this run."""
        chosen = (mechanisms()[name] for name in self.theory.mechanisms)
        return [
            item
            for item in chosen
            if item.phase == "start" or item.room.split(".")[1] not in self.hold
        ]

    def check(self) -> None:
        """Refuse unknown names and mechanisms without a switch, all at once.

        Raises
        ------
        InputError
        """
        faults = Faults("run")
        check_settings(dict(self.settings), self.territories, faults)
        check_shocks(self.shocks, self.territories, faults)
        for name in sorted(self.off):
            if name not in self.theory.mechanisms:
                faults.unknown("mechanism", name, self.theory.mechanisms, field="off")
            elif mechanisms()[name].off is None:
                able = [n for n in self.theory.mechanisms if mechanisms()[n].off is not None]
                faults.add(
                    f"{name} has no switch: a run cannot do without it",
                    f"switch off one of: {', '.join(able)}",
                    field="off",
                )
        faults.raise_if_any()

    def prior(self, name: str, engine: Prior) -> Prior:
        """Return what is set, the theory's prior, the fitted one, or the engine's."""
        if name in self.settings:
            return Prior(kind="fixed", value=self.settings[name])
        for assumption in self.theory.assumptions:
            if assumption.parameter == name:
                return assumption.prior
        return fitted()[name].prior if name in fitted() else engine


@dataclass(frozen=True)
class Trajectory:
    """Arrays of a batch of members.

    Attributes
    ----------
    stocks : dict of arrays (members, bounds, territories, ...)
        Bounds run from the end of the base year to the end of the last.
    flows : dict of arrays (members, years, territories, ...)
    constants : dict of arrays (members, territories, ...)
    parameters : dict of arrays (members,)
        Drawn parameters by qualified name.
    sectors : tuple of str
    """

    stocks: Kept
    flows: Kept
    constants: Kept
    parameters: Values
    sectors: tuple[str, ...]


def simulate(spec: Spec, members: range, progress: Progress | None = None) -> Trajectory:
    """Run a batch of members through all years.

    Parameters
    ----------
    spec : Spec
    members : range
        Their results do not depend on which batch they are in.
    progress : callable, optional
        Called with each year done.

    Raises
    ------
    InputError
        If a setting or a mechanism is at fault.
    """
    spec.check()
    start = Start(spec.start, spec.territories, spec.seed, members, spec.settings)
    stocks, constants, last = initial_state(start)
    chosen = spec.mechanisms
    held = _held(chosen, last) if spec.hold else {}
    ordered = order(chosen, [*stocks, *constants, *last, *levers()])
    drawn = _parameters(spec, chosen, members)
    codes = Codes(spec.territories, parts(spec.territories), SECTORS)
    begin = [m for m in ordered if m.phase == "start"]
    yearly = [m for m in ordered if m.phase != "start"]
    _begin(begin, stocks, constants, last, Drawn(drawn), spec, codes)
    _check_lags(yearly, last)
    kept_stocks, kept_flows = [_kept(stocks, spec)], list[Kept]()
    for year in spec.years:
        stocks, last = step(
            yearly,
            stocks,
            constants | held | _levers(spec, year, start.count),
            held | last,
            year=year,
            start=spec.start,
            drawn=Drawn(drawn, spec.seed, members),
            codes=codes,
            off=spec.off,
        )
        kept_stocks.append(_kept(stocks, spec))
        kept_flows.append(_kept(last, spec))
        if progress is not None:
            progress(year)
    return _collect(kept_stocks, kept_flows, constants, drawn, SECTORS, spec)


def _held(chosen: list[Mechanism], last: Values) -> Values:
    """Return the flows of the start that no mechanism of the run writes anew."""
    written = {name for item in chosen for name in item.writes}
    return {name: value for name, value in last.items() if name not in written}


def _check_lags(yearly: list[Mechanism], last: Values) -> None:
    """Refuse a run whose first year would look back to a flow that nobody gave."""
    faults = Faults("run")
    for item in yearly:
        for name in item.lagged:
            if name not in last:
                faults.add(
                    f"{item.name} looks back to it, but the start does not give it",
                    "let the builder of its room give the flow of the base year",
                    field=name,
                )
    faults.raise_if_any()


def _levers(spec: Spec, year: int, count: int) -> Values:
    """Return the levers of a year for all members (count, territories[, partners])."""
    return {
        name: np.broadcast_to(value, (count, *value.shape))
        for name, value in lever_values(spec.shocks, year, spec.territories).items()
    }


def _parameters(spec: Spec, chosen: list[Mechanism], members: range) -> dict[str, Values]:
    drawn: dict[str, Values] = {}
    for item in chosen:
        drawn[item.name] = {}
        for parameter in item.parameters:
            name = item.qualified(parameter.name)
            prior = spec.prior(name, parameter.prior)
            values = prior.quantile(quantiles(spec.seed, name, members))
            drawn[item.name][parameter.name] = values[:, None]
    return drawn


def _begin(
    begin: list[Mechanism],
    stocks: Values,
    constants: Values,
    last: Values,
    drawn: Drawn,
    spec: Spec,
    codes: Codes,
) -> None:
    """Run the mechanisms of the start; they add to stocks, constants and base-year flows."""
    known = variables()
    for item in begin:
        closing, flows = step(
            [item],
            stocks,
            constants,
            last,
            year=spec.start,
            start=spec.start,
            drawn=drawn,
            codes=codes,
            off=spec.off,
        )
        for name in item.writes:
            if known[name].kind == "stock":
                stocks[name] = closing[name]
            elif known[name].kind == "flow":
                last[name] = flows[name]
            else:
                constants[name] = flows[name]


FINE = frozenset({"sector", "product", "age"})
"""Dimensions of what only detailed histories keep."""

ALWAYS = frozenset({"output"})
"""What every history keeps, however fine."""


def _kept(values: Values, spec: Spec) -> Kept:
    """Return what a run keeps, without the reference member; tables of pairs at half width."""
    known = variables()
    return {
        name: value[1:].astype(np.float32) if "partner" in known[name].dims else value[1:]
        for name, value in values.items()
        if known[name].kept
        and (spec.detail or name in ALWAYS or not FINE & set(known[name].dims))
        and (not spec.only or name in spec.only)
    }


def _collect(
    stocks: list[Kept],
    flows: list[Kept],
    constants: Values,
    drawn: dict[str, Values],
    sectors: tuple[str, ...],
    spec: Spec,
) -> Trajectory:
    """Collect the members' arrays along the years."""
    return Trajectory(
        stocks=_stacked(stocks),
        flows=_stacked(flows),
        constants=_kept(constants, spec),
        parameters={
            f"{name}.{key}": value[1:, 0] for name, of in drawn.items() for key, value in of.items()
        },
        sectors=sectors,
    )


def _stacked(series: list[Kept]) -> Kept:
    """Put the years of each variable after its members."""
    return {name: np.stack([values[name] for values in series], axis=1) for name in series[-1]}
