"""Writing fitted parameters as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from conjuncture.core.files import check_writable, write_text
from conjuncture.data.fitted import FittedMechanism


def text(item: FittedMechanism) -> str:
    """Return the YAML text of one mechanism's fitted parameters."""
    plain = item.model_dump(mode="json", exclude_none=True)
    plain["parameters"] = {
        name: {key: value for key, value in figures.items() if value not in ("", [], {})}
        for name, figures in plain["parameters"].items()
    }
    if not plain["form"]:
        del plain["form"]
    return yaml.dump(plain, Dumper=yaml.SafeDumper, sort_keys=False, default_flow_style=None,
                     allow_unicode=True, width=100)  # fmt: skip


def write_fitted(folder: Path, found: Mapping[str, FittedMechanism]) -> list[Path]:
    """Write one file for each mechanism, each in one piece.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    found : mapping

    Raises
    ------
    InputError
        If the folder cannot be written to; nothing is written then.
    """
    check_writable(folder, folder=True)
    return [write_text(folder / f"{name}.yaml", text(item)) for name, item in found.items()]
