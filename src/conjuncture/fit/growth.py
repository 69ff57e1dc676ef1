"""Product per head before 1945: growth, depressions, return after war, from shipped series."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from conjuncture.fit.estimate import Array, Estimate, joined, labels, least_squares, regress, spread
from conjuncture.fit.files import Frame, Tables

PEACE = ((1870, 1913), (1920, 1938))
"""Years that the fits of growth and depressions use: neither world war."""

LEADERS = ("GBR", "USA")
INTERPOLATED = 1e-5
"""Two growth rates in a row closer than this are taken as drawn by a ruler."""

ENOUGH = 15
"""Years from which a country's standard deviation counts."""

FALL = 0.05
"""Share below the earlier peak from which a fall counts as a depression."""


def levels(tables: Tables) -> Frame:
    """Return ln product per head, years as rows and countries as columns."""
    table = tables["product_per_head"]
    wide = table.pivot_table(index="year", columns="iso", values="product_per_head")
    if wide.empty:
        return wide
    return np.log(wide.reindex(range(int(wide.index.min()), int(wide.index.max()) + 1)))


def peaceful_growth(tables: Tables) -> Frame:
    """Return one row for each country and year of peace: growth and gap to the leader.

    Years that continue a straight line between two benchmarks are left out.
    """
    level = levels(tables)
    leader = level[list(LEADERS)].max(axis=1)
    parts = []
    for first, last in PEACE:
        change = level.diff().loc[first + 1 : last]
        ruled = (change - change.shift()).abs() < INTERPOLATED
        ruled |= (change - change.shift(-1)).abs() < INTERPOLATED
        gap = (-level.sub(leader, axis=0)).shift().loc[first + 1 : last]
        rows = pd.DataFrame({"growth": change.mask(ruled).stack(), "gap": gap.stack()})
        parts.append(rows.dropna().rename_axis(["year", "iso"]).reset_index())
    return pd.concat(parts, ignore_index=True)


def growth(tables: Tables) -> tuple[Estimate, ...]:
    """Fit growth of product per head: catch-up, common and own shocks.

    Least squares with a constant for each year (Barro and Sala-i-Martin,
    Convergence, Journal of Political Economy 100 (1992) 223-251; for the gap to the
    leader, Nelson and Phelps, Investment in Humans, American Economic Review 56
    (1966) 69-75). ``trend`` is the mean of the years' constants, ``common_sd`` their
    standard deviation less what sampling adds, ``persistence`` the regression of
    residuals on those of the year before, ``country_sd`` the geometric mean over
    countries of the standard deviation of the rest, ``country_sd_spread`` the standard
    deviation of its logarithm between countries.
    """
    rows = peaceful_growth(tables)
    year = rows.groupby("year")
    centred = rows[["growth", "gap"]] - year[["growth", "gap"]].transform("mean")
    clusters = (labels(rows.iso), labels(rows.year))
    slope, _ = least_squares(("catch_up",), [centred.gap.to_numpy()], centred.growth, clusters)
    rows = rows.assign(rest=rows.growth - slope.values[0] * rows.gap)
    constants = rows.groupby("year").rest.mean()
    rows["residual"] = rows.rest - rows.year.map(constants)
    noise = float((rows.groupby("year").residual.var() / rows.groupby("year").size()).mean())
    trend = _trend(constants, slope, float(rows.gap.mean()))
    common = spread("common_sd", (constants - constants.mean()).to_numpy(), used=1)
    true = np.sqrt(max(common.values[0] ** 2 - noise, (0.25 * common.values[0]) ** 2))
    common = Estimate(
        common.names,
        np.array([true]),
        common.covariance * (common.values[0] / true) ** 2,
        common.observations,
    )
    own = _own_shocks(rows)
    return (joined(slope, trend, common, *own),)


def _trend(constants: Frame, slope: Estimate, gap: float) -> Estimate:
    """Mean of the years' constants; its error has their spread and that of the slope."""
    variance = float(constants.var() / len(constants)) + gap**2 * float(slope.covariance[0, 0])
    return Estimate(
        ("trend",), np.array([constants.mean()]), np.array([[variance]]), len(constants)
    )


def _own_shocks(rows: Frame) -> tuple[Estimate, ...]:
    """Return the persistence of shocks, their typical size and its spread over countries."""
    by = rows.set_index(["iso", "year"]).residual
    before = by.reindex(pd.MultiIndex.from_arrays([rows.iso, rows.year - 1])).to_numpy()
    known = ~np.isnan(before)
    country = rows.iso[known]
    fit, rest = least_squares(
        ("persistence",), [before[known]], rows.residual.to_numpy()[known], (labels(country),)
    )
    found = pd.Series(rest, index=country.to_numpy()).groupby(level=0)
    sizes = np.log(found.std()[found.size() >= ENOUGH].to_numpy())
    mean, about = least_squares(("country_sd",), [np.ones(len(sizes))], sizes)
    typical = np.exp(mean.values)
    size = Estimate(("country_sd",), typical, mean.covariance * typical**2, len(sizes))
    return fit, size, spread("country_sd_spread", about, used=1)


# Depressions ----------------------------------------------------------------------------


def depression(tables: Tables) -> tuple[Estimate, ...]:
    """Fit how often product per head falls far, how deep, and for how long.

    A depression opens in the year in which product per head stands five per cent
    or more below its earlier peak, and closes when the peak is regained (Barro and
    Ursua, Macroeconomic Crises since 1870, Brookings Papers on Economic Activity
    2008, 255-350, with a lower bar). Peaks are counted anew in each period of peace.
    """
    risk, depth, waits, regained, names = 0, [], [], [], []
    cluster: list[str] = []
    onsets: list[float] = []
    for iso, path in _paths(tables):
        at_risk, spells = _spells(path)
        risk += at_risk
        cluster += [iso] * at_risk
        onsets += [1.0] * len(spells) + [0.0] * (at_risk - len(spells))
        for lost, years, ended in spells:
            depth.append(lost)
            waits.append(years)
            regained.append(float(ended))
            names.append(iso)
    onset = regress(
        ("onset",), [np.ones(risk)], np.array(onsets), "poisson", (labels(np.array(cluster)),)
    )
    clusters = (labels(np.array(names)),)
    deep, rest = least_squares(("depth",), [np.ones(len(depth))], np.log(depth), clusters)
    width = spread("depth_spread", rest, clusters, used=1)
    back = regress(
        ("recovery",),
        [np.ones(len(waits))],
        np.array(regained),
        "poisson",
        clusters,
        np.log(np.array(waits, dtype=float)),
    )
    return onset, deep, width, back


def _paths(tables: Tables) -> Iterator[tuple[str, Array]]:
    level = levels(tables)
    for first, last in PEACE:
        part = level.loc[first:last]
        for iso in part.columns:
            path = part[iso].dropna()
            if len(path) > 5 and (np.diff(path.index.to_numpy()) == 1).all():
                yield str(iso), path.to_numpy()


def _spells(path: Array) -> tuple[int, list[tuple[float, int, bool]]]:
    """Return years at risk, and for each depression its depth, years from trough, end seen."""
    at_risk, spells, peak, t = 0, [], path[0], 1
    while t < len(path):
        at_risk += 1
        if path[t] > peak + np.log(1 - FALL):
            peak = max(peak, path[t])
            t += 1
            continue
        back = np.flatnonzero(path[t:] >= peak)
        end = t + int(back[0]) if len(back) else len(path) - 1
        trough = t + int(path[t : end + 1].argmin())
        lost = float(1 - np.exp(path[trough] - peak))
        spells.append((lost, max(end - trough, 1), bool(len(back))))
        t = end + 1
        peak = max(peak, path[min(end, len(path) - 1)])
    return at_risk, spells


# Return after a war ---------------------------------------------------------------------

BEFORE, BACK = (1890, 1913), (1920, 1929)
LOST = 0.05


def recovery(tables: Tables) -> tuple[Estimate, ...]:
    """Fit how fast product per head returned to its earlier trend after 1918.

    ``gap_(t+1) = (1 - speed) gap_t`` for the gap to the trend of 1890-1913 carried
    forward, in the countries that stood five per cent or more below it in 1920
    (Janossy, Das Ende der Wirtschaftswunder (Neue Kritik, 1966)).
    """
    level = levels(tables)
    now, before, names = [], [], []
    for iso in level.columns:
        past = level[iso].loc[BEFORE[0] : BEFORE[1]].dropna()
        path = level[iso].loc[BACK[0] : BACK[1]]
        if len(past) < 15 or past.index.max() != BEFORE[1] or path.isna().any() or path.empty:
            continue
        rate = float(np.polyfit(past.index, past, 1)[0])
        gap = past.loc[BEFORE[1]] + rate * (path.index - BEFORE[1]) - path
        if gap.iloc[0] > LOST:
            now += gap.iloc[1:].tolist()
            before += gap.iloc[:-1].tolist()
            names += [iso] * (len(gap) - 1)
    clusters = (labels(np.array(names)),)
    change = np.array(before) - np.array(now)
    speed, rest = least_squares(("speed",), [np.array(before)], change, clusters)
    return speed, spread("spread", rest, clusters, used=1)
