"""The order of a year, on one screen.

Stocks are read as they stood at the year's opening and written as they stand at
its close; flows are read after they are written. Within a phase, readers follow
writers, whatever the order in which a theory lists them.

    start        once, at the end of the base year: damage, ages, positions, forced labour
    1 shocks     harvests; investors' confidence; the levers of the scenario
    2 policy     property regime and property; transfers; conversion; people and labour;
                 bureaucracy, procurement, repression, famine, schooling; technique; reforms
    3 plan       five-year plans (drawn or carried on); offers of trade; the markets' orders
    4 production the world market; orders meet capacity, labour and deliveries
    5 investment capital built, restored and worn
    6 masses     strata and incomes; living standard; deprivation, masses, parties, strikes
    7 diplomacy  power, equilibrium, antagonism; alliances, blocs, arms, foreign policy
    8 hazards    revolution, endings of regimes; disputes, wars and their losses; independence
    9 territory  what occupiers choose and impose; holders; administration; property; losses
    10 accounts  product, crisis, execution of plans, parts, the checks that all adds up
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt

from conjuncture.core import draws
from conjuncture.core.errors import Fault, InputError
from conjuncture.core.registry import Inputs, Mechanism
from conjuncture.core.state import variables

Array = npt.NDArray[np.float64]
Values = dict[str, Array]


@dataclass(frozen=True)
class Codes:
    """Labels of the run's own dimensions."""

    territories: tuple[str, ...]
    parts: tuple[str, ...]
    sectors: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """Parameters by mechanism, and where the draws of a year come from.

    Attributes
    ----------
    parameters : mapping of mechanism to dict of arrays (members, 1)
    seed : int
    members : range, optional
        None at the start, where nothing is drawn by year.
    """

    parameters: Mapping[str, Values]
    seed: int = 0
    members: range | None = None

    def of(self, item: Mechanism, year: int, codes: tuple[str, ...]) -> tuple[Values, Values]:
        """Return the normal and the uniform draws of a mechanism in a year."""
        if self.members is None:
            return {}, {}
        seed, members = self.seed, self.members

        def stream(name: str) -> str:
            return f"{item.name}.{name}"

        normal = {n: draws.normals(seed, stream(n), members, year, codes) for n in item.draws}
        normal |= {
            n: draws.normals(seed, stream(n), members, year, ("",)) for n in item.common_draws
        }
        uniform = {n: draws.uniforms(seed, stream(n), members, year, codes) for n in item.uniforms}
        uniform |= {
            n: draws.pair_uniforms(seed, stream(n), members, year, codes)
            for n in item.pair_uniforms
        }
        return normal, uniform


def step(
    order: Sequence[Mechanism],
    stocks: Values,
    constants: Values,
    last: Values,
    *,
    year: int,
    start: int,
    drawn: Drawn,
    codes: Codes,
    off: frozenset[str] = frozenset(),
) -> tuple[Values, Values]:
    """Compute one year.

    Parameters
    ----------
    order : sequence of Mechanism
        Mechanisms of the year in order (:func:`conjuncture.core.order.order`).
    stocks, constants, last : dict of arrays
        Opening stocks, constants with the levers of the year, and last year's flows.
    year, start : int
        The year computed; the year at whose end the run started.
    drawn : Drawn
        Parameters, and the draws of the year.
    codes : Codes
    off : frozenset of str
        Mechanisms switched off.

    Returns
    -------
    stocks, flows : dict of arrays
        Closing stocks and the flows of the year.

    Raises
    ------
    InputError
        If a mechanism writes something that it did not declare, or no number.
    """
    closing, flows = dict(stocks), dict[str, Array]()
    known = variables()
    for item in order:
        now = {k: flows[k] if k in flows else stocks.get(k, constants.get(k)) for k in item.reads}
        normal, uniform = drawn.of(item, year, codes.territories)
        inputs = Inputs(
            year=year,
            start=start,
            now=SimpleNamespace(**now),
            lag=SimpleNamespace(**{k: last[k] for k in item.lagged}),
            p=SimpleNamespace(**drawn.parameters.get(item.name, {})),
            draw=SimpleNamespace(**normal),
            uniform=SimpleNamespace(**uniform),
            sectors=codes.sectors,
            territories=codes.territories,
            parts=codes.parts,
        )
        act = item.off if item.name in off and item.off is not None else item.function
        result = act(inputs)
        _check(item, result, year)
        for name, value in result.items():
            (closing if known[name].kind == "stock" else flows)[name] = value
    return closing, flows


def _check(item: Mechanism, result: Mapping[str, Array], year: int) -> None:
    if set(result) != set(item.writes):
        raise InputError(
            Fault(
                f"writes {sorted(result)} where it declares {sorted(item.writes)}",
                "let the function return just what it declares",
                f"mechanism {item.name}",
                str(year),
            )
        )
    for name, value in result.items():
        if not np.isfinite(value).all():
            raise InputError(
                Fault(
                    "is not a finite number in at least one member",
                    "narrow the prior or the setting that leads there",
                    f"mechanism {item.name}",
                    f"{name}, {year}",
                )
            )
