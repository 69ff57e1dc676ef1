"""Ensembles: a scenario and its comparisons over many members, resumable by batch."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

import conjuncture
from conjuncture.accounts.library import load_variants
from conjuncture.core.errors import Faults
from conjuncture.core.sources import ASSUMED, trace
from conjuncture.data.country import countries, load_country
from conjuncture.run import batch
from conjuncture.run.batch import Progress
from conjuncture.run.scenario import Scenario, load_theory, mechanisms
from conjuncture.run.simulate import Spec
from conjuncture.run.starts.donor_economy import donor_cards
from conjuncture.run.units import units


@dataclass(frozen=True)
class Arm:
    """One of the runs of a scenario: itself or a comparison."""

    name: str
    title: str
    spec: Spec


@dataclass(frozen=True)
class Order:
    """A scenario with what the user changed about it.

    Attributes
    ----------
    scenario : Scenario
    members, seed, until : int
    settings : mapping of str to float
    """

    scenario: Scenario
    members: int
    seed: int
    until: int
    settings: Mapping[str, float]

    def spec(self, of: Scenario | None = None) -> Spec:
        """Return the specification of the main run, or of another scenario's in its place."""
        scenario = of or self.scenario
        return Spec(
            start=scenario.start,
            until=self.until,
            territories=scenario.territories,
            theory=load_theory(scenario.theory),
            seed=self.seed,
            settings={**scenario.set, **self.settings},
            shocks=scenario.shocks,
            hold=scenario.hold,
            detail=scenario.detail,
        )

    def arms(self) -> list[Arm]:
        """Return the main run and its comparisons, on the same draws.

        The scenario that the main one extends comes first among them, if it is compared.
        """
        main, base = self.spec(), self.scenario.base
        beside = [] if base is None else [Arm(base.id, base.title, self.spec(base))]
        beside += [
            Arm(
                c.id,
                c.title,
                replace(
                    main,
                    settings={**main.settings, **c.set},
                    shocks=(*main.shocks, *c.shocks),
                ),
            )
            for c in self.scenario.comparisons
        ]
        return [Arm(self.scenario.id, self.scenario.title, main), *beside]


def order_run(
    scenario: Scenario,
    *,
    members: int | None = None,
    seed: int | None = None,
    until: int | None = None,
    settings: Mapping[str, float] | None = None,
) -> Order:
    """Check what the user changes about a scenario.

    Raises
    ------
    InputError
        With all faults: absurd members or years, unknown names.
    """
    faults = Faults("run")
    order = Order(
        scenario,
        scenario.members if members is None else members,
        scenario.seed if seed is None else seed,
        scenario.until if until is None else until,
        dict(settings or {}),
    )
    if not 1 <= order.members <= 1_000_000:
        faults.add(
            "must be 1 to 1,000,000", "give another number", field="members", value=order.members
        )
    if order.seed < 0:
        faults.add("must not be negative", "give 0 or more", field="seed", value=order.seed)
    if not scenario.start < order.until <= scenario.until:
        faults.add(
            f"must lie in the scenario's window, {scenario.start + 1} to {scenario.until}",
            "give a year of the window",
            field="until",
            value=order.until,
        )
    faults.raise_if_any()
    for arm in order.arms():
        arm.spec.check()
    return order


def run(
    order: Order,
    *,
    parts: Path | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Run a scenario and its comparisons.

    Parameters
    ----------
    order : Order
    parts : Path, optional
        Folder for finished batches. An interrupted run resumes from them if it
        is the same run to the last setting; :func:`conjuncture.run.batch.finish`
        removes it.
    workers : int
        Processes; the results do not depend on it.
    progress : callable, optional

    Returns
    -------
    xarray.Dataset
        The History with a leading ``scenario`` dimension and a manifest.
    """
    arms = order.arms()
    runs = run_arms(arms, order, parts=parts, workers=workers, progress=progress)
    labels = xr.DataArray([arm.name for arm in arms], dims="scenario", name="scenario")
    history = xr.concat(
        runs,
        dim=labels,
        data_vars="all",
        coords="minimal",
        compat="override",
        join="exact",
        combine_attrs="override",
    )
    history["scenario_title"] = ("scenario", [arm.title for arm in arms])
    history.attrs = {"manifest": json.dumps(manifest(order), sort_keys=True)}
    return history


def run_arms(
    arms: Sequence[Arm],
    order: Order,
    *,
    parts: Path | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[xr.Dataset]:
    """Run arms over all members of an order, batch by batch."""
    folder = batch.open_parts(parts, fingerprint(order))
    todo = [list(batch.tasks(arm.name, arm.spec, order.members, folder)) for arm in arms]
    done = iter(batch.execute([t for row in todo for t in row], workers=workers, progress=progress))
    return [batch.join([next(done) for _ in row]) for row in todo]


def fingerprint(order: Order) -> str:
    """Return a short checksum of all that decides the bits of a run."""
    text = json.dumps(manifest(order), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def manifest(order: Order) -> dict[str, Any]:
    """Return versions, scenario, theory, settings, seed and origin cards of a run."""
    spec, base = order.spec(), order.scenario.base
    beside = () if base is None else order.spec(base).shocks
    return {
        "conjuncture": conjuncture.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scenario": order.scenario.id,
        "theory": spec.theory.id,
        "mechanisms": list(spec.theory.mechanisms),
        "members": order.members,
        "seed": order.seed,
        "start": spec.start,
        "until": order.until,
        "settings": dict(spec.settings),
        "hold": list(spec.hold),
        "shocks": [item.model_dump(exclude_defaults=True) for item in spec.shocks],
        "base": None if base is None else base.id,
        "shocks of the base": [item.model_dump(exclude_defaults=True) for item in beside],
        "comparisons": {
            c.id: c.model_dump(exclude_defaults=True, exclude={"title"})
            for c in order.scenario.comparisons
        },
        "sources": [card.id for card in trace(cards(order))],
    }


def cards(order: Order) -> list[str]:
    """Return the origin cards that a run rests on: theory, mechanisms, figures, tables."""
    theory = load_theory(order.scenario.theory)
    found = {theory.source}
    for name in theory.mechanisms:
        item = mechanisms()[name]
        found |= {*item.sources, *(p.source for p in item.parameters)}
    found |= {item.source for item in order.scenario.shocks if item.source}
    for code in order.scenario.territories:
        found |= {card for item in units()[code].states for card in item.cards()}
        if code in countries():
            country = load_country(code)
            found |= set(country.cards())
            found |= {table.origin for table in load_variants(country.table).values()}
    if any(code not in countries() for code in order.scenario.territories):
        found |= set(donor_cards())
    return sorted(found - {ASSUMED})
