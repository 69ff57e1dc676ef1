"""Outcomes with every assumed prior wider: how far results rest on what no figure grounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import Fault, InputError
from conjuncture.core.priors import Prior
from conjuncture.core.sources import ASSUMED
from conjuncture.data.fitted import fitted
from conjuncture.data.record_model import RecordFile
from conjuncture.run.batch import Progress
from conjuncture.run.ensemble import Arm, Order
from conjuncture.run.scenario import Assumption, mechanisms
from conjuncture.run.simulate import Spec
from conjuncture.score.ablation import Ablation, all_measured, compare, whole

Array = npt.NDArray[np.float64]

NAME = "wide priors"


@dataclass(frozen=True)
class Range:
    """An outcome in both runs.

    Attributes
    ----------
    name : str
    base, wide : tuple of float
        Mean, 5 and 95 per cent of the members.
    """

    name: str
    base: tuple[float, float, float]
    wide: tuple[float, float, float]


@dataclass(frozen=True)
class Wide:
    """A run with wide priors against the run itself, on the same quantiles.

    Attributes
    ----------
    factor : float
    parameters : tuple of str
        The parameters whose priors were widened.
    comparison : Ablation
        Changes of scores and outcomes with their error.
    ranges : tuple of Range
    """

    factor: float
    parameters: tuple[str, ...]
    comparison: Ablation
    ranges: tuple[Range, ...]


def widened(prior: Prior, factor: float, limits: tuple[float, float]) -> Prior:
    """Return a prior with the same centre and a wider spread, cut at the limits.

    Parameters
    ----------
    prior : Prior
    factor : float
        Of the standard deviation, of the distance of the ends from the mode (or, for a
        uniform prior, from the middle), or of sigma. A half-normal prior keeps its end
        at zero.
    limits : tuple of float
        Values that make sense at all.
    """
    if prior.kind == "fixed":
        return prior
    data = prior.model_dump(exclude_none=True)
    for key in ("sd", "sigma"):
        if key in data:
            data[key] *= factor
    if "low" in data:
        centre = data.get("mode", (data["low"] + data["high"]) / 2)
        for key in ("low", "high"):
            data[key] = centre + factor * (data[key] - centre)
    data["minimum"] = max(limits[0], prior.minimum if prior.minimum is not None else -np.inf)
    data["maximum"] = min(limits[1], prior.maximum if prior.maximum is not None else np.inf)
    return Prior(**{k: v for k, v in data.items() if k == "kind" or np.isfinite(v)})


def assumed_parameters(spec: Spec) -> list[str]:
    """Return the parameters of a run that rest on an assumption of the engine alone.

    A parameter that is set, fitted, or asserted by the theory is none of them.
    """
    asserted = {a.parameter for a in spec.theory.assumptions} | set(spec.settings) | set(fitted())
    return [
        item.qualified(parameter.name)
        for item in (mechanisms()[name] for name in spec.theory.mechanisms)
        for parameter in item.parameters
        if parameter.source == ASSUMED and item.qualified(parameter.name) not in asserted
    ]


def wide_spec(spec: Spec, factor: float) -> Spec:
    """Return a run with every assumed prior widened.

    Raises
    ------
    InputError
        If the factor is not above 0.
    """
    if not factor > 0:
        raise InputError(
            Fault("must be above 0", "give for example 2", "score", "wide", str(factor))
        )
    names = set(assumed_parameters(spec))
    reason = f"the engine's prior, {factor:g} times as wide"
    added = tuple(
        Assumption(
            parameter=item.qualified(parameter.name),
            prior=widened(parameter.prior, factor, parameter.limits),
            reason=reason,
        )
        for item in (mechanisms()[name] for name in spec.theory.mechanisms)
        for parameter in item.parameters
        if item.qualified(parameter.name) in names
    )
    theory = spec.theory.model_copy(update={"assumptions": (*spec.theory.assumptions, *added)})
    return replace(spec, theory=theory)


def compare_wide(
    order: Order,
    factor: float = 2.0,
    *,
    record: Sequence[RecordFile] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Wide:
    """Run an order as it is and with every assumed prior wider, and compare.

    Parameters
    ----------
    order : Order
        At least 3 members.
    factor : float
        How much wider.
    record, workers, progress
        As in :func:`conjuncture.score.ablation.ablate`.
    """
    spec = order.spec()
    arms = [Arm("with", "with", spec), Arm("wide", NAME, wide_spec(spec, factor))]
    base, wide = map(whole, all_measured(arms, order, record, workers, progress))
    return Wide(
        factor,
        tuple(assumed_parameters(spec)),
        compare(base, wide, NAME, f"Assumed priors {factor:g} times as wide"),
        tuple(
            Range(name, _range(base.outcomes[name]), _range(wide.outcomes[name]))
            for name in base.outcomes
        ),
    )


def _range(values: Array) -> tuple[float, float, float]:
    low, high = np.quantile(values, [0.05, 0.95])
    return float(values.mean()), float(low), float(high)
