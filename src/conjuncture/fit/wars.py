"""Wars: who joins, who wins, how long they last, what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from conjuncture.fit.estimate import Array, Estimate, joined, labels, least_squares, regress, spread
from conjuncture.fit.files import END, Frame, Tables
from conjuncture.fit.system import FIRST, WEIGHT, System, fading, lagged, state_system

DAYS = 365.25
WON = 1


@dataclass(frozen=True)
class War:
    """One inter-state war.

    Attributes
    ----------
    number, start : int
    years : float
        From the first day of the first to the last day of the last participant.
    ratio : float
        ``ln(S_1 / S_2)`` of the capabilities of all who fought on each side; NaN
        where unknown.
    winner : int
        Side that won, 0 if none did.
    first : tuple of sets of int
        Positions of the states that fought from the first day on, by side.
    later : tuple of sets of int
        Positions of those that came later, by side.
    """

    number: int
    start: int
    years: float
    ratio: float
    winner: int
    first: tuple[set[int], set[int]]
    later: tuple[set[int], set[int]]


def _days(rows: Frame, which: str, number: int) -> Frame:
    """Return dates as days; unknown months and days stand at the middle."""
    year = rows[f"{which}Year{number}"]
    month = rows[f"{which}Month{number}"].where(lambda m: m > 0, 7)
    day = rows[f"{which}Day{number}"].where(lambda d: d > 0, 1)
    return (year * DAYS + (month - 1) * DAYS / 12 + day).where(year > 0)


def participants(tables: Tables) -> Frame:
    """Return participants with their span and days of fighting, wars over by 1945 only."""
    rows = tables["war_inter_participants_v40"]
    rows = rows[rows[["EndYear1", "EndYear2"]].max(axis=1) <= END].copy()
    rows["begin"], rows["end"] = _days(rows, "Start", 1), _days(rows, "End", 1)
    second = _days(rows, "End", 2) - _days(rows, "Start", 2)
    rows["fought"] = rows.end - rows.begin + second.fillna(0) + 1
    rows["end"] = rows.end.where(rows.EndYear2 <= 0, _days(rows, "End", 2))
    ongoing = tables["war_inter_participants_v40"]
    late = set(ongoing.WarNum[ongoing[["EndYear1", "EndYear2"]].max(axis=1) > END])
    return rows[~rows.WarNum.isin(late)]


def wars(tables: Tables, system: System) -> Iterator[War]:
    """Yield the wars of the table of participants."""
    rows = participants(tables)
    rows = rows.assign(k=system.at(rows.ccode))
    share = lagged(system.share)
    for number, war in rows[rows.k >= 0].groupby("WarNum"):
        strength = np.zeros(2)
        for side in (1, 2):
            fought = war[war.Side == side].drop_duplicates("k")
            t = (fought.StartYear1 - FIRST).to_numpy(dtype=int)
            strength[side - 1] = np.nansum(share[t, fought.k.to_numpy(dtype=int)])
        won = war.Side[war.Outcome == WON]
        known = bool((strength > 0).all())
        begin = war.begin.min()
        early = [set(war.k[(war.Side == s) & (war.begin <= _opening(war, s))]) for s in (1, 2)]
        every = [set(war.k[war.Side == s]) for s in (1, 2)]
        yield War(
            int(float(str(number))),
            int(war.StartYear1.min()),
            float((war.end.max() - begin + 1) / DAYS),
            float(np.log(strength[0] / strength[1])) if known else np.nan,
            int(won.mode().iloc[0]) if len(won) else 0,
            (early[0], early[1]),
            (every[0] - early[0] - early[1], every[1] - early[0] - early[1]),
        )


def _opening(war: Frame, side: int) -> float:
    """Return the first day on which a side fought."""
    return float(war.begin[war.Side == side].min())


def war_joining(tables: Tables) -> tuple[Estimate, ...]:
    """Fit whether a state outside a war joins one of its sides.

    Logit, one row for each war, side and state not in it on its side's first day
    (Siverson and Starr, Opportunity, Willingness, and the Diffusion of War,
    American Political Science Review 84 (1990) 47-67).
    """
    system = state_system(tables, END)
    mid = system.mark(tables["mid5_directed_dyad_disputes"], "ccode1", "ccode2", "year")
    recent = fading(mid)
    allied = system.mark(tables["cow_alliance_v41_dyad_year"], "ccode1", "ccode2", "year")
    share = lagged(system.share)
    rows: list[tuple[float, ...]] = []
    for war, side in product(wars(tables, system), (0, 1)):
        t = war.start - FIRST
        own, enemy = sorted(war.first[side]), sorted(war.first[1 - side])
        outside = system.member[t] & ~np.isnan(share[t])
        outside[[*own, *enemy]] = False
        for k in np.flatnonzero(outside).tolist():
            rows.append(
                (
                    float(k in war.later[side]),
                    float(allied[max(t - 1, 0), k, own].any()),
                    float(recent[t, k, enemy].max(initial=0)),
                    float(system.land[t, k, [*own, *enemy]].any()),
                    float(np.log(share[t, k] / WEIGHT)),
                    float(war.number),
                    float(k),
                )
            )
    table = np.array(rows)
    columns = [np.ones(len(table)), *table.T[1:5]]
    clusters = (labels(table[:, 5]), labels(table[:, 6]))
    names = ("base", "allied", "hostile", "near", "weight")
    return (regress(names, columns, table[:, 0], "logit", clusters),)


def war_outcome(tables: Tables) -> tuple[Estimate, ...]:
    """Fit who wins: logit on the log ratio of capabilities, no constant, and draws.

    Each war stands once, seen from its stronger side; without a constant the other
    side gives the same likelihood (Stam, Win, Lose, or Draw (University of Michigan
    Press, 1996)).
    """
    known = [war for war in wars(tables, state_system(tables, END)) if np.isfinite(war.ratio)]
    decided = [war for war in known if war.winner]
    ratio = np.array([abs(war.ratio) for war in decided])
    won = np.array([float((war.winner == 1) == (war.ratio > 0)) for war in decided])
    drawn = np.array([float(war.winner == 0) for war in known])
    return (
        regress(("strength",), [ratio], won, "logit"),
        regress(("draw",), [np.ones(len(known))], drawn, "logit"),
    )


def war_duration(tables: Tables) -> tuple[Estimate, ...]:
    """Fit the yearly rate at which wars end: exponential durations.

    Poisson likelihood of one end in the time at risk (Bennett and Stam, The
    Duration of Interstate Wars, 1816-1985, American Political Science Review 90
    (1996) 239-257).
    """
    known = [war for war in wars(tables, state_system(tables, END)) if np.isfinite(war.ratio)]
    columns = [np.ones(len(known)), np.abs([war.ratio for war in known])]
    exposure = np.log([war.years for war in known])
    ones = np.ones(len(known))
    return (regress(("end", "imbalance"), columns, ones, "poisson", (), exposure),)


def war_losses(tables: Tables) -> tuple[Estimate, ...]:
    """Fit battle deaths per 1,000 inhabitants and year of war, log-normal.

    Wars shorter than a year count as one year. Deaths of zero or unknown are left
    out.
    """
    system = state_system(tables, END)
    ratios = {war.number: war.ratio for war in wars(tables, system)}
    rows = participants(tables)
    rows = rows[rows.BatDeath > 0]
    people = tables["nmc_v7"].set_index(["ccode", "year"]).tpop
    keys = pd.MultiIndex.from_arrays([rows.ccode, rows.StartYear1])
    inhabitants = people[~people.index.duplicated()].reindex(keys).to_numpy()
    own = rows.WarNum.map(ratios) * np.where(rows.Side == 1, 1, -1)
    rate = rows.BatDeath.to_numpy() / inhabitants / np.maximum(rows.fought / DAYS, 1)
    usable = np.isfinite(own.to_numpy()) & (inhabitants > 0)
    clusters = (labels(rows.WarNum[usable]),)
    y = np.log(rate.to_numpy()[usable])
    columns = [np.ones(len(y)), -own.to_numpy()[usable]]
    found, residual = least_squares(("deaths", "weakness"), columns, y, clusters)
    return found, spread("spread", residual, clusters, used=2)


def war_capital(tables: Tables) -> tuple[Estimate, ...]:
    """Fit the share of capital lost for each share of people lost.

    Logarithm of the ratio, over the countries with both; national wealth where it
    is given, else the fixed assets of industry.
    """
    rows = tables["war_losses_harrison"]
    people = (rows.people_low + rows.people_high) / 2
    capital = rows.wealth.fillna(rows.industry_assets)
    usable = (people > 0) & (capital > 0)
    y = np.log(capital[usable] / people[usable]).to_numpy()
    found, residual = least_squares(("ratio",), [np.ones(len(y))], y)
    return (joined(found, _small_spread(residual)),)


def _small_spread(residual: Array) -> Estimate:
    """Return the standard deviation of a few normal residuals about their mean."""
    free = len(residual) - 1
    deviation = float(np.sqrt((residual**2).sum() / free))
    variance = np.array([[deviation**2 / (2 * free)]])
    return Estimate(("spread",), np.array([deviation]), variance, len(residual))
