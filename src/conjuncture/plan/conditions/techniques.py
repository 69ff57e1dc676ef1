"""Techniques: other ways to make a sector's product, among which the plan chooses.

A technique makes one unit of its sector's product, and other products with it, from
inputs and labour of its own, with the sector's capacity or capital of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions import capital
from conjuncture.plan.conditions.part import Column, Part, reader
from conjuncture.plan.conditions.technique import (
    Technique,
    Techniques,
    check,
    inputs_of,
    labour_of,
    outputs_of,
    sectors_of,
)
from conjuncture.plan.programme.kinds import Kind, Slack
from conjuncture.plan.programme.layout import Index

if TYPE_CHECKING:
    from conjuncture.plan.programme.builder import Builder
    from conjuncture.plan.programme.model import Model


def total_output(model: Model, values: Array) -> Array:
    """Return output of each product by its sector and the sector's techniques.

    Parameters
    ----------
    model : Model
    values : array, columns
        A point of the scaled programme.

    Returns
    -------
    array, T x N
        Main products alone (money/year).
    """
    of = model.columns["output"]
    total = values[of] * model.column_scale[of]
    block = model.columns.blocks.get("technique")
    if block is not None:
        amounts = values[block.index] * model.column_scale[block.index]
        np.add.at(total.T, sectors_of(model.problem), amounts.T)
    return np.asarray(total)


def build(builder: Builder, techniques: Techniques) -> None:
    """Add the activities, what they use and make, and what limits them."""
    p = builder.p
    names, of = tuple(q.name for q in techniques), sectors_of(p)
    each, every = np.arange(builder.t)[:, None], np.arange(len(techniques))
    start = np.array([p.years.index(q.available_from or p.years[0]) for q in techniques])
    y = builder.column(
        "technique", each, every, names=names, units=p.unit, scale=builder.product[of],
        high=np.where(each < start, 0.0, np.inf),
    )  # fmt: skip
    builder.put(builder.product_row[:, of], y, 1.0)
    for sign, amounts in ((-1.0, inputs_of(p)), (1.0, outputs_of(p))):
        i, q = np.nonzero(amounts)
        builder.put(builder.product_row[:, i], y[:, q], sign * amounts[i, q])
    labour = labour_of(p)
    builder.put(builder.labour_row[:, :, None], y[:, None, :], labour)
    builder.other_labour.append((y, labour.sum(axis=1)))
    _share_capital(builder, techniques, y, of)
    _keep_pace(builder, y, of)
    _limit(builder, techniques, y, of)
    _own_capital(builder, techniques, y)


def _share_capital(builder: Builder, techniques: Techniques, y: Index, of: Index) -> None:
    """Let the sector's capital limit its own output and its techniques' together."""
    p, rules = builder.p, builder.rules
    place, taken = builder.position[of], np.array([q.taken for q in techniques])
    q = np.flatnonzero((place >= 0) & (taken > 0))
    builder.put(builder.capacity_row[:, place[q]], y[:, q], taken[q])
    if rules.terminal_growth is not None:
        growth = (1.0 + rules.terminal_growth) ** np.arange(1, builder.g + 1)[:, None]
        need = -growth * p.capital_output[of[q]] * taken[q]
        builder.put(builder.rows["terminal"][:, place[q]], y[-1, q], need)


def _keep_pace(builder: Builder, y: Index, of: Index) -> None:
    """Let rules of pace hold for the output of a sector and its techniques together."""
    for name, factor in builder.factors.items():
        block = builder.rows.blocks[name]
        for q, sector in enumerate(of):
            at = block.label == sector
            row, year = block.index[at], block.year[at]
            builder.put(row, y[year, q], 1.0)
            later = year > 0
            builder.put(row[later], y[year[later] - 1, q], -factor[sector])


def _limit(builder: Builder, techniques: Techniques, y: Index, of: Index) -> None:
    """Limits of amount and share."""
    p, names = builder.p, tuple(q.name for q in techniques)
    read = [reader(p, "techniques", k) for k in range(len(techniques))]
    least = np.stack([r.years(q.least, "least") for r, q in zip(read, techniques, strict=True)], 1)
    most = np.stack(
        [
            np.full(p.periods, np.inf) if q.most is None else r.years(q.most, "most")
            for r, q in zip(read, techniques, strict=True)
        ],
        axis=1,
    )
    for name, asked in (("least", least > 0), ("most", np.isfinite(most))):
        year, q = np.nonzero(asked)
        if year.size:
            low = least[year, q] if name == "least" else -np.inf
            high = most[year, q] if name == "most" else np.inf
            row = builder.row(
                f"technique {name}", year, q, builder.product[of[q]], low, high, names=names
            )
            builder.put(row, y[year, q], 1.0)
    share = [np.inf if technique.most_share is None else technique.most_share
             for technique in techniques]  # fmt: skip
    shared = np.flatnonzero(np.isfinite(share))
    if shared.size:
        row = builder.row(
            "technique share", np.arange(builder.t)[:, None], shared, builder.product[of[shared]],
            -np.inf, 0.0, names=names,
        )  # fmt: skip
        for k, mine in enumerate(shared.tolist()):
            beside = np.flatnonzero(of == of[mine])
            builder.put(row[:, [k]], y[:, beside], (beside == mine) - share[mine])
            builder.put(row[:, k], builder.x[:, of[mine]], -share[mine])


def _own_capital(builder: Builder, techniques: Techniques, y: Index) -> None:
    """Capital of techniques that have their own: its room, its growth, and its end."""
    p, rules, t = builder.p, builder.rules, builder.t
    own = np.array([k for k, q in enumerate(techniques) if q.own_capital], dtype=np.int64)
    if not own.size:
        return
    stocks, ratio = _stocks(builder, [techniques[k] for k in own])
    blocks, every = capital.add(builder, "technique", stocks), np.arange(own.size)
    of = sectors_of(p)[own]
    row = builder.row(
        "technique room", np.arange(t)[:, None], every, stocks.scale, -np.inf, 0.0,
        names=stocks.names,
    )  # fmt: skip
    builder.put(row, y[:, own], ratio)
    builder.put(row, blocks.stock[:t], -p.availability[:, of])
    if rules.terminal_growth is not None:
        year, s = capital.ends(stocks, t)
        row = builder.row(
            "technique end", year, s, stocks.scale[s], 0.0, np.inf, names=stocks.names
        )
        builder.put(row, blocks.stock[year, s], 1.0)
        growth = (1.0 + rules.terminal_growth) ** (year - t + 1)
        builder.put(row, y[-1, own[s]], -growth * ratio[s])


def _stocks(builder: Builder, techniques: list[Technique]) -> tuple[capital.Stocks, Array]:
    """Return the techniques' own stocks and their capital-output ratios."""
    p, count = builder.p, len(techniques)
    of = [p.sectors.index(q.sector) for q in techniques]
    ratio = np.array([q.capital_output or 0.0 for q in techniques])
    wear = [p.depreciation[j] if q.depreciation is None else q.depreciation
            for q, j in zip(techniques, of, strict=True)]  # fmt: skip
    columns = [capital.composition_of(p, q.composition, j)
               for q, j in zip(techniques, of, strict=True)]  # fmt: skip
    names = tuple(q.name for q in techniques)
    stocks = capital.Stocks(
        names=names,
        opening=np.array([q.opening_capital for q in techniques]),
        wear=np.array(wear),
        scale=ratio * builder.product[of],
        gestation=np.full(count, builder.g),
        works=np.zeros((builder.g - 1, count)),
        group=np.arange(count),
        groups=names,
        composition=np.stack(columns, axis=1),
    )
    return stocks, ratio


_CAPITAL = capital.kinds("technique", "technique")
_TITLE: dict[str, Any] = {"resource": "techniques", "use": "inputs of techniques"}

PART = Part(
    name="techniques",
    check=check,
    build=build,
    kinds={
        "technique at least": Kind(
            "technique least", "row", -1, "output by the technique that need not be made",
            scarce="technique {label} must make its least output in {year}",
        ),
        "technique at most": Kind(
            "technique most", "row", 1, "output by the technique allowed",
            scarce="output by technique {label} in {year} stands at its upper limit",
        ),
        "technique share": Kind(
            "technique share", "row", 1, "output by the technique allowed",
            compared="technique",
            scarce="technique {label} takes as large a share of output in {year} as allowed",
        ),
        "technique availability": Kind(
            "technique", "upper", 1, "output by the technique before it is at hand",
            scarce="technique {label} is not at hand in {year}",
        ),
        **_CAPITAL,
    },
    slacks={
        "technique least": Slack(
            3.0, False,
            words="least output by technique {label} {year}: {amount:.4g} {unit} too high "
            "({share:.3g} %)",
            remedy="lower the technique's least",
            demand="output by technique {label} in {year} of at least {amount} {unit}",
        ),
        "technique most": Slack(
            20.0, True,
            words="largest output by technique {label} {year}: {amount:.4g} {unit} too low "
            "({share:.3g} %)",
            remedy="raise the technique's most",
            demand="output by technique {label} in {year} of {amount} {unit} at most",
        ),
        "technique share": Slack(
            20.0, True,
            words="share of technique {label} {year}: {amount:.4g} {unit} more needed",
            remedy="raise the technique's most_share",
            demand="a share of technique {label} in {year} within most_share",
        ),
        "technique end": Slack(
            2.0, False,
            words="terminal capital of technique {label} for {year}: short by {amount:.4g} {unit}",
            remedy="lower terminal_growth",
            demand="capital of technique {label} left for {year}, to sustain the last year's "
            "output",
        ),
    },
    columns={
        "technique": Column("output by techniques", **_TITLE),
        "technique outlay": Column(
            "outlays on capital of techniques", use="investment in techniques"
        ),
        "technique build": Column("new capital of techniques begun"),
        "technique stock": Column("capital of techniques in use at the start of the year"),
    },
)  # fmt: skip
