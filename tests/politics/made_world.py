"""A made-up world for the mechanisms of politics: every variable they read, drawn at random."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import Inputs, Mechanism
from conjuncture.run.scenario import mechanisms

Array = npt.NDArray[np.float64]
LABELS = {
    "party": (
        "communist",
        "revolutionary",
        "socialist",
        "national",
        "agrarian",
        "centre",
        "conservative",
        "fascist",
        "none",
    ),
    "mass": (
        "unorganised",
        "reformist",
        "communist",
        "new_pole",
        "fascist",
        "withdrawn",
        "national",
    ),
    "threat": ("imperialism", "capitalist_elements", "masses", "world_revolution"),
    "stratum": ("workers", "peasants", "bourgeoisie", "middle_bureaucracy"),
}
INDEX = ("holder", "troops", "troops_before", "bloc")
PAIR = ("victory", "antagonism", "contiguous")
BY_LABEL = {
    "mass": "mass",
    "home_mass": "mass",
    "workers_appeal": "mass",
    "other_appeal": "mass",
    "deserting": "mass",
    "vote": "party",
    "home_vote": "party",
    "party_support": "party",
    "government": "party",
    "removal_rate": "threat",
    "threat_hazard": "threat",
    "strata_income": "stratum",
    "strata_population": "stratum",
}
SHARES = ("mass", "home_mass", "vote", "home_vote", "party_support", "government", "power_share")
UNITS = (
    "radicalisation",
    "prestige",
    "organisation",
    "competition",
    "statified_share",
    "crisis",
    "repression",
    "consent",
    "isolation",
    "deprivation",
    "soviet_dependence",
    "national_dependence",
    "divergence",
    "gathered",
    "army_entry",
    "wave",
    "revolutionary_situation",
    "bureaucracy_base",
    "openness",
    "power_share",
)
EVENTS = (
    "defeated",
    "at_war",
    "coup",
    "uprising",
    "upheaval",
    "insurgency",
    "independence",
    "land_reform",
)
INCOMES = (
    "income_1",
    "income_2",
    "income_3",
    "income_4",
    "prewar_income",
    "vote_income",
    "gdp_per_head",
)
LEVERS = (
    "lever_revolution",
    "lever_restoration",
    "lever_mass_administration",
    "lever_no_bureaucracy",
)
POLITICS = {
    name: item
    for name, item in mechanisms().items()
    if item.room.startswith("conjuncture.politics")
}


def made_world(seed: int = 1, members: int = 3, count: int = 7) -> dict[str, Array]:
    """Draw every variable that politics reads (members, territories, ...)."""
    rng = np.random.default_rng(seed)
    size = (members, count)
    world: dict[str, Array] = {name: rng.random(size) for name in UNITS}
    world |= {name: np.asarray(rng.random(size) < 0.2, float) for name in EVENTS}
    world |= {name: np.exp(rng.normal(8, 1, size)) for name in INCOMES}
    world |= {name: np.zeros(size) for name in LEVERS}
    for name in PAIR:
        half = np.triu(rng.random((members, count, count)), 1)
        world[name] = half + half.swapaxes(1, 2)
    for name in ("victory", "contiguous"):
        world[name] = np.asarray(world[name] > 0.7, float)
    own = np.broadcast_to(np.arange(count), size)
    for name in INDEX:
        pointed = rng.integers(0 if name.startswith("holder") else -1, count, size)
        usual = own if name.startswith("holder") else -np.ones(size)
        world[name] = np.where(rng.random(size) < 0.5, usual, pointed).astype(float)
    for name, dimension in BY_LABEL.items():
        world[name] = rng.random((*size, len(LABELS[dimension])))
    for name in SHARES:
        world[name] = world[name] / world[name].sum(axis=-1, keepdims=True)
    world["removal_rate"] *= 0.1
    world["threat_hazard"] *= 0.2
    world["workers_appeal"] -= 0.5
    world["occupier_choice"] = rng.integers(0, 4, size).astype(float)
    world["regime_imposed"] = rng.integers(0, 3, size).astype(float)
    world["administration"] = rng.integers(0, 3, size).astype(float)
    world["status"] = rng.integers(0, 5, size).astype(float)
    world["ending"] = np.where(rng.random(size) < 0.3, rng.integers(1, 4, size), 0).astype(float)
    world["revolution"] = rng.integers(-1, 2, size).astype(float)
    world["communist_line"] = rng.uniform(-1, 1, size)
    for name in ("defeat_age", "removal_age", "tenure", "vote_age", "cabinet_years"):
        world[name] = rng.integers(0, 8, size).astype(float)
    world["living_standard"] = rng.uniform(0.3, 1.5, size)
    world["expected_standard"] = rng.uniform(0.3, 1.5, size)
    world["culture"] = rng.uniform(0.5, 12, size)
    world["population"] = np.exp(rng.normal(9, 1, size))
    world["forced_labour"] = world["population"] * rng.uniform(0, 0.03, size)
    world["reforms"] = rng.uniform(0, 0.1, size)
    world["strikes"] = rng.uniform(0, 0.02, size)
    world["strikes_broken"] = rng.uniform(0, 0.02, size)
    for name in ("imperialism", "capitalist", "masses", "revolution"):
        world[f"pressure_{name}"] = rng.normal(0, 1, size)
    return world


def inputs(
    name: str,
    world: dict[str, Array],
    seed: int = 2,
    p: dict[str, float] | None = None,
    draw: dict[str, float] | None = None,
    **values: object,
) -> Inputs:
    """Build what one mechanism sees: only what it declares; ``values`` replace variables.

    Parameters not given stand at their medians when ``seed`` is 0, and are
    drawn from their priors otherwise; draws not given are drawn.
    """
    item = POLITICS[name]
    size = world["administration"].shape
    here = dict(world)
    for key, value in values.items():
        shape = world[key].shape if key in world else size
        here[key] = np.broadcast_to(np.asarray(value, float), shape).copy()
    rng = np.random.default_rng(seed)
    quantile = {q.name: rng.random((size[0], 1)) for q in item.parameters}
    if seed == 0:
        quantile = {key: np.full((size[0], 1), 0.5) for key in quantile}
    given = p or {}
    drawn = {
        q.name: np.full((size[0], 1), given[q.name])
        if q.name in given
        else q.prior.quantile(quantile[q.name])
        for q in item.parameters
    }
    unknown = set(given) - set(drawn)
    assert not unknown, unknown
    fixed = draw or {}

    def shocks(names: tuple[str, ...], make: object) -> SimpleNamespace:
        return SimpleNamespace(
            **{
                key: np.full(size, fixed[key]) if key in fixed else make(size)  # type: ignore[operator]
                for key in names
            }
        )

    return cast(
        Inputs,
        SimpleNamespace(
            year=1946,
            start=1945,
            now=SimpleNamespace(**{k: here[k] for k in item.reads}),
            lag=SimpleNamespace(**{k: here[k] for k in item.lagged}),
            p=SimpleNamespace(**drawn),
            draw=shocks(item.draws, rng.standard_normal),
            uniform=shocks(item.uniforms, rng.random),
            labels=LABELS,
            territories=tuple(f"T{k}" for k in range(size[1])),
        ),
    )


def run(name: str, world: dict[str, Array], **values: object) -> dict[str, Array]:
    """Return what a mechanism writes."""
    return dict(POLITICS[name].function(inputs(name, world, **values)))  # type: ignore[arg-type]


def mechanism(name: str) -> Mechanism:
    """Return a mechanism of politics."""
    return POLITICS[name]


def put(world: dict[str, Array], name: str, **shares: float) -> Array:
    """Return shares by label, the same everywhere; what is not named is nil."""
    labels = LABELS[BY_LABEL[name]]
    out = np.zeros_like(world[name])
    for label, value in shares.items():
        out[..., labels.index(label)] = value
    return out


def at(values: Array, dimension: str, label: str) -> Array:
    """Return the values of one label."""
    return np.asarray(values[..., LABELS[dimension].index(label)])
