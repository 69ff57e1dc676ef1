"""Power and equilibrium: shares, concentration, coalitions gone through by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from worlds import one, world

from conjuncture.world.equilibrium import essential_powers, weight_beyond
from conjuncture.world.power import composite, concentration, greatest


def test_shares_are_the_mean_of_shares_in_each_component() -> None:
    parts = np.array([[[10.0, 0.0], [30.0, 5.0], [60.0, 15.0]]])
    np.testing.assert_allclose(composite(parts)[0], [0.05, (0.3 + 0.25) / 2, (0.6 + 0.75) / 2])


def test_a_component_that_nobody_has_is_left_out() -> None:
    parts = np.array([[[10.0, 0.0], [30.0, 0.0]]])
    np.testing.assert_allclose(composite(parts)[0], [0.25, 0.75])


@given(
    hnp.arrays(float, (2, 5, 6), elements=st.floats(1.0, 1e6)),
    hnp.arrays(float, 6, elements=st.floats(1e-3, 1e3)),
)
def test_units_of_the_components_do_not_matter(parts: np.ndarray, units: np.ndarray) -> None:
    np.testing.assert_allclose(composite(parts), composite(parts * units), rtol=1e-9)
    np.testing.assert_allclose(composite(parts).sum(axis=-1), 1.0)


def test_lands_held_have_no_power_and_annexed_ones_add_to_their_holder() -> None:
    made = world(2)
    share = one("power", made)["power_share"]
    assert (share[:, [6, 7, 8, 9]] == 0).all()
    made.stocks["status"][:, 9], made.stocks["holder"][:, 9] = 0, 9
    alone = one("power", made)["power_share"]
    np.testing.assert_allclose(alone[:, 1] + alone[:, 9], share[:, 1])


def test_more_steel_is_more_power() -> None:
    made = world(2)
    before = one("power", made)["power_share"][:, 3]
    made.last["steel"][:, 3] *= 2
    assert (one("power", made)["power_share"][:, 3] > before).all()


def test_concentration_runs_from_nought_among_equals_to_one() -> None:
    equal = np.full((1, 7), 1 / 7)
    assert concentration(equal, np.ones((1, 7)))[0] == pytest.approx(0.0, abs=1e-7)
    single = np.array([[1.0, 0, 0, 0, 0, 0, 0]])
    assert concentration(single, np.ones((1, 7)))[0] == pytest.approx(1.0)
    assert greatest(np.array([[0.1, 0.5, 0.4]]), 2).tolist() == [[0, 1, 1]]


def minimal_winning(size: list[float]) -> set[int]:
    """Return who is in a winning coalition that no smaller one is part of."""
    names = range(len(size))
    winning = [
        set(c)
        for k in range(1, len(size) + 1)
        for c in combinations(names, k)
        if sum(size[i] for i in c) > sum(size) / 2
    ]
    least = [c for c in winning if not any(other < c for other in winning)]
    return set().union(*least)


@given(st.lists(st.integers(1, 200), min_size=2, max_size=7))
def test_essential_powers_are_those_of_least_winning_coalitions(size: list[int]) -> None:
    share = np.array([size], float) / sum(size)
    essential, excluded = essential_powers(share, 7)
    expected = minimal_winning([float(s) for s in size])
    assert {k for k in range(len(size)) if essential[0, k]} == expected
    assert excluded[0] == (len(expected) < len(size))


@pytest.mark.parametrize(
    ("size", "essential"),
    [
        ([34, 33, 33], {0, 1, 2}),  # no one has half: all needed somewhere, a stable system
        ([51, 25, 24], {0}),  # a predominant power makes all others inessential
        ([40, 30, 29, 1], {0, 1, 2}),  # the small one never turns a coalition
        ([20, 20, 20, 20, 20], {0, 1, 2, 3, 4}),
    ],
)
def test_known_systems(size: list[float], essential: set[int]) -> None:
    share = np.array([size], float) / sum(size)
    found, excluded = essential_powers(share, 7)
    assert set(np.nonzero(found[0])[0]) == essential
    assert excluded[0] == (len(essential) < len(size))


def test_weight_beyond_equilibrium_is_nought_until_half_and_grows_with_distance() -> None:
    km = np.array([[[100.0, 1000, 1000], [1000, 100, 1000], [1000, 1000, 100]]])
    reach = np.array([[5000.0]])
    assert weight_beyond(np.array([[0.34, 0.33, 0.33]]), km, reach).tolist() == [[0, 0, 0]]
    near = weight_beyond(np.array([[0.8, 0.1, 0.1]]), km, reach)
    far = weight_beyond(np.array([[0.8, 0.1, 0.1]]), km * 8, reach)
    assert 0 < near[0, 0] < far[0, 0] < 1
    assert near[0, 0] == pytest.approx(2 * 0.8 / (0.8 + 0.2 * np.exp(-0.2)) - 1)
    assert (near[0, 1:] == 0).all()
    assert weight_beyond(np.array([[1.0, 0.0, 0.0]]), km, reach).tolist() == [[1, 0, 0]]
