"""What a plan over several territories says: accounts, shipments, and prices by territory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, InputError, lookup
from conjuncture.plan.conditions.households import bundles
from conjuncture.plan.conditions.routes import Shipping, shipping
from conjuncture.plan.regional.places import places

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution

_GROUPS = "consumption of groups"


def balances(solution: Solution) -> pd.DataFrame:
    """Return resources and uses of every product of every territory (money/year).

    Returns
    -------
    DataFrame
        Rows (year, territory, product); columns as :meth:`Solution.balances`, where
        ``carriage``, what routes use up if they use anything, is taken out of ``shipped``.
    """
    p, where = solution.problem, places(solution.problem)
    frame = solution.balances()
    if any(route.uses for route in p.conditions.routes):
        used = _carriage(solution)
        shipped = frame.columns.get_loc("shipped")
        assert isinstance(shipped, int)
        frame["shipped"] -= used
        frame.insert(shipped + 1, "carriage", used)
    index = pd.MultiIndex.from_arrays(
        [
            np.repeat(p.years, p.size),
            np.tile(np.array(where.territories, dtype=object)[where.territory], p.periods),
            np.tile(np.array(where.products, dtype=object)[where.product], p.periods),
        ],
        names=["year", "territory", "product"],
    )
    return frame.set_index(index)


def by_territory(solution: Solution) -> pd.DataFrame:
    """Return the accounts of every territory in every year.

    Returns
    -------
    DataFrame
        Rows (year, territory); ``consumption_level`` (of its bundle; the common level
        where it has none of its own), and the columns of :func:`balances` added up over
        the products that it makes or receives (money/year). ``consumption`` is what the
        territory itself consumes, of its own and, by fixed coefficients, of others'
        products.
    """
    p, where = solution.problem, places(solution.problem)
    frame = balances(solution).groupby(level=["year", "territory"], sort=False).sum()
    levels = np.repeat(solution.consumption_level[:, None], len(where.territories), axis=1)
    if _GROUPS in frame:
        consumed = frame["consumption"].to_numpy(copy=True).reshape(p.periods, -1)
        for r, basket, level in _consuming(solution):
            if r is None:  # a group of no territory: where its products come from
                np.add.at(consumed.T, where.territory, np.outer(basket, level))
                continue
            consumed[:, r] += level * basket.sum()
            levels[:, r] = level
        frame["consumption"] = consumed.ravel()
        frame = frame.drop(columns=_GROUPS)
    frame.insert(0, "consumption_level", levels.ravel())
    return frame


def deliveries(solution: Solution) -> xr.DataArray:
    """Return what goes from territory to territory, by product and year (money/year).

    Shipments along routes, as they are sent, and what sectors, building and the
    consumption of a territory take directly from another by fixed coefficients. Claims
    fixed beforehand and the common bundle have no destination and are left out, and so is
    what other conditions (techniques, kinds of capital) take. On the
    diagonal stands what a territory takes from itself.

    Returns
    -------
    DataArray, year x product x origin x destination
    """
    p, where = solution.problem, places(solution.problem)
    size = (p.periods, len(where.products), len(where.territories), len(where.territories))
    flows = np.zeros(size)
    year = np.arange(p.periods)[:, None]
    if p.conditions.routes:
        a, sent = shipping(p, p.conditions.routes), _sent(solution)
        at: Any = (year, where.product[a.origin], where.territory[a.origin],
              where.territory[a.destination])  # fmt: skip
        np.add.at(flows, at, sent)
    composition = np.broadcast_to(p.composition, (p.size, p.size))
    for r in range(len(where.territories)):
        own = where.territory == r
        taken = solution.output[:, own] @ p.coefficients[:, own].T
        taken = taken + solution.outlays[:, own] @ composition[:, own].T
        flows[:, where.product, where.territory, r] += taken  # each pair stands once
    for home, basket, level in _consuming(solution):
        if home is not None:
            flows[:, where.product, where.territory, home] += np.outer(level, basket)
    return xr.DataArray(
        flows,
        dims=("year", "product", "origin", "destination"),
        coords={
            "year": list(p.years),
            "product": list(where.products),
            "origin": list(where.territories),
            "destination": list(where.territories),
        },
        name="deliveries",
        attrs={"unit": f"{p.unit}/year", "long_name": "deliveries between territories"},
    )


def _consuming(solution: Solution) -> Iterator[tuple[int | None, Array, Array]]:
    """Yield every group's territory (None: of none), bundle (N) and levels (T)."""
    p = solution.problem
    groups = p.conditions.households
    if not groups:
        return
    names = places(p).territories
    amounts = solution.amounts("household").pivot(index="year", columns="label", values="amount")
    for group, basket in zip(groups, bundles(p, groups), strict=True):
        home = names.index(group.name) if group.name in names else None
        yield home, basket, amounts[group.name].to_numpy()


def trade_matrix(solution: Solution, year: int, product: str | None = None) -> pd.DataFrame:
    """Return who supplies whom: origins by destinations in a year (money/year).

    Parameters
    ----------
    solution : Solution
        An optimal plan over territories.
    year : int
    product : str, optional
        One product; by default all together.

    Returns
    -------
    DataFrame
        Rows are origins, columns destinations; the diagonal is zero.

    Raises
    ------
    InputError
        If year or product is unknown, or the plan has no territories.
    """
    solution.require_optimal()
    found = deliveries(solution)
    if year not in solution.problem.years:
        first, last = solution.problem.years[0], solution.problem.years[-1]
        raise InputError(
            Fault("lies outside the plan", f"give a year of {first}-{last}",
                  solution.problem.name, "year", str(year))
        )  # fmt: skip
    chosen = found.sel(year=year)
    if product is None:
        flows = chosen.sum("product")
    else:
        known = {str(name): str(name) for name in found["product"].values}
        flows = chosen.sel(product=lookup("product", product, known, solution.problem.name))
    wide = flows.to_pandas()
    assert isinstance(wide, pd.DataFrame)
    values = wide.to_numpy(copy=True)
    np.fill_diagonal(values, 0.0)
    return pd.DataFrame(values, index=wide.index, columns=wide.columns)


def between(solution: Solution) -> pd.DataFrame:
    """Return what goes from territory to territory, all products together.

    Returns
    -------
    DataFrame
        Columns ``year, origin, destination, amount, unit``; without what territories take
        from themselves.
    """
    found = deliveries(solution).sum("product").to_series().rename("amount").reset_index()
    found = found[found["origin"] != found["destination"]].reset_index(drop=True)
    return found.assign(unit=f"{solution.problem.unit}/year")


def shipments(solution: Solution) -> pd.DataFrame:
    """Return every shipment along a route.

    Returns
    -------
    DataFrame
        Columns ``year, product, origin, destination`` (territories), ``sent``,
        ``received`` (sent less what is lost) and ``unit``.
    """
    p, where = solution.problem, places(solution.problem)
    names = ["year", "product", "origin", "destination", "sent", "received", "unit"]
    if not p.conditions.routes:
        return pd.DataFrame(columns=names)
    a, sent = shipping(p, p.conditions.routes), _sent(solution)
    product, territory = np.array(where.products), np.array(where.territories)

    def each(values: Array) -> Array:
        return np.tile(values, p.periods)

    columns = (
        np.repeat(p.years, len(a.labels)),
        each(product[where.product[a.origin]]),
        each(territory[where.territory[a.origin]]),
        each(territory[where.territory[a.destination]]),
        sent.ravel(),
        (sent * a.arrives).ravel(),
        f"{p.unit}/year",
    )
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def product_prices(solution: Solution) -> pd.DataFrame:
    """Return the price of every product in every territory.

    Returns
    -------
    DataFrame
        Rows (year, product), columns territories; NaN where it has no such product.
    """
    p, where = solution.problem, places(solution.problem)
    prices = _prices(solution)
    wide = np.full((p.periods, len(where.products), len(where.territories)), np.nan)
    wide[:, where.product, where.territory] = prices
    index = pd.MultiIndex.from_product([p.years, where.products], names=["year", "product"])
    columns = pd.Index(where.territories, name="territory")
    return pd.DataFrame(wide.reshape(len(index), -1), index=index, columns=columns)


def price_gaps(solution: Solution) -> pd.DataFrame:
    """Return the differences of prices along every route, and what they are made of.

    At an optimum a product costs at its destination no more than at its origin plus
    carriage, loss and the rent of the route, and exactly as much where it is shipped.

    Returns
    -------
    DataFrame
        Columns ``year, route, sent``; ``origin`` and ``destination`` (prices there);
        ``gap``: price at the destination of what arrives of one unit, less the price at
        the origin; ``carriage`` (products used, at prices), ``rent`` (of the route's
        limits and its lines; negative where a least shipment is forced), ``unused``: by
        how much the gap falls short of cost and rent, 0 where anything is sent; and
        ``residual``: gap - carriage - rent + unused, zero but for rounding.

    Notes
    -----
    Spatial price equilibrium: P. A. Samuelson (1952), Spatial Price Equilibrium and
    Linear Programming, American Economic Review 42; T. Takayama and G. G. Judge (1971),
    Spatial and Temporal Price and Allocation Models.
    """
    solution.require_optimal()
    p, model = solution.problem, solution.model
    names = ["year", "route", "sent", "origin", "destination", "gap", "carriage", "rent",
             "unused", "residual"]  # fmt: skip
    if not p.conditions.routes:
        return pd.DataFrame(columns=names)
    a, prices = shipping(p, p.conditions.routes), _prices(solution)
    gap = a.arrives * prices[:, a.destination] - prices[:, a.origin]
    carriage = np.zeros_like(gap)
    of: Any = (slice(None), a.route)
    np.add.at(carriage, of, a.amount * prices[:, a.product])
    rent = _rents(solution, gap.shape)
    columns = model.columns["route"]
    reduced = model.cost[columns] - (model.matrix.T @ solution.outcome.row_duals)[columns]
    unused = np.maximum(-reduced, 0.0) * model.aim_scale / model.column_scale[columns] + 0.0
    parts = (
        np.repeat(p.years, len(a.labels)),
        np.tile(np.array(a.labels, dtype=object), p.periods),
        *(
            values.ravel()
            for values in (
                _sent(solution),
                prices[:, a.origin],
                prices[:, a.destination],
                gap,
                carriage,
                rent,
                unused,
                gap - carriage - rent + unused,
            )
        ),
    )
    return pd.DataFrame(dict(zip(names, parts, strict=True)))


def _prices(solution: Solution) -> Array:
    """Return the price of every product (T x N; aim per unit)."""
    model, rows = solution.model, solution.model.rows["product"]
    return np.asarray(-solution.outcome.row_duals[rows] * model.aim_scale / model.row_scale[rows])


def _rents(solution: Solution, shape: tuple[int, ...]) -> Array:
    """Return what the limits and lines of every route cost per unit sent (T x Q)."""
    model, rent = solution.model, np.zeros(shape)
    columns = model.columns["route"]
    for name in ("route_high", "route_low", "line"):
        if name in model.rows.blocks:
            rows = model.rows[name].ravel()
            duals = solution.outcome.row_duals[rows]
            part = model.matrix[:, columns.ravel()].tocsr()[rows].T @ duals
            scale = model.aim_scale / model.column_scale[columns]
            rent += np.asarray(part).reshape(shape) * scale
    return rent


def _sent(solution: Solution) -> Array:
    """Return what is sent along every route (T x Q; money/year)."""
    columns = solution.model.columns["route"]
    return np.asarray(solution.outcome.values[columns] * solution.model.column_scale[columns])


def _carriage(solution: Solution) -> Array:
    """Return products used for carriage, year by year (T N; money/year)."""
    p = solution.problem
    a: Shipping = shipping(p, p.conditions.routes)
    used = np.zeros((p.periods, p.size))
    of: Any = (slice(None), a.product)
    np.add.at(used, of, a.amount * _sent(solution)[:, a.route])
    return used.ravel()
