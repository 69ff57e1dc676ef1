"""Disputes of pairs of states, and the wars that some become."""

from __future__ import annotations

import numpy as np

from conjuncture.fit.estimate import Array, Estimate, labels, regress
from conjuncture.fit.files import Frame, Tables
from conjuncture.fit.system import (
    FIRST,
    MEMORY,
    System,
    common_threat,
    distance,
    fading,
    lagged,
    pair_rows,
    parity,
    state_system,
    weight,
)

BURN_IN = 5
"""Years at the start that only feed the memory of disputes."""

UNTIL = 1944
GRID = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 14.0)
"""Years of memory among which the likelihood chooses."""

HAZARD = ("base", "contiguous", "distance", "parity", "weight", "allied", "recent")


def dispute_hazard(tables: Tables) -> tuple[Estimate, ...]:
    """Fit the yearly onset of a militarised dispute of a pair of states.

    Logit on the covariates of Bremer, Dangerous Dyads, Journal of Conflict
    Resolution 36 (1992) 309-341, with a fading memory of earlier disputes in place
    of splines of the years of peace (Beck, Katz and Tucker, Taking Time Seriously,
    American Journal of Political Science 42 (1998) 1260-1288; Raknerud and Hegre,
    The Hazard of War, Journal of Peace Research 34 (1997) 385-404).
    """
    system = state_system(tables, UNTIL)
    estimate = _hazard(system, tables, MEMORY)[0]
    return estimate, _memory(system, tables)


def _hazard(system: System, tables: Tables, memory: float) -> tuple[Estimate, float]:
    """Return the estimate and the log-likelihood at a length of memory."""
    mid = tables["mid5_directed_dyad_disputes"]
    ongoing = system.mark(mid, "ccode1", "ccode2", "year")
    onset = system.mark(mid[mid.disponset == 1], "ccode1", "ccode2", "year")
    allied = system.mark(tables["cow_alliance_v41_dyad_year"], "ccode1", "ccode2", "year")
    recent = fading(ongoing, memory)
    share = lagged(system.share)
    t, i, j = pair_rows(system)
    risk = (t >= BURN_IN) & ~(ongoing[t, i, j] & ~onset[t, i, j])
    t, i, j = t[risk], i[risk], j[risk]
    columns = [
        np.ones(len(t)),
        system.land[t, i, j].astype(float),
        distance(system.km[i, j]),
        parity(share[t, i], share[t, j]),
        weight(share[t, i], share[t, j]),
        allied[t - 1, i, j].astype(float),
        recent[t, i, j],
    ]
    outcome = onset[t, i, j].astype(float)
    found = regress(HAZARD, columns, outcome, "logit", (labels(i, j), labels(t)))
    eta = np.column_stack(columns) @ found.values
    return found, float(outcome @ eta - np.logaddexp(0, eta).sum())


def _memory(system: System, tables: Tables) -> Estimate:
    """Return the years of memory at the maximum of the profile likelihood.

    The parabola through the best point of the grid and its neighbours gives the
    maximum and the curvature, in logarithms.
    """
    runs = [_hazard(system, tables, memory) for memory in GRID]
    heights = np.array([height for _, height in runs])
    best = int(np.clip(heights.argmax(), 1, len(GRID) - 2))
    around = np.log(np.array(GRID[best - 1 : best + 2]))
    bend, slope, _ = np.polyfit(around, heights[best - 1 : best + 2], 2)
    if bend < 0:
        centre, error = np.exp(-slope / (2 * bend)), np.sqrt(-1 / (2 * bend))
    else:  # no maximum within the grid: the data do not tell
        centre, error = GRID[int(heights.argmax())], np.log(GRID[-1] / GRID[0])
    found = runs[best][0]
    variance = np.array([[(centre * error) ** 2]])
    return Estimate(("memory",), np.array([centre]), variance, found.observations, found.events)


# Escalation -----------------------------------------------------------------------------


def escalation(tables: Tables) -> tuple[Estimate, ...]:
    """Fit whether a dispute of two originators becomes a war between them.

    Logit given a dispute (Senese, Territory, Contiguity, and International
    Conflict, American Journal of Political Science 49 (2005) 769-779). A war counts
    if it begins between the two while the dispute lasts.
    """
    system = state_system(tables, UNTIL)
    rows = _disputes(tables)
    t = (rows.start - FIRST).to_numpy(dtype=np.int64)
    i, j = system.at(rows.ccode1), system.at(rows.ccode2)
    share = lagged(system.share)
    allied = system.mark(tables["cow_alliance_v41_dyad_year"], "ccode1", "ccode2", "year")
    inside = (i >= 0) & (j >= 0) & (t >= 1) & (t <= UNTIL - FIRST)
    t, i, j = t[inside], i[inside], j[inside]
    one, other = share[t, i], share[t, j]
    known = ~np.isnan(one) & ~np.isnan(other)
    columns = [
        np.ones(len(t)),
        system.land[t, i, j].astype(float),
        parity(one, other),
        weight(one, other),
        allied[t - 1, i, j].astype(float),
    ]
    outcome = rows.war.to_numpy(dtype=float)[inside]
    names = ("base", "contiguous", "parity", "weight", "allied")
    clusters = (labels(i[known], j[known]), labels(t[known]))
    return (regress(names, [c[known] for c in columns], outcome[known], "logit", clusters),)


def _disputes(tables: Tables) -> Frame:
    """One row for each dispute and pair of originators, with start, end and war."""
    mid = tables["mid5_directed_dyad_disputes"]
    mid = mid[(mid.ccode1 < mid.ccode2) & (mid.orig1 == 1) & (mid.orig2 == 1) & (mid.year <= UNTIL)]
    keys = ["dispnum", "ccode1", "ccode2"]
    rows = mid.groupby(keys).year.agg(start="min", end="max").reset_index()
    wars = tables["war_inter_dyad_year_v4"]
    wars = wars[(wars.ccode1 < wars.ccode2) & (wars.cowinteronset == 1)]
    met = rows.merge(wars[["ccode1", "ccode2", "year"]], on=["ccode1", "ccode2"], how="left")
    met["war"] = (met.year >= met.start) & (met.year <= met.end)
    rows = met.groupby([*keys, "start", "end"]).war.any().reset_index()
    fought = tables["war_inter_dyad_year_v4"].assign(start=lambda w: w.year + 1)
    during = rows.merge(fought[["ccode1", "ccode2", "start"]].drop_duplicates(), how="left",
                        on=["ccode1", "ccode2", "start"], indicator=True)  # fmt: skip
    return during[during["_merge"] == "left_only"].drop(columns="_merge").reset_index(drop=True)


# Treaties -------------------------------------------------------------------------------


def alliance_formation(tables: Tables) -> tuple[Estimate, ...]:
    """Fit how pairs of states come to have a treaty, and how they end it.

    Two logits. The power of common adversaries stands for the threat that is
    balanced (Walt, The Origins of Alliances (Cornell University Press, 1987); Lai
    and Reiter, Democracy, Political Similarity, and International Alliances,
    Journal of Conflict Resolution 44 (2000) 203-227).
    """
    system = state_system(tables, UNTIL)
    ongoing = system.mark(tables["mid5_directed_dyad_disputes"], "ccode1", "ccode2", "year")
    allied = system.mark(tables["cow_alliance_v41_dyad_year"], "ccode1", "ccode2", "year")
    recent = fading(ongoing)
    share = lagged(system.share)
    threat = common_threat(recent, share)
    t, i, j = pair_rows(system)
    late = (t >= BURN_IN) & system.member[t - 1, i] & system.member[t - 1, j]
    t, i, j = t[late], i[late], j[late]
    before = allied[t - 1, i, j]
    columns = [
        np.ones(len(t)),
        threat[t, i, j],
        distance(system.km[i, j]),
        weight(share[t, i], share[t, j]),
        recent[t, i, j],
    ]
    now = allied[t, i, j]
    names = ("base", "common_threat", "distance", "weight", "recent")
    made = _switch(names, columns, now, ~before, t, i, j)
    ended = _switch(("end", "end_recent"), [columns[0], columns[4]], ~now, before, t, i, j)
    return made, ended


def _switch(
    names: tuple[str, ...],
    columns: list[Array],
    outcome: np.ndarray,
    risk: np.ndarray,
    t: np.ndarray,
    i: np.ndarray,
    j: np.ndarray,
) -> Estimate:
    clusters = (labels(i[risk], j[risk]), labels(t[risk]))
    chosen = [column[risk] for column in columns]
    return regress(names, chosen, outcome[risk].astype(float), "logit", clusters)
