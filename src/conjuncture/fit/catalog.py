"""All fits by their mechanism."""

from __future__ import annotations

from collections.abc import Mapping

from conjuncture.fit.of_societies import OF_SOCIETIES
from conjuncture.fit.of_states import OF_STATES
from conjuncture.fit.spec import Fit

FITS: Mapping[str, Fit] = {fit.mechanism: fit for fit in (*OF_STATES, *OF_SOCIETIES)}
"""Every fit by its mechanism."""
