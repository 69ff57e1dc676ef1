"""Estimators against independent formulations, and priors met with data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from conjuncture.core.errors import InputError
from conjuncture.fit.estimate import (
    Estimate,
    joined,
    labels,
    least_squares,
    regress,
    sandwich,
    spread,
)
from conjuncture.fit.posterior import Wanted, posteriors


def sample(seed: int = 0, size: int = 400) -> tuple[list[Any], Any, Any]:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, size))
    eta = -0.5 + 0.8 * x - 0.4 * z
    return [np.ones(size), x, z], rng.random(size) < 1 / (1 + np.exp(-eta)), eta


@pytest.mark.parametrize("family", ["logit", "poisson"])
def test_the_maximum_is_that_of_a_general_optimiser(family: Any) -> None:
    columns, outcome, eta = sample()
    if family == "poisson":
        outcome = np.random.default_rng(1).poisson(np.exp(eta))
    X, y = np.column_stack(columns), outcome.astype(float)

    def loss(beta: Any) -> float:
        index = X @ beta
        if family == "logit":
            return float(-stats.bernoulli.logpmf(y, 1 / (1 + np.exp(-index))).sum())
        return float(-stats.poisson.logpmf(y, np.exp(index)).sum())

    found = regress("abc", columns, y, family)
    best = optimize.minimize(loss, np.zeros(3), method="Nelder-Mead",
                             options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 4000})  # fmt: skip
    assert found.values == pytest.approx(best.x, abs=1e-4)
    assert found.observations == 400
    assert found.events == np.count_nonzero(y)


def test_a_rate_is_events_over_exposure() -> None:
    years = np.array([1.0, 4.0, 2.5, 7.0])
    found = regress("r", [np.ones(4)], np.array([1.0, 0, 1, 1]), "poisson", (), np.log(years))
    assert found.values[0] == pytest.approx(np.log(3 / 14.5))


def test_least_squares_agree_with_numpy() -> None:
    columns, _, eta = sample()
    y = eta + np.random.default_rng(2).normal(size=400)
    found, residual = least_squares("abc", columns, y)
    X = np.column_stack(columns)
    assert found.values == pytest.approx(np.linalg.lstsq(X, y)[0])
    assert residual == pytest.approx(y - X @ found.values)
    by_hand = np.linalg.inv(X.T @ X) @ (X.T * residual**2) @ X @ np.linalg.inv(X.T @ X)
    assert found.covariance == pytest.approx(by_hand * 400 / 397)


def test_clusters_count_once() -> None:
    """Ten copies of each row tell no more than one, if errors know that they are copies."""
    columns, outcome, _ = sample(size=150)
    once = regress("abc", columns, outcome, "logit", (np.arange(150),))
    ten = [np.repeat(c, 10) for c in columns]
    again = regress("abc", ten, np.repeat(outcome, 10), "logit", (np.repeat(np.arange(150), 10),))
    assert again.values == pytest.approx(once.values)
    assert again.errors == pytest.approx(once.errors)
    naive = regress("abc", ten, np.repeat(outcome, 10), "logit")
    assert (naive.errors < 0.5 * once.errors).all()


def test_two_ways_are_those_of_the_three_sums() -> None:
    rng = np.random.default_rng(3)
    one, two = rng.integers(0, 12, 300), rng.integers(0, 9, 300)
    scores, bread = rng.normal(size=(300, 2)) + rng.normal(size=(12, 2))[one], np.eye(2)

    def summed(*keys: Any) -> Any:
        groups: dict[Any, Any] = {}
        for k, row in enumerate(scores):
            name = tuple(key[k] for key in keys)
            groups[name] = groups.get(name, 0) + row
        total = sum(np.outer(g, g) for g in groups.values())
        return total * len(groups) / (len(groups) - 1)

    expected = summed(one) + summed(two) - summed(one, two)
    found = sandwich(bread, scores, (labels(one), labels(two)))
    assert found == pytest.approx(expected)


def test_two_ways_that_are_not_definite_err_on_the_safe_side() -> None:
    """Scores that nearly cancel within each cluster, so that the difference is negative."""
    scores = np.array([[1.0], [-0.9], [-0.9], [1.0]])
    found = sandwich(np.eye(1), scores, (labels([0, 0, 1, 1]), labels([0, 1, 0, 1])))
    assert found[0, 0] == pytest.approx(2 * (2 * 2 * 0.1**2))


def test_a_spread_and_its_error() -> None:
    rng = np.random.default_rng(4)
    draws = np.array([spread("s", rng.normal(0, 2.0, 200)).values[0] for _ in range(400)])
    value, error = spread("s", rng.normal(0, 2.0, 200))["s"]
    assert value == pytest.approx(2.0, abs=4 * error)
    assert error == pytest.approx(draws.std(), rel=0.35)


@pytest.mark.parametrize(
    ("columns", "outcome"),
    [
        ([np.ones(20)], np.zeros(20)),
        ([np.ones(20), np.arange(20) > 9], np.arange(20) > 9),
        ([np.ones(20), np.zeros(20)], np.arange(20) % 2),
        ([np.ones(20), np.ones(20)], np.arange(20) % 2),
        ([np.ones(2), np.arange(2)], np.arange(2)),
    ],
    ids=["no events", "separated", "no contrast", "twice the same", "too few rows"],
)
def test_what_cannot_be_estimated_is_refused(columns: list[Any], outcome: Any) -> None:
    with pytest.raises(InputError, match="cannot be estimated"):
        regress([f"x{k}" for k in range(len(columns))], columns, outcome, "logit")


def test_least_squares_of_equal_columns_are_refused() -> None:
    with pytest.raises(InputError, match="cannot be estimated"):
        least_squares("ab", [np.ones(9), np.ones(9)], np.arange(9.0))


def test_estimates_are_joined_and_parted() -> None:
    one = Estimate(("a", "b"), np.array([1.0, 2.0]), np.array([[4.0, 1.0], [1.0, 9.0]]), 10, 3)
    two = Estimate(("c",), np.array([5.0]), np.array([[0.25]]), 7)
    both = joined(one, two)
    assert both["b"] == (2.0, 3.0)
    assert both["c"] == (5.0, 0.5)
    assert both.covariance[0, 1] == 1.0
    assert both.covariance[0, 2] == 0.0
    assert both.part(["c", "a"], ["x", "y"])["y"] == (1.0, 2.0)


# Priors ---------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-3, 3), st.floats(0.1, 3), st.floats(-3, 3), st.floats(0.1, 3)
)  # fmt: skip
def test_one_parameter_meets_its_data_as_two_normals_do(
    mean: float, sd: float, value: float, error: float
) -> None:
    wanted = Wanted("a", "", "", mean, sd)
    found = posteriors((wanted,), (Estimate(("a",), np.array([value]), np.array([[error**2]]), 5),))
    after = found["a"].after
    assert after.sd is not None
    assert after.mean is not None
    weight = sd**2 / (sd**2 + error**2)
    assert after.mean == pytest.approx(mean + weight * (value - mean), rel=1e-3, abs=1e-4)
    assert after.sd == pytest.approx(sd * error / np.hypot(sd, error), rel=1e-3)
    assert after.sd <= min(sd, error) * 1.001


def test_correlated_parameters_meet_their_data_together() -> None:
    """Against the posterior computed on a grid."""
    V = np.array([[1.0, 0.8], [0.8, 1.0]])
    wanted = (Wanted("a", "", "", 0.0, 0.5), Wanted("b", "", "", 0.0, 3.0))
    found = posteriors(wanted, (Estimate(("a", "b"), np.array([1.0, 1.0]), V, 5),))
    axis = np.linspace(-12, 12, 961)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    density = stats.multivariate_normal([1, 1], V).pdf(grid)
    density *= stats.norm(0, 0.5).pdf(grid[..., 0]) * stats.norm(0, 3).pdf(grid[..., 1])
    density /= density.sum()
    for k, name in enumerate("ab"):
        mean = float((density * grid[..., k]).sum())
        assert found[name].after.mean == pytest.approx(mean, abs=2e-3)
        variance = float((density * (grid[..., k] - mean) ** 2).sum())
        assert found[name].after.sd == pytest.approx(np.sqrt(variance), rel=2e-3)
    assert found["a"].correlations["b"] == found["b"].correlations["a"] != 0


def test_limits_clip_where_they_bind() -> None:
    positive = Wanted("s", "", "", 0.5, 1.0, (0.0, float("inf")))
    assert positive.prior().minimum == 0.0
    assert positive.prior(0.5, 0.01).minimum is None
