"""Importing the middle rooms, which registers their mechanisms."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from conjuncture import economy, politics, society, world


def register() -> None:
    """Import every module of the four middle rooms, so that its mechanisms are known."""
    for room in (economy, society, world, politics):
        for module in iter_modules(room.__path__):
            import_module(f"{room.__name__}.{module.name}")
