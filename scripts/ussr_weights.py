"""Value added of 1945 by sector: weights of 1950 carried back with volume indices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from conjuncture.data.catalog import figure
from conjuncture.data.sectors import SECTORS

Array = npt.NDArray[np.float64]

OFFICIAL = ("metals", "chemicals", "machinery", "electricity", "consumer_goods")
INDUSTRY = SECTORS[1:8]
"""Branches of industry."""

UNINDEXED = ("construction", "trade", "services")
FAMILIES = {
    "independent": "sectors without an index are the residual to the independent estimates of "
    "gross domestic product (Harrison, Maddison)",
    "official": "sectors without an index move with the official national income",
}


def weight(sector: str) -> float:
    """Return a value weight of 1950 (billion 1982 rubles)."""
    return figure(f"value_added_{sector}_cia", 1950, "structural")


def ratio(series_id: str) -> float:
    """Return the volume of 1945 relative to 1950 of a series."""
    return figure(series_id, 1945, "start") / figure(series_id, 1950, "structural")


def index(sector: str) -> str:
    """Return the series of a sector's volume index."""
    if sector == "fuels_mining":
        return "output_index_fuels_mining_etemad_luciani"
    return f"output_index_{sector}_narkhoz_1965"


@dataclass(frozen=True)
class Weights:
    """Value added of 1945, billion 1982 rubles at factor cost.

    Attributes
    ----------
    value_added : array, sectors
    military : float
        Services of the armed forces, outside the sectors.
    relative_1940 : array, sectors
        Output of 1945 relative to 1940.
    residual : float
        The unindexed sectors of 1945 relative to 1950 that the independent estimates leave.
    family : str
    """

    value_added: Array
    military: float
    relative_1940: Array
    residual: float
    family: str

    @property
    def gdp(self) -> float:
        """Gross domestic product of 1945, the armed forces included."""
        return float(self.value_added.sum()) + self.military


def _industry(branches: Array) -> tuple[dict[str, float], dict[str, float]]:
    """Divide industry by a donor's value added; the rest of industry is a residual."""
    shares = branches / branches.sum()
    weights = dict(zip(INDUSTRY, weight("industry") * shares, strict=True))
    indexed = (*OFFICIAL, "fuels_mining")
    value = {name: weights[name] * ratio(index(name)) for name in indexed}
    total = weight("industry") * ratio("industry_index_narkhoz_1965")
    value["other_industry"] = total - sum(value.values())
    before = {name: value[name] / _relative(name) for name in indexed}
    industry = figure("industry_index_narkhoz_1965", 1945, "start") / 100
    # As a residual of 1940 the rest of industry would stand at 1.7 in 1945, which the weights of
    # 1950 produce and not timber or bricks; it takes the index of all industry instead.
    before["other_industry"] = value["other_industry"] / industry
    return value, before


def _relative(sector: str) -> float:
    return figure(index(sector), 1945, "start") / 100


def weights(branches: Array, family: str) -> Weights:
    """Carry the weights of 1950 back to 1945.

    Parameters
    ----------
    branches : array
        Value added of a donor by branch of industry, in the order of ``INDUSTRY``.
    family : str
        One of ``FAMILIES``.
    """
    value, before = _industry(branches)
    value["agriculture"] = weight("agriculture") * ratio(index("agriculture"))
    carried = weight("transportation") + weight("communications")
    value["transport"] = carried * ratio(index("transport"))
    per_soldier = weight("military_personnel") / figure("armed_forces_cow", 1950, "structural")
    military = per_soldier * figure("armed_forces_harrison", 1945, "start")
    unindexed = {
        "construction": weight("construction"),
        "trade": weight("trade"),
        "services": weight("services") + weight("other_branches"),
    }
    gdp_1940 = figure("gdp_cia", 1950, "structural") / (
        figure("gdp_index_maddison", 1950, "structural") / 100
    )
    gdp = gdp_1940 * figure("gdp_index_harrison", 1945, "start") / 100
    residual = (gdp - military - sum(value.values())) / sum(unindexed.values())
    official = ratio("material_product_index_narkhoz_1965")
    scale = {"independent": residual, "official": official}[family]
    value |= {name: amount * scale for name, amount in unindexed.items()}
    before |= _unindexed_1940(value, before, gdp_1940, per_soldier, family)
    relative = np.array([value[name] / before[name] for name in SECTORS])
    return Weights(
        np.array([value[name] for name in SECTORS]), military, relative, residual, family
    )


def _unindexed_1940(
    value: dict[str, float],
    industry: dict[str, float],
    gdp_1940: float,
    per_soldier: float,
    family: str,
) -> dict[str, float]:
    """Return the other sectors in 1940: construction moves with investment, the rest by family."""
    before = {name: value[name] / _relative(name) for name in ("agriculture", "transport")}
    built = figure("investment_index_narkhoz_1975", 1945, "fit") / 100
    before["construction"] = value["construction"] / built
    rest = ("trade", "services")
    together = sum(value[name] for name in rest)
    if family == "official":
        scale = figure("material_product_index_narkhoz_1965", 1945, "start") / 100
    else:
        soldiers = per_soldier * figure("armed_forces_harrison", 1940, "fit")
        left = gdp_1940 - soldiers - sum(industry.values()) - sum(before.values())
        scale = together / left
    return before | {name: value[name] / scale for name in rest}


@dataclass(frozen=True)
class Arms:
    """Deliveries of arms in the output of machinery.

    Attributes
    ----------
    share_1940, share_1945 : float
        Of the output of machinery.
    relative_1940 : float
        Deliveries of 1945 relative to 1940.
    """

    share_1940: float
    share_1945: float
    relative_1940: float


KINDS = ("Guns", "Tanks and SPG", "Combat aircraft")
"""Kinds of arms that stand for all: the heaviest in cost."""


def arms(counts: dict[tuple[str, int], float], months_after: float) -> Arms:
    """Derive the share of arms in machinery from the balance of its growth.

    Machinery of 1945 relative to 1940, m, is the mean of arms, R, and of civil machinery, k,
    weighted with the share of arms in 1940, s: ``s R + (1 - s) k = m``. R comes from the value of
    munitions in 1940 and 1944 and the counts of 1944 and of eight months of 1945; k is taken from
    the official index of capital investment.

    Parameters
    ----------
    counts : dict of (kind, year) to float
        Arms produced; 1945 covers eight months.
    months_after : float
        Monthly rate after August relative to before.
    """
    eight = float(np.mean([counts[kind, 1945] / counts[kind, 1944] for kind in KINDS]))
    year = eight * (8 + 4 * months_after) / 8
    munitions = {y: figure("munitions_goldsmith", y, "fit") for y in (1940, 1944)}
    relative = munitions[1944] * year / munitions[1940]
    machinery = _relative("machinery")
    civil = figure("investment_index_narkhoz_1975", 1945, "fit") / 100
    share = (machinery - civil) / (relative - civil)
    return Arms(share, share * relative / machinery, relative)
