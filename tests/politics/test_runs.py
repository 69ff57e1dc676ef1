"""Politics within runs of some territories: levers, switches, identities in every year."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from made_world import POLITICS

from conjuncture.run.scenario import Shock, load_theory
from conjuncture.run.simulate import Spec, Trajectory, simulate
from conjuncture.run.units import resolve

CODES = resolve(("FRA", "ITA", "IND", "DEU_W", "USA"))
MEMBERS = range(4)


def spec(until: int, off: frozenset[str] = frozenset(), *shocks: Shock) -> Spec:
    return Spec(1945, until, CODES, load_theory("agnostic"), 7, off=off, shocks=shocks)


@cache
def trajectory(until: int, off: frozenset[str] = frozenset(), *levers: str) -> Trajectory:
    shocks = [
        Shock(lever=name, year=1946, territory=("DEU_W",), reason="a test") for name in levers
    ]
    return simulate(spec(until, off, *shocks), MEMBERS)


def test_shares_add_up_and_probabilities_are_such_in_every_year() -> None:
    found = trajectory(1952)
    for name in ("mass", "government"):
        np.testing.assert_allclose(found.stocks[name].sum(axis=-1), 1.0, atol=1e-12)
        assert (found.stocks[name] >= 0).all()
    np.testing.assert_allclose(found.flows["party_support"].sum(axis=-1), 1.0, atol=1e-12)
    hazard = found.flows["threat_hazard"]
    assert (hazard >= 0).all()
    assert (hazard.sum(axis=-1) < 1).all()
    for name in ("radicalisation", "prestige", "organisation", "competition", "wave"):
        assert (found.stocks[name] >= 0).all()
        assert (found.stocks[name] <= 1).all()
    assert set(np.unique(found.stocks["administration"])) <= {0.0, 1.0, 2.0}


@pytest.mark.parametrize("off", [frozenset(), frozenset({"revolution", "revolution_outcome"})])
def test_a_revolution_by_lever_wins_and_changes_property(off: frozenset[str]) -> None:
    k = CODES.index("DEU_W")
    plain, moved = trajectory(1947, off), trajectory(1947, off, "lever_revolution")
    assert (moved.flows["revolution"][:, 0, k] == 1.0).all()
    assert (moved.stocks["administration"][:, 1, k] > 0).all()
    assert not moved.stocks["administration"][:, 0].any()
    more = (moved.stocks["statified_share"] - plain.stocks["statified_share"])[:, 1, k]
    alone = moved.flows["regime_imposed"][:, 0, k] == 0
    assert alone.any()
    assert (more[alone] > 0).all()
    assert (moved.stocks["wave"][:, 1] >= plain.stocks["wave"][:, 1]).all()
    isolation = moved.flows["isolation"] - plain.flows["isolation"]
    assert (isolation[:, 1, CODES.index("FRA")] < 0).all()  # France is no longer alone


def test_a_restoration_by_lever_undoes_what_a_revolution_did() -> None:
    shocks = (
        Shock(lever="lever_revolution", year=1946, territory=("DEU_W",), reason="a test"),
        Shock(lever="lever_restoration", year=1947, territory=("DEU_W",), reason="a test"),
    )
    found = simulate(spec(1947, frozenset(), *shocks), MEMBERS)
    k = CODES.index("DEU_W")
    assert (found.flows["ending"][:, 1, k] == 1.0).all()
    assert (found.stocks["administration"][:, 2, k] == 0.0).all()


@pytest.mark.parametrize("name", sorted(n for n, item in POLITICS.items() if item.off))
def test_a_run_can_do_without_each_mechanism(name: str) -> None:
    found = trajectory(1947, frozenset({name}))
    np.testing.assert_allclose(found.stocks["mass"].sum(axis=-1), 1.0, atol=1e-12)


def test_what_cannot_be_switched_off_is_what_others_stand_on() -> None:
    assert {n for n, item in POLITICS.items() if item.off is None} == {
        "fascism",
        "political_memory",
    }
