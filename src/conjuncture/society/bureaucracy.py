"""The bureaucracy: what administration needs, what stands above it, and at what cost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism
from conjuncture.society.levers import bureaucracy_directs, masses_administer

Array = npt.NDArray[np.float64]

LEAST, MOST = -0.5, 3.0
"""Bounds of the overhang: half of what is needed, four times as much."""

LEAST_SPAN = 0.25
"""Size and schooling below a quarter of the reference no longer narrow the middle ranks."""

LARGEST_WASTE = 0.5
"""Waste, or gain, is at most this share of output."""


def _constant_need(x: Inputs) -> Outputs:
    return {"bureaucracy_need": x.p.base * np.ones_like(x.now.planning_coverage)}


@mechanism(
    "Need of administration",
    phase="policy",
    sources=("blau_1970", "kornai_1992"),
    paragraphs=("1.9", "1.12"),
    reads=("planning_coverage",),
    lagged=("employment", "output"),
    writes=("bureaucracy_need",),
    parameters=(
        Parameter(
            "base",
            "administrators per person at work in a fully urban and varied market economy",
            "1",
            Prior(kind="uniform", low=0.02, high=0.06),
            "assumed",
            "public administration and management of market economies before 1945; counts differ "
            "by what is called administration",
        ),
        Parameter(
            "planning",
            "rise of the need as all production is directed by plan",
            "1",
            Prior(kind="uniform", low=0.2, high=1.5),
            "assumed",
            "balances, orders and checks take hands that a market does not pay; some functions of "
            "firms fall away",
            limits=(-1.0, 10.0),
        ),
    ),
    off=_constant_need,
)
def bureaucracy_need(x: Inputs) -> Outputs:
    """Find the administrators that size and variety of an economy require.

    need = base x town share of labour x (1 + variety) / 2 x (1 + planning c): variety
    is the entropy of outputs relative to its largest (differentiation, Blau
    1970), c the coverage of the plan. It is a share of all persons at work.
    """
    farm = x.sectors.index("agriculture")
    jobs = np.maximum(x.lag.employment.sum(-1), 1e-12)
    towns = 1.0 - x.lag.employment[..., farm] / jobs
    share = x.lag.output / np.maximum(x.lag.output.sum(-1, keepdims=True), 1e-12)
    entropy = -(share * np.log(np.maximum(share, 1e-12))).sum(-1)
    variety = entropy / np.log(max(share.shape[-1], 2))
    planned = 1.0 + x.p.planning * x.now.planning_coverage
    return {"bureaucracy_need": x.p.base * towns * 0.5 * (1.0 + variety) * planned}


def _no_overhang(x: Inputs) -> Outputs:
    zero = np.zeros_like(x.now.planning_coverage)
    return {
        "backwardness": zero,
        "bureaucracy_overhang": zero,
        "bureaucracy_share": np.asarray(x.now.bureaucracy_need),
    }


@mechanism(
    "Weight of the bureaucracy",
    phase="policy",
    sources=("kornai_1992", "pablo_1945"),
    paragraphs=("1.6", "1.9", "1.12", "1.14"),
    reads=(
        "bureaucracy_need",
        "planning_coverage",
        "isolation",
        "culture",
        "culture_frontier",
        "income_frontier",
        "administration",
        "lever_no_bureaucracy",
        "lever_mass_administration",
    ),
    lagged=("gdp_per_head",),
    writes=("backwardness", "bureaucracy_overhang", "bureaucracy_share"),
    parameters=(
        Parameter(
            "isolation_effect",
            "overhang that full isolation of a planned economy in the world adds",
            "1",
            Prior(kind="normal", mean=0.0, sd=0.5),
            "assumed",
            "theories dispute whether encirclement swells the apparatus or disciplines it; half "
            "of the need is a large effect",
            limits=(-5.0, 5.0),
            contested=True,
        ),
        Parameter(
            "backwardness_effect",
            "overhang that full backwardness of culture and product adds under a plan",
            "1",
            Prior(kind="normal", mean=0.0, sd=0.5),
            "assumed",
            "low culture may leave more to officials, or leave few who can be officials",
            limits=(-5.0, 5.0),
            contested=True,
        ),
    ),
    off=_no_overhang,
)
def bureaucracy(x: Inputs) -> Outputs:
    """Let the apparatus depart from its need by isolation and backwardness.

    overhang = d c (isolation_effect i + backwardness_effect b): c is the plan's
    coverage, i the weight of the rest of the world that is under capital, b the mean
    distance in schooling and product per head from the leaders of the start, and
    d = 1 where a bureaucracy directs a planned state. Share of labour = need (1 + overhang).
    """
    culture = 1.0 - x.now.culture / np.maximum(x.now.culture_frontier, 1e-9)
    income = 1.0 - x.lag.gdp_per_head / np.maximum(x.now.income_frontier, 1e-9)
    backward = 0.5 * (np.clip(culture, 0.0, 1.0) + np.clip(income, 0.0, 1.0))
    effect = x.p.isolation_effect * x.now.isolation
    effect = effect + x.p.backwardness_effect * backward
    above = np.clip(x.now.planning_coverage * effect, LEAST, MOST) * bureaucracy_directs(x)
    return {
        "backwardness": backward,
        "bureaucracy_overhang": above,
        "bureaucracy_share": x.now.bureaucracy_need * (1.0 + above),
    }


def _flat(x: Inputs) -> Outputs:
    return {"bureaucracy_base": np.full_like(x.now.bureaucracy_share, 0.9)}


@mechanism(
    "Ranks of the bureaucracy",
    phase="policy",
    sources=("blau_1970",),
    paragraphs=("1.14", "1.18"),
    reads=("bureaucracy_share", "culture"),
    writes=("bureaucracy_base",),
    parameters=(
        Parameter(
            "upper",
            "upper ranks as a share of an apparatus of a twentieth of labour at eight years' "
            "schooling",
            "1",
            Prior(kind="uniform", low=0.04, high=0.16),
            "assumed",
            "one in six to one in twenty-five: heads of offices, plants and units and their staffs",
            limits=(0.001, 0.5),
        ),
        Parameter(
            "span",
            "fall of the upper share in per cent per per cent of size and of schooling",
            "1",
            Prior(kind="uniform", low=0.0, high=0.6),
            "assumed",
            "spans widen with size at a falling rate (Blau 1970), and schooling fills middle ranks",
        ),
    ),
    off=_flat,
)
def bureaucracy_ranks(x: Inputs) -> Outputs:
    """Let the middle ranks broaden as the apparatus grows and culture rises.

    The social base is the middle over all,
    1 - upper ((B / 0.05) (S / 8))^-span with size B and years of schooling S.
    """
    size = np.maximum(x.now.bureaucracy_share / 0.05, LEAST_SPAN)
    schooled = np.maximum(x.now.culture / 8.0, LEAST_SPAN)
    upper = x.p.upper * (size * schooled) ** -x.p.span
    return {"bureaucracy_base": 1.0 - np.clip(upper, 0.005, 0.6)}


def _no_waste(x: Inputs) -> Outputs:
    return {"waste": np.zeros_like(x.now.bureaucracy_overhang)}


@mechanism(
    "Waste",
    phase="policy",
    sources=("kornai_1992", "pablo_1945"),
    paragraphs=("1.9", "1.10", "3.3"),
    reads=(
        "bureaucracy_overhang",
        "planning_coverage",
        "administration",
        "lever_mass_administration",
    ),
    writes=("waste",),
    parameters=(
        Parameter(
            "effect",
            "share of output lost per unit of overhang",
            "1",
            Prior(kind="normal", mean=0.0, sd=0.1),
            "assumed",
            "theories dispute whether officials above the need waste or serve; a tenth of output "
            "for an apparatus of twice the need is large",
            limits=(-1.0, 1.0),
            contested=True,
        ),
        Parameter(
            "masses",
            "share of output lost where the masses administer a full plan",
            "1",
            Prior(kind="normal", mean=0.0, sd=0.05),
            "assumed",
            "theories dispute whether administration by the masses wastes or saves",
            limits=(-1.0, 1.0),
            contested=True,
        ),
    ),
    off=_no_waste,
)
def bureaucratic_waste(x: Inputs) -> Outputs:
    """Lose (or gain) output by overhang, and by the masses' own administration.

    waste = effect x overhang + masses x m c, with m = 1 where the masses administer
    and c the plan's coverage. Its sign is that of the drawn parameters.
    """
    own = x.p.masses * masses_administer(x) * x.now.planning_coverage
    lost = x.p.effect * x.now.bureaucracy_overhang + own
    return {"waste": np.clip(lost, -LARGEST_WASTE, LARGEST_WASTE)}
