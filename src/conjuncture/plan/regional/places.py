"""Which territory and which product a label of a plan over several territories names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import Fault, InputError
from conjuncture.plan.problem import Problem

SEPARATOR = ":"
"""Between territory and product in the labels of a plan over several territories."""


@dataclass(frozen=True)
class Places:
    """Territories and products of a plan.

    Attributes
    ----------
    territories, products : tuple of str
        In the order in which they first stand.
    territory, product : array of int, N
        Position of each label's territory and product.
    """

    territories: tuple[str, ...]
    products: tuple[str, ...]
    territory: npt.NDArray[np.int64]
    product: npt.NDArray[np.int64]


def label(territory: str, name: str) -> str:
    """Return the label of a product, sector or kind of labour of a territory."""
    return f"{territory}{SEPARATOR}{name}"


def is_regional(problem: Problem) -> bool:
    """Whether the labels of a plan name several territories."""
    heads = {name.partition(SEPARATOR)[0] for name in problem.sectors}
    return all(SEPARATOR in name for name in problem.sectors) and len(heads) > 1


def places(problem: Problem) -> Places:
    """Read territories and products off the labels of a plan.

    Raises
    ------
    InputError
        If a label names no territory.
    """
    parts = [name.partition(SEPARATOR) for name in problem.sectors]
    bare = [name for name, (_, found, _) in zip(problem.sectors, parts, strict=True) if not found]
    if bare:
        raise InputError(
            Fault(
                "is a plan without territories",
                f"join the problems of territories, with labels TERRITORY{SEPARATOR}PRODUCT",
                problem.name,
                "sectors",
                ", ".join(bare[:3]),
            )
        )
    territories = tuple(dict.fromkeys(head for head, _, _ in parts))
    products = tuple(dict.fromkeys(tail for _, _, tail in parts))
    of = {name: k for k, name in enumerate(territories)}
    what = {name: k for k, name in enumerate(products)}
    return Places(
        territories,
        products,
        np.array([of[head] for head, _, _ in parts]),
        np.array([what[tail] for _, _, tail in parts]),
    )
