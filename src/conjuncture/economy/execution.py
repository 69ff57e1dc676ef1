"""Execution of plans: whose aims they follow, how they are met, and what is reported."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Inputs, Outputs, Parameter, mechanism

Array = npt.NDArray[np.float64]

BUREAUCRACY, MASSES = 1, 2
"""Who administers, as the politics' list has it; 0 is a bourgeois administration."""


def _by_masses(x: Inputs) -> Array:
    """Return 1 where the masses administer, and 0 else."""
    ruling = np.rint(x.now.administration) == MASSES
    return np.where(ruling | (x.now.lever_mass_administration > 0.5), 1.0, 0.0)


def _neutral(x: Inputs) -> Outputs:
    return {"plan_emphasis": np.ones_like(x.now.administration)}


@mechanism(
    "Emphasis of the plan",
    phase="policy",
    sources=("feldman_1928", "domar_1957", "weitzman_1980"),
    paragraphs=("1.10", "3.3"),
    reads=("administration", "lever_mass_administration", "lever_no_bureaucracy"),
    lagged=("plan_fulfilment",),
    writes=("plan_emphasis",),
    parameters=(
        Parameter(
            "bureaucracy",
            "weight that a bureaucracy puts on capital left at the plan's end",
            "log points",
            Prior(kind="normal", mean=0.0, sd=0.3),
            "assumed",
            "whether a bureaucracy prefers producer goods or its own consumption is disputed",
            contested=True,
            limits=(-3.0, 3.0),
        ),
        Parameter(
            "masses",
            "weight that an administration by the masses puts on capital left at the plan's end",
            "log points",
            Prior(kind="normal", mean=0.0, sd=0.3),
            "assumed",
            "whether the masses prefer consumption now or later has never been observed",
            contested=True,
            limits=(-3.0, 3.0),
        ),
        Parameter(
            "ratchet",
            "fall of the aim per unit by which last year's plan was missed",
            "1",
            Prior(kind="uniform", low=0.0, high=1.0),
            "assumed",
            "the literature's adjustment coefficient: none to full",
        ),
    ),
    off=_neutral,
)
def plan_emphasis(x: Inputs) -> Outputs:
    """Weigh capital at the plan's end by who administers and by how the last plan was met.

    emphasis = exp(weight of the administration + ratchet (fulfilment - 1)); it multiplies the
    growth that the plan's last capital must sustain.
    """
    masses = _by_masses(x)
    ruled = (np.rint(x.now.administration) == BUREAUCRACY) & (x.now.lever_no_bureaucracy < 0.5)
    weight = x.p.masses * masses + x.p.bureaucracy * ruled * (1.0 - masses)
    return {"plan_emphasis": np.exp(weight + x.p.ratchet * (x.lag.plan_fulfilment - 1.0))}


def _honest(x: Inputs) -> Outputs:
    return {
        "plan_fulfilment": _fulfilment(x),
        "shortage": _shortage(x),
        "reporting_bias": np.zeros_like(x.now.reporting_bias),
        "reported_index": x.now.gdp_index,
    }


@mechanism(
    "Execution and reports of the plan",
    phase="accounts",
    sources=("kornai_1980", "weitzman_1980", "berliner_1957"),
    paragraphs=("1.9", "3.3"),
    reads=(
        "planning_coverage",
        "directed_output",
        "output",
        "directed_consumption",
        "demanded_consumption",
        "consumption",
        "reporting_bias",
        "gdp_index",
        "administration",
        "lever_mass_administration",
    ),
    writes=("plan_fulfilment", "shortage", "reporting_bias", "reported_index"),
    parameters=(
        Parameter(
            "padding",
            "share of what is short of the plan that is reported as made",
            "1",
            Prior(kind="uniform", low=0.0, high=0.8),
            "assumed",
            "managers are paid by reports and checked by ministries that answer for them too",
        ),
        Parameter(
            "audit",
            "share of what was reported beyond what was made that is found out in a year",
            "1/year",
            Prior(kind="uniform", low=0.05, high=0.5),
            "assumed",
            "reports chain on earlier reports, so that what is not found stays in the index",
        ),
        Parameter(
            "control",
            "how much less (or more) is padded where the masses administer",
            "log points",
            Prior(kind="normal", mean=0.0, sd=0.7),
            "assumed",
            "control from below may find out more than control from above, or less",
            contested=True,
            limits=(-5.0, 5.0),
        ),
    ),
    off=_honest,
)
def plan_execution(x: Inputs) -> Outputs:
    """Compare what was made and sold with the plan, and what is reported with what was made.

    fulfilment = sum of min(output, plan) / plan; shortage = coverage x (1 - consumption /
    consumption that incomes would buy); bias' = (1 - audit) bias + padding x coverage x (1 -
    fulfilment), padding times exp(-control) where the masses administer.
    """
    met = _fulfilment(x)
    padding = x.p.padding * np.exp(-x.p.control * _by_masses(x))
    added = np.minimum(padding, 1.0) * x.now.planning_coverage * (1.0 - met)
    bias = (1.0 - x.p.audit) * x.now.reporting_bias + added
    return {
        "plan_fulfilment": met,
        "shortage": _shortage(x),
        "reporting_bias": bias,
        "reported_index": x.now.gdp_index * (1.0 + bias),
    }


def _fulfilment(x: Inputs) -> Array:
    """Return the share of the planned outputs that was made, kind by kind (1 without a plan)."""
    planned = x.now.directed_output.sum(-1)
    made = np.minimum(x.now.output, x.now.directed_output).sum(-1)
    return np.where(planned > 0.0, made / np.maximum(planned, 1e-300), 1.0)


def _shortage(x: Inputs) -> Array:
    """Return the share of what incomes would buy that is not to be had."""
    wanted = np.maximum(x.now.demanded_consumption.sum(-1), 1e-300)
    gap = np.clip(1.0 - x.now.consumption.sum(-1) / wanted, 0.0, 1.0)
    return np.asarray(x.now.planning_coverage * gap)
