"""What holds for every mechanism of politics: bounds, shares, order, switches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_world import (
    BY_LABEL,
    INDEX,
    LABELS,
    PAIR,
    POLITICS,
    SHARES,
    UNITS,
    Array,
    inputs,
    made_world,
)

from conjuncture.core.order import order
from conjuncture.core.registry import Inputs
from conjuncture.core.sources import sources
from conjuncture.core.state import variables

NAMES = sorted(POLITICS)
SUMMING = {"mass", "vote", "party_support", "government"}
BOUNDED = {*UNITS, "uprising", "upheaval", "coup", "fascism", "threat_hazard"}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(1, 10**6))
def test_it_writes_what_it_declares_within_bounds(name: str, seed: int) -> None:
    world = made_world(seed)
    item = POLITICS[name]
    for act in (item.function, item.off):
        if act is None:
            continue
        found = act(inputs(name, world, seed))
        assert set(found) == set(item.writes)
        for key, value in found.items():
            assert value.shape == world.get(key, world["administration"]).shape, key
            assert np.isfinite(value).all(), key
            if key in SUMMING:
                np.testing.assert_allclose(value.sum(axis=-1), 1.0, atol=1e-12)
            if key in BOUNDED or key in SUMMING:
                assert (value >= 0).all(), key
                assert (value <= 1 + 1e-12).all(), key


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_territories_does_not_matter(name: str) -> None:
    world = made_world(5)
    count = world["administration"].shape[1]
    order_ = np.random.default_rng(3).permutation(count)
    place = np.argsort(order_)

    def moved(key: str, value: Array) -> Array:
        out = value[:, order_]
        if key in PAIR:
            out = out[:, :, order_]
        if key in INDEX:
            out = np.where(out >= 0, place[np.maximum(out, 0).astype(int)], -1).astype(float)
        return out

    x = inputs(name, world, 7)
    there = {key: moved(key, value) for key, value in world.items()}
    y = inputs(name, there, 7)
    for kind in ("draw", "uniform"):
        for key, value in vars(getattr(x, kind)).items():
            setattr(getattr(y, kind), key, value[:, order_])
    before, after = POLITICS[name].function(x), POLITICS[name].function(y)
    for key, value in before.items():
        np.testing.assert_allclose(after[key], moved(key, value), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_labels_does_not_matter(name: str) -> None:
    world = made_world(8)
    rng = np.random.default_rng(4)
    orders = {dim: rng.permutation(len(labels)) for dim, labels in LABELS.items()}

    def moved(key: str, value: Array) -> Array:
        return value[..., orders[BY_LABEL[key]]] if key in BY_LABEL else value

    x = inputs(name, world, 7)
    y = inputs(name, {key: moved(key, value) for key, value in world.items()}, 7)
    vars(y)["labels"] = {
        dim: tuple(labels[k] for k in orders[dim]) for dim, labels in LABELS.items()
    }
    after = POLITICS[name].function(y)
    for key, value in POLITICS[name].function(x).items():
        np.testing.assert_allclose(after[key], moved(key, value), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_members_do_not_meet(name: str) -> None:
    world = made_world(11)
    x = inputs(name, world, 9)
    alone: Inputs = inputs(name, {k: v[1:2] for k, v in world.items()}, 9)
    for kind in ("p", "draw", "uniform"):
        for key, value in vars(getattr(x, kind)).items():
            setattr(getattr(alone, kind), key, value[1:2])
    found = POLITICS[name].function(alone)
    for key, value in POLITICS[name].function(x).items():
        np.testing.assert_allclose(found[key], value[1:2], rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_its_cards_and_its_paragraphs_exist(name: str) -> None:
    item = POLITICS[name]
    for card in item.sources:
        assert card in sources()
    assert item.paragraphs or name == "political_memory"
    assert len(item.description.splitlines()) >= 1


def test_contested_effects_are_symmetric_and_off_at_the_median() -> None:
    found = [(name, q) for name, item in POLITICS.items() for q in item.parameters if q.contested]
    assert len(found) > 25
    for _, q in found:
        both = q.prior.quantile(np.array([0.1, 0.5, 0.9]))
        np.testing.assert_allclose(both, [-both[2], 0.0, both[2]], atol=1e-12)


def test_each_variable_of_the_room_has_one_writer_and_the_year_has_an_order() -> None:
    writers = [key for item in POLITICS.values() for key in item.writes]
    assert len(writers) == len(set(writers))
    outside = {key for item in POLITICS.values() for key in (*item.reads, *item.lagged)} - set(
        writers
    )
    placed = [item.name for item in order(POLITICS.values(), outside)]
    assert placed.index("threat_masses") < placed.index("stability") < placed.index("ending")
    assert placed.index("elections") < placed.index("government")
    assert placed.index("revolution") < placed.index("revolution_outcome")
    for key in (*writers, *SHARES):
        assert key in variables()
