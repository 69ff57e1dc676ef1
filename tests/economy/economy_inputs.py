"""Inputs of one mechanism: what a test names, and zeros or medians for the rest."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import numpy.typing as npt

from conjuncture.core.registry import REGISTRY, Inputs, Mechanism, Outputs
from conjuncture.core.state import HORIZON, variables
from conjuncture.data.sectors import SECTORS
from conjuncture.economy import (  # noqa: F401 - importing registers the mechanisms
    crisis,
    execution,
    growth,
    losses,
    opening,
    property,
    technique,
    transfers,
)

Array = npt.NDArray[np.float64]

MINE = (
    "absorption",
    "capital_losses",
    "colonial_tribute",
    "credits",
    "crisis",
    "disorganisation",
    "distribution",
    "growth",
    "market_breadth",
    "nationalisation",
    "opening_positions",
    "plan_emphasis",
    "plan_execution",
    "profit_rate",
    "property_change",
    "regime_losses",
    "reparations",
    "technique",
    "transfers",
    "recovery",
)
"""Mechanisms under test in this folder."""

INDICES = ("conquered_by", "holder", "property_holder", "troops")
"""Variables that hold the position of a territory."""

ONES = ("productivity", "productivity_trend", "efficiency", "world_price", "gdp_index", "culture")


def shape(name: str, members: int, count: int) -> tuple[int, ...]:
    """Return the shape of a variable."""
    size = {
        "territory": count,
        "partner": count,
        "sector": len(SECTORS),
        "product": len(SECTORS),
        "ahead": HORIZON,
    }
    return (members, *(size[d] for d in variables()[name].dims))


def inputs(
    name: str,
    now: dict[str, object] | None = None,
    lag: dict[str, object] | None = None,
    p: dict[str, float] | None = None,
    draw: dict[str, object] | None = None,
    *,
    members: int = 1,
    count: int = 1,
    year: int = 1946,
) -> Inputs:
    """Build the inputs of a mechanism; what is given is broadcast to its shape."""
    item = REGISTRY.get(name)

    def fill(names: tuple[str, ...], given: dict[str, object]) -> SimpleNamespace:
        assert set(given) <= set(names), set(given) - set(names)
        found = {}
        for key in names:
            rest: object = 1.0 if key in ONES else 0.0
            if key in INDICES:
                rest = np.arange(count) if "holder" in key else -1.0
            value = np.asarray(given.get(key, rest), float)
            wanted = shape(key, members, count)
            while value.ndim < len(wanted) and value.ndim and value.shape[0] != members:
                value = value[None]
            found[key] = np.broadcast_to(value, wanted).copy()
        return SimpleNamespace(**found)

    values = {q.name: q.prior.centre for q in item.parameters} | (p or {})
    drawn = {key: np.zeros((members, count)) for key in item.draws}
    drawn |= {key: np.zeros((members, 1)) for key in item.common_draws}
    drawn |= {
        k: np.broadcast_to(np.asarray(v, float), drawn[k].shape) for k, v in (draw or {}).items()
    }
    return Inputs(
        year=year,
        start=1945,
        now=fill(item.reads, now or {}),
        lag=fill(item.lagged, lag or {}),
        p=SimpleNamespace(**{k: np.full((members, 1), v) for k, v in values.items()}),
        draw=SimpleNamespace(**drawn),
        sectors=SECTORS,
        territories=tuple(f"T{k}" for k in range(count)),
    )


def act(name: str, *args: object, **keys: object) -> dict[str, Array]:
    """Run a mechanism on inputs built by :func:`inputs`; check what it returns."""
    return checked(REGISTRY.get(name), inputs(name, *args, **keys))  # type: ignore[arg-type]


def switched_off(name: str, *args: object, **keys: object) -> dict[str, Array]:
    """Run what a mechanism returns when it is off."""
    item = REGISTRY.get(name)
    assert item.off is not None
    return checked(item, inputs(name, *args, **keys), off=True)  # type: ignore[arg-type]


def checked(item: Mechanism, x: Inputs, *, off: bool = False) -> dict[str, Array]:
    """Return a mechanism's results, of the declared names and shapes."""
    function = item.off if off else item.function
    assert function is not None
    found: Outputs = function(x)
    members, count = (
        next(iter(vars(x.p).values())).shape[0] if vars(x.p) else None,
        len(x.territories),
    )
    assert set(found) == set(item.writes)
    for key, value in found.items():
        assert value.shape == shape(key, members or value.shape[0], count), key
        assert np.isfinite(value).all(), key
    return dict(found)


def random_inputs(name: str, rng: np.random.Generator, members: int = 3, count: int = 5) -> Inputs:
    """Draw plausible inputs of a mechanism."""
    item = REGISTRY.get(name)
    return Inputs(
        year=int(rng.integers(1946, 1990)),
        start=1945,
        now=SimpleNamespace(**{k: _random(k, rng, members, count) for k in item.reads}),
        lag=SimpleNamespace(**{k: _random(k, rng, members, count) for k in item.lagged}),
        p=SimpleNamespace(
            **{q.name: q.prior.quantile(rng.random((members, 1))) for q in item.parameters}
        ),
        draw=SimpleNamespace(
            **{k: rng.standard_normal((members, count)) for k in item.draws},
            **{k: rng.standard_normal((members, 1)) for k in item.common_draws},
        ),
        sectors=SECTORS,
        territories=tuple(f"T{k}" for k in range(count)),
    )


CHOICES: dict[str, tuple[float, ...]] = {
    "status": (0.0, 1.0, 2.0, 3.0, 4.0),
    "property_status": (0.0, 1.0, 2.0, 3.0, 4.0),
    "ending": (0.0, 1.0, 2.0, 3.0),
    "administration": (0.0, 1.0, 2.0),
    "regime_imposed": (0.0, 1.0, 2.0),
    "revolution": (-1.0, 0.0, 1.0),
    "war": (0.0, 0.0, 1.0),
    "independence": (0.0, 0.0, 1.0),
}
"""Variables that take a few values."""

AROUND_ZERO = ("nationalisation", "statification", "mood", "diffusion")
AROUND_ONE = ("culture", "population", "plan_fulfilment", "productivity", "productivity_trend")


def _random(name: str, rng: np.random.Generator, members: int, count: int) -> Array:
    size = shape(name, members, count)
    unit = variables()[name].unit
    money = "money" in unit or "dollars" in unit
    value = rng.random(size)
    if name in INDICES:
        value = rng.integers(0 if "holder" in name else -1, count, size).astype(float)
    elif name in CHOICES or (name.startswith("lever_") and not money):
        value = rng.choice(CHOICES.get(name, (0.0, 0.0, 1.0)), size)
    elif name in AROUND_ZERO:
        value = rng.normal(0.0, 0.02, size)
    elif money or name in AROUND_ONE:
        value = np.exp(rng.normal(8.0 if name == "gdp_per_head" else 0.0, 1.0, size))
    return np.asarray(value)
