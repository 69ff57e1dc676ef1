"""Checks of a problem's arrays: shapes, finite values, signs, and what must fit together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, issparse

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem

RULES: Mapping[str, tuple[str, str]] = {
    "output": ("N", "nonnegative"),
    "coefficients": ("NN", "negative_intermediate"),
    "consumption": ("N", "negative_final"),
    "consumption_floor": ("T", "level"),
    "public": ("TN", "negative_final"),
    "military": ("TN", "negative_final"),
    "inventories": ("TN", "any"),
    "investment_claims": ("TN", "negative_final"),
    "composition": ("NM", "negative_final"),
    "capital": ("N", "nonnegative"),
    "capital_output": ("N", "nonnegative"),
    "depreciation": ("N", "share"),
    "works": ("hN", "nonnegative"),
    "damaged": ("N", "nonnegative"),
    "availability": ("TN", "nonnegative"),
    "terminal_relief": ("gN", "nonnegative"),
    "labour_coefficients": ("TKN", "nonnegative"),
    "labour_available": ("TK", "nonnegative"),
    "exports_low": ("TN", "bound"),
    "exports_high": ("TN", "bound"),
    "imports_low": ("TN", "bound"),
    "imports_high": ("TN", "bound"),
    "trade_balance": ("T", "any"),
    "transfers": ("T", "any"),
}
"""Dimensions (T years, N sectors, M compositions, K kinds of labour, g gestation,
h = g - 1) and admissible values of every array; a rule named ``negative_...`` admits
negative entries only of products and sectors that the exception of this name lists."""

_UPPER = {"share": 1.0, "level": 10.0}
_SHOWN = 5


class Spread:
    """Brings what a caller gives to full shape, collecting the misfits."""

    def __init__(self, name: str, sizes: Mapping[str, int]) -> None:
        self.sizes = sizes
        self.faults = Faults(name)

    def to(self, field: str, values: npt.ArrayLike, dimensions: str) -> Array:
        """Return ``values`` spread over ``dimensions``; a lone number fills them all."""
        if issparse(values) and dimensions == "NN":
            return values  # type: ignore[return-value]  # kept sparse, frozen later
        try:
            array = np.asarray(values, np.float64)
        except (TypeError, ValueError):
            self.faults.add("is not an array of numbers", "give numbers", field=field)
            return np.zeros((0,))
        if "M" in dimensions or dimensions == "NN":
            return array[:, None] if array.ndim == 1 else array
        shape = tuple(self.sizes[d] for d in dimensions)
        if array.shape == shape:
            return array
        if array.ndim and array.shape != shape[len(shape) - array.ndim :]:
            self.faults.add(
                f"has shape {array.shape} where {shape} is needed",
                "give one value for each label, in their order",
                field=field,
            )
            return np.zeros(shape)
        return np.broadcast_to(array, shape)


def readonly(values: Any, field: str, faults: Faults) -> Array:
    """Copy to a read-only array of floats, recording what is no array of numbers.

    Coefficients given sparse are kept so, by columns.
    """
    if field == "coefficients" and issparse(values):
        frozen: Array = _frozen(values, faults)
        return frozen
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        faults.add("is not an array of numbers", "give numbers", field=field)
        return np.zeros(0)
    array.setflags(write=False)
    return array


def _frozen(values: Any, faults: Faults) -> Any:
    """Copy a sparse array to a read-only one by columns, without stored zeros."""
    if values.ndim != 2 or values.dtype.kind not in "fiub":
        faults.add("is not a matrix of numbers", "give numbers", field="coefficients")
        return np.zeros(0)
    matrix = csc_array(values, dtype=np.float64, copy=True)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    for part in (matrix.data, matrix.indices, matrix.indptr):
        part.setflags(write=False)
    return matrix


def check(problem: Problem, faults: Faults) -> None:
    """Record every fault of a problem: labels and shapes first, then values."""
    _check_labels(problem, faults)
    _check_shapes(problem, faults)
    if not len(faults):
        for name, (_, rule) in RULES.items():
            _check_values(problem, name, rule, faults)
    if not len(faults):
        _check_together(problem, faults)


def require_plain(problem: Problem, what: str) -> None:
    """Refuse a problem with conditions or aims that ``what`` does not know.

    Raises
    ------
    InputError
        Naming each of them.
    """
    faults = Faults(problem.name)
    for part, _ in problem.conditions.given:
        faults.add(
            f"{what} does not know this condition",
            "leave it out, or solve the plan as a whole",
            field=f"conditions.{part.name}",
        )
    if [aim.weights for aim in problem.aims] != [{"consumption": 1.0}]:
        faults.add(
            f"{what} knows balanced consumption alone",
            "leave the aims out, or solve the plan as a whole",
            field="aims",
            value="; ".join(aim.name for aim in problem.aims),
        )
    faults.raise_if_any()


def _check_labels(problem: Problem, faults: Faults) -> None:
    if not problem.years:
        faults.add("a plan needs at least one year", "give 1 year or more", field="years")
    elif problem.years != tuple(range(problem.years[0], problem.years[0] + problem.periods)):
        faults.add(
            "years are not consecutive",
            "give each year once, in order",
            field="years",
            value=problem.years,
        )
    for name, labels in (("sectors", problem.sectors), ("labour_kinds", problem.labour_kinds)):
        if len(set(labels)) < len(labels):
            twice = sorted({label for label in labels if labels.count(label) > 1})
            faults.add(
                "label stands twice", "give every label once", field=name, value=", ".join(twice)
            )
    if not problem.sectors:
        faults.add("a plan needs at least one sector", "give the labels", field="sectors")
    if len(problem.labour_units) != len(problem.labour_kinds):
        faults.add(
            "does not name one unit for each kind of labour",
            "give a unit for each kind",
            field="labour_units",
            value=problem.labour_units,
        )


def _check_shapes(problem: Problem, faults: Faults) -> None:
    g = problem.settings.gestation
    sizes = {
        "T": problem.periods,
        "N": problem.size,
        "K": len(problem.labour_kinds),
        "g": g,
        "h": g - 1,
    }
    columns = problem.composition.shape[-1] if problem.composition.ndim == 2 else 1
    sizes["M"] = columns if columns in (1, problem.size) else 1
    for name, (dimensions, _) in RULES.items():
        shape = tuple(sizes[d] for d in dimensions)
        if getattr(problem, name).shape != shape:
            faults.add(
                f"has shape {getattr(problem, name).shape} where {shape} is needed",
                "give one value for each label, in their order",
                field=name,
            )
    for name in ("consumption_level", "reserves"):
        value = getattr(problem, name)
        if not (isinstance(value, (int, float)) and 0.0 <= value < np.inf):
            faults.add(
                "is not a number of 0 or more", "give such a number", field=name, value=value
            )


def _check_values(problem: Problem, name: str, rule: str, faults: Faults) -> None:
    array: Any = getattr(problem, name)
    cells, whole = None, array
    if issparse(array):  # what is not stored is zero, which every rule admits
        stored = array.tocoo()
        cells, array = np.stack([stored.row, stored.col], axis=1), stored.data
    if rule == "bound":
        bad = np.isnan(array)
    else:
        finite = np.isfinite(array)
        low, high = -np.inf if rule == "any" else 0.0, _UPPER.get(rule, np.inf)
        good = (array >= low) & (array <= high)
        if good.all() and finite.all():
            return
        if rule.startswith("negative_"):
            good |= _declared(problem, name, rule, cells)
        bad = ~(good & finite)
    found = np.argwhere(bad) if cells is None else cells[bad]
    for cell in found[:_SHOWN]:
        faults.add(
            _problem(float(whole[tuple(cell)]), rule),
            "give a finite number of this range"
            + (f", or declare the label under {rule}" if rule.startswith("negative_") else ""),
            field=f"{name}[{', '.join(_labels(problem, name, cell))}]",
            value=whole[tuple(cell)],
        )
    if (hidden := int(bad.sum()) - _SHOWN) > 0:
        faults.add(f"has {hidden} more faults of this kind", "mend them likewise", field=name)


def _problem(value: float, rule: str) -> str:
    if not np.isfinite(value):
        return "is not a finite number"
    if value < 0:
        return "is negative"
    return "is above 1" if rule == "share" else "is above 10 times the base year"


def _declared(
    problem: Problem, name: str, rule: str, cells: npt.NDArray[np.integer] | None = None
) -> npt.NDArray[np.bool_]:
    """Cells whose product (or, for coefficients, sector) is declared under ``rule``."""
    names = problem.exceptions.get(rule, ())
    listed = np.array([sector in names for sector in problem.sectors], dtype=bool)
    if cells is not None:  # of a sparse matrix: those stored
        return np.asarray(listed[cells].any(axis=1))
    if rule == "negative_intermediate":
        return np.asarray(listed[:, None] | listed[None, :])
    return listed[:, None] if name == "composition" else listed


def _labels(problem: Problem, name: str, cell: npt.NDArray[np.intp]) -> list[str]:
    axes = {"T": problem.years, "N": problem.sectors, "K": problem.labour_kinds}
    pairs = zip(RULES[name][0], cell, strict=True)
    return [str(axes[d][int(p)]) if d in axes else str(int(p) + 1) for d, p in pairs]


def _check_together(problem: Problem, faults: Faults) -> None:
    for flow in ("exports", "imports"):
        low, high = getattr(problem, f"{flow}_low"), getattr(problem, f"{flow}_high")
        for t, i in np.argwhere((low > high) | (low == np.inf) | (high == -np.inf))[:_SHOWN]:
            faults.add(
                f"lower limit {low[t, i]:g} does not lie below the upper {high[t, i]:g}",
                "give a lower limit that is finite and not above the upper",
                field=f"{flow}_low[{problem.years[t]}, {problem.sectors[i]}]",
            )
    if problem.consumption.sum() <= 0:
        faults.add(
            "there is no consumption to be planned",
            "give a bundle with a positive sum",
            field="consumption",
            value=problem.consumption.sum(),
        )
    if problem.output.max() <= 0:
        faults.add("no sector has any output", "give the base year's output", field="output")
    builds = (problem.capital_output > 0).any()
    total = problem.composition.sum(axis=0)
    if builds and not np.allclose(total, 1.0, atol=1e-6):
        faults.add(
            "the composition of outlays on capital does not add to 1",
            "divide the investment column by its sum",
            field="composition",
            value=total[np.argmax(np.abs(total - 1.0))],
        )
    stray = (problem.damaged > 0) & (problem.capital_output <= 0)
    for i in np.flatnonzero(stray)[:_SHOWN]:
        faults.add(
            "has damaged capital but no capital-output ratio",
            "give capital_output for this sector, or no damage",
            field=f"damaged[{problem.sectors[i]}]",
            value=problem.damaged[i],
        )
