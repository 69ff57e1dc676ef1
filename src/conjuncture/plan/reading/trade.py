"""Foreign trade of a plan: what pays, what is forced, and the accounts of every currency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from conjuncture.accounts.table import Array
from conjuncture.plan.conditions import currencies, partners
from conjuncture.plan.conditions.part import reader
from conjuncture.plan.prices import price_unit
from conjuncture.plan.why.decompose import row_prices
from conjuncture.plan.why.words import number

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_NOTHING = 1e-7
UNNAMED = "no partner named"
"""What trade without a partner is called."""


# Currencies --------------------------------------------------------------------------


def worths(solution: Solution) -> pd.DataFrame:
    """Return what a unit of every currency is worth in every year.

    Returns
    -------
    DataFrame
        Columns ``currency`` (empty: the plan's main account), ``year``, ``worth`` (the aim
        per unit of currency) with ``unit``, and ``exchange_rate``: the table's money that a
        unit of the currency buys of the consumption bundle at the plan's own prices, its
        worth divided by the price of one unit of money of the bundle. NaN where the bundle
        has no price.

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.

    Notes
    -----
    The shadow price of foreign exchange against a bundle of consumption: I. M. D. Little
    and J. A. Mirrlees (1974), Project Appraisal and Planning for Developing Countries;
    P. Dasgupta, S. Marglin and A. Sen (1972), Guidelines for Project Evaluation.
    """
    solution.require_optimal()
    p, model = solution.problem, solution.model
    bundle = _product_prices(solution) @ p.consumption / p.consumption.sum()
    frames = []
    for name in currencies.names(p):
        worth = _worth(solution, name)
        known = np.abs(bundle) > _NOTHING * np.abs(bundle).max(initial=0.0)
        rate = np.where(known, worth / np.where(known, bundle, 1.0), np.nan)
        unit = price_unit(model.aim_unit, currencies.unit_of(p, name))
        columns = {"currency": name, "year": p.years, "worth": worth, "unit": unit}
        frames.append(pd.DataFrame({**columns, "exchange_rate": rate}))
    return pd.concat(frames, ignore_index=True)


def accounts(solution: Solution) -> pd.DataFrame:
    """Return the account of every currency: what comes in, what goes out, what is left.

    Returns
    -------
    DataFrame
        Columns ``currency`` (empty: the plan's main account), ``year``, ``unit``,
        ``opening``, ``exports``, ``imports``, ``aid``, ``earned`` (what had to be earned
        beside), ``drawn``, ``repaid``, ``bought``, ``sold``, ``closing`` (all in the
        currency), ``debt`` at the year's end, and ``residual``: opening with all that
        comes in less all that goes out and closing, which differs from zero by rounding
        alone.

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.
    """
    solution.require_optimal()
    p = solution.problem
    trade_of = _trade(solution).groupby(["currency", "flow", "year"])["value"].sum()
    frames = []
    for name in currencies.names(p):
        parts: dict[str, Array] = {"opening": np.zeros(p.periods)}
        for flow in partners.FLOWS:
            values = trade_of.reindex([(name, flow, year) for year in p.years]).fillna(0.0)
            parts[flow] = values.to_numpy()
        parts["aid"], parts["earned"] = _fixed(solution, name)
        parts |= _credits(solution, name)
        parts |= _conversions(solution, name)
        parts["closing"] = closing = _held(solution, name)
        parts["opening"] = np.append(_opening(solution, name), closing[:-1])
        come, gone = ("opening", "exports", "aid", "drawn", "bought"), (
            "imports", "earned", "repaid", "sold", "closing",
        )  # fmt: skip
        residual = sum(parts[key] for key in come) - sum(parts[key] for key in gone)
        debt = parts.pop("debt")
        about = {"currency": name, "year": p.years, "unit": currencies.unit_of(p, name)}
        frames.append(pd.DataFrame({**about, **parts, "debt": debt, "residual": residual}))
    return pd.concat(frames, ignore_index=True)


def _product_prices(solution: Solution) -> Array:
    return np.asarray(-row_prices(solution)[solution.model.rows["product"]])


def _worth(solution: Solution, name: str) -> Array:
    """Return the price of a currency by year (aim per unit)."""
    rows, prices = solution.model.rows, row_prices(solution)
    if not name:
        return np.asarray(prices[rows["trade"]])
    block = rows.blocks["currency"]
    return np.asarray(prices[block.index[:, block.names.index(name)]] + 0.0)


def _amounts(solution: Solution, block: str) -> Array:
    found = solution.model.columns[block]
    return np.asarray(solution.outcome.values[found] * solution.model.column_scale[found])


def _held(solution: Solution, name: str) -> Array:
    if not name:
        return solution.reserves
    block = solution.model.columns.blocks["currency held"]
    return _amounts(solution, "currency held")[:, block.names.index(name)]


def _opening(solution: Solution, name: str) -> float:
    p = solution.problem
    if not name:
        return p.reserves
    return next(c.opening for c in p.conditions.currencies if c.name == name)


def _fixed(solution: Solution, name: str) -> tuple[Array, Array]:
    """Return aid and what must be earned (T; currency/year)."""
    p = solution.problem
    if not name:
        left = 1.0 - sum(c.balance_share for c in p.conditions.currencies)
        return p.transfers, np.asarray(max(left, 0.0) * p.trade_balance)
    k = currencies.names(p).index(name) - 1
    aid = reader(p, "currencies", k).years(p.conditions.currencies[k].aid, "aid")
    return aid, np.asarray(aid - currencies.fixed(p, k))


def _credits(solution: Solution, name: str) -> dict[str, Array]:
    p = solution.problem
    mine = [c.currency == name for c in p.conditions.credits]
    if not any(mine):
        return {part: np.zeros(p.periods) for part in ("drawn", "repaid", "debt")}
    return {
        part: _amounts(solution, part)[:, mine].sum(axis=1) for part in ("drawn", "repaid", "debt")
    }


def _conversions(solution: Solution, name: str) -> dict[str, Array]:
    p = solution.problem
    found = {"bought": np.zeros(p.periods), "sold": np.zeros(p.periods)}
    for k, conversion in enumerate(p.conditions.conversions):
        amounts = _amounts(solution, "converted")[:, k]
        if conversion.sold == name:
            found["sold"] = found["sold"] + amounts
        if conversion.bought == name:
            found["bought"] = found["bought"] + conversion.rate * amounts
    return found


# Trade -------------------------------------------------------------------------------


def _trade(solution: Solution) -> pd.DataFrame:
    """Return every flow of trade: amount, foreign price, value in its currency."""
    frames = [part for flow in partners.FLOWS for part in _flow(solution, flow)]
    return pd.concat(frames, ignore_index=True)


def _flow(solution: Solution, flow: partners.Flow) -> Iterator[pd.DataFrame]:
    p, model = solution.problem, solution.model
    block = model.columns.blocks[flow]
    places = block.label[0] if block.label.size else np.zeros(0, dtype=int)
    yield _frame(
        solution, flow, "", "", places, _amounts(solution, flow), np.ones(block.label.shape)
    )
    block_ = model.columns.blocks.get(f"partner {flow}")
    if block_ is None:
        return
    amounts, names = _amounts(solution, f"partner {flow}"), list(block_.names)
    for k, partner in enumerate(p.conditions.partners):
        price = partners.terms(reader(p, "partners", k), partner, flow).price
        pairs = [(names.index(n), i) for i, s in enumerate(p.sectors)
                 if (n := f"{partner.name}: {s}") in names]  # fmt: skip
        at, of = (np.array([pair[side] for pair in pairs], dtype=int) for side in (0, 1))
        yield _frame(
            solution, flow, partner.name, partner.currency, of, amounts[:, at], price[:, of]
        )


def _frame(
    solution: Solution,
    flow: str,
    partner: str,
    currency: str,
    of: Array,
    amount: Array,
    price: Array,
) -> pd.DataFrame:
    p = solution.problem
    years = np.repeat(p.years, of.size)
    place = np.tile(of, p.periods).astype(int)
    return pd.DataFrame(
        {
            "year": years,
            "flow": flow,
            "partner": partner,
            "product": np.array(p.sectors, dtype=object)[place],
            "currency": currency,
            "amount": amount.ravel(),
            "foreign_price": price.ravel(),
            "value": (amount * price).ravel(),
            "at": place,
        }
    )


def trade(solution: Solution) -> pd.DataFrame:
    """Return foreign trade by product, partner and year, at foreign and at domestic prices.

    A unit exported brings its foreign price times the worth of the currency and costs the
    shadow price of the product; imports are the reverse. The difference is what a foreign
    trade monopoly that buys and sells at domestic prices has to levy or to make good, its
    price equalisation. In an optimal plan it is zero for trade that goes just as far as it
    pays, positive only where a limit keeps more from being traded, and negative only
    where a limit forces trade.

    Returns
    -------
    DataFrame
        Columns ``year, flow, partner`` (empty: none named), ``product, currency, amount``
        (table's money at base prices), ``foreign_price`` (currency per unit), ``value``
        (currency), ``domestic_price`` (aim per unit), ``worth`` (aim per unit of
        currency), ``gain`` (aim per unit traded), ``equalisation`` (gain times amount,
        in the aim) and ``reading``: ``pays`` (a limit keeps more away), ``marginal``,
        ``forced``, or ``none`` where nothing is traded and trade would lose.

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.

    Notes
    -----
    Foreign exchange in an optimal plan: H. B. Chenery (1961), Comparative advantage and
    development policy, American Economic Review 51. Price equalisation of a foreign trade
    monopoly: F. L. Pryor (1963), The Communist Foreign Trade System.
    """
    solution.require_optimal()
    p = solution.problem
    frame = _trade(solution)
    t = frame["year"].to_numpy(dtype=int) - p.years[0]
    domestic = _product_prices(solution)[t, frame.pop("at").to_numpy(dtype=int)] + 0.0
    worth_of = {name: _worth(solution, name) for name in currencies.names(p)}
    worth = np.array(
        [worth_of[c][k] for c, k in zip(frame["currency"], t, strict=True)], dtype=np.float64
    )
    abroad = frame["foreign_price"].to_numpy() * worth
    gain = np.where(frame["flow"] == "exports", abroad - domestic, domestic - abroad)
    frame["domestic_price"], frame["worth"], frame["gain"] = domestic, worth, gain
    frame["equalisation"] = gain * frame["amount"].to_numpy()
    return frame.assign(reading=_readings(solution, frame))


def _readings(solution: Solution, frame: pd.DataFrame) -> list[str]:
    """Return, flow by flow, whether trade pays, is marginal, is forced, or is none."""
    scale = np.maximum(
        frame["domestic_price"].abs(), (frame["foreign_price"] * frame["worth"]).abs()
    )
    some = frame["amount"].abs() > _NOTHING * float(solution.problem.output.mean())
    nothing = frame["gain"].abs() <= _NOTHING * np.maximum(scale, 1e-12)
    found = np.where(frame["gain"] > 0, "pays", np.where(some, "forced", "none"))
    found = np.where(nothing, np.where(some, "marginal", "none"), found)
    return [str(value) for value in found]


def equalisation(solution: Solution) -> pd.DataFrame:
    """Return the monopoly's equalisation by partner, flow and year (the aim).

    Returns
    -------
    DataFrame
        Rows (year, partner, flow); columns ``value`` (currency), ``equalisation``, and of
        it ``gained`` on trade that pays and ``lost`` on trade that is forced.
    """
    frame = trade(solution)
    frame["gained"] = frame["equalisation"].clip(lower=0.0)
    frame["lost"] = -frame["equalisation"].clip(upper=0.0) + 0.0
    columns = ["value", "equalisation", "gained", "lost"]
    return frame.groupby(["year", "partner", "flow"])[columns].sum()


def trade_text(solution: Solution, count: int = 5) -> str:
    """Say in words what trade pays most and what costs most, and what currencies are worth.

    Parameters
    ----------
    solution : Solution
    count : int
        How many flows of each sort to name.
    """
    aim, unit = solution.model.aim_unit, solution.problem.unit
    lines = [_currency_line(solution, name) for name in currencies.names(solution.problem)]
    frame = trade(solution)
    for reading, head in (
        ("pays", "More of this trade would pay, and a limit keeps it away:"),
        ("forced", "This trade loses, and is made because a limit asks for it:"),
    ):
        mine = frame[(frame["reading"] == reading) & (frame["amount"].abs() > 0)]
        order = mine["equalisation"].abs().sort_values(ascending=False, kind="stable").index
        chosen = mine.loc[order].head(count)
        lines += [head] * bool(len(chosen))
        for row in chosen.to_dict("records"):
            verb = "gains" if reading == "pays" else "loses"
            lines.append(
                f"  - {row['flow']} of {row['product']}, {row['partner'] or UNNAMED}, "
                f"{row['year']}: {number(row['amount'])} {unit}; each unit is worth "
                f"{number(row['domestic_price'])} at home and "
                f"{number(row['foreign_price'] * row['worth'])} abroad, and {verb} "
                f"{number(abs(row['gain']))} {aim}."
            )
    return "\n".join(lines)


def _currency_line(solution: Solution, name: str) -> str:
    found = worths(solution)
    mine = found[found["currency"] == name]
    years = ", ".join(
        f"{year} {number(worth)}" for year, worth in zip(mine["year"], mine["worth"], strict=True)
    )
    title = name or f"foreign currency ({currencies.MAIN})"
    return f"{title}: one unit is worth ({mine['unit'].iloc[0]}) {years}."
