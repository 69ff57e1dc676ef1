"""What long solves share: tolerance, progress, stopping, and checkpoints."""

from __future__ import annotations

import hashlib
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Faults, InputError
from conjuncture.core.files import write_atomically
from conjuncture.plan.programme.model import Model


@dataclass(frozen=True)
class Progress:
    """How far a solve has come.

    Attributes
    ----------
    iteration : int
    primal_residual, dual_residual, gap : float
        As in the certificate.
    seconds : float
        Since the solve began.
    """

    iteration: int
    primal_residual: float
    dual_residual: float
    gap: float
    seconds: float


@dataclass
class Solving:
    """The conditions under which a plan is solved.

    Attributes
    ----------
    model : Model
    tolerance : float
        Residuals and relative gap at which an iterative method stops.
    progress : callable, optional
        Called with a :class:`Progress` after each step (or every some steps).
    should_stop : callable, optional
        Asked before each step; where it says yes the solve ends as ``stopped``.
    checkpoint : Path, optional
        File (npz) that holds the state: written at a stop, at the end and every
        ``every`` seconds, and read at the start if it is there.
    every : float
        Seconds between two writings.
    """

    model: Model
    tolerance: float = 1e-6
    progress: Callable[[Progress], None] | None = None
    should_stop: Callable[[], bool] | None = None
    checkpoint: Path | None = None
    every: float = 120.0
    started: float = field(default_factory=time.perf_counter)
    written: float = field(default_factory=time.perf_counter)

    def report(self, iteration: int, primal: float, dual: float, gap: float) -> None:
        """Tell how far the solve has come."""
        if self.progress is not None:
            seconds = time.perf_counter() - self.started
            self.progress(Progress(iteration, primal, dual, gap, seconds))

    def stopped(self) -> bool:
        """Whether to stop before the next step."""
        return self.should_stop is not None and self.should_stop()

    def due(self) -> bool:
        """Whether the state should be written again."""
        return self.checkpoint is not None and time.perf_counter() - self.written > self.every

    def save(self, method: str, state: dict[str, Array]) -> None:
        """Write the state to the checkpoint, if there is one: first beside it, then over it."""
        if self.checkpoint is None:
            return
        named = {"method": np.asarray(method), "fingerprint": np.asarray(fingerprint(self.model))}

        def write(beside: Path) -> None:
            with beside.open("wb") as file:
                np.savez(file, allow_pickle=False, **named, **state)

        write_atomically(Path(self.checkpoint), write)
        self.written = time.perf_counter()

    def load(self, method: str) -> dict[str, Array] | None:
        """Return the state of the checkpoint; None where there is none yet.

        Raises
        ------
        InputError
            If the file is no checkpoint, or that of another problem or method.
        """
        if self.checkpoint is None or not Path(self.checkpoint).exists():
            return None
        faults = Faults(str(self.checkpoint))
        state: dict[str, Array] = {}
        try:
            with np.load(self.checkpoint, allow_pickle=False) as file:
                state = {name: file[name] for name in file.files}
        except (OSError, ValueError, zipfile.BadZipFile):
            state = {}
        if "fingerprint" not in state or "method" not in state:
            faults.add("is not a checkpoint of a plan", "name another file", field="checkpoint")
        elif str(state["fingerprint"]) != fingerprint(self.model):
            faults.add(
                "is the checkpoint of another problem",
                "name another file, or give the problem that it was written for",
                field="checkpoint",
            )
        elif str(state["method"]) != method:
            faults.add(
                f"was written by the method {state['method']}, not {method}",
                f"solve with method={str(state['method'])!r}, or name another file",
                field="checkpoint",
            )
        faults.raise_if_any(InputError)
        return state


def fingerprint(model: Model) -> str:
    """Return a hash of the whole scaled programme: any other number gives another one."""
    digest = hashlib.sha256()
    for part in (
        *model.parts.arrays(),
        model.cost,
        model.lower,
        model.upper,
        model.row_lower,
        model.row_upper,
        model.row_scale,
        model.column_scale,
    ):
        digest.update(np.ascontiguousarray(part).view(np.uint8).data)
    return digest.hexdigest()
