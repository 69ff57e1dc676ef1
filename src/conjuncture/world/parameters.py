"""Short forms for the parameters of this room."""

from __future__ import annotations

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Parameter

WIDE = 50.0
"""Limit of numbers on a logarithmic or logit scale."""


def fitted(name: str, description: str, unit: str, mean: float, sd: float) -> Parameter:
    """Return a parameter that the years before 1945 are fitted for.

    The engine's own prior stays wide and says nothing that a reader of the
    literature would dispute; the fitted one (``content/fitted``) replaces it.
    """
    return Parameter(
        name,
        description,
        unit,
        Prior(kind="normal", mean=mean, sd=sd),
        "assumed",
        "wide on purpose: the fit on the years before 1945 replaces it",
        limits=(-WIDE, WIDE),
    )


def contested(name: str, description: str, unit: str, sd: float, reason: str) -> Parameter:
    """Return a parameter whose sign theories dispute: symmetric about zero."""
    return Parameter(
        name,
        description,
        unit,
        Prior(kind="normal", mean=0.0, sd=sd),
        "assumed",
        reason,
        limits=(-WIDE, WIDE),
        contested=True,
    )


def assumed(
    name: str,
    description: str,
    unit: str,
    prior: Prior,
    reason: str,
    limits: tuple[float, float] = (-WIDE, WIDE),
) -> Parameter:
    """Return a parameter that no figure grounds, with the reason of its prior."""
    return Parameter(name, description, unit, prior, "assumed", reason, limits=limits)
