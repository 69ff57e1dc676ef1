"""Judging a run: the claims of its theory, with null, counterfactual and switches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path as FilePath

import numpy as np
import numpy.typing as npt
import xarray as xr

from conjuncture.core.state import variable
from conjuncture.run.batch import Progress
from conjuncture.run.ensemble import Arm, Order, run_arms
from conjuncture.run.scenario import Theory, load_theory, parameters
from conjuncture.run.simulate import Spec
from conjuncture.theory.checks import Path, holds
from conjuncture.theory.claims import Claim, load_claims
from conjuncture.theory.evidence import gather, recorded_past
from conjuncture.theory.verdict import (
    Verdict,
    by_record,
    mechanical,
    share_of,
    suspects,
    switchable,
)

Array = npt.NDArray[np.float64]


NULL = "agnostic"
"""The theory that asserts nothing: every other must do better."""


def extra_arms(order: Order) -> dict[str, Spec]:
    """Return the runs that judging needs beside the history itself, on the same draws.

    ``null``: the theory that asserts nothing. ``unassumed``: the theory with
    what it assumes at the engine's medians. ``off:<mechanism>``: each mechanism
    upstream of a claim switched off, and what the theory assumes about it with it.
    """
    spec = order.spec()
    theory = acting(spec)
    measures = {claim.main.variable for claim in load_claims(spec.theory.id).values()}
    spec = replace(spec, only=frozenset(measures | {f"{name}_start" for name in measures}))
    medians = {a.parameter: parameters()[a.parameter].prior.centre for a in theory.assumptions}
    found = {
        "null": replace(spec, theory=load_theory(NULL)),
        "unassumed": replace(spec, settings={**medians, **spec.settings}),
    }
    for claim in load_claims(spec.theory.id).values():
        for item in switchable(suspects(claim, theory)):
            own = {k: v for k, v in medians.items() if k.startswith(f"{item.name}.")}
            found[f"off:{item.name}"] = replace(
                spec, off=frozenset({item.name}), settings={**own, **spec.settings}
            )
    return found


def acting(spec: Spec) -> Theory:
    """Return the theory of a run without what the rooms that it holds would do."""
    names = tuple(item.name for item in spec.mechanisms)
    kept = tuple(a for a in spec.theory.assumptions if a.parameter.split(".")[0] in names)
    return spec.theory.model_copy(update={"mechanisms": names, "assumptions": kept})


def run_extra(
    order: Order,
    *,
    parts: FilePath | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> dict[str, xr.Dataset]:
    """Run the arms of :func:`extra_arms` over all members; see ``run.ensemble.run``."""
    arms = [Arm(name, name, spec) for name, spec in extra_arms(order).items()]
    runs = run_arms(arms, order, parts=parts, workers=workers, progress=progress)
    return dict(zip([arm.name for arm in arms], runs, strict=True))


def judge(order: Order, history: xr.Dataset, arms: dict[str, xr.Dataset]) -> list[Verdict]:
    """Judge every claim of the run's theory.

    Parameters
    ----------
    order : Order
    history : xarray.Dataset
        The run and its comparisons.
    arms : dict of str to xarray.Dataset
        The runs of :func:`run_extra`.

    Returns
    -------
    list of Verdict
        In the order of the claims' ids. A claim whose horizon lies beyond the
        run's window is judged at the last year run, and says so.
    """
    theory = load_theory(order.scenario.theory)
    return [_judge(claim, order, history, arms) for claim in load_claims(theory.id).values()]


def _judge(claim: Claim, order: Order, history: xr.Dataset, arms: dict[str, xr.Dataset]) -> Verdict:
    theory = acting(order.spec())
    whole, claim = claim, _within(claim, order)
    runs = {"theory": history.sel(scenario=order.scenario.id), **arms}
    if claim.counterfactual in history["scenario"].to_numpy().tolist():
        runs["control"] = history.sel(scenario=claim.counterfactual)
    paths = {name: run_path(run, claim, order.scenario.start) for name, run in runs.items()}

    def share(arm: str, horizon: int) -> float:
        return share_of(holds(claim.check, paths[arm], horizon))

    # The record is judged on the claim's own horizon, however short the run.
    start, at = order.scenario.start, whole.horizon.years
    evidence = gather(whole, start, at)
    kind, reason = by_record(whole, evidence)
    return Verdict(
        claim=claim,
        theory=theory.id,
        mechanical=mechanical(claim, theory, share, paths),
        record=kind,
        record_reason=reason,
        evidence=tuple(evidence),
        record_by_horizon={
            h: {e.series: e.holds for e in gather(whole, start, h) if e.role == "main"}
            for h in range(claim.horizon.low, claim.horizon.high + 1)
        },
    )


def _within(claim: Claim, order: Order) -> Claim:
    """Cut a claim's horizon to the window of the run."""
    window = order.until - order.scenario.start
    h = claim.horizon
    if h.high <= window:
        return claim
    note = h.note if h.years <= window else f"{h.note}; cut to the run's window ({order.until})"
    cut = h.model_copy(
        update={
            "years": min(h.years, window),
            "low": min(h.low, window),
            "high": min(h.high, window),
            "note": note,
        }
    )
    return claim.model_copy(update={"horizon": cut})


def run_path(run: xr.Dataset, claim: Claim, start: int) -> Path:
    """Return the main measure of a claim along a simulated history."""
    name = claim.main.variable
    series = run[name].sel(territory=claim.territory)
    time = "bound" if variable(name).kind == "stock" else "year"
    if time == "bound":
        series = series.sel(bound=slice(start + 1, None))
    values = series.transpose("member", time).to_numpy()
    past = recorded_past(claim, name)
    return Path(
        start=start,
        base=_base(run, name, claim.territory, len(values)),
        years=series[time].to_numpy().astype(int),
        values=values,
        past=next(iter(past.values()), float("nan")),
    )


def _base(run: xr.Dataset, name: str, territory: str, members: int) -> Array:
    if f"{name}_start" in run:
        return np.asarray(run[f"{name}_start"].sel(territory=territory).to_numpy())
    if "bound" in run[name].dims:
        return np.asarray(run[name].sel(territory=territory).isel(bound=0).to_numpy())
    return np.full(members, np.nan)
