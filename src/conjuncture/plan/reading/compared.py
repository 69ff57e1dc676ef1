"""The amounts of plans that are compared: their words, and what conditions add to them."""

from __future__ import annotations

import xarray as xr

from conjuncture.plan.conditions.all import COLUMNS
from conjuncture.plan.reading.households import CONSUMED
from conjuncture.plan.report import TECHNIQUES

WORDS = {
    "output": "output of {label}",
    "imports": "imports of {label}",
    "exports": "exports of {label}",
    "consumption": "consumption of {label}",
    "public": "public consumption of {label}",
    "military": "military use of {label}",
    "inventories": "additions to inventories of {label}",
    "investment": "investment goods from {label}",
    "intermediate": "intermediate use of {label}",
    "unused": "unused amounts of {label}",
    "building": "capital begun in {label}",
    "restoration": "restoration begun in {label}",
    "capital": "capital in use in {label}",
    "by_products": "{label} as a by-product",
    "claims": "claims of institutions on {label}",
    "training": "use of {label} for training",
    "scrap": "{label} from scrap",
    "maintenance": "use of {label} for maintenance",
    "from_stock": "{label} taken from stock",
    "to_stock": "{label} added to stock",
}
"""The amounts that are compared, and how each is called."""

_FOLDED = {
    "output": (TECHNIQUES,),
    "consumption": CONSUMED[1:],
    "intermediate": (COLUMNS["technique"].use,),
    "investment": (COLUMNS["asset outlay"].use, COLUMNS["technique outlay"].use),
    "exports": (COLUMNS["partner exports"].use,),
    "imports": (COLUMNS["partner imports"].resource,),
}
"""What conditions add to the amounts of every plan, which are compared as one."""


def folded(data: xr.Dataset) -> xr.Dataset:
    """Return a plan's dataset with what conditions add folded into what it is part of."""
    found = {}
    for name, parts in _FOLDED.items():
        keys = [key for part in parts if (key := part.replace(" ", "_")) in data]
        found[name] = sum((data[key] for key in keys), start=data[name])
        found[name].attrs = data[name].attrs
    return data.assign(found)
