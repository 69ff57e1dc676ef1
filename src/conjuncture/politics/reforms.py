"""Reforms: what a bourgeoisie can and does grant."""

from __future__ import annotations

import numpy as np

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.politics.readings import (
    TINY,
    alike,
    assumed,
    chance,
    contested,
    foreign,
    half_normal,
    logistic,
    normal,
    planned,
    share,
    triangular,
    value_of,
)

WORKERS = ("communist", "socialist", "revolutionary")


def _nothing(x: Inputs) -> Outputs:
    return {"reforms": 0.0 * x.now.radicalisation}


@mechanism(
    "Reforms granted",
    phase="policy",
    sources=("lindert_2004",),
    paragraphs=("6.17",),
    reads=("radicalisation", "government", "administration", "income_1", "prewar_income"),
    lagged=("crisis",),
    writes=("reforms",),
    parameters=(
        assumed(
            "ceiling",
            "Share of product that reforms take where means and pressure are full",
            "share of product",
            triangular(0.02, 0.1, 0.25),
            "from the early social insurances to a broad system of transfers",
            (0.0, 1.0),
        ),
        assumed(
            "means",
            "Response of the means to product per head against the best pre-war year",
            "1",
            half_normal(3.0),
            "a bourgeoisie that is poorer than before the war can grant less; how much less is "
            "left wide",
        ),
    ),
    off=_nothing,
)
def reforms(x: Inputs) -> Outputs:
    """Find the share of product that goes to reforms: means times pressure.

    reforms = ceiling * 2 logistic(means * min(0, ln(y/y_prewar))) * (1 - crisis) * pressure:
    a ruined bourgeoisie or one in crisis can grant little, whatever the
    pressure. Pressure is that of radical masses or of workers' parties in
    cabinet, whichever acts. Planned states grant none: there the plan sets the
    living standard.
    """
    gap = np.log(np.maximum(x.now.income_1, TINY) / np.maximum(x.now.prewar_income, TINY))
    means = 2.0 * logistic(x.p.means * np.minimum(gap, 0.0))
    calm = 1.0 - np.clip(x.lag.crisis, 0.0, 1.0)
    pressure = alike(x.now.radicalisation, share(x, x.now.government, "party", *WORKERS))
    bourgeois = 1.0 - planned(x.now.administration)
    return {"reforms": x.p.ceiling * means * calm * pressure * bourgeois}


def _no_land(x: Inputs) -> Outputs:
    return {"land_reformed": x.now.land_reformed + 0.0}


@mechanism(
    "Land reform",
    phase="policy",
    sources=("albertus_2015", "huntington_1968"),
    paragraphs=("3.8",),
    reads=(
        "land_reformed",
        "radicalisation",
        "government",
        "administration",
        "troops",
        "lever_land_reform",
    ),
    writes=("land_reformed",),
    parameters=(
        assumed(
            "base",
            "Rate of dividing large holdings without pressure",
            "ln 1/year",
            normal(-4.6, 1.0),
            "once in a century without pressure, within a factor of about ten",
            (-20.0, 5.0),
        ),
        assumed(
            "pressure",
            "Effect of radical masses and of the parties of workers and peasants in cabinet",
            "log points",
            half_normal(2.0),
            "reform follows pressure from below; its strength is left wide",
        ),
        contested(
            "army",
            "Effect of the army of a planned state in the country",
            "log points",
            "one school sees the army speed land reform, another sees it hold up what it finds",
        ),
    ),
    off=_no_land,
)
def land_reform(x: Inputs) -> Outputs:
    """Divide large holdings at a rate that rises with pressure.

    d(land_reformed) = (1 - land_reformed) (1 - exp(-exp(eta))),
    eta = base + pressure * P + army * (troops of a planned state). A lever does
    it within the year; a planned state has it done.
    """
    rule = planned(x.now.administration)
    cabinet = share(x, x.now.government, "party", *WORKERS, "agrarian", "national")
    army = foreign(x.now.troops) * value_of(x.now.troops, rule)
    index = x.p.base + x.p.pressure * alike(x.now.radicalisation, cabinet) + x.p.army * army
    pace = np.maximum(chance(index), np.maximum(rule, np.clip(x.now.lever_land_reform, 0.0, 1.0)))
    done = x.now.land_reformed
    return {"land_reformed": np.clip(done + (1.0 - done) * pace, 0.0, 1.0)}
