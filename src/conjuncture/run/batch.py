"""Batches of members: computed here or in worker processes, saved, and resumed."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from conjuncture.run.history import read_history, to_history, write_history
from conjuncture.run.simulate import Spec, simulate

SIZE = 12
"""Members computed and saved together."""

Progress = Callable[[str, int], None]
"""Called with the name of the arm and the number of member-years just done."""


@dataclass(frozen=True)
class Task:
    """One batch of one arm.

    Attributes
    ----------
    arm : str
    spec : Spec
    members : range
    path : Path, optional
        Where it is kept until the whole run is done.
    """

    arm: str
    spec: Spec
    members: range
    path: Path | None

    @property
    def amount(self) -> int:
        """Member-years."""
        return len(self.members) * len(self.spec.years)


def tasks(arm: str, spec: Spec, members: int, folder: Path | None) -> Iterator[Task]:
    """Split an arm into batches of at most :data:`SIZE` members."""
    for first in range(0, members, SIZE):
        name = f"{arm.replace(':', '-')}-{first:07d}.nc"
        path = folder / name if folder is not None else None
        yield Task(arm, spec, range(first, min(first + SIZE, members)), path)


def execute(
    todo: Sequence[Task], *, workers: int = 1, progress: Progress | None = None
) -> list[xr.Dataset]:
    """Compute batches, in the order given; those already on disk are read.

    Parameters
    ----------
    todo : sequence of Task
    workers : int
        Processes. The results do not depend on it: a member's draws and plans
        depend on nothing but the specification.
    progress : callable, optional
    """
    if workers <= 1 or len(todo) <= 1:
        return [_inline(task, progress) for task in todo]
    # Children that inherit the parent's threads can hang; spawned ones start clean.
    context = multiprocessing.get_context("spawn")
    count = min(workers, len(todo))
    with ProcessPoolExecutor(count, context, initializer=_ignore_interrupts) as pool:
        try:
            futures = {pool.submit(compute, task): task for task in todo}
            for future in as_completed(futures):
                future.result()
                _report(progress, futures[future].arm, futures[future].amount)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _inline(task: Task, progress: Progress | None) -> xr.Dataset:
    if task.path is not None and task.path.exists():
        _report(progress, task.arm, task.amount)
        return compute(task)
    return compute(task, lambda _year: _report(progress, task.arm, len(task.members)))


def compute(task: Task, tick: Callable[[int], None] | None = None) -> xr.Dataset:
    """Return a batch, from disk if it was finished before."""
    if task.path is not None and task.path.exists():
        return read_history(task.path)
    history = to_history(simulate(task.spec, task.members, tick), task.spec, task.members)
    if task.path is not None:
        write_history(history.assign_attrs(manifest="part"), task.path)
    return history


def join(parts: Sequence[xr.Dataset]) -> xr.Dataset:
    """Put batches of one arm together along their members."""
    return xr.concat(
        parts,
        dim="member",
        data_vars="minimal",
        coords="minimal",
        compat="override",
        join="exact",
        combine_attrs="override",
    )


def open_parts(parts: Path | None, key: str) -> Path | None:
    """Return the folder of finished batches of a run, emptied if it belongs to another."""
    if parts is None:
        return None
    folder = parts / key
    if parts.exists() and not folder.exists():
        shutil.rmtree(parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def finish(parts: Path | None) -> None:
    """Remove the batches of a run whose result is safe on disk."""
    if parts is not None:
        shutil.rmtree(parts, ignore_errors=True)


def _ignore_interrupts() -> None:
    """Leave interrupts to the parent, which lets running batches end and be saved."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _report(progress: Progress | None, arm: str, amount: int) -> None:
    if progress is not None:
        progress(arm, amount)
