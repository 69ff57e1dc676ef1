"""The rules against implausible corners: floor and band of consumption, pace of output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.layout import LEVEL

if TYPE_CHECKING:
    from conjuncture.plan.programme.builder import Builder


def consumption(builder: Builder) -> None:
    """Add floor and band of the consumption level."""
    p, put, year, band = (
        builder.p,
        builder.put,
        np.arange(builder.t),
        builder.rules.consumption_band,
    )
    row = builder.row("floor", year, -1, 1.0, p.consumption_floor, np.inf, names=(), units=LEVEL)
    put(row, builder.s, 1.0)
    if band is None:
        return
    before = np.where(year == 0, p.consumption_level, 0.0)
    for name, share in (("rise", 1.0 + band), ("fall", max(0.0, 1.0 - band))):
        limit = before * share
        rise = name == "rise"
        low, high = (-np.inf, limit) if rise else (limit, np.inf)
        row = builder.row(name, year, -1, 1.0, low, high, names=(), units=LEVEL)
        put(row, builder.s, 1.0)
        put(row[1:], builder.s[:-1], -share)


def paces(builder: Builder) -> None:
    """Add limits on the fall and growth of each sector's output."""
    p, rules = builder.p, builder.rules
    if rules.contraction is not None:
        before = np.vstack([np.ones(builder.n), p.availability[:-1]])
        held = builder.active & (p.availability >= before)
        least = np.minimum((1.0 - rules.contraction) * p.output, builder.room)
        _pace(builder, "contraction", held, np.full(builder.n, 1.0 - rules.contraction), least)
    rate = np.full(builder.n, np.inf if rules.expansion is None else rules.expansion)
    if rules.expansion_without_capital is not None:
        rate = np.where(builder.limited, rate, np.minimum(rate, rules.expansion_without_capital))
    if np.isfinite(rate).any():
        held = np.broadcast_to(builder.active & np.isfinite(rate), (builder.t, builder.n))
        _pace(builder, "expansion", held, 1.0 + rate, (1.0 + rate) * p.output)


def _pace(
    builder: Builder, name: str, held: npt.NDArray[np.bool_], factor: Array, first: Array
) -> None:
    """Bound output by ``first``, then by ``factor`` times last year's, where ``held``."""
    year, of = np.nonzero(held)
    limit = np.where(year == 0, first[of], 0.0)
    builder.factors[name] = factor
    least = name == "contraction"
    row = builder.row(
        name,
        year,
        of,
        builder.product[of],
        limit if least else -np.inf,
        np.inf if least else limit,
    )
    builder.put(row, builder.x[year, of], 1.0)
    later = year > 0
    builder.put(row[later], builder.x[year[later] - 1, of[later]], -factor[of[later]])
