"""The start of politics: published votes, rules for gaps, shares that add up."""

from __future__ import annotations

import numpy as np
import pytest

from conjuncture.core.state import labels
from conjuncture.data.party_families import family_of, party_families
from conjuncture.data.states import states
from conjuncture.run.starts import politics
from conjuncture.run.starts.base import Start
from conjuncture.run.starts.party_shares import read_politics
from conjuncture.run.units import resolve, units

FAMILIES = labels()["party"]
MASS = labels()["mass"]


def start(*codes: str) -> Start:
    return Start(1945, resolve(codes or ("all",)), 1, range(3), {})


@pytest.fixture(scope="module")
def world() -> tuple[Start, dict[str, np.ndarray]]:
    given = start()
    return given, politics.build(given)


def test_every_party_has_a_family_of_the_run() -> None:
    assert set(party_families().families.values()) <= set(FAMILIES)
    for item in states().values():
        for party in item.parties:
            assert family_of(item, party) in FAMILIES


def test_shares_add_up_and_lie_between_nought_and_one(
    world: tuple[Start, dict[str, np.ndarray]],
) -> None:
    for name in ("vote", "home_vote", "mass", "home_mass", "government"):
        np.testing.assert_allclose(world[1][name].sum(axis=-1), 1.0, atol=1e-12)
        assert (world[1][name] >= 0).all()
    for name in ("competition", "radicalisation", "prestige", "organisation"):
        assert (world[1][name] >= 0).all()
        assert (world[1][name] <= 1).all()


@pytest.mark.parametrize(
    ("code", "family", "share"),
    [
        ("FRA", "communist", 26.08 / 99.14),  # ParlGov, October 1945, of the parties named
        ("GBR", "socialist", 48.0 / 96.1),
        ("HUN", "agrarian", (57.0 + 6.9) / 98.3),
    ],
)
def test_votes_are_those_of_the_last_election(code: str, family: str, share: float) -> None:
    found = read_politics(units()[code], FAMILIES)
    assert found.vote[FAMILIES.index(family)] == pytest.approx(share, abs=1e-3)


def test_who_was_beaten_who_was_freed_and_who_governs_alone() -> None:
    read = {code: read_politics(unit, FAMILIES) for code, unit in units().items()}
    beaten = {code for code, item in read.items() if item.beaten}
    assert beaten == {"BGR", "DEU_E", "DEU_W", "FIN", "HUN", "ITA", "JPN", "ROU"}
    freed = {code for code, item in read.items() if item.freed}
    assert {"BEL", "CSK", "DNK", "FRA", "NLD", "NOR", "POL", "YUG"} <= freed
    assert not freed & {"USA", "GBR", "SWE", "IND"}
    alone = {code for code, item in read.items() if item.alone}
    assert alone == {"ALB", "MNG", "SUN", "YUG"}


def test_beaten_fascists_leave_followers_but_no_votes(
    world: tuple[Start, dict[str, np.ndarray]],
) -> None:
    given, values = world
    k = given.index["DEU_W"]
    assert not values["vote"][:, k, FAMILIES.index("fascist")].any()
    assert (values["mass"][:, k, MASS.index("fascist")] > 0).all()
    assert (values["mass"][:, given.index["SWE"], MASS.index("fascist")] == 0).all()


def test_cabinets_follow_the_source(world: tuple[Start, dict[str, np.ndarray]]) -> None:
    given, values = world
    france = values["government"][0, given.index["FRA"]]
    seats = {"communist": 28.4, "centre": 27.0, "socialist": 25.7, "conservative": 6.7}
    for family, value in seats.items():
        assert france[FAMILIES.index(family)] == pytest.approx(value / sum(seats.values()))
    assert values["government"][0, given.index["SUN"], FAMILIES.index("communist")] == 1.0
    assert values["government"][0, given.index["IND"], FAMILIES.index("none")] == 1.0


def test_a_territory_starts_alike_whatever_the_others(
    world: tuple[Start, dict[str, np.ndarray]],
) -> None:
    few = start("FRA", "SUN", "IND", "JPN")
    alone = politics.build(few)
    for code in few.territories:
        for name, value in alone.items():
            whole = world[1][name][:, world[0].index[code]]
            np.testing.assert_array_equal(value[:, few.index[code]], whole, err_msg=name)
