"""Plans of years that have passed, laid beside what happened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Fault, InputError
from conjuncture.data.catalog import figures
from conjuncture.plan.backtests.files import (
    Comparison,
    Header,
    backtest_header,
    backtest_names,
    backtest_table,
    conditions,
    record,
)
from conjuncture.plan.problem import Problem
from conjuncture.plan.settings import Settings
from conjuncture.plan.solution import Solution
from conjuncture.plan.solve import solve

MARGIN = 0.3
"""How far trade by product may depart from what was recorded (share of it; assumed)."""

_FAR = 0.25
"""Relative error from which a sector is called implausible (1; assumed)."""

__all__ = ["Backtest", "backtest_names", "run_backtest"]


@dataclass(frozen=True)
class Backtest:
    """A plan beside the record.

    Attributes
    ----------
    name, title, origin, reason : str
        As the backtest states them; ``origin`` is the card of the record.
    plan : Solution
    given_up : tuple of str
        Conditions that no plan met together and that were relaxed.
    by_year : DataFrame
        Rows by ``year``, columns ``planned`` and ``recorded`` of ``consumption`` (base
        year = 1), ``investment`` and ``output`` (money of base-year prices); NaN in
        ``recorded`` where there is no record.
    by_sector : DataFrame
        The last year judged. Rows by sector: ``base``, ``planned``, ``recorded`` output,
        ``error`` (planned less recorded by recorded), ``error_unchanged`` (the same for a
        plan that leaves the base year as it was) and ``error_proportional`` (for one in which
        every sector grows with the labour and the productivity that the planner is given).
        Where indices are compared, rows by index: ``base``, ``planned``, ``target``,
        ``recorded``, ``error``.
    findings : tuple of str
        Where the plan is implausible and why, in words.
    """

    name: str
    title: str
    origin: str
    reason: str
    plan: Solution
    given_up: tuple[str, ...]
    by_year: pd.DataFrame
    by_sector: pd.DataFrame
    findings: tuple[str, ...] = field(default=())

    def summary(self) -> dict[str, object]:
        """Return the comparison as plain data; what is not known is None."""
        return {
            "name": self.name,
            "title": self.title,
            "origin": self.origin,
            "settings_because": self.reason,
            "unit": self.plan.problem.unit,
            "by_year": _plain(self.by_year),
            "by_sector": _plain(self.by_sector),
            "findings": list(self.findings),
            "given_up": list(self.given_up),
            "gap": self.plan.certificate.gap,
        }

    def to_dataset(self) -> xr.Dataset:
        """Return both tables as a dataset; every variable has a ``unit``."""
        data = xr.Dataset(attrs={"title": self.title, "origin": self.origin})
        unit = self.plan.problem.unit
        for name, column in self.by_year.items():
            of = "base-year consumption" if "consumption" in str(name) else f"{unit}/year"
            data[str(name)] = ("year", column.to_numpy(), {"unit": of})
        index = "base" not in self.by_sector or "target" in self.by_sector
        for name, column in self.by_sector.items():
            amount = "index" if index else f"{unit}/year"
            of = "1" if str(name).startswith("error") else amount
            data[f"sector_{name}"] = ("sector", column.to_numpy(), {"unit": of})
        return data.assign_coords(year=self.by_year.index, sector=self.by_sector.index)


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.reset_index().to_dict("records")
    return [{str(k): None if pd.isna(v) else v for k, v in row.items()} for row in rows]


def run_backtest(
    name: str, *, beyond: int | None = None, margin: float = MARGIN, **settings: Any
) -> Backtest:
    """Plan years that have passed and lay the plan beside what happened.

    Parameters
    ----------
    name : str
        One of :func:`backtest_names`. A backtest of the WIOD is given the recorded labour in
        all, public consumption, and trade by product within :data:`MARGIN`; outputs,
        consumption and investment are recorded apart and only judge. Where indices are
        compared, nothing but the table of the base year is given.
    beyond : int, optional
        Years planned after those judged; by default as the backtest has it.
    margin : float
        How far trade by product may depart from what was recorded (share of it, 0 to 1);
        where indices are compared, no trade is given and it does not count.
    **settings
        Settings of the plan that take the place of the backtest's own.

    Raises
    ------
    InputError
        If the backtest or a setting does not exist, or the margin is not between 0 and 1.
    InfeasibleError
        If there is no plan even with conditions relaxed.
    """
    header, table = backtest_header(name), backtest_table(name)
    rules = {**header.settings, **settings}
    Settings.of(**rules)
    if not 0 <= margin <= 1:
        raise InputError(Fault("is not between 0 and 1", "give a share of the recorded trade",
                               name, "margin", str(margin)))  # fmt: skip
    after = header.beyond if beyond is None else beyond
    problem = Problem.from_table(table, header.years + after, **rules)
    if header.kind == "wiod":
        problem = _with_conditions(problem, conditions(name, table), after, margin)
    plan, given_up = _solve(problem)
    corners = plan.corners()
    if header.kind == "wiod":  # the limits of trade are those of the record, not of the settings
        for rule in ("export_band", "import_band"):
            corners = [text.replace(f"({rule})", "(of the recorded)") for text in corners]
    judge = _beside_record if header.kind == "wiod" else _beside_indices
    by_year, by_sector = judge(name, header, table, plan)
    return Backtest(
        name=name,
        title=header.title,
        origin=header.origin,
        reason=header.reason,
        plan=plan,
        given_up=given_up,
        by_year=by_year,
        by_sector=by_sector,
        findings=tuple(_findings(plan, by_year, by_sector, given_up, corners, header.comparisons)),
    )


def _with_conditions(
    problem: Problem, given: Mapping[str, Array], after: int, margin: float
) -> Problem:
    given = {key: np.vstack([v, np.repeat(v[-1:], after, axis=0)]) for key, v in given.items()}
    limits: dict[str, Array] = {}
    for flow in ("exports", "imports"):
        ends = np.stack([(1.0 - margin) * given[flow], (1.0 + margin) * given[flow]])
        # re-imports can leave a recorded flow a little below zero
        limits |= {f"{flow}_low": ends.min(axis=0), f"{flow}_high": ends.max(axis=0)}
    return problem.replace(
        labour_available=given["labour"].sum(axis=1, keepdims=True),
        public=given["public"],
        **limits,
        trade_balance=given["exports"].sum(axis=1) - given["imports"].sum(axis=1),
    )


def _solve(problem: Problem) -> tuple[Solution, tuple[str, ...]]:
    plan = solve(problem)
    if plan.status == "optimal" or not plan.relaxations:
        return plan.require_optimal(), ()
    words = tuple(str(item) for item in plan.relaxations)
    return solve(problem.relaxed(plan.relaxations)).require_optimal(), words


def _by_year(plan: Solution, years: int) -> pd.DataFrame:
    p = plan.problem
    return pd.DataFrame(
        {
            "consumption_planned": plan.consumption_level,
            "consumption_recorded": np.nan,
            "investment_planned": (plan.outlays + p.investment_claims).sum(axis=1),
            "investment_recorded": np.nan,
            "output_planned": plan.output.sum(axis=1),
            "output_recorded": np.nan,
        },
        index=pd.Index(p.years, name="year"),
    ).iloc[:years]


def _beside_record(
    name: str, header: Header, table: Table, plan: Solution
) -> tuple[pd.DataFrame, pd.DataFrame]:
    was = record(name, table)
    by_year = _by_year(plan, header.years)
    eaten = was["consumption"].sum(axis=1)
    by_year["consumption_recorded"] = eaten[1:] / eaten[0]
    for name_of in ("investment", "output"):
        by_year[f"{name_of}_recorded"] = was[name_of].sum(axis=1)[1:]
    planned, recorded = plan.output[header.years - 1], was["output"][-1]
    frame = pd.DataFrame(
        {
            "base": table.output,
            "planned": planned,
            "recorded": recorded,
            "error": planned / recorded - 1.0,
            "error_unchanged": table.output / recorded - 1.0,
            "error_proportional": _growth_given(plan, header.years) * table.output / recorded - 1.0,
        },
        index=pd.Index(table.sectors, name="sector"),
    )
    return by_year, frame


def _growth_given(plan: Solution, years: int) -> float:
    """Return growth of output that labour and its productivity alone allow, all sectors alike."""
    p = plan.problem
    needed = float(p.labour_coefficients[years - 1, 0] @ p.output)
    return float(p.labour_available[years - 1, 0]) / needed


def _beside_indices(
    name: str, header: Header, table: Table, plan: Solution
) -> tuple[pd.DataFrame, pd.DataFrame]:
    last = table.year + header.years
    rows = []
    for item in header.comparisons:
        index = figures(item.series, "judge", [table.year, last])
        planned = index[table.year] * _growth(item, table, plan.output[header.years - 1])
        rows.append(
            {
                "index": item.label,
                "base": index[table.year],
                "planned": planned,
                "target": np.nan if item.target is None else item.target,
                "recorded": index[last],
                "error": planned / index[last] - 1.0,
            }
        )
    return _by_year(plan, header.years), pd.DataFrame(rows).set_index("index").rename_axis("sector")


def _growth(item: Comparison, table: Table, output: Array) -> float:
    """Return the last year's amount of what an index covers by that of the base year."""
    of = [table.sectors.index(name) for name in item.sectors]
    kept = np.ones(len(of))
    if item.measure == "net":
        kept = 1.0 - table.input_coefficients[:, of].sum(axis=0)
    return float((output[of] @ kept) / (table.output[of] @ kept))


def _findings(
    plan: Solution,
    by_year: pd.DataFrame,
    by_sector: pd.DataFrame,
    given_up: tuple[str, ...],
    corners: list[str],
    comparisons: tuple[Comparison, ...],
) -> list[str]:
    """Say where the plan is implausible and which of its rules make it so."""
    first, last = by_year.index[0], by_year.index[-1]
    found = [f"no plan met every condition; given up: {text}" for text in given_up[:5]]
    for what in ("consumption", "investment"):
        ratio = by_year[f"{what}_planned"] / by_year[f"{what}_recorded"] - 1.0
        if ratio.notna().all():
            found.append(
                f"{what}: {ratio[first]:+.0%} of the recorded in {first}, "
                f"{ratio[last]:+.0%} in {last}"
            )
    outlay = by_year["investment_planned"]
    if outlay[last] < 0.9 * outlay.max():
        found.append(
            f"investment falls to {outlay[last] / outlay.max():.0%} of its peak by {last}"
            + (
                ": only terminal capital speaks for the years after the horizon"
                if last == plan.problem.years[-1]
                else ""
            )
        )
    if "error_unchanged" in by_sector:
        weight = by_sector["recorded"] / by_sector["recorded"].sum()
        ours, still, alike = (
            float((by_sector[f"error{c}"].abs() * weight).sum())
            for c in ("", "_unchanged", "_proportional")
        )
        found.append(
            f"output by sector is off by {ours:.1%} on average in {last}; the base year "
            f"unchanged would be off by {still:.1%}, all sectors grown alike, with the same "
            f"labour and productivity, by {alike:.1%}"
        )
    found.append(_limits(plan))
    found += [text for text in corners if text.startswith("consumption")]
    covered = {item.label: item.sectors for item in comparisons}
    far = by_sector[by_sector["error"].abs() > _FAR]
    for name, row in far.sort_values("error", key=abs, ascending=False).iterrows():
        found.append(
            f"{name}: planned {row['planned']:,.0f}, recorded {row['recorded']:,.0f} "
            f"({row['error']:+.0%}){_because(covered.get(str(name), (str(name),)), last, corners)}"
        )
    return found


def _limits(plan: Solution) -> str:
    """Say which kinds of condition are worth most over the whole plan."""
    worth = plan.bottlenecks().groupby("kind")["worth"].sum().sort_values(ascending=False)
    worth = worth[worth > 0]
    shares = (worth / worth.sum()).head(3)
    listed = ", ".join(f"{kind} {share:.0%}" for kind, share in shares.items())
    return f"what limits the plan, by worth at shadow prices: {listed}"


def _because(sectors: tuple[str, ...], last: int, corners: list[str]) -> str:
    """Return the rules on some sectors that bind in the last year judged."""
    rules = [
        text
        for text in corners
        if any(f" {name} " in f" {text.replace(',', ' ')} " for name in sectors)
        and _covers(text, last)
    ]
    if not rules:
        return "; no rule of the plan on the sector itself binds there"
    more = f"; and {len(rules) - 4} more" if len(rules) > 4 else ""
    return "; bound by: " + "; ".join(rules[:4]) + more


def _covers(text: str, year: int) -> bool:
    """Whether the years that close a text hold a year."""
    spans = re.findall(r"(\d{4})(?:-(\d{4}))?", text.rsplit(" in ", 1)[-1])
    return any(int(low) <= year <= int(high or low) for low, high in spans)
