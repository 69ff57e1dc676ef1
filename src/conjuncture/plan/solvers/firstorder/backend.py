"""The array module that the first-order method computes with: NumPy, or CuPy on a GPU."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from conjuncture.accounts.table import Array
from conjuncture.core.errors import Fault, Faults, InputError

BACKENDS = ("cpu", "gpu")


@dataclass(frozen=True)
class Backend:
    """An array module with the functions of NumPy, and its sparse matrices by rows.

    Attributes
    ----------
    name : str
    xp : module
        ``numpy`` or a module with the same functions (``cupy``).
    csr : callable
        Makes a sparse matrix by rows of that module from parts ``(data, indices,
        indptr)`` and a shape.
    """

    name: str
    xp: Any
    csr: Any

    def array(self, values: Any) -> Any:
        """Bring an array to the device."""
        return self.xp.asarray(values)

    def matrix(self, matrix: Any) -> Any:
        """Bring a sparse matrix to the device, by rows."""
        rows = sparse.csr_array(matrix)
        parts = tuple(self.xp.asarray(part) for part in (rows.data, rows.indices, rows.indptr))
        return self.csr(parts, shape=rows.shape)

    def host(self, values: Any) -> Array:
        """Bring an array back."""
        return np.asarray(values.get() if hasattr(values, "get") else values)


def backend(name: str) -> Backend:
    """Return the backend of this name.

    Raises
    ------
    InputError
        If the name is unknown, or CuPy or a GPU is missing.
    """
    if name == "cpu":
        return Backend("cpu", np, sparse.csr_array)
    if name != "gpu":
        faults = Faults("plan")
        faults.unknown("backend", name, BACKENDS, field="backend")
        raise InputError(faults)
    try:
        cupy = importlib.import_module("cupy")
        csr = importlib.import_module("cupyx.scipy.sparse").csr_matrix
        count = int(cupy.cuda.runtime.getDeviceCount())
    except ImportError:
        raise _missing("the package cupy is not installed") from None
    except Exception as error:  # cupy raises its own errors where there is no driver
        raise _missing(f"no GPU can be used ({error})") from None
    if count < 1:
        raise _missing("there is no GPU")
    return Backend("gpu", cupy, csr)


def _missing(problem: str) -> InputError:
    return InputError(
        Fault(
            problem,
            "install conjuncture[gpu] on a machine with CUDA 12, or use backend='cpu'",
            "plan",
            "backend",
            "gpu",
        )
    )
