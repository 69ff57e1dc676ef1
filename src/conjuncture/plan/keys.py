"""Keys of the files that describe plans: unit and description on each, one value or several."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic.config import JsonDict


def key(default: Any, unit: str, description: str, **limits: Any) -> Any:
    """Return a field of a record: default, unit and description, as every key of a file has.

    A default of ``...`` makes the key one that must be given.
    """
    extra: JsonDict = {"unit": unit}
    if default is ...:
        return Field(description=description, json_schema_extra=extra, **limits)
    return Field(default, description=description, json_schema_extra=extra, **limits)


def one_or_more(value: Any) -> Any:
    """Wrap a single value in a tuple, so that a fault names the value and not the form."""
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


Amounts = Annotated[tuple[float, ...], BeforeValidator(one_or_more)]
"""One number for all years, or one for each."""
Labels = Annotated[tuple[str, ...], BeforeValidator(one_or_more)]
"""One label or several."""
Years = Annotated[tuple[int, ...], BeforeValidator(one_or_more)]
"""One calendar year or several."""
