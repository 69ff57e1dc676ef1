"""Military effort: spending that answers rivals, and armed forces."""

from __future__ import annotations

import numpy as np
import pandas as pd

from conjuncture.fit.estimate import Array, Estimate, labels, least_squares, spread
from conjuncture.fit.files import Tables
from conjuncture.fit.system import FIRST, fading, state_system, wars_of_states

UNTIL = 1944
NAMES = {
    "United States": 2,
    "United Kingdom": 200,
    "Netherlands": 210,
    "Belgium": 211,
    "France": 220,
    "Switzerland": 225,
    "Spain": 230,
    "Portugal": 235,
    "Germany": 255,
    "Austria-Hungary": 300,
    "Austria": 305,
    "Hungary": 310,
    "Italy": 325,
    "Greece": 350,
    "Bulgaria": 355,
    "Russia": 365,
    "Finland": 375,
    "Sweden": 380,
    "Norway": 385,
    "Denmark": 390,
    "Canada": 20,
    "Cuba": 40,
    "Mexico": 70,
    "Guatemala": 90,
    "Honduras": 91,
    "Colombia": 100,
    "Ecuador": 130,
    "Brazil": 140,
    "Chile": 155,
    "Argentina": 160,
    "Uruguay": 165,
    "Ireland": 205,
    "South Africa": 560,
    "Egypt": 651,
    "China": 710,
    "Japan": 740,
    "Australia": 900,
    "New Zealand": 920,
}
"""Code of the state system of the names in the table of military spending."""


def arms(tables: Tables) -> tuple[Estimate, ...]:
    """Fit the military share of product: partial adjustment and the answer to rivals.

    ``ln b_t - ln b_(t-1) = adjustment (normal - ln b_(t-1)) + reaction R_(t-1) + war``
    after Richardson, Arms and Insecurity (Boxwood, 1960), in shares of product so
    that exchange rates enter rivals' effort only.
    """
    system = state_system(tables, UNTIL)
    burden = _burden(tables, system.codes, len(system.years))
    mid = system.mark(tables["mid5_directed_dyad_disputes"], "ccode1", "ccode2", "year")
    effort = np.nan_to_num(system.share * burden)
    rivals = 10 * np.einsum("tik,tk->ti", fading(mid), np.roll(effort, 1, axis=0))
    at_war, _ = wars_of_states(tables["war_inter_participants_v40"], system)
    return _adjusting(burden, at_war, rivals)


def armed_forces(tables: Tables) -> tuple[Estimate, ...]:
    """Fit armed forces over population: partial adjustment and war."""
    system = state_system(tables, UNTIL)
    nmc = tables["nmc_v7"]
    nmc = nmc[(nmc.milper > 0) & (nmc.tpop > 0) & (nmc.year <= UNTIL)]
    share = np.full(system.member.shape, np.nan)
    k = system.at(nmc.ccode)
    inside = (k >= 0) & (nmc.year.to_numpy() >= FIRST)
    t = (nmc.year.to_numpy()[inside] - FIRST).astype(int)
    share[t, k[inside]] = (nmc.milper / nmc.tpop).to_numpy()[inside]
    at_war, _ = wars_of_states(tables["war_inter_participants_v40"], system)
    return _adjusting(share, at_war, None)


def _burden(tables: Tables, codes: np.ndarray, years: int) -> Array:
    table = tables["milex_share_gdp"]
    burden = np.full((years, len(codes)), np.nan)
    place = {code: k for k, code in enumerate(codes.tolist())}
    at = table.Entity.map(NAMES).map(place)
    t = table.Year - FIRST
    rows = pd.DataFrame({"t": t, "k": at, "b": table.share / 100}).dropna()
    rows = rows[(rows.t >= 0) & (rows.t < years) & (rows.b > 0) & (rows.b < 1)]
    burden[rows.t.astype(int), rows.k.astype(int)] = rows.b
    return burden


def _adjusting(share: Array, at_war: np.ndarray, rivals: Array | None) -> tuple[Estimate, ...]:
    """Regress changes of ``ln share`` on its level, rivals' effort and war.

    ``normal`` is the constant over the adjustment; its error is that of the delta
    method.
    """
    level = np.log(share)
    change = level[1:] - level[:-1]
    t, k = np.nonzero(~np.isnan(change))
    columns = [np.ones(len(t)), level[t, k]]
    names = ["constant", "level"]
    if rivals is not None:
        columns.append(rivals[t + 1, k])
        names.append("reaction")
    columns.append(at_war[t + 1, k].astype(float))
    names.append("war")
    clusters = (labels(k), labels(t))
    found, residual = least_squares(names, columns, change[t, k], clusters)
    constant, slope = found.values[:2]
    change_of = np.eye(len(names))
    change_of[0, :2] = [-1 / slope, constant / slope**2]
    change_of[1, 1] = -1
    values = np.concatenate([[-constant / slope, -slope], found.values[2:]])
    covariance = change_of @ found.covariance @ change_of.T
    called = ("normal", "adjustment", *names[2:])
    moved = Estimate(called, values, covariance, found.observations)
    return moved, spread("spread", residual, clusters, used=len(names))
