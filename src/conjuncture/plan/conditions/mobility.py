"""How fast labour of a kind may move between sectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record
from conjuncture.plan.conditions.figures import yearly
from conjuncture.plan.conditions.part import Column, Part, Reader, once, reader
from conjuncture.plan.conditions.technique import labour_of, sectors_of
from conjuncture.plan.conditions.workers import arrived, hours
from conjuncture.plan.keys import Amounts, Labels, key
from conjuncture.plan.programme.kinds import Kind, Slack
from conjuncture.plan.programme.layout import Index

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder


class Mobility(Record):
    """How fast labour of one kind may move between sectors."""

    kind: str = key(..., "", "Kind of labour.")
    sectors: Labels = key((), "", "Sectors to which the limits apply; none named: all.")
    rise: Amounts = key(
        (),
        "1/year",
        "Most by which a sector's employment may rise, as a share of last year's, one figure or "
        "one each; none: no limit.",
    )
    fall: Amounts = key(
        (),
        "1/year",
        "Most by which a sector's employment may fall, as a share of last year's, one figure or "
        "one each; none: no limit. It yields where availability falls.",
    )
    allowance: float = key(
        0.0,
        "unit of the kind of labour",
        "Labour by which a sector may rise or fall beside these shares in a year.",
        ge=0.0,
    )
    between: Amounts = key(
        (),
        "1/year",
        "Most that may leave the sectors in a year, all together, as a share of the labour that "
        "there is, one figure or one each; none: no limit.",
    )
    base: dict[str, float] = key(
        {},
        "unit of the kind of labour",
        "Employment of the base year by sector; a sector not named: its labour per unit of "
        "output in the first year times its output in the base year.",
    )


def check(problem: Problem, records: tuple[Mobility, ...], faults: Faults) -> None:
    """Record unknown labels, doubled kinds, figures out of range, and records without a limit."""
    once([record.kind for record in records], faults, "conditions.mobility", "kind")
    for number, record in enumerate(records):
        read = Reader(problem, faults, f"conditions.mobility.{number}")
        read.labour(record.kind, "kind")
        read.places(record.sectors, problem.sectors, "sector", "sectors")
        read.places(tuple(record.base), problem.sectors, "sector", "base")
        read.positive(record.base, "base")
        for name, high in (("rise", np.inf), ("fall", 1.0), ("between", 1.0)):
            if getattr(record, name):
                yearly(read, getattr(record, name), name, high=high)
        if not (record.rise or record.fall or record.between):
            read.faults.add(
                "limits nothing", "give rise, fall or between", field=read.field(""),
                value=record.kind,
            )  # fmt: skip


@dataclass(frozen=True)
class _Pairs:
    """Kinds of labour in sectors: their places, and their employment in the base year."""

    kind: Index
    sector: Index
    record: Index
    base: Array
    names: tuple[str, ...]
    units: tuple[str, ...]

    def part(self, chosen: npt.NDArray[np.bool_]) -> Index:
        """Return the places of chosen pairs."""
        return np.flatnonzero(chosen[self.record])


def _pairs(builder: Builder, records: tuple[Mobility, ...]) -> _Pairs:
    p = builder.p
    found: list[tuple[int, int, int, float]] = []
    for number, record in enumerate(records):
        k = p.labour_kinds.index(record.kind)
        used = builder.active & (p.labour_coefficients[:, k] > 0).any(axis=0)
        named = [p.sectors.index(label) for label in record.sectors] or range(builder.n)
        for j in sorted(set(named)):
            now = float(p.labour_coefficients[0, k, j] * p.output[j])
            if used[j]:
                found.append((k, j, number, record.base.get(p.sectors[j], now)))
    kind, sector, at = (np.array([cell[i] for cell in found], dtype=np.int64) for i in range(3))
    names = tuple(f"{p.labour_kinds[k]} in {p.sectors[j]}" for k, j, *_ in found)
    units = tuple(p.labour_units[k] for k in kind)
    return _Pairs(kind, sector, at, np.array([cell[3] for cell in found]), names, units)


def build(builder: Builder, records: tuple[Mobility, ...]) -> None:
    """Add employment by sector, the limits of its rise and fall, and of all moves."""
    of = _pairs(builder, records)
    if not of.kind.size:
        return
    each, every = np.arange(builder.t)[:, None], np.arange(of.kind.size)
    per = builder.p.labour_coefficients[:, of.kind, of.sector] / hours(builder.p)[:, of.kind]
    scale = np.maximum(of.base, 1e-3 * builder.labour[of.kind])
    named = {"names": of.names, "units": of.units}
    column = builder.column("employed", each, every, scale=scale, **named)
    row = builder.row("employed", each, every, scale, 0.0, 0.0, **named)
    builder.put(row, column, 1.0)
    builder.put(row, builder.x[:, of.sector], -per)
    labour, sectors = labour_of(builder.p), sectors_of(builder.p)
    for pair, q in np.argwhere(of.sector[:, None] == sectors):  # those who work by techniques
        taken = labour[:, of.kind[pair], q] / hours(builder.p)[:, of.kind[pair]]
        builder.put(row[:, pair], builder.columns["technique"][:, q], -taken)
    rising = of.part(np.array([bool(record.rise) for record in records]))
    if rising.size:
        _rise(builder, records, of, column, scale, rising)
    falling = of.part(np.array([bool(record.fall) for record in records]))
    if falling.size:
        _fall(builder, records, of, column, scale, falling)
    moving = of.part(np.array([bool(record.between) for record in records]))
    if moving.size:
        _between(builder, records, of, column, scale, moving)


def _shares(
    builder: Builder, records: tuple[Mobility, ...], of: _Pairs, pairs: Index, name: str
) -> Array:
    """Return a yearly figure of the records of some pairs (T x pairs)."""
    figures = {
        number: reader(builder.p, "mobility", number).years(getattr(records[number], name), name)
        for number in np.unique(of.record[pairs]).tolist()
    }
    return np.stack([figures[int(of.record[pair])] for pair in pairs], axis=1)


def _rise(
    builder: Builder,
    records: tuple[Mobility, ...],
    of: _Pairs,
    column: Index,
    scale: Array,
    pairs: Index,
) -> None:
    factor = 1.0 + _shares(builder, records, of, pairs, "rise")
    limit = np.array([records[of.record[pair]].allowance for pair in pairs])
    first = np.arange(builder.t)[:, None] == 0
    limit = limit + np.where(first, factor * of.base[pairs], 0.0)
    row = builder.row(
        "labour rise", np.arange(builder.t)[:, None], pairs, scale[pairs], -np.inf, limit,
        names=of.names, units=of.units,
    )  # fmt: skip
    builder.put(row, column[:, pairs], 1.0)
    builder.put(row[1:], column[:-1, pairs], -factor[1:])


def _fall(
    builder: Builder,
    records: tuple[Mobility, ...],
    of: _Pairs,
    column: Index,
    scale: Array,
    pairs: Index,
) -> None:
    """Bound the fall from below, save where damage takes the places of work away."""
    p, sector = builder.p, of.sector[pairs]
    factor = 1.0 - _shares(builder, records, of, pairs, "fall")
    allowed = np.array([records[of.record[pair]].allowance for pair in pairs])
    least = np.broadcast_to(-allowed, factor.shape).copy()
    least[0] += factor[0] * of.base[pairs]
    per = p.labour_coefficients[0, of.kind[pairs], sector] / hours(p)[0, of.kind[pairs]]
    known = np.isfinite(builder.room[sector]) & (per > 0)
    least[0][known] = np.minimum(least[0], builder.room[sector] * np.where(known, per, 1.0))[known]
    before = np.vstack([np.ones(builder.n), p.availability[:-1]])
    year, at = np.nonzero((p.availability >= before)[:, sector])
    row = builder.row(
        "labour fall", year, pairs[at], scale[pairs[at]], least[year, at], np.inf,
        names=of.names, units=of.units,
    )  # fmt: skip
    builder.put(row, column[year, pairs[at]], 1.0)
    later = year > 0
    year, at, row = year[later], at[later], row[later]
    builder.put(row, column[year - 1, pairs[at]], -factor[year, at])


def _between(
    builder: Builder,
    records: tuple[Mobility, ...],
    of: _Pairs,
    column: Index,
    scale: Array,
    pairs: Index,
) -> None:
    """Count who leaves each sector, and bound their sum."""
    p, each = builder.p, np.arange(builder.t)[:, None]
    named = {"names": of.names, "units": of.units}
    leaving = builder.column("leaving", each, pairs, scale=scale[pairs], **named)
    base = np.where(each == 0, of.base[pairs], 0.0)
    row = builder.row("leaving", each, pairs, scale[pairs], base, np.inf, **named)
    builder.put(row, leaving, 1.0)
    builder.put(row, column[:, pairs], 1.0)
    builder.put(row[1:], column[:-1, pairs], -1.0)
    numbers = np.unique(of.record[pairs])
    kinds = np.array([p.labour_kinds.index(records[number].kind) for number in numbers])
    share = np.stack(
        [
            reader(p, "mobility", int(number)).years(records[number].between, "between")
            for number in numbers
        ],
        axis=1,
    )
    most = share * p.labour_available[:, kinds]
    row = builder.row(
        "between", each, kinds, builder.labour[kinds], -np.inf, most, names=p.labour_kinds,
        units=p.labour_units,
    )  # fmt: skip
    for k, number in enumerate(numbers):
        builder.put(row[:, [k]], leaving[:, of.record[pairs] == number], 1.0)
        for year, moved, amount in arrived(builder, records[number].kind):
            builder.put(row[year, k], moved, -share[year, k] * amount)


PART = Part(
    name="mobility",
    check=check,
    build=build,
    kinds={
        "employment": Kind(
            "employed", "row", -1, "labour that a sector need not employ", limits=False,
            scarce="{label} in {year} is bound by what it was the year before",
        ),
        "labour rise": Kind(
            "labour rise", "row", 1, "rise of employment allowed", compared="employed",
            scarce="employment of {label} in {year} may not rise faster (mobility)",
            corner="employment of {label} rises as fast as allowed (mobility)",
        ),
        "labour fall": Kind(
            "labour fall", "row", -1, "fall of employment allowed", compared="employed",
            scarce="employment of {label} in {year} may not fall faster (mobility)",
            corner="employment of {label} falls as fast as allowed (mobility)",
        ),
        "labour leaving": Kind(
            "leaving", "row", -1, "labour that leaves a sector uncounted", limits=False,
            scarce="{label} that leaves in {year} counts as a move",
        ),
        "labour between": Kind(
            "between", "row", 1, "moves between sectors allowed",
            scarce="no more labour ({label}) may move between sectors in {year} (mobility)",
            corner="as much labour ({label}) as allowed moves between sectors (mobility)",
        ),
    },
    slacks={
        "labour rise": Slack(
            20.0,
            down=True,
            words="employment of {label} {year}: must rise by {amount:.4g} {unit} more than "
            "allowed",
            remedy="raise rise or allowance",
            demand="employment of {label} in {year} that rises no faster than mobility allows",
        ),
        "labour fall": Slack(
            20.0,
            down=False,
            words="employment of {label} {year}: must fall by {amount:.4g} {unit} more than "
            "allowed",
            remedy="raise fall or allowance",
            demand="employment of {label} in {year} that falls no faster than mobility allows",
        ),
        "between": Slack(
            20.0,
            down=True,
            words="moves between sectors ({label}) {year}: {amount:.4g} {unit} more needed than "
            "allowed",
            remedy="raise between",
            demand="moves between sectors ({label}) in {year} within their limit",
        ),
    },
    columns={
        "employed": Column("labour employed, by kind and sector"),
        "leaving": Column("labour that leaves, by kind and sector"),
    },
)  # fmt: skip
