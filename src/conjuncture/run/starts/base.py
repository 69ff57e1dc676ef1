"""What every builder of a start is given: codes, drawn figures, drawn assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import Record, content_root, read_yaml
from conjuncture.core.priors import Prior, quantiles
from conjuncture.core.state import Dimension, labels
from conjuncture.data.country import Country, countries, load_country
from conjuncture.data.state_model import State
from conjuncture.data.states import states
from conjuncture.run.units import Unit, parts, units

Array = npt.NDArray[np.float64]
Values = dict[str, Array]

SUMMED = frozenset({"population", "urban_population", "war_deaths", "product", "capital",
                    "armed_forces", "military_spending", "steel", "energy", "imports",
                    "exports"})  # fmt: skip
"""Figures of joined files that add up; the others are means weighted by product."""


class StartAssumption(Record):
    """A number that no figure grounds, alike for all state files."""

    title: str
    unit: str
    prior: Prior
    reason: str


class StartAssumptions(Record):
    """The file of them."""

    assumptions: dict[str, StartAssumption]


@cache
def start_assumptions() -> dict[str, StartAssumption]:
    """Load what is assumed about all state files alike, by name."""
    return read_yaml(content_root() / "start_assumptions.yaml", StartAssumptions).assumptions


@dataclass(frozen=True)
class Start:
    """Codes, draws and settings of a run at its start.

    Attributes
    ----------
    year : int
        The year at whose end the run starts.
    territories : tuple of str
        Codes of the economies.
    seed : int
    members : range
    settings : mapping of str to float
        Figures (``POL.capital``) and assumptions (``start.participation``) that are set.
    economy : dict of arrays
        What the economy's builder gave; empty for that builder itself.
    """

    year: int
    territories: tuple[str, ...]
    seed: int
    members: range
    settings: Mapping[str, float]
    economy: Values = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Members and the reference member."""
        return 1 + len(self.members)

    @property
    def units(self) -> tuple[Unit, ...]:
        """The economies in the order of ``territories``."""
        return tuple(units()[code] for code in self.territories)

    @property
    def parts(self) -> tuple[str, ...]:
        """Codes of the files that lie within the economies."""
        return parts(self.territories)

    @property
    def index(self) -> dict[str, int]:
        """Position of each territory."""
        return {code: k for k, code in enumerate(self.territories)}

    @property
    def labels(self) -> dict[Dimension, tuple[str, ...]]:
        """Labels of the dimensions that every run has alike."""
        return labels()

    def state(self, code: str) -> tuple[State, ...]:
        """Return the files that a territory or part is made of."""
        return units()[code].states if code in units() else (states()[code],)

    def country(self, code: str) -> Country | None:
        """Return the country file of a territory, if it has one."""
        return load_country(code) if code in countries() else None

    def figure(self, name: str, fill: float | Array | None = None) -> Array:
        """Draw a figure of the state files (count, territories).

        Parameters
        ----------
        name : str
        fill : float or array (count, territories), optional
            Where files have a gap.

        Raises
        ------
        InputError
            With every territory that has a gap where there is no ``fill``.
        """
        faults = Faults("states")
        filled = (
            None if fill is None else np.broadcast_to(fill, (self.count, len(self.territories)))
        )
        found = np.zeros((self.count, len(self.territories)))
        for k, unit in enumerate(self.units):
            drawn = self._unit(unit, name)
            if drawn is not None:
                found[:, k] = drawn
            elif filled is not None:
                found[:, k] = filled[:, k]
            else:
                faults.add(f"{unit.code} has no {name}", "add the figure", field=unit.code)
        faults.raise_if_any()
        return found

    def part_figure(self, name: str, fill: float | None = None) -> Array:
        """Draw a figure of the parts (count, parts); see :meth:`figure`."""
        faults = Faults("states")
        found = np.zeros((self.count, len(self.parts)))
        for k, code in enumerate(self.parts):
            if name in states()[code].figures:
                found[:, k] = self._draw(states()[code], name)
            elif fill is not None:
                found[:, k] = fill
            else:
                faults.add(f"{code} has no {name}", "add the figure", field=code)
        faults.raise_if_any()
        return found

    def assumed(self, name: str) -> Array:
        """Draw what is assumed about all state files alike (count, 1)."""
        item = lookup("assumption", name, start_assumptions())
        full = f"start.{name}"
        if full in self.settings:
            return np.full((self.count, 1), self.settings[full])
        drawn: Array = item.prior.quantile(quantiles(self.seed, full, self.members))
        return drawn[:, None]

    def _unit(self, unit: Unit, name: str) -> Array | None:
        full = f"{unit.code}.{name}"
        if full in self.settings:
            return np.full(self.count, self.settings[full])
        if any(name not in item.figures for item in unit.states):
            return self._of_whole(unit, name)
        drawn = [self._draw(item, name) for item in unit.states]
        if len(drawn) == 1 or name in SUMMED:
            return np.asarray(np.sum(drawn, axis=0))
        weights = np.stack([self._draw(item, "product") for item in unit.states])
        return np.asarray((weights * np.stack(drawn)).sum(axis=0) / weights.sum(axis=0))

    def _of_whole(self, unit: Unit, name: str) -> Array | None:
        """Divide a figure that only the whole has by product, where amounts add up."""
        whole = states().get(unit.states[0].parent or "")
        if name not in SUMMED or whole is None or name not in whole.figures:
            return None
        part = np.sum([self._draw(item, "product") for item in unit.states], axis=0)
        within = [item for item in states().values() if item.parent == whole.id]
        all_parts = np.sum([self._draw(item, "product") for item in within], axis=0)
        return np.asarray(self._draw(whole, name) * part / all_parts)

    def _draw(self, item: State, name: str) -> Array:
        figure, full = item.figures[name], f"{item.id}.{name}"
        if full in self.settings:
            return np.full(self.count, self.settings[full])
        if figure.prior is None:
            return np.full(self.count, figure.value)
        return figure.prior.quantile(quantiles(self.seed, full, self.members))
