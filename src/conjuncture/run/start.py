"""The state at the end of the base year, put together from the rooms' builders."""

from __future__ import annotations

from dataclasses import replace

from conjuncture.core.errors import Fault, InputError
from conjuncture.core.state import variables
from conjuncture.run.starts import economy, geography, politics, society, world
from conjuncture.run.starts.base import Start, Values

BUILDERS = (geography.build, society.build, world.build, politics.build)
"""Builders of the other rooms; each is given what the economy's built."""


def initial_state(start: Start) -> tuple[Values, Values, Values]:
    """Build stocks, constants and the flows of the base year, by name.

    Arrays are (1 + members, territories, ...), the reference member first
    (:func:`conjuncture.core.priors.quantiles`). The flows are those that the first year may look
    back to. A member's draws do not depend on which others are built.

    Raises
    ------
    InputError
        If files lack what a run needs, or two rooms give the same variable.
    """
    values = economy.build(start)
    for builder in BUILDERS:
        added = builder(replace(start, economy=values))
        if twice := sorted(set(added) & set(values)):
            raise InputError(
                Fault(
                    "is given at the start by two rooms",
                    "leave it to one of them",
                    builder.__module__,
                    ", ".join(twice),
                )
            )
        values |= added
    known = variables()
    stocks, constants, flows = (
        {name: value for name, value in values.items() if known[name].kind == kind}
        for kind in ("stock", "constant", "flow")
    )
    return stocks, constants, flows
