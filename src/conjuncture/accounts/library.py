"""The shipped tables, by name and variant."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from conjuncture.accounts.formats.form import read_table
from conjuncture.accounts.formats.header import HEADER_NAME
from conjuncture.accounts.formats.workbook import read_any
from conjuncture.accounts.table import Table
from conjuncture.core.errors import Fault, Faults, InputError
from conjuncture.core.files import Record, content_root, read_yaml

VARIANTS_NAME = "variants.yaml"


class Variants(Record):
    """The variants of a shipped table.

    Attributes
    ----------
    default : str
        The one that is loaded where none is named.
    variants : dict of str to str
        Each variant (the name of its folder) and what it is, in words.
    """

    default: str
    variants: dict[str, str] = Field(min_length=1)


def _root() -> Path:
    return content_root() / "tables"


def table_names() -> list[str]:
    """Return the names of the shipped tables, sorted."""
    folders = [path for path in _root().glob("*") if path.is_dir()]
    return sorted(
        path.name
        for path in folders
        if (path / HEADER_NAME).exists() or (path / VARIANTS_NAME).exists()
    )


def table_folder(name: str) -> Path:
    """Return the folder of a shipped table.

    Raises
    ------
    InputError
        If there is no such table; the nearest names are given.
    """
    if name not in table_names():
        faults = Faults()
        faults.unknown("table", name, table_names(), field="table")
        raise InputError(faults)
    return _root() / name


def table_variants(name: str) -> list[str]:
    """Return the variants of a shipped table, the default first; empty where it has none.

    Raises
    ------
    InputError
        If there is no such table.
    """
    described = variant_titles(name)
    return list(described)


def variant_titles(name: str) -> dict[str, str]:
    """Return the variants of a shipped table with their descriptions, the default first.

    Raises
    ------
    InputError
        If there is no such table, or if its default is not among its variants.
    """
    path = table_folder(name) / VARIANTS_NAME
    if not path.exists():
        return {}
    record = read_yaml(path, Variants)
    if record.default not in record.variants:
        faults = Faults(str(path))
        faults.unknown("variant", record.default, record.variants, field="default")
        raise InputError(faults)
    first = {record.default: record.variants[record.default]}
    return first | record.variants


@cache
def load_table(name: str, variant: str | None = None) -> Table:
    """Load a shipped table.

    Parameters
    ----------
    name : str
        One of :func:`table_names`.
    variant : str, optional
        One of :func:`table_variants`; by default the first.

    Raises
    ------
    InputError
        If the table or the variant does not exist; the nearest names are given.
    """
    folder, variants = table_folder(name), table_variants(name)
    if variant is None:
        return read_table(folder / variants[0] if variants else folder)
    if not variants:
        raise InputError(
            Fault(f"table {name!r} has no variants", "name none", field="variant", value=variant)
        )
    if variant not in variants:
        faults = Faults(name)
        faults.unknown("variant", variant, variants, field="variant")
        raise InputError(faults)
    return read_table(folder / variant)


def load_variants(name: str) -> dict[str, Table]:
    """Load every variant of a shipped table by name; a table without any as ``""``.

    Raises
    ------
    InputError
        If there is no such table; the nearest names are given.
    """
    variants = table_variants(name)
    if not variants:
        return {"": load_table(name)}
    return {variant: load_table(name, variant) for variant in variants}


def open_table(name: str, variant: str | None = None) -> Table:
    """Load a shipped table by name, or a user's own by path.

    Parameters
    ----------
    name : str
        A path of an existing file or folder, or one of :func:`table_names`.
    variant : str, optional
        Variant of a shipped table.

    Raises
    ------
    InputError
        If it is neither, or the file is faulty.
    """
    path = Path(name)
    if name not in table_names() and (path.exists() or path.suffix or "/" in name):
        return read_any(path)
    return load_table(name, variant)
