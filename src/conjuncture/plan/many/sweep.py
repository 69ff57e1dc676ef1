"""Many variants of one plan: solved from one basis, spread, saved as they end, resumed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import multiprocessing
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from conjuncture import __version__
from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, Faults, InputError
from conjuncture.core.files import check_writable, read_text, write_atomically, write_text
from conjuncture.plan import checks
from conjuncture.plan import solve as solving
from conjuncture.plan.conditions.all import KINDS
from conjuncture.plan.elastic import Relaxation, relaxations
from conjuncture.plan.many.variants import Changes, Variant, check_variants
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import build
from conjuncture.plan.solution import Solution
from conjuncture.plan.solvers import warm

Progress = Callable[[int, int, str, str], None]
"""Called with variants done, all variants, and name and status of the last one."""

OUTCOMES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "consumption_level": (("year",), "base year = 1", "consumption relative to the bundle"),
    "output": (("year", "sector"), "{unit}/year", "gross output"),
    "building": (("year", "sector"), "{unit}", "new capital begun, by sector of destination"),
    "restoration": (("year", "sector"), "{unit}", "restoration of capital begun"),
    "capital": (("stock_year", "sector"), "{unit}", "capital in use at the start of the year"),
    "damaged": (("year", "sector"), "{unit}", "damaged capital at the start of the year"),
    "exports": (("year", "sector"), "{unit}/year", "exports"),
    "imports": (("year", "sector"), "{unit}/year", "imports"),
    "reserves": (("year",), "{unit}", "foreign reserves at the end of the year"),
    "price_product": (("year", "sector"), "{aim} per {unit}", "shadow price: product"),
    "price_labour": (("year", "labour"), "{aim} per {labour}", "shadow price: labour"),
    "price_trade_account": (("year",), "{aim} per {unit}", "shadow price: trade account"),
}
"""What may be kept of each variant: dimensions, unit and meaning."""

DEFAULT = ("consumption_level", "output", "price_product")

SIMPLEX_NONZEROS = 400_000
"""Plans with more coefficients are solved afresh, for a basis takes too long to find."""

_TEXTS = ("status", "reason", "method")
_NUMBERS = ("aim", "certificate")


def sweep(
    problem: Problem,
    variants: Mapping[str, Changes] | Sequence[Variant],
    *,
    outcomes: Sequence[str] = DEFAULT,
    explain: bool = True,
    out: Path | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Solve many variants of a plan.

    Each variant starts from the basis of the problem itself and from no other
    variant, in a solver of its own: an answer is the same to the bit whatever
    stands beside it, in whatever order, on however many workers.

    Parameters
    ----------
    problem : Problem
        The plan that the variants change.
    variants : mapping of str to changes, or sequence of Variant
        For each name the arrays to replace, or changes of single figures.
    outcomes : sequence of str
        What to keep of each, of :data:`OUTCOMES`.
    explain : bool
        Whether to look for the cheapest relaxation of a variant without a plan, which
        then stands in its ``reason`` (one or two more programmes each).
    out : Path, optional
        NetCDF file (``.nc``) to write. While the sweep runs, every variant that is
        solved is saved in the folder ``<out>.parts``; the same sweep called again
        after an interruption goes on from there. The folder is removed at the end.
    workers : int
        Processes.
    progress : callable, optional
        Called after each variant.

    Returns
    -------
    Dataset
        Dimensions ``variant``, ``year``, ``sector``, ``stock_year``, ``labour``. Besides
        the outcomes: ``status`` and, where it is not ``optimal``, ``reason``; ``aim``
        (money of discounted consumption), ``certificate`` (the largest of the two
        residuals and the gap) and ``method``. Values of variants without a plan are NaN.

    Raises
    ------
    InputError
        With every fault of variants, outcomes and target; if the folder of parts
        belongs to another sweep.
    """
    faults = Faults("sweep")
    for name in outcomes:
        if name not in OUTCOMES:
            faults.unknown("outcome", name, OUTCOMES, field="outcomes")
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        faults.add("needs one worker at least", "give a whole number of 1 or more",
                   field="workers", value=workers)  # fmt: skip
    if out is not None and out.suffix != ".nc":
        faults.add("sweeps are written as NetCDF", "give a name ending in .nc",
                   field="out", value=out)  # fmt: skip
    elif out is not None:
        try:
            check_writable(out)
        except InputError as error:
            faults.extend(error.faults)
    try:
        chosen = check_variants(problem, variants)
    except InputError as error:
        faults.extend(error.faults)
    faults.raise_if_any()
    outcomes = tuple(dict.fromkeys(outcomes))
    parts = _Parts.open(out, _key(problem, chosen, (explain, *outcomes)))
    results = parts.read(chosen)
    task = _Task(problem, outcomes, explain)
    _solve_rest(task, chosen, workers, progress, parts, results)
    data = _dataset(problem, chosen, outcomes, results)
    if out is not None:
        write_atomically(out, lambda p: data.to_netcdf(p, engine="h5netcdf"))
        parts.remove()
    return data


# One variant ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Task:
    """What is the same for all variants: the problem, what is kept, where they start."""

    problem: Problem
    outcomes: tuple[str, ...]
    explain: bool
    reference: warm.Reference | None = None

    def solve(self, variant: Variant) -> dict[str, Any]:
        """Solve a variant and return what is kept of it."""
        model = build(variant.of(self.problem))
        outcome = warm.optimise(model, self.reference)
        found: Sequence[Relaxation] = ()
        if outcome.status == "infeasible" and self.explain:
            found = relaxations(model, solving.optimise)
        solution = Solution.of(model, outcome, found)
        kept: dict[str, Any] = {
            "status": solution.status,
            "reason": solution.remedy,
            "method": solution.method,
            "aim": solution.aim,
            "certificate": solution.certificate.worst if outcome.status == "optimal" else np.nan,
        }
        return kept | {name: _outcome(solution, name) for name in self.outcomes}


def _outcome(solution: Solution, name: str) -> Array:
    if not name.startswith("price_"):
        return np.array(getattr(solution, name), dtype=np.float64)
    kind = KINDS[name.removeprefix("price_").replace("_", " ")]
    model = solution.model
    index = model.rows[kind.block]
    scale = model.aim_scale / model.row_scale[index]
    return np.asarray(kind.sign * solution.outcome.row_duals[index] * scale)


_WORK: list[_Task] = []
"""What a worker process was given at its start."""


def _prepare(fields: dict[str, Any], rest: tuple[Any, ...]) -> None:
    """Build the problem in a worker, and leave interrupts to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _WORK[:] = [_Task(Problem(**fields), *rest)]


def _work(variant: Variant) -> dict[str, Any]:
    return _WORK[0].solve(variant)


# All variants -----------------------------------------------------------------------------


def _solve_rest(
    task: _Task,
    variants: Sequence[Variant],
    workers: int,
    progress: Progress | None,
    parts: _Parts,
    results: dict[int, dict[str, Any]],
) -> None:
    """Solve the variants that are not among the results, and save each as it ends."""
    left = [k for k in range(len(variants)) if k not in results]
    if not left:
        return
    model = build(task.problem)
    if model.nonzeros <= SIMPLEX_NONZEROS:
        task = dataclasses.replace(task, reference=warm.Reference.of(model))
    for k, kept in _solved(task, variants, left, workers):
        parts.save(k, kept)
        results[k] = kept
        if progress is not None:
            progress(len(results), len(variants), variants[k].name, kept["status"])


def _solved(
    task: _Task, variants: Sequence[Variant], left: Sequence[int], workers: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Solve variants here or in processes; yield each as it ends."""
    if workers == 1 or len(left) == 1:
        for k in left:
            yield k, task.solve(variants[k])
        return
    # children that inherit the parent's threads can hang; spawned ones start clean
    context = multiprocessing.get_context("spawn")
    given = (_fields(task.problem), (task.outcomes, task.explain, task.reference))
    with ProcessPoolExecutor(min(workers, len(left)), context, _prepare, given) as pool:
        try:
            futures = {pool.submit(_work, variants[k]): k for k in left}
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _fields(problem: Problem) -> dict[str, Any]:
    """Return the fields of a problem in a form that goes to another process."""
    fields = {name: getattr(problem, name) for name in problem.__dataclass_fields__}
    return {
        name: dict(value) if isinstance(value, Mapping) else value for name, value in fields.items()
    }


def _dataset(
    problem: Problem,
    variants: Sequence[Variant],
    outcomes: Sequence[str],
    results: Mapping[int, Mapping[str, Any]],
) -> xr.Dataset:
    first, g = problem.years[0], problem.settings.gestation
    aim = f"{problem.unit} of discounted consumption"
    units = {"unit": problem.unit, "aim": aim, "labour": "; ".join(problem.labour_units)}
    data = xr.Dataset(
        coords={
            "variant": np.array([variant.name for variant in variants]),
            "year": np.array(problem.years),
            "sector": np.array(problem.sectors),
            "stock_year": np.arange(first, first + problem.periods + g),
            "labour": np.array(problem.labour_kinds, dtype=str),
        },
        attrs={"title": f"variants of {problem.name}", "unit": problem.unit},
    )
    every = [results[k] for k in range(len(variants))]
    for name in _TEXTS:
        data[name] = ("variant", np.array([kept[name] for kept in every], dtype=str))
    for name, unit in zip(_NUMBERS, (aim, "1"), strict=True):
        values = np.array([kept[name] for kept in every], dtype=np.float64)
        data[name] = ("variant", values, {"unit": unit})
    for name in outcomes:
        dims, unit, title = OUTCOMES[name]
        values = np.stack([kept[name] for kept in every])
        attributes = {"unit": unit.format(**units), "long_name": title}
        data[name] = (("variant", *dims), values, attributes)
    return data


# What was solved before ---------------------------------------------------------------------


class _Parts:
    """The folder of solved variants; without one nothing is saved."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    @classmethod
    def open(cls, out: Path | None, key: str) -> _Parts:
        """Make the folder of a sweep, or find what an interrupted one left there.

        Raises
        ------
        InputError
            If the folder belongs to another sweep.
        """
        if out is None:
            return cls(None)
        folder = out.with_name(out.name + ".parts")
        record = folder / "sweep.json"
        if record.exists():
            if json.loads(read_text(record)).get("key") != key:
                raise InputError(
                    Fault(
                        "holds parts of another sweep",
                        "give another name for the result, or remove the folder",
                        str(folder),
                    )
                )
        else:
            write_text(record, json.dumps({"key": key, "version": __version__}) + "\n")
        return cls(folder)

    def _file(self, k: int) -> Path | None:
        return None if self.folder is None else self.folder / f"{k:07d}.npz"

    def save(self, k: int, kept: Mapping[str, Any]) -> None:
        """Write what is kept of a variant, whole or not at all."""
        path = self._file(k)
        if path is not None:

            def write(temporary: Path) -> None:
                with temporary.open("wb") as file:
                    np.savez(file, **kept)

            write_atomically(path, write)

    def read(self, variants: Sequence[Variant]) -> dict[int, dict[str, Any]]:
        """Return what was solved before."""
        results: dict[int, dict[str, Any]] = {}
        for k in range(len(variants)):
            path = self._file(k)
            if path is not None and path.exists():
                with np.load(path, allow_pickle=False) as saved:
                    results[k] = {
                        name: value.item() if value.ndim == 0 else value
                        for name, value in saved.items()
                    }
        return results

    def remove(self) -> None:
        """Remove the folder, since the result is safe."""
        if self.folder is not None:
            shutil.rmtree(self.folder)


def _key(problem: Problem, variants: Sequence[Variant], kept: Sequence[Any]) -> str:
    """Return a key of all that the results depend on."""
    found = hashlib.sha256()

    def add(*parts: Any) -> None:
        found.update(repr(parts).encode())

    def add_array(name: str, values: Any) -> None:
        array = np.ascontiguousarray(np.asarray(values, dtype=np.float64))
        add(name, array.shape)
        found.update(array.tobytes())

    add(__version__, tuple(kept))
    for name, value in _fields(problem).items():
        if name in checks.RULES:
            add_array(name, value)
        elif name == "settings":
            add(name, value.model_dump_json())
        else:
            add(name, value)
    for variant in variants:
        add("variant", variant.name)
        if not isinstance(variant.changes, Mapping):
            add(*[change.model_dump_json() for change in variant.changes])
            continue
        for name, value in variant.changes.items():
            add_array(name, value) if name in checks.RULES else add(name, repr(value))
    return found.hexdigest()
