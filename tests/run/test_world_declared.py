"""Every variable, mechanism and parameter of the world is at work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_worlds import small

from conjuncture.core.registry import Parameter
from conjuncture.core.state import levers, variables
from conjuncture.run.scenario import load_theory, mechanisms
from conjuncture.run.simulate import Trajectory, simulate
from conjuncture.run.start import initial_state
from conjuncture.run.starts.base import Start

KEPT_OTHERWISE = {
    "war_hazard": "by territory as war_risk",
    "bridgehead": "by territory as encirclement",
    "essential": "for the whole as equilibrium_excluded",
}
"""Results that nothing reads and no history keeps, since it keeps their sum."""


def given() -> set[str]:
    spec = small()
    found = initial_state(Start(spec.start, spec.territories, spec.seed, range(1), {}))
    return {name for values in found for name in values}


def test_every_variable_is_made_by_somebody_or_of_the_record_alone() -> None:
    made = given() | set(levers()) | {n for m in mechanisms().values() for n in m.writes}
    assert [n for n, item in variables().items() if n not in made and not item.record] == []


def test_every_variable_is_read_or_kept() -> None:
    read = {n for m in mechanisms().values() for n in (*m.reads, *m.lagged)}
    idle = [n for n, item in variables().items() if n not in read and not item.kept]
    assert sorted(idle) == sorted(KEPT_OTHERWISE)
    assert [n for n in levers() if n not in read] == []


def test_every_constant_and_stock_of_a_run_is_read() -> None:
    """What is carried from year to year has an effect; a record's stocks are no run's."""
    read = {n for m in mechanisms().values() for n in (*m.reads, *m.lagged)}
    idle = [
        name
        for name, item in variables().items()
        if item.kind in ("constant", "stock") and name not in read and not item.record
    ]
    assert idle == []


def test_no_mechanism_is_left_out_of_the_engines_own_theory() -> None:
    listed = load_theory("agnostic").mechanisms
    assert sorted(listed) == sorted(mechanisms())


def extremes(parameter: Parameter) -> tuple[float, float]:
    low, high = parameter.prior.quantile(np.array([0.02, 0.98]))
    if parameter.prior.kind == "fixed":
        high = min(1.2 * low + 0.1, parameter.limits[1])
    return float(low), float(high)


def differ(left: Trajectory, right: Trajectory) -> bool:
    return any(
        not np.array_equal(value, getattr(right, part)[name])
        for part in ("stocks", "flows", "constants")
        for name, value in getattr(left, part).items()
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(mechanisms()))
def test_mechanisms_without_effect_have_no_parameters_that_pretend(name: str) -> None:
    """Some parameter of each mechanism moves a small world between the ends of its prior."""
    spec = small()
    item = mechanisms()[name]
    names = {item.qualified(p.name): extremes(p) for p in item.parameters}
    ends = [
        simulate(
            replace(spec, settings={**spec.settings, **{n: v[k] for n, v in names.items()}}),
            range(2),
        )
        for k in (0, 1)
    ]
    assert not names or differ(*ends)
