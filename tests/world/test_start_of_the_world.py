"""Where the room starts: the state files of 1945, as codes, distances and shares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conjuncture.data.states import state, states
from conjuncture.run.starts import economy, geography
from conjuncture.run.starts import world as starts
from conjuncture.run.starts.base import Start
from conjuncture.run.units import units
from conjuncture.world.pairs import ANNEXED, BUFFER, COLONY, OCCUPIED, SOVEREIGN
from conjuncture.world.power import composite

CODES = tuple(units())
INDEX = {code: k for k, code in enumerate(CODES)}
START = Start(1945, CODES, 3, range(1), {})
PARTS = START.parts


@pytest.fixture(scope="module")
def built() -> dict[str, np.ndarray]:
    start = replace(START, economy=economy.build(START))
    return starts.build(start) | geography.build(start)


def test_every_land_has_one_holder_and_states_hold_themselves(built: dict[str, np.ndarray]) -> None:
    holder, status, troops = (built[k] for k in ("holder", "status", "troops"))
    here = np.arange(len(CODES))
    assert ((holder == here) == (status <= BUFFER)).all()
    assert (np.take_along_axis(holder, holder.astype(int), -1) == holder).all()
    assert (troops != here).all()
    assert ((status != BUFFER) | (troops >= 0)).all()


@pytest.mark.parametrize(
    ("code", "holder", "status", "troops"),
    [
        ("SUN", "SUN", SOVEREIGN, None),
        ("POL", "POL", BUFFER, "SUN"),
        ("DEU_W", "USA", OCCUPIED, "USA"),
        ("DEU_E", "SUN", OCCUPIED, "SUN"),
        ("KOR_S", "USA", OCCUPIED, "USA"),
        ("AUT", "AUT", BUFFER, "USA"),
        ("IND", "GBR", COLONY, "GBR"),
        ("SYR", "FRA", COLONY, "FRA"),
        ("TWN", "CHN", ANNEXED, "CHN"),
        ("IRN", "IRN", SOVEREIGN, "GBR"),
        ("GRC", "GRC", BUFFER, "GBR"),
    ],
)
def test_the_status_of_the_end_of_1945(
    built: dict[str, np.ndarray], code: str, holder: str, status: int, troops: str | None
) -> None:
    k = INDEX[code]
    assert built["holder"][0, k] == INDEX[holder]
    assert built["status"][0, k] == status
    assert built["troops"][0, k] == (INDEX[troops] if troops else -1)


def test_pairs_are_symmetric_and_distances_right(built: dict[str, np.ndarray]) -> None:
    for name in ("distance", "contiguous", "alliance", "recent", "war"):
        np.testing.assert_array_equal(built[name], np.swapaxes(built[name], -1, -2))
    km = built["distance"][0]
    # Washington to Moscow 7,830 km, London to Paris 340 km (any great-circle table, within 1 %)
    assert km[INDEX["USA"], INDEX["SUN"]] == pytest.approx(7830, rel=0.01)
    assert km[INDEX["GBR"], INDEX["FRA"]] == pytest.approx(342, rel=0.02)
    assert (km >= 100).all()
    border, treaty = built["contiguous"][0], built["alliance"][0]
    assert border[INDEX["SUN"], INDEX["POL"]] == border[INDEX["DEU_E"], INDEX["DEU_W"]] == 1
    assert border[INDEX["SUN"], INDEX["USA"]] == 0
    assert treaty[INDEX["GBR"], INDEX["SUN"]] == treaty[INDEX["USA"], INDEX["BRA"]] == 1
    assert treaty[INDEX["USA"], INDEX["SUN"]] == 0
    assert built["recent"][0, INDEX["JPN"], INDEX["USA"]] == 1


def test_halves_defeats_and_parts(built: dict[str, np.ndarray]) -> None:
    other = built["other_half"][0]
    assert other[INDEX["DEU_W"]] == INDEX["DEU_E"]
    assert other[INDEX["KOR_N"]] == INDEX["KOR_S"]
    assert (other >= 0).sum() == 4
    since = built["years_since_defeat"][0]
    assert [since[INDEX[c]] for c in ("JPN", "DEU_E", "FIN", "HUN", "ITA", "POL")] == [
        0, 0, 1, 0, 2, 100,
    ]  # fmt: skip
    parts = {code: k for k, code in enumerate(PARTS)}
    assert built["part_holder"][0, parts["SUN_EST"]] == INDEX["SUN"]
    assert built["part_holder"][0, parts["CHN_M"]] == INDEX["SUN"]
    assert built["part_parent"][0, parts["CHN_M"]] == INDEX["CHN"]
    assert built["part_core"][0, parts["SUN_EST"]] == 0
    assert built["part_core"][0, parts["SUN_RUS"]] == 1


def test_capabilities_of_the_files_agree_with_the_published_index() -> None:
    """Against the index of the Correlates of War for 1945 (cow_nmc_7), which counts states alone.

    It counts Germany and Japan, with their figures of the war, as states too.
    """
    names = (
        "steel", "energy", "armed_forces", "military_spending", "population", "urban_population",
    )  # fmt: skip
    members = [c for c, item in states().items() if item.kind == "state"]
    parts = np.array([[[state(c).value(name) or 0.0 for name in names] for c in members]])
    share = dict(zip(members, composite(parts)[0], strict=True))
    for code, published in {"USA": 0.384, "SUN": 0.118, "GBR": 0.088, "CHN": 0.093}.items():
        assert share[code] == pytest.approx(published, abs=0.025), code


def test_shares_of_towns_and_arms_are_shares(built: dict[str, np.ndarray]) -> None:
    assert (built["urban_share"] > 0).all()
    assert (built["urban_share"] < 1).all()
    spent = built["spending_share_start"][0]
    assert spent[INDEX["USA"]] > 0.2  # the year of the war
    assert spent[INDEX["SUN"]] > 0.25
    assert spent[INDEX["SWE"]] < 0.2
    head = 1000 * START.figure("product") / START.figure("population")
    assert (built["peak_product_per_head"] >= head * (1 - 1e-12)).all()
    assert built["land_reformed"][0, INDEX["SUN"]] == 1
    np.testing.assert_allclose(built["power_share"].sum(axis=-1), 1.0)
    assert built["power_share"][0, INDEX["IND"]] == 0.0


def test_one_territory_alone_can_start() -> None:
    start = Start(1945, ("SUN",), 3, range(1), {})
    alone = starts.build(replace(start, economy=economy.build(start)))
    assert alone["holder"].tolist() == [[0.0], [0.0]]
    assert alone["power_share"].tolist() == [[1.0], [1.0]]
