"""Parsing the published files of world tables: by pymrio, an optional extra, or here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from conjuncture.core.errors import Fault, Faults, InputError

PARSERS: dict[str, str] = {
    "wiod": "parse_wiod",
    "exiobase1": "parse_exiobase1",
    "exiobase2": "parse_exiobase2",
    "exiobase3": "parse_exiobase3",
    "icio": "parse_oecd",
    "eora": "parse_eora26",
    "gloria": "parse_gloria",
    "pymrio": "load_all",
}
"""Formats, and the function of pymrio that parses each; ``figaro`` is read here."""

YEARLY = ("wiod", "icio", "eora", "gloria", "figaro")
"""Formats whose folder may hold several years, so that one is named to the parser."""


def need_pymrio() -> ModuleType:
    """Return pymrio.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        return import_module("pymrio")
    except ImportError:
        raise InputError(
            Fault(
                "pymrio is not installed, which parses the files of world tables",
                "install it: pip install pymrio",
                field="pymrio",
            )
        ) from None


def parse(path: Path, form: str, year: int | None = None) -> Any:
    """Parse the files of a world table.

    Parameters
    ----------
    path : Path
        The folder or file, as published.
    form : str
        One of :data:`PARSERS`, or ``figaro``.
    year : int, optional
        Where the folder holds several years.

    Returns
    -------
    object
        With ``Z`` and ``Y``; a ``pymrio.IOSystem`` unless the form is ``figaro``.

    Raises
    ------
    InputError
        If the form is unknown, pymrio is missing, or the files cannot be parsed.
    """
    faults = Faults(str(path))
    if form not in PARSERS and form != "figaro":
        faults.unknown("format", form, [*PARSERS, "figaro"], field="format")
    if not Path(path).exists():
        faults.add("no such file or folder", "give the path of the published files", field="path")
    faults.raise_if_any()
    if form == "figaro":
        return read_figaro(Path(path))
    function: Callable[..., Any] = getattr(need_pymrio(), PARSERS[form])
    extra: dict[str, Any] = {}
    if form in YEARLY and year is not None:
        extra["year"] = year
    if form == "wiod":  # final uses by their names in words, whose roles are known
        extra["names"] = ("isic", "full")
    try:
        return function(path, **extra)
    except Exception as error:  # whatever a parser of foreign files meets
        raise InputError(
            Fault(
                f"cannot be parsed as {form}: {type(error).__name__}: {error}",
                "give the folder as published, the format that it has, and the year",
                str(path),
                "format",
            )
        ) from error


@dataclass(frozen=True)
class WorldTable:
    """Flows between all regions.

    Attributes
    ----------
    Z : DataFrame
        Intermediate uses; rows and columns labelled (region, sector).
    Y : DataFrame
        Final uses; columns labelled (region, category).
    """

    Z: pd.DataFrame
    Y: pd.DataFrame


def read_figaro(path: Path) -> WorldTable:
    """Read a FIGARO input-output table in its flat form.

    Parameters
    ----------
    path : Path
        CSV with ``refArea``, ``counterpartArea``, ``obsValue`` and one column each
        that begins with ``row`` and ``col`` in lower case (``rowIi``, ``colIi``).

    Raises
    ------
    InputError
        If it has other columns, figures that are no numbers, or a flow twice.
    """
    try:
        data = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise InputError(
            Fault(f"cannot be read: {error}", "give the flat form as published", str(path))
        ) from None
    rows = [c for c in data.columns if c.startswith("row")]
    columns = [c for c in data.columns if c.startswith("col")]
    faults = Faults(str(path))
    for name in ("refArea", "counterpartArea", "obsValue"):
        if name not in data.columns:
            faults.unknown("column", name, list(data.columns), field="line 1")
    if len(rows) != 1 or len(columns) != 1:
        faults.add("needs one column of row codes and one of column codes",
                   "give the flat form as published", field="line 1",
                   value=",".join(data.columns))  # fmt: skip
    faults.raise_if_any()
    values = pd.to_numeric(data["obsValue"], errors="coerce").astype(float)
    for line in np.flatnonzero(values.isna()):
        faults.add("is not a number", "mend the cell", field=f"line {line + 2}: obsValue",
                   value=data["obsValue"].iloc[line])  # fmt: skip
    keys = ["refArea", rows[0], "counterpartArea", columns[0]]
    for line in np.flatnonzero(data.duplicated(keys)):
        faults.add("flow stands twice", "keep one line", field=f"line {line + 2}",
                   value=" ".join(map(str, data.loc[line, keys])))  # fmt: skip
    faults.raise_if_any()
    regions = set(data["counterpartArea"])
    home = data["refArea"].isin(regions)
    industries = set(data.loc[home, rows[0]])
    wide = data.assign(obsValue=values)[home].pivot_table(
        index=["refArea", rows[0]],
        columns=["counterpartArea", columns[0]],
        values="obsValue",
        aggfunc="sum",
        fill_value=0.0,
        sort=False,
    )
    inner = [code in industries for code in wide.columns.get_level_values(1)]
    Z = wide.loc[:, inner].reindex(columns=wide.index, fill_value=0.0)
    return WorldTable(Z, wide.loc[:, [not k for k in inner]])
