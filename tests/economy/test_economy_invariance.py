"""What holds for every mechanism of economies under regimes, whatever it says.

No result depends on the order of the territories, on the batch of members, or on the
unit of a table's money; a switch gives results of the same kind.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from economy_inputs import INDICES, MINE, Array, checked, random_inputs, shape

from conjuncture.core.registry import REGISTRY, Inputs
from conjuncture.core.state import variables

SEEDS = (0, 1, 2)


def _permuted(name: str, value: Array, order: Array) -> Array:
    value = value[:, order]
    if "partner" in variables()[name].dims:
        value = value[:, :, order]
    if name in INDICES:
        position = np.argsort(order)
        value = np.where(value >= 0, position[value.astype(int)], value)
    return value


def _space(values: SimpleNamespace, change: object) -> SimpleNamespace:
    return SimpleNamespace(**{k: change(k, v) for k, v in vars(values).items()})  # type: ignore[operator]


@pytest.mark.parametrize("name", MINE)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_territories_changes_nothing(name: str, seed: int) -> None:
    item = REGISTRY.get(name)
    rng = np.random.default_rng(seed)
    x = random_inputs(name, rng)
    order = rng.permutation(len(x.territories))
    other = replace(
        x,
        now=_space(x.now, lambda k, v: _permuted(k, v, order)),
        lag=_space(x.lag, lambda k, v: _permuted(k, v, order)),
        draw=_space(x.draw, lambda _k, v: v[:, order] if v.shape[1] > 1 else v),
    )
    for off in (False, True) if item.off else (False,):
        straight, turned = checked(item, x, off=off), checked(item, other, off=off)
        for key, value in straight.items():
            np.testing.assert_allclose(
                turned[key], _permuted(key, value, order), rtol=1e-12, atol=1e-12, err_msg=key
            )


def _exponent(unit: str) -> int:
    """Return how an amount follows the unit of money."""
    return 1 if unit.startswith("money") else 0


@pytest.mark.parametrize("name", MINE)
def test_the_unit_of_money_changes_nothing(name: str) -> None:
    """A table in half as large a unit: twice the numbers, half the price in dollars."""
    item = REGISTRY.get(name)
    x = random_inputs(name, np.random.default_rng(5))

    def scaled(key: str, value: Array) -> Array:
        if key == "world_price":
            return value / 2.0
        return value * 2.0 ** _exponent(variables()[key].unit)

    other = replace(x, now=_space(x.now, scaled), lag=_space(x.lag, scaled))
    for off in (False, True) if item.off else (False,):
        one, two = checked(item, x, off=off), checked(item, other, off=off)
        for key, value in one.items():
            np.testing.assert_allclose(two[key], scaled(key, value), rtol=1e-12, err_msg=key)


@pytest.mark.parametrize("name", MINE)
def test_a_member_does_not_depend_on_its_batch(name: str) -> None:
    item = REGISTRY.get(name)
    x = random_inputs(name, np.random.default_rng(7))

    def last(_key: str, value: Array) -> Array:
        return value[-1:]

    alone: Inputs = replace(
        x, now=_space(x.now, last), lag=_space(x.lag, last), p=_space(x.p, last),
        draw=_space(x.draw, last),
    )  # fmt: skip
    whole, one = checked(item, x), checked(item, alone)
    for key, value in whole.items():
        np.testing.assert_array_equal(one[key], value[-1:], err_msg=key)


@pytest.mark.parametrize("name", MINE)
def test_one_territory_alone_is_a_world(name: str) -> None:
    item = REGISTRY.get(name)
    x = random_inputs(name, np.random.default_rng(3), count=1)
    for key in INDICES:
        if hasattr(x.now, key):
            setattr(x.now, key, np.zeros(shape(key, 3, 1)))
    checked(item, x)


@pytest.mark.parametrize("name", [n for n in MINE if REGISTRY.get(n).phase != "start"])
def test_each_has_a_switch_sources_and_priors_with_reasons(name: str) -> None:
    item = REGISTRY.get(name)
    assert item.off is not None
    assert item.sources
    assert all(q.reason for q in item.parameters if q.source == "assumed")
