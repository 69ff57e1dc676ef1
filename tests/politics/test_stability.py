"""Four threats, competing hazards, endings, who administers, buffers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_world import LABELS, at, inputs, made_world, mechanism, put, run
from scipy.integrate import quad

WORLD = made_world(members=1, count=3)
THREATS = LABELS["threat"]


@given(st.lists(st.floats(0, 5), min_size=4, max_size=4))
def test_hazards_are_the_probabilities_of_competing_exponential_risks(rates: list[float]) -> None:
    found = run(
        "stability",
        WORLD,
        administration=0.0,
        removal_rate=np.array(rates),
    )["threat_hazard"][0, 0]
    total = sum(rates)
    for value, rate in zip(found, rates, strict=True):
        exact, _ = quad(lambda t, r=rate: r * np.exp(-total * t), 0, 1)
        assert value == pytest.approx(exact, abs=1e-9)
    assert found.sum() < 1


def test_pressures_act_in_planned_states_alone() -> None:
    given_ = {
        "removal_rate": 0.01,
        "pressure_imperialism": 0.0,
        "pressure_capitalist": 0.0,
        "pressure_masses": 2.0,
        "pressure_revolution": 0.0,
    }
    found = run("stability", WORLD, **given_, administration=[0.0, 1.0, 2.0])["threat_hazard"]
    masses = at(found, "threat", "masses")[0]
    assert masses[0] == pytest.approx(at(found, "threat", "imperialism")[0, 0])
    np.testing.assert_allclose(masses[1:] / at(found, "threat", "imperialism")[0, 1:], np.exp(2.0))


RATES = {
    "foreign": -3.0,
    "elite": -2.0,
    "popular": -2.5,
    "defeat": 0.7,
    "tenure": -0.5,
    "change": 0.0,
}


def test_removal_rates_are_the_fitted_ones_and_competition_shields() -> None:
    given_ = {
        "defeat_age": [0.0, 3.0, 0.0],
        "tenure": 9.0,
        "wave": 0.5,
        "competition": [0.0, 0.0, 1.0],
        "administration": 1.0,
    }
    found = run("regime_end", WORLD, p=RATES, **given_)["removal_rate"][0]
    common = -0.5 * np.log(2.0)
    np.testing.assert_allclose(found[0, 0], 0.5 * np.exp(-3.0 + common + 0.7))
    np.testing.assert_allclose(found[1, 1], 0.5 * np.exp(-2.0 + common))
    np.testing.assert_allclose(
        found[1, 3], 0.5 * found[1, 2]
    )  # the wave's half of the popular rate
    assert not found[2].any()


END = {
    "threat_hazard": np.array([0.1, 0.2, 0.3, 0.1]),
    "administration": 1.0,
    "status": 0.0,
    "troops": -1.0,
    "organisation": 0.0,
    "at_war": 0.0,
    "defeated": 0.0,
}


@pytest.mark.parametrize(
    ("u", "kept", "war", "outcome"),
    [
        (0.05, 0.0, 0.0, 1.0),  # imperialism in peace: restoration
        (0.05, 0.0, 1.0, 3.0),  # in war: conquest
        (0.2, 0.2, 0.0, 1.0),  # capitalist elements undo property with probability 1/4
        (0.2, 0.3, 0.0, 0.0),
        (0.5, 0.4, 0.0, 2.0),  # masses keep property with probability one half
        (0.5, 0.6, 0.0, 1.0),
        (0.65, 0.4, 0.0, 2.0),  # world revolution
        (0.75, 0.0, 0.0, 0.0),  # none
    ],
)
def test_each_threat_has_its_own_ending(u: float, kept: float, war: float, outcome: float) -> None:
    found = run(
        "ending",
        WORLD,
        p={"property": 0.0, "pole": 0.0, "elite": -np.log(3.0)},
        draw={"threat": u, "property": kept},
        **END | {"at_war": war},
    )["ending"]
    assert (found == outcome).all()


def test_a_bourgeois_regime_has_no_such_ending_and_defeat_with_occupation_is_conquest() -> None:
    none = run("ending", WORLD, draw={"threat": 0.0}, **END | {"administration": 0.0})["ending"]
    assert not none.any()
    lost = END | {"administration": [1.0, 0.0, 0.0], "defeated": 1.0, "status": 2.0, "troops": 1.0}
    assert run("ending", WORLD, draw={"threat": 0.99}, **lost)["ending"][0, 0] == 3.0


def test_levers_end_regimes_by_name_and_the_switch_leaves_them() -> None:
    off = mechanism("ending").off
    assert off is not None
    for act in (mechanism("ending").function, off):
        still = END | {"threat_hazard": 0.0}
        restored = act(inputs("ending", WORLD, **still, lever_restoration=1.0))["ending"]
        assert (restored == 1.0).all()
        rule = still | {"administration": [1.0, 2.0, 0.0]}
        masses = act(inputs("ending", WORLD, **rule, lever_mass_administration=1.0))["ending"]
        np.testing.assert_array_equal(masses, [[2.0, 0.0, 0.0]])


QUIET = {
    "revolution": 0.0,
    "ending": 0.0,
    "regime_imposed": 0.0,
    "holder": [0.0, 1.0, 2.0],
    "troops": -1.0,
    "isolation": 1.0,
    "culture": 4.0,
    "mass": put(WORLD, "mass", communist=0.3, new_pole=0.1, unorganised=0.6),
}


@pytest.mark.parametrize(
    ("before", "event", "heirs", "after"),
    [
        (0.0, {"revolution": 1.0}, 0.2, 2.0),  # led by the new pole: a quarter of the leaders
        (0.0, {"revolution": 1.0}, 0.3, 1.0),
        (0.0, {"revolution": -1.0}, 0.2, 0.0),
        (1.0, {"ending": 1.0}, 0.2, 0.0),
        (1.0, {"ending": 2.0}, 0.2, 2.0),
        (2.0, {"ending": 3.0}, 0.2, 0.0),
        (2.0, {}, 0.2, 2.0),
    ],
)
def test_who_administers_after_what(
    before: float, event: dict[str, float], heirs: float, after: float
) -> None:
    found = run(
        "administration",
        WORLD,
        draw={"heirs": heirs, "takeover": 0.9999},
        p={"base": -2.0, "isolation": 0.0, "culture": 0.0},
        **QUIET | event,
        administration=before,
    )
    assert (found["administration"] == after).all()


@pytest.mark.parametrize("sign", [-1.0, 0.0, 1.0])
def test_isolation_breeds_a_bureaucracy_or_not(sign: float) -> None:
    p = {"base": -1.0, "isolation": sign, "culture": 0.0}
    exact = 1 - np.exp(-np.exp(-1.0 + sign))
    for u, after in ((exact - 1e-9, 1.0), (exact + 1e-9, 2.0)):
        found = run("administration", WORLD, p=p, draw={"takeover": u}, **QUIET, administration=2.0)
        assert (found["administration"] == after).all()


def test_a_power_that_imposes_its_form_brings_its_order() -> None:
    given_ = QUIET | {"holder": [0.0, 1.0, 2.0], "troops": [-1.0, 0.0, 1.0]}
    rule = {"administration": [1.0, 0.0, 2.0]}
    draw = {"takeover": 0.9999}
    for code, after in ((2.0, [1.0, 1.0, 0.0]), (1.0, [1.0, 0.0, 2.0])):
        found = run("administration", WORLD, draw=draw, **given_ | rule | {"regime_imposed": code})
        np.testing.assert_array_equal(found["administration"][0, 1:], after[1:])


def slope(
    name: str, parameter: str, key: str, high: object, low: object, **values: object
) -> float:
    """Return the difference that one condition makes with the parameter at one, others at nil."""
    p = {q.name: 0.0 for q in mechanism(name).parameters} | {parameter: 1.0}
    (written,) = mechanism(name).writes
    ends = [run(name, WORLD, p=p, **values | {key: v})[written][0, 0] for v in (high, low)]
    return float(ends[0] - ends[1])


def test_each_factor_of_the_threats_counts_with_its_unit() -> None:
    assert slope("threat_masses", "living_standard", "deprivation", 1.0, 0.0) == pytest.approx(1.0)
    assert slope("threat_masses", "culture", "culture", 8.0, 4.0) == pytest.approx(1.0)
    assert slope("threat_masses", "prestige", "prestige", 1.0, 0.0) == pytest.approx(1.0)
    assert slope(
        "threat_masses", "militants", "forced_labour", 5.0, 0.0, population=100.0
    ) == pytest.approx(1.0)
    assert slope("threat_revolution", "wave", "wave", 1.0, 0.0) == pytest.approx(1.0)
    assert slope("threat_revolution", "isolation", "isolation", 0.0, 1.0) == pytest.approx(1.0)
    middle = {"lever_no_bureaucracy": 0.0}
    assert slope(
        "threat_capitalist", "base", "bureaucracy_base", 1.0, 0.0, **middle
    ) == pytest.approx(1.0)
    without = {"lever_no_bureaucracy": 1.0}
    assert slope("threat_capitalist", "base", "bureaucracy_base", 1.0, 0.0, **without) == 0.0
    assert slope("threat_capitalist", "openness", "openness", 1.0, 0.0) == pytest.approx(1.0)


def test_enriched_peasants_are_read_by_ratio_so_that_money_s_unit_does_not_matter() -> None:
    p = {"base": 0.0, "enriched": 1.0, "openness": 0.0}
    one = run("threat_capitalist", WORLD, p=p)["pressure_capitalist"]
    two = run("threat_capitalist", WORLD, p=p, strata_income=1000 * WORLD["strata_income"])
    np.testing.assert_allclose(two["pressure_capitalist"], one)
    assert one.std() > 0


def test_encirclement_needs_hostility_and_rivals_have_their_own_quarrels() -> None:
    antagonism = np.zeros((1, 3, 3))
    antagonism[0, 1, 2] = antagonism[0, 2, 1] = 1.0
    given_ = {
        "administration": [1.0, 0.0, 0.0],
        "power_share": [0.2, 0.4, 0.4],
        "isolation": 1.0,
    }
    among = run(
        "threat_imperialism",
        WORLD,
        p={"encirclement": 1.0, "rivalry": 0.0, "power": 0.0},
        **given_,
        antagonism=antagonism,
    )["pressure_imperialism"][0, 0]
    assert among == 0.0
    rivals = run(
        "threat_imperialism",
        WORLD,
        p={"encirclement": 0.0, "rivalry": 1.0, "power": 0.0},
        **given_,
        antagonism=antagonism,
    )["pressure_imperialism"][0, 0]
    assert rivals == pytest.approx(0.5)  # each meets the other with half of the weight
    hostile = np.ones((1, 3, 3)) - np.eye(3)
    ring = run(
        "threat_imperialism",
        WORLD,
        p={"encirclement": 1.0, "rivalry": 0.0, "power": 0.0},
        **given_,
        antagonism=hostile,
    )["pressure_imperialism"][0, 0]
    assert ring == pytest.approx(1.0)


def test_a_great_power_is_harder_to_remove_from_outside() -> None:
    p = {"encirclement": 0.0, "rivalry": 0.0, "power": 1.0}
    found = run("threat_imperialism", WORLD, p=p, power_share=[0.6, 0.3, 0.1])
    np.testing.assert_allclose(found["pressure_imperialism"][0], -np.log([1.8, 0.9, 0.3]))
