"""Production: orders meet capacity, labour and deliveries, alike for all regimes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import Inputs, Outputs, mechanism
from conjuncture.economy.capacity import labour_per_unit, requirements, works_capacity

Array = npt.NDArray[np.float64]

KEPT = 0.5
"""What other uses keep at least when claims of the state do not fit beside them: this part of
what equal cuts of all uses would leave them. Without it, claims as large as the capacity of one
sector would stop every use that contains its product."""

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
        "population",
        "base_population",
    ),
    writes=("claims",),
)
def claims(x: Inputs) -> Outputs:
    """Add up public consumption, supplies of the armed forces and arms.

    Supplies follow the number of soldiers, arms their announced path; public
    consumption keeps its base-year volume per head.
    """
    people = (x.now.population / x.now.base_population)[..., None]
    soldiers = (x.now.armed_forces_mean / x.now.armed_forces_start)[..., None]
    arms = x.now.arms_ahead[..., 0, None]
    return {
        "claims": people * x.now.base_public
        + soldiers * x.now.base_supplies
        + arms * x.now.base_arms
    }


@mechanism(
    "Production and delivery",
    phase="production",
    sources=("leontief_1953", "conjuncture"),
    reads=(
        "planning_coverage",
        "directed_consumption",
        "directed_building",
        "directed_restoration",
        "demanded_consumption",
        "demanded_building",
        "demanded_restoration",
        "capital",
        "damaged_capital",
        "capital_output_ratio",
        "blocked_capacity",
        "harvest",
        "labour",
        "labour_coefficients",
        "productivity_ahead",
        "efficiency_ahead",
        "total_requirements",
        "investment_composition",
        "restoration_cost",
        "claims",
        "inventories",
        "exports",
        "imports",
    ),
    lagged=("strikes",),
    writes=(
        "capacity",
        "output",
        "claims_met",
        "consumption",
        "building",
        "restoration",
        "investment",
        "inventories",
        "unsold",
        "employment",
    ),
)
def production(x: Inputs) -> Outputs:
    """Make what final uses ask for, as far as capacity, labour and harvest allow.

    Orders for consumption and investment are the plan's for the share that the
    plan covers and the markets' for the rest. What was sold abroad is delivered;
    imports and inventories serve first; the Leontief equation turns what is left
    to ask for into outputs and labour. Where a sector or labour is short, final
    uses are cut, those most that contain most of what is scarce; claims of the
    state come first, but leave the others half of what equal cuts would. Investment
    needs all its products, so the scarcest decides.
    Both regimes meet the same rules, so that a difference between them must come
    from their orders.
    """
    order = _orders(x)
    restoration = np.minimum(order["restoration"], x.now.damaged_capital)
    outlay = order["building"].sum(-1) + x.now.restoration_cost * restoration.sum(-1)
    goods = x.now.investment_composition * outlay[..., None]
    asked = order["consumption"] + goods
    outside = x.now.imports + x.now.inventories
    netted = np.minimum(outside, x.now.exports)
    from_stock = np.minimum(outside - netted, x.now.claims)
    claimed, rest = x.now.claims - from_stock, outside - netted - from_stock
    needs = requirements(x)
    bound = _apply(needs, x.now.exports - netted)
    final = x.now.exports - netted + claimed + np.maximum(asked - rest, 0.0)
    limit, stored = _limits(x, needs, final, bound)
    asked = asked + stored
    free = np.minimum(rest, asked)
    spare = np.minimum(rest - free, _inputs_of(needs, final, limit))
    relief = _apply(needs, spare)
    there = np.maximum(limit + relief - bound, 0.0)
    met = ration(needs, claimed, there - _reserved(needs, claimed, asked - free, there))
    left = np.maximum(there - _apply(needs, met * claimed), 0.0)
    share = ration(needs, asked - free, left)
    got = np.where(asked > 0, (share * (asked - free) + free) / np.maximum(asked, 1e-300), 1.0)
    composition = x.now.investment_composition
    built = np.where(composition > 1e-9, got, 1.0).min(-1)[..., None]
    served = {
        "consumption": got * order["consumption"],
        "investment": built * goods,
        "stored": got * stored,
    }
    total = sum(served.values())
    free = np.minimum(free, total)
    gross = bound + _apply(needs, met * claimed + total - free)
    used = _usable(gross, relief)[..., None]
    made = gross - used * relief
    inventories = outside - netted - from_stock - free - used * spare + served["stored"]
    return {
        "capacity": limit[..., :-1],
        "output": made[..., :-1],
        "claims_met": met * claimed + from_stock,
        "consumption": served["consumption"],
        "building": built * order["building"],
        "restoration": built * restoration,
        "investment": built[..., 0] * outlay,
        "inventories": inventories,
        "unsold": inventories - x.now.inventories,
        "employment": labour_per_unit(x) * made[..., :-1],
    }


def _reserved(needs: Array, claimed: Array, others: Array, there: Array) -> Array:
    """Return what of each resource stays for other uses (:data:`KEPT`); claims that fit are met."""
    wanted = _apply(needs, others)
    both = _apply(needs, claimed) + wanted
    cut = np.minimum(1.0, there / np.maximum(both, 1e-300))
    return np.asarray(KEPT * cut * wanted)


def _inputs_of(needs: Array, final: Array, limit: Array) -> Array:
    """Return what production of the final uses takes of each product as an input, at most.

    Imports beyond final uses serve as these inputs; half of them is taken, so that
    the relief that one import gives is not counted again under another.
    """
    made = np.minimum(_apply(needs, final), limit)[..., :-1]
    scale = made / np.maximum(_apply(needs, final)[..., :-1], 1e-300)
    return np.asarray(0.5 * np.maximum(made - scale * final, 0.0))


def _usable(gross: Array, relief: Array) -> Array:
    """Return the share of a relief by imports that leaves no output negative."""
    room = np.where(relief > 0, gross / np.maximum(relief, 1e-300), 1.0)
    return np.asarray(np.clip(room.min(-1), 0.0, 1.0))


def _orders(x: Inputs) -> dict[str, Array]:
    """Blend the plan's and the markets' orders by the coverage of the plan."""
    share = x.now.planning_coverage[..., None]
    names = ("consumption", "building", "restoration")
    return {
        name: share * getattr(x.now, f"directed_{name}")
        + (1.0 - share) * getattr(x.now, f"demanded_{name}")
        for name in names
    }


def _limits(x: Inputs, needs: Array, final: Array, bound: Array) -> tuple[Array, Array]:
    """Return what each sector and labour can give, and the harvest beyond what was asked for.

    Fields are worked for what is ordered, as far as capacity goes, and yield
    that times the harvest: a good one fills the stores, a bad one leaves uses
    unserved whatever capacity stands idle. What is bound to be exported is made. Last year's
    strikes tell what working time is lost.
    """
    capacity = works_capacity(x)
    stored = np.zeros_like(capacity)
    if "agriculture" in x.sectors:
        k = x.sectors.index("agriculture")
        worked = np.minimum(_apply(needs, final)[..., k], capacity[..., k])
        capacity[..., k] = np.maximum(worked * x.now.harvest, bound[..., k])
        beyond = worked * np.maximum(x.now.harvest - 1.0, 0.0)
        stored[..., k] = beyond / needs[..., k, k]
    at_work = x.now.labour * (1.0 - x.lag.strikes)
    return np.concatenate([capacity, at_work[..., None]], axis=-1), stored


def _apply(requirements: Array, final: Array) -> Array:
    return np.asarray((requirements @ final[..., None])[..., 0])


def ration(requirements: Array, final: Array, capacity: Array) -> Array:
    """Cut final uses until every output and all the labour that they require are there.

    Where more is asked of resource k than it can give, the use of product i is
    cut by a share proportional to what a unit of it contains of k, L[k, i]: the
    cut that a price of the scarce resource would bring about.

    Parameters
    ----------
    requirements : array (..., resource, product)
        Output of each sector, or labour, required, directly and indirectly, per unit of
        final use of each product.
    final : array (..., product)
        Final uses asked for, not negative.
    capacity : array (..., resource)

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
