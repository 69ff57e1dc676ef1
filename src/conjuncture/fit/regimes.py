"""How rulers and regimes fall: removals of autocrats, coups, revolutions, civil wars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from conjuncture.fit.estimate import Array, Estimate, labels, regress
from conjuncture.fit.files import END, Frame, Tables, years_of
from conjuncture.fit.system import state_system, wars_of_states

UNTIL = 1944
FIRST = 1840
DEMOCRATIC = 6
"""Polity score from which a regime is no autocracy here."""

LOWEST = -10
"""Least score; below it stand codes of foreign occupation, interregnum and transition."""

DEFEATED = 3
"""Years in which a lost war counts: the one it ended in and the next two."""

POOR = 3000.0
"""Product per head, international dollars of 2011, at which ``poverty`` is zero."""

FADING = 5.0
SLUMP_CAP = 0.3
CENTRAL = 4
"""Type of the table of intra-state wars: for control of the central government."""

CAUSES = ("foreign", "elite", "popular")


@dataclass(frozen=True)
class Panel:
    """One row for each year of each member of the system whose rulers are known.

    ``rows`` has ccode, year, tenure (years of the ruler in power), polity the year
    before and two years after, the expected number of removals by cause, and whether
    a war was lost of late.
    """

    rows: Frame


def _causes(leaders: Frame) -> Frame:
    """Share of each cause in each exit: known ones are 1, unexplained ones are split.

    Irregular exits without a known way are split between elite and popular as the
    known ones are; assassins who acted alone count in neither.
    """
    code = leaders.exitcode
    shares = pd.DataFrame(0.0, index=leaders.index, columns=list(CAUSES))
    shares.loc[leaders.exit == "Foreign", "foreign"] = 1
    shares.loc[code.str.contains("Military") | code.str.contains("Government"), "elite"] = 1
    shares.loc[code.str.contains("Protest") | code.str.contains("Rebels"), "popular"] = 1
    known = shares[["elite", "popular"]].sum()
    unknown = (leaders.exit == "Irregular") & code.isin(["Unknown", "Irregular, Other"])
    for cause in known.index:
        shares.loc[unknown, cause] = known[cause] / known.sum()
    return shares


def panel(tables: Tables) -> Panel:
    """Build the yearly panel of rulers, polity and defeats."""
    system = state_system(tables, UNTIL)
    _, lost = wars_of_states(tables["war_inter_participants_v40"], system)
    leaders = tables["archigos_v41"]
    first, last = years_of(leaders.startdate), years_of(leaders.enddate)
    leaders = leaders.assign(first=first, last=last)
    leaders = leaders[(leaders["first"] <= UNTIL)]
    shares = _causes(leaders[leaders["last"] <= UNTIL])
    removals = shares.join(leaders[["gwcode", "last"]]).groupby(["gwcode", "last"]).sum()
    t, k = np.nonzero(system.member & (system.years >= FIRST)[:, None])
    rows = pd.DataFrame({"ccode": system.codes[k], "year": system.years[t]})
    late = np.zeros(len(t), dtype=bool)
    for back in range(DEFEATED):
        late |= lost[np.maximum(t - back, 0), k]
    keys = pd.MultiIndex.from_frame(rows[["ccode", "year"]])
    causes = removals.reindex(keys).fillna(0).reset_index(drop=True)
    rows = pd.concat([rows.assign(defeat=late), causes], axis=1)
    rows["tenure"] = _tenure(leaders, rows)
    polity = tables["polity5_v2018"].drop_duplicates(["ccode", "year"])
    score = polity.set_index(["ccode", "year"]).polity
    for name, back in (("polity_before", 1), ("polity_after", -2)):
        keys = pd.MultiIndex.from_arrays([rows.ccode, rows.year - back])
        rows[name] = score.reindex(keys).to_numpy()
    known = leaders.groupby("gwcode")["first"].min().reindex(rows.ccode).to_numpy()
    return Panel(rows[rows.year.to_numpy() > known])


def _tenure(leaders: Frame, rows: Frame) -> Array:
    """Years since the ruler at the opening of each year came to power; NaN where none."""
    found = np.full(len(rows), np.nan)
    for code, part in rows.groupby("ccode"):
        spells = leaders[leaders.gwcode == code].sort_values("first")
        year = part.year.to_numpy()[:, None]
        holds = (spells["first"].to_numpy() < year) & (spells["last"].to_numpy() >= year)
        since = np.where(holds, year - spells["first"].to_numpy(), -1).max(axis=1, initial=-1)
        found[rows.index.get_indexer(part.index)] = np.where(since >= 0, since, np.nan)
    return found


def regime_end(tables: Tables) -> tuple[Estimate, ...]:
    """Fit the rates at which autocratic rulers are removed, by way of removal.

    Competing Poisson rates with shared effects of a lost war and of tenure (Bueno de
    Mesquita and Siverson, War and the Survival of Political Leaders, American
    Political Science Review 89 (1995) 841-855; Goemans, Gleditsch and Chiozza,
    Introducing Archigos, Journal of Peace Research 46 (2009) 269-283). Each row
    stands once for each way; a state's rows are one cluster. Whether a regime is an
    autocracy is read from the year before. It has changed if
    its polity score two years after the removal is three points or more from that of
    the year before, or is a code of occupation, interregnum or transition. The scores
    themselves are read, not the variant that fills gaps from later years.
    """
    rows = panel(tables).rows
    rows = rows[rows.polity_before.between(LOWEST, DEMOCRATIC - 1) & rows.tenure.notna()]
    size = len(rows)
    outcome = np.concatenate([rows[cause].to_numpy() for cause in CAUSES])
    columns = [np.repeat(np.eye(3)[c], size) for c in range(3)]
    columns.append(np.tile(rows.defeat.to_numpy(dtype=float), 3))
    columns.append(np.tile(np.log((rows.tenure.to_numpy() + 1) / 5), 3))
    names = (*CAUSES, "defeat", "tenure")
    found = regress(names, columns, outcome, "poisson", (labels(np.tile(rows.ccode, 3)),))
    removed = rows[(rows[list(CAUSES)].sum(axis=1) > 0) & (rows.year + 2 <= END)]
    removed = removed[removed.polity_after.notna()]
    changed = (removed.polity_after - removed.polity_before).abs() >= 3
    changed |= removed.polity_after < LOWEST
    change = regress(("change",), [np.ones(len(removed))], changed.to_numpy(dtype=float), "logit")
    return Estimate(found.names, found.values, found.covariance, size, found.events), change


def _since(rows: Frame, marked: Frame) -> Array:
    """Return ``exp(-years since the last marked year / 5)``, zero before the first."""
    found = np.zeros(len(rows))
    for _, part in rows.assign(marked=marked).groupby("ccode"):
        ordered = part.sort_values("year")
        years = ordered.year.where(ordered.marked > 0).ffill().shift()
        fresh = np.exp(-(ordered.year - years) / FADING).fillna(0)
        found[rows.index.get_indexer(ordered.index)] = fresh
    return found


def _product(tables: Tables, rows: Frame, back: int) -> Array:
    """Product per head of each row's state, ``back`` years before."""
    codes = tables["codes"].set_index("iso").ccode
    table = tables["product_per_head"]
    table = table.assign(ccode=table.iso.map(codes)).dropna(subset=["ccode"])
    found = table.drop_duplicates(["ccode", "year"]).set_index(["ccode", "year"]).product_per_head
    keys = pd.MultiIndex.from_arrays([rows.ccode, rows.year - back])
    return np.asarray(found.reindex(keys).to_numpy())


def coup(tables: Tables) -> tuple[Estimate, ...]:
    """Fit the yearly rate of removals by the army or by others in the government.

    On poverty and on removals of late (Londregan and Poole, Poverty, the Coup Trap,
    and the Seizure of Executive Power, World Politics 42 (1990) 151-183).
    """
    rows = panel(tables).rows
    irregular = rows[["elite", "popular"]].sum(axis=1)
    rows = rows.assign(recent=_since(rows, irregular), y=_product(tables, rows, 1))
    rows = rows[rows.y > 0]
    columns = [np.ones(len(rows)), np.log(POOR / rows.y), rows.recent.to_numpy()]
    names = ("base", "poverty", "recent")
    clusters = (labels(rows.ccode), labels(rows.year))
    return (regress(names, columns, rows.elite.to_numpy(), "poisson", clusters),)


def revolution(tables: Tables) -> tuple[Estimate, ...]:
    """Fit the yearly rate of removals by protest or rebels: base, lost war, slump.

    The effect of a slump comes from the states whose product per head is known;
    base and defeat from the same rows, with slump unknown set to the mean (Skocpol,
    States and Social Revolutions (Cambridge University Press, 1979); Davies, Toward
    a Theory of Revolution, American Sociological Review 27 (1962) 5-19).
    """
    rows = panel(tables).rows
    now, then = _product(tables, rows, 0), _product(tables, rows, 3)
    slump = np.clip(1 - now / then, 0, SLUMP_CAP)
    known = np.isfinite(slump)
    mean = float(slump[known].mean()) if known.any() else 0.0
    columns = [np.ones(len(rows)), rows.defeat.to_numpy(dtype=float)]
    columns.append(np.where(known, slump, mean))
    clusters = (labels(rows.ccode), labels(rows.year))
    outcome = rows.popular.to_numpy()
    return (regress(("base", "defeat", "slump"), columns, outcome, "poisson", clusters),)


def revolution_outcome(tables: Tables) -> tuple[Estimate, ...]:
    """Fit who wins civil wars for the central government, and how long they last."""
    rows = tables["war_intra_v51"]
    days = rows.WDuratDays
    rows = rows[(rows.WarType == CENTRAL) & (days > 0) & (rows.StartYr1 + days / 365.25 < END)]
    won = (rows.Outcome == 2).to_numpy(dtype=float)
    ones = np.ones(len(rows))
    years = np.log((rows.WDuratDays / 365.25).to_numpy())
    return (
        regress(("victory",), [ones], won, "logit"),
        regress(("end",), [ones], ones, "poisson", (), years),
    )
