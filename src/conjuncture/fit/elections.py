"""Elections up to 1945: cost of ruling, the economic vote, volatility, extremes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from conjuncture.fit.estimate import Array, Estimate, labels, least_squares, spread
from conjuncture.fit.files import END, Frame, Tables, years_of

EXTREMES = ("com", "right")
MATCHED = 0.8
"""Share of the government's earlier vote whose parties must stand again."""


def elections(tables: Tables) -> tuple[Estimate, ...]:
    """Fit changes of shares of the vote between elections to the lower house.

    Governments: least squares on growth since the last election (Paldam, The
    Distribution of Election Results and the Two Explanations of the Cost of Ruling,
    European Journal of Political Economy 2 (1986) 5-24; Lewis-Beck and Stegmaier,
    Economic Determinants of Electoral Outcomes, Annual Review of Political Science 3
    (2000) 183-219). Extremes: communist and far right families, on the same growth.
    Volatility: spread of each party's change over sqrt(v (1 - v)). Persistence: a
    family's share on that of the election before, about its mean in the country.
    """
    votes = _votes(tables)
    rows = _changes(votes, tables)
    known = rows[rows.growth.notna()]
    ruled = known[known.government.notna()]
    clusters = (labels(ruled.country),)
    columns = [np.ones(len(ruled)), ruled.growth.to_numpy()]
    names = ("cost_of_ruling", "economic_vote")
    govern, _ = least_squares(names, columns, ruled.government.to_numpy(), clusters)
    columns = [np.ones(len(known)), known.growth.to_numpy()]
    drift, _ = least_squares(
        ("extremes_drift", "extremes"),
        columns,
        known.extremes.to_numpy(),
        (labels(known.country),),
    )
    volatile, which = _volatility(votes)
    return (
        govern,
        drift,
        spread("volatility", volatile, (labels(which),)),
        _persistence(votes),
    )


def _votes(tables: Tables) -> Frame:
    """One row for each party and election to a lower house, shares from 0 to 1."""
    table = tables["parlgov_elections"]
    table = table[(table.election_type == "parliament") & table.vote_share.notna()]
    table = table.assign(year=years_of(table.election_date), share=table.vote_share / 100)
    table = table[table.year <= END]
    families = tables["parlgov_parties"].drop_duplicates("party_id")
    family = families.set_index("party_id").family_name_short
    return table.assign(family=table.party_id.map(family))


def _growth(level: dict[tuple[str, float], float], country: str, first: int, last: int) -> float:
    """Mean yearly growth of product per head between two years; NaN where unknown."""
    then, now = level.get((country, first)), level.get((country, last))
    if then is None or now is None or first == last:
        return np.nan
    return float(np.log(now / then) / (last - first))


def _changes(votes: Frame, tables: Tables) -> Frame:
    """One row for each election with one before it: growth, government, extremes."""
    cabinets = tables["parlgov_cabinets"]
    sat = cabinets[cabinets.cabinet_party == 1].groupby("cabinet_id").party_id.agg(set)
    by = dict(list(votes.groupby("election_id")))
    product = tables["product_per_head"]
    level = dict(
        zip(zip(product.iso, product.year, strict=True), product.product_per_head, strict=True)
    )
    rows = []
    for now in by.values():
        before = by.get(now.previous_parliament_election_id.iloc[0])
        if before is None:
            continue
        country, year = now.country_name_short.iloc[0], int(now.year.iloc[0])
        extremes = [v.share[v.family.isin(EXTREMES)].sum() for v in (before, now)]
        rows.append(
            {
                "country": country,
                "year": year,
                "growth": _growth(level, country, int(before.year.iloc[0]), year),
                "government": _government(now, before, sat),
                "extremes": extremes[1] - extremes[0],
            }
        )
    return pd.DataFrame(rows, columns=["country", "year", "growth", "government", "extremes"])


def _government(now: Frame, before: Frame, sat: Frame) -> float:
    """Change of the joint share of the cabinet's parties; NaN where they do not match."""
    cabinet = now.previous_cabinet_id.iloc[0]
    parties = sat.get(cabinet, set())
    then = before[before.party_id.isin(parties)]
    both = then.party_id[then.party_id.isin(now.party_id)]
    earlier = float(then.share[then.party_id.isin(both)].sum())
    if not len(both) or earlier < MATCHED * float(then.share.sum()):
        return np.nan
    return float(now.share[now.party_id.isin(both)].sum()) - earlier


def _volatility(votes: Frame) -> tuple[Array, np.ndarray]:
    """Change of each party that stood twice over sqrt(v (1 - v)), and its country."""
    before = votes.set_index(["election_id", "party_id"]).share
    before = before[~before.index.duplicated()]
    keys = pd.MultiIndex.from_arrays([votes.previous_parliament_election_id, votes.party_id])
    earlier = before.reindex(keys).to_numpy()
    usable = (earlier > 0) & (earlier < 1)
    change = (votes.share.to_numpy() - earlier)[usable]
    scaled = change / np.sqrt(earlier[usable] * (1 - earlier[usable]))
    return np.asarray(scaled), votes.country_name_short.to_numpy()[usable]


def _persistence(votes: Frame) -> Estimate:
    """AR(1) of a family's share about its country mean, least squares."""
    keys = ["country_name_short", "family", "election_date"]
    shares = votes.groupby(keys).share.sum().unstack().stack(future_stack=True)
    rows = shares.reset_index(name="share")
    held = votes.groupby("country_name_short").election_date.agg(set)
    pairs = zip(rows.country_name_short, rows.election_date, strict=True)
    rows = rows[[date in held[country] for country, date in pairs]].fillna({"share": 0.0})
    rows = rows.sort_values(keys)
    group = rows.groupby(["country_name_short", "family"]).share
    centred = rows.share - group.transform("mean")
    before = centred.groupby([rows.country_name_short, rows.family]).shift()
    usable = before.notna().to_numpy()
    cluster = (labels(rows.country_name_short[usable]),)
    found, _ = least_squares(
        ("persistence",), [before.to_numpy()[usable]], centred.to_numpy()[usable], cluster
    )
    return found
