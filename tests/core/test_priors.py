"""Priors: quantiles, refusals, and draws that do not depend on the batch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from conjuncture.core import draws
from conjuncture.core.priors import Prior, uniforms

CASES = [
    (Prior(kind="uniform", low=1.0, high=3.0), stats.uniform(1.0, 2.0)),
    (Prior(kind="normal", mean=1.0, sd=2.0), stats.norm(1.0, 2.0)),
    (Prior(kind="half_normal", sd=2.0), stats.halfnorm(scale=2.0)),
    (Prior(kind="lognormal", median=2.0, sigma=0.5), stats.lognorm(0.5, scale=2.0)),
    (Prior(kind="triangular", low=0.0, mode=1.0, high=4.0), stats.triang(0.25, 0.0, 4.0)),
]


@pytest.mark.parametrize(("prior", "peer"), CASES, ids=lambda c: getattr(c, "kind", ""))
def test_quantiles_agree_with_scipy(prior: Prior, peer: stats.rv_continuous) -> None:
    u = np.linspace(0.001, 0.999, 101)
    np.testing.assert_allclose(prior.quantile(u), peer.ppf(u), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "uniform", "low": 3.0, "high": 1.0},
        {"kind": "uniform", "low": 1.0},
        {"kind": "normal", "mean": 0.0, "sd": -1.0},
        {"kind": "lognormal", "median": 0.0, "sigma": 1.0},
        {"kind": "uniform", "low": 0.0, "high": 1.0, "mean": 3.0},
        {"kind": "beta"},
        {"kind": "fixed", "value": float("nan")},
    ],
)
def test_impossible_priors_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Prior.model_validate(fields)


@given(seed=st.integers(0, 2**31), cut=st.integers(0, 40), stop=st.integers(41, 60))
def test_a_member_draws_the_same_in_every_batch(seed: int, cut: int, stop: int) -> None:
    whole = uniforms(seed, "a.b", range(stop))
    np.testing.assert_array_equal(whole[cut:], uniforms(seed, "a.b", range(cut, stop)))
    for of in (draws.normals, draws.uniforms, draws.pair_uniforms):
        whole = of(seed, "x", range(stop), 1950, ("A", "B"))[1:]
        np.testing.assert_array_equal(
            whole[cut:], of(seed, "x", range(cut, stop), 1950, ("A", "B"))[1:]
        )


def test_streams_differ_by_name_and_seed() -> None:
    first = uniforms(1, "a", range(5))
    assert not np.array_equal(first, uniforms(1, "b", range(5)))
    assert not np.array_equal(first, uniforms(2, "a", range(5)))


def test_yearly_draws_depend_on_their_codes_and_not_on_the_order() -> None:
    there = draws.pair_uniforms(7, "x", range(50), 1950, ("A", "B", "C"))
    back = draws.pair_uniforms(7, "x", range(50), 1950, ("C", "B", "A"))
    np.testing.assert_array_equal(there, back[:, ::-1, ::-1])
    assert (there[0] == 0.5).all()
    assert not np.array_equal(there[1:], np.swapaxes(there[1:], 1, 2))
    assert not np.array_equal(there, draws.pair_uniforms(7, "x", range(50), 1951, ("A", "B", "C")))


def test_yearly_draws_are_uniform_and_unrelated() -> None:
    """Kolmogorov-Smirnov against the uniform; correlations across codes, years and names."""
    one = draws.uniforms(3, "x", range(20_000), 1946, ("A", "B"))[1:]
    assert stats.kstest(one[:, 0], "uniform").pvalue > 1e-3
    others = [
        one[:, 1],
        draws.uniforms(3, "x", range(20_000), 1947, ("A",))[1:, 0],
        draws.uniforms(3, "y", range(20_000), 1946, ("A",))[1:, 0],
        draws.uniforms(4, "x", range(20_000), 1946, ("A",))[1:, 0],
        np.roll(one[:, 0], 1),
    ]
    for other in others:
        assert abs(np.corrcoef(one[:, 0], other)[0, 1]) < 0.03
