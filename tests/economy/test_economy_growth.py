"""Diffusion from the frontier, moods, technique, and the return to the trend."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from economy_inputs import act, inputs, switched_off

from conjuncture.core.registry import REGISTRY
from conjuncture.core.state import HORIZON
from conjuncture.economy.growth import frontier

LEVEL = np.array([10000.0, 5000.0, 1000.0, 40000.0])
PRODUCT = np.array([1000.0, 800.0, 500.0, 1.0])
"""The richest by far is too small to be the frontier."""


def test_the_frontier_is_the_richest_large_economy() -> None:
    assert frontier(LEVEL[None], PRODUCT[None]).item() == 10000.0
    assert frontier(np.array([[700.0]]), np.array([[5.0]])).item() == 700.0


def test_the_gap_feeds_growth_and_no_gap_is_below_zero() -> None:
    p = {"trend": 0.012, "catch_up": 0.01}
    lag = {"gdp_per_head": LEVEL, "gdp_world": PRODUCT}
    found = act("growth", {"absorption": 1.0}, lag, p, count=4)["diffusion"][0]
    np.testing.assert_allclose(found, 0.012 + 0.01 * np.array([0.0, np.log(2), np.log(10), 0.0]))
    half = act("growth", {"absorption": 0.5}, lag, p, count=4)["diffusion"][0]
    np.testing.assert_allclose(half - 0.012, 0.5 * (found - 0.012))
    off = switched_off("growth", {"prewar_productivity_growth": 0.03, "mood": 0.2}, lag, count=4)
    np.testing.assert_allclose(off["diffusion"], 0.03)
    assert not off["confidence"].any()


def test_moods_fade_and_the_worlds_shock_is_shared() -> None:
    p = {"persistence": 0.4, "country_sd": 0.05, "common_sd": 0.02}
    lag = {"gdp_per_head": LEVEL, "gdp_world": PRODUCT}
    calm = act("growth", {"mood": 0.1}, lag, p, count=4)
    np.testing.assert_allclose(calm["confidence"], 0.04)
    hit = act("growth", {}, lag, p, {"world": -1.0, "country": [1.0, 0, 0, 0]}, count=4)
    np.testing.assert_allclose(hit["confidence"][0], [0.03, -0.02, -0.02, -0.02])
    np.testing.assert_allclose(hit["mood"][0], [0.05, 0.0, 0.0, 0.0])


def test_moods_have_the_variance_of_the_process_in_the_long_run() -> None:
    members, p = 400, {"persistence": 0.5, "country_sd": 0.03, "common_sd": 0.0}
    x = inputs("growth", {}, {"gdp_per_head": 1000.0, "gdp_world": 1.0}, p, members=members)
    rng, mood, found = np.random.default_rng(4), np.zeros((members, 1)), []
    for _ in range(60):
        now = SimpleNamespace(**vars(x.now) | {"mood": mood})
        draw = SimpleNamespace(
            country=rng.standard_normal((members, 1)), world=np.zeros((members, 1))
        )
        mood = REGISTRY.get("growth").function(replace(x, now=now, draw=draw))["mood"]
        found.append(mood)
    assert np.std(found[10:]) == pytest.approx(0.03 / np.sqrt(1 - 0.25), rel=0.02)


def absorbed(now: dict[str, object], p: dict[str, float]) -> np.ndarray:
    lag: dict[str, object] = {"gdp_per_head": LEVEL[:3], "gdp_world": PRODUCT[:3]}
    rest: dict[str, object] = {"culture": [10.0, 5.0, 20.0], "openness": [1.0, 1.0, 0.0]}
    return np.asarray(act("absorption", rest | now, lag, p, count=3)["absorption"][0])


def test_schooling_and_closure_slow_the_diffusion() -> None:
    np.testing.assert_allclose(absorbed({}, {"schooling": 1.0, "closure": 0.0}), [1.0, 0.5, 1.0])
    np.testing.assert_allclose(absorbed({}, {"schooling": 0.0, "closure": 0.6}), [1.0, 1.0, 0.4])


def test_an_embargo_of_either_side_cuts_off_the_partners_product() -> None:
    p = {"schooling": 0.0, "closure": 0.5}
    share = PRODUCT[0] / (PRODUCT[0] + PRODUCT[2])
    for i, j in ((0, 1), (1, 0)):
        cut = np.zeros((3, 3))
        cut[i, j] = 1.0
        assert absorbed({"lever_embargo": cut}, p)[1] == pytest.approx(1.0 - 0.5 * share)
    war = np.zeros((3, 3))
    war[1, 0] = war[0, 1] = 1.0
    assert absorbed({"war": war}, p)[1] == pytest.approx(1.0 - 0.5 * share)


@pytest.mark.parametrize("name", ["planning_effect", "waste_effect", "domination"])
@pytest.mark.parametrize("effect", [-0.02, 0.0, 0.02])
def test_contested_effects_act_only_through_what_they_are_about(name: str, effect: float) -> None:
    p = {"trend": 0.25, "planning_effect": 0.0, "waste_effect": 0.0, "domination": 0.0}
    base: dict[str, object] = {"prewar_productivity_growth": 0.04, "diffusion": 0.02}
    plain = act("technique", base, {}, p | {name: effect})["technique_growth"].item()
    assert plain == pytest.approx(0.25 * 0.04 + 0.75 * 0.02)
    now = {"planning_effect": {"planning_coverage": 1.0}, "domination": {"status": 3.0}}
    lag = {"waste_effect": {"waste": 1.0}}
    found = act("technique", base | now.get(name, {}), lag.get(name, {}), p | {name: effect})
    assert found["technique_growth"].item() == pytest.approx(plain + effect)
    parameter = next(q for q in REGISTRY.get("technique").parameters if q.name == name)
    assert parameter.contested
    u = np.array([0.1, 0.9])
    assert parameter.prior.quantile(u).sum() == pytest.approx(0.0, abs=1e-12)


def test_off_technique_knows_no_regime() -> None:
    now = {
        "prewar_productivity_growth": 0.04,
        "diffusion": 0.02,
        "planning_coverage": 1.0,
        "status": 3.0,
    }
    found = switched_off("technique", now, {"waste": 0.3}, {"trend": 0.5, "waste_effect": -0.1})
    assert found["technique_growth"].item() == pytest.approx(0.03)


def test_recovery_returns_to_the_trend_and_not_beyond() -> None:
    now = {
        "productivity_trend": [1.6, 1.0, 0.8, *np.ones(9)],
        "efficiency": [0.7, 1.0, 0.9, *np.ones(9)],
    }
    found = act("recovery", now, p={"speed": 0.3})
    q = found["productivity_ahead"][0, 0]
    assert (np.diff(q[:, 0]) > 0).all()
    assert q[-1, 0] < 1.6
    np.testing.assert_allclose(q[:, 1:], 1.0)  # on or above trend: nothing is taken back
    e = found["efficiency_ahead"][0, 0]
    assert (e <= 1).all()
    assert e[0, 0] == pytest.approx(0.7 + 0.3 * 0.3)


STILL: dict[str, object] = {"productivity_trend": 1.0, "efficiency": 1.0, "technique_growth": 0.0}


def test_broken_links_keep_capacity_idle_and_leave_the_stock_whole() -> None:
    found = act("recovery", STILL, {"disorganisation": 0.2}, {"speed": 0.25})
    ahead = found["efficiency_ahead"][0, 0, :, 0]
    np.testing.assert_allclose(ahead, 1.0 - 0.2 * 0.75 ** np.arange(HORIZON))
    np.testing.assert_allclose(found["efficiency"], 1.0)


def test_cadres_lost_lower_productivity_and_its_trend() -> None:
    found = act("recovery", STILL, {"cadres_lost": 0.2}, {"qualification": 0.5})
    np.testing.assert_allclose(found["productivity"], np.sqrt(0.8))
    np.testing.assert_allclose(found["productivity_trend"], np.sqrt(0.8))
    all_gone = act("recovery", STILL, {"cadres_lost": 1.0}, {"qualification": 0.5})
    assert (all_gone["productivity"] > 0.0).all()
    off = switched_off("recovery", STILL, {"cadres_lost": 0.2, "disorganisation": 0.3})
    np.testing.assert_allclose(off["productivity"], 1.0)
    np.testing.assert_allclose(off["efficiency_ahead"], 1.0)
