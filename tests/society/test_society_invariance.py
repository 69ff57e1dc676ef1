"""Every mechanism of society: order of territories, unit of money, members, absurd states."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from conjuncture.core.registry import REGISTRY, Inputs, Mechanism
from conjuncture.core.state import HORIZON, labels, variables
from conjuncture.society import (  # noqa: F401 - importing registers the mechanisms
    bureaucracy,
    culture,
    demobilisation,
    famine,
    identities,
    living,
    population,
    procurement,
    regional,
    repression,
    start_ages,
    strata,
)

SECTORS = ("agriculture", "machinery", "services")
SIZES = {"territory": 4, "partner": 4, "part": 5, "sector": 3, "product": 3, "ahead": HORIZON}
SIZES |= {name: len(of) for name, of in labels().items()}
MEMBERS = 3
PARENT = np.array([0.0, 0.0, 2.0, 2.0, -1.0])

HUNDREDS = {"population", "cohorts", "labour", "armed_forces", "employment", "base_population"}
OWN = sorted(
    (m for m in REGISTRY.mechanisms.values() if m.room.startswith("conjuncture.society")),
    key=lambda m: m.name,
)


def drawn(name: str, rng: np.random.Generator) -> np.ndarray:
    """Draw a sane value of a variable: shares within 0 and 1, people in hundreds."""
    item = variables()[name]
    shape = (MEMBERS, *(SIZES[dim] for dim in item.dims))
    if name in {"part_parent", "part_holder"}:
        return np.broadcast_to(PARENT, shape).copy()
    if name == "administration":
        return rng.integers(0, 3, shape).astype(float)
    values = rng.uniform(0.2, 0.8, shape)
    if item.unit.startswith("thousand persons") or name in HUNDREDS:
        return 1000.0 * values
    if item.unit.startswith("years"):
        return 50.0 * values
    if "international dollars" in item.unit or item.unit.startswith("money"):
        return 100.0 * values
    return values


def world(item: Mechanism, seed: int = 0, scale: float = 1.0) -> Inputs:
    """Build inputs of a mechanism, with all money in other units if asked."""
    rng = np.random.default_rng(seed)

    def values(names: tuple[str, ...]) -> SimpleNamespace:
        return SimpleNamespace(
            **{n: drawn(n, rng) * scale ** power(variables()[n].unit) for n in names}
        )

    medians = {
        p.name: np.full((MEMBERS, 1), p.prior.quantile(np.array([0.7]))[0]) for p in item.parameters
    }
    return Inputs(
        year=1950,
        start=1945,
        now=values(item.reads),
        lag=values(item.lagged),
        p=SimpleNamespace(**medians),
        draw=SimpleNamespace(),
        sectors=SECTORS,
    )


def power(unit: str) -> int:
    """Return how a unit goes with the unit of money."""
    if unit.startswith("money"):
        return 1
    return -1 if "per money" in unit else 0


def permuted(values: SimpleNamespace, to: np.ndarray) -> SimpleNamespace:
    def one(name: str, value: np.ndarray) -> np.ndarray:
        if name in {"part_parent", "part_holder"}:
            return np.where(value >= 0, np.argsort(to)[value.astype(int)], value).astype(float)
        axes = [k + 1 for k, dim in enumerate(variables()[name].dims) if dim == "territory"]
        return value.take(to, axis=axes[0]) if axes else value

    return SimpleNamespace(**{n: one(n, v) for n, v in vars(values).items()})


@pytest.mark.parametrize("item", OWN, ids=lambda m: m.name)
def test_the_order_of_territories_changes_nothing(item: Mechanism) -> None:
    x, to = world(item), np.array([2, 0, 3, 1])
    plain = permuted(SimpleNamespace(**item.function(world(item))), to)
    x = Inputs(
        year=x.year,
        start=x.start,
        now=permuted(x.now, to),
        lag=permuted(x.lag, to),
        p=x.p,
        draw=x.draw,
        sectors=x.sectors,
    )
    for name, value in item.function(x).items():
        np.testing.assert_allclose(value, getattr(plain, name), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("item", OWN, ids=lambda m: m.name)
def test_doubling_the_unit_of_money_changes_nothing(item: Mechanism) -> None:
    plain, other = item.function(world(item)), item.function(world(item, scale=0.5))
    for name, value in plain.items():
        factor = 0.5 ** power(variables()[name].unit)
        np.testing.assert_allclose(other[name], factor * value, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("item", OWN, ids=lambda m: m.name)
def test_members_do_not_meet(item: Mechanism) -> None:
    x, y = world(item), world(item)
    for values in (vars(y.now), vars(y.lag)):
        for name, value in values.items():
            if name not in {"part_parent", "part_holder"}:
                value[1:] *= 0.9
    for name, value in item.function(x).items():
        np.testing.assert_array_equal(value[0], item.function(y)[name][0])


@pytest.mark.parametrize("item", OWN, ids=lambda m: m.name)
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_absurd_states_give_sane_numbers(item: Mechanism, share: float) -> None:
    """Nothing at all, or everything at its bound: finite numbers of the declared shape."""
    x = world(item)
    for values in (vars(x.now), vars(x.lag)):
        for name, value in values.items():
            if variables()[name].unit == "1" and name not in {"part_parent", "part_holder"}:
                value[...] = share
            elif share == 0.0 and variables()[name].kind != "constant":
                value[...] = 0.0
    for act in (item.function, item.off):
        if act is None:
            continue
        found = act(x)
        assert set(found) == set(item.writes)
        for name, value in found.items():
            shape = (MEMBERS, *(SIZES[dim] for dim in variables()[name].dims))
            assert np.broadcast_shapes(value.shape, shape) == shape
            assert np.isfinite(value).all(), name
            if variables()[name].kind == "stock":
                assert (value >= -1e-9).all(), name
