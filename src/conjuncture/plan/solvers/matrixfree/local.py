"""The part of the Newton system that each sector has for itself, factored for all at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from conjuncture.accounts.table import Array
from conjuncture.plan.programme.layout import Index
from conjuncture.plan.solvers.structured.kernels import Threads

Places = npt.NDArray[np.int32]
_CHUNK = 16_384
"""Sectors handled together: their numbers fit the cache."""


@dataclass
class Pattern:
    """Order of elimination of the unknowns of sectors that have the same ones.

    Attributes
    ----------
    order : list of int
        Unknowns eliminated, outputs left out.
    below : list of list of int
        Unknowns met by each when it is eliminated.
    """

    order: list[int]
    below: list[list[int]]


@dataclass
class Chunk:
    """Some sectors with the same unknowns.

    Attributes
    ----------
    sectors : array of int, n
    index : array of int, unknowns x n
        Positions among all local unknowns.
    outputs : list of int
        Unknowns that are outputs; ``years`` are theirs.
    pairs : dict of (int, int) to array, n
        Coefficient that joins two unknowns.
    """

    sectors: Index
    index: Places
    outputs: list[int]
    years: list[int]
    pairs: dict[tuple[int, int], Array]
    pattern: Pattern
    lower: dict[tuple[int, int], Array] = field(default_factory=dict)
    inverse: dict[int, Array] = field(default_factory=dict)
    block: Array = field(default_factory=lambda: np.empty(0))


class Local:
    """Factors ``M = [D, L'; L, -R]``, which falls apart into small blocks by sector.

    Rows and columns of one sector are eliminated in an order of least degree, the
    same for all sectors with the same unknowns, so that each operation runs over
    thousands of sectors. Outputs come last; the inverse of what is left for them,
    ``blocks`` (N x T x T), is all that other sectors see.

    Parameters
    ----------
    sector, slot : array of int, unknowns
        Sector of each unknown, and its kind and year as one number.
    output_year : array of int, unknowns
        Year of an output; -1 for all else.
    coefficients : coo_array
        L, rows and columns numbered among the unknowns.
    sectors, periods : int
    threads : Threads, optional
        Chunks are shared out to them; none has to do with another.

    Notes
    -----
    Symmetric quasi-definite matrices have an LDL' factor in any order: R. J.
    Vanderbei (1995), Symmetric quasidefinite matrices, SIAM Journal on
    Optimization 5.
    """

    def __init__(
        self,
        sector: Index,
        slot: Index,
        output_year: Index,
        coefficients: coo_array,
        sectors: int,
        periods: int,
        threads: Threads | None = None,
    ) -> None:
        self.threads = threads or Threads(1)
        self.size, self.sectors, self.periods = sector.size, sectors, periods
        kinds, slot = np.unique(slot, return_inverse=True)
        place = np.full((sectors, kinds.size), -1, dtype=np.int32)
        place[sector, slot] = np.arange(sector.size, dtype=np.int32)
        years = np.full(kinds.size, -1)
        years[slot] = output_year
        packed = np.packbits(place >= 0, axis=1)
        _, group = np.unique(packed, axis=0, return_inverse=True)
        r, c = coefficients.row, coefficients.col
        if not np.array_equal(sector[r], sector[c]):
            raise ValueError("a local coefficient joins two sectors")
        pair, owner = slot[r] * kinds.size + slot[c], sector[r]
        order = np.lexsort((owner, pair, group.ravel()[owner]))
        pair, owner, data = pair[order], owner[order], coefficients.data[order]
        of = group.ravel()[owner]
        self.chunks: list[Chunk] = []
        for g in range(int(group.max(initial=-1)) + 1):
            members = np.flatnonzero(group.ravel() == g)
            part = slice(*np.searchsorted(of, [g, g + 1]))
            self.chunks.extend(
                _chunks(members, place, years, (pair[part], owner[part], data[part]))
            )

    def factor(self, diagonal: Array) -> None:
        """Factor for the diagonal of M; ``blocks`` is then the inverse for outputs."""
        self.blocks = np.zeros((self.sectors, self.periods, self.periods))

        def work(chunk: Chunk) -> None:
            _factor(chunk, diagonal)
            if chunk.outputs:
                years = np.asarray(chunk.years, dtype=np.int64)
                at = np.ix_(chunk.sectors, years, years)
                self.blocks[at] = chunk.block

        self.threads.map(work, self.chunks)

    def solve(self, right: Array) -> Array:
        """Solve with M."""
        result = np.empty(self.size)

        def work(chunk: Chunk) -> None:
            result[chunk.index] = _solve(chunk, right[chunk.index])

        self.threads.map(work, self.chunks)
        return result


def _solve(chunk: Chunk, x: Array) -> Array:
    """Solve for the unknowns of a chunk, in place."""
    lower, pattern = chunk.lower, chunk.pattern
    for k, below in zip(pattern.order, pattern.below, strict=True):
        for i in below:
            x[i] -= lower[i, k] * x[k]
    if chunk.outputs:
        part = x[chunk.outputs]
        x[chunk.outputs] = np.einsum("nij,jn->in", chunk.block, part)
    for k, below in zip(reversed(pattern.order), reversed(pattern.below), strict=True):
        x[k] *= chunk.inverse[k]
        for i in below:
            x[k] -= lower[i, k] * x[i]
    return x


def _chunks(
    members: Index, place: Places, years: Index, entries: tuple[Index, Index, Array]
) -> Iterator[Chunk]:
    """Cut the sectors of one group into chunks with their coefficients."""
    pair, owner, data = entries
    present = np.flatnonzero(place[members[0]] >= 0)
    number = np.full(years.size, -1)
    number[present] = np.arange(present.size)
    outputs = number[present[years[present] >= 0]].tolist()
    keys, first = np.unique(pair, return_index=True)
    ends = np.append(first[1:], pair.size)[: keys.size]
    joins = [(int(number[k // years.size]), int(number[k % years.size])) for k in keys]
    pattern = _symbolic(present.size, joins, set(outputs))
    for start in range(0, members.size, _CHUNK):
        sectors = members[start : start + _CHUNK]
        pairs = {}
        for key, low, high in zip(joins, first, ends, strict=True):
            who = owner[low:high]
            here = slice(*np.searchsorted(who, [sectors[0], sectors[-1] + 1]))
            values = np.zeros(sectors.size)
            values[np.searchsorted(sectors, who[here])] = data[low:high][here]
            pairs[key] = values
        index = np.ascontiguousarray(place[np.ix_(sectors, present)].T)
        found = years[present][outputs].tolist()
        yield Chunk(sectors, index, outputs, found, pairs, pattern)


def _symbolic(size: int, joins: list[tuple[int, int]], last: set[int]) -> Pattern:
    """Return an order of least degree, the unknowns ``last`` left to the end."""
    meets: list[set[int]] = [set() for _ in range(size)]
    for i, j in joins:
        meets[i].add(j)
        meets[j].add(i)
    left, order, below = set(range(size)) - last, [], []
    while left:
        k = min(left, key=lambda i: (len(meets[i]), i))
        left.remove(k)
        order.append(k)
        below.append(sorted(meets[k]))
        for i in meets[k]:
            meets[i] |= meets[k] - {i}
            meets[i].discard(k)
    return Pattern(order, below)


def _factor(chunk: Chunk, diagonal: Array) -> None:
    d = diagonal[chunk.index]
    off: dict[tuple[int, int], Array] = {}
    for (i, j), values in chunk.pairs.items():
        off[i, j] = off[j, i] = values
    lower: dict[tuple[int, int], Array] = {}
    for k, below in zip(chunk.pattern.order, chunk.pattern.below, strict=True):
        inverse = chunk.inverse[k] = 1.0 / d[k]
        met = [off[i, k] for i in below]
        for a, i in enumerate(below):
            factor = lower[i, k] = met[a] * inverse
            d[i] -= factor * met[a]
            for b in range(a):
                j, change = below[b], factor * met[b]
                found = off.get((i, j))
                off[i, j] = off[j, i] = -change if found is None else found - change
    chunk.lower = lower
    n, outputs = chunk.sectors.size, chunk.outputs
    rest = np.zeros((n, len(outputs), len(outputs)))
    for a, i in enumerate(outputs):
        rest[:, a, a] = d[i]
        for b, j in enumerate(outputs[:a]):
            if (i, j) in off:
                rest[:, a, b] = rest[:, b, a] = off[i, j]
    chunk.block = np.asarray(np.linalg.inv(rest)) if outputs else rest
