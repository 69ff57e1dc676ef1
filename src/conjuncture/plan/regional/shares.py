"""Parts of one national table by shares of its output: a stated guess where no more is known.

Every territory gets the national technique, and its share of each sector's output, labour
and capital. What it uses beyond its own supply comes from the territories that have more
than they use: the balances of commodities tell net deliveries alone, and goods sent both
ways at once are not seen (Isard 1953; Miller and Blair 2009, section 8.3).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from conjuncture.accounts.regions import DELIVERED, Regional, deliveries_of
from conjuncture.accounts.table import Array, Capital, Labour, Satellites, Table, require_one_unit
from conjuncture.core.errors import Faults, InputError
from conjuncture.core.files import Record, validate
from conjuncture.plan.keys import key
from conjuncture.plan.regional.places import SEPARATOR

_ROUNDING = 1e-6


class Share(Record):
    """What part of a nation a territory is."""

    output: dict[str, float] | float = key(
        ..., "share", "Share of output, one number or by sector; labour and capital follow it."
    )
    consumption: float | None = key(
        None,
        "share",
        "Share of private consumption; null: its share of labour at work, or of output where the "
        "table has no labour.",
        ge=0.0,
        le=1.0,
    )
    public: float | None = key(
        None, "share", "Share of public and military claims; null: as consumption.", ge=0.0, le=1.0
    )


def split_by_shares(table: Table, shares: Mapping[str, Share | Mapping[str, Any]]) -> Regional:
    """Split a national table into territories by shares.

    The result is a guess, and every table in it is marked as a reconstruction. Investment
    follows capital (or output where no stock is known), inventories and exports the
    output of the product, imports its uses.

    Parameters
    ----------
    table : Table
    shares : mapping of str to Share or mapping
        By name of the territory; shares add up to 1 over the territories, sector by
        sector.

    Returns
    -------
    Regional
        For :func:`conjuncture.plan.regional.sourcing.pooled`, or
        :func:`conjuncture.accounts.regions_join.join`.

    Raises
    ------
    InputError
        With every unknown sector, share out of range, and sum that is not 1.
    """
    require_one_unit(table, "laying the products of several territories together")
    found = _Shares.of(table, shares)
    parts = {name: _part(table, found, k) for k, name in enumerate(found.names)}
    flows = _pool(parts)
    tables = {}
    for k, (name, part) in enumerate(parts.items()):
        sent = flows[:, k, :].sum(axis=1) - flows[:, k, k]
        arrived = flows[:, :, k].sum(axis=1) - flows[:, k, k]
        tables[name] = dataclasses.replace(
            part,
            final_uses=(*part.final_uses, DELIVERED),
            final=np.column_stack([part.final, sent]),
            imports=part.imports + arrived,
        )
    return Regional(
        name=f"{table.name}, split by shares",
        territory=table.territory,
        separator=SEPARATOR,
        regions=found.names,
        products=table.sectors,
        tables=MappingProxyType(tables),
        deliveries=deliveries_of(flows, table.sectors, (found.names, found.names), table.unit),
        made=found.output > 0,
        outside={} if table.labour is None else dict(table.labour.outside),
    )


@dataclasses.dataclass(frozen=True)
class _Shares:
    """Shares as arrays: output R x N, the others R."""

    names: tuple[str, ...]
    output: Array
    consumption: Array
    public: Array

    @classmethod
    def of(cls, table: Table, shares: Mapping[str, Share | Mapping[str, Any]]) -> _Shares:
        """Check shares; all faults at once."""
        faults, records = Faults(table.name), {}
        for name, given in shares.items():
            if not name or SEPARATOR in name:
                faults.add(f"a territory needs a name without {SEPARATOR!r}", "give another name",
                           field="shares", value=name)  # fmt: skip
            try:
                records[name] = (
                    given if isinstance(given, Share) else validate(given, Share, table.name)
                )
            except InputError as error:
                faults.extend(dataclasses.replace(fault, field=f"shares.{name}.{fault.field}")
                              for fault in error.faults)  # fmt: skip
        if len(shares) < 2:
            faults.add("a split needs two territories", "give shares of at least two",
                       field="shares", value=", ".join(shares))  # fmt: skip
        faults.raise_if_any()
        output = np.stack([_output(table, n, record, faults) for n, record in records.items()])
        _sum(output, table.sectors, "output", table.active, faults)
        consumption = _scalar(records, "consumption", _at_work(table, output), faults)
        public = _scalar(records, "public", consumption, faults)
        faults.raise_if_any()
        return cls(tuple(records), output, consumption, public)


def _output(table: Table, name: str, record: Share, faults: Faults) -> Array:
    """Return a territory's share of the output of every sector (N)."""
    given = record.output
    if isinstance(given, float):
        given = dict.fromkeys(table.sectors, given)
    found = np.zeros(table.size)
    for sector, share in given.items():
        where = f"shares.{name}.output.{sector}"
        if sector not in table.sectors:
            faults.unknown("sector", sector, table.sectors, field=where)
            continue
        if not 0.0 <= share <= 1.0:
            faults.add("is not a share of 0 to 1", "give a share", field=where, value=share)
        found[table.sectors.index(sector)] = share
    return found


def _sum(shares: Array, labels: tuple[str, ...], what: str, needed: Any, faults: Faults) -> None:
    """Record sums over the territories that are not 1."""
    total = shares.sum(axis=0)
    for i in np.flatnonzero(needed & (np.abs(total - 1.0) > _ROUNDING))[:5]:
        faults.add("shares of the territories do not add up to 1", "mend the shares",
                   field=f"shares.{what}.{labels[i]}", value=f"{total[i]:g}")  # fmt: skip


def _scalar(records: Mapping[str, Share], name: str, default: Array, faults: Faults) -> Array:
    """Return one share for every territory: all given, or all by default."""
    given = [getattr(record, name) for record in records.values()]
    if all(value is None for value in given):
        return default
    if any(value is None for value in given):
        faults.add("is given for some territories only", "give it for all or none",
                   field=f"shares.{name}")  # fmt: skip
        return default
    found = np.array(given, np.float64)
    _sum(found[:, None], (name,), name, True, faults)
    return found


def _at_work(table: Table, output: Array) -> Array:
    """Return every territory's share of labour at work, or of output."""
    weights = table.output if table.labour is None else table.labour.used[0] * table.active
    return np.asarray(output @ weights / weights.sum())


def _part(table: Table, found: _Shares, k: int) -> Table:
    """Return one territory's table, without deliveries to and from the others."""
    own, n = found.output[k], table.size
    stock = np.zeros(n) if table.capital is None else table.capital.stock * table.active
    base = stock if stock.sum() > 0 else table.output
    by_role: dict[str, Any] = {
        "consumption": found.consumption[k],
        "public": found.public[k],
        "military": found.public[k],
        "investment": float(own @ base / base.sum()),
        "inventories": own,
        "exports": own,
    }
    columns = [table.final[:, c] * by_role[use.role] for c, use in enumerate(table.final_uses)]
    final = np.column_stack(columns) if columns else np.zeros((n, 0))
    intermediate = table.intermediate * own
    uses = intermediate.sum(axis=1) + final.sum(axis=1)
    total = table.intermediate.sum(axis=1) + table.final.sum(axis=1)
    per = uses / np.where(total > 0, total, 1.0)
    return dataclasses.replace(
        table,
        name=f"{table.name}_{found.names[k]}",
        title=f"{found.names[k]}: a part of {table.title} by shares, a stated guess",
        territory=found.names[k],
        intermediate=intermediate,
        final=final,
        imports=table.imports * np.where(total > 0, per, own),
        primary=table.primary * own,
        output=table.output * own,
        imported_intermediate=None,
        imported_final=None,
        labour=_labour(table.labour, own),
        capital=_capital(table.capital, own),
        satellites=_satellites(table, own, by_role, found.consumption[k]),
        exceptions=_exceptions(table, own),
        reconstruction=True,
    )


def _labour(kept: Labour | None, own: Array) -> Labour | None:
    return None if kept is None else dataclasses.replace(kept, used=kept.used * own, outside={})


def _capital(kept: Capital | None, own: Array) -> Capital | None:
    return None if kept is None else dataclasses.replace(kept, stock=kept.stock * own)


def _satellites(
    table: Table, own: Array, by_role: Mapping[str, Any], default: float
) -> Satellites | None:
    kept = table.satellites
    if kept is None:
        return None
    of = [by_role[use.role] for use in table.final_uses]
    shares = np.array([share if np.ndim(share) == 0 else default for share in of])
    final = np.column_stack([kept.final * shares, np.zeros(len(kept.kinds))])
    return dataclasses.replace(kept, used=kept.used * own, final=final)


def _exceptions(table: Table, own: Array) -> dict[str, tuple[str, ...]]:
    declared = {kind: tuple(names) for kind, names in table.exceptions.items()}
    idle = tuple(s for s, share in zip(table.sectors, own, strict=True) if share == 0)
    if idle:
        declared["no_output"] = tuple(dict.fromkeys((*declared.get("no_output", ()), *idle)))
    return declared


def _pool(parts: Mapping[str, Table]) -> Array:
    """Return deliveries by the commodity balances (product x origin x destination).

    A territory supplies itself first; what it lacks comes from those that have a surplus,
    in proportion to their surpluses.
    """
    tables = list(parts.values())
    supply = np.stack([part.output + part.imports for part in tables], axis=1)
    use = np.stack([p.intermediate.sum(axis=1) + p.final.sum(axis=1) for p in tables], axis=1)
    home = np.minimum(supply, use)
    surplus, lack = supply - home, use - home
    total = surplus.sum(axis=1)
    given = surplus / np.where(total > 0, total, 1.0)[:, None]
    flows = given[:, :, None] * lack[:, None, :]
    k = np.arange(len(tables))
    flows[:, k, k] += home
    return np.asarray(flows)
