"""The shipped backtests: where to start, what is given, and, apart from it, what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from conjuncture.accounts.formats.form import read_table
from conjuncture.accounts.library import load_table
from conjuncture.accounts.table import Array, Table
from conjuncture.core.errors import Faults, InputError
from conjuncture.core.files import Record, content_root, read_yaml

HEADER = "backtest.yaml"


class Comparison(Record):
    """A published index beside which the plan is laid.

    Attributes
    ----------
    label : str
    sectors : tuple of str
        Sectors of the table that the index covers.
    measure : str
        ``output`` (gross) or ``net`` (gross output less products used up).
    series : str
        Series of the catalog with the index of the base year and of the last.
    target : float, optional
        What the plan of the time aimed at, on the base of the series.
    """

    label: str
    sectors: tuple[str, ...]
    measure: Literal["output", "net"]
    series: str
    target: float | None = None


class Header(Record):
    """A backtest.

    Attributes
    ----------
    title : str
    kind : str
        ``wiod``: a record by sector and year beside it; ``indices``: comparisons.
    origin : str
        Card of the record or of the targets.
    years : int
        Years to be judged.
    beyond : int
        Years planned after them and not judged, with the conditions of the last year, so that
        the end of the plan does not stand among the years judged.
    settings : dict
        Settings of the plan that differ from their defaults.
    reason : str
        Why they do.
    table : str, optional
        Shipped table of the base year; without it the backtest has its own.
    comparisons : tuple of Comparison
    """

    title: str
    kind: Literal["wiod", "indices"]
    origin: str
    years: int = Field(ge=1)
    beyond: int = Field(0, ge=0)
    settings: dict[str, bool | float]
    reason: str
    table: str | None = None
    comparisons: tuple[Comparison, ...] = ()


def backtest_names() -> list[str]:
    """Return the names of the shipped backtests, sorted."""
    return sorted(path.parent.name for path in _root().glob(f"*/{HEADER}"))


def backtest_header(name: str) -> Header:
    """Read what a backtest is.

    Raises
    ------
    InputError
        If there is no such backtest; the nearest names are given.
    """
    return read_yaml(_folder(name) / HEADER, Header)


def backtest_table(name: str) -> Table:
    """Return the table of a backtest's base year."""
    header = backtest_header(name)
    return load_table(header.table) if header.table else read_table(_folder(name))


def conditions(name: str, table: Table) -> dict[str, Array]:
    """Return what the planner is given: labour, public consumption and trade of each year.

    Returns
    -------
    dict of str to array, years x sectors
        ``labour`` (thousand persons), ``public``, ``exports``, ``imports`` (money/year in
        base-year prices).
    """
    return _read(_folder(name) / "conditions.csv", table)


def record(name: str, table: Table) -> dict[str, Array]:
    """Return what happened, from the base year on; it judges and never enters a plan.

    Returns
    -------
    dict of str to array, years x sectors
        ``output``, ``consumption``, ``investment`` (by product), money/year in base-year prices.
    """
    return _read(_folder(name) / "recorded.csv", table)


def _read(path: Path, table: Table) -> dict[str, Array]:
    frame = pd.read_csv(path)
    wide = {}
    for name in frame.columns.drop(["year", "sector"]):
        values = frame.pivot(index="year", columns="sector", values=name)[list(table.sectors)]
        wide[str(name)] = np.asarray(values, dtype=np.float64)
    return wide


def _root() -> Path:
    return content_root() / "backtests"


def _folder(name: str) -> Path:
    if name not in backtest_names():
        faults = Faults()
        faults.unknown("backtest", name, backtest_names(), field="backtest")
        raise InputError(faults)
    return _root() / name
