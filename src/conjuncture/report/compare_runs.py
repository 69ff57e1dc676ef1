"""Two histories on the same draws side by side: what differs, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

Array = npt.NDArray[np.float64]

RESTORATION, POLITICAL_REVOLUTION, CONQUEST = 1, 2, 3
"""Endings, as the politics' list has them."""


@dataclass(frozen=True)
class Difference:
    """An outcome in two runs on the same draws.

    Attributes
    ----------
    outcome, unit : str
    here, base : float
        Means over the members of the run and of the one that it is compared with.
    difference : float
        Mean over the members of here less base.
    error : float
        Monte Carlo standard error of the difference, from its spread over the members;
        not a number with one member.
    """

    outcome: str
    unit: str
    here: float
    base: float
    difference: float
    error: float

    @property
    def beyond_error(self) -> bool:
        """Whether the difference is more than twice its Monte Carlo error."""
        return abs(self.difference) > 2.0 * self.error


@dataclass(frozen=True)
class Place:
    """A territory at the end of two runs: shares of members, and the most frequent holder."""

    territory: str
    planned_here: float
    planned_base: float
    sovereign_here: float
    sovereign_base: float
    holder_here: str
    holder_base: str
    other_end: float


def differences(
    history: xr.Dataset, here: str, base: str, powers: Sequence[str]
) -> list[Difference]:
    """Compare the main outcomes of two runs of a history, member by member.

    Parameters
    ----------
    history : xarray.Dataset
        A history with a ``scenario`` dimension whose runs share their draws.
    here, base : str
        Names of the two runs.
    powers : sequence of str
        Territories whose product per head and holdings are compared.
    """
    pairs = zip(_outcomes(history, here, powers), _outcomes(history, base, powers), strict=True)
    found = []
    for (title, unit, first), (_, _, second) in pairs:
        gap = first - second
        error = gap.std(ddof=1) / np.sqrt(gap.size) if gap.size > 1 else np.nan
        ends = float(first.mean()), float(second.mean())
        found.append(Difference(title, unit, *ends, float(gap.mean()), float(error)))
    return found


def _outcomes(
    history: xr.Dataset, name: str, powers: Sequence[str]
) -> Iterator[tuple[str, str, Array]]:
    """Yield the outcomes of a run: title, unit, value by member."""
    run = history.sel(scenario=name)
    codes = [str(code) for code in run["territory"].to_numpy()]
    last = int(run["year"].to_numpy()[-1])

    def values(variable: str) -> Array:
        found = run[variable]
        time = "bound" if "bound" in found.dims else "year"
        return np.asarray(found.transpose("member", time, ...).to_numpy(), dtype=float)

    head = values("gdp_per_head")[:, -1]
    for code in powers:
        yield f"product per head {last}: {code}", "int$ of 2011", head[:, codes.index(code)]
    yield f"world product {last}", "million int$ of 2011", values("gdp_world")[:, -1].sum(-1)
    yield "excess deaths", "million", values("excess_deaths").sum((1, 2)) / 1000.0
    war = np.triu(values("war") > 0.5)
    yield "wars begun", "pairs", (war[:, 1:] & ~war[:, :-1]).sum((1, 2, 3)).astype(float)
    yield "revolutions won", "number", (values("revolution") > 0.5).sum((1, 2)).astype(float)
    ending = np.rint(values("ending"))
    for title, kind in (
        ("restorations", RESTORATION),
        ("political revolutions", POLITICAL_REVOLUTION),
        ("planned states conquered", CONQUEST),
    ):
        yield title, "number", (ending == kind).sum((1, 2)).astype(float)
    planned = values("planning_coverage")[:, -1] > 0.5
    yield f"planned economies {last}", "number", planned.sum(-1).astype(float)
    yield f"nuclear powers {last}", "number", (values("nuclear")[:, -1] > 0.5).sum(-1).astype(float)
    holder, bloc = (np.rint(values(variable)[:, -1]) for variable in ("holder", "bloc"))
    own = np.arange(len(codes))
    for code in powers:
        held = (holder == codes.index(code)) & (own != codes.index(code))
        yield f"territories held {last}: {code}", "number", held.sum(-1).astype(float)
    for code in powers:
        led = (bloc == codes.index(code)) & (own != codes.index(code))
        yield f"bloc led {last}: {code}", "number", led.sum(-1).astype(float)


def places(history: xr.Dataset, here: str, base: str, most: int = 12) -> list[Place]:
    """Return the territories whose end differs in most members, those first.

    Parameters
    ----------
    history : xarray.Dataset
    here, base : str
    most : int
        How many at most; a territory that ends alike in all members is left out.
    """
    codes = [str(code) for code in history["territory"].to_numpy()]
    (plan, own, holder), (plan0, own0, holder0) = (_ends(history, name) for name in (here, base))
    other = ((plan != plan0) | (holder != holder0)).mean(0)
    chosen = [k for k in np.argsort(-other, kind="stable")[:most] if other[k] > 0.0]
    return [
        Place(
            codes[k],
            float(plan[:, k].mean()),
            float(plan0[:, k].mean()),
            float(own[:, k].mean()),
            float(own0[:, k].mean()),
            codes[_mode(holder[:, k])],
            codes[_mode(holder0[:, k])],
            float(other[k]),
        )
        for k in chosen
    ]


def _ends(history: xr.Dataset, name: str) -> tuple[Array, Array, Array]:
    """Return whether each territory ends planned, as its own holder, and its holder."""
    run = history.sel(scenario=name)
    cover = run["planning_coverage"].isel(year=-1).transpose("member", "territory").to_numpy()
    holder = np.rint(run["holder"].isel(bound=-1).transpose("member", "territory").to_numpy())
    own = holder == np.arange(holder.shape[1])
    return (cover > 0.5).astype(float), own.astype(float), holder


def _mode(values: Array) -> int:
    found, counts = np.unique(values, return_counts=True)
    return int(found[counts.argmax()])


def difference_rows(
    found: Sequence[Difference], number: Callable[[object], str]
) -> list[dict[str, object]]:
    """Lay differences out for a printed table; ``number`` writes a number."""
    return [
        {
            "outcome": f"{item.outcome} ({item.unit})",
            "here": number(item.here),
            "base": number(item.base),
            "difference": number(item.difference),
            "Monte Carlo error": "-" if np.isnan(item.error) else number(item.error),
            "beyond error": "yes" if item.beyond_error else "no",
        }
        for item in found
    ]


def place_rows(found: Sequence[Place]) -> list[dict[str, object]]:
    """Lay places out for a printed table, shares of members in per cent."""
    return [
        {
            "territory": item.territory,
            "otherwise in": f"{100 * item.other_end:.0f} %",
            "planned here": f"{100 * item.planned_here:.0f} %",
            "base": f"{100 * item.planned_base:.0f} %",
            "held by itself here": f"{100 * item.sovereign_here:.0f} %",
            "base ": f"{100 * item.sovereign_base:.0f} %",
            "most often held by, here": item.holder_here,
            "base  ": item.holder_base,
        }
        for item in found
    ]


def as_json(found: Sequence[Difference | Place]) -> list[dict[str, object]]:
    """Return plain records; what is not a number is left out."""
    return [
        {k: v for k, v in asdict(item).items() if not (isinstance(v, float) and np.isnan(v))}
        for item in found
    ]
