"""Repeated planning: plan a window, carry out its first years, meet news, plan again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.plan.checks import require_plain
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import Model, build
from conjuncture.plan.rounds.news import Shocks, apply, draw
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve

_BY_YEAR = (
    "consumption_floor",
    "public",
    "military",
    "inventories",
    "investment_claims",
    "availability",
    "labour_coefficients",
    "labour_available",
    "exports_low",
    "exports_high",
    "imports_low",
    "imports_high",
    "trade_balance",
    "transfers",
)
_PATHS = (
    "output",
    "consumption_level",
    "building",
    "restoration",
    "exports",
    "imports",
    "reserves",
)
_LEAST_OUTPUT = 1e-3
"""Output from which a sector's pace is counted at least, relative to the base year, so that
a sector that has all but stopped does not set the scale of the programme."""


@dataclass(frozen=True)
class _State:
    """Where the economy stands at the start of a year."""

    capital: Array
    works: Array
    damaged: Array
    level: float
    reserves: float
    output: Array


@dataclass(frozen=True)
class Rolling:
    """A path carried out step by step, beside the plan with hindsight.

    Attributes
    ----------
    problem : Problem
        The years as they turned out, all news included.
    hindsight : Solution
        The plan of one who knew all news from the start.
    window, step : int
        Years planned at a time, and years carried out before planning again.
    output, building, restoration, exports, imports : array, T x N
        What was carried out (money, as in ``Solution``).
    consumption_level, reserves : array, T
    aim : float
        Discounted consumption carried out (money).
    plans : DataFrame
        For each plan made: ``first`` and ``last`` year, ``known`` (last year whose news
        was known), ``promised`` (mean consumption level that it promised for its years)
        and ``given_up`` (conditions relaxed because no plan met them all).
    violation : float
        Largest violation of a condition of ``problem`` by the path, relative to
        base-year amounts: 0 but for rounding unless conditions were given up.
    """

    problem: Problem
    hindsight: Solution
    window: int
    step: int
    output: Array
    consumption_level: Array
    building: Array
    restoration: Array
    exports: Array
    imports: Array
    reserves: Array
    aim: float
    plans: pd.DataFrame
    violation: float

    @property
    def loss(self) -> float:
        """Share of the aim with hindsight that was lost (1); at least 0 if none was given up."""
        return 1.0 - self.aim / self.hindsight.aim

    @property
    def given_up(self) -> tuple[str, ...]:
        """Conditions that were relaxed on the way, in words."""
        return tuple(text for texts in self.plans["given_up"] for text in texts)

    def frame(self) -> pd.DataFrame:
        """Return consumption level and totals of each year, carried out and with hindsight.

        Returns
        -------
        DataFrame
            Rows by year; for ``consumption_level`` (base year = 1), ``output`` (money) and
            ``building`` (money) a column as carried out and one ``..._hindsight``.
        """
        best, data = self.hindsight, {}
        for name in ("consumption_level", "output", "building"):
            for suffix, of in (("", self), ("_hindsight", best)):
                values: Array = getattr(of, name)
                data[name + suffix] = values if values.ndim == 1 else values.sum(axis=1)
        return pd.DataFrame(data, index=pd.Index(self.problem.years, name="year"))

    def summary(self) -> dict[str, object]:
        """Return the path in a few figures, as plain data."""
        return {
            "name": self.problem.name,
            "years": list(self.problem.years),
            "window": self.window,
            "step": self.step,
            "aim": self.aim,
            "aim_hindsight": self.hindsight.aim,
            "loss": self.loss,
            "consumption_level": self.consumption_level.tolist(),
            "violation": self.violation,
            "given_up": list(self.given_up),
        }


def roll(problem: Problem, *, window: int, step: int = 1, shocks: Shocks | None = None) -> Rolling:
    """Plan ``window`` years, carry out ``step`` of them, meet news, and plan again.

    At each planning the news of the years about to be carried out is known; what it means for
    later years is expected from the persistence of the shocks. Windows end with the problem at
    the latest, so that all paths leave the same capital behind. Where no plan meets all
    conditions, the cheapest relaxation is carried out and named.

    Parameters
    ----------
    problem : Problem
        The years as expected before any news.
    window : int
        Years planned at a time.
    step : int
        Years carried out before the next plan.
    shocks : Shocks, optional
        The process of the news; by default there is none, and the loss is that of the
        short window alone.

    Raises
    ------
    InputError
        If window or step does not fit, or restoration takes more than a year (what is half
        restored at the turn of a window has no place among the works in progress).
    InfeasibleError
        If there is no plan with hindsight.

    Notes
    -----
    Rolling schedules and the choice of their length: K. R. Baker (1977), An Experimental Study
    of the Effectiveness of Rolling Schedules in Production Planning, Decision Sciences 8.
    """
    _check(problem, window, step)
    news = draw(problem, shocks)
    actual = apply(problem, news)
    hindsight = solve(actual).require_optimal()
    paths: dict[str, list[Array]] = {name: [] for name in _PATHS}
    state, rows = _opening(problem), []
    for first in range(0, problem.periods, step):
        last = min(first + window, problem.periods)
        known = min(first + step, problem.periods)
        believed = apply(problem, news.expected(known))
        plan, given_up = _plan(_window(believed, first, last, state))
        rows.append(_row(plan, known - first, problem, given_up))
        done = min(step, last - first)
        for name in _PATHS:
            paths[name].append(getattr(plan, name)[:done])
        state = _after(plan, done, state)
    values = {name: np.concatenate(parts) for name, parts in paths.items()}
    model = build(actual)
    y = _as_columns(model, values)
    return Rolling(
        problem=actual,
        hindsight=hindsight,
        window=window,
        step=step,
        aim=float(model.cost @ y) * model.aim_scale,
        plans=pd.DataFrame(rows),
        violation=_violation(model, y),
        **values,
    )


def horizon_effects(
    problem: Problem, windows: tuple[int, ...], *, step: int = 1, shocks: Shocks | None = None
) -> pd.DataFrame:
    """Return what the length of the window costs, with and without news.

    Parameters
    ----------
    problem, step, shocks
        As in :func:`roll`.
    windows : tuple of int
        Lengths to try (years).

    Returns
    -------
    DataFrame
        Rows by ``window``: ``loss`` (share of the aim with hindsight), ``least`` and ``last``
        consumption level (base year = 1), ``given_up`` (number of conditions relaxed) and
        ``violation``. A loss beside conditions given up is no fair comparison.
    """
    rows = []
    for window in windows:
        path = roll(problem, window=window, step=step, shocks=shocks)
        rows.append(
            {
                "window": window,
                "loss": path.loss,
                "least": float(path.consumption_level.min()),
                "last": float(path.consumption_level[-1]),
                "given_up": len(path.given_up),
                "violation": path.violation,
            }
        )
    return pd.DataFrame(rows).set_index("window")


def _check(problem: Problem, window: int, step: int) -> None:
    require_plain(problem, "rolling planning")
    faults = Faults(problem.name)
    for name, value, high in (("window", window, problem.periods), ("step", step, window)):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= high:
            faults.add(
                "does not fit", f"give a whole number from 1 to {high}", field=name, value=value
            )
    if problem.damaged.any() and problem.settings.restoration_lag > 1:
        faults.add(
            "restoration that lasts beyond a year cannot be handed from plan to plan",
            "set restoration_lag=1",
            field="restoration_lag",
            value=problem.settings.restoration_lag,
        )
    faults.raise_if_any()


def _opening(p: Problem) -> _State:
    return _State(p.capital, p.works, p.damaged, p.consumption_level, p.reserves, p.output)


def _window(p: Problem, first: int, last: int, state: _State) -> Problem:
    """Return the problem of the years ``first`` to ``last - 1`` from where the economy stands."""
    if first == 0 and last == p.periods:
        return p
    arrays: dict[str, Any] = {name: getattr(p, name)[first:last] for name in _BY_YEAR}
    # The plan ends with the reserves of the problem, not with those of the window's start.
    arrays["transfers"] = arrays["transfers"].copy()
    arrays["transfers"][0] += state.reserves - p.reserves
    relief = p.terminal_relief if last == p.periods else np.zeros_like(p.terminal_relief)
    return p.replace(
        name=f"{p.name}, planned in {p.years[first]}",
        years=p.years[first:last],
        capital=state.capital,
        works=state.works,
        damaged=state.damaged,
        consumption_level=state.level,
        output=np.maximum(state.output, _LEAST_OUTPUT * p.output),
        terminal_relief=relief,
        **arrays,
    )


def _plan(problem: Problem) -> tuple[Solution, tuple[str, ...]]:
    """Solve a window; where no plan exists, the one with the cheapest relaxation."""
    plan = solve(problem)
    if plan.status == "optimal" or not plan.relaxations:
        return plan.require_optimal(), ()
    words = tuple(str(item) for item in plan.relaxations)
    return solve(problem.relaxed(plan.relaxations)).require_optimal(), words


def _row(plan: Solution, known: int, whole: Problem, given_up: tuple[str, ...]) -> dict[str, Any]:
    years = plan.problem.years
    return {
        "first": years[0],
        "last": years[-1],
        "known": min(years[0] + known - 1, whole.years[-1]),
        "promised": float(plan.consumption_level.mean()),
        "given_up": given_up,
    }


def _after(plan: Solution, done: int, before: _State) -> _State:
    """Return where the economy stands after the first ``done`` years of a plan."""
    p = plan.problem
    g = p.settings.gestation
    # The solver's tolerance leaves amounts a little below zero, which a problem refuses.
    begun = np.maximum(np.vstack([before.works, plan.building[:done]]), 0.0)
    left = (1.0 - p.settings.damage_decay) * (plan.damaged[done - 1] - plan.restoration[done - 1])
    return _State(
        capital=np.maximum(plan.capital[done], 0.0),
        works=begun[begun.shape[0] - (g - 1) :],
        damaged=np.maximum(left, 0.0),
        level=max(float(plan.consumption_level[done - 1]), 0.0),
        reserves=max(float(plan.reserves[done - 1]), 0.0),
        output=plan.output[done - 1],
    )


def _as_columns(model: Model, paths: dict[str, Array]) -> Array:
    """Return a path as columns of the whole programme; stocks and outlays follow from it."""
    p, columns = model.problem, model.columns
    g, lag = p.settings.gestation, p.settings.restoration_lag
    y = np.zeros(columns.size)
    names = {"level": "consumption_level"}
    for name in ("output", "level", "building", "restoration", "exports", "imports", "reserves"):
        block, values = columns.blocks[name], paths[names.get(name, name)]
        y[block.index] = values if values.ndim == 1 else values[block.year, block.label]
    capital, damaged = [p.capital], [p.damaged]
    for t in range(p.periods + g - 1):
        done = p.works[t] if t < g - 1 else paths["building"][t + 1 - g]
        mended = paths["restoration"][t + 1 - lag] if 0 <= t + 1 - lag < p.periods else 0.0
        capital.append((1.0 - p.depreciation) * capital[-1] + done + mended)
        if t < p.periods:
            left = damaged[-1] - paths["restoration"][t]
            damaged.append((1.0 - p.settings.damage_decay) * left)
    for name, stocks in (("capital", np.array(capital)), ("damaged", np.array(damaged))):
        block = columns.blocks[name]
        y[block.index] = stocks[block.year, block.label]
    y /= model.column_scale
    outlay, row = columns["outlay"].ravel(), model.rows["outlay"].ravel()
    y[outlay] = model.row_lower[row] - (model.matrix @ y)[row]
    return y


def _violation(model: Model, y: Array) -> float:
    """Return the largest violation of a limit (relative to base-year amounts)."""
    activity = model.matrix @ y
    rows = np.maximum(model.row_lower - activity, activity - model.row_upper)
    columns = np.maximum(model.lower - y, y - model.upper)
    return float(max(rows.max(initial=0.0), columns.max(initial=0.0)))
