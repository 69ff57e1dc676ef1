"""Switching mechanisms off: the same draws, changes with their error, and the verdict."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr
from histories import YEARS, flows, growing, item, rate

from conjuncture.core.errors import Fault, InfeasibleError, InputError
from conjuncture.run.ensemble import Arm, order_run
from conjuncture.run.scenario import load_scenario
from conjuncture.score import ablation
from conjuncture.score.ablation import ablate, compare_histories
from conjuncture.score.judged import judged
from conjuncture.score.outcomes import outcomes
from conjuncture.score.scores import score_history
from conjuncture.score.tables import ablation_rows, event_rows, series_rows

Array = npt.NDArray[np.float64]
COUNT = len(YEARS)
FRANCE = item("series", "gdp_per_head", **growing("FRA", 0.03))


def run(shift: Array | float = 0.0, members: int = 30) -> xr.Dataset:
    rng = np.random.default_rng(7)
    values = 100 * np.exp(rng.normal(0.15, 0.1, (members, COUNT, 1)) + shift)
    return flows(("FRA",), gdp_per_head=values, gdp_world=1000 * values)


def test_nothing_changed_is_said_so() -> None:
    assert compare_histories(run(), run(), "m", record=[FRANCE]).verdict == "changes no figure"


def test_noise_is_not_taken_for_an_effect() -> None:
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(40):
        noise = rng.normal(0, 0.05, (30, 1, 1))
        found = compare_histories(run(), run(noise), "m", record=[FRANCE])
        assert found.bits
        hits += bool(found.found)
    assert hits <= 6  # 5 % over all measures: more than 6 of 40 has a chance of 1 in 70


def test_an_effect_is_found_with_its_size_and_error() -> None:
    found = compare_histories(run(), run(-0.2), "m", record=[FRANCE])
    by_name = {change.name: change for change in found.changes}
    product = by_name["product, west, 1955"]
    assert product.change == pytest.approx(-0.2)
    assert product.error == pytest.approx(0, abs=1e-12)  # the draws are the same
    level = by_name["gdp_per_head (level)"]
    assert level.change > 3 * level.error > 0
    assert "product, west, 1955" in found.verdict
    assert "gdp_per_head" in found.elsewhere


def test_common_draws_make_small_effects_visible() -> None:
    noise = np.random.default_rng(2).normal(0.01, 0.005, (30, 1, 1))
    paired = compare_histories(run(), run(noise), "m", record=[FRANCE])
    change = next(c for c in paired.changes if c.kind == "outcome")
    values = outcomes(run())["product, west, 1955"]
    alone = float(values.std(ddof=1) / np.sqrt(30) * np.sqrt(2))
    assert change.error < alone / 5
    assert change in paired.found


def test_events_are_compared_too() -> None:
    disputes = item(
        "pair_years", "dispute", years={"FRA-ITA": (1950,)},
        exposed={"FRA": ((1946, 1991),), "ITA": ((1946, 1991),)}, rate=rate(),
    )  # fmt: skip
    quiet = np.zeros((10, COUNT, 2, 2))
    right = quiet.copy()
    right[:8, 4, 0, 1] = 1
    found = compare_histories(
        flows(("FRA", "ITA"), dispute=quiet),
        flows(("FRA", "ITA"), dispute=right),
        "m",
        record=[disputes],
    )
    by_name = {change.name: change for change in found.changes}
    change = by_name["dispute (brier)"]
    # fair Brier of 8 in 10: 0.04 - 0.16 / 9, in place of 1, one cell of ten
    assert change.base == pytest.approx(0.1)
    assert change.change == pytest.approx((0.04 - 0.16 / 9 - 1) / COUNT)
    assert by_name["disputes of pairs"].change == pytest.approx(0.8)


def test_outcomes_counted_by_hand() -> None:
    codes = ("FRA", "SUN", "IND")
    war = np.zeros((2, COUNT + 1, 3, 3))
    war[0, 3:5, 0, 1] = 1
    war[0, 7, 1, 0] = 1  # the same pair once more, in the other direction
    war[1, :, 0, 2] = 1  # at war from the start: no new war
    dispute = np.zeros((2, COUNT, 3, 3))
    dispute[1, 2, 0, 1] = dispute[1, 2, 1, 0] = 1
    revolution = np.zeros((2, COUNT, 3))
    revolution[0, 1, 0], revolution[1, 1, 0] = 1, -1
    ending = np.zeros((2, COUNT, 3))
    ending[1, 5, 1] = 2
    freed = np.zeros((2, COUNT, 3))
    freed[:, 1, 2] = 1
    history = flows(
        codes, dispute=dispute, revolution=revolution, ending=ending, independence=freed
    )
    history["war"] = (("member", "bound", "territory", "partner"), war)
    history["gdp_world"] = (("member", "year", "territory"), np.ones((2, COUNT, 3)))
    found = outcomes(history)
    expected = {
        "wars of pairs": [2, 0],
        "disputes of pairs": [0, 1],
        "revolutions": [1, 0],
        "new states": [1, 1],
        "union alive": [1, 0],
        "product, world, 1955": np.log([3, 3]),
        "product, south_asia, 1955": [0, 0],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values)


def test_a_history_without_the_variables_has_no_outcome() -> None:
    assert outcomes(flows(("FRA",), steel=np.ones((2, COUNT, 1)))) == {}


@pytest.fixture(scope="module")
def scored_run() -> xr.Dataset:
    from conjuncture.run.ensemble import run_arms

    order = order_run(load_scenario("ussr_1945"), members=4, until=1948)
    (history,) = run_arms(order.arms()[:1], order)
    return history


def test_the_scenario_is_scored_against_the_catalog(scored_run: xr.Dataset) -> None:
    scores = score_history(scored_run)
    assert {"gdp_index", "population", "steel"} <= {s.variable for s in scores}
    assert len(series_rows(scores)) + len(event_rows(scores)) == len(scores)
    for item_ in judged():
        assert all(year > 1945 for code in item_.values for year in item_.series(code))
        assert all(past.year <= 1945 for past in item_.past.values())


def test_a_run_that_does_not_go_without_a_mechanism_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = order_run(load_scenario("ussr_1945"), members=3, until=1946)
    real = ablation.run_arms

    def run_some(arms: list[Arm], *rest: object, **more: object) -> object:
        if arms[0].spec.off:
            raise InfeasibleError(Fault("no plan is possible", "narrow the priors"))
        return real(arms, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ablation, "run_arms", run_some)
    (found,) = ablate(order, only=["harvest"])
    assert found.verdict.startswith("the run does not go without it: no plan is possible")
    assert found.found == ()


def test_mechanisms_of_a_theory_are_switched_off_one_by_one() -> None:
    order = order_run(load_scenario("ussr_1945"), members=4, until=1947)
    found = ablate(order, only=["harvest", "technique"])
    assert [a.mechanism for a in found] == ["harvest", "technique"]
    assert all(a.bits for a in found)
    assert {c.name for c in found[0].changes} >= {"steel (level)", "product, union, 1947"}
    assert len(ablation_rows(found)) == 2
    with pytest.raises(InputError, match="did you mean harvest"):
        ablate(order, only=["harvst"])
