"""Production: orders meet capacity, labour and deliveries, alike for all regimes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import Inputs, Outputs, mechanism

Array = npt.NDArray[np.float64]

ROUNDS = 100
"""Rounds of rationing at most; each relieves the scarcest sector."""


@mechanism(
    "Claims on products",
    phase="policy",
    sources=("leontief_1953",),
    reads=(
        "base_public",
        "base_supplies",
        "base_arms",
        "arms_ahead",
        "armed_forces_mean",
        "armed_forces_start",
    ),
    writes=("claims",),
)
def claims(x: Inputs) -> Outputs:
    """Add up public consumption, supplies of the armed forces and arms.

    Supplies follow the number of soldiers, arms their announced path; public
    consumption stays at its base-year volume.
    """
    soldiers = (x.now.armed_forces_mean / x.now.armed_forces_start)[..., None]
    arms = x.now.arms_ahead[..., 0, None]
    return {"claims": x.now.base_public + soldiers * x.now.base_supplies + arms * x.now.base_arms}


@mechanism(
    "Production and delivery",
    phase="production",
    sources=("leontief_1953", "kornai_1980"),
    reads=(
        "planning_coverage",
        "directed_consumption",
        "directed_building",
        "directed_restoration",
        "directed_exports",
        "directed_imports",
        "demanded_consumption",
        "demanded_building",
        "demanded_restoration",
        "demanded_exports",
        "demanded_imports",
        "capital",
        "damaged_capital",
        "capital_output_ratio",
        "blocked_capacity",
        "harvest",
        "labour",
        "labour_coefficients",
        "productivity_ahead",
        "efficiency_ahead",
        "input_coefficients",
        "total_requirements",
        "investment_composition",
        "restoration_cost",
        "claims",
        "inventories",
    ),
    writes=(
        "capacity",
        "output",
        "claims_met",
        "consumption",
        "building",
        "restoration",
        "investment",
        "exports",
        "imports",
        "inventories",
        "unsold",
        "employment",
    ),
)
def production(x: Inputs) -> Outputs:
    """Make what final uses ask for, as far as capacity and labour allow.

    Orders for consumption, investment and trade are the plan's for the share
    that the plan covers and the markets' for the rest. The Leontief equation
    turns them into outputs. Where an output exceeds its capacity, final uses
    are cut, those most that contain most of the scarce product; claims of the
    state come first. If labour is short, all other final uses are cut alike.
    Investment needs all its products, so the scarcest decides, and what the
    others leave goes into inventories. Both regimes meet the same rules, so
    that a difference between them must come from their orders.
    """
    order = _orders(x)
    capacity = _capacity(x)
    labour_per_unit = x.now.labour_coefficients / x.now.productivity_ahead[..., 0, :]
    restoration = np.minimum(order["restoration"], x.now.damaged_capital)
    outlay = order["building"].sum(-1) + x.now.restoration_cost * restoration.sum(-1)
    goods = x.now.investment_composition * outlay[..., None]
    abroad = order["exports"] - order["imports"] - x.now.inventories
    # Imports and inventories serve claims first, and other uses with what is left of them.
    claimed = x.now.claims + np.minimum(abroad, 0.0)
    spare = -np.minimum(claimed, 0.0)
    claimed = np.maximum(claimed, 0.0)
    first = x.now.total_requirements
    met = ration(first, claimed, capacity)
    left = np.maximum(capacity - _outputs(first, met * claimed), 0.0)
    private = order["consumption"] + goods + np.maximum(abroad, 0.0)
    free = np.minimum(spare, private)
    asked = private - free
    served = ration(first, asked, left)
    output = _outputs(first, met * claimed + served * asked)
    needed = (labour_per_unit * output).sum(-1)
    claims_need = (labour_per_unit * _outputs(first, met * claimed)).sum(-1)
    room = np.maximum(x.now.labour - claims_need, 0.0)
    staffed = np.minimum(1.0, room / np.maximum(needed - claims_need, 1e-12))[..., None]
    output = _outputs(first, met * claimed + staffed * served * asked)
    got = (staffed * served * asked + free) / np.where(private > 0, private, 1.0)
    return _uses(
        x,
        order,
        got=np.where(private > 0, got, 1.0),
        claims_met=met * claimed + (x.now.claims - claimed) * (x.now.claims > claimed),
        restoration=restoration,
        outlay=outlay,
        output=output,
        capacity=capacity,
        employment=labour_per_unit * output,
    )


def _orders(x: Inputs) -> dict[str, Array]:
    """Blend the plan's and the markets' orders by the coverage of the plan."""
    share = x.now.planning_coverage[..., None]
    names = ("consumption", "building", "restoration", "exports", "imports")
    return {
        name: share * getattr(x.now, f"directed_{name}")
        + (1.0 - share) * getattr(x.now, f"demanded_{name}")
        for name in names
    }


def _capacity(x: Inputs) -> Array:
    """Return usable capacity: capital, its usable share, conversion and the harvest."""
    usable = x.now.efficiency_ahead[..., 0, :]
    capacity = np.asarray(usable * x.now.capital / x.now.capital_output_ratio)
    if "machinery" in x.sectors:
        k = x.sectors.index("machinery")
        capacity[..., k] = np.maximum(capacity[..., k] - x.now.blocked_capacity, 0.0)
    if "agriculture" in x.sectors:
        capacity[..., x.sectors.index("agriculture")] *= x.now.harvest
    return capacity


def _outputs(requirements: Array, final: Array) -> Array:
    return np.asarray((requirements @ final[..., None])[..., 0])


def ration(requirements: Array, final: Array, capacity: Array) -> Array:
    """Cut final uses until every output that they require can be made.

    Where sector k is asked for more than it can make, the use of product i is
    cut by a share proportional to what a unit of it contains of k, L[k, i]: the
    cut that a price of the scarce product would bring about.

    Parameters
    ----------
    requirements : array (..., sector, product)
        Output of each sector required, directly and indirectly, per unit of
        final use of each product.
    final : array (..., product)
        Final uses asked for, not negative.
    capacity : array (..., sector)

    Returns
    -------
    array (..., product)
        Share of each final use that can be met, within 0 and 1; the outputs
        required then exceed no capacity by more than 1e-9 of it.
    """
    share = np.ones_like(final)
    scale = np.maximum(capacity, 1e-12)
    for _ in range(ROUNDS):
        asked = requirements * (share * final)[..., None, :]
        excess = asked.sum(-1) / scale - 1.0
        worst = excess.argmax(-1)[..., None]
        over = np.take_along_axis(excess, worst, -1)
        if (over <= 1e-9).all():
            break
        row = np.take_along_axis(requirements, worst[..., None], -2)[..., 0, :]
        weight = row / row.max(-1, keepdims=True)
        content = np.take_along_axis(asked, worst[..., None], -2)[..., 0, :]
        # Only those still over are cut: no member's result depends on the others' rounds.
        surplus = np.where(over > 1e-9, over, 0.0) * np.take_along_axis(scale, worst, -1)
        cut = surplus / np.maximum((content * weight).sum(-1, keepdims=True), 1e-300)
        share = share * np.clip(1.0 - cut * weight, 0.0, 1.0)
    fit = (requirements * (share * final)[..., None, :]).sum(-1)
    within = np.where(fit > scale, scale / np.maximum(fit, 1e-300), 1.0).min(-1)
    return np.asarray(share * within[..., None])


def _uses(
    x: Inputs,
    order: dict[str, Array],
    *,
    got: Array,
    claims_met: Array,
    restoration: Array,
    outlay: Array,
    output: Array,
    capacity: Array,
    employment: Array,
) -> Outputs:
    """Hand out what was made; investment takes the share of its scarcest product."""
    composition = x.now.investment_composition
    built = np.where(composition > 1e-9, got, 1.0).min(-1)
    used = built[..., None] * composition * outlay[..., None]
    consumption = got * order["consumption"]
    final = claims_met + consumption + used + order["exports"] - order["imports"]
    made = output - (x.now.input_coefficients @ output[..., None])[..., 0]
    change = made - final
    return {
        "capacity": capacity,
        "output": output,
        "claims_met": claims_met,
        "consumption": consumption,
        "building": built[..., None] * order["building"],
        "restoration": built[..., None] * restoration,
        "investment": built * outlay,
        "exports": order["exports"],
        "imports": order["imports"],
        "inventories": x.now.inventories + change,
        "unsold": change,
        "employment": employment,
    }
