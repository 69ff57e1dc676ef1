"""Appeal, disillusion, regroupment or retreat, radicalisation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_world import LABELS, at, made_world, put, run
from scipy.integrate import solve_ivp

WORLD = made_world(members=1, count=2)
NIL = put(WORLD, "mass")
STILL = {
    "workers_appeal": NIL,
    "other_appeal": NIL,
    "deserting": NIL,
    "gathered": 0.0,
}
CALM = {"alignment": 0.0, "fascist_turn": 0.0}


@given(st.lists(st.floats(-1, 1), min_size=7, max_size=7), st.integers(1, 1000))
def test_regroupment_is_the_replicator_solved_over_a_year(appeal: list[float], seed: int) -> None:
    start = np.random.default_rng(seed).dirichlet(np.ones(7))
    rate = np.array(appeal)
    found = run("masses", WORLD, p=CALM, **STILL | {"mass": start, "workers_appeal": rate})["mass"]
    exact = solve_ivp(lambda _, m: m * (rate - m @ rate), (0, 1), start, rtol=1e-9, atol=1e-12).y[
        :, -1
    ]
    np.testing.assert_allclose(found[0, 0], exact, atol=1e-6)


def test_deserters_go_to_the_pole_or_retreat() -> None:
    mass = put(WORLD, "mass", communist=0.4, unorganised=0.6)
    given_ = STILL | {"mass": mass, "deserting": put(WORLD, "mass", communist=0.5)}
    for gathered in (0.0, 0.3, 1.0):
        found = run("masses", WORLD, p=CALM, **given_ | {"gathered": gathered})["mass"]
        np.testing.assert_allclose(at(found, "mass", "communist"), 0.2)
        np.testing.assert_allclose(at(found, "mass", "new_pole"), 0.2 * gathered)
        np.testing.assert_allclose(at(found, "mass", "withdrawn"), 0.2 * (1 - gathered))


@pytest.mark.parametrize("turn", [-0.5, 0.0, 0.5])
def test_a_retreat_feeds_fascism_or_fascists_withdraw(turn: float) -> None:
    mass = put(WORLD, "mass", fascist=0.1, withdrawn=0.2, unorganised=0.7)
    found = run("masses", WORLD, p=CALM | {"fascist_turn": turn}, **STILL | {"mass": mass})["mass"]
    step = 1 - np.exp(-abs(turn))
    gain = step * 0.2 if turn > 0 else -step * 0.1
    np.testing.assert_allclose(at(found, "mass", "fascist"), 0.1 + gain)
    np.testing.assert_allclose(found.sum(axis=-1), 1.0)


def test_alignment_brings_people_back_to_the_country_s_own() -> None:
    home = put(WORLD, "mass", reformist=1.0)
    found = run(
        "masses",
        WORLD,
        p=CALM | {"alignment": 0.1},
        **STILL | {"mass": put(WORLD, "mass", unorganised=1.0), "home_mass": home},
    )["mass"]
    np.testing.assert_allclose(at(found, "mass", "reformist"), 0.1)


OFFICE = {
    "radicalisation": 1.0,
    "reforms": 0.0,
    "strikes_broken": 0.0,
    "organisation": 0.0,
    "divergence": 0.0,
    "soviet_dependence": 0.5,
    "national_dependence": 0.5,
    "government": put(WORLD, "government", communist=0.5, socialist=0.5),
}


def test_office_without_reforms_disillusions_and_reforms_hold_followers() -> None:
    p = {"office": 1.0, "betrayal": 0.0, "pole": 0.0, "contradiction": 0.0}
    bare = run("disillusion", WORLD, p=p, **OFFICE)
    np.testing.assert_allclose(at(bare["deserting"], "mass", "communist"), 1 - np.exp(-0.5))
    assert not bare["gathered"].any()  # nobody is gathered without an organisation
    fed = run("disillusion", WORLD, p=p, **OFFICE | {"reforms": 0.1})["deserting"]
    np.testing.assert_allclose(at(fed, "mass", "reformist"), 1 - np.exp(-0.5 * np.exp(-1)))
    calm = run("disillusion", WORLD, p=p, **OFFICE | {"radicalisation": 0.0})["deserting"]
    assert not calm.any()
    broken = {"p": p | {"betrayal": 1.0}, **OFFICE, "strikes_broken": 0.01}
    betrayed = run("disillusion", WORLD, **broken)["deserting"]
    assert (at(betrayed, "mass", "communist") > at(bare["deserting"], "mass", "communist")).all()


@pytest.mark.parametrize("rate", [-0.2, 0.2])
def test_a_party_torn_between_two_masters_loses_followers_or_none(rate: float) -> None:
    p = {"office": 0.0, "betrayal": 0.0, "contradiction": rate}
    for dependence, torn in ((0.5, 1.0), (0.0, 0.0)):
        given_ = OFFICE | {"divergence": 1.0, "national_dependence": dependence}
        found = run("disillusion", WORLD, p=p, **given_)["deserting"]
        left = 1 - np.exp(-max(rate * torn, 0.0))
        np.testing.assert_allclose(at(found, "mass", "communist"), left)


def test_prestige_draws_radical_masses_to_communists_and_reforms_to_reformists() -> None:
    given_ = {
        "administration": [1.0, 0.0],
        "power_share": [0.5, 0.5],
        "prestige": [1.0, 0.0],
        "radicalisation": 0.5,
        "organisation": 0.5,
        "reforms": 0.1,
    }
    p = {"prestige": 0.4, "reforms": 0.3, "pole": -0.2}
    found = run("workers_appeal", WORLD, p=p, **given_)["workers_appeal"][0, 1]
    by = dict(zip(LABELS["mass"], found, strict=True))
    assert by["communist"] == pytest.approx(0.2)
    assert by["reformist"] == pytest.approx(0.3)
    assert by["new_pole"] == pytest.approx(-0.05)
    alone = run("workers_appeal", WORLD, p=p, **given_ | {"administration": 0.0})
    assert not at(alone["workers_appeal"], "mass", "communist").any()


def test_slumps_feed_fascists_foreign_rule_feeds_independence_fear_withdraws() -> None:
    quiet = {
        "holder": [0.0, 1.0],
        "deprivation": 0.0,
        "crisis": 0.0,
        "consent": 0.0,
        "repression": 0.0,
    }
    assert not run("other_appeal", WORLD, **quiet)["other_appeal"].any()
    p = {"slump": 1.0, "foreign_rule": 0.4, "fear": 0.2}
    loud = quiet | {"holder": [0.0, 0.0], "crisis": 0.5, "repression": 1.0, "deprivation": 1.0}
    found = run("other_appeal", WORLD, p=p, **loud)["other_appeal"][0]
    np.testing.assert_allclose(at(found, "mass", "fascist"), 0.5)
    np.testing.assert_allclose(at(found, "mass", "national"), [0.0, 0.4])
    np.testing.assert_allclose(at(found, "mass", "withdrawn"), 0.2)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-1, 1), st.floats(0, 0.3))
def test_radicalisation_is_its_differential_equation_solved(
    start: float, gap: float, oppression: float, reforms: float
) -> None:
    p = {"misery": 0.8, "oppression": oppression, "calm": 0.2, "appeasement": 0.5}
    world = made_world(members=1, count=1)
    found = run(
        "radicalisation",
        world,
        p=p,
        radicalisation=start,
        deprivation=gap,
        reforms=reforms,
        repression=0.5,
        revolution=0.0,
        land_reform=0.0,
    )["radicalisation"].item()
    up = 0.8 * gap + max(0.0, oppression * 0.5)
    down = 0.2 + 5.0 * reforms + max(0.0, -oppression * 0.5)
    exact = solve_ivp(lambda _, r: up * (1 - r) - down * r, (0, 1), [start], rtol=1e-9, atol=1e-12)
    assert found == pytest.approx(exact.y[0, -1], abs=1e-6)


def test_a_beaten_uprising_calms_sooner() -> None:
    p = {"misery": 0.0, "oppression": 0.0, "calm": 0.2, "appeasement": 0.0}
    given_ = {"radicalisation": 0.8, "deprivation": 0.0, "reforms": 0.0, "land_reform": 0.0}
    for outcome, speed in ((0.0, 0.2), (1.0, 0.2), (-1.0, 0.4)):
        found = run("radicalisation", WORLD, p=p, **given_, revolution=outcome)
        np.testing.assert_allclose(found["radicalisation"], 0.8 * np.exp(-speed))


def test_a_land_reform_calms_in_the_year_after() -> None:
    p = {"misery": 0.0, "oppression": 0.0, "calm": 0.2, "appeasement": 0.5}
    given_ = {"radicalisation": 0.8, "deprivation": 0.0, "reforms": 0.0, "revolution": 0.0}
    found = run("radicalisation", WORLD, p=p, **given_, land_reform=1.0)["radicalisation"]
    np.testing.assert_allclose(found, 0.8 * np.exp(-0.7))
