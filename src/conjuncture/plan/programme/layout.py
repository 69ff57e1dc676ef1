"""Names for every row and column of a programme, and the gathering of its coefficients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csc_array

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.copies import Parts, Repeated

Index = npt.NDArray[np.int64]
LEVEL = "base-year consumption"
"""Unit of the consumption level."""


@dataclass(frozen=True)
class Block:
    """A run of rows or columns of one kind.

    Attributes
    ----------
    index : array of int
        Positions in the programme, in the block's own shape.
    year : array of int, same shape
        Position of the year; T and above lie after the horizon.
    label : array of int, same shape
        Position in ``names``; -1 where there is none.
    names : tuple of str
        What the labels are called.
    units : tuple of str
        Unit of an amount: one for all labels, or one for each of ``names``.
    """

    index: Index
    year: Index
    label: Index
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ("",)

    def name(self, label: int) -> str:
        """Return what a label is called; empty where there is none."""
        return self.names[label] if label >= 0 else ""

    def unit(self, label: int) -> str:
        """Return the unit of an amount of a label."""
        return self.units[0] if len(self.units) == 1 or label < 0 else self.units[label]

    @property
    def first(self) -> Block:
        """The part of the first year."""
        return Block(self.index[0], self.year[0], self.label[0], self.names, self.units)


class Layout:
    """Hands out positions, block by block."""

    def __init__(self) -> None:
        self.blocks: dict[str, Block] = {}
        self.size = 0

    def add(
        self, name: str, year: Any, label: Any, names: tuple[str, ...] = (), units: Any = ("",)
    ) -> Index:
        """Add a block with one position for each pair of broadcast years and labels."""
        years, labels = np.broadcast_arrays(np.asarray(year), np.asarray(label))
        index = self.size + np.arange(years.size).reshape(years.shape)
        each = (units,) if isinstance(units, str) else tuple(units)
        self.blocks[name] = Block(index, years, labels, names, each)
        self.size += years.size
        return index

    def __getitem__(self, name: str) -> Index:
        return self.blocks[name].index

    def __iter__(self) -> Iterator[tuple[str, Block]]:
        return iter(self.blocks.items())


@dataclass
class Entries:
    """Coefficients as triplets, and blocks that stand in several places."""

    rows: list[Index] = field(default_factory=list)
    columns: list[Index] = field(default_factory=list)
    values: list[Array] = field(default_factory=list)
    repeated: list[Repeated] = field(default_factory=list)

    def add(self, rows: Any, columns: Any, values: Any) -> None:
        """Add one coefficient for each broadcast cell."""
        r, c, v = np.broadcast_arrays(rows, columns, values)
        self.rows.append(r.ravel().astype(np.int32))  # a library limit: 2^31 rows or columns
        self.columns.append(c.ravel().astype(np.int32))
        self.values.append(v.ravel())

    def parts(self, row_scale: Array, column_scale: Array) -> Parts:
        """Return the scaled matrix by columns, repeated blocks left as they are."""
        r, c = np.concatenate(self.rows), np.concatenate(self.columns)
        v = np.concatenate(self.values)
        v *= column_scale[c]
        v /= row_scale[r]
        keep = v != 0.0
        if not keep.all():
            r, c, v = r[keep], c[keep], v[keep]
        shape = (row_scale.size, column_scale.size)
        rest = csc_array(coo_array((v, (r, c)), shape=shape).tocsc())
        if not self.repeated:
            return Parts(rest)
        return Parts(rest, tuple(self.repeated), row_scale, column_scale)
