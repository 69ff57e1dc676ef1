"""Markets open to each, crises as outcomes, and profits."""

from __future__ import annotations

import numpy as np
import pytest
from economy_inputs import act, switched_off

PRODUCT = np.array([50.0, 30.0, 20.0])


def breadth(now: dict[str, object]) -> np.ndarray:
    rest: dict[str, object] = {"openness": 1.0, "holder": [0, 1, 2]}
    found = act("market_breadth", rest | now, {"gdp_world": PRODUCT}, {"preference": 0.5}, count=3)
    return np.asarray(found["market_breadth"][0])


def test_all_open_is_all_of_the_rest_of_the_world() -> None:
    np.testing.assert_allclose(breadth({}), 1.0)


def test_a_closed_economy_narrows_the_market_of_the_others_not_its_own() -> None:
    found = breadth({"openness": [1.0, 1.0, 0.0]})
    np.testing.assert_allclose(found, [30 / 50, 50 / 70, 1.0])


def test_a_colony_is_open_to_its_holder_first() -> None:
    found = breadth({"holder": [0, 1, 0], "status": [0, 0, 3]})
    np.testing.assert_allclose(found, [1.0, (50 + 10) / 70, 1.0])
    free = breadth({"holder": [0, 1, 0], "status": [0, 0, 0]})
    np.testing.assert_allclose(free, 1.0)


def test_embargo_blockade_and_war_cut_markets_off() -> None:
    cut = np.zeros((3, 3))
    cut[0, 2] = 1.0
    np.testing.assert_allclose(breadth({"lever_embargo": cut}), [0.6, 1.0, 30 / 80])
    np.testing.assert_allclose(breadth({"lever_blockade": [0, 0, 1]}), [0.6, 50 / 70, 0.0])
    np.testing.assert_allclose(breadth({"war": cut + cut.T}), [0.6, 1.0, 30 / 80])
    off = switched_off("market_breadth", {"openness": 0.0}, count=2)
    np.testing.assert_allclose(off["market_breadth"], 1.0)


def slump(
    level: float, peak: float = 1.0, years: float = 0.0, people: float = 1.0
) -> tuple[float, ...]:
    now = {
        "consumption": np.full(12, level / 24),
        "investment": level / 2,
        "population": people,
        "peak_product": peak,
        "slump_years": years,
    }
    found = act("crisis", now)
    return tuple(float(found[k][0, 0]) for k in ("crisis", "peak_product", "slump_years"))


def test_a_crisis_is_the_fall_below_the_peak_and_lasts_as_long_as_it_is_deep() -> None:
    assert slump(0.8) == pytest.approx((0.2, 1.0, 1.0))
    assert slump(0.9, years=2.0) == pytest.approx((0.1, 1.0, 3.0))
    assert slump(0.97, years=3.0) == pytest.approx((0.03, 1.0, 0.0))
    assert slump(1.2) == pytest.approx((0.0, 1.2, 0.0))
    assert slump(1.2, people=2.0) == pytest.approx((0.4, 1.0, 1.0))
    assert slump(0.0) == pytest.approx((1.0, 1.0, 1.0))
    assert switched_off("crisis", {"peak_product": 1.0})["crisis"].item() == 0.0


def test_profits_fall_with_use_and_tribute_stands_beside_them() -> None:
    base: dict[str, object] = {
        "profit_norm": 0.3,
        "value_added": np.full(12, 10.0),
        "capital": np.full(12, 30.0),
        "capacity_use": 1.0,
        "world_price": 0.5,
    }

    def rates(**now: object) -> tuple[float, float]:
        found = act("profit_rate", base | now, p={"cyclical": 0.5})
        return float(found["profit_rate"].item()), float(found["tribute_rate"].item())

    assert rates() == pytest.approx((0.1, 0.0))
    assert rates(capacity_use=0.81) == pytest.approx((0.09, 0.0))
    assert rates(colonial_transfer=3.6) == pytest.approx((0.1, 0.02))
    assert rates(colonial_transfer=-3.6) == pytest.approx((0.1, -0.02))
    off = switched_off("profit_rate", base | {"colonial_transfer": 3.6, "capacity_use": 0.5})
    assert (off["profit_rate"].item(), off["tribute_rate"].item()) == pytest.approx((0.1, 0.0))
    start = {
        "value_added_coefficients": np.full(12, 0.5),
        "base_output": np.full(12, 20.0),
        "capital": np.full(12, 30.0),
    }
    found = act("distribution", start, p={"share": 0.3})
    assert (found["profit_norm"].item(), found["profit_rate"].item()) == pytest.approx((0.3, 0.1))
