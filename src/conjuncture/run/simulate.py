"""Simulation: all members of a run, batch by batch, year by year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import Faults
from conjuncture.core.priors import Prior, normals, quantiles
from conjuncture.core.registry import Mechanism, order
from conjuncture.core.state import variables
from conjuncture.run.scenario import Theory, check_settings, mechanisms
from conjuncture.run.start import initial_state
from conjuncture.run.year import step

Array = npt.NDArray[np.float64]
Values = dict[str, Array]
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
    """

    start: int
    until: int
    territories: tuple[str, ...]
    theory: Theory
    seed: int
    settings: Mapping[str, float] = field(default_factory=dict)
    off: frozenset[str] = frozenset()

    @property
    def years(self) -> range:
        """The years simulated."""
        return range(self.start + 1, self.until + 1)

    def check(self) -> None:
        """Refuse unknown names and mechanisms without a switch, all at once.

        Raises
        ------
        InputError
        """
        faults = Faults("run")
        check_settings(dict(self.settings), self.territories, faults)
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
        """Return the prior of a parameter: what is set, the theory's, or the engine's."""
        if name in self.settings:
            return Prior(kind="fixed", value=self.settings[name])
        for assumption in self.theory.assumptions:
            if assumption.parameter == name:
                return assumption.prior
        return engine


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

    stocks: Values
    flows: Values
    constants: Values
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
    stocks, constants, sectors = initial_state(spec.territories, spec.seed, members, spec.settings)
    chosen = [mechanisms()[name] for name in spec.theory.mechanisms]
    ordered = order(chosen, [*stocks, *constants, *_base_flows(constants)])
    drawn = _parameters(spec, chosen, members)
    shocks = _shocks(spec, chosen, members)
    begin = [m for m in ordered if m.phase == "start"]
    yearly = [m for m in ordered if m.phase != "start"]
    _begin(begin, stocks, constants, drawn, spec, sectors)
    kept_stocks, kept_flows = [dict(stocks)], list[Values]()
    last = _base_flows(constants)
    for k, year in enumerate(spec.years):
        now = {name: {s: z[:, k, :] for s, z in of.items()} for name, of in shocks.items()}
        stocks, last = step(
            yearly,
            stocks,
            constants,
            last,
            year=year,
            start=spec.start,
            drawn=drawn,
            shocks_drawn=now,
            sectors=sectors,
            off=spec.off,
        )
        kept_stocks.append(stocks)
        kept_flows.append(last)
        if progress is not None:
            progress(year)
    return _collect(kept_stocks, kept_flows, constants, drawn, sectors)


def _base_flows(constants: Values) -> Values:
    """Return the flows of the base year that the first year may look back to."""
    return {
        "output": constants["base_output"],
        "capacity": constants["base_output"],
        "demanded_output": constants["base_output"],
        "consumption": constants["base_consumption"],
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


def _shocks(spec: Spec, chosen: list[Mechanism], members: range) -> dict[str, Values]:
    """Draw the yearly shocks (members, years, territories), by territory and name."""
    return {
        item.name: {
            name: np.stack(
                [
                    normals(spec.seed, f"{item.name}.{name}.{code}", members)
                    for code in spec.territories
                ],
                axis=-1,
            )
            for name in item.draws
        }
        for item in chosen
    }


def _begin(
    begin: list[Mechanism],
    stocks: Values,
    constants: Values,
    drawn: Mapping[str, Values],
    spec: Spec,
    sectors: tuple[str, ...],
) -> None:
    """Run the mechanisms of the start; they add to stocks and constants in place."""
    known = variables()
    for item in begin:
        closing, flows = step(
            [item],
            stocks,
            constants,
            {},
            year=spec.start,
            start=spec.start,
            drawn=drawn,
            shocks_drawn={},
            sectors=sectors,
            off=spec.off,
        )
        for name in item.writes:
            if known[name].kind == "stock":
                stocks[name] = closing[name]
            else:
                constants[name] = flows[name]


def _collect(
    stocks: list[Values],
    flows: list[Values],
    constants: Values,
    drawn: dict[str, Values],
    sectors: tuple[str, ...],
) -> Trajectory:
    """Collect the members' arrays; the reference member leads every array and is left out."""
    known = variables()
    return Trajectory(
        stocks=_stacked(stocks),
        flows=_stacked(flows),
        constants={k: v[1:] for k, v in constants.items() if known[k].kept},
        parameters={
            f"{name}.{key}": value[1:, 0] for name, of in drawn.items() for key, value in of.items()
        },
        sectors=sectors,
    )


def _stacked(series: list[Values]) -> Values:
    """Put the years of each kept variable after its members."""
    known = variables()
    return {
        name: np.stack([values[name][1:] for values in series], axis=1)
        for name in series[-1]
        if known[name].kept
    }
