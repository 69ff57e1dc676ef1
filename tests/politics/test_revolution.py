"""Revolutionary situations, uprisings, outcomes, spread."""

from __future__ import annotations

import numpy as np
import pytest
from made_world import made_world, mechanism, put, run

WORLD = made_world(members=1, count=3)
LOW = {
    "radicalisation": 0.0,
    "mass": put(WORLD, "mass", unorganised=1.0),
    "holder": [0.0, 1.0, 2.0],
    "troops": -1.0,
    "army_entry": 0.0,
    "defeat_age": 50.0,
    "crisis": 0.0,
    "repression": 0.0,
}
AT = {"pressure": 3.0, "repression": 2.0, "army": 0.0, "entry": 0.0}


def situation(p: dict[str, float], **values: object) -> float:
    found = run("revolutionary_situation", WORLD, p=AT | p, **LOW | values)
    return float(found["revolutionary_situation"][0, 1])


def test_crisis_radical_masses_and_leaders_make_it_and_repression_unmakes_it() -> None:
    assert situation({}) == pytest.approx(1 / (1 + np.exp(3)))
    led = {"mass": put(WORLD, "mass", communist=0.5, new_pole=0.5)}
    assert situation({}, radicalisation=1.0) == pytest.approx(0.5)
    assert situation({}, radicalisation=1.0, crisis=1.0, **led) == pytest.approx(
        1 / (1 + np.exp(-6))
    )
    assert situation({}, defeat_age=0.0) == pytest.approx(0.5)  # a lost war is a crisis of rule
    assert situation({}, defeat_age=2.0) == situation({})
    assert situation({}, radicalisation=1.0, repression=1.0) < 0.5
    national = {"mass": put(WORLD, "mass", national=1.0)}
    assert situation({}, **national) == situation({})
    assert situation({}, holder=[0.0, 0.0, 2.0], **national) == pytest.approx(0.5)


@pytest.mark.parametrize("sign", [-1.0, 0.0, 1.0])
def test_an_army_holds_back_or_provokes_and_its_entry_rouses_or_lulls(sign: float) -> None:
    calm = situation({})
    present = situation({"army": sign}, troops=[-1.0, 0.0, -1.0])
    assert np.sign(present - calm) == sign
    fresh = situation({"entry": sign}, army_entry=1.0)
    assert np.sign(fresh - calm) == sign
    own = situation({"army": sign}, troops=[-1.0, 1.0, -1.0])
    assert own == calm  # its own army is no foreign one


def test_an_entry_is_fresh_once_and_fades() -> None:
    given = {"administration": [1.0, 0.0, 0.0], "troops": [-1.0, 0.0, 1.0], "army_entry": 0.4}
    new = run("army_entry", WORLD, p={"fade": 0.5}, **given, troops_before=-1.0)["army_entry"]
    np.testing.assert_allclose(new, [[0.2, 1.0, 0.2]])  # the bourgeois army does not count
    old = run("army_entry", WORLD, p={"fade": 0.5}, **given, troops_before=[-1.0, 0.0, 1.0])
    np.testing.assert_allclose(old["army_entry"], 0.2)


UP = {
    "revolutionary_situation": 0.5,
    "administration": 0.0,
    "wave": 0.0,
    "defeat_age": 50.0,
    "income_1": 900.0,
    "income_4": 1000.0,
    "insurgency": 0.0,
    "lever_revolution": 0.0,
}
RATE = {
    "attempts": 0.0,
    "base": -2.0,
    "defeat": 1.0,
    "slump": 3.0,
    "situation": 2.0,
    "spread": 0.0,
    "illusions": 0.0,
}


@pytest.mark.parametrize(
    ("values", "extra"),
    [
        ({}, 0.0),
        ({"defeat_age": 2.0}, 1.0),
        ({"revolutionary_situation": 1.0}, 1.0),
        ({"wave": 0.5}, 0.0),
    ],
)
def test_the_rate_of_uprisings_is_the_fitted_one(values: dict[str, float], extra: float) -> None:
    eta = -2.0 + 3.0 * np.log(1000 / 900) + extra
    exact = 1 - np.exp(-np.exp(eta))
    for u, happens in ((exact - 1e-9, 1.0), (exact + 1e-9, 0.0)):
        found = run("revolution", WORLD, p=RATE, draw={"uprising": u}, **UP | values)["uprising"]
        assert (found == happens).all()


def test_a_rise_of_product_is_no_slump_and_the_fall_is_capped() -> None:
    base = 1 - np.exp(-np.exp(-2.0))
    capped = 1 - np.exp(-np.exp(-2.0 + 0.9))
    for income, exact in ((5000.0, base), (1.0, capped)):
        below, above = (
            run("revolution", WORLD, p=RATE, draw={"uprising": u}, **UP | {"income_1": income})
            for u in (exact - 1e-9, exact + 1e-9)
        )
        assert below["uprising"].all()
        assert not above["uprising"].any()


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_prestige_and_waves_encourage_or_lull(sign: float) -> None:
    given = UP | {"prestige": [1.0, 0.0, 0.0], "administration": [1.0, 0.0, 0.0], "wave": 1.0}
    exact = 1 - np.exp(-np.exp(-2.0 + 3.0 * np.log(1000 / 900) + 2 * sign))
    for u, happens in ((exact - 1e-9, 1.0), (exact + 1e-9, 0.0)):
        p = RATE | {"illusions": sign, "spread": sign}
        found = run("revolution", WORLD, p=p, draw={"uprising": u}, **given)["uprising"]
        assert (found[0, 1:] == happens).all()


def test_planned_states_have_endings_and_no_uprisings() -> None:
    found = run("revolution", WORLD, draw={"uprising": 0.0}, **UP | {"administration": 1.0})
    assert not found["uprising"].any()


RISING = {
    "uprising": 1.0,
    "administration": 0.0,
    "troops": -1.0,
    "lever_revolution": 0.0,
    "organisation": 0.0,
    "repression": 0.0,
    "mass": put(WORLD, "mass", communist=0.2, reformist=0.2, unorganised=0.6),
}
NO = {"end": 9.0, "victory": 0.0, "pole": 0.0, "party": 0.0, "army": 0.0}


def outcome(
    u: tuple[float, float, float], p: dict[str, float], **values: object
) -> tuple[float, float]:
    draw = dict(zip(("victory", "leaders", "defeat"), u, strict=True)) | {"end": 0.0}
    found = run("revolution_outcome", WORLD, p=NO | p, draw=draw, **RISING | values)
    return float(found["revolution"][0, 1]), float(found["upheaval"][0, 1])


def test_victory_defeat_retreat_and_who_leads() -> None:
    assert outcome((0.49, 0.49, 0.0), {}) == (1.0, 0.0)
    assert outcome((0.49, 0.51, 0.0), {}) == (0.0, 1.0)  # reformists lead half of the victors
    assert outcome((0.51, 0.0, 0.49), {}) == (-1.0, 0.0)
    assert outcome((0.51, 0.0, 0.51), {}) == (0.0, 0.0)  # it retreats
    assert outcome((0.51, 0.0, 0.99), {}, repression=1.0) == (-1.0, 0.0)
    assert outcome((0.0, 0.0, 0.0), {}, uprising=0.0) == (0.0, 0.0)


def test_an_uprising_goes_on_until_it_is_decided() -> None:
    p = {"end": 0.0}
    exact = 1 - np.exp(-1.0)
    for u, goes_on in ((exact - 1e-9, 0.0), (exact + 1e-9, 1.0)):
        draw = {"victory": 0.99, "end": u}
        found = run("revolution_outcome", WORLD, p=NO | p, draw=draw, **RISING)
        assert (found["insurgency"] == goes_on).all()
        assert not found["upheaval"].any()
    again = run("revolution", WORLD, draw={"uprising": 0.99999}, **UP | {"insurgency": 1.0})
    assert again["uprising"].all()


@pytest.mark.parametrize("name", ["pole", "party", "army"])
def test_the_contested_terms_act_with_both_signs(name: str) -> None:
    values = {"organisation": 1.0, "troops": [-1.0, 0.0, -1.0]}
    win, lose = (0.51, 0.0, 0.0), (0.49, 0.0, 0.0)
    assert outcome(win, {name: 3.0}, **values)[0] == 1.0
    assert outcome(lose, {name: -3.0}, **values)[0] == -1.0


def test_the_lever_makes_a_victory_even_when_switched_off() -> None:
    assert outcome((0.99, 0.99, 0.0), {}, lever_revolution=1.0, uprising=0.0) == (1.0, 0.0)
    from made_world import inputs

    off = mechanism("revolution_outcome").off
    assert off is not None
    found = off(
        inputs(
            "revolution_outcome",
            WORLD,
            **RISING,
        )
    )["revolution"]
    assert not found.any()


WAVE = {
    "wave": 0.0,
    "revolution": [1.0, 0.0, 0.0],
    "upheaval": 0.0,
    "contiguous": np.array([[[0, 1, 0], [1, 0, 0], [0, 0, 0]]], float),
    "income_1": 1000.0,
    "power_share": [0.1, 0.3, 0.6],
}


def test_victories_spread_to_neighbours_and_to_similar_countries() -> None:
    near = run("revolutionary_wave", WORLD, p={"fade": 0.4, "near": 0.5, "alike": 0.0}, **WAVE)
    np.testing.assert_allclose(near["wave"][0], [0.0, 1 - np.exp(-0.5), 0.0])
    p = {"fade": 0.4, "near": 0.0, "alike": 5.0}
    far = run("revolutionary_wave", WORLD, p=p, **WAVE)["wave"][0]
    np.testing.assert_allclose(far, [0.0, 1 - np.exp(-0.5), 1 - np.exp(-0.5)])
    rich = run("revolutionary_wave", WORLD, p=p, **WAVE | {"income_1": [1e3, 1e3, 1e5]})["wave"][0]
    assert rich[2] < far[2]


def test_a_wave_fades_and_defeats_send_none() -> None:
    given = WAVE | {"revolution": [-1.0, 0.0, 0.0], "wave": 0.5}
    found = run("revolutionary_wave", WORLD, p={"fade": 0.4, "near": 1.0, "alike": 1.0}, **given)
    np.testing.assert_allclose(found["wave"], 0.3)
