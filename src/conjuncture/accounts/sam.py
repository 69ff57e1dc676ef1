"""Social accounting matrices: who receives what is produced, and who spends it.

Accounts stand in rows (receipts) and columns (payments) in the same order:
sectors, primary inputs, institutions. One institution, the capital account,
receives all saving and pays for investment (Pyatt and Round 1985, Social
Accounting Matrices: A Basis for Planning; Stone 1966).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import ConfigDict, Field

from conjuncture.accounts.balance import gras
from conjuncture.accounts.leontief import solve
from conjuncture.accounts.table import Array, Table, require_one_unit
from conjuncture.core.errors import Faults, InputError
from conjuncture.core.files import Record, read_yaml

EXACT = 1e-9
"""How far shares may add up to something else than 1."""


class Transfer(Record):
    """A payment between two institutions, in the table's unit."""

    model_config = ConfigDict(populate_by_name=True)

    payer: str = Field(alias="from", min_length=1)
    receiver: str = Field(alias="to", min_length=1)
    amount: float = Field(ge=0)


class Distribution(Record):
    """Who receives primary inputs and who pays for final uses; ``docs/analysis.md`` has one.

    Attributes
    ----------
    title, origin : str
        What the shares are and where they come from.
    institutions : tuple of str
        Households by group, firms, government, the rest of the world, capital ...
    receives : dict of str to dict of str to float
        For each primary input the shares of the institutions; they add up to 1.
    spends : dict of str to dict of str to float
        For each final use the shares of the institutions that pay for it.
    imports : str
        The institution that is paid for imports.
    saving : str
        The capital account: it receives what every institution does not spend.
    transfers : tuple of Transfer
        Payments between institutions.
    """

    title: str = Field(min_length=1)
    origin: str = Field(min_length=1)
    institutions: tuple[str, ...] = Field(min_length=1)
    receives: dict[str, dict[str, float]]
    spends: dict[str, dict[str, float]]
    imports: str
    saving: str
    transfers: tuple[Transfer, ...] = ()


@dataclass(frozen=True)
class SocialAccounts:
    """A square matrix of payments from columns to rows.

    Attributes
    ----------
    name, unit : str
        Of the table that it was made of.
    accounts : tuple of str
        Labels of rows and columns.
    kinds : tuple of str
        ``sector``, ``primary`` or ``institution`` for each account.
    matrix : array, accounts x accounts
        Receipts of the row from the column (money).
    """

    name: str
    unit: str
    accounts: tuple[str, ...]
    kinds: tuple[str, ...]
    matrix: Array

    def frame(self) -> pd.DataFrame:
        """Return the matrix with its labels (receipts x payments)."""
        return pd.DataFrame(self.matrix, index=list(self.accounts), columns=list(self.accounts))

    def gaps(self) -> Array:
        """Return receipts less payments of each account (money)."""
        return np.asarray(self.matrix.sum(axis=1) - self.matrix.sum(axis=0))


def read_distribution(path: Path) -> Distribution:
    """Read a distribution from YAML.

    Raises
    ------
    InputError
        With every wrong, missing or unknown key.
    """
    return read_yaml(Path(path), Distribution)


def social_accounts(table: Table, distribution: Distribution) -> SocialAccounts:
    """Lay a table and a distribution out as a social accounting matrix.

    What an institution receives and does not spend goes to the capital account.
    Receipts equal payments in every account where they do so in the table.

    Raises
    ------
    InputError
        With every name that the table does not have, every primary input or final
        use that is left out, and shares that do not add up to 1.
    """
    require_one_unit(table, "a social accounting matrix")
    _check(table, distribution)
    n, p, names = table.size, len(table.primary_inputs), distribution.institutions
    size = n + p + len(names)
    place = {name: n + p + k for k, name in enumerate(names)}
    T = np.zeros((size, size))
    T[:n, :n] = table.intermediate
    T[n : n + p, :n] = table.primary
    T[place[distribution.imports], :n] += table.imports
    for k, name in enumerate(table.primary_inputs):
        for institution, share in distribution.receives[name].items():
            T[place[institution], n + k] += share * table.primary[k].sum()
    for k, use in enumerate(table.final_uses):
        for institution, share in distribution.spends[use.name].items():
            T[:n, place[institution]] += share * table.final[:, k]
    for transfer in distribution.transfers:
        T[place[transfer.receiver], place[transfer.payer]] += transfer.amount
    capital = place[distribution.saving]
    for institution in names:
        k = place[institution]
        if k != capital:
            T[capital, k] += T[k].sum() - T[:, k].sum()
    kinds = ("sector",) * n + ("primary",) * p + ("institution",) * len(names)
    labels = (*table.sectors, *table.primary_inputs, *names)
    return SocialAccounts(table.name, table.unit, labels, kinds, T)


def _check(table: Table, distribution: Distribution) -> None:
    faults = Faults(distribution.title)
    names = distribution.institutions
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add("institution stands twice", "name it once", field="institutions", value=name)
    finals = [use.name for use in table.final_uses]
    for name in names:
        if name in table.sectors or name in table.primary_inputs:
            faults.add("institution has the name of another account", "rename it",
                       field="institutions", value=name)  # fmt: skip
    for key, kind, known, given in (
        ("receives", "primary input", table.primary_inputs, distribution.receives),
        ("spends", "final use", finals, distribution.spends),
    ):
        _check_shares(key, kind, known, given, names, faults)
    for key, name in (("imports", distribution.imports), ("saving", distribution.saving)):
        if name not in names:
            faults.unknown("institution", name, names, field=key)
    for k, transfer in enumerate(distribution.transfers):
        for name in (transfer.payer, transfer.receiver):
            if name not in names:
                faults.unknown("institution", name, names, field=f"transfers.{k}")
    faults.raise_if_any()


def _check_shares(
    key: str,
    kind: str,
    known: Sequence[str],
    given: dict[str, dict[str, float]],
    institutions: Sequence[str],
    faults: Faults,
) -> None:
    for name in given:
        if name not in known:
            faults.unknown(kind, name, known, field=key)
    for name in known:
        if name not in given:
            faults.add(f"{kind} is given to nobody", "add its shares", field=key, value=name)
    for name, shares in given.items():
        for institution, share in shares.items():
            if institution not in institutions:
                faults.unknown("institution", institution, institutions, field=f"{key}.{name}")
            if share < 0:
                faults.add("share is negative", "give one between 0 and 1",
                           field=f"{key}.{name}.{institution}", value=share)  # fmt: skip
        total = sum(shares.values())
        if not abs(total - 1) <= EXACT:
            faults.add(f"shares add up to {total:.10g}", "make them add up to 1",
                       field=f"{key}.{name}", value=total)  # fmt: skip


def balanced_sam(sam: SocialAccounts, totals: npt.ArrayLike | None = None) -> SocialAccounts:
    """Fit a matrix by GRAS so that receipts equal payments in every account.

    Parameters
    ----------
    sam : SocialAccounts
        Any matrix, put together from sources that disagree.
    totals : array, accounts, optional
        What each account is to receive and pay (money); by default the mean of
        what it receives and what it pays.

    Raises
    ------
    InputError
        As :func:`conjuncture.accounts.balance.gras`.
    """
    mean = (sam.matrix.sum(axis=0) + sam.matrix.sum(axis=1)) / 2
    wanted = mean if totals is None else np.asarray(totals, float)
    fitted = gras(sam.matrix, wanted, wanted, rows=sam.accounts, columns=sam.accounts)
    return dataclasses.replace(sam, matrix=fitted.matrix)


def sam_multipliers(
    sam: SocialAccounts, exogenous: Sequence[str], injection: npt.ArrayLike | None = None
) -> pd.DataFrame:
    """Return what every account receives when outside accounts pay more.

    Payments of the other accounts are shares of what they receive: x = A x + f.

    Parameters
    ----------
    sam : SocialAccounts
        A balanced matrix.
    exogenous : sequence of str
        Accounts whose payments do not respond (government, capital, abroad).
    injection : array, endogenous accounts (or x injections), optional
        Payments from outside (money); by default one unit to each in turn.

    Returns
    -------
    DataFrame
        Receipts of the endogenous accounts, by injection.

    Raises
    ------
    InputError
        If an account does not exist, if none or all are exogenous, or if nothing
        leaks out of a group of accounts.

    References
    ----------
    Pyatt and Round (1979), Economic Journal 89: 850-873.
    """
    faults = Faults(sam.name)
    for name in exogenous:
        if name not in sam.accounts:
            faults.unknown("account", name, sam.accounts, field="exogenous")
    inside = [k for k, name in enumerate(sam.accounts) if name not in exogenous]
    if not inside or len(inside) == len(sam.accounts):
        faults.add("some accounts must be exogenous and some not", "name those whose payments "
                   "do not respond", field="exogenous", value=", ".join(exogenous))  # fmt: skip
    faults.raise_if_any()
    labels = tuple(sam.accounts[k] for k in inside)
    totals = sam.matrix.sum(axis=0)[inside]
    A = sam.matrix[np.ix_(inside, inside)] / np.where(totals != 0, totals, 1.0)
    f = np.eye(len(inside)) if injection is None else np.asarray(injection, float)
    if f.shape[:1] != (len(inside),) or not np.isfinite(f).all():
        faults.add("injection does not fit the endogenous accounts", "give one finite number "
                   "for each", field="injection", value=str(f.shape))  # fmt: skip
        raise InputError(faults)
    found = solve(A, f, labels).reshape(len(inside), -1)
    columns = list(labels) if injection is None else list(range(found.shape[1]))
    return pd.DataFrame(found, index=list(labels), columns=columns)
