"""A small world of made-up states, and a year of it, for the tests of this room."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt

from conjuncture.core.order import order
from conjuncture.core.registry import REGISTRY, Inputs, Mechanism
from conjuncture.core.state import labels, variables
from conjuncture.world import (  # noqa: F401 - importing registers the mechanisms
    alliances,
    antagonism,
    arms,
    blocs,
    concessions,
    consent,
    disputes,
    equilibrium,
    escalation,
    foreign_policy,
    independence,
    nuclear,
    occupation,
    parts,
    power,
    ripeness,
    territories,
    war_course,
    war_joining,
    war_losses,
)
from conjuncture.world.pairs import ANNEXED, BUFFER, COLONY, OCCUPIED, SOVEREIGN

Array = npt.NDArray[np.float64]
Values = dict[str, Array]

MASS = labels()["mass"]
CODES = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH", "III", "JJJ", "KKK", "LLL")
PARTS = ("AAA_1", "AAA_2", "BBB_1")
STATUS = (0, 0, 0, 0, 0, BUFFER, OCCUPIED, COLONY, COLONY, ANNEXED, BUFFER, SOVEREIGN)
HOLDER = (0, 1, 2, 3, 4, 5, 0, 2, 2, 1, 10, 11)
TROOPS = (-1, -1, -1, -1, -1, 1, 0, 2, 2, 1, 1, 0)

LEVERS_OF_PAIRS = ("lever_war", "lever_embargo", "lever_decree_annex")
LEVERS = (
    "lever_blockade",
    "lever_bomb",
    "lever_arms_race",
    "lever_independence",
    "lever_land_reform",
)


def room() -> dict[str, Mechanism]:
    """Return the mechanisms of this room that act every year, by name."""
    return {
        name: item
        for name, item in REGISTRY.mechanisms.items()
        if item.room.startswith("conjuncture.world") and item.phase != "start"
    }


@dataclass
class World:
    """Values by name, draws, and the members' parameters."""

    codes: tuple[str, ...]
    stocks: Values
    given: Values
    last: Values
    seed: int
    parameters: dict[str, Values] = field(default_factory=dict)

    @property
    def members(self) -> int:
        """Number of members."""
        return len(self.stocks["status"])


def world(members: int = 3, seed: int = 0) -> World:
    """Make a world of twelve territories with the statuses above, random otherwise."""
    rng = np.random.default_rng(seed)
    n = len(CODES)

    def spread(*values: float) -> Array:
        return np.broadcast_to(np.array(values, float), (members, len(values))).copy()

    def random(low: float, high: float) -> Array:
        return rng.uniform(low, high, (members, n))

    place = rng.uniform(0, 8000, (n, 2))
    km = np.maximum(np.linalg.norm(place[:, None] - place[None], axis=-1), 100.0)
    border = np.triu(rng.random((n, n)) < 0.3, 1)
    border = border | border.T
    allied = np.triu(rng.random((n, n)) < 0.3, 1)
    states = np.array(STATUS) <= BUFFER
    allied = (allied | allied.T) & states[:, None] & states[None]
    scale = np.array([20, 15, 8, 6, 5, 1, 3, 1, 2, 1, 1, 0.5])
    zero = np.zeros((members, n))
    pair = np.zeros((members, n, n))
    stocks: Values = {
        "holder": spread(*HOLDER),
        "status": spread(*STATUS),
        "troops": spread(*TROOPS),
        "bloc": spread(*[-1.0] * n),
        "alliance": np.broadcast_to(allied.astype(float), pair.shape).copy(),
        "recent": pair.copy(),
        "war": pair.copy(),
        "arms_target": random(0.02, 0.2),
        "armed_forces_target": random(0.005, 0.02) * 1e4 * scale,
        "armed_forces": random(0.005, 0.02) * 1e4 * scale,
        "nuclear": spread(1, *[0.0] * (n - 1)),
        "peak_product_per_head": random(1000, 9000),
        "years_free": np.full_like(zero, 100.0),
        "years_since_defeat": np.full_like(zero, 100.0),
        "land_reformed": zero.copy(),
        "population": random(0.8, 1.2) * 1e4 * scale,
        "radicalisation": random(0, 1),
        "mass": rng.dirichlet(np.ones(len(MASS)), (members, n)),
        "statified_share": np.broadcast_to(
            np.where(np.isin(CODES, ("BBB", "JJJ")), 0.95, 0.1), (members, n)
        ).copy(),
        "part_holder": spread(0, 0, 0),
    }
    given: Values = {
        "distance": np.broadcast_to(km, pair.shape).copy(),
        "contiguous": np.broadcast_to(border, pair.shape).astype(float),
        "urban_share": random(0.1, 0.6),
        "spending_share_start": random(0.02, 0.5),
        "other_half": spread(-1, -1, -1, -1, -1, -1, 11, -1, -1, -1, -1, 6),
        "part_parent": spread(0, 0, 1),
        "part_core": spread(1, 0, 1),
        "part_population": spread(100, 50, 30),
        "openness": np.where(stocks["statified_share"] > 0.5, 0.1, 0.9),
        "planning_coverage": stocks["statified_share"],
        "revolution": zero.copy(),
        **{name: zero.copy() for name in LEVERS},
        **{name: pair.copy() for name in LEVERS_OF_PAIRS},
    }
    last: Values = {
        "steel": random(0, 1000) * scale,
        "energy": random(0, 1000) * scale,
        "gdp_world": random(800, 1200) * scale,
        "gdp_per_head": random(1000, 9000),
        "market_breadth": random(0.2, 0.9),
        "crisis": random(0, 0.5),
        "revolutionary_situation": random(0, 0.5),
        "living_standard": random(0.4, 1.2),
        "repression": random(0, 0.5),
        "ending": zero.copy(),
    }
    return World(CODES, stocks, given, last, seed)


@cache
def stream(seed: int, members: int, name: str) -> Array:
    """Return the uniform numbers of one name."""
    return np.random.default_rng([seed, *name.encode()]).random(members)


def draws(world: World, item: Mechanism, year: int) -> tuple[SimpleNamespace, SimpleNamespace]:
    """Draw by name of mechanism, code and year, so that the order of codes does not matter."""

    def single(name: str) -> Array:
        return np.stack(
            [
                stream(world.seed, world.members, f"{item.name}.{name}.{code}.{year}")
                for code in world.codes
            ],
            axis=-1,
        )

    def pairs(name: str) -> Array:
        return np.stack([single(f"{name}.{b}") for b in world.codes], axis=-1)

    uniform = {name: single(name) for name in item.uniforms}
    uniform |= {name: pairs(name) for name in item.pair_uniforms}
    normal = {name: 3.0 * (single(name) - 0.5) for name in item.draws}
    return SimpleNamespace(**normal), SimpleNamespace(**uniform)


def middle(item: Mechanism, members: int) -> Values:
    """Return the medians of the priors."""
    return {p.name: np.full((members, 1), p.prior.centre) for p in item.parameters}


def inputs(
    world: World, item: Mechanism, flows: Values, year: int = 1946, **parameters: float
) -> Inputs:
    """Build what a mechanism sees of this world; parameters at their medians or as given."""
    draw, uniform = draws(world, item, year)
    p = middle(item, world.members) | world.parameters.get(item.name, {})
    p |= {name: np.full((world.members, 1), value) for name, value in parameters.items()}
    now = {k: flows[k] if k in flows else (world.stocks | world.given)[k] for k in item.reads}
    return Inputs(
        year=year,
        start=1945,
        now=SimpleNamespace(**now),
        lag=SimpleNamespace(**{k: world.last[k] for k in item.lagged}),
        p=SimpleNamespace(**p),
        draw=draw,
        uniform=uniform,
        sectors=("agriculture",),
        territories=world.codes,
        parts=PARTS,
    )


def ordered() -> tuple[Mechanism, ...]:
    """Return the room's mechanisms in the order of a year."""
    base = world(1)
    outside = [*base.stocks, *base.given, *base.last]
    return order(room().values(), outside)


def act(world: World, off: frozenset[str] = frozenset(), year: int = 1946) -> tuple[Values, Values]:
    """Compute one year; return closing stocks and flows."""
    closing, flows = dict(world.stocks), dict[str, Array]()
    known = variables()
    for item in ordered():
        function = item.off if item.name in off and item.off is not None else item.function
        result = function(inputs(world, item, flows, year))
        assert set(result) == set(item.writes), item.name
        for name, value in result.items():
            assert np.isfinite(value).all(), (item.name, name)
            (closing if known[name].kind == "stock" else flows)[name] = value
    return closing, flows


def one(name: str, made: World, **parameters: float) -> dict[str, Array]:
    """Run one mechanism alone, with the year's flows before it at its side."""
    flows = dict[str, Array]()
    known = variables()
    for item in ordered():
        if item.name == name:
            return dict(item.function(inputs(made, item, flows, 1946, **parameters)))
        result = item.function(inputs(made, item, flows))
        flows |= {k: v for k, v in result.items() if known[k].kind == "flow"}
    raise KeyError(name)
