"""The economies at the end of the base year: own tables where there are, donors elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from conjuncture.run.starts.base import Start, Values
from conjuncture.run.starts.donor_economy import donor_economies
from conjuncture.run.starts.own_table import own_economy


def build(start: Start) -> Values:
    """Build stocks and constants of all economies, arrays (count, territories, ...).

    A territory with a country file starts from that file and its table; the others
    from their state files and donors. ``world_price`` turns each one's money
    into million international dollars of 2011.

    Raises
    ------
    InputError
        If files lack what a run needs.
    """
    own = {code: start.country(code) for code in start.territories}
    rest = tuple(code for code in start.territories if own[code] is None)
    parts: dict[str, Values] = {}
    for code, country in own.items():
        if country is not None:
            economy = own_economy(start, country)
            product = replace(start, territories=(code,)).figure("product")[:, 0]
            parts[code] = economy | {"world_price": product / economy["base_gdp"]}
    if rest:
        found = donor_economies(replace(start, territories=rest))
        parts |= {code: {n: v[:, k] for n, v in found.items()} for k, code in enumerate(rest)}
    names = parts[start.territories[0]]
    found = {
        name: np.stack([parts[code][name] for code in start.territories], axis=1) for name in names
    }
    return found | _base_year(found)


def _base_year(found: Values) -> Values:
    """Return the flows of the base year that the first year may look back to."""
    return {
        "output": found["base_output"],
        "capacity": found["base_output"],
        "demanded_output": found["base_output"],
        "consumption": found["base_consumption"],
        "building": found["depreciation"] * found["capital"],
        "restoration": np.zeros_like(found["base_output"]),
        "exports": found["base_exports"],
        "imports": found["base_imports"],
        "tribute_rate": np.zeros_like(found["world_price"]),
        "unsold_offers": np.zeros_like(found["world_price"]),
    }
