"""Relative deprivation against Davies's curve and its limits."""

from __future__ import annotations

import numpy as np
import pytest
from made_world import made_world, run


def test_a_fall_after_a_rise_opens_the_gap_and_time_closes_it() -> None:
    world = made_world(members=1, count=1)
    expected, gaps = 0.5, []
    for standard in (0.6, 0.8, 1.0, 0.7, *[0.7] * 60):
        found = run(
            "deprivation",
            world,
            p={"forgetting": 0.1},
            living_standard=standard,
            expected_standard=expected,
        )
        expected = found["expected_standard"].item()
        gaps.append(found["deprivation"].item())
    assert gaps[:3] == [0.0, 0.0, 0.0]  # a rise deprives nobody
    assert gaps[3] == pytest.approx(0.3)  # the J-curve's gap: 1 - 0.7/1.0
    assert (np.diff(gaps[3:]) < 0).all()
    assert gaps[-1] < 0.01


def test_nothing_to_live_on_is_full_deprivation_and_its_unit_does_not_matter() -> None:
    world = made_world()
    assert (run("deprivation", world, living_standard=0.0)["deprivation"] == 1.0).all()
    doubled = world | {k: 2 * world[k] for k in ("living_standard", "expected_standard")}
    np.testing.assert_allclose(
        run("deprivation", doubled)["deprivation"], run("deprivation", world)["deprivation"]
    )
