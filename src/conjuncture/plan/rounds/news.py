"""News that a plan meets: a stated, seeded process of shocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from conjuncture.accounts.table import Array
from conjuncture.core.files import Record
from conjuncture.plan.problem import Problem


def _spread(default: float, what: str) -> Any:
    return Field(
        default,
        ge=0.0,
        le=1.0,
        description=f"Standard deviation of the yearly news on {what} (log).",
        json_schema_extra={"unit": "1", "mark": "assumed"},
    )


class Shocks(Record):
    """The process of the news: for each kind and sector, logarithms of the first order.

    ``log s[t] = persistence * log s[t-1] + spread * e[t]`` with independent standard
    normal ``e``; before the first year ``s`` is 1. The spreads are assumed: no figure
    grounds them, and they are to be varied.

    Attributes
    ----------
    productivity : float
        Spread of the news on output per unit of labour, by sector (1).
    demand : float
        Spread of the news on public and military claims, by product (1).
    imports : float
        Spread of the news on the limits of imports, by product (1).
    persistence : float
        Share of a shock that is left a year later (1).
    seed : int
    """

    productivity: float = _spread(0.005, "output per unit of labour")
    demand: float = _spread(0.01, "public and military claims")
    imports: float = _spread(0.02, "limits of imports")
    persistence: float = Field(
        0.7,
        ge=0.0,
        le=1.0,
        description="Share of a shock that is left a year later.",
        json_schema_extra={"unit": "1", "mark": "assumed"},
    )
    seed: int = Field(0, ge=0)


@dataclass(frozen=True)
class News:
    """Shocks of every year, in logarithms.

    Attributes
    ----------
    productivity, demand, imports : array, T x N
    persistence : float
    """

    productivity: Array
    demand: Array
    imports: Array
    persistence: float

    def expected(self, known: int) -> News:
        """Return what is believed when the news of the first ``known`` years is in.

        Later shocks are expected to be the last known ones times a power of the
        persistence (the mean of their logarithms).
        """
        return News(
            self._fade(self.productivity, known),
            self._fade(self.demand, known),
            self._fade(self.imports, known),
            self.persistence,
        )

    def _fade(self, part: Array, known: int) -> Array:
        years = part.shape[0] - known
        fading = self.persistence ** np.arange(1, years + 1)[:, None]
        return np.vstack([part[:known], part[known - 1] * fading])


def draw(problem: Problem, shocks: Shocks | None) -> News:
    """Draw the news of all years of a problem; without shocks there is none."""
    shape = (problem.periods, problem.size)
    if shocks is None:
        none = np.zeros(shape)
        return News(none, none, none, 0.0)
    # One stream for each kind: to switch one off leaves the others as they were.
    streams = np.random.default_rng(shocks.seed).spawn(3)
    spreads = (shocks.productivity, shocks.demand, shocks.imports)
    parts = []
    for stream, spread in zip(streams, spreads, strict=True):
        path = spread * stream.standard_normal(shape)
        for t in range(1, problem.periods):
            path[t] += shocks.persistence * path[t - 1]
        parts.append(path)
    return News(parts[0], parts[1], parts[2], shocks.persistence)


def apply(problem: Problem, news: News) -> Problem:
    """Return the problem as the news makes it.

    Labour per unit of output is divided by the shock on productivity, public and
    military claims and the limits of imports are multiplied by theirs.
    """
    if not any(part.any() for part in (news.productivity, news.demand, news.imports)):
        return problem
    demand, imports = np.exp(news.demand), np.exp(news.imports)
    return problem.replace(
        labour_coefficients=problem.labour_coefficients / np.exp(news.productivity)[:, None, :],
        public=problem.public * demand,
        military=problem.military * demand,
        imports_low=problem.imports_low * imports,
        imports_high=problem.imports_high * imports,
    )
