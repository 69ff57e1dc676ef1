"""Culture: years of schooling of adults as a stock."""

from __future__ import annotations

import numpy as np

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.society import ages

LONGEST = 16.0
"""Years that schools and universities can give."""


def _unchanged(x: Inputs) -> Outputs:
    return {"culture": np.asarray(x.now.culture), "schooling_entrants": np.asarray(x.now.culture)}


@mechanism(
    "Schooling",
    phase="policy",
    sources=("barro_lee_2013",),
    paragraphs=("1.6", "1.12", "1.14"),
    reads=(
        "culture",
        "culture_start",
        "cohorts",
        "base_income_per_head",
        "planning_coverage",
    ),
    lagged=("gdp_per_head",),
    writes=("culture", "schooling_entrants"),
    parameters=(
        Parameter(
            "lead",
            "years by which the young of the base year are schooled above the mean adult",
            "years",
            Prior(kind="uniform", low=1.0, high=3.5),
            "assumed",
            "schools had grown for a generation; the young of a census have more years than adults",
            limits=(0.0, 10.0),
        ),
        Parameter(
            "income",
            "rise of the schooling of the young in per cent per per cent of product per head",
            "1",
            Prior(kind="uniform", low=0.1, high=0.6),
            "assumed",
            "across countries years of schooling rise less than in proportion to product",
            limits=(0.0, 3.0),
        ),
        Parameter(
            "effort",
            "years that public effort adds as all production passes under a plan",
            "years",
            Prior(kind="normal", mean=0.0, sd=1.0),
            "assumed",
            "theories dispute whether planned property develops culture more; symmetric",
            limits=(-8.0, 8.0),
            contested=True,
        ),
    ),
    off=_unchanged,
)
def schooling(x: Inputs) -> Outputs:
    """Renew the adults' schooling by those who come of age.

    S' = S + e (s - S), with e the share of adults who turn 15 in the year and s
    their schooling, s = (S0 + lead) (y / y0)^income + effort c, c the plan's
    coverage: the perpetual inventory of Barro and Lee (2013).
    """
    young = x.now.cohorts[..., 2] / ages.WIDTH
    adults = np.maximum(x.now.cohorts[..., ages.ADULT].sum(-1), 1e-9)
    ratio = np.maximum(x.lag.gdp_per_head, 1.0) / x.now.base_income_per_head
    years = (x.now.culture_start + x.p.lead) * ratio**x.p.income
    years = years + x.p.effort * x.now.planning_coverage
    years = np.clip(years, 0.0, LONGEST)
    entering = np.minimum(young / adults, 0.2)
    return {
        "culture": x.now.culture + entering * (years - x.now.culture),
        "schooling_entrants": years,
    }
