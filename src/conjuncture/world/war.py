"""War losses: what of the capital that a war took can still be restored."""

from __future__ import annotations

from conjuncture.core.registry import Inputs, Outputs, mechanism


def _undamaged(x: Inputs) -> Outputs:
    return {"damaged_capital": 0.0 * x.now.capital}


@mechanism(
    "War damage",
    phase="start",
    sources=("harrison_1998", "janossy_1966"),
    paragraphs=("5.3",),
    reads=("capital", "wealth_lost_share", "restorable_share", "fixed_assets_index_start"),
    writes=("damaged_capital",),
    off=_undamaged,
)
def war_damage(x: Inputs) -> Outputs:
    """Find the stock of damaged capital that is cheaper to restore than to build anew.

    The pre-war stock follows from the stock in use and the official index of
    fixed assets. A share of it was lost; a part of that share still stands as
    ruins, shafts and roadbeds. No source tells the losses of all sectors
    apart, so they are spread like the stock itself.
    """
    prewar = x.now.capital * (100.0 / x.now.fixed_assets_index_start)[..., None]
    share = (x.now.wealth_lost_share * x.now.restorable_share)[..., None]
    return {"damaged_capital": share * prewar}
