"""Reading ``NAME=VALUE`` options."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import yaml

from conjuncture.core.errors import Faults


def parse_settings(options: Iterable[str]) -> dict[str, Any]:
    """Read ``NAME=VALUE`` options; values are YAML scalars or lists.

    Raises
    ------
    InputError
        With one fault for each option without a name or value, or given twice.
    """
    faults = Faults("--set")
    found: dict[str, Any] = {}
    for option in options:
        name, mark, text = option.partition("=")
        if not name or not mark or not text:
            faults.add("is not NAME=VALUE", "write for example --set discount=0.9", value=option)
            continue
        if name in found:
            faults.add("is given twice", "give it once", field=name, value=text)
        try:
            found[name] = yaml.safe_load(text)
        except yaml.YAMLError:
            faults.add("has no readable value", "give a number", field=name, value=text)
    faults.raise_if_any()
    return found


def parse_numbers(options: Iterable[str]) -> dict[str, float]:
    """Read ``NAME=VALUE`` options whose values are finite numbers.

    Raises
    ------
    InputError
        With one fault for each value that is no finite number.
    """
    faults = Faults("--set")
    found: dict[str, float] = {}
    for name, value in parse_settings(options).items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            faults.add("is not a number", "give a number", field=name, value=value)
        elif not math.isfinite(value):
            faults.add("is not finite", "give a finite number", field=name, value=value)
        else:
            found[name] = float(value)
    faults.raise_if_any()
    return found
