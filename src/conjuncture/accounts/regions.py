"""Multi-regional tables: their regions, the regional tables, and what goes between them.

A multi-regional table labels its sectors and final uses ``REGION:NAME`` or
``REGION.NAME`` (as :func:`conjuncture.accounts.formats.readers.from_pymrio` does): row
``r:i`` is product i made in region r, column ``r:j`` is sector j of region r. Seen from
one region, what comes from the others is imports, laid on the like home product.

The split keeps two things: a table for each region, with uses of all origins together,
and D[i, r, r'], the deliveries of product i from region r to all uses in region r'. From
these the multi-regional table is put together again by the model of Chenery and Moses:
every user of region r' buys product i from the regions in the same shares
c[i, r, r'] = D[i, r, r'] / sum_r D[i, r, r']. Deliveries, outputs, primary inputs and the
uses of every sector by product come back exactly; which sector buys from which region is
the estimate (:func:`conjuncture.accounts.regions_join.join`). Chenery (1953), in The
Structure and Growth of the Italian Economy; Moses (1955), American Economic Review 45:
803-832; Miller and Blair (2009), section 3.4.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import xarray as xr

from conjuncture.accounts.region_labels import Labels, is_regional, labels, regions
from conjuncture.accounts.table import (
    Array,
    Capital,
    FinalUse,
    Labour,
    Satellites,
    Table,
    require_one_unit,
)
from conjuncture.core.errors import Fault, Faults, InputError

__all__ = ["DELIVERED", "Labels", "Regional", "is_regional", "labels", "regions", "split"]

DELIVERED = FinalUse("other_regions", "exports")
"""Final-use column of a regional table: deliveries to all other regions."""

TOLERANCE = 1e-9
"""Largest gap of an identity, as a share of the largest flow."""


@dataclass(frozen=True)
class Regional:
    """The tables of the regions of one multi-regional table, and what goes between them.

    Attributes
    ----------
    name, territory, separator : str
        Of the multi-regional table.
    regions, products : tuple of str
    tables : mapping of str to Table
        For each region a table over all ``products``; products of other regions are in
        its imports, and what these buy is the final use ``other_regions``. Products
        that a region does not make have no output and are declared as exceptions.
    deliveries : DataArray, product x origin x destination
        D[i, r, r']: product i from region r to all uses in r' together, home deliveries
        on the diagonal (money/year; attribute ``unit``).
    made : array of bool, regions x products
        Which products each region has a sector for.
    outside : mapping of str to float
        Labour outside the sectors, which no region is known to have.
    """

    name: str
    territory: str
    separator: str
    regions: tuple[str, ...]
    products: tuple[str, ...]
    tables: Mapping[str, Table]
    deliveries: xr.DataArray
    made: npt.NDArray[np.bool_]
    outside: Mapping[str, float] = field(default_factory=dict)

    @property
    def between(self) -> xr.DataArray:
        """Deliveries between regions alone: the diagonal is zero (money/year)."""
        D = self.deliveries.copy()
        k = np.arange(len(self.regions))
        D.values[:, k, k] = 0.0
        return D

    @property
    def abroad(self) -> Array:
        """Imports from outside all regions, regions x products (money/year)."""
        arrivals = self.between.sum("origin").to_numpy()
        return np.array(
            [self.tables[r].imports - arrivals[:, k] for k, r in enumerate(self.regions)]
        )

    def faults(self) -> Faults:
        """Return every identity that the tables and the deliveries break.

        What is made in a region or imported into it from abroad is delivered; what is
        delivered to a region is what it uses; what a region's table exports to the
        others, and imports from them, is in the deliveries.
        """
        faults = Faults(self.name)
        D = self.deliveries.to_numpy()
        between = self.between
        allowed = TOLERANCE * float(np.abs(D).max(initial=0.0))
        for k, region in enumerate(self.regions):
            table = self.tables[region]
            sent = between.sel(origin=region).sum("destination").to_numpy()
            out = _column(table, DELIVERED.name)
            uses = table.intermediate.sum(axis=1) + table.final.sum(axis=1) - out
            for what, left, right in (
                ("deliveries by origin against output and imports from abroad",
                 D[:, k, :].sum(axis=1), table.output + self.abroad[k]),
                ("deliveries by destination against uses", D[:, :, k].sum(axis=1), uses),
                ("deliveries to other regions against the final use", sent, out),
            ):  # fmt: skip
                for i in np.flatnonzero(~(np.abs(left - right) <= allowed)):
                    faults.add(f"{what}: {left[i]:.10g} and {right[i]:.10g}",
                               "mend the table or the deliveries",
                               field=f"{region}{self.separator}{self.products[i]}",
                               value=f"{left[i] - right[i]:.6g}")  # fmt: skip
        return faults


def _column(table: Table, name: str) -> Array:
    for k, use in enumerate(table.final_uses):
        if use.name == name:
            return table.final[:, k]
    raise InputError(
        Fault(
            "has no final use of deliveries to other regions",
            f"add the column {name}",
            table.file or table.name,
            "final_uses",
        )
    )


# Splitting ----------------------------------------------------------------------------


def split(table: Table, separator: str | None = None) -> Regional:
    """Split a multi-regional table into the tables of its regions and their deliveries.

    Parameters
    ----------
    table : Table
        With labels as :func:`labels` reads them. Imports of a row are from outside all
        regions.
    separator : str, optional
        As in :func:`labels`.

    Raises
    ------
    InputError
        As :func:`labels`; or if the products are in different units, or if a final use
        is named ``other_regions``.
    """
    require_one_unit(table, "laying the products of several regions together")
    found = labels(table, separator)
    if DELIVERED.name in found.use_names:
        raise InputError(Fault("final use has a name that the split needs", "rename it",
                               table.file or table.name, "final_uses", DELIVERED.name))  # fmt: skip
    shape = len(found.regions), len(found.products)
    made = np.zeros(shape, dtype=bool)
    made[found.sector_region, found.sector_product] = True
    sold = _by_destination(table.intermediate, table.final, found)
    flows = np.zeros((shape[1], shape[0], shape[0]))
    flows[found.sector_product, found.sector_region] = sold
    places = (found.regions, found.regions)
    return Regional(
        name=table.name,
        territory=table.territory,
        separator=found.separator,
        regions=found.regions,
        products=found.products,
        tables=MappingProxyType(
            {name: _Part(table, found, k).table(sold) for k, name in enumerate(found.regions)}
        ),
        deliveries=deliveries_of(flows, found.products, places, table.unit),
        made=made,
        outside={} if table.labour is None else dict(table.labour.outside),
    )


def deliveries_of(
    flows: Array,
    products: tuple[str, ...],
    places: tuple[tuple[str, ...], tuple[str, ...]],
    unit: str,
) -> xr.DataArray:
    """Label deliveries, product x origin x destination (money/year)."""
    return xr.DataArray(
        flows,
        dims=("product", "origin", "destination"),
        coords={
            "product": list(products),
            "origin": list(places[0]),
            "destination": list(places[1]),
        },
        name="deliveries",
        attrs={"unit": f"{unit}/year", "long_name": "deliveries to all uses"},
    )


def _by_destination(intermediate: Array, final: Array, found: Labels) -> Array:
    """Return what each sector delivers to all uses in each region (sectors x regions)."""
    sold = np.zeros((len(intermediate), len(found.regions)))
    for k in range(len(found.regions)):
        sold[:, k] = intermediate[:, found.sector_region == k].sum(axis=1)
        sold[:, k] += final[:, found.use_region == k].sum(axis=1)
    return sold


class _Part:
    """One region of a table: its own sectors laid along the products of all regions."""

    def __init__(self, table: Table, found: Labels, k: int) -> None:
        self.source, self.found, self.k = table, found, k
        self.home = np.flatnonzero(found.sector_region == k)
        self.uses = np.flatnonzero(found.use_region == k)
        self.place = found.sector_product[self.home]

    def along(self, values: Array) -> Array:
        """Lay what sectors have along the products; 0 where the region has no sector."""
        wide = np.zeros((*values.shape[:-1], len(self.found.products)))
        wide[..., self.place] = values[..., self.home]
        return wide

    def by_product(self, block: Array) -> Array:
        """Add up the rows of a block by product."""
        laid = np.zeros((len(self.found.products), block.shape[1]))
        np.add.at(laid, self.found.sector_product, block)
        return laid

    def square(self, block: Array) -> Array:
        """Return what the own sectors use of each product, along the products."""
        wide = np.zeros((len(self.found.products),) * 2)
        wide[:, self.place] = self.by_product(block[:, self.home])
        return wide

    def table(self, sold: Array) -> Table:
        """Return the region's table; ``sold`` is what each sector delivers to each region."""
        table, found, k = self.source, self.found, self.k
        away = sold * (found.sector_region != k)[:, None]
        out = self.along(sold.sum(axis=1) - sold[:, k])
        final = self.by_product(table.final[:, self.uses])
        imported_intermediate, imported_final = self._imported()
        own = [table.final_uses[c].role for c in self.uses]
        names = [found.use_names[c] for c in self.uses]
        titles = dict(zip(found.products, found.products, strict=True))
        titles |= {found.products[i]: table.titles[s]
                   for i, s in zip(self.place, self.home, strict=True)}  # fmt: skip
        composition = table.capital_composition
        return dataclasses.replace(
            table,
            name=f"{table.name}_{found.regions[k]}",
            title=f"{found.regions[k]}, from {table.title}",
            territory=found.regions[k],
            sectors=found.products,
            titles=tuple(titles.values()),
            intermediate=self.square(table.intermediate),
            final_uses=(*map(FinalUse, names, own), DELIVERED),
            final=np.column_stack([final, out]),
            imports=self.by_product(away)[:, k] + self.along(table.imports),
            primary=self.along(table.primary),
            output=self.along(table.output),
            imported_intermediate=imported_intermediate,
            imported_final=imported_final,
            labour=self._labour(),
            capital=self._capital(),
            capital_composition=None if composition is None else self.square(composition),
            satellites=self._satellites(),
            row_units=(),
            exceptions=self._exceptions(),
        )

    def _imported(self) -> tuple[Array | None, Array | None]:
        """Return as imported all that other regions made, and of own rows what is foreign."""
        table, found = self.source, self.found
        away = (found.sector_region != self.k)[:, None]
        if table.imported_intermediate is None and table.imports.any():
            return None, None
        inner, outer = table.imported_intermediate, table.imported_final
        inner = np.zeros_like(table.intermediate) if inner is None else inner
        outer = np.zeros_like(table.final) if outer is None else outer
        intermediate = self.square(np.where(away, table.intermediate, inner))
        final = self.by_product(np.where(away, table.final, outer)[:, self.uses])
        foreign = _by_destination(inner, outer, found)
        passed_on = self.along(foreign.sum(axis=1) - foreign[:, self.k])
        return intermediate, np.column_stack([final, passed_on])

    def _labour(self) -> Labour | None:
        kept = self.source.labour
        if kept is None:
            return None
        return dataclasses.replace(kept, used=self.along(kept.used), outside={})

    def _capital(self) -> Capital | None:
        kept = self.source.capital
        if kept is None:
            return None
        return dataclasses.replace(
            kept, stock=self.along(kept.stock), depreciation=self.along(kept.depreciation)
        )

    def _satellites(self) -> Satellites | None:
        kept = self.source.satellites
        if kept is None:
            return None
        final = np.column_stack([kept.final[:, self.uses], np.zeros(len(kept.kinds))])
        return dataclasses.replace(kept, used=self.along(kept.used), final=final)

    def _exceptions(self) -> dict[str, tuple[str, ...]]:
        """Own sectors keep what they declare; a product what any region's row declares."""
        table, found = self.source, self.found
        declared: dict[str, tuple[str, ...]] = {}
        for kind, names in {
            **table.exceptions,
            "no_output": table.exceptions.get("no_output", ()),
        }.items():
            of_rows = kind not in ("capital", "labour", "no_output")
            kept = [
                found.products[found.sector_product[s]]
                for s, label in enumerate(table.sectors)
                if label in names and (of_rows or found.sector_region[s] == self.k)
            ]
            if kind == "no_output":
                own = set(self.place)
                kept += [p for i, p in enumerate(found.products) if i not in own]
            if kept:
                declared[kind] = tuple(dict.fromkeys(kept))
        return declared
