"""Priors twice as wide: the same centre, twice the spread, within the limits."""

from __future__ import annotations

import numpy as np
import pytest

from conjuncture.core.errors import InputError
from conjuncture.core.priors import Prior
from conjuncture.data.fitted import fitted
from conjuncture.run.ensemble import order_run
from conjuncture.run.scenario import load_scenario, parameters
from conjuncture.score.wide import assumed_parameters, wide_spec, widened

U = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
WIDE = (-1e9, 1e9)


@pytest.mark.parametrize(
    "prior",
    [
        Prior(kind="normal", mean=1.0, sd=0.2),
        Prior(kind="uniform", low=1.0, high=3.0),
        Prior(kind="triangular", low=1.0, mode=2.0, high=3.0),
    ],
    ids=lambda prior: prior.kind,
)
def test_quantiles_lie_twice_as_far_from_the_centre(prior: Prior) -> None:
    found = widened(prior, 2.0, WIDE).quantile(U)
    np.testing.assert_allclose(found - prior.centre, 2 * (prior.quantile(U) - prior.centre))


def test_lognormal_priors_widen_by_ratios_and_half_normal_ones_from_zero() -> None:
    prior = Prior(kind="lognormal", median=2.0, sigma=0.3)
    found = widened(prior, 2.0, WIDE).quantile(U)
    np.testing.assert_allclose(found / 2.0, (prior.quantile(U) / 2.0) ** 2)
    half = Prior(kind="half_normal", sd=0.5)
    np.testing.assert_allclose(widened(half, 2.0, WIDE).quantile(U), 2 * half.quantile(U))


def test_limits_and_bounds_stay() -> None:
    prior = Prior(kind="normal", mean=0.5, sd=0.2, minimum=0.1)
    found = widened(prior, 5.0, (0.0, 1.0)).quantile(U)
    assert found.min() == 0.1
    assert found.max() == 1.0
    fixed = Prior(kind="fixed", value=3.0)
    assert widened(fixed, 2.0, WIDE) == fixed


def test_only_assumptions_of_the_engine_are_widened() -> None:
    spec = order_run(load_scenario("ussr_1945"), members=3, until=1946).spec()
    names = assumed_parameters(spec)
    asserted = {a.parameter for a in spec.theory.assumptions}
    assert names
    assert all(parameters()[name].source == "assumed" for name in names)
    assert not set(names) & (asserted | set(fitted()))
    wide = wide_spec(spec, 2.0)
    for name in names:
        assert (
            wide.prior(name, parameters()[name].prior) != spec.prior(name, parameters()[name].prior)
            or parameters()[name].prior.kind == "fixed"
        )
    for name in asserted:
        assert wide.prior(name, parameters()[name].prior) == spec.prior(
            name, parameters()[name].prior
        )
    wide.check()


def test_a_factor_of_nothing_is_refused() -> None:
    spec = order_run(load_scenario("ussr_1945"), members=3, until=1946).spec()
    with pytest.raises(InputError, match="above 0"):
        wide_spec(spec, 0.0)
