"""No result depends on the order of mechanisms or countries, nor on a currency's unit."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import numpy as np
import numpy.typing as npt
import pytest
from small_worlds import Values, small

from conjuncture.core.state import variables
from conjuncture.data.states import states
from conjuncture.run import simulate as engine
from conjuncture.run.scenario import load_scenario, load_theory, mechanisms
from conjuncture.run.simulate import Trajectory, simulate
from conjuncture.run.starts.base import Start
from conjuncture.run.units import parts, resolve

MEMBERS = range(2)


@pytest.fixture(scope="module")
def plain() -> Trajectory:
    return simulate(small(), MEMBERS)


def kept(run: Trajectory) -> dict[str, npt.NDArray[np.floating]]:
    return {**run.stocks, **run.flows, **run.constants}


def alike(left: Trajectory, right: Trajectory) -> None:
    assert kept(left).keys() == kept(right).keys()
    for name, value in kept(left).items():
        np.testing.assert_array_equal(value, kept(right)[name], name)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_mechanisms_in_a_theory_changes_no_bit(plain: Trajectory, seed: int) -> None:
    spec = small()
    names = np.random.default_rng(seed).permutation(spec.theory.mechanisms)
    shuffled = spec.theory.model_copy(update={"mechanisms": tuple(str(n) for n in names)})
    assert shuffled.mechanisms != spec.theory.mechanisms
    alike(simulate(replace(spec, theory=shuffled), MEMBERS), plain)


def test_a_scenario_takes_its_countries_in_any_order() -> None:
    codes = small().territories
    assert resolve(codes[::-1]) == codes
    assert resolve(("all",)) == tuple(sorted(load_scenario("1945").territories))


def test_another_order_of_countries_moves_the_results_with_them(plain: Trajectory) -> None:
    """Sums in another order leave other roundings; nothing else may differ."""
    spec = small()
    n = len(spec.territories)
    to = np.random.default_rng(3).permutation(n)
    moved = simulate(replace(spec, territories=tuple(spec.territories[k] for k in to)), MEMBERS)
    back = np.argsort(to)
    at = np.append(to, -1)  # an index of -1, none, stays itself
    assert parts(tuple(spec.territories[k] for k in to)) == parts(spec.territories)
    for name, value in kept(moved).items():
        item = variables()[name]
        found = at[value.astype(int)].astype(float) if item.unit == "index" else value
        offset = value.ndim - len(item.dims)
        for axis, dim in enumerate(item.dims):
            if dim in ("territory", "partner"):
                found = np.take(found, back, axis=offset + axis)
        np.testing.assert_allclose(found, kept(plain)[name], rtol=1e-6, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("code", ["SUN", "POL", "FRA"])
def test_doubling_the_unit_of_a_currency_changes_nothing_else(plain: Trajectory, code: str) -> None:
    """Money of one territory in units of half the worth: its sums double, nothing else moves."""
    spec = small()
    k = spec.territories.index(code)
    build = engine.initial_state

    def doubled(start: Start) -> tuple[Values, Values, Values]:
        found = build(start)
        for values in found:
            for name, value in values.items():
                values[name] = rescaled(name, value, 2.0, k)
        return found

    with mock.patch.object(engine, "initial_state", doubled):
        run = simulate(spec, MEMBERS)
    for name, value in kept(run).items():
        same = rescaled(name, value, 0.5, k)
        scale = np.abs(kept(plain)[name]).max() if value.size else 1.0
        np.testing.assert_allclose(
            same, kept(plain)[name], rtol=1e-6, atol=1e-9 * max(float(scale), 1.0), err_msg=name
        )


def rescaled(
    name: str, value: npt.NDArray[np.floating], factor: float, k: int
) -> npt.NDArray[np.floating]:
    """Return a variable with the money of territory ``k`` counted in another unit."""
    item = variables()[name]
    power = 1 if item.in_money else -1 if "per money" in item.unit else 0
    if power == 0:
        return value
    dim, where = ("territory", [k]) if "territory" in item.dims else ("part", within(k))
    axis = value.ndim - len(item.dims) + item.dims.index(dim)
    found = np.array(value)
    np.moveaxis(found, axis, 0)[where] *= factor**power
    return found


def within(k: int) -> list[int]:
    """Return the positions of the parts of a territory, which count in its money."""
    codes = small().territories
    return [i for i, code in enumerate(parts(codes)) if states()[code].parent == codes[k]]


def test_every_variable_in_money_belongs_to_one_territory_or_part() -> None:
    for name, item in variables().items():
        if "money" in item.unit:
            assert {"territory", "part"} & set(item.dims), name
            assert "partner" not in item.dims, name


def test_no_mechanism_and_no_theory_is_left_out() -> None:
    """All that is registered runs in the engine's own theory; switches work on what exists."""
    listed = set(load_theory("agnostic").mechanisms)
    assert listed == set(mechanisms())
    assert len(load_theory("agnostic").mechanisms) == len(listed)
    assert set(small().theory.mechanisms) <= listed
