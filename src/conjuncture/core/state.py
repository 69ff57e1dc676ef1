"""Named state variables: dimensions, unit, stock or flow.

The middle rooms (economy, society, world, politics) never import one another;
they meet in these names only. The list is data: ``content/variables.yaml``.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from conjuncture.core.errors import lookup
from conjuncture.core.files import Record, content_root, read_yaml

HORIZON = 10
"""Years ahead for which policies are announced and plans are drawn."""

Dimension = Literal["territory", "sector", "product", "ahead"]
Kind = Literal["stock", "flow", "constant"]


class Variable(Record):
    """One named quantity of the state of the world.

    Attributes
    ----------
    title, description : str
        What it is.
    unit : str
        Its unit; ``1`` for pure numbers.
    kind : str
        ``stock`` (lives on year bounds), ``flow`` (within a year) or
        ``constant`` (set at the start).
    dims : tuple of str
        Dimensions beside ``member``, which always leads.
    kept : bool
        Whether a run writes it to its History.
    record : bool
        Whether the recorded History can hold it.
    """

    title: str
    description: str = ""
    unit: str
    kind: Kind
    dims: tuple[Dimension, ...]
    kept: bool = True
    record: bool = False

    @property
    def sectoral(self) -> bool:
        """Whether it is given by sector."""
        return "sector" in self.dims

    @property
    def in_money(self) -> bool:
        """Whether its unit is the money of a territory's table."""
        return self.unit.startswith("money")


class VariableList(Record):
    """The file of variables."""

    variables: dict[str, Variable]


@cache
def variables() -> dict[str, Variable]:
    """Load the variables of the state, keyed by name.

    Raises
    ------
    InputError
        If the file is malformed.
    """
    return read_yaml(content_root() / "variables.yaml", VariableList).variables


@cache
def recorded_variables() -> dict[str, Variable]:
    """Return the variables that the recorded History can hold, by name."""
    return {name: item for name, item in variables().items() if item.record}


def variable(name: str) -> Variable:
    """Return one variable.

    Raises
    ------
    InputError
        If there is no such variable; the nearest names are given.
    """
    return lookup("variable", name, variables())
