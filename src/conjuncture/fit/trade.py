"""Trade between the wars: gravity, and openness."""

from __future__ import annotations

import numpy as np
import pandas as pd

from conjuncture.fit.estimate import Array, Estimate, labels, least_squares, regress, spread
from conjuncture.fit.files import Frame, Tables
from conjuncture.fit.system import FIRST as SYSTEM_FIRST
from conjuncture.fit.system import distance, state_system

FIRST, LAST = 1920, 1938
TIE = 60
"""Years after independence over which a colonial tie counts."""

SMALL = 1.0
"""Least flow (million dollars) that enters the spread: smaller ones are rounded away."""


def _products(tables: Tables) -> Frame:
    """Product per head, population (million) and product by state and year."""
    codes = tables["codes"].set_index("iso").ccode
    table = tables["product_per_head"]
    table = table.assign(ccode=table.iso.map(codes)).dropna()
    table["million"] = table.population / 1000
    table["product"] = table.product_per_head * table.million
    chosen = table[table.year.between(FIRST, LAST) & (table["product"] > 0)]
    return chosen.drop_duplicates(["ccode", "year"]).set_index(["ccode", "year"])


def _ties(table: Frame, codes: np.ndarray) -> np.ndarray:
    """Whether a state was the other's ruler within 60 years, or both had the same one."""
    freed = table.IndDate // 100
    recent = table[(freed >= LAST - TIE) & (freed <= LAST) & (table.ColRuler > 0)]
    ruler = recent.set_index("State").ColRuler.reindex(codes).to_numpy()
    head = np.where(np.isnan(ruler), codes, ruler)
    empire = np.isin(head, ruler[~np.isnan(ruler)])
    return np.asarray((head[:, None] == head) & empire[:, None] & empire)


def trade_gravity(tables: Tables) -> tuple[Estimate, ...]:
    """Fit exports of one state to another, 1920-1938.

    Poisson pseudo-likelihood with a constant for each year, which keeps flows of
    zero (Santos Silva and Tenreyro, The Log of Gravity, Review of Economics and
    Statistics 88 (2006) 641-658). Errors are clustered by exporter and by importer.
    """
    flows = _flows(tables)
    years = np.unique(flows.year)
    names = ["exporter", "importer", "distance", "contiguous", "empire"]
    columns: list[Array] = [flows[name].to_numpy(dtype=float) for name in names]
    columns += [(flows.year == year).to_numpy(dtype=float) for year in years]
    called = [*names, *(f"year {year:g}" for year in years)]
    clusters = (labels(flows.source), labels(flows.target))
    found = regress(called, columns, flows.value.to_numpy(), "poisson", clusters)
    positive = (flows.value >= SMALL).to_numpy()
    eta = np.column_stack(columns) @ found.values
    rest = np.log(flows.value.to_numpy()[positive]) - eta[positive]
    rest -= rest.mean()
    pair = labels(flows.source[positive], flows.target[positive])
    return found.part(names), spread("spread", rest, (pair,), used=len(called))


def _flows(tables: Tables) -> Frame:
    """One row for each exporter, importer and year, with the covariates."""
    trade = tables["trade_dyad_year_v4"]
    trade = trade[trade.year.between(FIRST, LAST)]
    first = trade.rename(columns={"ccode2": "source", "ccode1": "target", "flow1": "value"})
    second = trade.rename(columns={"ccode1": "source", "ccode2": "target", "flow2": "value"})
    keep = ["source", "target", "year", "value"]
    flows = pd.concat([first[keep], second[keep]], ignore_index=True)
    flows = flows[flows.value >= 0]
    product = np.log(_products(tables)["product"])
    for column, name in (("source", "exporter"), ("target", "importer")):
        keys = pd.MultiIndex.from_arrays([flows[column], flows.year])
        flows[name] = product.reindex(keys).to_numpy()
    system = state_system(tables, LAST)
    i, j = system.at(flows.source), system.at(flows.target)
    t = (flows.year - SYSTEM_FIRST).to_numpy(dtype=int)
    flows["distance"] = np.where((i >= 0) & (j >= 0), distance(system.km[i, j]), np.nan)
    flows["contiguous"] = system.land[t, i, j]
    flows["empire"] = _ties(tables["icow_colonial_history_v11"], system.codes)[i, j]
    return flows.dropna().reset_index(drop=True)


def trade_openness(tables: Tables) -> tuple[Estimate, ...]:
    """Fit exports and imports over product on population and product per head.

    Least squares with a constant for each year, which takes up prices (Alesina and
    Wacziarg, Openness, Country Size and Government, Journal of Public Economics 69
    (1998) 305-321).
    """
    trade = tables["trade_state_year_v4"]
    trade = trade[trade.year.between(FIRST, LAST) & (trade.imports > 0) & (trade.exports > 0)]
    keys = pd.MultiIndex.from_arrays([trade.ccode, trade.year])
    state = _products(tables).reindex(keys)
    rows = pd.DataFrame(
        {
            "open": np.log(
                (trade.imports + trade.exports).to_numpy() / state["product"].to_numpy()
            ),
            "size": np.log(state.million.to_numpy() / 10),
            "income": np.log(state.product_per_head.to_numpy() / 3000),
            "year": trade.year.to_numpy(),
            "ccode": trade.ccode.to_numpy(),
        }
    ).dropna()
    within = rows[["open", "size", "income"]]
    within = within - rows.groupby("year")[["open", "size", "income"]].transform("mean")
    clusters = (labels(rows.ccode), labels(rows.year))
    columns = [within["size"].to_numpy(), within.income.to_numpy()]
    found, rest = least_squares(("size", "income"), columns, within.open.to_numpy(), clusters)
    return found, spread("spread", rest, clusters[:1], used=2 + rows.year.nunique())
