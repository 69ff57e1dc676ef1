"""Social accounting matrices in a square sheet: receipts in rows, payments in columns."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np

from conjuncture.accounts.sam import SocialAccounts
from conjuncture.core.errors import Faults, nearest
from conjuncture.core.files import read_text, write_text

KIND = "account"
"""Kind of every account of a matrix that no table stands behind."""


def read_sam(
    path: Path, *, unit: str, name: str | None = None, tolerance: float = 1e-6
) -> SocialAccounts:
    """Read a social accounting matrix from a CSV.

    Parameters
    ----------
    path : Path
        The first line holds a corner cell and the accounts, every other line an account
        and what it receives from each; an empty cell is 0. The accounts of rows and
        columns are the same, in any order.
    unit : str
        Of the payments (``million rand``).
    name : str, optional
        By default that of the file.
    tolerance : float
        Largest gap between receipts and payments of an account, as a share of the mean
        receipts of all; infinite to read a matrix that is to be balanced.

    Returns
    -------
    SocialAccounts
        In the order of the columns.

    Raises
    ------
    InputError
        With every account that has no row or column or two, every cell that is no
        number, and every account that does not pay what it receives.
    """
    path = Path(path)
    faults = Faults(str(path))
    text = read_text(path).removeprefix("\ufeff")
    lines = [
        (line, [cell.strip() for cell in cells])
        for line, cells in enumerate(csv.reader(io.StringIO(text, newline="")), 1)
        if any(cell.strip() for cell in cells)
    ]
    if not lines or len(lines[0][1]) < 2:
        faults.add("has no line of accounts", "begin with a corner cell and the accounts, "
                   "separated by commas", field="line 1")  # fmt: skip
    faults.raise_if_any()
    accounts, rows = lines[0][1][1:], [cells[0] for _, cells in lines[1:]]
    _check_labels(accounts, rows, faults)
    for line, cells in lines[1:]:
        if len(cells) != len(accounts) + 1:
            faults.add(
                f"has {len(cells)} cells where the first line has {len(accounts) + 1}",
                "give one cell for each account",
                field=f"line {line}: {cells[0]}",
            )
    faults.raise_if_any()
    matrix = np.zeros((len(accounts), len(accounts)))
    for line, cells in lines[1:]:
        for j, cell in enumerate(cells[1:]):
            value = _number(cell)
            if value is None:
                where = f"line {line}: {cells[0]}, column {accounts[j]}"
                faults.add("cell is not a finite number", "write a plain number, or leave it empty",
                           field=where, value=cell)  # fmt: skip
            else:
                matrix[accounts.index(cells[0]), j] = value
    faults.raise_if_any()
    sam = SocialAccounts(
        path.stem if name is None else name,
        unit,
        tuple(accounts),
        (KIND,) * len(accounts),
        matrix,
    )
    gaps, mean = sam.gaps(), float(np.abs(matrix.sum(axis=1)).mean())
    for k in np.flatnonzero(np.abs(gaps) > tolerance * mean):
        faults.add(
            f"receives {matrix[k].sum():.10g} and pays {matrix[:, k].sum():.10g}",
            "mend the account, or read it with tolerance=inf and balance it by balanced_sam",
            field=accounts[k],
            value=f"{gaps[k]:.6g}",
        )
    faults.raise_if_any()
    return sam


def write_sam(sam: SocialAccounts, path: Path) -> Path:
    """Write a matrix as a CSV that :func:`read_sam` reads again."""
    return write_text(Path(path), sam.frame().to_csv(lineterminator="\n"))


def _number(cell: str) -> float | None:
    try:
        value = float(cell) if cell and "_" not in cell else 0.0 if not cell else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _check_labels(accounts: list[str], rows: list[str], faults: Faults) -> None:
    for kind, names, others in (("column", accounts, rows), ("row", rows, accounts)):
        for k, label in enumerate(names):
            if not label:
                faults.add(f"a {kind} has no account", "name it", field=f"{kind} {k + 1}")
            elif label in names[:k]:
                faults.add(f"account has two {kind}s", "keep one", field=kind, value=label)
            elif label not in others:
                faults.add(
                    f"account of a {kind} has no {'row' if kind == 'column' else 'column'}",
                    "spell both alike, or add it",
                    field=kind,
                    value=label,
                    nearest=nearest(label, others),
                )
