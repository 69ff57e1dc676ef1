"""Proper scores against closed forms, integrals and brute force."""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.stats import binom, norm

from conjuncture.score.errors import jackknife, mean_without_places, place_error
from conjuncture.score.proper import (
    brier,
    brier_ensemble,
    brier_parts,
    crps,
    crps_normal,
    crps_without,
    log_parts,
    log_score,
    share_for_log,
)

Array = npt.NDArray[np.float64]
NUMBERS = st.floats(-50, 50, allow_nan=False, width=32)


def integral(members: Array, observed: float) -> float:
    """Return the integral of the squared distance of two distribution functions, exactly.

    Both are steps, so the integral is a sum over the gaps between all jumps.
    """
    jumps = np.sort(np.append(members, observed))
    total = 0.0
    for low, high in itertools.pairwise(jumps.tolist()):
        forecast = float((members <= low).mean())
        total += (high - low) * (forecast - float(observed <= low)) ** 2
    return total


@given(arrays(np.float64, st.integers(1, 9), elements=NUMBERS), NUMBERS)
def test_crps_is_the_integral_of_its_definition(members: Array, observed: float) -> None:
    found = crps(members[:, None], np.array([observed]), fair=False)[0]
    assert found == pytest.approx(integral(members, observed), abs=1e-9)


@given(arrays(np.float64, st.integers(3, 9), elements=NUMBERS), NUMBERS)
def test_the_fair_form_counts_each_pair_of_different_members(
    members: Array, observed: float
) -> None:
    pairs = [abs(a - b) for i, a in enumerate(members) for j, b in enumerate(members) if i != j]
    wanted = np.abs(members - observed).mean() - np.mean(pairs) / 2
    assert crps(members[:, None], np.array([observed]))[0] == pytest.approx(wanted, abs=1e-9)


@given(arrays(np.float64, st.tuples(st.integers(4, 8), st.just(3)), elements=NUMBERS))
def test_leaving_members_out_is_scoring_without_them(members: Array) -> None:
    observed = np.array([0.0, 1.0, -3.0])
    found = crps_without(members, observed)
    for k in range(len(members)):
        wanted = crps(np.delete(members, k, axis=0), observed)
        np.testing.assert_allclose(found[k], wanted, atol=1e-9)


@pytest.mark.parametrize(("mean", "sd", "observed"), [(0, 1, 0), (1, 2, -3), (5, 0.1, 5.3)])
def test_the_closed_form_of_the_normal_is_its_integral(
    mean: float, sd: float, observed: float
) -> None:
    low = quad(lambda x: norm.cdf(x, mean, sd) ** 2, mean - 12 * sd - 9, observed, limit=200)[0]
    high = quad(lambda x: norm.sf(x, mean, sd) ** 2, observed, mean + 12 * sd + 9, limit=200)[0]
    found = crps_normal(np.array(float(mean)), np.array(float(sd)), np.array(float(observed)))
    assert float(found) == pytest.approx(low + high, abs=1e-6)


def test_the_standard_normal_at_its_mean() -> None:
    # Gneiting and Raftery (2007), equation 21: 2 phi(0) - 1 / sqrt(pi) at z = 0
    wanted = 2 / math.sqrt(2 * math.pi) - 1 / math.sqrt(math.pi)
    assert float(crps_normal(np.array(0.0), np.array(1.0), np.array(0.0))) == pytest.approx(wanted)


def test_a_forecast_without_spread_is_scored_by_its_distance() -> None:
    assert float(crps_normal(np.array(2.0), np.array(0.0), np.array(5.0))) == 3.0


def test_a_large_ensemble_has_the_score_of_its_distribution() -> None:
    members = norm.ppf((np.arange(4000) + 0.5) / 4000, 1.0, 2.0)[:, None]
    for observed in (-3.0, 0.0, 1.0, 4.0):
        wanted = float(crps_normal(np.array(1.0), np.array(2.0), np.array(observed)))
        found = crps(members, np.array([observed]), fair=False)[0]
        assert found == pytest.approx(wanted, abs=1e-3)


def test_small_fair_ensembles_are_right_on_average_and_plain_ones_are_not() -> None:
    rng = np.random.default_rng(4)
    members = rng.normal(size=(3, 200_000))
    observed = np.full(200_000, 0.5)
    wanted = float(crps_normal(np.array(0.0), np.array(1.0), np.array(0.5)))
    assert crps(members, observed).mean() == pytest.approx(wanted, abs=0.01)
    assert crps(members, observed, fair=False).mean() > wanted + 0.1


def test_the_truth_is_the_best_forecast() -> None:
    """Propriety: no other normal forecast has a lower expected score."""
    observed = norm.ppf((np.arange(2000) + 0.5) / 2000)

    def expected(mean: float, sd: float) -> float:
        return float(crps_normal(np.array(mean), np.array(sd), observed).mean())

    best = expected(0.0, 1.0)
    for mean, sd in ((0.2, 1.0), (-0.2, 1.0), (0.0, 0.7), (0.0, 1.4), (0.3, 0.8)):
        assert expected(mean, sd) > best


@pytest.mark.parametrize("probability", [0.05, 0.3, 0.8])
@pytest.mark.parametrize("happened", [0.0, 1.0])
def test_the_fair_brier_score_is_right_on_average(probability: float, happened: float) -> None:
    members = 5
    k = np.arange(members + 1)
    weights = binom.pmf(k, members, probability)
    found = brier_ensemble(k / members, members, np.full(members + 1, happened))
    assert (weights * found).sum() == pytest.approx((probability - happened) ** 2)
    plain = brier_ensemble(k / members, members, np.full(members + 1, happened), fair=False)
    assert (weights * plain).sum() > (weights * found).sum()


EVENTS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=60)


@given(EVENTS)
def test_the_parts_of_event_scores_add_up(cases: list[tuple[int, bool]]) -> None:
    share = np.array([k / 6 for k, _ in cases])
    happened = np.array([float(o) for _, o in cases])
    parts = brier_parts(share, happened)
    assert parts.score == pytest.approx(float(brier(share, happened).mean()), abs=1e-12)
    given_p = share_for_log(share, 6)
    logs = log_parts(given_p, happened)
    assert logs.score == pytest.approx(float(log_score(given_p, happened).mean()), abs=1e-12)
    for part in (parts, logs):
        assert part.reliability >= -1e-12
        assert part.resolution >= -1e-12
        assert part.uncertainty >= -1e-12


def test_a_forecast_of_frequencies_is_reliable_and_one_of_all_alike_has_no_resolution() -> None:
    happened = np.array([0, 0, 0, 1, 1, 1, 1, 0.0])
    share = np.repeat([0.25, 0.75], 4)
    assert brier_parts(share, happened).reliability == 0
    assert log_parts(share, happened).reliability == pytest.approx(0, abs=1e-12)
    alike = np.full(8, 0.3)
    assert brier_parts(alike, happened).resolution == 0
    assert log_parts(alike, happened).resolution == pytest.approx(0, abs=1e-12)


def test_what_no_member_has_is_rare_and_not_impossible() -> None:
    assert float(share_for_log(np.array(0.0), 9)) == 0.05
    assert np.isfinite(
        log_score(share_for_log(np.array([0.0, 1.0]), 9), np.array([1.0, 0.0]))
    ).all()
    assert log_score(np.array([0.0]), np.array([1.0]))[0] == np.inf


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(1).normal(size=30)
    without = np.array([np.delete(values, k).mean() for k in range(30)])
    assert float(jackknife(without)) == pytest.approx(values.std(ddof=1) / math.sqrt(30))
    assert np.isnan(jackknife(np.array([1.0])))


def test_places_leave_as_a_whole() -> None:
    values, places = np.array([1.0, 2.0, 3.0, 10.0]), np.array([0, 0, 1, 2])
    np.testing.assert_allclose(mean_without_places(values, places), [6.5, 13 / 3, 2.0])
    assert np.isnan(mean_without_places(values, np.zeros(4, dtype=int))).all()
    one_each = np.arange(4)
    error = place_error(lambda mean: mean, (values,), one_each)
    assert error == pytest.approx(values.std(ddof=1) / 2)
