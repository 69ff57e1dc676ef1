"""Carrying supply and use into other classifications of industries and commodities."""

from __future__ import annotations

import dataclasses

from conjuncture.accounts.concordance import Concordance, identity
from conjuncture.accounts.supply_use import SupplyUse
from conjuncture.core.errors import Faults, InputError


def aggregate_accounts(
    accounts: SupplyUse,
    *,
    industries: Concordance | None = None,
    commodities: Concordance | None = None,
) -> SupplyUse:
    """Add up, or divide, industries and commodities of supply and use.

    Product technology needs as many industries as commodities; this brings them there:
    scrap goes to the commodity that it replaces, say. With S the weights of industries and
    C those of commodities, the make table becomes S V C' and the use table C U S'.

    Parameters
    ----------
    accounts : SupplyUse
    industries, commodities : Concordance, optional
        Where each goes; without one they stay as they are.

    Raises
    ------
    InputError
        With every fault of the concordances, and every commodity of ``noncomparable`` that
        is added to others.
    """
    faults = Faults(accounts.name)
    weights = []
    for given, names in ((industries, accounts.industries), (commodities, accounts.commodities)):
        try:
            weights.append((given or identity(names)).matrix(names))
        except InputError as error:
            faults.extend(error.faults)
    faults.raise_if_any()
    S, C = weights
    goods = (commodities or identity(accounts.commodities)).targets
    lines = (industries or identity(accounts.industries)).targets
    foreign: dict[str, None] = {}
    for name in accounts.noncomparable:
        c = accounts.commodities.index(name)
        for k in (k for k in range(len(goods)) if C[k, c]):
            if (C[k] > 0).sum() > 1:
                faults.add("commodity of noncomparable imports is added to others", "keep it "
                           "apart, or take it out of noncomparable first", field="commodities",
                           value=name)  # fmt: skip
            foreign[goods[k]] = None
    faults.raise_if_any()
    own = dict(zip(accounts.industries, accounts.titles, strict=True))
    named = {} if industries is None else dict(industries.titles)
    return dataclasses.replace(
        accounts,
        industries=lines,
        titles=tuple(named.get(name, own.get(name, name)) for name in lines),
        commodities=goods,
        make=S @ accounts.make @ C.T,
        use=C @ accounts.use @ S.T,
        final=C @ accounts.final,
        imports=C @ accounts.imports,
        primary=accounts.primary @ S.T,
        noncomparable=tuple(foreign),
    )
