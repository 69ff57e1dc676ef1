"""The whole room: identities of many years, order of territories, switches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from worlds import CODES, STATUS, World, act, middle, ordered, room, world

from conjuncture.core.state import variables
from conjuncture.world.pairs import ANNEXED, BUFFER


def wild(made: World) -> World:
    """Draw every parameter of every member from its prior, and disputes far too often."""
    rng = np.random.default_rng(made.seed)
    shape = (made.members, 1)
    made.parameters = {
        name: {p.name: p.prior.quantile(rng.random(shape)) for p in item.parameters}
        for name, item in room().items()
    }
    made.parameters["dispute_hazard"]["base"] = np.full(shape, -1.0)
    made.parameters["escalation"]["base"] = np.full(shape, 1.0)
    made.parameters["war_outcome"]["conquest"] = np.ones(shape)
    return made


@pytest.mark.parametrize("seed", range(3))
def test_identities_hold_year_after_year(seed: int) -> None:
    made = wild(world(4, seed))
    wars = conquests = 0
    for year in range(1946, 1958):
        closing, flows = act(made, year=year)
        holder, status, troops = (closing[k] for k in ("holder", "status", "troops"))
        here = np.arange(len(CODES))
        assert np.isin(holder, here).all()
        assert ((holder == here) == (status <= BUFFER)).all()  # states hold themselves
        assert (np.take_along_axis(holder, holder.astype(int), -1) == holder).all()
        assert np.isin(status, range(ANNEXED + 1)).all()
        assert (troops != here).all()
        at_home = np.take_along_axis(holder, np.maximum(troops, 0).astype(int), -1)
        assert ((troops < 0) | (at_home == troops)).all()  # only states have troops abroad
        np.testing.assert_allclose(flows["power_share"].sum(axis=-1), 1.0, atol=1e-12)
        for name in ("war", "alliance", "recent"):
            assert (closing[name] == np.swapaxes(closing[name], -1, -2)).all(), name
            assert (np.diagonal(closing[name], axis1=-2, axis2=-1) == 0).all(), name
        for name in ("antagonism", "dispute", "war_onset", "war_joined", "war_ended"):
            assert (flows[name] == np.swapaxes(flows[name], -1, -2)).all(), name
        assert (flows["victory"] * np.swapaxes(flows["victory"], -1, -2) == 0).all()
        assert (flows["war_losses_people"][flows["at_war"] == 0] == 0).all()
        assert (flows["conquered_by"] != here).all()
        wars += flows["war_onset"].sum()
        conquests += (flows["conquered_by"] >= 0).sum()
        made = replace(made, stocks=closing, last=made.last | {"ending": made.last["ending"]})
    assert wars > 0
    assert conquests > 0


INDICES = (
    "holder", "troops", "bloc", "rival", "principal_first", "principal_second", "conquered_by",
    "war_enemy", "troops_posted", "other_half", "part_parent", "part_holder",
)  # fmt: skip


def shuffled(values: dict[str, np.ndarray], turn: np.ndarray) -> dict[str, np.ndarray]:
    """Put the territories into another order; ``turn[k]`` is the old place of the k-th."""
    place = np.empty_like(turn)
    place[turn] = np.arange(len(turn))
    known = variables()
    found = {}
    for name, given in values.items():
        value, dims = given, known[name].dims
        for axis, dim in enumerate(dims, start=1):
            if dim in ("territory", "partner"):
                value = np.take(value, turn, axis=axis)
        if name in INDICES:
            value = np.where(value >= 0, place[np.maximum(value, 0).astype(int)], value)
        found[name] = value
    return found


@pytest.mark.parametrize("seed", [0, 1])
def test_another_order_of_territories_gives_the_same_world(seed: int) -> None:
    made = wild(world(3, seed))
    made.given["lever_war"][:, 0, 1] = 1.0
    turn = np.random.default_rng(seed).permutation(len(CODES))
    other = World(
        tuple(made.codes[k] for k in turn),
        shuffled(made.stocks, turn),
        shuffled(made.given, turn),
        shuffled(made.last, turn),
        made.seed,
        made.parameters,
    )
    for year in (1946, 1947, 1948):
        closing, flows = act(made, year=year)
        closing_other, flows_other = act(other, year=year)
        for old, new in ((closing, closing_other), (flows, flows_other)):
            for name, value in shuffled(old, turn).items():
                if name in ("principal_first", "principal_second"):
                    continue  # a pair, told in the order of the codes
                np.testing.assert_allclose(new[name], value, atol=1e-9, err_msg=name)
        pair = {k: shuffled(flows, turn)[f"principal_{k}"] for k in ("first", "second")}
        lower = np.minimum(pair["first"], pair["second"])
        np.testing.assert_array_equal(flows_other["principal_first"], lower)
        made, other = replace(made, stocks=closing), replace(other, stocks=closing_other)


def test_an_empty_world_stays_sane() -> None:
    """No people, no product, no arms: every number is finite, nobody gains a holder."""
    made = world(2)
    for values in (made.stocks, made.last):
        for name in ("population", "armed_forces", "armed_forces_target", "steel", "energy",
                     "gdp_world", "gdp_per_head", "peak_product_per_head", "mass"):  # fmt: skip
            if name in values:
                values[name] = np.zeros_like(values[name])
    closing, flows = act(made)  # asserts that all is finite
    assert (flows["power_share"] == 0.0).all()
    assert (closing["armed_forces_target"] < 1e-9).all()
    assert (closing["population"] == 0.0).all()


def test_every_mechanism_can_be_switched_off_and_says_the_same_words() -> None:
    made = world(2)
    names = frozenset(room())
    for item in ordered():
        assert item.off is not None, item.name
    act(made, off=names)
    for name in names:
        act(made, off=frozenset({name}))


def test_with_all_off_nothing_happens() -> None:
    made = world(2)
    closing, flows = act(made, off=frozenset(room()))
    np.testing.assert_array_equal(closing["status"], np.broadcast_to(STATUS, (2, len(CODES))))
    for name in ("dispute", "war_onset", "antagonism", "independence", "land_reform"):
        assert not flows[name].any(), name
    for name in ("holder", "troops", "alliance", "nuclear"):
        np.testing.assert_array_equal(closing[name], made.stocks[name])


def test_contested_signs_are_symmetric_and_few_parameters_are_used() -> None:
    contested = {
        f"{item.name}.{p.name}" for item in room().values() for p in item.parameters if p.contested
    }
    assert {
        "antagonism.weight", "antagonism.closure", "escalation.ripeness", "escalation.deterrence",
        "foreign_policy.revolution", "foreign_policy.rival", "foreign_policy.reconstruction",
        "imposed_regime.annexed", "imposed_regime.held", "land_reform.presence",
    } == contested  # fmt: skip
    for item in room().values():
        assert middle(item, 1).keys() == {p.name for p in item.parameters}
        assert item.description
