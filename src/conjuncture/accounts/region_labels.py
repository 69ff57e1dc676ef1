"""Which sector and which final use of a multi-regional table belongs to which region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from conjuncture.accounts.table import Table
from conjuncture.core.errors import Faults, InputError

SEPARATORS = (":", ".")
"""What may stand between region and name, the first that fits every label."""


@dataclass(frozen=True)
class Labels:
    """How a multi-regional table is labelled.

    Attributes
    ----------
    regions, products : tuple of str
        In the order in which they first stand in the table.
    separator : str
        ``:`` or ``.``.
    sector_region, sector_product : array of int, sectors
        Position of each sector's region and product.
    use_region : array of int, final uses
        Position of the region of each final use.
    use_names : tuple of str
        Name of each final use within its region.
    """

    regions: tuple[str, ...]
    products: tuple[str, ...]
    separator: str
    sector_region: npt.NDArray[np.intp]
    sector_product: npt.NDArray[np.intp]
    use_region: npt.NDArray[np.intp]
    use_names: tuple[str, ...]


def labels(table: Table, separator: str | None = None) -> Labels:
    """Read regions and products off the labels of a table.

    Parameters
    ----------
    table : Table
        With sectors and final uses labelled ``REGION:NAME`` or ``REGION.NAME``.
    separator : str, optional
        The separator; by default the first of :data:`SEPARATORS` that stands in
        every label. The region ends at the first one.

    Raises
    ------
    InputError
        If labels have no region, if there is one region only, if no product is made
        in two of them, or if a final use belongs to a region without sectors.
    """
    faults = Faults(table.file or table.name)
    finals = [use.name for use in table.final_uses]
    sign = separator or _separator(table.sectors)
    for kind, names in (("sector", table.sectors), ("final use", finals)):
        for name in names:
            head, found, tail = name.partition(sign)
            if not (found and head and tail):
                faults.add(f"{kind} has no region", f"label it REGION{sign}NAME", field=kind,
                           value=name)  # fmt: skip
    faults.raise_if_any()
    pairs = [_split(name, sign) for name in table.sectors]
    uses = [_split(name, sign) for name in finals]
    regions = tuple(dict.fromkeys(region for region, _ in pairs))
    products = tuple(dict.fromkeys(product for _, product in pairs))
    if len(regions) < 2 or len(products) == len(pairs):
        faults.add(
            "is not a multi-regional table: no product is made in two regions",
            "label sectors REGION:PRODUCT with the same products in several regions, or name "
            "the separator",
            field="sectors",
            value=", ".join(table.sectors[:3]),
        )
    for region, name in uses:
        if region not in regions:
            faults.unknown("region", region, regions, field=f"final use {region}{sign}{name}")
    faults.raise_if_any()
    return Labels(
        regions,
        products,
        sign,
        np.array([regions.index(region) for region, _ in pairs], dtype=np.intp),
        np.array([products.index(product) for _, product in pairs], dtype=np.intp),
        np.array([regions.index(region) for region, _ in uses], dtype=np.intp),
        tuple(name for _, name in uses),
    )


def _separator(names: tuple[str, ...]) -> str:
    fits = [s for s in SEPARATORS if all(s in name for name in names)]
    return fits[0] if fits else SEPARATORS[0]


def _split(name: str, separator: str) -> tuple[str, str]:
    head, _, tail = name.partition(separator)
    return head, tail


def regions(table: Table, separator: str | None = None) -> tuple[str, ...]:
    """Return the regions of a multi-regional table, in its order.

    Raises
    ------
    InputError
        As :func:`labels`.
    """
    return labels(table, separator).regions


def is_regional(table: Table) -> bool:
    """Tell whether the labels of a table name several regions with the same products."""
    try:
        labels(table)
    except InputError:
        return False
    return True
