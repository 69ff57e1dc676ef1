"""The state system as arrays: members, capabilities, contiguity, disputes, treaties, wars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from conjuncture.fit.estimate import Array
from conjuncture.fit.files import Frame, Tables, years_of
from conjuncture.run.starts.geography import distances

Bool = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

MEMORY = 12.0
"""Years over which a dispute fades in the covariate ``recent``."""

SCALE = 3000.0
"""Distance in km at which the covariate ``distance`` is zero."""

WEIGHT = 0.05
"""Share of the world's capabilities at which the covariate ``weight`` is zero."""

FIRST = 1816
LAND = 1


@dataclass(frozen=True)
class System:
    """Members of the state system, from :data:`FIRST` on.

    Attributes
    ----------
    years : array (T,)
    codes : array (N,)
    member : array (T, N)
    share : array (T, N)
        Share of the world's capabilities (CINC); NaN where unknown.
    km : array (N, N)
        Between capitals; NaN where unknown.
    land : array (T, N, N)
        Whether two states touch by land.
    """

    years: Ints
    codes: Ints
    member: Bool
    share: Array
    km: Array
    land: Bool

    def at(self, codes: Frame) -> Ints:
        """Return positions of state codes, -1 for states that are not in the system."""
        found = pd.Series(range(len(self.codes)), index=self.codes)
        return np.asarray(codes.map(found).fillna(-1).to_numpy(dtype=np.int64))

    def pairs(self, table: Frame, one: str, other: str, year: str) -> tuple[Ints, Ints, Ints]:
        """Return year, state and other state of the rows within the system (rows,)."""
        i, j = self.at(table[one]), self.at(table[other])
        t = table[year].to_numpy(dtype=float) - FIRST
        inside = (i >= 0) & (j >= 0) & (t >= 0) & (t < len(self.years))
        return t[inside].astype(np.int64), i[inside], j[inside]

    def mark(self, table: Frame, one: str, other: str, year: str) -> Bool:
        """Return a symmetric array (T, N, N) that is true where the table has a row."""
        marked = np.zeros(self.land.shape, dtype=bool)
        t, i, j = self.pairs(table, one, other, year)
        marked[t, i, j] = True
        marked[t, j, i] = True
        return marked


def state_system(tables: Tables, until: int) -> System:
    """Build the arrays from the tables of members, capabilities, borders and capitals."""
    members = tables["system_states"].dropna()
    years = np.arange(FIRST, until + 1)
    codes = np.unique(members.ccode.to_numpy(dtype=np.int64))
    member = np.zeros((len(years), len(codes)), dtype=bool)
    place = {code: k for k, code in enumerate(codes.tolist())}
    for row in members.itertuples():
        spell = (years >= row.styear) & (years <= row.endyear)
        member[spell, place[int(row.ccode)]] = True
    share = np.full(member.shape, np.nan)
    nmc = tables["nmc_v7"].dropna(subset=["cinc"])
    k = pd.Series(place).reindex(nmc.ccode).to_numpy()
    t = nmc.year.to_numpy() - FIRST
    inside = ~np.isnan(k) & (t >= 0) & (t < len(years))
    share[t[inside].astype(int), k[inside].astype(int)] = nmc.cinc.to_numpy()[inside]
    share[share <= 0] = np.nan
    land = _land(tables["contiguity_direct_v32"], years, place)
    return System(years, codes, member, share, _distances(tables, codes), land)


def _land(table: Frame, years: Ints, place: dict[int, int]) -> Bool:
    land = np.zeros((len(years), len(place), len(place)), dtype=bool)
    rows = table[table.conttype == LAND]
    first, last = years_of(rows.stdate), years_of(rows.enddate).fillna(years[-1])
    for one, other, start, end in zip(rows.ccode1, rows.ccode2, first, last, strict=True):
        i, j = place.get(int(one), -1), place.get(int(other), -1)
        if i >= 0 and j >= 0:
            spell = (years >= start) & (years <= end)
            land[spell, i, j] = True
            land[spell, j, i] = True
    return land


def _distances(tables: Tables, codes: Ints) -> Array:
    """Great circles between the first capitals that the table of units knows."""
    units = tables["cshapes2_gw_units"]
    own = units[units.status == "independent"].dropna(subset=["caplong", "caplat"])
    first = own.sort_values("start").drop_duplicates("gwcode").set_index("gwcode")
    at = first.reindex(codes)
    return distances(np.radians(at[["caplat", "caplong"]].to_numpy(dtype=np.float64)))


def fading(marked: Bool, memory: float = MEMORY) -> Array:
    """Return the memory of what is marked, as at the opening of each year.

    One in the year after a marked one, then falling by ``exp(-1 / memory)`` a year;
    zero before the first.

    Parameters
    ----------
    marked : array (T, ...)
    memory : float
        Years.
    """
    kept = np.exp(-1 / memory)
    found = np.zeros(marked.shape)
    for t in range(1, len(marked)):
        found[t] = np.where(marked[t - 1], 1.0, found[t - 1] * kept)
    return found


def lagged(values: Array) -> Array:
    """Return values of the year before; a new member's own first year where it has none."""
    before = np.roll(values, 1, axis=0)
    before[0] = values[0]
    return np.where(np.isnan(before), values, before)


def weight(one: Array, other: Array) -> Array:
    """Return ``ln((s_i + s_j) / 0.05)``."""
    return np.asarray(np.log((one + other) / WEIGHT))


def parity(one: Array, other: Array) -> Array:
    """Return ``ln(min / max)``, zero for equals, negative otherwise."""
    return np.asarray(-np.abs(np.log(one / other)))


def distance(km: Array) -> Array:
    """Return ``ln(km / 3000)``."""
    return np.asarray(np.log(km / SCALE))


def common_threat(recent: Array, share: Array) -> Array:
    """Return ``10 sum_k recent_ik recent_jk s_k``: the power of common adversaries.

    Parameters
    ----------
    recent : array (T, N, N)
    share : array (T, N)
    """
    known = np.nan_to_num(share)
    return np.asarray(10 * (recent * known[:, None, :]) @ np.swapaxes(recent, 1, 2))


def pair_rows(system: System, *needed: Array) -> tuple[Ints, Ints, Ints]:
    """Return year, state and other state of all pairs of members (rows,).

    Each pair stands once (i < j), in the years in which both are members, both
    have capabilities, their distance is known and all of ``needed`` is.
    """
    share = lagged(system.share)
    usable = system.member & ~np.isnan(share)
    both = usable[:, :, None] & usable[:, None, :] & ~np.isnan(system.km)
    for item in needed:
        both &= ~np.isnan(item)
    both &= np.triu(np.ones(system.km.shape, dtype=bool), 1)
    t, i, j = np.nonzero(both)
    return t, i, j


def wars_of_states(participants: Frame, system: System) -> tuple[Bool, Bool]:
    """Return who was in an inter-state war, and who lost one that ended, by year (T, N)."""
    at_war = np.zeros(system.member.shape, dtype=bool)
    lost = np.zeros(system.member.shape, dtype=bool)
    k = system.at(participants.ccode)
    rows = participants.assign(k=k)[k >= 0]
    for row in rows.itertuples():
        for start, end in ((row.StartYear1, row.EndYear1), (row.StartYear2, row.EndYear2)):
            if start > 0 and end > 0:
                at_war[(system.years >= start) & (system.years <= end), row.k] = True
        ended = max(row.EndYear1, row.EndYear2)
        if row.Outcome == 2:
            lost[system.years == ended, row.k] = True
    return at_war, lost
