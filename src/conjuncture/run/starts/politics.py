"""Politics at the end of 1945: votes, masses, cabinets, who administers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from conjuncture.run.starts.base import Start, Values
from conjuncture.run.starts.party_shares import Politics, competition_of, read_politics
from conjuncture.run.units import units

Array = npt.NDArray[np.float64]

MOVEMENTS: Mapping[str, str] = {
    "communist": "communist",
    "socialist": "reformist",
    "fascist": "fascist",
    "national": "national",
}
"""Families of parties and the movement of the masses that each has behind it."""

ADULTS = 0.6
"""Adults per head of population: the share of those aged 15 to 59 in the state files' rule."""

LONG_AGO = 100.0
FIRST_YEARS = 4.0
"""Years in power of every ruler at the start: the fitted effect of tenure is nil there, since
the state files do not say when rulers came to power."""

WAR_YEARS = 7.0
"""Years from the best pre-war year to 1945 over which a fall of product is spread."""

UNEVENTFUL = (
    "revolution",
    "upheaval",
    "uprising",
    "coup",
    "ending",
    "strikes",
    "strikes_broken",
    "deprivation",
    "reforms",
    "fascism",
    "divergence",
    "communist_line",
)
"""Flows of the base year that are nil: the events of 1945 itself are in the stocks."""


FULL_DEMOCRACY = 0.8
"""Score of democracy from which parties compete freely: 6 on the scale of polity from -10 to
10, below which the fits on removals count a ruler as autocratic."""


def build(start: Start) -> Values:
    """Build the stocks and constants of politics, and the flows that 1946 looks back to.

    Votes and cabinets come from the last election up to 1945; where there is
    none, from the mean of the group of donors. Movements have a share of their
    parties' voters as followers. Assumptions are drawn for each member.
    """
    labels = tuple(start.labels["party"])
    known = [read_politics(unit, labels) for unit in start.units]
    means = _group_means(labels)
    vote = _votes(start, known, means, labels)
    mass = _masses(start, known, vote)
    rule = np.array([float(item.alone) for item in known])
    competition = np.stack(
        [_competition(k, start, known, means) for k in range(len(known))], axis=-1
    )
    values = _incomes(start) | _moods(start, known)
    one = np.ones((start.count, 1))
    values |= {
        "vote": vote,
        "home_vote": vote,
        "mass": mass,
        "home_mass": mass,
        "competition": competition,
        "administration": one * rule,
        "government": one[..., None] * _cabinets(known, vote[0], competition[0], labels),
    }
    threats = np.zeros((start.count, len(known), len(start.labels["threat"])))
    return values | _base_year(values) | {"threat_hazard": threats}


def _group(start: Start, k: int) -> str:
    return start.units[k].states[0].group


def _group_means(labels: Sequence[str]) -> dict[str, tuple[Array, float]]:
    """Return the mean vote and competition of each group's states with a usable, fresh vote.

    All state files are donors, whichever economies a run has.
    """
    votes: dict[str, list[Array]] = {}
    open_to: dict[str, list[float]] = {}
    for unit in units().values():
        item = read_politics(unit, labels)
        if item.usable and item.fresh and not item.dependent and not item.alone:
            for group in (unit.states[0].group, ""):
                votes.setdefault(group, []).append(item.vote)
                open_to.setdefault(group, []).append(competition_of(item))
    return {
        group: (np.mean(votes[group], axis=0), float(np.mean(open_to[group]))) for group in votes
    }


def _votes(
    start: Start,
    known: Sequence[Politics],
    means: Mapping[str, tuple[Array, float]],
    labels: Sequence[str],
) -> Array:
    """Return shares of the vote (count, territories, families).

    A dependency without a usable vote has an independence movement as wide as is
    assumed; a Communist party known by its members has the votes that its
    members stand for. The revolutionary party has the new pole's share.
    """
    out = np.zeros((start.count, len(known), len(labels)))
    subject, pole = (start.assumed(name)[:, 0] for name in ("subject_movement", "new_pole_start"))
    per_vote = start.assumed("members_per_vote")[:, 0]
    people = start.figure("population") * ADULTS
    none, national = labels.index("none"), labels.index("national")
    communist, radical = labels.index("communist"), labels.index("revolutionary")
    for k, item in enumerate(known):
        if item.usable or not item.dependent:
            mean = means.get(_group(start, k), means[""])[0]
            out[:, k] = item.vote if item.usable else mean
        else:
            out[:, k, none], out[:, k, national] = 1.0 - subject, subject
        if item.members and not item.usable:
            share = np.clip(item.members / per_vote / people[:, k], 0.0, 0.5)
            out[:, k, communist] = 0.0
            out[:, k] *= ((1.0 - share) / out[:, k].sum(axis=-1))[:, None]
            out[:, k, communist] = share
        out[:, k] *= (1.0 - pole)[:, None]
        out[:, k, radical] += pole
    return np.asarray(out / out.sum(axis=-1, keepdims=True))


def _masses(start: Start, known: Sequence[Politics], vote: Array) -> Array:
    """Return shares of adults by movement (count, territories, movements)."""
    labels, parties = start.labels["mass"], start.labels["party"]
    out = np.zeros((*vote.shape[:2], len(labels)))
    followers = start.assumed("followers")
    for family, movement in MOVEMENTS.items():
        out[..., labels.index(movement)] = followers * vote[..., parties.index(family)]
    fallen = np.array([item.fallen for item in known])
    legacy = start.assumed("fascist_legacy") * fallen
    out[..., labels.index("fascist")] += followers * legacy
    out[..., labels.index("new_pole")] = start.assumed("new_pole_start")
    out[..., labels.index("withdrawn")] = start.assumed("withdrawn_start")
    held = out.sum(axis=-1, keepdims=True)
    out /= np.maximum(held, 1.0)
    out[..., labels.index("unorganised")] = np.maximum(1.0 - out.sum(axis=-1), 0.0)
    return out


def _competition(
    k: int,
    start: Start,
    known: Sequence[Politics],
    means: Mapping[str, tuple[Array, float]],
) -> Array:
    """Return how freely parties compete in a territory (count,).

    As the last election tells if it was of 1945; an older one tells no more than
    the figure of democracy allows. Freed and beaten states with an own government
    that have not voted yet have their group's mean; others that have not voted
    have what the figure of democracy says.
    """
    item, unit = known[k], start.units[k]
    if item.dependent or item.alone or (item.recent and item.usable):
        return np.full(start.count, competition_of(item))
    if unit.states[0].spell().holder != unit.code:
        return np.zeros(start.count)
    if (item.freed or item.beaten) and not item.fresh:
        return np.full(start.count, means.get(_group(start, k), means[""])[1])
    allowed = np.clip(start.figure("democracy", 0.0)[:, k] / FULL_DEMOCRACY, 0.0, 1.0)
    return np.minimum(allowed, competition_of(item)) if item.fresh else allowed


def _cabinets(
    known: Sequence[Politics], vote: Array, competition: Array, labels: Sequence[str]
) -> Array:
    """Return cabinets (territories, families).

    As the source tells; else by votes where parties compete; else the Communist
    party where it governs alone, and no party.
    """
    none, communist = labels.index("none"), labels.index("communist")
    out = np.zeros((len(known), len(labels)))
    for k, item in enumerate(known):
        if item.cabinet.sum() > 0:
            out[k] = item.cabinet
        elif item.alone:
            out[k, communist] = 1.0
        elif competition[k] > 0:
            parties = vote[k].copy()
            parties[none] = 0.0
            out[k] = parties / parties.sum()
        else:
            out[k, none] = 1.0
    return out


def _incomes(start: Start) -> Values:
    """Return product per head of the years before, a fall since the war began spread evenly."""
    now = start.figure("product_per_head")
    before = now * start.figure("prewar_level", 1.0)
    fall = np.maximum(np.log(before / now), 0.0) / WAR_YEARS
    past = {f"income_{k}": now * np.exp((k - 1) * fall) for k in (1, 2, 3, 4)}
    return past | {"prewar_income": before, "vote_income": now}


def _moods(start: Start, known: Sequence[Politics]) -> Values:
    """Return radicalisation, expectations, prestige, organisation and the ages of events."""
    shape = (start.count, len(known))
    one = np.ones(shape)
    alone = np.array([float(item.alone) for item in known])
    beaten = np.array([item.beaten for item in known])
    ruin = np.clip(1.0 - 1.0 / np.maximum(start.figure("prewar_level", 1.0), 1.0), 0.0, 1.0)
    calm, roused = start.assumed("radicalisation_calm"), start.assumed("radicalisation_ruin")
    return {
        "radicalisation": calm + (1.0 - calm) * roused * ruin,
        "expected_standard": one,
        "prestige": start.assumed("prestige_start") * alone,
        "organisation": start.assumed("organisation_start") * one,
        "cabinet_years": 0.0 * one,
        "vote_age": one,
        "defeat_age": one * np.where(beaten, 0.0, LONG_AGO),
        "removal_age": LONG_AGO * one,
        "tenure": FIRST_YEARS * one,
        "wave": 0.0 * one,
        "army_entry": 0.0 * one,
        "insurgency": 0.0 * one,
        "troops_before": -one,
    }


def _base_year(values: Values) -> Values:
    """Return flows of the base year: no events, and support as at the last count."""
    nil = 0.0 * values["radicalisation"]
    flows = dict.fromkeys(UNEVENTFUL, nil)
    half = {"revolutionary_situation": nil + 0.5}
    return flows | half | {"isolation": nil + 1.0, "party_support": values["vote"]}
