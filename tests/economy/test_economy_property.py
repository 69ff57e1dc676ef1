"""Property changes as events set out, and costs what its change costs."""

from __future__ import annotations

import numpy as np
import pytest
from economy_inputs import act, switched_off
from hypothesis import given
from hypothesis import strategies as st

P = {"expropriation": 0.8, "incorporation": 0.9, "reform": 0.25, "norm": 0.1, "pace": 0.5}
UNIT = st.floats(0.0, 1.0)


def moved(**now: object) -> dict[str, float]:
    found = act("property_change", {"statified_share": 0.2, "property_goal": 0.2} | now, p=P)
    return {k: float(v[0, 0]) for k, v in found.items()}


def test_without_events_property_stays() -> None:
    found = moved()
    assert found["statified_share"] == pytest.approx(0.2, abs=1e-15)
    assert found["statification"] == pytest.approx(0.0, abs=1e-15)


def test_a_social_revolution_sets_out_to_expropriate_and_goes_on_after() -> None:
    found = moved(revolution=1.0)
    assert found["property_goal"] == pytest.approx(0.2 + 0.8 * 0.8)
    assert found["statified_share"] == pytest.approx(0.2 + 0.5 * 0.64)
    later = moved(statified_share=0.52, property_goal=0.84)
    assert later["statified_share"] == pytest.approx(0.68)
    assert moved(revolution=-1.0)["property_goal"] == pytest.approx(0.2)  # a defeat leaves it


@pytest.mark.parametrize("now", [{"ending": 1.0}, {"lever_restoration": 1.0}])
def test_restoration_leads_back_to_the_norm(now: dict[str, float]) -> None:
    found = moved(statified_share=0.95, property_goal=0.95, **now)
    assert found["property_goal"] == P["norm"]
    assert found["statification"] == pytest.approx(0.5 * (0.1 - 0.95))


def test_a_political_revolution_keeps_property() -> None:
    found = moved(statified_share=0.95, property_goal=0.95, ending=2.0)
    assert found["statified_share"] == pytest.approx(0.95)


def test_a_power_may_keep_reform_or_impose_its_own_form() -> None:
    goals = [moved(regime_imposed=v, regime_model=0.9)["property_goal"] for v in (0.0, 1.0, 2.0)]
    assert goals == pytest.approx([0.2, 0.2 + 0.25 * 0.8, 0.2 + 0.9 * 0.7])
    private = moved(statified_share=0.9, property_goal=0.9, regime_imposed=2.0, regime_model=0.2)
    assert private["property_goal"] == pytest.approx(0.9 - 0.9 * 0.7)


def two(status: float, before: float, **now: object) -> np.ndarray:
    """A planned state (0) and a territory that it holds (1)."""
    found = act(
        "property_change",
        {
            "statified_share": [0.9, 0.1],
            "property_goal": [0.9, 0.1],
            "holder": [0, 0],
            "property_holder": [0, 1],
            "status": [0, status],
            "property_status": [0, before],
        }
        | now,
        p=P,
        count=2,
    )
    return np.asarray(found["property_goal"][0])


def test_incorporation_leads_to_the_holders_property_and_occupation_does_not() -> None:
    np.testing.assert_allclose(two(4.0, 0.0), [0.9, 0.1 + 0.9 * 0.8])
    for status in (1.0, 2.0, 3.0):
        np.testing.assert_allclose(two(status, 0.0), [0.9, 0.1])


def test_incorporation_is_met_once_and_works_downwards_too() -> None:
    settled = two(4.0, 4.0, property_holder=[0, 0])
    np.testing.assert_allclose(settled, [0.9, 0.1])
    down = two(4.0, 0.0, statified_share=[0.1, 0.9], property_goal=[0.1, 0.9])
    np.testing.assert_allclose(down, [0.1, 0.9 - 0.9 * 0.8])


def test_a_conqueror_brings_its_own_property() -> None:
    own = [0, 1]
    found = two(0.0, 0.0, holder=own, property_holder=own, ending=[3, 0], conquered_by=[1, -1])
    np.testing.assert_allclose(found, [0.9 - 0.9 * 0.8, 0.1])
    alone = moved(statified_share=0.9, property_goal=0.9, ending=3.0)
    assert alone["property_goal"] == pytest.approx(0.9 - 0.9 * 0.8)  # a conqueror outside the run


@given(UNIT, UNIT, UNIT, UNIT, UNIT, st.sampled_from([0.0, 1.0, 2.0]))
def test_the_share_stays_between_none_and_all(
    share: float, goal: float, taken: float, pace: float, step: float, imposed: float
) -> None:
    now: dict[str, object] = {
        "statified_share": share,
        "property_goal": goal,
        "regime_imposed": imposed,
        "regime_model": 1.0 - share,
        "nationalisation": 2 * step - 1,
    }
    found = act("property_change", now, p={"expropriation": taken, "norm": 0.1, "pace": pace})
    assert 0.0 <= found["statified_share"].item() <= 1.0
    assert 0.0 <= found["property_goal"].item() <= 1.0
    closing = share + found["statification"].item()
    assert closing == pytest.approx(found["statified_share"].item(), abs=1e-12)


def test_off_nothing_moves_property() -> None:
    now = {"statified_share": 0.9, "property_goal": 0.2, "ending": 1.0}
    found = switched_off("property_change", now)
    assert found["statified_share"].item() == 0.9
    assert found["statification"].item() == 0.0


def test_reforms_move_property_slowly_and_only_under_a_bourgeois_administration() -> None:
    p = {"wander": 0.01, "by_crisis": 0.02, "by_reforms": -0.5}
    lag = {"crisis": 0.3, "reforms": 0.01}
    found = act("nationalisation", {}, lag, p, {"policy": 1.0})["nationalisation"].item()
    assert found == pytest.approx(0.01 + 0.006 - 0.005)
    old = act("nationalisation", {"slump_years": 4.0}, lag, p, {"policy": 1.0})["nationalisation"]
    assert old.item() == pytest.approx(0.01 + 0.006 / 4 - 0.005)
    for rule in (1.0, 2.0):
        kept = act("nationalisation", {"administration": rule}, lag, p, {"policy": 1.0})
        assert kept["nationalisation"].item() == 0.0


def test_links_break_with_the_change_and_mend() -> None:
    p = {"links": 0.4, "secession": 0.1, "mending": 0.5}
    up = act("disorganisation", {"statification": 0.5}, p=p)["disorganisation"].item()
    down = act("disorganisation", {"statification": -0.5}, p=p)["disorganisation"].item()
    assert up == down == pytest.approx(0.2)
    later = act("disorganisation", {"broken_links": up}, p=p)["broken_links"].item()
    assert later == pytest.approx(0.1)
    free = act("disorganisation", {"independence": 1.0}, p=p)["disorganisation"].item()
    assert free == pytest.approx(0.1)
    all_at_once = {"broken_links": 1.0, "statification": 1.0, "independence": 1.0}
    assert act("disorganisation", all_at_once, p=p)["broken_links"].item() < 1.0
    off = switched_off("disorganisation", {"statification": 0.5, "broken_links": 0.3})
    assert off["disorganisation"].item() == 0.0


def test_losses_follow_the_change_and_a_restoration_may_lose_more_or_less() -> None:
    p = {"capital": 0.1, "cadres": 0.2, "people": 0.02}
    gain = act("regime_losses", {"statification": 0.5}, p=p | {"restoration": 1.0})
    assert gain["regime_loss"].item() == pytest.approx(0.05)
    assert gain["cadres_lost"].item() == pytest.approx(0.1)
    assert gain["people_lost_share"].item() == pytest.approx(0.01)
    for weight in (-1.0, 0.0, 1.0):
        back = act("regime_losses", {"statification": -0.5}, p=p | {"restoration": weight})
        assert back["regime_loss"].item() == pytest.approx(0.05 * np.exp(weight))
    assert not switched_off("regime_losses", {"statification": -0.5})["regime_loss"].any()
