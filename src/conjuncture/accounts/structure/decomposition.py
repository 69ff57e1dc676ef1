"""Why output changed between two years: structural decomposition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from conjuncture.accounts.aggregation import require_same_classification
from conjuncture.accounts.leontief import coefficients, final_demand, solve
from conjuncture.accounts.structure.multipliers import direct_requirement
from conjuncture.accounts.table import Array, Table, require_one_unit
from conjuncture.core.errors import Faults


def structural_decomposition(
    before: Table, after: Table, *, of: str = "output", domestic: bool = False
) -> pd.DataFrame:
    """Split the change of output, labour or another quantity into its causes.

    The quantity is w L s y: what a unit of output takes of it (w), the Leontief
    inverse (L), the composition of final demand by product and use (s) and its
    level (y). Each effect is the mean of the two polar forms, in which the other
    factors stand at their first and at their last year in one order and in the
    reverse; the effects add up to the change exactly (Dietzenbacher and Los 1998,
    Economic Systems Research 10: 307-323).

    Parameters
    ----------
    before, after : Table
        Two tables of one classification, currency and unit; for changes of volume
        at the same prices (see ``deflate``).
    of : str
        ``output``, or what :func:`conjuncture.accounts.structure.multipliers.direct_requirement`
        knows in both tables.
    domestic : bool
        Count domestic products alone; otherwise imports are a negative final use.

    Returns
    -------
    DataFrame
        Indexed by sector, in the unit of the quantity: ``intensity`` (w; left out for
        output), ``technology`` (L), ``composition: <final use>`` (s, by column),
        ``level`` (y) and ``total``.

    Raises
    ------
    InputError
        If sectors, final uses, currency or unit differ, if total final demand is not
        positive, or if the quantity is not known in both.
    """
    _check(before, after)
    names, first = _shares(before, domestic)
    _, last = _shares(after, domestic)
    (S0, y0), (S1, y1) = first, last
    A0, A1 = coefficients(before, domestic=domestic), coefficients(after, domestic=domestic)
    w0, w1 = _intensity(before, of), _intensity(after, of)

    def run0(f: Array) -> Array:
        return solve(A0, f, before.sectors)

    def run1(f: Array) -> Array:
        return solve(A1, f, after.sectors)

    s0, s1 = S0.sum(axis=1), S1.sum(axis=1)
    x0, x1 = run0(s0 * y0), run1(s1 * y1)
    effects: dict[str, Array] = {}
    if of != "output":
        effects["intensity"] = (w1 - w0) * (x0 + x1) / 2
    # L changes at the last (first) final demand, weighted by the first (last) intensity.
    effects["technology"] = (w0 * (x1 - run0(s1 * y1)) + w1 * (run1(s0 * y0) - x0)) / 2
    composition = _mixed(run0, run1, S1 - S0, (w0, w1), (y1, y0))
    effects |= {f"composition: {name}": composition[:, k] for k, name in enumerate(names)}
    effects["level"] = (y1 - y0) * (w0 * run0(s0) + w1 * run1(s1)) / 2
    frame = pd.DataFrame(effects, index=pd.Index(before.sectors, name="sector"))
    frame["total"] = w1 * x1 - w0 * x0
    return frame


def _mixed(
    run0: Callable[[Array], Array],
    run1: Callable[[Array], Array],
    change: Array,
    weights: tuple[Array, Array],
    levels: tuple[float, float],
) -> Array:
    """Effect of a change of shares: the mean of its two polar forms."""
    polar = weights[0][:, None] * run0(change * levels[0])
    return np.asarray((polar + weights[1][:, None] * run1(change * levels[1])) / 2)


def _intensity(table: Table, of: str) -> Array:
    return np.ones(table.size) if of == "output" else direct_requirement(table, of)


def _shares(table: Table, domestic: bool) -> tuple[list[str], tuple[Array, float]]:
    """Return final demand by use as shares of its total, and the total."""
    names = [use.name for use in table.final_uses]
    final_demand(table, domestic=domestic)  # refuses what the table cannot tell
    if domestic and table.imported_final is not None:
        final = table.final - table.imported_final
    else:
        final, names = np.column_stack([table.final, -table.imports]), [*names, "imports"]
    level = float(final.sum())
    if level <= 0:
        faults = Faults(table.file or table.name)
        faults.add("total final demand is not positive", "mend the table", field="final",
                   value=level)  # fmt: skip
        faults.raise_if_any()
    return names, (final / level, level)


def _check(before: Table, after: Table) -> None:
    require_same_classification(before, after)
    for table in (before, after):
        require_one_unit(table, "total final demand")
    faults = Faults(f"{before.name} and {after.name}")
    for name in ("currency", "unit"):
        pair = getattr(before, name), getattr(after, name)
        if pair[0] != pair[1]:
            faults.add("tables are in different units", "bring both into one", field=name,
                       value=f"{pair[0]} and {pair[1]}")  # fmt: skip
    uses = [tuple(use.name for use in table.final_uses) for table in (before, after)]
    if uses[0] != uses[1]:
        faults.add("final uses differ", "give both the same columns in the same order",
                   field="final_uses", value=f"{uses[0]} and {uses[1]}")  # fmt: skip
    faults.raise_if_any()
