"""What the import of supply and use tables does behind its command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from conjuncture.accounts.symmetric import Model, Symmetric
    from conjuncture.accounts.table import Role


def symmetric(
    source: Path,
    form: str,
    year: int | None,
    model: str,
    commodities: Path | None,
    rounding: float | None,
    roles: Mapping[str, Role],
) -> Symmetric:
    """Read supply and use, carry commodities over, and make a symmetric table.

    Raises
    ------
    InputError
        If the year of a published table is missing, or as the readers and models.
    """
    from conjuncture.accounts.concordance import read_concordance
    from conjuncture.accounts.formats.bea import read_bea
    from conjuncture.accounts.formats.bea import rounding as rounding_of
    from conjuncture.accounts.formats.supply_use_form import read_supply_use
    from conjuncture.accounts.sut_aggregation import aggregate_accounts
    from conjuncture.accounts.symmetric import symmetric_table
    from conjuncture.core.errors import Fault, InputError

    if form == "supply-use":
        accounts = read_supply_use(source)
    elif year is None:
        raise InputError(
            Fault("year of the flows is not known", "give --year", str(source), "year", None)
        )
    else:
        accounts = read_bea(source, year, roles=roles)
    allowed = rounding if rounding is not None else 0.0
    if form == "bea" and rounding is None:
        allowed = rounding_of(accounts)
    if commodities is not None:
        accounts = aggregate_accounts(accounts, commodities=read_concordance(commodities))
    return symmetric_table(accounts, cast("Model", model), rounding=allowed)
