"""Named state variables: dimensions, unit, stock or flow.

The middle rooms (economy, society, world, politics) never import one another;
they meet in these names only. The lists are data, one file for each room:
``content/variables``. Labels that every run has alike are in ``content/dimensions.yaml``.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import Record, content_root, read_records, read_yaml

HORIZON = 10
"""Years ahead for which policies are announced and plans are drawn."""

Dimension = Literal[
    "territory",
    "partner",
    "part",
    "sector",
    "product",
    "ahead",
    "stratum",
    "age",
    "party",
    "mass",
    "threat",
]
Kind = Literal["stock", "flow", "constant", "lever"]


class Variable(Record):
    """One named quantity of the state of the world.

    Attributes
    ----------
    title, description : str
        What it is.
    unit : str
        Its unit; ``1`` for pure numbers.
    kind : str
        ``stock`` (lives on year bounds), ``flow`` (within a year),
        ``constant`` (set at the start) or ``lever`` (set by dated shocks).
    dims : tuple of str
        Dimensions beside ``member``, which always leads. ``partner`` has the
        labels of ``territory``; a ``part`` lies within a territory.
    neutral : float
        Value of a lever where no shock sets it.
    limits : tuple of float
        Values of a lever that make sense at all.
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
    neutral: float = 0.0
    limits: tuple[float, float] = (0.0, 1.0)

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
        If a file is malformed, or two define the same variable.
    """
    faults = Faults()
    found: dict[str, Variable] = {}

    def check(item: VariableList, _stem: str, own: Faults) -> None:
        for name in item.variables:
            if name in found:
                own.add("is defined twice", "keep one of the two", field=name)
        found.update(item.variables)

    read_records(sorted((content_root() / "variables").glob("*.yaml")), VariableList, check, faults)
    faults.raise_if_any()
    return found


class Labels(Record):
    """The file of labels."""

    dimensions: dict[Dimension, tuple[str, ...]]


@cache
def labels() -> dict[Dimension, tuple[str, ...]]:
    """Load the labels of the dimensions that every run has alike."""
    return read_yaml(content_root() / "dimensions.yaml", Labels).dimensions


def levers() -> dict[str, Variable]:
    """Return the variables that dated shocks of a scenario can set, by name."""
    return {name: item for name, item in variables().items() if item.kind == "lever"}


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
