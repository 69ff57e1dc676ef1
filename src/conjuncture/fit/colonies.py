"""Colonies that become independent."""

from __future__ import annotations

import numpy as np
import pandas as pd

from conjuncture.fit.estimate import Array, Estimate, labels, regress
from conjuncture.fit.files import END, Frame, Tables
from conjuncture.fit.system import FIRST, state_system, wars_of_states

DEPENDENT = ("Became colony of", "Became possession of", "Became protectorate of", "Mandated to")
"""Statuses of the table of entities that make a colony here."""

FREED = 2
"""Type of independence in the table of colonial history: decolonisation."""

SPAN = 5
"""Years over which defeats and earlier independences count."""


def independence(tables: Tables) -> tuple[Estimate, ...]:
    """Fit the yearly rate at which a colony becomes independent.

    Event history with a logarithmic link on the metropole's wars and defeats and
    on recent independences anywhere (Strang, From Dependency to Sovereignty,
    American Sociological Review 55 (1990) 846-860). A colony is freed in the year in
    which its last dependent spell ends with no other after it, if it is a member of
    the state system by 1945.
    """
    system = state_system(tables, END)
    rows = _colony_years(tables["entities_status_spells"], set(system.codes.tolist()))
    at_war, lost = wars_of_states(tables["war_inter_participants_v40"], system)
    count = rows[rows.event].year.value_counts()
    recent = np.array([count.reindex(range(y - SPAN, y)).sum() for y in range(FIRST, END + 1)])
    k = system.at(rows.ruler)
    rows, k = rows[k >= 0], k[k >= 0]
    t = (rows.year - FIRST).to_numpy(dtype=int)
    war = at_war[t, k] | at_war[np.maximum(t - 1, 0), k]
    defeat = np.zeros(len(t), dtype=bool)
    for back in range(SPAN + 1):
        defeat |= lost[np.maximum(t - back, 0), k] & (t >= back)
    columns = [np.ones(len(t)), war.astype(float), defeat.astype(float), np.log1p(recent)[t]]
    names = ("base", "metropole_war", "metropole_defeat", "diffusion")
    clusters = (labels(rows.id), labels(rows.year))
    outcome = rows.event.to_numpy(dtype=float)
    violent = _violence(tables["icow_colonial_history_v11"])
    return (
        regress(names, columns, outcome, "poisson", clusters),
        regress(("violent",), [np.ones(len(violent))], violent, "logit"),
    )


def _violence(table: Frame) -> Array:
    """Return whether there was violence in each independence by decolonisation."""
    year = table.IndDate // 100
    rows = table[year.between(FIRST, END) & (table.IndType == FREED)]
    return np.asarray(rows.IndViol.to_numpy(dtype=float))


def _colony_years(entities: Frame, members: set[int]) -> Frame:
    """Return one row for each year of each colony, with its ruler and whether it was freed.

    A colony counts from the year after its spell begins to the year in which it ends.
    """
    spells = entities.dropna(subset=["start_year"]).fillna({"end_year": np.inf})
    dependent = spells.status.str.startswith(DEPENDENT) & (spells.referenced_id > 0)
    rows: list[tuple[float, float, int, bool]] = []
    for spell in spells[dependent].itertuples():
        same = spells[(spells.id == spell.id) & (spells.end_year > spell.end_year)]
        held = (same.start_year <= spell.end_year + 1).any()
        freed = spell.end_year <= END and not held and int(spell.id) in members
        last = int(min(spell.end_year, END))
        for year in range(int(max(spell.start_year + 1, FIRST)), last + 1):
            rows.append((spell.id, spell.referenced_id, year, freed and year == last))
    table = pd.DataFrame(rows, columns=["id", "ruler", "year", "event"])
    return table.sort_values("event").drop_duplicates(["id", "year"], keep="last")
