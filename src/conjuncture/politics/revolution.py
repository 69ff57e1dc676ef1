"""Revolution: the situation, the uprising, its outcome, its spread."""

from __future__ import annotations

import numpy as np

from conjuncture.core.algebra import logistic, yearly
from conjuncture.core.priors import half_normal, normal, triangular
from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import (
    ANY_SIGN,
    TINY,
    Array,
    alike,
    assumed,
    contested,
    foreign,
    leadership,
    over_partners,
    planned,
    share,
    value_of,
)


def _no_entry(x: Inputs) -> Outputs:
    return {"army_entry": x.now.army_entry + 0.0}


@mechanism(
    "Entry of a planned state's army",
    phase="diplomacy",
    sources=("pablo_1945",),
    paragraphs=("3.8",),
    reads=("army_entry", "troops", "troops_before", "administration"),
    writes=("army_entry",),
    parameters=(
        assumed(
            "fade",
            "Share of the freshness of an army's entry that is lost in a year",
            "1/year",
            triangular(0.2, 0.5, 0.9),
            "an army is new to a country for one to some years",
            (0.0, 1.0),
        ),
    ),
    off=_no_entry,
)
def army_entry(x: Inputs) -> Outputs:
    """Set the freshness to 1 where a planned state's army enters, and let it fade after."""
    rule = planned(x.now.administration)
    there = foreign(x.now.troops) * value_of(x.now.troops, rule)
    new = there * (x.now.troops != x.now.troops_before)
    return {"army_entry": np.maximum(x.now.army_entry * (1.0 - x.p.fade), new)}


def _none(x: Inputs) -> Outputs:
    return {"revolutionary_situation": np.full_like(x.now.radicalisation, 0.5)}


@mechanism(
    "Revolutionary situation",
    phase="hazards",
    sources=("skocpol_1979", "tilly_1978", "goldstone_2001"),
    paragraphs=("3.2", "3.7", "3.8", "6.15", "6.17"),
    reads=("radicalisation", "mass", "holder", "troops", "army_entry", "defeat_age"),
    lagged=("crisis", "repression"),
    writes=("revolutionary_situation",),
    parameters=(
        assumed(
            "pressure",
            "Weight of the crisis of rule, of radical masses and of their organisation",
            "logit",
            half_normal(3.0),
            "from no effect to a near certain crisis where all three are full",
        ),
        assumed(
            "repression",
            "Weight of repression",
            "logit",
            half_normal(2.0),
            "repression holds challengers down; strength left wide",
        ),
        contested(
            "army",
            "Effect of a foreign army in the country",
            "logit",
            "an army holds revolution down, or its presence provokes it",
        ),
        contested(
            "entry",
            "Effect of the fresh entry of a planned state's army",
            "logit",
            "one reading has the masses rise at the army's entry, another has them wait for it",
        ),
    ),
    off=_none,
)
def revolutionary_situation(x: Inputs) -> Outputs:
    """Find how far rulers cannot and the ruled will not go on in the old way, 0..1.

    logistic(pressure (C + R + L - 1) - repression * P + army * A + entry * E):
    C crisis of rule (economic crisis or a war lost within two years), R
    radicalisation, L share of adults in organisations that would overturn the
    order (Communists, new pole, independence movements under foreign rule), P repression, A any
    foreign army, E the freshness of a planned state's army.
    """
    defeat = np.asarray(x.now.defeat_age + 1.0 <= 2.0, dtype=float)
    crisis = alike(np.clip(x.lag.crisis, 0.0, 1.0), defeat)
    subject = foreign(x.now.holder) * share(x, x.now.mass, "mass", "national")
    leaders = share(x, x.now.mass, "mass", "communist", "new_pole") + subject
    index = x.p.pressure * (crisis + x.now.radicalisation + leaders - 1.0)
    index = index - x.p.repression * np.clip(x.lag.repression, 0.0, 1.0)
    index = index + x.p.army * foreign(x.now.troops) + x.p.entry * x.now.army_entry
    return {"revolutionary_situation": logistic(index)}


def _calm(x: Inputs) -> Outputs:
    open_ = (x.now.insurgency > 0) | (x.now.lever_revolution > 0)
    return {"uprising": np.asarray(open_, dtype=float)}


@mechanism(
    "Uprisings",
    phase="hazards",
    sources=("goemans_archigos_2009", "beck_katz_tucker_1998", "weyland_2014"),
    paragraphs=("0.2", "3.2", "6.15", "6.17"),
    reads=(
        "revolutionary_situation",
        "administration",
        "wave",
        "defeat_age",
        "income_1",
        "income_4",
        "prestige",
        "insurgency",
        "lever_revolution",
    ),
    lagged=("power_share",),
    writes=("uprising",),
    parameters=(
        assumed(
            "base",
            "Rate of uprisings that shake the rulers",
            "ln 1/year",
            normal(-4.0, 1.0),
            "once in a lifetime, within a factor of some, before looking at removals",
            ANY_SIGN,
        ),
        assumed(
            "defeat",
            "Effect of a war lost in this year or the last two",
            "log points",
            normal(0.0, 1.5),
            "defeat may open the door: of either sign before looking",
            ANY_SIGN,
        ),
        assumed(
            "slump",
            "Effect of the fall of product per head over three years",
            "log points",
            normal(0.0, 3.0),
            "a slump may feed uprisings: of either sign before looking",
            ANY_SIGN,
        ),
        assumed(
            "attempts",
            "Uprisings for each one that removes the rulers",
            "log points",
            normal(1.1, 0.4),
            "about a third of the insurgencies for central control win, so about three for one",
            ANY_SIGN,
        ),
        assumed(
            "situation",
            "Effect of a full revolutionary situation against none",
            "log points",
            half_normal(3.0),
            "uprisings happen in revolutionary situations; how much more is left wide",
        ),
        contested(
            "spread",
            "Effect of a revolutionary wave that reaches the country",
            "log points",
            "victories elsewhere encourage, or warn the rulers",
            0.5,
        ),
        contested(
            "illusions",
            "Effect of full prestige of the leading planned states",
            "log points",
            "the prestige of a power encourages uprisings, or has the masses wait for its armies",
            0.5,
        ),
    ),
    uniforms=("uprising",),
    off=_calm,
)
def revolution(x: Inputs) -> Outputs:
    """Draw the uprisings of a year in countries under a bourgeoisie.

    P = 1 - exp(-exp(base + defeat * D + slump * S + attempts + situation *
    (situation - 1/2) + spread * W + illusions * P)): base, defeat and slump are
    fitted on removals of rulers by protest or rebels; the situation, the wave W
    and the prestige P of the leading planned states are the run's. An uprising
    that was not decided goes on.
    """
    defeat = np.asarray(x.now.defeat_age <= 2.0, dtype=float)
    fall = np.log(np.maximum(x.now.income_4, TINY) / np.maximum(x.now.income_1, TINY))
    index = x.p.base + x.p.defeat * defeat + x.p.slump * np.clip(fall, 0.0, 0.3)
    index = index + x.p.attempts
    index = index + x.p.situation * (x.now.revolutionary_situation - 0.5)
    leader = leadership(x.now.administration, x.lag.power_share)
    beacon = (leader * x.now.prestige).sum(axis=-1, keepdims=True)
    index = index + x.p.spread * x.now.wave + x.p.illusions * beacon
    p = yearly(index) * (1.0 - planned(x.now.administration))
    goes_on = (x.now.insurgency > 0) & (x.now.administration < 0.5)
    rises = (x.uniform.uprising < p) | goes_on | (x.now.lever_revolution > 0)
    return {"uprising": np.asarray(rises, dtype=float)}


def _undecided(x: Inputs) -> Outputs:
    won = (x.now.lever_revolution > 0) & (x.now.administration < 0.5)
    nil = 0.0 * x.now.uprising
    return {"revolution": np.asarray(won, dtype=float), "upheaval": nil, "insurgency": nil.copy()}


@mechanism(
    "Outcome of an uprising",
    phase="hazards",
    sources=("sarkees_wayman_2010", "skocpol_1979"),
    paragraphs=("3.7", "6.15", "6.18", "6.19", "6.20"),
    reads=(
        "uprising",
        "mass",
        "organisation",
        "administration",
        "troops",
        "communist_line",
        "lever_revolution",
    ),
    lagged=("repression",),
    writes=("revolution", "upheaval", "insurgency"),
    parameters=(
        assumed(
            "victory",
            "Victory of an uprising without foreign troops or a decisive leadership",
            "logit",
            normal(-0.7, 1.0),
            "rather less than half, before looking at insurgencies",
            ANY_SIGN,
        ),
        assumed(
            "end",
            "Rate at which an uprising is decided or given up",
            "ln 1/year",
            normal(0.0, 1.0),
            "within a year or some years, before looking at insurgencies",
            ANY_SIGN,
        ),
        contested(
            "pole",
            "Effect of a fully organised new pole",
            "logit",
            "whether a new International decides the outcome is the point at issue",
            2.0,
        ),
        contested(
            "party",
            "Effect of a Communist party to which all adults adhere",
            "logit",
            "the parties lead the uprising, or they break its force",
            2.0,
        ),
        contested(
            "army",
            "Effect of a foreign army on the victory of an uprising",
            "logit",
            "an army crushes the uprising, or carries it to power",
            2.0,
        ),
    ),
    uniforms=("victory", "leaders", "defeat", "end"),
    off=_undecided,
)
def revolution_outcome(x: Inputs) -> Outputs:
    """Decide uprisings: victory, defeat or retreat, and who leads the victors.

    An uprising ends in a year with probability 1 - exp(-exp(end)), else it goes
    on. P(victory) = logistic(victory + pole * organisation + party * Communist share
    + army * foreign troops). The victors go over to a social revolution with the
    share that Communists and new pole have among all who lead (reformists,
    fascists, independence movements besides); otherwise it is an upheaval that
    leaves property alone. What does not win is beaten with the probability of
    the repression that it meets, else it retreats. A lever makes it a victory.
    """
    foreign_army = foreign(x.now.troops)
    communists = share(x, x.now.mass, "mass", "communist")
    index = x.p.victory + x.p.pole * x.now.organisation + x.p.party * communists
    p = logistic(index + x.p.army * foreign_army)
    forced = (x.now.lever_revolution > 0) & (x.now.administration < 0.5)
    ends = (x.uniform.end < yearly(x.p.end)) & (x.now.uprising > 0)
    won = (x.uniform.victory < p) & ends
    social = x.uniform.leaders < _overturning(x)
    beaten = x.uniform.defeat < np.clip(0.5 + 0.5 * x.lag.repression, 0.0, 1.0)
    lost = ends & ~won & beaten
    outcome = np.where(forced | (won & social), 1.0, np.where(lost, -1.0, 0.0))
    return {
        "revolution": outcome,
        "upheaval": np.asarray(won & ~social & ~forced, dtype=float),
        "insurgency": np.asarray((x.now.uprising > 0) & ~ends & ~forced, dtype=float),
    }


def _overturning(x: Inputs) -> Array:
    """Return the share of those who would overturn property among all who lead."""
    radical = share(x, x.now.mass, "mass", "communist", "new_pole")
    others = share(x, x.now.mass, "mass", "reformist", "fascist", "national")
    return np.asarray(radical / np.maximum(radical + others, TINY))


def _no_wave(x: Inputs) -> Outputs:
    return {"wave": 0.0 * x.now.wave}


@mechanism(
    "Spread of revolution",
    phase="territory",
    sources=("weyland_2014", "strang_1991"),
    paragraphs=("1.12", "1.21", "6.12"),
    reads=("wave", "revolution", "upheaval", "contiguous", "income_1"),
    lagged=("power_share",),
    writes=("wave",),
    parameters=(
        assumed(
            "fade",
            "Share of a wave that fades in a year",
            "1/year",
            triangular(0.15, 0.4, 0.8),
            "waves of revolution last from one to some years",
            (0.0, 1.0),
        ),
        assumed(
            "near",
            "Weight of a neighbour's victory",
            "1",
            triangular(0.1, 0.5, 1.0),
            "a neighbour's revolution is felt more than a distant one's",
        ),
        assumed(
            "alike",
            "Weight of a victory in a country of like product per head, times its power",
            "1",
            half_normal(5.0),
            "the revolution of a great and similar country is felt everywhere",
        ),
    ),
    off=_no_wave,
)
def revolutionary_wave(x: Inputs) -> Outputs:
    """Carry victories to neighbours and to similar countries.

    W' = (1 - fade) W + (1 - (1 - fade) W) A, A = 1 - exp(-sum_s v_s (near *
    contiguous + alike * power_s * exp(-|ln y_t - ln y_s|))): v is 1 for a social
    revolution, one half for an upheaval, minus a quarter for a defeat; a sum
    below nil counts as nil.
    """
    won = (x.now.revolution > 0) + 0.5 * (x.now.upheaval > 0) - 0.25 * (x.now.revolution < 0)
    level = np.log(np.maximum(x.now.income_1, TINY))
    kernel = np.exp(-np.abs(level[..., :, None] - level[..., None, :]))
    own = np.arange(level.shape[-1])
    kernel[..., own, own] = 0.0
    near = x.p.near * over_partners(x.now.contiguous, won)
    far = x.p.alike * over_partners(kernel, won * np.clip(x.lag.power_share, 0.0, 1.0))
    arriving = -np.expm1(-np.maximum(near + far, 0.0))
    left = (1.0 - x.p.fade) * x.now.wave
    return {"wave": np.clip(left + (1.0 - left) * arriving, 0.0, 1.0)}
