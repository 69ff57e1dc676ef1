"""The strongest chain of inputs from a product to a sector far upstream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from conjuncture.accounts.table import Array


@dataclass(frozen=True)
class Link:
    """One step of a chain: a product needs another.

    Attributes
    ----------
    product, needs : str
        Labels.
    amount : float
        Amount of ``needs`` per unit of ``product`` (money per money).
    """

    product: str
    needs: str
    amount: float


def strongest_chain(
    sectors: tuple[str, ...], graph: csr_array, demand: Array, at: int
) -> tuple[Link, ...]:
    """Return the way from a demand to a sector with the largest product of coefficients.

    Parameters
    ----------
    sectors : tuple of str
        Labels (N).
    graph : sparse array, N x N
        Input coefficients: row used per unit of the column.
    demand : array, N
        Where the way may begin, weighted; 0 where it may not.
    at : int
        Position of the sector in which it ends.

    Returns
    -------
    tuple of Link
        Empty if the demand itself is for that sector.

    Notes
    -----
    J. Defourny and E. Thorbecke (1984), Structural path analysis, Economic Journal 94.
    """
    positive = graph.copy()
    positive.data = np.where(positive.data > 0, np.clip(positive.data, 1e-300, 1.0), 1e-300)
    way = positive.copy()
    way.data = np.maximum(-np.log(positive.data), 1e-12)
    # the entry (k, i) leads from product k back to the sector i that needs it
    length, before = dijkstra(way, indices=at, return_predecessors=True)
    start = np.where(demand > 0, length - np.log(np.maximum(demand, 1e-300)), np.inf)
    node = int(np.argmin(start))
    links: list[Link] = []
    while node != at and before[node] >= 0 and len(links) < len(sectors):
        to = int(before[node])
        links.append(Link(sectors[node], sectors[to], float(graph[to, node])))
        node = to
    return tuple(links)
