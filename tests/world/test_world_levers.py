"""Levers of this room in a run of a few states from the real start."""

from __future__ import annotations

import numpy as np
import pytest

from conjuncture.run.scenario import Shock, load_theory
from conjuncture.run.simulate import Spec, Trajectory, simulate

CODES = ("FIN", "GBR", "IND", "POL", "SUN", "USA")
AT = {code: k for k, code in enumerate(CODES)}
CALM = {"dispute_hazard.base": -40.0, "independence.base": -40.0, "nuclear_weapons.base": -40.0}


def run(*shocks: Shock, **settings: float) -> Trajectory:
    """Run two members to 1947 without a dispute of their own."""
    theory = load_theory("agnostic")
    return simulate(Spec(1945, 1947, CODES, theory, 5, CALM | settings, shocks=shocks), range(2))


@pytest.fixture(scope="module")
def quiet() -> Trajectory:
    return run()


@pytest.fixture(scope="module")
def shaken() -> Trajectory:
    return run(
        Shock(lever="lever_war", year=1946, reason="a test", territory=("USA",), partner=("SUN",)),
        Shock(lever="lever_bomb", year=1946, reason="a test", territory=("SUN",)),
        Shock(lever="lever_independence", year=1946, reason="a test", territory=("IND",)),
        Shock(
            lever="lever_decree_annex",
            year=1946,
            reason="a test",
            territory=("FIN",),
            partner=("SUN",),
        ),
        Shock(lever="lever_arms_race", year=1946, reason="a test", territory=("GBR",), value=0.7),
    )


def test_a_world_without_disputes_has_no_war(quiet: Trajectory) -> None:
    for name in ("at_war", "in_dispute", "independence", "war_losses_people"):
        assert not quiet.flows[name].any(), name
    assert (quiet.stocks["nuclear"][:, -1] == quiet.stocks["nuclear"][:, 0]).all()
    np.testing.assert_allclose(quiet.flows["power_share"].sum(axis=-1), 1.0)


def test_each_lever_has_its_event(quiet: Trajectory, shaken: Trajectory) -> None:
    first = shaken.flows
    assert (first["at_war"][:, 0, [AT["SUN"], AT["USA"]]] == 1).all()
    assert (first["war_losses_people"][:, 0, AT["SUN"]] > 0).all()
    assert (shaken.stocks["nuclear"][:, 1, AT["SUN"]] == 1).all()
    assert (shaken.stocks["holder"][:, 0, AT["IND"]] == AT["GBR"]).all()
    assert (shaken.stocks["holder"][:, 1, AT["IND"]] == AT["IND"]).all()
    assert (shaken.stocks["status"][:, 1, AT["IND"]] == 0).all()
    assert (shaken.stocks["holder"][:, 1, AT["FIN"]] == AT["SUN"]).all()
    ratio = (
        first["military_share"][:, 0, AT["GBR"]] / quiet.flows["military_share"][:, 0, AT["GBR"]]
    )
    np.testing.assert_allclose(ratio, np.exp(0.7))


def test_war_costs_people_the_year_after(quiet: Trajectory, shaken: Trajectory) -> None:
    for code in ("SUN", "USA"):
        after = shaken.stocks["population"][:, 2, AT[code]]
        assert (after < quiet.stocks["population"][:, 2, AT[code]]).all()
